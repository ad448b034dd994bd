//! `sync`: meets the other device, brings both plans level, and stays live with a prompt.

mod prompt;
mod telling;

use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::time::Duration;

use common_ground::Error;
use common_ground::home::CommonGround;
use common_ground::id::RelationshipId;
use common_ground::link::{ExchangeReport, Link, LinkState};
use common_ground::relationship::Relationship;
use serde::Serialize;
use tokio::sync::Notify;

use self::prompt::take_commands;
pub(super) use self::prompt::{Event, read_lines};
pub(super) use self::telling::{Listener, Told};
use self::telling::{Teller, report_lines};
use super::meeting::{in_the_way, online};
use super::status_line::{Standing, StatusLine};
use crate::args::ReachArg;
use crate::desk::Desk;
use crate::failure::{Exit, Failure};
use crate::news::News;
use crate::screen::Screen;
use crate::words::{Words, say};

/// How long one attempt of a live `sync` waits for the other device before it begins anew.
const LIVE_PATIENCE_SECONDS: u32 = 600;
/// The pause after an exchange that ended in an error, so that two devices at odds do not spin.
const PAUSE: Duration = Duration::from_secs(3);

/// Meets the other device.
pub(super) fn sync(desk: &Desk, once: bool, patience: u32, reach_arg: ReachArg) -> Result<(), Failure> {
    let home = desk.home()?;
    let with = desk.relationships_meant()?;
    if desk.json() && !once {
        return Err(Failure::told(Exit::Usage, say!(desk.words, "error-json-needs-once")));
    }
    let link = desk.wait(home.go_online_with(online(desk, reach_arg)?))??;
    let done = if once { level(desk, &link, &with, patience) } else { live(desk, &home, &link, with) };
    desk.wait(link.go_offline())?;
    done
}

#[derive(Serialize)]
struct Exchanges {
    exchanges: Vec<ExchangeWith>,
}

#[derive(Serialize)]
struct ExchangeWith {
    relationship: RelationshipId,
    with: String,
    report: ExchangeReport,
}

/// `sync --once`: ends when both are level.
fn level(desk: &Desk, link: &Arc<Link>, with: &[Relationship], patience: u32) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let mut news = News::new(desk.home()?, words.clone(), screen.clone(), with)?;
    if !desk.json() {
        screen.aside(&say!(words, "sync-waiting-once", "names" => names(with), "seconds" => patience));
    }
    let mut exchanges = Vec::new();
    let mut failed = None;
    // Everyone is waited for at the same time.
    let started: Vec<_> = with
        .iter()
        .map(|one| {
            let (link, id) = (link.clone(), one.id);
            desk.spawn(async move { link.exchange(id, patience).await }).map(|task| (one, task))
        })
        .collect::<Result<_, _>>()?;
    for (one, task) in started {
        let report = match desk.wait(task)? {
            Ok(Ok(report)) => report,
            Ok(Err(error)) => {
                if error == Error::Unreachable && !desk.json() {
                    let meeting = desk.wait(link.meeting(one.id))??;
                    in_the_way(words, one, &meeting).iter().for_each(|line| screen.aside(line));
                }
                failed = Some(Failure::Core(error));
                continue;
            }
            Err(_) => {
                failed = Some(Failure::Core(Error::Internal { place: "an exchange".to_owned() }));
                continue;
            }
        };
        if !desk.json() {
            print_report(words, screen, one, &report)?;
            for line in news.of(one.id) {
                screen.text(2, &line)?;
            }
        }
        if !report.in_step {
            failed = Some(Failure::told(Exit::Failed, say!(words, "error-not-level")));
        }
        let with = one.other.display_name.clone();
        exchanges.push(ExchangeWith { relationship: one.id, with, report });
    }
    if desk.json() && !exchanges.is_empty() {
        screen.document(&Exchanges { exchanges })?;
    }
    failed.map_or(Ok(()), Err)
}

fn names(with: &[Relationship]) -> String {
    with.iter().map(|one| one.other.display_name.clone()).collect::<Vec<_>>().join(", ")
}

fn print_report(
    words: &Words,
    screen: &Screen,
    with: &Relationship,
    report: &ExchangeReport,
) -> Result<(), Failure> {
    for line in report_lines(words, screen, with, report) {
        screen.text(0, &line)?;
    }
    Ok(())
}

/// `sync`: stays live until it is told to stop.
fn live(
    desk: &Desk,
    home: &Arc<CommonGround>,
    link: &Arc<Link>,
    with: Vec<Relationship>,
) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let (event, events) = channel();
    let (told, to_tell) = channel();
    let apart: HashMap<_, _> = with.iter().map(|one| (one.id, Arc::new(Notify::new()))).collect();
    let listener = Listener { told: told.clone(), apart: apart.clone() };
    let subscription = home.subscribe(Arc::new(listener));
    screen.text(0, &say!(words, "sync-waiting", "names" => names(&with)))?;
    screen.text(0, &screen.faint(&say!(words, "sync-prompt-explained")))?;

    for one in &with {
        let (link, id, told) = (link.clone(), one.id, told.clone());
        let apart = apart.get(&id).cloned().unwrap_or_default();
        desk.spawn(stay_in_step(link, id, told, apart))?;
    }
    let interrupt = event.clone();
    // A second handler cannot be set; then Ctrl-C ends the process, which loses nothing either.
    let _ = ctrlc::set_handler(move || {
        let _ = interrupt.send(Event::Stop);
    });

    let (go_on, next) = channel();
    let (standing, prompt) = (Standing::default(), told);
    let past = standing.clone();
    let printer = read_lines(event, next, say!(words, "sync-prompt"), move || {
        past.is_past();
        // Nobody listens any more only when `sync` is ending.
        let _ = prompt.send(Told::Prompt);
    });
    let news = News::new(home.clone(), words.clone(), screen.clone(), &with)?;
    let status = StatusLine::new(words.clone(), screen.clone(), home.clone(), link.clone(), standing);
    let (words, screen, here) = (words.clone(), screen.clone(), HashSet::new());
    let teller = Teller { words, screen, with, printer, news, here, status };
    std::thread::spawn(move || teller.tell(&to_tell));

    let done = take_commands(desk, &events, &go_on);
    subscription.end();
    done
}

/// Exchanges with one device, again and again, until the link is closed.
pub(super) async fn stay_in_step(
    link: Arc<Link>,
    id: RelationshipId,
    told: Sender<Told>,
    apart: Arc<Notify>,
) {
    loop {
        match link.exchange(id, LIVE_PATIENCE_SECONDS).await {
            Ok(report) => {
                if told.send(Told::Report(id, report)).is_err() {
                    return;
                }
                while link.state(id).is_ok_and(|state| state != LinkState::Apart) {
                    apart.notified().await;
                }
            }
            Err(Error::Closed) => return,
            Err(Error::Unreachable) => {}
            Err(error) => {
                let is_over = error == Error::Replaced;
                if told.send(Told::Trouble(error)).is_err() || is_over {
                    return;
                }
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}
