//! Who may write what: one table, to be read by anyone.
//!
//! It is asked for everything this device writes and for every single operation that arrives from
//! another one (see [`super::gate`]), so what is written here is what holds. `*` stands for an item's
//! id, which names the person who created the item; `@` stands for a person's id; `*@` for both, one
//! after the other. A place of a higher level is there only for changes that build upon that level
//! (see [`super::genesis`]).

mod holds;
mod place;

pub(crate) use holds::{Holds, Value, is_line, is_prose, is_written};
pub(crate) use place::Place;

/// The version of this table, named in every hello: two devices must judge alike.
pub(crate) const GATE_VERSION: u16 = 2;

/// Who may write at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// Client and therapist alike.
    Either,
    /// The one who created the item.
    Creator,
    /// The one whose id the place carries.
    Named,
    /// Nobody: written once, with its item or never.
    Nobody,
}

/// One line of the table.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The place.
    pub(crate) path: &'static str,
    /// What stands there.
    pub(crate) holds: Holds,
    /// Who may write it first.
    pub(crate) create: Who,
    /// Who may write it again (for text: write in it).
    pub(crate) change: Who,
    /// Whether it must come into being in the same change as its item.
    pub(crate) from_the_start: bool,
    /// From which level of the plan on.
    pub(crate) level: u16,
}

/// A line whose place comes into being together with its item.
const fn with_item(level: u16, path: &'static str, holds: Holds, change: Who) -> Rule {
    Rule { path, holds, create: Who::Creator, change, from_the_start: true, level }
}

/// A line whose place may come later.
const fn later(level: u16, path: &'static str, holds: Holds, create: Who, change: Who) -> Rule {
    Rule { path, holds, create, change, from_the_start: false, level }
}

/// The longest title of a goal or a task, in characters.
pub(crate) const LINE: usize = 200;
/// The longest piece of prose of one person, in characters.
pub(crate) const PROSE: usize = 4_000;
/// The longest text of one level of a scale, in characters.
pub(crate) const SCALE: usize = 500;

