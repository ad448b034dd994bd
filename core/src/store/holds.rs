//! What must stay in a file although nothing in it refers to it yet, such as a photo that was taken in for
//! an entry still being written. One process holds a folder at a time, so memory is the place to know it.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// What is held.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Holding {
    /// A content, by its digest.
    Content([u8; 32]),
    /// A row that has no content to be known by yet.
    Row(i64),
}

/// All that is held in one file, however often.
#[derive(Debug, Default)]
pub(crate) struct Holds(Mutex<Inner>);

#[derive(Debug, Default)]
struct Inner {
    counted: HashMap<Holding, usize>,
    in_hand: HashSet<[u8; 32]>,
}

impl Holds {
    /// Holds it as long as what is returned lives.
    pub(crate) fn hold(self: &Arc<Self>, what: Holding) -> Hold {
        *self.inner().counted.entry(what).or_default() += 1;
        Hold { holds: self.clone(), what }
    }

    /// Takes a content in hand, until it is laid down or the process ends.
    pub(crate) fn take_in_hand(&self, content: [u8; 32]) {
        self.inner().in_hand.insert(content);
    }

    /// Lays a content down: from now on only what refers to it keeps it.
    pub(crate) fn lay_down(&self, content: &[u8; 32]) {
        self.inner().in_hand.remove(content);
    }

    /// Whether it must stay.
    pub(crate) fn is_held(&self, what: Holding) -> bool {
        let inner = self.inner();
        inner.counted.contains_key(&what)
            || matches!(what, Holding::Content(content) if inner.in_hand.contains(&content))
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Holds something until it is dropped.
#[derive(Debug)]
pub(crate) struct Hold {
    holds: Arc<Holds>,
    what: Holding,
}

impl Drop for Hold {
    fn drop(&mut self) {
        let mut inner = self.holds.inner();
        if let Some(count) = inner.counted.get_mut(&self.what) {
            *count -= 1;
            if *count == 0 {
                inner.counted.remove(&self.what);
            }
        }
    }
}
