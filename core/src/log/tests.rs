//! Promises of what developers are told.

mod story;

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::sync::{Mutex, MutexGuard};
use std::time::Duration;

use super::*;
use crate::error::FileKind;

/// There is one sink for all: whoever sets it here holds this.
static ALONE: Mutex<()> = Mutex::new(());

fn alone() -> MutexGuard<'static, ()> {
    ALONE.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Puts every line into a channel, which ends with the sink.
struct Collecting(Mutex<Sender<LogLine>>);

impl LogSink for Collecting {
    fn on_line(&self, line: LogLine) -> Result<()> {
        let _ = self.0.lock().expect("a sender").send(line);
        Ok(())
    }
}

/// Everything that was told while `work` ran, here and in other tests of this process.
fn told(least: LogLevel, work: impl FnOnce()) -> Vec<LogLine> {
    let _alone = alone();
    let (sender, lines) = channel();
    set_log_sink(Some(Arc::new(Collecting(Mutex::new(sender)))), least);
    work();
    set_log_sink(None, LogLevel::Debug);
    until_the_sink_is_gone(&lines)
}

fn until_the_sink_is_gone(lines: &Receiver<LogLine>) -> Vec<LogLine> {
    let mut all = Vec::new();
    loop {
        match lines.recv_timeout(Duration::from_secs(20)) {
            Ok(line) => all.push(line),
            Err(RecvTimeoutError::Disconnected) => return all,
            Err(RecvTimeoutError::Timeout) => panic!("the sink was never let go"),
        }
    }
}

/// A number that no other test tells of.
fn marked(millis: u64) -> LogEvent {
    LogEvent::SlowWrite { file: FileKind::Shared, took: Duration::from_millis(7_000_000_000 + millis) }
}

fn is_marked(event: &LogEvent) -> bool {
    matches!(event, LogEvent::SlowWrite { took, .. } if *took >= Duration::from_millis(7_000_000_000))
}

#[test]
fn what_is_told_reaches_the_sink_in_order_with_its_level_and_one_line_of_text() {
    let lines = told(LogLevel::Debug, || (0..100).for_each(|n| tell(marked(n))));
    let mine: Vec<LogLine> = lines.into_iter().filter(|line| is_marked(&line.event)).collect();
    let expected: Vec<LogEvent> = (0..100).map(marked).collect();
    assert_eq!(mine.iter().map(|line| line.event.clone()).collect::<Vec<_>>(), expected);
    for line in mine {
        assert_eq!(line.level, LogLevel::Warning);
        assert!(line.text.starts_with("slow write to the shared file: ") && !line.text.contains('\n'));
    }
}

#[test]
fn the_sink_hears_only_of_the_level_it_wants_and_of_more_important_ones() {
    let lines = told(LogLevel::Warning, || {
        for event in [marked(1), LogEvent::NetworkChanged, LogEvent::Shut, LogEvent::Sqlite { code: 778 }] {
            tell(event);
        }
    });
    assert!(lines.iter().all(|line| line.level <= LogLevel::Warning));
    assert!(lines.iter().any(|line| line.event == marked(1)));
    assert!(lines.iter().any(|line| line.event == LogEvent::Sqlite { code: 778 }));
}

#[test]
fn without_a_sink_nothing_is_told_and_a_former_sink_hears_nothing_more() {
    let (sender, lines) = channel();
    let _alone = alone();
    set_log_sink(Some(Arc::new(Collecting(Mutex::new(sender)))), LogLevel::Debug);
    set_log_sink(None, LogLevel::Debug);
    assert!(!is_wanted(LogLevel::Error));
    tell(marked(1));
    assert!(!until_the_sink_is_gone(&lines).iter().any(|line| is_marked(&line.event)));
}

/// Throws at one line, panics at the next, and passes the third on.
struct Unruly(Mutex<HashMap<u64, ()>>, Collecting);

impl LogSink for Unruly {
    fn on_line(&self, line: LogLine) -> Result<()> {
        if line.event == marked(0) {
            return Err(Error::Vault { reason: "no".to_owned() });
        }
        if line.event == marked(1) {
            let _held = self.0.lock();
            panic!("a sink that panics, as it should");
        }
        self.1.on_line(line)
    }
}

#[test]
fn a_sink_that_throws_or_panics_gets_the_next_line_all_the_same() {
    let _alone = alone();
    let (sender, lines) = channel();
    let sink = Unruly(Mutex::default(), Collecting(Mutex::new(sender)));
    set_log_sink(Some(Arc::new(sink)), LogLevel::Debug);
    (0..3).for_each(|n| tell(marked(n)));
    set_log_sink(None, LogLevel::Debug);
    let heard: Vec<LogEvent> =
        until_the_sink_is_gone(&lines).into_iter().map(|line| line.event).filter(is_marked).collect();
    assert_eq!(heard, [marked(2)]);
}

/// Waits at its first line until it is let go on.
struct Slow(Mutex<Receiver<()>>, Collecting);

impl LogSink for Slow {
    fn on_line(&self, line: LogLine) -> Result<()> {
        let _ = self.0.lock().expect("a gate").recv();
        self.1.on_line(line)
    }
}

#[test]
fn nobody_waits_for_a_sink_that_is_slow_and_what_could_not_wait_is_counted() {
    let _alone = alone();
    let (go_on, gate) = channel();
    let (sender, lines) = channel();
    set_log_sink(Some(Arc::new(Slow(Mutex::new(gate), Collecting(Mutex::new(sender))))), LogLevel::Debug);
    // None of these would come back if it waited: the sink is let go on only after them.
    (0..2 * QUEUE as u64).for_each(|n| tell(marked(n)));
    drop(go_on);
    set_log_sink(None, LogLevel::Debug);
    let lines = until_the_sink_is_gone(&lines);
    let lost = lines.iter().find_map(|line| match line.event {
        LogEvent::LinesLost { lines } => Some(lines),
        _ => None,
    });
    let heard = lines.iter().filter(|line| is_marked(&line.event)).count() as u64;
    // Other tests may have told of something meanwhile.
    assert!(heard <= QUEUE as u64 + 1);
    assert!(lost.is_some_and(|lost| lost >= 2 * QUEUE as u64 - heard), "{lost:?} lost, {heard} heard");
}

/// Calls the core from within.
struct Calling(Collecting);

impl LogSink for Calling {
    fn on_line(&self, line: LogLine) -> Result<()> {
        if line.event == marked(0) {
            tell(marked(1));
            set_log_sink(None, LogLevel::Debug);
        }
        self.0.on_line(line)
    }
}

#[test]
fn a_sink_may_call_the_core_and_even_take_itself_away() {
    let _alone = alone();
    let (sender, lines) = channel();
    set_log_sink(Some(Arc::new(Calling(Collecting(Mutex::new(sender))))), LogLevel::Debug);
    tell(marked(0));
    let heard: Vec<LogEvent> =
        until_the_sink_is_gone(&lines).into_iter().map(|line| line.event).filter(is_marked).collect();
    assert_eq!(heard, [marked(0), marked(1)]);
}
