//! An exchange as a file, without any I/O of its own: what one side says, frame by frame, each signed by the device
//! that wrote it. Whoever takes it in feeds the frames to a session whose answers go nowhere; the next file the other
//! way is the answer.
//!
//! A file is sealed to the other device as a whole, but sealing proves nothing about who did it: hence the signatures.
//! Each is checked before its frame is looked at, so that a file can be read once, from its beginning to its end.

use std::io::{ErrorKind, Read, Write};

use sha2::{Digest, Sha256};

use super::MAX_FRAME;
use super::frame::beside::{self, Beside};
use super::shelf::{MAX_PIECE, Shelf};
use crate::clock::Instant;
use crate::error::CarryProblem;
use crate::id::{ParcelId, RelationshipId};
use crate::relationship::key::{DeviceKey, PublicKey, is_signed_by};
use crate::{Error, Result};

/// How every file begins, once it is open.
const MAGIC: &[u8; 21] = b"common-ground carried";
/// The version of the file; it rises with that of the protocol.
const VERSION: u8 = 1;
/// What begins the signed bytes, so that no other signature of a device key can pass for one of these.
const DOMAIN: &[u8] = b"common-ground carried 1\0";
/// The most frames of a file.
const MAX_FRAMES: u64 = 16_384;
/// What comes next: a frame, or the end.
const FRAME: u8 = 1;
const END: u8 = 0;
/// The bytes of a cover.
const COVER: usize = 16 + 32 + 32 + 8 + 16;

/// What stands on a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Cover {
    /// In which relationship.
    pub(crate) relationship: RelationshipId,
    /// The device that wrote it.
    pub(crate) from: PublicKey,
    /// The device that it is for.
    pub(crate) to: PublicKey,
    /// When, by the clock of the device that wrote it, to the microsecond.
    pub(crate) written_at: Instant,
    /// Random: no part of one file passes for a part of another.
    pub(crate) number: [u8; 16],
}

impl Cover {
    fn encode(&self) -> Vec<u8> {
        let written = self.written_at.timestamp_micros().to_be_bytes();
        [self.relationship.as_bytes(), &self.from[..], &self.to, &written, &self.number].concat()
    }

    fn read(bytes: &[u8; COVER]) -> Option<Self> {
        let (relationship, rest) = bytes.split_first_chunk::<16>()?;
        let (from, rest) = rest.split_first_chunk::<32>()?;
        let (to, rest) = rest.split_first_chunk::<32>()?;
        let (written, rest) = rest.split_first_chunk::<8>()?;
        Some(Self {
            relationship: RelationshipId::from_bytes(*relationship),
            from: *from,
            to: *to,
            written_at: Instant::from_timestamp_micros(i64::from_be_bytes(*written))?,
            number: rest.try_into().ok()?,
        })
    }
}

/// What is signed at a place of a file.
fn signed_bytes(cover: &[u8], place: u64, what: u8, frame: &[u8]) -> Vec<u8> {
    [DOMAIN, cover, &place.to_be_bytes(), &[what], &Sha256::digest(frame)].concat()
}

/// Writes a file.
pub(crate) struct Writer<W: Write> {
    out: W,
    key: DeviceKey,
    cover: Vec<u8>,
    place: u64,
}

impl<W: Write> Writer<W> {
    /// Begins one; `key` is that of the device that the cover says it is from.
    ///
    /// # Errors
    /// What `out` says.
    pub(crate) fn begin(mut out: W, cover: &Cover, key: DeviceKey) -> Result<Self> {
        let cover = cover.encode();
        out.write_all(MAGIC)?;
        out.write_all(&[VERSION])?;
        out.write_all(&cover)?;
        Ok(Self { out, key, cover, place: 0 })
    }

    /// Adds a frame.
    ///
    /// # Errors
    /// What `out` says; [`Error::Exchange`] when there are too many.
    pub(crate) fn frame(&mut self, frame: &[u8]) -> Result<()> {
        if self.place >= MAX_FRAMES {
            return Err(Error::broken_rule("too much for one file"));
        }
        self.put(FRAME, frame)
    }

