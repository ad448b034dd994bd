//! What is imported from: a file, a zip or a folder, seen as pieces with names.
//!
//! All that is read goes through here, within limits: no more than so many pieces and so many bytes, also of
//! what a small zip unpacks to. Nothing is ever written under a name that stands in a zip, and a folder is not
//! left through a link.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fs::File;
use std::io::{BufReader, ErrorKind, Read, Seek, SeekFrom};
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::text::{self, Decoded, Encoding};
use crate::error::Thing;
use crate::progress::{self, Progress};
use crate::{Error, Result};

/// More text than this, unpacked, is not read.
const MOST_TEXT: u64 = 1 << 30;
/// A zip may unpack to this many times its own size, ...
const MOST_RATIO: u64 = 100;
/// ... or to this, if that is more.
const ALWAYS_ALLOWED: u64 = 64 << 20;
/// What may be read to find out what is in a zip.
const LONGEST_DIRECTORY: u64 = 12 << 20;
/// More files than this are not looked at.
const MOST_PIECES: usize = 200_000;
/// Folders in folders.
const DEEPEST: usize = 32;
/// Between two questions whether to go on.
const BETWEEN_QUESTIONS: u64 = 1 << 20;

/// One file of what is imported.
pub(in crate::journal) struct Piece {
    /// Its name, with `/` between folders, from the top of the zip or folder.
    pub(in crate::journal) name: String,
}

/// What is imported from.
pub(in crate::journal) struct Source<'a> {
    kind: Kind,
    pieces: Vec<Piece>,
    /// By name in lower case.
    by_name: HashMap<String, usize>,
    /// The first of each name in whichever folder.
    by_last_name: HashMap<String, usize>,
    symlinks: u64,
    pace: Pace<'a>,
    /// How many more bytes may be unpacked, and how many of text be read, in this pass.
    unpacked: Cell<u64>,
    text: Cell<u64>,
    most_unpacked: u64,
    /// What went wrong while reading: the errors of parsers would not tell.
    failure: RefCell<Option<Error>>,
    /// What a piece is written in, by its number and whether that may be guessed.
    encodings: RefCell<HashMap<(usize, bool), Encoding>>,
}

enum Kind {
    File(PathBuf),
    Zip(zip::ZipArchive<Budgeted>),
    Folder(PathBuf),
}

/// How far an import has come, told to whoever waits for it.
pub(super) struct Pace<'a> {
    progress: Option<&'a dyn Progress>,
    done: Cell<u64>,
    total: Cell<u64>,
}

impl<'a> Pace<'a> {
    pub(super) fn new(progress: Option<&'a dyn Progress>) -> Self {
        Self { progress, done: Cell::new(0), total: Cell::new(0) }
    }

    pub(super) fn expect(&self, total: u64) {
        self.total.set(total);
    }

    /// So many more are done.
    pub(super) fn step(&self, more: u64) {
        self.done.set(self.done.get() + more);
    }

    /// # Errors
    /// [`Error::Cancelled`].
    pub(super) fn tell(&self) -> Result<()> {
        let total = self.total.get();
        progress::tell(self.progress, self.done.get().min(total), (total > 0).then_some(total))
    }
}

