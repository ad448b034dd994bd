//! What happened in a plan, what is new, taking back, private drafts of goals, and all plans at a glance.
#![allow(clippy::unwrap_used)] // a test fails by unwrapping

mod program;

use program::{Home, level, mira_and_jonas};
use serde_json::Value;

fn events(page: &Value) -> Vec<String> {
    let events = page["events"].as_array().unwrap();
    events.iter().map(|event| event["what"]["did"].as_str().unwrap().to_owned()).collect()
}

/// A text as one line, however it was wrapped.
fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn the_history_says_in_plain_words_who_changed_what_with_the_difference() {
    let (mira, jonas) = mira_and_jonas();
    level(&mira, &jonas);
    mira.run(&["goal", "add", "Sleep well", "--why", "For mornings."]).ok();
    mira.run(&["goal", "add", "Say no"]).ok();
    level(&mira, &jonas);
    jonas.run(&["goal", "edit", "1", "--why", "For quiet mornings."]).ok();
    jonas.run(&["goal", "hold", "1", "--why", "After the summer"]).ok();
    jonas.run(&["task", "add", "1", "Lights out", "--owner", "client"]).ok();
    level(&mira, &jonas);
    mira.run(&["task", "decline", "1", "--why", "Too early"]).ok();
    mira.run(&["goal", "pause", "2", "--why", "One at a time"]).ok();

    let told = in_one_line(&mira.run(&["plan", "history"]).ok().out);
    for sentence in [
        "You proposed a goal: Sleep well",
        "Jonas Feld reworded the why of “Sleep well”: For {+quiet",
        "Jonas Feld put “Sleep well” on hold: After the summer",
        "Jonas Feld put up a task (yours): Lights out",
        "You declined “Lights out”: Too early",
        "You let “Say no” rest for a while: One at a time",
    ] {
        assert!(told.contains(sentence), "{sentence} in {told}");
    }
    let german = in_one_line(&mira.run(&["plan", "history", "--lang", "de"]).ok().out);
    assert!(
        german.contains("Jonas Feld hat das Warum von „Sleep well“ umformuliert: For {+quiet"),
        "{german}"
    );
    assert!(german.contains("Du hast „Say no“ eine Weile ruhen lassen: One at a time"), "{german}");

    let of_one = mira.json(&["plan", "history", "--goal", "2"]);
    assert!(events(&of_one).iter().all(|did| did == "proposed" || did == "set"), "{of_one}");
    let first = mira.json(&["plan", "history", "--limit", "2"]);
    assert_eq!(events(&first).len(), 2);
    let next = mira.json(&["plan", "history", "--limit", "2", "--older", first["older"].as_str().unwrap()]);
    assert_ne!(first["events"][1]["cursor"], next["events"][0]["cursor"]);
    assert_eq!(first["events"][0]["at"]["can_be_right"], true);
}

#[test]
fn what_is_new_stays_new_until_one_says_that_one_has_looked() {
    let (mira, jonas) = mira_and_jonas();
    level(&mira, &jonas);
    mira.run(&["goal", "add", "Sleep"]).ok();
    level(&mira, &jonas);
    let news =
        |home: &Home| home.json(&["plan", "history", "--since-looked"])["news"].as_array().unwrap().len();
    assert_eq!((news(&mira), news(&jonas)), (0, 1));
    assert_eq!(news(&jonas), 1, "reading alone changes nothing");
    assert!(
        jonas.run(&["plan", "history", "--since-looked"]).ok().out.contains("Mira proposed a goal: Sleep")
    );
    let seen = jonas.json(&["plan", "history", "--since-looked"])["version"].clone();
    mira.run(&["goal", "rate", "1", "4", "--helped", "Walks"]).ok();
    level(&mira, &jonas);
    // What came after the screen was shown stays new.
    jonas.run(&["plan", "looked", "--shown", seen.as_str().unwrap()]).ok();
    assert_eq!(news(&jonas), 1);
    let told = in_one_line(&jonas.run(&["plan", "history", "--since-looked"]).ok().out);
    assert!(told.contains("Mira rated “Sleep” 4 of 10. Helped: Walks"), "{told}");
    jonas.run(&["plan", "looked"]).ok();
    assert_eq!(news(&jonas), 0);
}

#[test]
fn one_takes_back_what_one_did_last_and_the_words_of_the_other_stay() {
    let (mira, jonas) = mira_and_jonas();
    level(&mira, &jonas);
    mira.run(&["goal", "add", "Sleep", "--why", "Mornings."]).ok();
    level(&mira, &jonas);
    jonas.run(&["goal", "edit", "1", "--why", "Mornings. And evenings."]).ok();
    level(&mira, &jonas);
    mira.run(&["goal", "edit", "1", "--title", "Sleep well"]).ok();
    assert_eq!(mira.run(&["plan", "undo"]).code, 2, "it asks");
    let undone = mira.json(&["plan", "undo", "--yes"]);
    assert_eq!((&undone["events"][0]["what"]["did"], &undone["left"]), (&"set".into(), &0.into()));
    let goal = mira.json(&["goal", "show", "1"]);
    assert_eq!((&goal["title"], &goal["why"]), (&"Sleep".into(), &"Mornings. And evenings.".into()));
    level(&mira, &jonas);
    assert_eq!(jonas.json(&["goal", "show", "1"])["title"], "Sleep");
}

#[test]
fn the_plan_is_shown_as_it_was_on_the_evening_of_a_day() {
    let (mira, _jonas) = mira_and_jonas();
    mira.run(&["goal", "add", "Sleep", "--why", "Mornings."]).ok();
    mira.run(&["goal", "rate", "1", "4"]).ok();
    assert!(mira.run(&["plan", "on", "2020-01-31"]).ok().out.contains("There were no goals"));
    let day = mira.json(&["goal", "show", "1"])["ratings"][0]["at"]["at"].as_str().unwrap()[..10].to_owned();
    // A day later, so that midnight between the two commands does no harm.
    let later: chrono::NaiveDate = day.parse().unwrap();
    let later = later.succ_opt().unwrap().to_string();
    let past = mira.json(&["plan", "on", &later]);
    let goal = &past["goals"][0];
    assert_eq!(
        (&goal["title"], &goal["why"], &goal["agreed"]),
        (&"Sleep".into(), &"Mornings.".into(), &false.into())
    );
    assert_eq!(goal["ratings"][0]["value"], 4);
    let told = mira.run(&["plan", "on", &later]).ok().out;
    assert!(
        told.contains("The plan as it was on the evening of") && told.contains("Why: Mornings."),
        "{told}"
    );
}
