//! The terminal companion as scripts and people use it: the real program, in homes of its own.
#![allow(clippy::unwrap_used)] // a test fails by unwrapping

mod program;

use std::fs;
use std::path::Path;

use program::{DIARY, Home};
use serde_json::{Value, json};

#[test]
fn a_new_home_says_that_nobody_monitors_it_and_where_things_lie() {
    let home = Home::bare();
    let made = home.run(&["init", "--role", "client", "--name", "Mira"]).ok();
    assert!(made.out.contains("Not medical advice. Nobody monitors this app."));
    assert!(made.out.contains("help-now"));
    assert!(home.path().join("data").is_dir() && home.path().join("config/keys.json").is_file());

    let again = home.run(&["init", "--role", "client", "--name", "Mira"]);
    assert_eq!(again.code, 1);
    assert!(again.err.contains("already"));
    assert_eq!(home.json(&["status"])["profile"]["display_name"], "Mira");
}

#[test]
fn what_is_written_is_listed_shown_and_found() {
    let home = Home::of("client", "Mira");
    home.run(&["write", "A heron on the rusty barge,", "with great authority", "--tag", "walks", "--star"])
        .ok();
    home.run_with(&["write", "--title", "Garlic"], "Eight rows before the cold.\nHands smell wonderful.\n")
        .ok();

    let journal = home.json(&["journal"]);
    assert_eq!(journal["count"], 2);
    let newest = &journal["entries"][0];
    assert_eq!(newest["title"], "Garlic");
    assert_eq!(journal["entries"][1]["tags"][0], "walks");
    assert_eq!(journal["entries"][1]["starred"], true);

    let id = newest["id"].as_str().unwrap();
    let shown = home.json(&["show", "1"]);
    assert_eq!(shown["text"], "Eight rows before the cold.\nHands smell wonderful.");
    for name in [id, &id[id.len() - 8..]] {
        assert_eq!(home.json(&["show", name])["id"], id);
    }

    let found = home.json(&["search", "HERON", "barg"]);
    assert_eq!(found["hits"].as_array().unwrap().len(), 1);
    assert!(home.run(&["search", "heron"]).ok().out.contains("»heron«"));
    assert!(home.json(&["search", "heron", "garlic"])["hits"].as_array().unwrap().is_empty());
}

#[test]
fn an_entry_is_edited_binned_and_restored() {
    let home = Home::of("client", "Mira");
    let entry = home.json(&["write", "before"]);
    let edited = home.json(&["edit", "1", "--text", "after", "--title", "T", "--star"]);
    assert_eq!((&edited["text"], &edited["starred"]), (&Value::from("after"), &Value::from(true)));
    assert_ne!(edited["revision"], entry["revision"]);

    let refused = home.run(&["bin", "1"]);
    assert_eq!(refused.code, 2, "without a terminal and without --yes nothing is binned");
    assert_eq!(home.json(&["journal"])["count"], 1);
    home.run(&["bin", "1", "--yes"]).ok();
    assert_eq!(home.json(&["journal"])["count"], 0);
    assert_eq!(home.json(&["bin"])["entries"][0]["id"], entry["id"]);
    home.run(&["restore", "1"]).ok();
    assert_eq!(home.json(&["journal"])["entries"][0]["id"], entry["id"]);
}

#[test]
fn importing_again_adds_nothing_and_all_lists_all() {
    let home = Home::of("client", "Mira");
    let first = home.json(&["import", DIARY]);
    assert_eq!((&first["found"], &first["added"]), (&Value::from(31), &Value::from(31)));
    let second = home.json(&["import", DIARY]);
    assert_eq!((&second["added"], &second["already_here"]), (&Value::from(0), &Value::from(31)));
    assert_eq!(home.json(&["journal", "--all"])["entries"].as_array().unwrap().len(), 31);
    assert_eq!(home.json(&["journal", "--limit", "5"])["entries"].as_array().unwrap().len(), 5);
    let oldest = home.run(&["show", "31"]).ok();
    // In October, Berlin is two hours ahead of UTC; the entry shows its writer's clock.
    assert!(oldest.out.contains("1 October 2026, 21:40"));
}

