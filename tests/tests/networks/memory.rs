//! The stage in memory: the real session, plans and shelves of two homes, and a link that delays, loses, repeats,
//! reorders and is cut as a seed says. A failure prints the seed of its schedule, which goes the same way again:
//! `COMMON_GROUND_SCHEDULE=<seed>` plays that one alone.

use std::collections::VecDeque;

use common_ground::Error;
use common_ground::home::in_memory::{End, relate};
use common_ground::id::RelationshipId;
use common_ground::relationship::Role;
use common_ground_tests::scenario::{Act, Scenario, Shown, Stage, Who, suite};
use common_ground_tests::{Clock, Device, scenario_in_process, splitmix};

/// How many schedules there are where nothing else is said.
const SCHEDULES: u64 = 300;
/// After how many things that happen an exchange in good weather must have ended.
const ENOUGH: u32 = 100_000;

/// Numbers that only look as if by chance.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 = splitmix(self.0);
        self.0 % limit
    }

    /// Whether something happens that does so this often in a hundred.
    fn hundredths(&mut self, often: u64) -> bool {
        self.below(100) < often
    }
}

/// What a link does to frames.
#[derive(Clone, Copy)]
enum Weather {
    /// Each arrives once and in order, some time.
    Good,
    /// Some are lost, come twice, out of order or much later.
    Bad,
}

struct InMemory {
    devices: [Option<Device>; 2],
    relationship: RelationshipId,
    dice: Dice,
}

/// Two sides of an exchange, and the frames on their way to each.
struct Run<'a> {
    ends: [End; 2],
    on_the_way: [VecDeque<Vec<u8>>; 2],
    held_back: [Vec<Vec<u8>>; 2],
    dice: &'a mut Dice,
}

impl InMemory {
    fn new(seed: u64) -> Self {
        let device = |who: Who, seed| {
            let role = if who == Who::Client { Role::Client } else { Role::Therapist };
            Device::in_world(role, who.name(), Clock::seeded(seed))
        };
        let devices = [device(Who::Client, 2 * seed), device(Who::Therapist, 2 * seed + 1)];
        let relationship = RelationshipId::from_bytes([7; 16]);
        relate(&devices[0].home, &devices[1].home, relationship).unwrap();
        Self { devices: devices.map(Some), relationship, dice: Dice(seed) }
    }

    fn device(&self, who: Who) -> &Device {
        self.devices[usize::from(who == Who::Therapist)].as_ref().unwrap()
    }

    fn begin(&mut self) -> Run<'_> {
        let [one, two] = Who::BOTH.map(|who| &self.device(who).home);
        let end = |home, other| End::begin(home, self.relationship, other).unwrap();
        Run {
            ends: [end(one, two), end(two, one)],
            on_the_way: Default::default(),
            held_back: Default::default(),
            dice: &mut self.dice,
        }
    }

    /// One exchange in bad weather, of at most so many frames. It may come to nothing.
    fn try_in_bad_weather(&mut self, most: u32) {
        let mut run = self.begin();
        for _ in 0..3 {
            if run.goes_on(Weather::Bad, most) {
                break;
            }
            // Silence: one of them asks again, as the link does.
            let side = usize::from(run.dice.hundredths(50));
            if run.ends[side].has_ended() || run.ends[side].ask_again().is_err() {
                break;
            }
        }
    }
}

