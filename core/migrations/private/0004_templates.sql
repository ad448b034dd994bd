-- Templates that a person has added, each version in each language. One that was removed is no longer
-- offered, but still asks its questions beside old answers.
CREATE TABLE template (
    id         TEXT    NOT NULL,
    version    INTEGER NOT NULL CHECK (version > 0),
    language   TEXT    NOT NULL,
    content    TEXT    NOT NULL,                           -- JSON, as in a file of templates
    added_at   INTEGER NOT NULL,
    removed_at INTEGER,
    PRIMARY KEY (id, version, language)
) STRICT, WITHOUT ROWID;
