//! `help-now`: numbers for right now. It needs no key, no profile, no network and no setting up, and it
//! answers as long as the program starts at all.

use std::path::Path;

use common_ground::clock::LocalDate;
use common_ground::help_now::{EmergencyNumber, EmergencyService, TalkNumber, help_now as numbers};
use serde::Serialize;
use unic_langid::LanguageIdentifier;

use crate::editor;
use crate::failure::{Exit, Failure};
use crate::folders::{Folders, make_private};
use crate::screen::Screen;
use crate::words::{Words, say};

#[derive(Serialize)]
struct HelpNow {
    /// Two letters; nothing where the system does not tell.
    region: Option<String>,
    emergency: Vec<EmergencyNumber>,
    talk: Vec<TalkNumber>,
    /// The person's own lines.
    own: Vec<String>,
    own_file: String,
    as_of: LocalDate,
    #[serde(skip)]
    is_old: bool,
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
    let of_region = numbers(region)?;
    // One's own numbers must never stand in the way of the others: an unreadable file is an empty one.
    let own = std::fs::read_to_string(own_file).unwrap_or_default();
    let own = own.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    Ok(HelpNow {
        region: of_region.region,
        emergency: of_region.emergency,
        talk: of_region.talk,
        own: own.map(str::to_owned).collect(),
        own_file: own_file.display().to_string(),
        as_of: of_region.as_of,
        is_old: of_region.is_old,
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
            EmergencyService::All => say!(words, "help-all"),
            EmergencyService::Ambulance => say!(words, "help-ambulance"),
            EmergencyService::Police => say!(words, "help-police"),
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
    if help.is_old {
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

    #[test]
    fn own_numbers_are_the_lines_of_a_plain_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("help-now.txt");
        std::fs::write(&file, "# my people\n\nSam: 01234 567\n").unwrap();
        assert_eq!(gather(None, &file).ok().unwrap().own, ["Sam: 01234 567"]);
    }
}
