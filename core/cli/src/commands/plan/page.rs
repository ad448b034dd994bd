//! The plan as one HTML page, to take along or to sign on paper: whole in itself, no scripts, nothing fetched.

use std::path::Path;

use common_ground::id::PersonId;
use common_ground::plan::{Goal, SealedWording, Standing, Task, TaskOwner, TaskState};
use common_ground::relationship::{Profile, Relationship, Role};
use serde::Serialize;

use super::wording::Wording;
use super::{goals, rhythm, states, values, whole};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::words::{Words, say};

/// Nothing may be fetched and nothing run, whatever stands on the page.
const HEAD: &str = "<meta charset=\"utf-8\">\n\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\n\
    <meta name=\"referrer\" content=\"no-referrer\">\n\
    <meta name=\"viewport\" content=\"width=device-width\">\n";
const STYLE: &str = include_str!("page.css");

#[derive(Serialize)]
struct Written<'a> {
    path: &'a str,
    goals: usize,
}

pub(super) fn page(desk: &Desk, path: &Path, force: bool) -> Result<(), Failure> {
    let words = &desk.words;
    let (with, plan) = desk.plan()?;
    let name = path.display().to_string();
    desk.screen.aside(&say!(words, "export-anyone-can-read", "path" => name.as_str()));
    desk.confirm(&say!(words, "ask-export"))?;
    let goals = whole::read(&plan, false)?;
    let page = Page { words, me: desk.me()?, with };
    crate::outside::write(words, path, &page.html(&goals), force)?;
    if desk.json() {
        return desk.screen.document(&Written { path: &name, goals: goals.len() });
    }
    desk.screen.text(0, &say!(words, "page-written", "path" => name))
}

/// What a page needs to know beside the goals.
struct Page<'a> {
    words: &'a Words,
    me: Profile,
    with: Relationship,
}

