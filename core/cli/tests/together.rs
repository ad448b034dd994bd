//! The plan by hand where no network serves, and over one table where one does, with the real program.
#![allow(clippy::unwrap_used)] // a test fails by unwrapping

mod program;

use program::{Home, level, mira_and_jonas};

fn version(home: &Home) -> serde_json::Value {
    home.json(&["goals"])["version"].clone()
}

#[test]
fn what_no_network_carries_is_carried_as_a_file_there_and_back() {
    let (mira, jonas) = mira_and_jonas();
    mira.run(&["goal", "add", "Sleep"]).ok();
    jonas.run(&["goal", "add", "Walk"]).ok();
    let (there, back) = (mira.path().join("for-jonas.age"), mira.path().join("for-mira.age"));
    let (there, back) = (there.to_str().unwrap(), back.to_str().unwrap());
    let out = mira.run(&["carry", "out", there, "--to", "Jonas"]).ok().out;
    assert!(out.contains("with one change of the plan") && out.contains("still waits to go"), "{out}");
    assert_eq!(mira.run(&["carry", "out", there]).code, 1, "it is not written over");

    let came = jonas.run(&["carry", "in", there]).ok().out;
    assert!(
        came.contains("one change of the plan came") && came.contains("Mira proposed a goal: Sleep"),
        "{came}"
    );
    assert!(jonas.run(&["carry", "in", there]).ok().out.contains("nothing new in the plan"));
    jonas.run(&["carry", "out", back]).ok();
    let report = mira.json(&["carry", "in", back]);
    assert_eq!((report["received"].as_u64(), report["in_step"].as_bool()), (Some(1), Some(true)));
    assert_eq!(version(&mira), version(&jonas));
    assert_eq!(mira.json(&["status"])["relationships"][0]["waiting_to_go"], 0);

    let wrong = mira.run(&["carry", "in", there]);
    assert_eq!(wrong.code, 5);
    assert!(wrong.err.contains("sealed to another device"), "{}", wrong.err);
    assert_eq!(mira.run(&["carry", "in", "nowhere.age"]).code, 3);
}

#[test]
fn at_one_table_a_typed_line_is_with_the_other_at_once_and_they_see_where_one_is() {
    let (mira, jonas) = mira_and_jonas();
    mira.run(&["goal", "add", "Sleep", "--why", "Mornings."]).ok();
    level(&mira, &jonas);
    let mut hers = mira.start(&["together", "--this-machine"]);
    let mut his = jonas.start(&["together", "mira", "--this-machine"]);
    hers.line(|line| line.contains("Jonas Feld sits here with you"));
    his.line(|line| line.contains("Mira sits here with you"));
    hers.type_line("goal 1");
    his.line(|line| line.contains("Mira is looking at “Sleep”"));
    hers.type_line("goal 1 why And the children.");
    his.line(|line| line.contains("And the children."));
    his.type_line("goal 1 why");
    hers.line(|line| line.contains("Jonas Feld is typing in the why of “Sleep”"));
    his.type_line("And the choir.");
    hers.line(|line| line.contains("And the choir."));
    his.type_line("");
    his.type_line("quit");
    hers.line(|line| line.contains("Jonas Feld is not connected") || line.contains("has not sat down"));
    hers.type_line("goal 1 why Alone.");
    hers.type_line("quit");
    assert_eq!((his.wait(), hers.wait()), (0, 0));
    let why = "Mornings.\nAnd the children.\nAnd the choir.";
    assert_eq!(mira.json(&["goal", "show", "1"])["why"], why);
    assert_eq!(jonas.json(&["goal", "show", "1"])["why"], why);
}
