//! A device in the place of another one, as both people see it: paired again without any backup, brought back from one,
//! and taken back.
#![allow(clippy::unwrap_used)] // a test fails by unwrapping

mod program;

use program::{Home, Ran, level, mira_and_jonas, offer, pair, sync_once, ticket_of};

/// One `sync --once` at home, while the other's program waits.
fn meets(home: &Home, other: &Home, patience: &str) -> Ran {
    let waiting = other.start(&["sync", "--this-machine"]);
    let ran = home.run(&["sync", "--once", "--this-machine", "--patience", patience]);
    waiting.interrupt();
    assert_eq!(waiting.wait(), 0);
    ran
}

/// What a command prints, as one line, however it is wrapped.
fn told(home: &Home, args: &[&str]) -> String {
    in_one_line(&home.run(args).ok().out)
}

fn in_one_line(text: &str) -> String {
    // A long word that is cut at its hyphen is one word.
    text.split_whitespace().collect::<Vec<_>>().join(" ").replace("go- on-here", "go-on-here")
}

#[track_caller]
fn says(text: &str, words: &str) {
    assert!(text.contains(words), "“{words}” is missing in: {text}");
}

#[test]
fn who_lost_phone_and_backup_is_brought_back_and_both_read_what_that_means() {
    let (lost, jonas) = mira_and_jonas();
    lost.run(&["goal", "add", "Sleep", "well"]).ok();
    lost.run(&["goal", "agree", "1", "--yes"]).ok();
    level(&lost, &jonas);
    jonas.run(&["goal", "agree", "1", "--yes"]).ok();
    level(&lost, &jonas);
    let code = jonas.json(&["status"])["relationships"][0]["code"].clone();

    let mira = Home::of("client", "Mira");
    let mut offering = jonas.start(&["pair", "--again", "Mira", "--unverified", "--this-machine"]);
    offering.end_of_input();
    offering.line(|line| line.contains("brings Mira back who lost their device"));
    let back = mira.run(&["pair", &ticket_of(&offering), "--unverified", "--this-machine"]).ok();
    says(&in_one_line(&back.out), "You and Jonas Feld are paired again.");
    says(
        &in_one_line(&back.out),
        "as it was kept on the device of Jonas Feld; “common-ground sync” brings it.",
    );
    offering.line(|line| line.contains("Mira is back."));
    assert_eq!(offering.wait(), 0);

    // Hers: where it comes from, and that it is still to come. His: the same person, to be compared anew.
    let hers = told(&mira, &["status"]);
    says(&hers, "came back from the device of Jonas Feld, as it was kept there.");
    says(&hers, "Not level with each other yet");
    let his = jonas.json(&["status"]);
    assert_eq!(his["relationships"].as_array().unwrap().len(), 1);
    assert!(his["relationships"][0]["code"] != code && his["relationships"][0]["code_compared"] == false);
    level(&mira, &jonas);
    assert_eq!(mira.json(&["goal", "show", "1"])["standing"]["is"], "agreed");
    for home in [&mira, &jonas] {
        says(&told(home, &["status"]), "Level with each other on");
    }

    // Somebody finds the lost one, and hears no more than that it is not known.
    let found = meets(&lost, &jonas, "3");
    assert_eq!(found.code, 7);
    says(&in_one_line(&found.err), "Jonas Feld’s device answers, but does not know this one any more.");
    let no = lost.run(&["go-on-here", "--yes"]);
    assert_eq!(no.code, 1);
    says(&no.err, "goes on here already");
    assert_eq!(meets(&lost, &jonas, "3").code, 7);

    // Who is paired with others does not become somebody else by such a ticket.
    let ada = Home::of("client", "Ada");
    let kern = Home::of("therapist", "Dr. Kern");
    pair(&ada, &kern);
    let offering = jonas.start(&["pair", "--again", "Mira", "--unverified", "--this-machine"]);
    let refused = ada.run(&["pair", &ticket_of(&offering), "--unverified", "--this-machine"]);
    assert_eq!(refused.code, 8);
    says(&in_one_line(&refused.err), "you are paired with others here already");
    drop(offering);
    level(&mira, &jonas);
}

