-- What two devices keep of each other: how they meet, what each has announced, parcels, and keys that took the
-- place of others. Times are microseconds since 1970, UTC.

-- Two people who paired may end it and pair again: only one relationship of them goes on at a time. (The table is
-- made anew, since a UNIQUE cannot be taken away.)
CREATE TABLE relationship_anew (
    id            BLOB PRIMARY KEY CHECK (length(id) = 16),
    other         BLOB NOT NULL REFERENCES person (id),
    paired_at     INTEGER NOT NULL,
    code          TEXT NOT NULL,
    code_compared INTEGER NOT NULL CHECK (code_compared IN (0, 1)),
    in_step_at    INTEGER,
    -- What the owner of this file calls the other; nothing: as they call themselves.
    called        TEXT,
    paused_at     INTEGER,
    -- Since when it is over, and who ended it.
    ended_at      INTEGER,
    ended_by      BLOB REFERENCES person (id),
    -- Whether the owner was asked, after the end, if all that they handed over should be taken back.
    asked_back    INTEGER NOT NULL DEFAULT 0 CHECK (asked_back IN (0, 1)),
    -- How the two meet, and the relay that they share.
    meets         TEXT NOT NULL DEFAULT 'same_network' CHECK (meets IN ('same_network', 'own_relay', 'public')),
    relay         TEXT,
    -- The same as the other's device said it last; nothing: as here.
    other_meets   TEXT CHECK (other_meets IN ('same_network', 'own_relay', 'public')),
    other_relay   TEXT,
    -- How they met before, while the other has not heard yet that it changed here.
    former_meets  TEXT CHECK (former_meets IN ('same_network', 'own_relay', 'public')),
    former_relay  TEXT,
    -- After a backup was brought back, what the other had handed over stays closed until they have been heard.
    closed        INTEGER NOT NULL DEFAULT 0 CHECK (closed IN (0, 1)),
    -- How far a device that took the place of another has come there: the other does not know it yet (0), knows it (1),
    -- the two have been in step since (2), and the owner has signed where the former device ends (3).
    known_there   INTEGER NOT NULL DEFAULT 3 CHECK (known_there BETWEEN 0 AND 3)
) STRICT, WITHOUT ROWID;
INSERT INTO relationship_anew (id, other, paired_at, code, code_compared, in_step_at)
    SELECT id, other, paired_at, code, code_compared, in_step_at FROM relationship;
DROP TABLE relationship;
ALTER TABLE relationship_anew RENAME TO relationship;
CREATE UNIQUE INDEX relationship_with ON relationship (other) WHERE ended_at IS NULL;

-- Where a device can be reached besides its addresses, and to whom files for it are sealed (an age recipient).
ALTER TABLE device ADD COLUMN relay TEXT;
ALTER TABLE device ADD COLUMN recipient TEXT;
-- When the newest file of this device that was taken in was written, by its own clock.
ALTER TABLE device ADD COLUMN carried_at INTEGER;
-- A device that took the place of another one, until the owner of this file has seen that it did.
ALTER TABLE device ADD COLUMN is_news INTEGER NOT NULL DEFAULT 0 CHECK (is_news IN (0, 1));

-- The number of a list of the owner's devices that somebody else holds and that does not name this one: a list above it
-- is to be signed. And since when the owner's profile goes on on another device, as far as this one was told.
ALTER TABLE profile ADD COLUMN list_above INTEGER;
ALTER TABLE profile ADD COLUMN replaced_at INTEGER;

