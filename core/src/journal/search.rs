//! Full-text search that stays quick however common the words are.
//!
//! Ranking asks the index how often a word stands in *all* entries, which for a common word takes longer
//! than a screen may wait. So each term is first counted, up to [`RANKED`]. Terms that stand in no more
//! entries are rare: they alone decide the order (bm25), since a word that is everywhere says next to
//! nothing about which entry is meant, and the common ones only sort out. If no term is rare, the newest
//! [`RANKED`] matches are ranked by how often and how densely the words stand in them, and the page says
//! so. A word that is common as it stands is not also completed: "with" need not find "without".

use std::cmp::Ordering;
use std::collections::HashMap;

use rusqlite::{Connection, named_params};

use super::query::{self, Term};
use super::types::{SearchHit, SearchOrder, SearchPage};
use super::{list, snippet};
use crate::store::Slot;
use crate::{Error, Result};

/// How many matches are ranked at most.
pub(super) const RANKED: usize = 500;

/// The longest page of hits.
const LONGEST_PAGE: u32 = 100;

pub(super) fn search(
    private: &Slot,
    typed: &str,
    order: SearchOrder,
    limit: u32,
    after: Option<&str>,
) -> Result<SearchPage> {
    list::check_limit(limit, LONGEST_PAGE)?;
    let after = after.map(Place::read).transpose()?;
    let limit = limit as usize;
    private.read(|file| {
        let Some(question) = Question::ask(file, query::read(typed))? else {
            return Ok(SearchPage { hits: Vec::new(), next: None, ranked_newest: None });
        };
        match order {
            SearchOrder::Newest => newest(file, &question, limit, after),
            SearchOrder::BestMatch => best(file, &question, limit, after),
        }
    })
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
        place.ok_or_else(|| Error::malformed("after", "the `next` of a page of this search"))
    }

    fn write(self) -> String {
        match self {
            Self::Below(row) => format!("n{row}"),
            Self::After(hits) => format!("b{hits}"),
        }
    }
}

/// The terms of a query, and which of them are rare.
struct Question {
    terms: Vec<Term>,
    rare: Vec<Term>,
}

impl Question {
    /// Counts the terms; `None` where there is nothing to look for.
    fn ask(file: &Connection, mut terms: Vec<Term>) -> Result<Option<Self>> {
        let mut rare = Vec::new();
        for term in &mut terms {
            if term.may_be_taken_whole() {
                let whole = term.taken_whole();
                if is_common(file, &whole)? {
                    *term = whole;
                    continue;
                }
            }
            if !is_common(file, term)? {
                rare.push(term.clone());
            }
        }
        Ok((!terms.is_empty()).then_some(Self { terms, rare }))
    }
}

fn is_common(file: &Connection, term: &Term) -> Result<bool> {
    Ok(newest_rows(file, &query::all_of([term]), i64::MAX, RANKED + 1)?.len() > RANKED)
}

fn newest(file: &Connection, question: &Question, limit: usize, after: Option<Place>) -> Result<SearchPage> {
    let before = match after {
        None => i64::MAX,
        Some(Place::Below(row)) => row,
        Some(Place::After(_)) => {
            return Err(Error::malformed("after", "the `next` of a page of this search"));
        }
    };
    let mut rows = newest_rows(file, &query::all_of(&question.terms), before, limit + 1)?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| Place::Below(*row).write());
    Ok(SearchPage { hits: hits(file, question, &rows)?, next, ranked_newest: None })
}

fn best(file: &Connection, question: &Question, limit: usize, after: Option<Place>) -> Result<SearchPage> {
    let from = match after {
        None => 0,
        Some(Place::After(hits)) => hits,
        Some(Place::Below(_)) => {
            return Err(Error::malformed("after", "the `next` of a page of this search"));
        }
    };
    let (ranked, cut_short) = if question.rare.is_empty() {
        ranked_by_text(file, question)?
    } else {
        (ranked_by_rare_terms(file, question)?, false)
    };
    let rows: Vec<i64> = ranked.iter().skip(from).take(limit).copied().collect();
    let shown = from.saturating_add(rows.len());
    Ok(SearchPage {
        hits: hits(file, question, &rows)?,
        next: (shown < ranked.len()).then(|| Place::After(shown).write()),
        ranked_newest: cut_short.then_some(RANKED as u32),
    })
}

