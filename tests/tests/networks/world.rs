//! Two people who pair in the practice and go home, each behind a translation of addresses.

use std::net::SocketAddr;
use std::sync::Arc;

use common_ground_tests::netns_world::{SERVER, World};
use common_ground_tests::program::Running;
use common_ground_tests::scenario::{Stage as _, a_task, suite, written_apart};
use common_ground_tests::services::{LookUp, Relay, has_relay_program};

use super::hosts::{Hosts, Way, has_hosts};

/// The exit code of what did not find the other device.
const OUT_OF_REACH: i32 = 7;

fn world() -> Option<World> {
    has_hosts().then(|| World::new().unwrap())
}

/// A world in which a relay can be run; where not, that is said aloud.
pub(crate) fn world_with_a_relay() -> Option<World> {
    (has_hosts() && has_relay_program()).then(|| World::new().unwrap())
}

/// A relay at the server that all can reach.
pub(crate) fn relay(world: &World) -> Relay {
    world.server.within(|| Relay::start(SocketAddr::from((SERVER, 3340))))
}

/// A relay and a look-up, at the server that all can reach.
pub(crate) fn public(world: &World) -> (Relay, LookUp, Way) {
    let relay = relay(world);
    let look_up = world.server.within(|| LookUp::start(SocketAddr::from((SERVER, 8080))));
    let way = Way::Public { relay: relay.url(), look_up: look_up.url() };
    (relay, look_up, way)
}

#[test]
fn from_home_to_home_the_two_do_not_meet_on_the_same_network_and_are_told_so_in_time() {
    let Some(world) = world() else { return };
    let mut hosts = Hosts::in_street(&world.practice);
    hosts.exchange();
    world.goes_home(0);
    world.goes_home(1);
    for ran in hosts.look(2) {
        assert_eq!(ran.code, OUT_OF_REACH, "{ran:?}");
        assert!(ran.err.contains("out of reach"), "{}", ran.err);
    }
}

#[test]
fn one_behind_a_translation_finds_one_whom_everybody_can_call() {
    let Some(world) = world() else { return };
    world.goes_out(0, 21);
    world.goes_out(1, 20);
    let [client, therapist] = [0, 1].map(|host: usize| Arc::clone(&world.practice.hosts[host]));
    let mut hosts = Hosts::paired(client, therapist, &Way::SameNetwork);
    world.goes_home(0);
    a_task().play(&mut hosts);
}

#[test]
fn behind_two_translations_with_only_the_relay_in_reach_the_suite_is_played() {
    let Some(world) = world_with_a_relay() else { return };
    let relay = relay(&world);
    let mut hosts = Hosts::in_street_by(&world.practice, &Way::Relay(relay.url()));
    world.walls_off();
    world.goes_home(0);
    world.goes_home(1);
    for scenario in suite() {
        scenario.play(&mut hosts);
    }
}

#[test]
fn by_a_relay_the_two_meet_wherever_they_have_gone_since() {
    let Some(world) = world_with_a_relay() else { return };
    let relay = relay(&world);
    let mut hosts = Hosts::in_street_by(&world.practice, &Way::Relay(relay.url()));
    hosts.exchange();
    world.goes_home(0);
    world.goes_out(1, 20);
    written_apart().play(&mut hosts);
    world.goes_out(0, 21);
    world.goes_home(1);
    a_task().play(&mut hosts);
}

#[test]
fn publicly_the_two_meet_by_what_the_look_up_says_wherever_they_have_gone_since() {
    let Some(world) = world_with_a_relay() else { return };
    let (_relay, look_up, way) = public(&world);
    let mut hosts = Hosts::in_street_by(&world.practice, &way);
    world.walls_off();
    world.goes_home(0);
    world.goes_home(1);
    written_apart().play(&mut hosts);
    assert!(!look_up.published().is_empty(), "the look-up was asked to say where they are");
    world.goes_out(0, 21);
    a_task().play(&mut hosts);
}

#[test]
fn while_both_are_live_one_may_go_home() {
    let Some(world) = world_with_a_relay() else { return };
    let relay = relay(&world);
    let hosts = Hosts::in_street_by(&world.practice, &Way::Relay(relay.url()));
    let [mut client, mut therapist] = hosts.live();
    says(&mut client, &therapist, "In the practice");
    world.goes_home(0);
    says(&mut client, &therapist, "From home");
    says(&mut therapist, &client, "To your home");
}

/// What one writes appears at the other's prompt.
fn says(one: &mut Running, other: &Running, title: &str) {
    one.types(&format!("goal add \"{title}\""));
    other.line(|line| line.contains(title));
}
