//! Full-text search that stays quick however common the words are.
//!
//! Ranking asks the index how often a word stands in *all* entries, which for a common word takes longer
//! than a screen may wait. So each term is first counted, up to [`RANKED`]. Terms that stand in no more
//! entries are rare: they alone decide the order (bm25), since a word that is everywhere says next to
//! nothing about which entry is meant, and the common ones only sort out. If no term is rare, the newest
//! [`RANKED`] matches are ranked by how often and how densely the words stand in them, and the page says
//! so. A word that is common as it stands is not also completed: "with" need not find "without".
//!
//! With a filter beside the words it depends which of the two says more. If a word is rare, its entries are
//! held against the filter; if the filter lets few entries through, their words are read; and if neither,
//! matches come thick enough to be found from the newest on.

use rusqlite::{Connection, named_params};

use super::filter::{Conditions, FEW, Walk};
use super::query::{self, Term};
use super::types::{EntryFilter, SearchHit, SearchOrder, SearchPage, TextRange};
use super::{filter, list, snippet};
use crate::store::Slot;
use crate::{Error, Result};

/// How many matches are ranked at most.
pub(super) const RANKED: usize = 100;

/// The longest page of hits.
const LONGEST_PAGE: u32 = 100;

pub(super) fn search(
    private: &Slot,
    typed: &str,
    filter: &EntryFilter,
    order: SearchOrder,
    limit: u32,
    after: Option<&str>,
) -> Result<SearchPage> {
    list::check_limit(limit, LONGEST_PAGE)?;
    let after = after.map(Place::read).transpose()?;
    let limit = limit as usize;
    let is_filtered = *filter != EntryFilter::default();
    let conditions = Conditions::of(filter)?;
    let terms = query::read(typed);
    private.read(|file| {
        if terms.is_empty() {
            // Signs without a word in them stand in no entry.
            let is_list = is_filtered && typed.trim().is_empty();
            return if is_list { listed(file, conditions, limit, after) } else { Ok(nothing()) };
        }
        let question = Question::settle(file, terms, is_filtered.then_some(conditions))?;
        match order {
            SearchOrder::Newest => newest(file, question, limit, after),
            SearchOrder::BestMatch => best(file, &question, limit, after),
        }
    })
}

fn nothing() -> SearchPage {
    SearchPage { hits: Vec::new(), next: None, ranked_newest: None }
}

/// Where the next page begins. It crosses as text that means nothing to anyone else.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Place {
    /// Below this row.
    Below(i64),
    /// After so many hits.
    After(usize),
}

impl Place {
    fn read(text: &str) -> Result<Self> {
        let place = match text.split_at_checked(1) {
            Some(("n", row)) => row.parse().ok().map(Self::Below),
            Some(("b", hits)) => hits.parse().ok().map(Self::After),
            _ => None,
        };
        place.ok_or_else(Self::unknown)
    }

    fn unknown() -> Error {
        Error::malformed("after", "the `next` of a page of this search")
    }

    fn write(self) -> String {
        match self {
            Self::Below(row) => format!("n{row}"),
            Self::After(hits) => format!("b{hits}"),
        }
    }

    /// The row below which a page begins that is in order of time.
    fn row(place: Option<Self>) -> Result<Option<i64>> {
        match place {
            None => Ok(None),
            Some(Self::Below(row)) => Ok(Some(row)),
            Some(Self::After(_)) => Err(Self::unknown()),
        }
    }

    /// How many hits came before a page that is in order of rank.
    fn hits(place: Option<Self>) -> Result<usize> {
        match place {
            None => Ok(0),
            Some(Self::After(hits)) => Ok(hits),
            Some(Self::Below(_)) => Err(Self::unknown()),
        }
    }
}

