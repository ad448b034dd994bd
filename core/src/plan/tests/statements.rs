//! Statements: in whatever order they arrive they say the same, and nothing that was signed for one thing counts
//! for another.

use automerge::ScalarValue;
use automerge::transaction::Transactable;

use super::*;
use crate::id::{PersonId, StatementId, TaskId};
use crate::plan::goal::collection;
use crate::plan::read::TaskRead;
use crate::plan::statement::{Kind, Statement};
use crate::plan::wording::Wording;
use crate::plan::{moment, task};
use crate::relationship::key::{PersonKey, fingerprint};

/// A goal to which Anna has agreed, known to both, and its wording.
fn a_goal() -> (Device, Device, Statement) {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "For the air.")).expect("proposed").summary.id;
    level(&anna, &ben);
    anna.plan().agree(id, anna.only_goal().digest).expect("agreed");
    level(&anna, &ben);
    let statement = his(&anna, &ben, id, wording(id, LEVEL));
    assert!(statement.digest == anna.only_goal().digest);
    (anna, ben, statement)
}

fn wording(goal: GoalId, version: u16) -> Wording {
    Wording {
        version,
        goal,
        title: "Walk".to_owned(),
        why: "For the air.".to_owned(),
        success: Vec::new(),
        known_by: String::new(),
        by_when: None,
        scale: Default::default(),
    }
}

/// What Ben would sign.
fn his(anna: &Device, ben: &Device, goal: GoalId, wording: Wording) -> Statement {
    Statement {
        relationship: anna.relationship,
        goal,
        client: anna.me(),
        therapist: ben.me(),
        by: ben.me(),
        key: key_of(ben).public(),
        kind: Kind::Agree,
        digest: wording.digest(),
        counter: 1,
        at: (*ben.inner().shared.world).moment(),
        heads: vec![],
        wording: wording.bytes(),
    }
}

fn key_of(device: &Device) -> PersonKey {
    device.inner().person_key().expect("a key")
}

/// Puts a statement into the plan as it is.
fn place(device: &Device, bytes: Vec<u8>) -> Result<()> {
    device.world.pass(1);
    device.shared_plan().write(|pen| {
        let id = StatementId::from_bytes(pen.new_item()?).to_string();
        let statements = collection(pen, "statements")?;
        pen.change(|transaction| transaction.put(&statements, id, ScalarValue::Bytes(bytes)))
    })
}

fn standing(device: &Device) -> Standing {
    device.only_goal().summary.standing
}

#[test]
fn statements_say_the_same_in_whatever_order_they_arrive() {
    let orders = [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]];
    for order in orders {
        let (anna, ben, agree) = a_goal();
        let hour = |n: i64| {
            let at = agree.at.at + chrono::TimeDelta::hours(n);
            crate::clock::Moment { at, ..agree.at.clone() }
        };
        let said = [
            Statement { counter: 1, at: hour(1), ..agree.clone() },
            Statement { kind: Kind::Withdraw, counter: 2, at: hour(2), ..agree.clone() },
            Statement { counter: 3, at: hour(3), ..agree.clone() },
        ];
        for n in order {
            place(&ben, said[n].sign(&key_of(&ben))).expect("placed");
            level(&anna, &ben);
        }
        for device in [&anna, &ben] {
            assert_eq!(standing(device), Standing::Agreed { since: hour(1).at }, "{order:?}");
            let sealed = device.plan().agreements(agree.goal).expect("a list");
            assert!(sealed.len() == 1 && sealed[0].since == hour(1).at && sealed[0].withdrawn.is_none());
        }
    }
}

#[test]
fn of_two_with_one_count_the_withdrawal_holds() {
    // Two devices of one person, that did not know of each other.
    for withdrawn_first in [true, false] {
        let (anna, ben, agree) = a_goal();
        let withdraw = Statement { kind: Kind::Withdraw, ..agree.clone() };
        let mut said = [agree.sign(&key_of(&ben)), withdraw.sign(&key_of(&ben))];
        if withdrawn_first {
            said.reverse();
        }
        for statement in said {
            place(&ben, statement).expect("placed");
        }
        level(&anna, &ben);
        assert!(matches!(standing(&anna), Standing::Withdrawn { by, .. } if by == ben.me()));
        let sealed = anna.plan().agreements(agree.goal).expect("a list");
        assert!(sealed.len() == 1 && sealed[0].withdrawn.is_some(), "sealed, then withdrawn");
    }
}

