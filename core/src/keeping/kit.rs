//! The recovery kit: a key that opens backups, as 24 words on paper.
//!
//! The words are the 32 bytes of an X25519 identity of `age` (BIP-39, English list, with its checksum).
//! Only the public half stays here: the words are shown once, and whoever has the device cannot show
//! them again. A new kit is a new key; older backups open with the older words.

use std::str::FromStr;

use age::x25519::{Identity, Recipient};
use bip39::{Language, Mnemonic};
use sha2::{Digest, Sha256};
use zeroize::{Zeroize, Zeroizing};

use super::{BackupProblem, notes};
use crate::clock::{Instant, Surroundings};
use crate::home::CommonGround;
use crate::relationship::{people, renewal};
use crate::{Error, Result};

/// How many words a kit has.
const WORDS: usize = 24;

/// More than any 24 words with numbers between them have, in bytes.
const LONGEST: usize = 4096;

/// What a printed page needs. The words are shown by nothing and kept nowhere: print it or write it
/// down, then say so with [`CommonGround::use_recovery_kit`].
#[derive(Clone, uniffi::Record)]
pub struct RecoveryKit {
    /// 24 words, in this order.
    pub words: Vec<String>,
    /// The name of the kit, such as `K7F3-9QRM`: it tells one paper from another and opens nothing.
    pub name: String,
    /// When it was made.
    pub made_at: Instant,
    /// Whose it is.
    pub display_name: String,
    /// The fingerprint of the person's key, by which the other person can know them again.
    pub fingerprint: String,
}

/// The kit in use, as far as the device knows it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct KitNote {
    /// Its name.
    pub name: String,
    /// Since when backups are made for it.
    pub used_since: Instant,
    /// Whether its page shows a fingerprint by which nobody knows the person again: they came back under the id that they
    /// had, after the page was made. It still opens backups; make a new kit.
    pub shows_former_fingerprint: bool,
}

/// The secret of a kit; zeroed when dropped.
pub(super) struct RecoveryKey(Zeroizing<[u8; 32]>);

impl RecoveryKey {
    fn random(world: &dyn Surroundings) -> Result<Self> {
        let mut secret = Zeroizing::new([0; 32]);
        world.fill_random(secret.as_mut())?;
        Ok(Self(secret))
    }

    /// The key that these words are. Numbers between them, as on the printed page, are passed over.
    pub(super) fn from_words(words: &str) -> Result<Self> {
        if words.len() > LONGEST {
            return Err(BackupProblem::WordCount { found: u32::MAX }.into());
        }
        let is_word = |word: &&str| !word.chars().all(|c| c.is_ascii_digit() || ".:,)-".contains(c));
        let mut plain = Zeroizing::new(String::with_capacity(words.len() + 1));
        let mut found = 0;
        for word in words.split_whitespace().filter(is_word) {
            if found > 0 {
                plain.push(' ');
            }
            plain.extend(word.chars().map(|c| c.to_ascii_lowercase()));
            found += 1;
        }
        if found != WORDS {
            return Err(BackupProblem::WordCount { found: u32::try_from(found).unwrap_or(u32::MAX) }.into());
        }
        let mnemonic =
            Mnemonic::parse_in_normalized(Language::English, &plain).map_err(|error| match error {
                bip39::Error::UnknownWord(place) => {
                    BackupProblem::UnknownWord { number: u32::try_from(place + 1).unwrap_or(u32::MAX) }
                }
                _ => BackupProblem::WordsDoNotFit,
            })?;
        let (mut entropy, _) = mnemonic.to_entropy_array();
        let mut secret = Zeroizing::new([0; 32]);
        secret.copy_from_slice(&entropy[..32]);
        entropy.zeroize();
        Ok(Self(secret))
    }

    fn words(&self) -> Result<Vec<String>> {
        let mnemonic = Mnemonic::from_entropy_in(Language::English, &self.0[..]);
        let mnemonic = mnemonic.map_err(|_| Error::internal("the words of a recovery kit"))?;
        Ok(mnemonic.words().map(str::to_owned).collect())
    }

    /// The line that plain `age` takes as an identity.
    fn line(&self) -> Zeroizing<String> {
        identity_line(&self.0)
    }

    /// What opens.
    pub(super) fn identity(&self) -> Result<Identity> {
        Identity::from_str(&self.line()).map_err(|_| Error::internal("a recovery key"))
    }

