//! Text of a file: which encoding it is in, and its lines, none of them longer than a memory can hold.

use std::cell::RefCell;
use std::io::{BufRead, BufReader, ErrorKind, Read};

use encoding_rs::{DecoderResult, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};

use crate::{Error, Result};

/// No line is longer.
pub(in crate::journal) const LONGEST_LINE: usize = 4 << 20;

const CHUNK: usize = 64 << 10;

/// In what a text is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Encoding {
    Utf8,
    Utf16Le,
    Utf16Be,
    Windows1252,
}

/// Finds out in what a text is written. Windows-1252 is only thought of where `guess` is set, and then the
/// whole text is read, to know that it is not UTF-8.
pub(super) fn encoding(source: &mut dyn Read, guess: bool) -> std::io::Result<Encoding> {
    let mut beginning = Vec::with_capacity(4);
    source.take(4).read_to_end(&mut beginning)?;
    match beginning.as_slice() {
        [0xFF, 0xFE, ..] => return Ok(Encoding::Utf16Le),
        [0xFE, 0xFF, ..] => return Ok(Encoding::Utf16Be),
        // Without a mark, but every other byte of the first letters is zero.
        [1..=255, 0, 1..=255, 0] => return Ok(Encoding::Utf16Le),
        [0, 1..=255, 0, 1..=255] => return Ok(Encoding::Utf16Be),
        _ => {}
    }
    if !guess {
        return Ok(Encoding::Utf8);
    }
    let mut decoder = UTF_8.new_decoder_without_bom_handling();
    let mut buffer = vec![0; CHUNK];
    let mut decoded = vec![0; CHUNK * 4];
    let mut source = std::io::Cursor::new(beginning).chain(source);
    loop {
        let count = read_some(&mut source, &mut buffer)?;
        let chunk = buffer.get(..count).unwrap_or_default();
        let (result, _, _) = decoder.decode_to_utf8_without_replacement(chunk, &mut decoded, count == 0);
        match result {
            DecoderResult::Malformed(..) => return Ok(Encoding::Windows1252),
            _ if count == 0 => return Ok(Encoding::Utf8),
            _ => {}
        }
    }
}

/// What a text begins with, as far as it can be read: to recognise it by.
pub(super) fn beginning(source: &mut dyn Read, bytes: u64) -> std::io::Result<String> {
    let mut beginning = Vec::new();
    source.take(bytes).read_to_end(&mut beginning)?;
    let encoding = match encoding(&mut beginning.as_slice(), false)? {
        Encoding::Utf16Le => UTF_16LE,
        Encoding::Utf16Be => UTF_16BE,
        Encoding::Utf8 | Encoding::Windows1252 => UTF_8,
    };
    Ok(encoding.decode(&beginning).0.into_owned())
}

fn read_some(source: &mut impl Read, buffer: &mut [u8]) -> std::io::Result<usize> {
    loop {
        match source.read(buffer) {
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            done => return done,
        }
    }
}

/// Reads a text as UTF-8, without its byte-order mark.
pub(super) struct Decoded<'s, R> {
    source: R,
    decoder: encoding_rs::Decoder,
    /// Bytes of the source, of which those up to `used` are decoded.
    raw: Vec<u8>,
    used: usize,
    ended: bool,
    /// Whether all that came out of the source is decoded.
    finished: bool,
    /// UTF-8, of which what is before `given` was handed on.
    decoded: Vec<u8>,
    given: usize,
    line: u64,
    failure: &'s RefCell<Option<Error>>,
}

impl<'s, R: Read> Decoded<'s, R> {
    pub(super) fn new(source: R, encoding: Encoding, failure: &'s RefCell<Option<Error>>) -> Self {
        let encoding = match encoding {
            Encoding::Utf8 => UTF_8,
            Encoding::Utf16Le => UTF_16LE,
            Encoding::Utf16Be => UTF_16BE,
            Encoding::Windows1252 => WINDOWS_1252,
        };
        Self {
            source,
            decoder: encoding.new_decoder_with_bom_removal(),
            raw: Vec::new(),
            used: 0,
            ended: false,
            finished: false,
            decoded: Vec::new(),
            given: 0,
            line: 1,
            failure,
        }
    }

    /// Decodes some more, which may be nothing.
    fn decode(&mut self) -> std::io::Result<()> {
        if self.used == self.raw.len() && !self.ended {
            self.raw.resize(CHUNK, 0);
            let count = read_some(&mut self.source, &mut self.raw)?;
            self.raw.truncate(count);
            self.used = 0;
            self.ended = count == 0;
        }
        // Three bytes of UTF-8 are the most that one of any of these encodings becomes.
        self.decoded.resize(CHUNK * 3 + 16, 0);
        self.given = 0;
        let raw = self.raw.get(self.used..).unwrap_or_default();
        let (result, read, written) =
            self.decoder.decode_to_utf8_without_replacement(raw, &mut self.decoded, self.ended);
        self.used += read;
        self.finished = self.ended && result == DecoderResult::InputEmpty;
        self.decoded.truncate(written);
        self.line += self.decoded.iter().filter(|byte| **byte == b'\n').count() as u64;
        if let DecoderResult::Malformed(..) = result {
            self.failure.replace(Some(Error::Import {
                entry: 0,
                line: self.line,
                field: "text".to_owned(),
                problem: "is not Unicode (UTF-8 or UTF-16)".to_owned(),
            }));
            return Err(ErrorKind::InvalidData.into());
        }
        Ok(())
    }
}

impl<R: Read> Read for Decoded<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        while self.given == self.decoded.len() {
            if self.finished {
                return Ok(0);
            }
            self.decode()?;
        }
        let ready = self.decoded.get(self.given..).unwrap_or_default();
        let count = ready.len().min(buffer.len());
        if let (Some(to), Some(from)) = (buffer.get_mut(..count), ready.get(..count)) {
            to.copy_from_slice(from);
        }
        self.given += count;
        Ok(count)
    }
}

/// The lines of a text that is UTF-8 already, without their ends.
pub(in crate::journal) struct Lines<'r> {
    source: BufReader<&'r mut dyn Read>,
    line: Vec<u8>,
    number: u64,
}

impl<'r> Lines<'r> {
    pub(in crate::journal) fn of(source: &'r mut dyn Read) -> Self {
        Self { source: BufReader::with_capacity(CHUNK, source), line: Vec::new(), number: 0 }
    }

    /// The next line and its number, from 1.
    ///
    /// # Errors
    /// [`Error::Import`] for a line over 4 MiB, and what the source says.
    pub(in crate::journal) fn next(&mut self) -> Result<Option<(u64, &str)>> {
        self.line.clear();
        let longest = LONGEST_LINE as u64 + 2;
        let count = self.source.by_ref().take(longest).read_until(b'\n', &mut self.line)?;
        if count == 0 {
            return Ok(None);
        }
        self.number += 1;
        let line = self.line.strip_suffix(b"\n").unwrap_or(&self.line);
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        let problem = if line.len() > LONGEST_LINE {
            format!("is longer than {} MiB", LONGEST_LINE >> 20)
        } else {
            match std::str::from_utf8(line) {
                Ok(line) => return Ok(Some((self.number, line))),
                Err(_) => "is not Unicode".to_owned(),
            }
        };
        Err(Error::Import { entry: 0, line: self.number, field: "line".to_owned(), problem })
    }
}
