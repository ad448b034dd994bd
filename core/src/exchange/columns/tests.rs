//! What the columns promise: the very same change on the other side, or a clear no.

use automerge::transaction::{CommitOptions, Transactable};
use automerge::{ActorId, Automerge, Change, ChangeHash, ObjType, ROOT};
use proptest::prelude::*;

use super::*;
use crate::exchange::testing::{Bare, Dice, bring_level};

/// What one device knows of the changes before a batch.
fn known(before: &[Change]) -> impl Fn(&ChangeHash) -> Option<u64> {
    let genesis = Bare::new(1).document.get_changes(&[]);
    let all: Vec<(ChangeHash, u64)> =
        genesis.iter().chain(before).map(|change| (change.hash(), change.max_op())).collect();
    move |hash| all.iter().find(|(known, _)| known == hash).map(|(_, max_op)| *max_op)
}

fn hashes(changes: &[Change]) -> Vec<ChangeHash> {
    changes.iter().map(Change::hash).collect()
}

fn decoded_hashes(decoded: &Decoded) -> Vec<ChangeHash> {
    decoded.changes.iter().map(|built| built.change.hash()).collect()
}

/// Two devices that edited apart, met, and edited on.
fn history(seed: u64, edits: usize) -> Vec<Change> {
    let mut dice = Dice(seed);
    let (mut one, mut two) = Bare::pair();
    for _ in 0..3 {
        one.edits(edits, &mut dice);
        two.edits(edits, &mut dice);
        bring_level(&mut one, &mut two);
    }
    one.all()
}

#[test]
fn a_change_comes_out_as_it_went_in_byte_for_byte() {
    let changes = history(1, 30);
    let decoded = decode(&encode(&changes).unwrap(), &known(&[])).unwrap();
    assert!(decoded.orphans == 0);
    assert!(decoded.changes.len() == changes.len());
    for (built, change) in decoded.changes.iter().zip(&changes) {
        assert!(built.change.raw_bytes() == change.raw_bytes());
        assert!(built.expanded == change.decode());
    }
}

#[test]
fn a_batch_may_begin_anywhere_in_a_history() {
    let changes = history(2, 25);
    for cut in [1, 7, 50, 100, changes.len() - 1] {
        let (before, after) = changes.split_at(cut);
        let decoded = decode(&encode(after).unwrap(), &known(before)).unwrap();
        assert!(decoded_hashes(&decoded) == hashes(after));
    }
}

#[test]
fn what_builds_upon_something_unknown_is_dropped_and_counted_and_the_rest_stays() {
    let mut dice = Dice(3);
    let (mut one, mut two) = Bare::pair();
    one.edits(10, &mut dice);
    two.edits(4, &mut dice);
    let theirs = two.all();
    let mut batch = one.all()[1..].to_vec();
    batch.extend(theirs.clone());
    let decoded = decode(&encode(&batch).unwrap(), &known(&[])).unwrap();
    assert!(decoded.orphans == 9, "all but the first of one device build upon the first");
    assert!(decoded_hashes(&decoded) == hashes(&theirs));
}

#[test]
fn every_commit_of_a_plan_survives_the_way_there_and_back() {
    for change in history(4, 20) {
        let built = roundtrip(&change).unwrap();
        assert!(built.change.raw_bytes() == change.raw_bytes());
    }
}

