//! Progress on standard error; indicatif shows nothing where that is no terminal.

use std::{
    path::Path,
    sync::mpsc::{self, RecvTimeoutError, Sender},
    thread::{self, JoinHandle},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressStyle};

use crate::say;

/// A bar or a spinner that disappears when it is dropped.
pub(crate) struct Progress {
    bar: ProgressBar,
    ticker: Option<Ticker>,
}

/// A thread that turns a spinner. indicatif's own panics where the system grants no thread; without this one the
/// spinner stands still.
struct Ticker {
    stop: Sender<()>,
    thread: JoinHandle<()>,
}

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
        Self { bar, ticker: None }
    }

    /// Shows work of unknown length.
    pub(crate) fn working(what: impl Into<String>) -> Self {
        let bar = match say::is_quiet() {
            true => ProgressBar::hidden(),
            false => ProgressBar::new_spinner().with_style(style("{spinner} {msg} {elapsed}")),
        };
        bar.set_message(what.into());
        let ticker = match bar.is_hidden() {
            true => None,
            false => Ticker::start(bar.clone()),
        };
        Self { bar, ticker }
    }

    pub(crate) fn at(&self, position: u64) {
        self.bar.set_position(position);
    }
}

impl Ticker {
    fn start(bar: ProgressBar) -> Option<Self> {
        const INTERVAL: Duration = Duration::from_millis(100);
        let (stop, stopped) = mpsc::channel();
        let turn = move || {
            while stopped.recv_timeout(INTERVAL) == Err(RecvTimeoutError::Timeout) {
                bar.tick();
            }
        };
        let thread = thread::Builder::new().spawn(turn).ok()?;
        Some(Self { stop, thread })
    }
}

fn style(template: &str) -> ProgressStyle {
    ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar())
}

impl Drop for Progress {
    fn drop(&mut self) {
        // It ends first, so that it draws nothing afterwards.
        if let Some(Ticker { stop, thread }) = self.ticker.take() {
            drop(stop);
            let _ = thread.join();
        }
        self.bar.finish_and_clear();
    }
}
