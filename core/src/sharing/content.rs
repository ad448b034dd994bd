//! What is in a parcel, byte by byte:
//!
//! | bytes | what |
//! | --- | --- |
//! | 32 | a random salt, which keys the digest that the giver announces |
//! | 1 | the version of what follows: 1 |
//! | 4 | how many bytes the next has (big-endian) |
//! | … | the [`Excerpt`] in postcard, deflated |
//! | … | the contents of its attachments, one behind the other |
//!
//! The salt goes with the content: what was taken back cannot be found again by guessing.

use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use rusqlite::Connection;
use sha2::{Digest, Sha256};

use super::excerpt::Excerpt;
use super::pieces::stretch;
use super::problem::ParcelProblem;
use crate::error::Problem;
use crate::exchange::MAX_PARCEL;
use crate::id::{ParcelId, PreviewDigest};
use crate::{Error, Result};

/// The version that is written here.
const VERSION: u8 = 1;
/// The most bytes of an excerpt without its attachments, and deflated.
const LONGEST: usize = 4 << 20;
const LONGEST_DEFLATED: usize = LONGEST + (64 << 10);
/// The most bytes of a comment's words.
pub(crate) const LONGEST_COMMENT: usize = 64 << 10;
/// The most bytes of what stands around them in a comment, deflated or not.
const AROUND_COMMENT: usize = 1 << 10;
/// The most bytes of a comment's content, salt included.
pub(crate) const MAX_COMMENT: u32 = (LONGEST_COMMENT + AROUND_COMMENT) as u32;
/// Bytes of the salt, and of what stands before the deflated excerpt.
const SALT: u64 = 32;
const BEFORE: u64 = SALT + 1 + 4;

/// A content that is about to be handed over: an excerpt, and the way to what is attached.
pub(crate) struct Content<'a> {
    excerpt: &'a Excerpt,
    /// Version, length and deflated excerpt.
    head: Vec<u8>,
    attached: Attached<'a>,
}

/// Writes the content of the attachment at this place.
pub(crate) type Attached<'a> = &'a dyn Fn(usize, &mut dyn Write) -> Result<()>;

impl<'a> Content<'a> {
    /// Of an excerpt; `attached` writes the content of the attachment at a place, the same every time.
    ///
    /// # Errors
    /// [`Error::Invalid`] for one that is empty, or that no parcel can hold.
    pub(crate) fn of(excerpt: &'a Excerpt, attached: Attached<'a>) -> Result<Self> {
        if excerpt.is_empty() {
            return Err(Error::invalid("excerpt", Problem::Empty));
        }
        if !excerpt.is_sound() {
            return Err(Error::malformed("excerpt", "within the bounds of an excerpt"));
        }
        let plain = postcard::to_stdvec(excerpt).map_err(|_| Error::internal("sharing, an excerpt"))?;
        if plain.len() > LONGEST {
            return Err(too_long(LONGEST as u64));
        }
        let mut head = vec![VERSION, 0, 0, 0, 0];
        let mut deflate = DeflateEncoder::new(&mut head, Compression::default());
        deflate.write_all(&plain)?;
        deflate.finish()?;
        let length = u32::try_from(head.len() - 5).unwrap_or(u32::MAX);
        head[1..5].copy_from_slice(&length.to_be_bytes());
        let content = Self { excerpt, head, attached };
        content.length()?;
        Ok(content)
    }

    /// How many bytes it has, salt included.
    ///
    /// # Errors
    /// [`Error::Invalid`] when they are more than a parcel can hold.
    pub(crate) fn length(&self) -> Result<u32> {
        let attached = self.excerpt.bytes_attached().unwrap_or(u64::MAX);
        let length = attached.saturating_add(SALT + self.head.len() as u64);
        let fits = u32::try_from(length).ok().filter(|length| *length <= MAX_PARCEL);
        fits.ok_or_else(|| too_long(MAX_PARCEL.into()))
    }

    /// The digest of all but the salt: what a person has looked at, to the byte.
    ///
    /// # Errors
    /// What the attachments say.
    pub(crate) fn digest(&self) -> Result<PreviewDigest> {
        let mut digest = Sha256::new();
        self.write_to(&mut Digesting(&mut digest))?;
        Ok(PreviewDigest::from_bytes(digest.finalize().into()))
    }

    /// Writes all but the salt.
    ///
    /// # Errors
    /// What the attachments and the sink say; [`Error::Internal`] for an attachment of another length.
    pub(super) fn write_to(&self, sink: &mut dyn Write) -> Result<()> {
        sink.write_all(&self.head)?;
        for (place, attachment) in self.excerpt.attachments.iter().enumerate() {
            let mut counted = Counted { sink, bytes: 0 };
            (self.attached)(place, &mut counted)?;
            if counted.bytes != attachment.bytes {
                return Err(Error::internal("sharing, an attachment of another length"));
            }
        }
        Ok(())
    }
}

fn too_long(limit: u64) -> Error {
    Error::invalid("excerpt", Problem::TooLong { limit, unit: "bytes".to_owned() })
}

struct Digesting<'a>(&'a mut Sha256);

impl Write for Digesting<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

struct Counted<'a> {
    sink: &'a mut dyn Write,
    bytes: u64,
}

impl Write for Counted<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let written = self.sink.write(bytes)?;
        self.bytes += written as u64;
        Ok(written)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        self.sink.flush()
    }
}

/// A content that is here, as its excerpt says where what lies.
pub(crate) struct Opened {
    /// What can be read.
    pub(crate) excerpt: Excerpt,
    /// Where the content of the first attachment begins.
    attached_at: u64,
}

