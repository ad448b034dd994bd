//! `demo`: what Common Ground does, shown with the real parts on two devices in a temporary folder, and the
//! promise of privacy proven at the end. Every step is checked; one that is not so ends it with an error.

mod device;
mod own;
mod proof;
mod scan;
mod side;
mod stored;

use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant};

use common_ground::home::KeyName;
use common_ground::id::GoalId;
use common_ground::journal::ImportOptions;
use common_ground::plan::{Goal, GoalEdit, NewGoal, NewRating, NewTask, Standing, TaskOwner, TaskState};
use common_ground::relationship::{Confirmation, Role, TERMS_VERSION, WayOfMeeting};

use self::device::Device;
use self::proof::Searched;
use self::scan::{INNER, RUN, Runs};
use crate::commands::difference;
use crate::desk::{Desk, path_text};
use crate::failure::{Exit, Failure};
use crate::words::say;

/// A month of somebody's diary, written for this demo.
const DIARY: &str = include_str!("../../demo/diary.dayone.json");

const CLIENT: &str = "Mira";
const THERAPIST: &str = "Jonas";

/// Tells the story and checks every step.
pub(crate) fn demo(desk: &Desk, diary: Option<&Path>) -> Result<(), Failure> {
    let folder = tempfile::Builder::new().prefix("common-ground-demo-").tempdir();
    let folder = folder.map_err(common_ground::Error::from)?;
    let began = Instant::now();
    let mut story = Story { desk, step: 0, began: Instant::now() };
    story.open_with(folder.path())?;

    let (mut mira, mut jonas) = story.devices(folder.path())?;
    story.diary(&mira, diary, folder.path())?;
    story.pair(&mut mira, &mut jonas)?;
    let goal = story.first_goal(&mira, &jonas)?;
    story.apart(&mut mira, &mut jonas, goal)?;
    story.together(&mut mira, &mut jonas, goal)?;
    story.task(&mira, &jonas, goal)?;
    story.agree(&mira, &jonas, goal)?;
    story.reopen(&mira, &jonas, goal)?;
    story.own(&mira, &jonas, goal)?;
    story.prove(&mut mira, &mut jonas, goal)?;

    desk.screen.gap()?;
    let seconds = seconds(began.elapsed());
    desk.screen.text(0, &desk.screen.bold(&say!(desk.words, "demo-end", "seconds" => seconds)))?;
    desk.screen.text(0, &say!(desk.words, "not-monitored"))
}

/// The story, told step by step.
struct Story<'a> {
    desk: &'a Desk,
    step: u32,
    /// When this step began.
    began: Instant,
}

