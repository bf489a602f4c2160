//! The library's notices about settings and models, as warnings that name the command's flags.

use slugline::{Notice, TextClassifier, TextClassifierParams};

use crate::{
    failure::{Failure, flag},
    say,
};

/// Warns of settings that are likely a mistake, before any data is read.
pub(crate) fn warn_of_settings(params: &TextClassifierParams) -> Result<(), Failure> {
    params.notices()?.iter().for_each(warn);
    Ok(())
}

/// Warns of what is likely a mistake in a model.
pub(crate) fn warn_of_model(model: &TextClassifier) {
    model.notices().iter().for_each(warn);
}

/// Warns of data with a single label; beside a background one is enough.
pub(crate) fn warn_of_labels<S: AsRef<str>>(labels: &[S], background: Option<&str>) {
    if let ([label], None) = (labels, background) {
        say::warning(format_args!(
            "labels: there is only one, {:?}, and so nothing to tell apart",
            label.as_ref()
        ));
    }
}

fn warn(notice: &Notice) {
    let what = notice.what.replace("force_alpha", "--force-alpha");
    say::warning(match notice.parameter {
        // No flag sets these.
        name @ ("labels" | "temperature") => format!("{name}: {what}"),
        name => format!("{}: {what}", flag(name)),
    });
}
