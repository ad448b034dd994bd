//! Promises of a relationship: what both have read, names, pausing, and the end.

use chrono::{TimeDelta, TimeZone};
use chrono_tz::Europe::Berlin;

use crate::Error;
use crate::clock::{LocalDate, LocalTime, Surroundings, World};
use crate::exchange::{Announced, Event, Label};
use crate::id::ParcelId;
use crate::plan::tests::{Device, exchange, goal, talk, two};
use crate::relationship::{Relationship, TERMS_VERSION};
use crate::reminders::{NewAppointment, NewReminder, ReminderRule};
use crate::sharing::notices::announce;

fn of(device: &Device) -> Relationship {
    device.home.relationships().expect("relationships").remove(0)
}

fn titles(device: &Device) -> Vec<String> {
    let goals = device.plan().goals(true).expect("goals");
    goals.into_iter().map(|goal| goal.title).collect()
}

/// Hands something over, of which nothing has come yet.
fn hand_over(from: &Device) {
    let world = from.world.clone() as World;
    let parcel = ParcelId::from_bytes((*world).item_id(&from.me()).expect("an id"));
    let label = Label { parcel, digest: [0; 32], length: 40, about: None, goal: None };
    from.inner()
        .shared
        .file
        .write(|transaction| announce(transaction, &world, from.relationship, Announced::HandedOver(label)))
        .expect("handed over");
}

#[test]
fn what_each_of_the_two_has_read_is_known_to_both_after_an_exchange() {
    let (anna, ben) = two();
    let before = anna.home.terms(anna.relationship).expect("terms");
    assert!(before.is_to_be_read && before.me.is_none() && before.other.is_none());
    anna.home.read_terms(anna.relationship, TERMS_VERSION).expect("read");
    // It is nothing that a person waits for.
    assert_eq!(of(&anna).waiting_to_go, 0);
    exchange(&anna, &ben);
    let (hers, his) = (anna.home.terms(anna.relationship), ben.home.terms(ben.relationship));
    let (hers, his) = (hers.expect("terms"), his.expect("terms"));
    assert!(!hers.is_to_be_read && his.is_to_be_read);
    assert_eq!(hers.me.map(|read| read.version), Some(TERMS_VERSION));
    assert_eq!((his.other, his.me), (hers.me, None));
}

#[test]
fn only_the_text_of_today_counts_as_read_and_whoever_read_a_former_one_is_asked_again() {
    let (anna, _) = two();
    for version in [0, TERMS_VERSION + 1] {
        let refused = anna.home.read_terms(anna.relationship, version).expect_err("refused");
        assert!(matches!(refused, Error::Invalid { .. }));
    }
    // As an earlier build would have noted it.
    let world = anna.world.clone() as World;
    let former = Announced::ReadTerms { version: TERMS_VERSION - 1 };
    let shared = &anna.inner().shared;
    shared.file.write(|transaction| announce(transaction, &world, anna.relationship, former)).expect("noted");
    assert!(anna.home.terms(anna.relationship).expect("terms").is_to_be_read);
    assert!(!anna.home.read_terms(anna.relationship, TERMS_VERSION).expect("read").is_to_be_read);
}

#[test]
fn a_name_that_one_gives_the_other_is_seen_here_alone_and_can_be_taken_away() {
    let (anna, ben) = two();
    anna.home.call_them(anna.relationship, "  Dr. B\u{202E}. ").expect("named");
    exchange(&anna, &ben);
    let other = of(&anna).other;
    assert_eq!((other.display_name.as_str(), other.calls_themselves.as_str()), ("Dr. B.", "Ben"));
    assert_eq!(ben.home.profile().expect("a profile").display_name, "Ben");
    let long = anna.home.call_them(anna.relationship, &"x".repeat(101));
    assert!(matches!(long, Err(Error::Invalid { .. })));
    anna.home.call_them(anna.relationship, " ").expect("taken away");
    assert_eq!(of(&anna).other.display_name, "Ben");
}

#[test]
fn a_new_name_of_ones_own_is_for_those_who_pair_from_now_on() {
    let (anna, ben) = two();
    assert!(matches!(anna.home.rename_me("\u{1}"), Err(Error::Invalid { .. })));
    assert_eq!(anna.home.rename_me("Anna B.").expect("renamed").display_name, "Anna B.");
    exchange(&anna, &ben);
    assert_eq!(of(&ben).other.display_name, "Anna");
}

