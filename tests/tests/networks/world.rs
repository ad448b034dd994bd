//! Two people who pair in the practice and go home, each behind a translation of addresses.

use std::sync::Arc;

use common_ground_tests::netns_world::World;
use common_ground_tests::scenario::{Stage as _, a_task};

use super::hosts::{Hosts, has_hosts};

/// The exit code of what did not find the other device.
const OUT_OF_REACH: i32 = 7;

fn world() -> Option<World> {
    has_hosts().then(|| World::new().unwrap())
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
    let mut hosts = Hosts::paired(client, therapist);
    world.goes_home(0);
    a_task().play(&mut hosts);
}