/// No words, only a filter: what it lets through, newest first.
fn listed(
    file: &Connection,
    conditions: Conditions,
    limit: usize,
    after: Option<Place>,
) -> Result<SearchPage> {
    let mut hits = Vec::with_capacity(limit);
    let (mut last, mut next) = (0_i64, None);
    let conditions = conditions.beyond(Walk::NewestFirst, Place::row(after)?);
    conditions.walk(file, Walk::NewestFirst, list::summary_columns!(), limit + 1, |row| {
        if hits.len() == limit {
            next = Some(Place::Below(last).write());
        } else {
            last = row.get(0)?;
            let entry = list::summary(row)?;
            hits.push(SearchHit { snippet: entry.opening.clone(), entry, matches: Vec::new() });
        }
        Ok(())
    })?;
    Ok(SearchPage { hits, next, ranked_newest: None })
}

/// The terms to look for, the filter beside them, and the newest rows of the last term where it is known to
/// be common.
struct Question {
    terms: Vec<Term>,
    conditions: Option<Conditions>,
    newest_of_last: Option<Vec<i64>>,
}

impl Question {
    /// A last word that is common as it stands is not completed.
    fn settle(file: &Connection, mut terms: Vec<Term>, conditions: Option<Conditions>) -> Result<Self> {
        let mut newest_of_last = None;
        if let Some(last) = terms.last_mut().filter(|last| last.may_be_taken_whole()) {
            let whole = last.taken_whole();
            let rows = some_rows(file, &whole)?;
            if rows.len() > RANKED {
                *last = whole;
                newest_of_last = Some(rows);
            }
        }
        Ok(Self { terms, conditions, newest_of_last })
    }

    /// The terms that stand in few entries.
    fn rare(&self, file: &Connection) -> Result<Vec<Term>> {
        // One phrase alone is equally rare everywhere, and looking for common words side by side takes long
        // enough once.
        if matches!(self.terms.as_slice(), [phrase] if phrase.len() > 1) {
            return Ok(Vec::new());
        }
        let known = usize::from(self.newest_of_last.is_some());
        let mut rare = Vec::new();
        for term in &self.terms[..self.terms.len() - known] {
            if some_rows(file, term)?.len() <= RANKED {
                rare.push(term.clone());
            }
        }
        Ok(rare)
    }

    fn has_filter(&self) -> bool {
        self.conditions.as_ref().is_some_and(|conditions| conditions.ask_more_than_time())
    }

    /// All that the filter lets through, newest first, where that is little.
    fn few(&self, file: &Connection) -> Result<Option<Vec<i64>>> {
        let Some(conditions) = &self.conditions else { return Ok(None) };
        let mut rows = Vec::new();
        conditions.walk(file, Walk::NewestFirst, "entry.row", FEW + 1, |row| {
            rows.push(row.get(0)?);
            Ok(())
        })?;
        Ok((rows.len() <= FEW).then_some(rows))
    }
}

/// The newest rows of a term, enough of them to tell whether it is common.
fn some_rows(file: &Connection, term: &Term) -> Result<Vec<i64>> {
    newest_rows(file, &query::all_of([term]), None, RANKED + 1)
}

fn newest(
    file: &Connection,
    mut question: Question,
    limit: usize,
    after: Option<Place>,
) -> Result<SearchPage> {
    let before = Place::row(after)?;
    question.conditions = match question.conditions {
        Some(conditions) => Some(conditions.beyond(Walk::NewestFirst, before)),
        None => before.map(|row| Conditions::any().beyond(Walk::NewestFirst, Some(row))),
    };
    let by_words = |question: &Question| {
        newest_rows(file, &query::all_of(&question.terms), question.conditions.as_ref(), limit + 1)
    };
    let is_known = question.terms.len() == 1 && question.conditions.is_none();
    let mut rows = match question.newest_of_last.take_if(|_| is_known) {
        Some(known) => known,
        None if question.has_filter() && question.rare(file)?.is_empty() => match question.few(file)? {
            Some(few) => read_words(file, &question.terms, &few, limit + 1)?
                .into_iter()
                .map(|found| found.row)
                .collect(),
            None => by_words(&question)?,
        },
        None => by_words(&question)?,
    };
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| Place::Below(*row).write());
    Ok(SearchPage { hits: hits(file, &question.terms, &rows)?, next, ranked_newest: None })
}

