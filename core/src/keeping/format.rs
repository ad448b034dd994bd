//! What lies in a backup: a tar archive of five files, in this order, with their checksums last.
//!
//! Only plain files of these names are written and read, by bounded code; everything else is damage.
//! `SHA256SUMS` is as `sha256sum` writes it, so that a backup opened by hand can be checked by hand.

use std::fmt::Write as _;
use std::io::{Read, Write};

use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use super::{BackupProblem, BackupReport, Steps, unwrapped};
use crate::clock::Instant;
use crate::error::FileKind;
use crate::home::folder::{name_of_file, newest_schema};
use crate::id::PersonId;
use crate::relationship::Role;
use crate::store::Key;
use crate::{Error, Result};

/// The version of the format that this build writes, and the newest it reads.
pub(super) const VERSION: u32 = 1;

const MANIFEST: &str = "manifest.json";
const KEYS: &str = "keys.json";
const SUMS: &str = "SHA256SUMS";

/// The longest of the small files, in bytes.
const SMALL: u64 = 64 * 1024;

/// A tar archive is made of blocks.
const BLOCK: usize = 512;

/// How much is copied at once.
const PIECE: usize = 256 * 1024;

/// What a backup says of itself.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Manifest {
    /// Always `common-ground backup`.
    pub(super) format: String,
    pub(super) version: u32,
    pub(super) app_version: String,
    pub(super) made_at: Instant,
    pub(super) person: PersonId,
    pub(super) role: Role,
    pub(super) display_name: String,
    pub(super) fingerprint: String,
    pub(super) files: Vec<Part>,
}

/// One of the two encrypted files.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Part {
    pub(super) name: String,
    pub(super) bytes: u64,
    /// The number of the last migration of its schema.
    pub(super) schema: u32,
}

impl Manifest {
    pub(super) const FORMAT: &'static str = "common-ground backup";

    /// What is told of a backup that was read to its end.
    pub(super) fn report(&self, opens_with: super::BackupOpensWith, bytes: u64) -> BackupReport {
        BackupReport {
            made_at: self.made_at,
            app_version: self.app_version.clone(),
            role: self.role,
            display_name: self.display_name.clone(),
            fingerprint: self.fingerprint.clone(),
            opens_with,
            bytes,
        }
    }
}

/// The two keys, as they lie in a backup.
#[derive(Serialize, Deserialize, zeroize::Zeroize, zeroize::ZeroizeOnDrop)]
struct Keys {
    private: String,
    shared: String,
}

/// Writes a backup, file after file.
pub(super) struct Archive<W> {
    out: W,
    made_at: Instant,
    sums: String,
}

impl<W: Write> Archive<W> {
    /// Begins with the manifest and the keys.
    pub(super) fn begin(out: W, manifest: &Manifest, private: &Key, shared: &Key) -> Result<Self> {
        let mut archive = Self { out, made_at: manifest.made_at, sums: String::new() };
        let json = serde_json::to_vec_pretty(manifest).map_err(|_| Error::internal("a manifest"))?;
        archive.small(MANIFEST, &json)?;
        let keys =
            Keys { private: HEXLOWER.encode(private.bytes()), shared: HEXLOWER.encode(shared.bytes()) };
        let json = Zeroizing::new(serde_json::to_vec_pretty(&keys).map_err(|_| Error::internal("keys"))?);
        archive.small(KEYS, &json)?;
        Ok(archive)
    }

    fn small(&mut self, name: &str, content: &[u8]) -> Result<()> {
        self.file(name, content.len() as u64, &mut &*content, &mut Steps::new(None, u64::MAX))
    }

    /// Adds a file of this length.
    pub(super) fn file(
        &mut self,
        name: &str,
        length: u64,
        content: &mut dyn Read,
        steps: &mut Steps<'_>,
    ) -> Result<()> {
        self.header(name, length)?;
        let mut digest = Sha256::new();
        let mut piece = Zeroizing::new(vec![0; PIECE]);
        let mut left = length;
        while left > 0 {
            let wanted = piece.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let piece = piece.get_mut(..wanted).unwrap_or_default();
            content.read_exact(piece).map_err(unwrapped)?;
            digest.update(&*piece);
            self.out.write_all(piece)?;
            left -= wanted as u64;
            steps.further(wanted as u64)?;
        }
        self.out.write_all(&[0; BLOCK][..padding(length)])?;
        writeln!(self.sums, "{}  {name}", HEXLOWER.encode(&digest.finalize()))
            .map_err(|_| Error::internal("checksums"))
    }

    fn header(&mut self, name: &str, length: u64) -> Result<()> {
        let mut header = tar::Header::new_ustar();
        header.set_path(name)?;
        header.set_size(length);
        header.set_mode(0o600);
        header.set_mtime(u64::try_from(self.made_at.timestamp()).unwrap_or(0));
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        Ok(self.out.write_all(header.as_bytes())?)
    }

    /// Ends with the checksums.
    pub(super) fn finish(mut self) -> Result<W> {
        let sums = std::mem::take(&mut self.sums);
        self.small(SUMS, sums.as_bytes())?;
        self.out.write_all(&[0; 2 * BLOCK])?;
        Ok(self.out)
    }
}

/// What takes the two files of a backup while it is read.
pub(super) trait Taker {
    /// A piece of a file.
    fn take(&mut self, kind: FileKind, piece: &[u8]) -> Result<()>;
}

/// Looks only.
pub(super) struct Looker;

impl Taker for Looker {
    fn take(&mut self, _: FileKind, _: &[u8]) -> Result<()> {
        Ok(())
    }
}

/// A backup that was read to its end and is whole.
pub(super) struct Whole {
    pub(super) manifest: Manifest,
    pub(super) private: Key,
    pub(super) shared: Key,
}

