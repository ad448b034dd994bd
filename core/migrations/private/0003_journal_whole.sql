-- What an entry can hold besides its text, drafts, attachments and coping tools.

-- Values of `kind` are those of `EntryKind`; the list grows, so it is not repeated here.
ALTER TABLE entry ADD COLUMN kind TEXT NOT NULL DEFAULT 'free';
ALTER TABLE entry ADD COLUMN mood INTEGER CHECK (mood BETWEEN 1 AND 5);
-- Since when it is marked to be brought to the next appointment.
ALTER TABLE entry ADD COLUMN to_bring_at INTEGER;
-- How many things are attached.
ALTER TABLE entry ADD COLUMN attachments INTEGER NOT NULL DEFAULT 0;
-- The day on the writer's calendar, counted from 1970-01-01, also before it.
ALTER TABLE entry ADD COLUMN day INTEGER GENERATED ALWAYS AS (
    (written_at + offset_seconds * 1000000
        - (((written_at + offset_seconds * 1000000) % 86400000000) + 86400000000) % 86400000000) / 86400000000
) VIRTUAL;

CREATE INDEX entry_on_day ON entry (day, mood) WHERE binned_at IS NULL;
CREATE INDEX entry_to_bring ON entry (to_bring_at) WHERE to_bring_at IS NOT NULL;
-- What few entries have is found without looking at the others, and costs nothing where an entry has not got it.
CREATE INDEX entry_starred ON entry (row) WHERE starred = 1;
CREATE INDEX entry_with_attachments ON entry (row) WHERE attachments > 0;
CREATE INDEX entry_of_kind ON entry (kind, row) WHERE kind <> 'free';

-- Tags once more, to filter by: `key` is the tag folded as words are for the search.
CREATE TABLE entry_tag (
    key TEXT    NOT NULL,
    row INTEGER NOT NULL REFERENCES entry (row) ON DELETE CASCADE ON UPDATE CASCADE,
    tag TEXT    NOT NULL,
    PRIMARY KEY (key, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_tag_of ON entry_tag (row);

CREATE TABLE entry_emotion (
    key       TEXT    NOT NULL,
    row       INTEGER NOT NULL REFERENCES entry (row) ON DELETE CASCADE ON UPDATE CASCADE,
    position  INTEGER NOT NULL,
    name      TEXT    NOT NULL,
    intensity INTEGER CHECK (intensity BETWEEN 0 AND 10),
    PRIMARY KEY (key, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_emotion_of ON entry_emotion (row);

-- To which goal, task or relationship an entry belongs: by id, since these lie in the other file.
CREATE TABLE entry_link (
    kind     TEXT    NOT NULL CHECK (kind IN ('goal', 'task', 'relationship')),
    target   BLOB    NOT NULL CHECK (length(target) = 16),
    row      INTEGER NOT NULL REFERENCES entry (row) ON DELETE CASCADE ON UPDATE CASCADE,
    position INTEGER NOT NULL,
    PRIMARY KEY (kind, target, row)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_link_of ON entry_link (row);

-- Answers to a template's questions, each by its field.
CREATE TABLE entry_answer (
    row      INTEGER NOT NULL REFERENCES entry (row) ON DELETE CASCADE ON UPDATE CASCADE,
    position INTEGER NOT NULL,
    template TEXT    NOT NULL,
    version  INTEGER NOT NULL,
    field    TEXT    NOT NULL,
    value    TEXT    NOT NULL,
    PRIMARY KEY (row, template, field)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_answer_to ON entry_answer (template, field, row);

-- All that a former version held besides title, text, tags and star, as JSON; nothing in those kept
-- before there was anything else.
ALTER TABLE former_entry ADD COLUMN details TEXT;

-- Photos, recordings and files. One that is still coming in has no id yet, one that is going out none any
-- more; neither is ever shown.
CREATE TABLE attachment (
    number   INTEGER PRIMARY KEY,
    id       BLOB    UNIQUE CHECK (length(id) = 32),       -- SHA-256 of the content
    bytes    INTEGER NOT NULL CHECK (bytes >= 0),
    added_at INTEGER NOT NULL
) STRICT;

CREATE TABLE attachment_piece (
    attachment INTEGER NOT NULL REFERENCES attachment (number) ON DELETE CASCADE,
    position   INTEGER NOT NULL,                           -- of its first byte in the whole
    bytes      BLOB    NOT NULL,
    PRIMARY KEY (attachment, position)
) STRICT;

CREATE TABLE entry_attachment (
    row        INTEGER NOT NULL REFERENCES entry (row) ON DELETE CASCADE ON UPDATE CASCADE,
    position   INTEGER NOT NULL,
    attachment BLOB    NOT NULL REFERENCES attachment (id),
    name       TEXT    NOT NULL,
    media_type TEXT    NOT NULL,
    PRIMARY KEY (row, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX entry_attachment_is ON entry_attachment (attachment);

-- A former version can be brought back only while what it shows is here.
CREATE TABLE former_attachment (
    revision   BLOB NOT NULL REFERENCES former_entry (revision) ON DELETE CASCADE,
    attachment BLOB NOT NULL REFERENCES attachment (id),
    PRIMARY KEY (revision, attachment)
) STRICT, WITHOUT ROWID;
CREATE INDEX former_attachment_is ON former_attachment (attachment);

-- What is being written: a new entry, or a change to one, and then on which revision.
CREATE TABLE draft (
    id       BLOB    PRIMARY KEY CHECK (length(id) = 16),
    entry    BLOB    REFERENCES entry (id) ON DELETE CASCADE,
    revision BLOB    CHECK (length(revision) = 16),
    content  TEXT    NOT NULL,                             -- JSON
    saved_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_of ON draft (entry);

CREATE TABLE draft_attachment (
    draft      BLOB NOT NULL REFERENCES draft (id) ON DELETE CASCADE,
    attachment BLOB NOT NULL REFERENCES attachment (id),
    PRIMARY KEY (draft, attachment)
) STRICT, WITHOUT ROWID;
CREATE INDEX draft_attachment_is ON draft_attachment (attachment);

-- What helps this person: collected, used, and each use judged.
CREATE TABLE coping_tool (
    id          BLOB    PRIMARY KEY CHECK (length(id) = 16),
    name        TEXT    NOT NULL,
    note        TEXT    NOT NULL,
    added_at    INTEGER NOT NULL,
    archived_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE TABLE tool_use (
    id             BLOB    PRIMARY KEY CHECK (length(id) = 16),
    tool           BLOB    NOT NULL REFERENCES coping_tool (id),
    used_at        INTEGER NOT NULL,
    zone           TEXT    NOT NULL,
    offset_seconds INTEGER NOT NULL,
    helped         INTEGER CHECK (helped BETWEEN 0 AND 10),
    note           TEXT    NOT NULL,
    entry          BLOB    REFERENCES entry (id) ON DELETE SET NULL,
    day            INTEGER GENERATED ALWAYS AS (
        (used_at + offset_seconds * 1000000
            - (((used_at + offset_seconds * 1000000) % 86400000000) + 86400000000) % 86400000000) / 86400000000
    ) VIRTUAL
) STRICT, WITHOUT ROWID;
CREATE INDEX tool_use_of ON tool_use (tool, used_at);
CREATE INDEX tool_use_on ON tool_use (day);
CREATE INDEX tool_use_in ON tool_use (entry);

-- Entries of before have their tags named for the filter when the file is next opened.
INSERT INTO chore (name) SELECT 'name tags' WHERE EXISTS (SELECT 1 FROM entry WHERE tags <> '[]');
