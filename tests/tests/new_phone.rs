//! A new phone in the place of another one, over the loopback and through the exported surface only: brought back from a
//! backup, once and twice, while the former one still runs, and what the two people are told of it.

use std::sync::Arc;

use common_ground::Error;
use common_ground::home::Change;
use common_ground::id::RelationshipId;
use common_ground::link::{Link, LinkState, Reach};
use common_ground::plan::NewGoal;
use common_ground::relationship::{Confirmation, Relationship, Role, TERMS_VERSION, WayOfMeeting};
use common_ground_tests::{Device, wait, wait_both};

fn online(device: &Device) -> Arc<Link> {
    wait(device.home.go_online(Reach::ThisMachine)).expect("online")
}

/// Pairs over two links; the two people compare the words.
fn pair(client: &Link, therapist: &Link) -> Relationship {
    let offer = wait(therapist.offer_pairing(WayOfMeeting::SameNetwork)).expect("an offer");
    let redeemed = wait(client.redeem(offer.ticket().expect("a ticket").text)).expect("redeemed");
    let (here, there) = wait_both(
        redeemed.confirm(Confirmation::Compared { read_terms: TERMS_VERSION }),
        offer.confirm(Confirmation::Compared { read_terms: TERMS_VERSION }),
    );
    there.expect("paired");
    here.expect("paired")
}

/// A client and a therapist who have paired and have one goal; the therapist stays online.
fn paired() -> (Device, Device, Arc<Link>, RelationshipId) {
    let (client, therapist) = (Device::new(Role::Client, "Anna"), Device::new(Role::Therapist, "Dr. Berg"));
    let (at_client, at_therapist) = (online(&client), online(&therapist));
    let id = pair(&at_client, &at_therapist).id;
    proposes(&client, id, "Sleep");
    comes_level(&at_client, id);
    wait(at_client.go_offline());
    (client, therapist, at_therapist, id)
}

fn proposes(device: &Device, id: RelationshipId, title: &str) {
    let goal = NewGoal { title: title.to_owned(), ..NewGoal::default() };
    device.home.plan(id).expect("a plan").propose_goal(goal).expect("proposed");
}

fn titles(device: &Device, id: RelationshipId) -> Vec<String> {
    let goals = device.home.plan(id).expect("a plan").goals(false).expect("goals");
    let mut titles: Vec<String> = goals.into_iter().map(|goal| goal.title).collect();
    titles.sort();
    titles
}

fn comes_level(link: &Link, id: RelationshipId) {
    assert!(wait(link.exchange(id, 30)).expect("an exchange").in_step);
}

fn is_known(device: &Device, id: RelationshipId) -> bool {
    let relationships = device.home.relationships().expect("relationships");
    relationships.into_iter().find(|one| one.id == id).expect("a relationship").knows_this_device
}

/// How many ends are kept in a device's shared file.
fn ends(device: &Device) -> u32 {
    device.shared_file().query_row("SELECT count(*) FROM actor_end", [], |row| row.get(0)).expect("a count")
}

#[test]
fn after_a_restore_an_exchange_just_works_and_the_other_is_told() {
    let (client, therapist, at_therapist, id) = paired();
    let backup = client.backup();
    // After the backup: one that reached the other, and one that nobody else ever saw.
    let at_client = online(&client);
    proposes(&client, id, "After the backup");
    comes_level(&at_client, id);
    wait(at_client.go_offline());
    proposes(&client, id, "Never sent");
    client.home.shut();

    let again = backup.restored();
    assert!(!is_known(&again, id));
    proposes(&again, id, "On the new phone");
    let at_again = online(&again);
    comes_level(&at_again, id);
    assert!(is_known(&again, id));
    therapist.hears(|change| matches!(change, Change::NewDevice { relationship } if *relationship == id));
    assert_eq!(therapist.home.new_devices().expect("news").len(), 1);
    therapist.home.seen_new_device(id).expect("seen");
    assert!(therapist.home.new_devices().expect("news").is_empty());
    let expected = ["After the backup", "On the new phone", "Sleep"];
    assert_eq!(titles(&again, id), expected);
    assert_eq!(titles(&therapist, id), expected);
    // The person has signed where the lost phone ends, and the other has it too.
    assert_eq!(ends(&again), 1);
    while ends(&therapist) == 0 {
        comes_level(&at_again, id);
    }
    wait(at_therapist.go_offline());
}

