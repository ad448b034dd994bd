//! Coping tools on the terminal.

use common_ground::error::Thing;
use common_ground::id::ToolId;
use common_ground::journal::{Journal, NewToolUse, Tool, ToolUse};
use serde::Serialize;

use super::{entries, journal};
use crate::args::ToolCommand;
use crate::desk::{Desk, pick};
use crate::failure::Failure;
use crate::words::say;

#[derive(Serialize)]
struct Tools {
    tools: Vec<Tool>,
}

#[derive(Serialize)]
struct Shown {
    tool: Tool,
    /// The latest uses.
    uses: Vec<ToolUse>,
}

pub(super) fn tool(desk: &Desk, command: ToolCommand) -> Result<(), Failure> {
    let (home, words) = (desk.home()?, &desk.words);
    let journal = home.journal();
    match command {
        ToolCommand::Add { name, note } => {
            let tool = journal.add_tool(name.join(" "), note)?;
            done(desk, &tool, &say!(words, "tool-added"))
        }
        ToolCommand::List { archived } => list(desk, journal.tools(archived)?),
        ToolCommand::Edit { tool, name, note } => {
            let tool = journal.edit_tool(find(desk, &journal, &tool)?, name, note)?;
            done(desk, &tool, &say!(words, "tool-changed"))
        }
        ToolCommand::Use { tool, helped, note, entry, date } => {
            let new = NewToolUse {
                tool: find(desk, &journal, &tool)?,
                helped,
                note,
                entry: entry.map(|entry| journal::find(desk, &entry)).transpose()?,
                used: date.map(|date| entries::moment(desk, date)).transpose()?,
            };
            done(desk, &journal.use_tool(new)?, &say!(words, "tool-used"))
        }
        ToolCommand::Show { tool, limit } => {
            let id = find(desk, &journal, &tool)?;
            show(desk, Shown { tool: journal.tool(id)?, uses: journal.tool_uses(id, limit, None)?.uses })
        }
        ToolCommand::Archive { tool, undo: true } => {
            let tool = journal.unarchive_tool(find_among(desk, &journal, &tool, true)?)?;
            done(desk, &tool, &say!(words, "tool-unarchived"))
        }
        ToolCommand::Archive { tool, undo: false } => {
            let tool = journal.archive_tool(find(desk, &journal, &tool)?)?;
            done(desk, &tool, &say!(words, "tool-archived"))
        }
    }
}

fn done(desk: &Desk, document: &impl Serialize, sentence: &str) -> Result<(), Failure> {
    if desk.json() { desk.screen.document(document) } else { desk.screen.text(0, sentence) }
}

fn list(desk: &Desk, tools: Vec<Tool>) -> Result<(), Failure> {
    let screen = &desk.screen;
    if desk.json() {
        return screen.document(&Tools { tools });
    }
    if tools.is_empty() {
        return screen.text(0, &say!(desk.words, "tools-none"));
    }
    for (n, tool) in tools.iter().enumerate() {
        screen.line(&format!("{:>4}  {}", n + 1, screen.bold(&tool.name)))?;
        screen.text(6, &screen.faint(&facts(desk, tool)))?;
    }
    Ok(())
}

/// How often it was used and how much it helped.
fn facts(desk: &Desk, tool: &Tool) -> String {
    let words = &desk.words;
    let mut facts = vec![say!(words, "tool-uses", "count" => tool.uses)];
    if let Some(helped) = tool.helped {
        let mean = words.decimal(helped);
        facts.push(say!(words, "tool-helped", "mean" => mean, "count" => tool.rated));
    }
    if let Some(last) = &tool.last_used {
        facts.push(say!(words, "tool-last-used", "day" => words.date(last.local_date())));
    }
    if tool.archived_at.is_some() {
        facts.push(say!(words, "tool-put-away"));
    }
    facts.join(" · ")
}

fn show(desk: &Desk, shown: Shown) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    if desk.json() {
        return screen.document(&shown);
    }
    let Shown { tool, uses } = shown;
    screen.line(&screen.bold(&tool.name))?;
    if !tool.note.is_empty() {
        screen.text(0, &tool.note)?;
    }
    screen.text(0, &screen.faint(&facts(desk, &tool)))?;
    if !uses.is_empty() {
        screen.gap()?;
    }
    for one in &uses {
        let when = screen.cyan(&words.moment(&one.used));
        match one.helped {
            Some(helped) => {
                let helped = say!(words, "tool-use-helped", "helped" => u32::from(helped));
                screen.line(&format!("{when}  {helped}"))?;
            }
            None => screen.line(&when)?,
        }
        if !one.note.is_empty() {
            screen.text(2, &one.note)?;
        }
    }
    screen.gap()?;
    screen.line(&screen.faint(&tool.id.to_string()))
}

fn find(desk: &Desk, journal: &Journal, wanted: &str) -> Result<ToolId, Failure> {
    find_among(desk, journal, wanted, false)
}

/// The tool that is meant. Numbers count in the list with or without those put away; an id finds either.
fn find_among(desk: &Desk, journal: &Journal, wanted: &str, archived: bool) -> Result<ToolId, Failure> {
    let is_number = wanted.len() <= 6 && wanted.parse::<usize>().is_ok();
    let all = journal.tools(archived || !is_number)?;
    let ids: Vec<ToolId> = all.iter().map(|tool| tool.id).collect();
    let missing = Failure::Core(common_ground::Error::NotFound { what: Thing::Tool });
    pick(wanted, &ids).or_tell(desk, wanted, missing)
}
