-- When a person wants to be reminded, and when appointments are. No words are in here, so that reminders can
-- be set again while the journal is locked.
--
-- Dates are '2026-05-03', times of day '18:30', both by a clock on the wall.

CREATE TABLE reminder (
    id      BLOB    PRIMARY KEY CHECK (length(id) = 16),
    rule    TEXT    NOT NULL,                              -- JSON
    text    TEXT    NOT NULL,                              -- which neutral text, by name
    paused  INTEGER NOT NULL CHECK (paused IN (0, 1)),
    made_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One appointment, or, with `every_weeks`, a rhythm of them that begins on `date`.
CREATE TABLE appointment (
    id           BLOB    PRIMARY KEY CHECK (length(id) = 16),
    relationship BLOB    CHECK (length(relationship) = 16),
    date         TEXT    NOT NULL CHECK (length(date) = 10),
    time         TEXT    NOT NULL CHECK (length(time) = 5),
    zone         TEXT    NOT NULL,                         -- IANA name: where the clock on the wall hangs
    minutes      INTEGER CHECK (minutes BETWEEN 1 AND 1440),
    every_weeks  INTEGER CHECK (every_weeks BETWEEN 1 AND 52),
    last_date    TEXT    CHECK (length(last_date) = 10),
    made_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- What became of one of them: moved, or, without another date and time, cancelled.
CREATE TABLE appointment_exception (
    appointment BLOB NOT NULL REFERENCES appointment (id) ON DELETE CASCADE,
    planned     TEXT NOT NULL CHECK (length(planned) = 10),
    date        TEXT CHECK (length(date) = 10),
    time        TEXT CHECK (length(time) = 5),
    PRIMARY KEY (appointment, planned),
    CHECK ((date IS NULL) = (time IS NULL))
) STRICT, WITHOUT ROWID;
