//! What the link does against devices that do not keep to the rules. A hostile device is a bare
//! endpoint here, where it must be somebody's with that somebody's key.

use iroh::endpoint::{Connection, ConnectionError, RecvStream, SendStream, presets};
use iroh::{Endpoint, EndpointAddr, EndpointId, RelayMode, SecretKey};
use tempfile::TempDir;

use super::doorways::Doorway;
use super::line::framed;
use super::*;
use crate::clock::{RealWorld, Surroundings as _};
use crate::exchange::{Announced, MAX_FRAME, Notice};
use crate::handing_over::ExcerptDraft;
use crate::home::tests::Vault;
use crate::home::{CommonGround, NewProfile};
use crate::journal::NewEntry;
use crate::plan::NewGoal;
use crate::relationship::key::DeviceKey;
use crate::relationship::people;
use crate::relationship::{Confirmation, Role, TERMS_VERSION};
use crate::store::scratch;

/// The doors, as they stand on the wire.
const EXCHANGE: &[u8] = b"hx4m/1";
const PAIRING: &[u8] = b"hx4m/2";

pub(super) struct Device {
    pub(super) home: Arc<CommonGround>,
    _folder: TempDir,
}

impl Device {
    pub(super) fn new(role: Role) -> Self {
        let folder = scratch();
        let profile = NewProfile { role, display_name: format!("{role:?}") };
        let vault = Arc::new(Vault::default());
        let home =
            CommonGround::create_in(folder.path(), vault, &profile, Arc::new(RealWorld)).expect("a home");
        Self { home, _folder: folder }
    }

    pub(super) async fn online(&self) -> Arc<Link> {
        self.home.go_online(Reach::ThisMachine).await.expect("online")
    }

    pub(super) fn key(&self) -> SecretKey {
        let key = self.home.inner().shared.file.read(people::device_key).expect("a key");
        SecretKey::from_bytes(&key.secret())
    }

    pub(super) fn proposes(&self, relationship: RelationshipId, title: &str) {
        let goal = NewGoal { title: title.to_owned(), ..NewGoal::default() };
        self.home.plan(relationship).expect("a plan").propose_goal(goal).expect("proposed");
    }

    pub(super) fn goals(&self, relationship: RelationshipId) -> usize {
        self.home.plan(relationship).expect("a plan").goals(false).expect("goals").len()
    }
}

/// A client and a therapist who have paired, the therapist online.
pub(super) async fn paired() -> (Device, Device, Arc<Link>, RelationshipId) {
    let (client, therapist) = (Device::new(Role::Client), Device::new(Role::Therapist));
    let (at_client, at_therapist) = (client.online().await, therapist.online().await);
    let offer = at_therapist.offer_pairing(WayOfMeeting::SameNetwork).await.expect("an offer");
    let redeemed = at_client.redeem(offer.ticket().expect("a ticket").text).await.expect("redeemed");
    let (here, there) = tokio::join!(
        redeemed.confirm(Confirmation::Compared { read_terms: TERMS_VERSION }),
        offer.confirm(Confirmation::Compared { read_terms: TERMS_VERSION })
    );
    there.expect("paired");
    at_client.go_offline().await;
    (client, therapist, at_therapist, here.expect("paired").id)
}

/// A bare endpoint.
pub(super) async fn bare(key: SecretKey) -> Endpoint {
    Endpoint::builder(presets::Minimal)
        .relay_mode(RelayMode::Disabled)
        .clear_ip_transports()
        .bind_addr("127.0.0.1:0")
        .expect("an address")
        .secret_key(key)
        .bind()
        .await
        .expect("an endpoint")
}

pub(super) async fn connect(from: &Endpoint, to: &Link, door: &[u8]) -> Connection {
    let id = EndpointId::from_bytes(&to.network.device).expect("a key");
    let mut address = EndpointAddr::new(id);
    for bound in to.network.addresses(&Doorway::Direct).await {
        address = address.with_ip_addr(bound);
    }
    from.connect(address, door).await.expect("a connection")
}

