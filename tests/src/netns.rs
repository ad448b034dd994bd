//! Hosts of the tests' own: network namespaces, the wires between them, and seeing what goes over a wire.
//!
//! A namespace has no name and is held by an open file alone, so that nothing is left behind however a test ends.
//! What runs in one runs on a thread that has moved there, and so do the programs that such a thread starts.

use std::fs::File;
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread::JoinHandle;

use nix::sched::{CloneFlags, setns, unshare};
use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, recv, setsockopt, socket, sockopt,
};
use nix::sys::time::{TimeVal, TimeValLike as _};

use crate::forwarder::Forwarder;

/// A host's network: nothing in it but what is put there.
pub struct Namespace(File);

impl Namespace {
    /// A new one, with its loopback up and without IPv6, whose own chatter would be in every record.
    ///
    /// # Errors
    /// What the system says where this is not allowed.
    pub fn new() -> std::io::Result<Self> {
        let made = std::thread::spawn(|| {
            unshare(CloneFlags::CLONE_NEWNET)?;
            File::open("/proc/thread-self/ns/net")
        });
        let namespace = Self(made.join().expect("a thread")?);
        namespace.set("ipv6/conf/all/disable_ipv6", "1");
        namespace.set("ipv6/conf/default/disable_ipv6", "1");
        namespace.ip("link set lo up");
        Ok(namespace)
    }

    /// Does something in there, on a thread of its own.
    ///
    /// # Panics
    /// When `work` does, or the system does not let it in.
    pub fn within<T: Send>(&self, work: impl FnOnce() -> T + Send) -> T {
        std::thread::scope(|scope| {
            let inside = scope.spawn(|| {
                setns(&self.0, CloneFlags::CLONE_NEWNET).expect("a way into the namespace");
                work()
            });
            inside.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic))
        })
    }

    /// Runs `ip` with these words.
    ///
    /// # Panics
    /// When it does not go well.
    pub fn ip(&self, words: &str) {
        let output = self.within(|| Command::new("ip").args(words.split(' ')).output().expect("ip"));
        assert!(output.status.success(), "ip {words}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Gives these rules to `nft`; answers with what it prints.
    ///
    /// # Panics
    /// When it does not go well.
    pub fn nft(&self, rules: &str) -> String {
        let output = self.within(|| {
            let mut nft = Command::new("nft")
                .args(["-f", "-"])
                .stdin(Stdio::piped())
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .expect("nft");
            nft.stdin.take().expect("its input").write_all(rules.as_bytes()).expect("rules");
            nft.wait_with_output().expect("its end")
        });
        assert!(output.status.success(), "nft {rules}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    }

    /// Sets a setting of its network, by its path below `/proc/sys/net`.
    ///
    /// # Panics
    /// When it cannot be set.
    pub fn set(&self, setting: &str, value: &str) {
        self.within(|| std::fs::write(format!("/proc/sys/net/{setting}"), value).expect("a setting"));
    }

    /// Puts a wire between an interface of this host and one of another; both ends are up.
    pub fn wire(&self, name: &str, other: &Self, other_name: &str) {
        let there = format!("/proc/{}/fd/{}", std::process::id(), other.0.as_raw_fd());
        self.ip(&format!("link add {name} type veth peer name {other_name} netns {there}"));
        self.ip(&format!("link set {name} up"));
        other.ip(&format!("link set {other_name} up"));
    }

    /// Writes down every frame that comes to or leaves this host from now on.
    ///
    /// # Panics
    /// When the system does not allow it.
    #[must_use]
    pub fn record(&self) -> Record {
        let all = self.within(|| {
            socket(AddressFamily::Packet, SockType::Raw, SockFlag::SOCK_CLOEXEC, SockProtocol::EthAll)
                .expect("a socket that sees all")
        });
        setsockopt(&all, sockopt::ReceiveTimeout, &TimeVal::milliseconds(20)).expect("a patience");
        // Best effort: a larger buffer loses nothing while the machine is busy.
        let _ = setsockopt(&all, sockopt::RcvBufForce, &(32 * 1024 * 1024));
        let (frames, over) = (Arc::<Mutex<Vec<Vec<u8>>>>::default(), Arc::<AtomicBool>::default());
        let (into, until) = (Arc::clone(&frames), Arc::clone(&over));
        let listening = std::thread::spawn(move || listen(&all, &into, &until));
        Record { frames, over, listening: Some(listening) }
    }
}

fn listen(all: &OwnedFd, into: &Mutex<Vec<Vec<u8>>>, until: &AtomicBool) {
    let mut frame = vec![0; 128 * 1024];
    loop {
        match recv(all.as_raw_fd(), &mut frame, MsgFlags::empty()) {
            Ok(length) => into.lock().expect("frames").push(frame[..length].to_vec()),
            // What had come before the end is read to its end.
            Err(_) if until.load(Ordering::SeqCst) => return,
            Err(_) => {}
        }
    }
}

/// What went over a host's wires.
pub struct Record {
    frames: Arc<Mutex<Vec<Vec<u8>>>>,
    over: Arc<AtomicBool>,
    listening: Option<JoinHandle<()>>,
}

impl Record {
    fn frames(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.frames.lock().expect("frames")
    }

    /// A copy of every frame up to now.
    #[must_use]
    pub fn frames_so_far(&self) -> Vec<Vec<u8>> {
        self.frames().clone()
    }

    /// Ends it; every frame that was seen.
    ///
    /// # Panics
    /// When listening did.
    #[must_use]
    pub fn end(mut self) -> Vec<Vec<u8>> {
        self.stop();
        std::mem::take(&mut self.frames())
    }

    fn stop(&mut self) {
        self.over.store(true, Ordering::SeqCst);
        if let Some(listening) = self.listening.take() {
            listening.join().expect("what was heard");
        }
    }
}

impl Drop for Record {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.stop();
        }
    }
}

/// What a frame carries: an IP packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Packet<'a> {
    /// Who sent it.
    pub from: IpAddr,
    /// For whom it is.
    pub to: IpAddr,
    /// The protocol's number: 17 is UDP, 6 is TCP.
    pub protocol: u8,
    /// Ports, 0 where the protocol has none.
    pub ports: (u16, u16),
    /// What UDP carries; else all that IP carries.
    pub payload: &'a [u8],
}