    /// Adds a parcel of one's own, whole.
    ///
    /// # Errors
    /// As [`Writer::frame`], and what the shelf says.
    pub(crate) fn parcel(&mut self, parcel: ParcelId, shelf: &dyn Shelf) -> Result<()> {
        let mut start = 0;
        loop {
            let piece = shelf.piece(parcel, start)?;
            let length = piece.bytes.len();
            start = piece.end();
            if length > 0 {
                self.frame(&beside::write(&Beside::Piece(piece))?)?;
            }
            if length < MAX_PIECE {
                return Ok(());
            }
        }
    }

    /// Says that this was all.
    ///
    /// # Errors
    /// What `out` says.
    pub(crate) fn finish(mut self) -> Result<W> {
        self.put(END, &[])?;
        Ok(self.out)
    }

    fn put(&mut self, what: u8, frame: &[u8]) -> Result<()> {
        let signature = self.key.sign(&signed_bytes(&self.cover, self.place, what, frame));
        self.place += 1;
        self.out.write_all(&[what])?;
        self.out.write_all(&signature)?;
        self.out.write_all(frame)?;
        Ok(())
    }
}

/// Reads a file.
pub(crate) struct Reader<R: Read> {
    input: R,
    cover: Cover,
    encoded: [u8; COVER],
    place: u64,
}

impl<R: Read> Reader<R> {
    /// Reads the cover. Nothing proves it before the first frame has come.
    ///
    /// # Errors
    /// [`Error::Carry`], and what `input` says.
    pub(crate) fn begin(mut input: R) -> Result<Self> {
        let mut magic = [0; MAGIC.len()];
        input.read_exact(&mut magic).map_err(cut)?;
        if magic != *MAGIC {
            return Err(CarryProblem::NotCarried.into());
        }
        match byte(&mut input)? {
            VERSION => {}
            0 => return Err(CarryProblem::NotCarried.into()),
            _ => return Err(CarryProblem::Newer.into()),
        }
        let mut encoded = [0; COVER];
        input.read_exact(&mut encoded).map_err(cut)?;
        let cover = Cover::read(&encoded).ok_or(CarryProblem::Damaged)?;
        Ok(Self { input, cover, encoded, place: 0 })
    }

    /// What stands on it.
    pub(crate) fn cover(&self) -> &Cover {
        &self.cover
    }

    /// The next frame, with its four bytes of length, signed by the device that the cover names; nothing at the end.
    ///
    /// # Errors
    /// [`Error::Carry`] when it is damaged, torn or forged, and what `input` says.
    pub(crate) fn next_frame(&mut self) -> Result<Option<Vec<u8>>> {
        let what = byte(&mut self.input)?;
        let mut signature = [0; 64];
        self.input.read_exact(&mut signature).map_err(cut)?;
        let frame = match what {
            FRAME if self.place < MAX_FRAMES => read_frame(&mut self.input)?,
            END => Vec::new(),
            _ => return Err(CarryProblem::Damaged.into()),
        };
        let signed = signed_bytes(&self.encoded, self.place, what, &frame);
        if !is_signed_by(&self.cover.from, &signed, &signature) {
            return Err(CarryProblem::Damaged.into());
        }
        self.place += 1;
        if what == FRAME {
            return Ok(Some(frame));
        }
        // What seals a file also tells its true end.
        let is_at_an_end = self.input.read(&mut [0]).map_err(cut)? == 0;
        if is_at_an_end { Ok(None) } else { Err(CarryProblem::Damaged.into()) }
    }
}

fn byte(input: &mut impl Read) -> Result<u8> {
    let mut byte = [0];
    input.read_exact(&mut byte).map_err(cut)?;
    Ok(byte[0])
}

