//! The key file of the terminal companion: the two keys of a home, as random bytes in a file that only
//! its owner can read, or wrapped by a passphrase (Argon2id, XChaCha20-Poly1305).
//!
//! The format is in `docs/data-format.md`. A key is never replaced by another: it would make a file
//! unreadable for ever.

use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};

use argon2::{Algorithm, Argon2, Params, Version};
use chacha20poly1305::aead::{Aead, Payload};
use chacha20poly1305::{KeyInit, XChaCha20Poly1305, XNonce};
use common_ground::Error;
use common_ground::home::{KeyName, KeyVault};
use data_encoding::HEXLOWER;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

use crate::folders::make_private;

/// The version of the format that this build writes, and the newest it reads.
const VERSION: u32 = 1;
/// OWASP asks for at least 19 MiB and two passes; a diary is opened once a day, so this can cost more.
const MEMORY_KIB: u32 = 64 * 1024;
const PASSES: u32 = 3;
const LANES: u32 = 1;
/// What is accepted from a file, so that a changed one cannot eat all memory.
const MOST_MEMORY_KIB: u32 = 1024 * 1024;
const MOST_PASSES: u32 = 64;
const MOST_LANES: u32 = 16;

const SALT: usize = 16;
const NONCE: usize = 24;
const KEY: usize = 32;

/// Why a key file could not be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum KeyFailure {
    /// There is none.
    Missing,
    /// The keys are wrapped and the passphrase is another one.
    WrongPassphrase,
    /// It is not a key file, or it was cut.
    Damaged,
    /// A newer version wrote it.
    Newer,
    /// A key of this name is there already.
    KeyExists,
    /// The file system refused.
    File(std::io::ErrorKind),
    /// The cipher or the system's randomness failed.
    Crypto,
}

impl fmt::Display for KeyFailure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => f.write_str("there is no key file"),
            Self::WrongPassphrase => f.write_str("wrong passphrase"),
            Self::Damaged => f.write_str("the key file is damaged"),
            Self::Newer => f.write_str("the key file is of a newer version"),
            Self::KeyExists => f.write_str("there is a key of this name already"),
            Self::File(kind) => write!(f, "key file: {kind}"),
            Self::Crypto => f.write_str("the cipher failed"),
        }
    }
}

impl From<std::io::Error> for KeyFailure {
    fn from(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound => Self::Missing,
            kind => Self::File(kind),
        }
    }
}

impl From<KeyFailure> for Error {
    fn from(failure: KeyFailure) -> Self {
        Self::Vault { reason: failure.to_string() }
    }
}

/// The file as it is written.
#[derive(Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(deny_unknown_fields)]
struct Written {
    version: u32,
    /// How the passphrase wraps the keys; `null` where they lie open.
    #[zeroize(skip)]
    passphrase: Option<Wrapping>,
    /// Hexadecimal: the key, or nonce and sealed key.
    private: Option<String>,
    shared: Option<String>,
}

/// How a passphrase becomes the key that wraps.
#[derive(Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wrapping {
    kdf: String,
    memory_kib: u32,
    passes: u32,
    lanes: u32,
    salt: String,
}

/// The key that wraps the others, made from a passphrase.
struct WrappingKey {
    how: Wrapping,
    key: Zeroizing<[u8; KEY]>,
}

/// The key file of a home, as the core's vault.
pub(crate) struct KeyFile {
    path: PathBuf,
    wrapping: Option<WrappingKey>,
    /// One change of the file at a time.
    writing: Mutex<()>,
}

impl KeyFile {
    /// A key file about to be made; nothing is written yet.
    pub(crate) fn new(path: &Path, passphrase: Option<&str>) -> Result<Self, KeyFailure> {
        let wrapping = passphrase.map(WrappingKey::fresh).transpose()?;
        Ok(Self { path: path.to_owned(), wrapping, writing: Mutex::new(()) })
    }

