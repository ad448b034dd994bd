//! A backup brought back: the plan is there, and goes on as another device.

use super::*;
use crate::exchange::SignedHead;
use crate::keeping::{BackupKey, BackupSecret, restore_backup};
use crate::relationship::key::actor_prefix;

fn text(path: &std::path::Path) -> String {
    path.to_str().expect("a path").to_owned()
}

/// The same person on a device that has nothing but a backup of this one.
pub(crate) fn restored(device: &Device, seed: u64) -> Device {
    let folder = scratch();
    let file = folder.path().join("backup.age");
    let passphrase = "four quiet words".to_owned();
    let key = BackupKey::Passphrase { passphrase: passphrase.clone() };
    device.home.make_backup(text(&file), key, false, None).expect("made");
    let vault = Arc::<MemoryVault>::default();
    let wanted = folder.path().join("home");
    let secret = BackupSecret::Passphrase { passphrase };
    restore_backup(text(&file), secret, text(&wanted), vault.clone(), None).expect("restored");
    let world = StillWorld::new(seed);
    world.pass(1_000);
    let home = CommonGround::open_in(&wanted, vault.clone(), world.clone() as World).expect("opened");
    Device { folder, vault, world, home, relationship: device.relationship }
}

fn device_of(device: &Device) -> [u8; 32] {
    device.inner().shared.file.read(people::me).expect("a device").device
}

fn actor_of(device: &Device) -> [u8; 16] {
    device.shared_plan().with_document(|open| Ok(open.loaded.actor)).expect("an actor")
}

fn heads_of(device: &Device, of: [u8; 32]) -> Vec<SignedHead> {
    let read = device.inner().shared.file.read(|connection| {
        let mut heads =
            connection.prepare("SELECT actor, seq, hash, device, signature FROM signed_head ORDER BY seq")?;
        let heads = heads.query_map([], |row| {
            let seq: i64 = row.get(1)?;
            let position =
                crate::exchange::Position { actor: row.get(0)?, seq: seq.unsigned_abs(), hash: row.get(2)? };
            Ok(SignedHead { position, device: row.get(3)?, signature: row.get(4)? })
        })?;
        Ok(heads.collect::<rusqlite::Result<Vec<_>>>()?)
    });
    read.expect("heads").into_iter().filter(|head| head.device == of).collect()
}

/// Two who have written at once, so that a title waits for a choice.
fn two_with_a_choice() -> (Device, Device) {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Sleep", "Mornings")).expect("proposed").summary.id;
    level(&anna, &ben);
    for (device, title) in [(&anna, "Sleep well"), (&ben, "Sleep long")] {
        let shown = device.plan().goal(id).expect("the goal").version;
        let edit = GoalEdit { title: Some(title.to_owned()), ..GoalEdit::default() };
        device.plan().edit_goal(id, shown, edit).expect("edited");
    }
    level(&anna, &ben);
    (anna, ben)
}

#[test]
fn the_plan_of_a_backup_reads_as_it_did_and_goes_on_under_an_author_of_the_new_device() {
    let (anna, _ben) = two_with_a_choice();
    let again = restored(&anna, 3);
    assert_eq!(again.tables(), anna.tables());
    again.reopen_checked();
    assert_eq!(again.tables(), anna.tables(), "built again, it still says who wrote what");
    let twin = restored(&anna, 4);
    for device in [&again, &twin] {
        assert!(actor_of(device).starts_with(&actor_prefix(&device_of(device))));
        device.plan().propose_goal(goal("Afterwards", "")).expect("proposed");
        device.reopen_checked();
    }
    let mut actors = [actor_of(&anna), actor_of(&again), actor_of(&twin)];
    actors.sort_unstable();
    assert!(actors.windows(2).all(|pair| pair[0] != pair[1]));
}

#[test]
fn the_former_device_vouches_for_its_last_changes_before_its_key_is_let_go() {
    let (anna, _ben) = two_with_a_choice();
    let former = device_of(&anna);
    for n in 0..600 {
        anna.plan().propose_goal(goal(&format!("Goal {n}"), "")).expect("proposed");
    }
    let again = restored(&anna, 3);
    let heads = heads_of(&again, former);
    assert!(heads.iter().all(|head| head.is_genuine(&anna.relationship)));
    let last = anna.shared_plan().with_document(|open| Ok(open.loaded.ledger.length(&open.loaded.actor)));
    assert_eq!(heads.last().map(|head| head.position.seq), last.ok());
    let mut before = 0;
    for head in &heads {
        assert!(head.position.seq - before <= 250, "too far apart for one delivery");
        before = head.position.seq;
    }
}

#[test]
fn once_the_other_knows_the_new_device_both_come_level_again() {
    let (anna, ben) = two_with_a_choice();
    let again = restored(&anna, 3);
    ben.plan().propose_goal(goal("Meanwhile", "")).expect("proposed");
    again.plan().propose_goal(goal("On the new phone", "")).expect("proposed");
    // What the enrol door will do one day: the new list is shown to the other.
    let card = again.card();
    assert_eq!(card.list.number, 2);
    let told =
        ben.inner().shared.file.write(|transaction| people::keep_person(transaction, &card, ben.world.now()));
    told.expect("told");
    ben.shared_plan().forget();
    level(&again, &ben);
    assert_eq!(again.plan().goals(true).expect("goals").len(), 3);
}

#[test]
fn what_was_written_before_or_after_the_backup_and_known_to_one_alone_reaches_both() {
    let (anna, ben) = two_with_a_choice();
    anna.plan().propose_goal(goal("Never sent", "")).expect("proposed");
    let again = restored(&anna, 3);
    level(&anna, &ben);
    anna.plan().propose_goal(goal("After the backup", "")).expect("proposed");
    level(&anna, &ben);
    anna.plan().propose_goal(goal("On the lost phone", "")).expect("proposed");
    let twin = restored(&anna, 4);
    for device in [&again, &twin] {
        let card = device.card();
        let told = ben
            .inner()
            .shared
            .file
            .write(|transaction| people::keep_person(transaction, &card, ben.world.now()));
        told.expect("told");
        ben.shared_plan().forget();
        level(device, &ben);
    }
    assert!(again.plan().set_aside().expect("a list").is_empty());
    assert!(ben.plan().set_aside().expect("a list").is_empty());
}

#[test]
fn a_device_that_was_replaced_adds_nothing_any_more() {
    let (anna, ben) = two_with_a_choice();
    let again = restored(&anna, 3);
    let card = again.card();
    let told =
        ben.inner().shared.file.write(|transaction| people::keep_person(transaction, &card, ben.world.now()));
    told.expect("told");
    ben.shared_plan().forget();
    anna.plan().propose_goal(goal("By a thief", "")).expect("proposed");
    let (_, at_ben) = exchange(&anna, &ben);
    assert!(at_ben.iter().any(|event| matches!(event, Event::RefusedHere { .. })));
    assert_eq!(ben.plan().goals(true).expect("goals").len(), 1);
    level(&again, &ben);
}
