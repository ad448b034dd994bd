//! Reads files of templates, and says of a broken one where and why, without a word of what stands there.
//!
//! A file holds one template or a list of them, as JSON. Whatever it holds, it is bounded before it is read.

use std::collections::BTreeSet;
use std::fmt;
use std::io::Read as _;
use std::marker::PhantomData;
use std::path::Path;

use serde::de::{
    self, DeserializeOwned, Deserializer, MapAccess, SeqAccess, Visitor, value::MapAccessDeserializer,
};
use serde::{Deserialize, Serialize};
use serde_json::error::Category;

use super::templates::{AnswerForm, Occasion, Template, TemplateField};
use super::types::EntryKind;
use crate::error::Thing;
use crate::{Error, Result};

/// What may be in a file, in bytes, and in characters.
const LONGEST_FILE: u64 = 1 << 20;
const MOST_TEMPLATES: usize = 100;
const MOST_FIELDS: usize = 50;
const MOST_OPTIONS: usize = 50;
const LONGEST_ID: usize = 60;
const LONGEST_LINE: usize = 500;
const LONGEST_QUESTION: usize = 1_000;

/// Begins what is said here about a template, so that it is told from what the reader of JSON says, which
/// may quote.
const OURS: char = '\u{1}';

/// Reads a file.
pub(super) fn read(path: &Path) -> Result<Vec<Template>> {
    let file = std::fs::File::open(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => Error::not_found(Thing::File),
        _ => error.into(),
    })?;
    let mut bytes = Vec::new();
    file.take(LONGEST_FILE + 1).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > LONGEST_FILE {
        return Err(broken(1, 1, "the file is longer than 1 MiB"));
    }
    match std::str::from_utf8(&bytes) {
        Ok(text) => parse(text),
        Err(error) => {
            let whole = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = 1 + whole.iter().filter(|byte| **byte == b'\n').count();
            let column = 1 + whole.iter().rev().take_while(|byte| **byte != b'\n').count();
            Err(broken(line, column, "this is not text in UTF-8"))
        }
    }
}

/// Reads what a file holds.
pub(super) fn parse(text: &str) -> Result<Vec<Template>> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    serde_json::from_str::<Pack>(text).map(|pack| pack.0).map_err(|error| {
        let said = error.to_string();
        let place = format!(" at line {} column {}", error.line(), error.column());
        let said = said.strip_suffix(&place).unwrap_or(&said);
        broken(error.line().max(1), error.column().max(1), &without_content(error.classify(), said))
    })
}

/// Reads a text that holds one template.
pub(super) fn parse_one(text: &str) -> Result<Template> {
    let mut templates = parse(text)?;
    match (templates.pop(), templates.is_empty()) {
        (Some(template), true) => Ok(template),
        _ => Err(broken(1, 1, "expected a template")),
    }
}

fn broken(line: usize, column: usize, problem: &str) -> Error {
    Error::Pack { line: line as u64, column: column as u64, problem: problem.to_owned() }
}

/// What was said of the file, less any word that stands in it.
fn without_content(category: Category, said: &str) -> String {
    match category {
        // These are sentences that quote nothing.
        Category::Syntax => format!("this is not JSON: {said}"),
        Category::Eof => "the file ends too early".to_owned(),
        Category::Io => "the file cannot be read".to_owned(),
        Category::Data => {
            if let Some(ours) = said.strip_prefix(OURS) {
                return ours.to_owned();
            }
            if said.starts_with("missing field `") || said.starts_with("duplicate field `") {
                return said.to_owned();
            }
            // "invalid type: string "…", expected a sequence": what was found is quoted, what was
            // expected comes last and is ours.
            match said.rsplit_once("expected ") {
                Some((found, expected)) if found.starts_with("unknown field") => {
                    format!("unknown field, expected {expected}")
                }
                Some((_, expected)) => format!("expected {expected}"),
                None => "this is not a template".to_owned(),
            }
        }
    }
}

/// What stands in a file and is checked while it is read, so that the place told is its own.
trait Stored: DeserializeOwned {
    type Sound;
    const EXPECTED: &'static str;

    fn checked(self) -> Result<Self::Sound, String>;
}

struct Checked<S: Stored>(S::Sound);

impl<'de, S: Stored> Deserialize<'de> for Checked<S> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Object<S>(PhantomData<S>);

        impl<'de, S: Stored> Visitor<'de> for Object<S> {
            type Value = Checked<S>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(S::EXPECTED)
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Checked<S>, A::Error> {
                let stored = S::deserialize(MapAccessDeserializer::new(map))?;
                stored.checked().map(Checked).map_err(ours)
            }
        }

        deserializer.deserialize_map(Object(PhantomData))
    }
}

/// One template or a list of them.
struct Pack(Vec<Template>);

impl<'de> Deserialize<'de> for Pack {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct OneOrMany;

        impl<'de> Visitor<'de> for OneOrMany {
            type Value = Pack;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a template or a list of templates")
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Pack, A::Error> {
                let template = Checked::<StoredTemplate>::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Pack(vec![template.0]))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Pack, A::Error> {
                let mut templates: Vec<Template> = Vec::new();
                while let Some(Checked(template)) = list.next_element::<Checked<StoredTemplate>>()? {
                    if templates.len() == MOST_TEMPLATES {
                        return Err(ours(format!("more than {MOST_TEMPLATES} templates")));
                    }
                    let same = |one: &Template| {
                        (&one.id, one.version, &one.language)
                            == (&template.id, template.version, &template.language)
                    };
                    if templates.iter().any(same) {
                        return Err(ours("this id, version and language stand twice".to_owned()));
                    }
                    templates.push(template);
                }
                if templates.is_empty() {
                    return Err(ours("there is no template in it".to_owned()));
                }
                Ok(Pack(templates))
            }
        }