const UDP: u8 = 17;
const TCP: u8 = 6;

impl<'a> Packet<'a> {
    /// The packet in an Ethernet frame; nothing for ARP and the like.
    #[must_use]
    pub fn of(frame: &'a [u8]) -> Option<Self> {
        let (kind, rest) = (frame.get(12..14)?, frame.get(14..)?);
        match kind {
            [0x08, 0x00] => {
                let header = usize::from(rest.first()? & 0x0f) * 4;
                let address = |at: usize| -> Option<IpAddr> {
                    Some(Ipv4Addr::from(<[u8; 4]>::try_from(rest.get(at..at + 4)?).ok()?).into())
                };
                Self::carried(address(12)?, address(16)?, *rest.get(9)?, rest.get(header..)?)
            }
            [0x86, 0xdd] => {
                let address = |at: usize| -> Option<IpAddr> {
                    Some(Ipv6Addr::from(<[u8; 16]>::try_from(rest.get(at..at + 16)?).ok()?).into())
                };
                Self::carried(address(8)?, address(24)?, *rest.get(6)?, rest.get(40..)?)
            }
            _ => None,
        }
    }

    fn carried(from: IpAddr, to: IpAddr, protocol: u8, carried: &'a [u8]) -> Option<Self> {
        let has_ports = protocol == UDP || protocol == TCP;
        let port = |at: usize| -> Option<u16> {
            if !has_ports {
                return Some(0);
            }
            Some(u16::from_be_bytes(carried.get(at..at + 2)?.try_into().ok()?))
        };
        let payload = if protocol == UDP { carried.get(8..)? } else { carried };
        Some(Self { from, to, protocol, ports: (port(0)?, port(2)?), payload })
    }

