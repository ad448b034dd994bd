//! What both wrote at the same time is offered to both as a choice, and chosen once.

use automerge::{ActorId, ScalarValue};
use proptest::prelude::*;

use super::forger::{Forger, op};
use super::*;
use crate::error::Thing;
use crate::plan::goal::{heads_shown, put_as_seen_at};
use crate::plan::policy::{POLICY, Who};

const AT: &str = "2026-05-03T18:02:11.250000+02:00[Europe/Berlin]";
const LATER: &str = "2026-05-04T09:00:00.000000+02:00[Europe/Berlin]";

/// Values of a place that say three different things.
fn values(field: PlanField) -> [ScalarValue; 3] {
    let text = |texts: [&str; 3]| texts.map(|text| ScalarValue::Str(text.into()));
    match field {
        PlanField::ByWhen | PlanField::Reviewed | PlanField::Due => {
            text(["2026-06-01", "2026-07-01", "2026-08-01"])
        }
        PlanField::ReviewEvery => [7, 14, 30].map(ScalarValue::Uint),
        PlanField::Importance | PlanField::Difficulty | PlanField::ExpectedFear => {
            [1, 2, 3].map(ScalarValue::Uint)
        }
        PlanField::State => {
            text([&format!("paused {AT} exams"), &format!("paused {AT} the flu"), &format!("reached {AT}")])
        }
        PlanField::Verdict => {
            text([&format!("keep {AT}"), &format!("drop {AT}"), &format!("drop {AT} dull")])
        }
        PlanField::Priority => text(["high", "medium", "low"]),
        PlanField::Repeats => text([
            "2026-05-03 FREQ=DAILY;INTERVAL=1",
            "2026-05-03 FREQ=DAILY;INTERVAL=2",
            "2026-05-03 FREQ=WEEKLY;INTERVAL=1;BYDAY=MO",
        ]),
        _ => text(["one", "two", "three"]),
    }
}

/// Whether nothing may stand there.
fn is_optional(of: PlanItem, field: PlanField) -> bool {
    let path = format!("{}/*/{}", of.place().0, field.key());
    let rule = POLICY.iter().find(|rule| rule.path == path).expect("a place");
    assert_eq!(rule.change, Who::Either);
    !rule.from_the_start && !matches!(field, PlanField::State | PlanField::Verdict)
}

/// A plan in which one item of every kind is known to both, and every place of these.
fn a_plan() -> (Device, Device, GoalId, Vec<(PlanItem, PlanField)>) {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "For the air.")).expect("proposed").summary.id;
    let task = NewTask { what: "Walk".to_owned(), owner: TaskOwner::Both, due: None, repeats: None };
    let task = anna.plan().add_task(id, task).expect("a task").id;
    let step = NewStep { what: "To the door".to_owned(), expected_fear: None };
    let step = anna.plan().add_step(id, step).expect("a step").id;
    let strategy = anna.plan().add_strategy(id, "With the dog".to_owned()).expect("a strategy").id;
    level(&anna, &ben);
    let items = [
        PlanItem::Goal { id },
        PlanItem::Task { id: task },
        PlanItem::Step { id: step },
        PlanItem::Strategy { id: strategy },
    ];
    let mut places = Vec::new();
    for of in items {
        let is_there = |field: &PlanField| {
            let path = format!("{}/*/{}", of.place().0, field.key());
            POLICY.iter().any(|rule| rule.path == path)
        };
        places.extend(PlanField::ALL.into_iter().filter(is_there).map(|field| (of, field)));
    }
    // Every field, and what a task, a step and a strategy is.
    assert_eq!(places.len(), PlanField::ALL.len() + 2);
    (anna, ben, id, places)
}

