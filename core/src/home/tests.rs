//! Promises of a home.

use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::clock::RealWorld;
use crate::error::FileKind;
use crate::store::scratch;

/// A vault in memory, which can be told to refuse.
#[derive(Default)]
pub(crate) struct Vault {
    keys: Mutex<HashMap<KeyName, Vec<u8>>>,
    /// After how many more keys it refuses to keep one.
    room: Mutex<Option<usize>>,
}

impl Vault {
    /// Refuses every key after so many.
    pub(crate) fn keep_at_most(&self, keys: usize) {
        *self.room.lock().expect("room") = Some(keys);
    }
}

impl KeyVault for Vault {
    fn load(&self, name: KeyName) -> Result<Option<Vec<u8>>> {
        Ok(self.keys.lock().expect("keys").get(&name).cloned())
    }

    fn keep(&self, name: KeyName, key: Vec<u8>) -> Result<()> {
        let mut room = self.room.lock().expect("room");
        match *room {
            Some(0) => return Err(Error::Vault { reason: "full".to_owned() }),
            Some(n) => *room = Some(n - 1),
            None => {}
        }
        let former = self.keys.lock().expect("keys").insert(name, key);
        assert!(former.is_none(), "a key was overwritten");
        Ok(())
    }

    fn forget(&self, name: KeyName) -> Result<()> {
        self.keys.lock().expect("keys").remove(&name);
        Ok(())
    }
}

fn anna() -> NewProfile {
    NewProfile { role: Role::Client, display_name: "Anna".to_owned() }
}

fn make(folder: &Path, vault: &Arc<Vault>) -> Result<Arc<CommonGround>> {
    CommonGround::create_in(folder, Arc::clone(vault) as _, &anna(), Arc::new(RealWorld))
}

fn open(folder: &Path, vault: &Arc<Vault>) -> Result<Arc<CommonGround>> {
    CommonGround::open_in(folder, Arc::clone(vault) as _, Arc::new(RealWorld))
}

#[test]
fn a_profile_is_the_same_after_closing_and_opening() {
    let (folder, vault) = (scratch(), Arc::default());
    let home = make(folder.path(), &vault).expect("made");
    let profile = home.profile().expect("profile");
    let key = home.home.person_key().expect("key").public();
    home.shut();
    let home = open(folder.path(), &vault).expect("opened");
    assert!(home.profile().expect("profile") == profile);
    assert_eq!(home.home.person_key().expect("key").public(), key);
    assert_eq!(profile.role, Role::Client);
    assert!(profile.display_name == "Anna");
    assert_eq!(profile.fingerprint.len(), 8 * 6 - 1);
}

#[test]
fn the_device_stands_on_the_list_that_the_person_signed() {
    let (folder, vault) = (scratch(), Arc::default());
    let home = make(folder.path(), &vault).expect("made");
    let person_key = home.home.person_key().expect("key").public();
    home.home
        .shared
        .file
        .read(|connection| {
            let me = people::me(connection)?;
            let list = people::newest_list(connection, me.person)?.expect("a list");
            let list = list.open(&me.person, &person_key).expect("a valid list");
            assert!(list.names(&me.device));
            assert_eq!(people::person_of_device(connection, &me.device)?, Some(me.person));
            assert_eq!(people::device_key(connection)?.public(), me.device);
            assert_eq!(people::person_of_device(connection, &[0; 32])?, None);
            Ok(())
        })
        .expect("read");
}

#[test]
fn a_folder_without_a_profile_is_left_as_it_is() {
    let folder = scratch();
    assert_eq!(open(folder.path(), &Arc::default()).err(), Some(Error::NoProfile));
    assert_eq!(std::fs::read_dir(folder.path()).expect("folder").count(), 0);
}

#[test]
fn a_second_process_hears_that_the_folder_is_in_use() {
    let (folder, vault) = (scratch(), Arc::default());
    let home = make(folder.path(), &vault).expect("made");
    assert_eq!(open(folder.path(), &vault).err(), Some(Error::InUse));
    assert_eq!(make(folder.path(), &vault).err(), Some(Error::InUse));
    home.shut();
    open(folder.path(), &vault).expect("free again");
}

