//! Tables of comma-, semicolon- or tab-separated values with a header, read row by row: columns are known by
//! their names, and no row is longer than a memory can hold.

use std::cell::Cell;
use std::io::{BufRead, BufReader, ErrorKind, Read};

use csv::{ReaderBuilder, StringRecord};

use super::format::Sink;
use super::incoming::{Incoming, Place};
use super::source::Source;
use super::types::{ImportNote, Misread};
use crate::{Error, Result};

/// No row is longer, nor the header.
const LONGEST_ROW: u64 = 4 << 20;

/// One row.
pub(super) struct Row<'t> {
    pub(super) place: Place,
    columns: &'t [String],
    values: &'t StringRecord,
}

impl Row<'_> {
    /// What stands in the column of this name, without space around it; nothing where there is no such column.
    pub(super) fn get(&self, column: &str) -> &str {
        let position = self.columns.iter().position(|name| name == column);
        position.and_then(|position| self.values.get(position)).unwrap_or_default().trim()
    }

    pub(super) fn misread(&self, column: &str, problem: &str) -> Misread {
        self.place.misread(column, problem)
    }
}

/// Whether a text begins with a header that has all these columns.
pub(super) fn has_columns(beginning: &str, wanted: &[&str]) -> bool {
    let mut text = beginning.as_bytes();
    let Ok(separator) = separator(&mut text) else { return false };
    let header = beginning.split(['\n', '\r']).next().unwrap_or_default();
    let columns: Vec<String> = header.split(char::from(separator)).map(column).collect();
    wanted.iter().all(|wanted| columns.iter().any(|column| column == wanted))
}

/// Reads every table of the source that has these columns; a source of one file must be one.
pub(super) fn read(
    source: &Source<'_>,
    wanted: &[&str],
    sink: &mut dyn Sink,
    row: &dyn Fn(Row<'_>) -> Result<Incoming, Misread>,
) -> Result<()> {
    let only_one = source.pieces().len() == 1;
    let mut tables = 0;
    for (number, piece) in source.pieces().iter().enumerate() {
        let name = piece.name.to_lowercase();
        let may_be_one = [".csv", ".tsv", ".txt"].iter().any(|ending| name.ends_with(ending));
        if !only_one && !may_be_one {
            continue;
        }
        let (is_one, guessed) = source.read_text(number, true, |text| {
            let mut table = Table::of(text, &piece.name)?;
            match wanted.iter().find(|wanted| !table.columns.iter().any(|column| column == *wanted)) {
                Some(missing) if only_one => {
                    return Err(Error::Import {
                        entry: 0,
                        line: 1,
                        field: (*missing).to_owned(),
                        problem: "is no column of this table".to_owned(),
                    });
                }
                Some(_) => return Ok(false),
                None => {}
            }
            table.read(&mut |read| sink.take(read.and_then(row)))?;
            Ok(true)
        })?;
        tables += u32::from(is_one);
        if is_one && guessed {
            sink.note(ImportNote::Windows1252);
        }
    }
    if tables == 0 {
        return Err(Error::import(0, "file", "holds no table with the columns of this program"));
    }
    Ok(())
}

struct Table<'r> {
    file: String,
    rows: csv::Reader<Limited<'r>>,
    columns: Vec<String>,
}

impl<'r> Table<'r> {
    fn of(text: &'r mut dyn Read, file: &str) -> Result<Self> {
        let mut text = BufReader::with_capacity(64 << 10, text);
        let separator = separator(&mut text)?;
        let limited = Limited { text, since_row: Cell::new(0) };
        let mut rows = ReaderBuilder::new()
            .delimiter(separator)
            .flexible(true)
            .has_headers(false)
            .buffer_capacity(16 << 10)
            .from_reader(limited);
        let mut header = StringRecord::new();
        rows.read_record(&mut header).map_err(|error| unreadable(&error, 0, 1))?;
        rows.get_ref().since_row.set(0);
        Ok(Self { file: file.to_owned(), rows, columns: header.iter().map(column).collect() })
    }

    fn read(&mut self, take: &mut dyn FnMut(Result<Row<'_>, Misread>) -> Result<()>) -> Result<()> {
        let mut values = StringRecord::new();
        for number in 1.. {
            let line = self.rows.position().line();
            let more =
                self.rows.read_record(&mut values).map_err(|error| unreadable(&error, number, line))?;
            if !more {
                break;
            }
            self.rows.get_ref().since_row.set(0);
            let line = values.position().map(csv::Position::line);
            let place = Place { file: self.file.clone(), line, entry: Some(number) };
            let has_more = values.iter().skip(self.columns.len()).any(|value| !value.trim().is_empty());
            take(if has_more {
                Err(place.misread("row", "has more values than the header has names"))
            } else {
                Ok(Row { place, columns: &self.columns, values: &values })
            })?;
        }
        Ok(())
    }
}

/// The name of a column, as it is looked for.
fn column(name: &str) -> String {
    name.trim_matches(|letter: char| letter.is_whitespace() || letter == '"').to_lowercase()
}

/// What parts the values: whatever is most often in the header.
fn separator(text: &mut impl BufRead) -> Result<u8> {
    let beginning = text.fill_buf()?;
    let header = beginning.split(|byte| matches!(byte, b'\n' | b'\r')).next().unwrap_or_default();
    let count = |separator| header.iter().filter(|byte| **byte == separator).count();
    Ok([b',', b';', b'\t'].into_iter().rev().max_by_key(|separator| count(*separator)).unwrap_or(b','))
}

fn unreadable(error: &csv::Error, entry: u64, line: u64) -> Error {
    let problem = match error.kind() {
        csv::ErrorKind::Io(error) if error.kind() == ErrorKind::FileTooLarge => {
            format!("is longer than {} MiB; perhaps a quotation mark was never closed", LONGEST_ROW >> 20)
        }
        _ => "cannot be read".to_owned(),
    };
    Error::Import { entry, line, field: "row".to_owned(), problem }
}

/// Stops a row from being longer than allowed.
struct Limited<'r> {
    text: BufReader<&'r mut dyn Read>,
    since_row: Cell<u64>,
}

impl Read for Limited<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.since_row.get() > LONGEST_ROW {
            return Err(ErrorKind::FileTooLarge.into());
        }
        let count = self.text.read(buffer)?;
        self.since_row.set(self.since_row.get() + count as u64);
        Ok(count)
    }
}
