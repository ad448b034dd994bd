//! The list of a person's devices: signed as a whole by the person's key, under a number that only
//! rises, so that a device counts as a person's exactly when the person said so last.

use chrono::Datelike;
use serde::{Deserialize, Serialize};

use super::key::{PersonKey, PublicKey, is_signed_by};
use crate::clock::Instant;
use crate::id::PersonId;
use crate::{Error, Result};

/// What a signature of a device list begins with.
const DOMAIN: &[u8] = b"common-ground device list 1\0";
/// The encoding of the list.
const VERSION: u8 = 1;
/// The most devices a person can have, so that a list fits into one small frame.
const MAX_DEVICES: usize = 16;
/// The most bytes of an encoded list.
pub(crate) const MAX_LIST_BYTES: usize = 1_024;

/// Which devices are a person's.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeviceList {
    version: u8,
    person: [u8; 16],
    /// Rises with every list; the highest wins.
    pub(crate) number: u64,
    /// The devices.
    pub(crate) devices: Vec<ListedDevice>,
}

/// One device on a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ListedDevice {
    /// Its key.
    pub(crate) key: PublicKey,
    /// Since when, in microseconds since 1970 UTC.
    pub(crate) added_at: i64,
}

/// A device list as it travels and lies in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignedDeviceList {
    /// The encoded list.
    pub(crate) bytes: Vec<u8>,
    /// By the person's key, over domain tag and bytes.
    pub(crate) signature: [u8; 64],
}

impl DeviceList {
    /// The first list of a person: one device.
    pub(crate) fn first(person: &PersonId, device: PublicKey, now: Instant) -> Self {
        Self::numbered(1, person, device, now)
    }

    /// A later list of a person: again one device.
    pub(crate) fn numbered(number: u64, person: &PersonId, device: PublicKey, now: Instant) -> Self {
        let devices = vec![ListedDevice { key: device, added_at: now.timestamp_micros() }];
        Self { version: VERSION, person: *person.as_bytes(), number, devices }
    }

    /// Signs the list.
    pub(crate) fn sign(&self, key: &PersonKey) -> Result<SignedDeviceList> {
        let bytes = postcard::to_stdvec(self).map_err(|_| Error::internal("encoding a device list"))?;
        let signature = key.sign(&[DOMAIN, &bytes].concat());
        Ok(SignedDeviceList { bytes, signature })
    }

    /// Whether it is the list of this one device: in version 1 a person has one, and a device that has not proven
    /// its key could be anybody's.
    pub(crate) fn is_of(&self, device: &PublicKey) -> bool {
        self.devices.len() == 1 && self.names(device)
    }

    /// Whether a device stands on the list.
    pub(crate) fn names(&self, device: &PublicKey) -> bool {
        self.devices.iter().any(|listed| listed.key == *device)
    }
}

impl ListedDevice {
    /// Whether it was added in a year that calendars show.
    fn is_of_a_time(&self) -> bool {
        Instant::from_timestamp_micros(self.added_at).is_some_and(|at| (1970..=9999).contains(&at.year()))
    }
}

impl SignedDeviceList {
    /// The list, if it is `person`'s, signed by `key`, and of a form that counts.
    pub(crate) fn open(&self, person: &PersonId, key: &PublicKey) -> Option<DeviceList> {
        if self.bytes.len() > MAX_LIST_BYTES
            || !is_signed_by(key, &[DOMAIN, &self.bytes].concat(), &self.signature)
        {
            return None;
        }
        let (list, rest): (DeviceList, _) = postcard::take_from_bytes(&self.bytes).ok()?;
        let mut keys: Vec<_> = list.devices.iter().map(|device| device.key).collect();
        keys.sort_unstable();
        keys.dedup();
        let whole = rest.is_empty()
            && list.version == VERSION
            && list.person == *person.as_bytes()
            && (1..=i64::MAX.unsigned_abs()).contains(&list.number)
            && (1..=MAX_DEVICES).contains(&list.devices.len())
            && keys.len() == list.devices.len()
            && list.devices.iter().all(ListedDevice::is_of_a_time);
        whole.then_some(list)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::RealWorld;

    fn someone() -> (PersonId, PersonKey) {
        (PersonId::from_bytes([7; 16]), PersonKey::random(&RealWorld).expect("a key"))
    }

    #[test]
    fn a_list_is_read_back_by_whoever_knows_the_person_key() {
        let (person, key) = someone();
        let list = DeviceList::first(&person, [1; 32], Instant::UNIX_EPOCH);
        let signed = list.sign(&key).expect("signed");
        assert_eq!(signed.open(&person, &key.public()), Some(list));
    }

    #[test]
    fn a_list_signed_by_another_key_or_for_another_person_does_not_count() {
        let (person, key) = someone();
        let signed = DeviceList::first(&person, [1; 32], Instant::UNIX_EPOCH).sign(&key).expect("signed");
        let (_, stranger) = someone();
        assert_eq!(signed.open(&person, &stranger.public()), None);
        assert_eq!(signed.open(&PersonId::from_bytes([8; 16]), &key.public()), None);
    }

    #[test]
    fn every_changed_byte_of_a_list_is_noticed() {
        let (person, key) = someone();
        let signed = DeviceList::first(&person, [1; 32], Instant::UNIX_EPOCH).sign(&key).expect("signed");
        for n in 0..signed.bytes.len() {
            let mut changed = signed.clone();
            changed.bytes[n] ^= 1;
            assert_eq!(changed.open(&person, &key.public()), None, "byte {n}");
        }
    }

    #[test]
    fn a_list_with_a_device_of_no_time_does_not_count() {
        let (person, key) = someone();
        let mut list = DeviceList::first(&person, [1; 32], Instant::UNIX_EPOCH);
        for added_at in [-1, i64::MAX, i64::MIN] {
            list.devices[0].added_at = added_at;
            assert_eq!(list.sign(&key).expect("signed").open(&person, &key.public()), None, "{added_at}");
        }
    }

    #[test]
    fn a_list_with_a_device_twice_with_none_or_with_too_many_does_not_count() {
        let (person, key) = someone();
        let mut list = DeviceList::first(&person, [1; 32], Instant::UNIX_EPOCH);
        list.devices.push(list.devices[0].clone());
        assert_eq!(list.sign(&key).expect("signed").open(&person, &key.public()), None);
        list.devices.clear();
        assert_eq!(list.sign(&key).expect("signed").open(&person, &key.public()), None);
        list.devices = (0..=16).map(|n| ListedDevice { key: [n; 32], added_at: 0 }).collect();
        assert_eq!(list.sign(&key).expect("signed").open(&person, &key.public()), None);
        list.devices.pop();
        assert_eq!(list.sign(&key).expect("signed").open(&person, &key.public()), Some(list));
    }
}
