//! How two devices meet, over the exported surface only: by a relay on this machine, and by public services that
//! only one of the two has chosen.

use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;

use common_ground::Error;
use common_ground::home::Change;
use common_ground::id::RelationshipId;
use common_ground::link::{Link, LinkState, Obstacle, Reach, way_of_ticket};
use common_ground::plan::NewGoal;
use common_ground::relationship::{ChosenWays, Confirmation, Role, TERMS_VERSION, WayOfMeeting};
use common_ground_tests::services::{Doorkeeper, Relay, has_relay_program};
use common_ground_tests::{Device, wait, wait_both};

/// For how many seconds the two look for each other.
const PATIENCE: u32 = 30;
/// For how many, where a relay refused before: it is asked again after pauses that grow.
const PATIENCE_WITH_A_RELAY: u32 = 120;
/// How often somebody looks who finds nobody, until the obstacle is told.
const TRIES: usize = 30;

/// An address of this machine that nothing uses.
fn free_address() -> SocketAddr {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).expect("an address");
    listener.local_addr().expect("an address")
}

fn by(address: SocketAddr) -> WayOfMeeting {
    WayOfMeeting::OwnRelay { url: format!("http://{address}/") }
}

fn online(device: &Device) -> Arc<Link> {
    wait(device.home.go_online(Reach::ThisMachine)).expect("online")
}

fn client_and_therapist() -> (Device, Device) {
    (Device::new(Role::Client, "Anna"), Device::new(Role::Therapist, "Dr. Berg"))
}

/// Pairs over two links, to meet in this way.
fn pair(client: &Link, therapist: &Link, way: &WayOfMeeting) -> RelationshipId {
    let offer = wait(therapist.offer_pairing(way.clone())).expect("an offer");
    let ticket = offer.ticket().expect("a ticket").text;
    assert_eq!(way_of_ticket(&ticket).as_ref(), Ok(way));
    let redeemed = wait(client.redeem(ticket)).expect("a redeemed ticket");
    assert_eq!(redeemed.way(), *way);
    let how = Confirmation::Compared { read_terms: TERMS_VERSION };
    let (here, there) = wait_both(redeemed.confirm(how), offer.confirm(how));
    there.expect("paired");
    here.expect("paired").id
}

fn proposes(device: &Device, relationship: RelationshipId, title: &str) {
    let goal = NewGoal { title: title.to_owned(), ..NewGoal::default() };
    device.home.plan(relationship).expect("a plan").propose_goal(goal).expect("proposed");
}

fn goals(device: &Device, relationship: RelationshipId) -> usize {
    device.home.plan(relationship).expect("a plan").goals(false).expect("goals").len()
}

/// The two look for each other, and end in step.
fn meet(one: &Link, other: &Link, relationship: RelationshipId) {
    meet_within(PATIENCE, one, other, relationship);
}

fn meet_within(seconds: u32, one: &Link, other: &Link, relationship: RelationshipId) {
    let (here, there) = wait_both(one.exchange(relationship, seconds), other.exchange(relationship, seconds));
    assert!(here.expect("an exchange").in_step && there.expect("an exchange").in_step);
}

fn ways(device: &Device, relationship: RelationshipId) -> ChosenWays {
    device.home.ways_of_meeting(relationship).expect("ways")
}

/// Waits until a device has heard which way the other has chosen.
fn hears_way(device: &Device, relationship: RelationshipId, way: &WayOfMeeting) {
    while ways(device, relationship).there != *way {
        device.hears(|change| matches!(change, Change::Relationship { .. }));
    }
}

#[test]
fn two_devices_that_share_only_a_relay_pair_and_come_in_step() {
    if !has_relay_program() {
        return;
    }
    let address = free_address();
    let _relay = Relay::start(address);
    let (client, therapist) = client_and_therapist();
    let (at_client, at_therapist) = (online(&client), online(&therapist));
    // In this reach the doorway of a relay is on no network: there is no other path.
    let id = pair(&at_client, &at_therapist, &by(address));
    proposes(&client, id, "Here");
    proposes(&therapist, id, "There");
    meet(&at_client, &at_therapist, id);
    assert_eq!((goals(&client, id), goals(&therapist, id)), (2, 2));
    let told = ways(&client, id);
    assert_eq!((told.here, told.there, told.in_use), (by(address), by(address), vec![by(address)]));
    assert!(wait(at_client.meeting(id)).expect("a meeting").obstacles.is_empty());
}

#[test]
fn who_meets_on_the_same_network_never_contacts_a_relay_that_another_relationship_uses() {
    if !has_relay_program() {
        return;
    }
    let address = free_address();
    let _relay = Relay::start(address);
    let door = Doorkeeper::before(address);
    let by_relay = by(door.address());
    let (client, therapist) = client_and_therapist();
    let other = Device::new(Role::Client, "Ben");
    let (at_client, at_therapist) = (online(&client), online(&therapist));
    let id = pair(&at_client, &at_therapist, &WayOfMeeting::SameNetwork);
    assert_eq!(door.came(), 0);
    let at_other = online(&other);
    let others = pair(&at_other, &at_therapist, &by_relay);
    let two_at_the_relay = door.came();
    assert!(two_at_the_relay >= 2);
    wait(at_other.go_offline());
    proposes(&client, id, "Here");
    meet(&at_client, &at_therapist, id);
    assert_eq!(door.came(), two_at_the_relay, "the client has never been there, and nobody went again");
    assert_eq!(ways(&therapist, id).here, WayOfMeeting::SameNetwork);
    assert_eq!(ways(&therapist, others).here, by_relay);
}

