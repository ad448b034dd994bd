//! The stage of one process: two homes by their exported surface, over the loopback.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use common_ground::Result;
use common_ground::id::RelationshipId;
use common_ground::link::{Direction, FrameObserver, Link, Reach};
use common_ground::relationship::{Confirmation, Role, TERMS_VERSION, WayOfMeeting};
use common_ground_tests::scenario::{Act, Shown, Stage, Who, suite};
use common_ground_tests::{Device, scenario_in_process, wait, wait_both};

/// How many seconds one waits for the other.
const PATIENCE: u32 = 60;

struct Loopback {
    devices: [Option<Device>; 2],
    relationship: RelationshipId,
}

/// Counts the frames of one side.
#[derive(Default)]
struct Count(AtomicU32);

impl FrameObserver for Count {
    fn on_frame(&self, _: RelationshipId, _: Direction, _: Vec<u8>) -> Result<()> {
        self.0.fetch_add(1, Ordering::SeqCst);
        Ok(())
    }
}

fn online(device: &Device) -> Arc<Link> {
    wait(device.home.go_online(Reach::ThisMachine)).unwrap()
}

impl Loopback {
    fn paired() -> Self {
        let device = |who: Who, role| Device::new(role, who.name());
        let devices = [device(Who::Client, Role::Client), device(Who::Therapist, Role::Therapist)];
        let [client, therapist] = [online(&devices[0]), online(&devices[1])];
        let offer = wait(therapist.offer_pairing(WayOfMeeting::SameNetwork)).unwrap();
        let redeemed = wait(client.redeem(offer.ticket().unwrap().text)).unwrap();
        wait_both(redeemed.code(), offer.code()).0.unwrap();
        let (paired, _) = wait_both(
            redeemed.confirm(Confirmation::Compared { read_terms: TERMS_VERSION }),
            offer.confirm(Confirmation::Compared { read_terms: TERMS_VERSION }),
        );
        wait_both(client.go_offline(), therapist.go_offline());
        Self { relationship: paired.unwrap().id, devices: devices.map(Some) }
    }

    fn device(&self, who: Who) -> &Device {
        self.devices[usize::from(who == Who::Therapist)].as_ref().unwrap()
    }

    /// Both go online, do this, and go offline again.
    fn meet<T>(&self, what: impl FnOnce(&[Arc<Link>; 2]) -> T) -> T {
        let links = Who::BOTH.map(|who| online(self.device(who)));
        let done = what(&links);
        wait_both(links[0].go_offline(), links[1].go_offline());
        done
    }
}

impl Stage for Loopback {
    fn does(&mut self, who: Who, act: &Act) {
        scenario_in_process::act(&self.device(who).home, self.relationship, who, act);
    }

    fn exchange(&mut self) {
        let id = self.relationship;
        let (here, there) =
            self.meet(|[one, two]| wait_both(one.exchange(id, PATIENCE), two.exchange(id, PATIENCE)));
        assert!(here.unwrap().in_step && there.unwrap().in_step);
    }

    /// The client leaves after so many frames.
    fn cut_after(&mut self, count: u32) {
        let id = self.relationship;
        self.meet(|[client, therapist]| {
            let seen = Arc::new(Count::default());
            client.watch_frames(Some(Arc::clone(&seen) as _));
            let tries: Vec<_> = [client, therapist]
                .into_iter()
                .map(|link| {
                    let link = Arc::clone(link);
                    std::thread::spawn(move || wait(link.exchange(id, PATIENCE)).is_ok())
                })
                .collect();
            while seen.0.load(Ordering::SeqCst) < count && !tries.iter().all(|one| one.is_finished()) {
                std::thread::yield_now();
            }
        });
    }

    fn restarts(&mut self, who: Who) {
        let place = &mut self.devices[usize::from(who == Who::Therapist)];
        *place = place.take().map(Device::restarted);
    }

    fn shows(&mut self, who: Who) -> Shown {
        scenario_in_process::shown(&self.device(who).home, self.relationship, who)
    }
}

#[test]
fn over_the_loopback_the_suite_is_played() {
    let mut stage = Loopback::paired();
    for scenario in suite() {
        scenario.play(&mut stage);
    }
}
