//! Every kind of frame and notice, as it has been written since the first version that people use.

use crate::clock::Instant;
use crate::exchange::by_file::{Cover, Reader, Writer};
use crate::exchange::frame::beside::{self, Beside};
use crate::exchange::frame::{self, Batch, Farewell, Frame, Have, Hello};
use crate::exchange::{
    Announced, Holdings, Label, Notice, Piece, Position, Presence, SignedEnd, SignedHead, SignedNotice,
    Whereabouts,
};
use crate::id::{GoalId, ParcelId, PersonId, RelationshipId};
use crate::relationship::key::{DeviceKey, PersonKey, actor_prefix};
use crate::tests::frozen::is_as_it_always_was;

const RELATIONSHIP: RelationshipId = RelationshipId::from_bytes([0x44; 16]);
const PARCEL: ParcelId = ParcelId::from_bytes([0x66; 16]);
const GOAL: GoalId = GoalId::from_bytes([0x33; 16]);

fn device() -> DeviceKey {
    DeviceKey::from_secret(&[9; 32])
}

fn at() -> Instant {
    Instant::from_timestamp_micros(1_777_824_000_000_001).expect("a time")
}

/// Where an actor of the device stands.
fn position() -> Position {
    let mut actor = [7; 16];
    actor[..8].copy_from_slice(&actor_prefix(&device().public()));
    Position { actor, seq: 300, hash: [0x55; 32] }
}

fn notice(announced: Announced) -> SignedNotice {
    Notice { author: PersonId::from_bytes([0x11; 16]), at: at(), announced }.sign(&RELATIONSHIP, &device())
}

fn ends() -> [SignedEnd; 2] {
    let Position { actor, seq, hash } = position();
    let person = PersonKey::from_secret(&[5; 32]);
    [
        SignedEnd::sign(&RELATIONSHIP, actor, seq, hash, &device()),
        SignedEnd::sign_as_person(&RELATIONSHIP, actor, 0, [0; 32], &person),
    ]
}

fn frames() -> Vec<(&'static str, Vec<u8>)> {
    let hello = Hello {
        protocol: (1, 1),
        gate: 2,
        level: 3,
        plan: 2,
        device_list: 200,
        relationship: RELATIONSHIP,
        is_over: false,
        asks: 1,
        positions: vec![Position { actor: [1; 16], ..position() }, Position { actor: [2; 16], ..position() }],
    };
    let head = SignedHead::sign(&RELATIONSHIP, position(), &device());
    assert!(head.is_genuine(&RELATIONSHIP) && ends().iter().all(|end| end.is_genuine(&RELATIONSHIP)));
    let batch =
        Batch { answers: 1, delivery: 2, piece: 3, is_last: true, heads: vec![head], columns: b"columns" };
    let whereabouts = Whereabouts {
        addresses: vec!["192.168.1.7:4433".parse().expect("one"), "[fd00::7]:9".parse().expect("one")],
        relay: Some("https://relay.example".to_owned()),
        is_public: true,
        recipient: Some("age1recipient".to_owned()),
    };
    let presence = Presence { together: true, goal: Some(GOAL), typing_in: 2 };
    let piece = Piece { parcel: PARCEL, start: 70_000, bytes: b"a piece".to_vec() };
    let written = |what: Beside| beside::write(&what).expect("a frame");
    vec![
        ("hello", frame::write_hello(&hello).expect("a frame")),
        ("hello-when-over", frame::write_hello(&Hello { is_over: true, ..hello }).expect("a frame")),
        ("batch", frame::write_batch(&batch).expect("a frame")),
        ("have", frame::write_have(&Have { delivery: 2, positions: vec![position()] }).expect("a frame")),
        ("refused", frame::write_refused(&[0x55; 32], 7).expect("a frame")),
        ("goodbye", frame::write_goodbye(Farewell::Done).expect("a frame")),
        ("goodbye-rules-broken", frame::write_goodbye(Farewell::RulesBroken).expect("a frame")),
        ("goodbye-no-common-version", frame::write_goodbye(Farewell::NoCommonVersion).expect("a frame")),
        ("goodbye-other-relationship", frame::write_goodbye(Farewell::OtherRelationship).expect("a frame")),
        ("goodbye-trouble", frame::write_goodbye(Farewell::Trouble).expect("a frame")),
        ("goodbye-needs-update", frame::write_goodbye(Farewell::NeedsUpdate).expect("a frame")),
        ("ends", frame::write_ends(&ends()).expect("a frame")),
        ("holds", written(Beside::Holds(Holdings::of(&[[1; 32], [2; 32]])))),
        ("ids", written(Beside::Ids(vec![[7; 8], [8; 8]]))),
        ("notices", written(Beside::Notices(vec![notice(Announced::Ended)]))),
        ("ask", written(Beside::Ask { parcel: PARCEL, start: 70_000 })),
        ("piece", written(Beside::Piece(piece))),
        ("whereabouts", written(Beside::Whereabouts(whereabouts))),
        ("whereabouts-unknown", written(Beside::Whereabouts(Whereabouts::default()))),
        ("presence", written(Beside::Presence(presence))),
        ("presence-none", written(Beside::Presence(Presence { together: false, goal: None, typing_in: 0 }))),
    ]
}

