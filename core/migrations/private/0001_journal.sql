-- The journal: entries, their former versions, the bin, and the search index.

-- What lists show. `row` is the millisecond in which the entry was written, or the next free one, negative
-- before 1970: reading by key is reading by time, here and in the search index, and a page begins where
-- the one before ended. Rows stay inside this file; what refers to an entry from outside uses its id.
CREATE TABLE entry (
    row            INTEGER PRIMARY KEY,
    id             BLOB    NOT NULL UNIQUE CHECK (length(id) = 16),
    revision       BLOB    NOT NULL CHECK (length(revision) = 16),
    parent         BLOB    CHECK (length(parent) = 16),   -- the revision before
    device         BLOB    NOT NULL CHECK (length(device) = 16),
    written_at     INTEGER NOT NULL,                      -- microseconds since 1970, UTC
    zone           TEXT    NOT NULL,                      -- IANA name
    offset_seconds INTEGER NOT NULL,                      -- of the writer's clock, east of UTC
    saved_at       INTEGER NOT NULL,
    title          TEXT,
    opening        TEXT    NOT NULL,                      -- the beginning of the text, on one line
    tags           TEXT    NOT NULL,                      -- a JSON list
    starred        INTEGER NOT NULL CHECK (starred IN (0, 1)),
    binned_at      INTEGER
) STRICT;

CREATE INDEX entry_in_bin ON entry (binned_at) WHERE binned_at IS NOT NULL;

-- Texts lie apart, so that a list does not read them.
CREATE TABLE entry_text (
    row  INTEGER PRIMARY KEY REFERENCES entry (row) ON DELETE CASCADE,
    text TEXT NOT NULL
) STRICT;

CREATE TABLE former_entry (
    revision BLOB    PRIMARY KEY CHECK (length(revision) = 16),
    entry    BLOB    NOT NULL REFERENCES entry (id) ON DELETE CASCADE,
    parent   BLOB    CHECK (length(parent) = 16),
    device   BLOB    NOT NULL CHECK (length(device) = 16),
    saved_at INTEGER NOT NULL,
    title    TEXT,
    text     TEXT    NOT NULL,
    tags     TEXT    NOT NULL,
    starred  INTEGER NOT NULL CHECK (starred IN (0, 1))
) STRICT;

CREATE INDEX former_entry_of ON former_entry (entry);

-- What was erased, so that an import does not bring it back.
CREATE TABLE erased_entry (
    id        BLOB PRIMARY KEY CHECK (length(id) = 16),
    erased_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A random name for this copy of the journal, for a person who one day has two.
CREATE TABLE this_device (
    one INTEGER PRIMARY KEY CHECK (one = 1),
    id  BLOB NOT NULL CHECK (length(id) = 16)
) STRICT;

-- What must be done again if it was cut off.
CREATE TABLE chore (
    name TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- The words of every entry that is not in the bin, cut and folded by the core and parted by spaces; the
-- `ascii` tokenizer splits just there. The index keeps its own copy of them, so that removing an entry
-- removes exactly what was put in, whatever a later version of the core would make of the text.
CREATE VIRTUAL TABLE entry_search USING fts5 (title, text, tags, tokenize = 'ascii', prefix = '3 4');

-- Removed words are overwritten, not merely marked as removed.
INSERT INTO entry_search (entry_search, rank) VALUES ('secure-delete', 1);
-- A page of the index fits into a page of the file, of which the cipher takes 80 bytes.
INSERT INTO entry_search (entry_search, rank) VALUES ('pgsz', 3900);
-- Pieces of the index are drawn together between saves (upkeep.sql), not while somebody waits for one; only
-- where 16 of a size have come together, at once.
INSERT INTO entry_search (entry_search, rank) VALUES ('automerge', 0);
-- A word in a title or a tag says more than one in the text.
INSERT INTO entry_search (entry_search, rank) VALUES ('rank', 'bm25(4.0, 1.0, 2.0)');