/// A change of one transaction upon the genesis.
fn made(
    options: CommitOptions,
    edit: impl FnOnce(&mut automerge::transaction::Transaction<'_>) -> Result<(), automerge::AutomergeError>,
) -> Change {
    let mut document = Bare::new(1).document;
    document.transact_with::<_, _, automerge::AutomergeError, _>(|()| options, edit).unwrap();
    document.get_last_local_change().unwrap()
}

#[test]
fn what_plans_do_not_have_is_an_error_at_commit() {
    let none = CommitOptions::default;
    let odd = [
        made(none(), |plan| plan.put_object(ROOT, "list", ObjType::List).map(drop)),
        made(none(), |plan| plan.put_object(ROOT, "table", ObjType::Table).map(drop)),
        made(none(), |plan| plan.put(ROOT, "counter", automerge::ScalarValue::counter(1))),
        made(none(), |plan| plan.put(ROOT, "float", 1.5)),
        made(none(), |plan| plan.put(ROOT, "timestamp", automerge::ScalarValue::Timestamp(1))),
        made(none().with_message("hello"), |plan| plan.put(ROOT, "a", 1)),
        made(none(), |plan| plan.put(ROOT, "long", "x".repeat(MAX_STRING + 1))),
        made(none(), |plan| plan.put(ROOT, "long", vec![1; MAX_STRING + 1])),
        made(none(), |plan| {
            let text = plan.put_object(ROOT, "text", ObjType::Text)?;
            plan.splice_text(&text, 0, 0, "marked")?;
            let mark = automerge::marks::Mark::new("bold".into(), true, 0, 3);
            plan.mark(&text, mark, automerge::marks::ExpandMark::After)
        }),
        made(none(), |plan| {
            let text = plan.put_object(ROOT, "text", ObjType::Text)?;
            plan.splice_text(&text, 0, 0, &"x".repeat(MAX_OPERATIONS_OF_A_CHANGE))
        }),
    ];
    for change in odd {
        assert!(matches!(roundtrip(&change), Err(Error::Exchange { .. })));
    }
    let first = Bare::new(1).document.get_changes(&[]).remove(0);
    assert!(roundtrip(&first).is_err(), "a change without parents is the genesis, which never travels");
    let mut document = Bare::new(1).document.with_actor(ActorId::from([1, 2, 3].as_slice()));
    document.transact::<_, _, automerge::AutomergeError>(|plan| plan.put(ROOT, "a", 1)).unwrap();
    assert!(roundtrip(&document.get_last_local_change().unwrap()).is_err(), "an actor of another length");
}

#[test]
fn extreme_values_survive() {
    let change = made(CommitOptions::default().with_time(i64::MAX), |plan| {
        for (key, value) in [("a", i64::MIN), ("b", i64::MAX), ("c", -1), ("d", 0)] {
            plan.put(ROOT, key, value)?;
        }
        plan.put(ROOT, "e", u64::MAX)?;
        plan.put(ROOT, "f", "")?;
        plan.put(ROOT, "g", Vec::<u8>::new())?;
        plan.put(ROOT, "0123456789abcdef0123456789abcdef", "0123456789ABCDEF0123456789ABCDEF")?;
        plan.put(ROOT, "\u{0}\u{10ffff}", "0123456789abcdef0123456789abcdef")
    });
    roundtrip(&change).unwrap();
    let change = made(CommitOptions::default().with_time(i64::MIN), |plan| {
        plan.put(ROOT, "a", i64::MIN)?;
        plan.put(ROOT, "b", "2026-05-03T18:02:11.250000+02:00[Europe/Berlin]")?;
        plan.put(ROOT, "c", "2026-05-03T18:02:11.250000Z[UTC]")?;
        plan.put(ROOT, "0123456789abcdef0123456789abcdef", true)
    });
    roundtrip(&change).unwrap();
}

#[test]
fn one_batch_holds_no_more_than_its_limits() {
    let mut dice = Dice(5);
    let (mut one, _) = Bare::pair();
    one.edits(10, &mut dice);
    let one_change = one.all()[0].clone();
    assert!(encode(&vec![one_change; MAX_CHANGES + 1]).is_err());

    // A string stands once on the wire and is used a thousand times: it counts a thousand times.
    let mut document = Bare::new(1).document;
    let long = "x".repeat(MAX_STRING);
    let change = |document: &mut Automerge, name: &str, count: usize| {
        document
            .transact::<_, _, automerge::AutomergeError>(|plan| {
                (0..count).try_for_each(|key| plan.put(ROOT, format!("{name}{key}"), long.as_str()))
            })
            .unwrap();
        document.get_last_local_change().unwrap()
    };
    assert!(roundtrip(&change(&mut document, "a", MAX_UNFOLDED / MAX_STRING - 1)).is_ok());
    assert!(roundtrip(&change(&mut document, "b", MAX_UNFOLDED / MAX_STRING + 1)).is_err());
}

#[test]
fn inflating_ends_at_the_limit() {
    let bomb = deflate(&vec![0; MAX_INFLATED + 1]).unwrap();
    assert!(bomb.len() < 20_000);
    assert!(inflate(&bomb).is_err());
    let just = deflate(&vec![0; MAX_INFLATED]).unwrap();
    assert!(inflate(&just).unwrap().len() == MAX_INFLATED);
    let followed = [deflate(b"whole").unwrap(), vec![0]].concat();
    assert!(inflate(&followed).is_err(), "bytes after the end are no batch");
}

/// The encoding may not change unseen: other programs and versions read it. The file holds 25 changes of
/// two devices upon the genesis of these tests, before deflating.
#[test]
fn the_encoding_is_the_one_in_the_golden_file() {
    let golden: String = include_str!("golden.hex").split_whitespace().collect();
    let golden = data_encoding::HEXLOWER.decode(golden.as_bytes()).unwrap();
    let decoded = read(&golden, Room::BATCH, &known(&[])).unwrap();
    let changes: Vec<Change> = decoded.changes.iter().map(|built| built.change.clone()).collect();
    assert!(decoded.orphans == 0 && changes.len() == 25);
    let last: Vec<String> = changes[23..].iter().map(|change| change.hash().to_string()).collect();
    assert_eq!(last, GOLDEN_HASHES, "{}", crate::tests::frozen::FROZEN);
    assert!(write(&changes).unwrap() == golden, "{}", crate::tests::frozen::FROZEN);

    let (mut device, _) = Bare::pair();
    device.document.apply_changes(changes).unwrap();
    assert!(device.shows().contains("01010101010100000000000000000001"));
}

const GOLDEN_HASHES: [&str; 2] = [
    "16d81257cf8d2038c548c3c1ff4feafa0000bda0a8ef28e5f31aca973a5778a5",
    "21a97aca4f3b6c3ff96f5c162e87bd1d893a2b61ae18df3e6ac70fccfaaf631e",
];

#[test]
fn the_description_of_the_wire_names_every_column_and_limit() {
    let description = include_str!("../../../../docs/protocol.md");
    let rows =
        description.lines().filter_map(|line| line.strip_prefix("| ")?.split(' ').next()?.parse().ok());
    let numbers: Vec<usize> = rows.skip_while(|number| *number != 0).collect();
    assert_eq!(numbers[..Column::COUNT], (0..Column::COUNT).collect::<Vec<_>>());
    let (_, limits) = description.split_once("## Limits").unwrap();
    let digits: String = limits.chars().filter(|character| *character != ',').collect();
    for limit in [
        MAX_CHANGES,
        MAX_OPERATIONS,
        MAX_OPERATIONS_OF_A_CHANGE,
        MAX_ACTORS,
        MAX_PARENTS,
        MAX_PREDECESSORS,
        MAX_PREDECESSORS_OF_A_BATCH,
        usize::try_from(MAX_NUMBER).unwrap(),
    ] {
        assert!(digits.contains(&limit.to_string()), "{limit}");
    }
}

/// Any text, any number, anywhere.
#[derive(Debug, Clone)]
enum Edit {
    Put(u8, u8, Word),
    Splice(u8, u16, u8, String),
    Make(u8, u8, bool),
    Merge,
}

#[derive(Debug, Clone)]
enum Word {
    Text(String),
    Id([u8; 16]),
    Int(i64),
    Uint(u64),
    Bytes(Vec<u8>),
    Flag(bool),
    Null,
}

fn word() -> impl Strategy<Value = Word> {
    prop_oneof![
        "\\PC{0,12}".prop_map(Word::Text),
        any::<[u8; 16]>().prop_map(Word::Id),
        any::<i64>().prop_map(Word::Int),
        (-20_i64..20).prop_map(Word::Int),
        any::<u64>().prop_map(Word::Uint),
        proptest::collection::vec(any::<u8>(), 0..80).prop_map(Word::Bytes),
        any::<bool>().prop_map(Word::Flag),
        Just(Word::Null),
    ]
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        3 => (any::<u8>(), 0_u8..6, word()).prop_map(|(on, key, value)| Edit::Put(on, key, value)),
        3 => (any::<u8>(), any::<u16>(), 0_u8..5, "\\PC{0,8}")
            .prop_map(|(on, at, deleted, text)| Edit::Splice(on, at, deleted, text)),
        2 => (any::<u8>(), 0_u8..6, any::<bool>()).prop_map(|(on, key, map)| Edit::Make(on, key, map)),
        1 => Just(Edit::Merge),
    ]
}

