//! Coping tools: what helps this person, collected, used, and each use judged by how much it helped. Only
//! counts and means come of it, no advice.

use rusqlite::{Connection, OptionalExtension, Row, named_params};
use serde::{Deserialize, Serialize};

use super::entries::{check_line, check_moment, too_long};
use super::{Journal, entries, list};
use crate::chores;
use crate::clock::{Instant, Moment};
use crate::error::{Problem, Thing};
use crate::id::{EntryId, ToolId, ToolUseId};
use crate::store::Micros;
use crate::{Error, Result};

const MOST_TOOLS: i64 = 500;
pub(super) const LONGEST_NAME: usize = 200;
const LONGEST_NOTE: usize = 16 << 10;
const LONGEST_PAGE: u32 = 500;

/// A tool with what its uses come to.
macro_rules! tool_query {
    () => {
        "SELECT tool.id, tool.name, tool.note, tool.added_at, tool.archived_at,
                (SELECT count(*) FROM tool_use WHERE tool_use.tool = tool.id) AS uses,
                (SELECT count(helped) FROM tool_use WHERE tool_use.tool = tool.id) AS rated,
                (SELECT avg(helped) FROM tool_use WHERE tool_use.tool = tool.id) AS helped,
                last.used_at AS used_at, last.zone AS zone, last.offset_seconds AS offset_seconds
         FROM coping_tool AS tool LEFT JOIN tool_use AS last ON last.id = (
             SELECT id FROM tool_use WHERE tool_use.tool = tool.id ORDER BY used_at DESC, id DESC LIMIT 1)"
    };
}
/// Something that helps this person: a walk, a call, a breath.
#[derive(Clone, PartialEq, Serialize, uniffi::Record)]
pub struct Tool {
    /// Its id.
    pub id: ToolId,
    /// What it is called.
    pub name: String,
    /// How it goes, or when it helps; possibly empty.
    pub note: String,
    /// Since when it is here.
    pub added_at: Instant,
    /// Since when it is put away.
    pub archived_at: Option<Instant>,
    /// How often it was used.
    pub uses: u64,
    /// Of how many uses it was said how much they helped.
    pub rated: u64,
    /// How much these helped in the mean, 0 to 10.
    pub helped: Option<f64>,
    /// When it was used last.
    pub last_used: Option<Moment>,
}

/// A tool that was used.
#[derive(Clone, PartialEq, uniffi::Record)]
pub struct NewToolUse {
    /// Which tool.
    pub tool: ToolId,
    /// 0 (not at all) to 10 (as much as can be), where the person says so.
    #[uniffi(default = None)]
    pub helped: Option<u8>,
    /// A word on it.
    #[uniffi(default = "")]
    pub note: String,
    /// The entry that tells of it.
    #[uniffi(default = None)]
    pub entry: Option<EntryId>,
    /// When, if not now and here.
    #[uniffi(default = None)]
    pub used: Option<Moment>,
}

/// One use of a tool.
#[derive(Clone, PartialEq, Serialize, Deserialize, uniffi::Record)]
pub struct ToolUse {
    /// Its id.
    pub id: ToolUseId,
    /// Which tool.
    pub tool: ToolId,
    /// When, by the person's clock.
    pub used: Moment,
    /// 0 to 10, if any.
    pub helped: Option<u8>,
    /// A word on it, possibly empty. One that belongs to an entry is erased with it; the use is counted on.
    pub note: String,
    /// The entry that tells of it.
    pub entry: Option<EntryId>,
}

/// A page of a tool's history.
#[derive(Clone, PartialEq, Serialize, uniffi::Record)]
pub struct ToolUsePage {
    /// The uses, latest first.
    pub uses: Vec<ToolUse>,
    /// Give this to get the next page; nothing when this is the last.
    pub next: Option<String>,
}

