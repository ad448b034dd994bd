//! Opens the first packets of QUIC connections, as every onlooker can: their keys come from what stands in clear in
//! the very first one (RFC 9001, section 5.2). What is in them is TLS's greeting, so it is not for secrets.

use std::collections::{BTreeMap, HashSet};

use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey, quic};
use ring::hkdf::{HKDF_SHA256, KeyType, Prk, Salt};

/// The salt of version 1.
const SALT: [u8; 20] = [
    0x38, 0x76, 0x2c, 0xf7, 0xf5, 0x59, 0x34, 0xb3, 0x4d, 0x17, 0x9a, 0xe6, 0xa4, 0xc8, 0x0c, 0xad, 0xcc,
    0xbb, 0x7f, 0x0a,
];
const VERSION_1: [u8; 4] = [0, 0, 0, 1];

/// How many bytes are wanted of a key.
struct Length(usize);

impl KeyType for Length {
    fn len(&self) -> usize {
        self.0
    }
}

/// The keys with which one side's first packets are sealed.
struct Keys {
    packet: LessSafeKey,
    iv: [u8; 12],
    header: quic::HeaderProtectionKey,
}

/// HKDF-Expand-Label of TLS 1.3.
fn expand(secret: &Prk, label: &str, length: usize) -> Vec<u8> {
    let label = [b"tls13 ", label.as_bytes()].concat();
    let wanted = u16::try_from(length).unwrap().to_be_bytes();
    let info: [&[u8]; 4] = [&wanted, &[u8::try_from(label.len()).unwrap()], &label, &[0]];
    let mut bytes = vec![0; length];
    secret.expand(&info, Length(length)).unwrap().fill(&mut bytes).unwrap();
    bytes
}

impl Keys {
    /// The keys of one side of the connection whose first packet was for this id.
    fn of(first_id: &[u8], side: &str) -> Self {
        let initial = Salt::new(HKDF_SHA256, &SALT).extract(first_id);
        let secret = Prk::new_less_safe(HKDF_SHA256, &expand(&initial, side, 32));
        let packet = UnboundKey::new(&AES_128_GCM, &expand(&secret, "quic key", 16)).unwrap();
        Self {
            packet: LessSafeKey::new(packet),
            iv: expand(&secret, "quic iv", 12).try_into().unwrap(),
            header: quic::HeaderProtectionKey::new(&quic::AES_128, &expand(&secret, "quic hp", 16)).unwrap(),
        }
    }

    /// What is in a packet, where these are its keys.
    fn open(&self, packet: &Sealed<'_>) -> Option<Vec<u8>> {
        let mut bytes = packet.bytes.to_vec();
        let at = packet.number_at;
        let mask = self.header.new_mask(bytes.get(at + 4..at + 20)?).ok()?;
        bytes[0] ^= mask[0] & 0x0f;
        let number_length = usize::from(bytes[0] & 0x03) + 1;
        let mut number = 0;
        for (place, mask) in bytes[at..at + number_length].iter_mut().zip(&mask[1..]) {
            *place ^= mask;
            number = number << 8 | u64::from(*place);
        }
        let mut nonce = self.iv;
        for (place, byte) in nonce[4..].iter_mut().zip(number.to_be_bytes()) {
            *place ^= byte;
        }
        let (header, sealed) = bytes.split_at_mut(at + number_length);
        let opened =
            self.packet.open_in_place(Nonce::assume_unique_for_key(nonce), Aad::from(header), sealed).ok()?;
        Some(opened.to_vec())
    }
}

/// A first packet as it goes over the wire.
struct Sealed<'a> {
    bytes: &'a [u8],
    for_id: &'a [u8],
    number_at: usize,
}