/// Says who it is like an honest device, and hears the same.
async fn introduce(connection: &Connection, relationship: RelationshipId) -> (SendStream, RecvStream) {
    let (mut send, mut receive) = connection.open_bi().await.expect("a stream");
    send.write_all(&first_words(relationship)).await.expect("written");
    receive.read_exact(&mut [0; 25]).await.expect("read");
    (send, receive)
}

fn first_words(relationship: RelationshipId) -> Vec<u8> {
    [&[2][..], &[9; 8], relationship.as_bytes()].concat()
}

pub(super) fn was_refused(ended: &ConnectionError) -> bool {
    matches!(ended, ConnectionError::ApplicationClosed(close) if close.error_code.into_inner() == 1)
}

pub(super) fn in_a_runtime(test: impl Future<Output = ()>) {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        tokio::time::timeout(Duration::from_secs(60), test).await.expect("in time");
    });
}

#[test]
fn a_device_that_has_not_paired_is_refused_before_a_byte_of_it_is_read() {
    in_a_runtime(async {
        let (_client, _therapist, at_therapist, _) = paired().await;
        let stranger = bare(SecretKey::from_bytes(&[7; 32])).await;
        let connection = connect(&stranger, &at_therapist, EXCHANGE).await;
        // It is turned away although it says nothing, so nothing it says can matter.
        assert!(was_refused(&connection.closed().await));
        assert_eq!(connection.stats().frame_rx.stream, 0, "nothing is said to a stranger");
    });
}

#[test]
fn a_device_that_was_taken_off_its_persons_list_is_refused() {
    in_a_runtime(async {
        let (client, therapist, at_therapist, _) = paired().await;
        let other = client.home.profile().expect("a profile").person;
        therapist
            .home
            .inner()
            .shared
            .file
            .write(|transaction| {
                // As a list with a higher number leaves it that no longer names the device.
                transaction.execute(
                    "INSERT INTO device_list SELECT person, 2, bytes, signed_by, signature, kept_at
                     FROM device_list WHERE person = ?1",
                    [other],
                )?;
                Ok(())
            })
            .expect("written");
        let dropped = bare(client.key()).await;
        let connection = connect(&dropped, &at_therapist, EXCHANGE).await;
        assert!(was_refused(&connection.closed().await));
    });
}

#[test]
fn the_pairing_door_is_shut_unless_a_ticket_is_open() {
    in_a_runtime(async {
        let (_client, _therapist, at_therapist, _) = paired().await;
        let stranger = bare(SecretKey::from_bytes(&[7; 32])).await;
        let id = EndpointId::from_bytes(&at_therapist.network.device).expect("a key");
        let address = at_therapist.network.addresses(&Doorway::Direct).await;
        let address = EndpointAddr::new(id).with_ip_addr(address[0]);
        assert!(stranger.connect(address.clone(), PAIRING).await.is_err());
        let offer = at_therapist.offer_pairing(WayOfMeeting::SameNetwork).await.expect("an offer");
        stranger.connect(address.clone(), PAIRING).await.expect("an open door");
        offer.decline().await;
        // The door is shut when the task behind it has ended, which is just after the person knows.
        while stranger.connect(address.clone(), PAIRING).await.is_ok() {}
    });
}

#[test]
fn the_third_stranger_without_the_secret_closes_the_ticket() {
    in_a_runtime(async {
        let therapist = Device::new(Role::Therapist);
        let at_therapist = therapist.online().await;
        let offer = at_therapist.offer_pairing(WayOfMeeting::SameNetwork).await.expect("an offer");
        for n in 1..=3 {
            let stranger = bare(SecretKey::from_bytes(&[n; 32])).await;
            let connection = connect(&stranger, &at_therapist, PAIRING).await;
            let (mut send, _receive) = connection.open_bi().await.expect("a stream");
            send.write_all(&framed(&[0; 81])).await.expect("written");
            connection.closed().await;
        }
        let problem = crate::error::PairingProblem::TooManyTries;
        assert_eq!(offer.code().await.err(), Some(Error::Pairing { problem }));
    });
}

