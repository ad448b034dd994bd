//! Erasing everything: all of it, and nothing else.

use super::*;

#[test]
fn erasing_takes_keys_and_files_also_when_nobody_can_open_them() {
    // Open, locked, and closed with a vault that has lost its keys.
    for case in 0..3 {
        let place = Place::new();
        let wanted = place.folder.path().join("home");
        let erased = match case {
            0 => place.home.erase_everything(),
            1 => {
                place.home.lock();
                place.home.erase_everything()
            }
            _ => {
                place.home.shut();
                place.vault.forget(KeyName::Private).expect("forgotten");
                erase_everything(text(&wanted), place.vault.clone())
            }
        };
        let erased = erased.expect("erased");
        assert!(erased.files >= 4 && erased.folder);
        assert!(contents(place.folder.path()).is_empty());
        for name in [KeyName::Private, KeyName::Shared] {
            assert_eq!(place.vault.load(name), Ok(None));
        }
        assert_eq!(place.home.profile().err(), Some(Error::Locked));
        // Once more does no harm, and a new profile can begin there.
        assert_eq!(erase_everything(text(&wanted), place.vault.clone()).expect("nothing left").files, 0);
        let profile = NewProfile { role: Role::Client, display_name: "Mira".to_owned() };
        let home = CommonGround::create(text(&wanted), place.vault.clone(), profile).expect("a new one");
        assert_eq!(home.journal().count(), Ok(0));
    }
}

#[test]
fn erasing_touches_nothing_that_is_open_elsewhere_and_nothing_that_is_not_ours() {
    let place = Place::new();
    let wanted = place.folder.path().join("home");
    assert_eq!(erase_everything(text(&wanted), place.vault.clone()).err(), Some(Error::InUse));
    assert!(place.vault.load(KeyName::Private).expect("a vault").is_some());
    std::fs::write(wanted.join("letter.txt"), "to a friend").expect("written");
    let erased = place.home.erase_everything().expect("erased");
    assert!(!erased.folder);
    assert_eq!(contents(&wanted), [wanted.join("letter.txt")]);
}
