//! An agreement as one small file that proves itself: the wording, and what both signed.
//!
//! `docs/data-format.md` says what is in it, `docs/verify_agreement.py` checks it without this app.

use data_encoding::{BASE64, HEXLOWER};
use rusqlite::Connection;
use serde::Serialize;

use crate::clock::LocalDate;
use crate::error::Thing;
use crate::id::{GoalId, PersonId, RelationshipId, StatementId};
use crate::relationship::key::fingerprint;
use crate::relationship::{Role, people};
use crate::{Error, Result};

use super::super::moment;
use super::super::read::Reading;
use super::super::shared_plan::SharedPlan;
use super::super::statement::{Kind, Statement};
use super::super::view::{ScaleLevel, WordingDigest};
use super::super::wording::Wording;
use super::{Said, said, sealed};

/// The version of the file.
const VERSION: u32 = 1;

/// The file.
#[derive(Serialize)]
struct File {
    format: &'static str,
    version: u32,
    exported_at: String,
    relationship: RelationshipId,
    goal: GoalId,
    people: [Person; 2],
    wording: Words,
    statements: Vec<Signed>,
}

/// One of the two. Neither the name nor the fingerprint of the key that is in force now is signed.
#[derive(Serialize)]
struct Person {
    role: Role,
    person: PersonId,
    name: String,
    fingerprint: String,
}

/// The wording, for people and as it was signed.
#[derive(Serialize)]
struct Words {
    digest: WordingDigest,
    canonical: String,
    title: String,
    why: String,
    success: Vec<Picture>,
    known_by: String,
    by_when: Option<LocalDate>,
    scale: Vec<Level>,
}

/// What success looks like to one of the two.
#[derive(Serialize)]
struct Picture {
    by: PersonId,
    text: String,
}

/// A level of the scale.
#[derive(Serialize)]
struct Level {
    level: i8,
    text: String,
}

/// What one of the two signed.
#[derive(Serialize)]
struct Signed {
    by: PersonId,
    says: &'static str,
    at: String,
    key: String,
    fingerprint: String,
    signed: String,
    signature: String,
}

/// A sealed wording with the statements that sealed it and, where one of the two has said something of it since, the
/// latest of that.
pub(in super::super) fn export(plan: &SharedPlan, goal: &GoalId, digest: &WordingDigest) -> Result<String> {
    let relationship = plan.relationship;
    let (wording, said, people) = plan.read(|connection| {
        let wording = sealed::wording(connection, relationship, goal, digest)?;
        Ok((wording, said(connection, relationship, goal, digest)?, people_of(connection, relationship)?))
    })?;
    let statements = plan.with_document(|open| {
        let reading = Reading::new(&open.loaded.document, &open.parties);
        ids(&said).into_iter().map(|id| signed(reading, &id, digest)).collect::<Result<Vec<_>>>()
    })?;
    let file = File {
        format: "common-ground agreement",
        version: VERSION,
        exported_at: moment::write(&plan.shared.world.moment()),
        relationship,
        goal: *goal,
        people,
        wording: words(*digest, wording),
        statements,
    };
    let text = serde_json::to_string_pretty(&file).map_err(|_| Error::internal("an agreement as JSON"))?;
    Ok(text + "\n")
}

/// The statements that sealed a wording, and then the latest of each.
fn ids(said: &[Said]) -> Vec<StatementId> {
    let mut ids: Vec<_> = said.iter().filter_map(|said| said.first).map(|(id, _)| id).collect();
    for latest in said.iter().map(|said| said.latest) {
        if !ids.contains(&latest) {
            ids.push(latest);
        }
    }
    ids
}

/// The two, the client first.
fn people_of(connection: &Connection, relationship: RelationshipId) -> Result<[Person; 2]> {
    let me = people::profile(connection)?;
    let other = people::relationship(connection, relationship)?.other;
    let mut two = [
        Person { role: me.role, person: me.person, name: me.display_name, fingerprint: me.fingerprint },
        Person {
            role: other.role,
            person: other.person,
            name: other.display_name,
            fingerprint: other.fingerprint,
        },
    ];
    two.sort_by_key(|person| person.role != Role::Client);
    Ok(two)
}

fn words(digest: WordingDigest, wording: Wording) -> Words {
    Words {
        digest,
        canonical: BASE64.encode(&wording.bytes()),
        success: wording.success.iter().map(|(by, text)| Picture { by: *by, text: text.clone() }).collect(),
        scale: wording.scale().into_iter().map(level).collect(),
        title: wording.title,
        why: wording.why,
        known_by: wording.known_by,
        by_when: wording.by_when,
    }
}

fn level(written: ScaleLevel) -> Level {
    Level { level: written.level.value(), text: written.text }
}

/// A statement on this wording, with the bytes that its maker signed.
fn signed(reading: Reading<'_>, id: &StatementId, digest: &WordingDigest) -> Result<Signed> {
    let (statement, bytes) = reading
        .statements_as_written(id.as_bytes())
        .into_iter()
        .filter(|(statement, _)| statement.digest == *digest)
        .min_by_key(|(statement, _)| statement.before_others_under_its_id())
        .ok_or(Error::not_found(Thing::Wording))?;
    let (signed, signature) =
        Statement::signed_part(&bytes).ok_or_else(|| Error::internal("a statement of the plan"))?;
    Ok(Signed {
        by: statement.by,
        says: match statement.kind {
            Kind::Agree => "agree",
            Kind::Withdraw => "withdraw",
        },
        at: moment::write(&statement.at),
        key: HEXLOWER.encode(&statement.key),
        fingerprint: fingerprint(&statement.by, &statement.key),
        signed: BASE64.encode(signed),
        signature: BASE64.encode(&signature),
    })
}
