//! What carries exchanges between two devices: iroh (QUIC, TLS 1.3, device keys as addresses), or
//! memory in tests. It knows nothing of plans.

mod arrivals;
mod calling;
mod carry;
mod doorways;
mod enrol;
mod frames;
mod knocking;
mod line;
mod nearby;
mod network;
mod obstacles;
mod pair;
mod peer;
mod preface;
mod progress;
mod seldom;
mod standing;
#[cfg(test)]
mod tests;
mod together;
mod whereabouts;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::watch;

pub use self::doorways::{OnlineOptions, PublicServices, Reach};
use self::network::Network;
pub(crate) use self::obstacles::while_offline;
pub use self::obstacles::{Meeting, Obstacle};
use crate::exchange::{Position, Replica, Shelf, Terms};
use crate::id::{GoalId, RelationshipId};
use crate::relationship::device_list::SignedDeviceList;
use crate::relationship::key::PublicKey;
use crate::relationship::ticket::{Again, Ticket};
use crate::relationship::{Pairing, WayOfMeeting};
pub use crate::shared::LinkState;
use crate::shared::Shared;
use crate::{Error, Result};
pub use progress::ExchangeProgress;
pub(crate) use together::Seat;

/// How long ending may hold up whoever shuts the home.
const ENDING: Duration = Duration::from_secs(6);
/// How long the link's threads may go on once all else has ended.
const LAST_TASKS: Duration = Duration::from_secs(1);

/// What the link carries, as far as it needs to know.
pub(crate) trait Carried: Send + Sync {
    /// This device's copy of what a relationship shares, for an exchange with this device of the other person.
    fn replica(&self, relationship: RelationshipId, other: PublicKey) -> Result<Box<dyn Replica + Send>>;

    /// What lies beside the plan of a relationship.
    fn shelf(&self, relationship: RelationshipId) -> Result<Box<dyn Shelf + Send>>;

    /// What this device says of itself at the beginning of an exchange.
    fn terms(&self, relationship: RelationshipId) -> Result<Terms>;

    /// How far the other device has got, as it says itself.
    fn other_has(&self, relationship: RelationshipId, positions: &[Position]) -> Result<()>;

    /// Does `work`, which changes who the two of these relationships are, while nothing is taken in or written there.
    fn while_still(
        &self,
        relationships: &[RelationshipId],
        work: &mut dyn FnMut() -> Result<()>,
    ) -> Result<()>;

    /// The same, while nothing is taken in or written anywhere.
    fn while_all_still(&self, work: &mut dyn FnMut() -> Result<()>) -> Result<()>;

    /// Has the person's key sign a list of devices above the one that is held elsewhere, as noted. Answers whether it
    /// could: not while the journal is locked.
    fn certify_again(&self) -> Result<bool>;

    /// Has the person's key sign that this is a device of the person whom a ticket brings back.
    fn list_as(&self, again: &Again) -> Result<SignedDeviceList>;

    /// The profile has taken over a person's id; the private file is to follow.
    fn has_come_back(&self);

    /// Both came in step, which is written down. What the person's key has to sign now is signed, or once the journal
    /// is unlocked.
    fn came_in_step(&self, relationship: RelationshipId);
}

/// What an exchange did.
#[derive(Debug, Clone, PartialEq, Eq, Default, serde::Serialize, uniffi::Record)]
pub struct ExchangeReport {
    /// Changes that came.
    pub received: u32,
    /// Changes that went.
    pub sent: u32,
    /// Changes that came and were refused.
    pub refused_here: u32,
    /// Changes of ours that the other refused.
    pub refused_there: u32,
    /// Goals that changed here.
    pub goals: Vec<GoalId>,
    /// Whether both are level now.
    pub in_step: bool,
    /// Bytes received, as they came over the wire.
    pub bytes_received: u64,
    /// Bytes sent.
    pub bytes_sent: u64,
}

/// Which way a frame went.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum Direction {
    /// To this device.
    Received,
    /// From this device.
    Sent,
}

/// Sees every frame, inflated, so that anyone can check what comes and goes. Off unless asked for.
#[uniffi::export(foreign)]
pub trait FrameObserver: Send + Sync {
    /// One frame's content after decompression.
    ///
    /// # Errors
    /// What is returned is ignored.
    fn on_frame(&self, relationship: RelationshipId, direction: Direction, inflated: Vec<u8>) -> Result<()>;
}

/// This device's place on the network. It has threads of its own, so its calls can be awaited
/// anywhere, also on the main thread; one whose result nobody waits for any more still runs to its end. What does not suspend
/// only looks something up in memory.
#[derive(uniffi::Object)]
pub struct Link {
    network: Arc<Network>,
    /// Taken by whoever ends it, and dropped when it has ended.
    running: Mutex<Option<Running>>,
    gone: Gone,
}