    /// Whether it is a datagram of UDP.
    #[must_use]
    pub fn is_udp(&self) -> bool {
        self.protocol == UDP
    }
}

/// Hosts that are plugged into one switch, as in one home or one practice.
pub struct Street {
    /// The switch.
    pub switch: Namespace,
    /// The hosts, from `10.71.0.1` on.
    pub hosts: Vec<Arc<Namespace>>,
}

impl Street {
    /// So many hosts. Each has one interface, `eth0`.
    ///
    /// # Errors
    /// What the system says where this is not allowed.
    pub fn of(hosts: usize) -> std::io::Result<Self> {
        let mut street = Self { switch: Namespace::new()?, hosts: Vec::new() };
        street.switch.ip("link add street type bridge");
        street.switch.ip("link set street up");
        for number in 0..hosts {
            let (host, port) = (Namespace::new()?, format!("port{number}"));
            host.wire("eth0", &street.switch, &port);
            street.switch.ip(&format!("link set {port} master street"));
            street.hosts.push(Arc::new(host));
            street.moves(number, Self::address(number));
        }
        Ok(street)
    }

    /// The address that a host has at first.
    ///
    /// # Panics
    /// For more than 200 hosts.
    #[must_use]
    pub fn address(host: usize) -> Ipv4Addr {
        Ipv4Addr::new(10, 71, 0, 1 + u8::try_from(host).expect("a small street"))
    }

    /// Gives a host this address, and takes its former one away.
    pub fn moves(&self, host: usize, to: Ipv4Addr) {
        self.hosts[host].ip("addr flush dev eth0");
        self.hosts[host].ip(&format!("addr add {to}/16 dev eth0"));
        // A way to everywhere, so that whoever would talk to the world would be seen doing so.
        self.hosts[host].ip("route add default via 10.71.255.254 dev eth0");
    }

    /// Puts a forwarder between the first two hosts, whose devices can be reached at these ports. It stands at the
    /// switch, and there is no way past it.
    #[must_use]
    pub fn forwards(&self, ports: [u16; 2]) -> Forwarder {
        let here = Ipv4Addr::new(10, 71, 255, 253);
        self.switch.ip(&format!("addr add {here}/16 dev street"));
        let devices = [0, 1].map(|host| SocketAddr::from((Self::address(host), ports[host])));
        let forwarder = self.switch.within(|| Forwarder::between(devices, here.into()));
        for (host, side) in forwarder.sides().into_iter().enumerate() {
            let other = Self::address(1 - host);
            self.hosts[host].nft(&format!(
                "table ip forwarded {{ chain leaving {{ type nat hook output priority -100; \
                 ip daddr {other} udp dport != 0 dnat to {side};\n }}\n }}"
            ));
        }
        forwarder
    }

    /// From now on this share of the packets, in hundredths, never arrives at any host.
    pub fn loses(&self, hundredths: u8) {
        for host in &self.hosts {
            host.nft(&format!(
                "table ip weather {{ chain arriving {{ type filter hook input priority 0; \
                 iifname \"eth0\" numgen random mod 100 < {hundredths} counter drop;\n }}\n }}"
            ));
        }
    }

    /// How many packets were lost so.
    ///
    /// # Panics
    /// When `nft` says it in other words.
    #[must_use]
    pub fn lost(&self) -> u64 {
        let lost_at = |host: &Arc<Namespace>| -> u64 {
            let rules = host.nft("list table ip weather\n");
            let count = rules.split("packets ").nth(1).expect("a counter");
            count.split(' ').next().expect("a word").parse().expect("a number")
        };
        self.hosts.iter().map(lost_at).sum()
    }
}
