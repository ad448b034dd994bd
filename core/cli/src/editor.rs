//! Writing in one's own editor, without leaving the words on the disk where that can be helped.

use std::io::{BufRead, IsTerminal, Read, Seek, Write};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use tempfile::TempDir;

use crate::desk::Desk;
use crate::failure::{Exit, Failure};
use crate::words::say;

/// How the folders begin in which a text lies while the editor is open; the number of the process follows.
const PREFIX: &str = "common-ground-";

/// How often a text in the editor is looked at, to keep what was saved there.
const LOOK: Duration = Duration::from_millis(300);

/// Text from standard input, from `$EDITOR`, or typed here where there is no editor. What a person types is
/// handed to `keep` as it grows.
pub(crate) fn text_from_outside(desk: &Desk, keep: &mut dyn FnMut(&str)) -> Result<String, Failure> {
    let mut text = String::new();
    let read = if std::io::stdin().is_terminal() {
        if editor().is_some() {
            return edit_and_keep(desk, "", keep);
        }
        desk.screen.aside(&say!(desk.words, "type-here"));
        lines(&mut text, keep)
    } else {
        std::io::stdin().read_to_string(&mut text).map(|_| ())
    };
    read.map_err(|error| match error.kind() {
        std::io::ErrorKind::InvalidData => Failure::told(Exit::Failed, say!(desk.words, "error-not-utf8")),
        _ => Failure::Core(error.into()),
    })?;
    Ok(text.trim_end().to_owned())
}

/// Reads line by line, so that what was typed before Ctrl-C is kept.
fn lines(text: &mut String, keep: &mut dyn FnMut(&str)) -> std::io::Result<()> {
    while std::io::stdin().lock().read_line(text)? > 0 {
        keep(text);
    }
    Ok(())
}

/// Opens `$EDITOR` on a text and returns what it was saved as.
pub(crate) fn edit(desk: &Desk, text: &str) -> Result<String, Failure> {
    edit_and_keep(desk, text, &mut |_| {})
}

/// The same; whatever is saved in the editor is handed to `keep` meanwhile, also where the editor fails.
pub(crate) fn edit_and_keep(desk: &Desk, text: &str, keep: &mut dyn FnMut(&str)) -> Result<String, Failure> {
    let words = &desk.words;
    let Some(editor) = editor() else {
        return Err(Failure::told(Exit::Usage, say!(words, "error-no-editor")));
    };
    let (folder, in_memory) = private_folder().map_err(common_ground::Error::from)?;
    if !in_memory {
        desk.screen.aside(&say!(words, "text-touches-disk", "path" => folder.path().display().to_string()));
    }
    let path = folder.path().join("entry.md");
    let mut run = || -> std::io::Result<Option<String>> {
        let mut file = std::fs::OpenOptions::new().write(true).create_new(true).open(&path)?;
        file.write_all(text.as_bytes())?;
        drop(file);
        let mut last = text.to_owned();
        let went_well = run_editor(&editor, &path, || {
            if let Ok(now) = std::fs::read_to_string(&path)
                && now != last
            {
                keep(now.trim_end());
                last = now;
            }
        })?;
        if went_well { std::fs::read_to_string(&path).map(Some) } else { Ok(None) }
    };
    let written = run();
    overwrite_all(folder.path());
    let removed = folder.close();
    match (written, removed) {
        (Ok(Some(text)), Ok(())) => Ok(text.trim_end().to_owned()),
        (Ok(None), _) => Err(Failure::told(Exit::Declined, say!(words, "error-editor-failed"))),
        (Err(error), _) | (_, Err(error)) => Err(Failure::Core(error.into())),
    }
}

/// Opens `$EDITOR` on a file of the person's own.
pub(crate) fn edit_file(path: &Path) -> Option<std::io::Result<bool>> {
    editor().map(|editor| run_editor(&editor, path, || {}))
}

fn editor() -> Option<String> {
    ["VISUAL", "EDITOR"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.trim().is_empty())
}

/// Runs the editor, and calls `look` again and again while it is open, and once more when it has ended.
/// `$EDITOR` may carry options: `code --wait`.
fn run_editor(editor: &str, file: &Path, mut look: impl FnMut()) -> std::io::Result<bool> {
    let words = crate::args::cut(editor).unwrap_or_else(|| vec![editor.to_owned()]);
    let Some((program, options)) = words.split_first() else { return Ok(false) };
    let mut running = Command::new(program).args(options).arg(file).spawn()?;
    loop {
        let ended = running.try_wait()?;
        look();
        match ended {
            Some(status) => return Ok(status.success()),
            None => std::thread::sleep(LOOK),
        }
    }
}