/// Writes a value there, in place of what this device shows.
fn write(device: &Device, (of, field): (PlanItem, PlanField), value: ScalarValue) {
    let version = device.plan().version().expect("a version");
    let written = device.shared_plan().write(|pen| {
        let (collection, id) = of.place();
        let map = pen.reading().item(collection, id).expect("an item");
        let heads = heads_shown(pen, &version)?;
        put_as_seen_at(pen, &map, field.key(), value, &heads)
    });
    written.expect("written");
}

fn choices(device: &Device, goal: GoalId) -> Vec<Choice> {
    device.plan().goal(goal).expect("the goal").choices
}

fn the_one(device: &Device, goal: GoalId) -> Choice {
    let mut choices = choices(device, goal);
    assert_eq!(choices.len(), 1);
    choices.remove(0)
}

fn choose(device: &Device, choice: &Choice, number: usize) -> Result<()> {
    let pick = ChoicePick::Take { number: u32::try_from(number).expect("a number") };
    let version = device.plan().version().expect("a version");
    device.plan().choose(choice.of, version, choice.field, pick)
}

/// What stands there, as one says it.
fn standing(device: &Device, (of, field): (PlanItem, PlanField)) -> FieldValue {
    let raw = device.shared_plan().with_document(|open| {
        let reading = read::Reading::new(&open.loaded.document, &open.parties);
        let map = reading.item(of.place().0, of.place().1).expect("an item");
        let found = automerge::ReadDoc::get(&open.loaded.document, &map, field.key()).expect("a read");
        Ok(found.and_then(|(value, _)| read::raw(value.as_scalar()?)).flatten())
    });
    field.value(raw.expect("a document").as_deref())
}

#[test]
fn whatever_both_wrote_at_the_same_time_is_offered_with_who_wrote_what_and_chosen_once() {
    let (anna, ben, goal, places) = a_plan();
    for place in places {
        let [hers, his, _] = values(place.1);
        write(&anna, place, hers);
        write(&ben, place, his);
        let said = [(&anna, standing(&anna, place)), (&ben, standing(&ben, place))];
        level(&anna, &ben);
        let choice = the_one(&anna, goal);
        assert!(choice == the_one(&ben, goal) && (choice.of, choice.field) == place, "{place:?}");
        assert_eq!(choice.values.len(), 2);
        for (device, value) in said {
            assert!(choice.values.contains(&ChoiceValue { by: device.me(), value }), "{place:?}");
        }
        // What shows meanwhile is the first of them, the same on both.
        assert!(
            standing(&anna, place) == choice.values[0].value
                && standing(&ben, place) == choice.values[0].value
        );
        let shown = anna.plan().version().expect("a version");
        choose(&ben, &choice, 1).expect("chosen");
        level(&anna, &ben);
        assert!(choices(&anna, goal).is_empty() && choices(&ben, goal).is_empty());
        assert!(standing(&anna, place) == choice.values[1].value, "{place:?}");
        let late = anna.plan().choose(choice.of, shown, choice.field, ChoicePick::Take { number: 0 });
        assert_eq!(late.err(), Some(Error::Changed { what: Thing::Choice }));
        assert_eq!(choose(&anna, &choice, 0).err(), Some(Error::NotFound { what: Thing::Choice }));
    }
    let tables = anna.tables();
    anna.reopen_checked();
    assert!(anna.tables() == tables);
}

#[test]
fn the_same_said_by_both_is_no_choice_and_a_cleared_value_against_a_written_one_is() {
    let (anna, ben, goal, places) = a_plan();
    for place in places {
        let [before, same, written] = values(place.1);
        write(&anna, place, before);
        level(&anna, &ben);
        write(&anna, place, same.clone());
        // Said at another time it says the same.
        let said_later = match &same {
            ScalarValue::Str(text) => ScalarValue::Str(text.replace(AT, LATER).into()),
            other => other.clone(),
        };
        write(&ben, place, said_later);
        level(&anna, &ben);
        assert!(choices(&anna, goal).is_empty(), "{place:?}");
        if !is_optional(place.0, place.1) {
            continue;
        }
        write(&anna, place, ScalarValue::Null);
        write(&ben, place, written);
        level(&anna, &ben);
        let choice = the_one(&ben, goal);
        let cleared = ChoiceValue { by: anna.me(), value: FieldValue::Nothing };
        assert!(choice.values.len() == 2 && choice.values.contains(&cleared), "{place:?}");
        let number = choice.values.iter().position(|value| *value == cleared).expect("hers");
        choose(&ben, &choice, number).expect("chosen");
        level(&anna, &ben);
        assert!(choices(&anna, goal).is_empty() && standing(&anna, place) == FieldValue::Nothing);
    }
}

