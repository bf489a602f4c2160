//! The settings that are chosen on the data (`auto`, `--calibrate`), and what was chosen, as text.

use clap::ValueEnum;
use slugline::{Auto, Norm, TextClassifier};

/// How a model is calibrated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Calibrate {
    /// Every text with the same temperature and limit
    Alike,
    /// By the number of known terms of a text
    ByLength,
}

/// With the calibration that was asked for.
pub(crate) fn calibrated(auto: Auto, how: Option<Calibrate>) -> Auto {
    auto.calibrate(how.is_some())
        .by_length(how == Some(Calibrate::ByLength))
}

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
