//! What a therapist's look at all plans costs, beside the bare SELECTs in the same run.
//!
//! `cargo bench --bench overview`; `COMMON_GROUND_CLIENTS` sets how many there are (300).
//!
//! The practice is written into the tables by hand: making as many plans through the exchange would take an hour, and
//! the overview reads tables only. The floor counts the rows of the same tables through the same indexes, on a
//! connection with the same settings, and asks nothing about them. The two take turns.

#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs)] // a measurement may stop

mod common;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use chrono::NaiveDate;
use common_ground::home::{CommonGround, KeyName, NewProfile};
use common_ground::relationship::Role;
use rusqlite::{Connection, Transaction, named_params};

use common::table::Table;
use common::{Vault, median, number, taking, text};

const ROUNDS: usize = 200;
const COLD_ROUNDS: usize = 20;
/// Of each client; every sixth goal is put away.
const GOALS: u64 = 12;
const TASKS: u64 = 60;
const LOGS: u64 = 300;
const RATINGS: u64 = 120;

/// One bare SELECT over each of the tables.
const FLOOR: [&str; 6] = [
    "SELECT relationship.id, person.display_name, relationship.in_step_at
     FROM relationship JOIN person ON person.id = relationship.other",
    "SELECT relationship, count(*) FROM goal INDEXED BY goal_glance WHERE archived_at IS NULL GROUP BY relationship",
    "SELECT relationship, count(*) FROM news GROUP BY relationship",
    "SELECT relationship, count(*) FROM task INDEXED BY task_due
     WHERE state = 'accepted' AND archived_at IS NULL AND next_due IS NOT NULL GROUP BY relationship",
    "SELECT relationship, count(*) FROM task INDEXED BY task_waits
     WHERE state = 'offered' AND archived_at IS NULL GROUP BY relationship",
    "SELECT relationship, count(*) FROM choice GROUP BY relationship",
];

fn main() {
    let clients = number("COMMON_GROUND_CLIENTS", 300) as u64;
    let (folder, vault) = (tempfile::tempdir().unwrap(), Arc::new(Vault::default()));
    let profile = NewProfile { role: Role::Therapist, display_name: "Ben".to_owned() };
    CommonGround::create(text(folder.path()), vault.clone(), profile).unwrap().shut();
    let mut file = look_inside(folder.path(), &vault);
    let transaction = file.transaction().unwrap();
    (0..clients).for_each(|client| write_plan(&transaction, client));
    transaction.commit().unwrap();
    drop(file);
    eprintln!(
        "{clients} clients, each {GOALS} goals, {TASKS} tasks, {LOGS} lines of logs, {RATINGS} ratings"
    );

    let mut table = Table::default();
    let (ours, floor) = warm(folder.path(), &vault, clients);
    table.line(&format!("{clients} plans at a glance"), "≤ 20 ms", &ours, &floor);
    let (ours, floor) = cold(folder.path(), &vault, clients);
    table.line("the same, first thing after opening", "", &ours, &floor);
    println!("{}", table.text);
    assert!(median(&ours) < Duration::from_secs(1), "out of all proportion");
}

fn warm(folder: &Path, vault: &Arc<Vault>, clients: u64) -> (Vec<Duration>, Vec<Duration>) {
    let home = CommonGround::open(text(folder), vault.clone()).unwrap();
    let bare = look_inside(folder, vault);
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        look(&home, clients, &mut ours);
        taking(&mut floor, || count(&bare));
    }
    home.shut();
    (ours, floor)
}

fn cold(folder: &Path, vault: &Arc<Vault>, clients: u64) -> (Vec<Duration>, Vec<Duration>) {
    let (mut ours, mut floor) = (Vec::new(), Vec::new());
    for _ in 0..COLD_ROUNDS {
        let home = CommonGround::open(text(folder), vault.clone()).unwrap();
        look(&home, clients, &mut ours);
        home.shut();
        let bare = look_inside(folder, vault);
        taking(&mut floor, || count(&bare));
    }
    (ours, floor)
}

fn look(home: &CommonGround, clients: u64, times: &mut Vec<Duration>) {
    let day = NaiveDate::from_ymd_opt(2026, 6, 10).unwrap();
    let all = taking(times, || home.plan_overviews(day).unwrap());
    assert_eq!(all.len() as u64, clients);
    let seen = &all[0];
    assert_eq!((seen.goals, seen.new_goals, seen.due_reviews), (10, 3, 5));
    assert_eq!((seen.due_tasks, seen.offers_to_me, seen.offers_to_other), (5, 5, 5));
    assert_eq!((seen.wordings_to_me, seen.open_choices), (2, 1));
}

fn count(bare: &Connection) -> usize {
    FLOOR
        .iter()
        .map(|sql| {
            let mut statement = bare.prepare_cached(sql).unwrap();
            let mut rows = statement.query([]).unwrap();
            let mut found = 0;
            while rows.next().unwrap().is_some() {
                found += 1;
            }
            found
        })
        .sum()
}

/// Another connection to the shared file, with the settings of ours.
fn look_inside(folder: &Path, vault: &Vault) -> Connection {
    let file = Connection::open(folder.join("shared.db")).unwrap();
    file.execute_batch(&vault.pragma(KeyName::Shared)).unwrap();
    file.execute_batch("PRAGMA cache_size = -8000; PRAGMA temp_store = MEMORY; PRAGMA cell_size_check = ON;")
        .unwrap();
    file
}

