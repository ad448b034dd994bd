//! What the two have announced to each other. Rows here are only ever added.

use rusqlite::{Connection, OptionalExtension, Transaction, named_params};

use super::{content, parcels, room};
use crate::clock::{Instant, World};
use crate::exchange::{Announced, Holdings, MAX_PARCEL, MIN_PARCEL, Notice, ShortId, SignedNotice};
use crate::id::{PERSON_PREFIX, ParcelId, PersonId, RelationshipId};
use crate::relationship::key::{DeviceKey, PublicKey, actor_prefix};
use crate::relationship::{people, renewal};
use crate::store::Micros;
use crate::{Error, Result};

/// What became of a notice that came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Taken {
    /// It is kept, and what it asks for is done.
    New,
    /// It was here already.
    Known,
    /// It is not genuine, not its author's to say, or there is no room for it.
    Refused,
}

/// Announces something in this person's name, with this device's key; what follows from it is done with it.
/// What was announced before is not announced again: the first notice is answered. Only handing over can lack room: what
/// follows from that, taking back and ending always have it.
///
/// # Errors
/// What the file says; [`Error::TooMuchHandedOver`] when this person has handed over too much.
pub(crate) fn announce(
    transaction: &Transaction<'_>,
    world: &World,
    relationship: RelationshipId,
    announced: Announced,
) -> Result<Notice> {
    let me = people::me(transaction)?;
    if let Some(notice) = said(transaction, relationship, me.person, &announced)? {
        return Ok(notice);
    }
    let notice = Notice { author: me.person, at: world.now(), announced };
    let is_handing_over = matches!(notice.announced, Announced::HandedOver(_));
    if is_handing_over && !room::is_there_for(transaction, relationship, &notice)? {
        return Err(Error::TooMuchHandedOver);
    }
    let signed = notice.sign(&relationship, &people::device_key(transaction)?);
    insert(transaction, relationship, &signed, &notice, false)?;
    follow(transaction, relationship, &notice)?;
    Ok(notice)
}

/// Takes in a notice that the other device brought.
///
/// # Errors
/// What the file says.
pub(super) fn take(
    transaction: &Transaction<'_>,
    relationship: RelationshipId,
    signed: &SignedNotice,
) -> Result<Taken> {
    if is_here(transaction, relationship, signed)? {
        mark_confirmed(transaction, relationship, signed)?;
        return Ok(Taken::Known);
    }
    let Some(notice) = signed.read() else { return Ok(Taken::Refused) };
    if !is_theirs_to_say(transaction, relationship, &notice, &signed.device)?
        || !signed.is_genuine(&relationship)
        || !room::is_there_for(transaction, relationship, &notice)?
    {
        return Ok(Taken::Refused);
    }
    insert(transaction, relationship, signed, &notice, true)?;
    follow(transaction, relationship, &notice)?;
    Ok(Taken::New)
}

/// When a person first said something about a parcel, or at all.
///
/// # Errors
/// What the file says.
pub(crate) fn said(
    connection: &Connection,
    relationship: RelationshipId,
    author: PersonId,
    announced: &Announced,
) -> Result<Option<Notice>> {
    let of_kind = of(connection, relationship, announced.parcel())?;
    // Of the terms every version counts for itself.
    let is_same = |notice: &Notice| match (&notice.announced, announced) {
        (Announced::ReadTerms { version: one }, Announced::ReadTerms { version: other }) => one == other,
        (one, other) => one.kind() == other.kind(),
    };
    Ok(of_kind.into_iter().find(|notice| notice.author == author && is_same(notice)))
}

