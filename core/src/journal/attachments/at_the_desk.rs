//! What apps call: in from a file or from a source of their own, out to a file or to a sink, and stretches
//! for a screen.

use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::path::Path;
use std::sync::Arc;

use super::{Held, LARGEST, read_out, reading, size_of, sweep, take_in};
use crate::beside::Beside;
use crate::error::{Problem, Thing};
use crate::id::AttachmentId;
use crate::journal::{Attached, Journal, details};
use crate::log::{self, LongCall};
use crate::progress::{self, Progress};
use crate::{Error, Result};

/// How many bytes a source is asked for at once.
const AT_ONCE: usize = 64 << 10;

/// Where an app reads something from that has no path, such as a content URI on Android.
#[uniffi::export(foreign)]
pub trait AttachmentSource: Send + Sync {
    /// The next bytes, at most `at_most` of them; none at the end.
    ///
    /// # Errors
    /// Whatever it says ends the taking in, and nothing of it stays.
    fn read(&self, at_most: u32) -> Result<Vec<u8>>;
}

/// Where an app writes something to that has no path.
#[uniffi::export(foreign)]
pub trait AttachmentSink: Send + Sync {
    /// Takes the next bytes, all of them.
    ///
    /// # Errors
    /// Whatever it says ends the handing out.
    fn write(&self, bytes: Vec<u8>) -> Result<()>;
}

#[uniffi::export]
impl Journal {
    /// Takes in a file of at most 100 MiB, which stays where it is. What is returned goes into
    /// [`crate::journal::NewEntry::attachments`]; until it is in an entry or a draft it stays here for as
    /// long as the app runs, and is gone after the next opening. The name is that of the file unless another
    /// is given; what kind of file it is follows from the name unless that is given too. Blocks for long where it is large,
    /// tells how far it is, and can be cancelled.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::File`], [`Error::Invalid`] for what is too large or is no file,
    /// [`Error::DiskFull`], [`Error::Cancelled`], [`Error::Locked`]. Nothing stays of what failed.
    #[uniffi::method(default(name = None, media_type = None, progress = None))]
    pub fn take_in_file(
        &self,
        file: String,
        name: Option<String>,
        media_type: Option<String>,
        progress: Option<Arc<dyn Progress>>,
    ) -> Result<Attached> {
        let path = Path::new(&file);
        let described = match fs::metadata(path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(Error::not_found(Thing::File));
            }
            other => other?,
        };
        if !described.is_file() {
            return Err(Error::malformed("file", "an ordinary file"));
        }
        if described.len() > LARGEST {
            let problem = Problem::TooLong { limit: LARGEST, unit: "bytes".to_owned() };
            return Err(Error::invalid("attachment", problem));
        }
        let own_name = || path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let attached = named(name.unwrap_or_else(own_name), media_type)?;
        let mut source = Watched::new(File::open(path)?, Some(described.len()), progress.as_deref());
        self.take_in_hand(attached, &mut source)
    }

    /// Takes in all that a source gives, as [`Journal::take_in_file`] does. `total` is for the progress only.
    ///
    /// # Errors
    /// As there, and what the source says.
    #[uniffi::method(default(media_type = None, total = None, progress = None))]
    pub fn take_in(
        &self,
        source: Arc<dyn AttachmentSource>,
        name: String,
        media_type: Option<String>,
        total: Option<u64>,
        progress: Option<Arc<dyn Progress>>,
    ) -> Result<Attached> {
        let attached = named(name, media_type)?;
        let source = Foreign { source: &*source, given: Vec::new(), taken: 0 };
        self.take_in_hand(attached, &mut Watched::new(source, total, progress.as_deref()))
    }

    /// Lets go what was taken in and is not wanted after all. What an entry or a draft has stays.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn let_go(&self, attachments: Vec<AttachmentId>) -> Result<()> {
        self.lay_down(&attachments);
        sweep(&self.private)
    }

    /// How many bytes a content has.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Locked`].
    pub fn attachment_size(&self, attachment: AttachmentId) -> Result<u64> {
        size_of(&self.private, &attachment)
    }

    /// A stretch of a content, to show a photo or to play a recording without a file: at most `length`
    /// bytes (1 MiB), fewer at its end, none behind it.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Invalid`], [`Error::Locked`].
    pub fn attachment_piece(&self, attachment: AttachmentId, offset: u64, length: u32) -> Result<Vec<u8>> {
        reading::stretch(&self.private, &attachment, offset, length)
    }

    /// Writes a content to a file, which **anyone can read** who has the disk: tell the person before. It
    /// appears under its name only when it is whole and safe on the disk. Returns how many bytes it has. Blocks for long where
    /// it is large, tells how far it is, and can be cancelled.
    ///
    /// # Errors
    /// [`Error::FileExists`] unless `replace`; [`Error::NotFound`], [`Error::File`], [`Error::DiskFull`],
    /// [`Error::Cancelled`], [`Error::Locked`]. What was there before is untouched then.
    #[uniffi::method(default(replace = false, progress = None))]
    pub fn save_attachment(
        &self,
        attachment: AttachmentId,
        to: String,
        replace: bool,
        progress: Option<Arc<dyn Progress>>,
    ) -> Result<u64> {
        let beside = Beside::begin_saving(Path::new(&to), replace)?;
        let total = size_of(&self.private, &attachment)?;
        log::timed(LongCall::ReadAttachment, || {
            let mut sink = Watched::new(beside.file(), Some(total), progress.as_deref());
            read_out(&self.private, &attachment, &mut sink)?;
            beside.give_name()
        })?;
        Ok(total)
    }

    /// Writes a content to a sink of the app's own, where **anyone can read** it who can read what lies
    /// there: tell the person before. Returns how many bytes it has.
    ///
    /// # Errors
    /// What the sink says; [`Error::NotFound`], [`Error::Cancelled`], [`Error::Locked`]. What the sink got
    /// until then is not the whole.
    #[uniffi::method(default(progress = None))]
    pub fn hand_out_attachment(
        &self,
        attachment: AttachmentId,
        sink: Arc<dyn AttachmentSink>,
        progress: Option<Arc<dyn Progress>>,
    ) -> Result<u64> {
        let total = size_of(&self.private, &attachment)?;
        let mut sink = Watched::new(ForeignSink(&*sink), Some(total), progress.as_deref());
        log::timed(LongCall::ReadAttachment, || read_out(&self.private, &attachment, &mut sink))
    }
}

