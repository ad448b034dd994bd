//! What somebody sees who sits in the same street and writes down every frame.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, UdpSocket};

use common_ground_tests::netns::{Packet, Street};
use common_ground_tests::netns_world::SERVER;
use common_ground_tests::scenario::{Act, Stage as _, Who, written_apart};

use super::hosts::{Hosts, Way, has_hosts};
use super::initials::greetings;
use super::world::{public, relay, world_with_a_relay};

/// Where devices in a street ask for each other.
const MDNS: IpAddr = IpAddr::V4(Ipv4Addr::new(224, 0, 0, 251));

/// What nobody on the way may read: names, as they are written, since four letters come up by chance soon enough.
const NAMES: [&str; 3] = ["Mira", "Jonas", "Feld"];
/// And titles, texts, roles, and what this is, however they are written.
const SECRETS: [&str; 8] =
    ["therap", "client", "Sleep through", "Mornings", "harbour", "herons", "common-ground", "common ground"];
/// What a greeting holds that stands in clear in no datagram: the name of the door.
const DOOR: &str = "hx4m/1";

/// Whether a text is in there, also with a zero between its letters.
fn holds(bytes: &[u8], text: &str) -> bool {
    let wide: Vec<u8> = text.bytes().flat_map(|byte| [byte, 0]).collect();
    [text.as_bytes(), &wide].iter().any(|wanted| bytes.windows(wanted.len()).any(|window| window == *wanted))
}

/// What of all that nobody may read is in there.
fn found(bytes: &[u8]) -> Vec<&'static str> {
    let lower = bytes.to_ascii_lowercase();
    let secrets = SECRETS.into_iter().filter(|secret| holds(&lower, secret));
    NAMES.into_iter().filter(|name| holds(bytes, name)).chain(secrets).collect()
}

fn bytes_of(hex: &str) -> Vec<u8> {
    (0..hex.len()).step_by(2).map(|at| u8::from_str_radix(&hex[at..at + 2], 16).unwrap()).collect()
}

#[test]
fn whoever_records_a_pairing_and_its_exchanges_reads_no_name_no_text_and_not_what_it_is() {
    if !has_hosts() {
        return;
    }
    let street = Street::of(2).unwrap();
    let record = street.switch.record();
    let mut hosts = Hosts::in_street(&street);
    written_apart().play(&mut hosts);
    let status = hosts.home(Who::Client).json(&["status"]);
    // What would be found: a note that goes the same way in clear, to somebody who takes it.
    let taker = street.hosts[1].within(|| UdpSocket::bind((Street::address(1), 9)).unwrap());
    street.hosts[0].within(|| {
        let note = UdpSocket::bind("0.0.0.0:0").unwrap();
        note.send_to(b"Dear Mira, about the HERONS", (Street::address(1), 9)).unwrap();
    });
    taker.recv(&mut [0; 64]).unwrap();
    let frames = record.end();

    let is_note = |frame: &&Vec<u8>| Packet::of(frame).is_some_and(|packet| packet.ports.1 == 9);
    let notes: Vec<&Vec<u8>> = frames.iter().filter(is_note).collect();
    assert!(!notes.is_empty() && notes.iter().all(|note| found(note).len() == 2));
    let frames: Vec<&Vec<u8>> = frames.iter().filter(|frame| !is_note(frame)).collect();
    let datagrams: Vec<&[u8]> = frames
        .iter()
        .filter_map(|frame| Packet::of(frame).filter(Packet::is_udp))
        .map(|packet| packet.payload)
        .collect();
    let opened = greetings(&datagrams);
    // A pairing and five exchanges were recorded, and their greetings could be read.
    assert!(opened.iter().filter(|greeting| holds(greeting, DOOR)).count() >= 5);
    assert!(!datagrams.iter().any(|datagram| holds(datagram, DOOR)));

    let relationship = &status["relationships"][0];
    let ids: Vec<&str> =
        [&relationship["id"], &relationship["other"]["person"], &status["profile"]["person"]]
            .into_iter()
            .map(|id| id.as_str().unwrap())
            .collect();
    let seen = frames.iter().map(|frame| frame.as_slice()).chain(opened.iter().map(Vec::as_slice));
    for bytes in seen {
        assert_eq!(found(bytes), Vec::<&str>::new(), "it went over the wire");
        for id in &ids {
            let raw = bytes_of(id);
            assert!(
                !holds(bytes, id) && !bytes.windows(raw.len()).any(|window| window == raw),
                "{id} in clear"
            );
        }
    }
}

