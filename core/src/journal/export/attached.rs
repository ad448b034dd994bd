//! What is attached, on its way out: where a text refers to it, and under which name it lies outside.

use std::collections::HashSet;

use crate::id::AttachmentId;
use crate::journal::types::Attached;

/// What the target of a link to an attachment begins with; behind it stands the attachment's id.
const INLINE: &str = "](attachment:";

/// An id is written with so many digits.
const ID_LENGTH: usize = 64;

/// What the names of files usually end in.
const USUAL: [(&str, &str); 18] = [
    ("image/jpeg", "jpg"),
    ("image/png", "png"),
    ("image/gif", "gif"),
    ("image/heic", "heic"),
    ("image/webp", "webp"),
    ("image/tiff", "tiff"),
    ("audio/mpeg", "mp3"),
    ("audio/mp4", "m4a"),
    ("audio/aac", "aac"),
    ("audio/ogg", "ogg"),
    ("audio/wav", "wav"),
    ("video/mp4", "mp4"),
    ("video/quicktime", "mov"),
    ("video/webm", "webm"),
    ("application/pdf", "pdf"),
    ("text/plain", "txt"),
    ("text/markdown", "md"),
    ("text/html", "html"),
];

/// The text with each link to an attachment turned to what `target` says; where it says nothing, the link
/// stays as it is.
pub(super) fn retargeted(text: &str, mut target: impl FnMut(AttachmentId) -> Option<String>) -> String {
    let mut turned = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(INLINE) {
        let (before, behind) = rest.split_at(at + INLINE.len());
        let id = behind.get(..ID_LENGTH).and_then(|id| id.parse().ok());
        let ends = behind.get(ID_LENGTH..).is_some_and(|after| after.starts_with([')', ' ']));
        match id.filter(|_| ends).and_then(&mut target) {
            Some(new) => {
                turned.push_str(before.strip_suffix("attachment:").unwrap_or(before));
                turned.push_str(&new);
                rest = behind.get(ID_LENGTH..).unwrap_or_default();
            }
            None => {
                turned.push_str(before);
                rest = behind;
            }
        }
    }
    turned.push_str(rest);
    turned
}

/// Which attachments a text refers to.
pub(super) fn referred_to(text: &str) -> HashSet<AttachmentId> {
    let mut found = HashSet::new();
    retargeted(text, |id| {
        found.insert(id);
        None
    });
    found
}

/// What the name of a file with this attachment ends in, small letters and digits alone: as its own name
/// does, or else as is usual for what it is.
pub(super) fn extension(attached: &Attached) -> String {
    let fits = |extension: &&str| {
        (1..=10).contains(&extension.len()) && extension.bytes().all(|byte| byte.is_ascii_alphanumeric())
    };
    let own = attached.name.rsplit_once('.').map(|(_, extension)| extension).filter(fits);
    let usual = USUAL.iter().find(|(media_type, _)| attached.media_type.eq_ignore_ascii_case(media_type));
    own.or(usual.map(|(_, extension)| *extension)).unwrap_or("bin").to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn attached(name: &str, media_type: &str) -> Attached {
        Attached {
            attachment: AttachmentId::from_bytes([1; 32]),
            name: name.to_owned(),
            media_type: media_type.to_owned(),
        }
    }

    #[test]
    fn links_are_turned_and_nothing_else_is() {
        let id = AttachmentId::from_bytes([0xab; 32]);
        let turned = |text: &str| retargeted(text, |found| (found == id).then(|| "photos/x.jpg".to_owned()));
        assert_eq!(turned(&format!("a ![é](attachment:{id}) b")), "a ![é](photos/x.jpg) b");
        assert_eq!(turned(&format!("[file](attachment:{id} \"title\")")), "[file](photos/x.jpg \"title\")");
        for stays in [
            format!("![](attachment:{id}0)"),
            format!("attachment:{id}"),
            format!("![](attachment:{})", AttachmentId::from_bytes([1; 32])),
            format!("![](attachment:{id}"),
            "![](attachment:ä)".to_owned(),
        ] {
            assert_eq!(turned(&stays), stays);
        }
        assert!(referred_to(&format!("![](attachment:{id})")) == HashSet::from([id]));
    }

    #[test]
    fn an_extension_is_safe_on_every_system() {
        assert_eq!(extension(&attached("Photo.JPG", "image/png")), "jpg");
        assert_eq!(extension(&attached("photo", "image/jpeg")), "jpg");
        assert_eq!(extension(&attached("a.b/../c", "audio/mpeg")), "mp3");
        assert_eq!(extension(&attached("a.über", "no such type")), "bin");
        assert_eq!(extension(&attached("a.", "")), "bin");
    }
}
