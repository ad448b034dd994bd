-- Goals that a person is still thinking about. They are in no plan, and need no relationship.
-- Times are microseconds since 1970, UTC.

CREATE TABLE goal_draft (
    -- The id that the goal will have; it names its creator.
    id            BLOB PRIMARY KEY CHECK (length(id) = 16),
    title         TEXT NOT NULL,
    why           TEXT NOT NULL,
    success       TEXT,
    known_by      TEXT,
    by_when       TEXT,
    first_step    TEXT,
    descent       TEXT CHECK (descent IN ('grew_out_of', 'replaces')),
    descends_from BLOB CHECK (length(descends_from) = 16),
    begun_at      INTEGER NOT NULL,
    saved_at      INTEGER NOT NULL,
    -- The relationship in whose plan it is being proposed: once the goal stands there, the row goes.
    proposed_in   BLOB CHECK (length(proposed_in) = 16)
) STRICT, WITHOUT ROWID;
