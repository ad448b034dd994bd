//! What is kept, also while the journal is locked.

use std::sync::Mutex;

use super::*;
use crate::Error;
use crate::clock::RealWorld;
use crate::error::Thing;
use crate::home::tests::Vault;
use crate::home::{CommonGround, NewProfile, Observer};
use crate::relationship::Role;
use crate::store::scratch;

fn home(folder: &std::path::Path, vault: &Arc<Vault>) -> Arc<CommonGround> {
    let profile = NewProfile { role: Role::Client, display_name: "Anna".into() };
    CommonGround::create_in(folder, Arc::clone(vault) as _, &profile, Arc::new(RealWorld)).expect("a home")
}

fn appointment(date: &str, at: &str) -> NewAppointment {
    NewAppointment {
        date: day(date),
        time: time(at),
        zone: Some("Europe/Berlin".into()),
        minutes: Some(50),
        relationship: None,
        every_weeks: None,
        last_date: None,
    }
}

fn daily(at: &str) -> NewReminder {
    NewReminder { rule: ReminderRule::Daily { at: time(at) }, text: None }
}

#[test]
fn rules_and_times_are_there_after_a_restart_while_the_journal_is_locked() {
    let (folder, vault) = (scratch(), Arc::default());
    let ground = home(folder.path(), &vault);
    let reminders = ground.reminders();
    let rules = [
        ReminderRule::Daily { at: time("20:30") },
        ReminderRule::Weekdays {
            days: vec![Weekday::Friday, Weekday::Monday, Weekday::Friday],
            at: time("07:05"),
        },
        ReminderRule::Monthly { day: 31, at: time("09:00") },
        ReminderRule::AfterAppointment { days: 2, at: time("18:00"), relationship: None },
        ReminderRule::BeforeAppointment {
            hours: 24,
            relationship: Some(RelationshipId::from_bytes([3; 16])),
        },
        ReminderRule::Once { on: day("2026-06-01"), at: time("18:00") },
    ];
    let added: Vec<_> = rules
        .iter()
        .map(|rule| {
            let text = Some(ReminderText::TimeToLookBack);
            reminders.add(NewReminder { rule: rule.clone(), text }).unwrap()
        })
        .collect();
    let weekdays = ReminderRule::Weekdays { days: vec![Weekday::Monday, Weekday::Friday], at: time("07:05") };
    assert_eq!(added[1].rule, weekdays);
    let rhythm = NewAppointment { every_weeks: Some(1), ..appointment("2026-05-05", "18:00") };
    let rhythm = reminders.add_appointment(rhythm).unwrap();
    let to = MovedTo { date: day("2026-05-13"), time: time("09:15") };
    reminders.move_occurrence(rhythm.id, day("2026-05-12"), to).unwrap();
    reminders.cancel_occurrence(rhythm.id, day("2026-05-19")).unwrap();
    let appointments = reminders.appointments().unwrap();
    ground.shut();

    let ground = CommonGround::open_in(folder.path(), Arc::clone(&vault) as _, Arc::new(RealWorld)).unwrap();
    ground.lock();
    let reminders = ground.reminders();
    assert_eq!(reminders.all().unwrap(), added);
    assert_eq!(reminders.appointments().unwrap(), appointments);
    assert_eq!(appointments[0].exceptions.len(), 2);
    let next = reminders.next_appointments(at("2026-05-05T16:00:00Z"), 2, None).unwrap();
    assert_eq!(next[0].begins.at, at("2026-05-13T07:15:00Z"));
    assert_eq!(next[1].planned, day("2026-05-26"));
    assert_eq!(
        reminders.last_appointment(at("2026-05-20T00:00:00Z"), None).unwrap().as_ref(),
        Some(&next[0])
    );
    reminders.keep_as_planned(rhythm.id, day("2026-05-12")).unwrap();
    let last = reminders.last_appointment(at("2026-05-20T00:00:00Z"), None).unwrap().unwrap();
    assert_eq!(last.begins.at, at("2026-05-12T16:00:00Z"));
    assert!(!reminders.next_due(at("2026-05-01T00:00:00Z"), 50).unwrap().is_empty());
}

#[test]
fn the_next_times_are_those_of_all_rules_that_are_not_silent() {
    let (folder, vault) = (scratch(), Arc::default());
    let reminders = home(folder.path(), &vault).reminders();
    assert!(reminders.next_due(at("2026-05-01T00:00:00Z"), 5).unwrap().is_empty());
    let (morning, evening) = (reminders.add(daily("08:00")).unwrap(), reminders.add(daily("20:00")).unwrap());
    let due = reminders.next_due(at("2026-05-01T00:00:00Z"), 500).unwrap();
    assert_eq!(due.len(), 500);
    assert!(due.is_sorted_by_key(|due| due.at.at));
    assert_eq!(due.iter().filter(|due| due.reminder == morning.id).count(), 250);
    reminders.pause(evening.id, true).unwrap();
    let due = reminders.next_due(at("2026-05-01T00:00:00Z"), 4).unwrap();
    assert!(due.iter().all(|due| due.reminder == morning.id));
    reminders.pause(evening.id, false).unwrap();
    reminders.remove(morning.id).unwrap();
    let due = reminders.next_due(at("2026-05-01T00:00:00Z"), 4).unwrap();
    assert!(due.iter().all(|due| due.reminder == evening.id));
}

