//! One entry on the terminal: write, edit, show.

use std::io::IsTerminal;
use std::sync::Arc;

use chrono::{NaiveDateTime, TimeZone, Utc};
use common_ground::Error;
use common_ground::clock::{Moment, RealWorld, Surroundings};
use common_ground::error::Problem;
use common_ground::id::{DraftId, GoalId, TaskId};
use common_ground::journal::{
    Answer, DraftContent, Emotion, Entry, EntryEdit, EntryKind, EntryLink, Journal, NewEntry, Template,
};

use super::{attaching, journal, plan, questions};
use crate::args::{DetailArgs, EditArgs, WriteArgs};
use crate::desk::Desk;
use crate::editor;
use crate::failure::{Exit, Failure};
use crate::words::{Words, say};

pub(super) fn write(desk: &Desk, args: WriteArgs) -> Result<(), Failure> {
    let journal = desk.home()?.journal();
    let details = args.details;
    let template = template(desk, &journal, &details)?;
    let answers = answers(template.as_ref(), &details.answer);
    let mut new = NewEntry {
        text: args.text.join(" "),
        title: args.title,
        kind: details.kind.or(template.as_ref().map(|template| template.kind)),
        mood: details.mood.filter(|mood| *mood > 0),
        links: links(desk, &details)?,
        emotions: details.feel,
        tags: args.tag,
        answers,
        starred: args.star,
        to_bring: args.bring,
        written: details.date.map(|date| moment(desk, date)).transpose()?,
        ..NewEntry::default()
    };
    let entry = if !new.text.is_empty() || !new.answers.is_empty() {
        new.attachments = attaching::take_in(desk, &args.attach)?;
        journal.add(new)?
    } else {
        let mut draft = Draft::begin(desk, &journal);
        match template {
            Some(template) if std::io::stdin().is_terminal() => {
                questions::ask(desk, &template, &mut new, &mut |new| draft.keep(add(new)))?;
            }
            _ => {
                let unfinished = new.clone();
                new.text = editor::text_from_outside(desk, &mut |text| {
                    draft.keep(add(&NewEntry { text: text.to_owned(), ..unfinished.clone() }));
                })
                .map_err(|failure| draft.told(failure))?;
            }
        }
        // Only now, so that nobody waits for a film before they can write.
        if !args.attach.is_empty() {
            draft.keep(add(&new));
            new.attachments =
                attaching::take_in(desk, &args.attach).map_err(|failure| draft.told(failure))?;
        }
        draft.finish(add(&new))?
    };
    if desk.json() {
        return desk.screen.document(&entry);
    }
    desk.screen.text(0, &say!(desk.words, "entry-saved", "when" => desk.words.moment(&entry.written)))
}

fn add(entry: &NewEntry) -> DraftContent {
    DraftContent::Add { entry: entry.clone() }
}

pub(super) fn edit(desk: &Desk, args: EditArgs) -> Result<(), Failure> {
    let journal = desk.home()?.journal();
    let shown = journal.entry(journal::find(desk, &args.entry)?)?;
    let details = args.details;
    let template = template(desk, &journal, &details)?;
    let change = EntryEdit {
        text: args.text,
        title: args.title,
        kind: details.kind,
        mood: details.mood,
        emotions: feelings(&shown, args.unfeel, &details.feel),
        tags: args.tag,
        links: all_links(&shown, args.unlink, links(desk, &details)?),
        answers: all_answers(&shown, answers(template.as_ref(), &details.answer)),
        starred: if args.star { Some(true) } else { args.unstar.then_some(false) },
        to_bring: if args.bring { Some(true) } else { args.leave.then_some(false) },
        written: details.date.map(|date| moment(desk, date)).transpose()?,
        ..EntryEdit::default()
    };
    let entry = if change == EntryEdit::default() {
        edit_text(desk, &journal, &shown)?
    } else {
        journal.edit(shown.id, shown.revision, change)?
    };
    if desk.json() {
        return desk.screen.document(&entry);
    }
    desk.screen.text(0, &say!(desk.words, "entry-changed"))
}

