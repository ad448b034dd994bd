//! Handing over a piece of the journal and taking it back, by two people who run the real program.
#![allow(clippy::unwrap_used)] // a test fails by unwrapping

mod program;

use program::{Home, level, mira_and_jonas};
use serde_json::Value;

/// The only excerpt in a list.
fn only(home: &Home, list: &str) -> Value {
    let all = home.json(&[list]);
    assert_eq!(all["excerpts"].as_array().unwrap().len(), 1, "{all}");
    all["excerpts"][0].clone()
}

/// Whether the file of a home holds these words anywhere that the program can be made to show.
fn shows(home: &Home, words: &str) -> bool {
    let lists = [&["handed-over"][..], &["received"], &["record"], &["status"]];
    lists
        .iter()
        .any(|list| home.run(list).ok().out.contains(words) || home.json(list).to_string().contains(words))
}

#[test]
fn a_piece_of_the_journal_goes_is_read_talked_about_and_taken_back() {
    let (mira, jonas) = mira_and_jonas();
    let text = "A walk by the sea.\nThen came the quarrel.\nGood again in the evening.";
    mira.run(&["write", text, "--title", "Summer", "--mood", "4", "--tag", "sea"]).ok();

    // Without a yes nothing goes, and what would go is shown.
    let asked = mira.run(&["hand-over", "1", "--lines", "2"]);
    assert_eq!(asked.code, 2);
    assert!(asked.out.contains("Then came the quarrel.") && !asked.out.contains("walk"), "{}", asked.out);
    assert!(asked.out.contains("may not read this before you meet") && asked.out.contains("help-now"));
    assert!(mira.json(&["handed-over"])["excerpts"].as_array().unwrap().is_empty());

    // Offline it waits.
    let given = mira.json(&["hand-over", "1", "--lines", "2-3", "--to", "Jonas", "--with-mood", "--yes"]);
    assert_eq!(given["state"], "waiting_to_go");
    mira.run(&["edit", "1", "--text", "Something else."]).ok();
    assert!(jonas.json(&["received"])["excerpts"].as_array().unwrap().is_empty());
    level(&mira, &jonas);
    assert_eq!(only(&mira, "handed-over")["state"], "arrived");
    let told = mira.run(&["show", "1"]).ok().out;
    assert!(told.contains("Handed to Jonas Feld") && told.contains("not opened yet"), "{told}");

    // It is read as it was when it was handed over.
    assert!(!shows(&jonas, "quarrel"), "a list shows no words");
    let opened = jonas.json(&["received", "--open", "1"]);
    let expected = "Then came the quarrel.\nGood again in the evening.";
    assert_eq!(opened["excerpt"]["text"], expected);
    assert_eq!((&opened["excerpt"]["mood"], &opened["excerpt"]["title"]), (&Value::from(4), &Value::Null));
    assert_eq!(opened["excerpt"]["tags"].as_array().unwrap().len(), 0);
    jonas.run(&["comment", "1", "Thank", "you."]).ok();
    level(&mira, &jonas);
    let hers = only(&mira, "handed-over");
    assert_eq!((&hers["state"], &hers["new_comments"]), (&Value::from("opened"), &Value::from(1)));
    let shown = mira.run(&["handed-over", "--open", "1"]).ok().out;
    assert!(shown.contains("Thank you.") && shown.contains("Jonas Feld opened it on"), "{shown}");
    mira.run(&["comment", "1", "Until Thursday."]).ok();
    level(&mira, &jonas);
    assert!(jonas.run(&["received", "--open", "1"]).ok().out.contains("Until Thursday."));

    // Taking back is asked, and says what nobody can undo.
    let asked = mira.run(&["take-back", "1"]);
    assert_eq!(asked.code, 2);
    assert!(asked.err.contains("copied or photographed"), "{}", asked.err);
    assert_eq!(jonas.run(&["take-back", "1", "--yes"]).code, 3, "only its giver takes it back");
    assert_eq!(mira.json(&["take-back", "1", "--yes"])["state"], "taken_back");
    assert_eq!(mira.run(&["handed-over", "--open", "1"]).code, 3);
    level(&mira, &jonas);
    assert_eq!(only(&mira, "handed-over")["state"], "deleted");
    let refused = jonas.run(&["received", "--open", "1"]);
    assert!(refused.code == 3 && refused.err.contains("taken back"), "{}", refused.err);
    assert!(jonas.run(&["received"]).ok().out.contains("Mira took it back on"));
    assert_eq!(jonas.run(&["comment", "1", "Too late."]).code, 3);

    // The record stays, on both sides, and holds no words.
    for home in [&mira, &jonas] {
        let record = home.json(&["record"]);
        let record = record["record"].as_array().unwrap();
        assert_eq!(record.len(), 3);
        assert!(record[0]["about"].is_null() && !record[0]["deleted_at"].is_null());
        assert!(!shows(home, "quarrel") && !shows(home, "Thank"));
    }
    let file = mira.path().join("record.csv");
    let path = file.to_str().unwrap();
    assert_eq!(mira.run(&["record", "--export", path]).code, 2, "it is asked first");
    assert!(!file.exists());
    assert_eq!(mira.json(&["record", "--export", path, "--yes"])["rows"], 3);
    assert!(std::fs::read_to_string(&file).unwrap().contains("Jonas Feld"));
}