    /// What encrypts.
    fn recipient(&self) -> Result<String> {
        Ok(self.identity()?.to_public().to_string())
    }
}

/// These 32 bytes as the line that plain `age` takes as an identity.
fn identity_line(secret: &[u8; 32]) -> Zeroizing<String> {
    let mut line = bech32("age-secret-key-", secret);
    line.make_ascii_uppercase();
    line
}

/// The identity of `age` that these 32 bytes are.
///
/// # Errors
/// Never, but for a mistake of ours.
pub(crate) fn identity_of(secret: &[u8; 32]) -> Result<Identity> {
    Identity::from_str(&identity_line(secret)).map_err(|_| Error::internal("an identity"))
}

/// What encrypts, from the file.
pub(super) fn recipient(line: &str) -> Result<Recipient> {
    Recipient::from_str(line).map_err(|_| Error::internal("the recovery kit in use"))
}

/// The name of a kit, from the half that encrypts.
pub(super) fn name_of(recipient: &str) -> String {
    let digest = Sha256::new()
        .chain_update(b"common-ground recovery kit 1\0")
        .chain_update(recipient.as_bytes())
        .finalize();
    // Five bytes are eight letters, with neither 0 nor 1 among them.
    let name = data_encoding::BASE32.encode(&digest[..5]);
    let (first, second) = name.split_at(4);
    format!("{first}-{second}")
}

/// Bech32 (BIP-173), the form in which `age` writes keys. By hand, so that no copy of a secret is left
/// behind.
fn bech32(prefix: &str, bytes: &[u8]) -> Zeroizing<String> {
    const LETTERS: &[u8; 32] = b"qpzry9x8gf2tvdw0s3jn54khce6mua7l";
    let mut values = Zeroizing::new(Vec::with_capacity(bytes.len() * 2 + 6));
    let (mut bits, mut count) = (0_u32, 0);
    for byte in bytes {
        bits = (bits << 8 | u32::from(*byte)) & 0xfff;
        count += 8;
        while count >= 5 {
            count -= 5;
            values.push((bits >> count & 31) as u8);
        }
    }
    if count > 0 {
        values.push((bits << (5 - count) & 31) as u8);
    }
    let mut sum = 1;
    let prefix_values = prefix.bytes().map(|byte| byte >> 5);
    let prefix_values = prefix_values.chain([0]).chain(prefix.bytes().map(|byte| byte & 31));
    for value in prefix_values.chain(values.iter().copied()).chain([0; 6]) {
        sum = polymod(sum, value);
    }
    sum ^= 1;
    values.extend((0..6).rev().map(|place| (sum >> (5 * place) & 31) as u8));
    // Reserved whole, so that growing leaves no copy.
    let mut text = Zeroizing::new(String::with_capacity(prefix.len() + 1 + values.len()));
    text.push_str(prefix);
    text.push('1');
    text.extend(values.iter().filter_map(|value| LETTERS.get(usize::from(*value))).map(|c| char::from(*c)));
    text
}

fn polymod(sum: u32, value: u8) -> u32 {
    const GENERATOR: [u32; 5] = [0x3b6a_57b2, 0x2650_8e6d, 0x1ea1_19fa, 0x3d42_33dd, 0x2a14_62b3];
    let top = sum >> 25;
    let shifted = (sum & 0x01ff_ffff) << 5 ^ u32::from(value);
    GENERATOR
        .iter()
        .enumerate()
        .filter(|(bit, _)| top >> bit & 1 == 1)
        .fold(shifted, |sum, (_, generator)| sum ^ generator)
}

/// The line that plain `age` takes as an identity, from the words of a kit: with it a backup opens
/// without this app. It is as secret as the words.
///
/// # Errors
/// [`Error::Backup`] that says what is wrong with the words.
#[uniffi::export]
pub fn age_identity(words: String) -> Result<String> {
    let words = Zeroizing::new(words);
    Ok(RecoveryKey::from_words(&words)?.line().to_string())
}

/// The name of the kit that has these words; it also says whether they are written right.
///
/// # Errors
/// [`Error::Backup`] that says what is wrong with the words.
#[uniffi::export]
pub fn name_of_kit(words: String) -> Result<String> {
    let words = Zeroizing::new(words);
    Ok(name_of(&RecoveryKey::from_words(&words)?.recipient()?))
}

