//! Import of the tables of Daylio and Presently.

use super::*;

const DAYLIO_2026: &[u8] = include_bytes!("daylio-2026.csv");
const DAYLIO_2020: &[u8] = include_bytes!("daylio-2020.csv");
const DAYLIO_2018: &[u8] = include_bytes!("daylio-2018.csv");
const DAYLIO_TABS: &[u8] = include_bytes!("daylio-tabs.tsv");
const PRESENTLY: &[u8] = include_bytes!("presently.csv");

fn of(report: &ImportReport) -> (u64, u64, u64, u64) {
    (report.found, report.added, report.already_here, report.bad_count)
}

#[test]
fn a_table_of_daylio_comes_in_with_moods_activities_scales_and_notes() {
    let desk = desk();
    let report = desk.take("daylio.csv", DAYLIO_2026, &ImportOptions::default()).unwrap();
    assert_eq!((report.format, of(&report)), (ImportFormat::Daylio, (3, 3, 0, 0)));
    assert_eq!((report.without_zone, report.without_text), (3, 1));
    let unknown: Vec<_> = report.unknown_moods.iter().map(|mood| (mood.name.as_str(), mood.count)).collect();
    assert_eq!(unknown, [("wobbly", 1)]);
    let [night, evening, morning] = desk.newest::<3>();
    assert!(night.title.as_deref() == Some("Long night"));
    assert!(night.text == "Woke up twice.\nWent for a walk & felt **better**.");
    assert!(night.tags == ["walk", "Sam"] && night.mood == Some(4) && night.emotions.is_empty());
    let scales: Vec<_> = night.answers.iter().map(|a| (a.field.as_str(), a.value.as_str())).collect();
    assert_eq!(scales, [("Sleep", "7"), ("Energy", "3")]);
    // In that night clocks in Berlin went from two to three.
    assert!(night.written.at == at("2026-03-29T01:30:00Z") && night.written.zone == "Europe/Berlin");
    assert!(evening.mood.is_none() && evening.emotions.len() == 1 && evening.emotions[0].name == "wobbly");
    assert!(evening.text == "He said \"stay\", and I did." && evening.title.is_none());
    assert!(morning.mood == Some(1) && morning.tags == ["work"] && morning.text.is_empty());
    assert!(
        desk.journal.search("wobbly".into(), EntryFilter::default(), SearchOrder::Newest, 5, None).is_ok()
    );
}

#[test]
fn every_header_that_daylio_has_had_is_known_and_tabs_part_as_well_as_commas() {
    let desk = desk();
    for (name, table, moods) in [
        ("2020.csv", DAYLIO_2020, vec![5]),
        ("2018.csv", DAYLIO_2018, vec![1, 4]),
        ("tabs.tsv", DAYLIO_TABS, vec![1]),
    ] {
        let before = desk.journal.count().unwrap();
        let report = desk.take(name, table, &ImportOptions::default()).unwrap();
        assert_eq!((report.format, report.bad_count), (ImportFormat::Daylio, 0), "{name}");
        assert_eq!(desk.journal.count().unwrap() - before, moods.len() as u64, "{name}");
        let all = desk.journal.entries(50, None).unwrap().entries;
        for mood in moods {
            assert!(all.iter().any(|entry| entry.mood == Some(mood)), "{name}");
        }
    }
    let german =
        desk.journal.search("nichts".into(), EntryFilter::default(), SearchOrder::Newest, 5, None).unwrap();
    assert!(german.hits[0].entry.tags == ["Arbeit", "Regen"]);
    assert!(german.hits[0].entry.written.at == at("2021-05-03T18:30:00Z"));
}

#[test]
fn moods_of_ones_own_get_the_numbers_one_gives_them_and_stay_feelings() {
    let desk = desk();
    let moods = vec![MoodName { name: "Wobbly".into(), mood: 2 }];
    let options = ImportOptions { moods, ..ImportOptions::default() };
    let report = desk.take("daylio.csv", DAYLIO_2026, &options).unwrap();
    assert!(report.unknown_moods.is_empty() && report.notes.is_empty());
    let [_, evening, _] = desk.newest::<3>();
    assert!(evening.mood == Some(2) && evening.emotions[0].name == "wobbly");
    let moods = vec![MoodName { name: "x".into(), mood: 6 }];
    let refused = desk.take("d.csv", DAYLIO_2026, &ImportOptions { moods, ..ImportOptions::default() });
    assert!(matches!(refused, Err(Error::Invalid { field, .. }) if field == "moods"));
}

#[test]
fn a_table_of_presently_is_one_entry_a_day_at_noon_where_the_person_says() {
    let desk = desk();
    let zone = |zone: &str| ImportOptions { zone: Some(zone.into()), ..ImportOptions::default() };
    assert!(matches!(
        desk.take("presently.csv", PRESENTLY, &zone("Middle/Earth")),
        Err(Error::Invalid { field, .. }) if field == "zone"
    ));
    let report = desk.take("presently.csv", PRESENTLY, &zone("America/New_York")).unwrap();
    assert_eq!((report.format, of(&report)), (ImportFormat::Presently, (2, 2, 0, 0)));
    let [second, first] = desk.newest::<2>();
    assert!(first.written.at == at("2020-06-02T16:00:00Z") && first.written.zone == "America/New_York");
    assert!(second.text == "Sun on the balcony,\n\nand \"nothing\" to do");
    // The zone asked for does not make other entries of them.
    let again = desk.take("presently.csv", PRESENTLY, &ImportOptions::default()).unwrap();
    assert_eq!(of(&again), (2, 0, 2, 0));
}