#[test]
fn a_way_that_one_chooses_is_told_to_the_other_who_chooses_for_themselves() {
    if !has_relay_program() {
        return;
    }
    let address = free_address();
    let _relay = Relay::start(address);
    let (client, therapist) = client_and_therapist();
    let (at_client, at_therapist) = (online(&client), online(&therapist));
    let id = pair(&at_client, &at_therapist, &WayOfMeeting::SameNetwork);
    let chosen = therapist.home.meet(id, by(address)).expect("chosen");
    // The way of before goes on, so that the other can hear of it.
    assert_eq!(chosen.in_use, [by(address), WayOfMeeting::SameNetwork]);
    meet(&at_client, &at_therapist, id);
    hears_way(&client, id, &by(address));
    let told = ways(&client, id);
    assert_eq!((told.here, told.in_use), (WayOfMeeting::SameNetwork, vec![WayOfMeeting::SameNetwork]));
    assert_eq!(client.home.meeting(id).expect("a meeting").obstacles, [Obstacle::OnlyChosenThere]);
    client.home.meet(id, by(address)).expect("chosen");
    meet(&at_client, &at_therapist, id);
    while ways(&therapist, id).in_use.len() > 1 {
        therapist.hears(|change| matches!(change, Change::Relationship { .. }));
    }
    // Both use the relay alone now.
    proposes(&client, id, "By relay");
    meet(&at_client, &at_therapist, id);
    assert_eq!(goals(&therapist, id), 1);
}

#[test]
fn nobody_is_taken_to_public_services_who_has_not_chosen_them() {
    let (client, therapist) = client_and_therapist();
    let (at_client, at_therapist) = (online(&client), online(&therapist));
    let id = pair(&at_client, &at_therapist, &WayOfMeeting::SameNetwork);
    let chosen = therapist.home.meet(id, WayOfMeeting::Public).expect("chosen");
    assert_eq!(chosen.in_use, [WayOfMeeting::SameNetwork], "it takes two");
    meet(&at_client, &at_therapist, id);
    hears_way(&client, id, &WayOfMeeting::Public);
    let told = ways(&client, id);
    assert_eq!((told.here, told.in_use), (WayOfMeeting::SameNetwork, vec![WayOfMeeting::SameNetwork]));
    assert_eq!(therapist.home.meeting(id).expect("a meeting").obstacles, [Obstacle::OnlyChosenHere]);
}

#[test]
fn a_relay_that_is_gone_or_lets_nobody_in_is_told_and_used_again_once_it_is_back() {
    if !has_relay_program() {
        return;
    }
    let address = free_address();
    let relay = Relay::start(address);
    let (client, therapist) = client_and_therapist();
    let (at_client, at_therapist) = (online(&client), online(&therapist));
    let id = pair(&at_client, &at_therapist, &by(address));
    wait(at_client.go_offline());
    wait(at_therapist.go_offline());
    assert_eq!(client.home.meeting(id).expect("a meeting").obstacles, [Obstacle::NotOnline]);
    let WayOfMeeting::OwnRelay { url } = by(address) else { panic!("a relay") };
    drop(relay);

    let at_client = online(&client);
    assert_eq!(wait(at_client.exchange(id, 1)).err(), Some(Error::Unreachable));
    let is_told = |wanted: &Obstacle| {
        (0..TRIES).any(|_| {
            wait(at_client.exchange(id, 1)).expect_err("nobody is there");
            wait(at_client.meeting(id)).expect("a meeting").obstacles.contains(wanted)
        })
    };
    assert!(is_told(&Obstacle::RelayOutOfReach { url: url.clone() }));

    let closed = Relay::start_closed(address);
    assert!(is_told(&Obstacle::RelayRefused { url }));
    drop(closed);

    let _back = Relay::start(address);
    let at_therapist = online(&therapist);
    proposes(&client, id, "Here");
    meet_within(PATIENCE_WITH_A_RELAY, &at_client, &at_therapist, id);
    assert_eq!(goals(&therapist, id), 1);
}

#[test]
fn while_nothing_is_to_do_nobody_is_called() {
    let (client, therapist) = client_and_therapist();
    let (at_client, at_therapist) = (online(&client), online(&therapist));
    let id = pair(&at_client, &at_therapist, &WayOfMeeting::SameNetwork);
    meet(&at_client, &at_therapist, id);
    wait(at_client.go_offline());
    therapist.hears(|change| matches!(change, Change::Link { state: LinkState::Apart, .. }));
    // Back at the same place, where it would be found by whoever called.
    let at_client = online(&client);
    assert_eq!(wait(at_therapist.meeting(id)).expect("a meeting").obstacles, []);
    assert_eq!(at_client.state(id), Ok(LinkState::Apart));
    // An edit is something to do.
    proposes(&therapist, id, "There");
    client.hears(|change| matches!(change, Change::Plan { by_other: true, .. }));
    assert_eq!(goals(&client, id), 1);
}