/// All matches by the index's own rank for the rare terms; of equals the newest first.
fn ranked_by_rare_terms(file: &Connection, question: &Question) -> Result<Vec<i64>> {
    let mut ranked: Vec<(i64, f64)> = file
        .prepare_cached("SELECT rowid, rank FROM entry_search WHERE entry_search MATCH :query")?
        .query_map(named_params! { ":query": query::all_of(&question.rare) }, |row| {
            Ok((row.get(0)?, row.get(1)?))
        })?
        .collect::<rusqlite::Result<_>>()?;
    if question.rare.len() < question.terms.len() {
        let mut all = newest_rows(file, &query::all_of(&question.terms), i64::MAX, ranked.len())?;
        all.sort_unstable();
        ranked.retain(|(row, _)| all.binary_search(row).is_ok());
    }
    // The index gives lower numbers to better matches.
    ranked.sort_by(|(a_row, a), (b_row, b)| a.total_cmp(b).then(b_row.cmp(a_row)));
    Ok(ranked.into_iter().map(|(row, _)| row).collect())
}

/// The newest matches ranked by what stands in them, and whether there are more.
fn ranked_by_text(file: &Connection, question: &Question) -> Result<(Vec<i64>, bool)> {
    let mut rows = newest_rows(file, &query::all_of(&question.terms), i64::MAX, RANKED + 1)?;
    let cut_short = rows.len() > RANKED;
    rows.truncate(RANKED);
    let mut statement =
        file.prepare_cached("SELECT title, text, tags FROM entry_search WHERE rowid = :row")?;
    let mut found = Vec::with_capacity(rows.len());
    for row in rows {
        found.push(statement.query_row(named_params! { ":row": row }, |columns| {
            Ok(Found::count(
                row,
                &question.terms,
                [
                    (columns.get_ref(0)?.as_str()?, 4),
                    (columns.get_ref(1)?.as_str()?, 1),
                    (columns.get_ref(2)?.as_str()?, 2),
                ],
            ))
        })?);
    }
    let mean = found.iter().map(|found| found.length).sum::<usize>() as f64 / found.len().max(1) as f64;
    let mut ranked: Vec<(i64, f64)> = found.iter().map(|found| (found.row, found.score(mean))).collect();
    ranked.sort_by(|(a_row, a), (b_row, b)| b.total_cmp(a).then(b_row.cmp(a_row)));
    Ok((ranked.into_iter().map(|(row, _)| row).collect(), cut_short))
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

/// The newest rows below `before` that match.
fn newest_rows(file: &Connection, query: &str, before: i64, limit: usize) -> Result<Vec<i64>> {
    Ok(file
        .prepare_cached(
            "SELECT rowid FROM entry_search
             WHERE entry_search MATCH :query AND rowid < :before
             ORDER BY rowid DESC
             LIMIT :limit",
        )?
        .query_map(named_params! { ":query": query, ":before": before, ":limit": limit as i64 }, |row| {
            row.get(0)
        })?
        .collect::<rusqlite::Result<_>>()?)
}

/// What to show of each match. Only here are texts read, and only those of one page.
fn hits(file: &Connection, question: &Question, rows: &[i64]) -> Result<Vec<SearchHit>> {
    let mut statement = file.prepare_cached(
        "SELECT row, id, written_at, zone, offset_seconds, title, opening, tags, starred, text
         FROM entry JOIN entry_text USING (row)
         WHERE row = :row",
    )?;
    rows.iter()
        .map(|row| {
            Ok(statement.query_row(named_params! { ":row": row }, |columns| {
                let entry = list::summary(columns)?;
                let text = columns.get_ref(9)?.as_str()?;
                let found = snippet::find(text, &question.terms);
                // Where only title or tags match, the beginning is the best that can be shown.
                let (snippet, matches) =
                    snippet::around(text, &found).unwrap_or_else(|| (entry.opening.clone(), Vec::new()));
                Ok(SearchHit { entry, snippet, matches })
            })?)
        })
        .collect()
}
