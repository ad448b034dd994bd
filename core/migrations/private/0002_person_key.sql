-- The person's signing keys. The secret lies here and nowhere else, so that nothing is agreed or
-- certified while the journal is locked. The highest number is the key in force.
CREATE TABLE person_key (
    number  INTEGER PRIMARY KEY CHECK (number > 0),
    person  BLOB NOT NULL CHECK (length(person) = 16),
    secret  BLOB NOT NULL CHECK (length(secret) = 32),
    made_at INTEGER NOT NULL
) STRICT;