#[uniffi::export]
impl Journal {
    /// Collects a tool. The name is one line of at most 200 characters; the note, at most 16 KiB, may be
    /// empty.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`], also for more than 500 tools; [`crate::Error::Locked`].
    #[uniffi::method(default(note = ""))]
    pub fn add_tool(&self, name: String, note: String) -> Result<Tool> {
        let name = check_line("name", &name, LONGEST_NAME)?;
        check_note(&note)?;
        let id = ToolId::from_bytes(self.world.uuid()?.into_bytes());
        let now = entries::to_micros(self.world.now());
        self.private.write(|file| {
            let count: i64 =
                file.prepare_cached("SELECT count(*) FROM coping_tool")?.query_row([], |row| row.get(0))?;
            if count >= MOST_TOOLS {
                let problem = Problem::TooLong { limit: MOST_TOOLS.unsigned_abs(), unit: "tools".to_owned() };
                return Err(Error::invalid("tools", problem));
            }
            file.prepare_cached(
                "INSERT INTO coping_tool (id, name, note, added_at) VALUES (:id, :name, :note, :now)",
            )?
            .execute(named_params! { ":id": id, ":name": name, ":note": note, ":now": Micros(now) })?;
            tool(file, id)
        })
    }

    /// Changes a tool's name or note; what is left out stays.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`], [`crate::Error::NotFound`], [`crate::Error::Locked`].
    #[uniffi::method(default(name = None, note = None))]
    pub fn edit_tool(&self, id: ToolId, name: Option<String>, note: Option<String>) -> Result<Tool> {
        let name = name.map(|name| check_line("name", &name, LONGEST_NAME)).transpose()?;
        note.as_deref().map(check_note).transpose()?;
        self.private.write(|file| {
            file.prepare_cached(
                "UPDATE coping_tool SET name = coalesce(:name, name), note = coalesce(:note, note)
                 WHERE id = :id",
            )?
            .execute(named_params! { ":id": id, ":name": name, ":note": note })?;
            tool(file, id)
        })
    }

    /// Puts a tool away, with its history.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn archive_tool(&self, id: ToolId) -> Result<Tool> {
        let now = entries::to_micros(self.world.now());
        self.private.write(|file| {
            file.prepare_cached(
                "UPDATE coping_tool SET archived_at = coalesce(archived_at, :now) WHERE id = :id",
            )?
            .execute(named_params! { ":id": id, ":now": Micros(now) })?;
            tool(file, id)
        })
    }

    /// Takes a tool out again.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn unarchive_tool(&self, id: ToolId) -> Result<Tool> {
        self.private.write(|file| {
            file.prepare_cached("UPDATE coping_tool SET archived_at = NULL WHERE id = :id")?
                .execute(named_params! { ":id": id })?;
            tool(file, id)
        })
    }

    /// The tools collected, in the order in which they came; with `archived` also those put away.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    #[uniffi::method(default(archived = false))]
    pub fn tools(&self, archived: bool) -> Result<Vec<Tool>> {
        self.private.read(|file| {
            Ok(file
                .prepare_cached(concat!(
                    tool_query!(),
                    " WHERE :archived OR tool.archived_at IS NULL ORDER BY tool.added_at, tool.id"
                ))?
                .query_map(named_params! { ":archived": archived }, read_tool)?
                .collect::<rusqlite::Result<_>>()?)
        })
    }

    /// One tool.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn tool(&self, id: ToolId) -> Result<Tool> {
        self.private.read(|file| tool(file, id))
    }

    /// Notes that a tool was used.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`], [`crate::Error::NotFound`] for the tool or the entry,
    /// [`crate::Error::Locked`].
    pub fn use_tool(&self, new: NewToolUse) -> Result<ToolUse> {
        if new.helped.is_some_and(|helped| helped > 10) {
            return Err(Error::invalid("helped", Problem::OutOfRange { from: 0, to: 10 }));
        }
        check_note(&new.note)?;
        let used = match new.used {
            Some(moment) => check_moment(moment)?,
            None => {
                let here = self.world.moment();
                Moment { at: entries::to_micros(here.at), ..here }
            }
        };
        let id = ToolUseId::from_bytes(self.world.uuid()?.into_bytes());
        let one = ToolUse { id, tool: new.tool, used, helped: new.helped, note: new.note, entry: new.entry };
        self.private.write(|file| {
            tool(file, one.tool)?;
            if let Some(entry) = one.entry {
                list::whole(file, entry)?;
            }
            file.prepare_cached(
                "INSERT INTO tool_use (id, tool, used_at, zone, offset_seconds, helped, note, entry)
                 VALUES (:id, :tool, :used_at, :zone, :offset_seconds, :helped, :note, :entry)",
            )?
            .execute(named_params! {
                ":id": one.id,
                ":tool": one.tool,
                ":used_at": Micros(one.used.at),
                ":zone": one.used.zone,
                ":offset_seconds": one.used.offset_seconds,
                ":helped": one.helped,
                ":note": one.note,
                ":entry": one.entry,
            })?;
            Ok(())
        })?;
        Ok(one)
    }

    /// The history of one tool, latest use first. `after` is the `next` of the page before; `limit` is 1
    /// to 500.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Invalid`], [`crate::Error::Locked`].
    #[uniffi::method(default(limit = 50, after = None))]
    pub fn tool_uses(&self, id: ToolId, limit: u32, after: Option<String>) -> Result<ToolUsePage> {
        list::check_limit(limit, LONGEST_PAGE)?;
        let after = after.as_deref().map(place).transpose()?;
        self.private.read(|file| {
            tool(file, id)?;
            uses(file, id, limit, after)
        })
    }

    /// Takes back a use that was noted by mistake: really gone from the file.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn take_back_tool_use(&self, id: ToolUseId) -> Result<()> {
        self.private.write(|file| {
            let removed = file
                .prepare_cached("DELETE FROM tool_use WHERE id = :id")?
                .execute(named_params! { ":id": id })?;
            if removed == 0 {
                return Err(Error::not_found(Thing::Tool));
            }
            chores::log_is_to_be_emptied(file)
        })?;
        chores::empty_log(&self.private)
    }
}