fn edit_text(desk: &Desk, journal: &Arc<Journal>, shown: &Entry) -> Result<Entry, Failure> {
    let change = |text: &str| DraftContent::Edit {
        entry: shown.id,
        shown: shown.revision,
        edit: EntryEdit { text: Some(text.to_owned()), ..EntryEdit::default() },
    };
    let mut draft = Draft::begin(desk, journal);
    let text = editor::edit_and_keep(desk, &shown.text, &mut |text| draft.keep(change(text)))
        .map_err(|failure| draft.told(failure))?;
    draft.finish(change(&text))
}

/// What is being typed, kept until it is an entry.
pub(super) struct Draft<'a> {
    desk: &'a Desk,
    journal: &'a Journal,
    id: Option<DraftId>,
}

impl<'a> Draft<'a> {
    pub(super) fn begin(desk: &'a Desk, journal: &'a Journal) -> Self {
        Self { desk, journal, id: None }
    }

    /// One that was kept before.
    pub(super) fn of(desk: &'a Desk, journal: &'a Journal, id: DraftId) -> Self {
        Self { desk, journal, id: Some(id) }
    }

    /// Keeps what is typed so far. Where even that fails, nobody is disturbed while they write: saving in
    /// the end will say it.
    pub(super) fn keep(&mut self, content: DraftContent) {
        if let Ok(id) = self.journal.save_draft(content, self.id) {
            self.id = Some(id);
        }
    }

    /// Makes the entry of it. If that fails the draft stays, unless there is nothing in it.
    pub(super) fn finish(mut self, content: DraftContent) -> Result<Entry, Failure> {
        let saved = self.journal.save_draft(content, self.id).and_then(|id| {
            self.id = Some(id);
            self.journal.finish_draft(id)
        });
        match (saved, self.id) {
            (Ok(entry), _) => Ok(entry),
            (Err(error @ Error::Invalid { problem: Problem::Empty, .. }), Some(id)) => {
                self.journal.discard_draft(id)?;
                Err(error.into())
            }
            (Err(error), _) => Err(self.told(error.into())),
        }
    }

    /// The same failure, after it was said where what was typed is.
    pub(super) fn told(&self, failure: Failure) -> Failure {
        if self.id.is_some() {
            self.desk.screen.aside(&say!(self.desk.words, "draft-kept"));
        }
        failure
    }
}

fn template(desk: &Desk, journal: &Journal, details: &DetailArgs) -> Result<Option<Template>, Failure> {
    let found = |id: &String| journal.template(id.clone(), desk.words.language(), None);
    Ok(details.template.as_ref().map(found).transpose()?)
}

fn answers(template: Option<&Template>, given: &[(String, String)]) -> Vec<Answer> {
    let Some(template) = template else { return Vec::new() };
    let answer = |(field, value): &(String, String)| Answer {
        template: template.id.clone(),
        version: template.version,
        field: field.clone(),
        value: value.clone(),
    };
    given.iter().map(answer).collect()
}

/// The answers an entry has, with these in the place of those to the same questions. An empty one is none.
fn all_answers(shown: &Entry, given: Vec<Answer>) -> Option<Vec<Answer>> {
    if given.is_empty() {
        return None;
    }
    let mut all = shown.answers.clone();
    for answer in given {
        match all.iter_mut().find(|one| one.template == answer.template && one.field == answer.field) {
            Some(one) => *one = answer,
            None => all.push(answer),
        }
    }
    Some(all)
}

fn feelings(shown: &Entry, anew: bool, given: &[Emotion]) -> Option<Vec<Emotion>> {
    if given.is_empty() {
        return anew.then(Vec::new);
    }
    let mut all = if anew { Vec::new() } else { shown.emotions.clone() };
    for feeling in given {
        match all.iter_mut().find(|one| one.name == feeling.name) {
            Some(one) => *one = feeling.clone(),
            None => all.push(feeling.clone()),
        }
    }
    Some(all)
}

