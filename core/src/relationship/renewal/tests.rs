//! What a renewal may not say, whoever signed it.

use super::*;
use crate::clock::{RealWorld, Surroundings as _};
use crate::plan::tests::{Device, two};

/// A renewal of Anna's key as Ben's device might sign it, with this of it changed.
fn of_anna(anna: &Device, ben: &Device, changed: impl FnOnce(&mut Renewal)) -> SignedRenewal {
    let mut renewal = Renewal {
        version: VERSION,
        relationship: *anna.relationship.as_bytes(),
        person: *anna.me().as_bytes(),
        signer: *ben.me().as_bytes(),
        number: 2,
        key: [1; 32],
        former_keys: vec![[2; 32]],
        former_devices: vec![[3; 32]],
        ends: Vec::new(),
        signer_keys: vec![[4; 32]],
        signer_devices: vec![[5; 32]],
    };
    changed(&mut renewal);
    SignedRenewal::sign(&renewal, &device_of(ben)).expect("signed")
}

fn device_of(device: &Device) -> DeviceKey {
    device.inner().shared.file.read(people::device_key).expect("a key")
}

fn person_key(device: &Device) -> PublicKey {
    device.inner().person_key().expect("a key").public()
}

fn kept(at: &Device, signed: &SignedRenewal, person: PersonId) -> Result<()> {
    let (id, now) = (at.relationship, at.world.now());
    at.inner().shared.file.write(|file| keep(file, id, person, 2, signed, now))
}

/// Writes it as an earlier version would have, and reads what counts.
fn read_after(at: &Device, signed: &SignedRenewal, person: PersonId) -> Vec<Renewal> {
    let id = at.relationship;
    let read = at.inner().shared.file.write(|file| {
        file.execute(
            "INSERT OR REPLACE INTO renewal (relationship, person, number, body, device, signature, at)
             VALUES (:id, :person, 2, :body, :device, :signature, 0)",
            named_params! {
                ":id": id, ":person": person, ":body": signed.bytes, ":device": signed.device,
                ":signature": signed.signature,
            },
        )?;
        of(file, id, person)
    });
    read.expect("read")
}

#[test]
fn a_renewal_that_leaves_what_is_in_force_counts_on_both_devices() {
    let (anna, ben) = two();
    let signed = of_anna(&anna, &ben, |_| {});
    for at in [&anna, &ben] {
        assert_eq!(kept(at, &signed, anna.me()), Ok(()));
        assert_eq!(read_after(at, &signed, anna.me()).len(), 1);
    }
}

#[test]
fn a_renewal_calls_nothing_former_that_is_in_force_or_the_signers() {
    let (anna, ben) = two();
    let cases = [
        ("her key", of_anna(&anna, &ben, |it| it.former_keys.push(person_key(&anna)))),
        ("his key", of_anna(&anna, &ben, |it| it.former_keys.push(person_key(&ben)))),
        ("her device", of_anna(&anna, &ben, |it| it.former_devices.push(anna.key()))),
        ("his device", of_anna(&anna, &ben, |it| it.former_devices.push(ben.key()))),
        ("his former key as hers", of_anna(&anna, &ben, |it| it.former_keys.push([4; 32]))),
        ("his former device as hers", of_anna(&anna, &ben, |it| it.former_devices.push([5; 32]))),
        ("her key as his", of_anna(&anna, &ben, |it| it.signer_keys.push(person_key(&anna)))),
        ("her new key as his", of_anna(&anna, &ben, |it| it.signer_keys.push([1; 32]))),
        ("her device as his", of_anna(&anna, &ben, |it| it.signer_devices.push(anna.key()))),
    ];
    let broken = Err(Error::Pairing { problem: PairingProblem::Broken });
    for (what, signed) in cases {
        for at in [&anna, &ben] {
            assert_eq!(kept(at, &signed, anna.me()), broken, "{what}");
            assert_eq!(read_after(at, &signed, anna.me()), [], "{what}");
        }
    }
}

#[test]
fn a_renewal_is_signed_by_a_device_of_the_other_person() {
    let (anna, ben) = two();
    let renewal = |signed: &SignedRenewal| {
        let (renewal, _): (Renewal, _) = postcard::take_from_bytes(&signed.bytes).expect("a renewal");
        renewal
    };
    let whole = renewal(&of_anna(&anna, &ben, |_| {}));
    let stranger = DeviceKey::random(&RealWorld).expect("a key");
    let in_her_name = of_anna(&anna, &ben, |it| it.signer = *anna.me().as_bytes());
    let of_nobody = PersonId::from_bytes([5; 16]);
    let cases = [
        ("a stranger's device", SignedRenewal::sign(&whole, &stranger).expect("signed"), anna.me()),
        ("her own device", SignedRenewal::sign(&whole, &device_of(&anna)).expect("signed"), anna.me()),
        ("in her own name", in_her_name.clone(), anna.me()),
        (
            "all in her own name",
            SignedRenewal::sign(&renewal(&in_her_name), &device_of(&anna)).expect("signed"),
            anna.me(),
        ),
        ("of somebody else", of_anna(&anna, &ben, |it| it.person = *of_nobody.as_bytes()), anna.me()),
    ];
    let broken = Err(Error::Pairing { problem: PairingProblem::Broken });
    for (what, signed, person) in cases {
        for at in [&anna, &ben] {
            assert_eq!(kept(at, &signed, person), broken, "{what}");
            assert_eq!(read_after(at, &signed, person), [], "{what}");
        }
    }
}

#[test]
fn a_renewal_is_signed_and_opened_as_it_always_was() {
    let person = |byte| PersonId::from_bytes([byte; 16]);
    let (relationship, device) = (RelationshipId::from_bytes([0x44; 16]), DeviceKey::from_secret(&[9; 32]));
    let mut actor = [7; 16];
    actor[..8].copy_from_slice(&actor_prefix(&[0x22; 32]));
    let renewal = Renewal {
        version: VERSION,
        relationship: *relationship.as_bytes(),
        person: *person(1).as_bytes(),
        signer: *person(2).as_bytes(),
        number: 300,
        key: [0x11; 32],
        former_keys: vec![[0x12; 32], [0x13; 32]],
        former_devices: vec![[0x22; 32]],
        ends: vec![Ended { actor, seq: 513, hash: [0x55; 32] }],
        signer_keys: vec![[0x33; 32]],
        signer_devices: vec![[0x34; 32]],
    };
    let signed = SignedRenewal::sign(&renewal, &device).expect("signed");
    assert_eq!(signed.open(relationship, &person(1), &person(2)), Some(renewal));
    let all = [&signed.bytes[..], &signed.device, &signed.signature].concat();
    crate::tests::frozen::is_as_it_always_was("renewal", &[("signed", all)]);
}
