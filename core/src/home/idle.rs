//! Locking by itself after a time that the person sets. The core sleeps for nobody: it says when the time
//! is up, and whoever shows the screens calls then.

use std::sync::PoisonError;

use chrono::TimeDelta;
use rusqlite::{OptionalExtension, named_params};

use super::{CommonGround, Home};
use crate::clock::Instant;
use crate::error::Problem;
use crate::{Error, Result};

/// The longest time that can be set, in minutes: a day.
const LONGEST: u32 = 24 * 60;

/// How far a clock may go back by itself, as clocks do when they are set right.
const A_MOMENT: TimeDelta = TimeDelta::minutes(1);

/// What is known of the person's doing.
#[derive(Default)]
pub(super) struct Idle {
    /// After how many minutes; nothing for never.
    after: Option<u32>,
    last: Option<Instant>,
}

impl Idle {
    fn due_at(&self) -> Option<Instant> {
        self.last?.checked_add_signed(TimeDelta::minutes(self.after?.into()))
    }

    fn is_due(&self, now: Instant) -> bool {
        // With a clock that went back nobody can tell how long it has been; the safe answer is long.
        let went_back = self.last.is_some_and(|last| now < last - A_MOMENT);
        self.after.is_some() && (went_back || self.due_at().is_some_and(|due| now >= due))
    }
}

impl Home {
    /// Reads after how long to lock, and begins to count.
    pub(super) fn begin_idling(&self) -> Result<()> {
        let after = self.private.read(|connection| {
            let minutes = connection.query_row("SELECT minutes FROM auto_lock", [], |row| row.get(0));
            Ok(minutes.optional()?)
        })?;
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        *idle = Idle { after, last: Some(self.shared.world.now()) };
        Ok(())
    }
}

#[uniffi::export]
impl CommonGround {
    /// After how many minutes without activity the journal locks itself; nothing means never. Also answers
    /// while locked, but it is kept in the private file: opened with [`CommonGround::open_locked`], this is
    /// nothing until the first [`CommonGround::unlock`].
    #[must_use]
    pub fn auto_lock_minutes(&self) -> Option<u32> {
        self.home.idle.lock().unwrap_or_else(PoisonError::into_inner).after
    }

    /// Sets after how many minutes without activity the journal locks itself: 1 to 1,440, or nothing for
    /// never. It is kept in the private file.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::Locked`].
    pub fn set_auto_lock(&self, minutes: Option<u32>) -> Result<()> {
        if minutes.is_some_and(|minutes| !(1..=LONGEST).contains(&minutes)) {
            return Err(Error::invalid("minutes", Problem::OutOfRange { from: 1, to: LONGEST.into() }));
        }
        self.home.private.write(|transaction| {
            match minutes {
                None => transaction.execute("DELETE FROM auto_lock", [])?,
                Some(minutes) => transaction.execute(
                    "INSERT INTO auto_lock (only_one, minutes) VALUES (1, :minutes)
                     ON CONFLICT (only_one) DO UPDATE SET minutes = excluded.minutes",
                    named_params! { ":minutes": minutes },
                )?,
            };
            Ok(())
        })?;
        let mut idle = self.home.idle.lock().unwrap_or_else(PoisonError::into_inner);
        *idle = Idle { after: minutes, last: Some(self.home.shared.world.now()) };
        Ok(())
    }

    /// Notes that the person did something: touched the screen, typed. Locking is counted from here. It
    /// costs next to nothing.
    pub fn note_activity(&self) {
        let now = self.home.shared.world.now();
        self.home.idle.lock().unwrap_or_else(PoisonError::into_inner).last = Some(now);
    }

    /// When the journal is to be locked if nothing happens until then; nothing where it is locked, or
    /// never locks itself. Set a timer for it and call [`CommonGround::lock_if_idle`].
    #[must_use]
    pub fn lock_due_at(&self) -> Option<Instant> {
        if self.is_locked() {
            return None;
        }
        self.home.idle.lock().unwrap_or_else(PoisonError::into_inner).due_at()
    }

    /// Locks if the time is up; whether it did. Call it when the timer ends, and whenever the app comes
    /// back to the front, *before* [`CommonGround::note_activity`].
    #[must_use]
    pub fn lock_if_idle(&self) -> bool {
        let now = self.home.shared.world.now();
        let is_due = self.home.idle.lock().unwrap_or_else(PoisonError::into_inner).is_due(now);
        let locks = is_due && !self.is_locked();
        if locks {
            self.lock();
        }
        locks
    }
}
