//! One who takes up a ticket and was written from `docs/pairing.md` alone, without a line of the core's own: honest,
//! or with something about them that is not so.

use std::net::{Ipv4Addr, SocketAddr};

use common_ground::id::RelationshipId;
use ed25519_dalek::{Signer as _, SigningKey};
use iroh::endpoint::{Connection, RecvStream, SendStream};
use iroh::{EndpointAddr, EndpointId, SecretKey};
use sha2::{Digest as _, Sha256};

use crate::liar::numbers::{Reader, put_number};
use crate::raw::{PAIRING, Raw};

/// What the messages are called on the wire.
const OPEN: u8 = 0;
const ANSWER: u8 = 1;
const REVEAL: u8 = 2;
const CONFIRM: u8 = 3;
const STORED: u8 = 4;
const REFUSED: u8 = 6;
const RESUME: u8 = 7;
/// How many each side says of the first five.
const ALL: usize = 4;
/// To whom files might be sealed: a recipient that stands in age's own manual.
const RECIPIENT: &str = "age1ql3z7hjy54pw3hyww5ayyfg7zqgvc7w3j2elw8zmrj2kg5sfn9aqmcac8p";

/// A ticket, as it is read from its text.
struct Ticket {
    device: [u8; 32],
    person: [u8; 16],
    person_key: [u8; 32],
    way: Vec<u8>,
    secret: [u8; 16],
    port: u16,
}

impl Ticket {
    fn read(text: &str) -> Self {
        let bytes = from_base32(text);
        let (content, sum) = bytes.split_at(bytes.len() - 4);
        assert!(digest(&[b"common-ground ticket\0", content])[..4] == *sum, "a mistyped ticket");
        assert!(content[0] == 2, "another version");
        let mut read = Reader::new(&content[1..]);
        let (person, person_key, device) = (read.array(), read.array(), read.array());
        assert!(read.number() == 1 && read.byte() == 0, "one address, of IPv4");
        assert!(Ipv4Addr::from(read.array::<4>()).is_loopback());
        let port = u16::try_from(read.number()).expect("a port");
        let length = read.size();
        let way = read.take(length).to_vec();
        Self { device, person, person_key, way, secret: read.array(), port }
    }

    fn address(&self) -> EndpointAddr {
        let id = EndpointId::from_bytes(&self.device).expect("a key");
        EndpointAddr::new(id).with_ip_addr(SocketAddr::from((Ipv4Addr::LOCALHOST, self.port)))
    }
}

fn from_base32(text: &str) -> Vec<u8> {
    let (mut bytes, mut bits, mut count) = (Vec::new(), 0_u32, 0);
    for letter in text.bytes() {
        let value = match letter {
            b'A'..=b'Z' => letter - b'A',
            b'2'..=b'7' => letter - b'2' + 26,
            _ => panic!("a letter that a ticket has not"),
        };
        (bits, count) = (bits << 5 | u32::from(value), count + 5);
        if count >= 8 {
            count -= 8;
            bytes.push((bits >> count).to_le_bytes()[0]);
        }
    }
    bytes
}

fn digest(parts: &[&[u8]]) -> [u8; 32] {
    parts.iter().fold(Sha256::new(), |hash, part| hash.chain_update(part)).finalize().into()
}

fn put_bytes(out: &mut Vec<u8>, bytes: &[u8]) {
    put_number(out, bytes.len() as u64);
    out.extend_from_slice(bytes);
}

/// A message as a frame.
pub(crate) fn framed(message: &[u8]) -> Vec<u8> {
    [&u32::try_from(message.len()).expect("a length").to_be_bytes()[..], message].concat()
}

/// Who somebody says they are, and with which keys they can say it.
#[derive(Clone)]
pub(crate) struct Who {
    pub(crate) person: [u8; 16],
    pub(crate) key: SigningKey,
    pub(crate) device: SigningKey,
    /// The device that the list names.
    pub(crate) listed: [u8; 32],
    /// With which key the list is signed.
    pub(crate) signs: SigningKey,
    /// A relationship that they say to have with the other already.
    pub(crate) already: Option<[u8; 16]>,
    /// The nonce that they commit to, and the one that they show.
    pub(crate) nonces: [[u8; 32]; 2],
}

impl Who {
    /// A therapist with nothing about them that is not so.
    pub(crate) fn new(number: u8) -> Self {
        let [key, device] = [number, number + 1].map(|seed| SigningKey::from_bytes(&[seed; 32]));
        let listed = device.verifying_key().to_bytes();
        let (signs, person) = (key.clone(), [number; 16]);
        Self { person, key, device, listed, signs, already: None, nonces: [[number; 32]; 2] }
    }

