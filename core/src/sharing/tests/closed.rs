//! A device that its person has closed says nothing new, and what it could not say any more is said by the next.

use super::*;
use crate::exchange::{Notice, SignedNotice};
use crate::plan::tests::dropped::{closes, enrolled};
use crate::plan::tests::elsewhere::restored;
use crate::plan::tests::level;
use crate::relationship::people;

/// What a device says that knows nothing of its end, and does not keep.
fn said_by(device: &Device, announced: Announced) -> SignedNotice {
    let at = crate::clock::Surroundings::now(&*device.world);
    let key = device.inner().shared.file.read(people::device_key).expect("a key");
    Notice { author: device.me(), at, announced }.sign(&device.relationship, &key)
}

fn taken(at: &Device, notice: &SignedNotice) -> (u32, u32) {
    let shelved = at.shelf().take_notices(std::slice::from_ref(notice)).expect("judged");
    (shelved.new, shelved.refused)
}

fn set_closed(device: &Device, closed: bool) {
    let file = &device.inner().shared.file;
    let sql = "UPDATE relationship SET closed = ?1";
    file.write(|it| Ok(it.execute(sql, [closed]).map(drop)?)).expect("noted");
}

/// Anna's lost phone, her new one, and Ben; the lost one is closed, and both know that.
fn lost_and_closed() -> (Device, Device, Device) {
    let (anna, ben) = two();
    level(&anna, &ben);
    let again = restored(&anna, 3);
    enrolled(&again, &ben);
    level(&again, &ben);
    assert!(closes(&again));
    level(&again, &ben);
    (anna, again, ben)
}

#[test]
fn the_other_takes_nothing_new_that_a_closed_device_says() {
    let (lost, again, ben) = lost_and_closed();
    for said in [Announced::Ended, Announced::ReadTerms { version: 1 }] {
        assert_eq!(taken(&ben, &said_by(&lost, said)), (0, 1));
    }
    assert!(ben.home.relationships().expect("relationships")[0].ended.is_none());
    assert_eq!(taken(&ben, &said_by(&again, Announced::ReadTerms { version: 1 })), (1, 0));
}

#[test]
fn whoever_brought_a_backup_back_hears_again_what_a_closed_device_had_said() {
    let (lost, _again, ben) = lost_and_closed();
    let said = said_by(&lost, Announced::ReadTerms { version: 1 });
    set_closed(&ben, true);
    assert_eq!(taken(&ben, &said), (1, 0));
}

#[test]
fn what_a_device_had_not_said_before_it_was_closed_is_said_by_the_one_that_took_its_place() {
    let (anna, ben) = two();
    level(&anna, &ben);
    let parcel = hand_over(&anna, 40);
    exchange(&anna, &ben);
    let twin = restored(&anna, 4);
    // The word is written down on the lost phone, and goes nowhere; a backup holds it.
    say(&anna, Announced::TakenBack(parcel));
    let again = restored(&anna, 3);
    // Another phone of an older backup was there first, and its person has closed the lost one.
    enrolled(&twin, &ben);
    level(&twin, &ben);
    assert!(closes(&twin));
    level(&twin, &ben);
    again
        .inner()
        .shared
        .file
        .write(|it| Ok(it.execute("UPDATE profile SET list_above = 2", [])?))
        .expect("noted");
    assert_eq!(again.inner().certify_again(), Ok(true));
    enrolled(&again, &ben);
    let (hers, his) = exchange(&again, &ben);
    assert!(in_step(&hers) && in_step(&his));
    assert_eq!(stands(&ben, parcel), (false, 0));
    assert_eq!(again.home.relationships().expect("relationships")[0].waiting_to_go, 0);
}