/// Lets a paired device misbehave, and then shows that an honest exchange works at once.
async fn misbehaves(bytes: Vec<u8>) {
    let (client, therapist, at_therapist, id) = paired().await;
    let hostile = bare(client.key()).await;
    let connection = connect(&hostile, &at_therapist, EXCHANGE).await;
    let (mut send, _receive) = introduce(&connection, id).await;
    // It may be cut off while it still speaks.
    let _ = send.write_all(&bytes).await;
    let _ = send.finish();
    connection.closed().await;
    hostile.close().await;
    client.proposes(id, "Here");
    therapist.proposes(id, "There");
    let at_client = client.online().await;
    assert!(at_client.exchange(id, 30).await.expect("an exchange").in_step);
    assert_eq!((client.goals(id), therapist.goals(id)), (2, 2));
}

#[test]
fn a_paired_device_that_sends_nonsense_is_cut_off_and_the_honest_exchange_works() {
    in_a_runtime(misbehaves(framed(&[0xFF; 300])));
}

#[test]
fn a_frame_that_says_it_is_too_long_is_cut_off_and_the_honest_exchange_works() {
    let length = u32::try_from(MAX_FRAME).expect("a length") + 1;
    in_a_runtime(misbehaves([&length.to_be_bytes()[..], &[0; 4096]].concat()));
}

#[test]
fn a_device_that_hangs_up_in_the_middle_of_a_frame_does_no_harm() {
    in_a_runtime(misbehaves(framed(&[1; 1000])[..500].to_vec()));
}

#[test]
fn of_two_connections_both_devices_keep_the_same_one() {
    in_a_runtime(async {
        for _ in 0..5 {
            let (client, therapist, at_therapist, id) = paired().await;
            let at_client = client.online().await;
            let (here, there) = tokio::join!(at_client.exchange(id, 30), at_therapist.exchange(id, 30));
            assert!(here.expect("an exchange").in_step && there.expect("an exchange").in_step);
            // Were they on different ones, an edit would reach nobody.
            client.proposes(id, "Here");
            therapist.proposes(id, "There");
            let (here, there) = tokio::join!(at_client.exchange(id, 30), at_therapist.exchange(id, 30));
            assert!(here.expect("an exchange").in_step && there.expect("an exchange").in_step);
            assert_eq!((client.goals(id), therapist.goals(id)), (2, 2));
        }
    });
}

#[test]
fn two_devices_pair_and_exchange_over_the_network_that_the_machine_is_on() {
    in_a_runtime(async {
        let (client, therapist) = (Device::new(Role::Client), Device::new(Role::Therapist));
        let at_client = client.home.go_online(Reach::AsChosen).await.expect("online");
        let at_therapist = therapist.home.go_online(Reach::AsChosen).await.expect("online");
        let offer = at_therapist.offer_pairing(WayOfMeeting::SameNetwork).await.expect("an offer");
        let redeemed = at_client.redeem(offer.ticket().expect("a ticket").text).await.expect("redeemed");
        let (here, there) = tokio::join!(
            redeemed.confirm(Confirmation::Compared { read_terms: TERMS_VERSION }),
            offer.confirm(Confirmation::Compared { read_terms: TERMS_VERSION })
        );
        let id = here.expect("paired").id;
        there.expect("paired");
        client.proposes(id, "Here");
        // The one who offered has learned where the other is.
        assert!(at_therapist.exchange(id, 30).await.expect("an exchange").in_step);
        assert_eq!(therapist.goals(id), 1);
    });
}

