//! Two devices in one process, over the loopback and through the exported surface only: pairing, and
//! what the link does once they have paired.

use std::sync::Arc;

use common_ground::Error;
use common_ground::error::PairingProblem;
use common_ground::home::Change;
use common_ground::id::RelationshipId;
use common_ground::link::{Link, LinkState, Reach};
use common_ground::plan::NewGoal;
use common_ground::relationship::{Confirmation, Relationship, Role, TERMS_VERSION, WayOfMeeting};
use common_ground_tests::{Device, wait, wait_both};

fn online(device: &Device) -> Arc<Link> {
    wait(device.home.go_online(Reach::ThisMachine)).expect("online")
}

fn client_and_therapist() -> (Device, Device) {
    (Device::new(Role::Client, "Anna"), Device::new(Role::Therapist, "Dr. Berg"))
}

/// Pairs over two links; the two people compare the words.
fn pair(client: &Link, therapist: &Link) -> (Relationship, Relationship) {
    let offer = wait(therapist.offer_pairing(WayOfMeeting::SameNetwork)).expect("an offer");
    let ticket = offer.ticket().expect("a ticket");
    let redeemed = wait(client.redeem(ticket.text)).expect("a redeemed ticket");
    let (here, there) = wait_both(redeemed.code(), offer.code());
    assert!(here.expect("a code").words == there.expect("a code").words);
    let (here, there) = wait_both(
        redeemed.confirm(Confirmation::Compared { read_terms: TERMS_VERSION }),
        offer.confirm(Confirmation::Compared { read_terms: TERMS_VERSION }),
    );
    (here.expect("paired"), there.expect("paired"))
}

fn goal(title: &str) -> NewGoal {
    NewGoal { title: title.to_owned(), ..NewGoal::default() }
}

fn titles(device: &Device, relationship: RelationshipId) -> Vec<String> {
    let plan = device.home.plan(relationship).expect("a plan");
    let mut titles: Vec<String> =
        plan.goals(false).expect("goals").into_iter().map(|goal| goal.title).collect();
    titles.sort();
    titles
}

fn by_other(change: &Change) -> bool {
    matches!(change, Change::Plan { by_other: true, .. })
}

fn is_state(wanted: LinkState) -> impl Fn(&Change) -> bool {
    move |change| matches!(change, Change::Link { state, .. } if *state == wanted)
}

#[test]
fn two_people_pair_and_each_device_knows_the_other_person() {
    let (client, therapist) = client_and_therapist();
    let (at_client, at_therapist) = (online(&client), online(&therapist));
    let (here, there) = pair(&at_client, &at_therapist);
    assert_eq!(here.id, there.id);
    assert!(here.code == there.code && here.code.len() == 4);
    assert!(here.code_compared && there.code_compared);
    assert!(here.other.display_name == "Dr. Berg" && there.other.display_name == "Anna");
    assert_eq!(here.other.role, Role::Therapist);
    assert_eq!(here.other.fingerprint, therapist.home.profile().expect("a profile").fingerprint);
    assert_eq!(there.other.fingerprint, client.home.profile().expect("a profile").fingerprint);
    for (device, relationship) in [(&client, here), (&therapist, there)] {
        device.hears(|change| matches!(change, Change::Relationship { .. }));
        assert!(device.home.relationships().expect("relationships") == vec![relationship]);
    }
}

#[test]
fn a_pairing_outlives_the_process() {
    let (client, therapist) = client_and_therapist();
    let (here, _) = pair(&online(&client), &online(&therapist));
    let (client, therapist) = (client.restarted(), therapist.restarted());
    assert!(client.home.relationships().expect("relationships") == vec![here.clone()]);
    let (at_client, at_therapist) = (online(&client), online(&therapist));
    let (report, _) = wait_both(at_client.exchange(here.id, 30), at_therapist.exchange(here.id, 30));
    assert!(report.expect("an exchange").in_step);
}