fn best(file: &Connection, question: &Question, limit: usize, after: Option<Place>) -> Result<SearchPage> {
    let from = Place::hits(after)?;
    let rare = question.rare(file)?;
    let (ranked, cut_short) = if !rare.is_empty() {
        (ranked_by_rare_terms(file, question, &rare)?, false)
    } else if let Some(few) = question.few(file)? {
        (ranked(read_words(file, &question.terms, &few, FEW)?), false)
    } else {
        ranked_by_words(file, question)?
    };
    let rows: Vec<i64> = ranked.iter().skip(from).take(limit).copied().collect();
    let shown = from.saturating_add(rows.len());
    Ok(SearchPage {
        hits: hits(file, &question.terms, &rows)?,
        next: (shown < ranked.len()).then(|| Place::After(shown).write()),
        ranked_newest: cut_short.then_some(RANKED as u32),
    })
}

/// All matches by the index's own rank for the rare terms; of equals the newest first.
fn ranked_by_rare_terms(file: &Connection, question: &Question, rare: &[Term]) -> Result<Vec<i64>> {
    let mut ranked: Vec<(i64, f64)> = file
        .prepare_cached("SELECT rowid, rank FROM entry_search WHERE entry_search MATCH :query")?
        .query_map(named_params! { ":query": query::all_of(rare) }, |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    if rare.len() < question.terms.len() || question.conditions.is_some() {
        let all = query::all_of(&question.terms);
        let mut all = newest_rows(file, &all, question.conditions.as_ref(), ranked.len())?;
        all.sort_unstable();
        ranked.retain(|(row, _)| all.binary_search(row).is_ok());
    }
    // The index gives lower numbers to better matches.
    ranked.sort_by(|(a_row, a), (b_row, b)| a.total_cmp(b).then(b_row.cmp(a_row)));
    Ok(ranked.into_iter().map(|(row, _)| row).collect())
}

/// The newest matches ranked by what stands in them, and whether there are more.
fn ranked_by_words(file: &Connection, question: &Question) -> Result<(Vec<i64>, bool)> {
    let all = query::all_of(&question.terms);
    let mut rows = newest_rows(file, &all, question.conditions.as_ref(), RANKED + 1)?;
    let cut_short = rows.len() > RANKED;
    rows.truncate(RANKED);
    Ok((ranked(read_words(file, &question.terms, &rows, RANKED)?), cut_short))
}

/// Those of the rows in which all terms stand, at most `limit`, with what stands in them.
fn read_words(file: &Connection, terms: &[Term], rows: &[i64], limit: usize) -> Result<Vec<Found>> {
    let mut statement =
        file.prepare_cached("SELECT title, text, tags FROM entry_search WHERE rowid = :row")?;
    let mut found = Vec::new();
    for row in rows {
        let mut read = statement.query(named_params! { ":row": row })?;
        let Some(words) = read.next()? else { continue };
        let column = |number| words.get_ref(number).map(|words| words.as_str().unwrap_or_default());
        let one = Found::count(*row, terms, [(column(0)?, 4), (column(1)?, 1), (column(2)?, 2)]);
        if one.times.iter().all(|times| *times > 0) {
            found.push(one);
            if found.len() == limit {
                break;
            }
        }
    }
    Ok(found)
}

/// Rows by rank; of equals the newest first.
fn ranked(found: Vec<Found>) -> Vec<i64> {
    let mean = found.iter().map(|found| found.length).sum::<usize>() as f64 / found.len().max(1) as f64;
    let mut ranked: Vec<(i64, f64)> = found.iter().map(|found| (found.row, found.score(mean))).collect();
    ranked.sort_by(|(a_row, a), (b_row, b)| b.total_cmp(a).then(b_row.cmp(a_row)));
    ranked.into_iter().map(|(row, _)| row).collect()
}

/// How often each term stands in one entry.
struct Found {
    row: i64,
    /// For each term, weighted by where it stands.
    times: Vec<u32>,
    /// In bytes of folded text.
    length: usize,
}

impl Found {
    fn count(row: i64, terms: &[Term], columns: [(&str, u32); 3]) -> Self {
        let mut found = Self { row, times: vec![0; terms.len()], length: 0 };
        for (words, weight) in columns {
            found.length += words.len();
            for (term, times) in terms.iter().zip(&mut found.times) {
                *times += weight * term.times_in(words);
            }
        }
        found
    }

    /// The part of BM25 that looks at one entry (Robertson and Zaragoza, "The Probabilistic Relevance
    /// Framework", 2009), with the constants that FTS5 uses: k1 = 1.2, b = 0.75.
    fn score(&self, mean_length: f64) -> f64 {
        let length = 1.2 * (0.25 + 0.75 * self.length as f64 / mean_length.max(1.0));
        self.times.iter().map(|times| f64::from(*times)).map(|times| times * 2.2 / (times + length)).sum()
    }
}

/// The newest rows that match the query and meet the conditions.
fn newest_rows(
    file: &Connection,
    query: &str,
    conditions: Option<&Conditions>,
    limit: usize,
) -> Result<Vec<i64>> {
    let sql = match conditions {
        Some(conditions) if conditions.ask_more_than_time() => format!(
            "SELECT entry.row
             FROM entry_search CROSS JOIN entry NOT INDEXED ON entry.row = entry_search.rowid
             WHERE entry_search MATCH :query AND entry_search.rowid BETWEEN :lowest AND :highest AND {}
             ORDER BY entry_search.rowid DESC
             LIMIT :limit",
            conditions.sql(),
        ),
        Some(_) => "SELECT rowid
             FROM entry_search
             WHERE entry_search MATCH :query AND rowid BETWEEN :lowest AND :highest
             ORDER BY rowid DESC
             LIMIT :limit"
            .to_owned(),
        None => "SELECT rowid
             FROM entry_search
             WHERE entry_search MATCH :query
             ORDER BY rowid DESC
             LIMIT :limit"
            .to_owned(),
    };
    let mut statement = file.prepare_cached(&sql)?;
    if let Some(conditions) = conditions {
        conditions.bind(&mut statement)?;
    }
    filter::bind(&mut statement, ":query", &query)?;
    filter::bind(&mut statement, ":limit", &i64::try_from(limit).unwrap_or(i64::MAX))?;
    let mut rows = statement.raw_query();
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(row.get(0)?);
    }
    Ok(found)
}