    /// Opens a key file. Where its keys are wrapped, `ask` is called for the passphrase, and what it
    /// answers is proven right before this returns.
    pub(crate) fn open<E: From<KeyFailure>>(
        path: &Path,
        ask: impl FnOnce() -> Result<Zeroizing<String>, E>,
    ) -> Result<Self, E> {
        let written = read(path)?;
        let mut file = Self { path: path.to_owned(), wrapping: None, writing: Mutex::new(()) };
        if let Some(how) = &written.passphrase {
            let passphrase = ask()?;
            file.wrapping = Some(WrappingKey::derive(&passphrase, how.clone())?);
            for name in [KeyName::Private, KeyName::Shared] {
                file.unwrap(&written, name)?;
            }
        }
        Ok(file)
    }

    /// Wraps the keys with another passphrase, or with none.
    pub(crate) fn rewrap(&self, passphrase: Option<&str>) -> Result<Self, KeyFailure> {
        let _writing = self.hold();
        let old = read(&self.path)?;
        let new = Self::new(&self.path, passphrase)?;
        let mut written = new.empty();
        for name in [KeyName::Private, KeyName::Shared] {
            if let Some(key) = self.unwrap(&old, name)? {
                *slot(&mut written, name) = Some(new.wrap(name, &key)?);
            }
        }
        write(&self.path, &written)?;
        Ok(new)
    }

    /// The key of this name.
    pub(crate) fn key(&self, name: KeyName) -> Result<Option<Zeroizing<Vec<u8>>>, KeyFailure> {
        self.unwrap(&read(&self.path)?, name)
    }

    fn empty(&self) -> Written {
        let passphrase = self.wrapping.as_ref().map(|wrapping| wrapping.how.clone());
        Written { version: VERSION, passphrase, private: None, shared: None }
    }

    fn hold(&self) -> MutexGuard<'_, ()> {
        self.writing.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wrap(&self, name: KeyName, key: &[u8]) -> Result<String, KeyFailure> {
        let Some(wrapping) = &self.wrapping else { return Ok(HEXLOWER.encode(key)) };
        let nonce: [u8; NONCE] = random()?;
        let payload = Payload { msg: key, aad: label(name) };
        let sealed =
            wrapping.cipher().encrypt(&XNonce::from(nonce), payload).map_err(|_| KeyFailure::Crypto)?;
        Ok(HEXLOWER.encode(&[&nonce[..], &sealed[..]].concat()))
    }

    fn unwrap(&self, written: &Written, name: KeyName) -> Result<Option<Zeroizing<Vec<u8>>>, KeyFailure> {
        let text = match name {
            KeyName::Private => &written.private,
            KeyName::Shared => &written.shared,
        };
        let Some(text) = text else { return Ok(None) };
        let bytes = Zeroizing::new(HEXLOWER.decode(text.as_bytes()).map_err(|_| KeyFailure::Damaged)?);
        let key = match &self.wrapping {
            None => bytes,
            Some(wrapping) => {
                let (nonce, sealed) = bytes.split_at_checked(NONCE).ok_or(KeyFailure::Damaged)?;
                let nonce: [u8; NONCE] = nonce.try_into().map_err(|_| KeyFailure::Damaged)?;
                let payload = Payload { msg: sealed, aad: label(name) };
                let key = wrapping.cipher().decrypt(&XNonce::from(nonce), payload);
                Zeroizing::new(key.map_err(|_| KeyFailure::WrongPassphrase)?)
            }
        };
        if key.len() == KEY { Ok(Some(key)) } else { Err(KeyFailure::Damaged) }
    }
}

impl KeyVault for KeyFile {
    fn load(&self, name: KeyName) -> common_ground::Result<Option<Vec<u8>>> {
        match self.key(name) {
            Ok(key) => Ok(key.map(|key| key.to_vec())),
            Err(KeyFailure::Missing) => Ok(None),
            Err(failure) => Err(failure.into()),
        }
    }

