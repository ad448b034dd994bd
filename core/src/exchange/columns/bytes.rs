//! Numbers and bytes in a column, and the deflated whole: written plainly, read with bounds.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;

use super::malformed;
use crate::{Error, Result};

/// Appends a number, seven bits a byte, the lowest first.
pub(in crate::exchange) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        out.push(number.to_le_bytes()[0] | 0x80);
        number >>= 7;
    }
    out.push(number.to_le_bytes()[0]);
}

/// Appends a number with a sign, folded so that small ones stay short: 0, -1, 1, -2, …
pub(in crate::exchange) fn put_signed(out: &mut Vec<u8>, number: i64) {
    put_number(out, number.cast_unsigned() << 1 ^ (number >> 63).cast_unsigned());
}

/// A place in bytes that came from outside.
#[derive(Clone, Copy)]
pub(in crate::exchange) struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    pub(in crate::exchange) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(in crate::exchange) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What was not read yet.
    pub(in crate::exchange) fn rest(&self) -> &'a [u8] {
        self.0
    }

    pub(in crate::exchange) fn byte(&mut self) -> Result<u8> {
        let (first, rest) = self.0.split_first().ok_or_else(|| malformed("a batch ends too early"))?;
        self.0 = rest;
        Ok(*first)
    }

    /// `count` bytes, where there are so many.
    pub(in crate::exchange) fn take(&mut self, count: usize) -> Result<&'a [u8]> {
        let (taken, rest) =
            self.0.split_at_checked(count).ok_or_else(|| malformed("a batch ends too early"))?;
        self.0 = rest;
        Ok(taken)
    }

    pub(in crate::exchange) fn array<const N: usize>(&mut self) -> Result<[u8; N]> {
        self.take(N)?.try_into().map_err(|_| malformed("a batch ends too early"))
    }

    pub(in crate::exchange) fn number(&mut self) -> Result<u64> {
        let mut number = 0;
        for shift in (0..64).step_by(7) {
            let byte = self.byte()?;
            let bits = u64::from(byte & 0x7f);
            if bits << shift >> shift != bits {
                break;
            }
            number |= bits << shift;
            if byte & 0x80 == 0 {
                return Ok(number);
            }
        }
        Err(malformed("a number is too large"))
    }

    /// A number that is at most `most`.
    pub(in crate::exchange) fn up_to(&mut self, most: usize, what: &'static str) -> Result<usize> {
        match usize::try_from(self.number()?) {
            Ok(number) if number <= most => Ok(number),
            _ => Err(malformed(what)),
        }
    }

    pub(in crate::exchange) fn signed(&mut self) -> Result<i64> {
        let folded = self.number()?;
        Ok((folded >> 1).cast_signed() ^ -(folded & 1).cast_signed())
    }

    /// The next character of UTF-8.
    pub(in crate::exchange) fn character(&mut self) -> Result<&'a str> {
        let length = match self.0.first() {
            Some(0x00..=0x7f) => 1,
            Some(0xc2..=0xdf) => 2,
            Some(0xe0..=0xef) => 3,
            Some(0xf0..=0xf4) => 4,
            _ => return Err(malformed("a character is missing or malformed")),
        };
        std::str::from_utf8(self.take(length)?).map_err(|_| malformed("a character is malformed"))
    }
}

pub(super) fn deflate(bytes: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).map_err(|_| Error::internal("deflating a batch"))
}

/// Inflates to at most `most` bytes; the memory grows with what really comes out.
pub(super) fn inflate(deflated: &[u8], most: usize) -> Result<Vec<u8>> {
    let mut decoder = DeflateDecoder::new(deflated);
    let mut inflated = Vec::new();
    let mut piece = [0; 16 * 1024];
    loop {
        let count = decoder.read(&mut piece).map_err(|_| malformed("a batch cannot be inflated"))?;
        if count == 0 {
            break;
        }
        if inflated.len() + count > most {
            return Err(malformed("a batch inflates to more than is allowed"));
        }
        if inflated.capacity() < inflated.len() + count {
            // Doubling, but never beyond what is allowed.
            let wanted = (inflated.len() * 2).clamp(piece.len(), most);
            inflated.reserve_exact(wanted.max(inflated.len() + count) - inflated.len());
        }
        inflated.extend_from_slice(&piece[..count]);
    }
    if decoder.total_in() != deflated.len() as u64 {
        return Err(malformed("something follows after a batch"));
    }
    Ok(inflated)
}