#[test]
fn two_who_choose_apart_have_chosen_if_they_chose_the_same() {
    let (anna, ben, goal, places) = a_plan();
    for place in places {
        let [hers, his, another] = values(place.1);
        write(&anna, place, hers);
        write(&ben, place, his);
        level(&anna, &ben);
        let choice = the_one(&anna, goal);
        for device in [&anna, &ben] {
            choose(device, &choice, 1).expect("chosen");
        }
        level(&anna, &ben);
        assert!(choices(&anna, goal).is_empty(), "{place:?}");
        assert!(standing(&ben, place) == choice.values[1].value);
        // Different things are a choice again, and so on until both are content.
        write(&anna, place, another);
        level(&anna, &ben);
        let [hers, his, _] = values(place.1);
        write(&anna, place, hers);
        write(&ben, place, his);
        level(&anna, &ben);
        let choice = the_one(&anna, goal);
        choose(&anna, &choice, 0).expect("chosen");
        choose(&ben, &choice, 1).expect("chosen");
        level(&anna, &ben);
        let again = the_one(&ben, goal);
        assert_eq!(again.values.len(), 2);
        choose(&ben, &again, 0).expect("chosen");
        level(&anna, &ben);
        assert!(choices(&anna, goal).is_empty(), "{place:?}");
    }
}

#[test]
fn a_form_that_showed_the_choice_settles_it_with_a_third_value() {
    let (anna, ben, goal, places) = a_plan();
    for place in places {
        let [hers, his, third] = values(place.1);
        write(&anna, place, hers);
        write(&ben, place, his);
        level(&anna, &ben);
        write(&ben, place, third);
        level(&anna, &ben);
        assert!(choices(&anna, goal).is_empty(), "{place:?}");
    }
}

#[test]
fn three_values_are_three_to_choose_from() {
    // Ben has a second device: an actor of its own, that did not know what the first wrote.
    let (anna, ben, id, _) = a_plan();
    let forger = Forger::of(&ben);
    let map = forger.object(&["goals", &id.to_string()]);
    let replaced = forger.writer_of(&["goals", &id.to_string(), "title"]);
    let retitled = |title: &str| {
        let value = automerge::legacy::OpType::Put(ScalarValue::Str(title.into()));
        forger.next(vec![op(&map, "title", value, vec![replaced.clone()])])
    };
    let (first, mut second) = (retitled("Run"), retitled("Swim"));
    let device = ben.inner().shared.file.read(people::me).expect("me").device;
    let actor = crate::relationship::key::new_actor(&*ben.inner().shared.world, &device).expect("an actor");
    (second.actor_id, second.seq) = (ActorId::from(actor), 1);
    write(&anna, (PlanItem::Goal { id }, PlanField::Title), ScalarValue::Str("Fly".into()));
    for change in [first, second] {
        assert_eq!(forger.deliver(&anna, change).applied, 1);
    }
    let choice = the_one(&anna, id);
    let said: Vec<_> = choice.values.iter().map(|value| value.by).collect();
    assert_eq!(choice.values.len(), 3);
    assert_eq!(said.iter().filter(|by| **by == ben.me()).count(), 2);
    let missing = choose(&anna, &choice, 3);
    assert_eq!(missing.err(), Some(Error::NotFound { what: Thing::Choice }));
    choose(&anna, &choice, 2).expect("chosen");
    assert!(choices(&anna, id).is_empty());
    assert!(standing(&anna, (choice.of, choice.field)) == choice.values[2].value);
}

