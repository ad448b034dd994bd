//! Which entries are meant: a filter as conditions in SQL over `entry`, for lists, searches and exports.
//!
//! Entries are walked by `row`, which is their time. A rare tag, or any other condition with an index of its
//! own, would make that a walk past nearly all of them for nothing; so where such an index has few rows, or
//! has them in order of time, the walk goes along it instead.

use rusqlite::types::{ToSql, Value};
use rusqlite::{Connection, Row, Statement};

use super::entries::{LONGEST_TAG, check_line, check_tags};
use super::types::{EntryFilter, EntryLink, EntryPage};
use super::{Journal, details, list};
use crate::clock::LocalDate;
use crate::error::Problem;
use crate::{Error, Result};

/// A list of at most so many rows may be sorted, and every one of them looked at.
pub(super) const FEW: usize = 200;

/// More links are in no entry.
const MOST_LINKS: usize = 100;

/// A day of the rows, which are milliseconds.
const DAY: i64 = 86_400_000;

#[uniffi::export]
impl Journal {
    /// The entries that a filter lets through, newest first. `after` is the `next` of the page before;
    /// `limit` is 1 to 500. The bin is left out.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for a filter or a limit that cannot be, [`crate::Error::Locked`].
    #[uniffi::method(default(limit = 50, after = None))]
    pub fn filtered(&self, filter: EntryFilter, limit: u32, after: Option<String>) -> Result<EntryPage> {
        list::page(&self.private, &filter, limit, after.as_deref())
    }
}

/// In which order entries are walked.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Walk {
    NewestFirst,
    OldestFirst,
}

/// A filter in the language of the file.
pub(super) struct Conditions {
    parts: Vec<Part>,
    values: Vec<(String, Value)>,
    /// No row outside these can be meant.
    lowest: i64,
    highest: i64,
}

/// One condition.
struct Part {
    /// What must be so for a row of `entry`.
    holds: String,
    /// The rows for which it is so, as `at`, where an index knows them.
    known: Option<Known>,
}

struct Known {
    rows: String,
    /// The index has them in order of time.
    in_order: bool,
}

impl Conditions {
    /// Nothing is asked for but that an entry is not in the bin.
    pub(super) fn any() -> Self {
        Self {
            parts: vec![Part { holds: "entry.binned_at IS NULL".to_owned(), known: None }],
            values: Vec::new(),
            lowest: i64::MIN,
            highest: i64::MAX,
        }
    }

    /// What a filter asks for, checked.
    pub(super) fn of(filter: &EntryFilter) -> Result<Self> {
        let mut conditions = Self::any();
        conditions.days(filter.from, filter.to);
        conditions.kinds(filter);
        conditions.moods(filter.mood_from, filter.mood_to)?;
        for (number, tag) in check_tags(filter.tags.clone())?.iter().enumerate() {
            let name = conditions.value(format!(":tag{number}"), details::key(tag));
            conditions.named("entry_tag", &format!("key = {name}"));
        }
        if let Some(emotion) = &filter.emotion {
            let emotion = check_line("emotion", emotion, LONGEST_TAG)?;
            let name = conditions.value(":emotion".to_owned(), details::key(&emotion));
            conditions.named("entry_emotion", &format!("key = {name}"));
        }
        conditions.links(&filter.links)?;
        if filter.starred {
            conditions.flag(
                "entry.starred = 1",
                "SELECT row AS at FROM entry INDEXED BY entry_starred WHERE starred = 1",
                true,
            );
        }
        if filter.with_attachments {
            conditions.flag(
                "entry.attachments > 0",
                "SELECT row AS at FROM entry INDEXED BY entry_with_attachments WHERE attachments > 0",
                true,
            );
        }
        if filter.to_bring {
            conditions.flag(
                "entry.to_bring_at IS NOT NULL",
                "SELECT row AS at FROM entry INDEXED BY entry_to_bring WHERE to_bring_at IS NOT NULL",
                false,
            );
        }
        Ok(conditions)
    }

    /// Whether anything is asked for besides a row of `entry` that is not in the bin.
    pub(super) fn ask_more_than_time(&self) -> bool {
        self.parts.len() > 1
    }

    /// What must be so for a row of `entry`, its time aside.
    pub(super) fn sql(&self) -> String {
        joined(self.parts.iter())
    }

