//! `backup`, `recovery-kit`, `auto-lock` and `erase-everything`: what is yours to keep, and its end.

use std::io::{IsTerminal, Read, Write};
use std::path::Path;
use std::sync::Arc;

use common_ground::home::CommonGround;
use common_ground::keeping::{
    BackupKey, BackupOpensWith, BackupReport, BackupSecret, RecoveryKit, age_identity, backup_opens_with,
    check_backup, erase_everything, restore_backup,
};
use serde::Serialize;
use zeroize::Zeroizing;

use crate::args::keeping::{BackupCommand, KitArg, KitCommand, SecretArg};
use crate::bar::{Counted, with_bar};
use crate::desk::{Desk, path_text};
use crate::failure::{Exit, Failure};
use crate::keys::KeyFile;
use crate::words::say;

/// More than any page with 24 words has, in bytes.
const LONGEST_PAGE: u64 = 64 * 1024;

pub(super) fn backup(desk: &Desk, command: BackupCommand) -> Result<(), Failure> {
    match command {
        BackupCommand::Make { file, passphrase, recovery_key, backup_passphrase_file } => {
            let from_file = backup_passphrase_file.as_deref();
            make(desk, &file, passphrase || from_file.is_some(), recovery_key, from_file)
        }
        BackupCommand::Check { file, secret } => {
            let secret = secret_of(desk, &file, &secret)?;
            let report = with_bar(Counted::Bytes, |bar| check_backup(path_text(&file), secret, Some(bar)))?;
            tell(desk, &say!(desk.words, "backup-whole"), &report)
        }
        BackupCommand::Restore { file, secret, passphrase } => restore(desk, &file, &secret, passphrase),
    }
}

fn make(
    desk: &Desk,
    file: &Path,
    passphrase: bool,
    recovery_key: bool,
    passphrase_file: Option<&Path>,
) -> Result<(), Failure> {
    let home = desk.home()?;
    let kit = home.recovery_kit()?;
    let replace = file.symlink_metadata().is_ok();
    if replace {
        let path = file.display().to_string();
        desk.confirm(&say!(desk.words, "ask-replace-backup", "path" => path))?;
    }
    let key = if recovery_key || (kit.is_some() && !passphrase) {
        BackupKey::RecoveryKit
    } else {
        if kit.is_none() && passphrase_file.is_none() {
            desk.screen.aside(&say!(desk.words, "backup-without-kit"));
        }
        let passphrase = desk.new_backup_passphrase(passphrase_file)?;
        BackupKey::Passphrase { passphrase: passphrase.to_string() }
    };
    let report = with_bar(Counted::Bytes, |bar| home.make_backup(path_text(file), key, replace, Some(bar)))?;
    let opens = match (report.opens_with, kit) {
        (BackupOpensWith::RecoveryKit, Some(kit)) => {
            say!(desk.words, "backup-opens-with-kit", "name" => kit.name)
        }
        _ => say!(desk.words, "backup-opens-with-passphrase"),
    };
    let done = say!(desk.words, "backup-made", "path" => file.display().to_string());
    tell(desk, &format!("{done}\n{opens}"), &report)
}

fn restore(desk: &Desk, file: &Path, secret: &SecretArg, passphrase: bool) -> Result<(), Failure> {
    let words = &desk.words;
    let secret = secret_of(desk, file, secret)?;
    let key_file = desk.folders.key_file();
    // As for `init`: keys that are here are never replaced. The same ones are no hindrance.
    let vault = if key_file.exists() {
        desk.open_keys()?
    } else {
        let passphrase = if passphrase { Some(desk.new_passphrase(None)?) } else { None };
        let passphrase = passphrase.as_ref().map(|text| text.as_str());
        Arc::new(KeyFile::new(&key_file, passphrase).map_err(|failure| desk.key_failure(failure))?)
    };
    let data = path_text(desk.folders.data());
    let report =
        with_bar(Counted::Bytes, |bar| restore_backup(path_text(file), secret, data, vault, Some(bar)))?;
    let when = words.instant(report.made_at);
    let name = report.display_name.as_str();
    let done = say!(words, "backup-restored", "name" => name, "when" => when);
    tell(desk, &format!("{done}\n\n{}", say!(words, "restored-next")), &report)
}

fn tell(desk: &Desk, done: &str, report: &BackupReport) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    if desk.json() {
        return screen.document(report);
    }
    screen.text(0, done)?;
    let size = indicatif::HumanBytes(report.bytes).to_string();
    let when = words.instant(report.made_at);
    let name = report.display_name.as_str();
    screen.text(0, &screen.faint(&say!(words, "backup-is", "name" => name, "when" => when, "size" => size)))
}

