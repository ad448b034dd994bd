//! Full-text search that stays quick however common the words are.
//!
//! Ranking asks the index how often a word stands in *all* entries, which for a common word takes longer
//! than a screen may wait. So each term is first counted, up to [`RANKED`]. Terms that stand in no more
//! entries are rare: they alone decide the order (bm25), since a word that is everywhere says next to
//! nothing about which entry is meant, and the common ones only sort out. If no term is rare, the newest
//! [`RANKED`] matches are ranked by how often and how densely the words stand in them, and the page says
//! so. A word that is common as it stands is not also completed: "with" need not find "without".

use rusqlite::{Connection, named_params};

use super::query::{self, Term};
use super::types::{SearchHit, SearchOrder, SearchPage};
use super::{list, snippet};
use crate::store::Slot;
use crate::{Error, Result};

/// How many matches are ranked at most.
pub(super) const RANKED: usize = 200;

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
        let question = Question::settle(file, query::read(typed))?;
        match order {
            _ if question.terms.is_empty() => {
                Ok(SearchPage { hits: Vec::new(), next: None, ranked_newest: None })
            }
            SearchOrder::Newest => newest(file, question, limit, after),
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

/// The terms to look for, and the newest rows of the last one where it is known to be common.
struct Question {
    terms: Vec<Term>,
    newest_of_last: Option<Vec<i64>>,
}

impl Question {
    /// A last word that is common as it stands is not completed.
    fn settle(file: &Connection, mut terms: Vec<Term>) -> Result<Self> {
        let mut newest_of_last = None;
        if let Some(last) = terms.last_mut().filter(|last| last.may_be_taken_whole()) {
            let whole = last.taken_whole();
            let rows = some_rows(file, &whole)?;
            if rows.len() > RANKED {
                *last = whole;
                newest_of_last = Some(rows);
            }
        }
        Ok(Self { terms, newest_of_last })
    }

    /// The terms that stand in few entries.
    fn rare(&self, file: &Connection) -> Result<Vec<Term>> {
        let known = usize::from(self.newest_of_last.is_some());
        let mut rare = Vec::new();
        for term in &self.terms[..self.terms.len() - known] {
            if some_rows(file, term)?.len() <= RANKED {
                rare.push(term.clone());
            }
        }
        Ok(rare)
    }
}

/// The newest rows of a term, enough of them to tell whether it is common.
fn some_rows(file: &Connection, term: &Term) -> Result<Vec<i64>> {
    newest_rows(file, &query::all_of([term]), i64::MAX, RANKED + 1)
}

fn newest(file: &Connection, question: Question, limit: usize, after: Option<Place>) -> Result<SearchPage> {
    let before = match after {
        None => i64::MAX,
        Some(Place::Below(row)) => row,
        Some(Place::After(_)) => {
            return Err(Error::malformed("after", "the `next` of a page of this search"));
        }
    };
    let Question { terms, newest_of_last } = question;
    let mut rows = match newest_of_last.filter(|_| terms.len() == 1 && after.is_none()) {
        Some(known) => known,
        None => newest_rows(file, &query::all_of(&terms), before, limit + 1)?,
    };
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| Place::Below(*row).write());
    Ok(SearchPage { hits: hits(file, &terms, &rows)?, next, ranked_newest: None })
}

fn best(file: &Connection, question: &Question, limit: usize, after: Option<Place>) -> Result<SearchPage> {
    let from = match after {
        None => 0,
        Some(Place::After(hits)) => hits,
        Some(Place::Below(_)) => {
            return Err(Error::malformed("after", "the `next` of a page of this search"));
        }
    };
    let terms = &question.terms;
    // One phrase alone is equally rare everywhere, and looking for common words side by side takes long
    // enough once.
    let one_phrase = matches!(terms.as_slice(), [phrase] if phrase.len() > 1);
    let rare = if one_phrase { Vec::new() } else { question.rare(file)? };
    let (ranked, cut_short) = if rare.is_empty() {
        ranked_by_text(file, terms)?
    } else {
        (ranked_by_rare_terms(file, terms, &rare)?, false)
    };
    let rows: Vec<i64> = ranked.iter().skip(from).take(limit).copied().collect();
    let shown = from.saturating_add(rows.len());
    Ok(SearchPage {
        hits: hits(file, terms, &rows)?,
        next: (shown < ranked.len()).then(|| Place::After(shown).write()),
        ranked_newest: cut_short.then_some(RANKED as u32),
    })
}

/// All matches by the index's own rank for the rare terms; of equals the newest first.
fn ranked_by_rare_terms(file: &Connection, terms: &[Term], rare: &[Term]) -> Result<Vec<i64>> {
    let mut ranked: Vec<(i64, f64)> = file
        .prepare_cached("SELECT rowid, rank FROM entry_search WHERE entry_search MATCH :query")?
        .query_map(named_params! { ":query": query::all_of(rare) }, |row| Ok((row.get(0)?, row.get(1)?)))?
        .collect::<rusqlite::Result<_>>()?;
    if rare.len() < terms.len() {
        let mut all = newest_rows(file, &query::all_of(terms), i64::MAX, ranked.len())?;
        all.sort_unstable();
        ranked.retain(|(row, _)| all.binary_search(row).is_ok());
    }
    // The index gives lower numbers to better matches.
    ranked.sort_by(|(a_row, a), (b_row, b)| a.total_cmp(b).then(b_row.cmp(a_row)));
    Ok(ranked.into_iter().map(|(row, _)| row).collect())
}

/// The newest matches ranked by what stands in them, and whether there are more.
fn ranked_by_text(file: &Connection, terms: &[Term]) -> Result<(Vec<i64>, bool)> {
    let mut statement = file.prepare_cached(
        "SELECT rowid, title, text, tags FROM entry_search
         WHERE entry_search MATCH :query
         ORDER BY rowid DESC
         LIMIT :limit",
    )?;
    let mut rows =
        statement.query(named_params! { ":query": query::all_of(terms), ":limit": RANKED as i64 + 1 })?;
    let mut found = Vec::new();
    let mut cut_short = false;
    while let Some(row) = rows.next()? {
        if found.len() == RANKED {
            cut_short = true;
            break;
        }
        let (title, text, tags) =
            (row.get_ref(1)?.as_str(), row.get_ref(2)?.as_str(), row.get_ref(3)?.as_str());
        let columns =
            [(title.unwrap_or_default(), 4), (text.unwrap_or_default(), 1), (tags.unwrap_or_default(), 2)];
        found.push(Found::count(row.get(0)?, terms, columns));
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
fn hits(file: &Connection, terms: &[Term], rows: &[i64]) -> Result<Vec<SearchHit>> {
    let mut statement = file.prepare_cached(concat!(
        "SELECT ",
        list::summary_columns!(),
        ", text FROM entry JOIN entry_text USING (row) WHERE row = :row"
    ))?;
    rows.iter()
        .map(|row| {
            Ok(statement.query_row(named_params! { ":row": row }, |columns| {
                let entry = list::summary(columns)?;
                let text = columns.get_ref(list::SUMMARY_COLUMNS)?.as_str()?;
                let found = snippet::find(text, terms);
                // Where only title or tags match, the beginning is the best that can be shown.
                let (snippet, matches) =
                    snippet::around(text, &found).unwrap_or_else(|| (entry.opening.clone(), Vec::new()));
                Ok(SearchHit { entry, snippet, matches })
            })?)
        })
        .collect()
}