    /// Their list of devices, with its signature, each as a byte string.
    fn list(&self, number: u64) -> Vec<u8> {
        let mut list = vec![1];
        list.extend_from_slice(&self.person);
        put_number(&mut list, number);
        list.push(1);
        list.extend_from_slice(&self.listed);
        put_number(&mut list, 0);
        let signature = self.signs.sign(&[b"common-ground device list 1\0", &list[..]].concat());
        let mut signed = Vec::new();
        put_bytes(&mut signed, &list);
        put_bytes(&mut signed, &signature.to_bytes());
        signed
    }

    /// What they say at the door for a new device.
    pub(crate) fn shows(&self, number: u64) -> Vec<u8> {
        [&[0][..], &self.person, &self.list(number)].concat()
    }

    fn introduction(&self) -> Vec<u8> {
        let mut said = self.person.to_vec();
        said.extend_from_slice(self.key.verifying_key().as_bytes());
        said.push(1);
        put_bytes(&mut said, "Dr. Kern".as_bytes());
        said.extend(self.list(1));
        match self.already {
            Some(id) => said.extend([&[1][..], &id].concat()),
            None => said.push(0),
        }
        put_number(&mut said, 1);
        put_bytes(&mut said, RECIPIENT.as_bytes());
        said
    }
}

/// How a pairing ended.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Both have stored it.
    Paired(RelationshipId),
    /// The other has refused it, and why.
    Refused(u8),
    /// It was cut off.
    Cut,
}

/// A connection to the door of pairing.
pub(crate) struct Line {
    connection: Connection,
    send: SendStream,
    receive: RecvStream,
}

impl Line {
    pub(crate) async fn say(&mut self, message: &[u8]) {
        // Whoever is sent away in the middle of a sentence cannot end it.
        let _ = self.send.write_all(&framed(message)).await;
    }

    pub(crate) async fn hear(&mut self) -> Option<Vec<u8>> {
        let mut length = [0; 4];
        self.receive.read_exact(&mut length).await.ok()?;
        let mut message = vec![0; u32::from_be_bytes(length) as usize];
        self.receive.read_exact(&mut message).await.ok()?;
        Some(message)
    }

    /// Bytes that both ends of this connection know and nobody else.
    fn exporter(&self) -> [u8; 32] {
        let mut exported = [0; 32];
        let label = b"EXPORTER common-ground pairing";
        self.connection.export_keying_material(&mut exported, label, b"").expect("an exporter");
        exported
    }
}

/// One who takes up a ticket.
pub(crate) struct Redeemer {
    raw: Raw,
    who: Who,
    ticket: Ticket,
    introduction: Vec<u8>,
    /// Of the connection on which the first message was said.
    exporter: [u8; 32],
    pub(crate) said: Vec<Vec<u8>>,
    heard: Vec<Vec<u8>>,
    /// The commitment of the other, and what came of it.
    bound: [u8; 32],
    relationship: [u8; 16],
    transcript: [u8; 32],
}

impl Redeemer {
    pub(crate) async fn new(who: Who, ticket: &str) -> Self {
        let raw = Raw::with(SecretKey::from_bytes(&who.device.to_bytes())).await;
        Self {
            raw,
            introduction: who.introduction(),
            who,
            ticket: Ticket::read(ticket),
            exporter: [0; 32],
            said: Vec::new(),
            heard: Vec::new(),
            bound: [0; 32],
            relationship: [0; 16],
            transcript: [0; 32],
        }
    }

    pub(crate) async fn leaves(&self) {
        self.raw.close().await;
    }

    /// Another connection; nothing once the door is shut.
    pub(crate) async fn knocks(&self) -> Option<Line> {
        let connection = self.raw.0.connect(self.ticket.address(), PAIRING).await.ok()?;
        let (send, receive) = connection.open_bi().await.ok()?;
        Some(Line { connection, send, receive })
    }

    fn proof(&self, side: u8, exporter: &[u8; 32]) -> [u8; 32] {
        let own = self.who.device.verifying_key();
        let ticket = &self.ticket;
        let tag = b"common-ground pairing proof 1\0";
        digest(&[tag, &[side], &ticket.secret, exporter, &ticket.device, own.as_bytes()])
    }

    fn commitment(side: u8, nonce: &[u8; 32], introduction: &[u8]) -> [u8; 32] {
        digest(&[b"common-ground pairing commitment 1\0", &[side], nonce, introduction])
    }

    fn token(&self, side: u8) -> [u8; 32] {
        digest(&[b"common-ground pairing confirm 1\0", &[side], &self.transcript])
    }

