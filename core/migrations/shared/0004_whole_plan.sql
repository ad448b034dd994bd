-- The plan of level 2: states, holds, stances, hints, scales, steps, strategies, recurrence; what each device reads;
-- actors that have ended; one's own edits, to undo them; and what is new since one last looked.

-- Which version of the tables below was made from the document. Where it is lower than the one this build makes,
-- they are made again when the plan is opened.
ALTER TABLE plan ADD COLUMN tables INTEGER NOT NULL DEFAULT 0;
-- The level that the other's plan has, where this build does not read it: the plan is read-only until an update.
ALTER TABLE plan ADD COLUMN needs_level INTEGER;

-- What each device said in its last hello, or when pairing.
CREATE TABLE device_reads (
    device  BLOB PRIMARY KEY REFERENCES device (public_key),
    level   INTEGER NOT NULL,
    said_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- An actor whose device has said that it ends there: nothing of it beyond `seq` counts. `seq` 0: nothing at all.
CREATE TABLE actor_end (
    relationship BLOB NOT NULL REFERENCES plan (relationship),
    actor        BLOB NOT NULL CHECK (length(actor) = 16),
    seq          INTEGER NOT NULL,
    hash         BLOB NOT NULL CHECK (length(hash) = 32),
    device       BLOB NOT NULL CHECK (length(device) = 32),
    signature    BLOB NOT NULL CHECK (length(signature) = 64),
    PRIMARY KEY (relationship, actor)
) STRICT, WITHOUT ROWID;

-- Whether a change that was set aside is one of this device, which the other did not take.
ALTER TABLE set_aside ADD COLUMN own INTEGER NOT NULL DEFAULT 0;

-- The last edits of this device, each one or more changes in a row, newest last.
CREATE TABLE own_edit (
    id           INTEGER PRIMARY KEY,
    relationship BLOB NOT NULL REFERENCES plan (relationship),
    actor        BLOB NOT NULL CHECK (length(actor) = 16),
    first_seq    INTEGER NOT NULL,
    last_seq     INTEGER NOT NULL,
    at           INTEGER NOT NULL,
    -- An undo undoes the latest that is neither undone nor an undo itself.
    is_undo      INTEGER NOT NULL CHECK (is_undo IN (0, 1)),
    undone       INTEGER NOT NULL CHECK (undone IN (0, 1))
) STRICT;
CREATE INDEX own_edit_of ON own_edit (relationship, id);

-- How far one had looked, and when.
CREATE TABLE looked (
    relationship BLOB PRIMARY KEY REFERENCES plan (relationship),
    at           INTEGER NOT NULL,
    -- The heads that the screen showed, 32 bytes each.
    heads        BLOB NOT NULL
) STRICT, WITHOUT ROWID;

-- Goals in which the other has written something that one has not looked at yet.
CREATE TABLE news (
    relationship BLOB NOT NULL REFERENCES plan (relationship),
    goal         BLOB NOT NULL,
    actor        BLOB NOT NULL CHECK (length(actor) = 16),
    seq          INTEGER NOT NULL,
    PRIMARY KEY (relationship, goal, actor)
) STRICT, WITHOUT ROWID;

ALTER TABLE goal ADD COLUMN known_by     TEXT;
ALTER TABLE goal ADD COLUMN by_when      TEXT;
ALTER TABLE goal ADD COLUMN first_step   TEXT;
-- 'open', 'paused', 'reached', 'maintained', 'set_aside' or 'declined', since when, by whom and why.
ALTER TABLE goal ADD COLUMN state        TEXT NOT NULL DEFAULT 'open';
ALTER TABLE goal ADD COLUMN state_at     INTEGER;
ALTER TABLE goal ADD COLUMN state_by     BLOB;
ALTER TABLE goal ADD COLUMN state_why    TEXT;
ALTER TABLE goal ADD COLUMN priority     TEXT;
ALTER TABLE goal ADD COLUMN review_every INTEGER;
ALTER TABLE goal ADD COLUMN reviewed     TEXT;
-- The day from which on a review is due, where an interval was agreed.
ALTER TABLE goal ADD COLUMN review_due   TEXT;
ALTER TABLE goal ADD COLUMN descent      TEXT;
ALTER TABLE goal ADD COLUMN descends_from BLOB;
ALTER TABLE goal ADD COLUMN importance   INTEGER;
ALTER TABLE goal ADD COLUMN difficulty   INTEGER;
CREATE INDEX goal_descends ON goal (relationship, descends_from);
-- Who has not agreed to the wording as it stands while the other has: 'client' or 'therapist'.
ALTER TABLE goal ADD COLUMN wording_waits_for TEXT;
CREATE INDEX goal_due ON goal (relationship, review_due);
-- What a look at all plans needs of a goal, without its texts.
CREATE INDEX goal_glance ON goal (relationship, id, state, review_due, wording_waits_for) WHERE archived_at IS NULL;

CREATE TABLE goal_scale (
    relationship BLOB NOT NULL,
    goal         BLOB NOT NULL,
    level        INTEGER NOT NULL CHECK (level BETWEEN -2 AND 2),
    text         TEXT NOT NULL,
    PRIMARY KEY (relationship, goal, level),
    FOREIGN KEY (relationship, goal) REFERENCES goal (relationship, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE goal_hold (
    relationship BLOB NOT NULL,
    goal         BLOB NOT NULL,
    person       BLOB NOT NULL,
    at           INTEGER NOT NULL,
    why          TEXT,
    PRIMARY KEY (relationship, goal, person),
    FOREIGN KEY (relationship, goal) REFERENCES goal (relationship, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE goal_stance (
    relationship BLOB NOT NULL,
    goal         BLOB NOT NULL,
    person       BLOB NOT NULL,
    stance       TEXT NOT NULL CHECK (stance IN ('not_yet', 'disagree')),
    digest       BLOB NOT NULL CHECK (length(digest) = 32),
    at           INTEGER NOT NULL,
    why          TEXT,
    PRIMARY KEY (relationship, goal, person),
    FOREIGN KEY (relationship, goal) REFERENCES goal (relationship, id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

-- Different values that were written at the same time at one place of an item.
DROP TABLE goal_choice;
CREATE TABLE choice (
    relationship BLOB NOT NULL REFERENCES plan (relationship),
    item         BLOB NOT NULL CHECK (length(item) = 16),
    field        TEXT NOT NULL,
    number       INTEGER NOT NULL,
    goal         BLOB NOT NULL,
    person       BLOB NOT NULL,
    value        TEXT,
    PRIMARY KEY (relationship, item, field, number)
) STRICT, WITHOUT ROWID;
CREATE INDEX choice_of ON choice (relationship, goal);

ALTER TABLE task ADD COLUMN repeats TEXT;
-- 'offered', 'accepted' or 'declined', and who still has to answer, so that a list of what waits is one query.
ALTER TABLE task ADD COLUMN state TEXT NOT NULL DEFAULT 'offered';
ALTER TABLE task ADD COLUMN waits_for_client    INTEGER NOT NULL DEFAULT 0;
ALTER TABLE task ADD COLUMN waits_for_therapist INTEGER NOT NULL DEFAULT 0;
-- The first day of its due day or rhythm with nothing noted on or after it; nothing where none is left.
ALTER TABLE task ADD COLUMN next_due TEXT;
CREATE INDEX task_due ON task (relationship, next_due, owner, goal)
    WHERE state = 'accepted' AND archived_at IS NULL AND next_due IS NOT NULL;
CREATE INDEX task_waits ON task (relationship, goal, waits_for_client, waits_for_therapist)
    WHERE state = 'offered' AND archived_at IS NULL;

CREATE TABLE step (
    relationship  BLOB NOT NULL REFERENCES plan (relationship),
    id            BLOB NOT NULL CHECK (length(id) = 16),
    goal          BLOB NOT NULL,
    what          TEXT NOT NULL,
    place         TEXT NOT NULL,
    proposed_by   BLOB NOT NULL,
    expected_fear INTEGER,
    archived_at   INTEGER,
    PRIMARY KEY (relationship, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX step_of ON step (relationship, goal, place, id);

CREATE TABLE step_try (
    relationship BLOB NOT NULL REFERENCES plan (relationship),
    id           BLOB NOT NULL CHECK (length(id) = 16),
    step         BLOB NOT NULL,
    person       BLOB NOT NULL,
    on_day       TEXT NOT NULL,
    outcome      TEXT NOT NULL CHECK (outcome IN ('done', 'partly', 'not_this_time')),
    fear         INTEGER,
    learned      TEXT,
    PRIMARY KEY (relationship, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX step_try_of ON step_try (relationship, step, on_day, id);

CREATE TABLE strategy (
    relationship BLOB NOT NULL REFERENCES plan (relationship),
    id           BLOB NOT NULL CHECK (length(id) = 16),
    goal         BLOB NOT NULL,
    what         TEXT NOT NULL,
    begun_by     BLOB NOT NULL,
    begun_at     INTEGER NOT NULL,
    -- 'trying', 'keep', 'change' or 'drop', since when, by whom and why.
    verdict      TEXT NOT NULL,
    verdict_at   INTEGER,
    verdict_by   BLOB,
    verdict_why  TEXT,
    archived_at  INTEGER,
    PRIMARY KEY (relationship, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX strategy_of ON strategy (relationship, goal);

CREATE TABLE attainment (
    relationship   BLOB NOT NULL REFERENCES plan (relationship),
    id             BLOB NOT NULL CHECK (length(id) = 16),
    goal           BLOB NOT NULL,
    person         BLOB NOT NULL,
    at             INTEGER NOT NULL,
    zone           TEXT NOT NULL,
    offset_seconds INTEGER NOT NULL,
    level          INTEGER NOT NULL CHECK (level BETWEEN -2 AND 2),
    note           TEXT,
    PRIMARY KEY (relationship, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX attainment_of ON attainment (relationship, goal, person, at DESC, id DESC);

-- What is sealed is also not replaced by another row under the same key.
CREATE TRIGGER agreement_once BEFORE INSERT ON agreement
WHEN EXISTS (SELECT 1 FROM agreement
             WHERE relationship = NEW.relationship AND goal = NEW.goal AND digest = NEW.digest)
BEGIN SELECT RAISE(IGNORE); END;