/// For whom the packets were that a host sent. That the system tells the street which groups it listens to (IGMP)
/// is not counted.
fn destinations(frames: &[Vec<u8>], of: Ipv4Addr) -> BTreeSet<IpAddr> {
    const IGMP: u8 = 2;
    let packets = frames.iter().filter_map(|frame| Packet::of(frame));
    packets
        .filter(|packet| packet.from == IpAddr::V4(of) && packet.protocol != IGMP)
        .map(|packet| packet.to)
        .collect()
}

/// What each of two devices in a street sends to whom while they exchange, and that it would be seen if one of them
/// sent something elsewhere.
fn contacts(street: &Street, hosts: &mut Hosts) -> [BTreeSet<IpAddr>; 2] {
    let record = street.switch.record();
    hosts.does(Who::Client, &Act::Propose { goal: "Rest".to_owned(), why: String::new() });
    hosts.exchange();
    let during = record.frames_so_far();
    let elsewhere = Ipv4Addr::new(198, 51, 100, 7);
    street.hosts[0].within(|| {
        let call = UdpSocket::bind("0.0.0.0:0").unwrap();
        call.send_to(b"anybody?", (elsewhere, 53)).unwrap();
    });
    let all = destinations(&record.end(), Street::address(0));
    assert!(all.contains(&IpAddr::V4(elsewhere)), "who calls the world is seen");
    [0, 1].map(|host| destinations(&during, Street::address(host)))
}

#[test]
fn on_the_same_network_a_device_contacts_the_other_and_asks_for_it_in_the_street_and_nobody_else() {
    if !has_hosts() {
        return;
    }
    let street = Street::of(2).unwrap();
    let mut hosts = Hosts::in_street(&street);
    // The way to the world is open.
    street.switch.ip("addr add 10.71.255.254/16 dev street");
    for (host, contacted) in contacts(&street, &mut hosts).into_iter().enumerate() {
        let other = IpAddr::V4(Street::address(1 - host));
        assert!(contacted.contains(&other), "{contacted:?}");
        assert!(contacted.is_subset(&BTreeSet::from([other, MDNS])), "{contacted:?}");
    }
}

#[test]
fn by_a_relay_a_device_contacts_the_relay_and_the_other_and_nobody_else() {
    let Some(world) = world_with_a_relay() else { return };
    let relay = relay(&world);
    let mut hosts = Hosts::in_street_by(&world.practice, &Way::Relay(relay.url()));
    for (host, contacted) in contacts(&world.practice, &mut hosts).into_iter().enumerate() {
        let both = BTreeSet::from([IpAddr::V4(Street::address(1 - host)), IpAddr::V4(SERVER)]);
        assert!(contacted.is_subset(&both), "{contacted:?}");
        assert!(contacted.contains(&IpAddr::V4(SERVER)), "{contacted:?}");
    }
}

#[test]
fn publicly_a_device_contacts_the_services_and_the_other_and_nobody_else() {
    let Some(world) = world_with_a_relay() else { return };
    let (_relay, _look_up, way) = public(&world);
    let mut hosts = Hosts::in_street_by(&world.practice, &way);
    for (host, contacted) in contacts(&world.practice, &mut hosts).into_iter().enumerate() {
        let both = BTreeSet::from([IpAddr::V4(Street::address(1 - host)), IpAddr::V4(SERVER)]);
        assert!(contacted.is_subset(&both), "{contacted:?}");
    }
}