#[test]
fn a_profile_that_went_on_elsewhere_is_taken_back_and_all_three_homes_say_so() {
    let (here, jonas) = mira_and_jonas();
    here.run(&["goal", "add", "Sleep"]).ok();
    level(&here, &jonas);
    let in_home = |name: &str| here.path().join(name).to_str().unwrap().to_owned();
    let (page, file) = (in_home("page.txt"), in_home("mira.age"));
    here.run(&["recovery-kit", "--out", &page]).ok();
    here.run(&["backup", "make", &file]).ok();
    let elsewhere = Home::bare();
    elsewhere.run(&["backup", "restore", &file, "--words-file", &page]).ok();
    says(&told(&elsewhere, &["status"]), "Jonas Feld’s device does not know this one yet.");
    meets(&elsewhere, &jonas, "60").ok();
    assert!(!told(&elsewhere, &["status"]).contains("does not know this one"));
    says(&told(&jonas, &["status"]), "Mira has had a new device since");
    assert!(!told(&jonas, &["status"]).contains("new device"), "it is said once");

    // At home it turns out with the next exchange; what is here can be read and written, and stays here.
    here.run(&["goal", "add", "Walk"]).ok();
    let turned_away = meets(&here, &jonas, "60");
    assert_eq!(turned_away.code, 1);
    says(&in_one_line(&turned_away.err), "This profile goes on on another device.");
    let hers = told(&here, &["status"]);
    says(&hers, "This profile goes on on another device since");
    says(&hers, "To go on here instead: “common-ground go-on-here”.");
    assert_eq!(here.json(&["goals"])["goals"].as_array().unwrap().len(), 2);
    assert_eq!(jonas.json(&["goals"])["goals"].as_array().unwrap().len(), 1);

    // It is asked first, since the other device loses its place.
    assert_eq!(here.run(&["go-on-here"]).code, 2);
    says(&told(&here, &["go-on-here", "--yes"]), "The profile goes on here.");
    meets(&here, &jonas, "60").ok();
    assert!(!told(&here, &["status"]).contains("another device"));
    says(&told(&jonas, &["status"]), "Mira has had a new device since");
    assert_eq!(
        jonas.json(&["goals"])["goals"].as_array().unwrap().len(),
        2,
        "what was written meanwhile came along"
    );
    let turned_away = meets(&elsewhere, &jonas, "60");
    assert_eq!(turned_away.code, 1);
    says(&told(&elsewhere, &["status"]), "This profile goes on on another device since");
}

#[test]
fn an_end_that_the_other_has_not_heard_of_stands_in_the_way_of_pairing_until_both_sync() {
    for who_ended_offers in [true, false] {
        let (mira, jonas) = mira_and_jonas();
        jonas.run(&["end", "Mira", "--yes"]).ok();
        let (one, other) = if who_ended_offers { (&jonas, &mira) } else { (&mira, &jonas) };
        let (offering, ticket) = offer(one);
        let tried = other.run(&["pair", &ticket, "--unverified", "--this-machine"]);
        assert_eq!(offering.wait(), tried.code);
        // Both are online while they try to pair: the end may be heard before it stands in the way.
        if tried.code != 0 {
            assert_eq!(tried.code, 8);
            says(
                &in_one_line(&tried.err),
                "let “common-ground sync” run on both at the same time once, then pair again",
            );
            let has_heard = |ran: &Ran| ran.code == 0 || ran.err.contains("paused or over");
            let (here, there) = sync_once(one, other);
            assert!(has_heard(&here) && has_heard(&there), "{here:?} {there:?}");
            pair(&mira, &jonas);
        }
        assert_eq!(mira.json(&["relationships"]).as_array().unwrap().len(), 2);
    }
}
