//! `together`: two people over one plan. What the other does is told as it happens, and what is typed goes at once.

use std::collections::HashMap;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use common_ground::Error;
use common_ground::home::{Change, CommonGround, OtherPresence, Together};
use common_ground::id::GoalId;
use common_ground::link::Link;
use common_ground::plan::{Goal, GoalText, Plan};
use common_ground::relationship::Relationship;
use rustyline::ExternalPrinter;

use super::meeting::online;
use super::sync::{Event, Listener, Told, read_lines, stay_in_step};
use crate::args::ReachArg;
use crate::desk::Desk;
use crate::failure::{Exit, Failure};
use crate::screen::{Screen, harmless};
use crate::words::{Words, say};

/// How long to gather what happens before it is told: letters come one by one.
const GATHERED: Duration = Duration::from_millis(250);
/// And how much at most.
const MOST_GATHERED: usize = 256;

/// Sits down with somebody, until the person leaves.
pub(super) fn together(desk: &Desk, name: Option<&str>, reach_arg: ReachArg) -> Result<(), Failure> {
    if desk.json() {
        return Err(Failure::told(Exit::Usage, say!(desk.words, "error-together-has-no-json")));
    }
    let with = match name {
        Some(wanted) => desk.relationship_with(wanted)?,
        None => desk.relationship()?,
    };
    let home = desk.home()?;
    let link = desk.wait(home.go_online_with(online(desk, reach_arg)?))??;
    let done = sit(desk, &home, &link, &with);
    desk.wait(link.go_offline())?;
    done
}

fn sit(desk: &Desk, home: &Arc<CommonGround>, link: &Arc<Link>, with: &Relationship) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let (event, events) = channel();
    let (told, to_tell) = channel();
    let (listener, apart) = Listener::for_one(told.clone(), with.id);
    let subscription = home.subscribe(Arc::new(listener));
    let seat = home.sit_together(with.id)?;
    let plan = home.plan(with.id)?;
    let name = with.other.display_name.clone();
    screen.text(0, &say!(words, "together-begins", "name" => name.as_str()))?;
    screen.text(0, &screen.faint(&say!(words, "together-explained")))?;
    list(words, screen, &plan)?;
    desk.spawn(stay_in_step(link.clone(), with.id, told, apart))?;
    let interrupt = event.clone();
    // A second handler cannot be set; then Ctrl-C ends the process, which loses nothing either.
    let _ = ctrlc::set_handler(move || {
        let _ = interrupt.send(Event::Stop);
    });
    let (go_on, next) = channel();
    let printer = read_lines(event, next, say!(words, "together-prompt"), || {});
    let known: HashMap<_, _> = plan.goals(false)?.iter().filter_map(|goal| text_of(&plan, goal.id)).collect();
    let texts = Arc::new(Mutex::new(known));
    let teller = Teller {
        words: words.clone(),
        screen: screen.clone(),
        name,
        plan: plan.clone(),
        seat: seat.clone(),
        printer,
        last: None,
        texts: texts.clone(),
    };
    std::thread::spawn(move || teller.tell(&to_tell));
    let done = Table { desk, plan, seat: seat.clone(), texts, open: None }.serve(&events, &go_on);
    seat.leave();
    subscription.end();
    done
}

/// What both see of each goal, as it was last shown.
type Texts = Arc<Mutex<HashMap<GoalId, (String, String)>>>;

fn text_of(plan: &Plan, id: GoalId) -> Option<(GoalId, (String, String))> {
    // A goal that cannot be read right now is told with the next change.
    let goal = plan.goal(id).ok()?;
    Some((id, (goal.summary.title, goal.why)))
}

fn list(words: &Words, screen: &Screen, plan: &Plan) -> Result<(), Failure> {
    let goals = plan.goals(false)?;
    if goals.is_empty() {
        return screen.text(0, &say!(words, "together-no-goals"));
    }
    goals.iter().zip(1..).try_for_each(|(goal, number)| {
        screen.text(2, &say!(words, "together-goal", "number" => number, "title" => goal.title.as_str()))
    })
}

