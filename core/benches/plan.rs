//! What a plan of five years costs, beside the bare floor in the same run.
//!
//! `cargo bench -p common-ground --bench plan`
//!
//! The floor of an edit is what nobody can do without: a bare Automerge document of as many changes, one
//! commit, its bytes, and one durable insert into a SQLCipher file under the same settings. The two take
//! turns, so that a busy machine is busy for both. Medians, with the 95th percentile.

#![allow(clippy::expect_used, clippy::unwrap_used, missing_docs)] // a measurement may stop

mod common;

use std::sync::Arc;
use std::time::{Duration, Instant};

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{Automerge, ObjId, ObjType, ROOT};
use common_ground::home::{CommonGround, NewProfile};
use common_ground::id::{GoalId, RelationshipId};
use common_ground::link::Reach;
use common_ground::plan::{GoalEdit, NewGoal, NewRating, NewTask, Plan, TaskOwner};
use common_ground::relationship::{Confirmation, Role};
use rusqlite::Connection;

use common::{Vault, at, median};

const GOALS: usize = 30;
const CHANGES: usize = 9_000;
const EDITS: usize = 400;

struct Device {
    folder: tempfile::TempDir,
    vault: Arc<Vault>,
    home: Arc<CommonGround>,
}

impl Device {
    fn new(role: Role) -> Self {
        let (folder, vault) = (tempfile::tempdir().expect("a folder"), Arc::new(Vault::default()));
        let profile = NewProfile { role, display_name: "Somebody".to_owned() };
        let path = folder.path().to_string_lossy().into_owned();
        let home = CommonGround::create(path, vault.clone(), profile).expect("a home");
        Self { folder, vault, home }
    }

    fn reopen(&mut self) -> Duration {
        self.home.shut();
        let path = self.folder.path().to_string_lossy().into_owned();
        let begun = Instant::now();
        self.home = CommonGround::open(path, self.vault.clone()).expect("opened");
        begun.elapsed()
    }
}

fn main() {
    let (mut client, therapist) = (Device::new(Role::Client), Device::new(Role::Therapist));
    let relationship = pair(&client, &therapist);
    let goals = five_years(&client.home.plan(relationship).expect("a plan"));
    println!("a plan of five years: {GOALS} goals, {CHANGES} changes and more");
    listing(&mut client, relationship);
    first_edit(&mut client, relationship, goals[0]);
    one_edit(&client, relationship, &goals);
}

fn pair(client: &Device, therapist: &Device) -> RelationshipId {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let here = client.home.go_online(Reach::ThisMachine).await.expect("online");
        let there = therapist.home.go_online(Reach::ThisMachine).await.expect("online");
        let offered = here.offer_pairing().await.expect("a ticket");
        let ticket = offered.ticket().expect("a ticket").text;
        let taken = there.redeem(ticket).await.expect("taken up");
        let (one, two) = tokio::join!(offered.code(), taken.code());
        one.and(two).expect("a code");
        let (one, two) =
            tokio::join!(offered.confirm(Confirmation::Compared), taken.confirm(Confirmation::Compared));
        two.expect("confirmed");
        here.go_offline().await;
        there.go_offline().await;
        one.expect("confirmed").id
    })
}

/// Thirty goals, and on them what five years bring.
fn five_years(plan: &Plan) -> Vec<GoalId> {
    let goals: Vec<GoalId> = (0..GOALS)
        .map(|n| {
            let why = "Because it would make the days lighter and the nights quieter.".to_owned();
            let goal = NewGoal {
                title: format!("Goal number {n}"),
                why,
                success: Some("I notice it.".to_owned()),
                ..NewGoal::default()
            };
            plan.propose_goal(goal).expect("proposed").summary.id
        })
        .collect();
    for n in 0..CHANGES {
        let id = goals[n % GOALS];
        match n % 9 {
            0 => {
                let shown = plan.goal(id).expect("a goal");
                let why = Some(format!("{} Note {n}.", shown.why.split(" Note").next().unwrap_or_default()));
                plan.edit_goal(id, shown.version, GoalEdit { why, ..GoalEdit::default() }).expect("edited");
            }
            1 => {
                let what = format!("Practise, week {}", n / 9);
                plan.add_task(id, NewTask { what, owner: TaskOwner::Client, due: None, repeats: None })
                    .expect("a task");
            }
            _ => {
                let value = u8::try_from(n % 11).unwrap_or(0);
                plan.rate(id, NewRating { value, helped: None, hindered: None }).expect("rated");
            }
        }
    }
    goals
}

