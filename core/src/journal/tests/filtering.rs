//! Filters: against a look at every entry, one after the other.

use chrono::NaiveDate;
use proptest::prelude::*;

use super::super::filter::{Conditions, Walk, day_number};
use super::super::{Attached, Emotion, EntryKind, EntryLink, details, list};
use super::*;
use crate::clock::{LocalDate, Moment};
use crate::id::{AttachmentId, GoalId, RelationshipId};

pub(super) const GOAL: EntryLink = EntryLink::Goal(GoalId::from_bytes([1; 16]));
const PERSON: EntryLink = EntryLink::Relationship(RelationshipId::from_bytes([1; 16]));
pub(super) const PHOTO: AttachmentId = AttachmentId::from_bytes([9; 32]);

pub(super) fn day(text: &str) -> LocalDate {
    text.parse().expect("a day")
}

/// A moment by the clock of a zone.
pub(super) fn in_zone(instant: &str, zone: Tz) -> Option<Moment> {
    Some(Moment::in_zone(at(instant), zone))
}

/// What a property test made up: nobody wrote it, so a failure may show it.
#[derive(Clone)]
pub(super) struct MadeUp<T>(pub(super) T);

impl<T: serde::Serialize> std::fmt::Debug for MadeUp<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&serde_json::to_string(&self.0).unwrap_or_default())
    }
}

impl Desk {
    /// Puts something in that entries can have attached.
    pub(super) fn take_in_photo(&self) {
        self.private
            .write(|file| {
                let sql = "INSERT INTO attachment (id, bytes, added_at) VALUES (?1, 0, 0)";
                Ok(file.execute(sql, [PHOTO])?)
            })
            .expect("an attachment");
    }

    /// The rows of the oldest entries that a filter lets through, behind one.
    fn oldest_rows(&self, filter: &EntryFilter, beyond: Option<i64>, limit: usize) -> Vec<i64> {
        let mut rows = Vec::new();
        let walk = Walk::OldestFirst;
        let conditions = Conditions::of(filter).expect("a filter").beyond(walk, beyond);
        self.private
            .read(|file| {
                conditions.walk(file, walk, "entry.row", limit, |row| {
                    rows.push(row.get(0)?);
                    Ok(())
                })
            })
            .expect("rows");
        rows
    }

    pub(super) fn filtered(&self, filter: &EntryFilter) -> Vec<EntryId> {
        let mut ids = Vec::new();
        let mut after = None;
        loop {
            let page = self.journal.filtered(filter.clone(), 3, after).expect("a page");
            ids.extend(page.entries.iter().map(|entry| entry.id));
            match page.next {
                Some(next) => after = Some(next),
                None => return ids,
            }
        }
    }
}

/// What the words of [`EntryFilter`] say, one entry at a time.
pub(super) fn lets_through(filter: &EntryFilter, entry: &Entry) -> bool {
    let day = entry.written.local_date();
    let has_tag = |tag: &String| entry.tags.iter().any(|other| details::key(other) == details::key(tag));
    let mood_fits = match (filter.mood_from, filter.mood_to) {
        (None, None) => true,
        (from, to) => entry.mood.is_some_and(|mood| from.unwrap_or(1) <= mood && mood <= to.unwrap_or(5)),
    };
    entry.binned_at.is_none()
        && filter.from.is_none_or(|from| from <= day)
        && filter.to.is_none_or(|to| day <= to)
        && (filter.kinds.is_empty() || filter.kinds.contains(&entry.kind))
        && mood_fits
        && filter.tags.iter().all(has_tag)
        && filter.emotion.as_ref().is_none_or(|wanted| {
            entry.emotions.iter().any(|emotion| details::key(&emotion.name) == details::key(wanted))
        })
        && filter.links.iter().all(|link| entry.links.contains(link))
        && (!filter.starred || entry.starred)
        && (!filter.with_attachments || !entry.attachments.is_empty())
        && (!filter.to_bring || entry.to_bring_at.is_some())
}