/// The one at this keyboard.
struct Table<'a> {
    desk: &'a Desk,
    plan: Arc<Plan>,
    seat: Arc<Together>,
    texts: Texts,
    /// The text that lines are added to until an empty one.
    open: Option<(GoalId, GoalText)>,
}

impl Table<'_> {
    fn serve(mut self, events: &Receiver<Event>, go_on: &Sender<()>) -> Result<(), Failure> {
        while let Ok(Event::Line(line)) = events.recv() {
            match self.take(line.trim()) {
                Ok(true) => {}
                Ok(false) => break,
                Err(Failure::PipeClosed) => return Err(Failure::PipeClosed),
                Err(failure) => {
                    if let Some(sentence) = failure.sentence(&self.desk.words) {
                        self.desk.screen.aside(&sentence);
                    }
                }
            }
            let _ = go_on.send(());
        }
        Ok(())
    }

    /// Takes a line; `false` ends.
    fn take(&mut self, line: &str) -> Result<bool, Failure> {
        let (words, screen) = (&self.desk.words, &self.desk.screen);
        if let Some((goal, text)) = self.open {
            if line.is_empty() {
                self.open = None;
                self.seat.show(Some(goal), None);
            } else {
                self.write(goal, text, line)?;
            }
            return Ok(true);
        }
        let mut parts = line.splitn(4, ' ').filter(|part| !part.is_empty());
        match (parts.next(), parts.next(), parts.next(), parts.next()) {
            (None, ..) => {}
            (Some("quit" | "exit"), ..) => return Ok(false),
            (Some("goals"), None, ..) => {
                self.seat.show(None, None);
                list(words, screen, &self.plan)?;
            }
            (Some("goal"), Some(number), None, _) => {
                let goal = self.goal(number)?;
                self.seat.show(Some(goal.summary.id), None);
                screen.text(2, &screen.bold(&goal.summary.title))?;
                screen.text(2, &goal.why)?;
            }
            (Some("goal"), Some(number), Some(field), said) => {
                let goal = self.goal(number)?.summary.id;
                let Some(text) = text_named(field) else {
                    return Err(Failure::told(Exit::Usage, say!(words, "together-which-text")));
                };
                match said {
                    Some(said) => self.write(goal, text, said)?,
                    None => {
                        self.open = Some((goal, text));
                        self.seat.show(Some(goal), Some(text));
                        screen.text(0, &screen.faint(&say!(words, "together-type-on")))?;
                    }
                }
            }
            _ => return Err(Failure::told(Exit::Usage, say!(words, "together-explained"))),
        }
        Ok(true)
    }

    fn goal(&self, number: &str) -> Result<Goal, Failure> {
        let goals = self.plan.goals(false)?;
        let at = number.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        let missing = || Failure::told(Exit::NotFound, say!(self.desk.words, "error-no-goal"));
        Ok(self.plan.goal(at.and_then(|at| goals.get(at)).ok_or_else(missing)?.id)?)
    }

    /// Writes a line at once: behind what stands in the why, in the place of what else there is.
    fn write(&self, id: GoalId, text: GoalText, line: &str) -> Result<(), Failure> {
        let shown = self.plan.goal(id)?;
        let whole = match text {
            GoalText::Why if !shown.why.is_empty() => format!("{}\n{line}", shown.why),
            _ => line.to_owned(),
        };
        let goal = self.seat.type_in(id, text, shown.version, whole)?;
        let mut texts = self.texts.lock().unwrap_or_else(PoisonError::into_inner);
        texts.insert(id, (goal.summary.title, goal.why));
        Ok(())
    }
}

