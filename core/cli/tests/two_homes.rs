//! Two homes on one machine, each driven by the real program: pairing, exchanging, and staying live.
#![allow(clippy::unwrap_used)] // a test fails by unwrapping

mod program;

use program::{Home, level, mira_and_jonas, offer, pair};
use serde_json::Value;

fn version(home: &Home) -> Value {
    home.json(&["goals"])["version"].clone()
}

#[test]
fn two_people_pair_by_a_ticket_and_the_code_stays_uncompared_until_verify() {
    let (mira, jonas) = mira_and_jonas();
    let (hers, his) = (mira.json(&["status"]), jonas.json(&["status"]));
    let (hers, his) = (&hers["relationships"][0], &his["relationships"][0]);
    assert_eq!(hers["other"]["display_name"], "Jonas Feld");
    assert_eq!(his["other"]["display_name"], "Mira");
    assert_eq!(hers["id"], his["id"]);
    assert_eq!(hers["code"], his["code"]);
    assert_eq!(hers["code_compared"], false);
    assert!(mira.run(&["status"]).ok().out.contains("common-ground verify"));

    // Not even --yes answers the code of words.
    let refused = mira.run(&["verify", "--yes"]);
    assert_eq!(refused.code, 2);
    assert_eq!(mira.json(&["status"])["relationships"][0]["code_compared"], false);
}

#[test]
fn the_code_of_words_is_never_answered_by_a_script() {
    let (mira, jonas) = (Home::of("client", "Mira"), Home::of("therapist", "Jonas"));
    let (offering, ticket) = offer(&mira);
    let refused = jonas.run(&["pair", &ticket, "--yes", "--this-machine"]);
    assert_eq!(refused.code, 2);
    // It stops before, where somebody has to read what is shared.
    assert!(!refused.out.contains("Compare these words"));
    assert_ne!(offering.wait(), 0);
    for home in [&mira, &jonas] {
        assert!(home.json(&["status"])["relationships"].as_array().unwrap().is_empty());
    }
}

#[test]
fn a_ticket_is_for_the_other_role_and_for_one_use() {
    let (mira, ada) = (Home::of("client", "Mira"), Home::of("client", "Ada"));
    let jonas = Home::of("therapist", "Jonas");
    let (offering, ticket) = offer(&mira);
    let refused = ada.run(&["pair", &ticket, "--unverified", "--this-machine"]);
    assert_eq!(refused.code, 8);
    assert!(refused.err.contains("same role"));
    drop(offering);
    let late = jonas.run(&["pair", &ticket, "--unverified", "--this-machine"]);
    assert!(late.code == 7 || late.code == 8, "{}", late.err);
}

#[test]
fn what_both_write_apart_is_one_plan_after_sync_once() {
    let (mira, jonas) = mira_and_jonas();
    let goal =
        mira.json(&["goal", "add", "Sleep", "well", "--why", "Mornings.", "--success", "Six of seven"]);
    level(&mira, &jonas);
    assert_eq!(jonas.json(&["goals"])["goals"][0]["title"], "Sleep well");

    // Apart: the same text, a goal, a rating each, and a task offered.
    mira.run(&["goal", "edit", "1", "--why", "Mornings. And evenings."]).ok();
    jonas.run(&["goal", "edit", "1", "--why", "Together: Mornings."]).ok();
    mira.run(&["goal", "add", "Say no"]).ok();
    jonas.run(&["goal", "add", "Ride the tram"]).ok();
    mira.run(&["goal", "rate", "1", "4", "--helped", "walks"]).ok();
    jonas.run(&["goal", "rate", "1", "5"]).ok();
    jonas.run(&["task", "add", "1", "Lights out at eleven", "--owner", "client", "--due", "2030-01-31"]).ok();

    let (hers, _) = level(&mira, &jonas);
    let report: Value = serde_json::from_str(&hers.out).unwrap();
    assert_eq!(report["exchanges"][0]["report"]["in_step"], true);
    assert!(report["exchanges"][0]["report"]["received"].as_u64().unwrap() >= 4);
    assert_eq!(version(&mira), version(&jonas));

    let shown = mira.json(&["goal", "show", goal["id"].as_str().unwrap()]);
    assert_eq!(shown["why"], "Together: Mornings. And evenings.");
    assert_eq!(shown["ratings"].as_array().unwrap().len(), 2);
    assert_eq!(mira.json(&["goals"])["goals"].as_array().unwrap().len(), 3);

    let task = mira.json(&["tasks"])["tasks"][0].clone();
    assert_eq!((&task["state"], &task["due"]), (&Value::from("offered"), &Value::from("2030-01-31")));
    mira.run(&["task", "accept", "1"]).ok();
    mira.run(&["task", "done", "1", "--partly", "--note", "half past"]).ok();
    level(&mira, &jonas);
    let task = jonas.json(&["tasks"])["tasks"][0].clone();
    assert_eq!(
        (&task["state"], &task["log"][0]["outcome"]),
        (&Value::from("accepted"), &Value::from("partly"))
    );
    assert!(jonas.run(&["goal", "show", "1"]).ok().out.contains("Lights out at eleven"));
}