/// The table. A place that is not in it is nobody's. Where a place stands twice, the line of the higher level
/// holds from that level on.
#[rustfmt::skip]
pub(crate) const POLICY: &[Rule] = &[
    //        level, place                  holds                           first            again
    later(    1, "goals/*",                 Holds::Map,                     Who::Creator,    Who::Nobody),
    with_item(1, "goals/*/title",           Holds::Line(LINE),                               Who::Either),
    with_item(1, "goals/*/why",             Holds::Text,                                     Who::Either),
    with_item(1, "goals/*/success",         Holds::Map,                                      Who::Nobody),
    later(    1, "goals/*/success/@",       Holds::Prose(PROSE),            Who::Named,      Who::Named),
    with_item(1, "goals/*/order",           Holds::Order,                                    Who::Either),
    with_item(1, "goals/*/proposed",        Holds::Moment,                                   Who::Nobody),
    later(    1, "goals/*/archived",        Holds::MomentOrNothing,         Who::Either,     Who::Either),
    later(    2, "goals/*/known_by",        Holds::ProseOrNothing(PROSE),   Who::Either,     Who::Either),
    later(    2, "goals/*/by_when",         Holds::DayOrNothing,            Who::Either,     Who::Either),
    later(    2, "goals/*/first_step",      Holds::LineOrNothing(LINE),     Who::Either,     Who::Either),
    later(    2, "goals/*/state",           Holds::Marked(&STATES),         Who::Either,     Who::Either),
    later(    2, "goals/*/priority",        Holds::OneOfOrNothing(&PRIORITIES), Who::Either, Who::Either),
    later(    2, "goals/*/review_every",    Holds::BetweenOrNothing(1, 366), Who::Either,    Who::Either),
    later(    2, "goals/*/reviewed",        Holds::DayOrNothing,            Who::Either,     Who::Either),
    later(    2, "goals/*/descent",         Holds::Descent,                 Who::Creator,    Who::Nobody),
    later(    2, "goals/*/scale_much_less", Holds::ProseOrNothing(SCALE),   Who::Either,     Who::Either),
    later(    2, "goals/*/scale_less",      Holds::ProseOrNothing(SCALE),   Who::Either,     Who::Either),
    later(    2, "goals/*/scale_expected",  Holds::ProseOrNothing(SCALE),   Who::Either,     Who::Either),
    later(    2, "goals/*/scale_more",      Holds::ProseOrNothing(SCALE),   Who::Either,     Who::Either),
    later(    2, "goals/*/scale_much_more", Holds::ProseOrNothing(SCALE),   Who::Either,     Who::Either),
    later(    2, "goals/*/importance",      Holds::BetweenOrNothing(0, 3),  Who::Either,     Who::Either),
    later(    2, "goals/*/difficulty",      Holds::BetweenOrNothing(0, 3),  Who::Either,     Who::Either),

    later(    2, "holds/*@",                Holds::Marked(&HOLDS),          Who::Named,      Who::Named),
    later(    2, "stances/*@",              Holds::StanceOrNothing,         Who::Named,      Who::Named),

    later(    1, "tasks/*",                 Holds::Map,                     Who::Creator,    Who::Nobody),
    with_item(1, "tasks/*/goal",            Holds::Item,                                     Who::Nobody),
    with_item(1, "tasks/*/what",            Holds::Line(LINE),                               Who::Either),
    with_item(1, "tasks/*/owner",           Holds::OneOf(&OWNERS),                           Who::Nobody),
    with_item(1, "tasks/*/offered",         Holds::Moment,                                   Who::Nobody),
    with_item(1, "tasks/*/answers",         Holds::Map,                                      Who::Nobody),
    later(    1, "tasks/*/answers/@",       Holds::Answer,                  Who::Named,      Who::Named),
    later(    2, "tasks/*/answers/@",       Holds::AnswerOrNothing,         Who::Named,      Who::Named),
    later(    1, "tasks/*/due",             Holds::DayOrNothing,            Who::Either,     Who::Either),
    later(    2, "tasks/*/repeats",         Holds::RecurrenceOrNothing,     Who::Either,     Who::Either),
    later(    1, "tasks/*/archived",        Holds::MomentOrNothing,         Who::Either,     Who::Either),

    later(    1, "ratings/*",               Holds::Map,                     Who::Creator,    Who::Nobody),
    with_item(1, "ratings/*/goal",          Holds::Item,                                     Who::Nobody),
    with_item(1, "ratings/*/value",         Holds::UpTo(10),                                 Who::Nobody),
    with_item(1, "ratings/*/at",            Holds::Moment,                                   Who::Nobody),
    later(    1, "ratings/*/helped",        Holds::Prose(PROSE),            Who::Creator,    Who::Nobody),
    later(    1, "ratings/*/hindered",      Holds::Prose(PROSE),            Who::Creator,    Who::Nobody),
    later(    2, "ratings/*/taken_back",    Holds::MomentOrNothing,         Who::Creator,    Who::Creator),

    later(    1, "logs/*",                  Holds::Map,                     Who::Creator,    Who::Nobody),
    with_item(1, "logs/*/task",             Holds::Item,                                     Who::Nobody),
    with_item(1, "logs/*/on",               Holds::DayOrNothing,                             Who::Nobody),
    with_item(1, "logs/*/outcome",          Holds::OneOf(&OUTCOMES),                         Who::Nobody),
    with_item(1, "logs/*/at",               Holds::Moment,                                   Who::Nobody),
    later(    1, "logs/*/note",             Holds::Prose(PROSE),            Who::Creator,    Who::Nobody),
    later(    2, "logs/*/taken_back",       Holds::MomentOrNothing,         Who::Creator,    Who::Creator),

    later(    2, "steps/*",                 Holds::Map,                     Who::Creator,    Who::Nobody),
    with_item(2, "steps/*/goal",            Holds::Item,                                     Who::Nobody),
    with_item(2, "steps/*/what",            Holds::Line(LINE),                               Who::Either),
    with_item(2, "steps/*/order",           Holds::Order,                                    Who::Either),
    with_item(2, "steps/*/proposed",        Holds::Moment,                                   Who::Nobody),
    later(    2, "steps/*/expected_fear",   Holds::BetweenOrNothing(0, 10), Who::Either,     Who::Either),
    later(    2, "steps/*/archived",        Holds::MomentOrNothing,         Who::Either,     Who::Either),

    later(    2, "tries/*",                 Holds::Map,                     Who::Creator,    Who::Nobody),
    with_item(2, "tries/*/step",            Holds::Item,                                     Who::Nobody),
    with_item(2, "tries/*/on",              Holds::Day,                                      Who::Nobody),
    with_item(2, "tries/*/outcome",         Holds::OneOf(&OUTCOMES),                         Who::Nobody),
    with_item(2, "tries/*/at",              Holds::Moment,                                   Who::Nobody),
    later(    2, "tries/*/fear",            Holds::UpTo(10),                Who::Creator,    Who::Nobody),
    later(    2, "tries/*/learned",         Holds::Prose(PROSE),            Who::Creator,    Who::Nobody),
    later(    2, "tries/*/taken_back",      Holds::MomentOrNothing,         Who::Creator,    Who::Creator),

    later(    2, "strategies/*",            Holds::Map,                     Who::Creator,    Who::Nobody),
    with_item(2, "strategies/*/goal",       Holds::Item,                                     Who::Nobody),
    with_item(2, "strategies/*/what",       Holds::Line(LINE),                               Who::Either),
    with_item(2, "strategies/*/begun",      Holds::Moment,                                   Who::Nobody),
    later(    2, "strategies/*/verdict",    Holds::Marked(&VERDICTS),       Who::Either,     Who::Either),
    later(    2, "strategies/*/archived",   Holds::MomentOrNothing,         Who::Either,     Who::Either),

    later(    2, "attainments/*",           Holds::Map,                     Who::Creator,    Who::Nobody),
    with_item(2, "attainments/*/goal",      Holds::Item,                                     Who::Nobody),
    with_item(2, "attainments/*/level",     Holds::OneOf(&ATTAINED),                         Who::Nobody),
    with_item(2, "attainments/*/at",        Holds::Moment,                                   Who::Nobody),
    later(    2, "attainments/*/note",      Holds::Prose(PROSE),            Who::Creator,    Who::Nobody),
    later(    2, "attainments/*/taken_back", Holds::MomentOrNothing,        Who::Creator,    Who::Creator),

    later(    1, "statements/*",            Holds::Statement,               Who::Creator,    Who::Nobody),
];

