//! A process that ends at once between any two writes: opened again, all is whole, and what was acknowledged is there.
//!
//! The work is done by a process of its own, which ends itself at the n-th statement that the shared file is asked to
//! run, for every n until none is left.

use std::path::Path;
use std::process::Command;

use super::rolled_back::copy_of;
use super::*;
use crate::store::faults;

/// What the child is to do, at which point it ends, and where the two homes and their keys are.
const TASK: &str = "COMMON_GROUND_FAULT";

const TASKS: [&str; 5] = ["a local edit", "an incoming exchange", "folding", "a seal", "going on afresh"];

fn open(folder: tempfile::TempDir, vault: &Arc<MemoryVault>, seed: u64) -> Device {
    let world = StillWorld::new(seed);
    world.pass(10_000);
    let home = CommonGround::open_in(folder.path(), vault.clone(), world.clone() as World).expect("opened");
    let relationship = RelationshipId::from_bytes([7; 16]);
    Device { folder, vault: vault.clone(), world, home, relationship }
}

fn keep_keys(vault: &MemoryVault, file: &Path) {
    let keys = vault.0.lock().expect("keys");
    let key = |name| keys.get(&name).expect("a key").clone();
    std::fs::write(file, [key(KeyName::Private), key(KeyName::Shared)].concat()).expect("written");
}

fn vault_of(file: &Path) -> Arc<MemoryVault> {
    let keys = std::fs::read(file).expect("keys");
    let (private, shared) = keys.split_at(32);
    let keys = [(KeyName::Private, private.to_vec()), (KeyName::Shared, shared.to_vec())];
    Arc::new(MemoryVault(Mutex::new(keys.into())))
}

fn rate(device: &Device) -> Result<RatingId> {
    let goal = device.only_goal().summary.id;
    device.plan().rate(goal, NewRating { value: 3, helped: None, hindered: None })
}

fn agree(device: &Device) {
    let goal = device.only_goal();
    device.plan().agree(goal.summary.id, goal.digest).expect("agreed");
}

/// Two homes in which everything is ready for the task.
fn ready(task: &str) -> (Device, Device) {
    let (anna, ben) = two();
    anna.plan().propose_goal(goal("Walk", "Air")).expect("proposed");
    level(&anna, &ben);
    match task {
        "an incoming exchange" => drop(rate(&ben).expect("rated")),
        "a seal" => {
            agree(&ben);
            level(&anna, &ben);
        }
        "going on afresh" => {
            let goal = anna.only_goal().summary.id;
            super::recovery::takes_the_others_words(&anna, &ben, goal);
            rate(&anna).expect("rated");
        }
        _ => {}
    }
    (anna, ben)
}

/// The task itself; it returns when all of it was acknowledged.
fn work(task: &str, anna: &Device, ben: &Device) {
    match task {
        "a local edit" => drop(rate(anna).expect("rated")),
        "a seal" => agree(anna),
        "folding" => {
            let plan = anna.shared_plan();
            let fold = |transaction: &rusqlite::Transaction<'_>| {
                plan.with_document(|open| open.loaded.fold(transaction, plan.relationship))
            };
            plan.shared.file.write(fold).expect("folded");
        }
        _ => drop(exchange(anna, ben)),
    }
}

/// Whether what the task does is there.
fn is_done(task: &str, anna: &Device, ben: &Device) -> bool {
    match task {
        "a seal" => anna.only_goal().sealed.is_some(),
        "folding" => true,
        "going on afresh" => ben.only_goal().ratings.len() == 1,
        _ => anna.only_goal().ratings.len() == 1,
    }
}

#[test]
#[ignore = "a helper of the test below, which runs it in a process of its own"]
fn as_a_child() {
    let told = std::env::var(TASK).expect("a task");
    let parts: Vec<&str> = told.split('|').collect();
    let [task, point, folders @ ..] = parts.as_slice() else { panic!("no task") };
    let [anna, ben, annas_keys, bens_keys, done] = folders else { panic!("no folders") };
    let opened = |folder: &str, keys: &str, seed| {
        let world = StillWorld::new(seed);
        world.pass(5_000);
        let vault = vault_of(Path::new(keys));
        let home = CommonGround::open_in(Path::new(folder), vault.clone(), world.clone() as World);
        let relationship = RelationshipId::from_bytes([7; 16]);
        // Beside the keys, so that the parent takes it away.
        let beside = Path::new(keys).parent().expect("a folder");
        let folder = tempfile::tempdir_in(beside).expect("a folder");
        Device { folder, vault, world, home: home.expect("opened"), relationship }
    };
    let (anna, ben) = (opened(anna, annas_keys, 11), opened(ben, bens_keys, 12));
    // What loads the plans is not part of the task.
    for device in [&anna, &ben] {
        device.plan().version().expect("a version");
        device.shared_plan().with_document(|_| Ok(())).expect("a document");
    }
    faults::arm(point.parse().expect("a number"));
    work(task, &anna, &ben);
    faults::disarm();
    std::fs::write(done, b"done").expect("written");
}

#[test]
fn ended_between_any_two_writes_a_plan_is_whole_and_keeps_what_it_promised() {
    for task in TASKS {
        let (anna, ben) = ready(task);
        let keys = scratch();
        let (annas_keys, bens_keys) = (keys.path().join("anna"), keys.path().join("ben"));
        keep_keys(&anna.vault, &annas_keys);
        keep_keys(&ben.vault, &bens_keys);
        anna.home.shut();
        ben.home.shut();
        let mut points = 0;
        loop {
            let (annas, bens) = (copy_of(anna.folder.path()), copy_of(ben.folder.path()));
            let done = annas.path().with_extension("done");
            let paths = [annas.path(), bens.path(), &annas_keys, &bens_keys, &done];
            let paths: Vec<&str> = paths.iter().map(|path| path.to_str().expect("a path")).collect();
            let output = Command::new(std::env::current_exe().expect("this program"))
                .args(["--exact", "plan::tests::crash::as_a_child", "--ignored"])
                .env(TASK, format!("{task}|{points}|{}", paths.join("|")))
                .output()
                .expect("run");
            let was_acknowledged = std::fs::remove_file(&done).is_ok();
            assert_eq!(output.status.success(), was_acknowledged, "{task}, point {points}");
            let (annas, bens) = (open(annas, &anna.vault, 21), open(bens, &ben.vault, 22));
            assert!(!was_acknowledged || is_done(task, &annas, &bens), "{task}, point {points}: lost");
            for device in [&annas, &bens] {
                let tables = device.tables();
                device.reopen_checked();
                assert!(
                    device.tables() == tables,
                    "{task}, point {points}: the tables are not what was written"
                );
            }
            level(&annas, &bens);
            assert!(
                rate(&annas).is_ok() && rate(&bens).is_ok(),
                "{task}, point {points}: nothing can be written"
            );
            level(&annas, &bens);
            if was_acknowledged {
                break;
            }
            points += 1;
        }
        println!("{task}: {points} points");
        assert!(points > 4, "{task} has hardly a point to end at");
    }
}