#[test]
fn a_file_that_is_no_export_changes_nothing() {
    let home = Home::of("client", "Mira");
    let file = home.path().join("export.json");
    fs::write(&file, r#"{"metadata": {"version": "1.0"}, "entries": [{"text": "dear diary"}]}"#).unwrap();
    let failed = home.run(&["import", file.to_str().unwrap()]);
    assert_eq!(failed.code, 1);
    assert!(failed.err.contains("Nothing was imported"));
    assert!(!failed.err.contains("dear diary"), "no word of a journal in an error");
    assert_eq!(home.run(&["import", "no-such-file.json"]).code, 3);
    assert_eq!(home.json(&["journal"])["count"], 0);
}

#[test]
fn an_import_tries_first_names_each_bad_row_and_takes_the_rest_when_asked_to() {
    let home = Home::of("client", "Mira");
    let file = home.path().join("daylio.csv");
    let table = "full_date,date,weekday,time,mood,activities,note_title,note\n\
                 2026-05-01,,,08:00,wobbly,walk,,first light\n\
                 2026-05-32,,,08:00,good,,,dear diary\n\
                 2026-05-02,,,9:15 pm,rad,,,second light\n";
    fs::write(&file, table).unwrap();
    let file = file.to_str().unwrap();
    let tried = home.run(&["import", file, "--dry-run"]).ok();
    assert!(tried.out.contains("Nothing was changed") && tried.out.contains("2 of 3 entries"));
    assert!(tried.out.contains("daylio.csv:3: full_date is not a day") && tried.out.contains("wobbly=4"));
    let stopped = home.run(&["import", file]);
    assert_eq!(stopped.code, 1);
    // Lines are as wide as the screen.
    let said = stopped.err.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(said.contains("daylio.csv:3: full_date") && said.contains("Nothing was imported"));
    assert!(!stopped.err.contains("dear diary"));
    assert_eq!(home.json(&["journal"])["count"], 0);
    let options = ["--leave-out-bad", "--zone", "America/New_York", "--mood", "wobbly=2", "--from", "daylio"];
    let report = home.json(&[&["import", file], options.as_slice()].concat());
    assert_eq!(
        (&report["added"], &report["bad_count"], &report["bad"][0]["line"]),
        (&Value::from(2), &Value::from(1), &Value::from(3))
    );
    assert_eq!(report["format"], "daylio");
    let newest = home.json(&["show", "1"]);
    assert_eq!((&newest["written"]["zone"], &newest["mood"]), (&json!("America/New_York"), &json!(5)));
    assert_eq!(home.json(&["show", "2"])["mood"], 2);
    assert_eq!(home.run(&["import", file, "--from", "notepad"]).code, 2);
    assert_eq!(home.run(&["import", file, "--mood", "wobbly=9"]).code, 2);
}

#[test]
fn exit_codes_tell_scripts_what_happened() {
    let nowhere = Home::bare();
    assert_eq!(nowhere.run(&["journal"]).code, 3, "no profile");
    assert!(nowhere.run(&["journal"]).err.contains("common-ground init"));
    assert_eq!(nowhere.run(&["jornal"]).code, 2, "no such command");
    assert_eq!(nowhere.run(&["init", "--role", "friend", "--name", "x"]).code, 2);

    let home = Home::of("client", "Mira");
    assert_eq!(home.run(&["show", "1"]).code, 3, "no such entry");
    assert_eq!(home.run(&["goals"]).code, 3, "nobody paired");
    assert_eq!(home.run(&["pair", "NOTATICKET", "--this-machine"]).code, 8);
    assert_eq!(home.run_with(&["write"], "   \n").code, 1, "an empty entry");
    assert_eq!(home.run(&["goal", "rate", "1", "11"]).code, 2, "ratings end at 10");
}

#[test]
fn a_passphrase_opens_and_no_other_does() {
    let home = Home::bare();
    let (right, wrong) = (home.path().join("right"), home.path().join("wrong"));
    fs::write(&right, "four quiet words here\n").unwrap();
    fs::write(&wrong, "four other words here\n").unwrap();
    let (right, wrong) = (right.to_str().unwrap(), wrong.to_str().unwrap());
    let init = ["init", "--role", "client", "--name", "Mira", "--passphrase", "--passphrase-file", right];
    home.run(&init).ok();

    home.run(&["write", "kept", "--passphrase-file", right]).ok();
    let refused = home.run(&["journal", "--passphrase-file", wrong]);
    assert_eq!(refused.code, 5);
    assert!(refused.err.contains("not the passphrase"));
    assert_eq!(home.run(&["journal"]).code, 2, "nobody is there to type it");
    assert_eq!(home.json(&["status", "--passphrase-file", right])["keys"]["passphrase"], true);

    // A new passphrase, then none.
    home.run(&["passphrase", "--passphrase-file", right, "--new-file", wrong]).ok();
    assert_eq!(home.run(&["journal", "--passphrase-file", right]).code, 5);
    home.run(&["passphrase", "--remove", "--yes", "--passphrase-file", wrong]).ok();
    assert_eq!(home.json(&["journal"])["count"], 1);
    assert_eq!(home.json(&["status"])["keys"]["passphrase"], false);
}

#[test]
fn a_second_process_is_told_that_the_home_is_in_use() {
    let home = Home::of("client", "Mira");
    // It shows its ticket, so it has opened the home, and waits for somebody to take it up.
    let holder = home.start(&["pair", "--this-machine"]);
    holder.line(|line| line.len() > 40 && line.chars().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()));
    assert_eq!(home.run(&["status"]).code, 4);
    let second = home.run(&["write", "second"]);
    assert_eq!(second.code, 4);
    assert!(second.err.contains("using this home"));
    drop(holder);
    home.run(&["write", "third"]).ok();
    assert_eq!(home.json(&["journal"])["count"], 1);
}