/// What opens a backup: from the file given, or asked for by what its beginning says.
fn secret_of(desk: &Desk, file: &Path, given: &SecretArg) -> Result<BackupSecret, Failure> {
    if let Some(words_file) = &given.words_file {
        return Ok(BackupSecret::RecoveryWords { words: words_in(desk, words_file)?.to_string() });
    }
    if let Some(passphrase_file) = &given.backup_passphrase_file {
        let passphrase = desk.first_line(passphrase_file)?;
        return Ok(BackupSecret::Passphrase { passphrase: passphrase.to_string() });
    }
    match backup_opens_with(path_text(file))? {
        BackupOpensWith::Passphrase => {
            let passphrase = desk.type_secret(&say!(desk.words, "ask-backup-passphrase"))?;
            Ok(BackupSecret::Passphrase { passphrase: passphrase.to_string() })
        }
        BackupOpensWith::RecoveryKit => {
            Ok(BackupSecret::RecoveryWords { words: typed_words(desk)?.to_string() })
        }
    }
}

/// The words in a file: they alone, or the whole page, of which the numbered lines count.
fn words_in(desk: &Desk, file: &Path) -> Result<Zeroizing<String>, Failure> {
    let failed = |error: &std::io::Error| Failure::file(&desk.words, file, error);
    let mut text = Zeroizing::new(String::new());
    let opened = std::fs::File::open(file).map_err(|error| failed(&error))?;
    opened.take(LONGEST_PAGE).read_to_string(&mut text).map_err(|error| failed(&error))?;
    Ok(of_page(&text).unwrap_or(text))
}

/// The words of a page: behind their numbers, in whatever columns. Nothing where it is no page.
fn of_page(text: &str) -> Option<Zeroizing<String>> {
    let mut found: Vec<Option<&str>> = vec![None; 24];
    for line in text.lines() {
        let tokens: Vec<&str> = line.split_whitespace().collect();
        let pairs = tokens.chunks(2).map(|pair| {
            let [number, word] = pair else { return None };
            let place = number.strip_suffix('.')?.parse::<usize>().ok()?.checked_sub(1)?;
            (place < found.len() && word.chars().all(|c| c.is_ascii_alphabetic())).then_some((place, *word))
        });
        // A line of nothing but numbered words; a date has more in its line.
        for (place, word) in pairs.collect::<Option<Vec<_>>>().unwrap_or_default() {
            if let Some(place) = found.get_mut(place) {
                *place = Some(word);
            }
        }
    }
    let words: Vec<&str> = found.into_iter().collect::<Option<_>>()?;
    Some(Zeroizing::new(words.join(" ")))
}

/// The words as somebody types them, in one line or several.
fn typed_words(desk: &Desk) -> Result<Zeroizing<String>, Failure> {
    let mut text = Zeroizing::new(String::with_capacity(4096));
    let stdin = std::io::stdin();
    if !stdin.is_terminal() {
        let read = stdin.lock().take(LONGEST_PAGE).read_to_string(&mut text);
        read.map_err(common_ground::Error::from)?;
        return Ok(of_page(&text).unwrap_or(text));
    }
    desk.screen.aside(&say!(desk.words, "ask-recovery-words"));
    while text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count() < 24 {
        let read = stdin.read_line(&mut text).map_err(common_ground::Error::from)?;
        if read == 0 || text.len() as u64 > LONGEST_PAGE {
            break;
        }
    }
    Ok(text)
}

pub(super) fn recovery_kit(desk: &Desk, out: Option<&Path>, what: Option<KitCommand>) -> Result<(), Failure> {
    let words_of = |file: Option<&Path>| match file {
        Some(file) => words_in(desk, file),
        None => typed_words(desk),
    };
    match what {
        None => make_kit(desk, &desk.home()?, out),
        Some(KitCommand::Identity { words_file }) => {
            let line = age_identity(words_of(words_file.as_deref())?.to_string()).map(Zeroizing::new)?;
            if desk.json() {
                return desk.screen.document(&Identity { identity: &line });
            }
            if desk.screen.is_terminal() {
                desk.screen.aside(&say!(desk.words, "identity-is-secret"));
            }
            desk.screen.line(&line)
        }
        Some(KitCommand::Use { words_file }) => {
            let words = words_of(words_file.as_deref())?;
            let note = desk.home()?.use_recovery_kit(words.to_string())?;
            if desk.json() {
                return desk.screen.document(&note);
            }
            desk.screen.text(0, &say!(desk.words, "kit-in-use", "name" => note.name))
        }
    }
}

