//! JSON files that hold a list of entries, read one entry at a time and each within limits.

use std::cell::Cell;
use std::fmt;
use std::io::{BufReader, Read};

use serde::Deserializer;
use serde::de::{DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;
use serde_json::{Map, Number, Value};

use crate::{Error, Result};

/// No entry is longer, as it stands in the file.
const LONGEST_ENTRY: u64 = 16 << 20;
/// Nor has it more values, lists in lists and all.
const MOST_VALUES: u32 = 50_000;

/// What to read of a file, and what to pass over unread.
pub(in crate::journal) struct Shape<'a> {
    /// The program, for errors.
    pub(in crate::journal) program: &'a str,
    /// The field at the top that holds the entries.
    pub(in crate::journal) list: &'a str,
    /// Other fields at the top that matter.
    pub(in crate::journal) header: &'a [&'a str],
    /// The fields of an entry that matter; all where none is named.
    pub(in crate::journal) fields: &'a [&'a str],
}

/// One entry: its number from 1, and what the file has there; nothing when it has too many values.
pub(in crate::journal) type Taken<'a> = (u64, &'a Map<String, Value>, Option<Value>);

/// Gives `take` entry by entry, with what of the header stood before it.
///
/// # Errors
/// Those of `take`, and [`Error::Import`] for what is not JSON, or JSON without a list of entries.
pub(in crate::journal) fn entries(
    source: &mut dyn Read,
    shape: &Shape<'_>,
    take: &mut dyn FnMut(Taken<'_>) -> Result<()>,
) -> Result<()> {
    let since_entry = Cell::new(0);
    let mut reading = Reading { shape, take, refusal: None, reached: 0, since_entry: &since_entry };
    let text = Limited { source, since_entry: &since_entry };
    // What is read ahead counts for the entry under way, so little is.
    let mut json = serde_json::Deserializer::from_reader(BufReader::with_capacity(16 << 10, text));
    let outcome = Top(&mut reading).deserialize(&mut json).and_then(|found| json.end().map(|()| found));
    if let Some(refusal) = reading.refusal {
        return Err(refusal);
    }
    let fail = |field: &str, problem: String, line: usize| Error::Import {
        entry: reading.reached,
        line: line as u64,
        field: field.to_owned(),
        problem,
    };
    match outcome {
        Ok(true) => Ok(()),
        Ok(false) => Err(fail(shape.list, "is missing".to_owned(), 0)),
        Err(_) if since_entry.get() > LONGEST_ENTRY => {
            Err(fail("JSON", format!("has an entry of more than {} MiB", LONGEST_ENTRY >> 20), 0))
        }
        // The message of a JSON error may quote the text, so only its place is told.
        Err(error) => {
            let place = format!("line {}, column {}", error.line(), error.column());
            let problem = match error.classify() {
                Category::Eof => format!("ends too early ({place})"),
                Category::Data => format!("is not an export of {} ({place})", shape.program),
                Category::Io | Category::Syntax => format!("is not valid JSON ({place})"),
            };
            Err(fail("JSON", problem, error.line()))
        }
    }
}

/// The value in a text that is itself a field of JSON; nothing where it is none, or holds too much.
pub(in crate::journal) fn small_value(text: &str) -> Option<Value> {
    let budget = Cell::new(MOST_VALUES);
    let mut json = serde_json::Deserializer::from_str(text);
    let value = Small { budget: &budget, fields: &[] }.deserialize(&mut json).ok()?;
    (budget.get() > 0 && json.end().is_ok()).then_some(value)
}

/// Stops an entry from being longer than a memory can hold.
struct Limited<'r, 'c> {
    source: &'r mut dyn Read,
    since_entry: &'c Cell<u64>,
}

impl Read for Limited<'_, '_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.since_entry.get() > LONGEST_ENTRY {
            return Err(std::io::ErrorKind::FileTooLarge.into());
        }
        let count = self.source.read(buffer)?;
        self.since_entry.set(self.since_entry.get() + count as u64);
        Ok(count)
    }
}

struct Reading<'a> {
    shape: &'a Shape<'a>,
    take: &'a mut dyn FnMut(Taken<'_>) -> Result<()>,
    refusal: Option<Error>,
    /// The number of the entry under way; 0 outside.
    reached: u64,
    since_entry: &'a Cell<u64>,
}

/// Reads the object at the top, and answers whether it has the list.
struct Top<'r, 'a>(&'r mut Reading<'a>);

impl<'de> DeserializeSeed<'de> for Top<'_, '_> {
    type Value = bool;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<bool, D::Error> {
        deserializer.deserialize_map(self)
    }
}

impl<'de> Visitor<'de> for Top<'_, '_> {
    type Value = bool;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<bool, A::Error> {
        let mut found = false;
        let mut header = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            self.0.since_entry.set(0);
            if key == self.0.shape.list {
                found = true;
                map.next_value_seed(List { reading: &mut *self.0, header: &header })?;
            } else if self.0.shape.header.contains(&key.as_str()) {
                let budget = Cell::new(MOST_VALUES);
                let value = map.next_value_seed(Small { budget: &budget, fields: &[] })?;
                header.insert(key, value);
            } else {
                map.next_value::<Passed>()?;
            }
        }
        Ok(found)
    }
}

/// Reads the list of entries.
struct List<'r, 'a> {
    reading: &'r mut Reading<'a>,
    header: &'r Map<String, Value>,
}

impl<'de> DeserializeSeed<'de> for List<'_, '_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_seq(self)
    }
}

impl<'de> Visitor<'de> for List<'_, '_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        let Self { reading, header } = self;
        for number in 1.. {
            reading.reached = number;
            reading.since_entry.set(0);
            let budget = Cell::new(MOST_VALUES);
            let small = Small { budget: &budget, fields: reading.shape.fields };
            let Some(value) = list.next_element_seed(small)? else { break };
            let value = (budget.get() > 0).then_some(value);
            if let Err(error) = (reading.take)((number, header, value)) {
                reading.refusal = Some(error);
                return Err(A::Error::custom("refused"));
            }
        }
        reading.reached = 0;
        Ok(())
    }
}

/// A value that is not wanted.
struct Passed;

impl<'de> serde::Deserialize<'de> for Passed {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        IgnoredAny::deserialize(deserializer).map(|IgnoredAny| Self)
    }
}

/// A value of at most so many values; what is beyond them is passed over.
#[derive(Clone, Copy)]
struct Small<'b> {
    budget: &'b Cell<u32>,
    /// The fields to keep if it is an object; all where none is named.
    fields: &'b [&'b str],
}

impl Small<'_> {
    /// Whether one more fits.
    fn fits(&self) -> bool {
        let left = self.budget.get().saturating_sub(1);
        self.budget.set(left);
        left > 0
    }

    fn inner(&self) -> Self {
        Self { budget: self.budget, fields: &[] }
    }
}

impl<'de> DeserializeSeed<'de> for Small<'_> {
    type Value = Value;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Small<'_> {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).map_or(Value::Null, Value::Number))
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while self.fits() {
            let Some(value) = list.next_element_seed(self.inner())? else { return Ok(values.into()) };
            values.push(value);
        }
        while list.next_element::<Passed>()?.is_some() {}
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut values = Map::new();
        while let Some(key) = map.next_key::<String>()? {
            let wanted = self.fields.is_empty() || self.fields.contains(&key.as_str());
            if wanted && self.fits() {
                let value = map.next_value_seed(self.inner())?;
                values.insert(key, value);
            } else {
                map.next_value::<Passed>()?;
            }
        }
        Ok(values.into())
    }
}
