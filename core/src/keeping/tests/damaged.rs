//! What is not a backup, not a whole one, or not opened by what was given: nothing of it is brought back.

use proptest::prelude::*;

use super::*;

#[test]
fn what_keeps_a_backup_shut_is_told_apart_and_leaves_no_trace() {
    let place = Place::new();
    place.make(passphrase("right")).expect("made");
    let words = place.with_kit();
    let other =
        BackupSecret::RecoveryWords { words: place.home.new_recovery_kit().expect("a kit").words.join(" ") };
    let machine = Machine::new();
    let try_it = |file: &Path, secret: &BackupSecret| {
        let looked = problem(check_backup(text(file), secret.clone(), None));
        assert_eq!(problem(machine.restore(file, secret.clone())), looked);
        machine.has_nothing();
        looked
    };
    assert_eq!(try_it(&place.file(), &opened_by("wrong")), BackupProblem::WrongPassphrase);
    assert_eq!(try_it(&place.file(), &words), BackupProblem::NeedsPassphrase);
    place.make(BackupKey::RecoveryKit).expect("made");
    assert_eq!(try_it(&place.file(), &other), BackupProblem::WrongRecoveryKit);
    assert_eq!(try_it(&place.file(), &opened_by("right")), BackupProblem::NeedsRecoveryKit);
    let strange = machine.folder.path().join("strange");
    for (bytes, expected) in [
        (&b"dear diary"[..], BackupProblem::NotABackup),
        (b"", BackupProblem::NotABackup),
        (b"age-encryption.org/v2\n-> X\n--- x\n", BackupProblem::Newer),
        (b"age-encryption.org/v1\n", BackupProblem::Damaged),
        (b"age-encryption.org/v1\n-> scrypt bad bad\n\n--- x\n", BackupProblem::Damaged),
    ] {
        let file = place.folder.path().join("strange");
        std::fs::write(&file, bytes).expect("written");
        assert_eq!(try_it(&file, &opened_by("right")), expected);
    }
    assert_eq!(
        machine.restore(&strange, opened_by("right")).err(),
        Some(Error::NotFound { what: crate::error::Thing::Backup })
    );
    assert_eq!(problem(machine.restore(place.folder.path(), opened_by("right"))), BackupProblem::NotABackup);
    machine.has_nothing();
}

/// A file sealed as a backup is, with this in it.
fn sealed(path: &Path, content: &[u8]) {
    use std::io::Write as _;
    let file = std::fs::File::create(path).expect("a file");
    let (mut out, _) = sealed::Seal::passphrase("p".to_owned()).expect("a seal").begin(file).expect("begun");
    out.write_all(content).expect("written");
    out.finish().expect("finished");
}

#[test]
fn what_is_sealed_right_and_is_not_a_backup_inside_is_damage_or_newer() {
    let machine = Machine::new();
    let elsewhere = scratch();
    let file = elsewhere.path().join("made-by-hand");
    let entry = |name: &str, content: &[u8]| {
        let mut header = tar::Header::new_ustar();
        // As somebody would who does not keep to what the writer allows.
        header.as_old_mut().name[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(content.len() as u64);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        let mut block = header.as_bytes().to_vec();
        block.extend_from_slice(content);
        block.resize(block.len().next_multiple_of(512), 0);
        block
    };
    let huge = {
        let mut header = tar::Header::new_ustar();
        header.set_path("manifest.json").expect("a name");
        header.set_size(u64::MAX / 2);
        header.set_entry_type(tar::EntryType::Regular);
        header.set_cksum();
        header.as_bytes().to_vec()
    };
    for (content, expected) in [
        (Vec::new(), BackupProblem::Damaged),
        (vec![0; 4096], BackupProblem::Damaged),
        (huge, BackupProblem::Damaged),
        (entry("../manifest.json", b"{}"), BackupProblem::Damaged),
        (entry("manifest.json", b"{}"), BackupProblem::Damaged),
        (
            entry("manifest.json", br#"{"format": "common-ground backup", "version": 2, "new": []}"#),
            BackupProblem::Newer,
        ),
    ] {
        sealed(&file, &content);
        assert_eq!(problem(machine.restore(&file, opened_by("p"))), expected);
        machine.has_nothing();
    }
}

#[test]
fn a_backup_that_was_cut_or_grew_is_never_restored() {
    let (place, whole) = small();
    let machine = Machine::new();
    let mut lengths: Vec<usize> = (0..whole.len()).step_by(whole.len() / 40).collect();
    lengths.extend([20, 200, whole.len() - 1, whole.len() - 16, whole.len() - 17]);
    for length in lengths {
        std::fs::write(place.file(), &whole[..length]).expect("written");
        problem(machine.restore(&place.file(), opened_by("p")));
        machine.has_nothing();
    }
    for more in [&b"\0"[..], &whole[..], &[7; 65_552]] {
        std::fs::write(place.file(), [&whole[..], more].concat()).expect("written");
        problem(machine.restore(&place.file(), opened_by("p")));
        machine.has_nothing();
    }
}

#[test]
fn every_byte_of_the_header_counts() {
    let (place, whole) = small();
    let machine = Machine::new();
    let end = whole.windows(5).position(|window| window == b"\n--- ").expect("an end") + 60;
    for at in 0..end {
        let mut changed = whole.clone();
        changed[at] ^= 1 << (at % 8);
        std::fs::write(place.file(), changed).expect("written");
        assert!(machine.restore(&place.file(), opened_by("p")).is_err(), "byte {at}");
    }
    machine.has_nothing();
}

proptest! {
    #![proptest_config(crate::tests::cases(24))]

    #[test]
    fn a_backup_with_any_byte_changed_is_never_restored(at in any::<prop::sample::Index>(), by in 1_u8..) {
        static SMALL: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
        let whole = SMALL.get_or_init(|| small().1);
        let machine = Machine::new();
        let elsewhere = scratch();
        let file = elsewhere.path().join("changed.age");
        let mut changed = whole.clone();
        let at = at.index(changed.len());
        changed[at] ^= by;
        std::fs::write(&file, changed).expect("written");
        problem(machine.restore(&file, opened_by("p")));
        machine.has_nothing();
    }
}
