//! The operations of a saved document, read from its columns.
//!
//! Automerge gives them back only change by change, and builds every change anew for that: as long again
//! as loading. The ledger wants few of the columns and no change at all. What is read here was loaded by
//! Automerge before, so its checksums and hashes hold; where anything looks different from what we
//! know of the format (<https://automerge.org/automerge-binary-format-spec/>), nothing is read, and the
//! changes are asked after all.

use std::borrow::Cow;
use std::io::Read;

use flate2::read::DeflateDecoder;

use automerge::ChangeHash;

use crate::exchange::Actor;

/// The most bytes that one column may have when it is inflated.
const COLUMN: u64 = 64 * 1024 * 1024;

/// A column's number in the file: what it is of, what it holds, and whether it is deflated.
const DEFLATED: u64 = 0b1000;
const OBJECT_ACTOR: u64 = 0x01;
const OBJECT_COUNTER: u64 = 0x02;
const KEY: u64 = 0x15;
const ID_ACTOR: u64 = 0x21;
const ID_COUNTER: u64 = 0x23;
const INSERT: u64 = 0x34;
const ACTION: u64 = 0x42;
const SUCCESSORS: u64 = 0x80;
const SUCCESSOR_ACTOR: u64 = 0x81;
const SUCCESSOR_COUNTER: u64 = 0x83;

/// What an operation does, as the file numbers it.
pub(super) const MAKE_MAP: u64 = 0;
pub(super) const PUT: u64 = 1;
pub(super) const MAKE_TEXT: u64 = 4;

/// An operation's id, the actor by its place among [`Saved::actors`].
pub(super) type Id = (usize, u64);

/// One operation.
pub(super) struct Row<'a> {
    /// In which map or text; `None` for the root.
    pub(super) object: Option<Id>,
    /// Under which key, in a map.
    pub(super) key: Option<&'a str>,
    pub(super) id: Id,
    pub(super) insert: bool,
    pub(super) action: u64,
    /// What took its place.
    pub(super) successors: &'a [Id],
}

/// A saved document, without the changes saved behind it.
pub(super) struct Saved<'a> {
    pub(super) actors: Vec<Actor>,
    pub(super) heads: Vec<ChangeHash>,
    columns: Vec<(u64, Cow<'a, [u8]>)>,
}

impl<'a> Saved<'a> {
    /// Reads what stands before the operations.
    pub(super) fn read(bytes: &'a [u8]) -> Option<Self> {
        let mut rest = bytes.strip_prefix(&[0x85, 0x6f, 0x4a, 0x83])?;
        take(&mut rest, 4)?; // the checksum
        if take(&mut rest, 1)? != [0] {
            return None;
        }
        let length = length(&mut rest)?;
        let mut rest = take(&mut rest, length)?;
        let actors = many(&mut rest, |rest| {
            let length = self::length(rest)?;
            take(rest, length)?.try_into().ok()
        })?;
        let heads = many(&mut rest, |rest| Some(ChangeHash(take(rest, 32)?.try_into().ok()?)))?;
        let of_changes = many(&mut rest, column)?;
        let of_operations = many(&mut rest, column)?;
        for (_, length) in of_changes {
            take(&mut rest, length)?;
        }
        let mut columns = Vec::with_capacity(of_operations.len());
        for (number, length) in of_operations {
            columns.push((number, take(&mut rest, length)?.into()));
        }
        let mut saved = Self { actors, heads, columns };
        saved.inflate()?;
        Some(saved)
    }

    fn inflate(&mut self) -> Option<()> {
        for (number, bytes) in &mut self.columns {
            if *number & DEFLATED == 0 {
                continue;
            }
            *number &= !DEFLATED;
            let wanted = [OBJECT_ACTOR, OBJECT_COUNTER, KEY, ID_ACTOR, ID_COUNTER, INSERT, ACTION];
            let wanted = wanted.contains(number) || (SUCCESSORS..=SUCCESSOR_COUNTER).contains(number);
            let mut inflated = Vec::new();
            if wanted {
                DeflateDecoder::new(&**bytes).take(COLUMN).read_to_end(&mut inflated).ok()?;
            }
            *bytes = Cow::Owned(inflated);
        }
        Some(())
    }

    fn column(&self, number: u64) -> &[u8] {
        self.columns.iter().find(|(n, _)| *n == number).map_or(&[], |(_, bytes)| bytes)
    }