#[test]
fn an_agreement_is_sealed_and_an_edit_by_the_other_reopens_it() {
    let (mira, jonas) = mira_and_jonas();
    mira.run(&["goal", "add", "Sleep well", "--why", "Mornings."]).ok();
    assert_eq!(mira.run(&["goal", "agree", "1"]).code, 2, "a signature is asked for");
    mira.run(&["goal", "agree", "1", "--yes"]).ok();
    level(&mira, &jonas);
    let both = jonas.json(&["goal", "agree", "1", "--yes"]);
    assert_eq!(both["standing"]["is"], "agreed");
    level(&mira, &jonas);
    assert_eq!(mira.json(&["goal", "show", "1"])["standing"]["is"], "agreed");

    jonas.run(&["goal", "edit", "1", "--why", "Mornings and evenings."]).ok();
    level(&mira, &jonas);
    let shown = mira.json(&["goal", "show", "1"]);
    assert_eq!(shown["standing"]["is"], "changed_since_agreed");
    assert_eq!(shown["sealed"]["why"], "Mornings.");
    let told = mira.run(&["goal", "show", "1"]).ok().out;
    assert!(told.contains("changed since you agreed") && told.contains("{+"), "{told}");

    // Signing a wording that is no longer the one shown does not come about.
    let stale = mira.run(&["goal", "agree", "1", "--yes", "--shown", both["digest"].as_str().unwrap()]);
    assert_eq!(stale.code, 9);
}

#[test]
fn an_edit_at_one_prompt_appears_at_the_other() {
    let (mira, jonas) = mira_and_jonas();
    let mut hers = mira.start(&["sync", "--this-machine"]);
    let mut his = jonas.start(&["sync", "--this-machine"]);
    hers.line(|line| line.contains("have the same plan"));
    his.line(|line| line.contains("have the same plan"));

    hers.type_line("goal add \"Sleep well\" --why Mornings");
    his.line(|line| line.contains("Mira proposed a goal: Sleep well"));
    his.type_line("goal rate 1 5");
    hers.line(|line| line.contains("Jonas Feld rated “Sleep well” 5 of 10"));
    his.type_line("task add 1 \"Lights out\" --owner client");
    hers.line(|line| line.contains("Jonas Feld put up a task (yours): Lights out"));
    hers.type_line("task accept 1");
    his.line(|line| line.contains("Mira took on “Lights out”"));

    // The journal works at the prompt too, and a second process is told why not.
    hers.type_line("write \"only mine\"");
    hers.line(|line| line.starts_with("Saved"));
    assert_eq!(mira.run(&["journal"]).code, 4);

    // A mistake at the prompt ends nothing.
    his.type_line("goal show 9");
    his.type_line("goal edit 1 --why \"Mornings and evenings\"");
    hers.line(|line| line.contains("and evenings+}"));

    hers.type_line("quit");
    assert_eq!(hers.wait(), 0);
    his.line(|line| line.contains("Mira is away"));
    his.interrupt();
    assert_eq!(his.wait(), 0, "Ctrl-C is an orderly end");
    assert_eq!(version(&mira), version(&jonas));
    assert_eq!(mira.json(&["journal"])["count"], 1);
}

