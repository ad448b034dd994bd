//! Readers against files that somebody has torn, stuffed or made up: no panic, no hang, no memory full of nothing.
//!
//! Every format gets a child process of its own, so that its peak of memory can be told. It changes the files
//! in `tests/importing` as the number of the round says, and reads what comes out without any database: what
//! was found in round 4711 is found again in round 4711.
//!
//! `crate::tests::fuzzing` says which settings there are.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono_tz::Tz;
use sha2::{Digest, Sha256};

use super::format::{self, Sink};
use super::incoming::Incoming;
use super::source::{Pace, Source};
use super::types::{ImportFormat, ImportNote, ImportOptions, Misread};
use crate::error::Result;
use crate::exchange::testing::Dice;
use crate::tests::fuzzing::{Child, Task, peak, seconds};

/// The child's part of the test, which does nothing unless it is the child.
const CHILD: &str = "journal::import::fuzzing::a_child_reads_file_after_file";
/// No file that takes longer to read, in this unoptimised build, is let through.
const SLOWEST: Duration = Duration::from_secs(10);
/// The peak of a child's memory, in KiB.
const MOST_MEMORY: usize = 256 << 10;

/// Of 100 parts of the time, how many a format gets: what has containers and nesting gets more.
fn share(format: ImportFormat) -> u64 {
    match format {
        ImportFormat::DayOne | ImportFormat::Markdown => 30,
        ImportFormat::CommonGround => 15,
        ImportFormat::JrnlJson | ImportFormat::JrnlText => 10,
        ImportFormat::Daylio => 15,
        ImportFormat::Presently => 10,
    }
}

#[test]
fn no_torn_or_stuffed_file_makes_a_reader_panic_hang_or_swell() {
    let all: u64 = ImportFormat::ALL.iter().map(|format| share(*format)).sum();
    // Two at a time: the children count as busy as any other test.
    for formats in ImportFormat::ALL.chunks(2) {
        let begin = |format: &ImportFormat| {
            Child::begin(CHILD, format.as_str(), seconds(share(*format), all), SLOWEST * 12)
        };
        let children: Vec<Child> = formats.iter().map(begin).collect();
        children.into_iter().for_each(Child::finish);
    }
}

#[test]
fn no_monstrous_file_makes_a_reader_hang_or_swell() {
    Child::begin(CHILD, "monsters", 0, Duration::from_secs(900)).finish();
}

#[test]
fn a_child_reads_file_after_file() {
    let Some(task) = Task::given(MOST_MEMORY) else { return };
    if task.what == "monsters" {
        return read_monsters(&task);
    }
    let format: ImportFormat = task.what.parse().unwrap();
    let seeds = Seeds::of(format);
    task.rounds("records", |round| {
        let path = seeds.lay_out(&task.folder, round);
        read_twice(format, &path, round)
    });
}

/// Counts and digests what it is given.
struct Digesting {
    records: u64,
    digest: Sha256,
}

impl Sink for Digesting {
    fn take(&mut self, record: Result<Incoming, Misread>) -> Result<()> {
        self.records += 1;
        match record {
            Ok(mut incoming) => {
                self.digest.update(incoming.digest());
                let place = incoming.place.clone();
                match incoming.as_entry(Tz::Europe__Berlin, crate::clock::Instant::UNIX_EPOCH) {
                    Ok(entry) => self.digest.update(entry.written.at.timestamp_micros().to_be_bytes()),
                    Err(error) => assert!(place.refused(error).is_ok(), "a mistake of ours"),
                }
            }
            Err(misread) => self.digest.update(misread.problem),
        }
        Ok(())
    }

    fn note(&mut self, _: ImportNote) {}
}

fn read_once(format: Option<ImportFormat>, path: &Path) -> (u64, String) {
    let mut sink = Digesting { records: 0, digest: Sha256::new() };
    let done = Source::open(path, Pace::new(None)).and_then(|source| {
        let format = match format {
            Some(format) => format,
            None => format::recognise(&source)?,
        };
        source.begin();
        format::read(format, &source, &ImportOptions::default(), &mut sink)
    });
    let mut told = format!("{:x?}", sink.digest.finalize());
    if let Err(error) = done {
        write!(told, "{error}").unwrap();
    }
    (sink.records, told)
}

/// The second reading must give the same as the first.
fn read_twice(format: ImportFormat, path: &Path, round: u64) -> u64 {
    let began = Instant::now();
    let format = (!round.is_multiple_of(4)).then_some(format);
    let (records, first) = read_once(format, path);
    assert!(began.elapsed() < SLOWEST, "round {round} takes {:?}", began.elapsed());
    assert!(first == read_once(format, path).1, "round {round} reads differently");
    records
}

