//! What was handed over, and what became of it.

use rusqlite::{Connection, OptionalExtension, Row, named_params};

use super::content::{self, Opened};
use super::problem::ParcelProblem;
use crate::clock::Instant;
use crate::error::Thing;
use crate::id::{EntryId, GoalId, ParcelId, PersonId, RelationshipId};
use crate::relationship::people;
use crate::store::Micros;
use crate::{Error, Result};

/// An excerpt that one of the two handed to the other. Its words are not in here: opening it shows them.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct HandedOver {
    /// Its id.
    pub id: ParcelId,
    /// In which relationship.
    pub relationship: RelationshipId,
    /// Who handed it over.
    pub giver: PersonId,
    /// The goal that it belongs to.
    pub goal: Option<GoalId>,
    /// The entry that it was taken from; known on its giver's device alone.
    pub entry: Option<EntryId>,
    /// How many bytes it has.
    pub bytes: u32,
    /// How it stands.
    pub state: ParcelState,
    /// When it was handed over, as its giver's device says. The other times are as the receiver's says.
    pub handed_at: Instant,
    /// When all of it had come.
    pub arrived_at: Option<Instant>,
    /// When it was first opened.
    pub opened_at: Option<Instant>,
    /// When it was taken back, as its giver's device says.
    pub taken_back_at: Option<Instant>,
    /// When the receiver's device heard that it is to be deleted.
    pub asked_to_delete_at: Option<Instant>,
    /// When the receiver's device confirmed that it has deleted it. What somebody remembers, has copied or
    /// photographed, and what an old backup or the disk itself may keep, no device can confirm.
    pub deleted_at: Option<Instant>,
    /// How many comments there are on it, those taken back not counted.
    pub comments: u32,
    /// How many of them came from the other and were not shown yet.
    pub new_comments: u32,
}

/// How an excerpt, or a comment, stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum ParcelState {
    /// The other device has not heard of it yet: it goes with the next exchange.
    WaitingToGo,
    /// The receiver's device knows of it, and not all of it has come there yet.
    OnTheWay,
    /// All of it is on the receiver's device.
    Arrived,
    /// The receiver has opened it.
    Opened,
    /// A backup was brought back: it stays closed until the first exchange with its giver.
    ClosedUntilHeard,
    /// Taken back; the receiver's device has not answered yet.
    TakenBack,
    /// Taken back; the receiver's device has heard that it is to delete it.
    AskedToDelete,
    /// Taken back; the receiver's device has confirmed that it is deleted.
    Deleted,
}

/// A comment on an excerpt.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct ExcerptComment {
    /// Its id.
    pub id: ParcelId,
    /// Who wrote it.
    pub by: PersonId,
    /// When, as their device says.
    pub at: Instant,
    /// How it stands.
    pub state: ParcelState,
    /// What it says; nothing where it cannot be read here (not all of it has come, or a newer version wrote it).
    pub text: Option<String>,
}

/// An excerpt, open, with what both have said about it.
#[derive(Clone, PartialEq, serde::Serialize, uniffi::Record)]
pub struct OpenedExcerpt {
    /// What became of it.
    pub handed_over: HandedOver,
    /// Its words.
    pub excerpt: super::Excerpt,
    /// The comments on it, the earliest first.
    pub comments: Vec<ExcerptComment>,
}

const PARCEL: &str = "
    SELECT parcel.id, parcel.relationship, parcel.giver, parcel.goal, parcel.entry, parcel.handed_at, parcel.length,
           parcel.is_whole, parcel.arrived_at, parcel.opened_at, parcel.taken_back_at, parcel.asked_to_delete_at,
           parcel.deleted_at, parcel.giver = :me AS is_mine, relationship.closed,
           EXISTS (SELECT 1 FROM notice
                   WHERE notice.relationship = parcel.relationship AND notice.parcel = parcel.id AND notice.kind = 1
                     AND notice.confirmed = 0) AS waits,
           (SELECT count(*) FROM parcel AS comment
            WHERE comment.about = parcel.id AND comment.relationship = parcel.relationship
              AND comment.taken_back_at IS NULL) AS comments,
           (SELECT count(*) FROM parcel AS comment
            WHERE comment.about = parcel.id AND comment.relationship = parcel.relationship AND comment.giver <> :me
              AND comment.taken_back_at IS NULL AND comment.is_whole = 1 AND comment.opened_at IS NULL)
              AS new_comments
    FROM parcel JOIN relationship ON relationship.id = parcel.relationship";

