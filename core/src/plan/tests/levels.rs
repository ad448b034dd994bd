//! A plan grows when both can read more, and nobody is locked out or loses a word on the way.

use super::*;
use crate::exchange::Farewell;

/// Two whose apps both read only the first level, with a goal that both know.
pub(super) fn two_old() -> (Device, Device, GoalId) {
    let (anna, ben) = two();
    for device in [&anna, &ben] {
        reads(device, 1);
    }
    for (device, other) in [(&anna, &ben), (&ben, &anna)] {
        says_it_reads(device, other, 1);
    }
    let id = anna.plan().propose_goal(goal("Walk", "Air")).expect("proposed").summary.id;
    level(&anna, &ben);
    assert_eq!((level_of(&anna), level_of(&ben)), (1, 1));
    (anna, ben, id)
}

/// Makes the app of a device one that reads plans up to this level: an update, or none yet.
pub(super) fn reads(device: &Device, level: u16) {
    device.inner().shared.read_only_up_to(level);
    device.shared_plan().forget();
}

/// What pairing told: that `other` reads this level.
fn says_it_reads(device: &Device, other: &Device, level: u16) {
    let now = device.world.now();
    let told =
        |transaction: &rusqlite::Transaction<'_>| people::mark_reads(transaction, &other.key(), level, now);
    device.inner().shared.file.write(told).expect("told");
}

fn level_of(device: &Device) -> u16 {
    device.shared_plan().with_document(|open| Ok(open.loaded.ledger.level())).expect("a plan")
}

/// Something that only a plan of level 2 has a place for.
fn every_day(goal: GoalId, plan: &Plan) -> Result<Task> {
    let from = crate::clock::LocalDate::from_ymd_opt(2026, 5, 4).expect("a day");
    let repeats = Some(Recurrence { from, rhythm: Rhythm::Days { every: 1 }, until: None });
    let task = NewTask { what: "Walk".to_owned(), owner: TaskOwner::Client, due: None, repeats };
    plan.add_task(goal, task)
}

#[test]
fn two_plans_that_were_raised_apart_become_one() {
    let (anna, ben, id) = two_old();
    // Both apps are updated, and each has heard of the other's; they have not met since.
    for (device, other) in [(&anna, &ben), (&ben, &anna)] {
        says_it_reads(device, other, 2);
        reads(device, 2);
        every_day(id, &device.plan()).expect("a place for it");
        assert_eq!(level_of(device), 2);
    }
    level(&anna, &ben);
    let tasks = anna.plan().tasks(false).expect("tasks");
    assert_eq!(tasks.len(), 2, "both have what the other wrote into the new collections");
    for device in [&anna, &ben] {
        let tables = device.tables();
        device.reopen_checked();
        assert!(device.tables() == tables, "built again it is the same");
    }
}

#[test]
fn an_old_app_and_a_new_one_go_on_at_the_old_level_until_both_are_new() {
    let (anna, ben, id) = two_old();
    reads(&anna, 2);
    level(&anna, &ben);
    assert_eq!((level_of(&anna), level_of(&ben)), (1, 1));
    assert!(matches!(every_day(id, &anna.plan()), Err(Error::OlderPlan)));
    let rating = NewRating { value: 4, helped: None, hindered: None };
    for device in [&anna, &ben] {
        device.plan().rate(id, rating.clone()).expect("all else goes on");
    }
    level(&anna, &ben);
    let sealed = anna.only_goal().digest;
    for device in [&anna, &ben] {
        device.plan().agree(id, sealed).expect("agreed");
    }
    level(&anna, &ben);
    reads(&ben, 2);
    level(&anna, &ben);
    assert_eq!((level_of(&anna), level_of(&ben)), (2, 2), "both have said so by now");
    assert!(anna.only_goal().sealed.is_some(), "what was agreed stays in force");
    every_day(id, &anna.plan()).expect("a place for it");
    level(&anna, &ben);
    assert_eq!(ben.plan().tasks(false).expect("tasks").len(), 1);
}

#[test]
fn a_plan_is_raised_before_the_first_change_is_sent_and_it_stays_raised() {
    let (anna, ben, id) = two_old();
    for device in [&anna, &ben] {
        reads(device, 2);
    }
    ben.plan().rate(id, NewRating { value: 4, helped: None, hindered: None }).expect("rated");
    // Only the two hellos arrive, each with which notices there are.
    talk(&anna, &ben, 4).expect("a session");
    for mut device in [anna, ben] {
        device.reopen();
        assert_eq!(level_of(&device), 2);
        let tables = device.tables();
        device.reopen_checked();
        assert!(device.tables() == tables);
        every_day(id, &device.plan()).expect("a place for it");
    }
}

