//! How much memory and time the worst frames can take: measured as the peak of a process of its own.

use std::io::Read;
use std::process::Command;

use crate::exchange::columns::{self, Column, MAX_CHANGES, MAX_INFLATED, MAX_OPERATIONS, put_number};
use crate::exchange::frame::{self, Batch, Hello};
use crate::exchange::testing::{Bare, TERMS, relationship};
use crate::exchange::{FrameReader, Session};
use crate::tests::memory;

const FRAMES: &str = "COMMON_GROUND_HOSTILE_FRAMES";
const CASES: [&str; 5] = ["bomb", "many operations", "long strings", "many predecessors", "many pieces"];

/// Columns put together by hand, without the writer's checks.
struct Crafted {
    columns: [Vec<u8>; Column::COUNT],
    changes: usize,
}

impl Crafted {
    /// `changes` changes of one actor in a row, each with this many operations.
    fn new(first: u64, changes: usize, operations: usize) -> Self {
        let mut crafted = Self { columns: Default::default(), changes };
        let genesis = Bare::new(1).document.get_heads()[0];
        crafted.put(Column::Actors, &[1; 16]);
        crafted.put(Column::Hashes, &genesis.0);
        crafted.number(Column::Sequence, first);
        for change in 0..changes {
            crafted.number(Column::Author, 0);
            crafted.number(Column::Time, 0);
            crafted.number(Column::ParentCount, 1);
            crafted.number(Column::Parent, if change == 0 { 1 } else { 2 });
            crafted.number(Column::OperationCount, operations as u64);
        }
        crafted
    }

    fn put(&mut self, column: Column, bytes: &[u8]) {
        self.columns[column as usize].extend_from_slice(bytes);
    }

    fn number(&mut self, column: Column, number: u64) {
        put_number(&mut self.columns[column as usize], number);
    }

    /// Puts a value on a new key of 32 digits in the root map.
    fn operation(&mut self, shape: u8, at: usize) {
        self.put(Column::Shape, &[shape]);
        self.number(Column::Object, 1);
        self.number(Column::Key, 0);
        self.put(Column::IdCreator, &[0; 6]);
        self.number(Column::IdTime, 0);
        self.put(Column::IdRandom, &u32::try_from(at).unwrap().to_be_bytes());
    }

    fn deflated(self) -> Vec<u8> {
        let mut out = vec![1];
        put_number(&mut out, self.changes as u64);
        for column in &self.columns {
            put_number(&mut out, column.len() as u64);
        }
        columns::deflate(&[out, self.columns.concat()].concat()).unwrap()
    }
}

fn frames(case: &str) -> Vec<Vec<u8>> {
    let frame = |piece, is_last, deflated: &[u8]| {
        let (answers, delivery, heads) = (0, 1, Vec::new());
        frame::write_batch(&Batch { answers, delivery, piece, is_last, heads, columns: deflated }).unwrap()
    };
    let many = |first, changes, operations| {
        let mut crafted = Crafted::new(first, changes, operations);
        for at in 0..changes * operations {
            crafted.operation(2, at);
            crafted.number(Column::Predecessor, 0);
        }
        crafted
    };
    match case {
        "bomb" => vec![frame(0, true, &columns::deflate(&vec![0; 8 * MAX_INFLATED]).unwrap())],
        "many operations" => {
            vec![frame(0, true, &many(1, MAX_CHANGES, MAX_OPERATIONS / MAX_CHANGES).deflated())]
        }
        "long strings" => {
            // One string of 64 KiB stands once and is used as often as is allowed.
            let uses = 120;
            let mut crafted = Crafted::new(1, 1, uses);
            for at in 0..uses {
                crafted.operation(8, at);
                crafted.number(Column::Predecessor, 0);
                crafted.number(Column::Value, if at == 0 { 1 } else { 2 });
            }
            crafted.number(Column::StringLength, 64 * 1024);
            crafted.put(Column::StringBytes, &vec![b'x'; 64 * 1024]);
            vec![frame(0, true, &crafted.deflated())]
        }
        "many predecessors" => {
            let mut crafted = Crafted::new(1, 2, 10_000);
            for at in 0..20_000 {
                crafted.operation(2, at);
                let count = if at % 10_000 > 30 { 2 } else { 0 };
                crafted.number(Column::Predecessor, if count == 0 { 0 } else { count + 1 });
                for distance in 1..=count {
                    crafted.number(Column::PredecessorActor, 0);
                    crafted.number(Column::PredecessorDistance, distance);
                }
            }
            vec![frame(0, true, &crafted.deflated())]
        }
        "many pieces" => {
            // A delivery that never ends, with all that costs memory. Each piece stands upon the genesis,
            // as if it were another branch.
            // Four pieces of 20,000 operations with strings of their own come as near to all limits as
            // one can; the fifth is one too many.
            let (changes, operations, length) = (4_000, 5, 70);
            let piece = |piece: u64| {
                let mut crafted = Crafted::new(1 + piece * 4_000, changes, operations);
                for at in 0..changes * operations {
                    crafted.operation(8, at);
                    let count = if (30..5_000).contains(&at) { 2 } else { 0 };
                    crafted.number(Column::Predecessor, if count == 0 { 0 } else { count + 1 });
                    for distance in 1..=count {
                        crafted.number(Column::PredecessorActor, 0);
                        crafted.number(Column::PredecessorDistance, distance);
                    }
                    crafted.number(Column::Value, 1);
                    crafted.number(Column::StringLength, length);
                    crafted.put(Column::StringBytes, format!("{at:>70}").as_bytes());
                }
                frame(piece, false, &crafted.deflated())
            };
            (0..8).map(piece).collect()
        }
        _ => panic!("no such case"),
    }
}

