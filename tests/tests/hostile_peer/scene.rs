//! Where the lies are told: a client who is online, and a therapist who has paired with her and whose device's
//! keys have got out.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, Once, PoisonError};
use std::time::{Duration, Instant};

use common_ground::home::Change;
use common_ground::id::RelationshipId;
use common_ground::link::{Link, LinkState, Reach};
use common_ground::plan::{NewGoal, Plan};
use common_ground::relationship::{Confirmation, Role, WayOfMeeting};
use common_ground_tests::{Clock, Device, wait, wait_both};
use ed25519_dalek::SigningKey;
use iroh::{EndpointAddr, EndpointId, SecretKey};
use rusqlite::types::ValueRef;
use sha2::{Digest as _, Sha256};

/// How long local work may take while somebody does their worst: far less than any time-out of the link.
const AT_ONCE: Duration = Duration::from_secs(5);
/// Where the core panicked, which it never may.
static PANICKED: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// A client who is online and a therapist who has paired with her, and whose device's key has got out.
pub(crate) struct Scene {
    pub(crate) anna: Device,
    pub(crate) ben: Device,
    pub(crate) at_anna: Arc<Link>,
    pub(crate) relationship: RelationshipId,
    goals: AtomicUsize,
    /// Anna's shared file, as another program reads it.
    file: rusqlite::Connection,
}

/// One of the two, with every key they have.
pub(crate) struct Person {
    pub(crate) id: [u8; 16],
    pub(crate) device: SigningKey,
    pub(crate) key: SigningKey,
}

pub(crate) fn online(device: &Device) -> Arc<Link> {
    wait(device.home.go_online(Reach::ThisMachine)).expect("online")
}

impl Scene {
    pub(crate) fn begin() -> Self {
        Self::between(
            Device::in_world(Role::Client, "Anna", Clock::seeded(1)),
            Device::in_world(Role::Therapist, "Dr. Berg", Clock::seeded(2)),
        )
    }

    /// Pairs two devices; the first stays online.
    pub(crate) fn between(anna: Device, ben: Device) -> Self {
        listen_for_panics();
        let (at_anna, at_ben) = (online(&anna), online(&ben));
        let relationship = pair(&at_anna, &at_ben);
        wait(at_ben.go_offline());
        Self::with(anna, ben, at_anna, relationship)
    }

    /// Two who have paired before; the first goes online.
    pub(crate) fn again(anna: Device, ben: Device, relationship: RelationshipId) -> Self {
        let at_anna = online(&anna);
        Self::with(anna, ben, at_anna, relationship)
    }

    fn with(anna: Device, ben: Device, at_anna: Arc<Link>, relationship: RelationshipId) -> Self {
        let file = anna.shared_file();
        Self { anna, ben, at_anna, relationship, goals: AtomicUsize::new(0), file }
    }

    pub(crate) fn plan(&self) -> Arc<Plan> {
        self.anna.home.plan(self.relationship).expect("a plan")
    }

    /// Anna's app reads and writes as if nobody were there.
    pub(crate) fn local_work_goes_on(&self) {
        let begun = Instant::now();
        let number = self.goals.fetch_add(1, Ordering::SeqCst);
        let plan = self.plan();
        let before = plan.goals(false).expect("a local read").len();
        let goal = NewGoal { title: format!("Goal {number}"), ..NewGoal::default() };
        plan.propose_goal(goal).expect("a local write");
        assert_eq!(plan.goals(false).expect("a local read").len(), before + 1);
        self.anna.home.journal().count().expect("the journal");
        assert!(begun.elapsed() < AT_ONCE, "local work waits for nobody");
        no_panic();
    }

    /// Does what somebody does who has got hold of Anna's key, while her own app stays out of it: else it and
    /// Ben's would call each other, and of two with the same key the newest counts.
    pub(crate) fn in_place_of_anna<T>(&self, work: impl FnOnce() -> T) -> T {
        self.anna.home.pause(self.relationship).expect("paused");
        let done = work();
        self.anna.home.resume(self.relationship).expect("it goes on");
        done
    }