    /// Only rows that come behind this one on the walk.
    pub(super) fn beyond(mut self, walk: Walk, row: Option<i64>) -> Self {
        match (walk, row) {
            (Walk::NewestFirst, Some(row)) => self.highest = self.highest.min(row.saturating_sub(1)),
            (Walk::OldestFirst, Some(row)) => self.lowest = self.lowest.max(row.saturating_add(1)),
            (_, None) => {}
        }
        self
    }

    /// Gives a statement the values of all the names it uses.
    pub(super) fn bind(&self, statement: &mut Statement<'_>) -> Result<()> {
        let rows = [(":lowest", &self.lowest as &dyn ToSql), (":highest", &self.highest)];
        let values = self.values.iter().map(|(name, value)| (name.as_str(), value as &dyn ToSql));
        rows.into_iter().chain(values).try_for_each(|(name, value)| bind(statement, name, value))
    }

    /// Calls `each` with the first `limit` entries on the walk, of which `columns` are read.
    pub(super) fn walk(
        &self,
        file: &Connection,
        walk: Walk,
        columns: &str,
        limit: usize,
        mut each: impl FnMut(&Row<'_>) -> Result<()>,
    ) -> Result<()> {
        let order = match walk {
            Walk::NewestFirst => "DESC",
            Walk::OldestFirst => "ASC",
        };
        let sql = match self.shortest_known(file)? {
            Some((number, known)) => {
                let others =
                    self.parts.iter().enumerate().filter(|(other, _)| *other != number).map(|(_, part)| part);
                format!(
                    "SELECT {columns}
                     FROM ({}) AS known CROSS JOIN entry NOT INDEXED ON entry.row = known.at
                     WHERE known.at BETWEEN :lowest AND :highest AND {}
                     ORDER BY known.at {order}
                     LIMIT :limit",
                    known.rows,
                    joined(others),
                )
            }
            None => format!(
                "SELECT {columns}
                 FROM entry NOT INDEXED
                 WHERE entry.row BETWEEN :lowest AND :highest AND {}
                 ORDER BY entry.row {order}
                 LIMIT :limit",
                self.sql(),
            ),
        };
        let mut statement = file.prepare_cached(&sql)?;
        self.bind(&mut statement)?;
        bind(&mut statement, ":limit", &i64::try_from(limit).unwrap_or(i64::MAX))?;
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            each(row)?;
        }
        Ok(())
    }

    /// How many entries meet them.
    pub(super) fn count(&self, file: &Connection) -> Result<u64> {
        let mut count = 0;
        self.walk(file, Walk::NewestFirst, "1", usize::MAX, |_| {
            count += 1;
            Ok(())
        })?;
        Ok(count)
    }

    /// The list that an index knows and along which the walk is shortest, if any is worth it.
    fn shortest_known(&self, file: &Connection) -> Result<Option<(usize, &Known)>> {
        let known: Vec<(usize, &Known)> = self
            .parts
            .iter()
            .enumerate()
            .filter_map(|(number, part)| Some((number, part.known.as_ref()?)))
            .collect();
        if let [only] = known[..]
            && only.1.in_order
        {
            return Ok(Some(only));
        }
        let mut shortest = None;
        let mut fewest = usize::MAX;
        for (number, known) in known {
            let count = self.count_some(file, known)?;
            if count < fewest && (known.in_order || count <= FEW) {
                (shortest, fewest) = (Some((number, known)), count);
            }
        }
        Ok(shortest)
    }

    /// How many rows a list has, as far as that matters.
    fn count_some(&self, file: &Connection, known: &Known) -> Result<usize> {
        let sql = format!("SELECT count(*) FROM ({} LIMIT {})", known.rows, FEW + 1);
        let mut statement = file.prepare_cached(&sql)?;
        self.bind(&mut statement)?;
        let mut rows = statement.raw_query();
        let count: i64 = rows.next()?.map_or(Ok(0), |row| row.get(0))?;
        Ok(usize::try_from(count).unwrap_or(0))
    }

    fn value(&mut self, name: String, value: impl Into<Value>) -> String {
        self.values.push((name.clone(), value.into()));
        name
    }

