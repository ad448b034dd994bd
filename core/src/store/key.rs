//! The key of a file: 256 random bits, zeroed when dropped, shown by nothing.

use std::fmt;

use rusqlite::Connection;
use zeroize::{Zeroize, Zeroizing};

use crate::clock::Surroundings;
use crate::error::Problem;
use crate::{Error, Result};

/// A raw 256-bit key of one of the two files.
#[derive(Clone)]
pub(crate) struct Key(Zeroizing<[u8; Self::LENGTH]>);

impl Key {
    /// The length of a key in bytes.
    pub(crate) const LENGTH: usize = 32;

    /// A new random key.
    pub(crate) fn random(world: &dyn Surroundings) -> Result<Self> {
        let mut bytes = Zeroizing::new([0; Self::LENGTH]);
        world.fill_random(bytes.as_mut())?;
        Ok(Self(bytes))
    }

    /// The key that a vault returned; `bytes` is zeroed.
    pub(crate) fn from_vault(mut bytes: Vec<u8>) -> Result<Self> {
        let mut key = Zeroizing::new([0; Self::LENGTH]);
        let fits = bytes.len() == Self::LENGTH;
        if fits {
            key.copy_from_slice(&bytes);
        }
        bytes.zeroize();
        if fits {
            Ok(Self(key))
        } else {
            let expected = format!("{} bytes", Self::LENGTH);
            Err(Error::invalid("key", Problem::Malformed { expected }))
        }
    }

    /// The bytes, for a vault or a check value. The caller zeroes its copy.
    pub(crate) fn bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    /// Gives the key to SQLCipher, as raw bytes: no key is derived, opening costs next to nothing.
    pub(super) fn apply(&self, connection: &Connection) -> rusqlite::Result<()> {
        const PRAGMA: &str = "PRAGMA key = \"x'";
        // Reserved whole, so that no piece of the key is left behind by growing.
        let mut sql = Zeroizing::new(String::with_capacity(PRAGMA.len() + 2 * Self::LENGTH + 3));
        sql.push_str(PRAGMA);
        data_encoding::HEXLOWER.encode_append(&self.0[..], &mut sql);
        sql.push_str("'\";");
        connection.execute_batch(&sql)
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(..)")
    }
}
