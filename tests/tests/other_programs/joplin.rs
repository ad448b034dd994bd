//! Joplin's command-line app takes in our folder of Markdown, and we read the one that it exports. It is
//! installed from npm into the build folder, once, and its database module compiled: that takes minutes, so
//! it happens only where `COMMON_GROUND_JOPLIN=1` asks for it.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use common_ground::journal::{
    Attached, EntryFilter, EntryKind, ExportFormat, ExportOptions, ImportFormat, ImportOptions, NewEntry,
    Told,
};
use common_ground::relationship::Role;
use common_ground_tests::{Device, not_run};

use super::build_folder;

/// The version that these tests were written against.
const VERSION: &str = "joplin@3.5.1";

/// So often is it asked.
const ATTEMPTS: usize = 4;

struct Joplin {
    program: PathBuf,
    folder: tempfile::TempDir,
}

impl Joplin {
    /// Nothing, said aloud, where it is not there.
    fn get() -> Option<Self> {
        let home = build_folder().join("joplin");
        let program = home.join("node_modules/.bin/joplin");
        let database = home.join("node_modules/sqlite3/lib/binding");
        if !database.exists() {
            if std::env::var("COMMON_GROUND_JOPLIN").as_deref() != Ok("1") {
                not_run("Joplin", "it is not installed (COMMON_GROUND_JOPLIN=1 installs it from npm)");
                return None;
            }
            if let Err(why) = install(&home) {
                not_run("Joplin", &format!("it could not be installed from npm: {why}"));
                return None;
            }
        }
        Some(Self { program, folder: tempfile::tempdir().unwrap() })
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    /// What Joplin exports of the folder that it has taken in. Now and then it leaves a link to a picture as it
    /// found it, though it takes in the same picture for another note: then it is asked again, with a new profile.
    fn through(&self, ours: &Path) -> PathBuf {
        for attempt in 1..=ATTEMPTS {
            let (profile, theirs) =
                (self.path(&format!("profile-{attempt}")), self.path(&format!("theirs-{attempt}")));
            self.run(&profile, &["import", "--format", "md_frontmatter", &text(ours)]);
            self.run(&profile, &["export", "--format", "md_frontmatter", &text(&theirs)]);
            let left_a_link = notes_in(&theirs).iter().any(|note| note.contains("](_resources/"));
            if !left_a_link {
                return theirs;
            }
        }
        panic!("Joplin left a link as it was {ATTEMPTS} times");
    }

    fn run(&self, profile: &Path, args: &[&str]) -> String {
        let Output { status, stdout, stderr } = Command::new("timeout")
            .arg("120")
            .arg(&self.program)
            .arg("--profile")
            .arg(profile)
            .args(args)
            .env("HOME", self.folder.path())
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(status.success(), "joplin {args:?}: {}", String::from_utf8_lossy(&stderr));
        String::from_utf8(stdout).unwrap()
    }
}

/// No install scripts run but the one that compiles SQLite.
fn install(home: &Path) -> Result<(), String> {
    std::fs::create_dir_all(home).map_err(|error| error.to_string())?;
    let cache = build_folder().join("npm-cache");
    let run = |folder: &Path, seconds: &str, args: &[&str]| {
        let output = Command::new("timeout")
            .arg(seconds)
            .args(args)
            .current_dir(folder)
            .env("npm_config_cache", &cache)
            .stdin(Stdio::null())
            .output()
            .map_err(|error| error.to_string())?;
        if output.status.success() {
            Ok(())
        } else {
            let told = String::from_utf8_lossy(&output.stderr);
            Err(format!("{}: {}", args.join(" "), told.lines().last().unwrap_or("no word why")))
        }
    };
    run(home, "300", &["npm", "install", "--no-audit", "--no-fund", "--ignore-scripts", VERSION])?;
    let sqlite = home.join("node_modules/sqlite3");
    run(&sqlite, "600", &["../.bin/node-pre-gyp", "install", "--build-from-source", "--nodedir=/usr"])
        .or_else(|_| run(&sqlite, "600", &["../.bin/node-pre-gyp", "install", "--build-from-source"]))
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// The texts of all notes in a folder and its folders.
fn notes_in(folder: &Path) -> Vec<String> {
    let mut notes = Vec::new();
    for inside in folder.read_dir().unwrap() {
        let path = inside.unwrap().path();
        if path.is_dir() {
            notes.extend(notes_in(&path));
        } else if path.extension().is_some_and(|extension| extension == "md") {
            notes.push(std::fs::read_to_string(path).unwrap());
        }
    }
    notes
}

#[test]
fn joplin_takes_in_our_folder_and_we_read_what_it_exports() {
    let Some(joplin) = Joplin::get() else { return };
    let device = Device::new(Role::Client, "Mira");
    let journal = device.home.journal();
    let photo = joplin.path("bridge.png");
    std::fs::write(&photo, b"\x89PNG\r\n\x1a\n not a real one").unwrap();
    let attached: Attached = journal.take_in_file(text(&photo), None, None, None).unwrap();
    let link = format!("![the bridge](attachment:{})", attached.attachment);
    for (title, words, attachments) in [
        (Some("On the bridge: \"two\""), format!("Two of us.\n\n{link}\n\n---\nend"), vec![attached.clone()]),
        (Some("Below"), "the picture is below".to_owned(), vec![attached]),
        (None, "no title, no picture 日記".to_owned(), Vec::new()),
    ] {
        let entry = NewEntry {
            title: title.map(str::to_owned),
            text: words,
            kind: Some(EntryKind::SmallWin),
            mood: Some(4),
            tags: vec!["walks".to_owned(), "two words".to_owned()],
            attachments,
            starred: true,
            ..NewEntry::default()
        };
        device.clock.pass(60);
        journal.add(entry).unwrap();
    }
    let (filter, options) = (EntryFilter::default(), ExportOptions::default());
    let ours = joplin.path("notes");
    journal
        .export(text(&ours), ExportFormat::Markdown, filter, options, Told::AnyoneCanReadIt, None)
        .unwrap();

    let theirs = joplin.through(&ours);

    let other = Device::new(Role::Client, "Mira again");
    let there = other.home.journal();
    let report = there.import(text(&theirs), ImportOptions::default(), None).unwrap();
    assert_eq!((report.format, report.added, report.bad_count), (ImportFormat::Markdown, 3, 0), "{report:?}");
    assert_eq!((report.attachments_added, report.attachments_missing), (2, 0));
    let all = |device: &Device| {
        let journal = device.home.journal();
        let page = journal.entries(10, None).unwrap();
        page.entries.iter().rev().map(|entry| journal.entry(entry.id).unwrap()).collect::<Vec<_>>()
    };
    for (back, entry) in all(&other).into_iter().zip(all(&device)) {
        if entry.title.is_some() {
            assert!(back.title == entry.title, "{:?}", back.title);
        }
        assert_eq!(
            back.written.at.timestamp(),
            entry.written.at.timestamp(),
            "the time is kept to the second"
        );
        let mut tags = back.tags.clone();
        tags.sort();
        assert_eq!(tags, ["two words", "walks"]);
        assert!(back.text.starts_with(entry.text.lines().next().unwrap()), "{}", back.text);
        assert_eq!(back.attachments.len(), entry.attachments.len());
        assert!(back.attachments.iter().all(|one| one.attachment == entry.attachments[0].attachment));
    }
}