#[test]
fn the_former_phone_is_told_that_the_profile_lives_elsewhere_and_can_take_it_back() {
    let (client, therapist, _at_therapist, id) = paired();
    let backup = client.backup();
    let at_client = online(&client);
    comes_level(&at_client, id);
    let again = backup.restored();
    let at_again = online(&again);
    comes_level(&at_again, id);
    // The former one was connected all the time, and is sent away.
    client.hears(|change| matches!(change, Change::Link { state: LinkState::Apart, .. }));
    proposes(&client, id, "On the former phone");
    let ended = loop {
        match wait(at_client.exchange(id, 30)) {
            // The connection had not ended yet when it was asked.
            Ok(report) if !report.in_step => {}
            Err(Error::Exchange { .. } | Error::Unreachable) => {}
            ended => break ended,
        }
    };
    assert_eq!(ended.err(), Some(Error::Replaced));
    client.hears(|change| *change == Change::Replaced);
    assert!(client.home.lives_elsewhere_since().expect("a time").is_some());
    assert!(again.home.lives_elsewhere_since().expect("a time").is_none());
    assert_eq!(titles(&therapist, id), ["Sleep"]);
    // It can still be read and written here; online it stays away, also after a restart.
    assert_eq!(wait(at_client.exchange(id, 1)).err(), Some(Error::Replaced));
    assert_eq!(client.home.go_on_here().err(), Some(Error::InUse));
    wait(at_client.go_offline());
    let client = client.restarted();
    let at_client = online(&client);
    assert_eq!(wait(at_client.exchange(id, 1)).err(), Some(Error::Replaced));
    assert!(matches!(wait(at_client.offer_pairing(WayOfMeeting::SameNetwork)).err(), Some(Error::Replaced)));
    wait(at_client.go_offline());

    client.home.go_on_here().expect("taken back");
    let at_client = online(&client);
    comes_level(&at_client, id);
    // What was written here meanwhile is the person's own: it was written again, under the name of this device.
    assert_eq!(titles(&client, id), ["On the former phone", "Sleep"]);
    assert_eq!(titles(&therapist, id), titles(&client, id));
    let ended = loop {
        match wait(at_again.exchange(id, 30)) {
            Ok(_) | Err(Error::Exchange { .. } | Error::Unreachable) => {}
            Err(error) => break error,
        }
    };
    assert_eq!(ended, Error::Replaced);
}

#[test]
fn restored_twice_from_one_backup_the_second_takes_the_place_of_the_first() {
    let (client, therapist, _at_therapist, id) = paired();
    let backup = client.backup();
    client.home.shut();
    let (first, second) = (backup.restored(), backup.restored());
    let at_first = online(&first);
    proposes(&first, id, "On the first");
    comes_level(&at_first, id);
    // The list of the second has the same number as that of the first: it is signed again, one above.
    let at_second = online(&second);
    comes_level(&at_second, id);
    proposes(&second, id, "On the second");
    comes_level(&at_second, id);
    assert_eq!(titles(&second, id), ["On the first", "On the second", "Sleep"]);
    assert_eq!(titles(&therapist, id), titles(&second, id));
    let ended = loop {
        match wait(at_first.exchange(id, 30)) {
            Ok(_) | Err(Error::Exchange { .. } | Error::Unreachable) => {}
            Err(error) => break error,
        }
    };
    assert_eq!(ended, Error::Replaced);
    comes_level(&at_second, id);
}

#[test]
fn restored_twice_while_locked_it_waits_for_the_key_and_goes_on_once_unlocked() {
    let (client, therapist, _at_therapist, id) = paired();
    let backup = client.backup();
    client.home.shut();
    let (first, second) = (backup.restored(), backup.restored());
    comes_level(&online(&first), id);
    second.home.lock();
    let at_second = online(&second);
    assert_eq!(wait(at_second.exchange(id, 2)).err(), Some(Error::Unreachable));
    assert_eq!(second.home.lives_elsewhere_since(), Ok(None));
    second.home.unlock().expect("unlocked");
    comes_level(&at_second, id);
    assert_eq!(titles(&therapist, id), ["Sleep"]);
}

#[test]
fn what_could_not_be_signed_while_locked_is_signed_when_unlocked_and_told() {
    let (client, therapist, _at_therapist, id) = paired();
    let backup = client.backup();
    client.home.shut();
    let again = backup.restored();
    again.home.lock();
    let at_again = online(&again);
    comes_level(&at_again, id);
    assert_eq!((ends(&again), ends(&therapist)), (0, 0));
    again.home.unlock().expect("unlocked");
    assert_eq!(ends(&again), 1);
    // It goes without being asked for; an exchange is asked for only to know when it is there.
    while ends(&therapist) == 0 {
        comes_level(&at_again, id);
    }
}

