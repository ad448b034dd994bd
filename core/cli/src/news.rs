//! What is new in a plan, in sentences: what the other person did since this process began to listen.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use common_ground::home::CommonGround;
use common_ground::id::{GoalId, ParcelId, RelationshipId};
use common_ground::plan::{GoalSummary, HistoryEvent, Plan, Standing};
use common_ground::relationship::Relationship;

use crate::commands::{Names, sentence, told_of_parcels};
use crate::failure::Failure;
use crate::screen::Screen;
use crate::words::{Words, say};

/// How many events are looked at. More can wait where somebody has not said `plan looked` for long.
const LOOKED_AT: u32 = 200;

/// What was told already, and what is needed to tell of more.
pub(crate) struct News {
    home: Arc<CommonGround>,
    words: Arc<Words>,
    screen: Arc<Screen>,
    with: HashMap<RelationshipId, Relationship>,
    told: HashSet<String>,
    /// The goals that are known to wait for a choice, or to read differently from what was agreed.
    waiting: HashSet<(GoalId, Waits)>,
}

/// What follows from what both did, and is no deed of either.
#[derive(PartialEq, Eq, Hash)]
enum Waits {
    Choice,
    Reopened,
}

impl Waits {
    fn all(goal: &GoalSummary) -> impl Iterator<Item = (GoalId, Self)> {
        let reopened = matches!(goal.standing, Standing::ChangedSinceAgreed { .. });
        let waits = [(goal.open_choice, Self::Choice), (reopened, Self::Reopened)];
        let id = goal.id;
        waits.into_iter().filter(|(holds, _)| *holds).map(move |(_, waits)| (id, waits))
    }
}

impl News {
    /// Takes the plans as they are now for known.
    pub(crate) fn new(
        home: Arc<CommonGround>,
        words: Arc<Words>,
        screen: Arc<Screen>,
        with: &[Relationship],
    ) -> Result<Self, Failure> {
        let (mut told, mut waiting) = (HashSet::new(), HashSet::new());
        for one in with {
            let plan = home.plan(one.id)?;
            told.extend(plan.news(LOOKED_AT)?.into_iter().map(|event| event.cursor));
            waiting.extend(plan.goals(true)?.iter().flat_map(Waits::all));
        }
        let with = with.iter().map(|one| (one.id, one.clone())).collect();
        Ok(Self { home, words, screen, with, told, waiting })
    }

    /// What the other did that was not told yet, the earliest first, and what follows from it.
    pub(crate) fn of(&mut self, relationship: RelationshipId) -> Vec<String> {
        let Some(with) = self.with.get(&relationship).cloned() else { return Vec::new() };
        let Ok(plan) = self.home.plan(relationship) else { return Vec::new() };
        // What cannot be read now is told with the next change.
        let Ok(mut news) = plan.news(LOOKED_AT) else { return Vec::new() };
        news.retain(|event: &HistoryEvent| self.told.insert(event.cursor.clone()));
        news.reverse();
        let names = Names::of(&plan, &news);
        let tell = |event| sentence(&self.words, &self.screen, event, &names, &with);
        let mut lines: Vec<String> = news.iter().map(tell).collect();
        lines.extend(self.new_waits(&plan));
        lines
    }

    /// What the other's device said about excerpts.
    pub(crate) fn of_parcels(&self, relationship: RelationshipId, parcels: &[ParcelId]) -> Vec<String> {
        let told = |with| told_of_parcels(&self.home, &self.words, with, parcels);
        self.with.get(&relationship).map(told).unwrap_or_default()
    }

    /// After a change of one's own: what follows from that is known to the one who made it.
    pub(crate) fn take_note(&mut self, relationship: RelationshipId) {
        if let Ok(plan) = self.home.plan(relationship) {
            self.new_waits(&plan);
        }
    }

    /// Which goals wait for a choice now, or read differently from what was agreed, and did not before.
    fn new_waits(&mut self, plan: &Plan) -> Vec<String> {
        let words = self.words.clone();
        let mut lines = Vec::new();
        for goal in plan.goals(true).unwrap_or_default() {
            let now: Vec<_> = Waits::all(&goal).collect();
            self.waiting.retain(|one| one.0 != goal.id || now.contains(one));
            for one in now {
                let line = match one.1 {
                    Waits::Choice => say!(words, "news-choice", "title" => goal.title.as_str()),
                    Waits::Reopened => say!(words, "news-reopened", "title" => goal.title.as_str()),
                };
                if self.waiting.insert(one) {
                    lines.push(line);
                }
            }
        }
        lines
    }
}
