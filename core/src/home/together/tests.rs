//! What two at one table can count on, over a real connection on this machine.

use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use rusqlite::named_params;
use tokio::runtime::Runtime;

use super::*;
use crate::home::{Change, Observer, Subscription};
use crate::link::{Link, Reach};
use crate::plan::tests::{Device, goal, two};
use crate::store::Micros;

/// Tells that something changed.
struct Bell(std::sync::mpsc::Sender<()>);

impl Observer for Bell {
    fn on_change(&self, _: Change) -> Result<()> {
        let _ = self.0.send(());
        Ok(())
    }
}

/// One of the two at the table.
struct Side {
    device: Device,
    link: Arc<Link>,
    bell: Mutex<Receiver<()>>,
    _subscription: Arc<Subscription>,
}

impl Side {
    fn online(device: Device, runtime: &Runtime) -> Self {
        let link = runtime.block_on(device.home.go_online(Reach::ThisMachine)).expect("online");
        let (sender, bell) = channel();
        let subscription = device.home.subscribe(Arc::new(Bell(sender)));
        Self { device, link, bell: Mutex::new(bell), _subscription: subscription }
    }

    /// Waits until something holds, looking again with every change.
    fn until(&self, what: &str, mut holds: impl FnMut() -> bool) {
        while !holds() {
            let bell = self.bell.lock().expect("a bell");
            bell.recv_timeout(Duration::from_secs(20)).unwrap_or_else(|_| panic!("never came: {what}"));
        }
    }

    fn sits(&self) -> Arc<Together> {
        self.device.home.sit_together(self.device.relationship).expect("a seat")
    }

    /// Types one letter at a place of the why, as its screen shows it right now.
    fn types(&self, seat: &Together, letter: char, at_end: bool) {
        let shown = self.device.only_goal();
        let mut why = shown.why.clone();
        why.insert(if at_end { why.len() } else { why.find('|').expect("the mark") }, letter);
        seat.type_in(shown.summary.id, GoalText::Why, shown.version, why).expect("typed");
    }

    fn why(&self) -> String {
        self.device.only_goal().why
    }
}

/// Two who are connected and level, with one goal.
fn connected() -> (Side, Side, Runtime) {
    let runtime = Runtime::new().expect("a runtime");
    let (anna, ben) = two();
    let (anna, ben) = (Side::online(anna, &runtime), Side::online(ben, &runtime));
    anna.device.plan().propose_goal(goal("Sleep", "|")).expect("proposed");
    meet(&anna, &ben, &runtime);
    (anna, ben, runtime)
}

fn meet(anna: &Side, ben: &Side, runtime: &Runtime) {
    let port = |it: &rusqlite::Connection| {
        Ok(it.query_row("SELECT port FROM profile", [], |row| row.get::<_, u16>(0))?)
    };
    let port = ben.device.inner().shared.file.read(port).expect("a port");
    let keep = |it: &rusqlite::Transaction<'_>| {
        Ok(it.execute(
            "INSERT OR IGNORE INTO device_address (device, address, learned_at) VALUES (:device, :address, :now)",
            named_params! {
                ":device": ben.device.key(), ":address": format!("127.0.0.1:{port}"),
                ":now": Micros(anna.device.inner().shared.world.now()),
            },
        )?)
    };
    anna.device.inner().shared.file.write(keep).expect("kept");
    let report = runtime.block_on(anna.link.exchange(anna.device.relationship, 30)).expect("an exchange");
    assert!(report.in_step);
}

/// Both sit down.
fn together(anna: &Side, ben: &Side) -> (Arc<Together>, Arc<Together>) {
    let (hers, his) = (anna.sits(), ben.sits());
    for (side, seat) in [(anna, &hers), (ben, &his)] {
        side.until("together", || seat.other().is_some_and(|other| other.together));
    }
    (hers, his)
}

fn level(anna: &Side, ben: &Side) {
    let same = || {
        let version = |side: &Side| side.device.plan().version().expect("a version");
        version(anna) == version(ben)
    };
    for side in [anna, ben] {
        side.until("the same plan", same);
    }
}

#[test]
fn both_type_in_one_paragraph_at_once_and_both_see_all_of_it() {
    let (anna, ben, _runtime) = connected();
    let (hers, his) = together(&anna, &ben);
    let (one, other) = ("ruhig schlafen", "wieder wach sein");
    std::thread::scope(|scope| {
        scope.spawn(|| one.chars().for_each(|letter| anna.types(&hers, letter, false)));
        scope.spawn(|| other.chars().for_each(|letter| ben.types(&his, letter, true)));
    });
    level(&anna, &ben);
    assert_eq!(anna.why(), format!("{one}|{other}"));
    assert_eq!(ben.why(), anna.why());
}

