//! What became of each parcel: a row that follows from the notices about it, in whatever order they came.

use rusqlite::{Connection, OptionalExtension, Transaction, named_params};

use super::{erasing, notices, pieces};
use crate::exchange::{Announced, Label, MAX_PIECE, Notice, Piece};
use crate::id::{ParcelId, PersonId, RelationshipId};
use crate::relationship::people;
use crate::store::Micros;
use crate::{Error, Result};

/// Brings a parcel's row up to the notices about it. Until its giver's notice has come there is none.
///
/// # Errors
/// What the file says.
pub(super) fn settle(
    transaction: &Transaction<'_>,
    relationship: RelationshipId,
    parcel: ParcelId,
) -> Result<()> {
    let notices = notices::of(transaction, relationship, Some(parcel))?;
    let handed_over = notices.iter().find_map(|notice| match &notice.announced {
        Announced::HandedOver(label) => Some((notice, *label)),
        _ => None,
    });
    let Some((notice, label)) = handed_over else { return Ok(()) };
    insert(transaction, relationship, notice, &label)?;
    let first = |kind: Announced| {
        let said = notices.iter().filter(|notice| notice.announced.kind() == kind.kind());
        said.map(|notice| Micros(notice.at)).min_by_key(|at| at.0)
    };
    transaction
        .prepare_cached(
            "UPDATE parcel SET arrived_at = :arrived, opened_at = :opened, taken_back_at = :taken_back,
                    asked_to_delete_at = :asked, deleted_at = :deleted
             WHERE id = :parcel AND relationship = :relationship AND giver = :giver",
        )?
        .execute(named_params! {
            ":parcel": parcel, ":relationship": relationship, ":giver": notice.author,
            ":arrived": first(Announced::Arrived(parcel)), ":opened": first(Announced::Opened(parcel)),
            ":taken_back": first(Announced::TakenBack(parcel)), ":asked": first(Announced::AskedToDelete(parcel)),
            ":deleted": first(Announced::Deleted(parcel)),
        })?;
    // A parcel of this id that lies in another relationship is none of their business.
    let giver = giver_of(transaction, relationship, parcel)?;
    if giver == Some(notice.author) && first(Announced::TakenBack(parcel)).is_some() {
        let is_theirs = notice.author != people::me(transaction)?.person;
        let had_any = empty(transaction, relationship, parcel)?;
        if had_any || (is_theirs && first(Announced::Deleted(parcel)).is_none()) {
            erasing::is_to_be_overwritten(transaction, parcel)?;
        }
    }
    Ok(())
}

fn giver_of(
    connection: &Connection,
    relationship: RelationshipId,
    parcel: ParcelId,
) -> Result<Option<PersonId>> {
    Ok(connection
        .prepare_cached("SELECT giver FROM parcel WHERE id = :parcel AND relationship = :relationship")?
        .query_row(named_params! { ":parcel": parcel, ":relationship": relationship }, |row| row.get(0))
        .optional()?)
}

/// Whether a parcel that this person has handed over in this relationship was taken back; nothing where there is none.
///
/// # Errors
/// What the file says.
pub(super) fn is_taken_back(
    connection: &Connection,
    relationship: RelationshipId,
    giver: PersonId,
    parcel: ParcelId,
) -> Result<Option<bool>> {
    Ok(connection
        .prepare_cached(
            "SELECT taken_back_at IS NOT NULL FROM parcel
             WHERE id = :parcel AND relationship = :relationship AND giver = :giver",
        )?
        .query_row(
            named_params! { ":parcel": parcel, ":relationship": relationship, ":giver": giver },
            |row| row.get(0),
        )
        .optional()?)
}

fn insert(
    transaction: &Transaction<'_>,
    relationship: RelationshipId,
    notice: &Notice,
    label: &Label,
) -> Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO parcel (id, relationship, giver, about, goal, handed_at, digest, length)
             VALUES (:id, :relationship, :giver, :about, :goal, :handed_at, :digest, :length)
             ON CONFLICT (id) DO NOTHING",
        )?
        .execute(named_params! {
            ":id": label.parcel, ":relationship": relationship, ":giver": notice.author, ":about": label.about,
            ":goal": label.goal, ":handed_at": Micros(notice.at), ":digest": label.digest, ":length": label.length,
        })?;
    Ok(())
}

