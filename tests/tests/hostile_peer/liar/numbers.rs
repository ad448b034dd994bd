//! Numbers and bytes, as frames and columns write them.

use std::io::{Read as _, Write as _};

pub(crate) fn put_number(out: &mut Vec<u8>, mut number: u64) {
    loop {
        let low = u8::try_from(number & 0x7f).expect("seven bits");
        number >>= 7;
        if number == 0 {
            out.push(low);
            return;
        }
        out.push(low | 0x80);
    }
}

/// Folds a sign into a number: 0, -1, 1, -2, …
pub(crate) fn fold(number: i64) -> u64 {
    let twice = number.cast_unsigned().wrapping_mul(2);
    if number < 0 { !twice } else { twice }
}

pub(crate) fn unfold(folded: u64) -> i64 {
    let half = (folded / 2).cast_signed();
    if folded % 2 == 1 { !half } else { half }
}

pub(crate) fn deflated(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).and_then(|()| encoder.finish()).expect("deflated")
}

pub(crate) fn inflated(bytes: &[u8]) -> Vec<u8> {
    let mut inflated = Vec::new();
    flate2::read::DeflateDecoder::new(bytes).read_to_end(&mut inflated).expect("inflated");
    inflated
}

/// Bytes that an honest device wrote: anything missing fails the test.
#[derive(Clone, Copy)]
pub(crate) struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self(bytes)
    }

    pub(crate) fn rest(&self) -> &'a [u8] {
        self.0
    }

    pub(crate) fn take(&mut self, count: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(count);
        self.0 = rest;
        taken
    }

    pub(crate) fn byte(&mut self) -> u8 {
        self.take(1)[0]
    }

    pub(crate) fn array<const N: usize>(&mut self) -> [u8; N] {
        self.take(N).try_into().expect("so many bytes")
    }

    pub(crate) fn number(&mut self) -> u64 {
        let mut number = 0;
        for shift in (0..).step_by(7) {
            let byte = self.byte();
            number |= u64::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return number;
            }
        }
        number
    }

    pub(crate) fn size(&mut self) -> usize {
        usize::try_from(self.number()).expect("a size")
    }

    pub(crate) fn signed(&mut self) -> i64 {
        unfold(self.number())
    }

    /// The next character of UTF-8.
    pub(crate) fn character(&mut self) -> &'a str {
        let length = (1..=4).find(|length| std::str::from_utf8(&self.0[..*length]).is_ok());
        std::str::from_utf8(self.take(length.expect("a character"))).expect("a character")
    }
}