/// What a round is made of.
struct Seeds {
    own: Vec<Vec<u8>>,
    others: Vec<Vec<u8>>,
}

/// Words that mean something to one reader or another.
const WORDS: &[&str] = &[
    "\"",
    "\\",
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    ";",
    "\t",
    "\n",
    "\r\n",
    "\r",
    "\0",
    "null",
    "true",
    "-1",
    "1e999",
    "\\u0000",
    "\\ud800",
    "\"entries\"",
    "\"former_versions\":[",
    "\"written\":{",
    "id: ",
    "created: ",
    "attachments:\n- file: x\n  below: true\n",
    "&anchor [",
    "*anchor",
    "<<: ",
    "!!binary ",
    "? ",
    "![[",
    "\"uuid\":",
    "\"creationDate\":",
    "\"text\":",
    "\"tags\":",
    "\"photos\":[{",
    "\"richText\":",
    "2020-02-30",
    "9999-12-31T23:59:59Z",
    "-262143-01-01T00:00:00Z",
    "0000-00-00",
    "24:00",
    "12:60 pm",
    "<br>",
    "<b>",
    "</",
    "&amp;",
    "&#x10FFFF;",
    "&#",
    "![](dayone-moment://",
    "](",
    ")",
    "|",
    " | ",
    "---\n",
    "...\n",
    "- ",
    "[2020-01-01 10:00] ",
    "[2020-01-01 10:00:00 AM] ",
    "@tag",
    "*",
    "#",
    "title: ",
    "tags: [",
    "&a [*a,*a]",
    "*a",
    "<<: ",
    "../",
    "/etc/passwd",
    "C:\\",
    "PK\u{3}\u{4}",
    "\u{feff}",
    "\u{202e}",
    "é",
    "日記",
    "😀",
    "common-ground",
    "body",
    "date",
    "full_date,date,time,mood,activities,note",
    "entryDate,entryContent",
    "99999999999999999999",
    "0x",
];

impl Seeds {
    fn of(format: ImportFormat) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/journal/tests/importing");
        let mut names: Vec<PathBuf> =
            std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
        names.retain(|path| path.extension().is_some_and(|extension| extension != "rs"));
        names.sort();
        let (mut own, mut others) = (Vec::new(), Vec::new());
        for path in names {
            let is_own = path.file_name().unwrap().to_string_lossy().starts_with(format.as_str());
            (if is_own { &mut own } else { &mut others }).push(std::fs::read(path).unwrap());
        }
        assert!(!own.is_empty(), "tests/importing has no file that begins with {}", format.as_str());
        Self { own, others }
    }

    /// Makes the file, zip or folder of a round.
    fn lay_out(&self, folder: &Path, round: u64) -> PathBuf {
        let mut chance = Dice(round.wrapping_mul(0x9E37_79B9_7F4A_7C15) ^ 0x434F_4D4D_4F4E);
        let from = if chance.one_in(8) && !self.others.is_empty() { &self.others } else { &self.own };
        let seed = chance.pick(from);
        let first = self.changed(seed, &mut chance);
        match chance.below(6) {
            0 => {
                let second = self.changed(seed, &mut chance);
                let mut zip =
                    zipped(&[("Journal.json", &first), ("notes/Second.md", &second), ("a.csv", &second)]);
                if chance.one_in(2) {
                    zip = self.changed(&zip, &mut chance);
                }
                put(&folder.join("file.zip"), &zip)
            }
            1 => {
                let inside = folder.join("folder");
                std::fs::create_dir_all(inside.join("notes")).unwrap();
                put(&inside.join("Journal.json"), &first);
                put(&inside.join("notes/Second.md"), &self.changed(seed, &mut chance));
                put(&inside.join("first.md"), &first);
                inside
            }
            _ => put(&folder.join("file"), &first),
        }
    }

    fn changed(&self, seed: &[u8], chance: &mut Dice) -> Vec<u8> {
        let mut bytes = seed.to_vec();
        for _ in 0..chance.below(6) {
            let at = chance.below(bytes.len() + 1);
            let length = chance.below(bytes.len() - at + 1).min(1 << chance.below(14));
            match chance.below(10) {
                0 if at < bytes.len() => bytes[at] ^= 1 << chance.below(8),
                1 if at < bytes.len() => bytes[at] = chance.next() as u8,
                2 => drop(bytes.drain(at..at + length)),
                3 => bytes.truncate(at),
                4 => {
                    let copy = bytes[at..at + length].to_vec();
                    let to = chance.below(bytes.len() + 1);
                    bytes.splice(to..to, copy);
                }
                5 => {
                    // The same again and again, up to half a megabyte.
                    let piece = bytes[at..at + length.min(64)].to_vec();
                    let most = if chance.one_in(16) { 16 } else { 8 };
                    let times = (1 << chance.below(most)).min((512 << 10) / piece.len().max(1));
                    bytes.splice(at..at, piece.repeat(times));
                }
                6 => {
                    let word = chance.pick(WORDS).repeat(1 << (chance.below(12).saturating_sub(6)));
                    bytes.splice(at..at, word.into_bytes());
                }
                7 => {
                    let all: Vec<&Vec<u8>> = self.own.iter().chain(&self.others).collect();
                    let other = *chance.pick(&all);
                    let from = chance.below(other.len() + 1);
                    bytes.splice(at.., other[from..].iter().copied());
                }
                8 => {
                    let word = chance.pick(WORDS).as_bytes();
                    bytes.splice(at..(at + length.min(word.len())), word.iter().copied());
                }
                _ => bytes.extend(std::iter::repeat_n(chance.next() as u8, chance.below(300))),
            }
        }
        bytes
    }
}