    /// Days are those of the writer's calendar. A clock is at most 18 hours from UTC, so the rows of a day
    /// begin at most a day before it and end at most a day after it.
    fn days(&mut self, from: Option<LocalDate>, to: Option<LocalDate>) {
        if let Some(from) = from {
            let name = self.value(":from".to_owned(), day_number(from));
            self.parts.push(Part { holds: format!("entry.day >= {name}"), known: None });
            self.lowest = (day_number(from) - 1) * DAY;
        }
        if let Some(to) = to {
            let name = self.value(":to".to_owned(), day_number(to));
            self.parts.push(Part { holds: format!("entry.day <= {name}"), known: None });
            self.highest = (day_number(to) + 2) * DAY;
        }
    }

    fn kinds(&mut self, filter: &EntryFilter) {
        let mut kinds = filter.kinds.clone();
        kinds.sort_unstable_by_key(|kind| kind.as_str());
        kinds.dedup();
        if kinds.is_empty() {
            return;
        }
        let names: Vec<String> = (kinds.iter().enumerate())
            .map(|(number, kind)| self.value(format!(":kind{number}"), kind.as_str().to_owned()))
            .collect();
        let names = names.join(", ");
        let known = (!kinds.contains(&super::EntryKind::Free)).then(|| Known {
            rows: format!(
                "SELECT row AS at FROM entry INDEXED BY entry_of_kind WHERE kind IN ({names}) AND kind <> 'free'"
            ),
            in_order: kinds.len() == 1,
        });
        self.parts.push(Part { holds: format!("entry.kind IN ({names})"), known });
    }

    fn moods(&mut self, from: Option<u8>, to: Option<u8>) -> Result<()> {
        for (field, mood) in [("mood_from", from), ("mood_to", to)] {
            if mood.is_some_and(|mood| !(1..=5).contains(&mood)) {
                return Err(Error::invalid(field, Problem::OutOfRange { from: 1, to: 5 }));
            }
        }
        if from.is_some() || to.is_some() {
            let from = self.value(":mood_from".to_owned(), i64::from(from.unwrap_or(1)));
            let to = self.value(":mood_to".to_owned(), i64::from(to.unwrap_or(5)));
            let rows = format!(
                "SELECT row AS at FROM entry INDEXED BY entry_on_day
                 WHERE binned_at IS NULL AND mood BETWEEN {from} AND {to}"
            );
            self.parts.push(Part {
                holds: format!("entry.mood BETWEEN {from} AND {to}"),
                known: Some(Known { rows, in_order: false }),
            });
        }
        Ok(())
    }

    fn links(&mut self, links: &[EntryLink]) -> Result<()> {
        if links.len() > MOST_LINKS {
            let problem = Problem::TooLong { limit: MOST_LINKS as u64, unit: "links".to_owned() };
            return Err(Error::invalid("links", problem));
        }
        for (number, link) in links.iter().enumerate() {
            let (kind, target) = details::link_columns(link);
            let name = self.value(format!(":link{number}"), target.to_vec());
            self.named("entry_link", &format!("kind = '{kind}' AND target = {name}"));
        }
        Ok(())
    }

    /// A condition that holds where a table has the entry's row under a name.
    fn named(&mut self, table: &str, name: &str) {
        self.parts.push(Part {
            holds: format!("EXISTS (SELECT 1 FROM {table} WHERE {name} AND {table}.row = entry.row)"),
            known: Some(Known {
                rows: format!("SELECT row AS at FROM {table} WHERE {name}"),
                in_order: true,
            }),
        });
    }

    fn flag(&mut self, holds: &str, rows: &str, in_order: bool) {
        self.parts
            .push(Part { holds: holds.to_owned(), known: Some(Known { rows: rows.to_owned(), in_order }) });
    }
}

/// A day as the files count it: days since 1970-01-01, negative before.
pub(super) fn day_number(day: LocalDate) -> i64 {
    day.signed_duration_since(LocalDate::default()).num_days()
}

/// Gives a statement a value, if it uses that name.
pub(super) fn bind(statement: &mut Statement<'_>, name: &str, value: &dyn ToSql) -> Result<()> {
    if let Some(place) = statement.parameter_index(name)? {
        statement.raw_bind_parameter(place, value)?;
    }
    Ok(())
}

fn joined<'a>(parts: impl Iterator<Item = &'a Part>) -> String {
    parts.map(|part| part.holds.as_str()).collect::<Vec<_>>().join(" AND ")
}
