//! The proof of the promise "the journal is mine": all that the therapist's device stored or received is
//! searched for the client's entries, word for word, and the search is shown to be one that finds.

use common_ground::home::KeyName;
use common_ground::journal::Journal;

use super::device::Device;
use super::scan::{Found, Runs};
use super::stored::{Amount, Piece, Unreadable, read_file, read_raw};
use crate::desk::Desk;
use crate::failure::{Exit, Failure};
use crate::words::say;

/// The texts of every entry of a journal.
pub(super) fn texts_of(journal: &Journal) -> Result<Vec<String>, Failure> {
    let mut texts = Vec::new();
    let mut after = None;
    loop {
        let page = journal.entries(500, after)?;
        for entry in &page.entries {
            texts.push(journal.entry(entry.id)?.text);
        }
        after = page.next;
        if after.is_none() {
            return Ok(texts);
        }
    }
}

/// What a search of a device came upon.
#[derive(Default)]
pub(super) struct Searched {
    pub(super) amount: Amount,
    pub(super) frames: u64,
    pub(super) frame_bytes: u64,
    pub(super) raw_bytes: u64,
    /// In what it has stored, decrypted and unpacked.
    pub(super) stored: Found,
    /// In its files as they lie on the disk.
    pub(super) raw: Found,
    /// In what it has received, inflated.
    pub(super) received: Found,
}

/// Looks through the closed files of a device and through all that it has received.
pub(super) fn search(
    desk: &Desk,
    device: &Device,
    files: &[KeyName],
    runs: &Runs,
) -> Result<Searched, Failure> {
    let mut searched = Searched::default();
    let unreadable = |Unreadable(reason): Unreadable| {
        Failure::told(Exit::Failed, say!(desk.words, "demo-unreadable", "reason" => reason))
    };
    for file in files {
        let stored = &mut searched.stored;
        let amount = read_file(&device.data, &device.keys, *file, &mut |piece| match piece {
            Piece::Text(text) => runs.look_in_text(text, stored),
            Piece::Bytes(bytes) => runs.look_in_bytes(bytes, stored),
        });
        let amount = amount.map_err(unreadable)?;
        searched.amount.tables += amount.tables;
        searched.amount.values += amount.values;
        searched.amount.bytes += amount.bytes;
        searched.amount.changes += amount.changes;
    }
    let raw = &mut searched.raw;
    searched.raw_bytes =
        read_raw(&device.data, &mut |piece| runs.look_in_bytes(piece, raw)).map_err(unreadable)?;
    for frame in device.frames.received() {
        searched.frames += 1;
        searched.frame_bytes += frame.len() as u64;
        runs.look_in_bytes(&frame, &mut searched.received);
    }
    Ok(searched)
}

/// A sentence of the journal to give away on purpose: the beginning of an entry, on one line.
pub(super) fn a_sentence(texts: &[String]) -> Option<String> {
    const WORDS: usize = 14;
    texts.iter().find_map(|text| {
        let words: Vec<_> = text.split_whitespace().take(WORDS).collect();
        (words.len() == WORDS).then(|| words.join(" "))
    })
}
