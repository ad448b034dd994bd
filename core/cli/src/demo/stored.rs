//! What a device has stored, as anyone with its keys can read it: the closed files are opened with SQLCipher
//! itself, and every value of every table is looked at. Values that are Automerge chunks are unpacked,
//! because their columns are deflated.

use std::path::Path;

use automerge::legacy::{Key, OpType};
use automerge::{Automerge, Change, ScalarValue};
use common_ground::home::KeyName;
use data_encoding::HEXLOWER;
use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use zeroize::Zeroizing;

use crate::keys::KeyFile;

/// What was looked through.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub(super) struct Amount {
    pub(super) tables: u64,
    pub(super) values: u64,
    pub(super) bytes: u64,
    /// Changes of plans that were unpacked.
    pub(super) changes: u64,
}

/// A piece of what is stored.
pub(super) enum Piece<'a> {
    /// A text by itself.
    Text(&'a str),
    /// Bytes in which anything may stand.
    Bytes(&'a [u8]),
}

/// Why a file could not be looked through.
#[derive(Debug)]
pub(super) struct Unreadable(pub(super) String);

impl From<rusqlite::Error> for Unreadable {
    fn from(error: rusqlite::Error) -> Self {
        // The code alone: the message may quote what is in the file.
        Self(format!("SQLite: {:?}", error.sqlite_error_code()))
    }
}

impl From<std::io::Error> for Unreadable {
    fn from(error: std::io::Error) -> Self {
        Self(error.kind().to_string())
    }
}

/// Calls `each` with every value in one of a device's two files, decrypted.
pub(super) fn read_file(
    data: &Path,
    keys: &KeyFile,
    name: KeyName,
    each: &mut dyn FnMut(Piece<'_>),
) -> Result<Amount, Unreadable> {
    let file = match name {
        KeyName::Private => "private.db",
        KeyName::Shared => "shared.db",
    };
    let key = keys.key(name).map_err(|failure| Unreadable(failure.to_string()))?;
    let key = key.ok_or_else(|| Unreadable("no key".to_owned()))?;
    let connection = Connection::open_with_flags(data.join(file), OpenFlags::SQLITE_OPEN_READ_WRITE)?;
    let sql = Zeroizing::new(format!("PRAGMA key = \"x'{}'\";", HEXLOWER.encode(&key)));
    connection.execute_batch(&sql)?;
    // Virtual tables keep what they hold in ordinary ones beside them.
    let tables: Vec<String> = connection
        .prepare("SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'")?
        .query_map([], |row| row.get(0))?
        .collect::<Result<_, _>>()?;
    let mut amount = Amount::default();
    for table in tables {
        amount.tables += 1;
        let mut statement = connection.prepare(&format!("SELECT * FROM \"{table}\""))?;
        let columns = statement.column_count();
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                let value = row.get_ref(column)?;
                let (ValueRef::Text(bytes) | ValueRef::Blob(bytes)) = value else { continue };
                amount.values += 1;
                amount.bytes += bytes.len() as u64;
                match value {
                    ValueRef::Text(text) => each(Piece::Text(&String::from_utf8_lossy(text))),
                    _ => each(Piece::Bytes(bytes)),
                }
                amount.changes += unpack(bytes, each)?;
            }
        }
    }
    Ok(amount)
}

/// Calls `each` with every file of a folder as it lies on the disk. Returns how many bytes.
pub(super) fn read_raw(data: &Path, each: &mut dyn FnMut(&[u8])) -> Result<u64, Unreadable> {
    let mut bytes = 0;
    for file in data.read_dir()? {
        let content = std::fs::read(file?.path())?;
        bytes += content.len() as u64;
        each(&content);
    }
    Ok(bytes)
}

const MAGIC: [u8; 4] = [0x85, 0x6f, 0x4a, 0x83];
const DOCUMENT: u8 = 0;

