-- Yours to keep. Times are microseconds since 1970, UTC.

-- Every recovery kit that was ever put into use; the highest number is the one in use. Only the half
-- that encrypts: the words that open are on the person's paper and nowhere here.
CREATE TABLE recovery_kit (
    number     INTEGER PRIMARY KEY,
    recipient  TEXT    NOT NULL,
    used_since INTEGER NOT NULL
) STRICT;

CREATE TABLE last_backup (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    made_at  INTEGER NOT NULL,
    bytes    INTEGER NOT NULL,
    with_kit INTEGER NOT NULL CHECK (with_kit IN (0, 1))
) STRICT;

-- After how long without activity the journal locks itself. No row: never.
CREATE TABLE auto_lock (
    only_one INTEGER PRIMARY KEY CHECK (only_one = 1),
    minutes  INTEGER NOT NULL CHECK (minutes BETWEEN 1 AND 1440)
) STRICT;
