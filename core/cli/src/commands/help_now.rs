//! `help-now`: numbers for right now. It needs no key, no profile, no network and no setting up, and it
//! answers as long as the program starts at all.

use std::collections::BTreeMap;
use std::path::Path;

use chrono::{Local, TimeDelta};
use common_ground::clock::LocalDate;
use serde::{Deserialize, Serialize};
use unic_langid::LanguageIdentifier;

use crate::editor;
use crate::failure::{Exit, Failure};
use crate::folders::{Folders, make_private};
use crate::screen::Screen;
use crate::words::{Words, say};

const NUMBERS: &str = include_str!("../../data/help-now.json");

/// After this long the numbers are shown with a warning that they are old.
const STALE_AFTER: TimeDelta = TimeDelta::days(550);

#[derive(Deserialize)]
struct Numbers {
    as_of: LocalDate,
    regions: BTreeMap<String, Region>,
}

#[derive(Deserialize, Serialize, Clone, Default)]
struct Region {
    emergency: Vec<Emergency>,
    talk: Vec<Talk>,
}

#[derive(Deserialize, Serialize, Clone)]
struct Emergency {
    number: String,
    what: What,
}

#[derive(Deserialize, Serialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum What {
    All,
    Ambulance,
    Police,
}

#[derive(Deserialize, Serialize, Clone)]
struct Talk {
    number: String,
    name: String,
    page: String,
}

#[derive(Serialize)]
struct HelpNow {
    /// Two letters; nothing where the system does not tell.
    region: Option<String>,
    emergency: Vec<Emergency>,
    talk: Vec<Talk>,
    /// The person's own lines.
    own: Vec<String>,
    own_file: String,
    as_of: LocalDate,
}

/// Shows the numbers, or opens one's own for editing.
pub(crate) fn help_now(
    words: &Words,
    screen: &Screen,
    folders: &Folders,
    json: bool,
    region: Option<&str>,
    edit: bool,
) -> Result<(), Failure> {
    let own_file = folders.own_numbers();
    if edit {
        return edit_own(words, screen, &own_file);
    }
    let help = gather(region.map(str::to_owned).or_else(region_of_system), &own_file)?;
    if json { screen.document(&help) } else { print(words, screen, &help) }
}

fn gather(region: Option<String>, own_file: &Path) -> Result<HelpNow, Failure> {
    let numbers: Numbers = serde_json::from_str(NUMBERS)
        .map_err(|_| Failure::Core(common_ground::Error::Internal { place: "help-now.json".to_owned() }))?;
    let region = region.map(|region| region.to_uppercase());
    let known = region.as_ref().and_then(|region| numbers.regions.get(region)).cloned();
    // 112 is answered on mobile phones in most of the world, so it is what remains.
    let fallback = || Region {
        emergency: vec![Emergency { number: "112".to_owned(), what: What::All }],
        talk: Vec::new(),
    };
    let region = region.filter(|_| known.is_some());
    let Region { emergency, talk } = known.unwrap_or_else(fallback);
    // One's own numbers must never stand in the way of the others: an unreadable file is an empty one.
    let own = std::fs::read_to_string(own_file).unwrap_or_default();
    let own = own.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(HelpNow {
        region,
        emergency,
        talk,
        own: own.map(str::to_owned).collect(),
        own_file: own_file.display().to_string(),
        as_of: numbers.as_of,
    })
}

/// The country of the system's language setting.
fn region_of_system() -> Option<String> {
    sys_locale::get_locales().find_map(|locale| {
        let language: LanguageIdentifier = locale.parse().ok()?;
        language.region.map(|region| region.as_str().to_owned())
    })
}

fn print(words: &Words, screen: &Screen, help: &HelpNow) -> Result<(), Failure> {
    match &help.region {
        Some(region) => {
            screen.line(&screen.bold(&say!(words, "help-emergency", "region" => region.as_str())))?;
        }
        None => screen.line(&screen.bold(&say!(words, "help-emergency-unknown")))?,
    }
    for one in &help.emergency {
        let what = match one.what {
            What::All => say!(words, "help-all"),
            What::Ambulance => say!(words, "help-ambulance"),
            What::Police => say!(words, "help-police"),
        };
        screen.line(&format!("  {}  {what}", screen.bold(&one.number)))?;
    }
    if !help.talk.is_empty() {
        screen.gap()?;
        screen.line(&screen.bold(&say!(words, "help-talk")))?;
        for one in &help.talk {
            let page = screen.faint(&one.page);
            screen.line(&format!("  {}  {}  {page}", screen.bold(&one.number), one.name))?;
        }
    }
    screen.gap()?;
    screen.line(&screen.bold(&say!(words, "help-own")))?;
    for line in &help.own {
        screen.text(2, line)?;
    }
    if help.own.is_empty() {
        screen.text(2, &say!(words, "help-own-none"))?;
    }
    screen.gap()?;
    screen.text(0, &say!(words, "not-monitored"))?;
    screen.text(0, &screen.faint(&say!(words, "help-dated", "day" => words.date(help.as_of))))?;
    if Local::now().date_naive() - help.as_of > STALE_AFTER {
        screen.text(0, &screen.red(&say!(words, "help-stale")))?;
    }
    let path = help.own_file.as_str();
    screen.text(0, &screen.faint(&say!(words, "help-how-to-change", "path" => path)))
}

fn edit_own(words: &Words, screen: &Screen, path: &Path) -> Result<(), Failure> {
    let prepare = || -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            make_private(folder)?;
        }
        if !path.exists() {
            std::fs::write(path, say!(words, "help-own-template"))?;
        }
        Ok(())
    };
    prepare().map_err(|error| Failure::file(words, path, &error))?;
    screen.text(0, &say!(words, "help-own-plain", "path" => path.display().to_string()))?;
    match editor::edit_file(path) {
        Some(Ok(true)) => Ok(()),
        Some(_) => Err(Failure::told(Exit::Failed, say!(words, "error-editor-failed"))),
        None => Err(Failure::told(Exit::Usage, say!(words, "error-no-editor"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nowhere() -> std::path::PathBuf {
        std::path::PathBuf::from("/nowhere/help-now.txt")
    }

    #[test]
    fn every_region_has_an_emergency_number_and_numbers_are_dialable() {
        let numbers: Numbers = serde_json::from_str(NUMBERS).unwrap();
        assert!(numbers.regions.len() > 30);
        for (region, of_region) in &numbers.regions {
            assert!(region.len() == 2 && !of_region.emergency.is_empty(), "{region}");
            let all = of_region.emergency.iter().map(|one| &one.number);
            for number in all.chain(of_region.talk.iter().map(|one| &one.number)) {
                assert!(number.chars().all(|c| c.is_ascii_digit() || c == ' '), "{region} {number}");
            }
        }
    }

    #[test]
    fn an_unknown_region_still_gets_a_number() {
        for region in [None, Some("XX".to_owned())] {
            let help = gather(region, &nowhere()).ok().unwrap();
            assert_eq!(help.emergency[0].number, "112");
            assert!(help.region.is_none());
        }
        assert_eq!(gather(Some("us".to_owned()), &nowhere()).ok().unwrap().emergency[0].number, "911");
    }

    #[test]
    fn own_numbers_are_the_lines_of_a_plain_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("help-now.txt");
        std::fs::write(&file, "# my people\n\nSam: 01234 567\n").unwrap();
        assert_eq!(gather(None, &file).ok().unwrap().own, ["Sam: 01234 567"]);
    }
}
