//! A bar on standard error while a long check runs: for somebody who waits at a terminal, and gone when it is over.

use std::io::{self, IsTerminal as _};
use std::sync::Once;
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// How long somebody waits before he wants to know how far it is.
const PATIENCE: Duration = Duration::from_millis(500);

/// The bar. Dropping it takes it off the screen.
pub(super) struct Progress {
    bar: ProgressBar,
    started: Instant,
    shown: Once,
}

impl Progress {
    /// A bar that is not shown yet; none where nobody would see it.
    pub(super) fn new(in_ci: bool) -> Option<Self> {
        let dumb = std::env::var_os("TERM").is_some_and(|terminal| terminal == "dumb");
        if in_ci || dumb || !io::stderr().is_terminal() {
            return None;
        }
        let style =
            ProgressStyle::with_template("{bar:30} {pos} of {len} files").unwrap_or_else(|_| ProgressStyle::default_bar());
        let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden()).with_style(style);
        Some(Self { bar, started: Instant::now(), shown: Once::new() })
    }

    /// Says how far it is.
    pub(super) fn tell(&self, done: usize, total: usize) {
        if self.started.elapsed() < PATIENCE {
            return;
        }
        self.shown.call_once(|| {
            self.bar.set_length(total as u64);
            self.bar.set_draw_target(ProgressDrawTarget::stderr());
        });
        self.bar.set_position(done as u64);
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