#[test]
fn while_a_relationship_is_paused_work_on_the_plan_goes_on_here() {
    let (anna, ben) = two();
    let paused = anna.home.pause(anna.relationship).expect("paused");
    assert_eq!(paused.paused_at, Some(anna.world.now()));
    anna.world.pass(60);
    assert_eq!(anna.home.pause(anna.relationship).expect("paused").paused_at, paused.paused_at);
    anna.plan().propose_goal(goal("Sleep", "")).expect("proposed");
    assert_eq!(anna.home.resume(anna.relationship).expect("resumed").paused_at, None);
    exchange(&anna, &ben);
    assert_eq!(titles(&ben), ["Sleep"]);
}

#[test]
fn after_an_end_both_plans_stay_as_they_were_and_can_be_read() {
    let (mut anna, ben) = two();
    anna.plan().propose_goal(goal("Sleep", "")).expect("proposed");
    exchange(&anna, &ben);
    // What the other has not got by then never comes.
    anna.plan().propose_goal(goal("Here alone", "")).expect("proposed");
    let ended = ben.home.end(ben.relationship).expect("ended");
    assert_eq!(ended.ended.map(|end| (end.by, end.at)), Some((ben.me(), ben.world.now())));
    assert_eq!(ben.plan().propose_goal(goal("Late", "")).err(), Some(Error::NotShared));
    // To her it goes on until she hears of it.
    anna.plan().propose_goal(goal("Not known yet", "")).expect("proposed");
    let (hers, his) = exchange(&anna, &ben);
    for events in [&hers, &his] {
        assert!(events.iter().any(|event| matches!(event, Event::InStep)));
    }
    assert_eq!(of(&anna).ended, ended.ended);
    assert_eq!((of(&anna).waiting_to_go, of(&ben).waiting_to_go), (0, 0));
    assert_eq!(anna.plan().propose_goal(goal("Late", "")).err(), Some(Error::NotShared));
    let mine = anna.plan().goals(true).expect("goals").remove(0);
    assert_eq!(anna.plan().archive_goal(mine.id).err(), Some(Error::NotShared));
    anna.reopen();
    assert_eq!((titles(&anna).len(), titles(&ben)), (3, vec!["Sleep".to_owned()]));
}

#[test]
fn what_is_over_is_neither_paused_nor_read_nor_ended_again() {
    let (anna, ben) = two();
    anna.home.pause(anna.relationship).expect("paused");
    let ended = anna.home.end(anna.relationship).expect("ended");
    assert_eq!(ended.paused_at, None, "the end is to be told");
    anna.world.pass(60);
    assert!(anna.home.end(anna.relationship).expect("over") == ended);
    for refused in [anna.home.pause(anna.relationship), anna.home.resume(anna.relationship)] {
        assert_eq!(refused.err(), Some(Error::NotShared));
    }
    let read = anna.home.read_terms(anna.relationship, TERMS_VERSION);
    assert_eq!(read.err(), Some(Error::NotShared));
    assert!(!anna.home.terms(anna.relationship).expect("terms").is_to_be_read);
    exchange(&anna, &ben);
    assert!(ben.home.end(ben.relationship).expect("over").ended == ended.ended);
}

#[test]
fn while_locked_nothing_of_this_is_changed() {
    let (anna, _) = two();
    anna.home.lock();
    let relationship = anna.relationship;
    assert_eq!(anna.home.end(relationship).err(), Some(Error::Locked));
    assert_eq!(anna.home.pause(relationship).err(), Some(Error::Locked));
    assert_eq!(anna.home.call_them(relationship, "B").err(), Some(Error::Locked));
    assert_eq!(anna.home.read_terms(relationship, TERMS_VERSION).err(), Some(Error::Locked));
    assert!(of(&anna).ended.is_none() && anna.home.terms(relationship).is_ok());
}