    /// Ben's own app opens, and both come level.
    pub(crate) fn the_honest_exchange_works(&self) {
        let at_ben = online(&self.ben);
        let id = self.relationship;
        let (here, there) = wait_both(self.at_anna.exchange(id, 30), at_ben.exchange(id, 30));
        assert!(there.expect("an exchange").in_step);
        // Anna's call may still tell of the peer before; the next one does not.
        if here.is_err() {
            assert!(wait(self.at_anna.exchange(id, 30)).expect("an exchange").in_step);
        }
        let version = |device: &Device| device.home.plan(id).expect("a plan").version().expect("a version");
        assert!(version(&self.anna) == version(&self.ben));
        wait(at_ben.go_offline());
        self.anna.hears(|change| matches!(change, Change::Link { state: LinkState::Apart, .. }));
        no_panic();
    }

    /// A digest of all that lies in Anna's shared file, but for what the link notes for itself and what was set
    /// aside.
    pub(crate) fn tables(&self) -> [u8; 32] {
        let names = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name";
        let mut statement = self.file.prepare(names).expect("tables");
        let names = statement.query_map([], |row| row.get(0)).expect("tables");
        let names: Vec<String> = names.map(|name| name.expect("a name")).collect();
        let mut all = Sha256::new();
        for name in names.iter().filter(|name| !["set_aside", "device_address"].contains(&name.as_str())) {
            all.update(name);
            let mut statement = self.file.prepare(&format!("SELECT * FROM {name}")).expect("a table");
            let columns: Vec<String> = statement.column_names().map(str::to_owned).collect();
            let mut rows = statement.query([]).expect("rows");
            while let Some(row) = rows.next().expect("a row") {
                for (at, column) in columns.iter().enumerate() {
                    // How far the other says it has come, and when both were level last.
                    if !["confirmed", "in_step_at"].contains(&column.as_str()) {
                        match row.get_ref(at).expect("a value") {
                            ValueRef::Blob(bytes) | ValueRef::Text(bytes) => {
                                all.update(bytes.len().to_be_bytes());
                                all.update(bytes);
                            }
                            value => all.update(format!("{value:?}")),
                        }
                    }
                }
            }
        }
        all.finalize().into()
    }
}

/// Pairs two who are online.
pub(crate) fn pair(one: &Arc<Link>, other: &Arc<Link>) -> RelationshipId {
    let offer = wait(one.offer_pairing(WayOfMeeting::SameNetwork)).expect("an offer");
    let redeemed = wait(other.redeem(offer.ticket().expect("a ticket").text)).expect("redeemed");
    let how = Confirmation::NotCompared;
    let (here, there) = wait_both(offer.confirm(how), redeemed.confirm(how));
    there.expect("paired");
    here.expect("paired").id
}

pub(crate) fn secret_of(device: &Device) -> SecretKey {
    let secret: [u8; 32] = device
        .shared_file()
        .query_row("SELECT device_secret FROM profile", [], |row| row.get(0))
        .expect("a secret");
    SecretKey::from_bytes(&secret)
}

pub(crate) fn address_of(device: &Device) -> EndpointAddr {
    let (id, port): ([u8; 32], u16) = device
        .shared_file()
        .query_row("SELECT device, port FROM profile", [], |row| Ok((row.get(0)?, row.get(1)?)))
        .expect("a device");
    EndpointAddr::new(EndpointId::from_bytes(&id).expect("a key"))
        .with_ip_addr(SocketAddr::from((Ipv4Addr::LOCALHOST, port)))
}

/// Who somebody is, and with which keys.
pub(crate) fn person_of(device: &Device) -> Person {
    let id = device.shared_file().query_row("SELECT person FROM profile", [], |row| row.get(0));
    let secret = "SELECT secret FROM person_key ORDER BY number DESC LIMIT 1";
    let secret: [u8; 32] =
        device.private_file().query_row(secret, [], |row| row.get(0)).expect("a person's key");
    Person {
        id: id.expect("a person"),
        device: SigningKey::from_bytes(&secret_of(device).to_bytes()),
        key: SigningKey::from_bytes(&secret),
    }
}

/// From now on a panic in the core is noted, on whichever thread and whoever catches it.
fn listen_for_panics() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let before = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |panic| {
            if let Some(place) = panic.location().filter(|place| place.file().contains("core/src")) {
                PANICKED.lock().unwrap_or_else(PoisonError::into_inner).push(place.to_string());
            }
            before(panic);
        }));
    });
}

/// The core has not panicked anywhere.
pub(crate) fn no_panic() {
    let panicked = PANICKED.lock().unwrap_or_else(PoisonError::into_inner);
    assert!(panicked.is_empty(), "the core panicked at {panicked:?}");
}
