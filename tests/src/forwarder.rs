//! A small forwarder of datagrams between two devices: it delays, reorders, loses and cuts as it is told. It needs no
//! rights, and stands in for what this kernel may not have (`netem`).

use std::cmp::Reverse;
use std::collections::BinaryHeap;
use std::net::{IpAddr, SocketAddr, UdpSocket};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use crate::splitmix;

/// How often the threads look whether it is over.
const GLANCE: Duration = Duration::from_millis(20);

/// What the way between two devices is like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Weather {
    /// How long every datagram takes.
    pub delay: Duration,
    /// One in five takes up to so much longer, and arrives after those that were sent after it.
    pub jitter: Duration,
    /// How many in a hundred are lost.
    pub lost: u8,
    /// After how many datagrams no more arrive.
    pub cut_after: Option<u32>,
}

/// What a forwarder has done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Datagrams that arrived.
    pub arrived: u32,
    /// Datagrams that were overtaken by a later one.
    pub overtaken: u32,
    /// Datagrams that were lost or cut off.
    pub lost: u32,
}

/// Stands between two devices: each takes it for the other one.
pub struct Forwarder {
    sides: [SocketAddr; 2],
    state: Arc<Mutex<State>>,
    over: Arc<AtomicBool>,
    threads: Vec<JoinHandle<()>>,
}

struct State {
    weather: Weather,
    tally: Tally,
    dice: u64,
}

/// A datagram on its way: when it is due, which one it is, to which side it goes, and its bytes.
type OnTheWay = Reverse<(Instant, u64, usize, Vec<u8>)>;

impl Forwarder {
    /// Between two devices at these addresses. It listens at `here`, in the network of the thread that calls.
    ///
    /// # Panics
    /// When it cannot.
    #[must_use]
    pub fn between(devices: [SocketAddr; 2], here: IpAddr) -> Self {
        let sockets = devices.map(|_| UdpSocket::bind((here, 0)).expect("a port"));
        let sides = [0, 1].map(|side: usize| sockets[side].local_addr().expect("an address"));
        let state = State { weather: Weather::default(), tally: Tally::default(), dice: 1 };
        let (state, over) = (Arc::new(Mutex::new(state)), Arc::<AtomicBool>::default());
        let (leaving, on_the_way) = channel();
        let mut threads = Vec::new();
        for (side, socket) in sockets.iter().enumerate() {
            let socket = socket.try_clone().expect("a socket");
            socket.set_read_timeout(Some(GLANCE)).expect("a patience");
            let (over, leaving) = (Arc::clone(&over), leaving.clone());
            threads.push(std::thread::spawn(move || receive(&socket, side, &leaving, &over)));
        }
        let deliver =
            Deliver { sockets, devices, state: Arc::clone(&state), waiting: BinaryHeap::new(), next: 0 };
        threads.push(std::thread::spawn(move || deliver.all(&on_the_way)));
        Self { sides, state, over, threads }
    }

    /// Where the first device finds what it takes for the second, and the second what it takes for the first.
    #[must_use]
    pub fn sides(&self) -> [SocketAddr; 2] {
        self.sides
    }

    /// From now on the way is like this.
    ///
    /// # Panics
    /// When one of its threads did.
    pub fn set(&self, weather: Weather) {
        self.state.lock().expect("the state").weather = weather;
    }

    /// What it has done up to now.
    ///
    /// # Panics
    /// When one of its threads did.
    #[must_use]
    pub fn tally(&self) -> Tally {
        self.state.lock().expect("the state").tally
    }
}

impl Drop for Forwarder {
    fn drop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        for thread in self.threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Takes what a device sends to its side, until it is over.
fn receive(socket: &UdpSocket, side: usize, leaving: &Sender<(usize, Vec<u8>)>, over: &AtomicBool) {
    let mut datagram = vec![0; 64 * 1024];
    while !over.load(Ordering::SeqCst) {
        // An error is silence, or that a device was not there a moment ago.
        if let Ok((length, _)) = socket.recv_from(&mut datagram)
            && leaving.send((1 - side, datagram[..length].to_vec())).is_err()
        {
            return;
        }
    }
}

struct Deliver {
    sockets: [UdpSocket; 2],
    devices: [SocketAddr; 2],
    state: Arc<Mutex<State>>,
    waiting: BinaryHeap<OnTheWay>,
    next: u64,
}

impl Deliver {
    fn all(mut self, on_the_way: &Receiver<(usize, Vec<u8>)>) {
        let mut last = [0; 2];
        loop {
            let due = self.waiting.peek().map(|Reverse((due, ..))| *due);
            let patience = due.map_or(GLANCE, |due| due.saturating_duration_since(Instant::now()));
            match on_the_way.recv_timeout(patience) {
                Ok((to, datagram)) => self.takes(to, datagram),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return,
            }
            while self.waiting.peek().is_some_and(|Reverse((due, ..))| *due <= Instant::now()) {
                let Some(Reverse((_, number, to, datagram))) = self.waiting.pop() else { break };
                let mut state = self.state.lock().expect("the state");
                state.tally.overtaken += u32::from(number < last[to]);
                last[to] = number.max(last[to]);
                // A device that is away loses what is sent to it.
                let _ = self.sockets[to].send_to(&datagram, self.devices[to]);
            }
        }
    }

    fn takes(&mut self, to: usize, datagram: Vec<u8>) {
        let mut state = self.state.lock().expect("the state");
        state.dice = splitmix(state.dice);
        let dice = state.dice;
        let Weather { delay, jitter, lost, cut_after } = state.weather;
        let is_cut = cut_after.is_some_and(|after| state.tally.arrived >= after);
        if is_cut || dice % 100 < lost.into() {
            state.tally.lost += 1;
            return;
        }
        state.tally.arrived += 1;
        let is_late = dice >> 8 & 0xff < 51;
        let longer = if is_late {
            jitter * u32::try_from(dice >> 16 & 0xff).unwrap_or(0) / 255
        } else {
            Duration::ZERO
        };
        self.next += 1;
        self.waiting.push(Reverse((Instant::now() + delay + longer, self.next, to, datagram)));
    }
}