pub(super) fn any_entry() -> impl Strategy<Value = MadeUp<NewEntry>> {
    let kind = prop::option::of(prop::sample::select(EntryKind::ALL));
    let tags = prop::sample::subsequence(vec!["work", "Wörk", "sleep", "家"], 0..=3);
    let emotions = prop::sample::subsequence(vec!["calm", "Angst", "señor"], 0..=2);
    let links = prop::sample::subsequence(vec![GOAL, PERSON], 0..=2);
    let zone =
        prop::sample::select(vec![Tz::Pacific__Kiritimati, Tz::Pacific__Pago_Pago, Tz::Europe__Berlin]);
    let flags = (any::<bool>(), any::<bool>(), any::<bool>());
    (kind, prop::option::of(1_u8..=5), tags, emotions, links, zone, flags, -40_i64..40).prop_map(
        |(kind, mood, tags, emotions, links, zone, (starred, attached, to_bring), hours)| {
            MadeUp(NewEntry {
                text: "words".to_owned(),
                kind,
                mood,
                tags: tags.into_iter().map(str::to_owned).collect(),
                emotions: (emotions.into_iter())
                    .map(|name| Emotion { name: name.to_owned(), intensity: None })
                    .collect(),
                links,
                attachments: attached
                    .then(|| Attached {
                        attachment: PHOTO,
                        name: "a.jpg".to_owned(),
                        media_type: "image/jpeg".to_owned(),
                    })
                    .into_iter()
                    .collect(),
                starred,
                to_bring,
                // Around the beginning of 1970, where days begin to be counted.
                written: Some(Moment::in_zone(at("1970-01-01T00:00:00Z") + TimeDelta::hours(hours), zone)),
                ..NewEntry::default()
            })
        },
    )
}

pub(super) fn any_filter() -> impl Strategy<Value = MadeUp<EntryFilter>> {
    let day = || prop::option::of((-3_i64..3).prop_map(|days| NaiveDate::default() + TimeDelta::days(days)));
    let kinds = prop::sample::subsequence(EntryKind::ALL.to_vec(), 0..=3);
    let mood = || prop::option::weighted(0.2, 1_u8..=5);
    let tags = prop_oneof![
        3 => Just(vec![]),
        2 => prop::sample::subsequence(vec!["WORK", "sleep", "家", "never"], 1..=2),
    ];
    let emotion = prop::option::weighted(0.2, prop::sample::select(vec!["ANGST", "senor", "rage"]));
    let links = prop_oneof![3 => Just(vec![]), 1 => Just(vec![GOAL]), 1 => Just(vec![PERSON, GOAL])];
    let flag = || prop::bool::weighted(0.2);
    (day(), day(), kinds, mood(), mood(), tags, emotion, links, (flag(), flag(), flag())).prop_map(
        |(
            from,
            to,
            kinds,
            mood_from,
            mood_to,
            tags,
            emotion,
            links,
            (starred, with_attachments, to_bring),
        )| {
            MadeUp(EntryFilter {
                from,
                to,
                kinds,
                mood_from,
                mood_to,
                tags: tags.into_iter().map(str::to_owned).collect(),
                emotion: emotion.map(str::to_owned),
                links,
                starred,
                with_attachments,
                to_bring,
            })
        },
    )
}