impl<'a> Source<'a> {
    /// Finds out what there is.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::File`], [`Error::Import`] for a damaged zip or too much of anything.
    pub(super) fn open(path: &Path, pace: Pace<'a>) -> Result<Self> {
        let about = std::fs::metadata(path).map_err(|error| match error.kind() {
            ErrorKind::NotFound => Error::not_found(Thing::File),
            _ => error.into(),
        })?;
        let mut symlinks = 0;
        let (kind, pieces) = if about.is_dir() {
            (Kind::Folder(path.to_owned()), pieces_of_folder(path, &mut symlinks)?)
        } else {
            let mut file = File::open(path)?;
            let mut beginning = Vec::new();
            (&mut file).take(4).read_to_end(&mut beginning)?;
            if beginning == b"PK\x03\x04" || beginning == b"PK\x05\x06" {
                let archive = open_zip(file)?;
                let pieces = pieces_of_zip(&archive);
                (Kind::Zip(archive), pieces)
            } else {
                let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                (Kind::File(path.to_owned()), vec![Piece { name }])
            }
        };
        let most_unpacked = match kind {
            Kind::Zip(_) => about.len().saturating_mul(MOST_RATIO).max(ALWAYS_ALLOWED),
            Kind::File(_) | Kind::Folder(_) => u64::MAX,
        };
        let mut by_last_name = HashMap::new();
        for (index, piece) in pieces.iter().enumerate() {
            let last = piece.name.rsplit('/').next().unwrap_or_default();
            by_last_name.entry(last.to_owned()).or_insert(index);
        }
        let by_name = pieces.iter().enumerate().map(|(index, piece)| (piece.name.to_lowercase(), index));
        Ok(Self {
            by_name: by_name.collect(),
            by_last_name,
            kind,
            pieces,
            symlinks,
            pace,
            unpacked: Cell::new(most_unpacked),
            text: Cell::new(MOST_TEXT),
            most_unpacked,
            failure: RefCell::default(),
            encodings: RefCell::default(),
        })
    }

    /// All there is to read, in the order of names (in a zip: as they stand there).
    pub(in crate::journal) fn pieces(&self) -> &[Piece] {
        &self.pieces
    }

    /// The piece of this name, case aside.
    pub(in crate::journal) fn find(&self, name: &str) -> Option<usize> {
        self.by_name.get(&name.to_lowercase()).copied()
    }

    /// The piece to which `link` leads from the piece `from`: a relative path that stays inside.
    pub(in crate::journal) fn find_beside(&self, from: &str, link: &str) -> Option<usize> {
        if link.starts_with('/') || link.contains('\\') || link.contains(':') {
            return None;
        }
        let mut steps: Vec<&str> = from.split('/').collect();
        steps.pop();
        for step in link.split('/') {
            match step {
                "" | "." => {}
                ".." => _ = steps.pop()?,
                step => steps.push(step),
            }
        }
        self.find(&steps.join("/"))
    }

    /// The first piece of this name, in whichever folder it lies.
    pub(in crate::journal) fn find_anywhere(&self, name: &str) -> Option<usize> {
        self.by_last_name.get(name).copied()
    }

    pub(super) fn symlinks(&self) -> u64 {
        self.symlinks
    }

    pub(super) fn pace(&self) -> &Pace<'a> {
        &self.pace
    }

    /// Begins to read from the start: what may be read is counted anew.
    pub(super) fn begin(&self) {
        self.unpacked.set(self.most_unpacked);
        self.text.set(MOST_TEXT);
    }

    /// Lets `work` read a piece as it is.
    ///
    /// # Errors
    /// Those of `work`; [`Error::Import`] when it cannot be read or is too long; [`Error::Cancelled`].
    pub(in crate::journal) fn read<T>(
        &self,
        piece: usize,
        work: impl FnOnce(&mut dyn Read) -> Result<T>,
    ) -> Result<T> {
        let done = match &self.kind {
            Kind::File(path) => work(&mut self.bounded(File::open(path)?)),
            Kind::Folder(path) => {
                let name = self.pieces.get(piece).map(|piece| piece.name.as_str()).unwrap_or_default();
                let file = open_inside(path, name).map_err(|error| match error {
                    Error::File { reason } => Error::import(0, "file", &format!("cannot be read ({reason})")),
                    other => other,
                })?;
                work(&mut self.bounded(file))
            }
            Kind::Zip(archive) => {
                let mut archive = archive.clone();
                let file = archive.by_index(piece).map_err(damaged)?;
                work(&mut self.bounded(file))
            }
        };
        match self.failure.take() {
            Some(failure) => Err(failure),
            None => done,
        }
    }

    /// Lets `work` read a piece as UTF-8 without a byte-order mark, whatever Unicode it is in; where
    /// `guess` is set and it is not Unicode, it is read as Windows-1252. The other answer is whether it was.
    ///
    /// # Errors
    /// As [`Source::read`], and [`Error::Import`] with the line where it stops being Unicode.
    pub(in crate::journal) fn read_text<T>(
        &self,
        piece: usize,
        guess: bool,
        work: impl FnOnce(&mut dyn Read) -> Result<T>,
    ) -> Result<(T, bool)> {
        let known = self.encodings.borrow().get(&(piece, guess)).copied();
        let encoding = match known {
            Some(encoding) => encoding,
            None => {
                let found = self.read(piece, |bytes| Ok(text::encoding(bytes, guess)?))?;
                self.encodings.borrow_mut().insert((piece, guess), found);
                found
            }
        };
        let done = self.read(piece, |bytes| {
            let counted = Counted { source: bytes, left: &self.text, failure: &self.failure };
            work(&mut Decoded::new(counted, encoding, &self.failure))
        })?;
        Ok((done, encoding == Encoding::Windows1252))
    }

    fn bounded<R: Read>(&self, source: R) -> Bounded<'_, 'a, R> {
        Bounded { source, of: self, since_asked: 0 }
    }
}

