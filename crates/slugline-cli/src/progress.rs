//! Progress on standard error; indicatif shows nothing where that is no terminal.

use std::{path::Path, thread, time::Duration};

use indicatif::{ProgressBar, ProgressStyle};

use crate::say;

/// A bar or a spinner that disappears when it is dropped.
pub(crate) struct Progress(ProgressBar);

impl Progress {
    /// Shows the bytes read of a file, or of a stream of unknown length.
    pub(crate) fn reading(path: &Path, total: Option<u64>) -> Self {
        let bar = match total {
            _ if say::is_quiet() => ProgressBar::hidden(),
            Some(total) => ProgressBar::new(total).with_style(style(
                "{msg} {wide_bar} {bytes}/{total_bytes} {bytes_per_sec} {eta}",
            )),
            None => ProgressBar::new_spinner()
                .with_style(style("{spinner} {msg} {bytes} {bytes_per_sec}")),
        };
        bar.set_message(format!("reading {}", say::shown(path)));
        Self(bar)
    }

    /// Shows work of unknown length.
    pub(crate) fn working(what: impl Into<String>) -> Self {
        if say::is_quiet() {
            return Self(ProgressBar::hidden());
        }
        let bar = ProgressBar::new_spinner().with_style(style("{spinner} {msg} {elapsed}"));
        bar.set_message(what.into());
        // Without memory for a thread the spinner stands still: the bar would panic.
        let a_thread = || {
            thread::Builder::new()
                .spawn(|| ())
                .is_ok_and(|one| one.join().is_ok())
        };
        if !bar.is_hidden() && a_thread() {
            bar.enable_steady_tick(Duration::from_millis(100));
        }
        Self(bar)
    }

    pub(crate) fn at(&self, position: u64) {
        self.0.set_position(position);
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
