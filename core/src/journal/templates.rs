//! Templates: questions that help to begin. They are data, shipped with the app or added by the person, and
//! answers are kept by field, so that they can be searched and counted and not only read.
//!
//! Which questions an entry answered stays readable: every version of a template that was added is kept,
//! and an answer to one that is not known here is an answer still.

use std::sync::LazyLock;

use rusqlite::{Connection, named_params};
use serde::Serialize;

use super::pack;
use super::types::{Answer, Entry, EntryKind};
use super::{Journal, entries, list};
use crate::clock::Instant;
use crate::error::{Problem, Thing};
use crate::id::EntryId;
use crate::store::{Micros, Slot};
use crate::{Error, Result};

/// More templates of a person's own than this are not kept, all versions and languages counted.
const MOST_OWN: i64 = 500;

/// From this mood down an entry is one of a low mood.
const LOW_MOOD: u8 = 2;

/// The language that every built-in template has.
const ENGLISH: &str = "en";

/// Questions that help to write an entry.
#[derive(Clone, PartialEq, Serialize, uniffi::Record)]
pub struct Template {
    /// Its id, the same in every language: small letters, digits and hyphens.
    pub id: String,
    /// Its version, from 1. A new wording of a question is a new version.
    pub version: u32,
    /// In which language it is, for example `de`.
    pub language: String,
    /// What it is called.
    pub title: String,
    /// What it is for, in a sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub about: Option<String>,
    /// What an entry that follows it is.
    pub kind: EntryKind,
    /// When it is offered.
    pub offered: Vec<Occasion>,
    /// Its questions, in order. None must be answered.
    pub fields: Vec<TemplateField>,
    /// Where it comes from.
    pub source: String,
    /// Under which licence.
    pub licence: String,
}

/// One question.
#[derive(Clone, PartialEq, Serialize, uniffi::Record)]
#[serde(into = "pack::StoredField")]
pub struct TemplateField {
    /// Its id within the template, the same in every language.
    pub id: String,
    /// The question.
    pub question: String,
    /// How it is answered.
    pub answer: AnswerForm,
}

/// How a question is answered.
#[derive(Clone, PartialEq, Eq, uniffi::Enum)]
pub enum AnswerForm {
    /// In words.
    Text,
    /// By a number from 0 to 10.
    Scale,
    /// By one of these sentences, which becomes the answer.
    Choice {
        /// The sentences.
        options: Vec<String>,
    },
    /// By the feelings of the entry ([`crate::journal::Entry::emotions`]), not by an [`Answer`].
    Emotions,
    /// By the mood of the entry ([`crate::journal::Entry::mood`]), not by an [`Answer`].
    Mood,
}

/// When a template is offered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, serde::Deserialize, uniffi::Enum)]
#[serde(rename_all = "kebab-case")]
pub enum Occasion {
    /// Whenever somebody wants to write.
    AnyTime,
    /// After an entry with a mood of 1 or 2.
    LowMood,
    /// After an entry of doubt, avoidance, or that it was hard after the session.
    HardMoment,
}

/// Reads a file of templates and changes nothing: what it holds, or where and why it cannot be read.
/// `docs/data-format.md` says what such a file looks like.
///
/// # Errors
/// [`crate::Error::Pack`] with line, column and reason, [`crate::Error::NotFound`], [`crate::Error::File`].
#[uniffi::export]
pub fn read_templates(file: String) -> Result<Vec<Template>> {
    pack::read(std::path::Path::new(&file))
}

#[uniffi::export]
impl Journal {
    /// The templates there are: those that come with the app, then the person's own. Each in `language`
    /// (for example `de` or `de-AT`) where it has it, otherwise in English or what there is.
    ///
    /// # Errors
    /// [`crate::Error::Locked`].
    pub fn templates(&self, language: String) -> Result<Vec<Template>> {
        let own = self.private.read(|file| own(file, None, true))?;
        let mut found = best_of_each(BUILT_IN.iter(), &language);
        found.extend(best_of_each(own.iter(), &language));
        Ok(found)
    }

    /// One template, also one that was removed: in the version asked for where it is known, otherwise in
    /// the newest. So the questions of an older answer can be shown beside it.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    #[uniffi::method(default(version = None))]
    pub fn template(&self, id: String, language: String, version: Option<u32>) -> Result<Template> {
        let own = self.private.read(|file| own(file, Some(&id), false))?;
        BUILT_IN
            .iter()
            .chain(&own)
            .filter(|template| template.id == id)
            .max_by_key(|template| {
                (Some(template.version) == version, fit(&template.language, &language), template.version)
            })
            .cloned()
            .ok_or(Error::not_found(Thing::Template))
    }

