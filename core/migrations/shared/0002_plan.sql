-- The plan: its document as changes, and its projection into tables that screens read.
-- Times are microseconds since 1970, UTC. Everything from `goal` on can be built again from the
-- document; only `agreement` is never rewritten.

CREATE TABLE plan (
    relationship BLOB PRIMARY KEY REFERENCES relationship (id),
    -- Under which this device writes now.
    actor        BLOB NOT NULL CHECK (length(actor) = 16),
    level        INTEGER NOT NULL,
    -- The heads of the document, 32 bytes each, sorted.
    heads        BLOB NOT NULL,
    -- What all stored changes weigh, for the quota.
    bytes        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE plan_snapshot (
    relationship BLOB PRIMARY KEY REFERENCES plan (relationship),
    bytes        BLOB NOT NULL
) STRICT;

CREATE TABLE plan_chunk (
    id           INTEGER PRIMARY KEY,
    relationship BLOB NOT NULL REFERENCES plan (relationship),
    bytes        BLOB NOT NULL
) STRICT;
CREATE INDEX plan_chunk_of ON plan_chunk (relationship, id);

-- How far the document has got with every actor: a chunk that went missing shows here.
CREATE TABLE plan_position (
    relationship BLOB NOT NULL REFERENCES plan (relationship),
    actor        BLOB NOT NULL CHECK (length(actor) = 16),
    seq          INTEGER NOT NULL,
    hash         BLOB NOT NULL CHECK (length(hash) = 32),
    -- The last one that the other device has confirmed to hold.
    confirmed    INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (relationship, actor)
) STRICT, WITHOUT ROWID;

CREATE TABLE signed_head (
    relationship BLOB NOT NULL REFERENCES plan (relationship),
    actor        BLOB NOT NULL CHECK (length(actor) = 16),
    seq          INTEGER NOT NULL,
    hash         BLOB NOT NULL CHECK (length(hash) = 32),
    device       BLOB NOT NULL CHECK (length(device) = 32),
    signature    BLOB NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (relationship, actor, seq)
) STRICT, WITHOUT ROWID;

-- What arrived and was refused. Kept, bounded, to be judged again after an update.
CREATE TABLE set_aside (
    relationship BLOB NOT NULL REFERENCES plan (relationship),
    hash         BLOB NOT NULL CHECK (length(hash) = 32),
    reason       INTEGER NOT NULL,
    arrived_at   INTEGER NOT NULL,
    bytes        BLOB NOT NULL,
    PRIMARY KEY (relationship, hash)
) STRICT;

CREATE TABLE goal (
    relationship BLOB NOT NULL REFERENCES plan (relationship),
    id           BLOB NOT NULL CHECK (length(id) = 16),
    title        TEXT NOT NULL,
    why          TEXT NOT NULL,
    place        TEXT NOT NULL,
    proposed_by  BLOB NOT NULL,
    proposed_at  INTEGER NOT NULL,
    archived_at  INTEGER,
    -- Of the wording as it stands.
    digest       BLOB NOT NULL CHECK (length(digest) = 32),
    -- 'proposed', 'agreed', 'changed' or 'withdrawn', since when and by whom.
    standing     TEXT NOT NULL,
    standing_at  INTEGER,
    standing_by  BLOB,
    -- The digest of the sealed wording in force.
    in_force     BLOB,
    PRIMARY KEY (relationship, id)
) STRICT, WITHOUT ROWID;

CREATE TABLE goal_success (
    relationship BLOB NOT NULL,
    goal         BLOB NOT NULL,
    person       BLOB NOT NULL,
    text         TEXT NOT NULL,
    PRIMARY KEY (relationship, goal, person),
    FOREIGN KEY (relationship, goal) REFERENCES goal (relationship, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE goal_choice (
    relationship BLOB NOT NULL,
    goal         BLOB NOT NULL,
    field        TEXT NOT NULL,
    number       INTEGER NOT NULL,
    person       BLOB NOT NULL,
    value        TEXT NOT NULL,
    PRIMARY KEY (relationship, goal, field, number),
    FOREIGN KEY (relationship, goal) REFERENCES goal (relationship, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE rating (
    relationship   BLOB NOT NULL REFERENCES plan (relationship),
    id             BLOB NOT NULL CHECK (length(id) = 16),
    goal           BLOB NOT NULL,
    person         BLOB NOT NULL,
    at             INTEGER NOT NULL,
    zone           TEXT NOT NULL,
    offset_seconds INTEGER NOT NULL,
    value          INTEGER NOT NULL CHECK (value BETWEEN 0 AND 10),
    helped         TEXT,
    hindered       TEXT,
    PRIMARY KEY (relationship, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX rating_of ON rating (relationship, goal, person, at DESC, id DESC);

CREATE TABLE task (
    relationship BLOB NOT NULL REFERENCES plan (relationship),
    id           BLOB NOT NULL CHECK (length(id) = 16),
    goal         BLOB NOT NULL,
    what         TEXT NOT NULL,
    owner        TEXT NOT NULL CHECK (owner IN ('client', 'therapist', 'both')),
    due          TEXT,
    offered_by   BLOB NOT NULL,
    offered_at   INTEGER NOT NULL,
    archived_at  INTEGER,
    -- Of what is to be accepted, as it stands.
    digest       BLOB NOT NULL CHECK (length(digest) = 32),
    PRIMARY KEY (relationship, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_of ON task (relationship, goal, archived_at);

CREATE TABLE task_answer (
    relationship BLOB NOT NULL,
    task         BLOB NOT NULL,
    person       BLOB NOT NULL,
    accepted     INTEGER NOT NULL CHECK (accepted IN (0, 1)),
    digest       BLOB NOT NULL CHECK (length(digest) = 32),
    why          TEXT,
    PRIMARY KEY (relationship, task, person),
    FOREIGN KEY (relationship, task) REFERENCES task (relationship, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE task_log (
    relationship BLOB NOT NULL REFERENCES plan (relationship),
    id           BLOB NOT NULL CHECK (length(id) = 16),
    task         BLOB NOT NULL,
    person       BLOB NOT NULL,
    on_day       TEXT NOT NULL,
    outcome      TEXT NOT NULL CHECK (outcome IN ('done', 'partly', 'not_this_time')),
    note         TEXT,
    PRIMARY KEY (relationship, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX task_log_of ON task_log (relationship, task, on_day, id);

-- Every statement that counts: of this relationship, by one of the two, with a valid signature.
CREATE TABLE statement (
    relationship BLOB NOT NULL REFERENCES plan (relationship),
    id           BLOB NOT NULL CHECK (length(id) = 16),
    goal         BLOB NOT NULL,
    person       BLOB NOT NULL,
    agrees       INTEGER NOT NULL CHECK (agrees IN (0, 1)),
    digest       BLOB NOT NULL CHECK (length(digest) = 32),
    counter      INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    PRIMARY KEY (relationship, id, digest)
) STRICT, WITHOUT ROWID;
CREATE INDEX statement_on ON statement (relationship, goal, digest, person, counter DESC);

-- A wording that both have agreed to, with both signatures. Nothing changes it, ever.
CREATE TABLE agreement (
    relationship BLOB NOT NULL,
    goal         BLOB NOT NULL,
    digest       BLOB NOT NULL CHECK (length(digest) = 32),
    wording      BLOB NOT NULL,
    client_statement    BLOB NOT NULL,
    therapist_statement BLOB NOT NULL,
    sealed_at    INTEGER NOT NULL,
    PRIMARY KEY (relationship, goal, digest)
) STRICT;
CREATE TRIGGER agreement_stays BEFORE UPDATE ON agreement
BEGIN SELECT RAISE(ABORT, 'a sealed agreement does not change'); END;
CREATE TRIGGER agreement_remains BEFORE DELETE ON agreement
BEGIN SELECT RAISE(ABORT, 'a sealed agreement is not deleted'); END;
