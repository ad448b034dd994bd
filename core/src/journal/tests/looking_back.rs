//! Looking back: numbers worked out by hand, across years, zones and changes of the clocks.

use super::super::{Answer, Emotion, EntryKind, EntrySummary, Mean, NewToolUse, Pattern};
use super::filtering::{GOAL, day, in_zone};
use super::*;
use crate::clock::Moment;

impl Desk {
    /// An entry at noon of a day by the clock of Berlin, with a mood where one is given.
    fn on(&self, day: &str, mood: Option<u8>, entry: NewEntry) -> Entry {
        let written = in_zone(&format!("{day}T11:00:00Z"), Tz::Europe__Berlin);
        self.journal.add(NewEntry { mood, written, ..entry }).expect("an entry")
    }

    fn mood(&self, day: &str, mood: u8) -> Entry {
        self.on(day, Some(mood), text("a day"))
    }
}

fn tagged(tag: &str) -> NewEntry {
    NewEntry { tags: vec![tag.to_owned()], ..text("a day") }
}

fn mean(mean: f64, count: u32) -> Mean {
    Mean { mean, count }
}

fn openings(entries: &[EntrySummary]) -> Vec<&str> {
    entries.iter().map(|entry| entry.opening.as_str()).collect()
}

#[test]
fn days_with_entries_are_counted_with_their_mood() {
    let desk = desk();
    desk.mood("2026-04-30", 5);
    desk.mood("2026-05-01", 2);
    desk.mood("2026-05-01", 3);
    desk.on("2026-05-01", None, text("no mood"));
    desk.on("2026-05-31", None, text("no mood either"));
    let binned = desk.mood("2026-05-02", 1);
    desk.journal.bin(binned.id).unwrap();
    let days = desk.journal.days_with_entries(day("2026-05-01"), day("2026-05-31")).unwrap();
    let days: Vec<_> = days.into_iter().map(|one| (one.day, one.entries, one.mood)).collect();
    assert_eq!(days, [(day("2026-05-01"), 3, Some(mean(2.5, 2))), (day("2026-05-31"), 1, None)]);
    assert!(desk.journal.days_with_entries(day("2026-06-30"), day("2026-06-01")).unwrap().is_empty());
}

#[test]
fn a_day_is_the_writers_wherever_the_clocks_stood() {
    let desk = desk();
    let write = |instant: &str, zone, mood| {
        let written = in_zone(instant, zone);
        desk.journal.add(NewEntry { written, mood: Some(mood), ..text("a night") }).unwrap();
    };
    // 29 March 2026 has 23 hours in Berlin: its first and its last minute.
    write("2026-03-28T23:00:00Z", Tz::Europe__Berlin, 1);
    write("2026-03-29T21:59:00Z", Tz::Europe__Berlin, 2);
    write("2026-03-29T22:00:00Z", Tz::Europe__Berlin, 5);
    // 25 October has 25: half past two comes twice.
    write("2026-10-25T00:30:00Z", Tz::Europe__Berlin, 3);
    write("2026-10-25T01:30:00Z", Tz::Europe__Berlin, 4);
    // On the way from Auckland to Los Angeles 4 May comes twice, and is one day.
    write("2026-05-03T20:00:00Z", Tz::Pacific__Auckland, 2);
    write("2026-05-05T05:00:00Z", Tz::America__Los_Angeles, 4);
    // Before 1970, with a clock that was off by odd seconds.
    let written = Moment { at: at("1969-12-31T23:59:50Z"), zone: "Europe/Berlin".into(), offset_seconds: 11 };
    desk.journal.add(NewEntry { written: Some(written), mood: Some(5), ..text("new year") }).unwrap();
    write("1665-09-02T23:30:00Z", Tz::UTC, 1);

    let days = desk.journal.mood_by_day(EntryFilter::default()).unwrap();
    let days: Vec<_> = days.into_iter().map(|one| (one.day.to_string(), one.mood)).collect();
    let expected = [
        ("1665-09-02", mean(1.0, 1)),
        ("1970-01-01", mean(5.0, 1)),
        ("2026-03-29", mean(1.5, 2)),
        ("2026-03-30", mean(5.0, 1)),
        ("2026-05-04", mean(3.0, 2)),
        ("2026-10-25", mean(3.5, 2)),
    ];
    assert_eq!(days, expected.map(|(day, mood)| (day.to_owned(), mood)));
}

