//! `init`, `status` and `passphrase`: whose home this is, and who can open it.

use std::path::Path;
use std::sync::Arc;

use common_ground::clock::Instant;
use common_ground::home::{CommonGround, KeyVault, NewDevice, NewProfile};
use common_ground::link::Meeting;
use common_ground::relationship::{Profile, Relationship, Role, Terms};
use serde::Serialize;

use super::keeping::{KeepingStatus, offer_kit};
use super::meeting::in_short;
use super::{new_phone, relationships};
use crate::args::keeping::KitArg;
use crate::desk::{Desk, path_text};
use crate::failure::Failure;
use crate::folders::make_private;
use crate::keys::{KeyFile, Readers, readers};
use crate::words::{Words, say};

/// Makes a profile.
pub(super) fn init(
    desk: &Desk,
    role: Role,
    display_name: String,
    passphrase: bool,
    kit: &KitArg,
) -> Result<(), Failure> {
    let words = &desk.words;
    let key_file = desk.folders.key_file();
    let passphrase = if passphrase { Some(desk.new_passphrase(None)?) } else { None };
    let passphrase = passphrase.as_ref().map(|text| text.as_str());
    // Keys that are here already, of a making that was cut off or of data that lies elsewhere, are never
    // replaced: they are used.
    let vault = if key_file.exists() {
        let vault = desk.open_keys()?;
        if let Some(passphrase) = passphrase {
            Arc::new(vault.rewrap(Some(passphrase)).map_err(|failure| desk.key_failure(failure))?)
        } else {
            vault
        }
    } else {
        Arc::new(KeyFile::new(&key_file, passphrase).map_err(|failure| desk.key_failure(failure))?)
    };
    let data = desk.folders.data();
    make_private(data).map_err(|error| Failure::file(words, data, &error))?;
    let home = CommonGround::create(path_text(data), vault, NewProfile { role, display_name })?;
    let done = greet(desk, &home, passphrase.is_some()).and_then(|()| offer_kit(desk, &home, kit));
    home.shut();
    done
}

/// Whose home it is now, and where it lies.
fn greet(desk: &Desk, home: &CommonGround, wrapped: bool) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let profile = home.profile()?;
    if desk.json() {
        return screen.document(&profile);
    }
    let role = role_name(words, profile.role);
    screen.text(0, &say!(words, "init-welcome", "name" => profile.display_name.as_str(), "role" => role))?;
    screen.gap()?;
    screen.text(0, &screen.bold(&say!(words, "not-monitored")))?;
    screen.text(0, &say!(words, "help-now-hint"))?;
    screen.gap()?;
    screen.text(0, &say!(words, "data-lies-in", "path" => desk.folders.data().display().to_string()))?;
    let path = desk.folders.key_file().display().to_string();
    let keys = if wrapped {
        say!(words, "keys-wrapped", "path" => path)
    } else {
        say!(words, "keys-open", "path" => path)
    };
    screen.text(0, &keys)?;
    screen.gap()?;
    screen.text(0, &say!(words, "init-next"))
}

#[derive(Serialize)]
struct Status {
    profile: Profile,
    data: String,
    key_file: String,
    keys: Readers,
    #[serde(flatten)]
    keeping: KeepingStatus,
    entries: u64,
    relationships: Vec<StatusOfRelationship>,
    new_devices: Vec<NewDevice>,
    lives_elsewhere_since: Option<Instant>,
}

#[derive(Serialize)]
struct StatusOfRelationship {
    #[serde(flatten)]
    relationship: Relationship,
    version: String,
    goals: usize,
    set_aside: usize,
    meeting: Meeting,
    terms: Terms,
}

/// Whose home this is, with whom it is paired, who can read the keys.
pub(super) fn status(desk: &Desk) -> Result<(), Failure> {
    let home = desk.home()?;
    let mut relationships = Vec::new();
    for relationship in home.relationships()? {
        let plan = home.plan(relationship.id)?;
        relationships.push(StatusOfRelationship {
            version: plan.version()?.to_string(),
            goals: plan.goals(false)?.len(),
            set_aside: plan.set_aside()?.len(),
            meeting: home.meeting(relationship.id)?,
            terms: home.terms(relationship.id)?,
            relationship,
        });
    }
    let status = Status {
        profile: home.profile()?,
        data: path_text(desk.folders.data()),
        key_file: path_text(&desk.folders.key_file()),
        keys: readers(&desk.folders.key_file()).map_err(|failure| desk.key_failure(failure))?,
        keeping: KeepingStatus::of(&home)?,
        entries: home.journal().count()?,
        relationships,
        new_devices: home.new_devices()?,
        lives_elsewhere_since: home.lives_elsewhere_since()?,
    };
    if desk.json() {
        return desk.screen.document(&status);
    }
    print_status(desk, &status)?;
    new_phone::seen(&home, &status.new_devices)
}