#[test]
fn every_frame_is_written_and_read_as_it_always_was() {
    let frames = frames();
    is_as_it_always_was("frame", &frames);
    for (name, bytes) in &frames {
        assert!(frame::read(bytes).is_ok_and(|read| !matches!(read, Frame::Skipped)), "{name}");
    }
}

#[test]
fn no_kind_of_frame_is_missing_in_the_golden_file() {
    let frames = frames();
    let golden = |kind: u8| frames.iter().any(|(_, bytes)| bytes[5] == kind);
    for kind in 0..=u8::MAX {
        let nothing = [0, 0, 0, 2, 1, kind];
        let is_known = match &frame::read(&nothing) {
            Ok(read) => !matches!(read, Frame::Skipped),
            Err(crate::Error::Exchange { problem }) => problem != "a frame of an unknown kind",
            Err(_) => false,
        };
        assert_eq!(golden(kind), is_known, "kind {kind:#x}: add a golden line for it");
    }
}

fn notices() -> Vec<(&'static str, Announced)> {
    let label = Label { parcel: PARCEL, digest: [0x77; 32], length: 70_000, about: None, goal: None };
    let about = Some(ParcelId::from_bytes([0x88; 16]));
    vec![
        ("handed-over", Announced::HandedOver(label)),
        ("handed-over-about", Announced::HandedOver(Label { about, goal: Some(GOAL), ..label })),
        ("arrived", Announced::Arrived(PARCEL)),
        ("opened", Announced::Opened(PARCEL)),
        ("taken-back", Announced::TakenBack(PARCEL)),
        ("asked-to-delete", Announced::AskedToDelete(PARCEL)),
        ("deleted", Announced::Deleted(PARCEL)),
        ("read-terms", Announced::ReadTerms { version: 258 }),
        ("ended", Announced::Ended),
    ]
}

#[test]
fn every_notice_is_signed_and_found_genuine_as_it_always_was() {
    let signed: Vec<(&str, Vec<u8>)> = notices()
        .into_iter()
        .map(|(name, announced)| {
            let signed = notice(announced);
            assert!(signed.is_genuine(&RELATIONSHIP) && signed.read().is_some(), "{name}");
            (name, [&signed.body[..], &signed.device, &signed.signature, &signed.id(&RELATIONSHIP)].concat())
        })
        .collect();
    is_as_it_always_was("notice", &signed);
    let mut kinds: Vec<u8> = signed.iter().map(|(_, bytes)| bytes[0]).collect();
    kinds.dedup();
    assert_eq!(kinds, (1..=8).collect::<Vec<_>>());
}

#[test]
fn a_file_to_carry_over_is_written_and_read_as_it_always_was() {
    let (from, to) = (device().public(), [3; 32]);
    let cover = Cover { relationship: RELATIONSHIP, from, to, written_at: at(), number: [4; 16] };
    let carried: Vec<Vec<u8>> = frames().into_iter().take(2).map(|(_, bytes)| bytes).collect();
    let mut writer = Writer::begin(Vec::new(), &cover, device()).expect("a file");
    for frame in &carried {
        writer.frame(frame).expect("a frame");
    }
    let file = writer.finish().expect("a whole file");
    let mut reader = Reader::begin(&file[..]).expect("a file");
    assert_eq!(*reader.cover(), cover);
    for frame in carried {
        assert_eq!(reader.next_frame(), Ok(Some(frame)));
    }
    assert_eq!(reader.next_frame(), Ok(None));
    is_as_it_always_was("carried", &[("file", file)]);
}
