//! `meet`: how the two of a relationship meet, what is in the way, and what to do about it.

use common_ground::link::{Meeting, Obstacle, OnlineOptions, PublicServices, Reach, way_of_ticket};
use common_ground::relationship::{Relationship, WayOfMeeting};

use crate::args::{MeetArgs, PairMeetArgs, ReachArg, WayArg};
use crate::desk::Desk;
use crate::failure::{Exit, Failure};
use crate::words::{Words, say};

/// Names the public services of those who run their own, as `relay=URL,pkarr=URL` and perhaps `,dns=DOMAIN`.
const PUBLIC_SERVICES: &str = "COMMON_GROUND_PUBLIC_SERVICES";

/// How to go online.
pub(super) fn online(desk: &Desk, arg: ReachArg) -> Result<OnlineOptions, Failure> {
    let reach = if arg.this_machine { Reach::ThisMachine } else { Reach::AsChosen };
    let public_services = match std::env::var(PUBLIC_SERVICES) {
        Ok(named) if !named.is_empty() => Some(services(&named).ok_or_else(|| {
            Failure::told(
                Exit::Usage,
                say!(desk.words, "error-public-services", "variable" => PUBLIC_SERVICES),
            )
        })?),
        _ => None,
    };
    Ok(OnlineOptions { reach, public_services })
}

/// The public services that a text names.
fn services(named: &str) -> Option<PublicServices> {
    let (mut relay, mut pkarr, mut dns) = (None, None, None);
    for part in named.split(',') {
        let (name, value) = part.split_once('=')?;
        let place = match name.trim() {
            "relay" => &mut relay,
            "pkarr" => &mut pkarr,
            "dns" => &mut dns,
            _ => return None,
        };
        *place = Some(value.trim().to_owned());
    }
    Some(PublicServices { relay: relay?, pkarr: pkarr?, dns })
}

/// The way that arguments name, if they name one.
fn way(desk: &Desk, way: Option<WayArg>, relay: Option<String>) -> Result<Option<WayOfMeeting>, Failure> {
    let usage = |text: String| Failure::told(Exit::Usage, text);
    match (way, relay) {
        (None, None) => Ok(None),
        (None | Some(WayArg::Relay), Some(url)) => Ok(Some(WayOfMeeting::OwnRelay { url })),
        (Some(WayArg::Relay), None) => Err(usage(say!(desk.words, "error-relay-missing"))),
        (Some(_), Some(_)) => Err(usage(say!(desk.words, "error-relay-not-asked-for"))),
        (Some(WayArg::SameNetwork), None) => Ok(Some(WayOfMeeting::SameNetwork)),
        (Some(WayArg::Public), None) => Ok(Some(WayOfMeeting::Public)),
    }
}

/// The way for a ticket of one's own.
pub(super) fn way_to_offer(desk: &Desk, args: PairMeetArgs) -> Result<WayOfMeeting, Failure> {
    Ok(way(desk, args.meet, args.relay)?.unwrap_or_default())
}

/// Says how the two will meet who pair by this ticket, before anybody is contacted. Public services are contacted only
/// if the person says yes.
pub(super) fn agree_to_way(desk: &Desk, ticket: &str, args: &PairMeetArgs) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let offered = way_of_ticket(ticket)?;
    if let Some(wanted) = way(desk, args.meet, args.relay.clone())?
        && std::mem::discriminant(&wanted) != std::mem::discriminant(&offered)
    {
        let offered = name_of(words, &offered);
        return Err(Failure::told(
            Exit::Declined,
            say!(words, "error-ticket-of-another-way", "way" => offered),
        ));
    }
    screen.text(0, &say!(words, "meeting-will", "way" => name_of(words, &offered)))?;
    screen.text(2, &screen.faint(&explained(words, &offered)))?;
    if offered == WayOfMeeting::Public && args.meet != Some(WayArg::Public) {
        desk.confirm(&say!(words, "ask-meet-publicly"))?;
    }
    Ok(())
}

/// What a way is called.
pub(super) fn name_of(words: &Words, way: &WayOfMeeting) -> String {
    match way {
        WayOfMeeting::SameNetwork => say!(words, "way-same-network"),
        WayOfMeeting::OwnRelay { url } => say!(words, "way-own-relay", "url" => url.as_str()),
        WayOfMeeting::Public => say!(words, "way-public"),
    }
}

/// When a way works and when not, and who learns what.
pub(super) fn explained(words: &Words, way: &WayOfMeeting) -> String {
    match way {
        WayOfMeeting::SameNetwork => say!(words, "way-same-network-explained"),
        WayOfMeeting::OwnRelay { .. } => say!(words, "way-own-relay-explained"),
        WayOfMeeting::Public => say!(words, "way-public-explained"),
    }
}

