//! Every message of a pairing, and all that it is bound by, as it has been since the first version that people use.

use zeroize::Zeroizing;

use super::super::message::{Introduction, Message};
use super::super::transcript::{
    Half, Side, commitment, confirmation, knowledge, new_relationship, transcript, words,
};
use super::*;
use crate::id::PersonId;
use crate::relationship::ticket::{Again, Ticket};
use crate::tests::frozen::is_as_it_always_was;

fn introduction() -> Introduction {
    let (person, key) = (PersonId::from_bytes([0x11; 16]), PersonKey::from_secret(&[5; 32]));
    let device = DeviceKey::from_secret(&[9; 32]).public();
    let since = Instant::from_timestamp_secs(1_790_000_000).expect("a time");
    let list = DeviceList::numbered(3, &person, device, since).sign(&key).expect("signed");
    Introduction {
        person: *person.as_bytes(),
        person_key: key.public(),
        is_therapist: true,
        display_name: "Ben 🙂".to_owned(),
        list: list.bytes,
        list_signature: list.signature.to_vec(),
        already: Some([0x44; 16]),
        reads: 2,
        recipient: "age1recipient".to_owned(),
    }
}

fn messages() -> Vec<(&'static str, Message)> {
    let introduction = introduction().encode();
    vec![
        ("open", Message::Open { proof: [1; 32], commitment: [2; 32], person: [3; 16] }),
        ("answer", Message::Answer { proof: [1; 32], commitment: [2; 32] }),
        ("reveal", Message::Reveal { nonce: [4; 32], introduction }),
        ("confirm", Message::Confirm { token: [5; 32] }),
        ("stored", Message::Stored),
        ("decline", Message::Decline),
        ("refused", Message::Refused { problem: 10 }),
        ("resume", Message::Resume { received: 3 }),
        ("renewed", Message::Renewed { renewal: vec![6; 40], signature: vec![7; 64] }),
    ]
}

#[test]
fn every_message_of_a_pairing_is_written_and_read_as_it_always_was() {
    let messages: Vec<(&str, Vec<u8>)> =
        messages().into_iter().map(|(name, message)| (name, message.encode())).collect();
    is_as_it_always_was("pairing", &messages);
    for (name, bytes) in &messages {
        assert!(Message::read(bytes).is_ok_and(|read| read.encode() == *bytes), "{name}");
    }
    // Another kind would have the next number, and no line yet.
    let kinds: Vec<u8> = messages.iter().map(|(_, bytes)| bytes[0]).collect();
    assert_eq!(kinds, (0..=8).collect::<Vec<_>>());
    assert!((9..128).all(|kind| Message::read(&[kind]).is_err()));
}

fn ticket(again: Option<Again>) -> Ticket {
    Ticket {
        person: PersonId::from_bytes([1; 16]),
        person_key: [2; 32],
        device: [3; 32],
        addresses: vec!["192.168.1.20:41000".parse().expect("one"), "[fe80::1]:7".parse().expect("one")],
        way: WayOfMeeting::OwnRelay { url: "https://relay.example/".to_owned() },
        secret: Zeroizing::new([4; 16]),
        expires_at: Instant::from_timestamp_secs(1_790_000_000).expect("a time"),
        again,
    }
}

#[test]
fn tickets_and_what_binds_a_pairing_are_made_as_they_always_were() {
    let again = Again { person: PersonId::from_bytes([7; 16]), list_above: 300 };
    let text = |again| ticket(again).text().expect("a ticket").into_bytes();
    let ways = [WayOfMeeting::SameNetwork, WayOfMeeting::Public]
        .map(|way| Ticket { way, ..ticket(None) }.text().expect("a ticket").into_bytes());
    let [same_network, public] = ways;
    let introduction = introduction().encode();
    let (client, therapist) = (PersonId::from_bytes([0x22; 16]), PersonId::from_bytes([0x11; 16]));
    let relationship = new_relationship(&[(&therapist, &[4; 32]), (&client, &[5; 32])]);
    let half = |person, role, nonce| Half {
        person,
        person_key: &[6; 32],
        device: &[7; 32],
        role,
        nonce,
        introduction: &introduction,
    };
    let halves = [half(&therapist, Role::Therapist, &[4; 32]), half(&client, Role::Client, &[5; 32])];
    let whole = transcript(&ticket(None), &[8; 32], relationship, &halves);
    is_as_it_always_was(
        "bound",
        &[
            ("ticket", text(None)),
            ("ticket-same-network", same_network),
            ("ticket-public", public),
            ("ticket-brings-back", text(Some(again))),
            ("introduction", introduction.clone()),
            ("relationship", relationship.as_bytes().to_vec()),
            ("transcript", whole.to_vec()),
            ("words", words(&whole).join(" ").into_bytes()),
            ("confirmation", confirmation(Side::Offers, &whole).to_vec()),
            ("confirmation-other", confirmation(Side::Redeems, &whole).to_vec()),
            ("proof", knowledge(&ticket(None), Side::Offers, &[7; 32], &[8; 32]).to_vec()),
            ("commitment", commitment(Side::Redeems, &[4; 32], &introduction).to_vec()),
        ],
    );
}