/// A frame with its length; memory is taken for what has come, not for what a number announces.
fn read_frame(input: &mut impl Read) -> Result<Vec<u8>> {
    let mut prefix = [0; 4];
    input.read_exact(&mut prefix).map_err(cut)?;
    let length = u64::from(u32::from_be_bytes(prefix));
    if length > MAX_FRAME as u64 {
        return Err(CarryProblem::Damaged.into());
    }
    let mut frame = prefix.to_vec();
    let came = input.take(length).read_to_end(&mut frame).map_err(cut)?;
    if came as u64 == length { Ok(frame) } else { Err(CarryProblem::Damaged.into()) }
}

/// What is told of a file that cannot be read on.
pub(crate) fn cut(error: std::io::Error) -> Error {
    match error.kind() {
        ErrorKind::InvalidData | ErrorKind::UnexpectedEof => CarryProblem::Damaged.into(),
        _ => error.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cover() -> Cover {
        Cover {
            relationship: RelationshipId::from_bytes([1; 16]),
            from: DeviceKey::from_secret(&[2; 32]).public(),
            to: [3; 32],
            written_at: Instant::from_timestamp_micros(1_777_824_000_000_001).expect("a time"),
            number: [4; 16],
        }
    }

    fn frames() -> Vec<Vec<u8>> {
        [0, 1, 70_000].map(|n: u32| [&n.to_be_bytes()[..], &vec![7; n as usize]].concat()).to_vec()
    }

    fn written(cover: &Cover, key: u8) -> Vec<u8> {
        let mut writer =
            Writer::begin(Vec::new(), cover, DeviceKey::from_secret(&[key; 32])).expect("a file");
        for frame in frames() {
            writer.frame(&frame).expect("a frame");
        }
        writer.finish().expect("a whole file")
    }

    fn read(bytes: &[u8]) -> Result<Vec<Vec<u8>>> {
        let mut reader = Reader::begin(bytes)?;
        let mut frames = Vec::new();
        while let Some(frame) = reader.next_frame()? {
            frames.push(frame);
        }
        Ok(frames)
    }

    #[test]
    fn what_was_written_is_read_back() {
        let file = written(&cover(), 2);
        assert_eq!(*Reader::begin(&file[..]).expect("a file").cover(), cover());
        assert_eq!(read(&file), Ok(frames()));
    }

    #[test]
    fn a_file_of_a_newer_version_and_one_that_is_none_are_told_as_such() {
        let mut file = written(&cover(), 2);
        file[MAGIC.len()] = 2;
        assert_eq!(read(&file), Err(CarryProblem::Newer.into()));
        file[0] ^= 1;
        assert_eq!(read(&file), Err(CarryProblem::NotCarried.into()));
    }

    #[test]
    fn a_file_that_is_torn_lengthened_changed_or_signed_by_another_is_damaged() {
        let file = written(&cover(), 2);
        for end in (MAGIC.len()..file.len()).step_by(997) {
            assert_eq!(read(&file[..end]), Err(CarryProblem::Damaged.into()), "cut at {end}");
        }
        assert_eq!(read(&[&file[..], &[0]].concat()), Err(CarryProblem::Damaged.into()));
        for at in (MAGIC.len() + 1..file.len()).step_by(499) {
            let mut changed = file.clone();
            changed[at] ^= 1;
            assert_eq!(read(&changed), Err(CarryProblem::Damaged.into()), "changed at {at}");
        }
        assert_eq!(read(&written(&cover(), 5)), Err(CarryProblem::Damaged.into()));
    }

    #[test]
    fn frames_of_one_file_are_not_taken_out_of_their_order_nor_into_another_file() {
        let (one, other) = (written(&cover(), 2), written(&Cover { number: [9; 16], ..cover() }, 2));
        let head = MAGIC.len() + 1 + COVER;
        assert_eq!(read(&[&one[..head], &other[head..]].concat()), Err(CarryProblem::Damaged.into()));
        let (first, second) = (head + 69, head + 69 + 70);
        let swapped = [&one[..head], &one[first..second], &one[head..first], &one[second..]].concat();
        assert_eq!(read(&swapped), Err(CarryProblem::Damaged.into()));
    }
}