#[test]
fn weeks_begin_on_monday_and_belong_to_the_year_of_their_thursday() {
    let desk = desk();
    // Sunday, and Monday of the next week.
    desk.mood("2026-01-04", 2);
    desk.mood("2026-01-05", 5);
    // Thursday 1 January 2026 lies in week 1; so does Monday 29 December 2025. A day of two entries weighs twice.
    desk.mood("2026-01-01", 3);
    desk.mood("2026-01-01", 3);
    desk.mood("2025-12-29", 4);
    // Friday 1 January 2021 lies in week 53 of 2020.
    desk.mood("2021-01-01", 1);
    // The week of the epoch, on both sides of it: Monday 29 December 1969.
    desk.mood("1969-12-29", 4);
    desk.mood("1970-01-04", 2);
    let weeks = desk.journal.mood_by_week(EntryFilter::default()).unwrap();
    let weeks: Vec<_> =
        weeks.into_iter().map(|one| (one.year, one.week, one.monday.to_string(), one.mood)).collect();
    let expected = [
        (1970, 1, "1969-12-29", mean(3.0, 2)),
        (2020, 53, "2020-12-28", mean(1.0, 1)),
        (2026, 1, "2025-12-29", mean(3.0, 4)),
        (2026, 2, "2026-01-05", mean(5.0, 1)),
    ];
    assert_eq!(weeks, expected.map(|(year, week, monday, mood)| (year, week, monday.to_owned(), mood)));
}

#[test]
fn mood_over_time_takes_any_filter() {
    let desk = desk();
    desk.on("2026-05-01", Some(2), tagged("work"));
    desk.on("2026-05-01", Some(4), tagged("garden"));
    desk.on("2026-05-02", Some(3), tagged("Work"));
    desk.on("2026-05-03", None, tagged("work"));
    let work = EntryFilter { tags: vec!["work".into()], ..EntryFilter::default() };
    let days = desk.journal.mood_by_day(work.clone()).unwrap();
    let days: Vec<_> = days.into_iter().map(|one| (one.day.to_string(), one.mood)).collect();
    assert_eq!(days, [("2026-05-01".to_owned(), mean(2.0, 1)), ("2026-05-02".to_owned(), mean(3.0, 1))]);
    let later = EntryFilter { from: Some(day("2026-05-02")), ..EntryFilter::default() };
    assert_eq!(desk.journal.mood_by_day(later).unwrap().len(), 1);
    assert_eq!(desk.journal.mood_by_week(work).unwrap()[0].mood, mean(2.5, 2));
}

#[test]
fn on_this_day_shows_earlier_years_and_29_february_comes_every_year() {
    let desk = desk();
    for on in
        ["2020-02-28", "2020-02-29", "2021-02-28", "2023-03-01", "2024-02-29", "2025-02-28", "1964-02-29"]
    {
        desk.on(on, None, text(on));
    }
    let on = |today: &str| -> Vec<(u32, Vec<String>)> {
        let years = desk.journal.on_this_day(day(today)).unwrap();
        let shown = |entries: &[EntrySummary]| openings(entries).into_iter().map(str::to_owned).collect();
        years.iter().map(|year| (year.years_ago, shown(&year.entries))).collect()
    };
    let all = |years: &[(u32, &[&str])]| -> Vec<(u32, Vec<String>)> {
        years.iter().map(|(ago, on)| (*ago, on.iter().map(|on| (*on).to_owned()).collect())).collect()
    };
    // 2026 has no 29 February.
    let common_year: &[(u32, &[&str])] = &[
        (1, &["2025-02-28"]),
        (2, &["2024-02-29"]),
        (5, &["2021-02-28"]),
        (6, &["2020-02-28", "2020-02-29"]),
        (62, &["1964-02-29"]),
    ];
    assert_eq!(on("2026-02-28"), all(common_year));
    assert_eq!(on("2026-03-01"), all(&[(3, &["2023-03-01"])]));
    // 2028 has one.
    assert_eq!(on("2028-02-28"), all(&[(3, &["2025-02-28"]), (7, &["2021-02-28"]), (8, &["2020-02-28"])]));
    assert_eq!(on("2028-02-29"), all(&[(4, &["2024-02-29"]), (8, &["2020-02-29"]), (64, &["1964-02-29"])]));
    assert_eq!(on("2020-02-29"), all(&[(56, &["1964-02-29"])]), "only earlier years");
    assert!(desk.journal.on_this_day(day("1600-02-29")).unwrap().is_empty());
}