#[uniffi::export]
impl CommonGround {
    /// Makes a recovery kit and keeps nothing of it: show it, have it printed or written down, then call
    /// [`CommonGround::use_recovery_kit`].
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn new_recovery_kit(&self) -> Result<RecoveryKit> {
        let home = self.home();
        home.must_be_unlocked()?;
        let key = RecoveryKey::random(&*home.shared.world)?;
        let profile = home.shared.file.read(people::profile)?;
        Ok(RecoveryKit {
            words: key.words()?,
            name: name_of(&key.recipient()?),
            made_at: home.shared.world.now(),
            display_name: profile.display_name,
            fingerprint: profile.fingerprint,
        })
    }

    /// From now on backups open with the kit of these words. Only what encrypts is kept. Backups made
    /// before go on opening with what they were made for.
    ///
    /// # Errors
    /// [`Error::Backup`] that says what is wrong with the words, [`Error::Locked`].
    pub fn use_recovery_kit(&self, words: String) -> Result<KitNote> {
        let words = Zeroizing::new(words);
        let recipient = RecoveryKey::from_words(&words)?.recipient()?;
        let home = self.home();
        let now = home.shared.world.now();
        home.private.write(|transaction| notes::keep_kit(transaction, &recipient, now))?;
        self.recovery_kit()?.ok_or_else(|| Error::internal("a kit just kept"))
    }

    /// The recovery kit in use, if there is one.
    ///
    /// # Errors
    /// [`Error::Locked`].
    pub fn recovery_kit(&self) -> Result<Option<KitNote>> {
        let home = self.home();
        let Some((used_since, recipient)) = home.private.read(notes::kit)? else { return Ok(None) };
        let came_back = home.shared.file.read(renewal::came_back_at)?;
        Ok(Some(KitNote {
            name: name_of(&recipient),
            used_since,
            shows_former_fingerprint: came_back.is_some_and(|at| used_since <= at),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::RealWorld;
    use age::secrecy::ExposeSecret;
    use proptest::prelude::*;

    fn of(secret: [u8; 32]) -> RecoveryKey {
        RecoveryKey(Zeroizing::new(secret))
    }

    fn problem(words: &str) -> BackupProblem {
        match RecoveryKey::from_words(words).err() {
            Some(Error::Backup { problem }) => problem,
            other => panic!("{other:?}"),
        }
    }

    proptest! {
        #![proptest_config(crate::tests::cases(64))]

        #[test]
        fn the_words_and_the_line_are_the_same_key_as_age_has_it(secret: [u8; 32]) {
            let key = of(secret);
            let words = key.words().expect("words").join(" ");
            prop_assert_eq!(*RecoveryKey::from_words(&words).expect("a key").0, secret);
            let theirs = key.identity().expect("an identity").to_string();
            let line = key.line();
            prop_assert_eq!(theirs.expose_secret(), line.as_str());
        }
    }

    #[test]
    fn the_words_are_taken_as_people_write_them() {
        let key = RecoveryKey::random(&RealWorld).expect("a key");
        let words = key.words().expect("words");
        let page: String = words
            .iter()
            .enumerate()
            .map(|(n, word)| format!("{:>2}. {}\n", n + 1, word.to_uppercase()))
            .collect();
        assert!(*RecoveryKey::from_words(&page).expect("a key").0 == *key.0);
    }

    #[test]
    fn what_is_wrong_with_words_is_told_without_the_words() {
        // The key of zeros: twenty-three times "abandon", then "art".
        let mut words = of([0; 32]).words().expect("words");
        assert_eq!(words.last().map(String::as_str), Some("art"));
        assert_eq!(problem("one two"), BackupProblem::WordCount { found: 2 });
        assert_eq!(problem(""), BackupProblem::WordCount { found: 0 });
        assert_eq!(problem(&"a".repeat(LONGEST + 1)), BackupProblem::WordCount { found: u32::MAX });
        words[4] = "abandom".to_owned();
        assert_eq!(problem(&words.join(" ")), BackupProblem::UnknownWord { number: 5 });
        words[4] = "zoo".to_owned();
        assert_eq!(problem(&words.join(" ")), BackupProblem::WordsDoNotFit);
    }

    #[test]
    fn a_kit_has_a_name_that_says_nothing_else() {
        let name = name_of_kit(of([0; 32]).words().expect("words").join(" ")).expect("a name");
        assert_eq!(name.len(), 9);
        assert_eq!(name, name_of(&of([0; 32]).recipient().expect("a recipient")));
        assert_ne!(name, name_of(&of([1; 32]).recipient().expect("a recipient")));
    }
}
