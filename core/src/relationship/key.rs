//! The two kinds of signing key: a person's, which agrees and certifies, and a device's, which is
//! the link's address and vouches for changes. Both are Ed25519; the types keep them apart.

use std::fmt;

use ed25519_dalek::{Signature, Signer, SigningKey, VerifyingKey};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::Result;
use crate::clock::Surroundings;
use crate::id::PersonId;

/// A public key.
pub(crate) type PublicKey = [u8; 32];

/// The most bytes of a recipient.
const MAX_RECIPIENT: usize = 128;
/// How many groups of five digits a fingerprint has: 133 bits.
const FINGERPRINT_GROUPS: usize = 8;

/// Declares a secret signing key: zeroed when dropped, shown by nothing.
macro_rules! signing_key {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone)]
        pub(crate) struct $name(SigningKey);

        impl $name {
            /// A new random key.
            pub(crate) fn random(world: &dyn Surroundings) -> Result<Self> {
                let mut secret = Zeroizing::new([0; 32]);
                world.fill_random(secret.as_mut())?;
                Ok(Self::from_secret(&secret))
            }

            /// The key with this secret.
            pub(crate) fn from_secret(secret: &[u8; 32]) -> Self {
                Self(SigningKey::from_bytes(secret))
            }

            /// The secret, for an encrypted file and for the link.
            pub(crate) fn secret(&self) -> Zeroizing<[u8; 32]> {
                Zeroizing::new(self.0.to_bytes())
            }

            /// The key that others know.
            pub(crate) fn public(&self) -> PublicKey {
                self.0.verifying_key().to_bytes()
            }

            /// Signs a message, which must begin with the domain tag of its kind.
            pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
                self.0.sign(message).to_bytes()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "(..)"))
            }
        }
    };
}

signing_key!(
    /// A person's secret key. It lies in the private file.
    PersonKey
);
signing_key!(
    /// A device's secret key. It lies in the shared file.
    DeviceKey
);

/// Whether `signature` over `message` was made by the owner of `key`.
pub(crate) fn is_signed_by(key: &PublicKey, message: &[u8], signature: &[u8; 64]) -> bool {
    VerifyingKey::from_bytes(key)
        .is_ok_and(|key| key.verify_strict(message, &Signature::from_bytes(signature)).is_ok())
}

/// To whom files for a device are sealed: an `age` recipient of its own, derived from the device's secret, so that
/// there is no second secret to keep.
///
/// # Errors
/// Never, but for a mistake of ours.
pub(crate) fn recipient_of(device: &DeviceKey) -> Result<String> {
    Ok(opener_of(device)?.to_public().to_string())
}

/// Whether this names somebody to whom a file can be sealed.
pub(crate) fn is_recipient(text: &str) -> bool {
    text.len() <= MAX_RECIPIENT && text.parse::<age::x25519::Recipient>().is_ok()
}

/// What opens files that were sealed to [`recipient_of`] a device.
///
/// # Errors
/// Never, but for a mistake of ours.
pub(crate) fn opener_of(device: &DeviceKey) -> Result<age::x25519::Identity> {
    let secret = Sha256::new()
        .chain_update(b"common-ground files for a device 1\0")
        .chain_update(device.secret().as_slice())
        .finalize();
    let secret = Zeroizing::new(secret.into());
    crate::keeping::identity_of(&secret)
}

/// What two people compare to know a person's key: groups of five digits.
pub(crate) fn fingerprint(person: &PersonId, key: &PublicKey) -> String {
    let digest = Sha256::new()
        .chain_update(b"common-ground fingerprint 1\0")
        .chain_update(person.as_bytes())
        .chain_update(key)
        .finalize();
    // 32 bits a group, of which five digits are shown: the modulo's bias is one in 43,000.
    let groups: Vec<String> = digest
        .chunks_exact(4)
        .take(FINGERPRINT_GROUPS)
        .map(|group| {
            let number = group.iter().fold(0_u32, |sum, byte| (sum << 8) | u32::from(*byte));
            format!("{:05}", number % 100_000)
        })
        .collect();
    groups.join(" ")
}

/// What begins the id of every actor of a device.
pub(crate) fn actor_prefix(device: &PublicKey) -> [u8; 8] {
    let digest = Sha256::new().chain_update(b"common-ground actor 1\0").chain_update(device).finalize();
    let mut prefix = [0; 8];
    prefix.copy_from_slice(&digest[..8]);
    prefix
}

/// A fresh actor of a device: the rest is random, so that a device can begin afresh.
pub(crate) fn new_actor(world: &dyn Surroundings, device: &PublicKey) -> Result<[u8; 16]> {
    let mut actor = [0; 16];
    actor[..8].copy_from_slice(&actor_prefix(device));
    world.fill_random(&mut actor[8..])?;
    Ok(actor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_device_has_one_recipient_which_is_not_another_ones() {
        let (one, two) = (DeviceKey::from_secret(&[1; 32]), DeviceKey::from_secret(&[2; 32]));
        let recipient = recipient_of(&one).expect("a recipient");
        assert_eq!(recipient, recipient_of(&one).expect("again"));
        assert_ne!(recipient, recipient_of(&two).expect("another"));
        assert!(recipient.starts_with("age1") && recipient.len() == 62);
    }
}