#[test]
fn declining_stores_nothing_on_either_side() {
    let (client, therapist) = client_and_therapist();
    let (at_client, at_therapist) = (online(&client), online(&therapist));
    let offer = wait(at_therapist.offer_pairing(WayOfMeeting::SameNetwork)).expect("an offer");
    let redeemed = wait(at_client.redeem(offer.ticket().expect("a ticket").text)).expect("redeemed");
    let (_, _) = wait_both(redeemed.code(), offer.code());
    let (declined, confirmed) = wait_both(
        async {
            Arc::clone(&offer).decline().await;
            offer.confirm(Confirmation::Compared { read_terms: TERMS_VERSION }).await
        },
        redeemed.confirm(Confirmation::Compared { read_terms: TERMS_VERSION }),
    );
    let not_confirmed = Some(Error::Pairing { problem: PairingProblem::NotConfirmed });
    assert_eq!(declined.err(), not_confirmed);
    assert_eq!(confirmed.err(), not_confirmed);
    assert!(client.home.relationships().expect("relationships").is_empty());
    assert!(therapist.home.relationships().expect("relationships").is_empty());
}

#[test]
fn leaving_before_confirming_ends_the_pairing_for_both() {
    let (client, therapist) = client_and_therapist();
    let (at_client, at_therapist) = (online(&client), online(&therapist));
    let offer = wait(at_therapist.offer_pairing(WayOfMeeting::SameNetwork)).expect("an offer");
    let redeemed = wait(at_client.redeem(offer.ticket().expect("a ticket").text)).expect("redeemed");
    wait(redeemed.code()).expect("a code");
    drop(redeemed);
    let confirmed = wait(offer.confirm(Confirmation::Compared { read_terms: TERMS_VERSION }));
    assert_eq!(confirmed.err(), Some(Error::Pairing { problem: PairingProblem::NotConfirmed }));
    assert!(client.home.relationships().expect("relationships").is_empty());
}

#[test]
fn a_pairing_for_scripts_says_that_nobody_compared_the_words() {
    let (client, therapist) = client_and_therapist();
    let (at_client, at_therapist) = (online(&client), online(&therapist));
    let offer = wait(at_therapist.offer_pairing(WayOfMeeting::SameNetwork)).expect("an offer");
    let redeemed = wait(at_client.redeem(offer.ticket().expect("a ticket").text)).expect("redeemed");
    let (here, there) = wait_both(
        redeemed.confirm(Confirmation::NotCompared),
        offer.confirm(Confirmation::Compared { read_terms: TERMS_VERSION }),
    );
    let (here, there) = (here.expect("paired"), there.expect("paired"));
    assert!(!here.code_compared && there.code_compared);
    let marked = client.home.mark_code_compared(here.id).expect("marked");
    assert!(marked.code_compared);
}

#[test]
fn an_expired_ticket_is_told_as_such() {
    let (client, therapist) = client_and_therapist();
    let (at_client, at_therapist) = (online(&client), online(&therapist));
    let offer = wait(at_therapist.offer_pairing(WayOfMeeting::SameNetwork)).expect("an offer");
    client.clock.pass(11 * 60);
    let redeemed = wait(at_client.redeem(offer.ticket().expect("a ticket").text));
    assert_eq!(redeemed.err(), Some(Error::Pairing { problem: PairingProblem::Expired }));
}

#[test]
fn a_ticket_that_expired_at_the_one_who_offers_is_refused_there() {
    let (client, therapist) = client_and_therapist();
    let (at_client, at_therapist) = (online(&client), online(&therapist));
    let offer = wait(at_therapist.offer_pairing(WayOfMeeting::SameNetwork)).expect("an offer");
    therapist.clock.pass(11 * 60);
    let redeemed = wait(at_client.redeem(offer.ticket().expect("a ticket").text)).expect("redeemed");
    let expired = Some(Error::Pairing { problem: PairingProblem::Expired });
    assert_eq!(wait(redeemed.code()).err(), expired);
    assert_eq!(wait(offer.code()).err(), expired);
}