fn all_links(shown: &Entry, anew: bool, given: Vec<EntryLink>) -> Option<Vec<EntryLink>> {
    if given.is_empty() {
        return anew.then(Vec::new);
    }
    let had = if anew { Vec::new() } else { shown.links.clone() };
    Some(had.into_iter().chain(given).collect())
}

/// What is named by `--goal`, `--task` and `--person`.
fn links(desk: &Desk, details: &DetailArgs) -> Result<Vec<EntryLink>, Failure> {
    let mut links = Vec::new();
    for wanted in &details.goal {
        links.push(EntryLink::Goal(match wanted.parse::<GoalId>() {
            Ok(id) => id,
            Err(_) => plan::find_goal(desk, &desk.plan()?.1, wanted)?,
        }));
    }
    for wanted in &details.task {
        links.push(EntryLink::Task(match wanted.parse::<TaskId>() {
            Ok(id) => id,
            Err(_) => plan::find_task(desk, &desk.plan()?.1, wanted)?.id,
        }));
    }
    for wanted in &details.person {
        links.push(EntryLink::Relationship(desk.relationship_with(wanted)?.id));
    }
    Ok(links)
}

/// The moment when the clock here showed this.
pub(super) fn moment(desk: &Desk, local: NaiveDateTime) -> Result<Moment, Failure> {
    let zone = RealWorld.zone();
    match zone.from_local_datetime(&local).earliest() {
        Some(at) => Ok(Moment::in_zone(at.with_timezone(&Utc), zone)),
        // The hour that is left out when summer time begins.
        None => Err(Failure::told(Exit::Usage, say!(desk.words, "error-no-such-time"))),
    }
}

pub(super) fn show(desk: &Desk, wanted: &str) -> Result<(), Failure> {
    let entry = desk.home()?.journal().entry(journal::find_anywhere(desk, wanted)?)?;
    if desk.json() { desk.screen.document(&entry) } else { print(desk, &entry) }
}

/// An entry with all that is in it.
pub(super) fn print(desk: &Desk, entry: &Entry) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    screen.line(&screen.cyan(&words.moment(&entry.written)))?;
    if let Some(title) = &entry.title {
        screen.line(&screen.bold(title))?;
    }
    let tags: Vec<_> = entry.tags.iter().map(|tag| format!("#{tag}")).collect();
    if !tags.is_empty() || entry.starred {
        let star = if entry.starred { "★ " } else { "" };
        screen.line(&screen.faint(&format!("{star}{}", tags.join(" "))))?;
    }
    print_facts(desk, entry)?;
    if entry.binned_at.is_some() {
        screen.line(&screen.red(&say!(words, "entry-in-bin")))?;
    }
    screen.gap()?;
    if !entry.text.is_empty() {
        screen.text(0, &entry.text)?;
        screen.gap()?;
    }
    print_answers(desk, &entry.answers)?;
    for went in super::sharing::where_it_went(desk, entry.id)? {
        screen.text(0, &screen.faint(&went))?;
    }
    screen.line(&screen.faint(&entry.id.to_string()))
}

/// Kind, mood, feelings, links and the mark to bring it along, as far as there are any.
fn print_facts(desk: &Desk, entry: &Entry) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let mut facts = Vec::new();
    if entry.kind != EntryKind::Free {
        facts.push(kind_name(words, entry.kind));
    }
    if let Some(mood) = entry.mood {
        facts.push(say!(words, "entry-mood", "mood" => u32::from(mood)));
    }
    facts.extend(entry.emotions.iter().map(|feeling| feeling_in_words(words, feeling)));
    if entry.to_bring_at.is_some() {
        facts.push(say!(words, "entry-to-bring"));
    }
    if !facts.is_empty() {
        screen.text(0, &facts.join(" · "))?;
    }
    for link in &entry.links {
        screen.text(0, &screen.faint(&link_in_words(desk, link)?))?;
    }
    let names: Vec<_> = entry.attachments.iter().map(|attached| attached.name.as_str()).collect();
    if !names.is_empty() {
        screen.text(0, &screen.faint(&say!(words, "entry-attached", "names" => names.join(", "))))?;
    }
    Ok(())
}