impl Run<'_> {
    /// Lets things happen until nothing more does or so many frames have arrived. Answers whether it was cut off.
    fn goes_on(&mut self, weather: Weather, most: u32) -> bool {
        let mut arrived = 0;
        loop {
            // Whose turn it is, and whether they send or receive, is what delay comes to.
            let first = self.dice.below(4);
            let happened = (first..first + 4).any(|turn| {
                let side = usize::from(turn % 2 == 1);
                if turn % 4 < 2 {
                    self.sends(side, weather)
                } else {
                    self.receives(side, weather, &mut arrived)
                }
            });
            if arrived >= most {
                return true;
            }
            let late = self.held_back.iter_mut().zip(&mut self.on_the_way);
            let came_late = late.map(|(late, queue)| {
                let count = late.len();
                queue.extend(late.drain(..));
                count
            });
            if !happened && came_late.sum::<usize>() == 0 {
                return false;
            }
        }
    }

    fn sends(&mut self, side: usize, weather: Weather) -> bool {
        let Some(frame) = self.ends[side].next_frame().unwrap() else { return false };
        let queue = &mut self.on_the_way[1 - side];
        match weather {
            Weather::Bad if self.dice.hundredths(8) => {}
            Weather::Bad if self.dice.hundredths(8) => queue.extend([frame.clone(), frame]),
            Weather::Bad if self.dice.hundredths(8) => {
                let at = usize::try_from(self.dice.below(queue.len() as u64 + 1)).unwrap();
                queue.insert(at, frame);
            }
            Weather::Bad if self.dice.hundredths(8) => {
                self.held_back[1 - side].push(frame.clone());
                if self.dice.hundredths(50) {
                    queue.push_back(frame);
                }
            }
            Weather::Good | Weather::Bad => queue.push_back(frame),
        }
        true
    }

    fn receives(&mut self, side: usize, weather: Weather, arrived: &mut u32) -> bool {
        let Some(frame) = self.on_the_way[side].pop_front() else { return false };
        *arrived += 1;
        match (self.ends[side].take(&frame), weather) {
            (Ok(()), _) | (Err(Error::Closed), _) => {}
            // A frame out of its place may break the rules; the next exchange makes it good.
            (Err(Error::Exchange { .. }), Weather::Bad) => {}
            (Err(error), _) => panic!("an exchange ends in {error}"),
        }
        true
    }
}

impl Stage for InMemory {
    fn does(&mut self, who: Who, act: &Act) {
        scenario_in_process::act(&self.device(who).home, self.relationship, who, act);
    }

    fn exchange(&mut self) {
        while self.dice.hundredths(40) {
            self.try_in_bad_weather(u32::MAX);
        }
        let mut run = self.begin();
        assert!(!run.goes_on(Weather::Good, ENOUGH), "an exchange without end");
        assert!(run.ends.iter().all(End::is_in_step), "in good weather both end in step");
    }

    fn cut_after(&mut self, count: u32) {
        self.try_in_bad_weather(count);
        if self.dice.hundredths(30) {
            let mut run = self.begin();
            run.goes_on(Weather::Good, count);
        }
    }

    fn restarts(&mut self, who: Who) {
        let place = &mut self.devices[usize::from(who == Who::Therapist)];
        *place = place.take().map(Device::restarted);
    }

    fn shows(&mut self, who: Who) -> Shown {
        scenario_in_process::shown(&self.device(who).home, self.relationship, who)
    }
}

fn play(seed: u64, scenarios: &[Scenario]) {
    let mut stage = InMemory::new(seed);
    let scenario = &scenarios[usize::try_from(seed).unwrap() % scenarios.len()];
    scenario.play(&mut stage);
}

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|number| number.parse().expect("a number"))
}

#[test]
fn whatever_becomes_of_frames_on_their_way_both_show_the_same_in_the_end() {
    let scenarios = suite();
    if let Some(seed) = number("COMMON_GROUND_SCHEDULE") {
        return play(seed, &scenarios);
    }
    let schedules = number("COMMON_GROUND_SCHEDULES").unwrap_or(SCHEDULES);
    let workers = std::thread::available_parallelism().map_or(1, usize::from) as u64;
    std::thread::scope(|scope| {
        for worker in 0..workers {
            let scenarios = &scenarios;
            scope.spawn(move || {
                for seed in (worker..schedules).step_by(usize::try_from(workers).unwrap()) {
                    let played = std::panic::catch_unwind(|| play(seed, scenarios));
                    assert!(played.is_ok(), "COMMON_GROUND_SCHEDULE={seed} plays this one again");
                }
            });
        }
    });
}

#[test]
fn a_schedule_goes_the_same_way_every_time() {
    let [one, other] = [(), ()].map(|()| {
        let mut stage = InMemory::new(42);
        suite()[0].play(&mut stage);
        (Who::BOTH.map(|who| stage.shows(who)), stage.dice.0)
    });
    assert_eq!(one, other);
}
