//! Signatures that are not what they are shown as: replayed, taken from another goal, another wording, another
//! relationship, or made with another key. None of them seals anything, and his own honest one does.

use automerge::ScalarValue;
use common_ground::id::{GoalId, RelationshipId};
use common_ground::plan::{GoalEdit, NewGoal, Standing};
use common_ground::relationship::Role;
use common_ground_tests::{Clock, Device, wait};
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest as _, Sha256};

use crate::liar::frames::{Head, NOT_ALLOWED, NOT_VOUCHED_FOR, VALUE};
use crate::liar::statement::{AGREE, Statement, WITHDRAW, former_wording, held, wording};
use crate::liar::table::moment_at;
use crate::liar::{Answer, Liar, hex, unhex};
use crate::scene::{Person, Scene, online, pair, person_of};

/// A plan with two goals of hers, to the first of which she has agreed.
struct Signing {
    scene: Scene,
    liar: Liar,
    hers: Person,
    his: Person,
    walk: GoalId,
    sleep: GoalId,
    /// Her statement, as the plan holds it.
    her_word: Vec<u8>,
    count: u32,
}

impl Signing {
    fn begin() -> Self {
        let scene = Scene::begin();
        let plan = scene.plan();
        let propose = |title: &str| {
            let goal = NewGoal { title: title.to_owned(), why: "So".to_owned(), ..NewGoal::default() };
            plan.propose_goal(goal).expect("proposed")
        };
        let (walk, sleep) = (propose("Walk"), propose("Sleep"));
        let walk = plan.agree(walk.summary.id, walk.digest).expect("agreed").summary.id;
        let liar = Liar::of(&scene);
        let (hers, his) = (person_of(&scene.anna), person_of(&scene.ben));
        let her_word = words_of(&liar, &hers).remove(0);
        Self { scene, liar, hers, his, walk, sleep: sleep.summary.id, her_word, count: 0 }
    }

    /// What he could honestly say.
    fn his_word(&self) -> Statement {
        Statement {
            relationship: self.scene.relationship,
            goal: *self.walk.as_bytes(),
            client: self.hers.id,
            therapist: self.his.id,
            by: self.his.id,
            kind: AGREE,
            counter: 1,
            at: moment_at(1),
            wording: wording(self.walk.as_bytes(), "Walk", "So", &[]),
        }
    }

    /// An id that no statement has yet.
    fn item(&mut self, of: [u8; 16]) -> String {
        self.count += 1;
        hex(&[&of[..6], &[0, 0, 0, 0, 0, 1], &self.count.to_be_bytes()].concat())
    }

    /// Puts bytes into the plan as a statement.
    fn say(&mut self, bytes: Vec<u8>, of: [u8; 16]) -> Answer {
        let (item, statements) = (self.item(of), self.liar.copy.object(&["statements"]));
        let mut draft = self.liar.draft();
        draft.put(&statements, &item, ScalarValue::Bytes(bytes), vec![]);
        self.liar.tell(&[draft.change])
    }

    /// Bytes that are no statement of his, and are refused.
    fn is_refused(&mut self, bytes: Vec<u8>, what: &str) {
        let before = self.scene.tables();
        let answer = self.say(bytes, self.his.id);
        let Answer::Judged { refused } = &answer else { panic!("{what}: {answer:?}") };
        assert!(matches!(refused.as_slice(), [(_, VALUE)]), "{what}: {answer:?}");
        assert!(self.scene.tables() == before, "{what}");
        self.nothing_is_sealed(what);
    }

    /// A statement that is one, and means nothing here.
    fn counts_for_nothing(&mut self, bytes: Vec<u8>, what: &str) {
        let answer = self.say(bytes, self.his.id);
        assert!(answer == Answer::Judged { refused: vec![] }, "{what}: {answer:?}");
        self.nothing_is_sealed(what);
    }

    fn nothing_is_sealed(&self, what: &str) {
        let plan = self.scene.plan();
        let walk = plan.goal(self.walk).expect("the goal");
        assert!(walk.summary.standing == Standing::Proposed && walk.sealed.is_none(), "{what}");
        assert!(walk.agreed_by.len() == 1 && *walk.agreed_by[0].as_bytes() == self.hers.id, "{what}");
        assert!(plan.goal(self.sleep).expect("the goal").agreed_by.is_empty(), "{what}");
    }

    /// He says it as himself, and it is sealed; all is well.
    fn his_true_word_seals_it(mut self) {
        let truth = self.his_word().signed(&self.his.key);
        let answer = self.say(truth, self.his.id);
        assert!(answer == Answer::Judged { refused: vec![] }, "{answer:?}");
        let walk = self.scene.plan().goal(self.walk).expect("the goal");
        assert!(matches!(walk.summary.standing, Standing::Agreed { .. }));
        assert!(walk.sealed.expect("sealed").title == "Walk");
        self.scene.local_work_goes_on();
        self.liar.settle();
        self.liar.go();
        self.scene.the_honest_exchange_works();
    }
}

