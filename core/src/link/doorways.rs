//! Where this device can be met: one QUIC endpoint for each way of meeting that is in use. Each knows only what its
//! way needs, so that no relationship of another way can make this device ask a relay or a look-up for anything.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use iroh::address_lookup::{DnsAddressLookup, PkarrPublisher, PkarrResolver};
use iroh::endpoint::{BindOpts, Builder, QuicTransportConfig, VarInt, presets};
use iroh::{Endpoint, NetReportConfig, RelayMode, RelayUrl, SecretKey, Watcher};
use tokio::time::timeout;

use crate::log::DoorwayKind;
use crate::relationship::WayOfMeeting;
use crate::relationship::way::read_relay;
use crate::{Error, Result};

/// How long a connection may be silent, keep-alives included.
const SILENCE: Duration = Duration::from_secs(15);
/// How many bytes that nobody has read may wait on a connection until it is known who is on the other end.
pub(super) const BEFORE_KNOWN: u32 = 64 * 1024;
/// How long to wait until the addresses of this machine are known.
const ADDRESSES: Duration = Duration::from_secs(2);

/// How far a device reaches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, uniffi::Enum)]
pub enum Reach {
    /// Only programs on this machine, and relays where one was chosen; for tests and for showing what the app does.
    ThisMachine,
    /// Each relationship in the way that was chosen for it, and nothing else.
    AsChosen,
}

/// The services behind [`WayOfMeeting::Public`], for those who run their own.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct PublicServices {
    /// The relay.
    pub relay: String,
    /// Where devices publish at which relay they are, and look it up: a pkarr relay, over `https` or `http`.
    pub pkarr: String,
    /// The domain under which the same can be asked by DNS, if it can.
    #[uniffi(default = None)]
    pub dns: Option<String>,
}

/// How to go online.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct OnlineOptions {
    /// How far.
    pub reach: Reach,
    /// Other public services than the ones that iroh's makers run. They are asked only where [`WayOfMeeting::Public`]
    /// was chosen.
    #[uniffi(default = None)]
    pub public_services: Option<PublicServices>,
}

impl OnlineOptions {
    /// # Errors
    /// [`Error::Invalid`] where an address is none.
    pub(super) fn check(&self) -> Result<()> {
        let Some(services) = &self.public_services else { return Ok(()) };
        for (field, url) in [("relay", &services.relay), ("pkarr", &services.pkarr)] {
            read_relay(url).ok_or_else(|| Error::malformed(field, "https://service.example"))?;
        }
        Ok(())
    }
}

/// One place where this device can be met.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) enum Doorway {
    /// By its addresses alone.
    Direct,
    /// At a relay, and by its addresses.
    Relay(RelayUrl),
    /// At a public relay that a public look-up names, and by its addresses.
    Public,
}

impl Doorway {
    /// The one that a way of meeting needs; none where the way is no way.
    pub(super) fn of(way: &WayOfMeeting) -> Option<Self> {
        match way {
            WayOfMeeting::SameNetwork => Some(Self::Direct),
            WayOfMeeting::OwnRelay { url } => read_relay(url).map(Self::Relay),
            WayOfMeeting::Public => Some(Self::Public),
        }
    }

    /// Which way of meeting it serves, without any address.
    pub(super) fn kind(&self) -> DoorwayKind {
        match self {
            Self::Direct => DoorwayKind::SameNetwork,
            Self::Relay(_) => DoorwayKind::OwnRelay,
            Self::Public => DoorwayKind::Public,
        }
    }
}

/// What opening a doorway needs to know.
pub(super) struct Setup {
    pub(super) secret: SecretKey,
    pub(super) options: OnlineOptions,
}

impl Setup {
    /// Whether an address is within reach.
    pub(super) fn reaches(&self, address: &SocketAddr) -> bool {
        self.options.reach == Reach::AsChosen || address.ip().is_loopback()
    }

    /// Opens one doorway, on this port where it is the direct one; 0 for any.
    ///
    /// # Errors
    /// [`Error::File`] when there is no port to be had.
    pub(super) async fn open(&self, doorway: &Doorway, doors: &[Vec<u8>], port: u16) -> Result<Endpoint> {
        let builder = self.reach(self.base(doors)?, doorway, port)?;
        let builder = match doorway {
            Doorway::Direct => builder,
            Doorway::Relay(relay) => builder
                .relay_mode(RelayMode::custom([relay.clone()]))
                .net_report_config(without_portal_check()),
            Doorway::Public => self.publicly(builder)?,
        };
        builder.bind().await.map_err(|_| nowhere())
    }

    /// What all doorways have in common. It contacts nobody: no relay, no address service, nothing published.
    fn base(&self, doors: &[Vec<u8>]) -> Result<Builder> {
        let any = VarInt::from_u32;
        let transport = QuicTransportConfig::builder()
            .max_idle_timeout(Some(SILENCE.try_into().map_err(|_| Error::internal("a time-out"))?))
            .max_concurrent_bidi_streams(any(1))
            .max_concurrent_uni_streams(any(0))
            .stream_receive_window(any(4 * 1024 * 1024))
            .receive_window(any(BEFORE_KNOWN))
            .datagram_receive_buffer_size(None)
            .build();
        Ok(Endpoint::builder(presets::Minimal)
            .relay_mode(RelayMode::Disabled)
            .clear_address_lookup()
            .clear_ip_transports()
            .secret_key(self.secret.clone())
            .alpns(doors.to_vec())
            .transport_config(transport))
    }

