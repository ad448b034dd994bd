//! What the other person has written since one last looked. How far one had looked is kept as the latest change of
//! each author that the screen covered, so that it still says the same after this device had to go on under a fresh
//! author. Which goals have something new lies in a table, for the lists that open without the document.

use std::collections::{BTreeSet, HashMap};

use automerge::ChangeHash;
use rusqlite::{Connection, OptionalExtension, Transaction, named_params};

use crate::clock::Instant;
use crate::exchange::Actor;
use crate::id::{GoalId, RelationshipId};
use crate::store::Micros;
use crate::{Error, Result};

use super::super::gate::{Item, Touched};
use super::super::ledger::Ledger;
use super::super::parties::Parties;
use super::super::read::Reading;
use super::order::{Placed, newest_first};
use super::touched::{Goals, touched};

/// What arrived of the other person, item by item, each with the latest change of an actor.
#[derive(Default)]
pub(in super::super) struct News(HashMap<(Item, Actor), u64>);

impl News {
    /// Notes what a change touched.
    pub(in super::super) fn note(&mut self, touched: &Touched, actor: Actor, seq: u64) {
        for item in touched {
            let latest = self.0.entry((*item, actor)).or_insert(seq);
            *latest = seq.max(*latest);
        }
    }

    /// Keeps it, goal by goal. `belongs` says to which goal an item belongs.
    pub(in super::super) fn keep(
        &self,
        transaction: &Transaction<'_>,
        relationship: RelationshipId,
        belongs: &HashMap<Item, GoalId>,
    ) -> Result<()> {
        let mut latest: HashMap<(GoalId, Actor), u64> = HashMap::new();
        for ((item, actor), seq) in &self.0 {
            let Some(goal) = belongs.get(item) else { continue };
            let known = latest.entry((*goal, *actor)).or_insert(*seq);
            *known = (*seq).max(*known);
        }
        let mut statement = transaction.prepare_cached(
            "INSERT INTO news (relationship, goal, actor, seq) VALUES (:relationship, :goal, :actor, :seq)
             ON CONFLICT (relationship, goal, actor) DO UPDATE SET seq = max(seq, excluded.seq)",
        )?;
        for ((goal, actor), seq) in latest {
            let seq = i64::try_from(seq).map_err(|_| Error::internal("a sequence number"))?;
            statement.execute(named_params! {
                ":relationship": relationship, ":goal": goal, ":actor": actor, ":seq": seq,
            })?;
        }
        Ok(())
    }
}

/// How far one had looked: of each actor so many changes.
#[derive(Default)]
pub(super) struct Looked(HashMap<Actor, u64>);

impl Looked {
    /// As it was kept. What is no longer in the plan does not count.
    pub(super) fn read(
        connection: &Connection,
        relationship: RelationshipId,
        ledger: &Ledger,
    ) -> Result<Self> {
        let kept: Option<Vec<u8>> = connection
            .prepare_cached("SELECT heads FROM looked WHERE relationship = :relationship")?
            .query_row(named_params! { ":relationship": relationship }, |row| row.get(0))
            .optional()?;
        let kept = kept.unwrap_or_default();
        let (heads, _) = kept.as_chunks::<32>();
        let mut looked = Self::default();
        looked.add(ledger, heads.iter().map(|head| ChangeHash(*head)));
        Ok(looked)
    }

    /// Adds a version of the plan.
    fn add(&mut self, ledger: &Ledger, heads: impl Iterator<Item = ChangeHash>) {
        for known in heads.filter_map(|head| ledger.known(&head)) {
            for ((actor, _), count) in ledger.runs().zip(known.clock.iter().skip(1)) {
                let reached = self.0.entry(*actor).or_insert(0);
                *reached = u64::from(*count).max(*reached);
            }
        }
    }

    /// Whether a change is among those looked at.
    pub(super) fn covers(&self, actor: &Actor, seq: u64) -> bool {
        self.0.get(actor).is_some_and(|reached| seq <= *reached)
    }
}

/// Notes that one has looked at the plan as it was at these heads. It never goes back.
///
/// # Errors
/// [`Error::Invalid`] where the plan does not have them.
pub(in super::super) fn mark_looked(
    transaction: &Transaction<'_>,
    relationship: RelationshipId,
    ledger: &Ledger,
    heads: &[[u8; 32]],
    now: Instant,
) -> Result<()> {
    if heads.iter().any(|head| ledger.known(&ChangeHash(*head)).is_none()) {
        return Err(Error::malformed("version", "a version of this plan"));
    }
    let mut looked = Looked::read(transaction, relationship, ledger)?;
    looked.add(ledger, heads.iter().map(|head| ChangeHash(*head)));
    let mut reached: Vec<[u8; 32]> =
        looked.0.iter().filter_map(|(actor, seq)| ledger.at(actor, *seq)).map(|hash| hash.0).collect();
    reached.sort_unstable();
    transaction
        .prepare_cached(
            "INSERT INTO looked (relationship, at, heads) VALUES (:relationship, :at, :heads)
             ON CONFLICT (relationship) DO UPDATE SET at = excluded.at, heads = excluded.heads",
        )?
        .execute(named_params! {
            ":relationship": relationship, ":at": Micros(now), ":heads": reached.concat(),
        })?;
    let mut statement = transaction.prepare_cached(
        "DELETE FROM news WHERE relationship = :relationship AND actor = :actor AND seq <= :seq",
    )?;
    for (actor, seq) in looked.0 {
        let seq = i64::try_from(seq).unwrap_or(i64::MAX);
        statement.execute(named_params! { ":relationship": relationship, ":actor": actor, ":seq": seq })?;
    }
    Ok(())
}

/// The other person's changes that one has not looked at, newest first.
pub(super) fn not_looked_at(
    ledger: &Ledger,
    parties: &Parties,
    looked: &Looked,
) -> impl Iterator<Item = Placed> {
    newest_first(ledger, None).filter(|change| {
        !looked.covers(&change.actor, change.seq)
            && parties.writer_of(&change.actor) != Some(parties.me.person)
    })
}

/// Writes anew which goals have something that one has not looked at.
pub(in super::super) fn news_anew(
    transaction: &Transaction<'_>,
    reading: Reading<'_>,
    ledger: &Ledger,
    parties: &Parties,
) -> Result<()> {
    let relationship = parties.relationship;
    transaction.execute(
        "DELETE FROM news WHERE relationship = :relationship",
        named_params! { ":relationship": relationship },
    )?;
    let looked = Looked::read(transaction, relationship, ledger)?;
    let (mut news, mut goals, mut belongs) = (News::default(), Goals::new(reading), HashMap::new());
    for change in not_looked_at(ledger, parties, &looked) {
        let items: BTreeSet<Item> = touched(reading.document(), ledger, &change).into_iter().collect();
        belongs.extend(items.iter().filter_map(|item| Some((*item, goals.of(item)?))));
        news.note(&items, change.actor, change.seq);
    }
    news.keep(transaction, relationship, &belongs)
}
