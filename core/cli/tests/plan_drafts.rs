//! Goals that one alone sees until one proposes them, and all plans at a glance.
#![allow(clippy::unwrap_used)] // a test fails by unwrapping

mod program;

use program::{Home, level, mira_and_jonas, pair};
use serde_json::Value;

#[test]
fn a_goal_begins_as_a_draft_that_one_alone_sees_also_before_any_pairing() {
    let mira = Home::of("client", "Mira");
    let draft =
        mira.json(&["goal", "draft", "add", "Say no", "--why", "I am tired.", "--by-when", "2030-01-31"]);
    assert_eq!(
        (&draft["content"]["title"], &draft["content"]["why"]),
        (&"Say no".into(), &"I am tired.".into())
    );
    let changed =
        mira.json(&["goal", "draft", "edit", "1", "--title", "Say no, kindly", "--by-when", "none"]);
    assert_eq!((&changed["id"], &changed["content"]["by_when"]), (&draft["id"], &Value::Null));
    assert_eq!(changed["content"]["why"], "I am tired.");
    mira.run(&["goal", "draft", "add", "Another"]).ok();
    let told = mira.run(&["goal", "draft", "show", draft["id"].as_str().unwrap()]).ok().out;
    assert!(told.contains("Say no, kindly") && told.contains("I am tired."), "{told}");
    assert_eq!(mira.run(&["goal", "draft", "propose", "1"]).code, 3, "there is nobody yet");

    let jonas = Home::of("therapist", "Jonas Feld");
    pair(&mira, &jonas);
    level(&mira, &jonas);
    let proposed = mira.json(&["goal", "draft", "propose", draft["id"].as_str().unwrap()]);
    assert_eq!((&proposed["id"], &proposed["title"]), (&draft["id"], &"Say no, kindly".into()));
    let left = mira.json(&["goal", "draft", "list"]);
    assert_eq!(left["drafts"].as_array().unwrap().len(), 1);
    level(&mira, &jonas);
    let goals = jonas.json(&["goals"])["goals"].clone();
    assert_eq!((goals.as_array().unwrap().len(), &goals[0]["title"]), (1, &"Say no, kindly".into()));

    assert_eq!(mira.run(&["goal", "draft", "discard", "1"]).code, 2, "it asks");
    mira.run(&["goal", "draft", "discard", "1", "--yes"]).ok();
    assert!(mira.run(&["goal", "draft", "list"]).ok().out.contains("No drafts of goals"));
    assert_eq!(mira.run(&["goal", "draft", "show", "1"]).code, 3);
}

#[test]
fn a_therapist_sees_at_a_glance_what_is_new_due_and_waiting_in_every_plan() {
    let (mira, jonas) = mira_and_jonas();
    mira.run(&["goal", "add", "Sleep"]).ok();
    mira.run(&["goal", "agree", "1", "--yes"]).ok();
    mira.run(&["task", "add", "1", "Send the exercise", "--owner", "therapist"]).ok();
    level(&mira, &jonas);
    let ada = Home::of("client", "Ada");
    pair(&ada, &jonas);
    let plans = jonas.json(&["overview"])["plans"].clone();
    let of = |name: &str| plans.as_array().unwrap().iter().find(|plan| plan["name"] == name).unwrap().clone();
    let hers = of("Mira");
    assert_eq!(
        (&hers["goals"], &hers["offers_to_me"], &hers["wordings_to_me"]),
        (&1.into(), &1.into(), &1.into())
    );
    assert_eq!((&of("Ada")["goals"], &of("Ada")["offers_to_me"]), (&0.into(), &0.into()));
    let told = jonas.run(&["overview"]).ok().out;
    assert!(told.contains("one task waits for your answer") && told.contains("Nothing waits."), "{told}");
    let german = jonas.run(&["overview", "--lang", "de"]).ok().out;
    let german = german.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(german.contains("ein Wortlaut wartet auf deine Unterschrift"), "{german}");
}
