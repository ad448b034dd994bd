//! What one would write by hand: the same document, bare, and its bytes in one SQLCipher file under the same
//! settings. No gate, no tables, nobody's signatures.

use std::path::{Path, PathBuf};

use automerge::sync::{Message, State, SyncDoc};
use automerge::transaction::{CommitOptions, Transactable};
use automerge::{Automerge, ChangeHash, ObjId, ObjType, ROOT, ReadDoc, Value};
use rusqlite::{Connection, named_params};

use super::years::Device;

/// A bare document and a bare file.
pub(crate) struct Floor {
    path: PathBuf,
    file: Connection,
    pub(crate) document: Automerge,
    next: usize,
}

impl Floor {
    /// The same document as a device has.
    pub(crate) fn like(device: &Device, path: &Path) -> Self {
        let saved =
            saved(&device.look_inside(), "SELECT bytes FROM plan_snapshot", "SELECT bytes FROM plan_chunk");
        let document = Automerge::load(&saved).unwrap();
        let file = open(path);
        file.execute_batch(
            "CREATE TABLE snapshot (bytes BLOB NOT NULL) STRICT;
             CREATE TABLE chunk (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;",
        )
        .unwrap();
        file.execute(
            "INSERT INTO snapshot (bytes) VALUES (:bytes)",
            named_params! { ":bytes": document.save() },
        )
        .unwrap();
        Self { path: path.to_owned(), file, document, next: 0 }
    }

    pub(crate) fn shut(&mut self) {
        self.file = Connection::open_in_memory().unwrap();
        self.document = Automerge::new();
    }

    pub(crate) fn open(&mut self) {
        self.file = open(&self.path);
    }

    pub(crate) fn load(&mut self) {
        let saved = saved(&self.file, "SELECT bytes FROM snapshot", "SELECT bytes FROM chunk");
        self.document = Automerge::load(&saved).unwrap();
    }

    /// Every goal with its title and the latest rating of each person.
    pub(crate) fn list(&self) -> usize {
        let [goals, ratings] = ["goals", "ratings"].map(|name| self.map(name));
        let mut latest = std::collections::HashMap::new();
        for id in self.document.keys(&ratings) {
            let rating = self.object(&ratings, &id);
            let [goal, at] = ["goal", "at"].map(|key| self.string(&rating, key));
            let value = self
                .document
                .get(&rating, "value")
                .unwrap()
                .unwrap()
                .0
                .as_scalar()
                .and_then(automerge::ScalarValue::as_u64);
            let newest = latest.entry((goal, id[..12].to_owned())).or_insert((String::new(), None));
            if newest.0 < at {
                *newest = (at, value);
            }
        }
        let titles = self.document.keys(&goals).map(|id| self.string(&self.object(&goals, &id), "title"));
        assert!(!latest.is_empty());
        titles.filter(|title| !title.is_empty()).count()
    }

    fn map(&self, name: &str) -> ObjId {
        self.object(&ROOT, name)
    }

    fn object(&self, of: &ObjId, key: &str) -> ObjId {
        self.document.get(of, key).unwrap().unwrap().1
    }

    fn string(&self, of: &ObjId, key: &str) -> String {
        match self.document.get(of, key).unwrap().unwrap().0 {
            Value::Scalar(value) => value.as_str().unwrap_or_default().to_owned(),
            Value::Object(_) => String::new(),
        }
    }

    /// A rating, as one change, and its bytes.
    pub(crate) fn commit(&mut self) -> Vec<u8> {
        let before = self.document.get_heads();
        let ratings = self.map("ratings");
        self.next += 1;
        let id = format!("00112233445566778899{:012x}", self.next);
        let mut transaction = self.document.transaction();
        let rating = transaction.put_object(&ratings, id, ObjType::Map).unwrap();
        transaction.put(&rating, "goal", "00112233445566778899aabbccddeeff").unwrap();
        transaction.put(&rating, "value", 5_u64).unwrap();
        transaction.put(&rating, "at", "2026-05-03T18:02:11.250000+02:00[Europe/Berlin]").unwrap();
        transaction.commit_with(CommitOptions::default().with_time(0));
        self.document.save_after(&before)
    }

    pub(crate) fn keep(&self, bytes: &[u8]) {
        let sql = "INSERT INTO chunk (bytes) VALUES (:bytes)";
        self.file.prepare_cached(sql).unwrap().execute(named_params! { ":bytes": bytes }).unwrap();
    }

    /// One durable edit.
    pub(crate) fn edit(&mut self) -> Vec<u8> {
        let bytes = self.commit();
        self.keep(&bytes);
        bytes
    }

    /// Takes in what another floor has written, durably.
    pub(crate) fn take_in(&mut self, bytes: &[u8]) {
        self.document.load_incremental(bytes).unwrap();
        self.keep(bytes);
    }

    /// Folds everything into one snapshot that was loaded again.
    pub(crate) fn fold(&self) {
        let bytes = self.document.save_and_verify().unwrap();
        self.file.execute_batch("BEGIN IMMEDIATE; DELETE FROM chunk; DELETE FROM snapshot;").unwrap();
        self.file
            .execute("INSERT INTO snapshot (bytes) VALUES (:bytes)", named_params! { ":bytes": bytes })
            .unwrap();
        self.file.execute_batch("COMMIT").unwrap();
    }

    /// The newest changes, decoded: what a history can be told from.
    pub(crate) fn newest(&self, count: usize) -> usize {
        let all = self.document.get_changes_meta(&[]);
        let newest = all.iter().rev().take(count);
        newest
            .map(|meta| self.document.get_change_by_hash(&meta.hash).unwrap().decode().operations.len())
            .sum()
    }

    /// Another one who is level with this one.
    pub(crate) fn twin(&self, path: &Path) -> Self {
        let document = self.document.fork();
        let file = open(path);
        file.execute_batch("CREATE TABLE chunk (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;")
            .unwrap();
        Self { path: path.to_owned(), file, document, next: 1_000_000 }
    }

    /// Comes level by Automerge's own sync, what was in common remembered; answers the bytes of both ways.
    pub(crate) fn sync(&mut self, other: &mut Self, common: &[ChangeHash]) -> usize {
        let remembered =
            || State::decode(&State { shared_heads: common.to_vec(), ..State::new() }.encode()).unwrap();
        let (mut mine, mut theirs) = (remembered(), remembered());
        let mut bytes = 0;
        loop {
            let out = self.document.generate_sync_message(&mut mine).map(Message::encode);
            let back = other.document.generate_sync_message(&mut theirs).map(Message::encode);
            if out.is_none() && back.is_none() {
                return bytes;
            }
            for (message, to, state) in [(out, &mut *other, &mut theirs), (back, &mut *self, &mut mine)] {
                let Some(message) = message else { continue };
                bytes += message.len();
                to.document.receive_sync_message(state, Message::decode(&message).unwrap()).unwrap();
                to.keep(&message);
            }
        }
    }
}

fn open(path: &Path) -> Connection {
    let file = Connection::open(path).unwrap();
    file.execute_batch(&format!(
        "PRAGMA cipher_log_level = NONE; PRAGMA key = \"x'{}'\";
         PRAGMA cache_size = -8000; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;
         PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;
         PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 8000;",
        "07".repeat(32)
    ))
    .unwrap();
    file
}

/// A snapshot with the chunks behind it.
fn saved(file: &Connection, snapshot: &str, chunks: &str) -> Vec<u8> {
    let mut saved: Vec<u8> = file.query_row(snapshot, [], |row| row.get(0)).unwrap();
    let mut statement = file.prepare(&format!("{chunks} ORDER BY id")).unwrap();
    let chunks = statement.query_map([], |row| row.get::<_, Vec<u8>>(0)).unwrap();
    chunks.for_each(|chunk| saved.extend(chunk.unwrap()));
    saved
}
