//! What travels beside a plan, made up: lists, notices signed and forged, pieces of parcels, addresses, presence.

use std::net::SocketAddr;

use super::wounds::number;
use crate::clock::Instant;
use crate::exchange::frame::beside::{self, Beside};
use crate::exchange::testing::{Dice, relationship};
use crate::exchange::{
    Announced, Holdings, Label, MAX_PIECE, Notice, Piece, Presence, SignedNotice, Whereabouts,
};
use crate::id::{GoalId, ParcelId, PersonId};
use crate::relationship::key::DeviceKey;

/// Who makes notices up: with whose key, in whose name, and about which parcels besides ones that nobody knows.
pub(super) struct Pen<'a> {
    pub(super) key: &'a DeviceKey,
    pub(super) authors: &'a [PersonId],
    pub(super) parcels: &'a [ParcelId],
}

impl Pen<'_> {
    fn parcel(&self, dice: &mut Dice) -> ParcelId {
        if self.parcels.is_empty() || dice.one_in(3) {
            let mut id = *dice.pick(self.authors).as_bytes();
            id[6..].fill(dice.next().to_le_bytes()[0] % 4);
            return ParcelId::from_bytes(id);
        }
        *dice.pick(self.parcels)
    }

    /// A notice that says anything but that the relationship has ended.
    fn notice(&self, dice: &mut Dice) -> SignedNotice {
        let parcel = self.parcel(dice);
        let announced = match dice.below(8) {
            0 | 1 => Announced::HandedOver(Label {
                parcel,
                digest: dice.bytes(),
                length: u32::try_from(number(dice) % (1 << 32)).unwrap(),
                about: dice.one_in(3).then(|| self.parcel(dice)),
                goal: dice.one_in(2).then(|| GoalId::from_bytes(dice.bytes())),
            }),
            2 => Announced::Arrived(parcel),
            3 => Announced::Opened(parcel),
            4 => Announced::TakenBack(parcel),
            5 => Announced::AskedToDelete(parcel),
            6 => Announced::Deleted(parcel),
            _ => Announced::ReadTerms { version: dice.next().to_le_bytes()[0].into() },
        };
        let at = Instant::from_timestamp_micros((number(dice) >> 14).cast_signed()).unwrap_or_default();
        let author = *dice.pick(self.authors);
        let mut signed = Notice { author, at, announced }.sign(&relationship(), self.key);
        match dice.below(8) {
            0 => super::wounds::wound(&mut signed.body, dice),
            1 => signed.signature = dice.bytes(),
            2 => signed.device = dice.bytes(),
            _ => {}
        }
        signed.body.truncate(256);
        signed
    }

    /// A frame of any of the kinds.
    pub(super) fn frame(&self, dice: &mut Dice) -> Vec<u8> {
        let made_up = match dice.below(9) {
            0 => Beside::Holds(Holdings { count: number(dice) % 10_001, digest: dice.bytes() }),
            1 => Beside::Ids((0..dice.below(300)).map(|_| dice.bytes()).collect()),
            2..=4 => Beside::Notices((0..dice.below(6)).map(|_| self.notice(dice)).collect()),
            5 => Beside::Ask { parcel: self.parcel(dice), start: start(dice) },
            6 => {
                let (parcel, start) = (self.parcel(dice), start(dice));
                Beside::Piece(self.piece(parcel, start, dice))
            }
            7 => Beside::Whereabouts(Whereabouts {
                addresses: (0..dice.below(9)).map(|_| address(dice)).collect(),
                relay: dice.one_in(2).then(|| "https://relay.example./é".repeat(dice.below(10))),
                is_public: dice.one_in(2),
                recipient: dice.one_in(2).then(|| "age1".repeat(dice.below(30))),
            }),
            _ => Beside::Presence(Presence {
                together: dice.one_in(2),
                goal: dice.one_in(2).then(|| GoalId::from_bytes(dice.bytes())),
                typing_in: dice.next().to_le_bytes()[0],
            }),
        };
        beside::write(&made_up).unwrap()
    }

    /// An answer to somebody who asks for a parcel: mostly it is taken for what was asked for.
    pub(super) fn piece(&self, parcel: ParcelId, start: u32, dice: &mut Dice) -> Piece {
        let length = *dice.pick(&[0, 1, 100, MAX_PIECE - 1, MAX_PIECE, MAX_PIECE]);
        Piece { parcel, start, bytes: vec![dice.next().to_le_bytes()[0]; length] }
    }
}

/// Without a key that anybody knows.
pub(super) fn made_up(dice: &mut Dice) -> Vec<u8> {
    let (key, author) = (DeviceKey::from_secret(&[77; 32]), PersonId::from_bytes([7; 16]));
    Pen { key: &key, authors: &[author], parcels: &[] }.frame(dice)
}

fn start(dice: &mut Dice) -> u32 {
    u32::try_from(number(dice) % (64 << 20)).unwrap()
}

fn address(dice: &mut Dice) -> SocketAddr {
    let port = u16::from_le_bytes(dice.bytes());
    if dice.one_in(2) { (dice.bytes::<4>(), port).into() } else { (dice.bytes::<16>(), port).into() }
}
