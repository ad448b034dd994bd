//! Who gets told of changes.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use super::Change;
use crate::Result;
use crate::log::{self, AppCallback};

/// Gets told what changed, as ids; read again what is on the screen. Called from the core's threads,
/// with no lock held; it should return soon.
#[uniffi::export(foreign)]
pub trait Observer: Send + Sync {
    /// Something changed.
    ///
    /// # Errors
    /// What is returned is ignored: an observer cannot stop a change.
    fn on_change(&self, change: Change) -> Result<()>;
}

/// Everyone who is told of changes. Nobody is called with a lock held, and neither an error nor a
/// panic of an observer reaches the one who tells.
#[derive(Default)]
pub(crate) struct Observers {
    listening: Mutex<Listening>,
}

#[derive(Default)]
struct Listening {
    next: u64,
    observers: Vec<(u64, Arc<dyn Observer>)>,
}

impl Observers {
    /// Tells everyone.
    pub(crate) fn tell(&self, change: &Change) {
        let observers = self.listening().observers.clone();
        for (number, observer) in observers {
            // One that was taken off the list meanwhile hears nothing more.
            if self.listens(number) {
                let told = catch_unwind(AssertUnwindSafe(|| observer.on_change(change.clone())));
                log::called(AppCallback::Observer, told);
            }
        }
    }

    fn add(&self, observer: Arc<dyn Observer>) -> u64 {
        let mut listening = self.listening();
        let number = listening.next;
        listening.next += 1;
        listening.observers.push((number, observer));
        number
    }

    fn remove(&self, number: u64) {
        // Taken out under the lock and dropped without it: dropping runs the app's code.
        let mut listening = self.listening();
        let place = listening.observers.iter().position(|(other, _)| *other == number);
        let former = place.map(|place| listening.observers.remove(place));
        drop(listening);
        drop(former);
    }

    fn listens(&self, number: u64) -> bool {
        self.listening().observers.iter().any(|(other, _)| *other == number)
    }

    fn listening(&self) -> MutexGuard<'_, Listening> {
        self.listening.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// An observer's subscription. It ends when [`Subscription::end`] is called or it is dropped.
#[derive(uniffi::Object)]
pub struct Subscription {
    observers: Weak<Observers>,
    number: u64,
}

impl Subscription {
    pub(crate) fn new(observers: &Arc<Observers>, observer: Arc<dyn Observer>) -> Arc<Self> {
        Arc::new(Self { observers: Arc::downgrade(observers), number: observers.add(observer) })
    }
}

#[uniffi::export]
impl Subscription {
    /// No further calls reach the observer.
    pub fn end(&self) {
        if let Some(observers) = self.observers.upgrade() {
            observers.remove(self.number);
        }
    }
}

impl Drop for Subscription {
    fn drop(&mut self) {
        self.end();
    }
}
