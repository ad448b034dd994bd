//! The enrol door: who took the place of a lost device is let in by showing the list that certifies it; and this
//! device, where another one does not know it any more, shows its own.
//!
//! A knock is one word of at most 2 KiB within five seconds and one answer. Whoever is not on a list that a known
//! person has signed hears nothing. Never 0-RTT: what is said can be said again by nobody else.

#[cfg(test)]
mod tests;

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use iroh::TransportAddr;
use iroh::endpoint::{Connection, ConnectionError, RecvStream};
use tokio::time::timeout;

use super::line::{self, framed};
use super::network::{Network, off};
use super::peer::Peer;
use super::whereabouts::remember_address;
use crate::id::RelationshipId;
use crate::relationship::enrol::{self, Answered, Judged, MAX_WORD, Source};
use crate::relationship::key::PublicKey;
use crate::shared::Change;
use crate::{Error, Result};

/// The door's name, which travels in clear and says nothing.
pub(super) const ENROL: &[u8] = b"hx4m/3";
/// How long a knock may take, from the open door to the answer.
const KNOCK: Duration = Duration::from_secs(5);
/// How often a list is signed again and shown once more, in one go.
const TRIES: u8 = 3;

/// A place at the door, given back when it is dropped.
struct Place<'a>(&'a Network);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.knocks().leaves();
    }
}

/// Somebody has knocked.
pub(super) async fn greet(network: &Arc<Network>, connection: Connection) -> Option<()> {
    let address = address_of(&connection);
    let source = address.map_or(Source::Relay, |address| Source::of(address.ip()));
    if !network.knocks().enters(source, Instant::now()) {
        line::refuse(&connection);
        return None;
    }
    let _place = Place(network);
    let answered = timeout(KNOCK, hear(network, &connection, address)).await;
    if answered.ok().flatten().is_none() {
        line::refuse(&connection);
    }
    Some(())
}

async fn hear(network: &Arc<Network>, connection: &Connection, address: Option<SocketAddr>) -> Option<()> {
    let (mut send, mut receive) = connection.accept_bi().await.ok()?;
    let word = read_word(&mut receive).await?;
    let (own, caller) = (Arc::clone(network), *connection.remote_id().as_bytes());
    let answer = off(move || judge(&own, &word, caller, address)).await.ok().flatten()?;
    send.write_all(&framed(&answer)).await.ok()?;
    send.finish().ok()?;
    // Whoever has the answer hangs up; it is kept here in any case.
    connection.closed().await;
    Some(())
}

/// One word, with its four bytes of length before it.
async fn read_word(receive: &mut RecvStream) -> Option<Vec<u8>> {
    let mut length = [0; 4];
    receive.read_exact(&mut length).await.ok()?;
    let length = usize::try_from(u32::from_be_bytes(length)).ok().filter(|length| *length <= MAX_WORD)?;
    let mut word = vec![0; length];
    receive.read_exact(&mut word).await.ok()?;
    Some(word)
}

/// Judges a word; nothing is answered to strangers. What counts is kept before it is answered.
fn judge(
    network: &Network,
    word: &[u8],
    caller: PublicKey,
    address: Option<SocketAddr>,
) -> Result<Option<Vec<u8>>> {
    let shared = &network.shared;
    let relationships = shared.file.read(|file| enrol::named(file, word))?;
    if relationships.is_empty() {
        return Ok(None);
    }
    let mut judged = Judged::Stranger;
    network.carried.while_still(&relationships, &mut || {
        let now = shared.world.now();
        judged = shared.file.write(|transaction| enrol::judge(transaction, word, &caller, now))?;
        Ok(())
    })?;
    let (new, answer) = match judged {
        Judged::Stranger => return Ok(None),
        Judged::NotHigher { answer } => return Ok(Some(answer)),
        Judged::Taken { new, answer } => (new, answer),
    };
    if let Some(address) = address {
        // It is certified, whether or not this can be kept.
        let _ = remember_address(shared, &caller, address);
    }
    if new {
        for relationship in relationships {
            if let Some(peer) = network.known_peer(relationship) {
                peer.look_again();
            }
            shared.tell(&Change::NewDevice { relationship });
        }
    }
    Ok(Some(answer))
}

