//! The frames of what travels beside a plan: notices, parcels, where a device is, and who is here.

use std::net::{IpAddr, SocketAddr};

use super::{MAX_CONTROL, finish, read_flag};
use crate::Result;
use crate::exchange::columns::{Cursor, put_number};
use crate::exchange::notice::{MAX_BODY, SignedNotice};
use crate::exchange::replica::broken;
use crate::exchange::shelf::{Holdings, MAX_NOTICES, MAX_PARCEL, MAX_PIECE, Piece, ShortId};
use crate::exchange::{Presence, Whereabouts};
use crate::id::{GoalId, ParcelId};

const HOLDS: u8 = 7;
const IDS: u8 = 8;
const NOTICES: u8 = 9;
const ASK: u8 = 10;
const PIECE: u8 = 11;
const WHEREABOUTS: u8 = 0x80;
const PRESENCE: u8 = 0x81;

/// The most notices of a frame.
pub(in crate::exchange) const MAX_NOTICES_IN_FRAME: usize = 64;
/// The most addresses that a device tells.
pub(crate) const MAX_ADDRESSES: usize = 8;
/// The most bytes of a relay's address, and of a recipient.
const MAX_RELAY: usize = 256;
const MAX_RECIPIENT: usize = 128;

/// A frame of what travels beside a plan.
pub(in crate::exchange) enum Beside {
    Holds(Holdings),
    Ids(Vec<ShortId>),
    Notices(Vec<SignedNotice>),
    Ask { parcel: ParcelId, start: u32 },
    Piece(Piece),
    Whereabouts(Whereabouts),
    Presence(Presence),
}

/// Reads the body of a frame, if it is of one of these kinds.
pub(super) fn read(kind: u8, cursor: &mut Cursor<'_>) -> Result<Option<Beside>> {
    Ok(Some(match kind {
        HOLDS => Beside::Holds(Holdings {
            count: cursor.up_to(MAX_NOTICES as usize, "too many notices")? as u64,
            digest: cursor.array()?,
        }),
        IDS => {
            let count = cursor.up_to(MAX_NOTICES as usize, "too many notices")?;
            let mut ids = Vec::new();
            for _ in 0..count {
                ids.push(cursor.array()?);
            }
            Beside::Ids(ids)
        }
        NOTICES => Beside::Notices(read_notices(cursor)?),
        ASK => Beside::Ask { parcel: read_parcel(cursor)?, start: read_start(cursor)? },
        PIECE => {
            let (parcel, start) = (read_parcel(cursor)?, read_start(cursor)?);
            let bytes = read_bytes(cursor, MAX_PIECE, "a piece is too long")?;
            Beside::Piece(Piece { parcel, start, bytes })
        }
        WHEREABOUTS => Beside::Whereabouts(read_whereabouts(cursor)?),
        PRESENCE => Beside::Presence(read_presence(cursor)?),
        _ => return Ok(None),
    }))
}

/// A frame for the wire.
///
/// # Errors
/// When it holds more than a frame may.
pub(in crate::exchange) fn write(beside: &Beside) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    let kind = match beside {
        Beside::Holds(holdings) => {
            put_number(&mut body, holdings.count);
            body.extend(holdings.digest);
            HOLDS
        }
        Beside::Ids(ids) => {
            put_number(&mut body, ids.len() as u64);
            body.extend(ids.as_flattened());
            IDS
        }
        Beside::Notices(notices) => {
            put_number(&mut body, notices.len() as u64);
            for notice in notices {
                put_bytes(&mut body, &notice.body);
                body.extend(notice.device);
                body.extend(notice.signature);
            }
            NOTICES
        }
        Beside::Ask { parcel, start } => {
            body.extend(parcel.as_bytes());
            put_number(&mut body, (*start).into());
            ASK
        }
        Beside::Piece(piece) => {
            body.extend(piece.parcel.as_bytes());
            put_number(&mut body, piece.start.into());
            put_bytes(&mut body, &piece.bytes);
            PIECE
        }
        Beside::Whereabouts(whereabouts) => {
            write_whereabouts(&mut body, whereabouts);
            WHEREABOUTS
        }
        Beside::Presence(presence) => {
            write_presence(&mut body, presence);
            PRESENCE
        }
    };
    if body.len() > MAX_CONTROL {
        return Err(broken("a frame is too long for its kind"));
    }
    finish(kind, &body)
}

fn read_notices(cursor: &mut Cursor<'_>) -> Result<Vec<SignedNotice>> {
    let count = cursor.up_to(MAX_NOTICES_IN_FRAME, "too many notices")?;
    let mut notices = Vec::new();
    for _ in 0..count {
        let body = read_bytes(cursor, MAX_BODY, "a notice is too long")?;
        notices.push(SignedNotice { body, device: cursor.array()?, signature: cursor.array()? });
    }
    Ok(notices)
}

fn read_parcel(cursor: &mut Cursor<'_>) -> Result<ParcelId> {
    Ok(ParcelId::from_bytes(cursor.array()?))
}

fn read_start(cursor: &mut Cursor<'_>) -> Result<u32> {
    let start = u32::try_from(cursor.number()?).ok().filter(|start| *start <= MAX_PARCEL);
    start.ok_or_else(|| broken("a parcel is too long"))
}