#[test]
fn what_builds_upon_the_next_level_brings_it_along() {
    let (anna, ben, id) = two_old();
    for device in [&anna, &ben] {
        reads(device, 2);
    }
    // Anna has heard of Ben's update, he not of hers: her change is the first that he hears of it.
    says_it_reads(&anna, &ben, 2);
    every_day(id, &anna.plan()).expect("a place for it");
    let (mut here, mut there) = (anna.desk(&ben), ben.desk(&anna));
    let missing = here.missing(&there.positions().expect("positions")).expect("changes");
    assert!(missing.iter().flat_map(|change| change.deps()).all(|parent| there.max_op(parent).is_some()));
    let changes: Vec<_> = missing
        .into_iter()
        .map(|change| crate::exchange::Built { expanded: change.decode(), change })
        .collect();
    let heads = here.signed_heads(&here.positions().expect("positions")).expect("heads");
    let accepted = there.accept(changes, &heads).expect("judged");
    assert!(accepted.refused.is_empty());
    assert_eq!(level_of(&ben), 2);
    level(&anna, &ben);
}

#[test]
fn an_old_app_shows_a_raised_plan_and_writes_nothing_into_it_until_it_is_updated() {
    let (anna, mut ben, id) = two_old();
    // Ben went back to an old app after both had raised the plan; what he has is from before.
    says_it_reads(&anna, &ben, 2);
    reads(&anna, 2);
    every_day(id, &anna.plan()).expect("a place for it");
    let before = ben.tables();
    let (here, there) = talk(&anna, &ben, usize::MAX).expect("a session");
    assert!(matches!(here.error, Some(Error::OlderPlan)) || said_to_update(&here));
    assert!(matches!(there.error, Some(Error::NewerPlan)) || said_to_update(&there));
    assert!(here.error.is_some() || there.error.is_some());
    let edit = |ben: &Device| ben.plan().rate(id, NewRating { value: 4, helped: None, hindered: None });
    assert!(matches!(edit(&ben), Err(Error::NewerPlan)));
    assert!(ben.tables() == before);
    assert_eq!(ben.only_goal().summary.title, "Walk", "it can be read");
    every_day(id, &anna.plan()).expect("Anna goes on");
    ben.reopen();
    reads(&ben, 1);
    assert!(matches!(edit(&ben), Err(Error::NewerPlan)), "also after a restart");
    reads(&ben, 2);
    level(&anna, &ben);
    assert_eq!(ben.plan().tasks(false).expect("tasks").len(), 2);
    edit(&ben).expect("updated, he writes again");
    level(&anna, &ben);
}

fn said_to_update(heard: &Heard) -> bool {
    heard.events.iter().any(|event| matches!(event, Event::Goodbye(Farewell::NeedsUpdate)))
}

#[test]
fn whoever_hears_that_the_other_must_update_says_so_and_sends_nothing() {
    let (anna, ben, id) = two_old();
    says_it_reads(&anna, &ben, 2);
    reads(&anna, 2);
    every_day(id, &anna.plan()).expect("a place for it");
    // Her hello is lost, so that it is she who finds out.
    let mut desk = anna.desk(&ben);
    let terms = |level| Terms { gate: GATE_VERSION.into(), level, device_list: 1, is_over: false };
    let mut hers = Session::new(anna.relationship, terms(2), &desk).expect("a session");
    drop(hers.poll().expect("a hello"));
    let mut his = Session::new(ben.relationship, terms(1), &ben.desk(&anna)).expect("a session");
    let hello = his.poll().expect("a frame").expect("a hello");
    assert!(matches!(hers.receive(&hello, &mut desk), Err(Error::OlderPlan)));
    let goodbye = hers.poll().expect("a frame").expect("a goodbye");
    assert!(hers.poll().expect("no frame").is_none());
    let heard = his.receive(&goodbye, &mut ben.desk(&anna)).expect("heard");
    assert!(heard.iter().any(|event| matches!(event, Event::Goodbye(Farewell::NeedsUpdate))));
}

#[test]
fn a_plan_that_was_raised_by_mistake_of_nobody_can_be_written_again_once_the_other_is_back_at_the_old_level()
{
    let (anna, ben, id) = two_old();
    let mut desk = ben.desk(&anna);
    assert_eq!(desk.greeted(7, 7).expect("heard"), crate::exchange::Footing::WeNeedAnUpdate);
    let rating = NewRating { value: 4, helped: None, hindered: None };
    assert!(matches!(ben.plan().rate(id, rating.clone()), Err(Error::NewerPlan)));
    level(&anna, &ben);
    ben.plan().rate(id, rating).expect("written");
}

#[test]
fn an_old_backup_in_a_new_app_follows_the_plan_of_the_other() {
    let (anna, ben, id) = two_old();
    let again = super::elsewhere::restored(&anna, 3);
    for (device, other) in [(&anna, &ben), (&ben, &anna)] {
        says_it_reads(device, other, 2);
        reads(device, 2);
    }
    every_day(id, &anna.plan()).expect("a place for it");
    level(&anna, &ben);
    // Ben learns of the new phone when it pairs or enrols, and with it that it reads level 2.
    let card = again.card();
    let told =
        ben.inner().shared.file.write(|transaction| people::keep_person(transaction, &card, ben.world.now()));
    told.expect("told");
    ben.shared_plan().forget();
    level(&again, &ben);
    assert_eq!(level_of(&again), 2);
    assert_eq!(again.plan().tasks(false).expect("tasks").len(), 1);
    every_day(id, &again.plan()).expect("a place for it");
    level(&again, &ben);
}
