//! The real program on two hosts: the suite in one street, on a bad line, and with networks that change.

use std::time::{Duration, Instant};

use common_ground_tests::forwarder::Weather;
use common_ground_tests::netns::Street;
use common_ground_tests::scenario::{Act, Stage as _, Who, cut_again_and_again, suite, written_apart};

use super::hosts::{Hosts, has_hosts};

fn street() -> Option<(Street, Hosts)> {
    if !has_hosts() {
        return None;
    }
    let street = Street::of(2).expect("a street");
    let hosts = Hosts::in_street(&street);
    Some((street, hosts))
}

#[test]
fn two_hosts_in_one_street_play_the_suite() {
    let Some((_street, mut hosts)) = street() else { return };
    for scenario in suite() {
        scenario.play(&mut hosts);
    }
}

#[test]
fn a_line_that_loses_one_packet_in_twenty_plays_the_suite() {
    let Some((street, mut hosts)) = street() else { return };
    street.loses(5);
    for scenario in suite() {
        scenario.play(&mut hosts);
    }
    assert!(street.lost() > 0, "packets were lost on the way");
}

#[test]
fn where_every_datagram_takes_a_fifth_of_a_second_and_many_come_out_of_order_the_suite_is_played() {
    let Some((street, mut hosts)) = street() else { return };
    let ports = hosts.ports(&street);
    let delay = Duration::from_millis(200);
    let forwarder = street.forwards(ports);
    forwarder.set(Weather { delay, jitter: Duration::from_millis(60), ..Weather::default() });
    for scenario in [written_apart(), cut_again_and_again()] {
        scenario.play(&mut hosts);
    }
    assert!(forwarder.tally().overtaken > 0, "some came out of order");

    // What is written while both are connected takes the same way: nothing goes past the forwarder.
    let [mut client, therapist] = hosts.live();
    let began = Instant::now();
    client.types("goal add \"Written while connected\"");
    therapist.line(|line| line.contains("Written while connected"));
    assert!(began.elapsed() >= delay, "it came by another way");
}

#[test]
fn one_who_has_moved_since_the_last_exchange_finds_the_other() {
    let Some((street, mut hosts)) = street() else { return };
    hosts.exchange();
    for (host, address) in [(0, [10, 71, 3, 1]), (1, [10, 71, 3, 2]), (0, [10, 71, 3, 3])] {
        street.moves(host, address.into());
        hosts.does(Who::Client, &propose(&format!("Moved {address:?}")));
        hosts.exchange();
    }
}

#[test]
fn both_may_have_moved_since_the_last_exchange() {
    let Some((street, mut hosts)) = street() else { return };
    hosts.exchange();
    street.moves(0, [10, 71, 3, 1].into());
    street.moves(1, [10, 71, 3, 2].into());
    written_apart().play(&mut hosts);
}

#[test]
fn while_both_are_live_one_may_change_networks() {
    let Some((street, hosts)) = street() else { return };
    let [mut client, mut therapist] = hosts.live();
    client.types("goal add Before");
    therapist.line(|line| line.contains("Before"));
    for (host, address) in [(0, [10, 71, 3, 1]), (1, [10, 71, 3, 2])] {
        street.moves(host, address.into());
        let title = format!("After {host}");
        client.types(&format!("goal add \"{title}\""));
        therapist.line(|line| line.contains(&title));
        let title = format!("And back {host}");
        therapist.types(&format!("goal add \"{title}\""));
        client.line(|line| line.contains(&title));
    }
}

fn propose(title: &str) -> Act {
    Act::Propose { goal: title.to_owned(), why: String::new() }
}
