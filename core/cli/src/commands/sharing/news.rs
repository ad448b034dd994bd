//! What `sync` tells of excerpts while it is live: what came, was opened, taken back, deleted. Never their words.

use common_ground::home::CommonGround;
use common_ground::id::ParcelId;
use common_ground::relationship::Relationship;
use common_ground::sharing::ParcelState;

use crate::words::{Words, say};

/// Sentences on what the other's device said about these parcels; none while the journal is locked.
pub(crate) fn told(
    home: &CommonGround,
    words: &Words,
    with: &Relationship,
    parcels: &[ParcelId],
) -> Vec<String> {
    let Ok(sharing) = home.sharing(with.id) else { return Vec::new() };
    let name = with.other.display_name.as_str();
    let mut lines = Vec::new();
    for parcel in parcels {
        // A comment is told with the excerpt that it is on.
        let Ok(one) = sharing.excerpt(*parcel) else { continue };
        let is_received = one.giver == with.other.person;
        let when = words.instant(one.handed_at);
        match (one.state, is_received) {
            (ParcelState::Arrived, true) => lines.push(say!(words, "news-received", "name" => name)),
            (ParcelState::Arrived, false) => {
                lines.push(say!(words, "news-arrived", "name" => name, "when" => when));
            }
            (ParcelState::Opened, false) => {
                lines.push(say!(words, "news-opened", "name" => name, "when" => when));
            }
            (ParcelState::Deleted, false) => {
                lines.push(say!(words, "news-deleted", "name" => name, "when" => when));
            }
            (ParcelState::TakenBack | ParcelState::AskedToDelete | ParcelState::Deleted, true) => {
                lines.push(say!(words, "news-taken-back", "name" => name, "when" => when));
            }
            _ => {}
        }
    }
    let comments = || Ok::<_, common_ground::Error>(sharing.given()?.into_iter().chain(sharing.received()?));
    let new: u32 = comments().map(|all| all.map(|one| one.new_comments).sum()).unwrap_or_default();
    let has_comment = parcels.iter().any(|parcel| sharing.excerpt(*parcel).is_err());
    if has_comment && new > 0 {
        lines.push(say!(words, "news-comments", "name" => name, "count" => new));
    }
    lines
}