#[test]
fn an_agreement_shown_again_does_not_undo_its_withdrawal() {
    let (anna, ben, agree) = a_goal();
    let signed = agree.sign(&key_of(&ben));
    place(&ben, signed.clone()).expect("placed");
    ben.plan().withdraw(agree.goal, agree.digest).expect("withdrawn");
    place(&ben, signed).expect("the same bytes under another id");
    level(&anna, &ben);
    assert!(matches!(standing(&anna), Standing::Withdrawn { .. }));
}

#[test]
fn what_was_signed_for_another_goal_relationship_or_person_seals_nothing() {
    let (anna, ben, agree) = a_goal();
    let key = key_of(&ben);
    let another_goal = GoalId::from_bytes([8; 16]);
    let another = PersonId::from_bytes([4; 16]);
    // Honestly signed, and not about this: it may lie there, and does not count here.
    let elsewhere = [
        Statement { relationship: RelationshipId::from_bytes([8; 16]), ..agree.clone() },
        his(&anna, &ben, another_goal, wording(another_goal, LEVEL)),
        Statement { client: another, ..agree.clone() },
        his(&anna, &ben, agree.goal, Wording { why: "Else".to_owned(), ..wording(agree.goal, LEVEL) }),
    ];
    for statement in elsewhere {
        place(&ben, statement.sign(&key)).expect("placed");
    }
    level(&anna, &ben);
    assert_eq!(standing(&anna), Standing::Proposed);
    assert_eq!(anna.only_goal().agreed_by, [anna.me()]);
    // Words of one statement in another: the gate does not let it in, here either.
    let transplanted = [
        Statement { goal: another_goal, ..agree.clone() },
        Statement { wording: wording(another_goal, LEVEL).bytes(), ..agree.clone() },
        Statement { by: anna.me(), ..agree.clone() },
        Statement { key: [0; 32], ..agree.clone() },
        Statement { client: another, therapist: another, ..agree.clone() },
    ];
    for (number, statement) in transplanted.into_iter().enumerate() {
        assert!(matches!(place(&ben, statement.sign(&key)), Err(Error::NotAllowed { .. })), "{number}");
    }
    // The signature of one under the fields of the other.
    let tag = "common-ground signed statement 1";
    let (one, two) = (agree.sign(&key), Statement { counter: 9, ..agree.clone() }.sign(&key));
    let (fields, _) = Statement::signed_part(&one).expect("fields");
    let (_, signature) = Statement::signed_part(&two).expect("a signature");
    let mixed = crate::plan::canonical::Writer::new(tag)
        .field(fields)
        .field(&signature)
        .field(&agree.wording)
        .field(&[]);
    assert!(matches!(place(&ben, mixed.finish()), Err(Error::NotAllowed { .. })));
    // And the one that is true seals it.
    place(&ben, agree.sign(&key)).expect("placed");
    level(&anna, &ben);
    assert!(matches!(standing(&anna), Standing::Agreed { .. }));
}

#[test]
fn a_key_that_fits_any_message_signs_nothing() {
    // A point of small order as key, and a signature that satisfies the bare equation for every message.
    let (_, ben, agree) = a_goal();
    let mut key = [0; 32];
    key[0] = 1;
    let statement = Statement { key, ..agree };
    let mut signature = [0; 64];
    signature[0] = 1;
    let signed = statement.sign(&key_of(&ben));
    let (fields, _) = Statement::signed_part(&signed).expect("fields");
    let made = crate::plan::canonical::Writer::new("common-ground signed statement 1")
        .field(fields)
        .field(&signature)
        .field(&statement.wording)
        .field(&[]);
    let bytes = made.finish();
    assert!(Statement::verified(&bytes).is_none());
    let lenient = ed25519_dalek::VerifyingKey::from_bytes(&key).expect("a point");
    let signature = ed25519_dalek::Signature::from_bytes(&signature);
    assert!(ed25519_dalek::Verifier::verify(&lenient, fields, &signature).is_ok(), "what strictness is for");
    assert!(matches!(place(&ben, bytes), Err(Error::NotAllowed { .. })));
}

