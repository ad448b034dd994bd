//! What is yours to keep, as scripts and people use it: backups, the recovery kit, and the end.
#![allow(clippy::unwrap_used)] // a test fails by unwrapping

mod program;

use std::fs;
use std::path::PathBuf;

use program::Home;
use serde_json::Value;

/// A home with an entry, and a path in it for something to write.
fn with_an_entry() -> Home {
    let home = Home::of("client", "Mira");
    home.run(&["write", "A heron on the rusty barge"]).ok();
    home
}

fn path(home: &Home, name: &str) -> String {
    home.path().join(name).to_str().unwrap().to_owned()
}

#[test]
fn a_backup_made_for_the_kit_comes_back_on_another_machine_with_the_page_in_hand() {
    let home = with_an_entry();
    let (page, file) = (path(&home, "page.txt"), path(&home, "mira.age"));
    let hint = home.run(&["status"]).ok();
    assert!(hint.out.contains("No backup yet") && hint.out.contains("No recovery kit yet"));

    home.run(&["recovery-kit", "--out", &page]).ok();
    let text = fs::read_to_string(&page).unwrap();
    assert!(text.contains("Belongs to Mira") && text.contains(" 24. "), "{text}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&page).unwrap().permissions().mode() & 0o777, 0o600);
    }
    let made = home.json(&["backup", "make", &file]);
    assert_eq!(made["opens_with"], "recovery_kit");
    let status = home.json(&["status"]);
    assert_eq!(status["last_backup"]["bytes"], made["bytes"]);
    assert!(text.contains(status["recovery_kit"]["name"].as_str().unwrap()));

    // The page as a whole is as good as its words.
    assert_eq!(home.json(&["backup", "check", &file, "--words-file", &page]), made);
    let again = Home::bare();
    again.run(&["backup", "restore", &file, "--words-file", &page]).ok();
    assert_eq!(again.json(&["journal"])["entries"][0]["opening"], "A heron on the rusty barge");
    assert_eq!(again.json(&["status"])["profile"], home.json(&["status"])["profile"]);

    // A second time there is something here.
    let refused = again.run(&["backup", "restore", &file, "--words-file", &page]);
    assert_eq!(refused.code, 1);
    assert!(refused.err.contains("already"));
}

#[test]
fn a_backup_with_a_passphrase_tells_a_wrong_one_from_damage_and_from_words() {
    let home = with_an_entry();
    let (file, right, wrong) = (path(&home, "mira.age"), path(&home, "right"), path(&home, "wrong"));
    fs::write(&right, "four quiet words here\n").unwrap();
    fs::write(&wrong, "four other words here\n").unwrap();
    assert_eq!(home.run(&["backup", "make", &file]).code, 2, "nobody is there to type a passphrase");
    home.run(&["backup", "make", &file, "--backup-passphrase-file", &right]).ok();

    let replaced = home.run(&["backup", "make", &file, "--backup-passphrase-file", &right]);
    assert_eq!(replaced.code, 2, "it asks before it replaces");
    home.run(&["backup", "make", &file, "--backup-passphrase-file", &right, "--yes"]).ok();

    let nowhere = Home::bare();
    let refused = nowhere.run(&["backup", "restore", &file, "--backup-passphrase-file", &wrong]);
    assert_eq!(refused.code, 5);
    assert!(refused.err.contains("not the passphrase"), "{}", refused.err);
    assert_eq!(nowhere.run_with(&["backup", "restore", &file, "--words-file", &right], "").code, 5);
    let mut bytes = fs::read(&file).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    let damaged = path(&home, "damaged.age");
    fs::write(&damaged, bytes).unwrap();
    let refused = nowhere.run(&["backup", "restore", &damaged, "--backup-passphrase-file", &right]);
    assert_eq!(refused.code, 6);
    assert_eq!(nowhere.run(&["backup", "restore", &right, "--backup-passphrase-file", &right]).code, 6);
    assert_eq!(nowhere.run(&["backup", "check", "no-such-file"]).code, 3);
    assert_eq!(fs::read_dir(nowhere.path()).unwrap().count(), 0, "not a trace");
    nowhere.run(&["backup", "restore", &file, "--backup-passphrase-file", &right]).ok();
    assert_eq!(nowhere.json(&["journal"])["count"], 1);
}