/// The link's own threads, and what tells that they and the port are free.
struct Running {
    runtime: Runtime,
    here: watch::Sender<()>,
}

/// Tells when a link has ended and its port is free.
#[derive(Clone)]
pub(crate) struct Gone(watch::Receiver<()>);

impl Gone {
    /// Returns once it has.
    async fn wait(mut self) {
        // Nothing is ever sent: the sender goes away with what it stands for.
        while self.0.changed().await.is_ok() {}
    }
}

impl Link {
    /// Goes online, once a former link that is ending has given its port free.
    pub(crate) async fn start(
        shared: Arc<Shared>,
        carried: Arc<dyn Carried>,
        options: OnlineOptions,
        former: Option<Gone>,
    ) -> Result<Arc<Self>> {
        let runtime = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(2)
            .thread_name("common-ground-link")
            .enable_all()
            .build()?;
        let (here, gone) = watch::channel(());
        // Held by the guard from here on: a runtime must not be dropped where this may be awaited.
        let running = Ending(Some(Running { runtime, here }));
        let starting = running.spawn(async move {
            if let Some(former) = former {
                let _ = tokio::time::timeout(ENDING, former.wait()).await;
            }
            Network::start(shared, carried, options).await
        });
        let network =
            starting.ok_or(Error::Closed)?.await.unwrap_or_else(|_| Err(Error::internal("going online")))?;
        Ok(Arc::new(Self { network, running: Mutex::new(running.keep()), gone: Gone(gone) }))
    }

    /// Runs `work` on the link's own threads.
    async fn run<T: Send + 'static>(
        &self,
        work: impl Future<Output = Result<T>> + Send + 'static,
    ) -> Result<T> {
        let work = {
            let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
            running.as_ref().ok_or(Error::Closed)?.runtime.spawn(work)
        };
        // It is cut off only by going offline.
        work.await.unwrap_or(Err(Error::Closed))
    }

    /// Tells when this link has ended.
    pub(crate) fn gone(&self) -> Gone {
        self.gone.clone()
    }

    /// Whether it has gone offline.
    pub(crate) fn is_closed(&self) -> bool {
        self.network.is_offline()
    }

    /// The way in which a relationship meets is another one now.
    pub(crate) fn ways_changed(&self, relationship: RelationshipId) {
        self.network.unsettled.notify_one();
        if let Some(peer) = self.network.known_peer(relationship) {
            peer.moved();
        }
    }

    async fn rest(&self, is_resting: bool) {
        let network = Arc::clone(&self.network);
        // It fails only when this device is offline.
        let _ = self
            .run(async move {
                network.rest(is_resting).await;
                Ok(())
            })
            .await;
    }

    /// As [`Link::meeting`], for whoever can wait.
    pub(crate) fn meeting_now(&self, relationship: RelationshipId) -> Result<Meeting> {
        let (done, wait) = std::sync::mpsc::channel();
        let network = Arc::clone(&self.network);
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        running.as_ref().ok_or(Error::Closed)?.runtime.spawn(async move {
            // It fails only when nobody waits any more.
            let _ = done.send(obstacles::meeting(&network, relationship).await);
        });
        drop(running);
        wait.recv_timeout(ENDING).unwrap_or(Err(Error::Closed))
    }

    /// Goes offline and waits for it, in bounded time.
    pub(crate) fn stop(&self) {
        let (done, wait) = std::sync::mpsc::channel::<()>();
        // An error means that it has ended: the sender is gone.
        self.stop_aside(move || drop(done));
        let _ = wait.recv_timeout(ENDING);
    }

    /// Goes offline on a thread of its own: neither an async caller nor one of the link's own threads
    /// may wait for the threads to end.
    fn stop_aside(&self, then: impl FnOnce() + Send + 'static) {
        let running = self.running.lock().unwrap_or_else(PoisonError::into_inner).take();
        let Some(Running { runtime, here }) = running else { return };
        let network = Arc::clone(&self.network);
        aside(move || {
            runtime.block_on(network.stop());
            // The port is free when the last task that holds it is dropped.
            runtime.shutdown_timeout(LAST_TASKS);
            drop(here);
            then();
        });
    }
}

/// How the two will meet who pair by this ticket, so that the person can agree before anybody is contacted.
///
/// # Errors
/// [`crate::Error::Pairing`] for what is no ticket.
#[uniffi::export]
pub fn way_of_ticket(ticket: &str) -> Result<WayOfMeeting> {
    Ok(Ticket::read(ticket)?.way)
}

/// Runs what must not run on an async caller's thread.
fn aside(work: impl FnOnce() + Send + 'static) {
    // Where there is no thread to be had, the system ends the link with the process.
    let _ = std::thread::Builder::new().name("common-ground-stop".to_owned()).spawn(work);
}

