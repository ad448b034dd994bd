//! Before each acknowledgement the log is synced to the disk, as a trace of the process shows.

use std::collections::HashMap;
use std::process::{Command, Stdio};

use common_ground_tests::not_run;

use crate::place::{new_home, path};
use crate::{FOLDER, WRITES, writing_process};

#[test]
fn before_every_acknowledgement_the_log_is_synced_to_the_disk() {
    if Command::new("strace").arg("-V").stdout(Stdio::null()).stderr(Stdio::null()).status().is_err() {
        not_watched("it is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    new_home(folder.path());
    let trace = folder.path().join("trace");
    let trace_path = path(&trace);
    let this = path(&std::env::current_exe().unwrap());
    let calls = "trace=write,writev,pwrite64,pwritev,fsync,fdatasync,sync_file_range,ftruncate";
    let output = writing_process("strace", &["-f", "-y", "-s", "80", "-e", calls, "-o", &trace_path, &this])
        .env(FOLDER, folder.path())
        .env(WRITES, "32")
        .stderr(Stdio::piped())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    if !output.status.success() && told.contains("not permitted") {
        not_watched("it may not trace here");
        return;
    }
    assert!(output.status.success(), "{told}");
    let trace = std::fs::read_to_string(trace).unwrap();
    assert_eq!(unsynced(&trace), Ok(32));

    // The same trace without its syncs, and with syncs that failed, must not pass.
    let without: String =
        trace.lines().filter(|line| !line.contains("sync(")).map(|line| format!("{line}\n")).collect();
    assert!(unsynced(&without).is_err());
    let failed: String = trace
        .lines()
        .map(|line| {
            let line = if line.contains("sync") {
                line.replace("= 0", "= -1 EIO (Input/output error)")
            } else {
                line.into()
            };
            format!("{line}\n")
        })
        .collect();
    assert!(unsynced(&failed).is_err());
}

fn not_watched(why: &str) {
    not_run("strace", &format!("{why}, so the syncs before acknowledgements were not watched"));
}

/// How many acknowledgements a trace has, if before each of them its thread wrote to a log and then synced
/// it; otherwise, which of them is the first that does not keep to it.
fn unsynced(trace: &str) -> std::result::Result<usize, String> {
    let mut begun: HashMap<&str, String> = HashMap::new();
    let mut logs: HashMap<(String, String), Log> = HashMap::new();
    let mut acknowledged = 0;
    for line in trace.lines() {
        let Some((thread, call)) = line.trim_start().split_once(' ') else { continue };
        let call = call.trim_start();
        // A call during which another thread was seen comes in two pieces.
        let call = if let Some(first) = call.strip_suffix("<unfinished ...>") {
            begun.insert(thread, first.trim_end().to_owned());
            // What it says has been said, whatever the call returns.
            if !first.contains("@ done ") {
                continue;
            }
            begun.insert(thread, String::new());
            first.to_owned()
        } else if let Some(resumed) = call.strip_prefix("<... ") {
            let rest = resumed.split_once("resumed>").map_or("", |(_, rest)| rest);
            format!("{}{rest}", begun.remove(thread).unwrap_or_default())
        } else {
            call.to_owned()
        };
        if call.contains("@ done ") {
            let mut mine = logs.iter().filter(|((of, _), _)| of == thread);
            if !mine.clone().any(|(_, log)| *log == Log::Synced) || mine.any(|(_, log)| *log == Log::Written)
            {
                return Err(call);
            }
            acknowledged += 1;
            logs.retain(|(of, _), _| of != thread);
            continue;
        }
        let (Some(name), Some(file)) = (call.split('(').next(), call.split(['<', '>']).nth(1)) else {
            continue;
        };
        if !file.ends_with("-wal") {
            continue;
        }
        let log = (thread.to_owned(), file.to_owned());
        match name {
            "fsync" | "fdatasync" if call.trim_end().ends_with("= 0") => logs.insert(log, Log::Synced),
            "write" | "writev" | "pwrite64" | "pwritev" => logs.insert(log, Log::Written),
            _ => None,
        };
    }
    Ok(acknowledged)
}

/// What a thread last did to a log since its last acknowledgement.
#[derive(PartialEq, Eq)]
enum Log {
    Written,
    Synced,
}

#[test]
fn the_reader_of_traces_tells_what_was_synced() {
    let good = "7 pwrite64(5</t/private.db-wal>, \"x\", 1, 0) = 1
        7 fdatasync(5</t/private.db-wal> <unfinished ...>
        8 pwrite64(6</t/private.db-wal>, \"x\", 1, 0) = 1
        7 <... fdatasync resumed>) = 0
        7 write(1<pipe:[1]>, \"\\n@ done add 1\\n\", 14) = 14";
    assert_eq!(unsynced(good), Ok(1));
    assert!(unsynced(&good.replace("resumed>) = 0", "resumed>) = -1 EIO")).is_err());
    assert!(
        unsynced(
            &good
                .replace("8 pwrite64", "7 pwrite64(5</t/private.db-wal>, \"x\", 1, 0) = 1\n8 pwrite64")
                .replace("7 <... fdatasync resumed>) = 0", "")
        )
        .is_err()
    );
    assert!(unsynced("7 write(1<pipe:[1]>, \"\\n@ done add 1\\n\", 14) = 14").is_err());
}
