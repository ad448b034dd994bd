//! A sentence for each thing that somebody did in a plan.

use std::collections::HashMap;

use common_ground::plan::{
    FieldValue, GoalMark, HistoryEvent, HistoryWhat, OwnNote, Plan, PlanField, PlanItem, TaskOutcome,
    TaskState,
};
use common_ground::relationship::Relationship;

use super::{values, wording};
use crate::screen::Screen;
use crate::words::{Words, say};

/// What the tasks, steps and strategies of which a history tells are called now.
#[derive(Default)]
pub(crate) struct Names(HashMap<PlanItem, String>);

impl Names {
    /// Those of the goals that these events are about. What cannot be read has no name.
    pub(crate) fn of(plan: &Plan, events: &[HistoryEvent]) -> Self {
        let mut goals: Vec<_> = events.iter().filter_map(|event| event.goal).collect();
        goals.sort_unstable();
        goals.dedup();
        let mut names = HashMap::new();
        for goal in goals.into_iter().filter_map(|id| plan.goal(id).ok()) {
            let steps = goal.steps.into_iter().map(|step| (PlanItem::Step { id: step.id }, step.what));
            names.extend(steps);
            let tried = goal.strategies.into_iter();
            names.extend(tried.map(|tried| (PlanItem::Strategy { id: tried.id }, tried.what)));
        }
        // Also those put away, which a goal does not list.
        for task in plan.tasks(true).unwrap_or_default() {
            names.insert(PlanItem::Task { id: task.id }, task.what);
        }
        Self(names)
    }
}

/// What somebody did, in one sentence.
pub(crate) fn sentence(
    words: &Words,
    screen: &Screen,
    event: &HistoryEvent,
    names: &Names,
    with: &Relationship,
) -> String {
    let other = event.by == with.other.person;
    let who = say!(words, "history-who", "person" => if other { "other" } else { "you" },
        "name" => with.other.display_name.as_str());
    let title = event.title.clone().unwrap_or_default();
    let told = Told { words, screen, names, who, title };
    match &event.what {
        HistoryWhat::Proposed { .. }
        | HistoryWhat::Reworded { .. }
        | HistoryWhat::WroteSuccess { .. }
        | HistoryWhat::Held { .. }
        | HistoryWhat::Released
        | HistoryWhat::Agreed { .. }
        | HistoryWhat::Withdrew { .. }
        | HistoryWhat::TookStance { .. } => told.of_goal(&event.what),
        HistoryWhat::Set { of, field, before, after } => told.set(*of, *field, before, after),
        HistoryWhat::Chose { of, field, value } => told.chose(*of, *field, value),
        HistoryWhat::Moved { of } => {
            say!(words, "history-moved", "who" => told.who.as_str(), "title" => told.name(*of))
        }
        HistoryWhat::PutAway { of } => {
            say!(words, "history-put-away", "who" => told.who.as_str(), "what" => told.name(*of))
        }
        HistoryWhat::TookOut { of } => {
            say!(words, "history-took-out", "who" => told.who.as_str(), "what" => told.name(*of))
        }
        HistoryWhat::PutUpTask { .. } | HistoryWhat::AnsweredTask { .. } | HistoryWhat::LoggedTask { .. } => {
            told.of_task(&event.what, with)
        }
        HistoryWhat::Rated { .. }
        | HistoryWhat::Attained { .. }
        | HistoryWhat::PutUpStep { .. }
        | HistoryWhat::TriedStep { .. }
        | HistoryWhat::PutUpStrategy { .. } => told.of_progress(&event.what),
        HistoryWhat::TookBack { of } => {
            say!(words, "history-took-back", "who" => told.who.as_str(), "note" => told.note(of))
        }
        HistoryWhat::BroughtBack { of } => {
            say!(words, "history-brought-back", "who" => told.who.as_str(), "note" => told.note(of))
        }
    }
}