/// The statements of a person that a plan holds.
fn words_of(liar: &Liar, person: &Person) -> Vec<Vec<u8>> {
    use automerge::ReadDoc as _;
    let document = &liar.copy.document;
    let (_, statements) = document.get(automerge::ROOT, "statements").expect("a read").expect("statements");
    let all = document.map_range(&statements, ..);
    let of_person = all.filter(|entry| unhex(&entry.key)[..6] == person.id[..6]);
    of_person
        .filter_map(|entry| match entry.value.into_value() {
            automerge::Value::Scalar(value) => value.as_bytes().map(<[u8]>::to_vec),
            automerge::Value::Object(_) => None,
        })
        .collect()
}

/// A statement with some bytes of what was signed replaced by others.
fn with_other(bytes: &[u8], this: &[u8], other: &[u8]) -> Vec<u8> {
    assert!(this.len() == other.len() && this != other);
    let at = bytes.windows(this.len()).position(|window| window == this).expect("these bytes");
    [&bytes[..at], other, &bytes[at + this.len()..]].concat()
}

#[test]
fn her_word_is_not_said_again_by_another() {
    let mut signing = Signing::begin();
    let her_word = signing.her_word.clone();
    signing.is_refused(her_word.clone(), "her word as his");
    let answer = signing.say(her_word.clone(), signing.hers.id);
    let Answer::Judged { refused } = &answer else { panic!("{answer:?}") };
    assert!(matches!(refused.as_slice(), [(_, NOT_ALLOWED)]), "her word again, in her name");
    let as_his = with_other(
        &her_word,
        &[&[0, 0, 0, 16][..], &signing.hers.id].concat(),
        &[&[0, 0, 0, 16][..], &signing.his.id].concat(),
    );
    signing.is_refused(as_his, "her word with his name in her place");
    let in_her_name = Statement { by: signing.hers.id, ..signing.his_word() }.signed(&signing.his.key);
    signing.is_refused(in_her_name, "her word with his key");
    // After she has taken it back it is not said again either.
    let plan = signing.scene.plan();
    let shown = plan.goal(signing.walk).expect("the goal");
    plan.withdraw(signing.walk, shown.digest).expect("withdrawn");
    signing.liar.settle();
    let before = signing.scene.tables();
    assert!(
        matches!(signing.say(her_word.clone(), signing.his.id), Answer::Judged { refused } if refused.len() == 1)
    );
    assert!(
        matches!(signing.say(her_word, signing.hers.id), Answer::Judged { refused } if refused.len() == 1)
    );
    assert!(signing.scene.tables() == before);
    assert!(plan.goal(signing.walk).expect("the goal").agreed_by.is_empty());
    let shown = plan.goal(signing.walk).expect("the goal");
    plan.agree(signing.walk, shown.digest).expect("agreed again");
    signing.liar.settle();
    signing.his_true_word_seals_it();
}

#[test]
fn a_signature_stays_with_what_was_signed() {
    let mut signing = Signing::begin();
    let truth = signing.his_word();
    let bytes = truth.signed(&signing.his.key);
    let (walk, sleep) = (*signing.walk.as_bytes(), *signing.sleep.as_bytes());
    let number = |number: u64| [&8_u32.to_be_bytes()[..], &number.to_be_bytes()].concat();
    let changed = wording(&walk, "Walk", "No", &[]);
    let digest = |wording: &[u8]| -> [u8; 32] { Sha256::digest(wording).into() };
    let signature: [u8; 64] = {
        let signed = truth.to_sign(signing.his.key.verifying_key().as_bytes(), &digest(&truth.wording));
        signing.his.key.sign(&signed).to_bytes()
    };
    let key = *signing.his.key.verifying_key().as_bytes();
    let lies: Vec<(&str, Vec<u8>)> = vec![
        ("moved to another goal", with_other(&bytes, &walk, &sleep)),
        (
            "moved to another relationship",
            with_other(&bytes, signing.scene.relationship.as_bytes(), &[7; 16]),
        ),
        ("turned into a withdrawal", with_other(&bytes, &number(AGREE), &number(WITHDRAW))),
        ("said at another time", with_other(&bytes, moment_at(1).as_bytes(), moment_at(2).as_bytes())),
        ("on another wording", with_other(&bytes, &truth.wording, &changed)),
        ("on another digest", with_other(&bytes, &digest(&truth.wording), &digest(&changed))),
        (
            "on another wording and its digest",
            with_other(
                &with_other(&bytes, &truth.wording, &changed),
                &digest(&truth.wording),
                &digest(&changed),
            ),
        ),
        (
            "with a wording of another goal, well signed",
            Statement { wording: wording(&sleep, "Sleep", "So", &[]), ..truth.clone() }
                .signed(&signing.his.key),
        ),
        (
            "with a wording that is none, well signed",
            Statement { wording: b"anything".to_vec(), ..truth.clone() }.signed(&signing.his.key),
        ),
        (
            "with a digest of nothing, well signed",
            signed_as_it_is(&truth.to_sign(&key, &[0; 32]), &truth.wording, &signing.his.key),
        ),
        (
            "of a kind that there is not, well signed",
            Statement { kind: 3, ..truth.clone() }.signed(&signing.his.key),
        ),
        (
            "by a third person, well signed",
            Statement { by: [3; 16], ..truth.clone() }.signed(&signing.his.key),
        ),
        (
            "at a time that is none, well signed",
            Statement { at: "yesterday".to_owned(), ..truth.clone() }.signed(&signing.his.key),
        ),
        (
            "a head's signature",
            held(
                &truth.to_sign(&key, &digest(&truth.wording)),
                &signing.liar.head(&signing.liar.draft().change).signature,
                &truth.wording,
            ),
        ),
        ("over no fields", signed_as_it_is(b"", &truth.wording, &signing.his.key)),
        ("its own signature over nothing", held(b"", &signature, &truth.wording)),
        ("something behind it", [&bytes[..], &[0]].concat()),
        ("nothing", Vec::new()),
        ("a length of 4 GiB", [&[0xff; 4][..], &bytes[4..]].concat()),
    ];
    for (what, bytes) in lies {
        signing.is_refused(bytes, what);
    }
    for cut in (1..bytes.len()).step_by(23) {
        signing.is_refused(bytes[..cut].to_vec(), "cut off");
    }
    signing.his_true_word_seals_it();
}

