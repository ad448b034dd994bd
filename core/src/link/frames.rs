//! Shows every frame, inflated, to whoever asked to see them.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, PoisonError};

use super::{Direction, FrameObserver};
use crate::exchange::Way;
use crate::id::RelationshipId;
use crate::log::{self, AppCallback};

/// Who sees the frames, if anybody.
#[derive(Default)]
pub(super) struct FrameWatch(Mutex<Option<Arc<dyn FrameObserver>>>);

impl FrameWatch {
    /// Shows frames to `observer` from now on, or to nobody.
    pub(super) fn set(&self, observer: Option<Arc<dyn FrameObserver>>) {
        let former = std::mem::replace(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner), observer);
        // Dropped without the lock: that runs the app's code.
        drop(former);
    }

    /// Shows a frame. Neither an error nor a panic of the observer reaches the exchange.
    pub(super) fn show(&self, relationship: RelationshipId, way: Way, inflated: &[u8]) {
        let observer = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(observer) = observer else { return };
        let direction = match way {
            Way::Received => Direction::Received,
            Way::Sent => Direction::Sent,
        };
        let inflated = inflated.to_vec();
        let shown = catch_unwind(AssertUnwindSafe(|| observer.on_frame(relationship, direction, inflated)));
        log::called(AppCallback::FrameObserver, shown);
    }
}
