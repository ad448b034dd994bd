//! Entries with all that they can hold, their versions and drafts, templates and coping tools: the real program.
#![allow(clippy::unwrap_used)] // a test fails by unwrapping

mod program;

use std::fs;

use program::Home;
use serde_json::json;

#[test]
fn an_entry_can_hold_all_of_it_and_show_prints_it() {
    let home = Home::of("client", "Mira");
    let written = home.json(&[
        "write",
        "Said no, kindly.",
        "--kind",
        "small-win",
        "--mood",
        "4",
        "--feel",
        "proud:7",
        "--feel",
        "tired",
        "--bring",
        "--date",
        "2026-05-03 21:00",
        "--goal",
        "00112233445566778899aabbccddeeff",
    ]);
    assert_eq!(written["kind"], "small-win");
    assert_eq!(
        written["emotions"],
        json!([{"name": "proud", "intensity": 7}, {"name": "tired", "intensity": null}])
    );
    assert_eq!(written["links"], json!([{"goal": "00112233445566778899aabbccddeeff"}]));
    let shown = home.run(&["show", "1"]).ok().out;
    for piece in ["3 May 2026, 21:00", "Small win", "Mood 4 of 5", "proud 7", "tired", "to bring", "Said no"]
    {
        assert!(shown.contains(piece), "{piece}: {shown}");
    }
    let changed = home.json(&["edit", "1", "--mood", "0", "--feel", "proud:9", "--unlink", "--leave"]);
    assert_eq!(changed["mood"], json!(null));
    assert_eq!(changed["emotions"][0]["intensity"], 9);
    assert_eq!(changed["emotions"][1]["name"], "tired");
    assert_eq!(changed["links"], json!([]));
    assert_eq!(changed["to_bring_at"], json!(null));
    for wrong in [["--mood", "6"], ["--kind", "poem"], ["--date", "soon"], ["--feel", "sad:11"]] {
        assert_eq!(home.run(&[&["write", "x"], &wrong[..]].concat()).code, 2, "{wrong:?}");
    }
    assert_eq!(home.run(&["write", "x", "--goal", "7"]).code, 3, "nobody to have goals with");
}

#[test]
fn former_versions_are_listed_shown_with_what_differs_and_brought_back() {
    let home = Home::of("client", "Mira");
    home.run(&["write", "Slept six hours.", "--mood", "3"]).ok();
    assert!(home.run(&["versions", "1"]).ok().out.contains("never changed"));
    home.run(&["edit", "1", "--text", "Slept five hours.", "--mood", "2"]).ok();
    home.run(&["edit", "1", "--text", "Overwritten by mistake."]).ok();
    let list = home.json(&["versions", "1"]);
    assert_eq!(list["versions"].as_array().unwrap().len(), 2);
    assert_eq!(list["versions"][1]["opening"], "Slept six hours.");
    home.run(&["edit", "1", "--text", "Slept five hours."]).ok();
    let shown = home.run(&["versions", "1", "--show", "3"]).ok().out;
    assert!(shown.contains("Different now: text, mood"), "{shown}");
    assert!(shown.contains("Slept [-six-]{+five+} hours."), "{shown}");
    assert_eq!(home.json(&["versions", "1", "--show", "3"])["difference"]["text"][1]["kind"], "removed");
    assert_eq!(home.run(&["versions", "1", "--show", "9"]).code, 3);
    assert_eq!(home.run(&["versions", "1", "--bring-back", "3"]).code, 2, "a script says --yes");
    let back = home.json(&["versions", "1", "--bring-back", "3", "--yes"]);
    assert_eq!((&back["text"], &back["mood"]), (&json!("Slept six hours."), &json!(3)));
    assert_eq!(home.json(&["versions", "1"])["versions"].as_array().unwrap().len(), 4);
}

/// An editor that is a script of its own.
#[cfg(unix)]
fn editor(home: &Home, script: &str) -> String {
    use std::os::unix::fs::PermissionsExt;
    let path = home.path().join("editor.sh");
    fs::write(&path, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).unwrap();
    path.to_string_lossy().into_owned()
}