#[test]
fn the_words_of_a_device_that_is_certified_no_more_are_still_that_persons() {
    let (anna, ben, id, _) = a_plan();
    let place = (PlanItem::Goal { id }, PlanField::Title);
    write(&anna, place, ScalarValue::Str("Run".into()));
    write(&ben, place, ScalarValue::Str("Swim".into()));
    level(&anna, &ben);
    let choice = the_one(&anna, id);
    // Anna's newest list does not have the device with which she wrote. If she asked only that list, her own
    // words would seem to be Ben's.
    let sql = "UPDATE device SET on_list = 0 WHERE person = ?1";
    let dropped = anna.inner().shared.file.write(|transaction| Ok(transaction.execute(sql, [anna.me()])?));
    assert_eq!(dropped, Ok(1));
    anna.reopen_checked();
    assert!(the_one(&anna, id) == choice);
    let hers = choice.values.iter().find(|value| value.by == anna.me()).expect("hers");
    assert!(hers.value == FieldValue::Text { text: "Run".to_owned() });
}

#[test]
fn another_text_can_be_written_where_a_text_stands_and_nowhere_else() {
    let (anna, ben, goal, places) = a_plan();
    for place in places {
        let [hers, his, _] = values(place.1);
        write(&anna, place, hers);
        write(&ben, place, his);
        level(&anna, &ben);
        let choice = the_one(&anna, goal);
        let version = anna.plan().version().expect("a version");
        let text = ChoicePick::Write { text: "both".to_owned() };
        let done = anna.plan().choose(choice.of, version.clone(), choice.field, text);
        if matches!(choice.values[0].value, FieldValue::Text { .. }) {
            done.expect("written");
            assert!(standing(&anna, place) == FieldValue::Text { text: "both".to_owned() });
        } else {
            assert!(matches!(done, Err(Error::Invalid { .. })), "{place:?}");
            let bell = ChoicePick::Write { text: "\u{7}".to_owned() };
            assert!(anna.plan().choose(choice.of, version, choice.field, bell).is_err());
            choose(&anna, &choice, 0).expect("chosen");
        }
        level(&anna, &ben);
        assert!(choices(&ben, goal).is_empty(), "{place:?}");
    }
}

proptest! {
    #![proptest_config(crate::tests::cases(12))]

    /// Whatever two write and choose, together and apart: what is offered says different things, the same on both,
    /// and one person can settle all of it.
    #[test]
    fn every_choice_can_be_settled_by_one_person(
        acts in proptest::collection::vec((any::<bool>(), 0..5_u8, any::<u8>(), 0..4_u8), 1..30)
    ) {
        let (anna, ben, goal, places) = a_plan();
        for (who, act, place, value) in acts {
            let device = if who { &anna } else { &ben };
            let place = places[usize::from(place) % places.len()];
            match act {
                0 => drop(exchange(&anna, &ben)),
                1 => if let Some(choice) = choices(device, goal).first() {
                    choose(device, choice, usize::from(value) % choice.values.len()).expect("chosen");
                },
                _ => {
                    let value = values(place.1).into_iter().nth(value.into());
                    let nothing = is_optional(place.0, place.1).then_some(ScalarValue::Null);
                    if let Some(value) = value.or(nothing) {
                        write(device, place, value);
                    }
                }
            }
        }
        level(&anna, &ben);
        let open = choices(&anna, goal);
        prop_assert!(open == choices(&ben, goal));
        for choice in &open {
            for (number, one) in choice.values.iter().enumerate() {
                prop_assert!(choice.values.iter().skip(number + 1).all(|other| other.value != one.value));
            }
            choose(&ben, choice, 0).expect("chosen");
        }
        level(&anna, &ben);
        prop_assert!(choices(&anna, goal).is_empty() && choices(&ben, goal).is_empty());
    }
}
