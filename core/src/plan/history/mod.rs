//! What happened in a plan, read from the document: who did what when, what is new since one last looked, and the
//! plan as it was on a day. Nothing of it lies in a table but how far one had looked.

mod claimed;
mod news;
mod order;
mod past;
mod told;
mod touched;

use rusqlite::Connection;

use crate::id::GoalId;
use crate::{Error, Result};

use super::shared_plan::Open;
use super::view::{HistoryEvent, HistoryPage};
use news::Looked;
pub(super) use news::{News, mark_looked, news_anew};
pub(super) use order::Placed;
use order::{Cursor, newest_first};
pub(super) use past::on_day;
use told::ALL;
pub(super) use told::{Teller, object_id};
pub(super) use touched::item_of;
use touched::touched;

/// The most events of one page.
const PAGE: u32 = 200;

/// How many events are asked for: at least one, at most a page.
fn at_most(limit: u32) -> usize {
    usize::try_from(limit.clamp(1, PAGE)).unwrap_or(1)
}

/// A page of what happened, newest first: of one goal, or of all.
pub(super) fn page(
    open: &Open,
    connection: &Connection,
    now: i64,
    goal: Option<GoalId>,
    older: Option<&str>,
    limit: u32,
) -> Result<HistoryPage> {
    let limit = at_most(limit);
    let (document, ledger) = (&open.loaded.document, &open.loaded.ledger);
    let from = older.map(str::parse::<Cursor>).transpose()?;
    let up_to = from.map(|from| stands(open, &from)).transpose()?;
    let mut teller = Teller::new(open, connection, now);
    if goal.is_some() {
        teller.look_up_goals()?;
    }
    let mut events: Vec<HistoryEvent> = Vec::new();
    'changes: for change in newest_first(ledger, up_to) {
        let is_of_it = |teller: &mut Teller<'_>| {
            touched(document, ledger, &change).iter().any(|item| teller.goal_of(item) == goal)
        };
        if goal.is_some() && !is_of_it(&mut teller) {
            continue;
        }
        let told = teller.events(&change, &ALL)?;
        for (n, event) in told.into_iter().enumerate().rev() {
            let is_newer = from.is_some_and(|from| from.change == change.hash && n >= from.event);
            if is_newer || (goal.is_some() && event.goal != goal) {
                continue;
            }
            events.push(event);
            if events.len() > limit {
                break 'changes;
            }
        }
    }
    let has_more = events.len() > limit;
    events.truncate(limit);
    let older = events.last().filter(|_| has_more).map(|last| last.cursor.clone());
    Ok(HistoryPage { events, older })
}

/// Where the change of a cursor stands in the order.
fn stands(open: &Open, cursor: &Cursor) -> Result<order::Stands> {
    let unknown = || Error::malformed("older", "a place in this history");
    let change = open.loaded.document.get_change_meta_by_hash(&cursor.change).ok_or_else(unknown)?;
    let actor = change.actor.to_bytes().try_into().map_err(|_| unknown())?;
    Ok((change.max_op, actor))
}

/// What the other person did that one has not looked at, newest first.
pub(super) fn news(open: &Open, connection: &Connection, now: i64, limit: u32) -> Result<Vec<HistoryEvent>> {
    let limit = at_most(limit);
    let (ledger, parties) = (&open.loaded.ledger, &open.parties);
    let looked = Looked::read(connection, parties.relationship, ledger)?;
    let mut teller = Teller::new(open, connection, now);
    let mut events = Vec::new();
    for change in news::not_looked_at(ledger, parties, &looked) {
        events.extend(teller.events(&change, &ALL)?.into_iter().rev());
        if events.len() >= limit {
            break;
        }
    }
    events.truncate(limit);
    Ok(events)
}

/// The changes of one edit, oldest first, told together.
pub(super) fn told_of_edit(teller: &mut Teller<'_>, changes: &[Placed]) -> Result<Vec<HistoryEvent>> {
    let seqs = || changes.iter().map(|change| change.seq);
    let within = seqs().min().unwrap_or(0)..=seqs().max().unwrap_or(0);
    let mut events = Vec::new();
    for change in changes {
        events.extend(teller.events(change, &within)?);
    }
    Ok(events)
}