proptest! {
    #![proptest_config(crate::tests::cases(48))]

    #[test]
    fn a_filter_lets_through_what_a_look_at_every_entry_finds(
        entries in prop::collection::vec(any_entry(), 0..20),
        filters in prop::collection::vec(any_filter(), 8),
        binned in any::<prop::sample::Index>(),
    ) {
        let desk = desk();
        desk.take_in_photo();
        let entries: Vec<Entry> = entries.into_iter().map(|new| desk.journal.add(new.0).unwrap()).collect();
        if !entries.is_empty() {
            desk.journal.bin(entries[binned.index(entries.len())].id).unwrap();
        }
        let all = desk.private.read(|file| {
            let mut statement = file.prepare("SELECT row FROM entry ORDER BY row DESC")?;
            let rows = statement.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<i64>>>()?;
            rows.into_iter().map(|row| Ok((row, list::whole_at(file, row)?))).collect::<Result<Vec<_>>>()
        }).unwrap();
        for MadeUp(filter) in filters {
            let expected: Vec<&(i64, Entry)> = all.iter().filter(|(_, entry)| lets_through(&filter, entry)).collect();
            let ids: Vec<EntryId> = expected.iter().map(|(_, entry)| entry.id).collect();
            prop_assert!(desk.filtered(&filter) == ids);
            let mut oldest: Vec<i64> = expected.iter().map(|(row, _)| *row).collect();
            oldest.reverse();
            prop_assert_eq!(&desk.oldest_rows(&filter, None, usize::MAX), &oldest);
            if let [first, rest @ ..] = &oldest[..] {
                let next = desk.oldest_rows(&filter, Some(*first), 2);
                prop_assert_eq!(&next[..], &rest[..rest.len().min(2)]);
            }
        }
    }
}

#[test]
fn a_day_is_the_one_on_the_writers_calendar() {
    let desk = desk();
    // The same instant is Tuesday in Kiribati and Sunday on Samoa.
    for zone in [Tz::Pacific__Kiritimati, Tz::Pacific__Pago_Pago] {
        let written = in_zone("2026-05-04T10:30:00Z", zone);
        desk.journal.add(NewEntry { written, ..text(zone.name()) }).unwrap();
    }
    let on = |day: LocalDate| {
        let filter = EntryFilter { from: Some(day), to: Some(day), ..EntryFilter::default() };
        let page = desk.journal.filtered(filter, 10, None).unwrap();
        page.entries.into_iter().map(|entry| entry.opening).collect::<Vec<_>>().join(" ")
    };
    assert_eq!(on(day("2026-05-03")), "Pacific/Pago_Pago");
    assert_eq!(on(day("2026-05-04")), "");
    assert_eq!(on(day("2026-05-05")), "Pacific/Kiritimati");
}

#[test]
fn days_are_counted_from_1970_also_before_it() {
    assert_eq!(day_number(day("1970-01-01")), 0);
    assert_eq!(day_number(day("1969-12-31")), -1);
    assert_eq!(day_number(day("1665-09-02")), -111_154);
    assert_eq!(day_number(day("2000-03-01")), 11_017);
}

#[test]
fn a_filter_that_cannot_be_is_refused() {
    let desk = desk();
    let refused = |filter: EntryFilter| match desk.journal.filtered(filter, 10, None).err() {
        Some(Error::Invalid { field, .. }) => field,
        _ => String::new(),
    };
    assert_eq!(refused(EntryFilter { mood_from: Some(0), ..EntryFilter::default() }), "mood_from");
    assert_eq!(refused(EntryFilter { mood_to: Some(6), ..EntryFilter::default() }), "mood_to");
    assert_eq!(refused(EntryFilter { tags: vec!["x".repeat(101)], ..EntryFilter::default() }), "tag");
    assert_eq!(refused(EntryFilter { emotion: Some(" ".into()), ..EntryFilter::default() }), "emotion");
    assert_eq!(refused(EntryFilter { links: vec![GOAL; 101], ..EntryFilter::default() }), "links");
    assert!(matches!(
        desk.journal.filtered(EntryFilter::default(), 0, None).err(),
        Some(Error::Invalid { field, .. }) if field == "limit"
    ));
}

#[test]
fn a_day_at_the_end_of_all_calendars_is_a_filter_too() {
    let desk = desk();
    desk.write("here");
    let filter =
        EntryFilter { from: Some(NaiveDate::MIN), to: Some(NaiveDate::MAX), ..EntryFilter::default() };
    assert_eq!(desk.filtered(&filter).len(), 1);
    let filter =
        EntryFilter { from: Some(NaiveDate::MAX), to: Some(NaiveDate::MIN), ..EntryFilter::default() };
    assert!(desk.filtered(&filter).is_empty());
}
