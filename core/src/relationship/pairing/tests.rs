//! Promises of pairing, with two devices in memory and a clock that stands still until told.

mod frozen;
mod hostile;
mod known;

use std::collections::HashMap;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use chrono_tz::Tz;

use super::*;
use crate::clock::Surroundings;
use crate::relationship::Role;
use crate::relationship::device_list::DeviceList;
use crate::relationship::key::{DeviceKey, PersonKey};

/// Time that stands still, and chance that counts.
struct Still {
    now: Mutex<Instant>,
    chance: AtomicU64,
}

impl Surroundings for Still {
    fn now(&self) -> Instant {
        *self.now.lock().expect("now")
    }

    fn zone(&self) -> Tz {
        Tz::UTC
    }

    fn fill_random(&self, bytes: &mut [u8]) -> Result<()> {
        use sha2::Digest;
        for chunk in bytes.chunks_mut(32) {
            let digest = sha2::Sha256::digest(self.chance.fetch_add(1, Ordering::Relaxed).to_be_bytes());
            chunk.copy_from_slice(&digest[..chunk.len()]);
        }
        Ok(())
    }
}

struct Test {
    world: World,
    still: Arc<Still>,
}

impl Test {
    fn new() -> Self {
        let now = Instant::from_timestamp_secs(1_790_000_000).expect("a time");
        let still = Arc::new(Still { now: Mutex::new(now), chance: AtomicU64::new(0) });
        Self { world: Arc::clone(&still) as World, still }
    }

    fn passes(&self, time: TimeDelta) {
        *self.still.now.lock().expect("now") += time;
    }

    fn person(&self, role: Role) -> Own {
        let key = PersonKey::random(&*self.world).expect("a key");
        let device = DeviceKey::random(&*self.world).expect("a key");
        let person = self.world.person_id().expect("an id");
        let list = DeviceList::first(&person, device.public(), self.world.now()).sign(&key).expect("a list");
        Own {
            person,
            person_key: key.public(),
            role,
            display_name: format!("{role:?}"),
            device: device.public(),
            list,
            reads: 1,
            recipient: recipient_of(&device).expect("a recipient"),
            known: HashMap::new(),
            over: Vec::new(),
        }
    }

    fn offer(&self, own: Own) -> Offer {
        Offer::open(own, Vec::new(), WayOfMeeting::SameNetwork, &self.world).expect("an offer")
    }

    /// A therapist's offer and a client who has its ticket.
    fn both(&self) -> (Offer, Redemption) {
        self.both_of(self.person(Role::Therapist), self.person(Role::Client))
    }

    fn both_of(&self, therapist: Own, client: Own) -> (Offer, Redemption) {
        let offer = self.offer(therapist);
        let redemption = self.redeem(&offer, client).expect("a redemption");
        (offer, redemption)
    }

    fn redeem(&self, offer: &Offer, own: Own) -> Result<Redemption, PairingProblem> {
        let ticket = Ticket::read(&offer.ticket().text().expect("text"))?;
        Redemption::begin(own, ticket, self.world.now())
    }
}

/// What came of it on one side.
#[derive(Default)]
struct Came {
    code: Option<Vec<String>>,
    agreed: Option<Agreed>,
    done: bool,
    problem: Option<PairingProblem>,
}

impl Came {
    fn step(&mut self, step: Result<Option<Step>, PairingProblem>) {
        match step {
            Ok(None) => {}
            Ok(Some(Step::Code(code))) => self.code = Some(code.words),
            Ok(Some(Step::Agreed(agreed))) => self.agreed = Some(*agreed),
            Ok(Some(Step::Done)) => self.done = true,
            Err(problem) => self.problem = Some(problem),
        }
    }
}

/// Two devices and the connections between them. A device stores at once what was agreed, and its
/// person confirms as soon as there are words.
struct Pair<'a> {
    test: &'a Test,
    offer: Offer,
    redemption: Redemption,
    offerer: Came,
    redeemer: Came,
    connections: u8,
}

impl<'a> Pair<'a> {
    fn new(test: &'a Test) -> Self {
        Self::of(test, test.person(Role::Therapist), test.person(Role::Client))
    }

    fn of(test: &'a Test, therapist: Own, client: Own) -> Self {
        let (offer, redemption) = test.both_of(therapist, client);
        Self { test, offer, redemption, offerer: Came::default(), redeemer: Came::default(), connections: 0 }
    }