impl Story<'_> {
    fn open_with(&self, folder: &Path) -> Result<(), Failure> {
        let (words, screen) = (&self.desk.words, &self.desk.screen);
        screen.line(&screen.bold(&say!(words, "demo-title")))?;
        screen.text(0, &say!(words, "demo-about", "path" => folder.display().to_string()))
    }

    /// Begins a step.
    fn begin(&mut self, title: &str) -> Result<(), Failure> {
        let screen = &self.desk.screen;
        self.step += 1;
        self.began = Instant::now();
        screen.gap()?;
        screen.line(&format!("{}  {}", screen.cyan(&format!("{:>2}", self.step)), screen.bold(title)))
    }

    fn tell(&self, text: &str) -> Result<(), Failure> {
        self.desk.screen.text(4, text)
    }

    /// Says what holds, or ends the demo because it does not.
    fn check(&self, holds: bool, what: &str) -> Result<(), Failure> {
        let (words, screen) = (&self.desk.words, &self.desk.screen);
        if holds {
            return screen.point(4, &screen.green("✓"), what);
        }
        screen.point(4, &screen.red("✗"), what)?;
        Err(Failure::told(Exit::Failed, say!(words, "demo-not-so", "step" => self.step)))
    }

    /// Ends a step with its time.
    fn end(&self) -> Result<(), Failure> {
        self.tell(&self.desk.screen.faint(&took(self.began.elapsed())))
    }

    /// Shows the heads of both devices, and whether they are the same.
    fn heads(&self, mira: &Device, jonas: &Device) -> Result<bool, Failure> {
        let (words, screen) = (&self.desk.words, &self.desk.screen);
        let (one, other) = (mira.heads()?, jonas.heads()?);
        let short = |heads: &str| -> String {
            heads
                .split('+')
                .map(|head| head.chars().take(12).collect::<String>())
                .collect::<Vec<_>>()
                .join(" + ")
        };
        for (name, heads) in [(CLIENT, &one), (THERAPIST, &other)] {
            let text = say!(words, "demo-heads", "name" => name, "heads" => short(heads));
            self.tell(&screen.faint(&text))?;
        }
        Ok(one == other)
    }

    fn devices(&mut self, folder: &Path) -> Result<(Device, Device), Failure> {
        let words = &self.desk.words;
        self.begin(&say!(words, "demo-devices"))?;
        let mira = Device::make(self.desk, &folder.join("mira"), Role::Client, CLIENT)?;
        let jonas = Device::make(self.desk, &folder.join("jonas"), Role::Therapist, THERAPIST)?;
        self.tell(&say!(words, "demo-devices-told", "one" => CLIENT, "other" => THERAPIST))?;
        let files = ["private.db", "shared.db"];
        let closed = [&mira, &jonas].iter().all(|device| {
            files.iter().all(|file| {
                std::fs::read(device.data.join(file))
                    .is_ok_and(|bytes| !bytes.starts_with(b"SQLite format 3"))
            })
        });
        self.check(closed, &say!(words, "demo-devices-encrypted"))?;
        self.end()?;
        Ok((mira, jonas))
    }

    fn diary(&mut self, mira: &Device, diary: Option<&Path>, folder: &Path) -> Result<(), Failure> {
        let words = &self.desk.words;
        self.begin(&say!(words, "demo-diary", "one" => CLIENT))?;
        let file = match diary {
            Some(file) => file.to_owned(),
            None => {
                let file = folder.join("diary.dayone.json");
                let written = std::fs::File::create(&file).and_then(|mut f| f.write_all(DIARY.as_bytes()));
                written.map_err(|error| Failure::file(words, &file, &error))?;
                file
            }
        };
        let journal = mira.home.journal();
        let report = journal.import(path_text(&file), ImportOptions::default(), None)?;
        let time = took(self.began.elapsed());
        let newest = journal.entries(1, None)?.entries.into_iter().next();
        let newest = newest.map(|entry| words.date(entry.written.local_date())).unwrap_or_default();
        self.tell(
            &say!(words, "demo-diary-told", "count" => report.added, "newest" => newest, "time" => time),
        )?;
        self.check(report.added > 0 && journal.count()? == report.added, &say!(words, "demo-diary-all"))?;
        self.end()
    }

    fn pair(&mut self, mira: &mut Device, jonas: &mut Device) -> Result<(), Failure> {
        let (desk, words) = (self.desk, &self.desk.words);
        self.begin(&say!(words, "demo-pair"))?;
        let (here, there) = (mira.go_online(desk)?, jonas.go_online(desk)?);
        let offered = desk.wait(here.offer_pairing(WayOfMeeting::SameNetwork))??;
        let ticket = offered.ticket().ok_or(common_ground::Error::Closed)?.text;
        self.tell(&say!(words, "demo-pair-ticket", "one" => CLIENT, "count" => ticket.len()))?;
        let taken = desk.wait(there.redeem(ticket))??;
        let (left, right) = desk.wait(async { tokio::join!(offered.code(), taken.code()) })?;
        let (left, right) = (left?, right?);
        self.tell(&say!(words, "demo-pair-code", "name" => CLIENT, "words" => left.words.join(" ")))?;
        self.tell(&say!(words, "demo-pair-code", "name" => THERAPIST, "words" => right.words.join(" ")))?;
        self.check(left.words == right.words && !left.words.is_empty(), &say!(words, "demo-pair-same"))?;
        let how = Confirmation::Compared { read_terms: TERMS_VERSION };
        let (left, right) = desk.wait(async { tokio::join!(offered.confirm(how), taken.confirm(how)) })?;
        let (left, right) = (left?, right?);
        self.check(
            left.other.display_name == THERAPIST && right.other.display_name == CLIENT && left.id == right.id,
            &say!(words, "demo-pair-done", "one" => CLIENT, "other" => THERAPIST),
        )?;
        self.end()
    }

    fn first_goal(&mut self, mira: &Device, jonas: &Device) -> Result<GoalId, Failure> {
        let (desk, words) = (self.desk, &self.desk.words);
        self.begin(&say!(words, "demo-first"))?;
        self.exchange(mira, jonas)?;
        let goal = mira.plan()?.propose_goal(NewGoal {
            title: say!(words, "demo-goal-sleep"),
            why: say!(words, "demo-goal-sleep-why"),
            success: Some(say!(words, "demo-goal-sleep-success")),
            ..NewGoal::default()
        })?;
        let id = goal.summary.id;
        let there = jonas.plan()?;
        let time = jonas.wait_until(desk, || Ok(there.goals(false)?.iter().any(|one| one.id == id)))?;
        self.tell(&say!(words, "demo-first-told", "one" => CLIENT, "title" => goal.summary.title.as_str()))?;
        let seen = there.goal(id)?;
        self.check(
            seen.why == goal.why && seen.summary.title == goal.summary.title,
            &say!(words, "demo-first-arrived", "other" => THERAPIST, "time" => took(time)),
        )?;
        self.end()?;
        Ok(id)
    }

    /// Brings both level over the link that both hold; returns what the client's side reports.
    fn exchange(&self, mira: &Device, jonas: &Device) -> Result<(u32, u32, u64), Failure> {
        let id = mira.relationship()?.id;
        let (here, there) = (mira.link()?, jonas.link()?);
        let both = async { tokio::join!(here.exchange(id, 20), there.exchange(id, 20)) };
        let (left, right) = self.desk.wait(both)?;
        let (left, right) = (left?, right?);
        let level = || Ok(mira.heads()? == jonas.heads()?);
        mira.wait_until(self.desk, level)?;
        let refused = left.refused_here + left.refused_there + right.refused_here + right.refused_there;
        if refused > 0 {
            return Err(Failure::told(Exit::Failed, say!(self.desk.words, "error-not-level")));
        }
        Ok((left.sent, left.received, left.bytes_sent + left.bytes_received))
    }

    fn apart(&mut self, mira: &mut Device, jonas: &mut Device, goal: GoalId) -> Result<(), Failure> {
        let (desk, words, screen) = (self.desk, &self.desk.words, &self.desk.screen);
        self.begin(&say!(words, "demo-apart"))?;
        mira.go_offline(desk)?;
        jonas.go_offline(desk)?;
        self.tell(&say!(words, "demo-apart-told"))?;
        let (here, there) = (mira.plan()?, jonas.plan()?);
        let (left, right) = (here.goal(goal)?, there.goal(goal)?);

        let more = say!(words, "demo-why-more-client");
        let edit = GoalEdit { why: Some(format!("{} {more}", left.why)), ..GoalEdit::default() };
        here.edit_goal(goal, left.version, edit)?;
        let rating = NewRating { value: 4, ..NewRating::default() };
        here.rate(goal, rating)?;
        let added = NewGoal { title: say!(words, "demo-goal-no"), ..NewGoal::default() };
        let added = here.propose_goal(added)?;
        let did_mira = [
            say!(words, "demo-did-why", "text" => more.as_str()),
            say!(words, "demo-did-rate", "value" => 4),
            say!(words, "demo-did-goal", "title" => added.summary.title.as_str()),
        ];

        let more = say!(words, "demo-why-more-therapist");
        let edit = GoalEdit { why: Some(format!("{more} {}", right.why)), ..GoalEdit::default() };
        there.edit_goal(goal, right.version, edit)?;
        there.rate(goal, NewRating { value: 5, ..NewRating::default() })?;
        let added = NewGoal { title: say!(words, "demo-goal-breathe"), ..NewGoal::default() };
        let added = there.propose_goal(added)?;
        let task =
            NewTask { what: say!(words, "demo-task"), owner: TaskOwner::Client, due: None, repeats: None };
        let task = there.add_task(goal, task)?;
        let did_jonas = [
            say!(words, "demo-did-why", "text" => more.as_str()),
            say!(words, "demo-did-rate", "value" => 5),
            say!(words, "demo-did-goal", "title" => added.summary.title.as_str()),
            say!(words, "demo-did-task", "what" => task.what.as_str()),
        ];
        side::side_by_side(screen, [CLIENT, THERAPIST], [&did_mira, &did_jonas])?;
        let same = self.heads(mira, jonas)?;
        self.check(!same && task.state == TaskState::Offered, &say!(words, "demo-apart-differ"))?;
        self.end()
    }

    fn together(&mut self, mira: &mut Device, jonas: &mut Device, goal: GoalId) -> Result<(), Failure> {
        let (desk, words, screen) = (self.desk, &self.desk.words, &self.desk.screen);
        self.begin(&say!(words, "demo-together"))?;
        mira.go_online(desk)?;
        jonas.go_online(desk)?;
        let began = Instant::now();
        let (sent, received, bytes) = self.exchange(mira, jonas)?;
        self.tell(&say!(words, "demo-together-told", "one" => CLIENT, "other" => THERAPIST,
            "sent" => sent, "received" => received, "bytes" => bytes.to_string(), "time" => took(began.elapsed())))?;
        let (left, right) = (side::plan_lines(words, screen, mira)?, side::plan_lines(words, screen, jonas)?);
        side::side_by_side(screen, [CLIENT, THERAPIST], [&left, &right])?;
        let same = self.heads(mira, jonas)?;
        self.check(same, &say!(words, "demo-same-heads"))?;

        let (one, other) = (mira.plan()?.goal(goal)?, jonas.plan()?.goal(goal)?);
        let whole = |goal: &Goal| {
            goal.why.contains(&say!(words, "demo-why-more-client"))
                && goal.why.contains(&say!(words, "demo-why-more-therapist"))
                && goal.why.contains(&say!(words, "demo-goal-sleep-why"))
        };
        self.check(one.why == other.why && whole(&one), &say!(words, "demo-both-texts"))?;
        let counts = |goal: &Goal| (goal.ratings.len(), goal.tasks.len());
        let goals = (mira.plan()?.goals(false)?.len(), jonas.plan()?.goals(false)?.len());
        let all = goals == (3, 3) && counts(&one) == (2, 1) && counts(&other) == (2, 1);
        self.check(all, &say!(words, "demo-nothing-lost"))?;
        self.end()
    }

    fn task(&mut self, mira: &Device, jonas: &Device, goal: GoalId) -> Result<(), Failure> {
        let (desk, words) = (self.desk, &self.desk.words);
        self.begin(&say!(words, "demo-accept", "one" => CLIENT))?;
        let (here, there) = (mira.plan()?, jonas.plan()?);
        let offered = here.goal(goal)?.tasks.into_iter().next();
        let offered =
            offered.ok_or(common_ground::Error::NotFound { what: common_ground::error::Thing::Task })?;
        here.accept_task(offered.id, offered.digest)?;
        let time = jonas.wait_until(desk, || {
            Ok(there.goal(goal)?.tasks.iter().all(|task| task.state == TaskState::Accepted))
        })?;
        let (what, time) = (offered.what.as_str(), took(time));
        self.check(
            true,
            &say!(words, "demo-accepted", "one" => CLIENT, "other" => THERAPIST,
            "what" => what, "time" => time),
        )?;
        self.end()
    }

    fn agree(&mut self, mira: &Device, jonas: &Device, goal: GoalId) -> Result<(), Failure> {
        let (desk, words) = (self.desk, &self.desk.words);
        self.begin(&say!(words, "demo-agree"))?;
        let (here, there) = (mira.plan()?, jonas.plan()?);
        let wording = here.goal(goal)?.digest;
        let after_one = here.agree(goal, wording)?;
        jonas.wait_until(desk, || Ok(there.goal(goal)?.agreed_by.len() == 1))?;
        self.check(
            after_one.summary.standing == Standing::Proposed,
            &say!(words, "demo-agree-one", "one" => CLIENT),
        )?;
        there.agree(goal, there.goal(goal)?.digest)?;
        let agreed = |standing: &Standing| matches!(standing, Standing::Agreed { .. });
        mira.wait_until(desk, || Ok(agreed(&here.goal(goal)?.summary.standing)))?;
        let (one, other) = (here.goal(goal)?, there.goal(goal)?);
        let digest = wording.to_string();
        let sealed = |goal: &Goal| {
            goal.sealed
                .as_ref()
                .is_some_and(|sealed| sealed.digest == wording && sealed.statements.len() == 2)
        };
        let both = sealed(&one) && sealed(&other) && agreed(&other.summary.standing);
        let digest = digest.chars().take(12).collect::<String>();
        self.check(both, &say!(words, "demo-agree-both", "other" => THERAPIST, "digest" => digest))?;
        self.end()
    }

    fn reopen(&mut self, mira: &Device, jonas: &Device, goal: GoalId) -> Result<(), Failure> {
        let (desk, words, screen) = (self.desk, &self.desk.words, &self.desk.screen);
        self.begin(&say!(words, "demo-reopen", "other" => THERAPIST))?;
        let (here, there) = (mira.plan()?, jonas.plan()?);
        let shown = there.goal(goal)?;
        let title = say!(words, "demo-goal-sleep-reworded");
        let edit = GoalEdit { title: Some(title), ..GoalEdit::default() };
        let changed = there.edit_goal(goal, shown.version, edit)?;
        let reopened = |goal: &Goal| matches!(goal.summary.standing, Standing::ChangedSinceAgreed { .. });
        mira.wait_until(desk, || Ok(reopened(&here.goal(goal)?)))?;
        let seen = here.goal(goal)?;
        self.tell(&difference(screen, &shown.summary.title, &seen.summary.title))?;
        self.check(reopened(&changed) && reopened(&seen), &say!(words, "demo-reopened"))?;
        let stays = seen.sealed.is_some_and(|sealed| sealed.title == shown.summary.title);
        self.check(stays, &say!(words, "demo-sealed-stays"))?;
        self.end()
    }

    fn prove(&mut self, mira: &mut Device, jonas: &mut Device, goal: GoalId) -> Result<(), Failure> {
        let (desk, words) = (self.desk, &self.desk.words);
        self.begin(&say!(words, "demo-prove", "one" => CLIENT))?;
        let texts = proof::texts_of(&mira.home.journal())?;
        let runs = Runs::of(&texts);
        self.tell(&say!(words, "demo-prove-told", "one" => CLIENT, "other" => THERAPIST,
            "length" => RUN, "inner" => INNER, "runs" => runs.count(), "entries" => runs.texts()))?;
        if runs.too_short() > 0 {
            self.tell(&say!(words, "demo-too-short", "count" => runs.too_short(), "length" => RUN))?;
        }
        device::close(desk, [mira, jonas])?;

        let both_files = [KeyName::Private, KeyName::Shared];
        let there = proof::search(desk, jonas, &both_files, &runs)?;
        self.tell_amount(&there)?;
        let nowhere = there.stored.count() + there.raw.count() + there.received.count() == 0;
        let looked = there.amount.values > 0 && there.amount.changes > 0 && there.frames > 0;
        self.check(nowhere && looked, &say!(words, "demo-prove-nothing", "other" => THERAPIST))?;
        self.end()?;

        self.begin(&say!(words, "demo-controls"))?;
        let here = proof::search(desk, mira, &[KeyName::Private], &runs)?;
        let (found, all) = (here.stored.count(), runs.count());
        self.check(
            found == all && all > 0,
            &say!(words, "demo-control-own", "one" => CLIENT, "found" => found, "all" => all),
        )?;
        self.check(here.raw.count() == 0, &say!(words, "demo-control-raw"))?;

        let Some(sentence) = proof::a_sentence(&texts) else {
            return self.check(false, &say!(words, "demo-no-sentence"));
        };
        mira.open()?;
        jonas.open()?;
        mira.go_online(desk)?;
        jonas.go_online(desk)?;
        self.exchange(mira, jonas)?;
        let shown = mira.plan()?.goal(goal)?;
        let edit = GoalEdit { why: Some(format!("{} {sentence}", shown.why)), ..GoalEdit::default() };
        mira.plan()?.edit_goal(goal, shown.version, edit)?;
        let plan = jonas.plan()?;
        jonas.wait_until(desk, || Ok(plan.goal(goal)?.why.contains(&sentence)))?;
        drop(plan);
        device::close(desk, [mira, jonas])?;
        let there = proof::search(desk, jonas, &[KeyName::Shared], &runs)?;
        self.tell(&say!(words, "demo-given-away", "one" => CLIENT, "sentence" => sentence.as_str()))?;
        let planted = Runs::of(std::slice::from_ref(&sentence)).count();
        self.check(
            there.stored.count() >= planted,
            &say!(words, "demo-control-stored", "other" => THERAPIST, "found" => there.stored.count()),
        )?;
        self.check(
            there.received.count() >= planted,
            &say!(words, "demo-control-received", "found" => there.received.count()),
        )?;
        self.end()
    }

    fn tell_amount(&self, searched: &Searched) -> Result<(), Failure> {
        let words = &self.desk.words;
        let amount = &searched.amount;
        self.tell(&say!(words, "demo-amount-stored",
            "tables" => amount.tables, "values" => amount.values, "kib" => amount.bytes.div_ceil(1024),
            "changes" => amount.changes))?;
        self.tell(&say!(words, "demo-amount-received",
            "frames" => searched.frames, "kib" => searched.frame_bytes.div_ceil(1024),
            "raw" => searched.raw_bytes.div_ceil(1024)))
    }
}

/// A time as people say it: milliseconds below a second.
fn took(time: Duration) -> String {
    if time < Duration::from_secs(1) {
        format!("{:.1} ms", time.as_secs_f64() * 1000.0)
    } else {
        format!("{} s", seconds(time))
    }
}

fn seconds(time: Duration) -> String {
    format!("{:.1}", time.as_secs_f64())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_diary_is_a_month_of_entries_long_enough_to_be_looked_for() {
        let export: serde_json::Value = serde_json::from_str(DIARY).unwrap();
        let entries = export["entries"].as_array().unwrap();
        let texts: Vec<_> = entries.iter().map(|entry| entry["text"].as_str().unwrap().to_owned()).collect();
        assert_eq!(texts.len(), 31);
        let runs = Runs::of(&texts);
        assert_eq!((runs.texts(), runs.too_short()), (31, 0));
    }
}
