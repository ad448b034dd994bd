//! The journal locks itself when nobody has used it for a while.

use super::*;

#[test]
fn the_journal_locks_itself_after_the_time_that_was_set_and_not_before() {
    let (folder, vault, world) = (scratch(), Arc::<Vault>::default(), Arc::new(Movable::default()));
    let profile = NewProfile { role: Role::Client, display_name: "Mira".to_owned() };
    let home =
        CommonGround::create_in(folder.path(), vault.clone(), &profile, world.clone()).expect("a home");
    let pass = |minutes| world.0.fetch_add(minutes, Ordering::SeqCst);
    pass(60 * 24 * 365);
    assert!(!home.lock_if_idle(), "never, unless it was set");
    assert_eq!(home.lock_due_at(), None);
    for wrong in [0, 1441] {
        assert!(matches!(home.set_auto_lock(Some(wrong)).err(), Some(Error::Invalid { .. })));
    }
    home.set_auto_lock(Some(5)).expect("set");
    pass(4);
    assert!(!home.lock_if_idle());
    home.note_activity();
    let due = home.lock_due_at().expect("a time");
    assert!(due > world.now() + chrono::TimeDelta::minutes(4));
    pass(4);
    assert!(!home.lock_if_idle());
    pass(1);
    assert!(home.lock_if_idle() && home.is_locked());
    assert!(!home.lock_if_idle(), "once");
    assert_eq!((home.lock_due_at(), home.auto_lock_minutes()), (None, Some(5)));
    home.unlock().expect("unlocked");
    assert!(!home.lock_if_idle(), "unlocking is activity");
    pass(-120);
    assert!(home.lock_if_idle(), "nobody knows how long it was");
    home.shut();
    let home = CommonGround::open_in(folder.path(), vault, world.clone()).expect("opened");
    assert_eq!(home.auto_lock_minutes(), Some(5), "it is kept");
    home.set_auto_lock(None).expect("set");
    pass(100_000);
    assert!(!home.lock_if_idle());
}
