//! A zip that is written into a file, and does not talk when it fails.

use std::cell::Cell;
use std::fs::File;
use std::io::{BufWriter, ErrorKind, Seek, SeekFrom, Write};
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
        let mut zip = ZipWriter::new(Quiet::around(file, Rc::clone(&is_over)));
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
/// reads it then, so after the first failure it is let believe that it can: it goes on counting from where
/// it was, on a file that is not written any more.
pub(super) struct Quiet<W> {
    inner: W,
    is_over: Rc<Cell<bool>>,
    position: u64,
    end: u64,
}

impl<W> Quiet<W> {
    fn around(inner: W, is_over: Rc<Cell<bool>>) -> Self {
        Self { inner, is_over, position: 0, end: 0 }
    }

    fn noting<T>(&mut self, done: std::io::Result<T>) -> std::io::Result<T> {
        if done.as_ref().is_err_and(|error| error.kind() != ErrorKind::Interrupted) {
            self.is_over.set(true);
        }
        done
    }

    fn further(&mut self, bytes: usize) -> usize {
        self.position += bytes as u64;
        self.end = self.end.max(self.position);
        bytes
    }
}

impl<W: Write> Write for Quiet<W> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if self.is_over.get() {
            return Ok(self.further(bytes.len()));
        }
        let done = self.inner.write(bytes);
        let written = self.noting(done)?;
        Ok(self.further(written))
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
        if !self.is_over.get() {
            let done = self.inner.seek(to);
            self.position = self.noting(done)?;
            return Ok(self.position);
        }
        let position = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::Current(by) => self.position.checked_add_signed(by),
            SeekFrom::End(by) => self.end.checked_add_signed(by),
        };
        self.position = position.ok_or(ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}