#[test]
fn what_is_typed_goes_nowhere_unless_both_sit_together() {
    let (anna, ben, _runtime) = connected();
    let shown = anna.device.only_goal();
    let tries = |seat: &Together| {
        seat.type_in(shown.summary.id, GoalText::Why, shown.version.clone(), "half a thou".to_owned()).err()
    };
    let hers = anna.sits();
    assert_eq!(tries(&hers), Some(Error::NotTogether));
    let his = ben.sits();
    anna.until("together", || hers.other().is_some_and(|other| other.together));
    his.leave();
    anna.until("alone", || hers.other().is_some_and(|other| !other.together));
    assert_eq!(tries(&hers), Some(Error::NotTogether));
    assert_eq!(tries(&his), Some(Error::NotTogether));
    assert_eq!((anna.why(), ben.why()), ("|".to_owned(), "|".to_owned()));
}

#[test]
fn what_the_other_looks_at_is_shown_once_both_sit_and_forgotten_when_either_leaves() {
    let (anna, ben, runtime) = connected();
    let goal = anna.device.only_goal().summary.id;
    let hers = anna.sits();
    hers.show(Some(goal), Some(GoalText::Why));
    let his = ben.sits();
    let sees = OtherPresence { together: true, goal: Some(goal), typing_in: Some(GoalText::Why) };
    ben.until("what she does", || his.other() == Some(sees));
    hers.show(None, None);
    ben.until("that she looked away", || {
        his.other() == Some(OtherPresence { goal: None, typing_in: None, ..sees })
    });
    hers.show(Some(goal), None);
    ben.until("that she looked back", || his.other().is_some_and(|other| other.goal == Some(goal)));
    // He gets up and sits down again: what she did meanwhile comes with her answer.
    his.leave();
    assert_eq!(his.other(), None);
    anna.until("alone", || hers.other().is_some_and(|other| !other.together));
    let his = ben.sits();
    ben.until("together again", || his.other().is_some_and(|other| other.goal == Some(goal)));
    runtime.block_on(anna.link.go_offline());
    ben.until("gone", || his.other().is_none());
    assert_eq!(hers.other(), None);
}

#[test]
fn letters_in_a_row_are_taken_back_at_once_and_what_the_other_typed_stays() {
    let (anna, ben, _runtime) = connected();
    let (hers, his) = together(&anna, &ben);
    "schlafen".chars().for_each(|letter| anna.types(&hers, letter, false));
    level(&anna, &ben);
    "wach".chars().for_each(|letter| ben.types(&his, letter, true));
    level(&anna, &ben);
    " gut".chars().for_each(|letter| anna.types(&hers, letter, false));
    assert_eq!(anna.why(), "schlafen gut|wach");
    anna.device.plan().undo().expect("undone");
    assert_eq!(anna.why(), "schlafen|wach");
    anna.device.plan().undo().expect("undone");
    assert_eq!(anna.why(), "|wach");
    level(&anna, &ben);
    ben.device.plan().undo().expect("undone");
    assert_eq!(ben.why(), "|");
    drop((hers, his));
}

#[test]
fn nobody_sits_down_offline_or_locked_or_where_it_is_over() {
    let (anna, ben) = two();
    assert_eq!(anna.home.sit_together(anna.relationship).err(), Some(Error::Closed));
    anna.home.lock();
    assert_eq!(anna.home.sit_together(anna.relationship).err(), Some(Error::Locked));
    crate::sharing::tests::say(&ben, crate::exchange::Announced::Ended);
    assert_eq!(ben.home.sit_together(ben.relationship).err(), Some(Error::NotShared));
}

/// Measured, not judged: how long from a letter on one screen to the other's. Run it alone, in release.
#[test]
#[ignore = "a measurement"]
fn how_long_a_letter_takes_to_the_other_screen() {
    let (anna, ben, _runtime) = connected();
    let (hers, _his) = together(&anna, &ben);
    let mut took = Vec::new();
    for n in 0..200 {
        let shown = anna.device.only_goal();
        let why = format!("{}{}", shown.why, char::from(b'a' + n % 26));
        let begun = Instant::now();
        hers.type_in(shown.summary.id, GoalText::Why, shown.version, why.clone()).expect("typed");
        let written = begun.elapsed();
        ben.until("the letter", || ben.why() == why);
        took.push((begun.elapsed(), written));
    }
    took.sort();
    let (median, last) = (took[took.len() / 2], took[took.len() * 99 / 100]);
    println!("a letter: median {:?} (of it written {:?}), 99th percentile {:?}", median.0, median.1, last.0);
}