    /// Connects, and carries at most `frames` frames before the connection is cut.
    fn carry(&mut self, frames: usize) {
        self.connections += 1;
        let exporter = [self.connections; 32];
        let client = self.redemption.own.device;
        self.redemption.welcome([0; 32], exporter, &[], &self.test.world).expect("connected");
        let now = self.test.world.now();
        let (mut left, mut welcomed) = (frames, false);
        while left > 0 {
            let mut moved = false;
            while left > 0
                && let Some(frame) = self.redemption.poll()
            {
                (left, moved) = (left - 1, true);
                if welcomed {
                    self.offerer.step(self.offer.receive(&frame, now));
                } else {
                    match self.offer.welcome(client, exporter, &frame, &self.test.world).expect("welcome") {
                        Welcome::Carries => welcomed = true,
                        Welcome::Refused(problem) | Welcome::Ends(problem) => {
                            self.redeemer.problem = Some(problem);
                            return;
                        }
                    }
                }
            }
            while left > 0
                && let Some(frame) = self.offer.poll()
            {
                (left, moved) = (left - 1, true);
                self.redeemer.step(self.redemption.receive(&frame, now));
            }
            if self.offerer.code.is_some() {
                self.offerer.step(self.offer.confirm(now));
            }
            if self.redeemer.code.is_some() {
                self.redeemer.step(self.redemption.confirm(now));
            }
            if self.offerer.agreed.is_some() {
                self.offerer.step(Ok(self.offer.stored(None)));
            }
            if self.redeemer.agreed.is_some() {
                self.redeemer.step(Ok(self.redemption.stored(None)));
            }
            if !moved && self.offerer.done && self.redeemer.done {
                return;
            }
        }
    }

    fn is_whole(&self) -> bool {
        let (Some(here), Some(there)) = (&self.offerer.agreed, &self.redeemer.agreed) else { return false };
        here.relationship == there.relationship
            && self.offerer.code == self.redeemer.code
            && self.offerer.done
            && self.redeemer.done
            && here.other.id == self.redemption.own.person
            && there.other.id == self.offer.own.person
            && here.other.key == self.redemption.own.person_key
            && there.other.key == self.offer.own.person_key
    }
}

#[test]
fn two_people_pair_and_see_the_same_words() {
    let test = Test::new();
    let mut pair = Pair::new(&test);
    pair.carry(usize::MAX);
    assert!(pair.is_whole());
    let code = pair.offerer.code.expect("a code");
    assert_eq!(code.len(), 4);
    let list = bip39::Language::English.word_list();
    assert!(code.iter().all(|word| list.contains(&word.as_str())));
}

#[test]
fn the_words_are_the_first_bits_of_the_transcript() {
    use super::transcript::words;
    assert_eq!(words(&[0; 32]), ["abandon"; 4]);
    assert_eq!(words(&[0xFF; 32]), ["zoo"; 4]);
    let mut transcript = [0; 32];
    // 00000000001 00000000010 00000000100 00000001000, and what follows does not count.
    transcript[..6].copy_from_slice(&[0x00, 0x20, 0x08, 0x02, 0x00, 0x8F]);
    assert_eq!(words(&transcript), ["ability", "able", "above", "absurd"]);
}

#[test]
fn a_pairing_cut_after_any_message_is_finished_over_a_new_connection() {
    for first in 0..10 {
        for second in 0..10 {
            let test = Test::new();
            let mut pair = Pair::new(&test);
            pair.carry(first);
            let shown = pair.redeemer.code.clone();
            pair.carry(second);
            assert!(pair.offerer.problem.is_none() && pair.redeemer.problem.is_none(), "{first} {second}");
            pair.carry(usize::MAX);
            assert!(pair.is_whole(), "cut after {first} and {second} messages");
            // Words that a person has seen never change under their eyes.
            assert!(shown.is_none() || shown == pair.redeemer.code, "cut after {first} and {second}");
        }
    }
}

#[test]
fn nothing_is_agreed_before_both_people_have_confirmed() {
    let test = Test::new();
    let (mut offer, mut redemption) = test.both();
    let (mut offerer, mut redeemer) = reach_the_code(&test, &mut offer, &mut redemption);
    let now = test.world.now();
    redeemer.step(redemption.confirm(now));
    assert!(redeemer.agreed.is_none());
    offerer.step(offer.receive(&redemption.poll().expect("a confirmation"), now));
    assert!(offerer.agreed.is_none() && offerer.problem.is_none());
    offerer.step(offer.confirm(now));
    assert!(offerer.agreed.is_some());
    assert!(redeemer.agreed.is_none());
    redeemer.step(redemption.receive(&offer.poll().expect("a confirmation"), now));
    assert!(redeemer.agreed.is_some());
}

#[test]
fn declining_ends_it_for_both() {
    let test = Test::new();
    let (mut offer, mut redemption) = test.both();
    let (_, mut redeemer) = reach_the_code(&test, &mut offer, &mut redemption);
    redeemer.step(redemption.receive(&decline(), test.world.now()));
    assert_eq!(redeemer.problem, Some(PairingProblem::NotConfirmed));
    assert!(redeemer.agreed.is_none());
}

/// Carries frames until both screens show the words, and no further.
fn reach_the_code(test: &Test, offer: &mut Offer, redemption: &mut Redemption) -> (Came, Came) {
    let (exporter, now) = ([1; 32], test.world.now());
    let (mut offerer, mut redeemer) = (Came::default(), Came::default());
    redemption.welcome([0; 32], exporter, &[], &test.world).expect("connected");
    let open = redemption.poll().expect("the first word");
    let welcome = offer.welcome(redemption.own.device, exporter, &open, &test.world).expect("welcome");
    assert!(matches!(welcome, Welcome::Carries));
    redeemer.step(redemption.receive(&offer.poll().expect("an answer"), now));
    offerer.step(offer.receive(&redemption.poll().expect("a nonce"), now));
    redeemer.step(redemption.receive(&offer.poll().expect("a nonce"), now));
    assert!(offerer.code.is_some() && offerer.code == redeemer.code);
    (offerer, redeemer)
}

