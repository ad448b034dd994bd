//! `pair` and `verify`: how two devices come to know each other.

use std::sync::Arc;

use common_ground::link::Link;
use common_ground::relationship::{Confirmation, Pairing, Relationship, TERMS_VERSION, WayOfMeeting};
use qrcode::QrCode;
use qrcode::render::unicode::Dense1x2;

use super::meeting::{agree_to_way, online, way_to_offer};
use super::profile::role_name;
use super::relationships;
use crate::args::{PairMeetArgs, ReachArg};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::words::say;

/// Pairs with the other person: by their ticket, or by one of one's own.
pub(super) fn pair(
    desk: &Desk,
    ticket: Option<String>,
    again: Option<&str>,
    unverified: bool,
    meeting: PairMeetArgs,
    reach: ReachArg,
) -> Result<(), Failure> {
    let home = desk.home()?;
    let again = again.map(|who| desk.relationship_with(who)).transpose()?;
    let by = match (ticket, &again) {
        (Some(ticket), _) => {
            agree_to_way(desk, &ticket, &meeting)?;
            By::Ticket(ticket)
        }
        (None, Some(again)) => By::Again(again.clone()),
        (None, None) => By::Offer(way_to_offer(desk, meeting)?),
    };
    let link = desk.wait(home.go_online_with(online(desk, reach)?))??;
    let paired = meet(desk, &link, by, unverified);
    desk.wait(link.go_offline())?;
    let relationship = paired?;
    let (words, screen) = (&desk.words, &desk.screen);
    let name = relationship.other.display_name.as_str();
    let (done, is_back) = match &again {
        Some(_) => (say!(words, "paired-again", "name" => name), true),
        None if relationship.as_kept_by_other => (say!(words, "paired-again-here", "name" => name), true),
        None => (say!(words, "paired", "name" => name), false),
    };
    screen.text(0, &screen.green(&done))?;
    if !relationship.code_compared {
        screen.text(0, &say!(words, "paired-unverified"))?;
        screen.text(0, &say!(words, "terms-not-read"))?;
    }
    if is_back { Ok(()) } else { screen.text(0, &say!(words, "paired-next")) }
}

/// Who shows a ticket.
enum By {
    /// The other person.
    Ticket(String),
    /// This one, for meeting in this way.
    Offer(WayOfMeeting),
    /// This one, to bring the other back.
    Again(Relationship),
}

fn meet(desk: &Desk, link: &Arc<Link>, by: By, unverified: bool) -> Result<Relationship, Failure> {
    let pairing = match by {
        By::Ticket(ticket) => desk.wait(link.redeem(ticket))??,
        By::Again(again) => {
            let name = again.other.display_name.as_str();
            desk.screen.text(0, &say!(desk.words, "pair-again-explained", "name" => name))?;
            desk.screen.gap()?;
            let pairing = desk.wait(link.offer_pairing_again(again.id))??;
            show_ticket(desk, &pairing)?;
            pairing
        }
        By::Offer(way) => {
            let pairing = desk.wait(link.offer_pairing(way))??;
            show_ticket(desk, &pairing)?;
            pairing
        }
    };
    let code = desk.wait(pairing.code())??;
    let (words, screen) = (&desk.words, &desk.screen);
    let role = role_name(words, code.other.role);
    screen.gap()?;
    screen.text(0, &say!(words, "pair-found", "name" => code.other.display_name.as_str(), "role" => role))?;
    let how = if unverified {
        Confirmation::NotCompared
    } else {
        relationships::show_terms(desk, desk.me()?.role, &code.other.display_name)?;
        if let Err(no) = desk.ask(&say!(words, "ask-terms-read")) {
            desk.wait(pairing.decline())?;
            return Err(no);
        }
        screen.text(0, &say!(words, "code-words"))?;
        screen.gap()?;
        screen.text(4, &screen.bold(&code.words.join("  ")))?;
        screen.gap()?;
        if let Err(no) = desk.ask(&say!(words, "ask-code-same")) {
            desk.wait(pairing.decline())?;
            return Err(no);
        }
        Confirmation::Compared { read_terms: TERMS_VERSION }
    };
    screen.text(0, &say!(words, "pair-waiting-confirm", "name" => code.other.display_name.as_str()))?;
    Ok(desk.wait(pairing.confirm(how))??)
}

fn show_ticket(desk: &Desk, pairing: &Pairing) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let Some(ticket) = pairing.ticket() else {
        return Err(Failure::Core(common_ground::Error::Closed));
    };
    screen.text(0, &say!(words, "ticket-explained"))?;
    screen.gap()?;
    // On a line of its own and never wrapped, so that it can be copied, by hand or by a script.
    screen.line(&ticket.text)?;
    screen.gap()?;
    if screen.is_terminal()
        && let Ok(code) = QrCode::new(ticket.text.as_bytes())
    {
        let code = code.render::<Dense1x2>().dark_color(Dense1x2::Light).light_color(Dense1x2::Dark).build();
        if code.lines().next().is_some_and(|line| line.chars().count() <= textwrap::termwidth()) {
            screen.line(&code)?;
            screen.gap()?;
        }
    }
    screen.text(0, &screen.faint(&say!(words, "ticket-expires", "when" => words.instant(ticket.expires_at))))
}

/// Compares the code of words, later.
pub(super) fn verify(desk: &Desk) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let relationship = desk.relationship()?;
    if desk.json() {
        return screen.document(&relationship);
    }
    let name = relationship.other.display_name.as_str();
    screen.text(0, &say!(words, "verify-explained", "name" => name))?;
    screen.gap()?;
    screen.text(4, &screen.bold(&relationship.code.join("  ")))?;
    screen.gap()?;
    if relationship.code_compared {
        return screen.text(0, &say!(words, "verify-already"));
    }
    desk.ask(&say!(words, "ask-code-same"))?;
    desk.home()?.mark_code_compared(relationship.id)?;
    screen.text(0, &screen.green(&say!(words, "verified", "name" => name)))
}
