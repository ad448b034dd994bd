//! A small world for two people: the practice where they meet, their two homes, each behind a translation of
//! addresses and with the very same addresses inside, and a server that all three can reach.
//!
//! ```text
//!   home of the first       home of the second       practice (a street)
//!     192.168.1.10            192.168.1.10             10.71.0.1, 10.71.0.2
//!          │ router                │ router                  │ router
//!          └──────────── 203.0.113.0/24 ───────────────────────┘──── server 203.0.113.10
//! ```

use std::net::Ipv4Addr;
use std::sync::Arc;

use crate::netns::{Namespace, Street};

/// Where the server is.
pub const SERVER: Ipv4Addr = Ipv4Addr::new(203, 0, 113, 10);
/// The address of whoever is at home.
pub const AT_HOME: Ipv4Addr = Ipv4Addr::new(192, 168, 1, 10);

/// The practice, the homes and the server.
pub struct World {
    /// The practice, in which both are at first.
    pub practice: Street,
    /// The server's host.
    pub server: Arc<Namespace>,
    routers: [Namespace; 2],
    /// What joins them all. It lives as long as the world does.
    middle: Namespace,
}

/// Makes a router of a host: what comes from inside goes out under the router's own address and another port each
/// time, and nothing comes in that was not asked for.
fn translates(router: &Namespace, inside: &str) {
    router.set("ipv4/ip_forward", "1");
    router.nft(&format!(
        "table ip translation {{ chain leaving {{ type nat hook postrouting priority 100; \
         oifname \"world\" masquerade fully-random;\n }}\n \
         chain through {{ type filter hook forward priority 0; policy drop; \
         ct state established,related accept;\n iifname \"{inside}\" accept;\n }}\n }}"
    ));
}

impl World {
    /// A world in which both are in the practice.
    ///
    /// # Errors
    /// What the system says where this is not allowed.
    pub fn new() -> std::io::Result<Self> {
        let (middle, server) = (Namespace::new()?, Arc::new(Namespace::new()?));
        middle.ip("link add middle type bridge");
        middle.ip("link set middle up");
        let joins = |host: &Namespace, interface: &str, last: u8| {
            let port = format!("to{last}");
            host.wire(interface, &middle, &port);
            middle.ip(&format!("link set {port} master middle"));
            host.ip(&format!("addr add 203.0.113.{last}/24 dev {interface}"));
        };
        joins(&server, "eth0", 10);
        let practice = Street::of(2)?;
        practice.switch.ip("addr add 10.71.255.254/16 dev street");
        joins(&practice.switch, "world", 3);
        translates(&practice.switch, "street");
        let routers = [Namespace::new()?, Namespace::new()?];
        for (number, router) in routers.iter().enumerate() {
            joins(router, "world", 1 + u8::try_from(number).expect("two homes"));
            router.ip("link add lan type bridge");
            router.ip("link set lan up");
            router.ip("addr add 192.168.1.1/24 dev lan");
            translates(router, "lan");
        }
        Ok(Self { practice, server, routers, middle })
    }

    /// One of them goes home; the practice's network is out of reach from then on, and the home's is there.
    pub fn goes_home(&self, host: usize) {
        self.unplug(host);
        let (device, router) = (&self.practice.hosts[host], &self.routers[host]);
        device.wire("eth0", router, "device");
        router.ip("link set device master lan");
        device.ip(&format!("addr add {AT_HOME}/24 dev eth0"));
        device.ip("route add default via 192.168.1.1 dev eth0");
    }

    /// One of them is at the server's side of the world, with an address that everybody can call.
    pub fn goes_out(&self, host: usize, last: u8) {
        self.unplug(host);
        let device = &self.practice.hosts[host];
        let port = format!("to{last}");
        device.wire("eth0", &self.middle, &port);
        self.middle.ip(&format!("link set {port} master middle"));
        device.ip(&format!("addr add 203.0.113.{last}/24 dev eth0"));
    }

    fn unplug(&self, host: usize) {
        // Its other end goes with it.
        self.practice.hosts[host].ip("link del eth0");
    }

    /// From now on only the server can be reached from the homes.
    pub fn walls_off(&self) {
        for router in &self.routers {
            router.nft(&format!(
                "table ip wall {{ chain out {{ type filter hook forward priority -10; \
                 iifname \"lan\" ip daddr != {SERVER} counter drop;\n }}\n }}"
            ));
        }
    }
}