#[test]
fn two_rows_of_the_same_minute_are_two_entries_and_the_same_row_twice_is_one() {
    let desk = desk();
    let table = "full_date,date,time,mood,activities,note\n2020-01-01,,08:00,meh,,one\n\
                 2020-01-01,,08:00,meh,,two\n2020-01-01,,08:00,meh,,one\n";
    let report = desk.take("d.csv", table.as_bytes(), &ImportOptions::default()).unwrap();
    assert_eq!((of(&report), report.shared_ids), ((3, 2, 1, 0), 1));
    let again = desk.take("d.csv", table.as_bytes(), &ImportOptions::default()).unwrap();
    assert_eq!(of(&again), (3, 0, 3, 0));
}

#[test]
fn a_bad_row_is_named_by_line_and_column_and_the_rest_comes_in_when_asked_to() {
    let desk = desk();
    let table = "full_date,date,weekday,time,mood,activities,note_title,note\n\
                 2020-01-01,,,08:00,meh,,,\"over\ntwo lines\"\n\
                 2020-13-01,,,08:00,meh,,,Geheim\n\
                 2020-01-02,,,later,meh,,,Geheim\n\
                 2020-01-03,,,08:00,meh,,,Geheim, and more\n\
                 2020-01-04,,,08:00,meh,,,fine\n";
    let stopped = desk.take("d.csv", table.as_bytes(), &ImportOptions::default()).err();
    match stopped {
        Some(Error::Import { entry: 2, line: 4, field, problem }) => {
            assert_eq!((field.as_str(), problem.contains("Geheim")), ("full_date", false));
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(desk.journal.count().unwrap(), 0);
    let left_out = ImportOptions { on_bad: Some(OnBad::LeaveOut), ..ImportOptions::default() };
    let report = desk.take("d.csv", table.as_bytes(), &left_out).unwrap();
    assert_eq!(of(&report), (5, 2, 0, 3));
    let bad: Vec<_> =
        report.bad.iter().map(|bad| (bad.file.as_str(), bad.line, bad.entry, bad.field.as_str())).collect();
    assert_eq!(
        bad,
        [
            ("d.csv", Some(4), Some(2), "full_date"),
            ("d.csv", Some(5), Some(3), "time"),
            ("d.csv", Some(6), Some(4), "row"),
        ]
    );
    assert!(!format!("{report:?}").contains("Geheim"));
}

#[test]
fn other_encodings_and_ends_of_lines_are_read_and_told() {
    let wanted = "Grüße, schöner Tag";
    let table = format!("entryDate,entryContent\n2020-06-02,\"{wanted}\"\n2020-06-03,x\n");
    let utf_16 = |order: fn(u16) -> [u8; 2], mark: bool| -> Vec<u8> {
        let mark = if mark { "\u{feff}" } else { "" };
        format!("{mark}{table}").encode_utf16().flat_map(order).collect()
    };
    for (what, bytes, is_guessed) in [
        ("UTF-8", table.clone().into_bytes(), false),
        ("with a mark", format!("\u{feff}{table}").into_bytes(), false),
        ("UTF-16 LE", utf_16(u16::to_le_bytes, true), false),
        ("UTF-16 BE", utf_16(u16::to_be_bytes, true), false),
        ("UTF-16 LE without a mark", utf_16(u16::to_le_bytes, false), false),
        ("UTF-16 BE without a mark", utf_16(u16::to_be_bytes, false), false),
        ("Windows-1252", encoding_rs::WINDOWS_1252.encode(&table).0.into_owned(), true),
        ("CRLF", table.replace('\n', "\r\n").into_bytes(), false),
        ("CR", table.replace('\n', "\r").into_bytes(), false),
    ] {
        let desk = desk();
        let report = desk.take("p.csv", &bytes, &ImportOptions::default()).unwrap();
        assert_eq!(of(&report), (2, 2, 0, 0), "{what}");
        let [_, first] = desk.newest::<2>();
        assert!(first.text == wanted, "{what}");
        let notes = [NoteCount { note: ImportNote::Windows1252, count: 1 }];
        assert_eq!(report.notes, if is_guessed { notes.as_slice() } else { &[] }, "{what}");
    }
    let cut = desk().take("p.csv", &utf_16(u16::to_le_bytes, true)[..101], &ImportOptions::default());
    assert!(matches!(cut, Err(Error::Import { line: 2, field, .. }) if field == "text"));
}

#[test]
fn a_row_that_never_ends_is_refused_with_its_line() {
    let desk = desk();
    let mut table = b"entryDate,entryContent\n2020-06-02,fine\n2020-06-03,\"".to_vec();
    table.resize(6 << 20, b'x');
    match desk.take("p.csv", &table, &ImportOptions::default()) {
        Err(Error::Import { line: 3, entry: 2, problem, .. }) => assert!(problem.contains("4 MiB")),
        other => panic!("{:?}", other.map(|_| ())),
    }
    assert_eq!(desk.journal.count().unwrap(), 0);
}

#[test]
fn a_table_that_lacks_a_column_is_not_guessed_at() {
    let desk = desk();
    let table = b"full_date,mood\n2020-01-01,good\n";
    assert!(matches!(
        desk.take("d.csv", table, &ImportOptions::default()),
        Err(Error::Import { entry: 0, field, .. }) if field == "file"
    ));
    let options = ImportOptions { format: Some(ImportFormat::Daylio), ..ImportOptions::default() };
    assert!(matches!(
        desk.take("d.csv", table, &options),
        Err(Error::Import { line: 1, field, .. }) if field == "date"
    ));
}
