//! A link in memory, for tests that drive exchanges frame by frame: the real session with the real plans and shelves
//! of two homes. What happens to a frame on its way is for the test to say.

use std::sync::Arc;

use super::carried::CarriedPlans;
use super::{CommonGround, Home};
use crate::exchange::{Event, Replica, Session};
use crate::id::RelationshipId;
use crate::link::Carried;
use crate::relationship::people::{self, NewPerson};
use crate::{Error, Result};

/// Pairs two homes without a word: each keeps what it would have learned of the other.
///
/// # Errors
/// [`Error::Locked`], and what their files say.
pub fn relate(one: &CommonGround, other: &CommonGround, relationship: RelationshipId) -> Result<()> {
    for (home, other) in [(&one.home, &other.home), (&other.home, &one.home)] {
        let (card, now) = (card(other)?, home.shared.world.now());
        let code = ["one".to_owned(), "two".to_owned()];
        home.shared.file.write(|transaction| {
            people::keep_person(transaction, &card, now)?;
            people::keep_relationship(transaction, relationship, card.id, &code, true, now)
        })?;
    }
    Ok(())
}

/// What a person's device says of itself when it pairs.
fn card(home: &Home) -> Result<NewPerson> {
    let key = home.person_key()?.public();
    let profile = home.shared.file.read(people::profile)?;
    let signed = home.shared.file.read(|connection| people::newest_list(connection, profile.person))?;
    let signed = signed.ok_or_else(|| Error::internal("a device's list"))?;
    let list = signed.open(&profile.person, &key).ok_or_else(|| Error::internal("a device's list"))?;
    Ok(NewPerson {
        id: profile.person,
        role: profile.role,
        display_name: profile.display_name,
        key,
        signed,
        list,
        reads: home.shared.reads(),
    })
}

/// One side of an exchange.
pub struct End {
    relationship: RelationshipId,
    carried: CarriedPlans,
    session: Session,
    replica: Box<dyn Replica + Send>,
}

impl End {
    /// Begins an exchange with the device of another home; its first frame waits to be sent.
    ///
    /// # Errors
    /// [`Error::NotFound`] where the two have not paired, and what the files say.
    pub fn begin(home: &CommonGround, relationship: RelationshipId, other: &CommonGround) -> Result<Self> {
        let other = other.home.shared.file.read(people::me)?.device;
        let (shared, plans) = (Arc::clone(&home.home.shared), Arc::clone(&home.home.plans));
        let carried = CarriedPlans { shared, plans, home: Arc::downgrade(&home.home) };
        let replica = carried.replica(relationship, other)?;
        let mut session = Session::new(relationship, carried.terms(relationship)?, &*replica)?;
        session.shelve(carried.shelf(relationship)?)?;
        Ok(Self { relationship, carried, session, replica })
    }

    /// The next frame to send, or nothing until something happens.
    ///
    /// # Errors
    /// [`Error::Exchange`].
    pub fn next_frame(&mut self) -> Result<Option<Vec<u8>>> {
        self.session.poll()
    }

    /// Takes a frame of the other side.
    ///
    /// # Errors
    /// [`Error::Exchange`] when it breaks the rules, [`Error::Closed`] after the end, and what the files say.
    pub fn take(&mut self, frame: &[u8]) -> Result<()> {
        for event in self.session.receive(frame, &mut *self.replica)? {
            if let Event::PeerHas(positions) = event {
                self.carried.other_has(self.relationship, &positions)?;
            }
        }
        Ok(())
    }

    /// Sends what was written here since.
    ///
    /// # Errors
    /// What the files say.
    pub fn wake(&mut self) -> Result<()> {
        self.session.wake(&mut *self.replica)
    }

    /// Asks for what is missing, as after a long silence.
    ///
    /// # Errors
    /// [`Error::Exchange`] when it was asked too often in vain.
    pub fn ask_again(&mut self) -> Result<()> {
        self.session.ask_again(&*self.replica)
    }

    /// Whether both hold the same, as far as both have said.
    #[must_use]
    pub fn is_in_step(&self) -> bool {
        self.session.is_in_step()
    }

    /// Whether the exchange is over for this side.
    #[must_use]
    pub fn has_ended(&self) -> bool {
        self.session.has_ended()
    }
}