fn text_named(name: &str) -> Option<GoalText> {
    match name {
        "title" => Some(GoalText::Title),
        "why" => Some(GoalText::Why),
        "success" => Some(GoalText::Success),
        "known-by" => Some(GoalText::KnownBy),
        "first-step" => Some(GoalText::FirstStep),
        _ => None,
    }
}

/// Tells what the other does, above the prompt.
struct Teller {
    words: Arc<Words>,
    screen: Arc<Screen>,
    name: String,
    plan: Arc<Plan>,
    seat: Arc<Together>,
    printer: Option<Box<dyn ExternalPrinter + Send>>,
    /// How the other was told last.
    last: Option<OtherPresence>,
    texts: Texts,
}

impl Teller {
    fn tell(mut self, to_tell: &Receiver<Told>) {
        while let Ok(first) = to_tell.recv() {
            let mut gathered = vec![first];
            while gathered.len() < MOST_GATHERED
                && let Ok(more) = to_tell.recv_timeout(GATHERED)
            {
                gathered.push(more);
            }
            for line in self.lines(gathered) {
                let line = self.screen.wrapped(0, &line);
                let printed = match &mut self.printer {
                    Some(printer) => printer.print(format!("{}\n", harmless(&line))).is_ok(),
                    None => self.screen.line(&line).is_ok(),
                };
                if !printed {
                    return;
                }
            }
        }
    }

    fn lines(&mut self, gathered: Vec<Told>) -> Vec<String> {
        let mut lines = Vec::new();
        let mut touched: Vec<GoalId> = Vec::new();
        for told in gathered {
            match told {
                Told::Changed(Change::Plan { goals, by_other: true, .. }) => {
                    touched.extend(goals.iter().filter(|goal| !touched.contains(goal)).collect::<Vec<_>>());
                }
                Told::Trouble(error) if error != Error::Unreachable => {
                    lines.extend(Failure::Core(error).sentence(&self.words));
                }
                _ => {}
            }
        }
        let now = self.seat.other();
        if now != self.last {
            lines.push(self.screen.faint(&self.presence(now)));
            self.last = now;
        }
        for id in touched {
            lines.extend(self.changed(id));
        }
        lines
    }

    fn presence(&self, now: Option<OtherPresence>) -> String {
        let (words, name) = (&self.words, self.name.as_str());
        let Some(now) = now else { return say!(words, "together-away", "name" => name) };
        if !now.together {
            return say!(words, "together-here", "name" => name);
        }
        let title = now.goal.and_then(|goal| self.plan.goal(goal).ok()).map(|goal| goal.summary.title);
        let Some(title) = title else { return say!(words, "together-sits", "name" => name) };
        let title = title.as_str();
        match now.typing_in {
            None => say!(words, "together-looks", "name" => name, "title" => title),
            Some(text) => {
                let text = match text {
                    GoalText::Title => "title",
                    GoalText::Why => "why",
                    GoalText::Success => "success",
                    GoalText::KnownBy => "known-by",
                    GoalText::FirstStep => "first-step",
                };
                say!(words, "together-types", "name" => name, "title" => title, "text" => text)
            }
        }
    }

    /// What the other has changed of a goal, as it reads now.
    fn changed(&self, id: GoalId) -> Vec<String> {
        let Some((_, (title, why))) = text_of(&self.plan, id) else { return Vec::new() };
        let now = (title.clone(), why.clone());
        let before = self.texts.lock().unwrap_or_else(PoisonError::into_inner).insert(id, now);
        let (words, name) = (&self.words, self.name.as_str());
        let Some((was_title, was_why)) = before else {
            return vec![say!(words, "together-new-goal", "name" => name, "title" => title)];
        };
        let mut lines = Vec::new();
        if was_title != title {
            lines.push(
                say!(words, "together-title-now", "name" => name, "was" => was_title, "title" => title.as_str()),
            );
        }
        if was_why != why {
            lines.push(say!(words, "together-why-now", "title" => title, "why" => why));
        }
        lines
    }
}