#[cfg(unix)]
#[test]
fn what_was_saved_in_an_editor_that_fails_is_kept_as_a_draft() {
    let home = Home::of("client", "Mira");
    home.run(&["write", "Before."]).ok();
    let failing = editor(&home, "echo 'Half a sentence' > \"$1\"; sleep 1; exit 1");
    let ran = home.run_in(&["edit", "1"], "", &[("EDITOR", &failing)]);
    assert_eq!(ran.code, 10);
    assert!(ran.err.contains("kept as a draft"), "{}", ran.err);
    assert_eq!(home.json(&["show", "1"])["text"], "Before.");
    let drafts = home.json(&["drafts"]);
    assert_eq!(drafts["drafts"][0]["opening"], "Half a sentence");
    assert!(home.run(&["drafts"]).ok().out.contains("change to an entry"));
    assert!(home.run(&["drafts", "show", "1"]).ok().out.contains("Half a sentence"));

    let going_on = editor(&home, "printf 'Half a sentence, and the rest.' > \"$1\"");
    home.run_in(&["drafts", "write", "1"], "", &[("EDITOR", &going_on)]).ok();
    assert_eq!(home.json(&["show", "1"])["text"], "Half a sentence, and the rest.");
    assert_eq!(home.json(&["drafts"])["drafts"], json!([]));
    assert_eq!(home.run(&["drafts", "finish", "1"]).code, 3);
}

#[cfg(unix)]
#[test]
fn an_entry_that_changed_while_the_editor_was_open_is_not_overwritten() {
    let home = Home::of("client", "Mira");
    home.run(&["write", "Before."]).ok();
    home.run_in(&["edit", "1"], "", &[("EDITOR", &editor(&home, "echo Mine > \"$1\"; exit 1"))]);
    home.run(&["edit", "1", "--text", "Meanwhile."]).ok();
    assert_eq!(home.run(&["drafts", "finish", "1"]).code, 9);
    assert_eq!(home.json(&["show", "1"])["text"], "Meanwhile.");
    assert_eq!(home.json(&["drafts"])["drafts"][0]["opening"], "Mine");
    assert_eq!(home.run(&["drafts", "discard", "1"]).code, 2, "a script says --yes");
    home.run(&["drafts", "discard", "1", "--yes"]).ok();
    assert!(home.run(&["drafts"]).ok().out.contains("No drafts"));
}

#[test]
fn a_template_shows_its_questions_and_answers_stand_under_them() {
    let home = Home::of("client", "Mira");
    let list = home.json(&["template", "list"]);
    assert_eq!(list["templates"].as_array().unwrap().len(), 5);
    let german = home.run(&["--lang", "de", "template", "show", "thought-record"]).ok().out;
    assert!(german.contains("Gedankenprotokoll") && german.contains("Was ging dir durch den Kopf?"));
    let written = home.json(&[
        "write",
        "--template",
        "thought-record",
        "--answer",
        "thought=They do not like me.",
        "--answer",
        "belief=8",
    ]);
    assert_eq!(written["kind"], "thought-record");
    assert_eq!(
        written["answers"][1],
        json!({"template": "thought-record", "version": 1, "field": "belief", "value": "8"})
    );
    let shown = home.run(&["show", "1"]).ok().out;
    assert!(shown.contains("What went through your mind?\n  They do not like me."), "{shown}");
    let changed = home.json(&["edit", "1", "--template", "thought-record", "--answer", "belief=3"]);
    assert_eq!(changed["answers"].as_array().unwrap().len(), 2);
    assert_eq!(changed["answers"][1]["value"], "3");
    let answering = |answer| home.run(&["write", "--template", "thought-record", "--answer", answer]).code;
    assert_eq!((answering("belief=11"), answering("nowhere=x"), answering("no sign")), (1, 1, 2));
    assert_eq!(home.run(&["write", "--template", "nowhere", "x"]).code, 3);
    assert_eq!(home.json(&["journal"])["count"], 1);
}