#[test]
fn a_therapist_with_several_clients_comes_back_to_each_of_them() {
    let therapist = Device::new(Role::Therapist, "Dr. Berg");
    let at_therapist = online(&therapist);
    let clients: Vec<(Device, Arc<Link>, RelationshipId)> = (0..4)
        .map(|n| {
            let client = Device::new(Role::Client, &format!("Client {n}"));
            let link = online(&client);
            let id = pair(&link, &at_therapist).id;
            proposes(&client, id, &format!("Goal {n}"));
            comes_level(&link, id);
            (client, link, id)
        })
        .collect();
    let backup = therapist.backup();
    wait(at_therapist.go_offline());
    therapist.home.shut();
    let again = backup.restored();
    let at_again = online(&again);
    for (n, (client, _link, id)) in clients.iter().enumerate() {
        comes_level(&at_again, *id);
        client.hears(|change| matches!(change, Change::NewDevice { .. }));
        assert_eq!(titles(&again, *id), [format!("Goal {n}")]);
        assert!(is_known(&again, *id));
    }
}

/// Pairs again over two links: the one who stayed offers, the one who comes back redeems.
fn pair_again(coming_back: &Link, staying: &Link, id: RelationshipId) -> Relationship {
    let offer = wait(staying.offer_pairing_again(id)).expect("an offer");
    let redeemed = wait(coming_back.redeem(offer.ticket().expect("a ticket").text)).expect("redeemed");
    let (here, there) = wait_both(redeemed.code(), offer.code());
    assert!(here.expect("a code").words == there.expect("a code").words);
    let how = Confirmation::Compared { read_terms: TERMS_VERSION };
    let (here, there) = wait_both(redeemed.confirm(how), offer.confirm(how));
    there.expect("paired again");
    here.expect("paired again")
}

#[test]
fn who_lost_phone_and_backup_comes_back_by_pairing_again_and_the_lost_phone_is_out() {
    let (client, therapist, at_therapist, id) = paired();
    let person = client.home.profile().expect("a profile").person;
    let new = Device::new(Role::Client, "Anna");
    let at_new = online(&new);
    let back = pair_again(&at_new, &at_therapist, id);
    assert!(back.id == id && back.as_kept_by_other);
    assert_eq!(new.home.profile().expect("a profile").person, person);
    comes_level(&at_new, id);
    assert_eq!(titles(&new, id), ["Sleep"]);
    proposes(&new, id, "On the new phone");
    comes_level(&at_new, id);
    // All of it outlives the process.
    wait(at_new.go_offline());
    let new = new.restarted();
    assert_eq!(new.home.profile().expect("a profile").person, person);
    let at_new = online(&new);
    comes_level(&at_new, id);
    // And what came back can be backed up and brought back like anything else.
    let backup = new.backup();
    wait(at_new.go_offline());
    new.home.shut();
    let again = backup.restored();
    comes_level(&online(&again), id);
    assert_eq!(titles(&again, id), ["On the new phone", "Sleep"]);
    // Somebody has found the old phone, unlocked, and goes on with it: it is at no door any more.
    let at_client = online(&client);
    proposes(&client, id, "By a thief");
    assert!(wait(at_client.exchange(id, 2)).is_err());
    assert_eq!(titles(&therapist, id), ["On the new phone", "Sleep"]);
}

#[test]
fn declining_to_pair_again_changes_nothing_on_either_side() {
    let (client, therapist, at_therapist, id) = paired();
    let new = Device::new(Role::Client, "Anna");
    let before = new.home.profile().expect("a profile");
    let at_new = online(&new);
    let offer = wait(at_therapist.offer_pairing_again(id)).expect("an offer");
    let redeemed = wait(at_new.redeem(offer.ticket().expect("a ticket").text)).expect("redeemed");
    wait(redeemed.code()).expect("a code");
    wait(redeemed.decline());
    assert!(wait(offer.confirm(Confirmation::NotCompared)).is_err());
    assert!(new.home.profile().expect("a profile") == before);
    assert!(new.home.relationships().expect("relationships").is_empty());
    comes_level(&online(&client), id);
    assert_eq!(titles(&therapist, id), ["Sleep"]);
}
