//! A device in the place of another one: what is said of the other person's new one, and going on here.

use common_ground::home::{CommonGround, NewDevice};
use common_ground::relationship::Relationship;

use crate::desk::Desk;
use crate::failure::{Exit, Failure};
use crate::words::{Words, say};

/// That the other person has a new device, as it is told at the moment.
pub(super) fn told(words: &Words, with: &Relationship) -> String {
    say!(words, "sync-new-device", "name" => with.other.display_name.as_str())
}

/// What `status` says of a relationship: the other's new device, and where the plan of before came from.
pub(super) fn of_relationship(desk: &Desk, with: &Relationship, news: &[NewDevice]) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let name = with.other.display_name.as_str();
    for device in news.iter().filter(|device| device.relationship == with.id) {
        let day = words.day_of(device.since);
        screen.text(3, &screen.bold(&say!(words, "status-new-device", "name" => name, "day" => day)))?;
    }
    if with.as_kept_by_other {
        screen.text(3, &say!(words, "status-as-kept", "name" => name))?;
    }
    if !with.knows_this_device {
        screen.text(3, &say!(words, "status-not-known-yet", "name" => name))?;
    }
    Ok(())
}

/// What was shown was seen.
pub(super) fn seen(home: &CommonGround, news: &[NewDevice]) -> Result<(), Failure> {
    for device in news {
        home.seen_new_device(device.relationship)?;
    }
    Ok(())
}

/// Takes the profile back to this device.
pub(super) fn go_on_here(desk: &Desk) -> Result<(), Failure> {
    let home = desk.home()?;
    if home.lives_elsewhere_since()?.is_none() {
        return Err(Failure::told(Exit::Failed, say!(desk.words, "error-goes-on-here")));
    }
    desk.confirm(&say!(desk.words, "ask-go-on-here"))?;
    home.go_on_here()?;
    desk.screen.text(0, &say!(desk.words, "gone-on-here"))
}