#[test]
fn a_profile_is_not_made_over_another() {
    let (folder, vault) = (scratch(), Arc::default());
    let person = {
        let home = make(folder.path(), &vault).expect("made");
        let owner = home.home.owner().expect("an owner");
        home.shut();
        owner
    };
    assert_eq!(make(folder.path(), &vault).err(), Some(Error::ProfileExists));
    // Nor with another vault, which knows nothing of the keys.
    let other = Arc::new(Vault::default());
    assert_eq!(make(folder.path(), &other).err(), Some(Error::ProfileExists));
    assert!(other.keys.lock().expect("keys").is_empty());
    assert_eq!(open(folder.path(), &vault).expect("opened").home.owner().expect("an owner"), person);
}

#[test]
fn a_making_that_was_cut_off_is_taken_up_by_the_next_try() {
    // The vault refuses the second key: the private file and its person are there already.
    let (folder, vault) = (scratch(), Arc::new(Vault::default()));
    *vault.room.lock().expect("room") = Some(1);
    assert!(matches!(make(folder.path(), &vault).err(), Some(Error::Vault { .. })));
    assert_eq!(open(folder.path(), &vault).err(), Some(Error::NoProfile));
    *vault.room.lock().expect("room") = None;
    make(folder.path(), &vault).expect("made at the second try").shut();
    open(folder.path(), &vault).expect("whole");
}

#[test]
fn a_crash_before_the_last_step_of_making_blocks_nothing() {
    let (folder, vault) = (scratch(), Arc::new(Vault::default()));
    let owner = {
        let home = make(folder.path(), &vault).expect("made");
        let owner = home.home.owner().expect("an owner");
        // As it was just before the last step: the tables are there, and nobody is in them.
        home.home
            .shared
            .file
            .write(|transaction| {
                transaction.execute_batch(
                    "DELETE FROM profile; DELETE FROM device_reads; DELETE FROM device; DELETE FROM device_list;
                     DELETE FROM person_key; DELETE FROM person;",
                )?;
                Ok(())
            })
            .expect("emptied");
        home.shut();
        owner
    };
    assert_eq!(open(folder.path(), &vault).err(), Some(Error::NoProfile));
    let home = make(folder.path(), &vault).expect("made again");
    assert_eq!(home.home.owner().expect("an owner"), owner, "the key made before is used");
}

#[test]
fn an_empty_file_left_by_a_crash_blocks_nothing() {
    let (folder, vault) = (scratch(), Arc::default());
    std::fs::write(folder.path().join("private.db"), b"").expect("written");
    std::fs::write(folder.path().join("shared.db"), b"").expect("written");
    make(folder.path(), &vault).expect("made");
}

#[test]
fn somebody_elses_file_is_never_replaced() {
    let (folder, vault) = (scratch(), Arc::new(Vault::default()));
    std::fs::write(folder.path().join("private.db"), b"not ours").expect("written");
    assert_eq!(make(folder.path(), &vault).err(), Some(Error::ProfileExists));
    assert_eq!(std::fs::read(folder.path().join("private.db")).expect("read"), b"not ours");
}

#[test]
fn a_missing_private_file_is_told_and_not_made_anew() {
    let (folder, vault) = (scratch(), Arc::default());
    make(folder.path(), &vault).expect("made").shut();
    std::fs::remove_file(folder.path().join("private.db")).expect("removed");
    assert_eq!(open(folder.path(), &vault).err(), Some(Error::Damaged { file: FileKind::Private }));
    assert!(!folder.path().join("private.db").exists());
}

#[test]
fn a_wrong_key_is_not_damage() {
    let (folder, vault) = (scratch(), Arc::new(Vault::default()));
    make(folder.path(), &vault).expect("made").shut();
    vault.keys.lock().expect("keys").insert(KeyName::Private, vec![7; 32]);
    assert_eq!(open(folder.path(), &vault).err(), Some(Error::WrongKey { file: FileKind::Private }));
}