/// All that was announced about a parcel, or about none, oldest first.
///
/// # Errors
/// What the file says.
pub(crate) fn of(
    connection: &Connection,
    relationship: RelationshipId,
    parcel: Option<ParcelId>,
) -> Result<Vec<Notice>> {
    connection
        .prepare_cached(
            "SELECT body, device, signature FROM notice
             WHERE relationship = :relationship AND parcel IS :parcel ORDER BY at, id",
        )?
        .query_map(named_params! { ":relationship": relationship, ":parcel": parcel }, read)?
        .filter_map(|signed| signed.map(|signed| signed.read()).transpose())
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// Which notices of a relationship are here.
///
/// # Errors
/// What the file says.
pub(super) fn holdings(connection: &Connection, relationship: RelationshipId) -> Result<Holdings> {
    Ok(Holdings::of(&ids(connection, relationship)?))
}

/// The short ids of all notices of a relationship.
///
/// # Errors
/// What the file says.
pub(super) fn short_ids(connection: &Connection, relationship: RelationshipId) -> Result<Vec<ShortId>> {
    Ok(ids(connection, relationship)?.iter().map(short).collect())
}

fn ids(connection: &Connection, relationship: RelationshipId) -> Result<Vec<[u8; 32]>> {
    connection
        .prepare_cached("SELECT id FROM notice WHERE relationship = :relationship ORDER BY id")?
        .query_map(named_params! { ":relationship": relationship }, |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

fn short(id: &[u8; 32]) -> ShortId {
    let mut short = ShortId::default();
    short.copy_from_slice(&id[..size_of::<ShortId>()]);
    short
}

/// The notices that the other has not said it holds; where `theirs` is given, all that are not among these.
///
/// # Errors
/// What the file says.
pub(super) fn lacking(
    connection: &Connection,
    relationship: RelationshipId,
    theirs: Option<&[ShortId]>,
) -> Result<Vec<SignedNotice>> {
    let theirs: Option<std::collections::HashSet<&ShortId>> = theirs.map(|ids| ids.iter().collect());
    let notices: Vec<SignedNotice> = connection
        .prepare_cached(
            "SELECT body, device, signature FROM notice
             WHERE relationship = :relationship AND (:all OR confirmed = 0) ORDER BY at, id",
        )?
        .query_map(named_params! { ":relationship": relationship, ":all": theirs.is_some() }, read)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(match theirs {
        None => notices,
        Some(theirs) => {
            notices.into_iter().filter(|it| !theirs.contains(&short(&it.id(&relationship)))).collect()
        }
    })
}

/// Notes that the other device holds all that is here.
///
/// # Errors
/// What the file says.
pub(super) fn confirm_all(transaction: &Transaction<'_>, relationship: RelationshipId) -> Result<()> {
    transaction
        .prepare_cached(
            "UPDATE notice SET confirmed = 1 WHERE relationship = :relationship AND confirmed = 0",
        )?
        .execute(named_params! { ":relationship": relationship })?;
    // What the other had handed over is what it is again.
    transaction
        .prepare_cached("UPDATE relationship SET closed = 0 WHERE id = :relationship AND closed = 1")?
        .execute(named_params! { ":relationship": relationship })?;
    Ok(())
}

/// Whether anything here waits to be confirmed.
///
/// # Errors
/// What the file says.
pub(super) fn has_unconfirmed(connection: &Connection, relationship: RelationshipId) -> Result<bool> {
    Ok(connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM notice WHERE relationship = :relationship AND confirmed = 0)
                 OR EXISTS (SELECT 1 FROM relationship WHERE id = :relationship AND closed = 1)",
        )?
        .query_row(named_params! { ":relationship": relationship }, |row| row.get(0))?)
}

fn read(row: &rusqlite::Row<'_>) -> rusqlite::Result<SignedNotice> {
    Ok(SignedNotice { body: row.get(0)?, device: row.get(1)?, signature: row.get(2)? })
}

fn is_here(connection: &Connection, relationship: RelationshipId, signed: &SignedNotice) -> Result<bool> {
    let found = connection
        .prepare_cached("SELECT 1 FROM notice WHERE relationship = :relationship AND id = :id")?
        .query_row(named_params! { ":relationship": relationship, ":id": signed.id(&relationship) }, |_| {
            Ok(())
        })
        .optional()?;
    Ok(found.is_some())
}

fn mark_confirmed(
    transaction: &Transaction<'_>,
    relationship: RelationshipId,
    signed: &SignedNotice,
) -> Result<()> {
    transaction
        .prepare_cached("UPDATE notice SET confirmed = 1 WHERE relationship = :relationship AND id = :id")?
        .execute(named_params! { ":relationship": relationship, ":id": signed.id(&relationship) })?;
    Ok(())
}

/// Whether the other was thought to hold one of these.
///
/// # Errors
/// What the file says.
pub(super) fn any_is_confirmed(
    connection: &Connection,
    relationship: RelationshipId,
    notices: &[SignedNotice],
) -> Result<bool> {
    let mut confirmed = connection.prepare_cached(
        "SELECT 1 FROM notice WHERE relationship = :relationship AND id = :id AND confirmed = 1",
    )?;
    for signed in notices {
        let id = signed.id(&relationship);
        if confirmed.exists(named_params! { ":relationship": relationship, ":id": id })? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Notes that the other does not hold these.
///
/// # Errors
/// What the file says.
pub(super) fn mark_unconfirmed(
    transaction: &Transaction<'_>,
    relationship: RelationshipId,
    notices: &[SignedNotice],
) -> Result<()> {
    let mut unconfirmed = transaction
        .prepare_cached("UPDATE notice SET confirmed = 0 WHERE relationship = :relationship AND id = :id")?;
    for signed in notices {
        let id = signed.id(&relationship);
        unconfirmed.execute(named_params! { ":relationship": relationship, ":id": id })?;
    }
    Ok(())
}

/// Whether the author is one of the two, the device is or was theirs, and this is for them to say.
fn is_theirs_to_say(
    connection: &Connection,
    relationship: RelationshipId,
    notice: &Notice,
    device: &PublicKey,
) -> Result<bool> {
    let (me, other) = (people::me(connection)?.person, people::other(connection, relationship)?.person);
    let their_other = match notice.author {
        author if author == me => other,
        author if author == other => me,
        _ => return Ok(false),
    };
    if !renewal::devices_ever_of(connection, relationship, notice.author)?.contains(device) {
        return Ok(false);
    }
    if is_closed(connection, relationship, notice.author, device)? {
        return Ok(false);
    }
    let is_of = |parcel: &ParcelId, person: &PersonId| parcel.as_bytes()[..PERSON_PREFIX] == person.prefix();
    Ok(match &notice.announced {
        Announced::HandedOver(label) => {
            let most = if label.about.is_some() { content::MAX_COMMENT } else { MAX_PARCEL };
            is_of(&label.parcel, &notice.author) && (MIN_PARCEL..=most).contains(&label.length)
        }
        Announced::TakenBack(parcel) => is_of(parcel, &notice.author),
        Announced::Arrived(parcel)
        | Announced::Opened(parcel)
        | Announced::AskedToDelete(parcel)
        | Announced::Deleted(parcel) => is_of(parcel, &their_other),
        Announced::ReadTerms { .. } | Announced::Ended => true,
    })
}

/// Whether this is a device of which its person has signed where it ends, or one of a person who came back without it:
/// whoever has it says nothing new in their name. While a backup was brought back here, or its owner came back, and the
/// other has not been heard since, what it said before is still to come.
fn is_closed(
    connection: &Connection,
    relationship: RelationshipId,
    author: PersonId,
    device: &PublicKey,
) -> Result<bool> {
    let (is_ended, awaits_all): (bool, bool) = connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM actor_end
                            WHERE relationship = :relationship AND substr(actor, 1, 8) = :prefix
                              AND device <> :device),
                    EXISTS (SELECT 1 FROM relationship WHERE id = :relationship AND closed = 1)",
        )?
        .query_row(
            named_params! {
                ":relationship": relationship, ":prefix": actor_prefix(device), ":device": device,
            },
            |row| Ok((row.get(0)?, row.get(1)?)),
        )?;
    if awaits_all || is_ended {
        return Ok(!awaits_all);
    }
    let renewals = renewal::of(connection, relationship, author)?;
    Ok(renewals.iter().any(|renewal| renewal.former_devices.contains(device)))
}

/// Signs again, with the device that took the place of another, what the owner announced and the other has not said it
/// holds: the former device may be closed by the time that it comes there.
///
/// # Errors
/// What the file says.
pub(crate) fn sign_again(transaction: &Transaction<'_>, device: &DeviceKey) -> Result<()> {
    let waiting: Vec<(RelationshipId, SignedNotice)> = transaction
        .prepare_cached(
            "SELECT body, device, signature, relationship FROM notice
             WHERE confirmed = 0 AND author = (SELECT person FROM profile) AND device <> :device",
        )?
        .query_map(named_params! { ":device": device.public() }, |row| Ok((row.get(3)?, read(row)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut update = transaction.prepare_cached(
        "UPDATE notice SET device = :device, signature = :signature
         WHERE relationship = :relationship AND id = :id",
    )?;
    for (relationship, signed) in waiting {
        // Its id is of what is signed, and stays.
        let again = signed.again(&relationship, device);
        update.execute(named_params! {
            ":device": again.device, ":signature": again.signature, ":relationship": relationship,
            ":id": again.id(&relationship),
        })?;
    }
    Ok(())
}

fn insert(
    transaction: &Transaction<'_>,
    relationship: RelationshipId,
    signed: &SignedNotice,
    notice: &Notice,
    is_confirmed: bool,
) -> Result<()> {
    transaction
        .prepare_cached(
            "INSERT INTO notice (relationship, id, kind, parcel, author, at, body, device, signature, confirmed)
             VALUES (:relationship, :id, :kind, :parcel, :author, :at, :body, :device, :signature, :confirmed)",
        )?
        .execute(named_params! {
            ":relationship": relationship, ":id": signed.id(&relationship), ":kind": notice.announced.kind(),
            ":parcel": notice.announced.parcel(), ":author": notice.author, ":at": Micros(notice.at),
            ":body": signed.body, ":device": signed.device, ":signature": signed.signature,
            ":confirmed": is_confirmed,
        })?;
    Ok(())
}

/// What follows from a notice, whoever said it.
fn follow(transaction: &Transaction<'_>, relationship: RelationshipId, notice: &Notice) -> Result<()> {
    match &notice.announced {
        Announced::Ended => people::mark_ended(transaction, relationship, notice.author, notice.at),
        Announced::ReadTerms { .. } => Ok(()),
        announced => match announced.parcel() {
            Some(parcel) => parcels::settle(transaction, relationship, parcel),
            None => Ok(()),
        },
    }
}

/// When a person first read the terms of what is shared, and which version it was.
///
/// # Errors
/// What the file says.
pub(crate) fn terms_read_by(
    connection: &Connection,
    relationship: RelationshipId,
    person: PersonId,
) -> Result<Option<(u16, Instant)>> {
    let notices = of(connection, relationship, None)?;
    let versions = notices.into_iter().filter(|notice| notice.author == person).filter_map(|notice| {
        match notice.announced {
            Announced::ReadTerms { version } => Some((version, notice.at)),
            _ => None,
        }
    });
    Ok(versions.max_by_key(|(version, _)| *version))
}