#[test]
fn what_cannot_pair_is_told_why() {
    let (client, therapist) = client_and_therapist();
    let colleague = Device::new(Role::Therapist, "Dr. Kern");
    let (at_client, at_therapist, at_colleague) = (online(&client), online(&therapist), online(&colleague));
    let problem = |error: Option<Error>| match error {
        Some(Error::Pairing { problem }) => problem,
        other => panic!("not a problem of pairing: {other:?}"),
    };
    let none = wait(at_client.redeem("HELLO".to_owned())).err();
    assert_eq!(problem(none), PairingProblem::NotATicket);
    let offer = wait(at_therapist.offer_pairing(WayOfMeeting::SameNetwork)).expect("an offer");
    let ticket = offer.ticket().expect("a ticket").text;
    assert_eq!(problem(wait(at_therapist.redeem(ticket.clone())).err()), PairingProblem::OwnTicket);
    let redeemed = wait(at_colleague.redeem(ticket)).expect("redeemed");
    assert_eq!(problem(wait(redeemed.code()).err()), PairingProblem::SameRole);
    assert_eq!(problem(wait(offer.code()).err()), PairingProblem::SameRole);
    pair(&at_client, &at_therapist);
    let offer = wait(at_therapist.offer_pairing(WayOfMeeting::SameNetwork)).expect("an offer");
    let again = wait(at_client.redeem(offer.ticket().expect("a ticket").text)).expect("redeemed");
    assert_eq!(problem(wait(again.code()).err()), PairingProblem::AlreadyPaired);
}

#[test]
fn a_ticket_works_once() {
    let (client, therapist) = client_and_therapist();
    let late = Device::new(Role::Client, "Late");
    let (at_client, at_therapist, at_late) = (online(&client), online(&therapist), online(&late));
    let offer = wait(at_therapist.offer_pairing(WayOfMeeting::SameNetwork)).expect("an offer");
    let ticket = offer.ticket().expect("a ticket").text;
    let redeemed = wait(at_client.redeem(ticket.clone())).expect("redeemed");
    wait(redeemed.code()).expect("a code");
    let second = wait(at_late.redeem(ticket)).expect("an answer");
    let closed = Some(Error::Pairing { problem: PairingProblem::TicketClosed });
    assert_eq!(wait(second.code()).err(), closed);
    // The first one is not disturbed.
    let (here, there) = wait_both(
        redeemed.confirm(Confirmation::Compared { read_terms: TERMS_VERSION }),
        offer.confirm(Confirmation::Compared { read_terms: TERMS_VERSION }),
    );
    assert_eq!(here.expect("paired").id, there.expect("paired").id);
    assert!(late.home.relationships().expect("relationships").is_empty());
}

#[test]
fn a_ticket_that_was_swapped_on_the_way_shows_in_the_words() {
    let (client, therapist) = client_and_therapist();
    // Somebody in between passes for each of the two, with keys of their own, under the same names.
    let (as_client, as_therapist) = client_and_therapist();
    let [at_client, at_therapist, between_there, between_here] =
        [&client, &therapist, &as_client, &as_therapist].map(online);
    let shown = wait(at_client.offer_pairing(WayOfMeeting::SameNetwork)).expect("an offer");
    let swapped = wait(between_there.offer_pairing(WayOfMeeting::SameNetwork)).expect("an offer");
    let taken = wait(between_here.redeem(shown.ticket().expect("a ticket").text)).expect("redeemed");
    let redeemed = wait(at_therapist.redeem(swapped.ticket().expect("a ticket").text)).expect("redeemed");
    let (hers, his) = wait_both(shown.code(), redeemed.code());
    let (hers, his) = (hers.expect("a code"), his.expect("a code"));
    assert!(hers.other.display_name == "Dr. Berg" && his.other.display_name == "Anna");
    assert!(hers.words != his.words, "which is why they are compared");
    // Whoever is in between confirms as often as they like: the two see that the words differ, and say so.
    let eager = [taken, swapped];
    std::thread::scope(|scope| {
        let eager =
            eager.map(|pairing| scope.spawn(move || wait(pairing.confirm(Confirmation::NotCompared))));
        wait(shown.decline());
        wait(redeemed.decline());
        for ended in eager {
            let not_confirmed = Error::Pairing { problem: PairingProblem::NotConfirmed };
            assert_eq!(ended.join().expect("no panic").err(), Some(not_confirmed));
        }
    });
    for device in [&client, &therapist, &as_client, &as_therapist] {
        assert!(device.home.relationships().expect("relationships").is_empty());
    }
}

