//! What one would write by hand.

use std::path::{Path, PathBuf};

use common_ground::home::KeyName;
use rusqlite::{Connection, OpenFlags, named_params};

use super::common::Vault;

/// The private file of a home.
pub(crate) fn private(folder: &Path) -> PathBuf {
    let found = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path()).find(|path| {
        let name = path.file_name().unwrap().to_str().unwrap();
        name.starts_with("private")
            && !name.contains("keycheck")
            && !name.ends_with("-wal")
            && !name.ends_with("-shm")
    });
    found.unwrap()
}

/// The bare floor: SQLite by hand, on the settings of the core's own connections.
pub(crate) struct Floor {
    pub(crate) file: Connection,
}

impl Floor {
    pub(crate) fn open(folder: &Path, vault: &Vault, to_write: bool) -> Self {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let file = Connection::open_with_flags(private(folder), flags).unwrap();
        file.execute_batch(&vault.pragma(KeyName::Private)).unwrap();
        file.execute_batch(
            "PRAGMA cache_size = -8000; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON; PRAGMA secure_delete = ON;
             PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;",
        )
        .unwrap();
        if to_write {
            file.execute_batch("PRAGMA journal_mode = WAL; PRAGMA wal_autocheckpoint = 8000;").unwrap();
        }
        file.set_prepared_statement_cache_capacity(64);
        Self { file }
    }

    pub(crate) fn draw_together(&self) {
        let upkeep = include_str!("../../migrations/private/upkeep.sql");
        loop {
            let before = self.file.total_changes();
            self.file.prepare_cached(upkeep).unwrap().execute([]).unwrap();
            if self.file.total_changes() - before < 2 {
                return;
            }
        }
    }

    /// An import of Day One brings no moods: these go up and down over the weeks.
    pub(crate) fn give_moods(&self) {
        self.file.execute("UPDATE entry SET mood = 1 + abs(day * 7 + day / 9) % 5", []).unwrap();
    }

    /// The row in the middle.
    pub(crate) fn middle(&self) -> i64 {
        let sql = "SELECT row FROM entry ORDER BY row LIMIT 1 OFFSET (SELECT count(*) / 2 FROM entry)";
        self.file.query_row(sql, [], |row| row.get(0)).unwrap()
    }