/// Ends what runs when it is dropped before it is kept, also by a caller who gives up waiting.
struct Ending(Option<Running>);

impl Ending {
    fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Option<tokio::task::JoinHandle<T>> {
        self.0.as_ref().map(|running| running.runtime.spawn(work))
    }

    fn keep(mut self) -> Option<Running> {
        self.0.take()
    }
}

impl Drop for Ending {
    fn drop(&mut self) {
        if let Some(Running { runtime, here }) = self.0.take() {
            aside(move || {
                runtime.shutdown_timeout(LAST_TASKS);
                drop(here);
            });
        }
    }
}

#[uniffi::export]
impl Link {
    /// Opens a ticket for another person to pair with, to meet in this way from then on. One at a time: an earlier
    /// one closes. The services of the way are contacted now, if it has any.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for what is no address of a relay, [`crate::Error::Closed`].
    pub async fn offer_pairing(&self, way: WayOfMeeting) -> Result<Arc<Pairing>> {
        self.run(pair::offer(Arc::clone(&self.network), way)).await
    }

    /// Opens a ticket for the other person of a relationship, who lost their device and every backup and comes with a new
    /// profile. Once both have confirmed the words, that profile is theirs again under the id they had: their new key and
    /// device count from then on, and of the former ones what this device holds by then. The two go on meeting in the way
    /// that this person has chosen.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`] for a relationship that is not there or over; [`crate::Error::Closed`].
    pub async fn offer_pairing_again(&self, relationship: RelationshipId) -> Result<Arc<Pairing>> {
        self.run(pair::offer_again(Arc::clone(&self.network), relationship)).await
    }

    /// Takes up somebody's ticket. The relay or the public services of its way are contacted now: show the person
    /// [`way_of_ticket`] before. One that brings the owner of this profile back needs the journal unlocked.
    ///
    /// # Errors
    /// [`crate::Error::Locked`], [`crate::Error::Pairing`], [`crate::Error::Unreachable`], [`crate::Error::Closed`].
    pub async fn redeem(&self, ticket: String) -> Result<Arc<Pairing>> {
        self.run(pair::redeem(Arc::clone(&self.network), ticket)).await
    }

    /// Brings the two plans level with the other device, which must be online too, and stays connected:
    /// edits then flow at once. Waits up to `patience_seconds` for the other device. After a cut the connection is
    /// made again where something waits to go; who wants to stay connected asks again. The report is of all that
    /// came and went since the last one.
    ///
    /// # Errors
    /// [`crate::Error::Unreachable`], [`crate::Error::Exchange`], [`crate::Error::NotFound`], [`crate::Error::Closed`].
    #[uniffi::method(default(patience_seconds = 30))]
    pub async fn exchange(
        &self,
        relationship: RelationshipId,
        patience_seconds: u32,
    ) -> Result<ExchangeReport> {
        let patience = Duration::from_secs(patience_seconds.into());
        self.run(peer::exchange(Arc::clone(&self.network), relationship, patience)).await
    }

    /// How the link to a device stands.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] for what is no id; only other languages can give such a thing.
    pub fn state(&self, relationship: RelationshipId) -> Result<LinkState> {
        Ok(self.network.known_peer(relationship).map_or(LinkState::Apart, |peer| peer.state()))
    }

    /// How the two of a relationship stand with meeting each other, and what is in the way.
    ///
    /// # Errors
    /// [`crate::Error::NotFound`], [`crate::Error::Closed`].
    pub async fn meeting(&self, relationship: RelationshipId) -> Result<Meeting> {
        let network = Arc::clone(&self.network);
        self.run(async move { obstacles::meeting(&network, relationship).await }).await
    }

    /// The platform says that the network is another one, or may be. Where the system tells it by itself this does
    /// no harm.
    pub async fn network_changed(&self) {
        let network = Arc::clone(&self.network);
        // It fails only when this device is offline.
        let _ = self
            .run(async move {
                network.network_changed().await;
                Ok(())
            })
            .await;
    }

    /// The app goes to the background: says goodbye to everyone once what is under way is done, at the latest after
    /// ten seconds, and calls nobody any more. An exchange that is asked for still takes place.
    pub async fn to_background(&self) {
        self.rest(true).await;
    }

    /// The app is back, perhaps on another network.
    pub async fn to_foreground(&self) {
        self.rest(false).await;
    }

    /// Shows every frame to `observer` from now on, or to nobody.
    pub fn watch_frames(&self, observer: Option<Arc<dyn FrameObserver>>) {
        self.network.frames.set(observer);
    }

    /// Says goodbye to everyone and stops listening.
    pub async fn go_offline(&self) {
        self.stop_aside(|| {});
        self.gone.clone().wait().await;
    }
}

impl Drop for Link {
    fn drop(&mut self) {
        self.stop_aside(|| {});
    }
}