/// Deletes what is in a parcel, and in the comments on it; the file overwrites what is deleted. Answers whether there
/// was anything.
fn empty(transaction: &Transaction<'_>, relationship: RelationshipId, parcel: ParcelId) -> Result<bool> {
    let params = named_params! { ":parcel": parcel, ":relationship": relationship };
    let deleted = transaction
        .prepare_cached(
            "DELETE FROM parcel_piece
             WHERE parcel = :parcel
                OR parcel IN (SELECT id FROM parcel WHERE about = :parcel AND relationship = :relationship)",
        )?
        .execute(params)?;
    transaction
        .prepare_cached(
            "UPDATE parcel SET here = 0, is_whole = 0
             WHERE id = :parcel OR (about = :parcel AND relationship = :relationship)",
        )?
        .execute(params)?;
    Ok(deleted > 0)
}

/// A parcel of the other's whose content is missing here, and how much of it has come: the oldest that is none of
/// `not_given`, was not taken back, and is no comment on one that was.
///
/// # Errors
/// What the file says.
pub(super) fn wanted(
    connection: &Connection,
    relationship: RelationshipId,
    me: PersonId,
    not_given: &[ParcelId],
) -> Result<Option<(ParcelId, u32)>> {
    let mut wanted = connection.prepare_cached(
        "SELECT id, here FROM parcel
         WHERE relationship = :relationship AND giver <> :me AND is_whole = 0 AND taken_back_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM parcel AS about
                           WHERE about.id = parcel.about AND about.relationship = parcel.relationship
                             AND about.taken_back_at IS NOT NULL)
         ORDER BY handed_at, id",
    )?;
    let rows = wanted.query_map(named_params! { ":relationship": relationship, ":me": me }, |row| {
        Ok((row.get(0)?, row.get(1)?))
    })?;
    for row in rows {
        let (parcel, here) = row?;
        if !not_given.contains(&parcel) {
            return Ok(Some((parcel, here)));
        }
    }
    Ok(None)
}

/// The parcels that this person has handed over and that have not arrived as far as is known, oldest first, with the
/// bytes of each. None that was taken back, and no comment on one that was.
///
/// # Errors
/// What the file says.
pub(crate) fn not_arrived(
    connection: &Connection,
    relationship: RelationshipId,
    me: PersonId,
) -> Result<Vec<(ParcelId, u64)>> {
    connection
        .prepare_cached(
            "SELECT id, length FROM parcel
             WHERE relationship = :relationship AND giver = :me AND is_whole = 1 AND arrived_at IS NULL
               AND taken_back_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM parcel AS about
                               WHERE about.id = parcel.about AND about.taken_back_at IS NOT NULL)
             ORDER BY handed_at, id",
        )?
        .query_map(named_params! { ":relationship": relationship, ":me": me }, |row| {
            Ok((row.get(0)?, row.get::<_, u32>(1)?.into()))
        })?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// Of the parcels that are on their way here: how many bytes have come, and how many they have in all.
///
/// # Errors
/// What the file says.
pub(crate) fn on_the_way(connection: &Connection, relationship: RelationshipId) -> Result<(u64, u64)> {
    let (here, all): (i64, i64) = connection
        .prepare_cached(
            "SELECT coalesce(sum(here), 0), coalesce(sum(length), 0) FROM parcel
             WHERE relationship = :relationship AND is_whole = 0 AND taken_back_at IS NULL
               AND giver <> (SELECT person FROM profile)
               AND NOT EXISTS (SELECT 1 FROM parcel AS about
                               WHERE about.id = parcel.about AND about.taken_back_at IS NOT NULL)",
        )?
        .query_row(named_params! { ":relationship": relationship }, |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok((here.unsigned_abs(), all.unsigned_abs()))
}

/// A piece of a parcel that this person has handed over in this relationship; an empty one at its end, and where there
/// is none to be had.
///
/// # Errors
/// What the file says.
pub(super) fn piece(
    connection: &Connection,
    relationship: RelationshipId,
    me: PersonId,
    parcel: ParcelId,
    start: u32,
) -> Result<Piece> {
    let is_ours: bool = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM parcel
             WHERE id = :parcel AND relationship = :relationship AND giver = :me AND is_whole = 1
               AND taken_back_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM parcel AS about
                               WHERE about.id = parcel.about AND about.taken_back_at IS NOT NULL))",
        )?
        .query_row(named_params! { ":parcel": parcel, ":relationship": relationship, ":me": me }, |row| {
            row.get(0)
        })?;
    // Pieces are asked for where they begin, and nowhere else.
    let is_piece = is_ours && (start as usize).is_multiple_of(MAX_PIECE);
    let length = if is_piece { MAX_PIECE as u64 } else { 0 };
    let bytes = pieces::stretch(connection, parcel, start.into(), length)?;
    Ok(Piece { parcel, start, bytes })
}

