//! `carry`: what two people share as a file, where no network serves.

use common_ground::home::{CarriedIn, CarriedOut};
use common_ground::relationship::Relationship;

use crate::args::CarryCommand;
use crate::bar::{Counted, with_bar};
use crate::desk::{Desk, path_text};
use crate::failure::Failure;
use crate::news::News;
use crate::words::say;

pub(super) fn carry(desk: &Desk, command: CarryCommand) -> Result<(), Failure> {
    let home = desk.home()?;
    match command {
        CarryCommand::Out { file, to, force } => {
            let with = match to {
                Some(wanted) => desk.relationship_with(&wanted)?,
                None => desk.relationship()?,
            };
            let out =
                with_bar(Counted::Bytes, |bar| home.carry_out(with.id, path_text(&file), force, Some(bar)))?;
            if desk.json() {
                desk.screen.document(&out)
            } else {
                tell_out(desk, &with, &file.display().to_string(), &out)
            }
        }
        CarryCommand::In { file } => {
            let all = home.relationships()?;
            let mut news = News::new(home.clone(), desk.words.clone(), desk.screen.clone(), &all)?;
            let came = with_bar(Counted::Bytes, |bar| home.carry_in(path_text(&file), Some(bar)))?;
            if desk.json() {
                return desk.screen.document(&came);
            }
            match all.iter().find(|with| with.id == came.relationship) {
                Some(with) => tell_in(desk, with, &came, &mut news),
                None => Ok(()),
            }
        }
    }
}

fn tell_out(desk: &Desk, with: &Relationship, path: &str, out: &CarriedOut) -> Result<(), Failure> {
    let (words, screen, name) = (&desk.words, &desk.screen, with.other.display_name.as_str());
    screen.text(0, &say!(words, "carried-out", "path" => path, "name" => name, "changes" => out.changes))?;
    if out.parcels > 0 {
        screen.text(0, &say!(words, "carried-out-parcels", "count" => out.parcels))?;
    }
    if out.parcels_left > 0 {
        screen.text(0, &say!(words, "carried-out-left", "count" => out.parcels_left))?;
    }
    screen.text(0, &screen.faint(&say!(words, "carried-out-next", "name" => name)))
}

fn tell_in(desk: &Desk, with: &Relationship, came: &CarriedIn, news: &mut News) -> Result<(), Failure> {
    let (words, screen, name) = (&desk.words, &desk.screen, with.other.display_name.as_str());
    let written = words.instant(came.written_at);
    screen.text(
        0,
        &say!(words, "carried-in", "name" => name, "written" => written.as_str(), "changes" => came.received),
    )?;
    for line in news.of(with.id) {
        screen.text(2, &line)?;
    }
    if came.refused > 0 {
        screen.text(
            0,
            &screen.red(&say!(words, "sync-refused-here", "name" => name, "count" => came.refused)),
        )?;
    }
    if came.in_step {
        return screen.text(0, &screen.green(&say!(words, "sync-level", "name" => name)));
    }
    if came.lacks_more {
        screen.text(0, &say!(words, "carried-in-lacks", "name" => name))?;
    }
    screen.text(0, &screen.faint(&say!(words, "carried-in-next", "name" => name)))
}