#[test]
fn every_frame_is_shown_to_who_asked_and_to_nobody_else() {
    #[derive(Default)]
    struct Seen(Mutex<Vec<(Direction, usize)>>);
    impl FrameObserver for Seen {
        fn on_frame(&self, _: RelationshipId, direction: Direction, inflated: Vec<u8>) -> Result<()> {
            self.0.lock().expect("seen").push((direction, inflated.len()));
            panic!("an app's mistake")
        }
    }
    in_a_runtime(async {
        let (client, therapist, _at_therapist, id) = paired().await;
        therapist.proposes(id, "There");
        let at_client = client.online().await;
        let seen = Arc::new(Seen::default());
        at_client.watch_frames(Some(Arc::clone(&seen) as _));
        assert!(at_client.exchange(id, 30).await.expect("an exchange").in_step);
        at_client.watch_frames(None);
        let count = |wanted| seen.0.lock().expect("seen").iter().filter(|(way, _)| *way == wanted).count();
        // A hello each way, the changes that came, and the answer to them.
        assert!(count(Direction::Received) >= 2 && count(Direction::Sent) >= 2);
        let before = seen.0.lock().expect("seen").len();
        client.proposes(id, "Here");
        assert!(at_client.exchange(id, 30).await.expect("an exchange").in_step);
        assert_eq!(seen.0.lock().expect("seen").len(), before);
    });
}

#[test]
fn what_was_announced_before_an_exchange_is_with_the_other_when_it_ends() {
    const ENTRY: &str = "Slept till seven.";
    in_a_runtime(async {
        let (client, therapist, at_therapist, id) = paired().await;
        let at_client = client.online().await;
        let entry = client.home.journal().add(NewEntry { text: ENTRY.to_owned(), ..NewEntry::default() });
        let draft = ExcerptDraft::of(entry.expect("an entry").id);
        let (given, received) = (client.home.sharing(id).unwrap(), therapist.home.sharing(id).unwrap());
        for _ in 0..20 {
            let seen = given.preview(draft.clone()).expect("a preview").digest;
            let parcel = given.hand_over(draft.clone(), seen).expect("handed over");
            let (here, there) = tokio::join!(at_client.exchange(id, 30), at_therapist.exchange(id, 30));
            assert!(here.expect("an exchange").in_step && there.expect("an exchange").in_step);
            assert_eq!(received.open(parcel).expect("it is there").excerpt.text, ENTRY);
            received.comment(parcel, "Good.".to_owned()).expect("a comment");
            let (here, there) = tokio::join!(at_client.exchange(id, 30), at_therapist.exchange(id, 30));
            assert!(here.expect("an exchange").in_step && there.expect("an exchange").in_step);
            assert_eq!(given.open(parcel).expect("mine").comments.len(), 1);
        }
    });
}

#[test]
fn the_port_stays_the_same_and_another_one_serves_while_it_is_taken() {
    in_a_runtime(async {
        let device = Device::new(Role::Client);
        let link = device.online().await;
        let port = link.network.addresses(&Doorway::Direct).await[0].port();
        link.go_offline().await;
        let link = device.online().await;
        assert_eq!(link.network.addresses(&Doorway::Direct).await[0].port(), port);
        link.go_offline().await;
        let taken = std::net::UdpSocket::bind(("127.0.0.1", port)).expect("a socket");
        let link = device.online().await;
        assert_ne!(link.network.addresses(&Doorway::Direct).await[0].port(), port);
        link.go_offline().await;
        drop(taken);
        let link = device.online().await;
        assert_eq!(link.network.addresses(&Doorway::Direct).await[0].port(), port);
    });
}