    pub(crate) fn mood_by_day(&self, from: i64, to: i64) -> Vec<(i64, f64, i64)> {
        let mut statement = self
            .file
            .prepare_cached(
                "SELECT day, avg(mood), count(mood) FROM entry
                 WHERE binned_at IS NULL AND mood IS NOT NULL AND day BETWEEN :from AND :to GROUP BY day",
            )
            .unwrap();
        let rows = statement
            .query_map(named_params! { ":from": from, ":to": to }, |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?))
            })
            .unwrap();
        rows.map(|row| row.unwrap()).collect()
    }

    pub(crate) fn filtered(&self, filter: &Filtered) -> usize {
        let sql = format!(
            "SELECT id, written_at, zone, offset_seconds, title, opening, tags, starred FROM entry
             WHERE binned_at IS NULL AND {} ORDER BY row DESC LIMIT 20",
            filter.condition(),
        );
        let mut statement = self.file.prepare_cached(&sql).unwrap();
        let rows = statement.query_map([], summary).unwrap();
        rows.inspect(|row| assert!(row.is_ok())).count()
    }

    pub(crate) fn newest_with(&self, query: &str, filter: &Filtered) -> usize {
        let sql = format!(
            "SELECT id, written_at, zone, offset_seconds, entry.title, opening, entry.tags, starred,
                    snippet(entry_search, 1, '[', ']', '…', 30)
             FROM entry_search JOIN entry ON entry.row = entry_search.rowid
             WHERE entry_search MATCH :query AND {} ORDER BY entry_search.rowid DESC LIMIT 20",
            filter.condition(),
        );
        let mut statement = self.file.prepare_cached(&sql).unwrap();
        let rows = statement
            .query_map(named_params! { ":query": query }, |row| Ok((summary(row)?, row.get::<_, String>(8)?)))
            .unwrap();
        rows.inspect(|row| assert!(row.is_ok())).count()
    }

    /// The rows that an edit of the text writes.
    pub(crate) fn edit(&self, number: usize, id: &[u8; 16], text: &str, words: &str) {
        let opening: String = text.chars().take(200).collect();
        let revision = (u128::MAX / 3 + number as u128).to_be_bytes();
        self.file.execute_batch("BEGIN IMMEDIATE").unwrap();
        let run = |sql: &str, values: &[(&str, &dyn rusqlite::ToSql)]| {
            self.file.prepare_cached(sql).unwrap().execute(values).unwrap();
        };
        run(
            "INSERT INTO former_entry (revision, entry, parent, device, saved_at, title, text, tags, starred, details)
             SELECT revision, id, parent, device, saved_at, title, text, tags, starred, :details
             FROM entry JOIN entry_text USING (row) WHERE id = :id",
            &[(":id", id), (":details", &"{}")],
        );
        let row: i64 = self
            .file
            .prepare_cached("SELECT row FROM entry WHERE id = :id")
            .unwrap()
            .query_row(named_params! { ":id": id }, |row| row.get(0))
            .unwrap();
        run("DELETE FROM entry_search WHERE rowid = :row", &[(":row", &row)]);
        run(
            "UPDATE entry SET parent = revision, revision = :revision, opening = :opening WHERE row = :row",
            &[(":row", &row), (":revision", &revision), (":opening", &opening)],
        );
        run("UPDATE entry_text SET text = :text WHERE row = :row", &[(":row", &row), (":text", &text)]);
        run(
            "INSERT INTO entry_search (rowid, title, text, tags) VALUES (:row, '', :words, '')",
            &[(":row", &row), (":words", &words)],
        );
        self.file.execute_batch("COMMIT").unwrap();
    }

    pub(crate) fn page(&self, before: i64) -> usize {
        let mut statement = self
            .file
            .prepare_cached(
                "SELECT id, written_at, zone, offset_seconds, title, opening, tags, starred FROM entry
                 WHERE row < :before AND binned_at IS NULL ORDER BY row DESC LIMIT 50",
            )
            .unwrap();
        let rows = statement.query_map(named_params! { ":before": before }, summary).unwrap();
        rows.inspect(|row| assert!(row.is_ok())).count()
    }

    /// What one would write by hand: FTS5's own rank and its own snippets.
    pub(crate) fn best(&self, query: &str) -> usize {
        let mut statement = self
            .file
            .prepare_cached(
                "SELECT id, written_at, zone, offset_seconds, entry.title, opening, entry.tags, starred,
                        snippet(entry_search, 1, '[', ']', '…', 30)
                 FROM entry_search JOIN entry ON entry.row = entry_search.rowid
                 WHERE entry_search MATCH :query ORDER BY rank LIMIT 20",
            )
            .unwrap();
        let rows = statement
            .query_map(named_params! { ":query": query }, |row| Ok((summary(row)?, row.get::<_, String>(8)?)))
            .unwrap();
        rows.inspect(|row| assert!(row.is_ok())).count()
    }

    pub(crate) fn newest(&self, query: &str) -> usize {
        let mut statement = self
            .file
            .prepare_cached(
                "SELECT id, written_at, zone, offset_seconds, entry.title, opening, entry.tags, starred,
                        snippet(entry_search, 1, '[', ']', '…', 30)
                 FROM entry_search JOIN entry ON entry.row = entry_search.rowid
                 WHERE entry_search MATCH :query ORDER BY entry_search.rowid DESC LIMIT 20",
            )
            .unwrap();
        let rows = statement
            .query_map(named_params! { ":query": query }, |row| Ok((summary(row)?, row.get::<_, String>(8)?)))
            .unwrap();
        rows.inspect(|row| assert!(row.is_ok())).count()
    }

    pub(crate) fn save(&self, number: usize, row: i64, text: &str, words: &str) {
        let opening: String = text.chars().take(200).collect();
        self.file.execute_batch("BEGIN IMMEDIATE").unwrap();
        self.file
            .prepare_cached(
                "INSERT INTO entry (row, id, revision, device, written_at, zone, offset_seconds, saved_at,
                                    title, opening, tags, starred)
                 VALUES (:row, :id, :id, :id, :at, 'Europe/Berlin', 3600, :at, NULL, :opening, '[]', 0)",
            )
            .unwrap()
            .execute(named_params! {
                ":row": row,
                ":id": (u128::MAX / 2 + number as u128).to_be_bytes(),
                ":at": row * 1000,
                ":opening": opening,
            })
            .unwrap();
        self.file
            .prepare_cached("INSERT INTO entry_text (row, text) VALUES (:row, :text)")
            .unwrap()
            .execute(named_params! { ":row": row, ":text": text })
            .unwrap();
        self.file
            .prepare_cached(
                "INSERT INTO entry_search (rowid, title, text, tags) VALUES (:row, '', :words, '')",
            )
            .unwrap()
            .execute(named_params! { ":row": row, ":words": words })
            .unwrap();
        self.file.execute_batch("COMMIT").unwrap();
    }

    /// The words of the newest entries as the core cut them.
    pub(crate) fn words(&self, number: usize) -> Vec<(String, String)> {
        let mut statement = self
            .file
            .prepare(
                "SELECT entry_text.text, entry_search.text FROM entry_text
                 JOIN entry_search ON entry_search.rowid = entry_text.row
                 ORDER BY entry_text.row DESC LIMIT :number",
            )
            .unwrap();
        let rows = statement
            .query_map(named_params! { ":number": number as i64 }, |row| Ok((row.get(0)?, row.get(1)?)))
            .unwrap();
        rows.map(|row| row.unwrap()).collect()
    }
}

/// A filter as one would write it by hand.
pub(crate) enum Filtered {
    Tag(&'static str),
    MoodUpTo(u8),
    FromDay(i64),
}

impl Filtered {
    fn condition(&self) -> String {
        match self {
            Self::Tag(tag) => format!("entry.row IN (SELECT row FROM entry_tag WHERE key = '{tag}')"),
            Self::MoodUpTo(mood) => format!("entry.mood <= {mood}"),
            Self::FromDay(day) => format!("entry.day >= {day}"),
        }
    }
}

#[allow(clippy::type_complexity)]
pub(crate) fn summary(
    row: &rusqlite::Row<'_>,
) -> rusqlite::Result<([u8; 16], i64, String, i32, Option<String>, String, String, bool)> {
    Ok((
        row.get(0)?,
        row.get(1)?,
        row.get(2)?,
        row.get(3)?,
        row.get(4)?,
        row.get(5)?,
        row.get(6)?,
        row.get(7)?,
    ))
}