    /// Which networks a doorway is on.
    fn reach(&self, builder: Builder, doorway: &Doorway, port: u16) -> Result<Builder> {
        let at = |ip: IpAddr| SocketAddr::new(ip, port);
        match (self.options.reach, doorway) {
            (Reach::ThisMachine, Doorway::Direct) => {
                builder.bind_addr(at(Ipv4Addr::LOCALHOST.into())).map_err(|_| nowhere())
            }
            // On no network: only the relay is left.
            (Reach::ThisMachine, Doorway::Relay(_) | Doorway::Public) => Ok(builder),
            (Reach::AsChosen, _) => builder
                .bind_addr(at(Ipv4Addr::UNSPECIFIED.into()))
                .and_then(|builder| {
                    let optional = BindOpts::default().set_is_required(false);
                    builder.bind_addr_with_opts(at(Ipv6Addr::UNSPECIFIED.into()), optional)
                })
                .map_err(|_| nowhere()),
        }
    }

    /// With the public services: what is published is the relay alone, no address.
    fn publicly(&self, builder: Builder) -> Result<Builder> {
        let Some(services) = &self.options.public_services else {
            return Ok(builder
                .relay_mode(RelayMode::Default)
                .address_lookup(PkarrPublisher::n0_dns())
                .address_lookup(PkarrResolver::n0_dns())
                .address_lookup(DnsAddressLookup::n0_dns()));
        };
        let service = |url: &str| read_relay(url).ok_or_else(|| Error::internal("a public service"));
        let pkarr = service(&services.pkarr)?;
        let builder = builder
            .relay_mode(RelayMode::custom([service(&services.relay)?]))
            .net_report_config(without_portal_check())
            .address_lookup(PkarrPublisher::builder(pkarr.clone().into()))
            .address_lookup(PkarrResolver::builder(pkarr.into()));
        Ok(match &services.dns {
            Some(domain) => builder.address_lookup(DnsAddressLookup::builder(domain.clone())),
            None => builder,
        })
    }

    /// By which addresses a doorway can be reached, as far as they are known within two seconds.
    pub(super) async fn addresses(&self, doorway: &Doorway, endpoint: &Endpoint) -> Vec<SocketAddr> {
        if self.options.reach == Reach::ThisMachine {
            return endpoint.bound_sockets();
        }
        let mut watch = endpoint.watch_addr();
        let known = async {
            loop {
                let addresses: Vec<SocketAddr> = watch.get().ip_addrs().copied().collect();
                if !addresses.is_empty() || watch.updated().await.is_err() {
                    return addresses;
                }
            }
        };
        let mut addresses = timeout(ADDRESSES, known).await.unwrap_or_default();
        if addresses.is_empty() && *doorway == Doorway::Direct {
            // Without any network two programs on this machine still find each other.
            let port = endpoint.bound_sockets().first().map(SocketAddr::port);
            addresses.extend(port.map(|port| SocketAddr::new(Ipv4Addr::LOCALHOST.into(), port)));
        }
        addresses
    }
}

/// Relays are asked how far they are, and not for a page to see if somebody is in between.
fn without_portal_check() -> NetReportConfig {
    let mut config = NetReportConfig::default();
    config.captive_portal_check = false;
    config
}

fn nowhere() -> Error {
    Error::File { reason: "no port to listen on".to_owned() }
}

#[cfg(test)]
mod tests {
    use std::pin::pin;
    use std::task::Poll;

    use iroh::EndpointAddr;

    use super::*;
    use crate::exchange::MAX_FRAME;
    use crate::link::line::{Line, framed};
    use crate::link::tests::{bare, in_a_runtime};

    const DOOR: &[u8] = b"a door";

    /// Whether the other end takes a byte more at once.
    async fn takes_more(send: &mut iroh::endpoint::SendStream) -> bool {
        let mut more = pin!(send.write(&[0]));
        std::future::poll_fn(|context| Poll::Ready(more.as_mut().poll(context).is_ready())).await
    }

    #[test]
    fn of_one_who_is_not_known_little_waits_to_be_read() {
        in_a_runtime(async {
            let options = OnlineOptions { reach: Reach::ThisMachine, public_services: None };
            let setup = Setup { secret: SecretKey::from_bytes(&[1; 32]), options };
            let here = setup.open(&Doorway::Direct, &[DOOR.to_vec()], 0).await.expect("a doorway");
            let stranger = bare(SecretKey::from_bytes(&[2; 32])).await;
            let address = EndpointAddr::new(here.id()).with_ip_addr(here.bound_sockets()[0]);
            let (there, arrived) = tokio::join!(stranger.connect(address, DOOR), async {
                here.accept().await.expect("somebody").await
            });
            let (there, arrived) = (there.expect("a connection"), arrived.expect("a connection"));
            let (mut send, _receive) = there.open_bi().await.expect("a stream");
            let frame = framed(&vec![0; MAX_FRAME]);
            let (first, rest) = frame.split_at(BEFORE_KNOWN as usize);
            send.write_all(first).await.expect("room");
            assert!(!takes_more(&mut send).await, "more waits only once something is read");
            // Of one who is known as much as a frame has.
            let (answer, receive) = arrived.accept_bi().await.expect("a stream");
            let mut line = Line::over(arrived, answer, receive, MAX_FRAME);
            send.write_all(rest).await.expect("room");
            assert!(line.receive().await.is_some_and(|heard| heard.len() == frame.len()));
        });
    }
}