#[derive(Serialize)]
struct Identity<'a> {
    identity: &'a str,
}

/// Offers a recovery kit to somebody who has just begun.
pub(super) fn offer_kit(desk: &Desk, home: &Arc<CommonGround>, kit: &KitArg) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    if let Some(file) = &kit.recovery_kit {
        return make_kit(desk, home, Some(file));
    }
    if kit.no_kit || desk.json() {
        return Ok(());
    }
    let asked = if std::io::stdin().is_terminal() && screen.is_terminal() {
        screen.gap()?;
        desk.ask(&say!(words, "ask-kit-now"))
    } else {
        Err(Failure::told(Exit::Declined, String::new()))
    };
    match asked {
        Ok(()) => make_kit(desk, home, None),
        Err(Failure::Told { .. }) => screen.text(0, &say!(words, "kit-later")),
        Err(failure) => Err(failure),
    }
}

#[derive(Serialize)]
struct KitDocument<'a> {
    name: &'a str,
    made_at: common_ground::clock::Instant,
    words: &'a [String],
    fingerprint: &'a str,
}

/// Makes a kit; it is used only when the page is written, or the person says that it is on paper.
fn make_kit(desk: &Desk, home: &Arc<CommonGround>, out: Option<&Path>) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let former = home.recovery_kit()?;
    if let Some(former) = &former {
        let day = words.day_of(former.used_since);
        desk.confirm(&say!(words, "ask-new-kit", "name" => former.name.as_str(), "day" => day))?;
    }
    let kit = home.new_recovery_kit()?;
    let page = page(desk, &kit);
    let secret = Zeroizing::new(kit.words.join(" "));
    match out {
        Some(file) => {
            write_new(file, &page).map_err(|error| Failure::file(words, file, &error))?;
            home.use_recovery_kit(secret.to_string())?;
            if !desk.json() {
                let path = file.display().to_string();
                screen.text(0, &say!(words, "kit-written", "path" => path, "name" => kit.name.as_str()))?;
            }
        }
        None => {
            if !desk.json() {
                screen.gap()?;
                screen.line(&page)?;
                screen.gap()?;
            }
            desk.confirm(&say!(words, "ask-kit-on-paper"))?;
            home.use_recovery_kit(secret.to_string())?;
            if !desk.json() {
                screen.text(0, &say!(words, "kit-in-use", "name" => kit.name.as_str()))?;
            }
        }
    }
    if desk.json() {
        let RecoveryKit { name, made_at, words, fingerprint, .. } = &kit;
        return screen.document(&KitDocument { name, made_at: *made_at, words, fingerprint });
    }
    Ok(())
}

/// The page: one sheet, plain text, as it is printed.
fn page(desk: &Desk, kit: &RecoveryKit) -> Zeroizing<String> {
    let words = &desk.words;
    let mut page = Zeroizing::new(String::with_capacity(8192));
    let wrapped = |text: String| textwrap::fill(&text, 72);
    let mut add = |text: &str| {
        page.push_str(text);
        page.push('\n');
    };
    let title = say!(words, "page-title");
    add(&title);
    add(&"=".repeat(title.chars().count()));
    add("");
    add(&say!(words, "page-whose", "name" => kit.display_name.as_str()));
    add(&say!(words, "page-made", "day" => words.day_of(kit.made_at), "name" => kit.name.as_str()));
    add("");
    add(&wrapped(say!(words, "page-what")));
    add("");
    let rows = kit.words.len().div_ceil(3);
    for row in 0..rows {
        let mut line = String::with_capacity(80);
        for (place, word) in kit.words.iter().enumerate().skip(row).step_by(rows) {
            line.push_str(&format!("  {:>2}. {word:<14}", place + 1));
        }
        add(line.trim_end());
    }
    add("");
    add(&wrapped(say!(words, "page-keep")));
    add("");
    add(&say!(words, "page-lost-title"));
    for (sign, text) in [
        ("a", say!(words, "page-lost-install")),
        ("b", say!(words, "page-lost-restore")),
        ("c", say!(words, "page-lost-pair")),
        ("d", say!(words, "page-lost-age")),
    ] {
        let options = textwrap::Options::new(72).initial_indent("  ").subsequent_indent("     ");
        add(&textwrap::fill(&format!("{sign}) {text}"), options));
    }
    add("");
    add(&say!(words, "page-fingerprint"));
    add(&format!("  {}", kit.fingerprint));
    add(&wrapped(say!(words, "page-fingerprint-why")));
    add("");
    add(&wrapped(say!(words, "page-newer")));
    page
}

