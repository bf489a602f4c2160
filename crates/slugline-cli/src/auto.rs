//! The settings that were chosen on the data (`auto`), as text.

use slugline::{Auto, Norm, TextClassifier};

/// The chosen settings, as the flags that would set them; None where none were.
pub(crate) fn chosen(model: &TextClassifier, auto: Auto) -> Option<String> {
    let settings = model.settings();
    let mut parts = Vec::new();
    if auto.naive_bayes {
        let name = settings.naive_bayes.model.name();
        parts.push(format!("--naive-bayes {name}"));
    }
    if auto.alpha
        && let slugline::Alpha::Scalar(alpha) = settings.naive_bayes.alpha
    {
        parts.push(format!("--alpha {alpha}"));
    }
    if auto.sublinear_tf {
        let sublinear = settings.features.tfidf.sublinear_tf;
        parts.push(format!("--sublinear-tf={sublinear}"));
    }
    if auto.norm {
        let norm = match settings.features.tfidf.norm {
            Some(Norm::L1) => "l1",
            Some(Norm::L2) => "l2",
            None => "none",
        };
        parts.push(format!("--norm {norm}"));
    }
    if auto.calibrate {
        let calibration = model.calibration();
        parts.push(format!("temperature {:.3}", calibration.temperature));
        if let Some(limit) = calibration.other_below {
            parts.push(format!("`other` below an evidence of {limit:.3}"));
        }
    }
    (!parts.is_empty()).then(|| format!("chosen: {}", parts.join(", ")))
}
