//! What SQLite says, in the words of the public error. Its own messages are never passed on: they
//! can hold what a person wrote.

use rusqlite::ErrorCode;

use crate::error::FileKind;
use crate::log::{self, LogEvent};
use crate::{Error, Result};

/// Turns what SQLite says about one file into the public error.
pub(super) fn translate(kind: FileKind, error: &rusqlite::Error) -> Error {
    tell_developers(error);
    match error.sqlite_error_code() {
        Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt) => Error::Damaged { file: kind },
        Some(ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked | ErrorCode::FileLockingProtocolFailed) => {
            Error::InUse
        }
        Some(ErrorCode::DiskFull) => Error::DiskFull,
        Some(ErrorCode::OperationInterrupted) => Error::Locked,
        Some(ErrorCode::CannotOpen) => Error::File { reason: "cannot open".to_owned() },
        Some(ErrorCode::ReadOnly) => Error::File { reason: "read-only".to_owned() },
        Some(ErrorCode::PermissionDenied) => Error::File { reason: "permission denied".to_owned() },
        Some(ErrorCode::SystemIoFailure) => Error::File { reason: "input or output failed".to_owned() },
        _ => Error::Internal { place: format!("store, {}", describe(error)) },
    }
}

/// Codes alone. What is part of ordinary work is not told: a wrong key looks like a file that is no database, a writer
/// waits for another one, locking interrupts.
fn tell_developers(error: &rusqlite::Error) {
    use ErrorCode::{DatabaseBusy, DatabaseLocked, NotADatabase, OperationInterrupted};
    if let rusqlite::Error::SqliteFailure(failure, _) = error
        && !matches!(failure.code, NotADatabase | DatabaseBusy | DatabaseLocked | OperationInterrupted)
    {
        log::tell(LogEvent::Sqlite { code: failure.extended_code });
    }
}

/// Which mistake it was, by codes alone.
fn describe(error: &rusqlite::Error) -> String {
    match error {
        rusqlite::Error::SqliteFailure(failure, _) => format!("SQLite code {}", failure.extended_code),
        rusqlite::Error::SqlInputError { error, .. } => format!("SQL, code {}", error.extended_code),
        rusqlite::Error::QueryReturnedNoRows => "a row is missing".to_owned(),
        rusqlite::Error::FromSqlConversionFailure(column, kind, _) => {
            format!("column {column} holds {kind}")
        }
        rusqlite::Error::InvalidColumnType(column, _, kind) => format!("column {column} holds {kind}"),
        _ => "SQL".to_owned(),
    }
}

/// Lets code inside a transaction use `?` on SQLite's errors before it is known which file it was.
impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        // `File` knows which file it is and corrects the name: see `File::named`.
        translate(FileKind::Shared, &error)
    }
}

/// Names the right file in an error that came up inside a transaction on it.
pub(super) fn named<T>(kind: FileKind, result: Result<T>) -> Result<T> {
    result.map_err(|error| match error {
        Error::Damaged { .. } => Error::Damaged { file: kind },
        other => other,
    })
}