/// The regular files in a folder, links neither followed nor taken.
fn pieces_of_folder(folder: &Path, symlinks: &mut u64) -> Result<Vec<Piece>> {
    let mut pieces = Vec::new();
    let walk = walkdir::WalkDir::new(folder).follow_links(false).max_depth(DEEPEST).sort_by_file_name();
    for found in walk {
        let found = found.map_err(|error| match error.into_io_error() {
            Some(error) => Error::from(error),
            None => Error::import(0, "folder", "leads round in a circle"),
        })?;
        *symlinks += u64::from(found.path_is_symlink() && found.depth() > 0);
        if !found.file_type().is_file() {
            continue;
        }
        if pieces.len() == MOST_PIECES {
            return Err(Error::import(0, "folder", &format!("holds more than {MOST_PIECES} files")));
        }
        // A name that is not Unicode could not be told to anybody, or linked to.
        let inside = found.path().strip_prefix(folder).unwrap_or(found.path());
        let steps: Option<Vec<&str>> = inside.components().map(|step| step.as_os_str().to_str()).collect();
        pieces.extend(steps.map(|steps| Piece { name: steps.join("/") }));
    }
    Ok(pieces)
}

/// Opens a file of a folder, unless a link has come in between since the folder was looked through.
fn open_inside(folder: &Path, name: &str) -> Result<File> {
    let mut path = folder.to_owned();
    for step in Path::new(name).components() {
        let Component::Normal(step) = step else { return Err(Error::not_found(Thing::File)) };
        path.push(step);
        if std::fs::symlink_metadata(&path)?.is_symlink() {
            return Err(Error::not_found(Thing::File));
        }
    }
    Ok(File::open(path)?)
}

fn open_zip(file: File) -> Result<zip::ZipArchive<Budgeted>> {
    let budget = Arc::new(Mutex::new(LONGEST_DIRECTORY));
    let reader = Budgeted { file: Arc::new(Mutex::new(BufReader::new(file))), position: 0, budget };
    let budget = Arc::clone(&reader.budget);
    let archive = zip::ZipArchive::new(reader);
    let mut left = budget.lock().unwrap_or_else(PoisonError::into_inner);
    let exhausted = *left == 0;
    *left = u64::MAX;
    match archive {
        Ok(archive) if archive.len() > MOST_PIECES => {
            Err(Error::import(0, "zip", &format!("holds more than {MOST_PIECES} files")))
        }
        Ok(archive) => Ok(archive),
        Err(_) if exhausted => Err(Error::import(0, "zip", "holds too many files")),
        Err(error) => Err(damaged(error)),
    }
}