/// Carries out a script on two documents that meet now and then.
fn carried_out(script: &[(bool, Vec<Edit>)]) -> Vec<Change> {
    let (one, two) = Bare::pair();
    let mut documents = [one.document, two.document];
    let mut maps = vec![ROOT];
    let mut texts = Vec::new();
    for (second, edits) in script {
        if edits.iter().any(|edit| matches!(edit, Edit::Merge)) {
            let [one, two] = &mut documents;
            one.merge(two).unwrap();
            two.merge(one).unwrap();
        }
        let mut made = Vec::new();
        let _ = documents[usize::from(*second)].transact::<_, _, automerge::AutomergeError>(|plan| {
            for edit in edits {
                // An object of the other device that has not arrived yet cannot be edited: skipped.
                match edit {
                    Edit::Put(on, key, value) => {
                        let on = &maps[usize::from(*on) % maps.len()];
                        let key = format!("k{key}");
                        let _ = match value.clone() {
                            Word::Text(text) => plan.put(on, key, text),
                            Word::Id(id) => plan.put(on, data_encoding::HEXLOWER.encode(&id), "id"),
                            Word::Int(number) => plan.put(on, key, number),
                            Word::Uint(number) => plan.put(on, key, number),
                            Word::Bytes(bytes) => plan.put(on, key, bytes),
                            Word::Flag(flag) => plan.put(on, key, flag),
                            Word::Null => plan.put(on, key, ()),
                        };
                    }
                    Edit::Splice(on, at, deleted, text) if !texts.is_empty() => {
                        let on = &texts[usize::from(*on) % texts.len()];
                        let length = automerge::ReadDoc::length(plan, on);
                        let at = usize::from(*at) % (length + 1);
                        let deleted = usize::from(*deleted).min(length - at);
                        let _ = plan.splice_text(on, at, isize::try_from(deleted).unwrap(), text);
                    }
                    Edit::Make(on, key, map) => {
                        let on = &maps[usize::from(*on) % maps.len()];
                        let kind = if *map { ObjType::Map } else { ObjType::Text };
                        if let Ok(object) = plan.put_object(on, format!("k{key}"), kind) {
                            made.push((*map, object));
                        }
                    }
                    _ => {}
                }
            }
            Ok(())
        });
        for (map, object) in made {
            if map { maps.push(object) } else { texts.push(object) }
        }
    }
    let [mut one, mut two] = documents;
    one.merge(&mut two).unwrap();
    let genesis = Bare::new(1).document.get_heads();
    one.get_changes(&genesis)
}