#[test]
fn while_locked_nothing_private_can_be_had_and_the_profile_can() {
    let (folder, vault) = (scratch(), Arc::default());
    let home = make(folder.path(), &vault).expect("made");
    home.lock();
    assert!(home.is_locked());
    assert_eq!(home.home.person_key().err(), Some(Error::Locked));
    assert_eq!(home.home.must_be_unlocked(), Err(Error::Locked));
    home.profile().expect("the profile");
    assert!(home.relationships().expect("relationships").is_empty());
    home.unlock().expect("unlocked");
    assert!(!home.is_locked());
    home.home.person_key().expect("the key");
}

#[test]
fn after_shutting_nothing_answers() {
    let (folder, vault) = (scratch(), Arc::default());
    let home = make(folder.path(), &vault).expect("made");
    home.shut();
    assert_eq!(home.profile().err(), Some(Error::Locked));
    assert_eq!(home.unlock(), Err(Error::Closed));
    assert!(home.is_locked());
}

#[test]
fn a_name_must_be_something_that_can_be_shown() {
    let named = |name: &str| NewProfile { role: Role::Client, display_name: name.to_owned() };
    let try_name = |name: &str| {
        let folder = scratch();
        CommonGround::create_in(folder.path(), Arc::new(Vault::default()), &named(name), Arc::new(RealWorld))
            .and_then(|home| home.profile())
            .map(|profile| profile.display_name)
    };
    assert!(matches!(try_name(" \u{202E}\u{7} ").err(), Some(Error::Invalid { .. })));
    assert!(matches!(try_name(&"a".repeat(101)).err(), Some(Error::Invalid { .. })));
    assert!(try_name("  Zoë\u{202E} Ä\n ") == Ok("Zoë Ä".to_owned()));
}

#[derive(Default)]
struct Heard(AtomicUsize);

impl Observer for Heard {
    fn on_change(&self, _: Change) -> Result<()> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Err(Error::Cancelled)
    }
}

struct Panics;

impl Observer for Panics {
    fn on_change(&self, _: Change) -> Result<()> {
        panic!("an app's mistake")
    }
}

#[test]
fn observers_that_fail_harm_nobody_and_those_that_left_hear_nothing() {
    let (folder, vault) = (scratch(), Arc::default());
    let home = make(folder.path(), &vault).expect("made");
    let (first, second) = (Arc::new(Heard::default()), Arc::new(Heard::default()));
    let _panics = home.subscribe(Arc::new(Panics));
    let subscription = home.subscribe(Arc::clone(&first) as _);
    let kept = home.subscribe(Arc::clone(&second) as _);
    let change = Change::Journal { entries: Vec::new() };
    home.home.shared.tell(&change);
    subscription.end();
    home.home.shared.tell(&change);
    drop(kept);
    home.home.shared.tell(&change);
    assert_eq!(first.0.load(Ordering::SeqCst), 1);
    assert_eq!(second.0.load(Ordering::SeqCst), 2);
}

#[test]
fn secrets_show_nothing_of_themselves() {
    let key = PersonKey::random(&RealWorld).expect("a key");
    assert_eq!(format!("{key:?}"), "PersonKey(..)");
}

#[test]
fn what_is_shut_leaves_no_log_beside_the_files() {
    let (folder, vault) = (scratch(), Arc::default());
    let home = make(folder.path(), &vault).expect("made");
    home.profile().expect("a read");
    home.shut();
    for log in ["private.db-wal", "shared.db-wal"] {
        assert!(!folder.path().join(log).exists(), "{log} is still there");
    }
}

#[test]
fn homes_made_at_the_same_time_do_not_disturb_each_other() {
    std::thread::scope(|scope| {
        for _ in 0..8 {
            scope.spawn(|| {
                for _ in 0..4 {
                    let (folder, vault) = (scratch(), Arc::default());
                    make(folder.path(), &vault).expect("made").shut();
                    open(folder.path(), &vault).expect("opened");
                }
            });
        }
    });
}

