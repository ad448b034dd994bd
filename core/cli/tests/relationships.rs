//! With whom one is: what both read, names, pausing and the end, as a script sees it.
#![allow(clippy::unwrap_used)] // a test fails by unwrapping

mod program;

use program::{level, mira_and_jonas, pair};

#[test]
fn what_was_not_read_at_pairing_is_asked_for_until_it_is_and_the_other_learns_of_it() {
    let (mira, jonas) = mira_and_jonas();
    let told = mira.run(&["status"]).ok().out;
    assert!(told.contains("common-ground terms"), "{told}");
    let shown = mira.run(&["terms"]);
    assert_eq!(shown.code, 2, "only the person can say so");
    assert!(shown.out.contains("Your journal is never shared"), "{}", shown.out);
    assert!(jonas.run(&["terms"]).out.contains("Your duties stay yours"));
    mira.run(&["terms", "--i-have-read-it"]).ok();
    assert!(!mira.run(&["status"]).ok().out.contains("common-ground terms"));
    level(&mira, &jonas);
    assert_eq!(jonas.json(&["relationships"])[0]["terms"]["other"]["version"], 1);
}

#[test]
fn a_name_given_here_is_used_here_and_a_pause_keeps_the_other_out() {
    let (mira, jonas) = mira_and_jonas();
    mira.run(&["rename", "Jonas", "Dr. Feld"]).ok();
    assert!(mira.run(&["relationships"]).ok().out.contains("calls themselves Jonas Feld"));
    mira.run(&["pause", "dr. feld"]).ok();
    assert_eq!(mira.run(&["sync", "--once", "--this-machine", "--patience", "1"]).code, 3);
    mira.run(&["goal", "add", "Sleep"]).ok();
    mira.run(&["resume", "1"]).ok();
    level(&mira, &jonas);
    assert_eq!(jonas.json(&["goals"])["goals"][0]["title"], "Sleep");
    mira.run(&["rename", "1"]).ok();
    assert_eq!(mira.json(&["relationships"])[0]["other"]["display_name"], "Jonas Feld");
}

#[test]
fn an_end_is_told_to_the_other_and_both_go_on_reading_the_plan_as_it_stood() {
    let (mira, jonas) = mira_and_jonas();
    mira.run(&["goal", "add", "Sleep"]).ok();
    level(&mira, &jonas);
    assert_eq!(jonas.run(&["end", "Mira"]).code, 2, "it is asked first");
    let ended = jonas.run(&["end", "Mira", "--yes"]).ok();
    assert!(ended.out.contains("What stays") && ended.out.contains("What ends"), "{}", ended.out);
    level(&mira, &jonas);
    for home in [&mira, &jonas] {
        assert!(home.json(&["relationships"])[0]["ended"]["at"].is_string());
        assert_eq!(home.run(&["goal", "add", "Late"]).code, 1);
        let goals = home.run(&["goals"]).ok();
        assert!(goals.out.contains("Sleep") && goals.err.contains("as it stood on"), "{}", goals.err);
        assert_eq!(home.run(&["sync", "--once", "--this-machine", "--patience", "1"]).code, 3);
    }
    // Pairing again makes another one, and it is the one that is meant.
    pair(&mira, &jonas);
    assert!(mira.json(&["goals"])["goals"].as_array().unwrap().is_empty());
    assert_eq!(jonas.json(&["relationships"]).as_array().unwrap().len(), 2);
    mira.run(&["goal", "add", "Anew"]).ok();
    level(&mira, &jonas);
    assert_eq!(jonas.json(&["goals"])["goals"][0]["title"], "Anew");
}
