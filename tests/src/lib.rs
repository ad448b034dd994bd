//! What the tests share: devices in temporary folders, a clock that can be set, and waiting for news.

pub mod forwarder;
pub mod needs;
#[cfg(target_os = "linux")]
pub mod netns;
#[cfg(target_os = "linux")]
pub mod netns_world;
#[cfg(target_os = "linux")]
pub mod program;
pub mod scenario;
pub mod scenario_in_process;
pub mod services;

use std::collections::HashMap;
use std::future::Future;
use std::io::Write as _;
use std::pin::pin;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Context, Poll, Wake, Waker};
use std::thread::Thread;
use std::time::{Duration, Instant as Deadline};

use common_ground::clock::{Instant, RealWorld, Surroundings};
use common_ground::home::{Change, CommonGround, KeyName, KeyVault, NewProfile, Observer, Subscription};
use common_ground::keeping::{BackupKey, BackupSecret, restore_backup};
use common_ground::relationship::Role;
use common_ground::{Error, Result};

/// After how long a test says that what it waits for does not come.
const PATIENCE: Duration = Duration::from_secs(60);

/// Says that something could not be tried here: past the test harness, which keeps to itself what a test that
/// passes prints, and into the file that `COMMON_GROUND_NOT_RUN` names, from which `tests/run` takes its summary.
///
/// # Panics
/// When that file cannot be written.
pub fn not_run(what: &str, why: &str) {
    let why = why.split_whitespace().collect::<Vec<_>>().join(" ");
    std::io::stderr().write_all(format!("\nNOT RUN: {what}: {why}\n").as_bytes()).expect("a terminal");
    if let Some(list) = std::env::var_os("COMMON_GROUND_NOT_RUN") {
        let mut list = std::fs::File::options().append(true).create(true).open(list).expect("a list");
        list.write_all(format!("{what}\t{why}\n").as_bytes()).expect("a list");
    }
}

/// A vault in memory.
#[derive(Default)]
pub struct Vault(Mutex<HashMap<KeyName, Vec<u8>>>);

impl KeyVault for Vault {
    fn load(&self, name: KeyName) -> Result<Option<Vec<u8>>> {
        Ok(self.0.lock().expect("keys").get(&name).cloned())
    }

    fn keep(&self, name: KeyName, key: Vec<u8>) -> Result<()> {
        self.0.lock().expect("keys").insert(name, key);
        Ok(())
    }

    fn forget(&self, name: KeyName) -> Result<()> {
        self.0.lock().expect("keys").remove(&name);
        Ok(())
    }
}

/// The real world, with a clock that can be put forward.
#[derive(Default)]
pub struct Clock {
    ahead_seconds: AtomicI64,
    seeded: Option<Seeded>,
}

/// A world in which nothing is left to chance.
struct Seeded {
    seed: u64,
    millis: AtomicI64,
    draws: AtomicU64,
}

impl Clock {
    /// A world in which every run goes the same way: it begins at one moment of 2026, goes on by a millisecond
    /// with every question, and what is random comes from the seed.
    #[must_use]
    pub fn seeded(seed: u64) -> Self {
        let (millis, draws) = (AtomicI64::new(1_777_824_131_250), AtomicU64::new(0));
        Self { seeded: Some(Seeded { seed, millis, draws }), ..Self::default() }
    }

    /// Puts the clock forward.
    pub fn pass(&self, seconds: i64) {
        self.ahead_seconds.fetch_add(seconds, Ordering::SeqCst);
    }
}

impl Surroundings for Clock {
    fn now(&self) -> Instant {
        let now = self.seeded.as_ref().map_or_else(
            || RealWorld.now(),
            |world| {
                let millis = world.millis.fetch_add(1, Ordering::SeqCst);
                Instant::from_timestamp_millis(millis).expect("a moment")
            },
        );
        now + chrono::TimeDelta::seconds(self.ahead_seconds.load(Ordering::SeqCst))
    }

    fn zone(&self) -> chrono_tz::Tz {
        chrono_tz::Europe::Berlin
    }

    fn fill_random(&self, bytes: &mut [u8]) -> Result<()> {
        let Some(world) = &self.seeded else { return RealWorld.fill_random(bytes) };
        let mut state = splitmix(world.seed) ^ splitmix(world.draws.fetch_add(1, Ordering::SeqCst));
        for byte in bytes {
            state = splitmix(state);
            *byte = state.to_le_bytes()[7];
        }
        Ok(())
    }
}