/// How a parcel that is on its way here stands.
struct OnTheWay {
    here: u32,
    length: u32,
    digest: [u8; 32],
}

/// Takes in the next piece of a parcel. Answers whether it brought it further; the last one makes it whole if its
/// content is what was announced, else all that came is dropped.
///
/// # Errors
/// What the file says.
pub(super) fn take_piece(
    transaction: &Transaction<'_>,
    relationship: RelationshipId,
    me: PersonId,
    piece: &Piece,
) -> Result<Option<Whole>> {
    let on_the_way = transaction
        .prepare_cached(
            "SELECT here, length, digest FROM parcel
             WHERE id = :parcel AND relationship = :relationship AND giver <> :me AND is_whole = 0
               AND taken_back_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM parcel AS about
                               WHERE about.id = parcel.about AND about.taken_back_at IS NOT NULL)",
        )?
        .query_row(
            named_params! { ":parcel": piece.parcel, ":relationship": relationship, ":me": me },
            |row| Ok(OnTheWay { here: row.get(0)?, length: row.get(1)?, digest: row.get(2)? }),
        )
        .optional()?;
    let Some(on_the_way) = on_the_way else { return Ok(None) };
    let end = piece.end();
    let is_next = piece.start == on_the_way.here && !piece.bytes.is_empty() && end <= on_the_way.length;
    // Only the last piece is shorter than the others.
    if !is_next || (piece.bytes.len() < MAX_PIECE && end < on_the_way.length) {
        return Ok(None);
    }
    pieces::keep(transaction, piece)?;
    transaction
        .prepare_cached("UPDATE parcel SET here = :here WHERE id = :parcel")?
        .execute(named_params! { ":here": end, ":parcel": piece.parcel })?;
    if end < on_the_way.length {
        return Ok(Some(Whole::NotYet));
    }
    if digest(transaction, piece.parcel)? != Some(on_the_way.digest) {
        empty(transaction, relationship, piece.parcel)?;
        return Ok(Some(Whole::Other));
    }
    transaction
        .prepare_cached("UPDATE parcel SET is_whole = 1 WHERE id = :parcel")?
        .execute(named_params! { ":parcel": piece.parcel })?;
    Ok(Some(Whole::Yes))
}

/// What a parcel is after one more piece.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Whole {
    /// More is to come.
    NotYet,
    /// All is here and is what was announced.
    Yes,
    /// All came and was something else; it is dropped.
    Other,
}

/// The digest of a parcel's content, keyed with the salt that is its first 32 bytes: HMAC-SHA-256 of all of it.
fn digest(connection: &Connection, parcel: ParcelId) -> Result<Option<[u8; 32]>> {
    let mut digest: Option<KeyedDigest> = None;
    let mut start = 0;
    loop {
        let bytes = pieces::stretch(connection, parcel, start, MAX_PIECE as u64)?;
        if bytes.is_empty() {
            return Ok(digest.map(KeyedDigest::finish));
        }
        start += bytes.len() as u64;
        if digest.is_none() {
            digest = KeyedDigest::with_salt_of(&bytes);
        }
        match &mut digest {
            Some(digest) => digest.update(&bytes),
            None => return Ok(None),
        }
    }
}

/// HMAC-SHA-256 under the salt with which a parcel's content begins.
pub(super) struct KeyedDigest(hmac::Hmac<sha2::Sha256>);

impl KeyedDigest {
    /// Of a content that begins with these bytes, if a salt is among them.
    pub(super) fn with_salt_of(content: &[u8]) -> Option<Self> {
        use hmac::KeyInit;
        let (salt, _) = content.split_first_chunk::<32>()?;
        hmac::Hmac::new_from_slice(salt).ok().map(Self)
    }

    pub(super) fn update(&mut self, bytes: &[u8]) {
        use hmac::Mac;
        self.0.update(bytes);
    }

    pub(super) fn finish(self) -> [u8; 32] {
        use hmac::Mac;
        self.0.finalize().into_bytes().into()
    }
}