#[test]
fn photos_go_only_when_they_are_chosen_and_come_out_as_files() {
    let (mira, jonas) = mira_and_jonas();
    let photos: Vec<_> = ["beach.jpg", "other.jpg"].map(|name| mira.path().join(name)).into();
    for (n, photo) in (0_u8..).zip(&photos) {
        std::fs::write(photo, vec![n; 70_000]).unwrap();
    }
    let [beach, other] = [0, 1].map(|n: usize| photos[n].to_str().unwrap());
    mira.run(&["write", "At the sea.", "--attach", beach, "--attach", other]).ok();
    mira.run(&["hand-over", "1", "--photo", "beach.jpg", "--yes"]).ok();
    level(&mira, &jonas);
    let to = jonas.path().join("photos");
    std::fs::create_dir(&to).unwrap();
    let folder = to.to_str().unwrap();
    assert_eq!(
        jonas.run(&["received", "--open", "1", "--save", folder]).code,
        2,
        "anyone could read it there"
    );
    jonas.run(&["received", "--open", "1", "--save", folder, "--yes"]).ok();
    assert_eq!(std::fs::read(to.join("beach.jpg")).unwrap(), vec![0; 70_000]);
    assert_eq!(std::fs::read_dir(&to).unwrap().count(), 1);
    let count = mira.json(&["take-back", "--all", "--from", "Jonas", "--yes"]);
    assert_eq!(count["taken_back"], 1);
}

#[test]
fn what_cannot_be_handed_over_is_told_plainly() {
    let (mira, _jonas) = mira_and_jonas();
    mira.run(&["write", "Again and again.\n\nAgain."]).ok();
    for (args, words) in [
        (&["--part", "never written"][..], "word for word"),
        (&["--part", "gain"], "several times"),
        (&["--lines", "4"], "has 3 lines"),
        (&["--lines", "2"], "nothing in these lines"),
        (&["--photo", "1"], "no such attachment"),
        (&["--without-text"], "The excerpt must not be empty"),
        (&["--goal", "1"], "no such goal"),
        (&["--to", "Bert"], "does not name one person"),
    ] {
        let refused = mira.run(&[&["hand-over", "1", "--yes"], args].concat());
        assert!(refused.code != 0 && refused.err.contains(words), "{args:?}: {}", refused.err);
    }
    assert_eq!(mira.run(&["take-back", "1", "--yes"]).code, 3);
    assert_eq!(mira.run(&["comment", "1", "Nothing there."]).code, 3);
    let preview = mira.json(&["hand-over", "1", "--part", "and again.", "--preview"]);
    assert_eq!(preview["excerpt"]["text"], "and again.");
    assert!(mira.json(&["handed-over"])["excerpts"].as_array().unwrap().is_empty());
}