/// Whatever bytes, signed.
fn signed_as_it_is(signed: &[u8], wording: &[u8], key: &SigningKey) -> Vec<u8> {
    held(signed, &key.sign(signed).to_bytes(), wording)
}

#[test]
fn a_word_from_elsewhere_may_lie_there_and_counts_for_nothing() {
    let mut signing = Signing::begin();
    // Ben has another client, and says there what he means.
    let clara = Device::in_world(Role::Client, "Clara", Clock::seeded(3));
    let (at_clara, at_ben) = (online(&clara), online(&signing.scene.ben));
    let elsewhere = pair(&at_clara, &at_ben);
    wait(at_ben.go_offline());
    wait(at_clara.go_offline());
    let truth = signing.his_word();
    let clara = person_of(&clara);
    let by_his_device = truth.signed(&signing.his.device);
    let stranger = truth.signed(&SigningKey::from_bytes(&[6; 32]));
    let his = signing.his.key.clone();
    let lies = [
        ("in another relationship", Statement { relationship: elsewhere, ..truth.clone() }.signed(&his)),
        (
            "to another client in another relationship",
            Statement { relationship: elsewhere, client: clara.id, ..truth.clone() }.signed(&his),
        ),
        ("to another client", Statement { client: clara.id, ..truth.clone() }.signed(&his)),
        (
            "with the parts changed over",
            Statement { client: truth.therapist, therapist: truth.client, ..truth.clone() }.signed(&his),
        ),
        ("with his device's key", by_his_device),
        ("with nobody's key", stranger),
        (
            "on a wording as it was written before",
            Statement { wording: former_wording(&truth.goal, "Walk", "So"), ..truth.clone() }.signed(&his),
        ),
        (
            "on a relationship of nobody",
            Statement { relationship: RelationshipId::from_bytes([0; 16]), ..truth }.signed(&his),
        ),
    ];
    for (what, bytes) in lies {
        signing.counts_for_nothing(bytes, what);
    }
    signing.his_true_word_seals_it();
}

#[test]
fn what_is_sealed_stays_sealed_and_is_about_that_wording_alone() {
    let mut signing = Signing::begin();
    let truth = signing.his_word();
    // She has changed her goal since he looked: what he signs now is about what it was.
    let plan = signing.scene.plan();
    let shown = plan.goal(signing.walk).expect("the goal");
    let edit = GoalEdit { title: Some("Walk twice".to_owned()), ..GoalEdit::default() };
    plan.edit_goal(signing.walk, shown.version, edit).expect("edited");
    signing.liar.settle();
    let bytes = truth.signed(&signing.his.key);
    assert!(signing.say(bytes, signing.his.id) == Answer::Judged { refused: vec![] });
    let seen = plan.goal(signing.walk).expect("the goal");
    assert!(seen.sealed.as_ref().is_some_and(|sealed| sealed.title == "Walk"), "what both have signed");
    assert!(matches!(seen.summary.standing, Standing::ChangedSinceAgreed { .. }));
    // A statement's signature vouches for no change.
    let mut draft = signing.liar.draft();
    let map = signing.liar.copy.object(&["goals", &signing.walk.to_string()]);
    draft.put(&map, "archived", ScalarValue::Null, vec![]);
    let position = draft.position();
    let signature = signing.his.key.sign(&truth.to_sign(&[0; 32], &[0; 32])).to_bytes();
    let head = Head { signature, ..Head::sign(signing.liar.relationship, position, &signing.his.device) };
    let answer = signing.liar.deliver(&[draft.change], vec![head]);
    assert!(matches!(answer, Answer::Judged { refused } if refused[0].1 == NOT_VOUCHED_FOR));
    signing.scene.local_work_goes_on();
    signing.liar.settle();
    signing.liar.go();
    signing.scene.the_honest_exchange_works();
}