fn feeling_in_words(words: &Words, feeling: &Emotion) -> String {
    let name = feeling.name.as_str();
    match feeling.intensity {
        Some(strength) => {
            say!(words, "entry-feeling", "name" => name, "strength" => u32::from(strength))
        }
        None => name.to_owned(),
    }
}

/// What an entry belongs to, by its title where it is known here.
fn link_in_words(desk: &Desk, link: &EntryLink) -> Result<String, Failure> {
    let (words, home) = (&desk.words, desk.home()?);
    for relationship in home.relationships()? {
        match link {
            EntryLink::Goal(id) => {
                let all = home.plan(relationship.id)?.goals(true)?;
                if let Some(goal) = all.iter().find(|goal| goal.id == *id) {
                    return Ok(say!(words, "entry-of-goal", "title" => goal.title.as_str()));
                }
            }
            EntryLink::Task(id) => {
                let all = home.plan(relationship.id)?.tasks(true)?;
                if let Some(task) = all.iter().find(|task| task.id == *id) {
                    return Ok(say!(words, "entry-of-task", "what" => task.what.as_str()));
                }
            }
            EntryLink::Relationship(id) if *id == relationship.id => {
                let name = relationship.other.display_name.as_str();
                return Ok(say!(words, "entry-of-person", "name" => name));
            }
            EntryLink::Relationship(_) => {}
        }
    }
    Ok(match link {
        EntryLink::Goal(id) => say!(words, "entry-of-goal", "title" => id.to_string()),
        EntryLink::Task(id) => say!(words, "entry-of-task", "what" => id.to_string()),
        EntryLink::Relationship(id) => say!(words, "entry-of-person", "name" => id.to_string()),
    })
}

/// Answers, each under its question where that is known.
pub(super) fn print_answers(desk: &Desk, answers: &[Answer]) -> Result<(), Failure> {
    let screen = &desk.screen;
    let mut template: Option<Template> = None;
    for answer in answers {
        if template.as_ref().is_none_or(|one| one.id != answer.template) {
            let id = answer.template.clone();
            let known = desk.home()?.journal().template(id, desk.words.language(), Some(answer.version));
            template = match known {
                Ok(known) => Some(known),
                Err(Error::NotFound { .. }) => None,
                Err(error) => return Err(error.into()),
            };
        }
        let question = template.iter().flat_map(|one| &one.fields).find(|field| field.id == answer.field);
        screen.text(0, &screen.cyan(question.map_or(&answer.field, |field| &field.question)))?;
        screen.text(2, &answer.value)?;
        screen.gap()?;
    }
    Ok(())
}

/// A kind in the person's language.
pub(super) fn kind_name(words: &Words, kind: EntryKind) -> String {
    match kind {
        EntryKind::Free => say!(words, "kind-free"),
        EntryKind::ThoughtRecord => say!(words, "kind-thought-record"),
        EntryKind::SmallWin => say!(words, "kind-small-win"),
        EntryKind::Practice => say!(words, "kind-practice"),
        EntryKind::SelfAwareness => say!(words, "kind-self-awareness"),
        EntryKind::Resilience => say!(words, "kind-resilience"),
        EntryKind::Relationships => say!(words, "kind-relationships"),
        EntryKind::GoalAchievement => say!(words, "kind-goal"),
        EntryKind::Doubt => say!(words, "kind-doubt"),
        EntryKind::Avoidance => say!(words, "kind-avoidance"),
        EntryKind::HardAfterSession => say!(words, "kind-hard-after-session"),
        EntryKind::BringToSession => say!(words, "kind-bring-to-session"),
    }
}