fn put(path: &Path, bytes: &[u8]) -> PathBuf {
    std::fs::write(path, bytes).unwrap();
    path.to_owned()
}

fn zipped(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut zip = zip::ZipWriter::new(&mut bytes);
    for (name, content) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap();
    bytes.into_inner()
}

/// Files that are small to make and would be endless to hold.
fn read_monsters(task: &Task) {
    let file = task.folder.join("file");
    let mut told = String::new();
    let mut read = |name: &str, make: &dyn Fn(&mut std::fs::File)| {
        task.begins(name);
        make(&mut std::fs::File::create(&file).unwrap());
        for format in ImportFormat::ALL.iter().copied().map(Some).chain([None]) {
            let began = Instant::now();
            read_once(format, &file);
            assert!(began.elapsed() < SLOWEST * 12, "{name} takes {:?} as {format:?}", began.elapsed());
            task.check_memory();
        }
        writeln!(told, "{name}: {} KiB", peak()).unwrap();
    };
    let long = |beginning: &'static str, letter: u8, length: u64| {
        move |file: &mut std::fs::File| {
            file.write_all(beginning.as_bytes()).unwrap();
            if letter == 0 {
                file.set_len(length).unwrap();
            } else {
                let chunk = vec![letter; 1 << 20];
                for _ in 0..length >> 20 {
                    file.write_all(&chunk).unwrap();
                }
            }
        }
    };
    read("a gigabyte of nothing", &long("", 0, 1 << 30));
    read("a gigabyte in one line", &long("[2020-01-01 10:00] ", 0, 1 << 30));
    read("an endless name in JSON", &long("{\"entries\":[],\"", b'x', 128 << 20));
    read("an endless text in JSON", &long("{\"entries\":[{\"text\":\"", b'x', 128 << 20));
    read("an endless list in JSON", &long("{\"entries\":[{\"tags\":[", b'[', 64 << 20));
    read("an endless row", &long("entryDate,entryContent\n2020-01-01,\"", b'x', 128 << 20));
    read("an endless header", &long("full_date,", b',', 128 << 20));
    read("a value of endless values", &|file| {
        file.write_all(b"{\"entries\":[{\"tags\":[").unwrap();
        file.write_all(&b"\"\",".repeat(5 << 20)).unwrap();
        file.write_all(b"\"\"]}]}").unwrap();
    });
    read("a row of endless values", &|file| {
        file.write_all(b"entryDate,entryContent\n").unwrap();
        file.write_all(&b",".repeat(64 << 20)).unwrap();
    });
    read("a small zip of a gigabyte", &|file| {
        let mut zip = zip::ZipWriter::new(file);
        zip.start_file("Journal.json", zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(b"{\"entries\":[").unwrap();
        let spaces = vec![b' '; 1 << 20];
        for _ in 0..1024 {
            zip.write_all(&spaces).unwrap();
        }
        zip.finish().unwrap();
    });
    read("a zip of very many files", &|file| {
        let mut zip = zip::ZipWriter::new(std::io::BufWriter::new(file));
        let options =
            zip::write::SimpleFileOptions::default().compression_method(zip::CompressionMethod::Stored);
        for number in 0..120_000 {
            zip.start_file(format!("{number}"), options).unwrap();
        }
        zip.finish().unwrap();
    });
    println!("{told}");
    task.done(&told);
}