/// A folder that only its owner may enter, in memory where there is such a place.
fn private_folder() -> std::io::Result<(TempDir, bool)> {
    let mut builder = tempfile::Builder::new();
    let prefix = format!("{PREFIX}{}-", std::process::id());
    builder.prefix(&prefix);
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o700));
    for place in places_in_memory() {
        clear_leftovers(&place, |process| Path::new("/proc").join(process.to_string()).exists());
        if let Ok(folder) = builder.tempdir_in(place) {
            return Ok((folder, true));
        }
    }
    Ok((builder.tempdir()?, false))
}

/// Takes away what a process that was killed could not: the text it left in memory is in its draft too.
fn clear_leftovers(place: &Path, is_alive: impl Fn(u32) -> bool) {
    for folder in std::fs::read_dir(place).into_iter().flatten().flatten() {
        let name = folder.file_name();
        let process =
            name.to_str().and_then(|name| name.strip_prefix(PREFIX)?.split_once('-')?.0.parse().ok());
        if process.is_some_and(|process| !is_alive(process)) {
            // Where it is another person's, the system refuses.
            let _ = std::fs::remove_dir_all(folder.path());
        }
    }
}

fn places_in_memory() -> Vec<PathBuf> {
    let mounts = std::fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let runtime = std::env::var_os("XDG_RUNTIME_DIR").map(PathBuf::from);
    runtime
        .into_iter()
        .chain([PathBuf::from("/dev/shm")])
        .filter(|place| lies_in_memory(&mounts, place))
        .collect()
}

/// Whether the file system that `place` is on, by Linux's table of mounts, is one in memory.
fn lies_in_memory(mounts: &str, place: &Path) -> bool {
    mounts
        .lines()
        .filter_map(|line| {
            let mut fields = line.split(' ').skip(1);
            Some((Path::new(fields.next()?), fields.next()?))
        })
        .filter(|(mounted, _)| place.starts_with(mounted))
        .max_by_key(|(mounted, _)| mounted.components().count())
        .is_some_and(|(_, kind)| kind == "tmpfs" || kind == "ramfs")
}

/// Writes zeros over what the editor left, its own copies too, before the folder is removed. In memory that
/// is the end of it; on a disk it is the best one can do.
fn overwrite_all(folder: &Path) {
    let Ok(files) = folder.read_dir() else { return };
    for file in files.flatten() {
        let open = std::fs::OpenOptions::new().read(true).write(true).open(file.path());
        let Ok(mut open) = open else { continue };
        let length = open.metadata().map_or(0, |data| data.len());
        let zeros = vec![0; usize::try_from(length).unwrap_or(0)];
        // The folder goes either way; there is nothing better to do where even this fails.
        let _ = open.rewind().and_then(|()| open.write_all(&zeros)).and_then(|()| open.sync_all());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_killed_process_left_open_is_taken_away_by_the_next() {
        let place = tempfile::tempdir().unwrap();
        for name in ["common-ground-7-abc", "common-ground-8-abc", "common-ground-x", "other-7-abc"] {
            std::fs::create_dir(place.path().join(name)).unwrap();
            std::fs::write(place.path().join(name).join("entry.md"), "half a thought").unwrap();
        }
        clear_leftovers(place.path(), |process| process == 8);
        let mut left: Vec<_> =
            std::fs::read_dir(place.path()).unwrap().map(|one| one.unwrap().file_name()).collect();
        left.sort();
        assert_eq!(left, ["common-ground-8-abc", "common-ground-x", "other-7-abc"]);
    }

    #[test]
    fn memory_is_told_from_disk_by_the_table_of_mounts() {
        let mounts = "/dev/sda1 / ext4 rw 0 0\ntmpfs /dev/shm tmpfs rw 0 0\ntmpfs /run tmpfs rw 0 0\n\
                      /dev/sda2 /run/user/1000 ext4 rw 0 0\n";
        assert!(lies_in_memory(mounts, Path::new("/dev/shm")));
        assert!(lies_in_memory(mounts, Path::new("/run/user/7")));
        assert!(!lies_in_memory(mounts, Path::new("/run/user/1000")));
        assert!(!lies_in_memory(mounts, Path::new("/tmp")));
        assert!(!lies_in_memory("", Path::new("/dev/shm")));
    }
}
