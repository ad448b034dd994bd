//! Handing something over, as far as the shared file goes.

use std::io::Write;

use rusqlite::{Connection, Transaction, named_params};

use super::content::Content;
use super::notices::announce;
use super::parcels::{self, KeyedDigest};
use super::{pieces, room};
use crate::clock::World;
use crate::error::Thing;
use crate::exchange::{Announced, Label, MAX_PIECE, Piece};
use crate::id::{EntryId, GoalId, ParcelId, RelationshipId};
use crate::relationship::people;
use crate::{Error, Result};

/// What stands on a parcel besides its content.
#[derive(Clone, Copy, Default)]
pub(crate) struct Note {
    /// The excerpt that it comments on.
    pub(crate) about: Option<ParcelId>,
    /// The goal that it belongs to.
    pub(crate) goal: Option<GoalId>,
    /// The entry that it was taken from; it stays on this device.
    pub(crate) entry: Option<EntryId>,
}

/// Hands a content over: it lies ready, and goes with the next exchange.
///
/// # Errors
/// [`Error::NotShared`], [`Error::NotFound`] for the relationship, [`Error::TooMuchHandedOver`], and what the content
/// and the file say.
pub(crate) fn hand_over(
    transaction: &Transaction<'_>,
    world: &World,
    relationship: RelationshipId,
    content: &Content<'_>,
    note: Note,
) -> Result<ParcelId> {
    people::must_be_shared(transaction, relationship)?;
    let me = people::me(transaction)?.person;
    let parcel = ParcelId::from_bytes(world.item_id(&me)?);
    let salt: [u8; 32] = world.random()?;
    let mut digest = KeyedDigest::with_salt_of(&salt).ok_or_else(|| Error::internal("sharing, a salt"))?;
    digest.update(&salt);
    let mut digesting = Digesting(digest);
    content.write_to(&mut digesting)?;
    let (digest, length) = (digesting.0.finish(), content.length()?);
    let label = Label { parcel, digest, length, about: note.about, goal: note.goal };
    announce(transaction, world, relationship, Announced::HandedOver(label))?;
    let mut pieces = Pieces { transaction, parcel, start: 0, bytes: salt.to_vec() };
    content.write_to(&mut pieces)?;
    if pieces.finish()? != length {
        return Err(Error::internal("sharing, a content of another length"));
    }
    transaction
        .prepare_cached("UPDATE parcel SET here = length, is_whole = 1, entry = :entry WHERE id = :parcel")?
        .execute(named_params! { ":parcel": parcel, ":entry": note.entry })?;
    Ok(parcel)
}

/// How many bytes this person can still hand over in a relationship, and whether at all.
///
/// # Errors
/// [`Error::NotShared`], [`Error::NotFound`], [`Error::TooMuchHandedOver`] where not even one more can be announced.
pub(crate) fn room(connection: &Connection, relationship: RelationshipId) -> Result<u64> {
    people::must_be_shared(connection, relationship)?;
    let me = people::me(connection)?.person;
    room::left(connection, relationship, me)?.ok_or(Error::TooMuchHandedOver)
}

/// Takes a parcel of this person's back, for good. Its content is deleted here; that no page of the file holds it any
/// more is seen to by [`super::mend`]. Answers whether it was not taken back before.
///
/// # Errors
/// [`Error::NotFound`] for what this person has not handed over in this relationship.
pub(crate) fn take_back(
    transaction: &Transaction<'_>,
    world: &World,
    relationship: RelationshipId,
    parcel: ParcelId,
) -> Result<bool> {
    let me = people::me(transaction)?.person;
    let Some(is_taken_back) = parcels::is_taken_back(transaction, relationship, me, parcel)? else {
        return Err(Error::not_found(Thing::Excerpt));
    };
    if !is_taken_back {
        announce(transaction, world, relationship, Announced::TakenBack(parcel))?;
    }
    Ok(!is_taken_back)
}

struct Digesting(KeyedDigest);

impl Write for Digesting {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Keeps what is written to it as the pieces of a parcel.
struct Pieces<'a> {
    transaction: &'a Transaction<'a>,
    parcel: ParcelId,
    start: u32,
    bytes: Vec<u8>,
}

impl Pieces<'_> {
    fn keep(&mut self) -> Result<()> {
        let piece = Piece { parcel: self.parcel, start: self.start, bytes: std::mem::take(&mut self.bytes) };
        pieces::keep(self.transaction, &piece)?;
        self.start = piece.end();
        Ok(())
    }

    /// Keeps the rest; answers how many bytes there were.
    fn finish(mut self) -> Result<u32> {
        if !self.bytes.is_empty() {
            self.keep()?;
        }
        Ok(self.start)
    }
}

impl Write for Pieces<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let taken = bytes.len().min(MAX_PIECE - self.bytes.len());
        self.bytes.extend_from_slice(&bytes[..taken]);
        if self.bytes.len() == MAX_PIECE {
            self.keep()?;
        }
        Ok(taken)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