#[test]
fn both_call_at_once_and_both_plans_come_out_the_same() {
    let (client, therapist) = client_and_therapist();
    let (at_client, at_therapist) = (online(&client), online(&therapist));
    let id = pair(&at_client, &at_therapist).0.id;
    client.home.plan(id).expect("a plan").propose_goal(goal("Sleep through")).expect("proposed");
    therapist.home.plan(id).expect("a plan").propose_goal(goal("Say no once a week")).expect("proposed");
    assert_eq!(client.home.relationships().expect("relationships")[0].waiting_to_go, 1);
    let (here, there) = wait_both(at_client.exchange(id, 30), at_therapist.exchange(id, 30));
    let (here, there) = (here.expect("an exchange"), there.expect("an exchange"));
    assert!(here.in_step && there.in_step);
    assert_eq!((here.received, here.sent), (1, 1));
    assert_eq!((there.received, there.sent), (1, 1));
    assert!(here.bytes_sent > 0 && here.bytes_received > 0);
    assert!(titles(&client, id) == ["Say no once a week", "Sleep through"]);
    assert!(titles(&therapist, id) == titles(&client, id));
    let relationship = &client.home.relationships().expect("relationships")[0];
    assert_eq!(relationship.waiting_to_go, 0);
    assert!(relationship.in_step_at.is_some());
}

#[test]
fn an_edit_appears_on_the_other_device_while_both_are_connected() {
    let (client, therapist) = client_and_therapist();
    let (at_client, at_therapist) = (online(&client), online(&therapist));
    let id = pair(&at_client, &at_therapist).0.id;
    assert!(wait(at_client.exchange(id, 30)).expect("an exchange").in_step);
    for title in ["First", "Second", "Third"] {
        client.home.plan(id).expect("a plan").propose_goal(goal(title)).expect("proposed");
        therapist.hears(by_other);
    }
    therapist.home.plan(id).expect("a plan").propose_goal(goal("Zuletzt")).expect("proposed");
    client.hears(by_other);
    assert!(titles(&client, id) == ["First", "Second", "Third", "Zuletzt"]);
    assert!(titles(&therapist, id) == titles(&client, id));
}

#[test]
fn while_the_journal_is_locked_the_plan_still_catches_up() {
    let (client, therapist) = client_and_therapist();
    let (at_client, at_therapist) = (online(&client), online(&therapist));
    let id = pair(&at_client, &at_therapist).0.id;
    client.home.lock();
    therapist.home.plan(id).expect("a plan").propose_goal(goal("Sleep through")).expect("proposed");
    assert!(wait(at_therapist.exchange(id, 30)).expect("an exchange").in_step);
    client.hears(by_other);
    assert_eq!(client.home.plan(id).err(), Some(Error::Locked));
    assert_eq!(client.home.journal().count().err(), Some(Error::Locked));
    client.home.unlock().expect("unlocked");
    assert!(titles(&client, id) == ["Sleep through"]);
}

#[test]
fn whoever_comes_back_is_found_again_without_being_asked() {
    let (client, therapist) = client_and_therapist();
    let (at_client, at_therapist) = (online(&client), online(&therapist));
    let id = pair(&at_client, &at_therapist).0.id;
    assert!(wait(at_client.exchange(id, 30)).expect("an exchange").in_step);
    wait(at_therapist.go_offline());
    client.hears(is_state(LinkState::Apart));
    assert_eq!(at_client.state(id), Ok(LinkState::Apart));
    // Each goes on alone, and the therapist's app is even closed and opened.
    client.home.plan(id).expect("a plan").propose_goal(goal("Here")).expect("proposed");
    therapist.home.plan(id).expect("a plan").propose_goal(goal("There")).expect("proposed");
    let therapist = therapist.restarted();
    let at_therapist = online(&therapist);
    client.hears(is_state(LinkState::InStep));
    assert!(titles(&client, id) == ["Here", "There"]);
    therapist.hears(is_state(LinkState::InStep));
    assert!(titles(&therapist, id) == titles(&client, id));
    assert_eq!(at_therapist.state(id), Ok(LinkState::InStep));
}