impl Opened {
    /// Where the content of an attachment begins, and how many bytes it has.
    pub(crate) fn attachment(&self, place: usize) -> Option<(u64, u64)> {
        let before: u64 = self.excerpt.attachments.get(..place)?.iter().map(|one| one.bytes).sum();
        let bytes = self.excerpt.attachments.get(place)?.bytes;
        Some((self.attached_at + before, bytes))
    }
}

/// Reads the content of a parcel that is whole and has so many bytes.
///
/// # Errors
/// [`Error::Parcel`] for what a newer version wrote, or no version of ours; what the file says.
pub(crate) fn open(connection: &Connection, parcel: ParcelId, length: u32) -> Result<Opened> {
    let (attached_at, deflated) = head(connection, parcel, length)?;
    let excerpt = read(&stretch(connection, parcel, BEFORE, deflated)?, LONGEST)?;
    if excerpt.bytes_attached() != Some(u64::from(length) - attached_at) {
        return Err(malformed());
    }
    Ok(Opened { excerpt, attached_at })
}

/// Reads the words of a comment that is whole and has so many bytes: never more than a comment can have, and nothing
/// but words.
///
/// # Errors
/// As for [`open`].
pub(crate) fn comment(connection: &Connection, parcel: ParcelId, length: u32) -> Result<String> {
    let (attached_at, deflated) = head(connection, parcel, length)?;
    if length > MAX_COMMENT || attached_at != u64::from(length) {
        return Err(malformed());
    }
    let comment = read(&stretch(connection, parcel, BEFORE, deflated)?, LONGEST_COMMENT + AROUND_COMMENT)?;
    let alone = Excerpt { text: comment.text.clone(), ..Excerpt::default() };
    if comment != alone || comment.text.len() > LONGEST_COMMENT {
        return Err(malformed());
    }
    Ok(comment.text)
}

/// Where the content of attachments begins, and how many bytes the deflated excerpt before it has.
fn head(connection: &Connection, parcel: ParcelId, length: u32) -> Result<(u64, u64)> {
    let before = stretch(connection, parcel, SALT, BEFORE - SALT)?;
    let [version, deflated @ ..] = before.as_slice() else { return Err(malformed()) };
    if *version != VERSION {
        return Err(if *version > VERSION { ParcelProblem::Newer.into() } else { malformed() });
    }
    let deflated = u32::from_be_bytes(deflated.try_into().map_err(|_| malformed())?);
    let attached_at = BEFORE + u64::from(deflated);
    if deflated as usize > LONGEST_DEFLATED || attached_at > length.into() {
        return Err(malformed());
    }
    Ok((attached_at, deflated.into()))
}

/// Reads a deflated excerpt, which may be from anybody: never more of it than so many bytes.
fn read(deflated: &[u8], longest: usize) -> Result<Excerpt> {
    let mut plain = Vec::new();
    DeflateDecoder::new(deflated)
        .take(longest as u64 + 1)
        .read_to_end(&mut plain)
        .map_err(|_| malformed())?;
    if plain.len() > longest {
        return Err(malformed());
    }
    match postcard::take_from_bytes::<Excerpt>(&plain) {
        Ok((excerpt, [])) if excerpt.is_sound() => Ok(excerpt),
        _ => Err(malformed()),
    }
}

fn malformed() -> Error {
    ParcelProblem::Malformed.into()
}

#[cfg(test)]
mod tests {
    use super::super::excerpt::{ExcerptAnswer, ExcerptAttachment, ExcerptFeeling};
    use super::*;
    use crate::tests::frozen::{golden, is_as_it_always_was};

    fn excerpt() -> Excerpt {
        Excerpt {
            text: "Heute am See 🙂".to_owned(),
            title: Some("Sommertag".to_owned()),
            day: "2026-05-03".parse().ok(),
            mood: Some(4),
            feelings: vec![ExcerptFeeling { name: "calm".to_owned(), intensity: Some(7) }],
            tags: vec!["lake".to_owned()],
            answers: vec![ExcerptAnswer {
                question: "What was good?".to_owned(),
                answer: "The wind".to_owned(),
            }],
            attachments: vec![ExcerptAttachment {
                name: "lake.jpg".to_owned(),
                media_type: "image/jpeg".to_owned(),
                bytes: 3,
            }],
        }
    }

    /// How well something is deflated may become better; what comes out of it may not be another thing.
    #[test]
    fn what_is_handed_over_is_written_and_read_as_it_always_was() {
        let plain = postcard::to_stdvec(&excerpt()).expect("written");
        let comment = Excerpt { text: "Thank you".to_owned(), ..Excerpt::default() };
        let comment = postcard::to_stdvec(&comment).expect("written");
        is_as_it_always_was("parcel", &[("excerpt", plain), ("comment", comment)]);
        let attached = |_: usize, sink: &mut dyn Write| Ok(sink.write_all(&[1, 2, 3])?);
        let excerpt = excerpt();
        let content = Content::of(&excerpt, &attached).expect("a content");
        let mut written = Vec::new();
        content.write_to(&mut written).expect("written");
        for content in [written, golden("parcels", "content")] {
            assert_eq!(content[0], VERSION);
            let length = u32::from_be_bytes(content[1..5].try_into().expect("a length")) as usize;
            assert!(read(&content[5..5 + length], LONGEST).is_ok_and(|read| read == excerpt));
            assert_eq!(content[5 + length..], [1, 2, 3]);
        }
    }
}