/// The real world, some days later.
struct Later(i64);

impl crate::clock::Surroundings for Later {
    fn now(&self) -> crate::clock::Instant {
        RealWorld.now() + chrono::TimeDelta::days(self.0)
    }

    fn zone(&self) -> chrono_tz::Tz {
        RealWorld.zone()
    }

    fn fill_random(&self, bytes: &mut [u8]) -> Result<()> {
        RealWorld.fill_random(bytes)
    }
}

#[test]
fn what_was_binned_a_month_ago_is_erased_when_the_home_is_opened() {
    let (folder, vault) = (scratch(), Arc::<Vault>::default());
    let home = make(folder.path(), &vault).expect("made");
    let entry = home
        .journal()
        .add(crate::journal::NewEntry { text: "Not this.".to_owned(), ..Default::default() })
        .expect("written");
    home.journal().bin(entry.id).expect("binned");
    home.shut();
    let after = |days: i64| {
        let home = CommonGround::open_in(folder.path(), Arc::clone(&vault) as _, Arc::new(Later(days)));
        let home = home.expect("opened");
        let binned = home.journal().binned().expect("the bin").len();
        home.shut();
        binned
    };
    assert_eq!(after(29), 1);
    assert_eq!(after(31), 0);
    assert_eq!(after(0), 0, "it is gone, not hidden");
}

/// Gives the shared key alone, as a vault does while nobody shows a finger, until somebody does.
struct Waiting {
    vault: Arc<Vault>,
    somebody_is_there: std::sync::atomic::AtomicBool,
}

impl KeyVault for Waiting {
    fn load(&self, name: KeyName) -> Result<Option<Vec<u8>>> {
        if name == KeyName::Private && !self.somebody_is_there.load(std::sync::atomic::Ordering::SeqCst) {
            return Err(Error::Vault { reason: "nobody is there".to_owned() });
        }
        self.vault.load(name)
    }

    fn keep(&self, name: KeyName, key: Vec<u8>) -> Result<()> {
        self.vault.keep(name, key)
    }

    fn forget(&self, name: KeyName) -> Result<()> {
        self.vault.forget(name)
    }
}

#[test]
fn a_folder_opens_locked_while_the_vault_gives_the_shared_key_alone_and_unlocks_when_somebody_is_there() {
    let (folder, vault) = (scratch(), Arc::<Vault>::default());
    let home = make(folder.path(), &vault).expect("made");
    let entry = crate::journal::NewEntry { text: "A heron".to_owned(), ..Default::default() };
    let entry = home.journal().add(entry).expect("written").id;
    home.set_auto_lock(Some(5)).expect("set");
    home.shut();
    let waiting = Arc::new(Waiting { vault, somebody_is_there: Default::default() });
    let open = |locked: bool| {
        let (vault, world) = (Arc::clone(&waiting) as Arc<dyn KeyVault>, Arc::new(RealWorld));
        if locked {
            CommonGround::open_locked_in(folder.path(), vault, world)
        } else {
            CommonGround::open_in(folder.path(), vault, world)
        }
    };
    assert!(matches!(open(false).err(), Some(Error::Vault { .. })));
    let home = open(true).expect("opened locked");
    assert!(home.is_locked());
    assert_eq!(home.profile().expect("a profile").display_name, "Anna");
    assert_eq!(home.relationships().map(|all| all.len()), Ok(0));
    assert_eq!(home.journal().entry(entry).err(), Some(Error::Locked));
    assert!(matches!(home.unlock().err(), Some(Error::Vault { .. })));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let link = runtime.block_on(home.go_online(Reach::ThisMachine)).expect("online while locked");
    waiting.somebody_is_there.store(true, std::sync::atomic::Ordering::SeqCst);
    home.unlock().expect("unlocked");
    assert!(home.journal().entry(entry).is_ok());
    assert_eq!(home.auto_lock_minutes(), Some(5));
    assert!(home.lock_due_at().is_some());
    drop(link);
    home.shut();
}
