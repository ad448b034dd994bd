//! When to remind, and when appointments are.
//!
//! The core computes the next times; the shells deliver them, with a neutral text of their own. Rules and
//! times hold no words and lie in the shared file, so that a phone can set its reminders again after a
//! restart, while the journal is still locked.

mod calendar;
mod kept;
mod types;

#[cfg(test)]
mod tests;

use std::sync::Arc;

pub use types::{
    Appointment, AppointmentException, Due, MovedTo, NewAppointment, NewReminder, Occurrence, Reminder,
    ReminderRule, ReminderText, Weekday,
};

use crate::Result;
use crate::clock::{Instant, LocalDate, Moment};
use crate::id::{AppointmentId, RelationshipId, ReminderId};
use crate::shared::{Change, Shared};

/// Rules by which to remind, and appointments. Answers also while the journal is locked. From any thread; a call blocks for a
/// few milliseconds, so call it off the main thread.
#[derive(uniffi::Object)]
pub struct Reminders {
    shared: Arc<Shared>,
}

impl Reminders {
    pub(crate) fn new(shared: Arc<Shared>) -> Arc<Self> {
        Arc::new(Self { shared })
    }

    fn changed<T>(&self, done: T) -> T {
        self.shared.tell(&Change::Reminders);
        done
    }

    fn change<T>(&self, work: impl FnOnce(&rusqlite::Connection) -> Result<T>) -> Result<T> {
        self.shared.file.write(|file| work(file)).map(|done| self.changed(done))
    }
}

#[uniffi::export]
impl Reminders {
    /// Keeps a rule.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`], also where there are 100 already.
    pub fn add(&self, reminder: NewReminder) -> Result<Reminder> {
        self.change(|file| kept::add_reminder(file, &self.shared.world, reminder))
    }

    /// All rules, oldest first.
    ///
    /// # Errors
    /// What the file says.
    pub fn all(&self) -> Result<Vec<Reminder>> {
        self.shared.file.read(kept::reminders)
    }

    /// Forgets a rule.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`].
    pub fn remove(&self, reminder: ReminderId) -> Result<()> {
        self.change(|file| kept::remove_reminder(file, reminder))
    }

    /// Silences a rule for now, or lets it speak again.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`].
    pub fn pause(&self, reminder: ReminderId, paused: bool) -> Result<()> {
        self.change(|file| kept::pause_reminder(file, reminder, paused))
    }

    /// The next times at which to remind after an instant, soonest first, over all rules that are not
    /// paused: as many as asked for (1 to 500), fewer where there are no more within three years. Times of
    /// day are those of the zone where the person is now: ask again when that changes, and on
    /// [`Change::Reminders`].
    ///
    /// A time that clocks skip in spring is the first minute after it, one that they show twice in autumn
    /// the first of the two.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`].
    #[uniffi::method(default(count = 64))]
    pub fn next_due(&self, after: Instant, count: u32) -> Result<Vec<Due>> {
        let count = kept::check_count(count)?;
        let after = kept::check_instant(after)?;
        let (rules, appointments) = self
            .shared
            .file
            .read(|file| Ok((kept::reminders(file)?, kept::appointments_that_go_on(file)?)))?;
        let zone = self.shared.world.zone();
        let mut due: Vec<Due> = Vec::new();
        for reminder in rules.iter().filter(|reminder| !reminder.paused) {
            let times = calendar::due_by(&reminder.rule, zone, &appointments, after, count);
            due.extend(times.into_iter().map(|(at, appointment)| Due {
                reminder: reminder.id,
                text: reminder.text,
                at: Moment::in_zone(at, zone),
                appointment,
            }));
        }
        due.sort_by_key(|due| (due.at.at, due.reminder));
        due.truncate(count);
        Ok(due)
    }

    /// Keeps an appointment, or a rhythm of them.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`], also where there are 2,000 already; [`crate::Error::NotFound`] for an
    /// unknown relationship.
    pub fn add_appointment(&self, appointment: NewAppointment) -> Result<Appointment> {
        self.change(|file| kept::add_appointment(file, &self.shared.world, appointment))
    }

    /// All appointments and rhythms, oldest first.
    ///
    /// # Errors
    /// What the file says.
    pub fn appointments(&self) -> Result<Vec<Appointment>> {
        self.shared.file.read(kept::appointments)
    }

    /// Forgets an appointment or a rhythm, with all that was.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`].
    pub fn remove_appointment(&self, appointment: AppointmentId) -> Result<()> {
        self.change(|file| kept::remove_appointment(file, appointment))
    }

    /// Ends a rhythm: none falls after this day; without a day it goes on.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`].
    pub fn end_rhythm(&self, appointment: AppointmentId, last_date: Option<LocalDate>) -> Result<()> {
        self.change(|file| kept::end_rhythm(file, appointment, last_date))
    }

    /// Moves the one that was planned for a day, by the clock of the appointment's zone.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] where none was planned for that day; [`crate::Error::Invalid`].
    pub fn move_occurrence(&self, appointment: AppointmentId, planned: LocalDate, to: MovedTo) -> Result<()> {
        self.change(|file| kept::except(file, appointment, planned, Some(to)))
    }

    /// Cancels the one that was planned for a day.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] where none was planned for that day.
    pub fn cancel_occurrence(&self, appointment: AppointmentId, planned: LocalDate) -> Result<()> {
        self.change(|file| kept::except(file, appointment, planned, None))
    }

    /// Takes back that the one planned for a day was moved or cancelled.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] where it was neither.
    pub fn keep_as_planned(&self, appointment: AppointmentId, planned: LocalDate) -> Result<()> {
        self.change(|file| kept::as_planned(file, appointment, planned))
    }

    /// The next appointments that begin after an instant, soonest first, at most `count` (1 to 500); all, or
    /// only those with one person. None falls any more where the relationship is over.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`].
    #[uniffi::method(default(count = 20, relationship = None))]
    pub fn next_appointments(
        &self,
        after: Instant,
        count: u32,
        relationship: Option<RelationshipId>,
    ) -> Result<Vec<Occurrence>> {
        let count = kept::check_count(count)?;
        let after = kept::check_instant(after)?;
        let appointments = self.shared.file.read(kept::appointments_that_go_on)?;
        Ok(calendar::upcoming_of(&appointments, relationship, after, count))
    }

    /// The last appointment that began before an instant; of all, or only of those with one person.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`].
    #[uniffi::method(default(relationship = None))]
    pub fn last_appointment(
        &self,
        before: Instant,
        relationship: Option<RelationshipId>,
    ) -> Result<Option<Occurrence>> {
        let before = kept::check_instant(before)?;
        Ok(calendar::last_of(&self.appointments()?, relationship, before))
    }
}