#[test]
fn keys_of_another_home_missing_keys_and_damaged_keys_are_told_apart() {
    let (home, other) = (Home::of("client", "Mira"), Home::of("client", "Ada"));
    home.run(&["write", "kept"]).ok();
    let keys = home.path().join("config/keys.json");
    let own = fs::read(&keys).unwrap();
    let private = home.path().join("data/private.db");
    let before = fs::read(&private).unwrap();

    fs::copy(other.path().join("config/keys.json"), &keys).unwrap();
    let wrong = home.run(&["journal"]);
    assert_eq!(wrong.code, 5);
    assert!(wrong.err.contains("does not fit"));

    fs::remove_file(&keys).unwrap();
    let missing = home.run(&["journal"]);
    assert_eq!(missing.code, 5);
    assert!(missing.err.contains("its keys are not"));

    fs::write(&keys, &own[..own.len() / 2]).unwrap();
    assert_eq!(home.run(&["journal"]).code, 6);
    fs::write(&keys, r#"{"version": 99}"#).unwrap();
    assert_eq!(home.run(&["journal"]).code, 6);

    assert!(fs::read(&private).unwrap() == before, "none of it touched the journal");
    fs::write(&keys, own).unwrap();
    assert_eq!(home.json(&["journal"])["count"], 1);
}

#[test]
fn a_damaged_file_is_told_and_left_as_it_is() {
    let home = Home::of("client", "Mira");
    home.run(&["write", "kept"]).ok();
    let private = home.path().join("data/private.db");
    let mut bytes = fs::read(&private).unwrap();
    bytes[1000..1100].fill(0x55);
    fs::write(&private, &bytes).unwrap();
    let damaged = home.run(&["journal"]);
    assert_eq!(damaged.code, 6);
    assert!(damaged.err.contains("journal file is damaged"));
    assert!(fs::read(&private).unwrap() == bytes);
}

#[cfg(unix)]
#[test]
fn only_the_owner_can_read_the_keys_and_status_tells_when_others_can() {
    use std::os::unix::fs::PermissionsExt;
    let home = Home::of("client", "Mira");
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    let keys = home.path().join("config/keys.json");
    assert_eq!((mode(&keys), mode(&home.path().join("data"))), (0o600, 0o700));
    assert_eq!(home.json(&["status"])["keys"]["readable_by_others"], false);
    fs::set_permissions(&keys, fs::Permissions::from_mode(0o644)).unwrap();
    assert!(home.run(&["status"]).ok().out.contains("Others on this machine may read this file"));
}

#[cfg(target_os = "linux")]
#[test]
fn the_editor_gets_a_file_in_a_folder_that_only_the_owner_may_enter() {
    let home = Home::of("client", "Mira");
    let seen = home.path().join("seen");
    let script = home.path().join("editor.sh");
    fs::write(
        &script,
        format!(
            "#!/bin/sh\nstat -c '%a %n' \"$(dirname \"$1\")\" > {0}\ncat \"$1\" >> {0}\nprintf ' and after' >> \"$1\"\n",
            seen.display()
        ),
    )
    .unwrap();
    home.run(&["write", "before"]).ok();
    home.run_in(&["edit", "1"], "", &[("EDITOR", &format!("sh {}", script.display()))]).ok();
    assert_eq!(home.json(&["show", "1"])["text"], "before and after");
    let seen = fs::read_to_string(seen).unwrap();
    let (mode, rest) = seen.split_once(' ').unwrap();
    let (folder, text) = rest.split_once('\n').unwrap();
    assert_eq!((mode, text), ("700", "before"));
    assert!(!Path::new(folder).exists(), "nothing stays behind");

    let failed = home.run_in(&["edit", "1"], "", &[("EDITOR", "false")]);
    assert_eq!(failed.code, 10);
    assert_eq!(home.json(&["show", "1"])["text"], "before and after");
}

#[test]
fn help_now_works_without_a_profile_and_with_broken_keys() {
    let home = Home::bare();
    assert!(home.run(&["help-now", "--region", "DE"]).ok().out.contains("112"));
    fs::create_dir_all(home.path().join("config")).unwrap();
    fs::write(home.path().join("config/keys.json"), "garbage").unwrap();
    fs::write(home.path().join("config/help-now.txt"), "# mine\nSam: 01234 567890\n").unwrap();
    let help = home.json(&["help-now", "--region", "us"]);
    assert_eq!(help["emergency"][0]["number"], "911");
    assert_eq!(help["talk"][0]["number"], "988");
    assert_eq!(help["own"][0], "Sam: 01234 567890");
    let region_of_system = home.run_in(&["help-now", "--json"], "", &[("LC_ALL", "de_AT.UTF-8")]).ok();
    assert_eq!(serde_json::from_str::<Value>(&region_of_system.out).unwrap()["region"], "AT");
}

#[test]
fn it_speaks_the_language_of_the_system_or_the_one_asked_for() {
    let home = Home::of("client", "Mira");
    let german = home.run_in(&["journal"], "", &[("LC_ALL", "de_DE.UTF-8")]).ok();
    assert!(german.out.contains("Noch nichts hier"));
    assert!(home.run(&["journal", "--lang", "de"]).ok().out.contains("Noch nichts hier"));
    let english = home.run_in(&["journal", "--lang", "en"], "", &[("LC_ALL", "de_DE.UTF-8")]).ok();
    assert!(english.out.contains("Nothing here yet"));
    assert!(home.run(&["show", "1", "--lang", "de"]).err.contains("Diesen Eintrag gibt es nicht"));
}

#[test]
fn completions_exist_for_every_shell_and_help_has_examples() {
    let home = Home::bare();
    for shell in ["bash", "zsh", "fish", "elvish", "powershell"] {
        assert!(home.run(&["completions", shell]).ok().out.contains("help-now"), "{shell}");
    }
    for command in [&["--help"][..], &["write", "--help"], &["sync", "--help"], &["goal", "add", "--help"]] {
        assert!(home.run(command).ok().out.contains("Example"), "{command:?}");
    }
    assert!(home.run(&["--help"]).ok().out.contains("Exit codes"));
}

#[cfg(unix)]
#[test]
fn a_reader_that_goes_away_is_no_error() {
    let home = Home::of("client", "Mira");
    // More than the pipe between the two programs holds.
    let entry = |n: u32| {
        let date = format!("2026-10-01T{:02}:{:02}:{:02}Z", n / 3600, n / 60 % 60, n % 60);
        let text = format!("Entry {n}, {}", "and so on ".repeat(12));
        json!({ "uuid": format!("{n:032X}"), "creationDate": date, "timeZone": "Europe/Berlin", "text": text })
    };
    let export =
        json!({ "metadata": { "version": "1.0" }, "entries": (0..2000).map(entry).collect::<Vec<_>>() });
    let file = home.path().join("export.json");
    fs::write(&file, export.to_string()).unwrap();
    home.run(&["import", file.to_str().unwrap()]).ok();
    let (first_line, code, err) = home.first_line_only(&["journal", "--all"]);
    assert!(first_line.contains("1 October 2026, 02:33"));
    assert_eq!((code, err.as_str()), (0, ""));
}
