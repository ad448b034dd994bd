//! A zip that is written into a file, and does not talk when it fails.

use std::cell::Cell;
use std::fs::File;
use std::io::{BufWriter, Seek, SeekFrom, Write};
use std::rc::Rc;

use zip::ZipWriter;
use zip::result::ZipError;

use super::destination::Destination;
use crate::{Error, Result};

/// A zip under way.
pub(super) type Zip<'a> = ZipWriter<Quiet<&'a mut BufWriter<File>>>;

/// Writes a zip to its destination. Whatever fails in `work` leaves nothing.
pub(super) fn write(destination: &Destination, work: impl FnOnce(&mut Zip<'_>) -> Result<()>) -> Result<()> {
    destination.file(|file| {
        let is_over = Rc::new(Cell::new(false));
        let mut zip = ZipWriter::new(Quiet { inner: file, is_over: Rc::clone(&is_over) });
        if let Err(error) = work(&mut zip) {
            is_over.set(true);
            return Err(error);
        }
        zip.finish().map_err(failed)?;
        Ok(())
    })
}

/// What a failing zip means.
pub(super) fn failed(error: ZipError) -> Error {
    match error {
        ZipError::Io(error) => error.into(),
        _ => Error::internal("export, zip"),
    }
}

/// A zip that is dropped half-way tries to finish itself, and says on the terminal when it cannot. Nobody
/// reads it then, so after the first failure it is let believe that it can.
pub(super) struct Quiet<W> {
    inner: W,
    is_over: Rc<Cell<bool>>,
}

impl<W> Quiet<W> {
    fn noting<T>(&mut self, done: std::io::Result<T>) -> std::io::Result<T> {
        if done.as_ref().is_err_and(|error| error.kind() != std::io::ErrorKind::Interrupted) {
            self.is_over.set(true);
        }
        done
    }
}

impl<W: Write> Write for Quiet<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.is_over.get() {
            return Ok(bytes.len());
        }
        let done = self.inner.write(bytes);
        self.noting(done)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        if self.is_over.get() {
            return Ok(());
        }
        let done = self.inner.flush();
        self.noting(done)
    }
}

impl<W: Seek> Seek for Quiet<W> {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        let done = self.inner.seek(to);
        if self.is_over.get() { Ok(done.unwrap_or(0)) } else { self.noting(done) }
    }
}