/// Unpacks a value that is a series of Automerge chunks, and calls `each` with the texts of every change in
/// it. Returns how many changes. Any other value has none.
fn unpack(bytes: &[u8], each: &mut dyn FnMut(Piece<'_>)) -> Result<u64, Unreadable> {
    let mut changes = 0;
    let mut rest = bytes;
    while rest.starts_with(&MAGIC) {
        let broken = || Unreadable("a chunk of a plan".to_owned());
        let (kind, length) = chunk(rest).ok_or_else(broken)?;
        let (this, after) = rest.split_at_checked(length).ok_or_else(broken)?;
        let in_it = if kind == DOCUMENT {
            Automerge::load(this).map_err(|_| broken())?.get_changes(&[])
        } else {
            vec![Change::try_from(this).map_err(|_| broken())?]
        };
        changes += in_it.len() as u64;
        for change in in_it {
            texts_of(&change, each);
        }
        rest = after;
    }
    Ok(changes)
}

/// The kind of the chunk that `bytes` begin with, and its whole length: 4 bytes of magic, 4 of checksum, the
/// kind, the length of the body in LEB128, the body.
fn chunk(bytes: &[u8]) -> Option<(u8, usize)> {
    let kind = *bytes.get(8)?;
    let mut length = 0_usize;
    for (n, byte) in bytes.get(9..)?.iter().take(5).enumerate() {
        length |= usize::from(byte & 0x7f) << (7 * n);
        if byte & 0x80 == 0 {
            return length.checked_add(9 + n + 1).map(|length| (kind, length));
        }
    }
    None
}

/// Calls `each` with all that a change writes. Letters of a text that follow each other stay together.
fn texts_of(change: &Change, each: &mut dyn FnMut(Piece<'_>)) {
    let mut text = String::new();
    for operation in &change.decode().operations {
        match &operation.action {
            OpType::Put(ScalarValue::Str(value)) if operation.insert => text.push_str(value),
            OpType::Put(ScalarValue::Str(value)) => each(Piece::Text(value)),
            OpType::Put(ScalarValue::Bytes(value)) => each(Piece::Bytes(value)),
            _ => {}
        }
        if let Key::Map(key) = &operation.key {
            each(Piece::Text(key));
        }
        if !operation.insert && !text.is_empty() {
            each(Piece::Text(&std::mem::take(&mut text)));
        }
    }
    each(Piece::Text(&text));
}

#[cfg(test)]
mod tests {
    use automerge::transaction::Transactable;
    use automerge::{AutoCommit, ObjType, ROOT};

    use super::*;

    const SENTENCE: &str = "a sentence that is long enough to be deflated, and a sentence that is long \
         enough to be deflated, and a sentence that is long enough to be deflated, and nobody may see it, \
         and a sentence that is long enough to be deflated, and it goes on like this for some time yet";

    #[test]
    fn the_words_in_a_deflated_chunk_are_seen() {
        let mut document = AutoCommit::new();
        let text = document.put_object(ROOT, "why", ObjType::Text).unwrap();
        document.splice_text(&text, 0, 0, SENTENCE).unwrap();
        let incremental = document.save_incremental();
        document.put(ROOT, "title", "a title of its own").unwrap();
        document.delete(ROOT, "why").unwrap();
        let snapshot = document.save();

        for chunks in [incremental, snapshot] {
            let mut seen = Vec::new();
            let mut see = |piece: Piece<'_>| {
                if let Piece::Text(text) = piece {
                    seen.push(text.to_owned());
                }
            };
            let changes = unpack(&chunks, &mut see).unwrap();
            assert!(changes >= 1);
            // What was deleted since is in the chunk all the same.
            assert!(seen.iter().any(|text| text.contains(SENTENCE)));
        }
        assert_eq!(unpack(b"no chunk", &mut |_| panic!("nothing to see")).unwrap(), 0);
        assert!(unpack(&MAGIC, &mut |_| ()).is_err());
    }
}
