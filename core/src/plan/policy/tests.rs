use super::*;
use crate::id::PersonId;

const PAGE: &str = include_str!("../../../../docs/data-format.md");

/// The table as `docs/data-format.md` shows it.
fn as_markdown() -> String {
    let heading = "| place | holds | first written by | changed by | from the start | level |\n| --- | --- | --- | --- | --- | --- |\n";
    let lines = POLICY.iter().map(|rule| {
        let start = if rule.from_the_start { "yes" } else { "" };
        format!(
            "| `{}` | {:?} | {:?} | {:?} | {start} | {} |\n",
            rule.path, rule.holds, rule.create, rule.change, rule.level
        )
    });
    std::iter::once(heading.to_owned()).chain(lines).collect()
}

#[test]
fn the_page_shows_the_table_that_holds() {
    let (_, rest) = PAGE.split_once("<!-- policy begins -->\n").expect("a beginning");
    let (shown, _) = rest.split_once("<!-- policy ends -->").expect("an end");
    let holds = as_markdown();
    assert!(shown == holds, "docs/data-format.md is to show:\n{holds}");
}

#[test]
fn what_is_not_in_the_table_is_nobodys() {
    let goals = Place::collection("goals").expect("a collection");
    let id = "00112233445566778899aabbccddeeff";
    let goal = goals.below(id, 1).expect("a goal");
    assert_eq!(goal.below("title", 1).map(|place| place.path()), Some("goals/*/title"));
    assert!(
        goal.below("score", LEVELS.len() as u16).is_none()
            && goals.below("title", 1).is_none()
            && Place::collection("notes").is_none()
    );
    assert!(goal.below("title", 1).expect("a title").below("x", 1).is_none());
    assert!(goals.below(&id.to_uppercase(), 1).is_none(), "there is one way to write an id");
}

#[test]
fn an_item_is_its_creators_and_a_named_place_is_the_named_persons() {
    let anna = PersonId::from_bytes([1; 16]);
    let ben = PersonId::from_bytes([2; 16]);
    let item = data_encoding::HEXLOWER.encode(&[[1; 6].as_slice(), &[9; 10]].concat());
    let goal = Place::collection("goals").and_then(|goals| goals.below(&item, 1)).expect("a goal");
    assert!(goal.is_for(Who::Creator, &anna) && !goal.is_for(Who::Creator, &ben));
    let success =
        goal.below("success", 1).and_then(|place| place.below(&ben.to_string(), 1)).expect("a place");
    assert!(success.is_for(Who::Named, &ben) && !success.is_for(Who::Named, &anna));
    assert!(!goal.is_for(Who::Nobody, &anna));
}

#[test]
fn what_a_terminal_would_obey_stands_in_no_line_and_no_prose() {
    assert!(is_line("Walk — every day 🙂", LINE));
    for bad in ["", "  ", "a\nb", "\u{1b}[2J", "\u{7}", &"x".repeat(LINE + 1)] {
        assert!(!is_line(bad, LINE));
    }
    assert!(is_prose("two\nlines\tand more", PROSE) && is_prose("", PROSE));
    assert!(!is_prose("\r", PROSE) && !is_prose("\u{9b}31m", PROSE) && !is_prose("abcd", 3));
}

#[test]
fn a_place_of_a_higher_level_is_not_there_before() {
    let id = "00112233445566778899aabbccddeeff";
    let goal = Place::collection("goals").and_then(|goals| goals.below(id, 1)).expect("a goal");
    assert!(goal.below("state", 1).is_none() && goal.below("state", 2).is_some());
    let holds = Place::collection("holds").expect("a collection");
    let key = format!("{id}{id}");
    assert!(holds.below(&key, 1).is_none() && holds.below(&key, 2).is_some() && holds.below(id, 2).is_none());
    let answers = |level| {
        let task = Place::collection("tasks")?.below(id, level)?;
        task.below("answers", level)?.below(id, level)?.rule().map(|rule| rule.holds)
    };
    assert_eq!(answers(1), Some(Holds::Answer));
    assert_eq!(answers(2), Some(Holds::AnswerOrNothing));
}

#[test]
fn every_place_is_below_another_or_a_collection_of_its_level() {
    for rule in POLICY {
        let (above, _) = rule.path.rsplit_once('/').expect("a path");
        let is_there = collections().any(|(level, name)| name == above && level <= rule.level)
            || POLICY.iter().any(|other| other.path == above && other.level <= rule.level);
        assert!(is_there, "{}", rule.path);
        assert!(rule.level >= 1 && usize::from(rule.level) <= LEVELS.len());
    }
}