    fn keep(&self, name: KeyName, key: Vec<u8>) -> common_ground::Result<()> {
        let key = Zeroizing::new(key);
        let _writing = self.hold();
        let mut written = match read(&self.path) {
            Ok(written) => written,
            Err(KeyFailure::Missing) => self.empty(),
            Err(failure) => return Err(failure.into()),
        };
        if let Some(kept) = self.unwrap(&written, name)? {
            return if *kept == *key { Ok(()) } else { Err(KeyFailure::KeyExists.into()) };
        }
        *slot(&mut written, name) = Some(self.wrap(name, &key)?);
        Ok(write(&self.path, &written)?)
    }

    fn forget(&self, name: KeyName) -> common_ground::Result<()> {
        let _writing = self.hold();
        // No passphrase is needed for it: also whoever forgot theirs can erase everything.
        let mut former = match std::fs::OpenOptions::new().write(true).open(&self.path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            opened => opened.map_err(KeyFailure::from)?,
        };
        match read(&self.path) {
            Ok(mut written) => {
                *slot(&mut written, name) = None;
                if written.private.is_some() || written.shared.is_some() {
                    write(&self.path, &written)?;
                } else {
                    std::fs::remove_file(&self.path).map_err(KeyFailure::from)?;
                }
            }
            // What cannot be read opens nothing, and may hold a key all the same.
            Err(_) => std::fs::remove_file(&self.path).map_err(KeyFailure::from)?,
        }
        Ok(scribble_over(&mut former)?)
    }
}

/// Overwrites a file where it lies. Flash memory may keep the old blocks all the same.
fn scribble_over(file: &mut std::fs::File) -> Result<(), KeyFailure> {
    let length = file.metadata()?.len().min(64 * 1024);
    for _ in 0..length.div_ceil(64) {
        file.write_all(&random::<64>()?)?;
    }
    Ok(file.sync_all()?)
}

impl WrappingKey {
    fn fresh(passphrase: &str) -> Result<Self, KeyFailure> {
        let salt: [u8; SALT] = random()?;
        let how = Wrapping {
            kdf: "argon2id".to_owned(),
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            lanes: LANES,
            salt: HEXLOWER.encode(&salt),
        };
        Self::derive(passphrase, how)
    }

    fn derive(passphrase: &str, how: Wrapping) -> Result<Self, KeyFailure> {
        let within =
            how.memory_kib <= MOST_MEMORY_KIB && how.passes <= MOST_PASSES && how.lanes <= MOST_LANES;
        if how.kdf != "argon2id" || !within {
            return Err(KeyFailure::Damaged);
        }
        let salt = HEXLOWER.decode(how.salt.as_bytes()).map_err(|_| KeyFailure::Damaged)?;
        let params =
            Params::new(how.memory_kib, how.passes, how.lanes, Some(KEY)).map_err(|_| KeyFailure::Damaged)?;
        let mut key = Zeroizing::new([0; KEY]);
        Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
            .hash_password_into(passphrase.as_bytes(), &salt, key.as_mut())
            .map_err(|_| KeyFailure::Damaged)?;
        Ok(Self { how, key })
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        XChaCha20Poly1305::new(&(*self.key).into())
    }
}

/// Who can read the key file, for `status`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub(crate) struct Readers {
    /// Whether a passphrase wraps the keys.
    pub(crate) passphrase: bool,
    /// Whether others than the owner may read it by its mode; nothing where the system has no modes.
    pub(crate) readable_by_others: Option<bool>,
}

/// Finds out who can read the key file.
pub(crate) fn readers(path: &Path) -> Result<Readers, KeyFailure> {
    let written = read(path)?;
    Ok(Readers { passphrase: written.passphrase.is_some(), readable_by_others: open_to_others(path)? })
}

#[cfg(unix)]
fn open_to_others(path: &Path) -> Result<Option<bool>, KeyFailure> {
    use std::os::unix::fs::PermissionsExt;
    Ok(Some(std::fs::metadata(path)?.permissions().mode() & 0o077 != 0))
}

#[cfg(not(unix))]
fn open_to_others(_: &Path) -> Result<Option<bool>, KeyFailure> {
    Ok(None)
}

