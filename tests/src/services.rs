//! Public services of the tests' own: a relay, and a place where devices publish at which relay they are. Each runs in
//! the network of the thread that starts it.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional,
};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::{Builder, Runtime};

use crate::needs::is_missing;

/// The most that a device may publish: what pkarr allows of a packet, with its signature and time.
const MOST: usize = 1_104;
/// How long a relay may take to begin.
const STARTING: Duration = Duration::from_secs(30);
/// How long somebody who connects may take to say something.
const PATIENCE: Duration = Duration::from_secs(5);

/// The program of the relay, where it is: beside the build (`tests/run` puts it there), or where cargo installs.
fn relay_program() -> Option<PathBuf> {
    let this = std::env::current_exe().ok()?;
    let target = this.ancestors().nth(3)?;
    let installed = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let installed = installed.or_else(|| Some(PathBuf::from(std::env::var_os("HOME")?).join(".cargo")));
    [Some(target.join("other")), installed]
        .into_iter()
        .flatten()
        .map(|folder| folder.join("bin/iroh-relay"))
        .find(|program| program.is_file())
}

/// Whether the relay's program is here. Where not, that is said aloud, or fails (see [`is_missing`]).
#[must_use]
pub fn has_relay_program() -> bool {
    let is_here = relay_program().is_some();
    if !is_here {
        let why = "it is not installed (cargo install iroh-relay --version 1.4.1 --features server)";
        is_missing("iroh-relay", why);
    }
    is_here
}

/// A relay, as a practice runs it: the program `iroh-relay`, without TLS.
pub struct Relay {
    address: SocketAddr,
    child: Child,
    _settings: TempDir,
}

impl Relay {
    /// Begins to relay at this address.
    ///
    /// # Panics
    /// When it cannot.
    #[must_use]
    pub fn start(at: SocketAddr) -> Self {
        Self::start_with(at, "")
    }

    /// Begins to relay at this address, and lets nobody in.
    ///
    /// # Panics
    /// When it cannot.
    #[must_use]
    pub fn start_closed(at: SocketAddr) -> Self {
        Self::start_with(at, "access.allowlist = []\n")
    }

    fn start_with(at: SocketAddr, more: &str) -> Self {
        let settings = tempfile::tempdir().expect("a folder");
        let file = settings.path().join("relay.toml");
        let text = format!("enable_relay = true\nenable_metrics = false\nhttp_bind_addr = \"{at}\"\n{more}");
        std::fs::write(&file, text).expect("settings");
        let mut child = Command::new(relay_program().expect("the relay's program"))
            .arg("--config-path")
            .arg(&file)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .expect("a relay");
        let deadline = Instant::now() + STARTING;
        while std::net::TcpStream::connect_timeout(&at, PATIENCE).is_err() {
            assert!(child.try_wait().expect("an answer").is_none(), "the relay ended at once");
            assert!(Instant::now() < deadline, "the relay does not answer");
            std::thread::yield_now();
        }
        Self { address: at, child, _settings: settings }
    }

    /// Where it is, as one tells the program.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Stands before a service at this machine, passes on what is said, and counts who comes.
pub struct Doorkeeper {
    address: SocketAddr,
    came: Arc<AtomicUsize>,
    runtime: Option<Runtime>,
}

impl Doorkeeper {
    /// Stands before the service at this address.
    ///
    /// # Panics
    /// When it cannot.
    #[must_use]
    pub fn before(service: SocketAddr) -> Self {
        let (runtime, listener, address) = listens((Ipv4Addr::LOCALHOST, 0).into());
        let came = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&came);
        runtime.spawn(async move {
            while let Ok((mut caller, _)) = listener.accept().await {
                counted.fetch_add(1, Ordering::SeqCst);
                tokio::spawn(async move {
                    let mut service = TcpStream::connect(service).await?;
                    copy_bidirectional(&mut caller, &mut service).await
                });
            }
        });
        Self { address, came, runtime: Some(runtime) }
    }

    /// Where one knocks.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// How many have come up to now.
    #[must_use]
    pub fn came(&self) -> usize {
        self.came.load(Ordering::SeqCst)
    }
}

impl Drop for Doorkeeper {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// Listens at an address, with a thread that is begun here and so in the network of whoever calls.
fn listens(at: SocketAddr) -> (Runtime, TcpListener, SocketAddr) {
    let runtime = Builder::new_multi_thread().worker_threads(1).enable_all().build().expect("a runtime");
    let listener = runtime.block_on(TcpListener::bind(at)).expect("an address");
    let address = listener.local_addr().expect("an address");
    (runtime, listener, address)
}

/// What devices have published, by their keys.
type Published = Arc<Mutex<HashMap<String, Vec<u8>>>>;

/// A place where devices publish where they are, and look it up: the part of a pkarr relay that they use.
pub struct LookUp {
    address: SocketAddr,
    published: Published,
    runtime: Option<Runtime>,
}

impl LookUp {
    /// Begins to answer at this address.
    ///
    /// # Panics
    /// When it cannot.
    #[must_use]
    pub fn start(at: SocketAddr) -> Self {
        let (runtime, listener, address) = listens(at);
        let published = Published::default();
        let held = Arc::clone(&published);
        runtime.spawn(async move {
            while let Ok((caller, _)) = listener.accept().await {
                // Whoever asks for something else goes away unanswered.
                tokio::spawn(tokio::time::timeout(PATIENCE, answer(caller, Arc::clone(&held))));
            }
        });
        Self { address, published, runtime: Some(runtime) }
    }

    /// Where it is, as one tells the program.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}/pkarr", self.address)
    }

    /// What was published up to now, by key.
    ///
    /// # Panics
    /// When one of its threads did.
    #[must_use]
    pub fn published(&self) -> HashMap<String, Vec<u8>> {
        held(&self.published).clone()
    }
}

impl Drop for LookUp {
    fn drop(&mut self) {
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

fn held(published: &Published) -> MutexGuard<'_, HashMap<String, Vec<u8>>> {
    published.lock().expect("what was published")
}

/// Answers one question: `PUT /pkarr/KEY` or `GET /pkarr/KEY`.
async fn answer(mut caller: TcpStream, published: Published) -> Option<()> {
    let mut said = BufReader::new((&mut caller).take(64 * 1024));
    let asked = line(&mut said).await?;
    let mut length = 0;
    loop {
        let header = line(&mut said).await?;
        if header.is_empty() {
            break;
        }
        if let Some(value) = header.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
    }
    let mut words = asked.split(' ');
    let (verb, key) = (words.next()?, words.next()?.strip_prefix("/pkarr/")?.to_owned());
    let (status, body) = match verb {
        "put" if length <= MOST => {
            let mut packet = vec![0; length];
            said.read_exact(&mut packet).await.ok()?;
            held(&published).insert(key, packet);
            ("204 No Content", Vec::new())
        }
        "get" => match held(&published).get(&key) {
            Some(packet) => ("200 OK", packet.clone()),
            None => ("404 Not Found", Vec::new()),
        },
        _ => ("400 Bad Request", Vec::new()),
    };
    let head = format!("HTTP/1.1 {status}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", body.len());
    caller.write_all(&[head.as_bytes(), &body].concat()).await.ok()
}

async fn line(said: &mut (impl AsyncBufRead + Unpin)) -> Option<String> {
    let mut line = String::new();
    said.read_line(&mut line).await.ok()?;
    Some(line.trim_end().to_ascii_lowercase())
}
