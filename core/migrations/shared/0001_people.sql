-- Who is who. Times are microseconds since 1970, UTC. Keys are Ed25519, 32 bytes.

-- Everyone known here, the owner of the file among them.
CREATE TABLE person (
    id           BLOB PRIMARY KEY CHECK (length(id) = 16),
    role         TEXT NOT NULL CHECK (role IN ('client', 'therapist')),
    display_name TEXT NOT NULL,
    known_since  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- A person has a succession of keys; the highest number is the one in force.
CREATE TABLE person_key (
    person     BLOB NOT NULL REFERENCES person (id),
    number     INTEGER NOT NULL CHECK (number > 0),
    public_key BLOB NOT NULL UNIQUE CHECK (length(public_key) = 32),
    since      INTEGER NOT NULL,
    PRIMARY KEY (person, number)
) STRICT, WITHOUT ROWID;

-- Every device list that was ever valid, as it was signed. The highest number wins.
CREATE TABLE device_list (
    person     BLOB NOT NULL REFERENCES person (id),
    number     INTEGER NOT NULL CHECK (number > 0),
    bytes      BLOB NOT NULL,
    signed_by  BLOB NOT NULL CHECK (length(signed_by) = 32),
    signature  BLOB NOT NULL CHECK (length(signature) = 64),
    kept_at    INTEGER NOT NULL,
    PRIMARY KEY (person, number)
) STRICT, WITHOUT ROWID;

-- Every device that ever stood on a list. It is certified while `on_list` is its person's highest.
CREATE TABLE device (
    public_key BLOB PRIMARY KEY CHECK (length(public_key) = 32),
    person     BLOB NOT NULL REFERENCES person (id),
    on_list    INTEGER NOT NULL,
    added_at   INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Where a device was last reached, as "address:port"; the newest first try.
CREATE TABLE device_address (
    device     BLOB NOT NULL REFERENCES device (public_key),
    address    TEXT NOT NULL,
    learned_at INTEGER NOT NULL,
    PRIMARY KEY (device, address)
) STRICT, WITHOUT ROWID;

-- Whose installation this is. `port` is where its link listens, chosen once.
CREATE TABLE profile (
    only_one      INTEGER PRIMARY KEY CHECK (only_one = 1),
    person        BLOB NOT NULL REFERENCES person (id),
    device        BLOB NOT NULL REFERENCES device (public_key),
    device_secret BLOB NOT NULL CHECK (length(device_secret) = 32),
    port          INTEGER CHECK (port BETWEEN 1 AND 65535)
) STRICT;

-- One client and one therapist who have paired.
CREATE TABLE relationship (
    id            BLOB PRIMARY KEY CHECK (length(id) = 16),
    other         BLOB NOT NULL UNIQUE REFERENCES person (id),
    paired_at     INTEGER NOT NULL,
    code          TEXT NOT NULL,
    code_compared INTEGER NOT NULL CHECK (code_compared IN (0, 1)),
    in_step_at    INTEGER
) STRICT, WITHOUT ROWID;