-- What the two announce to each other beside the plan, each signed by a device of its author: handed over, arrived,
-- opened, taken back, asked to delete, deleted, read what is shared, ended. Never changed, never deleted.
CREATE TABLE notice (
    relationship BLOB NOT NULL REFERENCES relationship (id),
    -- SHA-256 of what is signed.
    id           BLOB NOT NULL CHECK (length(id) = 32),
    kind         INTEGER NOT NULL,
    -- The parcel that it is about, where it is about one.
    parcel       BLOB CHECK (length(parcel) = 16),
    author       BLOB NOT NULL REFERENCES person (id),
    at           INTEGER NOT NULL,
    body         BLOB NOT NULL,
    device       BLOB NOT NULL CHECK (length(device) = 32),
    signature    BLOB NOT NULL CHECK (length(signature) = 64),
    -- Whether the other device has said that it holds it.
    confirmed    INTEGER NOT NULL DEFAULT 0 CHECK (confirmed IN (0, 1)),
    PRIMARY KEY (relationship, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX notice_about ON notice (relationship, parcel, kind);
CREATE INDEX notice_kind ON notice (relationship, kind, author, parcel);

-- Every excerpt and every comment that was ever handed over, by either. What is in it lies in parcel_piece, and is
-- gone when it was taken back; this row stays.
CREATE TABLE parcel (
    id           BLOB PRIMARY KEY CHECK (length(id) = 16),
    relationship BLOB NOT NULL REFERENCES relationship (id),
    giver        BLOB NOT NULL REFERENCES person (id),
    -- The excerpt that a comment is on.
    about        BLOB CHECK (length(about) = 16),
    -- The goal that it belongs to, if any.
    goal         BLOB CHECK (length(goal) = 16),
    handed_at    INTEGER NOT NULL,
    -- Of the whole content, keyed with the salt that is its first 32 bytes.
    digest       BLOB NOT NULL CHECK (length(digest) = 32),
    -- Bytes of the content, salt included.
    length       INTEGER NOT NULL CHECK (length >= 32),
    -- How many of them are here, from the beginning.
    here         INTEGER NOT NULL DEFAULT 0,
    -- Nothing can be read before all is here and has proven to be what the giver announced.
    is_whole     INTEGER NOT NULL DEFAULT 0 CHECK (is_whole IN (0, 1)),
    -- The entry that it was taken from. Known on the giver's device alone, and never sent.
    entry        BLOB CHECK (length(entry) = 16),
    arrived_at   INTEGER,
    opened_at    INTEGER,
    taken_back_at     INTEGER,
    asked_to_delete_at INTEGER,
    deleted_at   INTEGER
) STRICT, WITHOUT ROWID;
CREATE INDEX parcel_of ON parcel (relationship, handed_at, id);
CREATE INDEX parcel_about ON parcel (about) WHERE about IS NOT NULL;
CREATE INDEX parcel_entry ON parcel (entry) WHERE entry IS NOT NULL;
CREATE INDEX parcel_unfinished ON parcel (relationship) WHERE is_whole = 0 AND taken_back_at IS NULL;

-- The content of parcels, cut into rows. Each has 3,856 bytes, padded with zeros, so that it lies in a page alone and
-- nothing is left of it anywhere once it is deleted.
CREATE TABLE parcel_piece (
    parcel BLOB NOT NULL REFERENCES parcel (id),
    -- Where in the content it begins.
    start  INTEGER NOT NULL,
    bytes  BLOB NOT NULL CHECK (length(bytes) = 3856),
    PRIMARY KEY (parcel, start)
) STRICT;

-- Parcels whose content was deleted, until it is sure that no page of this file or its log holds it any more.
CREATE TABLE parcel_erasing (
    parcel BLOB PRIMARY KEY REFERENCES parcel (id)
) STRICT, WITHOUT ROWID;

-- Of a person who lost their key: the new one, vouched for by the other's device, with what still counts of the old.
CREATE TABLE renewal (
    relationship BLOB NOT NULL REFERENCES relationship (id),
    person       BLOB NOT NULL REFERENCES person (id),
    -- The number of the new key among the person's.
    number       INTEGER NOT NULL CHECK (number > 1),
    body         BLOB NOT NULL,
    -- Of the other person, which signed it.
    device       BLOB NOT NULL CHECK (length(device) = 32),
    signature    BLOB NOT NULL CHECK (length(signature) = 64),
    at           INTEGER NOT NULL,
    PRIMARY KEY (relationship, person, number)
) STRICT, WITHOUT ROWID;