    /// The first message, for this connection.
    pub(crate) fn open(&self, line: &Line) -> Vec<u8> {
        let commitment = Self::commitment(2, &self.who.nonces[0], &self.introduction);
        [&[OPEN][..], &self.proof(2, &line.exporter()), &commitment, &self.who.person].concat()
    }

    /// Pairs, and hangs up once so many messages went either way; goes on over another connection then.
    pub(crate) async fn pairs(&mut self, cut_after: usize) -> Ended {
        let mut left = cut_after;
        loop {
            match self.talks(&mut left).await {
                Ended::Cut if left == 0 => left = usize::MAX,
                ended => return ended,
            }
        }
    }

    /// Talks over one connection to its end.
    async fn talks(&mut self, left: &mut usize) -> Ended {
        // Where both have confirmed, the other may have heard the last word and gone: the door is shut, or nobody
        // stands behind it any more.
        let all_is_said = self.said.len() == ALL;
        let Some(mut line) = self.knocks().await else {
            return if all_is_said { Ended::Paired(self.paired()) } else { Ended::Cut };
        };
        let mut sent = 0;
        if self.heard.is_empty() {
            self.exporter = line.exporter();
            self.said = vec![self.open(&line)];
        } else {
            line.say(&[RESUME, u8::try_from(self.heard.len()).expect("few")]).await;
            match line.hear().await.as_deref() {
                Some([RESUME, received]) => sent = usize::from(*received),
                Some([REFUSED, why]) => return Ended::Refused(*why),
                None if all_is_said => return Ended::Paired(self.paired()),
                other => panic!("not how far the other has come: {other:?}"),
            }
        }
        loop {
            while let Some(message) = self.said.get(sent) {
                line.say(message).await;
                sent += 1;
                if spent(left) {
                    return Ended::Cut;
                }
            }
            if self.heard.len() == ALL {
                line.connection.closed().await;
                return Ended::Paired(self.paired());
            }
            let Some(message) = line.hear().await else { return Ended::Cut };
            if let [REFUSED, why] = message[..] {
                return Ended::Refused(why);
            }
            self.takes(message);
            if spent(left) {
                return Ended::Cut;
            }
        }
    }

    fn paired(&self) -> RelationshipId {
        RelationshipId::from_bytes(self.relationship)
    }

    /// Takes in the next message, which has to be what the page says, and has the next one ready.
    fn takes(&mut self, message: Vec<u8>) {
        let mut read = Reader::new(&message);
        let kind = read.byte();
        match self.heard.len() {
            0 => {
                assert!(kind == ANSWER && read.array() == self.proof(1, &self.exporter));
                self.bound = read.array();
                let mut reveal = vec![REVEAL];
                reveal.extend_from_slice(&self.who.nonces[1]);
                put_bytes(&mut reveal, &self.introduction);
                self.said.push(reveal);
            }
            1 => {
                assert!(kind == REVEAL);
                let nonce: [u8; 32] = read.array();
                let length = read.size();
                let introduction = read.take(length);
                assert!(Self::commitment(1, &nonce, introduction) == self.bound, "bound to what is shown");
                self.meets(&nonce, introduction);
                self.said.push([&[CONFIRM][..], &self.token(2)].concat());
            }
            2 => {
                assert!(kind == CONFIRM && read.array() == self.token(1), "the same words");
                self.said.push(vec![STORED]);
            }
            _ => assert!(kind == STORED),
        }
        assert!(read.rest().is_empty());
        self.heard.push(message);
    }

    /// What both are bound to, once it is known who the other is.
    fn meets(&mut self, nonce: &[u8; 32], introduction: &[u8]) {
        let (ticket, who) = (&self.ticket, &self.who);
        let own_nonce = &who.nonces[1];
        let tag = b"common-ground relationship 1\0";
        let new = digest(&[tag, &ticket.person, nonce, &who.person, own_nonce]);
        self.relationship.copy_from_slice(&new[..16]);
        let (key, device) = (who.key.verifying_key(), who.device.verifying_key());
        // She is a client, he is a therapist.
        self.transcript = digest(&[
            b"common-ground pairing transcript 2\0",
            &ticket.secret,
            &digest(&[&ticket.way]),
            &self.exporter,
            &self.relationship,
            &[&ticket.person[..], &ticket.person_key, &ticket.device, &[0], nonce, &digest(&[introduction])]
                .concat(),
            &[
                &who.person[..],
                key.as_bytes(),
                device.as_bytes(),
                &[1],
                own_nonce,
                &digest(&[&self.introduction]),
            ]
            .concat(),
        ]);
    }
}

/// Counts a message; whether it was the last before the cut.
fn spent(left: &mut usize) -> bool {
    *left = left.saturating_sub(1);
    *left == 0
}