#[test]
fn a_kit_is_used_only_when_it_is_on_paper_and_its_words_are_checked() {
    let home = with_an_entry();
    let page = path(&home, "page.txt");
    let shown = home.run(&["recovery-kit"]);
    assert_eq!(shown.code, 2, "nobody says that it is on paper");
    assert_eq!(home.json(&["status"])["recovery_kit"], Value::Null);
    let kit = home.json(&["recovery-kit", "--yes"]);
    let words: Vec<&str> =
        kit["words"].as_array().unwrap().iter().map(|word| word.as_str().unwrap()).collect();
    assert_eq!(home.json(&["status"])["recovery_kit"]["name"], kit["name"]);

    let identity = home.run_with(&["recovery-kit", "identity"], &words.join(" ")).ok();
    assert!(identity.out.starts_with("AGE-SECRET-KEY-1"));
    let mut slip = words.clone();
    slip[6] = "heronn";
    let refused = home.run_with(&["recovery-kit", "identity"], &slip.join("\n"));
    assert_eq!(refused.code, 5);
    assert!(refused.err.contains("Word 7") && !refused.err.contains("heronn"), "{}", refused.err);
    let refused = home.run_with(&["recovery-kit", "identity"], &words[1..].join(" "));
    assert!(refused.err.contains("23"));

    assert_eq!(home.run(&["recovery-kit", "--out", &page]).code, 2, "a second kit is asked about");
    home.run(&["recovery-kit", "--out", &page, "--yes"]).ok();
    assert_ne!(home.json(&["status"])["recovery_kit"]["name"], kit["name"]);
    assert_eq!(home.run(&["recovery-kit", "--out", &page, "--yes"]).code, 1, "a page is never replaced");
    home.run_with(&["recovery-kit", "use"], &words.join(" ")).ok();
    assert_eq!(home.json(&["status"])["recovery_kit"]["name"], kit["name"]);
}

#[test]
fn a_kit_comes_with_the_making_of_a_profile_where_it_is_asked_for() {
    let home = Home::bare();
    let page = path(&home, "page.txt");
    let init = ["init", "--role", "client", "--name", "Mira"];
    home.run(&[&init[..], &["--recovery-kit", &page]].concat()).ok();
    assert!(PathBuf::from(&page).is_file());
    assert!(home.json(&["status"])["recovery_kit"]["name"].is_string());
    let without = Home::bare();
    let told = without.run(&init).ok();
    assert!(told.out.contains("recovery-kit"));
    let quiet = Home::bare();
    assert!(!quiet.run(&[&init[..], &["--no-kit"]].concat()).ok().out.contains("recovery-kit"));
}

#[test]
fn auto_lock_is_kept_and_said() {
    let home = with_an_entry();
    assert_eq!(home.json(&["auto-lock"])["minutes"], Value::Null);
    assert_eq!(home.json(&["auto-lock", "10"])["minutes"], 10);
    assert_eq!(home.json(&["status"])["auto_lock_minutes"], 10);
    assert_eq!(home.run(&["auto-lock", "0"]).code, 1);
    assert_eq!(home.run(&["auto-lock", "soon"]).code, 2);
    home.run(&["auto-lock", "off"]).ok();
    assert_eq!(home.json(&["auto-lock"])["minutes"], Value::Null);
}

#[test]
fn erasing_everything_takes_two_answers_and_no_passphrase() {
    let home = Home::bare();
    let secret = path(&home, "secret");
    fs::write(&secret, "forgotten\n").unwrap();
    let init = ["init", "--role", "client", "--name", "Mira", "--passphrase", "--passphrase-file", &secret];
    home.run(&init).ok();
    fs::write(home.path().join("config/help-now.txt"), "Sam 0123\n").unwrap();
    assert_eq!(home.run(&["erase-everything"]).code, 2);
    assert_eq!(home.run(&["erase-everything", "--yes"]).code, 2, "one answer is not enough");
    assert_eq!(home.run(&["erase-everything", "--really"]).code, 2);
    assert_eq!(home.json(&["journal", "--passphrase-file", &secret])["count"], 0, "all is still there");
    let done = home.run(&["erase-everything", "--yes", "--really"]).ok();
    assert!(done.out.contains("flash memory"));
    assert!(!home.path().join("data").exists() && !home.path().join("config").exists());
    assert_eq!(home.run(&["erase-everything", "--yes", "--really"]).code, 3);
    home.run(&["init", "--role", "client", "--name", "Mira"]).ok();
}
