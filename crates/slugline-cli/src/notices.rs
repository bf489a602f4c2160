//! What the library finds odd about settings and models, as notes that name the command's flags.

use slugline::{Notice, TextClassifier, TextClassifierParams};

use crate::{
    failure::{Failure, flag},
    say,
};

/// Notes what about the settings is likely a mistake, before hours of work.
pub(crate) fn of_settings(params: &TextClassifierParams) -> Result<(), Failure> {
    params.notices()?.iter().for_each(note);
    Ok(())
}

/// Notes what about the model is likely a mistake.
pub(crate) fn of_model(model: &TextClassifier) {
    model.notices().iter().for_each(note);
}

/// Notes that there is a single label among those that are judged; beside a background there may be.
pub(crate) fn of_labels<S: AsRef<str>>(labels: &[S], background: Option<&str>) {
    if let ([label], None) = (labels, background) {
        say::note(format_args!(
            "slugline: labels: there is only one, {:?}, and so nothing to tell apart",
            label.as_ref()
        ));
    }
}

fn note(notice: &Notice) {
    let what = notice.what.replace("force_alpha", "--force-alpha");
    say::note(match notice.parameter {
        // What no flag sets.
        name @ ("labels" | "temperature") => format!("slugline: {name}: {what}"),
        name => format!("slugline: {}: {what}", flag(name)),
    });
}