#[test]
fn what_a_person_signed_with_an_earlier_key_counts_and_a_strangers_never() {
    let (anna, ben, agree) = a_goal();
    place(&ben, agree.sign(&key_of(&ben))).expect("placed");
    level(&anna, &ben);
    let next = PersonKey::from_secret(&[9; 32]);
    let learn = |number: i64, key: [u8; 32]| {
        let sql = "INSERT INTO person_key (person, number, public_key, since) VALUES (?1, ?2, ?3, 0)
                   ON CONFLICT (person, number) DO UPDATE SET public_key = excluded.public_key";
        let file = &anna.inner().shared.file;
        file.write(|transaction| Ok(transaction.execute(sql, (ben.me(), number, key))?)).expect("learnt");
        anna.reopen_checked();
    };
    learn(2, next.public());
    assert!(matches!(standing(&anna), Standing::Agreed { .. }));
    // What he says with the key he has now counts as well.
    let withdraw = Statement { kind: Kind::Withdraw, counter: 2, key: next.public(), ..agree.clone() };
    place(&ben, withdraw.sign(&next)).expect("placed");
    exchange(&anna, &ben);
    assert!(matches!(standing(&anna), Standing::Withdrawn { .. }));
    assert!(matches!(standing(&ben), Standing::Agreed { .. }), "he himself does not know that key yet");
    let stranger = PersonKey::from_secret(&[6; 32]);
    let again = Statement { counter: 3, key: stranger.public(), ..agree };
    place(&ben, again.sign(&stranger)).expect("it may lie there");
    exchange(&anna, &ben);
    anna.reopen_checked();
    assert!(matches!(standing(&anna), Standing::Withdrawn { .. }));
}

/// Lines of a name and hexadecimal digits. Whatever is signed today must be found signed in many years.
const GOLDEN: &str = include_str!("../../../../tests/fixtures/canonical.txt");

#[test]
fn what_is_signed_is_written_as_it_always_was() {
    let person = |byte| PersonId::from_bytes([byte; 16]);
    let (client, therapist) = (person(0x11), person(0x22));
    let goal = GoalId::from_bytes([0x33; 16]);
    let wording = |version| Wording {
        version,
        goal,
        title: "Sleep through the night".to_owned(),
        why: "Weil ich möchte.\n🙂".to_owned(),
        success: vec![(therapist, "She smiles".to_owned()), (client, "Five nights of seven".to_owned())],
        known_by: "The diary says so".to_owned(),
        by_when: "2026-09-01".parse().ok(),
        scale: ["none", "one", "three", "", "seven"].map(str::to_owned),
    };
    let key = PersonKey::from_secret(&[5; 32]);
    let at = moment::read("2026-05-03T18:02:11.250000+02:00[Europe/Berlin]").expect("a moment");
    let statement = |version, kind, counter| {
        let wording = wording(version);
        let statement = Statement {
            relationship: RelationshipId::from_bytes([0x44; 16]),
            goal,
            client,
            therapist,
            by: client,
            key: key.public(),
            kind,
            digest: wording.digest(),
            counter,
            at: at.clone(),
            heads: vec![[0x55; 32], [0x66; 32]],
            wording: wording.bytes(),
        };
        statement.sign(&key)
    };
    let task_digest = |repeats: Option<Recurrence>| {
        let read = TaskRead {
            goal,
            what: "Walk round the block".to_owned(),
            owner: TaskOwner::Both,
            offered: at.clone(),
            due: "2026-05-10".parse().ok(),
            repeats,
            answers: Vec::new(),
            archived: None,
            choices: Vec::new(),
        };
        task::digest(&TaskId::from_bytes([0x77; 16]), &read).0.to_vec()
    };
    let weekly = Recurrence::read("2026-05-03 FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;UNTIL=20261231");
    let made = [
        ("wording-1", wording(1).bytes()),
        ("wording-1-digest", wording(1).digest().0.to_vec()),
        ("wording-2", wording(2).bytes()),
        ("wording-2-digest", wording(2).digest().0.to_vec()),
        ("statement-agree-1", statement(1, Kind::Agree, 1)),
        ("statement-withdraw-2", statement(2, Kind::Withdraw, 513)),
        ("task-once-digest", task_digest(None)),
        ("task-weekly-digest", task_digest(weekly)),
        ("fingerprint", fingerprint(&client, &key.public()).into_bytes()),
    ];
    let made = made.map(|(name, bytes)| format!("{name} {}\n", data_encoding::HEXLOWER.encode(&bytes)));
    assert!(
        made.concat() == GOLDEN,
        "{}\nAs it is written now:\n{}",
        crate::tests::frozen::FROZEN,
        made.concat()
    );
    for line in GOLDEN.lines().filter(|line| line.starts_with("statement")) {
        let (_, hex) = line.split_once(' ').expect("a line");
        let bytes = data_encoding::HEXLOWER.decode(hex.as_bytes()).expect("digits");
        assert!(Statement::verified(&bytes).is_some_and(|statement| statement.by == client));
    }
}