/// How the two meet, as `meet` takes it.
fn as_arguments(way: &WayOfMeeting) -> String {
    match way {
        WayOfMeeting::SameNetwork => "same-network".to_owned(),
        WayOfMeeting::OwnRelay { url } => format!("relay {url}"),
        WayOfMeeting::Public => "public".to_owned(),
    }
}

/// `meet`: shows or chooses how the two meet.
pub(super) fn meet(desk: &Desk, args: MeetArgs) -> Result<(), Failure> {
    let home = desk.home()?;
    let relationship = desk.relationship_with(&args.name)?;
    let chosen = way(desk, args.way, args.relay)?;
    if let Some(chosen) = chosen {
        let (words, screen) = (&desk.words, &desk.screen);
        if chosen == WayOfMeeting::Public && !desk.json() {
            screen.text(0, &explained(words, &chosen))?;
        }
        if chosen == WayOfMeeting::Public {
            desk.confirm(&say!(words, "ask-meet-publicly"))?;
        }
        home.meet(relationship.id, chosen)?;
    }
    let meeting = home.meeting(relationship.id)?;
    if desk.json() {
        return desk.screen.document(&meeting);
    }
    let (words, screen) = (&desk.words, &desk.screen);
    let name = relationship.other.display_name.as_str();
    let way = name_of(words, &meeting.ways.here);
    screen.text(0, &say!(words, "meeting-how", "name" => name, "way" => way))?;
    screen.text(2, &screen.faint(&explained(words, &meeting.ways.here)))?;
    for line in in_the_way(words, &relationship, &meeting) {
        screen.text(2, &line)?;
    }
    Ok(())
}

/// What `status` says of how the two meet.
pub(super) fn in_short(words: &Words, relationship: &Relationship, meeting: &Meeting) -> Vec<String> {
    let mut lines = vec![say!(words, "status-meets", "way" => name_of(words, &meeting.ways.here))];
    lines.extend(in_the_way(words, relationship, meeting));
    lines
}

/// What keeps the two from meeting, and what to do about each, a line each. That nobody is online just now is no news
/// to one who is not.
pub(super) fn in_the_way(words: &Words, relationship: &Relationship, meeting: &Meeting) -> Vec<String> {
    let name = relationship.other.display_name.as_str();
    meeting.obstacles.iter().filter_map(|obstacle| one_in_the_way(words, name, meeting, obstacle)).collect()
}

fn one_in_the_way(words: &Words, name: &str, meeting: &Meeting, obstacle: &Obstacle) -> Option<String> {
    Some(match obstacle {
        Obstacle::NotOnline => return None,
        Obstacle::Paused => say!(words, "obstacle-paused", "name" => name),
        Obstacle::Ended => say!(words, "obstacle-ended", "name" => name),
        Obstacle::NoNetwork => say!(words, "obstacle-no-network"),
        Obstacle::NeverSeen => say!(words, "obstacle-never-seen", "name" => name),
        Obstacle::OtherNotSeenSince { at } => {
            say!(words, "obstacle-not-seen-since", "name" => name, "when" => words.instant(*at))
        }
        Obstacle::RelayOutOfReach { url } => {
            say!(words, "obstacle-relay-out-of-reach", "name" => name, "url" => url.as_str())
        }
        Obstacle::RelayRefused { url } => say!(words, "obstacle-relay-refused", "url" => url.as_str()),
        Obstacle::PublicOutOfReach => say!(words, "obstacle-public-out-of-reach"),
        Obstacle::OnlyChosenHere => say!(words, "obstacle-only-chosen-here",
            "name" => name, "way" => name_of(words, &meeting.ways.here)),
        Obstacle::OnlyChosenThere => say!(words, "obstacle-only-chosen-there",
            "name" => name, "way" => name_of(words, &meeting.ways.there), "arguments" => as_arguments(&meeting.ways.there)),
        Obstacle::OtherNeedsUpdate => say!(words, "obstacle-other-needs-update", "name" => name),
        Obstacle::ThisNeedsUpdate => say!(words, "obstacle-this-needs-update", "name" => name),
        Obstacle::OtherSaysItIsOver => say!(words, "obstacle-other-says-it-is-over", "name" => name),
        Obstacle::DoorClosed => say!(words, "obstacle-door-closed", "name" => name),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn public_services_of_ones_own_are_named_in_one_line() {
        let read = services("relay=http://10.0.0.1:3340, pkarr=http://10.0.0.1:8080/pkarr").unwrap();
        assert_eq!((read.relay.as_str(), read.dns), ("http://10.0.0.1:3340", None));
        assert_eq!(services("pkarr=a,relay=b,dns=c").unwrap().dns.as_deref(), Some("c"));
        for bad in ["", "relay=a", "relay", "relay=a,pkarr=b,more=c"] {
            assert!(services(bad).is_none(), "{bad}");
        }
    }
}
