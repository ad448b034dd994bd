//! Promises of handing over, told by two people: Anna writes a diary, Ben is her therapist.

mod comments;
mod going;
mod limits;
mod taking_back;

use std::collections::HashSet;
use std::path::Path;

use super::*;
use crate::home::KeyName;
use crate::id::EntryId;
use crate::journal::{Attached, Emotion, Entry, EntryEdit, NewEntry, TextRange};
use crate::plan::tests::{Device, exchange, two};
use crate::sharing::{ParcelProblem, ParcelState};
use crate::store::raw_pages;

impl Device {
    fn sharing(&self) -> Arc<Sharing> {
        self.home.sharing(self.relationship).expect("a relationship")
    }

    fn writes(&self, text: &str) -> Entry {
        self.home.journal().add(NewEntry { text: text.to_owned(), ..NewEntry::default() }).expect("an entry")
    }

    /// Takes in a photo of so many bytes that nothing else holds.
    fn photo(&self, name: &str, bytes: usize) -> (Attached, Vec<u8>) {
        let photo = noise(bytes, name);
        let path = self.folder.path().join(name);
        std::fs::write(&path, &photo).expect("a file");
        let path = path.to_str().expect("a path").to_owned();
        (self.home.journal().take_in_file(path, None, None, None).expect("a photo"), photo)
    }

    /// Looks at a draft and hands it over.
    fn hands_over(&self, draft: &ExcerptDraft) -> ParcelId {
        let preview = self.sharing().preview(draft.clone()).expect("a preview");
        self.sharing().hand_over(draft.clone(), preview.digest).expect("handed over")
    }

    fn hands_over_all_of(&self, entry: EntryId) -> ParcelId {
        self.hands_over(&ExcerptDraft::of(entry))
    }

    fn state(&self, parcel: ParcelId) -> ParcelState {
        self.sharing().excerpt(parcel).expect("an excerpt").state
    }

    fn problem(&self, parcel: ParcelId) -> Option<ParcelProblem> {
        match self.sharing().open(parcel) {
            Ok(_) => None,
            Err(Error::Parcel { problem }) => Some(problem),
            Err(other) => panic!("{other:?}"),
        }
    }

    /// What lies of a parcel in the shared file.
    fn bytes_of(&self, parcel: ParcelId) -> Vec<u8> {
        self.inner()
            .shared
            .file
            .read(|connection| pieces::stretch(connection, parcel, 0, u64::MAX))
            .expect("a content")
    }

    /// Whether any stretch of these bytes lies anywhere in the shared file or its log.
    #[track_caller]
    fn keeps_any_of(&self, bytes: &[u8]) -> bool {
        let pages = raw_pages(&self.shared_file(), &self.file_key(KeyName::Shared));
        let name = self.home.profile().expect("a profile").display_name;
        assert!(pages.windows(name.len()).any(|one| one == name.as_bytes()), "decrypted the right way");
        let wanted: HashSet<&[u8]> = bytes.chunks_exact(STRETCH).collect();
        assert!(!wanted.is_empty());
        pages.windows(STRETCH).any(|stretch| wanted.contains(stretch))
    }

    fn shared_file(&self) -> std::path::PathBuf {
        self.folder.path().join("shared.db")
    }
}

/// So many bytes found in a page are no chance.
const STRETCH: usize = 16;

/// Bytes that cannot be made smaller, and that nothing else holds.
fn noise(bytes: usize, seed: &str) -> Vec<u8> {
    use sha2::{Digest, Sha256};
    let block = |n: usize| Sha256::digest(format!("{seed} {n}"));
    (0..bytes.div_ceil(32)).flat_map(block).take(bytes).collect()
}

/// An entry with something in everything that can be chosen.
fn full_entry(anna: &Device) -> (Entry, Vec<Vec<u8>>) {
    let ((beach, first), (voice, second)) =
        (anna.photo("beach.jpg", 200_000), anna.photo("voice.m4a", 70_001));
    let new = NewEntry {
        text: "Wir waren am Strand.\n\nDann kam der Streit.\n\nAbends wieder gut.".to_owned(),
        title: Some("Sommertag".to_owned()),
        mood: Some(4),
        emotions: vec![Emotion { name: "Freude".to_owned(), intensity: Some(7) }],
        tags: vec!["strand".to_owned()],
        attachments: vec![beach, voice],
        ..NewEntry::default()
    };
    (anna.home.journal().add(new).expect("an entry"), vec![first, second])
}
