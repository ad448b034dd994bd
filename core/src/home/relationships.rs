//! With whom this person is in a relationship: who they are, what both have read, pausing, and ending.

#[cfg(test)]
mod tests;

use super::CommonGround;
use crate::exchange::Announced;
use crate::id::RelationshipId;
use crate::relationship::{Profile, Relationship, TERMS_VERSION, Terms, TermsRead, people, terms};
use crate::shared::Change;
use crate::sharing::{self, ending, notices};
use crate::{Error, Result};

#[uniffi::export]
impl CommonGround {
    /// Everyone this person has paired with, oldest first. Also answers while locked (names, no words of
    /// the plan).
    ///
    /// # Errors
    /// What the file says.
    pub fn relationships(&self) -> Result<Vec<Relationship>> {
        self.home.shared.file.read(people::relationships)
    }

    /// Notes that the two people have compared the code of words and found it the same.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn mark_code_compared(&self, relationship: RelationshipId) -> Result<Relationship> {
        let marked = self.home.shared.file.write(|transaction| {
            people::mark_code_compared(transaction, relationship)?;
            people::relationship(transaction, relationship)
        })?;
        self.home.shared.tell(&Change::Relationship { relationship });
        Ok(marked)
    }

    /// What each of the two has read of what is shared and what is not. Also answers while locked.
    ///
    /// # Errors
    /// [`Error::NotFound`].
    pub fn terms(&self, relationship: RelationshipId) -> Result<Terms> {
        self.home.shared.file.read(|connection| {
            let (me, other) =
                (people::me(connection)?.person, people::other(connection, relationship)?.person);
            let read = |person| {
                let read = notices::terms_read_by(connection, relationship, person)?;
                Ok::<_, Error>(read.map(|(version, at)| TermsRead { version, at }))
            };
            let (me, other) = (read(me)?, read(other)?);
            let is_to_be_read = !people::is_over(connection, relationship)?
                && me.is_none_or(|read: TermsRead| read.version < TERMS_VERSION);
            Ok(Terms { of_now: TERMS_VERSION, is_to_be_read, me, other })
        })
    }

    /// Notes that this person has read what is shared and what is not, in this version of the text; the other learns of
    /// it with the next exchange.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a version that is not [`TERMS_VERSION`], [`Error::NotShared`] when the relationship is
    /// over, [`Error::NotFound`], [`Error::Locked`].
    pub fn read_terms(&self, relationship: RelationshipId, version: u16) -> Result<Terms> {
        self.home.must_be_unlocked()?;
        terms::must_be_of_now(version)?;
        let shared = &self.home.shared;
        shared.file.write(|transaction| {
            must_go_on(transaction, relationship)?;
            let read = Announced::ReadTerms { version };
            notices::announce(transaction, &shared.world, relationship, read)
        })?;
        self.changed(relationship);
        self.terms(relationship)
    }

    /// Calls the other person by this name on this device alone; an empty one goes back to how they call themselves.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name over 100 characters, [`Error::NotFound`], [`Error::Locked`].
    pub fn call_them(&self, relationship: RelationshipId, name: &str) -> Result<Relationship> {
        self.home.must_be_unlocked()?;
        let name = if name.trim().is_empty() { None } else { Some(people::given_name(name)?) };
        let renamed = self.home.shared.file.write(|transaction| {
            people::call_them(transaction, relationship, name.as_deref())?;
            people::relationship(transaction, relationship)
        })?;
        self.home.shared.tell(&Change::Relationship { relationship });
        Ok(renamed)
    }

    /// Gives this person another name. It is told when two people pair: whoever has paired already goes on seeing the
    /// former one.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name that is empty or over 100 characters, [`Error::Locked`].
    pub fn rename_me(&self, name: &str) -> Result<Profile> {
        self.home.must_be_unlocked()?;
        let name = people::given_name(name)?;
        self.home.shared.file.write(|transaction| {
            people::rename_me(transaction, &name)?;
            people::profile(transaction)
        })
    }

    /// Pauses a relationship: from now on nobody is called for it and nobody is let in, and a connection that is open
    /// ends. Work on the plan goes on here, and what waits goes after [`CommonGround::resume`]. The other person is not
    /// told: to them nobody is reached.
    ///
    /// # Errors
    /// [`Error::NotShared`] when the relationship is over, [`Error::NotFound`], [`Error::Locked`].
    pub fn pause(&self, relationship: RelationshipId) -> Result<Relationship> {
        self.set_paused(relationship, true)
    }

    /// Lets a relationship go on that was paused.
    ///
    /// # Errors
    /// As for [`CommonGround::pause`].
    pub fn resume(&self, relationship: RelationshipId) -> Result<Relationship> {
        self.set_paused(relationship, false)
    }

    /// Ends a relationship, for good and for both. The plan stays on both devices as it is now, to be read; nothing of it
    /// travels any more. What was handed over stays readable until it is taken back: see
    /// [`CommonGround::asks_to_take_back`]. The other device learns of it when it is next reached. To go on, the two
    /// pair again: that makes another relationship. One that is over already stays as it is.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Locked`].
    pub fn end(&self, relationship: RelationshipId) -> Result<Relationship> {
        self.home.must_be_unlocked()?;
        let shared = &self.home.shared;
        let ended = shared.file.write(|transaction| {
            if !people::is_over(transaction, relationship)? {
                notices::announce(transaction, &shared.world, relationship, Announced::Ended)?;
                // What is paused would never be told.
                people::pause(transaction, relationship, None)?;
            }
            people::relationship(transaction, relationship)
        })?;
        self.changed(relationship);
        shared.tell(&Change::Reminders);
        Ok(ended)
    }

    /// The relationships that are over and in which this person has handed something over that is not taken back: for
    /// each they are asked once whether to take all of it back. Also answers while locked.
    ///
    /// # Errors
    /// What the file says.
    pub fn asks_to_take_back(&self) -> Result<Vec<RelationshipId>> {
        self.home.shared.file.read(ending::asks_to_take_back)
    }

    /// Answers that question, for good: with yes, all that this person handed over in the relationship is taken back.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] while the relationship goes on, [`Error::NotFound`], [`Error::Locked`].
    pub fn answer_take_back(&self, relationship: RelationshipId, yes: bool) -> Result<()> {
        self.home.must_be_unlocked()?;
        let shared = &self.home.shared;
        let parcels = shared.file.write(|transaction| {
            if !people::is_over(transaction, relationship)? {
                return Err(Error::NotAllowed { rule: "asked once it is over".to_owned() });
            }
            people::mark_asked_back(transaction, relationship)?;
            if yes { ending::take_all_back(transaction, &shared.world, relationship) } else { Ok(Vec::new()) }
        })?;
        if !parcels.is_empty() {
            shared.tell(&Change::Parcels { relationship, parcels, by_other: false });
            // It is taken back. Where overwriting fails, the next opening or exchange does it.
            let _ = sharing::mend(shared);
        }
        self.changed(relationship);
        Ok(())
    }
}

impl CommonGround {
    fn set_paused(&self, relationship: RelationshipId, paused: bool) -> Result<Relationship> {
        self.home.must_be_unlocked()?;
        let shared = &self.home.shared;
        let changed = shared.file.write(|transaction| {
            must_go_on(transaction, relationship)?;
            let before = people::relationship(transaction, relationship)?;
            if before.paused_at.is_some() != paused {
                people::pause(transaction, relationship, paused.then(|| shared.world.now()))?;
            }
            people::relationship(transaction, relationship)
        })?;
        self.changed(relationship);
        Ok(changed)
    }

    /// Tells everyone, the link among them.
    fn changed(&self, relationship: RelationshipId) {
        self.home.shared.edited(relationship);
        self.home.shared.tell(&Change::Relationship { relationship });
    }
}

/// # Errors
/// [`Error::NotShared`] when the relationship is over, [`Error::NotFound`] when there is none.
fn must_go_on(connection: &rusqlite::Connection, relationship: RelationshipId) -> Result<()> {
    if people::is_over(connection, relationship)? { Err(Error::NotShared) } else { Ok(()) }
}