#[test]
fn then_and_now_stand_side_by_side() {
    let desk = desk();
    let linked = |words: &str| NewEntry { links: vec![GOAL], ..text(words) };
    let about = EntryFilter { links: vec![GOAL], ..EntryFilter::default() };
    assert!(desk.journal.then_and_now(about.clone(), 3).unwrap().is_none());
    desk.on("2025-11-30", Some(1), linked("first"));
    let one = desk.journal.then_and_now(about.clone(), 3).unwrap().unwrap();
    assert!(one.now.is_none() && one.months_apart == 0 && one.count == 1);
    desk.on("2025-12-10", Some(2), linked("second"));
    desk.on("2025-12-24", None, text("about something else"));
    desk.on("2026-01-15", None, linked("third"));
    desk.on("2026-02-01", Some(5), linked("fourth"));
    desk.on("2026-02-28", Some(4), linked("fifth"));
    let both = desk.journal.then_and_now(about.clone(), 2).unwrap().unwrap();
    let now = both.now.unwrap();
    assert_eq!(
        (openings(&both.then.entries), openings(&now.entries)),
        (vec!["first", "second"], vec!["fourth", "fifth"])
    );
    assert_eq!((both.then.mood, now.mood), (Some(mean(1.5, 2)), Some(mean(4.5, 2))));
    assert_eq!((both.then.from, both.then.to), (day("2025-11-30"), day("2025-12-10")));
    // From 30 November to the last day of February: three months.
    assert_eq!((both.months_apart, both.count), (3, 5));
    let wide = desk.journal.then_and_now(about.clone(), 50).unwrap().unwrap();
    assert_eq!(
        wide.then.entries.len() + wide.now.map_or(0, |now| now.entries.len()),
        4,
        "none is on both sides"
    );
    for each in [0, 51] {
        let refused = desk.journal.then_and_now(about.clone(), each).err();
        assert!(matches!(refused, Some(Error::Invalid { field, .. }) if field == "each"));
    }
}

#[test]
fn patterns_are_means_of_days_with_and_without() {
    let desk = desk();
    let feeling = |name: &str| Emotion { name: name.to_owned(), intensity: Some(4) };
    // 1 May: the mean of 2 and 5 is 3.5, with garden and, from another entry, calm.
    desk.on("2026-05-01", Some(2), tagged("garden"));
    desk.on("2026-05-01", Some(5), NewEntry { emotions: vec![feeling("calm")], ..text("later") });
    desk.on("2026-05-02", Some(5), tagged("Garden"));
    desk.on("2026-05-03", Some(1), NewEntry { emotions: vec![feeling("fear")], ..tagged("work") });
    desk.on("2026-05-04", Some(2), tagged("work"));
    // A day without a mood says nothing, with whatever tag; a name is spelled as it was last.
    desk.on("2026-05-05", None, tagged("garden"));
    let walk = desk.journal.add_tool("A walk".into(), String::new()).unwrap();
    let breathe = desk.journal.add_tool("Breathing".into(), String::new()).unwrap();
    let used = |tool: &super::super::Tool, instant: &str, helped| {
        let used = in_zone(instant, Tz::Europe__Berlin);
        let using = NewToolUse { tool: tool.id, helped, note: String::new(), entry: None, used };
        desk.journal.use_tool(using).unwrap();
    };
    // The first is on 2 May in Berlin.
    used(&walk, "2026-05-01T22:30:00Z", Some(7));
    used(&walk, "2026-05-04T10:00:00Z", None);
    used(&walk, "2026-05-04T15:00:00Z", Some(2));
    used(&breathe, "2026-06-01T10:00:00Z", None);

    let patterns = desk.journal.patterns(None, None, 1).unwrap();
    // (3.5 + 5 + 1 + 2) / 4
    assert_eq!(patterns.days, Some(mean(2.875, 4)));
    let shown = |patterns: &[Pattern]| -> Vec<(String, Mean, Mean)> {
        patterns.iter().map(|one| (one.name.clone(), one.with, one.without)).collect()
    };
    assert!(
        shown(&patterns.tags)
            == [
                ("garden".to_owned(), mean(4.25, 2), mean(1.5, 2)),
                ("work".to_owned(), mean(1.5, 2), mean(4.25, 2)),
            ]
    );
    let third = |sum: f64| mean(sum / 3.0, 3);
    assert!(
        shown(&patterns.emotions)
            == [
                ("calm".to_owned(), mean(3.5, 1), third(8.0)),
                ("fear".to_owned(), mean(1.0, 1), third(10.5))
            ]
    );
    assert!(shown(&patterns.tools) == [("A walk".to_owned(), mean(3.5, 2), mean(2.25, 2))]);

    let twice = desk.journal.patterns(None, None, 2).unwrap();
    assert_eq!((twice.tags.len(), twice.emotions.len(), twice.tools.len()), (2, 0, 1));
    let of_two_days = desk.journal.patterns(Some(day("2026-05-02")), Some(day("2026-05-03")), 1).unwrap();
    assert_eq!(of_two_days.days, Some(mean(3.0, 2)));

    let means = desk.journal.tool_means(None, None).unwrap();
    let means: Vec<_> = means.iter().map(|one| (one.name.as_str(), one.uses, one.helped)).collect();
    assert_eq!(means, [("A walk", 3, Some(mean(4.5, 2))), ("Breathing", 1, None)]);
    assert_eq!(desk.journal.tool_means(Some(day("2026-05-02")), Some(day("2026-05-02"))).unwrap()[0].uses, 1);
}

