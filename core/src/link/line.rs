//! One connection as two queues of whole frames, so that reading and writing never wait for each other.

use std::net::SocketAddr;
use std::time::Duration;

use iroh::TransportAddr;
use iroh::endpoint::{Connection, RecvStream, SendStream, VarInt};
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::doorways::BEFORE_KNOWN;
use crate::exchange::FrameReader;
use crate::relationship::key::PublicKey;

/// How many frames wait in a queue.
const QUEUE: usize = 4;
/// How much is read at once.
const CHUNK: usize = 64 * 1024;
/// How long the last frames may take to arrive before the connection closes all the same.
const LAST_FRAMES: Duration = Duration::from_secs(1);
/// Why a connection closes, in the number that QUIC carries.
const DONE: VarInt = VarInt::from_u32(0);
pub(super) const REFUSED: VarInt = VarInt::from_u32(1);

/// A connection that carries frames, each with its four bytes of length.
pub(super) struct Line {
    connection: Closing,
    inbox: mpsc::Receiver<Vec<u8>>,
    outbox: mpsc::Sender<Vec<u8>>,
    writer: JoinHandle<()>,
}

/// A connection that closes with its line. Its streams are with tasks that would else keep it for as long
/// as the other end likes.
struct Closing(Connection);

impl Drop for Closing {
    fn drop(&mut self) {
        self.0.close(DONE, b"");
    }
}

impl Line {
    /// Carries frames of at most `longest` bytes over one stream of a connection. From here on as much as one of them may
    /// be on its way.
    pub(super) fn over(
        connection: Connection,
        send: SendStream,
        receive: RecvStream,
        longest: usize,
    ) -> Self {
        let room = u32::try_from(longest).map_or(VarInt::MAX, VarInt::from_u32);
        connection.set_receive_window(room.max(VarInt::from_u32(BEFORE_KNOWN)));
        let (arrived, inbox) = mpsc::channel(QUEUE);
        let (outbox, leaving) = mpsc::channel(QUEUE);
        tokio::spawn(read_all(receive, arrived, longest));
        let writer = tokio::spawn(write_all(send, leaving));
        Self { connection: Closing(connection), inbox, outbox, writer }
    }

    /// The next frame, or nothing once the connection is gone. May be dropped and called again.
    pub(super) async fn receive(&mut self) -> Option<Vec<u8>> {
        self.inbox.recv().await
    }

    /// Where frames to send go. It must be dropped before [`Line::finish`].
    pub(super) fn outbox(&self) -> mpsc::Sender<Vec<u8>> {
        self.outbox.clone()
    }

    /// The device on the other end, proven by TLS.
    pub(super) fn device(&self) -> PublicKey {
        *self.connection.0.remote_id().as_bytes()
    }

    /// Bytes that both ends of this very connection know and nobody else, or nothing where TLS has none.
    pub(super) fn exporter(&self) -> Option<[u8; 32]> {
        let mut exported = [0; 32];
        self.connection
            .0
            .export_keying_material(&mut exported, b"EXPORTER common-ground pairing", b"")
            .ok()?;
        Some(exported)
    }

    /// Where the other end is.
    pub(super) fn address(&self) -> Option<SocketAddr> {
        self.connection.0.paths().iter().find_map(|path| match path.remote_addr() {
            TransportAddr::Ip(address) => Some(*address),
            _ => None,
        })
    }

    /// Lets the last frames arrive, for a bounded time, and closes. To the other end a connection that closes is one on which
    /// it cannot write, perhaps before it has read all; so this waits until that end has finished, too. What still comes is
    /// passed over.
    pub(super) async fn finish(self) {
        let Self { connection, mut inbox, outbox, writer } = self;
        drop(outbox);
        let both_finished = async {
            let _ = writer.await;
            while inbox.recv().await.is_some() {}
        };
        let _ = tokio::time::timeout(LAST_FRAMES, both_finished).await;
        drop(connection);
    }

    /// Closes at once.
    pub(super) fn close(self) {
        drop(self.connection);
    }
}

/// A message as a frame, with its four bytes of length.
pub(super) fn framed(message: &[u8]) -> Vec<u8> {
    let length = u32::try_from(message.len()).unwrap_or(u32::MAX);
    [&length.to_be_bytes(), message].concat()
}

/// The message in a frame.
pub(super) fn unframed(frame: &[u8]) -> Option<&[u8]> {
    frame.get(4..)
}

/// Ends a connection that has served.
pub(super) fn hang_up(connection: &Connection) {
    connection.close(DONE, b"");
}

/// Tells whoever is on the other end that they are not let in, and nothing more.
pub(super) fn refuse(connection: &Connection) {
    connection.close(REFUSED, b"");
}

async fn read_all(mut receive: RecvStream, arrived: mpsc::Sender<Vec<u8>>, longest: usize) {
    let mut frames = FrameReader::up_to(longest);
    let mut chunk = vec![0; CHUNK];
    // A frame that is too long ends the connection like a cut: nothing after it could be read.
    while let Ok(Some(length)) = receive.read(&mut chunk).await {
        frames.push(&chunk[..length]);
        loop {
            match frames.next_frame() {
                Ok(Some(frame)) => {
                    if arrived.send(frame).await.is_err() {
                        return;
                    }
                }
                Ok(None) => break,
                Err(_) => return,
            }
        }
    }
}

async fn write_all(mut send: SendStream, mut leaving: mpsc::Receiver<Vec<u8>>) {
    while let Some(frame) = leaving.recv().await {
        if send.write_all(&frame).await.is_err() {
            return;
        }
    }
    // Everything has to be there before the connection closes.
    if send.finish().is_ok() {
        let _ = send.stopped().await;
    }
}
