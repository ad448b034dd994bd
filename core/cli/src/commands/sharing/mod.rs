//! Handing over and taking back, on the terminal.

mod giving;
mod lists;
mod news;
mod record;
mod show;
mod taking_back;

pub(super) use lists::where_it_went;
pub(crate) use news::told;

use common_ground::error::Thing;
use common_ground::handing_over::Sharing;
use common_ground::id::ParcelId;
use common_ground::relationship::Relationship;
use common_ground::sharing::HandedOver;

use crate::args::SharingCommand;
use crate::desk::{Desk, pick};
use crate::failure::Failure;
use std::sync::Arc;

/// Runs one command about handing over.
pub(super) fn run(desk: &Desk, command: SharingCommand) -> Result<(), Failure> {
    match command {
        SharingCommand::HandOver(args) => giving::hand_over(desk, &args),
        SharingCommand::HandedOver { to, opening } => lists::given(desk, to.as_deref(), &opening),
        SharingCommand::Received { from, opening } => lists::received(desk, from.as_deref(), &opening),
        SharingCommand::TakeBack { all: true, from, .. } => taking_back::all(desk, from.as_deref()),
        SharingCommand::TakeBack { excerpt, comment, .. } => {
            taking_back::one(desk, &excerpt.unwrap_or_default(), comment)
        }
        SharingCommand::Comment { excerpt, text } => giving::comment(desk, &excerpt, text.join(" ")),
        SharingCommand::Record { export: Some(to), force } => record::export(desk, &to, force),
        SharingCommand::Record { export: None, .. } => record::show(desk),
    }
}

/// An excerpt with its number, which is the same in every list, and with whom it is shared.
struct Numbered {
    number: usize,
    with: Relationship,
    handed_over: HandedOver,
}

/// Every excerpt that was handed over, by either, in every relationship: the newest first, numbered from 1.
fn all(desk: &Desk) -> Result<Vec<Numbered>, Failure> {
    let home = desk.home()?;
    let mut all = Vec::new();
    for with in home.relationships()? {
        let sharing = home.sharing(with.id)?;
        let excerpts = sharing.given()?.into_iter().chain(sharing.received()?);
        all.extend(excerpts.map(|handed_over| Numbered { number: 0, with: with.clone(), handed_over }));
    }
    all.sort_by_key(|one| std::cmp::Reverse((one.handed_over.handed_at, one.handed_over.id)));
    for (place, one) in all.iter_mut().enumerate() {
        one.number = place + 1;
    }
    Ok(all)
}

/// The excerpt that is meant.
fn find(desk: &Desk, wanted: &str) -> Result<(Numbered, Arc<Sharing>), Failure> {
    let mut all = all(desk)?;
    let ids: Vec<ParcelId> = all.iter().map(|one| one.handed_over.id).collect();
    let missing = || Failure::Core(common_ground::Error::NotFound { what: Thing::Excerpt });
    let id = pick(wanted, &ids).or_tell(desk, wanted, missing())?;
    let place = ids.iter().position(|one| *one == id).ok_or_else(missing)?;
    let found = all.swap_remove(place);
    let sharing = desk.home()?.sharing(found.with.id)?;
    Ok((found, sharing))
}

impl Numbered {
    /// Whether the other person handed it over.
    fn is_received(&self) -> bool {
        self.handed_over.giver == self.with.other.person
    }
}