#[test]
fn a_paired_device_that_means_a_relationship_which_is_not_its_persons_is_turned_away() {
    in_a_runtime(async {
        let (client, therapist, at_therapist, id) = paired().await;
        // One that the therapist has with somebody else, and one that nobody has.
        let other = Device::new(Role::Client);
        let at_other = other.online().await;
        let offer = at_therapist.offer_pairing(WayOfMeeting::SameNetwork).await.expect("an offer");
        let redeemed = at_other.redeem(offer.ticket().expect("a ticket").text).await.expect("redeemed");
        let how = Confirmation::Compared { read_terms: TERMS_VERSION };
        let (here, there) = tokio::join!(redeemed.confirm(how), offer.confirm(how));
        there.expect("paired");
        let theirs = here.expect("paired").id;
        let hostile = bare(client.key()).await;
        for claimed in [theirs, RelationshipId::from_bytes([9; 16])] {
            let connection = connect(&hostile, &at_therapist, EXCHANGE).await;
            let (mut send, _receive) = connection.open_bi().await.expect("a stream");
            send.write_all(&first_words(claimed)).await.expect("written");
            assert!(was_refused(&connection.closed().await));
            assert_eq!(connection.stats().frame_rx.stream, 0, "nothing is said to it");
        }
        hostile.close().await;
        // The honest ones are not disturbed.
        assert!(at_other.exchange(theirs, 30).await.expect("an exchange").in_step);
        let at_client = client.online().await;
        assert!(at_client.exchange(id, 30).await.expect("an exchange").in_step);
        drop(therapist);
    });
}

/// Waits until the two are apart.
async fn apart(link: &Link, relationship: RelationshipId) {
    while link.state(relationship).expect("a state") != LinkState::Apart {
        tokio::task::yield_now().await;
    }
}

#[test]
fn while_paused_nobody_is_let_in_and_after_it_what_waited_goes() {
    in_a_runtime(async {
        let (client, therapist, at_therapist, id) = paired().await;
        let at_client = client.online().await;
        assert!(at_client.exchange(id, 30).await.expect("an exchange").in_step);
        // The connection that there is ends.
        therapist.home.pause(id).expect("paused");
        apart(&at_therapist, id).await;
        apart(&at_client, id).await;
        assert_eq!(at_therapist.exchange(id, 1).await.err(), Some(Error::NotShared));
        client.proposes(id, "Here");
        therapist.proposes(id, "There");
        // To the other, nobody is reached: nothing tells them why.
        assert_eq!(at_client.exchange(id, 1).await.err(), Some(Error::Unreachable));
        assert_eq!((client.goals(id), therapist.goals(id)), (1, 1));
        let bare = bare(client.key()).await;
        let connection = connect(&bare, &at_therapist, EXCHANGE).await;
        let (mut send, _receive) = connection.open_bi().await.expect("a stream");
        send.write_all(&first_words(id)).await.expect("written");
        assert!(!was_refused(&connection.closed().await));
        bare.close().await;
        therapist.home.resume(id).expect("resumed");
        let (here, there) = tokio::join!(at_client.exchange(id, 30), at_therapist.exchange(id, 30));
        assert!(here.expect("an exchange").in_step && there.expect("an exchange").in_step);
        assert_eq!((client.goals(id), therapist.goals(id)), (2, 2));
    });
}

#[test]
fn an_end_reaches_the_other_at_once_over_a_connection_that_is_open_and_then_nobody_calls() {
    in_a_runtime(async {
        let (client, therapist, at_therapist, id) = paired().await;
        let at_client = client.online().await;
        client.proposes(id, "Here");
        assert!(at_client.exchange(id, 30).await.expect("an exchange").in_step);
        therapist.home.end(id).expect("ended");
        let has_heard = |device: &Device| {
            let one = device.home.relationships().expect("relationships").remove(0);
            one.ended.is_some() && one.waiting_to_go == 0
        };
        while !has_heard(&client) || !has_heard(&therapist) {
            tokio::task::yield_now().await;
        }
        apart(&at_client, id).await;
        apart(&at_therapist, id).await;
        for (device, link) in [(&client, &at_client), (&therapist, &at_therapist)] {
            assert_eq!(link.exchange(id, 1).await.err(), Some(Error::NotShared));
            let shared = &device.home.inner().shared;
            let called = shared.file.read(|file| super::preface::to_call(file, id)).expect("read");
            assert!(called.devices.is_empty() && called.rarely);
            assert_eq!(device.goals(id), 1);
        }
    });
}