fn read_bytes(cursor: &mut Cursor<'_>, most: usize, what: &'static str) -> Result<Vec<u8>> {
    let length = cursor.up_to(most, what)?;
    Ok(cursor.take(length)?.to_vec())
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend(bytes);
}

fn read_text(cursor: &mut Cursor<'_>, most: usize) -> Result<Option<String>> {
    let bytes = read_bytes(cursor, most, "an address is too long")?;
    let text = String::from_utf8(bytes).map_err(|_| broken("an address is malformed"))?;
    Ok((!text.is_empty()).then_some(text))
}

fn read_whereabouts(cursor: &mut Cursor<'_>) -> Result<Whereabouts> {
    let count = cursor.up_to(MAX_ADDRESSES, "too many addresses")?;
    let mut addresses = Vec::new();
    for _ in 0..count {
        let ip: IpAddr = match cursor.byte()? {
            0 => cursor.array::<4>()?.into(),
            1 => cursor.array::<16>()?.into(),
            _ => return Err(broken("an address is malformed")),
        };
        addresses.push(SocketAddr::new(ip, u16::from_be_bytes(cursor.array()?)));
    }
    let (relay, recipient) = (read_text(cursor, MAX_RELAY)?, read_text(cursor, MAX_RECIPIENT)?);
    let is_public = read_flag(cursor)?;
    Ok(Whereabouts { addresses, relay, is_public, recipient })
}

fn write_whereabouts(body: &mut Vec<u8>, whereabouts: &Whereabouts) {
    let addresses = &whereabouts.addresses[..whereabouts.addresses.len().min(MAX_ADDRESSES)];
    put_number(body, addresses.len() as u64);
    for address in addresses {
        match address.ip() {
            IpAddr::V4(ip) => {
                body.push(0);
                body.extend(ip.octets());
            }
            IpAddr::V6(ip) => {
                body.push(1);
                body.extend(ip.octets());
            }
        }
        body.extend(address.port().to_be_bytes());
    }
    for (text, most) in [(&whereabouts.relay, MAX_RELAY), (&whereabouts.recipient, MAX_RECIPIENT)] {
        // One that is too long for the wire is not told; the others still are.
        let text = text.as_deref().filter(|text| text.len() <= most).unwrap_or_default();
        put_bytes(body, text.as_bytes());
    }
    body.push(u8::from(whereabouts.is_public));
}

fn read_presence(cursor: &mut Cursor<'_>) -> Result<Presence> {
    let together = read_flag(cursor)?;
    let goal = if read_flag(cursor)? { Some(GoalId::from_bytes(cursor.array()?)) } else { None };
    Ok(Presence { together, goal, typing_in: cursor.byte()? })
}

fn write_presence(body: &mut Vec<u8>, presence: &Presence) {
    body.push(u8::from(presence.together));
    match &presence.goal {
        None => body.push(0),
        Some(goal) => {
            body.push(1);
            body.extend(goal.as_bytes());
        }
    }
    body.push(presence.typing_in);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::exchange::frame;

    fn there_and_back(beside: &Beside) -> Vec<u8> {
        let bytes = write(beside).expect("a frame");
        let frame::Frame::Beside(read) = frame::read(&bytes).expect("a frame that is read") else {
            panic!("a frame of another kind");
        };
        assert_eq!(write(&read).expect("again"), bytes);
        bytes
    }

    fn some() -> Vec<Beside> {
        let notice = SignedNotice { body: vec![1; 60], device: [2; 32], signature: [3; 64] };
        let parcel = ParcelId::from_bytes([5; 16]);
        vec![
            Beside::Holds(Holdings::of(&[[1; 32], [2; 32]])),
            Beside::Ids(vec![[7; 8]; MAX_NOTICES as usize]),
            Beside::Notices(vec![notice; MAX_NOTICES_IN_FRAME]),
            Beside::Ask { parcel, start: 70_000 },
            Beside::Piece(Piece { parcel, start: 9, bytes: vec![4; MAX_PIECE] }),
            Beside::Whereabouts(Whereabouts {
                addresses: vec!["10.0.0.1:7".parse().expect("one"), "[fe80::1]:9".parse().expect("one")],
                relay: Some("https://relay.example".to_owned()),
                is_public: true,
                recipient: None,
            }),
            Beside::Presence(Presence {
                together: true,
                goal: Some(GoalId::from_bytes([6; 16])),
                typing_in: 2,
            }),
        ]
    }

    #[test]
    fn what_travels_beside_a_plan_comes_out_as_it_went_in() {
        for beside in some() {
            there_and_back(&beside);
        }
    }

    #[test]
    fn a_frame_that_is_cut_or_has_more_at_its_end_is_refused() {
        for beside in some() {
            let bytes = there_and_back(&beside);
            let with_length = |content: &[u8]| {
                let length = u32::try_from(content.len()).expect("a length");
                [&length.to_be_bytes()[..], content].concat()
            };
            let content = &bytes[4..];
            for end in (2..content.len()).step_by(content.len() / 64 + 1) {
                assert!(frame::read(&with_length(&content[..end])).is_err());
            }
            assert!(frame::read(&with_length(&[content, &[0]].concat())).is_err());
        }
    }
}
