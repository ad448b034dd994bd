//! One of the two devices of the demo: a home of its own, its keys, and what comes over its link.

use std::path::{Path, PathBuf};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use common_ground::home::{Change, CommonGround, KeyVault, NewProfile, Observer, Subscription};
use common_ground::id::RelationshipId;
use common_ground::link::{Direction, FrameObserver, Link, Reach};
use common_ground::plan::Plan;
use common_ground::relationship::{Relationship, Role};

use crate::desk::{Desk, path_text};
use crate::failure::{Exit, Failure};
use crate::folders::make_private;
use crate::keys::KeyFile;
use crate::words::say;

/// How long the demo waits for something that takes milliseconds.
const PATIENCE: Duration = Duration::from_secs(20);

/// Keeps every frame that was received, inflated.
#[derive(Default)]
pub(super) struct Frames(Mutex<Vec<Vec<u8>>>);

impl Frames {
    pub(super) fn received(&self) -> Vec<Vec<u8>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl FrameObserver for Frames {
    fn on_frame(
        &self,
        _: RelationshipId,
        direction: Direction,
        inflated: Vec<u8>,
    ) -> common_ground::Result<()> {
        if direction == Direction::Received {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).push(inflated);
        }
        Ok(())
    }
}

/// Wakes whoever waits for a change.
struct Bell(Sender<()>);

impl Observer for Bell {
    fn on_change(&self, _: Change) -> common_ground::Result<()> {
        // Nobody waits once the demo is over.
        let _ = self.0.send(());
        Ok(())
    }
}

/// A device: one person's home on this machine.
pub(super) struct Device {
    pub(super) name: String,
    pub(super) data: PathBuf,
    pub(super) keys: Arc<KeyFile>,
    pub(super) home: Arc<CommonGround>,
    pub(super) frames: Arc<Frames>,
    link: Option<Arc<Link>>,
    bell: Receiver<()>,
    _subscription: Arc<Subscription>,
}

impl Device {
    /// Makes a profile in `folder`.
    pub(super) fn make(desk: &Desk, folder: &Path, role: Role, name: &str) -> Result<Self, Failure> {
        let data = folder.join("data");
        make_private(&data).map_err(|error| Failure::file(&desk.words, &data, &error))?;
        let keys = KeyFile::new(&folder.join("config/keys.json"), None);
        let keys = Arc::new(keys.map_err(|failure| desk.key_failure(failure))?);
        let profile = NewProfile { role, display_name: name.to_owned() };
        let home = CommonGround::create(path_text(&data), keys.clone() as Arc<dyn KeyVault>, profile)?;
        let (subscription, bell) = listen(&home);
        let name = name.to_owned();
        let frames = Arc::default();
        Ok(Self { name, data, keys, home, frames, link: None, bell, _subscription: subscription })
    }

    /// Opens the home again after [`close`].
    pub(super) fn open(&mut self) -> Result<(), Failure> {
        self.home = CommonGround::open(path_text(&self.data), self.keys.clone() as Arc<dyn KeyVault>)?;
        (self._subscription, self.bell) = listen(&self.home);
        Ok(())
    }

    /// Listens on the loopback.
    pub(super) fn go_online(&mut self, desk: &Desk) -> Result<Arc<Link>, Failure> {
        let link = desk.wait(self.home.go_online(Reach::ThisMachine))??;
        link.watch_frames(Some(self.frames.clone() as Arc<dyn FrameObserver>));
        self.link = Some(link.clone());
        Ok(link)
    }

    pub(super) fn go_offline(&mut self, desk: &Desk) -> Result<(), Failure> {
        match self.link.take() {
            Some(link) => desk.wait(link.go_offline()),
            None => Ok(()),
        }
    }

    /// The link, while online.
    pub(super) fn link(&self) -> Result<Arc<Link>, Failure> {
        Ok(self.link.clone().ok_or(common_ground::Error::Closed)?)
    }

    /// The one relationship of this device.
    pub(super) fn relationship(&self) -> Result<Relationship, Failure> {
        let one = self.home.relationships()?.into_iter().next();
        Ok(one.ok_or(common_ground::Error::NotFound { what: common_ground::error::Thing::Relationship })?)
    }

    /// The plan as this device has it.
    pub(super) fn plan(&self) -> Result<Arc<Plan>, Failure> {
        Ok(self.home.plan(self.relationship()?.id)?)
    }

    /// The heads of the plan, as text.
    pub(super) fn heads(&self) -> Result<String, Failure> {
        Ok(self.plan()?.version()?.to_string())
    }

    /// Waits until `seen` is so, woken by every change on this device. Returns how long it took.
    pub(super) fn wait_until(
        &self,
        desk: &Desk,
        mut seen: impl FnMut() -> Result<bool, Failure>,
    ) -> Result<Duration, Failure> {
        let began = Instant::now();
        while !seen()? {
            let left = PATIENCE.saturating_sub(began.elapsed());
            if left.is_zero() {
                let name = self.name.as_str();
                return Err(Failure::told(
                    Exit::Failed,
                    say!(desk.words, "demo-waited-in-vain", "name" => name),
                ));
            }
            // A change may have come between looking and listening: look again before long.
            let _ = self.bell.recv_timeout(left.min(Duration::from_millis(50)));
        }
        Ok(began.elapsed())
    }
}

/// Takes both devices off the network, at the same time as two people who part, and closes their files.
pub(super) fn close(desk: &Desk, devices: [&mut Device; 2]) -> Result<(), Failure> {
    let [one, other] = devices;
    if let (Some(here), Some(there)) = (one.link.take(), other.link.take()) {
        desk.wait(async { tokio::join!(here.go_offline(), there.go_offline()) })?;
    }
    one.home.shut();
    other.home.shut();
    Ok(())
}

fn listen(home: &Arc<CommonGround>) -> (Arc<Subscription>, Receiver<()>) {
    let (ring, bell) = channel();
    (home.subscribe(Arc::new(Bell(ring))), bell)
}