#[test]
fn an_end_that_could_not_be_told_is_told_when_the_two_meet_again_and_nothing_of_the_plan_with_it() {
    in_a_runtime(async {
        let (client, therapist, at_therapist, id) = paired().await;
        at_therapist.go_offline().await;
        therapist.home.end(id).expect("ended");
        client.proposes(id, "Not known yet");
        let at_client = client.online().await;
        let at_therapist = therapist.online().await;
        // Whoever does not know of it calls as ever, and hears of it.
        let (here, _) = tokio::join!(at_client.exchange(id, 30), at_therapist.exchange(id, 30));
        assert!(here.expect("an exchange").in_step);
        let one = client.home.relationships().expect("relationships").remove(0);
        assert!(one.ended.is_some());
        assert_eq!((client.goals(id), therapist.goals(id)), (1, 0));
    });
}

/// Says that it is over by a notice that nobody takes: a device signed it that is none of the author's.
fn ends_by_a_word_that_does_not_count(device: &Device, id: RelationshipId) {
    let (home, stranger) = (device.home.inner(), DeviceKey::from_secret(&[5; 32]));
    let me = device.home.profile().expect("a profile").person;
    let at = RealWorld.now();
    let signed = Notice { author: me, at, announced: Announced::Ended }.sign(&id, &stranger);
    let ended = home.shared.file.write(|file| {
        file.execute(
            "INSERT INTO notice (relationship, id, kind, author, at, body, device, signature)
             VALUES (?1, ?2, 8, ?3, 0, ?4, ?5, ?6)",
            rusqlite::params![id, signed.id(&id), me, signed.body, signed.device, signed.signature],
        )?;
        people::mark_ended(file, id, me, at)
    });
    ended.expect("ended");
    home.shared.edited(id);
}

/// Waits until the two are apart, and neither has a reason to call the other again.
async fn at_rest(links: [&Link; 2], relationship: RelationshipId) {
    let is_at_rest = |link: &&Link| {
        let peer = link.network.peer(relationship);
        peer.state() == LinkState::Apart && !peer.has_reason_to_call(false)
    };
    while !links.iter().all(is_at_rest) {
        tokio::task::yield_now().await;
    }
}

#[test]
fn an_end_that_the_other_does_not_take_is_said_and_nobody_calls_again_and_again() {
    in_a_runtime(async {
        for client_asks in [true, false] {
            let (client, therapist, at_therapist, id) = paired().await;
            at_therapist.go_offline().await;
            ends_by_a_word_that_does_not_count(&therapist, id);
            let (at_client, at_therapist) = (client.online().await, therapist.online().await);
            let asks = if client_asks { &at_client } else { &at_therapist };
            match asks.exchange(id, 10).await {
                Err(Error::Exchange { .. }) => {}
                // Whoever ended it may have said all there is to say, and leaves.
                told => assert!(!client_asks && told.is_ok_and(|report| !report.in_step)),
            }
            at_rest([&at_client, &at_therapist], id).await;
            assert!(client.home.relationships().expect("relationships")[0].ended.is_none());
            let between = at_client.meeting(id).await.expect("how they stand").obstacles;
            assert!(between.contains(&Obstacle::OtherSaysItIsOver), "{between:?}");
            // Once it is over for both it is no other.
            client.home.end(id).expect("ended");
            assert!(!at_client.exchange(id, 10).await.is_ok_and(|report| report.in_step));
            at_rest([&at_client, &at_therapist], id).await;
        }
    });
}
