//! Attachments, reminders and appointments as scripts and people use them: the real program.
#![allow(clippy::unwrap_used)] // a test fails by unwrapping

mod program;

use std::fs;

use program::Home;
use serde_json::Value;

#[test]
fn a_photo_goes_in_with_an_entry_and_comes_out_the_same() {
    let home = Home::of("client", "Mira");
    let path = |name: &str| home.path().join(name).to_str().unwrap().to_owned();
    let photo: Vec<u8> = (0..700_000_u32).map(|place| (place % 251) as u8).collect();
    fs::write(path("sea.jpg"), &photo).unwrap();
    fs::write(path("note.txt"), "hello").unwrap();
    let entry = home.json(&["write", "At the sea", "--attach", &path("sea.jpg")]);
    assert_eq!(entry["attachments"][0]["media_type"], "image/jpeg");
    home.run(&["attach", "1", &path("note.txt"), &path("note.txt")]).ok();
    let listed = home.json(&["attachments", "1"]);
    let names: Vec<_> = listed.as_array().unwrap().iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["sea.jpg", "note.txt", "note.txt"]);
    assert_eq!(listed[0]["bytes"], 700_000);

    fs::create_dir(path("out")).unwrap();
    let asked = home.run(&["attachment", "save", "1", "all", "--to", &path("out")]);
    assert_eq!(asked.code, 2, "anyone can read what is saved, so it asks first");
    assert_eq!(fs::read_dir(path("out")).unwrap().count(), 0);
    home.run(&["--yes", "attachment", "save", "1", "all", "--to", &path("out")]).ok();
    assert!(fs::read(path("out/sea.jpg")).unwrap() == photo);
    assert!(fs::read(path("out/note 2.txt")).unwrap() == b"hello");
    fs::write(path("out/sea.jpg"), "somebody's").unwrap();
    assert_eq!(home.run(&["--yes", "attachment", "save", "1", "1", "--to", &path("out")]).code, 1);
    assert!(fs::read(path("out/sea.jpg")).unwrap() == b"somebody's");

    home.run(&["--yes", "detach", "1", "sea.jpg"]).ok();
    assert_eq!(home.json(&["attachments", "1"]).as_array().unwrap().len(), 2);
    assert_eq!(home.run(&["--yes", "detach", "1", "7"]).code, 3);
    assert_eq!(home.run(&["attach", "1", &path("nowhere.jpg")]).code, 3);
}

#[test]
fn rules_and_appointments_are_kept_and_the_next_times_follow() {
    let home = Home::of("client", "Mira");
    home.run(&["reminder", "add", "--daily", "20:30"]).ok();
    home.run(&["reminder", "add", "--weekdays", "mon,wed", "--at", "07:05", "--text", "look-back"]).ok();
    let after = home.json(&["reminder", "add", "--after-appointment", "2d", "--at", "18:00"]);
    assert_eq!(after["rule"]["rule"], "after-appointment");
    for wrong in [
        &["reminder", "add", "--weekdays", "mon"][..],
        &["reminder", "add", "--daily", "25:00"],
        &["reminder", "add", "--once", "2020-06-01 18:00"],
        &["reminder", "add", "--daily", "20:30", "--once", "2030-01-01 10:00"],
        &["reminder", "add"],
    ] {
        assert_eq!(home.run(wrong).code, 2, "{wrong:?}");
    }
    // Far enough ahead that the rhythm has not begun.
    home.run(&["appointment", "weekly", "2101-01-04 17:00", "--every", "2", "--zone", "Europe/Berlin"]).ok();
    home.run(&["appointment", "move", "1", "2101-01-18", "--to", "2101-01-20 09:30"]).ok();
    home.run(&["appointment", "cancel", "1", "2101-02-01"]).ok();
    assert_eq!(home.run(&["appointment", "cancel", "1", "2101-01-11"]).code, 3, "not its week");
    let listed = home.json(&["appointment", "list", "--next", "3"]);
    let planned: Vec<&str> =
        listed["next"].as_array().unwrap().iter().map(|one| one["planned"].as_str().unwrap()).collect();
    assert_eq!(planned, ["2101-01-04", "2101-01-18", "2101-02-15"]);
    assert_eq!(listed["last"], Value::Null);
    assert_eq!(listed["next"][1]["begins"]["at"], "2101-01-20T08:30:00Z");

    assert_eq!(home.json(&["reminder", "next", "4"])["due"].as_array().unwrap().len(), 4);
    home.run(&["reminder", "pause", "1"]).ok();
    home.run(&["reminder", "remove", "2"]).ok();
    let due = home.json(&["reminder", "next", "1"]);
    assert_eq!(due["due"][0]["at"]["at"].as_str().map(|at| &at[..10]), Some("2101-01-06"));
    assert_eq!(home.json(&["reminder", "list"])["reminders"].as_array().unwrap().len(), 2);
    let german = home.run(&["--lang", "de", "appointment", "list"]).ok();
    assert!(german.out.contains("alle 2 Wochen am Dienstag"), "{}", german.out);
    home.run(&["--yes", "appointment", "remove", "1"]).ok();
    assert!(home.json(&["appointment", "list"])["appointments"].as_array().unwrap().is_empty());
}

#[test]
fn what_to_bring_is_what_was_marked_since_the_last_appointment() {
    let home = Home::of("client", "Mira");
    let bring = |more: &[&str]| home.run(&[&["look-back", "to-bring"], more].concat()).ok().out;
    assert!(!bring(&[]).contains("appointment"), "there was none yet");
    home.run(&["appointment", "weekly", "2026-01-06 17:00", "--until", "2026-01-20"]).ok();
    assert!(bring(&[]).contains("since the appointment of 20 January 2026, 17:00"));
    assert!(!bring(&["--all"]).contains("appointment"));
    assert_eq!(home.run(&["look-back", "to-bring", "--all", "--since", "2026-01-01"]).code, 2);
}