/// How long this process has kept a processor busy, in steps of 10 ms: other programs on the machine do
/// not count.
fn busy_millis() -> usize {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let (_, after_name) = stat.rsplit_once(')').unwrap();
    let ticks = after_name.split_whitespace().skip(11).take(2).map(|ticks| ticks.parse::<usize>().unwrap());
    ticks.sum::<usize>() * 10
}

/// Runs in the child process, in which nothing else happens: the frames come out of a file, as from a
/// stream.
#[test]
#[ignore = "a helper of the test below, which runs it in a process of its own"]
fn as_a_child() {
    let mut stream = std::fs::File::open(std::env::var(FRAMES).unwrap()).unwrap();
    let mut one = Bare::new(1);
    let mut session = Session::new(relationship(), TERMS, &one).unwrap();
    let hello = Hello {
        protocol: (1, 1),
        gate: 1,
        level: 1,
        plan: 1,
        device_list: 1,
        relationship: relationship(),
        is_over: false,
        asks: 0,
        positions: Vec::new(),
    };
    session.receive(&frame::write_hello(&hello).unwrap(), &mut one).unwrap();
    let before = memory("VmRSS:");
    let mut reader = FrameReader::default();
    let mut arrived = [0; 16 * 1024];
    let mut slowest = 0;
    let mut taken = 0;
    'stream: loop {
        let count = stream.read(&mut arrived).unwrap();
        if count == 0 {
            break;
        }
        reader.push(&arrived[..count]);
        while let Some(frame) = reader.next_frame().unwrap() {
            let begun = busy_millis();
            let ended = session.receive(&frame, &mut one).is_err();
            slowest = slowest.max(busy_millis() - begun);
            taken += 1;
            if ended {
                break 'stream;
            }
        }
    }
    println!("measured {} {} {taken}", memory("VmHWM:").saturating_sub(before), slowest);
}

#[test]
fn the_worst_frames_take_less_than_64_mib_and_a_second() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("frames");
    for case in CASES {
        std::fs::write(&file, frames(case).concat()).unwrap();
        let output = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "exchange::tests::memory::as_a_child", "--ignored", "--nocapture"])
            .env(FRAMES, &file)
            .output()
            .unwrap();
        let text = String::from_utf8_lossy(&output.stdout);
        let numbers: Vec<usize> = text
            .split("measured ")
            .nth(1)
            .unwrap_or_else(|| panic!("{case}: {text} {}", String::from_utf8_lossy(&output.stderr)))
            .split_whitespace()
            .take(3)
            .map(|number| number.parse().unwrap())
            .collect();
        let (bytes, millis, taken) = (numbers[0], numbers[1], numbers[2]);
        println!(
            "{case}: {:.1} MiB more, {millis} ms for the slowest of {taken} frames",
            bytes as f64 / 1048576.0
        );
        assert!(bytes < 64 * 1024 * 1024, "{case} took {bytes} bytes");
        assert!(millis < 1_000, "{case} took {millis} ms");
    }
}