/// One step of `SplitMix64`, a generator of numbers that look random.
#[must_use]
pub fn splitmix(state: u64) -> u64 {
    let mut mixed = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    mixed = (mixed ^ mixed >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ mixed >> 31
}

/// A device: a home in a temporary folder, and all that it told.
pub struct Device {
    /// The home, open.
    pub home: Arc<CommonGround>,
    /// Its clock.
    pub clock: Arc<Clock>,
    news: Mutex<mpsc::Receiver<Change>>,
    vault: Arc<Vault>,
    folder: tempfile::TempDir,
    _subscription: Arc<Subscription>,
}

/// A device whose app is closed.
pub struct Closed {
    folder: tempfile::TempDir,
    keys: HashMap<KeyName, Vec<u8>>,
}

impl Closed {
    /// Where it lies and with which keys, in words that can be handed to another process.
    ///
    /// # Panics
    /// When its folder has no name in UTF-8.
    #[must_use]
    pub fn in_words(&self) -> String {
        let hex = |name| self.keys[&name].iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let folder = self.folder.path().to_str().expect("a folder");
        format!("{} {} {folder}", hex(KeyName::Private), hex(KeyName::Shared))
    }
}

/// Opens a home that was closed in another process, by what [`Closed::in_words`] says of it.
///
/// # Panics
/// When it cannot.
#[must_use]
pub fn open_apart(words: &str) -> Arc<CommonGround> {
    let mut words = words.splitn(3, ' ');
    let mut next = || words.next().expect("a word");
    let key = |hex: &str| -> Vec<u8> {
        let byte = |at: usize| u8::from_str_radix(&hex[at..at + 2], 16).expect("hexadecimal");
        (0..hex.len()).step_by(2).map(byte).collect()
    };
    let keys = HashMap::from([(KeyName::Private, key(next())), (KeyName::Shared, key(next()))]);
    let vault = Arc::new(Vault(Mutex::new(keys)));
    CommonGround::open_in(next(), vault as _, Arc::new(Clock::default()) as _).expect("a home")
}

/// A backup of a device, and the words that open it.
pub struct Backup {
    folder: tempfile::TempDir,
    words: String,
}

impl Backup {
    /// The same person on another device, which has nothing but this backup.
    ///
    /// # Panics
    /// When it cannot be brought back.
    #[must_use]
    pub fn restored(&self) -> Device {
        let folder = tempfile::tempdir().expect("a folder");
        let (vault, clock) = (Arc::new(Vault::default()), Arc::new(Clock::default()));
        let path = |path: &std::path::Path| path.to_str().expect("a path").to_owned();
        let secret = BackupSecret::RecoveryWords { words: self.words.clone() };
        let file = path(&self.folder.path().join("backup.age"));
        restore_backup(file, secret, path(folder.path()), Arc::clone(&vault) as _, None).expect("restored");
        let home = CommonGround::open_in(folder.path(), Arc::clone(&vault) as _, Arc::clone(&clock) as _)
            .expect("a home");
        Device::around(home, clock, vault, folder)
    }
}

struct Told(Mutex<mpsc::Sender<Change>>);

impl Observer for Told {
    fn on_change(&self, change: Change) -> Result<()> {
        self.0.lock().expect("a sender").send(change).map_err(|_| Error::Closed)
    }
}

impl Device {
    /// A new device of a new person.
    pub fn new(role: Role, name: &str) -> Self {
        Self::in_world(role, name, Clock::default())
    }

    /// A new device of a new person, in a world of its own.
    pub fn in_world(role: Role, name: &str, world: Clock) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let (vault, clock) = (Arc::new(Vault::default()), Arc::new(world));
        let profile = NewProfile { role, display_name: name.to_owned() };
        let home = CommonGround::create_in(
            folder.path(),
            Arc::clone(&vault) as _,
            &profile,
            Arc::clone(&clock) as _,
        )
        .expect("a home");
        Self::around(home, clock, vault, folder)
    }

    /// The same device after its app was closed and opened again.
    pub fn restarted(self) -> Self {
        self.home.shut();
        let Self { clock, vault, folder, .. } = self;
        let home = CommonGround::open_in(folder.path(), Arc::clone(&vault) as _, Arc::clone(&clock) as _)
            .expect("a home");
        Self::around(home, clock, vault, folder)
    }

    /// Opens the device of an app that was closed.
    ///
    /// # Panics
    /// When it cannot.
    #[must_use]
    pub fn open(closed: Closed) -> Self {
        let Closed { folder, keys } = closed;
        let (vault, clock) = (Arc::new(Vault(Mutex::new(keys))), Arc::new(Clock::default()));
        let home = CommonGround::open_in(folder.path(), Arc::clone(&vault) as _, Arc::clone(&clock) as _)
            .expect("a home");
        Self::around(home, clock, vault, folder)
    }

    /// A backup of all that is on the device.
    ///
    /// # Panics
    /// When it cannot be made.
    #[must_use]
    pub fn backup(&self) -> Backup {
        let words = self.home.new_recovery_kit().expect("a kit").words.join(" ");
        self.home.use_recovery_kit(words.clone()).expect("in use");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("backup.age").to_str().expect("a path").to_owned();
        self.home.make_backup(file, BackupKey::RecoveryKit, false, None).expect("a backup");
        Backup { folder, words }
    }

    /// Closes the app. What is left is what another process needs to open it.
    ///
    /// # Panics
    /// When it cannot.
    #[must_use]
    pub fn closed(self) -> Closed {
        self.home.shut();
        let keys = self.vault.0.lock().expect("keys").clone();
        Closed { folder: self.folder, keys }
    }

    /// Opens the shared file as another program would that has its key.
    ///
    /// # Panics
    /// When it cannot.
    #[must_use]
    pub fn shared_file(&self) -> rusqlite::Connection {
        self.file(KeyName::Shared, "shared.db")
    }

    /// Opens the private file in the same way.
    ///
    /// # Panics
    /// When it cannot.
    #[must_use]
    pub fn private_file(&self) -> rusqlite::Connection {
        self.file(KeyName::Private, "private.db")
    }

    fn file(&self, key: KeyName, name: &str) -> rusqlite::Connection {
        let key = self.vault.load(key).expect("a vault").expect("a key");
        let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        let file = rusqlite::Connection::open(self.folder.path().join(name)).expect("a file");
        file.execute_batch(&format!("PRAGMA key = \"x'{key}'\"")).expect("the key");
        file
    }

    fn around(
        home: Arc<CommonGround>,
        clock: Arc<Clock>,
        vault: Arc<Vault>,
        folder: tempfile::TempDir,
    ) -> Self {
        let (told, news) = mpsc::channel();
        let subscription = home.subscribe(Arc::new(Told(Mutex::new(told))));
        Self { home, clock, news: Mutex::new(news), vault, folder, _subscription: subscription }
    }

    /// Waits until the device tells of such a change; what it told before that is passed over.
    ///
    /// # Panics
    /// When it does not come.
    pub fn hears(&self, what: impl Fn(&Change) -> bool) -> Change {
        let news = self.news.lock().expect("news");
        let deadline = Deadline::now() + PATIENCE;
        loop {
            let left = deadline.saturating_duration_since(Deadline::now());
            let change = news.recv_timeout(left).expect("the news that this test waits for");
            if what(&change) {
                return change;
            }
        }
    }
}

struct Unpark(Thread);

impl Wake for Unpark {
    fn wake(self: Arc<Self>) {
        self.0.unpark();
    }
}

/// Waits for a future without any runtime: the core's calls must not need one.
///
/// # Panics
/// When it takes too long.
pub fn wait<T>(future: impl Future<Output = T>) -> T {
    let mut future = pin!(future);
    let waker = Waker::from(Arc::new(Unpark(std::thread::current())));
    let deadline = Deadline::now() + PATIENCE;
    loop {
        if let Poll::Ready(value) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return value;
        }
        let left = deadline.saturating_duration_since(Deadline::now());
        assert!(!left.is_zero(), "what this test waits for does not come");
        std::thread::park_timeout(left);
    }
}

/// Waits for two futures that need each other, each on a thread of its own.
///
/// # Panics
/// When one takes too long.
pub fn wait_both<A: Send, B: Send>(
    a: impl Future<Output = A> + Send,
    b: impl Future<Output = B> + Send,
) -> (A, B) {
    std::thread::scope(|scope| {
        let a = scope.spawn(|| wait(a));
        let b = wait(b);
        (a.join().expect("the other thread"), b)
    })
}