struct Told<'a> {
    words: &'a Words,
    screen: &'a Screen,
    names: &'a Names,
    /// "You" or the other's name; in German with the auxiliary verb.
    who: String,
    title: String,
}

impl Told<'_> {
    fn of_goal(&self, what: &HistoryWhat) -> String {
        let (words, who, title) = (self.words, self.who.as_str(), self.title.as_str());
        match what {
            HistoryWhat::Proposed { title } => {
                say!(words, "history-proposed", "who" => who, "title" => title.as_str())
            }
            HistoryWhat::Reworded { difference } => say!(words, "history-reworded",
                "who" => who, "title" => title, "text" => wording::marked(self.screen, difference)),
            HistoryWhat::WroteSuccess { difference } => say!(words, "history-success",
                "who" => who, "title" => title, "text" => wording::marked(self.screen, difference)),
            HistoryWhat::Held { why } => {
                because(say!(words, "history-held", "who" => who, "title" => title), why)
            }
            HistoryWhat::Released => say!(words, "history-released", "who" => who, "title" => title),
            HistoryWhat::Agreed { sealed: true, .. } => {
                say!(words, "history-sealed", "who" => who, "title" => title)
            }
            HistoryWhat::Agreed { .. } => say!(words, "history-agreed", "who" => who, "title" => title),
            HistoryWhat::Withdrew { .. } => say!(words, "history-withdrew", "who" => who, "title" => title),
            HistoryWhat::TookStance { stance: Some(stance), why } => in_brackets(
                say!(words, "history-stance", "who" => who, "title" => title,
                    "stance" => values::stance(words, *stance)),
                why,
            ),
            _ => say!(words, "history-stance-back", "who" => who, "title" => title),
        }
    }

    fn set(&self, of: PlanItem, place: PlanField, before: &FieldValue, after: &FieldValue) -> String {
        let (words, who, what) = (self.words, self.who.as_str(), self.name(of));
        if let FieldValue::State { mark, why } = after {
            return because(self.marked(*mark), why);
        }
        let field = values::field(words, place);
        if let (FieldValue::Text { text: before }, FieldValue::Text { text: after }) = (before, after) {
            let text = wording::difference(self.screen, before, after);
            return say!(words, "history-changed", "who" => who, "field" => field, "what" => what, "text" => text);
        }
        let (old, new) = (values::value(words, place, before), values::value(words, place, after));
        match (before, after) {
            (_, FieldValue::Nothing) => say!(words, "history-took-away",
                "who" => who, "field" => field, "what" => what, "before" => old),
            (FieldValue::Nothing, _) => say!(words, "history-wrote",
                "who" => who, "field" => field, "what" => what, "after" => new),
            _ => say!(words, "history-set",
                "who" => who, "field" => field, "what" => what, "before" => old, "after" => new),
        }
    }

    fn marked(&self, mark: GoalMark) -> String {
        let (words, who, title) = (self.words, self.who.as_str(), self.title.as_str());
        match mark {
            GoalMark::Open => say!(words, "history-goes-on", "who" => who, "title" => title),
            GoalMark::Paused => say!(words, "history-paused", "who" => who, "title" => title),
            GoalMark::Reached => say!(words, "history-reached", "who" => who, "title" => title),
            GoalMark::Maintained => say!(words, "history-maintained", "who" => who, "title" => title),
            GoalMark::SetAside => say!(words, "history-set-aside", "who" => who, "title" => title),
            GoalMark::Declined => say!(words, "history-declined", "who" => who, "title" => title),
        }
    }

    fn chose(&self, of: PlanItem, place: PlanField, value: &FieldValue) -> String {
        let words = self.words;
        say!(words, "history-chose", "who" => self.who.as_str(), "field" => values::field(words, place),
            "what" => self.name(of), "after" => values::value(words, place, value))
    }

    fn of_task(&self, what: &HistoryWhat, with: &Relationship) -> String {
        let (words, who) = (self.words, self.who.as_str());
        match what {
            HistoryWhat::PutUpTask { what, owner, .. } => say!(words, "history-task",
                "who" => who, "what" => what.as_str(), "owner" => values::owner(words, *owner, with)),
            HistoryWhat::AnsweredTask { what, answer, why, .. } => {
                let what = what.as_str();
                let told = match answer {
                    TaskState::Accepted => say!(words, "history-accepted", "who" => who, "what" => what),
                    TaskState::Declined => say!(words, "history-task-declined", "who" => who, "what" => what),
                    TaskState::Offered => say!(words, "history-answer-back", "who" => who, "what" => what),
                };
                because(told, why)
            }
            HistoryWhat::LoggedTask { what, on, outcome, note, .. } => {
                in_brackets(self.went(what, words.date(*on), *outcome), note)
            }
            _ => String::new(),
        }
    }

    fn went(&self, what: &str, day: String, outcome: TaskOutcome) -> String {
        let (words, who) = (self.words, self.who.as_str());
        let outcome = values::outcome(words, outcome);
        say!(words, "history-noted", "who" => who, "what" => what, "day" => day, "outcome" => outcome)
    }

    fn of_progress(&self, what: &HistoryWhat) -> String {
        let (words, who, title) = (self.words, self.who.as_str(), self.title.as_str());
        match what {
            HistoryWhat::Rated { value, helped, hindered } => {
                let mut told =
                    say!(words, "history-rated", "who" => who, "title" => title, "value" => *value);
                if let Some(helped) = helped {
                    told = format!("{told}. {}", say!(words, "rating-helped", "text" => helped.as_str()));
                }
                if let Some(hindered) = hindered {
                    told = format!("{told}. {}", say!(words, "rating-hindered", "text" => hindered.as_str()));
                }
                told
            }
            HistoryWhat::Attained { level, note } => in_brackets(
                say!(words, "history-attained", "who" => who, "title" => title,
                    "level" => values::level(words, *level)),
                note,
            ),
            HistoryWhat::PutUpStep { what } => {
                say!(words, "history-step", "who" => who, "title" => title, "what" => what.as_str())
            }
            HistoryWhat::TriedStep { what, on, outcome, fear, learned } => {
                let mut told = self.went(what, words.date(*on), *outcome);
                if let Some(fear) = fear {
                    told = format!("{told} · {}", say!(words, "step-fear", "fear" => *fear));
                }
                in_brackets(told, learned)
            }
            HistoryWhat::PutUpStrategy { what } => {
                say!(words, "history-strategy", "who" => who, "title" => title, "what" => what.as_str())
            }
            _ => String::new(),
        }
    }

    /// What somebody had noted and took back.
    fn note(&self, note: &OwnNote) -> String {
        let (words, title) = (self.words, self.title.as_str());
        match note {
            OwnNote::Rating { value } => say!(words, "note-rating", "title" => title, "value" => *value),
            OwnNote::Attainment { level } => {
                say!(words, "note-attainment", "title" => title, "level" => values::level(words, *level))
            }
            OwnNote::Log { what, on, .. } | OwnNote::Try { what, on } => {
                say!(words, "note-day", "what" => what.as_str(), "day" => words.date(*on))
            }
        }
    }

    /// What an item is called: a goal by its title.
    fn name(&self, of: PlanItem) -> String {
        match of {
            PlanItem::Goal { .. } => self.title.clone(),
            other => self.names.0.get(&other).cloned().unwrap_or_else(|| self.title.clone()),
        }
    }
}

/// A sentence with the writer's own words behind it, where there are some.
fn because(sentence: String, why: &Option<String>) -> String {
    super::show::with_why(sentence, why.as_deref())
}

/// The same, where the sentence ends in something said already.
fn in_brackets(sentence: String, note: &Option<String>) -> String {
    match note {
        Some(note) => format!("{sentence} ({note})"),
        None => sentence,
    }
}