/// Reads a backup to its end and checks every checksum. What `taker` took counts only if this returns `Ok`.
///
/// # Errors
/// [`BackupProblem::Damaged`], [`BackupProblem::Newer`], and what `taker` says.
pub(super) fn read(input: &mut dyn Read, taker: &mut dyn Taker, steps: &mut Steps<'_>) -> Result<Whole> {
    let mut reading = Reading { input, sums: String::new() };
    let manifest = reading.manifest()?;
    let keys = reading.small(KEYS)?;
    let keys: Keys = serde_json::from_slice(&keys).map_err(|_| damaged())?;
    let key = |text: &str| {
        let bytes = Zeroizing::new(HEXLOWER.decode(text.as_bytes()).map_err(|_| damaged())?);
        Key::from_vault(bytes.to_vec()).map_err(|_| damaged())
    };
    let (private, shared) = (key(&keys.private)?, key(&keys.shared)?);
    let kinds = [FileKind::Private, FileKind::Shared];
    if manifest.files.len() != kinds.len() {
        return Err(damaged());
    }
    for (kind, part) in kinds.into_iter().zip(&manifest.files) {
        if part.name != name_of_file(kind) || reading.header(&part.name)? != part.bytes {
            return Err(damaged());
        }
        reading.content(&part.name, part.bytes, &mut |piece| {
            taker.take(kind, piece)?;
            steps.further(piece.len() as u64)
        })?;
    }
    let sums = std::mem::take(&mut reading.sums);
    if *reading.small(SUMS)? != *sums.as_bytes() {
        return Err(damaged());
    }
    reading.end()?;
    Ok(Whole { manifest, private, shared })
}

struct Reading<'a> {
    input: &'a mut dyn Read,
    /// The checksums of what was read so far.
    sums: String,
}

impl Reading<'_> {
    fn manifest(&mut self) -> Result<Manifest> {
        #[derive(Deserialize)]
        struct Versioned {
            format: String,
            version: u32,
        }
        let json = self.small(MANIFEST)?;
        // The version first: a newer manifest may have fields of another kind.
        let Versioned { format, version } = serde_json::from_slice(&json).map_err(|_| damaged())?;
        if format != Manifest::FORMAT {
            return Err(damaged());
        }
        if version > VERSION {
            return Err(BackupProblem::Newer.into());
        }
        let manifest: Manifest = serde_json::from_slice(&json).map_err(|_| damaged())?;
        for (kind, part) in [FileKind::Private, FileKind::Shared].into_iter().zip(&manifest.files) {
            if part.schema > newest_schema(kind) {
                return Err(BackupProblem::Newer.into());
            }
        }
        Ok(manifest)
    }

    fn small(&mut self, name: &str) -> Result<Zeroizing<Vec<u8>>> {
        let length = self.header(name)?;
        if length > SMALL {
            return Err(damaged());
        }
        // Reserved whole, so that growing leaves no copy of a key.
        let mut content = Zeroizing::new(Vec::with_capacity(usize::try_from(length).unwrap_or(0)));
        self.content(name, length, &mut |piece| {
            content.extend_from_slice(piece);
            Ok(())
        })?;
        Ok(content)
    }

    /// The header of a plain file of this name; its length.
    fn header(&mut self, name: &str) -> Result<u64> {
        let mut block = [0; BLOCK];
        self.input.read_exact(&mut block).map_err(unwrapped)?;
        let header = tar::Header::from_byte_slice(&block);
        let mut same = header.clone();
        same.set_cksum();
        let is_plain = header.entry_type() == tar::EntryType::Regular
            && header.path_bytes().as_ref() == name.as_bytes()
            && same.as_bytes() == header.as_bytes();
        if is_plain { header.entry_size().map_err(|_| damaged()) } else { Err(damaged()) }
    }

    fn content(&mut self, name: &str, length: u64, take: &mut dyn FnMut(&[u8]) -> Result<()>) -> Result<()> {
        let mut digest = Sha256::new();
        let mut piece = Zeroizing::new(vec![0; PIECE.min(usize::try_from(length).unwrap_or(PIECE))]);
        let mut left = length;
        while left > 0 {
            let wanted = piece.len().min(usize::try_from(left).unwrap_or(usize::MAX));
            let piece = piece.get_mut(..wanted).unwrap_or_default();
            self.input.read_exact(piece).map_err(unwrapped)?;
            digest.update(&*piece);
            take(piece)?;
            left -= wanted as u64;
        }
        let mut filling = [0; BLOCK];
        let filling = &mut filling[..padding(length)];
        self.input.read_exact(filling).map_err(unwrapped)?;
        if filling.iter().any(|byte| *byte != 0) {
            return Err(damaged());
        }
        writeln!(self.sums, "{}  {name}", HEXLOWER.encode(&digest.finalize()))
            .map_err(|_| Error::internal("checksums"))
    }

    /// Two empty blocks, and nothing after them: also what authenticates the end has been read then.
    fn end(&mut self) -> Result<()> {
        let mut rest = [1; 2 * BLOCK];
        self.input.read_exact(&mut rest).map_err(unwrapped)?;
        let more = self.input.read(&mut [0; 1]).map_err(unwrapped)?;
        if more == 0 && rest.iter().all(|byte| *byte == 0) { Ok(()) } else { Err(damaged()) }
    }
}

fn damaged() -> Error {
    BackupProblem::Damaged.into()
}

/// What is missing to a whole block.
fn padding(length: u64) -> usize {
    let over = usize::try_from(length % BLOCK as u64).unwrap_or(0);
    if over == 0 { 0 } else { BLOCK - over }
}