/// What to show of each match. Only here are texts read, and only those of one page.
fn hits(file: &Connection, terms: &[Term], rows: &[i64]) -> Result<Vec<SearchHit>> {
    let mut statement = file.prepare_cached(concat!(
        "SELECT ",
        list::summary_columns!(),
        ", text FROM entry JOIN entry_text USING (row) WHERE row = :row"
    ))?;
    rows.iter()
        .map(|row| {
            let (entry, shown) = statement.query_row(named_params! { ":row": row }, |columns| {
                let text = columns.get_ref(list::SUMMARY_COLUMNS)?.as_str()?;
                Ok((list::summary(columns)?, snippet::around(text, &snippet::find(text, terms))))
            })?;
            let shown = match shown {
                Some(shown) => Some(shown),
                None => in_an_answer(file, terms, *row)?,
            };
            // Where only title or tags match, the beginning is the best that can be shown.
            let (snippet, matches) = shown.unwrap_or_else(|| (entry.opening.clone(), Vec::new()));
            Ok(SearchHit { entry, snippet, matches })
        })
        .collect()
}

/// The piece of the answer in which most of the terms stand, the first of equals.
fn in_an_answer(file: &Connection, terms: &[Term], row: i64) -> Result<Option<Shown>> {
    let mut statement =
        file.prepare_cached("SELECT value FROM entry_answer WHERE row = :row ORDER BY position")?;
    let mut answers = statement.query(named_params! { ":row": row })?;
    let (mut shown, mut most) = (None, 0);
    while let Some(answer) = answers.next()? {
        let answer = answer.get_ref(0)?.as_str().unwrap_or_default();
        let found = snippet::find(answer, terms);
        let different = snippet::different_terms(&found);
        if different > most {
            (shown, most) = (snippet::around(answer, &found), different);
        }
    }
    Ok(shown)
}

/// A piece of a text, and where in it the words stand.
type Shown = (String, Vec<TextRange>);
