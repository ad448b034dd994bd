//! Two screens beside each other: what each of the two sees.

use common_ground::plan::{Goal, TaskOwner, TaskState};
use common_ground::relationship::{Relationship, Role};
use textwrap::core::display_width;

use super::device::Device;
use crate::commands::standing;
use crate::desk::name_of;
use crate::failure::Failure;
use crate::screen::Screen;
use crate::words::{Words, say};

/// Prints two texts beside each other, each under its heading.
pub(super) fn side_by_side(
    screen: &Screen,
    headings: [&str; 2],
    columns: [&[String]; 2],
) -> Result<(), Failure> {
    let width = (screen.width() - 9) / 2;
    let wrap = |lines: &[String]| -> Vec<String> {
        lines
            .iter()
            .flat_map(|line| {
                let indent = " ".repeat(line.len() - line.trim_start().len() + 2);
                let options = textwrap::Options::new(width).subsequent_indent(&indent);
                textwrap::wrap(line, options).into_iter().map(|piece| piece.into_owned()).collect::<Vec<_>>()
            })
            .collect()
    };
    let [left, right] = columns.map(wrap);
    let rule = "─".repeat(width + 2);
    screen.line(&screen.faint(&format!("  ┌{rule}┬{rule}┐")))?;
    let row = |left: &str, right: &str| {
        let [left, right] = [left, right].map(|text| {
            let gap = " ".repeat(width.saturating_sub(display_width(text)));
            format!("{text}{gap}")
        });
        let bar = screen.faint("│");
        screen.line(&format!("  {bar} {left} {bar} {right} {bar}"))
    };
    row(&screen.bold(headings[0]), &screen.bold(headings[1]))?;
    for n in 0..left.len().max(right.len()) {
        row(left.get(n).map_or("", String::as_str), right.get(n).map_or("", String::as_str))?;
    }
    screen.line(&screen.faint(&format!("  └{rule}┴{rule}┘")))
}

/// The plan as its owner sees it on this device.
pub(super) fn plan_lines(words: &Words, screen: &Screen, device: &Device) -> Result<Vec<String>, Failure> {
    let with = device.relationship()?;
    let plan = device.plan()?;
    let mut lines = Vec::new();
    for (n, summary) in plan.goals(false)?.iter().enumerate() {
        let goal = plan.goal(summary.id)?;
        lines.push(format!("{} {}", n + 1, screen.bold(&goal.summary.title)));
        lines.push(format!("  {}", standing(words, screen, &goal.summary.standing, &with)));
        if !goal.why.is_empty() {
            lines.push(format!("  {}", goal.why));
        }
        lines.extend(ratings(words, &goal, &with));
        lines.extend(tasks(words, &goal, &with));
    }
    Ok(lines)
}

fn ratings(words: &Words, goal: &Goal, with: &Relationship) -> Option<String> {
    let all: Vec<_> = goal
        .ratings
        .iter()
        .map(|rating| {
            let name = name_of(words, rating.by, with);
            say!(words, "rating-short", "name" => name, "value" => u32::from(rating.value))
        })
        .collect();
    (!all.is_empty()).then(|| format!("  {}", all.join(" · ")))
}

fn tasks(words: &Words, goal: &Goal, with: &Relationship) -> Vec<String> {
    goal.tasks
        .iter()
        .map(|task| {
            let of_other = matches!(
                (task.owner, with.other.role),
                (TaskOwner::Client, Role::Client) | (TaskOwner::Therapist, Role::Therapist)
            );
            let owner = if of_other { with.other.display_name.clone() } else { say!(words, "you") };
            let state = match task.state {
                TaskState::Accepted => say!(words, "task-accepted"),
                TaskState::Declined => say!(words, "task-declined"),
                TaskState::Offered => say!(words, "demo-offered"),
            };
            format!("  ▸ {} ({owner}, {state})", task.what)
        })
        .collect()
}