impl<'a> Sealed<'a> {
    /// The packet at the beginning of a datagram, where it is a first one of version 1.
    fn of(datagram: &'a [u8]) -> Option<Self> {
        let first = datagram.first()?;
        if first & 0x80 == 0 || first & 0x30 != 0 || datagram.get(1..5)? != VERSION_1 {
            return None;
        }
        let mut rest = datagram.get(5..)?;
        let for_id = short(&mut rest)?;
        short(&mut rest)?;
        let token = varint(&mut rest)?;
        take(&mut rest, token)?;
        let length = varint(&mut rest)?;
        let number_at = datagram.len() - rest.len();
        Some(Self { bytes: datagram.get(..number_at + length)?, for_id, number_at })
    }
}

fn take<'a>(rest: &mut &'a [u8], length: usize) -> Option<&'a [u8]> {
    let (taken, after) = rest.split_at_checked(length)?;
    *rest = after;
    Some(taken)
}

fn short<'a>(rest: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::from(*take(rest, 1)?.first()?);
    take(rest, length)
}

/// A number as QUIC writes it, in one to eight bytes.
fn varint(rest: &mut &[u8]) -> Option<usize> {
    let length = 1 << (rest.first()? >> 6);
    let bytes = take(rest, length)?;
    let number = bytes.iter().fold(0, |number: u64, byte| number << 8 | u64::from(*byte));
    usize::try_from(number & (u64::MAX >> (66 - 8 * length as u64))).ok()
}

/// What of TLS's greeting is in a packet, by its place in the whole.
fn greeting(mut frames: &[u8], whole: &mut BTreeMap<usize, Vec<u8>>) -> Option<()> {
    let frames = &mut frames;
    while !frames.is_empty() {
        match varint(frames)? {
            0 | 1 => {}
            kind @ (2 | 3) => {
                for _ in 0..2 {
                    varint(frames)?;
                }
                let ranges = varint(frames)?;
                let counts = if kind == 3 { 3 } else { 0 };
                for _ in 0..=2 * ranges + counts {
                    varint(frames)?;
                }
            }
            6 => {
                let at = varint(frames)?;
                let length = varint(frames)?;
                whole.insert(at, take(frames, length)?.to_vec());
            }
            _ => return None,
        }
    }
    Some(())
}

/// Every greeting in these datagrams, in clear and in the order of its bytes: of each connection what its caller
/// said first, then what was answered.
pub(crate) fn greetings(datagrams: &[&[u8]]) -> Vec<Vec<u8>> {
    let sealed: Vec<Sealed<'_>> = datagrams.iter().filter_map(|datagram| Sealed::of(datagram)).collect();
    let mut seen = HashSet::new();
    let ids: Vec<&[u8]> = sealed.iter().map(|packet| packet.for_id).filter(|id| seen.insert(*id)).collect();
    let mut greetings = Vec::new();
    for id in ids {
        for side in ["client in", "server in"] {
            let keys = Keys::of(id, side);
            let mut whole = BTreeMap::new();
            for packet in sealed.iter().filter_map(|packet| keys.open(packet)) {
                greeting(&packet, &mut whole);
            }
            if !whole.is_empty() {
                greetings.push(whole.into_values().flatten().collect());
            }
        }
    }
    greetings
}

#[test]
fn the_keys_are_those_of_the_example_in_the_rfc() {
    // RFC 9001, appendix A.1.
    let id = [0x83, 0x94, 0xc8, 0xf0, 0x3e, 0x51, 0x57, 0x08];
    let initial = Salt::new(HKDF_SHA256, &SALT).extract(&id);
    let secret = Prk::new_less_safe(HKDF_SHA256, &expand(&initial, "client in", 32));
    let hex = |bytes: Vec<u8>| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    assert_eq!(hex(expand(&secret, "quic key", 16)), "1f369613dd76d5467730efcbe3b1a22d");
    assert_eq!(hex(expand(&secret, "quic iv", 12)), "fa044b2f42a3fd3b46fb255c");
    assert_eq!(hex(expand(&secret, "quic hp", 16)), "9f50449e04a0e810283a1e9933adedd2");
}
