//! Filters and looking back, as scripts and people use them.
#![allow(clippy::unwrap_used)] // a test fails by unwrapping

mod program;

use program::{DIARY, Home};
use serde_json::Value;

fn count(document: &Value, list: &str) -> usize {
    document[list].as_array().unwrap().len()
}

#[test]
fn a_filter_narrows_lists_and_searches() {
    let home = Home::of("client", "Mira");
    home.run(&["write", "A heron on the barge", "--tag", "walks", "--star"]).ok();
    home.run(&["write", "A heron again", "--tag", "dreams"]).ok();
    assert_eq!(count(&home.json(&["journal", "--tag", "WALKS"]), "entries"), 1);
    assert_eq!(count(&home.json(&["journal", "--starred", "--tag", "dreams"]), "entries"), 0);
    assert_eq!(count(&home.json(&["search", "heron", "--tag", "dreams"]), "hits"), 1);
    assert_eq!(count(&home.json(&["search", "--starred"]), "hits"), 1, "a filter alone");
    assert_eq!(count(&home.json(&["journal", "--to", "2001-01-01"]), "entries"), 0);
    assert_eq!(count(&home.json(&["journal", "--kind", "free", "--from", "2001-01-01"]), "entries"), 2);
    assert!(home.run(&["journal", "--mood", "1-2"]).ok().out.contains("No entry is like that"));

    assert_eq!(home.run(&["search"]).code, 2, "neither words nor a filter");
    assert_eq!(home.run(&["journal", "--mood", "6"]).code, 2);
    let wrong = home.run(&["journal", "--kind", "sonnet"]);
    assert_eq!(wrong.code, 2);
    assert!(wrong.err.contains("small-win"), "the kinds are listed");
    assert_eq!(home.run(&["journal", "--goal", "1"]).code, 3, "nobody to have a goal with");
    let id = "00".repeat(16);
    assert_eq!(count(&home.json(&["journal", "--goal", &id]), "entries"), 0);
}

#[test]
fn a_month_is_shown_as_a_calendar_and_earlier_years_come_back() {
    let home = Home::of("client", "Mira");
    home.run(&["import", DIARY]).ok();
    let days = home.json(&["look-back", "days", "2026-10"]);
    let first = &days["days"][0];
    assert_eq!((&first["day"], &first["entries"]), (&Value::from("2026-10-01"), &Value::from(1)));
    let shown = home.run(&["look-back", "days", "2026-10"]).ok().out;
    assert!(shown.starts_with("October 2026\nMo "));
    // 1 October 2026 is a Thursday.
    assert!(shown.lines().nth(2).unwrap().starts_with(&format!("{} 1•", " ".repeat(18))), "{shown}");
    let plain = home.run_in(&["look-back", "days", "2026-10"], "", &[("LC_ALL", "C")]).ok().out;
    assert!(plain.is_ascii() && plain.contains(" 1*"));

    let years = home.json(&["look-back", "on-this-day", "--on", "2028-10-01"]);
    assert_eq!(years["years"][0]["years_ago"], 2);
    let said = home.run(&["look-back", "on-this-day", "--on", "2027-10-01"]).ok().out;
    assert!(said.starts_with("One year ago"));
    let both = &home.json(&["look-back", "then-and-now", "--each", "2"])["then_and_now"];
    assert_eq!((&both["count"], count(&both["then"], "entries")), (&Value::from(31), 2));
}

#[test]
fn where_there_is_nothing_yet_it_says_so_and_never_fails() {
    let home = Home::of("client", "Mira");
    for (command, said) in [
        (&["look-back", "mood"][..], "No entry of this time has a mood"),
        (&["look-back", "mood", "--weekly", "--ascii"], "No entry of this time has a mood"),
        (&["look-back", "patterns"], "No entry of this time has a mood"),
        (&["look-back", "tools"], "No coping tool"),
        (&["look-back", "scale", "own:sleep", "rested"], "No answer"),
        (&["look-back", "small-wins", "2026-05"], "No small wins"),
        (&["look-back", "to-bring", "--since", "2026-05-01", "--print"], "Nothing is marked"),
        (&["look-back", "then-and-now", "--tag", "sleep"], "No entry is like that"),
        (&["look-back", "on-this-day"], "Nothing was written"),
        (&["look-back", "days", "2026-05"], "Nothing written"),
    ] {
        assert!(home.run(command).ok().out.contains(said), "{command:?}");
    }
    assert!(home.json(&["look-back", "then-and-now"])["then_and_now"].is_null());
    assert_eq!(count(&home.json(&["look-back", "to-bring"]), "entries"), 0);
    assert_eq!(home.run(&["look-back", "days", "2026-13"]).code, 2);
}