    /// Adds the templates of a file, all or none. Those that are here already stay as they are.
    ///
    /// # Errors
    /// As [`read_templates`]; [`crate::Error::Invalid`] for the id of a built-in template, for other
    /// content under a version that is here already, and for more than 500; [`crate::Error::Locked`].
    pub fn add_templates(&self, file: String) -> Result<Vec<Template>> {
        let templates = read_templates(file)?;
        let now = entries::to_micros(self.world.now());
        add(&self.private, &templates, now)?;
        Ok(templates)
    }

    /// Takes a template of the person's own out of the list. What was answered stays readable, with its
    /// questions.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    pub fn remove_template(&self, id: String) -> Result<()> {
        let now = entries::to_micros(self.world.now());
        self.private.write(|file| {
            let removed = file
                .prepare_cached(
                    "UPDATE template SET removed_at = :now WHERE id = :id AND removed_at IS NULL",
                )?
                .execute(named_params! { ":id": id, ":now": Micros(now) })?;
            if removed == 0 { Err(Error::not_found(Thing::Template)) } else { Ok(()) }
        })
    }

    /// What may help now: after an entry what suits it, which is often nothing; otherwise what is there
    /// at any time. To be offered, never urged.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Locked`].
    #[uniffi::method(default(entry = None))]
    pub fn prompts(&self, language: String, entry: Option<EntryId>) -> Result<Vec<Template>> {
        let occasions = match entry {
            None => vec![Occasion::AnyTime],
            Some(id) => occasions(&self.private.read(|file| list::whole(file, id))?.1),
        };
        let mut found = self.templates(language)?;
        found.retain(|template| template.offered.iter().any(|occasion| occasions.contains(occasion)));
        Ok(found)
    }
}

/// What kind of moment an entry tells of.
fn occasions(entry: &Entry) -> Vec<Occasion> {
    let mut occasions = Vec::new();
    if entry.mood.is_some_and(|mood| mood <= LOW_MOOD) {
        occasions.push(Occasion::LowMood);
    }
    if matches!(entry.kind, EntryKind::Doubt | EntryKind::Avoidance | EntryKind::HardAfterSession) {
        occasions.push(Occasion::HardMoment);
    }
    occasions
}

/// The templates that come with the app, each in every language it has.
static BUILT_IN: LazyLock<Vec<Template>> = LazyLock::new(|| {
    // A test reads each of them, so that none is left out here.
    BUILT_IN_FILES.iter().filter_map(|file| pack::parse(file).ok()).flatten().collect()
});

pub(super) const BUILT_IN_FILES: &[&str] = &[
    include_str!("../../data/templates/en/thought-record.json"),
    include_str!("../../data/templates/en/small-win.json"),
    include_str!("../../data/templates/en/practice.json"),
    include_str!("../../data/templates/en/hard-to-say.json"),
    include_str!("../../data/templates/en/self-compassion.json"),
    include_str!("../../data/templates/de/thought-record.json"),
    include_str!("../../data/templates/de/small-win.json"),
    include_str!("../../data/templates/de/practice.json"),
    include_str!("../../data/templates/de/hard-to-say.json"),
    include_str!("../../data/templates/de/self-compassion.json"),
];

/// Of each id the one that fits best, in the order in which the ids come first.
fn best_of_each<'a>(templates: impl Iterator<Item = &'a Template>, language: &str) -> Vec<Template> {
    let mut best: Vec<&Template> = Vec::new();
    for template in templates {
        let rank = |one: &Template| (fit(&one.language, language), one.version);
        match best.iter_mut().find(|one| one.id == template.id) {
            Some(one) if rank(template) > rank(one) => *one = template,
            Some(_) => {}
            None => best.push(template),
        }
    }
    best.into_iter().cloned().collect()
}

/// How well a language serves somebody who asked for one.
fn fit(language: &str, asked: &str) -> u8 {
    let first = |tag: &str| tag.split(['-', '_']).next().unwrap_or_default().to_ascii_lowercase();
    if language.eq_ignore_ascii_case(asked) {
        3
    } else if first(language) == first(asked) {
        2
    } else {
        u8::from(first(language) == ENGLISH)
    }
}