/// The collections at the root of the document: for each level, those that its fixed change creates.
pub(crate) const LEVELS: [&[&str]; 2] = [
    &["goals", "logs", "ratings", "statements", "tasks"],
    &["attainments", "holds", "stances", "steps", "strategies", "tries"],
];

/// All collections, with the level from which on they are there.
pub(crate) fn collections() -> impl Iterator<Item = (u16, &'static str)> {
    (1..).zip(LEVELS).flat_map(|(level, names)| names.iter().map(move |name| (level, *name)))
}

/// The words for who does a task.
pub(crate) const OWNERS: [&str; 3] = ["both", "client", "therapist"];
/// The words for how a task or a step went.
pub(crate) const OUTCOMES: [&str; 3] = ["done", "not_this_time", "partly"];
/// The words for what became of a goal; `open` takes back the others.
pub(crate) const STATES: [&str; 6] = ["declined", "maintained", "open", "paused", "reached", "set_aside"];
/// The words for how much a goal matters now.
pub(crate) const PRIORITIES: [&str; 3] = ["high", "low", "medium"];
/// The words for whether one holds a goal.
pub(crate) const HOLDS: [&str; 2] = ["free", "held"];
/// The words for what one thinks of a strategy that was tried.
pub(crate) const VERDICTS: [&str; 4] = ["change", "drop", "keep", "trying"];
/// How far a goal was attained, on its scale of five.
pub(crate) const ATTAINED: [&str; 5] = ["+1", "+2", "-1", "-2", "0"];

#[cfg(test)]
mod tests;
