//! A full disk, a disk that cannot be written, a folder that another process holds.
//!
//! Disks are made for the test: a small one in memory, in a namespace of its own, where this very program
//! runs again. Where the system does not allow that, the test says so aloud.

use std::io::{BufRead as _, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;

use common_ground::Error;
use common_ground::home::{CommonGround, KeyName, KeyVault, NewProfile};
use common_ground::id::EntryId;
use common_ground::journal::{EntryEdit, EntryFilter, ExportFormat, ExportOptions, Journal, NewEntry, Told};
use common_ground::keeping::{BackupKey, BackupSecret, restore_backup};
use common_ground::relationship::Role;
use common_ground_tests::not_run;

/// Tells a story on a small disk where that disk is.
const DISK: &str = "COMMON_GROUND_SMALL_DISK";

/// Tells the process that holds a folder which one.
const HELD: &str = "COMMON_GROUND_HELD_FOLDER";

/// The same two keys in every process.
struct SameKeys;

impl KeyVault for SameKeys {
    fn load(&self, name: KeyName) -> common_ground::Result<Option<Vec<u8>>> {
        Ok(Some(vec![if name == KeyName::Private { 1 } else { 2 }; 32]))
    }

    fn keep(&self, _: KeyName, _: Vec<u8>) -> common_ground::Result<()> {
        Ok(())
    }

    fn forget(&self, _: KeyName) -> common_ground::Result<()> {
        Ok(())
    }
}

fn path(folder: &Path) -> String {
    folder.to_str().unwrap().to_owned()
}

fn create(folder: &Path) -> Arc<CommonGround> {
    let profile = NewProfile { role: Role::Client, display_name: "Ada".into() };
    CommonGround::create(path(folder), Arc::new(SameKeys), profile).unwrap()
}

fn open(folder: &Path) -> Result<Arc<CommonGround>, Error> {
    CommonGround::open(path(folder), Arc::new(SameKeys))
}

/// The text of a number: some short, some longer than a page of the file.
fn text(number: usize) -> String {
    format!("entry {number}, ") + &"and the words of a day ".repeat(1 + number * 37 % 400)
}

/// Runs the story of this name on a disk of so many MiB, and passes on how it ended.
fn on_a_small_disk(story: &str, mebibytes: u32) {
    let disk = tempfile::tempdir().unwrap();
    let this = std::env::current_exe().unwrap();
    let script = "mount -t tmpfs -o size=\"$1\"m tmpfs \"$2\" || exit 77; shift 2; exec \"$@\"";
    let output = Command::new("unshare")
        .args(["--map-root-user", "--mount", "sh", "-c", script, "sh", &mebibytes.to_string()])
        .arg(disk.path())
        .arg(this)
        .args(["--ignored", "--exact", &format!("faults::{story}")])
        .env(DISK, disk.path())
        .output();
    let told = match &output {
        Ok(output) => {
            format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
        }
        Err(_) => String::new(),
    };
    match output.map(|output| output.status.code()) {
        Ok(Some(0)) => assert!(told.contains("1 passed"), "the story was not found: {told}"),
        // 77 is the script's own, 1 is `unshare` where the system forbids namespaces.
        Err(_) | Ok(Some(77)) => not_run(story, "no disk in memory can be made here"),
        Ok(Some(1)) if told.contains("unshare failed") => {
            not_run(story, "no namespace can be made here");
        }
        Ok(_) => panic!("{told}"),
    }
}

fn disk() -> PathBuf {
    std::env::var_os(DISK).expect("a small disk").into()
}

/// Fills the disk up, to the last page.
fn fill(disk: &Path) -> PathBuf {
    use std::io::Write as _;
    let filler = disk.join("filler");
    let mut file = std::fs::File::create(&filler).unwrap();
    while file.write_all(&[0; 4096]).is_ok() {}
    filler
}

/// Every entry that was acknowledged, with its text.
fn all_are_there(journal: &Journal, acknowledged: &[(EntryId, String)]) {
    for (id, text) in acknowledged {
        assert!(journal.entry(*id).unwrap().text == *text, "an acknowledged entry is not as it was");
    }
    assert_eq!(journal.count().unwrap(), acknowledged.len() as u64, "nothing half-written is there");
}

#[test]
fn a_full_disk_is_told_loses_nothing_and_writing_goes_on_when_there_is_room() {
    on_a_small_disk("writing_on_a_small_disk", 8);
}

#[test]
#[ignore = "the test above runs it on a small disk"]
fn writing_on_a_small_disk() {
    let disk = disk();
    let folder = disk.join("profile");
    let home = create(&folder);
    let journal = home.journal();
    let mut acknowledged = Vec::new();
    for number in 0..20 {
        let entry = journal.add(NewEntry { text: text(number), ..NewEntry::default() }).unwrap();
        acknowledged.push((entry.id, entry.text));
    }
    let filler = fill(&disk);
    let mut refused = 0;
    for number in 20..400 {
        match journal.add(NewEntry { text: text(number), ..NewEntry::default() }) {
            Ok(entry) => acknowledged.push((entry.id, entry.text)),
            Err(error) => {
                assert_eq!(error, Error::DiskFull);
                refused += 1;
                if refused == 20 {
                    break;
                }
            }
        }
    }
    assert_eq!(refused, 20, "the disk is full");
    all_are_there(&journal, &acknowledged);
    // An edit is refused as well, and the entry stays as it was.
    let (id, _) = acknowledged[0];
    let shown = journal.entry(id).unwrap().revision;
    let longer = EntryEdit { text: Some("longer ".repeat(30_000)), ..EntryEdit::default() };
    assert_eq!(journal.edit(id, shown, longer).err(), Some(Error::DiskFull));
    all_are_there(&journal, &acknowledged);

    // Closing and opening on the full disk loses nothing either; opening may be refused, and says why.
    home.shut();
    if let Ok(home) = open(&folder) {
        all_are_there(&home.journal(), &acknowledged);
        home.shut();
    }

    std::fs::remove_file(filler).unwrap();
    let home = open(&folder).unwrap();
    let journal = home.journal();
    all_are_there(&journal, &acknowledged);
    let entry = journal.add(NewEntry { text: text(1), ..NewEntry::default() }).unwrap();
    acknowledged.push((entry.id, entry.text));
    all_are_there(&journal, &acknowledged);
    home.shut();
}

#[test]
fn a_disk_that_cannot_be_written_is_told_and_all_is_there_when_it_can_again() {
    on_a_small_disk("on_a_disk_that_becomes_read_only", 8);
}

#[test]
#[ignore = "the test above runs it on a small disk"]
fn on_a_disk_that_becomes_read_only() {
    let disk = disk();
    let folder = disk.join("profile");
    let home = create(&folder);
    let entry = home.journal().add(NewEntry { text: "a day".into(), ..NewEntry::default() }).unwrap();
    home.shut();
    remount(&disk, "ro");
    let error = open(&folder).err();
    assert!(matches!(error, Some(Error::File { .. })), "{error:?}");
    remount(&disk, "rw");
    let home = open(&folder).unwrap();
    assert!(home.journal().entry(entry.id).unwrap().text == "a day");
    home.journal().add(NewEntry { text: "another".into(), ..NewEntry::default() }).unwrap();
    home.shut();
}

#[test]
fn a_backup_or_a_restore_that_does_not_fit_leaves_nothing_and_works_when_there_is_room() {
    on_a_small_disk("keeping_on_a_small_disk", 24);
}

#[test]
#[ignore = "the test above runs it on a small disk"]
fn keeping_on_a_small_disk() {
    let disk = disk();
    let (folder, places) = (disk.join("profile"), [disk.join("mira.age"), disk.join("again")]);
    let home = create(&folder);
    for number in 0..200 {
        home.journal().add(NewEntry { text: text(number), ..NewEntry::default() }).unwrap();
    }
    let names = || {
        let names = std::fs::read_dir(&disk).unwrap().map(|entry| entry.unwrap().file_name());
        let mut names: Vec<_> = names.collect();
        names.sort();
        names
    };
    let secret = || BackupSecret::Passphrase { passphrase: "four quiet words".into() };
    let make = || {
        let key = BackupKey::Passphrase { passphrase: "four quiet words".into() };
        home.make_backup(path(&places[0]), key, false, None)
    };
    let restore = || restore_backup(path(&places[0]), secret(), path(&places[1]), Arc::new(SameKeys), None);

    let filler = fill(&disk);
    let before = names();
    assert_eq!(make().err(), Some(Error::DiskFull));
    assert_eq!(names(), before, "nothing is left of it");
    std::fs::remove_file(filler).unwrap();
    make().unwrap();

    let filler = fill(&disk);
    let before = names();
    assert_eq!(restore().err(), Some(Error::DiskFull));
    assert_eq!(names(), before, "nothing is left of it");
    std::fs::remove_file(filler).unwrap();
    restore().unwrap();
    assert_eq!(open(&places[1]).unwrap().journal().count().unwrap(), 200);
    home.shut();
}

#[test]
fn an_export_that_does_not_fit_leaves_nothing_and_works_when_there_is_room() {
    on_a_small_disk("exporting_on_a_small_disk", 64);
}

#[test]
#[ignore = "the test above runs it on a small disk"]
fn exporting_on_a_small_disk() {
    let disk = disk();
    let home = create(&disk.join("profile"));
    let journal = home.journal();
    let photo = disk.join("photo.png");
    std::fs::write(
        &photo,
        (0..2_u32 << 20).map(|at| (at.wrapping_mul(2_654_435_761) >> 24) as u8).collect::<Vec<_>>(),
    )
    .unwrap();
    let attached = journal.take_in_file(path(&photo), None, None, None).unwrap();
    for number in 0..200 {
        let attachments = if number == 100 { vec![attached.clone()] } else { Vec::new() };
        journal.add(NewEntry { text: text(number), attachments, ..NewEntry::default() }).unwrap();
    }
    std::fs::remove_file(photo).unwrap();
    let out = disk.join("out");
    std::fs::create_dir(&out).unwrap();
    let left = || std::fs::read_dir(&out).unwrap().count();
    for (number, format) in [
        ExportFormat::CommonGround,
        ExportFormat::DayOne,
        ExportFormat::JrnlJson,
        ExportFormat::JrnlText,
        ExportFormat::Markdown,
        ExportFormat::Csv,
    ]
    .into_iter()
    .enumerate()
    {
        let to = out.join(format!("export-{number}.zip"));
        let export = || {
            let (filter, options) = (EntryFilter::default(), ExportOptions::default());
            journal.export(path(&to), format, filter, options, Told::AnyoneCanReadIt, None)
        };
        let filler = fill(&disk);
        let length = filler.metadata().unwrap().len();
        // No room at all, and room for its beginning.
        for room in [0, 64 << 10] {
            let file = std::fs::File::options().write(true).open(&filler).unwrap();
            file.set_len(length - room).unwrap();
            let done = export();
            assert_eq!(done.err(), Some(Error::DiskFull), "{format:?} with {room} bytes of room");
            assert_eq!(left(), 0, "nothing is left of {format:?}");
        }
        std::fs::remove_file(&filler).unwrap();
        assert_eq!(export().unwrap().entries, 200);
        if format == ExportFormat::Markdown {
            std::fs::remove_dir_all(&to).unwrap();
        } else {
            std::fs::remove_file(&to).unwrap();
        }
    }
    home.shut();
}

fn remount(disk: &Path, mode: &str) {
    let done = Command::new("mount").args(["-o", &format!("remount,{mode}")]).arg(disk).status();
    assert!(done.unwrap().success());
}

#[test]
fn a_folder_that_another_process_holds_is_in_use_until_that_process_ends_however_it_ends() {
    let folder = tempfile::tempdir().unwrap();
    create(folder.path()).shut();
    let mut holder = Command::new(std::env::current_exe().unwrap())
        .args(["--ignored", "--exact", "--nocapture", "faults::the_process_that_holds_a_folder"])
        .env(HELD, folder.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(holder.stdout.take().unwrap()).lines();
    let held = lines.find(|line| line.as_deref().is_ok_and(|line| line.ends_with("held")));
    assert!(held.is_some(), "it holds it");
    assert_eq!(open(folder.path()).err(), Some(Error::InUse));

    holder.kill().unwrap();
    holder.wait().unwrap();
    let home = open(folder.path()).unwrap();
    assert_eq!(home.journal().count().unwrap(), 1, "what the other process had written is there");
    home.shut();
}

#[test]
#[ignore = "the test above runs it in a process of its own"]
fn the_process_that_holds_a_folder() {
    let folder = PathBuf::from(std::env::var_os(HELD).expect("a folder"));
    let home = open(&folder).unwrap();
    home.journal().add(NewEntry { text: "a day".into(), ..NewEntry::default() }).unwrap();
    println!("held");
    // Until it is killed: the other end of standard input closes only then.
    let _ = std::io::stdin().lines().next();
    home.shut();
}
