//! Wordings and signed statements, byte by byte as `docs/data-format.md` describes them.

use common_ground::id::RelationshipId;
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest as _, Sha256};

/// The two kinds of statements.
pub(crate) const AGREE: u64 = 1;
pub(crate) const WITHDRAW: u64 = 2;

/// A row of fields behind its tag.
fn fields(tag: &str, contents: &[&[u8]]) -> Vec<u8> {
    let mut out = Vec::new();
    for content in [tag.as_bytes()].iter().chain(contents) {
        out.extend_from_slice(&u32::try_from(content.len()).expect("a length").to_be_bytes());
        out.extend_from_slice(content);
    }
    out
}

/// The canonical bytes of a wording of which nothing else is written, in version 2.
pub(crate) fn wording(goal: &[u8; 16], title: &str, why: &str, success: &[([u8; 16], &str)]) -> Vec<u8> {
    // How both will know, until when, and the five levels of the scale.
    wording_of(
        "common-ground wording 2",
        &[&goal[..], title.as_bytes(), why.as_bytes()],
        &[&[][..]; 7],
        success,
    )
}

/// The same in version 1.
pub(crate) fn former_wording(goal: &[u8; 16], title: &str, why: &str) -> Vec<u8> {
    wording_of("common-ground wording 1", &[&goal[..], title.as_bytes(), why.as_bytes()], &[], &[])
}

fn wording_of(tag: &str, first: &[&[u8]], more: &[&[u8]], success: &[([u8; 16], &str)]) -> Vec<u8> {
    let mut success: Vec<_> = success.iter().collect();
    success.sort();
    let people = success.into_iter().flat_map(|(person, text)| [person.as_slice(), text.as_bytes()]);
    let contents: Vec<&[u8]> = first.iter().chain(more).copied().chain(people).collect();
    fields(tag, &contents)
}

/// What is signed of a statement.
#[derive(Clone)]
pub(crate) struct Statement {
    pub(crate) relationship: RelationshipId,
    pub(crate) goal: [u8; 16],
    pub(crate) client: [u8; 16],
    pub(crate) therapist: [u8; 16],
    pub(crate) by: [u8; 16],
    pub(crate) kind: u64,
    pub(crate) counter: u64,
    pub(crate) at: String,
    pub(crate) wording: Vec<u8>,
}

impl Statement {
    /// The statement as a plan holds it, signed with a person's key.
    pub(crate) fn signed(&self, key: &SigningKey) -> Vec<u8> {
        let signed = self.to_sign(key.verifying_key().as_bytes(), &Sha256::digest(&self.wording).into());
        held(&signed, &key.sign(&signed).to_bytes(), &self.wording)
    }

    /// The bytes that are signed.
    pub(crate) fn to_sign(&self, key: &[u8; 32], digest: &[u8; 32]) -> Vec<u8> {
        fields(
            "common-ground statement 1",
            &[
                self.relationship.as_bytes(),
                &self.goal,
                &self.client,
                &self.therapist,
                &self.by,
                key,
                &self.kind.to_be_bytes(),
                digest,
                &self.counter.to_be_bytes(),
                self.at.as_bytes(),
            ],
        )
    }
}

/// A statement around signed bytes, whatever these are.
pub(crate) fn held(signed: &[u8], signature: &[u8; 64], wording: &[u8]) -> Vec<u8> {
    fields("common-ground signed statement 1", &[signed, signature, wording, &[]])
}