fn print_status(desk: &Desk, status: &Status) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let profile = &status.profile;
    let role = role_name(words, profile.role);
    screen.line(&format!("{}  {}", screen.bold(&profile.display_name), screen.faint(&role)))?;
    screen.text(2, &say!(words, "status-fingerprint", "fingerprint" => profile.fingerprint.as_str()))?;
    screen.text(2, &say!(words, "status-entries", "count" => status.entries))?;
    screen.gap()?;

    if let Some(since) = status.lives_elsewhere_since {
        screen.text(0, &screen.red(&say!(words, "status-lives-elsewhere", "day" => words.day_of(since))))?;
        screen.gap()?;
    }
    if status.relationships.is_empty() {
        screen.text(0, &say!(words, "status-alone"))?;
    }
    for (n, one) in status.relationships.iter().enumerate() {
        let relationship = &one.relationship;
        relationships::named(desk, n + 1, relationship)?;
        let code = if relationship.code_compared {
            say!(words, "status-code-compared")
        } else {
            screen.red(&say!(words, "status-code-not-compared"))
        };
        screen.text(3, &code)?;
        relationships::standing(desk, relationship, &one.terms)?;
        new_phone::of_relationship(desk, relationship, &status.new_devices)?;
        let step = match relationship.in_step_at {
            Some(at) => say!(words, "status-in-step", "when" => words.instant(at)),
            None => say!(words, "status-never-in-step"),
        };
        screen.text(3, &step)?;
        if relationship.waiting_to_go > 0 {
            screen.text(3, &say!(words, "status-waiting", "count" => relationship.waiting_to_go))?;
        }
        for line in in_short(words, relationship, &one.meeting) {
            screen.text(3, &line)?;
        }
        screen.text(3, &say!(words, "status-goals", "count" => one.goals))?;
        if one.set_aside > 0 {
            screen.text(3, &screen.red(&say!(words, "status-set-aside", "count" => one.set_aside)))?;
        }
        let version: String = one.version.chars().take(16).collect();
        screen.text(3, &screen.faint(&say!(words, "status-version", "version" => version)))?;
    }
    screen.gap()?;

    screen.text(0, &say!(words, "data-lies-in", "path" => status.data.as_str()))?;
    screen.text(0, &say!(words, "status-key-file", "path" => status.key_file.as_str()))?;
    let who = match status.keys.readable_by_others {
        Some(true) => screen.red(&say!(words, "status-keys-others")),
        Some(false) => say!(words, "status-keys-owner"),
        None => say!(words, "status-keys-unknown"),
    };
    screen.text(2, &who)?;
    let wrapped = if status.keys.passphrase {
        say!(words, "status-keys-wrapped")
    } else {
        say!(words, "status-keys-open")
    };
    screen.text(2, &wrapped)?;
    status.keeping.print(desk)?;
    screen.gap()?;
    screen.text(0, &screen.faint(&say!(words, "not-monitored")))
}

/// Puts a passphrase on the keys, changes it, or takes it off.
pub(super) fn passphrase(desk: &Desk, remove: bool, new_file: Option<&Path>) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let vault = desk.open_keys()?;
    // Opening the home proves that nobody else holds it and that these are its keys.
    let home = CommonGround::open(path_text(desk.folders.data()), vault.clone() as Arc<dyn KeyVault>)?;
    let new = if remove { None } else { Some(desk.new_passphrase(new_file)?) };
    if remove {
        desk.confirm(&say!(words, "ask-remove-passphrase"))?;
    }
    vault.rewrap(new.as_ref().map(|text| text.as_str())).map_err(|failure| desk.key_failure(failure))?;
    home.shut();
    let path = desk.folders.key_file().display().to_string();
    let done = if remove {
        say!(words, "keys-open", "path" => path)
    } else {
        say!(words, "keys-wrapped", "path" => path)
    };
    screen.text(0, &done)
}

/// "client" or "therapist".
pub(super) fn role_name(words: &Words, role: Role) -> String {
    match role {
        Role::Client => say!(words, "role-client"),
        Role::Therapist => say!(words, "role-therapist"),
    }
}