#[test]
fn two_of_the_same_role_do_not_pair() {
    let test = Test::new();
    let mut pair = Pair::new(&test);
    pair.redemption = test.redeem(&pair.offer, test.person(Role::Therapist)).expect("a redemption");
    pair.carry(3);
    assert_eq!(pair.offerer.problem, Some(PairingProblem::SameRole));
    assert!(pair.offerer.agreed.is_none() && pair.redeemer.code.is_none());
}

#[test]
fn ones_own_ticket_and_one_of_an_id_too_alike_are_refused_at_once() {
    let test = Test::new();
    let offer = test.offer(test.person(Role::Therapist));
    let mut own = test.person(Role::Client);
    own.person = offer.own.person;
    assert_eq!(test.redeem(&offer, own).err(), Some(PairingProblem::OwnTicket));
    let mut alike = test.person(Role::Client);
    let mut id = *offer.own.person.as_bytes();
    id[15] ^= 1;
    alike.person = PersonId::from_bytes(id);
    assert_eq!(test.redeem(&offer, alike).err(), Some(PairingProblem::IdsTooAlike));
}

#[test]
fn a_ticket_expires() {
    let test = Test::new();
    let (mut offer, mut redemption) = test.both();
    redemption.welcome([0; 32], [1; 32], &[], &test.world).expect("connected");
    let open = redemption.poll().expect("the first word");
    test.passes(LIFETIME);
    let welcome = offer.welcome(redemption.own.device, [1; 32], &open, &test.world).expect("welcome");
    assert!(matches!(welcome, Welcome::Ends(PairingProblem::Expired)));
    assert_eq!(test.redeem(&offer, test.person(Role::Client)).err(), Some(PairingProblem::Expired));
    let again = redemption.welcome([0; 32], [2; 32], &[], &test.world);
    assert_eq!(again.err(), Some(PairingProblem::Expired.into()));
}

#[test]
fn a_code_cannot_be_confirmed_after_the_tickets_time() {
    let test = Test::new();
    let (mut offer, mut redemption) = test.both();
    reach_the_code(&test, &mut offer, &mut redemption);
    test.passes(LIFETIME);
    assert_eq!(offer.confirm(test.world.now()).err(), Some(PairingProblem::Expired));
}

#[test]
fn a_second_redeemer_is_refused_and_disturbs_nobody() {
    let test = Test::new();
    let mut pair = Pair::new(&test);
    pair.carry(4);
    assert!(pair.redeemer.code.is_some());
    for _ in 0..5 {
        let mut second = test.redeem(&pair.offer, test.person(Role::Client)).expect("a redemption");
        second.welcome([0; 32], [9; 32], &[], &test.world).expect("connected");
        let open = second.poll().expect("the first word");
        let welcome = pair.offer.welcome(second.own.device, [9; 32], &open, &test.world).expect("welcome");
        assert!(matches!(welcome, Welcome::Refused(PairingProblem::TicketClosed)));
        let resume = Message::Resume { received: 0 }.encode();
        let welcome = pair.offer.welcome(second.own.device, [9; 32], &resume, &test.world).expect("welcome");
        assert!(matches!(welcome, Welcome::Refused(PairingProblem::TicketClosed)));
    }
    pair.carry(usize::MAX);
    assert!(pair.is_whole());
}

#[test]
fn once_its_nonce_is_out_an_offer_does_not_begin_anew() {
    let test = Test::new();
    let (mut offer, mut redemption) = test.both();
    reach_the_code(&test, &mut offer, &mut redemption);
    let ticket = redemption.ticket.clone();
    let mut again = Redemption::begin(test.person(Role::Client), ticket, test.world.now()).expect("begun");
    again.own = Arc::clone(&redemption.own);
    again.welcome([0; 32], [2; 32], &[], &test.world).expect("connected");
    let open = again.poll().expect("the first word");
    let welcome = offer.welcome(again.own.device, [2; 32], &open, &test.world).expect("welcome");
    assert!(matches!(welcome, Welcome::Refused(PairingProblem::TicketClosed)));
}

#[test]
fn beginning_anew_is_possible_a_few_times_only() {
    let test = Test::new();
    let (mut offer, mut redemption) = test.both();
    let mut ended = false;
    for n in 0..=BEGINNINGS {
        redemption.beginnings = 0;
        redemption.welcome([0; 32], [n; 32], &[], &test.world).expect("connected");
        let open = redemption.poll().expect("the first word");
        let welcome = offer.welcome(redemption.own.device, [n; 32], &open, &test.world).expect("welcome");
        ended = matches!(welcome, Welcome::Ends(PairingProblem::TooManyTries));
        assert_eq!(ended, n == BEGINNINGS);
    }
    assert!(ended);
}