/// Whether the other end has said that this device is not let in.
pub(super) fn was_refused(connection: &Connection) -> bool {
    matches!(
        connection.close_reason(),
        Some(ConnectionError::ApplicationClosed(close)) if close.error_code == line::REFUSED
    )
}

/// Shows this device's list to one that did not let it in. Answers whether it is known there now. A device that was
/// replaced says so to those who wait for an exchange.
pub(super) async fn introduce(network: &Arc<Network>, peer: &Arc<Peer>, device: PublicKey) -> bool {
    let knocking = async {
        for _ in 0..TRIES {
            match knock(network, peer, device).await {
                Some(Answered::Known) => return true,
                Some(Answered::SignAbove) if certify_again(network).await => {}
                Some(Answered::Replaced) => {
                    tell_replaced(network, peer).await;
                    return false;
                }
                _ => return false,
            }
        }
        false
    };
    tokio::select! {
        () = network.went_offline() => false,
        known = knocking => known,
    }
}

async fn knock(network: &Arc<Network>, peer: &Peer, device: PublicKey) -> Option<Answered> {
    let (own, relationship) = (Arc::clone(network), peer.relationship);
    let word = off(move || own_word(&own)).await.ok().flatten()?;
    if !peer.knocking().may(&word, peer.is_awaited(), Instant::now()) {
        return None;
    }
    let connection = network.call_through(relationship, device, ENROL).await.ok()?;
    let said = async {
        let (mut send, mut receive) = connection.open_bi().await.ok()?;
        send.write_all(&framed(&word)).await.ok()?;
        read_word(&mut receive).await
    };
    let answer = timeout(KNOCK, said).await.ok().flatten();
    line::hang_up(&connection);
    let answered = match answer {
        Some(answer) => take_in(network, relationship, answer).await,
        None => None,
    };
    match answered {
        None | Some(Answered::Nonsense) => peer.knocking().was_in_vain(&word, Instant::now()),
        Some(_) => peer.knocking().was_heard(),
    }
    answered
}

/// Writes down what the answer to a knock says.
async fn take_in(network: &Arc<Network>, relationship: RelationshipId, answer: Vec<u8>) -> Option<Answered> {
    let own = Arc::clone(network);
    off(move || {
        let (shared, mut answered) = (&own.shared, Answered::Nonsense);
        own.carried.while_all_still(&mut || {
            let now = shared.world.now();
            answered =
                shared.file.write(|transaction| enrol::answered(transaction, relationship, &answer, now))?;
            Ok(())
        })?;
        Ok(answered)
    })
    .await
    .ok()
}

/// What this device says; nothing while another one has its place, or the key has to sign first and cannot.
fn own_word(network: &Network) -> Result<Option<Vec<u8>>> {
    let file = &network.shared.file;
    file.read(enrol::must_be_in_use)?;
    if file.read(enrol::waits_for_the_key)? && !network.carried.certify_again()? {
        return Ok(None);
    }
    file.read(enrol::own_word).map(Some)
}

/// Asks for a list above the one that is held elsewhere. It does not come while the journal is locked.
async fn certify_again(network: &Arc<Network>) -> bool {
    let carried = Arc::clone(&network.carried);
    off(move || carried.certify_again()).await.unwrap_or(false)
}

async fn tell_replaced(network: &Arc<Network>, peer: &Arc<Peer>) {
    let (peer, shared) = (Arc::clone(peer), Arc::clone(&network.shared));
    // It only tells, so it cannot fail.
    let _ = off(move || {
        peer.part(&shared, Some(Error::Replaced));
        shared.tell(&Change::Replaced);
        Ok(())
    })
    .await;
}

fn address_of(connection: &Connection) -> Option<SocketAddr> {
    connection.paths().iter().find_map(|path| match path.remote_addr() {
        TransportAddr::Ip(address) => Some(*address),
        _ => None,
    })
}