        deserializer.deserialize_any(OneOrMany)
    }
}

fn ours<E: de::Error>(problem: String) -> E {
    E::custom(format_args!("{OURS}{problem}"))
}

/// A template as it stands in a file.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct StoredTemplate {
    id: String,
    version: u32,
    language: String,
    title: String,
    #[serde(default)]
    about: Option<String>,
    #[serde(default)]
    kind: EntryKind,
    #[serde(default)]
    offered: Vec<Occasion>,
    fields: Vec<Checked<StoredField>>,
    source: String,
    licence: String,
}

impl Stored for StoredTemplate {
    type Sound = Template;
    const EXPECTED: &'static str = "a template";

    fn checked(self) -> Result<Template, String> {
        check_id("id", &self.id)?;
        if self.version == 0 {
            return Err("`version` counts from 1".to_owned());
        }
        let is_tag = |c: char| c.is_ascii_alphanumeric() || c == '-';
        if !(2..=35).contains(&self.language.len()) || !self.language.chars().all(is_tag) {
            return Err("`language` is a language tag such as en or de-AT".to_owned());
        }
        check_length("title", &self.title, LONGEST_LINE)?;
        if let Some(about) = &self.about {
            check_length("about", about, LONGEST_QUESTION)?;
        }
        check_length("source", &self.source, LONGEST_LINE)?;
        check_length("licence", &self.licence, LONGEST_LINE)?;
        if !(1..=MOST_FIELDS).contains(&self.fields.len()) {
            return Err(format!("`fields` holds 1 to {MOST_FIELDS} questions"));
        }
        let fields: Vec<TemplateField> = self.fields.into_iter().map(|field| field.0).collect();
        let ids: BTreeSet<&str> = fields.iter().map(|field| field.id.as_str()).collect();
        if ids.len() < fields.len() {
            return Err("two questions have the same `id`".to_owned());
        }
        for form in [AnswerForm::Emotions, AnswerForm::Mood] {
            if fields.iter().filter(|field| field.answer == form).count() > 1 {
                return Err("an entry has its feelings once and its mood once, so ask each once".to_owned());
            }
        }
        Ok(Template {
            id: self.id,
            version: self.version,
            language: self.language,
            title: self.title,
            about: self.about,
            kind: self.kind,
            offered: self.offered,
            fields,
            source: self.source,
            licence: self.licence,
        })
    }
}

/// A question as it stands in a file.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct StoredField {
    id: String,
    question: String,
    kind: Form,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    options: Vec<String>,
}

/// How a question is answered, as it stands in a file.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Form {
    Text,
    Scale,
    Choice,
    Emotions,
    Mood,
}

impl Stored for StoredField {
    type Sound = TemplateField;
    const EXPECTED: &'static str = "a question";

    fn checked(self) -> Result<TemplateField, String> {
        let stored = self;
        let check = || -> Result<(), String> {
            check_id("id", &stored.id)?;
            check_length("question", &stored.question, LONGEST_QUESTION)?;
            let is_choice = matches!(stored.kind, Form::Choice);
            if is_choice && !(2..=MOST_OPTIONS).contains(&stored.options.len()) {
                return Err(format!("a choice has 2 to {MOST_OPTIONS} `options`"));
            }
            if !is_choice && !stored.options.is_empty() {
                return Err("only a choice has `options`".to_owned());
            }
            stored.options.iter().try_for_each(|option| check_length("options", option, LONGEST_LINE))
        };
        check()?;
        let answer = match stored.kind {
            Form::Text => AnswerForm::Text,
            Form::Scale => AnswerForm::Scale,
            Form::Choice => AnswerForm::Choice { options: stored.options },
            Form::Emotions => AnswerForm::Emotions,
            Form::Mood => AnswerForm::Mood,
        };
        Ok(TemplateField { id: stored.id, question: stored.question, answer })
    }
}

impl From<TemplateField> for StoredField {
    fn from(field: TemplateField) -> Self {
        let (kind, options) = match field.answer {
            AnswerForm::Text => (Form::Text, Vec::new()),
            AnswerForm::Scale => (Form::Scale, Vec::new()),
            AnswerForm::Choice { options } => (Form::Choice, options),
            AnswerForm::Emotions => (Form::Emotions, Vec::new()),
            AnswerForm::Mood => (Form::Mood, Vec::new()),
        };
        Self { id: field.id, question: field.question, kind, options }
    }
}

fn check_id(name: &str, id: &str) -> Result<(), String> {
    let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if (1..=LONGEST_ID).contains(&id.len()) && id.chars().all(fits) {
        return Ok(());
    }
    Err(format!("`{name}` is 1 to {LONGEST_ID} small letters, digits and hyphens"))
}

fn check_length(name: &str, text: &str, longest: usize) -> Result<(), String> {
    if text.trim().is_empty() {
        return Err(format!("`{name}` is empty"));
    }
    if text.chars().count() > longest {
        return Err(format!("`{name}` is longer than {longest} characters"));
    }
    if text.chars().any(char::is_control) {
        return Err(format!("`{name}` is one line, without control characters"));
    }
    Ok(())
}