/// The person's own templates, in the order in which they came.
fn own(file: &Connection, id: Option<&str>, offered_only: bool) -> Result<Vec<Template>> {
    let contents: Vec<String> = file
        .prepare_cached(
            "SELECT content FROM template
             WHERE (:id IS NULL OR id = :id) AND (NOT :offered_only OR removed_at IS NULL)
             ORDER BY added_at, id, version, language",
        )?
        .query_map(named_params! { ":id": id, ":offered_only": offered_only }, |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    let parsed: Result<Vec<_>> = contents.iter().map(|content| pack::parse(content)).collect();
    let templates = parsed.map_err(|_| Error::internal("journal, a template of one's own"))?;
    Ok(templates.into_iter().flatten().collect())
}

fn add(private: &Slot, templates: &[Template], now: Instant) -> Result<()> {
    private.write(|file| {
        for template in templates {
            add_one(file, template, now)?;
        }
        check_count(file)
    })
}

fn check_count(file: &Connection) -> Result<()> {
    let count: i64 = file.prepare_cached("SELECT count(*) FROM template")?.query_row([], |row| row.get(0))?;
    if count > MOST_OWN {
        let problem = Problem::TooLong { limit: MOST_OWN.unsigned_abs(), unit: "templates".to_owned() };
        return Err(Error::invalid("templates", problem));
    }
    Ok(())
}

/// Brings back a template of the person's own from an export. What is here under its id, version and
/// language stays as it is, and so do those that come with the app.
pub(super) fn restore(
    file: &Connection,
    template: &Template,
    added_at: Instant,
    removed_at: Option<Instant>,
) -> Result<()> {
    if BUILT_IN.iter().any(|built_in| built_in.id == template.id) {
        return Ok(());
    }
    let content = serde_json::to_string(template).map_err(|_| Error::internal("journal, a template"))?;
    file.prepare_cached(
        "INSERT OR IGNORE INTO template (id, version, language, content, added_at, removed_at)
         VALUES (:id, :version, :language, :content, :added_at, :removed_at)",
    )?
    .execute(named_params! {
        ":id": template.id,
        ":version": template.version,
        ":language": template.language,
        ":content": content,
        ":added_at": Micros(added_at),
        ":removed_at": removed_at.map(Micros),
    })?;
    check_count(file)
}

fn add_one(file: &Connection, template: &Template, now: Instant) -> Result<()> {
    if BUILT_IN.iter().any(|built_in| built_in.id == template.id) {
        return Err(Error::malformed(
            "id",
            "an id of its own: a template that comes with the app has this one",
        ));
    }
    let same = |one: &Template| one.version == template.version && one.language == template.language;
    if own(file, Some(&template.id), false)?.iter().any(|one| same(one) && one != template) {
        return Err(Error::malformed("version", "a version of its own: another content has this one"));
    }
    let content = serde_json::to_string(template).map_err(|_| Error::internal("journal, a template"))?;
    file.prepare_cached(
        "INSERT INTO template (id, version, language, content, added_at)
         VALUES (:id, :version, :language, :content, :now)
         ON CONFLICT (id, version, language) DO UPDATE SET removed_at = NULL",
    )?
    .execute(named_params! {
        ":id": template.id,
        ":version": template.version,
        ":language": template.language,
        ":content": content,
        ":now": Micros(now),
    })?;
    Ok(())
}

/// Holds answers against the questions they answer. What answers a template or a version that is not known
/// here is taken as it is.
pub(super) fn check_answers(file: &Connection, answers: &[Answer], but_not: &[Answer]) -> Result<()> {
    for answer in answers.iter().filter(|answer| !but_not.contains(answer)) {
        let mut known: Vec<Template> = BUILT_IN.iter().filter(|one| is_of(answer, one)).cloned().collect();
        if known.is_empty() {
            known = own(file, Some(&answer.template), false)?;
            known.retain(|one| is_of(answer, one));
        }
        if known.is_empty() {
            continue;
        }
        // Its languages differ in their sentences only.
        let forms: Vec<&AnswerForm> = known
            .iter()
            .flat_map(|template| &template.fields)
            .filter(|field| field.id == answer.field)
            .map(|field| &field.answer)
            .collect();
        let checked: Vec<Result<()>> = forms.iter().map(|form| check_one(&answer.value, form)).collect();
        if !checked.iter().any(Result::is_ok) {
            let missing = || Error::malformed("answers.field", "a question of this template");
            return Err(checked.into_iter().find_map(Result::err).unwrap_or_else(missing));
        }
    }
    Ok(())
}

fn is_of(answer: &Answer, template: &Template) -> bool {
    template.id == answer.template && template.version == answer.version
}

fn check_one(value: &str, form: &AnswerForm) -> Result<()> {
    match form {
        AnswerForm::Text => Ok(()),
        AnswerForm::Scale => match value.parse::<u8>() {
            Ok(number) if number <= 10 && number.to_string() == value => Ok(()),
            _ => Err(Error::invalid("answers.value", Problem::OutOfRange { from: 0, to: 10 })),
        },
        AnswerForm::Choice { options } if options.iter().any(|option| option == value) => Ok(()),
        AnswerForm::Choice { .. } => {
            Err(Error::malformed("answers.value", "one of the sentences to choose from"))
        }
        AnswerForm::Emotions | AnswerForm::Mood => Err(Error::malformed(
            "answers.field",
            "a question of its own: mood and feelings stand in the entry",
        )),
    }
}