#[test]
fn a_pack_is_checked_without_a_profile_and_a_broken_one_says_where() {
    let bare = Home::bare();
    let path = bare.path().join("mine.json");
    let pack = path.to_string_lossy().into_owned();
    let template = "{ \"id\": \"mine\", \"version\": 1, \"language\": \"en\", \"title\": \"Mine\",\n\
                    \"fields\": [\n{ \"id\": \"a\", \"question\": \"Secret?\", \"kind\": \"KIND\" } ],\n\
                    \"source\": \"me\", \"licence\": \"CC0-1.0\" }\n";
    fs::write(&path, template).unwrap();
    let ran = bare.run(&["template", "check", &pack]);
    assert_eq!(ran.code, 1);
    let place = ran.err.replace('\n', "");
    assert!(place.contains("mine.json:3:") && place.contains("expected one of"), "{place}");
    assert!(!place.contains("Secret") && !place.contains("KIND"));
    fs::write(&path, template.replace("KIND", "text")).unwrap();
    assert!(bare.run(&["template", "check", &pack]).ok().out.contains("One template"));
    assert_eq!(bare.run(&["template", "check", "nowhere.json"]).code, 3);

    let home = Home::of("client", "Mira");
    home.run(&["template", "add", &pack]).ok();
    let written = home.json(&["write", "--template", "mine", "--answer", "a=Yes"]);
    assert_eq!(written["kind"], "free");
    home.run(&["template", "remove", "mine"]).ok();
    assert_eq!(home.json(&["template", "list"])["templates"].as_array().unwrap().len(), 5);
    assert!(home.run(&["show", "1"]).ok().out.contains("Secret?"), "old answers keep their questions");
}

#[test]
fn what_helps_is_collected_used_and_put_away() {
    let home = Home::of("client", "Mira");
    assert!(home.run(&["tool", "list"]).ok().out.contains("Nothing yet"));
    home.run(&["tool", "add", "A walk", "round the lake", "--note", "Without the phone"]).ok();
    home.run(&["tool", "add", "Calling Sam"]).ok();
    home.run(&["write", "Went out."]).ok();
    home.run(&["tool", "use", "1", "--helped", "7", "--note", "In the rain", "--entry", "1"]).ok();
    home.run(&["tool", "use", "1", "--helped", "4", "--date", "2026-05-03 08:00"]).ok();
    home.run(&["tool", "use", "1"]).ok();
    let shown = home.json(&["tool", "show", "1"]);
    assert_eq!((&shown["tool"]["uses"], &shown["tool"]["rated"]), (&json!(3), &json!(2)));
    assert_eq!(shown["tool"]["helped"], 5.5);
    assert_eq!(shown["uses"][2]["helped"], 4, "the one of May is the oldest");
    let shown = home.run(&["tool", "show", "1"]).ok().out;
    for piece in
        ["A walk round the lake", "Without the phone", "used 3 times", "helped 5.5 of 10", "In the rain"]
    {
        assert!(shown.contains(piece), "{piece}: {shown}");
    }
    assert!(home.run(&["--lang", "de", "tool", "list"]).ok().out.contains("half im Mittel 5,5 von 10"));
    home.run(&["tool", "edit", "2", "--name", "Calling Sam or Kim"]).ok();
    home.run(&["tool", "archive", "1"]).ok();
    assert_eq!(home.json(&["tool", "list"])["tools"][0]["name"], "Calling Sam or Kim");
    home.run(&["tool", "archive", "1", "--undo"]).ok();
    assert_eq!(home.json(&["tool", "list"])["tools"].as_array().unwrap().len(), 2);
    assert_eq!(home.run(&["tool", "use", "9"]).code, 3);
    assert_eq!(home.run(&["tool", "use", "1", "--helped", "11"]).code, 2);
}
