//! A bare QUIC endpoint with a device's key, on the wire of a home that is online.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use common_ground::id::RelationshipId;
use iroh::endpoint::{Connection, RecvStream, SendStream, presets};
use iroh::{Endpoint, EndpointAddr, RelayMode, SecretKey};

/// The doors: of the exchange, of pairing, and for a new device.
pub(crate) const EXCHANGE: &[u8] = b"hx4m/1";
pub(crate) const PAIRING: &[u8] = b"hx4m/2";
pub(crate) const ENROL: &[u8] = b"hx4m/3";
/// After how long a test says that what it waits for does not come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A program that has a device's key and keeps no rules.
pub(crate) struct Raw(pub(crate) Endpoint);

impl Raw {
    pub(crate) async fn with(secret: SecretKey) -> Self {
        Self::at(Ipv4Addr::LOCALHOST, secret).await
    }

    /// At another address of this machine, as somebody from elsewhere.
    pub(crate) async fn at(address: Ipv4Addr, secret: SecretKey) -> Self {
        Self::behind(&[], SocketAddr::from((address, 0)), secret).await
    }

    /// With these doors open, at this very address.
    pub(crate) async fn behind(doors: &[&[u8]], address: SocketAddr, secret: SecretKey) -> Self {
        let builder = Endpoint::builder(presets::Minimal)
            .relay_mode(RelayMode::Disabled)
            .clear_address_lookup()
            .clear_ip_transports()
            .secret_key(secret)
            .alpns(doors.iter().map(|door| door.to_vec()).collect())
            .bind_addr(address)
            .expect("an address");
        Self(builder.bind().await.expect("an endpoint"))
    }

    pub(crate) async fn close(&self) {
        self.0.close().await;
    }

    pub(crate) async fn dial(&self, address: &EndpointAddr, door: &[u8]) -> Connection {
        self.0.connect(address.clone(), door).await.expect("a connection")
    }

    /// Whether nobody answers behind a door: there is none, or whoever knocks is sent away without a byte.
    pub(crate) async fn finds_shut(&self, address: &EndpointAddr, door: &[u8]) -> bool {
        let Ok(connection) = self.0.connect(address.clone(), door).await else { return true };
        let Ok((mut send, mut receive)) = connection.open_bi().await else { return true };
        let _ = send.write_all(&[0; 64]).await;
        !matches!(receive.read(&mut [0; 64]).await, Ok(Some(_)))
    }

    /// Comes in by the exchange door, as another run of the device each time.
    pub(crate) async fn enter(
        &self,
        address: &EndpointAddr,
        relationship: RelationshipId,
        run: u8,
    ) -> Entered {
        let connection = self.dial(address, EXCHANGE).await;
        let (mut send, mut receive) = connection.open_bi().await.expect("a stream");
        let mut preface = [run; 25];
        preface[0] = 2;
        preface[9..].copy_from_slice(relationship.as_bytes());
        send.write_all(&preface).await.expect("a preface");
        receive.read_exact(&mut preface).await.expect("a preface");
        Entered { connection, send, receive }
    }
}

/// A connection on which the exchange has begun.
pub(crate) struct Entered {
    pub(crate) connection: Connection,
    send: SendStream,
    receive: RecvStream,
}

impl Entered {
    pub(crate) async fn say(&mut self, bytes: &[u8]) {
        // Whoever is told off in the middle of a sentence cannot end it.
        let _ = self.send.write_all(bytes).await;
    }

    /// Says that nothing more will come.
    pub(crate) fn hang_up(&mut self) {
        let _ = self.send.finish();
    }

    /// The next frame, with its four bytes of length; nothing once the other has gone.
    pub(crate) async fn hear_out(&mut self) -> Option<Vec<u8>> {
        let mut frame = vec![0; 4];
        self.receive.read_exact(&mut frame).await.ok()?;
        let length = u32::from_be_bytes([frame[0], frame[1], frame[2], frame[3]]);
        frame.resize(4 + length as usize, 0);
        self.receive.read_exact(&mut frame[4..]).await.ok()?;
        Some(frame)
    }

    /// The next frame, which has to come.
    pub(crate) async fn hear(&mut self) -> Vec<u8> {
        self.hear_out().await.expect("a frame")
    }

    /// The next frame of a kind, whatever comes before it.
    pub(crate) async fn hear_of(&mut self, kind: u8) -> Vec<u8> {
        loop {
            let frame = self.hear().await;
            if frame[5] == kind {
                return frame;
            }
        }
    }

    /// Waits until the other end has closed.
    pub(crate) async fn ends(self) {
        self.connection.closed().await;
    }
}

/// Runs what needs a runtime, which the core's own calls do not.
pub(crate) fn run<T>(work: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build();
    runtime.expect("a runtime").block_on(async {
        tokio::time::timeout(PATIENCE, work).await.expect("what this test waits for does not come")
    })
}
