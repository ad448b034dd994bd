//! How much the two can announce to each other, so that neither takes the room of the other's, and so that what must be
//! said always can be.
//!
//! Room is kept by kind. Each parcel brings the room for all that is said about it: by its giver that it is taken back,
//! by its receiver that it arrived, was opened, is to be deleted and is deleted. Whoever hands over and takes back as
//! much as they can leaves all of that, and the end, still to be said.

use rusqlite::{Connection, named_params};

use crate::Result;
use crate::exchange::{Announced, MAX_NOTICES, Notice};
use crate::id::{ParcelId, PersonId, RelationshipId};

/// How many excerpts and comments one of the two can hand over in a relationship, those taken back counted: the record
/// of them is kept for good.
const PARCELS: u32 = 700;
/// How many comments one of the two can write on one excerpt, those taken back counted.
const COMMENTS_ON_ONE: u32 = 200;
/// The most bytes of parcels that one of the two may have handed over and not taken back.
const BYTES: i64 = 256 * 1024 * 1024;
/// Who brings a backup back may say again what they had said before. How often they may say the same of one parcel, and
/// how much of one kind they may say again in all.
const SAME: u32 = 8;
const AGAIN: u32 = 150;
/// How often one of the two may say that they have read the terms, and that it is over.
const READ_TERMS: u32 = 40;

// Handing over, and five kinds that follow from it; the end; the terms.
const _: () = assert!(2 * (PARCELS + 5 * (PARCELS + AGAIN) + SAME + READ_TERMS) <= MAX_NOTICES);

/// Whether a notice that is not here yet can be kept.
///
/// # Errors
/// What the file says.
pub(super) fn is_there_for(
    connection: &Connection,
    relationship: RelationshipId,
    notice: &Notice,
) -> Result<bool> {
    let said = Said { connection, relationship, author: notice.author, kind: notice.announced.kind() };
    Ok(match &notice.announced {
        Announced::HandedOver(label) => {
            said.of(Some(label.parcel))? == 0
                && left(connection, relationship, notice.author)?
                    .is_some_and(|room| u64::from(label.length) <= room)
                && match label.about {
                    Some(about) => {
                        comments_on(connection, relationship, notice.author, about)? < COMMENTS_ON_ONE
                    }
                    None => true,
                }
        }
        Announced::ReadTerms { .. } => said.of(None)? < READ_TERMS,
        Announced::Ended => said.of(None)? < SAME,
        announced => match said.of(announced.parcel())? {
            0 => said.in_all()? < PARCELS || said.of_how_many()? < PARCELS,
            times => times < SAME && said.in_all()? - said.of_how_many()? < AGAIN,
        },
    })
}

/// How many bytes of parcels a person can still hand over in a relationship; nothing where not even an empty one can
/// be announced.
///
/// # Errors
/// What the file says.
pub(super) fn left(
    connection: &Connection,
    relationship: RelationshipId,
    person: PersonId,
) -> Result<Option<u64>> {
    const HANDED_OVER: u8 = 1;
    let said = Said { connection, relationship, author: person, kind: HANDED_OVER };
    if said.in_all()? >= PARCELS {
        return Ok(None);
    }
    let bytes: i64 = connection
        .prepare_cached(
            "SELECT coalesce(sum(length), 0) FROM parcel
             WHERE relationship = :relationship AND giver = :person AND taken_back_at IS NULL",
        )?
        .query_row(named_params! { ":relationship": relationship, ":person": person }, |row| row.get(0))?;
    Ok(Some(u64::try_from(BYTES - bytes).unwrap_or(0)))
}

fn comments_on(
    connection: &Connection,
    relationship: RelationshipId,
    giver: PersonId,
    about: ParcelId,
) -> Result<u32> {
    Ok(connection
        .prepare_cached(
            "SELECT count(*) FROM parcel
             WHERE about = :about AND relationship = :relationship AND giver = :giver",
        )?
        .query_row(
            named_params! { ":about": about, ":relationship": relationship, ":giver": giver },
            |row| row.get(0),
        )?)
}

/// What a person has said of one kind.
struct Said<'a> {
    connection: &'a Connection,
    relationship: RelationshipId,
    author: PersonId,
    kind: u8,
}

impl Said<'_> {
    /// How often about this parcel, or about none.
    fn of(&self, parcel: Option<ParcelId>) -> Result<u32> {
        Ok(self
            .connection
            .prepare_cached(
                "SELECT count(*) FROM notice
                 WHERE relationship = :relationship AND parcel IS :parcel AND kind = :kind AND author = :author",
            )?
            .query_row(
                named_params! {
                    ":relationship": self.relationship, ":parcel": parcel, ":kind": self.kind,
                    ":author": self.author,
                },
                |row| row.get(0),
            )?)
    }

    /// How often in all.
    fn in_all(&self) -> Result<u32> {
        self.count("count(*)")
    }

    /// About how many parcels.
    fn of_how_many(&self) -> Result<u32> {
        self.count("count(DISTINCT parcel)")
    }

    fn count(&self, what: &str) -> Result<u32> {
        Ok(self
            .connection
            .prepare_cached(&format!(
                "SELECT {what} FROM notice
                 WHERE relationship = :relationship AND kind = :kind AND author = :author"
            ))?
            .query_row(
                named_params! {
                    ":relationship": self.relationship, ":kind": self.kind, ":author": self.author,
                },
                |row| row.get(0),
            )?)
    }
}
