//! The real jrnl reads our export, and we read its files and exports. It is installed from PyPI into the build
//! folder, once.

use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Arc, Mutex};

use chrono_tz::Tz;
use common_ground::clock::Moment;
use common_ground::home::CommonGround;
use common_ground::journal::{
    EntryFilter, ExportFormat, ExportOptions, ImportFormat, ImportOptions, NewEntry, Told,
};
use common_ground::relationship::Role;
use common_ground_tests::{Device, not_run};
use serde_json::Value;

use super::build_folder;

/// The version that these tests were written against.
const VERSION: &str = "jrnl==4.6";

/// Tests run side by side; the first of them installs it.
static INSTALLING: Mutex<()> = Mutex::new(());

/// jrnl with a journal of its own.
struct Jrnl {
    program: PathBuf,
    folder: tempfile::TempDir,
}

impl Jrnl {
    /// Nothing, said aloud, where it cannot be installed.
    fn get() -> Option<Self> {
        let venv = build_folder().join("jrnl");
        let program = venv.join("bin").join("jrnl");
        let one_at_a_time = INSTALLING.lock();
        if !program.exists() {
            let cache = build_folder().join("pip-cache");
            let install = Command::new("python3").args(["-m", "venv"]).arg(&venv).output().and_then(|_| {
                Command::new(venv.join("bin").join("pip"))
                    .args(["install", "--quiet", "--disable-pip-version-check", "--timeout", "20", VERSION])
                    .env("PIP_CACHE_DIR", cache)
                    .stdin(Stdio::null())
                    .output()
            });
            if !install.as_ref().is_ok_and(|output| output.status.success()) {
                let why = match install {
                    Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
                    Err(error) => error.to_string(),
                };
                not_run("jrnl", &format!("it could not be installed from PyPI: {why}"));
                return None;
            }
        }
        drop(one_at_a_time);
        let folder = tempfile::tempdir().unwrap();
        let jrnl = Self { program, folder };
        std::fs::write(
            jrnl.path("jrnl.yaml"),
            format!(
                "colors:\n  body: none\n  date: none\n  tags: none\n  title: none\n\
                 default_hour: 9\ndefault_minute: 0\neditor: ''\nencrypt: false\nhighlight: false\n\
                 indent_character: ''\njournals:\n  default:\n    journal: {}\nlinewrap: 79\n\
                 tagsymbols: '@'\ntemplate: false\ntimeformat: '%F %r'\nversion: v4.6\n",
                jrnl.path("journal.txt").display()
            ),
        )
        .unwrap();
        std::fs::write(jrnl.path("journal.txt"), "").unwrap();
        Some(jrnl)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn run(&self, args: &[&str]) -> String {
        let Output { status, stdout, stderr } = Command::new(&self.program)
            .arg("--config-file")
            .arg(self.path("jrnl.yaml"))
            .args(args)
            .env("HOME", self.folder.path())
            .env("XDG_CONFIG_HOME", self.folder.path())
            .env("XDG_DATA_HOME", self.folder.path())
            .env("PYTHONDONTWRITEBYTECODE", "1")
            .env("PYTHONUTF8", "1")
            .env("LC_ALL", "C.UTF-8")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        assert!(status.success(), "jrnl {args:?}: {}", String::from_utf8_lossy(&stderr));
        String::from_utf8(stdout).unwrap()
    }

    fn entries(&self) -> Vec<Value> {
        let json: Value = serde_json::from_str(&self.run(&["--format", "json"])).unwrap();
        json["entries"].as_array().unwrap().clone()
    }
}

fn text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

fn export(home: &CommonGround, to: &Path, format: ExportFormat) {
    let (filter, options) = (EntryFilter::default(), ExportOptions::default());
    home.journal().export(text(to), format, filter, options, Told::AnyoneCanReadIt, None).unwrap();
}

fn write(home: &CommonGround, title: Option<&str>, words: &str, tags: &[&str], starred: bool, at: &str) {
    let entry = NewEntry {
        title: title.map(str::to_owned),
        text: words.to_owned(),
        tags: tags.iter().map(|tag| (*tag).to_owned()).collect(),
        starred,
        written: Some(Moment::in_zone(at.parse().unwrap(), Tz::Europe__Berlin)),
        ..NewEntry::default()
    };
    home.journal().add(entry).unwrap();
}

fn a_journal() -> Device {
    let device = Device::new(Role::Client, "Mira");
    let home: &Arc<CommonGround> = &device.home;
    write(
        home,
        Some("On the bridge"),
        "Two of us.\n[2020-01-01 10:00] is no entry.\n[yesterday at noon] neither.\n[2020-01-01\n10:00] nor this.",
        &["walks", "two words"],
        true,
        "2026-05-03T16:02:11Z",
    );
    write(home, None, "**not starred**\nbut bold 日記 👩‍👧", &[], false, "2026-05-04T05:30:00Z");
    write(home, None, "One line only", &["Sleep"], false, "1999-12-31T23:59:00Z");
    write(home, None, "[2021-02-03 04:05] at the very beginning", &[], true, "2026-05-05T10:00:00Z");
    device
}

#[test]
fn jrnl_reads_our_export_entry_by_entry_and_writes_it_back_unchanged() {
    let Some(jrnl) = Jrnl::get() else { return };
    let device = a_journal();
    export(&device.home, &jrnl.path("ours.txt"), ExportFormat::JrnlText);
    jrnl.run(&["--import", "--file", &text(&jrnl.path("ours.txt"))]);
    let read = jrnl.entries();
    assert_eq!(read.len(), 4, "{read:#?}");
    let one = |date: &str| read.iter().find(|entry| entry["date"] == date).unwrap();
    let bridge = one("2026-05-03");
    assert_eq!((&bridge["time"], &bridge["title"]), (&"18:02".into(), &"On the bridge".into()));
    assert_eq!(bridge["starred"], true);
    let mut tags: Vec<&str> =
        bridge["tags"].as_array().unwrap().iter().map(|tag| tag.as_str().unwrap()).collect();
    tags.sort_unstable();
    assert_eq!(tags, ["@two_words", "@walks"]);
    let body = bridge["body"].as_str().unwrap();
    assert!(body.starts_with("Two of us.\n\\[2020-01-01 10:00] is no entry.\n"), "{body}");
    let bold = one("2026-05-04");
    assert_eq!((&bold["title"], &bold["starred"]), (&"**not starred**\\".into(), &false.into()));
    assert_eq!(bold["body"], "but bold 日記 👩‍👧");
    assert_eq!(
        (&one("2000-01-01")["time"], &one("2000-01-01")["tags"][0]),
        (&"00:59".into(), &"@sleep".into())
    );
    assert_eq!(one("2026-05-05")["starred"], true);

    // What jrnl then keeps, we read again.
    let other = Device::new(Role::Client, "Mira again");
    let report =
        other.home.journal().import(text(&jrnl.path("journal.txt")), ImportOptions::default(), None).unwrap();
    assert_eq!((report.format, report.added, report.bad_count), (ImportFormat::JrnlText, 4, 0));
    let page = other.home.journal().entries(10, None).unwrap();
    let back = other.home.journal().entry(page.entries[2].id).unwrap();
    assert_eq!(back.title.as_deref(), Some("On the bridge"));
    assert_eq!(
        back.text,
        "Two of us.\n[2020-01-01 10:00] is no entry.\n[yesterday at noon] neither.\n[2020-01-01\n10:00] nor this."
    );
    assert!(back.starred && back.tags.contains(&"two_words".to_owned()));
    assert_eq!(
        other.home.journal().entry(page.entries[1].id).unwrap().title.as_deref(),
        Some("**not starred**")
    );
}

#[test]
fn we_read_what_jrnl_exports_as_text_and_as_json() {
    let Some(jrnl) = Jrnl::get() else { return };
    jrnl.run(&["2026-05-03 06:02pm: On the bridge *\nTwo of us, @walks and @Sam."]);
    jrnl.run(&["2026-05-04 07:30am: A short one without more"]);
    std::fs::write(jrnl.path("export.json"), jrnl.run(&["--format", "json"])).unwrap();
    std::fs::write(jrnl.path("export.txt"), jrnl.run(&["--format", "txt"])).unwrap();
    for (name, format) in [
        ("export.json", ImportFormat::JrnlJson),
        ("export.txt", ImportFormat::JrnlText),
        ("journal.txt", ImportFormat::JrnlText),
    ] {
        let device = Device::new(Role::Client, "Mira");
        let journal = device.home.journal();
        let report = journal.import(text(&jrnl.path(name)), ImportOptions::default(), None).unwrap();
        assert_eq!((report.format, report.added, report.bad_count), (format, 2, 0), "{name}");
        let page = journal.entries(10, None).unwrap();
        let (short, bridge) =
            (journal.entry(page.entries[0].id).unwrap(), journal.entry(page.entries[1].id).unwrap());
        assert_eq!(short.text, "A short one without more");
        assert_eq!(bridge.title.as_deref(), Some("On the bridge"), "{name}");
        assert_eq!(bridge.text, "Two of us, @walks and @Sam.");
        assert!(bridge.starred);
        assert_eq!(
            bridge.tags.iter().map(|tag| tag.to_lowercase()).collect::<std::collections::BTreeSet<_>>().len(),
            2
        );
        // jrnl knows no zones: the clock on the wall is what is kept.
        assert_eq!(bridge.written.at.to_rfc3339(), "2026-05-03T16:02:00+00:00");
    }
}