/// Sixteen bytes that name one thing of one client.
fn id(kind: u8, client: u64, number: u64) -> [u8; 16] {
    let mut id = [kind; 16];
    id[1..8].copy_from_slice(&client.to_be_bytes()[1..]);
    id[8..].copy_from_slice(&number.to_be_bytes());
    id
}

fn write_plan(file: &Transaction<'_>, client: u64) {
    let (person, relationship) = (id(1, client, 0), id(2, client, 0));
    let insert = |sql: &str, params: &[(&str, &dyn rusqlite::ToSql)]| {
        file.prepare_cached(sql).unwrap().execute(params).unwrap();
    };
    insert(
        "INSERT INTO person VALUES (:id, 'client', :name, 0)",
        named_params! { ":id": person, ":name": format!("Client number {client}") },
    );
    insert(
        "INSERT INTO relationship (id, other, paired_at, code, code_compared, in_step_at)
         VALUES (:id, :other, 0, 'one two', 1, 0)",
        named_params! { ":id": relationship, ":other": person },
    );
    insert(
        "INSERT INTO plan (relationship, actor, level, heads, bytes, tables) VALUES (:id, :id, 2, x'', 0, 9999)",
        named_params! { ":id": relationship },
    );
    (0..GOALS).for_each(|n| write_goal(&insert, client, n));
    (0..TASKS).for_each(|n| write_task(&insert, client, n));
    for n in 0..LOGS {
        insert(
            "INSERT INTO task_log VALUES (:relationship, :id, :task, :person, '2026-05-04', 'done', :note)",
            named_params! {
                ":relationship": relationship, ":id": id(5, client, n), ":task": id(4, client, n % TASKS),
                ":person": person, ":note": "It went well enough.",
            },
        );
    }
    for n in 0..RATINGS {
        insert(
            "INSERT INTO rating VALUES (:relationship, :id, :goal, :person, 0, 'Europe/Berlin', 7200, 5, :helped, NULL)",
            named_params! {
                ":relationship": relationship, ":id": id(6, client, n), ":goal": id(3, client, n % GOALS),
                ":person": person, ":helped": "Having slept.",
            },
        );
    }
    for n in 0..3 {
        insert(
            "INSERT INTO news VALUES (:relationship, :goal, :actor, 1)",
            named_params! { ":relationship": relationship, ":goal": id(3, client, n), ":actor": person },
        );
    }
    for number in 0..2 {
        insert(
            "INSERT INTO choice VALUES (:relationship, :goal, 'title', :number, :goal, :person, 'Walk')",
            named_params! {
                ":relationship": relationship, ":goal": id(3, client, 4), ":number": number, ":person": person,
            },
        );
    }
}

type Insert<'a> = &'a dyn Fn(&str, &[(&str, &dyn rusqlite::ToSql)]);

/// Two of twelve are put away, five are due to be looked at, and in two the wording waits for the therapist.
fn write_goal(insert: Insert<'_>, client: u64, n: u64) {
    let why = "Because it would make the days lighter and the nights quieter. ".repeat(12);
    insert(
        "INSERT INTO goal (relationship, id, title, why, place, proposed_by, proposed_at, archived_at, digest,
                           standing, review_due, wording_waits_for)
         VALUES (:relationship, :id, 'Walk every day', :why, '80', :person, 0, :archived, :digest, 'proposed',
                 :review, :waits)",
        named_params! {
            ":relationship": id(2, client, 0), ":id": id(3, client, n), ":why": why, ":person": id(1, client, 0),
            ":archived": (n % 6 == 5).then_some(0), ":digest": [7_u8; 32],
            ":review": (n % 2 == 0).then_some(if n == 0 { "2026-07-01" } else { "2026-06-01" }),
            ":waits": (n < 2).then_some("therapist"),
        },
    );
    if n == 1 {
        insert(
            "INSERT INTO goal_hold VALUES (:relationship, :goal, :person, 0, NULL)",
            named_params! {
                ":relationship": id(2, client, 0), ":goal": id(3, client, n), ":person": id(1, client, 0),
            },
        );
    }
}

/// Of sixty, ten wait for an answer and thirty were taken on with a day by which they were to be done. Of these, five
/// are the therapist's, due and of a goal that is worked on.
fn write_task(insert: Insert<'_>, client: u64, n: u64) {
    let is_offer = n % 6 == 0;
    insert(
        "INSERT INTO task (relationship, id, goal, what, owner, offered_by, offered_at, archived_at, digest, state,
                           waits_for_client, waits_for_therapist, next_due)
         VALUES (:relationship, :id, :goal, 'Practise saying no', :owner, :person, 0, :archived, :digest, :state,
                 :client, :therapist, :due)",
        named_params! {
            ":relationship": id(2, client, 0), ":id": id(4, client, n), ":goal": id(3, client, n % GOALS),
            ":owner": ["client", "therapist", "both"][(n / GOALS % 3) as usize], ":person": id(1, client, 0),
            ":archived": (n % 10 == 9).then_some(0), ":digest": [7_u8; 32],
            ":state": if is_offer { "offered" } else { "accepted" },
            ":client": is_offer && n % 12 == 0, ":therapist": is_offer && n % 12 != 0,
            ":due": (n % 2 == 1).then_some(if n % 10 == 1 { "2026-07-01" } else { "2026-06-01" }),
        },
    );
}