#[test]
fn each_giver_is_asked_once_whether_to_take_all_of_it_back() {
    let (anna, ben) = two();
    hand_over(&anna);
    hand_over(&anna);
    hand_over(&ben);
    exchange(&anna, &ben);
    let early = anna.home.answer_take_back(anna.relationship, true);
    assert!(matches!(early, Err(Error::NotAllowed { .. })));
    assert!(anna.home.asks_to_take_back().expect("asks").is_empty());
    anna.home.end(anna.relationship).expect("ended");
    exchange(&anna, &ben);
    for one in [&anna, &ben] {
        assert_eq!(one.home.asks_to_take_back().expect("asks"), [one.relationship]);
    }
    anna.home.answer_take_back(anna.relationship, true).expect("answered");
    ben.home.answer_take_back(ben.relationship, false).expect("answered");
    exchange(&anna, &ben);
    let taken_back = |device: &Device| {
        let sql = "SELECT giver = ?1, taken_back_at IS NOT NULL FROM parcel ORDER BY 1, handed_at, id";
        let read = |connection: &rusqlite::Connection| {
            let mut rows = connection.prepare(sql)?;
            let rows = rows.query_map([anna.me()], |row| Ok((row.get(0)?, row.get(1)?)))?;
            Ok(rows.collect::<rusqlite::Result<Vec<(bool, bool)>>>()?)
        };
        device.inner().shared.file.read(read).expect("parcels")
    };
    for one in [&anna, &ben] {
        assert!(one.home.asks_to_take_back().expect("asks").is_empty());
        assert_eq!(taken_back(one), [(false, false), (true, true), (true, true)]);
    }
}

#[test]
fn after_an_end_its_appointments_are_no_more_reminded_of() {
    let (anna, ben) = two();
    let reminders = anna.home.reminders();
    let appointment = |relationship| NewAppointment {
        date: LocalDate::from_ymd_opt(2026, 5, 5).expect("a day"),
        time: LocalTime::from_hms_opt(10, 0, 0).expect("a time"),
        zone: None,
        minutes: None,
        relationship,
        every_weeks: Some(1),
        last_date: None,
    };
    reminders.add_appointment(appointment(Some(anna.relationship))).expect("kept");
    let rule = ReminderRule::BeforeAppointment { hours: 2, relationship: Some(anna.relationship) };
    reminders.add(NewReminder { rule, text: None }).expect("kept");
    let due = |count| reminders.next_due(anna.world.now(), count).expect("due").len();
    assert_eq!(due(3), 3);
    ben.home.end(ben.relationship).expect("ended");
    exchange(&anna, &ben);
    assert_eq!(due(3), 0);
    assert!(reminders.next_appointments(anna.world.now(), 3, None).expect("none").is_empty());
    // What was stays, and what is with nobody else goes on.
    assert_eq!(reminders.appointments().expect("appointments").len(), 1);
    let after = Berlin.with_ymd_and_hms(2026, 5, 6, 0, 0, 0).single().expect("a time").to_utc();
    assert!(reminders.last_appointment(after + TimeDelta::days(1), None).expect("one").is_some());
    reminders.add_appointment(appointment(None)).expect("kept");
    assert_eq!(reminders.next_appointments(anna.world.now(), 3, None).expect("three").len(), 3);
}

#[test]
fn nothing_of_the_plan_is_taken_in_after_an_end_whatever_a_peer_says() {
    let (anna, ben) = two();
    anna.plan().propose_goal(goal("Sleep", "")).expect("proposed");
    exchange(&anna, &ben);
    ben.plan().propose_goal(goal("Sent late", "")).expect("proposed");
    let before = anna.tables();
    // Past the protocol, as though a session had not heard of the end in time.
    let changes = crate::exchange::Replica::missing(&mut ben.desk(&anna), &[]).expect("changes");
    let built: Vec<_> =
        changes.iter().map(|change| crate::exchange::roundtrip(change).expect("built")).collect();
    let heads = crate::exchange::Replica::signed_heads(
        &mut ben.desk(&anna),
        &crate::exchange::Replica::positions(&ben.desk(&anna)).expect("positions"),
    );
    anna.home.end(anna.relationship).expect("ended");
    let taken = crate::exchange::Replica::accept(&mut anna.desk(&ben), built, &heads.expect("heads"));
    assert_eq!(taken.err(), Some(Error::NotShared));
    assert_eq!(anna.tables(), before);
    // And the plan is whole in memory as on the disk.
    anna.reopen_checked();
    assert_eq!(anna.tables(), before);
    talk(&anna, &ben, usize::MAX).expect("an exchange");
    assert_eq!(anna.tables(), before);
}
