//! The progress bar of long calls, which the core moves. It hides itself where standard error is no terminal.

use std::sync::Arc;

use common_ground::progress::Progress;
use indicatif::{ProgressBar, ProgressStyle};

/// What a bar counts.
#[derive(Clone, Copy)]
pub(crate) enum Counted {
    Bytes,
    Entries,
}

struct Bar(ProgressBar);

impl Progress for Bar {
    fn on_progress(&self, done: u64, total: Option<u64>) -> common_ground::Result<bool> {
        if let Some(total) = total {
            self.0.set_length(total);
        }
        self.0.set_position(done);
        Ok(true)
    }
}

/// Does `work` with a bar that is gone when it is done.
pub(crate) fn with_bar<T>(counted: Counted, work: impl FnOnce(Arc<dyn Progress>) -> T) -> T {
    let bar = ProgressBar::new(0);
    let template = match counted {
        Counted::Bytes => "{bar:40} {bytes}/{total_bytes}",
        Counted::Entries => "{bar:40} {pos}/{len}",
    };
    if let Ok(style) = ProgressStyle::with_template(template) {
        bar.set_style(style);
    }
    let done = work(Arc::new(Bar(bar.clone())));
    bar.finish_and_clear();
    done
}
