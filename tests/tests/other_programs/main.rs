//! Other programs read what we write, and we read what they write. Each is asked for where it is
//! installed; where it is not, the test says so aloud and ends.

mod age;

use std::process::Command;

/// Whether a program is here. Where it is not, that is said aloud.
fn is_here(program: &str, how_to_get_it: &str) -> bool {
    let here = Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    if !here {
        eprintln!("NOT RUN: {program} is not installed ({how_to_get_it})");
    }
    here
}