impl Journal {
    fn take_in_hand(&self, mut attached: Attached, source: &mut dyn Read) -> Result<Attached> {
        let held: Held = log::timed(LongCall::Attach, || take_in(&self.private, &self.world, source))?;
        self.private.holds().take_in_hand(*held.id.as_bytes());
        attached.attachment = held.id;
        Ok(attached)
    }

    /// Notes that contents are in an entry or a draft now, or not wanted: what refers to them keeps them.
    pub(in crate::journal) fn lay_down<'a>(&self, attachments: impl IntoIterator<Item = &'a AttachmentId>) {
        for attachment in attachments {
            self.private.holds().lay_down(attachment.as_bytes());
        }
    }
}

/// Checks name and kind before anything is read; the content is not known yet.
fn named(name: String, media_type: Option<String>) -> Result<Attached> {
    let mut attached = Attached {
        attachment: AttachmentId::from_bytes([0; 32]),
        name,
        media_type: media_type.unwrap_or_default(),
    };
    details::check_attached(&mut attached)?;
    Ok(attached)
}

/// A reader or writer of whose way somebody hears.
struct Watched<'a, T> {
    inner: T,
    done: u64,
    total: Option<u64>,
    progress: Option<&'a dyn Progress>,
}

impl<'a, T> Watched<'a, T> {
    fn new(inner: T, total: Option<u64>, progress: Option<&'a dyn Progress>) -> Self {
        Self { inner, done: 0, total, progress }
    }

    fn went(&mut self, bytes: usize) -> io::Result<()> {
        self.done += bytes as u64;
        Ok(progress::tell(self.progress, self.done, self.total)?)
    }
}

impl<T: Read> Read for Watched<'_, T> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.went(read)?;
        Ok(read)
    }
}

impl<T: Write> Write for Watched<'_, T> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let written = self.inner.write(bytes)?;
        self.went(written)?;
        Ok(written)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.inner.flush()
    }
}

/// A source of the app's as a reader.
struct Foreign<'a> {
    source: &'a dyn AttachmentSource,
    given: Vec<u8>,
    taken: usize,
}

impl Read for Foreign<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.given.len() && !buffer.is_empty() {
            self.given = self.source.read(AT_ONCE as u32)?;
            self.taken = 0;
            if self.given.len() > AT_ONCE {
                return Err(Error::malformed("source", "as many bytes as were asked for").into());
            }
        }
        let mut rest = self.given.get(self.taken..).unwrap_or_default();
        let read = rest.read(buffer)?;
        self.taken += read;
        Ok(read)
    }
}

/// A sink of the app's as a writer.
struct ForeignSink<'a>(&'a dyn AttachmentSink);

impl Write for ForeignSink<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let bytes = bytes.get(..AT_ONCE).unwrap_or(bytes);
        self.0.write(bytes.to_vec())?;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