#[test]
fn apps_hear_when_to_set_their_reminders_again() {
    struct Ears(Mutex<u32>);
    impl Observer for Ears {
        fn on_change(&self, change: Change) -> Result<()> {
            assert_eq!(change, Change::Reminders);
            *self.0.lock().unwrap() += 1;
            Ok(())
        }
    }
    let (folder, vault) = (scratch(), Arc::default());
    let ground = home(folder.path(), &vault);
    let ears = Arc::new(Ears(Mutex::new(0)));
    let _subscription = ground.subscribe(ears.clone());
    let reminders = ground.reminders();
    let rule = reminders.add(daily("20:00")).unwrap();
    reminders.remove(rule.id).unwrap();
    assert_eq!(reminders.remove(rule.id), Err(Error::not_found(Thing::Reminder)));
    assert_eq!(*ears.0.lock().unwrap(), 2, "and not of what failed");
}

#[test]
fn what_cannot_be_kept_is_refused_by_its_field() {
    let (folder, vault) = (scratch(), Arc::default());
    let reminders = home(folder.path(), &vault).reminders();
    let field = |result: Option<Error>| match result {
        Some(Error::Invalid { field, .. }) => field,
        other => panic!("{other:?}"),
    };
    let rule = |rule| field(reminders.add(NewReminder { rule, text: None }).err());
    let noon = time("12:00");
    assert_eq!(rule(ReminderRule::Weekdays { days: Vec::new(), at: noon }), "days");
    assert_eq!(rule(ReminderRule::Monthly { day: 0, at: noon }), "day");
    assert_eq!(rule(ReminderRule::Monthly { day: 32, at: noon }), "day");
    assert_eq!(rule(ReminderRule::AfterAppointment { days: 61, at: noon, relationship: None }), "days");
    assert_eq!(rule(ReminderRule::BeforeAppointment { hours: 0, relationship: None }), "hours");
    assert_eq!(rule(ReminderRule::Once { on: day("1066-10-14"), at: noon }), "on");
    let add = |new| field(reminders.add_appointment(new).err());
    let good = appointment("2026-05-05", "18:00");
    assert_eq!(add(NewAppointment { zone: Some("Atlantis".into()), ..good.clone() }), "zone");
    assert_eq!(add(NewAppointment { minutes: Some(0), ..good.clone() }), "minutes");
    assert_eq!(add(NewAppointment { every_weeks: Some(53), ..good.clone() }), "every_weeks");
    assert_eq!(add(NewAppointment { last_date: Some(day("2026-05-04")), ..good.clone() }), "last_date");
    let unknown = NewAppointment { relationship: Some(RelationshipId::from_bytes([9; 16])), ..good.clone() };
    assert_eq!(reminders.add_appointment(unknown).err(), Some(Error::not_found(Thing::Relationship)));
    assert!(reminders.appointments().unwrap().is_empty());

    let kept = reminders.add_appointment(NewAppointment { every_weeks: Some(2), ..good }).unwrap();
    let never = Err(Error::not_found(Thing::Appointment));
    assert_eq!(reminders.cancel_occurrence(kept.id, day("2026-05-12")), never, "not its week");
    assert_eq!(reminders.cancel_occurrence(kept.id, day("2026-04-21")), never, "before it began");
    reminders.end_rhythm(kept.id, Some(day("2026-05-19"))).unwrap();
    assert_eq!(reminders.cancel_occurrence(kept.id, day("2026-06-02")), never, "after it ended");
    reminders.cancel_occurrence(kept.id, day("2026-05-19")).unwrap();
    assert_eq!(field(reminders.next_due(at("2026-05-01T00:00:00Z"), 0).err()), "count");
    reminders.remove_appointment(kept.id).unwrap();
    assert!(reminders.appointments().unwrap().is_empty());
    for _ in 0..100 {
        reminders.add(daily("20:00")).unwrap();
    }
    assert_eq!(field(reminders.add(daily("20:00")).err()), "reminder");
}

#[test]
fn a_thousand_appointments_are_looked_through_at_once() {
    let (folder, vault) = (scratch(), Arc::default());
    let reminders = home(folder.path(), &vault).reminders();
    for number in 0..400 {
        let date = day("2018-01-01") + chrono::Days::new(number * 7);
        reminders.add_appointment(NewAppointment { date, ..appointment("2018-01-01", "10:00") }).unwrap();
    }
    for _ in 0..20 {
        let rule = ReminderRule::AfterAppointment { days: 2, at: time("18:00"), relationship: None };
        reminders.add(NewReminder { rule, text: None }).unwrap();
    }
    let began = std::time::Instant::now();
    assert_eq!(reminders.next_due(at("2018-01-01T00:00:00Z"), 64).unwrap().len(), 64);
    assert!(began.elapsed() < std::time::Duration::from_secs(2), "{:?}", began.elapsed());
}
