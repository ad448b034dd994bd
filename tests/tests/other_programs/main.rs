//! Other programs read what we write, and we read what they write. Each is asked for where it is
//! installed; where it is not, the test says so aloud and ends.

mod age;
mod agreement;
mod joplin;
mod jrnl;

use std::path::PathBuf;
use std::process::Command;

use common_ground_tests::not_run;

/// Whether a program is here. Where it is not, that is said aloud.
fn is_here(program: &str, how_to_get_it: &str) -> bool {
    let here = Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success());
    if !here {
        not_run(program, &format!("it is not installed ({how_to_get_it})"));
    }
    here
}

/// Where programs from package registries are installed: in the build folder, never in the repository.
fn build_folder() -> PathBuf {
    let exe = std::env::current_exe().unwrap();
    let target = exe.ancestors().find(|folder| folder.ends_with("debug") || folder.ends_with("release"));
    let folder = target.and_then(|profile| profile.parent()).unwrap().join("other");
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
