//! Looking at a goal again: an interval, the day on which it was done, and what is due.

use super::*;
use crate::error::Problem;

fn day(text: &str) -> LocalDate {
    text.parse().expect("a day")
}

/// A client and a therapist with a goal of 3 May 2026, to be looked at again every four weeks.
fn two_who_review() -> (Device, Device, GoalId) {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    level(&anna, &ben);
    let set = ben.plan().set_review(id, ben.only_goal().version, Some(28)).expect("set");
    assert_eq!((set.review_every, set.summary.review_due), (Some(28), Some(day("2026-05-31"))));
    level(&anna, &ben);
    (anna, ben, id)
}

fn due(device: &Device, on: &str) -> Vec<LocalDate> {
    device.plan().due_reviews(day(on)).expect("due").iter().map(|review| review.since).collect()
}

#[test]
fn a_goal_is_due_so_many_days_after_it_was_proposed_and_then_after_it_was_looked_at() {
    let (anna, ben, id) = two_who_review();
    for device in [&anna, &ben] {
        assert!(due(device, "2026-05-30").is_empty());
        assert_eq!(due(device, "2026-05-31"), [day("2026-05-31")]);
        assert_eq!(due(device, "2027-01-01"), [day("2026-05-31")]);
    }
    let today = day("2026-06-02");
    let done = anna.plan().mark_reviewed(id, anna.only_goal().version, today).expect("noted");
    assert_eq!((done.reviewed, done.summary.review_due), (Some(today), Some(day("2026-06-30"))));
    level(&anna, &ben);
    assert!(due(&ben, "2026-06-29").is_empty());
    assert_eq!(due(&ben, "2026-06-30"), [day("2026-06-30")]);
    assert!(ben.plan().due_reviews(day("2026-07-01")).expect("due")[0].title == "Walk");
}

#[test]
fn the_one_that_waits_longest_comes_first() {
    let (anna, _, first) = two_who_review();
    let second = anna.plan().propose_goal(goal("Sleep", "")).expect("proposed");
    anna.plan().set_review(second.summary.id, second.version, Some(7)).expect("set");
    let goals: Vec<_> =
        anna.plan().due_reviews(day("2026-08-01")).expect("due").iter().map(|review| review.goal).collect();
    assert_eq!(goals, [second.summary.id, first]);
}

#[test]
fn without_an_interval_nothing_is_ever_due() {
    let (anna, _, id) = two_who_review();
    let off = anna.plan().set_review(id, anna.only_goal().version, None).expect("set");
    assert_eq!((off.review_every, off.summary.review_due), (None, None));
    assert!(due(&anna, "2030-01-01").is_empty());
}

#[test]
fn what_has_ended_or_is_put_away_is_not_looked_at_again() {
    let (anna, _, id) = two_who_review();
    let mark = |mark| {
        anna.plan().set_goal_state(id, anna.only_goal().version, mark, None).expect("marked");
        due(&anna, "2026-06-01").len()
    };
    assert_eq!([GoalMark::Reached, GoalMark::SetAside, GoalMark::Declined].map(mark), [0; 3]);
    assert_eq!([GoalMark::Paused, GoalMark::Maintained, GoalMark::Open].map(mark), [1; 3]);
    anna.plan().archive_goal(id).expect("put away");
    assert!(due(&anna, "2026-06-01").is_empty());
    anna.plan().unarchive_goal(id).expect("back");
    assert_eq!(due(&anna, "2026-06-01").len(), 1);
}

#[test]
fn days_at_the_ends_of_the_calendar_are_days_like_others() {
    let (anna, ben, id) = two_who_review();
    for bad in [0, 367, u16::MAX] {
        let refused = anna.plan().set_review(id, anna.only_goal().version, Some(bad));
        let problem = Problem::OutOfRange { from: 1, to: 366 };
        assert_eq!(refused.err(), Some(Error::invalid("every_days", problem)));
    }
    for bad in [LocalDate::MAX, LocalDate::MIN] {
        let refused = anna.plan().mark_reviewed(id, anna.only_goal().version, bad);
        assert!(matches!(refused, Err(Error::Invalid { .. })));
    }
    assert!(matches!(anna.plan().due_reviews(LocalDate::MAX), Err(Error::Invalid { .. })));
    assert_eq!(due(&anna, "9999-12-31").len(), 1);
    let last = anna.plan().mark_reviewed(id, anna.only_goal().version, day("9999-12-31")).expect("noted");
    assert_eq!(last.summary.review_due, None, "there is no day after it");
    assert!(due(&anna, "9999-12-31").is_empty());
    anna.plan().set_review(id, anna.only_goal().version, Some(366)).expect("set");
    level(&anna, &ben);
}