fn tool(file: &Connection, id: ToolId) -> Result<Tool> {
    file.prepare_cached(concat!(tool_query!(), " WHERE tool.id = :id"))?
        .query_row(named_params! { ":id": id }, read_tool)
        .optional()?
        .ok_or(Error::not_found(Thing::Tool))
}

fn read_tool(row: &Row<'_>) -> rusqlite::Result<Tool> {
    let last_used = match row.get::<_, Option<Micros>>("used_at")? {
        Some(Micros(at)) => {
            Some(Moment { at, zone: row.get("zone")?, offset_seconds: row.get("offset_seconds")? })
        }
        None => None,
    };
    Ok(Tool {
        id: row.get("id")?,
        name: row.get("name")?,
        note: row.get("note")?,
        added_at: row.get::<_, Micros>("added_at")?.0,
        archived_at: row.get::<_, Option<Micros>>("archived_at")?.map(|at| at.0),
        uses: row.get::<_, i64>("uses")?.unsigned_abs(),
        rated: row.get::<_, i64>("rated")?.unsigned_abs(),
        helped: row.get("helped")?,
        last_used,
    })
}

/// Where a page ended: the time of a use in microseconds, and which of that time.
fn place(text: &str) -> Result<(i64, ToolUseId)> {
    let place = text.split_once(' ').and_then(|(at, id)| Some((at.parse().ok()?, id.parse().ok()?)));
    place.ok_or_else(|| Error::malformed("after", "the `next` of a page"))
}

fn uses(file: &Connection, id: ToolId, limit: u32, after: Option<(i64, ToolUseId)>) -> Result<ToolUsePage> {
    let (before, before_id) = after.unzip();
    let mut uses: Vec<ToolUse> = file
        .prepare_cached(
            "SELECT id, tool, used_at, zone, offset_seconds, helped, note, entry FROM tool_use
             WHERE tool = :tool AND (:before IS NULL OR (used_at, id) < (:before, :before_id))
             ORDER BY used_at DESC, id DESC
             LIMIT :limit",
        )?
        .query_map(
            named_params! { ":tool": id, ":before": before, ":before_id": before_id, ":limit": limit + 1 },
            |row| {
                Ok(ToolUse {
                    id: row.get(0)?,
                    tool: row.get(1)?,
                    used: Moment {
                        at: row.get::<_, Micros>(2)?.0,
                        zone: row.get(3)?,
                        offset_seconds: row.get(4)?,
                    },
                    helped: row.get(5)?,
                    note: row.get(6)?,
                    entry: row.get(7)?,
                })
            },
        )?
        .collect::<rusqlite::Result<_>>()?;
    let more = uses.len() > limit as usize;
    uses.truncate(limit as usize);
    let next = uses.last().filter(|_| more);
    let next = next.map(|last| format!("{} {}", last.used.at.timestamp_micros(), last.id));
    Ok(ToolUsePage { uses, next })
}

pub(super) fn check_note(note: &str) -> Result<()> {
    if note.len() > LONGEST_NOTE { Err(too_long("note", LONGEST_NOTE, "bytes")) } else { Ok(()) }
}