    /// Shows every operation but deletions, those of one object together and those of one key together;
    /// an object stands behind the one it is in. `None` when anything is odd, or when there are more than
    /// so many.
    pub(super) fn operations(&self, most: u64, mut show: impl FnMut(Row<'_>) -> Option<()>) -> Option<()> {
        let mut object_actors = Runs::<u64>::new(self.column(OBJECT_ACTOR));
        let mut object_counters = Runs::<u64>::new(self.column(OBJECT_COUNTER));
        let mut keys = Runs::<&str>::new(self.column(KEY));
        let mut id_actors = Runs::<u64>::new(self.column(ID_ACTOR));
        let mut id_counters = Sums::new(self.column(ID_COUNTER));
        let mut inserts = Turns::new(self.column(INSERT));
        let mut actions = Runs::<u64>::new(self.column(ACTION));
        let mut successor_counts = Runs::<u64>::new(self.column(SUCCESSORS));
        let mut successor_actors = Runs::<u64>::new(self.column(SUCCESSOR_ACTOR));
        let mut successor_counters = Sums::new(self.column(SUCCESSOR_COUNTER));
        let mut successors = Vec::new();
        let mut left = most;
        while !id_actors.is_at_end() {
            left = left.checked_sub(1)?;
            successors.clear();
            let count = successor_counts.next()?.unwrap_or(0);
            if count > most {
                return None;
            }
            for _ in 0..count {
                successors.push((index(successor_actors.next()??)?, successor_counters.next()?));
            }
            let object = match (object_actors.next()?, object_counters.next()?) {
                (Some(actor), Some(counter)) => Some((index(actor)?, counter)),
                (None, None) => None,
                _ => return None,
            };
            show(Row {
                object,
                key: keys.next()?,
                id: (index(id_actors.next()??)?, id_counters.next()?),
                insert: inserts.next()?,
                action: actions.next()??,
                successors: &successors,
            })?;
        }
        Some(())
    }
}

fn index(number: u64) -> Option<usize> {
    usize::try_from(number).ok()
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, left) = rest.split_at_checked(length)?;
    *rest = left;
    Some(taken)
}

fn length(rest: &mut &[u8]) -> Option<usize> {
    usize::try_from(u64::read(rest)?).ok()
}

fn many<'a, T>(rest: &mut &'a [u8], mut one: impl FnMut(&mut &'a [u8]) -> Option<T>) -> Option<Vec<T>> {
    (0..length(rest)?).map(|_| one(rest)).collect()
}

fn column(rest: &mut &[u8]) -> Option<(u64, usize)> {
    Some((u64::read(rest)?, length(rest)?))
}

/// What a column may hold.
trait Value<'a>: Copy {
    fn read(rest: &mut &'a [u8]) -> Option<Self>;
}

impl Value<'_> for u64 {
    fn read(rest: &mut &[u8]) -> Option<Self> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (first, left) = rest.split_first()?;
            *rest = left;
            value |= u64::from(first & 0x7f).checked_shl(shift)?;
            if first & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

impl Value<'_> for i64 {
    fn read(rest: &mut &[u8]) -> Option<Self> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let (first, left) = rest.split_first()?;
            *rest = left;
            value |= i64::from(first & 0x7f).checked_shl(shift)?;
            if first & 0x80 == 0 {
                let is_negative = first & 0x40 != 0 && shift + 7 < 64;
                return Some(if is_negative { value | (-1_i64).wrapping_shl(shift + 7) } else { value });
            }
        }
        None
    }
}

impl<'a> Value<'a> for &'a str {
    fn read(rest: &mut &'a [u8]) -> Option<Self> {
        let length = length(rest)?;
        str::from_utf8(take(rest, length)?).ok()
    }
}

/// Values, where the same one many times is written once. A column that has ended, or never began, goes
/// on with nothing.
struct Runs<'a, T> {
    rest: &'a [u8],
    left: u64,
    /// What is repeated; `None` while each value stands there by itself.
    repeated: Option<Option<T>>,
}

impl<'a, T: Value<'a>> Runs<'a, T> {
    fn new(rest: &'a [u8]) -> Self {
        Self { rest, left: 0, repeated: None }
    }

    fn is_at_end(&self) -> bool {
        self.left == 0 && self.rest.is_empty()
    }

    /// The next value or nothing; `None` where the column is damaged.
    fn next(&mut self) -> Option<Option<T>> {
        if self.is_at_end() {
            return Some(None);
        }
        if self.left == 0 {
            let length = i64::read(&mut self.rest)?;
            (self.left, self.repeated) = match length {
                0 => (u64::read(&mut self.rest)?, Some(None)),
                1.. => (length.unsigned_abs(), Some(Some(T::read(&mut self.rest)?))),
                _ => (length.unsigned_abs(), None),
            };
        }
        self.left = self.left.checked_sub(1)?;
        match self.repeated {
            Some(repeated) => Some(repeated),
            None => T::read(&mut self.rest).map(Some),
        }
    }
}

/// Numbers, of which the differences are written.
struct Sums<'a> {
    differences: Runs<'a, i64>,
    sum: i64,
}

impl<'a> Sums<'a> {
    fn new(bytes: &'a [u8]) -> Self {
        Self { differences: Runs::new(bytes), sum: 0 }
    }

    fn next(&mut self) -> Option<u64> {
        self.sum = self.sum.checked_add(self.differences.next()??)?;
        u64::try_from(self.sum).ok()
    }
}

/// Yes and no, of which it is written how many follow each other, no first.
struct Turns<'a> {
    rest: &'a [u8],
    left: u64,
    now: bool,
}

impl<'a> Turns<'a> {
    fn new(rest: &'a [u8]) -> Self {
        Self { rest, left: 0, now: true }
    }

    fn next(&mut self) -> Option<bool> {
        while self.left == 0 {
            if self.rest.is_empty() {
                return Some(false);
            }
            self.now = !self.now;
            self.left = u64::read(&mut self.rest)?;
        }
        self.left -= 1;
        Some(self.now)
    }
}