#[test]
fn one_who_is_away_is_told_as_out_of_reach_and_local_work_goes_on() {
    let (client, therapist) = client_and_therapist();
    let (at_client, at_therapist) = (online(&client), online(&therapist));
    let id = pair(&at_client, &at_therapist).0.id;
    wait(at_therapist.go_offline());
    assert_eq!(wait(at_client.exchange(id, 1)).err(), Some(Error::Unreachable));
    client.home.plan(id).expect("a plan").propose_goal(goal("Alone")).expect("proposed");
    assert!(titles(&client, id) == ["Alone"]);
}

#[test]
fn a_relationship_that_is_not_there_is_told_as_such() {
    let client = Device::new(Role::Client, "Anna");
    let nobody = RelationshipId::from_bytes([9; 16]);
    let answer = wait(online(&client).exchange(nobody, 1));
    assert!(matches!(answer.err(), Some(Error::NotFound { .. })));
}

#[test]
fn one_is_online_once_at_a_time_and_after_shutting_not_at_all() {
    let client = Device::new(Role::Client, "Anna");
    let link = online(&client);
    assert_eq!(wait(client.home.go_online(Reach::ThisMachine)).err(), Some(Error::InUse));
    wait(link.go_offline());
    assert_eq!(wait(link.offer_pairing(WayOfMeeting::SameNetwork)).err(), Some(Error::Closed));
    let link = online(&client);
    let client = client.restarted();
    assert_eq!(wait(link.offer_pairing(WayOfMeeting::SameNetwork)).err(), Some(Error::Closed));
    online(&client);
}

#[test]
fn two_scripts_that_each_exchange_once_and_leave_both_end_level() {
    let (client, therapist) = client_and_therapist();
    let id = pair(&online(&client), &online(&therapist)).0.id;
    let once = |device: &Device| {
        let link = online(device);
        let report = wait(link.exchange(id, 30)).expect("an exchange");
        wait(link.go_offline());
        report
    };
    for round in 1..=10_usize {
        client.home.plan(id).expect("a plan").propose_goal(goal("Here")).expect("proposed");
        therapist.home.plan(id).expect("a plan").propose_goal(goal("There")).expect("proposed");
        let (here, there) = std::thread::scope(|scope| {
            let here = scope.spawn(|| once(&client));
            let there = once(&therapist);
            (here.join().expect("the other thread"), there)
        });
        assert!(here.in_step && there.in_step, "round {round}");
        assert_eq!((here.received, there.received), (1, 1), "round {round}");
        assert_eq!(titles(&client, id).len(), 2 * round);
        assert_eq!(titles(&therapist, id).len(), 2 * round);
        for device in [&client, &therapist] {
            assert_eq!(device.home.relationships().expect("relationships")[0].waiting_to_go, 0);
        }
    }
}

#[test]
fn who_came_level_before_asking_gets_the_report_all_the_same() {
    let (client, therapist) = client_and_therapist();
    let id = pair(&online(&client), &online(&therapist)).0.id;
    let at_therapist = online(&therapist);
    client.home.plan(id).expect("a plan").propose_goal(goal("Here")).expect("proposed");
    let at_client = online(&client);
    assert!(wait(at_client.exchange(id, 30)).expect("an exchange").in_step);
    wait(at_client.go_offline());
    therapist.hears(is_state(LinkState::InStep));
    therapist.hears(is_state(LinkState::Apart));
    let report = wait(at_therapist.exchange(id, 1)).expect("a report");
    assert!(report.in_step && report.received == 1);
    // A second time there is somebody to wait for.
    assert_eq!(wait(at_therapist.exchange(id, 1)).err(), Some(Error::Unreachable));
}