proptest! {
    #![proptest_config(crate::tests::cases(200))]

    #[test]
    fn whatever_two_people_write_arrives_as_the_very_same_changes(
        script in proptest::collection::vec(
            (any::<bool>(), proptest::collection::vec(edit(), 1..8)), 1..30)
    ) {
        let changes = carried_out(&script);
        let decoded = decode(&encode(&changes).unwrap(), &known(&[])).unwrap();
        prop_assert!(decoded.orphans == 0);
        prop_assert!(decoded_hashes(&decoded) == hashes(&changes));
    }

    #[test]
    fn bytes_that_nobody_wrote_are_refused_or_read_but_never_harm(
        bytes in proptest::collection::vec(any::<u8>(), 0..600)
    ) {
        let _ = read(&bytes, Room::BATCH, &|_| Some(3));
        let _ = inflate(&bytes);
        let mut begun = vec![ENCODING];
        begun.extend(bytes);
        let _ = read(&begun, Room::BATCH, &|_| Some(3));
    }

    #[test]
    fn a_batch_with_some_bytes_changed_is_refused_or_read_but_never_harms(
        seed in 0_u64..50,
        wounds in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..6)
    ) {
        let mut written = write(&history(seed, 4)).unwrap();
        for (at, byte) in wounds {
            let at = at.index(written.len());
            written[at] = byte;
        }
        for decoded in [
            read(&written, Room::BATCH, &known(&[])),
            read(&written, Room::BATCH, &|_| Some(MAX_NUMBER - 10)),
            read(&written, Room::BATCH, &|_| None),
        ].into_iter().flatten() {
            // What could be built holds just the operations that were read, and could be one's own.
            for built in decoded.changes {
                prop_assert!(built.change.decode() == built.expanded);
                prop_assert!(roundtrip(&built.change).is_ok());
            }
        }
    }
}