/// Writes a file that only its owner can read, durably; one that is there is left as it is.
fn write_new(path: &Path, text: &str) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let written = file.write_all(text.as_bytes()).and_then(|()| file.sync_all());
    if written.is_err() {
        let _ = std::fs::remove_file(path);
    }
    written
}

pub(super) fn auto_lock(desk: &Desk, minutes: Option<&str>) -> Result<(), Failure> {
    #[derive(Serialize)]
    struct AutoLock {
        minutes: Option<u32>,
    }
    let home = desk.home()?;
    match minutes {
        None => {}
        Some("off") => home.set_auto_lock(None)?,
        Some(number) => {
            let not_understood = || Failure::told(Exit::Usage, say!(desk.words, "error-auto-lock"));
            home.set_auto_lock(Some(number.parse().map_err(|_| not_understood())?))?;
        }
    }
    let minutes = home.auto_lock_minutes();
    if desk.json() {
        return desk.screen.document(&AutoLock { minutes });
    }
    let text = match minutes {
        Some(minutes) => say!(desk.words, "auto-lock-after", "minutes" => minutes),
        None => say!(desk.words, "auto-lock-never"),
    };
    desk.screen.text(0, &text)
}

/// Erases everything, after the person has said so twice. Nothing is opened for it: it also works with a
/// forgotten passphrase.
pub(super) fn erase(desk: &Desk, really: bool) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let (data, key_file) = (desk.folders.data(), desk.folders.key_file());
    if !data.exists() && !key_file.exists() {
        return Err(Failure::Core(common_ground::Error::NoProfile));
    }
    screen.aside(&say!(words, "erase-what", "path" => data.display().to_string()));
    desk.confirm(&say!(words, "ask-erase"))?;
    if !really {
        desk.ask_for_words(&say!(words, "ask-erase-again"), &say!(words, "answer-erase"))?;
    }
    let vault = KeyFile::new(&key_file, None).map_err(|failure| desk.key_failure(failure))?;
    let erased = erase_everything(path_text(data), Arc::new(vault))?;
    for file in [key_file.clone(), desk.folders.own_numbers()] {
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                return Err(Failure::file(words, &file, &error));
            }
            Ok(()) | Err(_) => {}
        }
    }
    if let Some(config) = key_file.parent() {
        // It stays where it holds something that is not ours.
        let _ = std::fs::remove_dir(config);
    }
    if desk.json() {
        return screen.document(&erased);
    }
    screen.text(0, &say!(words, "erased"))?;
    screen.text(0, &say!(words, "erased-honestly"))
}

/// What `status` says of it.
#[derive(Serialize)]
pub(super) struct KeepingStatus {
    last_backup: Option<common_ground::keeping::BackupNote>,
    recovery_kit: Option<common_ground::keeping::KitNote>,
    auto_lock_minutes: Option<u32>,
}

impl KeepingStatus {
    pub(super) fn of(home: &CommonGround) -> Result<Self, Failure> {
        Ok(Self {
            last_backup: home.last_backup()?,
            recovery_kit: home.recovery_kit()?,
            auto_lock_minutes: home.auto_lock_minutes(),
        })
    }

    pub(super) fn print(&self, desk: &Desk) -> Result<(), Failure> {
        let (words, screen) = (&desk.words, &desk.screen);
        let backup = match &self.last_backup {
            Some(note) => say!(words, "status-backup", "when" => words.instant(note.made_at)),
            None => say!(words, "status-no-backup"),
        };
        screen.text(0, &backup)?;
        let kit = match &self.recovery_kit {
            Some(kit) => say!(words, "status-kit",
                "name" => kit.name.as_str(), "day" => words.day_of(kit.used_since)),
            None => say!(words, "status-no-kit"),
        };
        screen.text(0, &kit)?;
        if self.recovery_kit.as_ref().is_some_and(|kit| kit.shows_former_fingerprint) {
            screen.text(0, &say!(words, "status-kit-former-fingerprint"))?;
        }
        if let Some(minutes) = self.auto_lock_minutes {
            screen.text(0, &say!(words, "auto-lock-after", "minutes" => minutes))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_gives_its_words_in_whatever_columns() {
        let words: Vec<String> = (0..24).map(|n| "abandon".to_owned() + &"x".repeat(n)).collect();
        let mut page = String::from("Recovery kit of 3. May\n\n");
        for row in 0..8 {
            for place in [row, row + 8, row + 16] {
                page.push_str(&format!("  {:>2}. {:<40}", place + 1, words[place]));
            }
            page.push('\n');
        }
        assert_eq!(of_page(&page).unwrap().as_str(), words.join(" "));
        assert!(of_page("one two three").is_none());
    }
}