#[test]
fn small_wins_are_those_of_the_month() {
    let desk = desk();
    let win = |words: &str| NewEntry { kind: Some(EntryKind::SmallWin), ..text(words) };
    desk.on("2024-01-31", None, win("January"));
    desk.on("2024-02-01", None, win("first"));
    desk.on("2024-02-10", None, text("no win"));
    desk.on("2024-02-29", None, win("last"));
    desk.on("2024-03-01", None, win("March"));
    assert_eq!(openings(&desk.journal.small_wins(day("2024-02-14")).unwrap()), ["first", "last"]);
    assert!(desk.journal.small_wins(day("2023-02-14")).unwrap().is_empty());
}

#[test]
fn answers_on_a_scale_become_numbers_over_time() {
    let desk = desk();
    let answered = |version: u32, value: &str| NewEntry {
        answers: vec![
            Answer { template: "own:sleep".into(), version, field: "rested".into(), value: value.into() },
            Answer { template: "own:sleep".into(), version, field: "hours".into(), value: "7".into() },
        ],
        ..text("")
    };
    desk.on("2026-05-02", None, answered(2, "6.5"));
    desk.on("2026-05-01", None, answered(1, " 4 "));
    desk.on("2026-05-03", None, answered(2, "not at all"));
    desk.on("2026-05-04", None, answered(2, "inf"));
    let binned = desk.on("2026-05-05", None, answered(2, "9"));
    desk.journal.bin(binned.id).unwrap();
    let points =
        |from| desk.journal.scale_over_time("own:sleep".into(), "rested".into(), from, None).unwrap();
    let shown: Vec<_> = points(None)
        .iter()
        .map(|one| (one.written.local_date().to_string(), one.version, one.value))
        .collect();
    assert_eq!(shown, [("2026-05-01".to_owned(), 1, 4.0), ("2026-05-02".to_owned(), 2, 6.5)]);
    assert_eq!(points(Some(day("2026-05-02"))).len(), 1);
}

#[test]
fn what_was_marked_since_the_appointment_is_brought_along_whole() {
    let desk = desk();
    let marked = |words: &str| NewEntry { to_bring: true, ..text(words) };
    let before = desk.journal.add(marked("talked about")).unwrap();
    desk.world.pass(TimeDelta::days(1));
    let appointment = desk.world.now();
    desk.world.pass(TimeDelta::days(1));
    // Written before the appointment, marked after it.
    let old = desk.on("2020-01-01", None, text("old, marked now"));
    let edit = EntryEdit { to_bring: Some(true), ..EntryEdit::default() };
    desk.journal.edit(old.id, old.revision, edit).unwrap();
    let kind = Some(EntryKind::HardAfterSession);
    let by_itself = desk.journal.add(NewEntry { kind, ..text("it was hard") }).unwrap();
    let binned = desk.journal.add(marked("binned")).unwrap();
    desk.journal.bin(binned.id).unwrap();
    desk.write("not marked");

    let since = desk.journal.to_bring(Some(appointment)).unwrap();
    let ids: Vec<EntryId> = since.entries.iter().map(|entry| entry.id).collect();
    assert!(ids == [old.id, by_itself.id] && since.left_out == 0);
    assert!(since.entries[1] == by_itself, "whole");
    let ever: Vec<EntryId> =
        desk.journal.to_bring(None).unwrap().entries.iter().map(|entry| entry.id).collect();
    assert!(ever == [old.id, before.id, by_itself.id]);
}

#[test]
fn an_empty_journal_has_nothing_to_look_back_on() {
    let desk = desk();
    let journal = &desk.journal;
    let patterns = journal.patterns(None, None, 0).unwrap();
    assert!(patterns.days.is_none() && patterns.tags.is_empty() && patterns.tools.is_empty());
    assert!(journal.on_this_day(day("2026-05-03")).unwrap().is_empty());
    assert!(journal.mood_by_week(EntryFilter::default()).unwrap().is_empty());
    assert!(journal.to_bring(None).unwrap().entries.is_empty());
    desk.private.lock();
    let locked = |error: Option<Error>| assert!(matches!(error, Some(Error::Locked)));
    locked(journal.patterns(None, None, 0).err());
    locked(journal.on_this_day(day("2026-05-03")).err());
    locked(journal.mood_by_day(EntryFilter::default()).err());
    locked(journal.then_and_now(EntryFilter::default(), 3).err());
    locked(journal.to_bring(None).err());
}