/// The excerpts of a relationship (or of all), the newest first: those that this person handed over, or those that
/// they were given.
///
/// # Errors
/// What the file says.
pub(crate) fn excerpts(
    connection: &Connection,
    relationship: RelationshipId,
    are_mine: bool,
) -> Result<Vec<HandedOver>> {
    let me = people::me(connection)?.person;
    connection
        .prepare_cached(&format!(
            "{PARCEL} WHERE parcel.about IS NULL AND parcel.relationship = :relationship
                        AND (parcel.giver = :me) = :are_mine
             ORDER BY parcel.handed_at DESC, parcel.id DESC"
        ))?
        .query_map(
            named_params! { ":me": me, ":relationship": relationship, ":are_mine": are_mine },
            read_excerpt,
        )?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// The excerpts that were taken from an entry, the newest first.
///
/// # Errors
/// What the file says.
pub(crate) fn from_entry(connection: &Connection, entry: EntryId) -> Result<Vec<HandedOver>> {
    let me = people::me(connection)?.person;
    connection
        .prepare_cached(&format!(
            "{PARCEL} WHERE parcel.entry = :entry AND parcel.giver = :me AND parcel.about IS NULL
             ORDER BY parcel.handed_at DESC, parcel.id DESC"
        ))?
        .query_map(named_params! { ":me": me, ":entry": entry }, read_excerpt)?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// A time of a parcel, if it has come.
pub(super) fn time(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Instant>> {
    Ok(row.get::<_, Option<Micros>>(column)?.map(|at| at.0))
}

fn read_excerpt(row: &Row<'_>) -> rusqlite::Result<HandedOver> {
    let handed_over = HandedOver {
        id: row.get("id")?,
        relationship: row.get("relationship")?,
        giver: row.get("giver")?,
        goal: row.get("goal")?,
        entry: row.get("entry")?,
        bytes: row.get("length")?,
        state: ParcelState::WaitingToGo,
        handed_at: row.get::<_, Micros>("handed_at")?.0,
        arrived_at: time(row, "arrived_at")?,
        opened_at: time(row, "opened_at")?,
        taken_back_at: time(row, "taken_back_at")?,
        asked_to_delete_at: time(row, "asked_to_delete_at")?,
        deleted_at: time(row, "deleted_at")?,
        comments: row.get("comments")?,
        new_comments: row.get("new_comments")?,
    };
    let (is_mine, is_whole): (bool, bool) = (row.get("is_mine")?, row.get("is_whole")?);
    let (waits, closed): (bool, bool) = (row.get("waits")?, row.get("closed")?);
    let is_here = if is_mine { handed_over.arrived_at.is_some() } else { is_whole };
    let state = match &handed_over {
        HandedOver { deleted_at: Some(_), .. } => ParcelState::Deleted,
        HandedOver { asked_to_delete_at: Some(_), .. } => ParcelState::AskedToDelete,
        HandedOver { taken_back_at: Some(_), .. } => ParcelState::TakenBack,
        _ if !is_mine && closed => ParcelState::ClosedUntilHeard,
        HandedOver { opened_at: Some(_), .. } if is_here => ParcelState::Opened,
        _ if is_here => ParcelState::Arrived,
        _ if is_mine && waits => ParcelState::WaitingToGo,
        _ => ParcelState::OnTheWay,
    };
    Ok(HandedOver { state, ..handed_over })
}

/// What stands behind a parcel of a relationship, excerpt or comment.
struct Parcel {
    handed_over: HandedOver,
    is_mine: bool,
    is_whole: bool,
}

fn one(
    connection: &Connection,
    me: PersonId,
    relationship: RelationshipId,
    parcel: ParcelId,
) -> Result<Parcel> {
    connection
        .prepare_cached(&format!(
            "{PARCEL} WHERE parcel.id = :parcel AND parcel.relationship = :relationship AND parcel.about IS NULL"
        ))?
        .query_row(
            named_params! { ":me": me, ":parcel": parcel, ":relationship": relationship },
            read_parcel,
        )
        .optional()?
        .ok_or(Error::not_found(Thing::Excerpt))
}

fn read_parcel(row: &Row<'_>) -> rusqlite::Result<Parcel> {
    Ok(Parcel {
        handed_over: read_excerpt(row)?,
        is_mine: row.get("is_mine")?,
        is_whole: row.get("is_whole")?,
    })
}

impl Parcel {
    /// Whether it can be opened.
    fn must_open(&self) -> Result<()> {
        match self.handed_over.state {
            ParcelState::TakenBack | ParcelState::AskedToDelete | ParcelState::Deleted => {
                Err(ParcelProblem::TakenBack.into())
            }
            ParcelState::ClosedUntilHeard => Err(ParcelProblem::ClosedUntilHeard.into()),
            _ if !self.is_whole => Err(ParcelProblem::NotHereYet.into()),
            _ => Ok(()),
        }
    }

    /// Opens it, if it can be.
    fn open(&self, connection: &Connection) -> Result<Opened> {
        self.must_open()?;
        content::open(connection, self.handed_over.id, self.handed_over.bytes)
    }

    /// The words of a comment, if it can be opened.
    fn words(&self, connection: &Connection) -> Result<String> {
        self.must_open()?;
        content::comment(connection, self.handed_over.id, self.handed_over.bytes)
    }
}

/// How an excerpt of a relationship stands.
///
/// # Errors
/// [`Error::NotFound`].
pub(crate) fn excerpt(
    connection: &Connection,
    relationship: RelationshipId,
    parcel: ParcelId,
) -> Result<HandedOver> {
    let me = people::me(connection)?.person;
    one(connection, me, relationship, parcel).map(|found| found.handed_over)
}

/// What is in an excerpt of a relationship, whoever handed it over.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Parcel`].
pub(crate) fn content(
    connection: &Connection,
    relationship: RelationshipId,
    parcel: ParcelId,
) -> Result<Opened> {
    let me = people::me(connection)?.person;
    one(connection, me, relationship, parcel)?.open(connection)
}

/// An excerpt with the comments on it, and which parcels the receiver opens by reading this.
///
/// # Errors
/// [`Error::NotFound`], [`Error::Parcel`].
pub(crate) fn open(
    connection: &Connection,
    relationship: RelationshipId,
    parcel: ParcelId,
) -> Result<(OpenedExcerpt, Vec<ParcelId>)> {
    let me = people::me(connection)?.person;
    let found = one(connection, me, relationship, parcel)?;
    let opened = found.open(connection)?;
    let is_first = |one: &Parcel| !one.is_mine && one.handed_over.opened_at.is_none();
    let mut newly_opened: Vec<ParcelId> = is_first(&found).then_some(parcel).into_iter().collect();
    let mut comments = Vec::new();
    for comment in comments_on(connection, me, relationship, parcel)? {
        let text = match comment.words(connection) {
            Ok(words) => Some(words),
            // What cannot be read stands there without its words; what the file says ends this.
            Err(Error::Parcel { .. }) => None,
            Err(error) => return Err(error),
        };
        if text.is_some() && is_first(&comment) {
            newly_opened.push(comment.handed_over.id);
        }
        let HandedOver { id, giver, handed_at, state, .. } = comment.handed_over;
        comments.push(ExcerptComment { id, by: giver, at: handed_at, state, text });
    }
    let excerpt = opened.excerpt;
    Ok((OpenedExcerpt { handed_over: found.handed_over, excerpt, comments }, newly_opened))
}

/// The comments on an excerpt that were not taken back, the earliest first.
fn comments_on(
    connection: &Connection,
    me: PersonId,
    relationship: RelationshipId,
    about: ParcelId,
) -> Result<Vec<Parcel>> {
    connection
        .prepare_cached(&format!(
            "{PARCEL} WHERE parcel.about = :about AND parcel.relationship = :relationship
                        AND parcel.taken_back_at IS NULL
             ORDER BY parcel.handed_at, parcel.id"
        ))?
        .query_map(named_params! { ":me": me, ":about": about, ":relationship": relationship }, read_parcel)?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}
