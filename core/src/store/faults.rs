//! Points at which a process can be made to end at once, for tests alone: before and after each statement of the connections
//! that write, their commits among them.

use std::sync::atomic::{AtomicI64, Ordering};

use rusqlite::Connection;
use rusqlite::trace::TraceEventCodes;

/// How many points are still passed before the process ends; negative where none is armed.
static LEFT: AtomicI64 = AtomicI64::new(-1);

/// Ends this process at the point with this number from now on.
pub(crate) fn arm(point: u32) {
    LEFT.store(point.into(), Ordering::SeqCst);
}

/// Passes no more points.
pub(crate) fn disarm() {
    LEFT.store(-1, Ordering::SeqCst);
}

pub(super) fn watch(connection: &mut Connection) -> rusqlite::Result<()> {
    let mask = TraceEventCodes::SQLITE_TRACE_STMT | TraceEventCodes::SQLITE_TRACE_PROFILE;
    connection.trace_v2(
        mask,
        Some(|_: rusqlite::trace::TraceEvent<'_>| {
            if LEFT.load(Ordering::SeqCst) >= 0 && LEFT.fetch_sub(1, Ordering::SeqCst) == 0 {
                std::process::abort();
            }
        }),
    )
}