fn listing(device: &mut Device, relationship: RelationshipId) {
    let mut opened = Vec::new();
    let mut listed = Vec::new();
    for _ in 0..20 {
        opened.push(device.reopen());
        let plan = device.home.plan(relationship).expect("a plan");
        let begun = Instant::now();
        assert_eq!(plan.goals(false).expect("goals").len(), GOALS);
        listed.push(begun.elapsed());
    }
    println!(
        "list {GOALS} goals with their latest ratings, after a cold open: {} (budget 2 ms)",
        tell(&listed)
    );
    println!("  the cold open before it: {}", tell(&opened));
}

fn first_edit(device: &mut Device, relationship: RelationshipId, goal: GoalId) {
    let mut times = Vec::new();
    for _ in 0..10 {
        device.reopen();
        let plan = device.home.plan(relationship).expect("a plan");
        let begun = Instant::now();
        plan.rate(goal, NewRating { value: 5, helped: None, hindered: None }).expect("rated");
        times.push(begun.elapsed());
    }
    println!("first edit after a cold open: {} (budget 80 ms)", tell(&times));
}

fn one_edit(device: &Device, relationship: RelationshipId, goals: &[GoalId]) {
    let plan = device.home.plan(relationship).expect("a plan");
    let mut floor = Floor::new();
    let (mut ours, mut bare, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
    for n in 0..EDITS {
        let begun = Instant::now();
        plan.rate(goals[n % GOALS], NewRating { value: 5, helped: None, hindered: None }).expect("rated");
        let our_time = begun.elapsed();
        let begun = Instant::now();
        floor.edit(n);
        let bare_time = begun.elapsed();
        ratios.push(our_time.as_secs_f64() / bare_time.as_secs_f64());
        ours.push(our_time);
        bare.push(bare_time);
    }
    println!("one durable edit, the document loaded: {}", tell(&ours));
    println!("  the bare floor: {}", tell(&bare));
    ratios.sort_by(f64::total_cmp);
    println!("  ratio, pair by pair: {:.2} (budget 1.5)", ratios[ratios.len() / 2]);
}

/// A bare document and a bare file.
struct Floor {
    document: Automerge,
    ratings: ObjId,
    file: Connection,
    _folder: tempfile::TempDir,
}

impl Floor {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let file = Connection::open(folder.path().join("floor.db")).expect("a file");
        file.execute_batch(
            "PRAGMA key = \"x'000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f'\";
             PRAGMA journal_mode = WAL;
             PRAGMA synchronous = FULL;
             PRAGMA secure_delete = ON;
             CREATE TABLE chunk (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL) STRICT;",
        )
        .expect("a table");
        let mut document = Automerge::new();
        let mut transaction = document.transaction();
        let ratings = transaction.put_object(ROOT, "ratings", ObjType::Map).expect("a map");
        transaction.commit();
        let mut floor = Self { document, ratings, file, _folder: folder };
        (0..CHANGES).for_each(|n| drop(floor.commit(n)));
        floor
    }

    fn commit(&mut self, n: usize) -> Vec<u8> {
        let before = self.document.get_heads();
        let mut transaction = self.document.transaction();
        let id = format!("00112233445566778899aabb{n:08x}");
        let rating = transaction.put_object(&self.ratings, id, ObjType::Map).expect("a map");
        transaction.put(&rating, "goal", "00112233445566778899aabbccddeeff").expect("a value");
        transaction.put(&rating, "value", 5_u64).expect("a value");
        transaction.put(&rating, "at", "2026-05-03T18:02:11.250000+02:00[Europe/Berlin]").expect("a value");
        transaction.commit_with(CommitOptions::default().with_time(0));
        self.document.save_after(&before)
    }

    fn edit(&mut self, n: usize) {
        let bytes = self.commit(CHANGES + n);
        self.file.execute("INSERT INTO chunk (bytes) VALUES (?1)", [bytes]).expect("inserted");
    }
}

fn tell(times: &[Duration]) -> String {
    let milliseconds = |time: Duration| time.as_secs_f64() * 1_000.0;
    format!("{:.2} ms (95th percentile {:.2} ms)", milliseconds(median(times)), milliseconds(at(times, 95)))
}