impl Page<'_> {
    fn html(&self, goals: &[Goal]) -> String {
        let words = self.words;
        let (client, therapist) = self.names();
        let title = say!(words, "plan-of", "one" => client, "other" => therapist);
        let mut page = format!(
            "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n{HEAD}<title>{}</title>\n\
             <style>\n{STYLE}</style>\n</head>\n<body>\n",
            escaped(&say!(words, "page-language")),
            escaped(&title),
        );
        push(&mut page, "h1", "", &title);
        push(&mut page, "p", "note", &words.date(states::today()));
        push(&mut page, "p", "note", &say!(words, "page-note"));
        if goals.is_empty() {
            push(&mut page, "p", "", &say!(words, "page-no-goals"));
        }
        for goal in goals {
            self.goal(&mut page, goal);
        }
        page.push_str("<footer>\n");
        push(&mut page, "p", "", &say!(words, "not-monitored"));
        push(&mut page, "p", "", &say!(words, "page-note"));
        page.push_str("</footer>\n</body>\n</html>\n");
        page
    }

    /// The client's name and the therapist's.
    fn names(&self) -> (&str, &str) {
        let (me, other) = (self.me.display_name.as_str(), self.with.other.display_name.as_str());
        match self.with.other.role {
            Role::Client => (other, me),
            Role::Therapist => (me, other),
        }
    }

    fn name_of(&self, person: PersonId) -> &str {
        if person == self.with.other.person { &self.with.other.display_name } else { &self.me.display_name }
    }

    fn goal(&self, page: &mut String, goal: &Goal) {
        let words = self.words;
        page.push_str("<article>\n");
        push(page, "h2", "", &goal.summary.title);
        push(page, "p", "facts", &self.facts(goal).join(" · "));
        self.wording(page, &goal.into());
        if let Some(step) = &goal.first_step {
            definitions(page, &[(say!(words, "heading-first-step"), step.clone())]);
        }
        self.tasks(page, goal);
        self.steps(page, goal);
        self.strategies(page, goal);
        match (&goal.summary.standing, &goal.sealed) {
            (Standing::Agreed { since }, _) => {
                push(page, "p", "", &say!(words, "page-agreed", "day" => words.day_of(*since)));
            }
            (_, Some(sealed)) => {
                self.in_force(page, sealed);
                self.sign(page);
            }
            (_, None) => self.sign(page),
        }
        push(page, "p", "digest", &goal.digest.to_string());
        page.push_str("</article>\n");
    }

    /// What became of it, who holds it and how much it matters.
    fn facts(&self, goal: &Goal) -> Vec<String> {
        let words = self.words;
        let summary = &goal.summary;
        let (name, day) = (self.name_of(summary.proposed_by), words.day_of(summary.proposed_at));
        let mut facts = vec![say!(words, "goal-proposed-by", "name" => name, "day" => day)];
        facts.extend(goals::state(words, summary.state));
        let held = summary.holds.iter().map(|hold| self.name_of(hold.by));
        facts.extend(held.map(|name| say!(words, "goal-held-by", "name" => name)));
        facts.extend(summary.priority.map(|priority| values::priority(words, priority)));
        facts
    }

    fn wording(&self, page: &mut String, wording: &Wording<'_>) {
        let words = self.words;
        let mut parts = vec![(say!(words, "heading-why"), wording.why.to_owned())];
        parts.extend(wording.success.iter().map(|success| {
            let heading = say!(words, "heading-success-of", "name" => self.name_of(success.by));
            (heading, success.text.clone())
        }));
        parts.push((say!(words, "heading-known-by"), wording.known_by.unwrap_or_default().to_owned()));
        let by_when = wording.by_when.map(|day| words.date(day)).unwrap_or_default();
        parts.push((say!(words, "heading-by-when"), by_when));
        let scale = wording.scale.iter().map(|level| format!("{:+}: {}", level.level.value(), level.text));
        parts.push((say!(words, "heading-scale"), scale.collect::<Vec<_>>().join("\n")));
        definitions(page, &parts);
    }

    fn tasks(&self, page: &mut String, goal: &Goal) {
        let words = self.words;
        if goal.tasks.is_empty() {
            return;
        }
        push(page, "h3", "", &say!(words, "heading-tasks"));
        page.push_str("<table>\n<tr>");
        for head in
            [say!(words, "page-task-what"), say!(words, "page-task-who"), say!(words, "page-task-when")]
        {
            push(page, "th", "", &head);
        }
        page.push_str("</tr>\n");
        for task in &goal.tasks {
            page.push_str("<tr>");
            push(page, "td", "", &task.what);
            push(page, "td", "", &self.who(task));
            push(page, "td", "", &self.when(task));
            page.push_str("</tr>\n");
        }
        page.push_str("</table>\n");
    }

    /// Whose a task is, and whether that was answered.
    fn who(&self, task: &Task) -> String {
        let words = self.words;
        let (client, therapist) = self.names();
        let who = match task.owner {
            TaskOwner::Client => client.to_owned(),
            TaskOwner::Therapist => therapist.to_owned(),
            TaskOwner::Both => format!("{client}, {therapist}"),
        };
        let state = match task.state {
            TaskState::Accepted => return who,
            TaskState::Declined => say!(words, "task-declined"),
            TaskState::Offered => say!(words, "page-task-offered"),
        };
        format!("{who} ({state})")
    }

    fn when(&self, task: &Task) -> String {
        let words = self.words;
        let due = task.due.map(|day| say!(words, "task-due", "day" => words.date(day)));
        let rhythm = task.repeats.as_ref().map(|recurrence| rhythm::in_words(words, recurrence));
        due.into_iter().chain(rhythm).collect::<Vec<_>>().join(", ")
    }

    fn steps(&self, page: &mut String, goal: &Goal) {
        let steps: Vec<_> = goal.steps.iter().filter(|step| step.archived_at.is_none()).collect();
        if steps.is_empty() {
            return;
        }
        push(page, "h3", "", &say!(self.words, "heading-steps"));
        page.push_str("<ol>\n");
        for step in steps {
            let text = match step.expected_fear {
                Some(fear) => {
                    format!("{} ({})", step.what, say!(self.words, "step-expected-fear", "fear" => fear))
                }
                None => step.what.clone(),
            };
            push(page, "li", "", &text);
        }
        page.push_str("</ol>\n");
    }

    fn strategies(&self, page: &mut String, goal: &Goal) {
        let tried: Vec<_> = goal.strategies.iter().filter(|one| one.archived_at.is_none()).collect();
        if tried.is_empty() {
            return;
        }
        push(page, "h3", "", &say!(self.words, "heading-strategies"));
        page.push_str("<ul>\n");
        for one in tried {
            let verdict = values::verdict(self.words, one.verdict);
            push(page, "li", "", &format!("{} ({verdict})", one.what));
        }
        page.push_str("</ul>\n");
    }

    /// The wording that both had agreed to, where the plan reads differently by now.
    fn in_force(&self, page: &mut String, sealed: &SealedWording) {
        let words = self.words;
        page.push_str("<div class=\"agreed\">\n");
        push(page, "p", "facts", &say!(words, "page-in-force", "day" => words.day_of(sealed.since)));
        push(page, "h3", "", &sealed.title);
        self.wording(page, &sealed.into());
        push(page, "p", "digest", &sealed.digest.to_string());
        page.push_str("</div>\n");
    }

    /// Two lines to sign on.
    fn sign(&self, page: &mut String) {
        let words = self.words;
        let (client, therapist) = self.names();
        push(page, "p", "facts", &say!(words, "page-to-sign"));
        page.push_str("<div class=\"sign\">\n");
        for name in [client, therapist] {
            push(page, "div", "", &say!(words, "page-sign-here", "name" => name));
        }
        page.push_str("</div>\n");
    }
}

/// Texts under their headings; those that are empty are left out.
fn definitions(page: &mut String, parts: &[(String, String)]) {
    let mut parts = parts.iter().filter(|(_, text)| !text.is_empty()).peekable();
    if parts.peek().is_none() {
        return;
    }
    page.push_str("<dl>\n");
    for (heading, text) in parts {
        push(page, "dt", "", heading);
        push(page, "dd", "", text);
    }
    page.push_str("</dl>\n");
}

/// An element with a text in it; whatever the text is, it is only text.
fn push(page: &mut String, element: &str, class: &str, text: &str) {
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    page.push_str(&format!("<{element}{class} dir=\"auto\">{}</{element}>\n", escaped(text)));
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_on_the_page_are_only_words() {
        let mut page = String::new();
        push(&mut page, "p", "note", "</p><script>alert('1' & \"2\")</script>");
        assert_eq!(
            page,
            "<p class=\"note\" dir=\"auto\">&lt;/p&gt;&lt;script&gt;alert(&#39;1&#39; &amp; &quot;2&quot;)\
             &lt;/script&gt;</p>\n"
        );
    }
}