/// A name serves to tell pieces apart and to find them, whatever it is; nothing is written under it.
fn pieces_of_zip(archive: &zip::ZipArchive<Budgeted>) -> Vec<Piece> {
    let name = |index| match archive.name_for_index(index) {
        Some(Ok(name)) => name.replace('\\', "/"),
        Some(Err(_)) | None => String::new(),
    };
    (0..archive.len()).map(|index| Piece { name: name(index) }).collect()
}

fn damaged(error: zip::result::ZipError) -> Error {
    use zip::result::ZipError;
    Error::import(
        0,
        "zip",
        match error {
            ZipError::UnsupportedArchive(_) | ZipError::CompressionMethodNotSupported(_) => {
                "is of a kind that is not read here (a password, or another compression)"
            }
            _ => "is damaged or of an unknown kind",
        },
    )
}

/// The file of a zip, for as many readers as there are; what is read to find out what is in it is limited.
#[derive(Clone)]
struct Budgeted {
    file: Arc<Mutex<BufReader<File>>>,
    position: u64,
    budget: Arc<Mutex<u64>>,
}

impl Read for Budgeted {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        let mut budget = self.budget.lock().unwrap_or_else(PoisonError::into_inner);
        let now = file.stream_position()?;
        if now != self.position {
            let by = i64::try_from(self.position).unwrap_or(i64::MAX) - i64::try_from(now).unwrap_or(0);
            file.seek_relative(by)?;
        }
        let count = file.read(buffer)?;
        self.position += count as u64;
        match budget.checked_sub(count as u64) {
            Some(left) => *budget = left,
            None => {
                *budget = 0;
                return Err(ErrorKind::FileTooLarge.into());
            }
        }
        Ok(count)
    }
}

impl Seek for Budgeted {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        self.position = match to {
            SeekFrom::Current(by) => self.position.checked_add_signed(by).ok_or(ErrorKind::InvalidInput)?,
            SeekFrom::Start(at) => at,
            SeekFrom::End(_) => file.seek(to)?,
        };
        Ok(self.position)
    }
}

/// Stops what a zip unpacks to from being longer than allowed, and asks now and then whether to go on.
struct Bounded<'s, 'a, R> {
    source: R,
    of: &'s Source<'a>,
    since_asked: u64,
}

impl<R: Read> Read for Bounded<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.since_asked >= BETWEEN_QUESTIONS {
            self.since_asked = 0;
            if let Err(error) = self.of.pace.tell() {
                self.of.failure.replace(Some(error));
                return Err(ErrorKind::Other.into());
            }
        }
        let count = match self.source.read(buffer) {
            Ok(count) => count as u64,
            Err(error) => {
                if error.kind() != ErrorKind::Interrupted {
                    let problem = format!("cannot be read ({})", error.kind());
                    self.of.failure.replace(Some(Error::import(0, "file", &problem)));
                }
                return Err(error);
            }
        };
        self.since_asked += count;
        take_from(&self.of.unpacked, count, &self.of.failure, || {
            format!("unpacks to more than {MOST_RATIO} times its size")
        })?;
        Ok(count as usize)
    }
}

/// Stops text from being longer than allowed.
struct Counted<'s, R> {
    source: R,
    left: &'s Cell<u64>,
    failure: &'s RefCell<Option<Error>>,
}

impl<R: Read> Read for Counted<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let count = self.source.read(buffer)?;
        take_from(self.left, count as u64, self.failure, || {
            format!("is longer than {} MiB", MOST_TEXT >> 20)
        })?;
        Ok(count)
    }
}

fn take_from(
    left: &Cell<u64>,
    count: u64,
    failure: &RefCell<Option<Error>>,
    problem: impl Fn() -> String,
) -> std::io::Result<()> {
    match left.get().checked_sub(count) {
        Some(rest) => {
            left.set(rest);
            Ok(())
        }
        None => {
            left.set(0);
            failure.replace(Some(Error::import(0, "file", &problem())));
            Err(ErrorKind::FileTooLarge.into())
        }
    }
}