fn slot(written: &mut Written, name: KeyName) -> &mut Option<String> {
    match name {
        KeyName::Private => &mut written.private,
        KeyName::Shared => &mut written.shared,
    }
}

/// Binds a wrapped key to its name, so that the two cannot be exchanged in the file.
fn label(name: KeyName) -> &'static [u8] {
    match name {
        KeyName::Private => b"common-ground key file 1, private",
        KeyName::Shared => b"common-ground key file 1, shared",
    }
}

fn random<const N: usize>() -> Result<[u8; N], KeyFailure> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| KeyFailure::Crypto)?;
    Ok(bytes)
}

fn read(path: &Path) -> Result<Written, KeyFailure> {
    #[derive(Deserialize)]
    struct Versioned {
        version: u32,
    }
    let text = Zeroizing::new(std::fs::read(path)?);
    // The version first: a newer file may have fields that this build does not know.
    let Versioned { version } = serde_json::from_slice(&text).map_err(|_| KeyFailure::Damaged)?;
    if version > VERSION {
        return Err(KeyFailure::Newer);
    }
    serde_json::from_slice(&text).map_err(|_| KeyFailure::Damaged)
}

/// Replaces the file: written beside, made durable, renamed, and the rename made durable. Whatever
/// happens in between, the old file or the new one is there, whole.
fn write(path: &Path, written: &Written) -> Result<(), KeyFailure> {
    let folder = path.parent().unwrap_or(Path::new("."));
    make_private(folder)?;
    let text = Zeroizing::new(serde_json::to_vec_pretty(written).map_err(|_| KeyFailure::Crypto)?);
    // Made with mode 0600 from the start.
    let mut beside = tempfile::Builder::new().prefix(".keys-").tempfile_in(folder)?;
    beside.write_all(&text)?;
    beside.as_file().sync_all()?;
    beside.persist(path).map_err(|error| error.error)?;
    #[cfg(unix)]
    std::fs::File::open(folder)?.sync_all()?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn never() -> Result<Zeroizing<String>, KeyFailure> {
        panic!("no passphrase is needed here")
    }

    fn answer(text: &str) -> impl FnOnce() -> Result<Zeroizing<String>, KeyFailure> {
        let text = Zeroizing::new(text.to_owned());
        move || Ok(text)
    }

    fn filled(passphrase: Option<&str>) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("config/keys.json");
        let file = KeyFile::new(&path, passphrase).unwrap();
        file.keep(KeyName::Private, vec![1; KEY]).unwrap();
        file.keep(KeyName::Shared, vec![2; KEY]).unwrap();
        (folder, path)
    }

    #[test]
    fn keys_come_back_after_the_process_has_gone() {
        let (_folder, path) = filled(None);
        let file = KeyFile::open(&path, never).ok().unwrap();
        assert_eq!(file.load(KeyName::Private).unwrap(), Some(vec![1; KEY]));
        assert_eq!(file.load(KeyName::Shared).unwrap(), Some(vec![2; KEY]));
    }

    #[cfg(unix)]
    #[test]
    fn only_the_owner_can_read_the_file_and_enter_its_folder() {
        use std::os::unix::fs::PermissionsExt;
        let (_folder, path) = filled(None);
        let mode = |path: &Path| std::fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&path), 0o600);
        assert_eq!(mode(path.parent().unwrap()), 0o700);
        assert_eq!(readers(&path).unwrap().readable_by_others, Some(false));
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o644)).unwrap();
        assert_eq!(readers(&path).unwrap().readable_by_others, Some(true));
    }

    #[test]
    fn a_passphrase_wraps_the_keys_and_a_wrong_one_is_told() {
        let (_folder, path) = filled(Some("four quiet words here"));
        let text = std::fs::read_to_string(&path).unwrap();
        assert!(!text.contains(&"01".repeat(KEY)) && !text.contains(&"02".repeat(KEY)));
        assert!(readers(&path).unwrap().passphrase);

        let wrong = KeyFile::open(&path, answer("four other words here")).err();
        assert_eq!(wrong, Some(KeyFailure::WrongPassphrase));
        let file = KeyFile::open(&path, answer("four quiet words here")).ok().unwrap();
        assert_eq!(file.load(KeyName::Private).unwrap(), Some(vec![1; KEY]));

        // A new passphrase wraps the same keys anew.
        file.rewrap(Some("another")).unwrap();
        assert_eq!(
            KeyFile::open(&path, answer("four quiet words here")).err(),
            Some(KeyFailure::WrongPassphrase)
        );
        let file = KeyFile::open(&path, answer("another")).ok().unwrap();
        assert_eq!(file.load(KeyName::Shared).unwrap(), Some(vec![2; KEY]));
        file.rewrap(None).unwrap();
        let file = KeyFile::open(&path, never).ok().unwrap();
        assert_eq!(file.load(KeyName::Private).unwrap(), Some(vec![1; KEY]));
    }

    #[test]
    fn the_two_wrapped_keys_cannot_change_places() {
        let (_folder, path) = filled(Some("p"));
        let text = std::fs::read_to_string(&path).unwrap();
        let swapped = text.replace("\"private\"", "\"x\"").replace("\"shared\"", "\"private\"");
        std::fs::write(&path, swapped.replace("\"x\"", "\"shared\"")).unwrap();
        assert_eq!(KeyFile::open(&path, answer("p")).err(), Some(KeyFailure::WrongPassphrase));
    }

    #[test]
    fn a_key_is_never_replaced_by_another() {
        let (_folder, path) = filled(None);
        let file = KeyFile::open(&path, never).ok().unwrap();
        assert!(file.keep(KeyName::Private, vec![9; KEY]).is_err());
        assert!(file.keep(KeyName::Private, vec![1; KEY]).is_ok());
        assert_eq!(file.load(KeyName::Private).unwrap(), Some(vec![1; KEY]));
    }

    #[test]
    fn a_key_that_is_forgotten_is_overwritten_and_gone_also_without_the_passphrase() {
        use std::io::{Read as _, Seek as _};
        let (_folder, path) = filled(Some("p"));
        // A handle that outlives the name: what a look at the disk would find.
        let mut disk = std::fs::File::open(&path).unwrap();
        let mut before = String::new();
        disk.read_to_string(&mut before).unwrap();
        let vault = KeyFile::new(&path, None).unwrap();
        vault.forget(KeyName::Private).unwrap();
        let file = KeyFile::open(&path, answer("p")).ok().unwrap();
        assert_eq!(file.load(KeyName::Private).unwrap(), None);
        assert_eq!(file.load(KeyName::Shared).unwrap(), Some(vec![2; KEY]));
        let mut after = Vec::new();
        disk.rewind().unwrap();
        disk.read_to_end(&mut after).unwrap();
        assert!(!after.windows(16).any(|window| before.as_bytes().windows(16).any(|old| old == window)));
        vault.forget(KeyName::Shared).unwrap();
        assert!(!path.exists());
        vault.forget(KeyName::Shared).unwrap();
    }

    #[test]
    fn a_damaged_a_newer_and_a_missing_file_are_told_apart_and_left_alone() {
        let (_folder, path) = filled(None);
        let whole = std::fs::read(&path).unwrap();
        std::fs::write(&path, &whole[..whole.len() / 2]).unwrap();
        assert_eq!(KeyFile::open(&path, never).err(), Some(KeyFailure::Damaged));
        std::fs::write(&path, r#"{"version": 2, "shape": "unknown"}"#).unwrap();
        assert_eq!(KeyFile::open(&path, never).err(), Some(KeyFailure::Newer));
        assert!(KeyFile::new(&path, None).unwrap().keep(KeyName::Private, vec![1; KEY]).is_err());
        assert_eq!(std::fs::read(&path).unwrap(), br#"{"version": 2, "shape": "unknown"}"#);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(KeyFile::open(&path, never).err(), Some(KeyFailure::Missing));
    }
}