#[test]
fn a_script_at_the_prompt_may_write_an_entry_of_many_lines() {
    let (mira, _jonas) = mira_and_jonas();
    let mut hers = mira.start(&["sync", "--this-machine"]);
    hers.type_line("write --title Garlic");
    hers.type_line("Eight rows before the cold.");
    hers.type_line("quit is not a command in here");
    hers.end_of_input();
    hers.line(|line| line.starts_with("Saved"));
    hers.interrupt();
    assert_eq!(hers.wait(), 0);
    let text = mira.json(&["show", "1"])["text"].clone();
    assert_eq!(text, "Eight rows before the cold.\nquit is not a command in here");
}

#[test]
fn who_left_and_comes_back_gets_what_was_missed() {
    let (mira, jonas) = mira_and_jonas();
    let his = jonas.start(&["sync", "--this-machine"]);
    mira.run(&["goal", "add", "First"]).ok();
    mira.run(&["sync", "--once", "--this-machine", "--patience", "60"]).ok();
    his.line(|line| line.contains("Mira proposed a goal: First"));
    mira.run(&["goal", "add", "Second"]).ok();
    mira.run(&["sync", "--once", "--this-machine", "--patience", "60"]).ok();
    his.line(|line| line.contains("Mira proposed a goal: Second"));
    his.interrupt();
    assert_eq!(his.wait(), 0);
    assert_eq!(version(&mira), version(&jonas));
}

#[test]
fn nobody_there_is_told_in_time_and_local_work_goes_on() {
    let (mira, _jonas) = mira_and_jonas();
    mira.run(&["goal", "add", "Sleep"]).ok();
    let alone = mira.run(&["sync", "--once", "--this-machine", "--patience", "1"]);
    assert_eq!(alone.code, 7);
    assert!(alone.err.contains("out of reach"));
    assert!(mira.json(&["status"])["relationships"][0]["waiting_to_go"].as_u64().unwrap() > 0);
}

#[test]
fn a_therapist_with_two_clients_says_whose_plan_is_meant() {
    let (mira, jonas) = mira_and_jonas();
    let ada = Home::of("client", "Ada");
    pair(&ada, &jonas);
    let unclear = jonas.run(&["goal", "add", "Sleep"]);
    assert_eq!(unclear.code, 2);
    assert!(unclear.err.contains("1 Mira, 2 Ada"));
    jonas.run(&["goal", "add", "Sleep", "--with", "ada"]).ok();
    jonas.run(&["goal", "add", "Rest", "--with", "1"]).ok();
    assert_eq!(jonas.run(&["goals", "--with", "Bert"]).code, 3);

    // One sync meets both.
    std::thread::scope(|scope| {
        for client in [&mira, &ada] {
            scope.spawn(|| client.run(&["sync", "--once", "--this-machine", "--patience", "60"]).ok());
        }
        jonas.run(&["sync", "--once", "--this-machine", "--patience", "60"]).ok();
    });
    assert_eq!(ada.json(&["goals"])["goals"][0]["title"], "Sleep");
    assert_eq!(mira.json(&["goals"])["goals"][0]["title"], "Rest");
}

#[test]
fn the_demo_shows_that_all_of_it_is_so_in_both_languages() {
    for (language, end) in [("en", "All of it is so."), ("de", "Es stimmt alles.")] {
        let shown = Home::bare().run(&["demo", "--lang", language]).ok();
        assert!(shown.out.contains(end) && !shown.out.contains('✗'), "{}", shown.out);
        assert!(shown.out.matches('✓').count() >= 20);
    }
}
