//! Coping tools, and how much each helped.

use super::super::{NewToolUse, Tool};
use super::*;
use crate::clock::Moment;
use crate::error::{Problem, Thing};
use crate::id::{ToolId, ToolUseId};

impl Desk {
    fn tool(&self, name: &str) -> Tool {
        self.world.pass(TimeDelta::seconds(1));
        self.journal.add_tool(name.into(), String::new()).unwrap()
    }

    fn used(&self, tool: &Tool, helped: Option<u8>) -> super::super::ToolUse {
        self.world.pass(TimeDelta::hours(1));
        self.journal.use_tool(use_of(tool, helped)).unwrap()
    }
}

fn use_of(tool: &Tool, helped: Option<u8>) -> NewToolUse {
    NewToolUse { tool: tool.id, helped, note: String::new(), entry: None, used: None }
}

#[test]
fn a_tool_is_collected_renamed_put_away_and_taken_out_again() {
    let desk = desk();
    let walk =
        desk.journal.add_tool("  A walk ".into(), "Round the lake,\nwithout the phone".into()).unwrap();
    assert!(walk.name == "A walk" && walk.uses == 0 && walk.helped.is_none() && walk.last_used.is_none());
    let call = desk.tool("Calling Sam");
    let renamed = desk.journal.edit_tool(walk.id, Some("A long walk".into()), None).unwrap();
    assert!(renamed.name == "A long walk" && renamed.note == walk.note);
    let noted = desk.journal.edit_tool(walk.id, None, Some(String::new())).unwrap();
    assert!(noted.name == "A long walk" && noted.note.is_empty());
    let names = |archived| -> Vec<String> {
        desk.journal.tools(archived).unwrap().into_iter().map(|tool| tool.name).collect()
    };
    assert_eq!(names(false), ["A long walk", "Calling Sam"]);
    let since = desk.journal.archive_tool(walk.id).unwrap().archived_at;
    assert!(since == Some(desk.world.now()));
    desk.world.pass(TimeDelta::days(1));
    assert!(desk.journal.archive_tool(walk.id).unwrap().archived_at == since, "once is enough");
    assert_eq!(names(false), ["Calling Sam"]);
    assert_eq!(names(true), ["A long walk", "Calling Sam"]);
    assert!(desk.journal.unarchive_tool(walk.id).unwrap().archived_at.is_none());
    assert!(desk.journal.tool(call.id).unwrap() == call);
}

#[test]
fn uses_are_counted_and_those_that_were_judged_have_a_mean() {
    let desk = desk();
    let (walk, call) = (desk.tool("A walk"), desk.tool("Calling Sam"));
    for helped in [Some(7), None, Some(4), Some(0)] {
        desk.used(&walk, helped);
    }
    let last = desk.used(&walk, Some(10));
    desk.used(&call, None);
    let walk = desk.journal.tool(walk.id).unwrap();
    assert_eq!((walk.uses, walk.rated, walk.helped), (5, 4, Some(5.25)));
    assert!(walk.last_used == Some(last.used));
    let call = desk.journal.tool(call.id).unwrap();
    assert_eq!((call.uses, call.rated, call.helped), (1, 0, None));
}

#[test]
fn the_history_of_a_tool_comes_page_by_page_latest_first_also_at_one_instant() {
    let desk = desk();
    let (walk, call) = (desk.tool("A walk"), desk.tool("Calling Sam"));
    let mut expected: Vec<ToolUseId> =
        (0..5).map(|_| desk.journal.use_tool(use_of(&walk, None)).unwrap().id).collect();
    expected.sort_unstable();
    expected.extend((0..3).map(|n| desk.used(&walk, Some(n)).id));
    desk.used(&call, None);
    let long_ago = Moment { at: at("1960-01-01T00:00:00Z"), zone: "UTC".into(), offset_seconds: 0 };
    let before = NewToolUse { used: Some(long_ago.clone()), ..use_of(&walk, None) };
    let before = desk.journal.use_tool(before).unwrap();
    assert!(before.used == long_ago);
    expected.insert(0, before.id);
    expected.reverse();
    for limit in 1..=10 {
        let (mut all, mut after) = (Vec::new(), None);
        loop {
            let page = desk.journal.tool_uses(walk.id, limit, after).unwrap();
            all.extend(page.uses.into_iter().map(|one| one.id));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(all, expected);
    }
    let refused = desk.journal.tool_uses(walk.id, 5, Some("'; DROP TABLE entry".into())).err();
    assert!(matches!(refused, Some(Error::Invalid { field, .. }) if field == "after"));
}

#[test]
fn a_use_noted_by_mistake_is_taken_back() {
    let desk = desk();
    let walk = desk.tool("A walk");
    let (kept, wrong) = (desk.used(&walk, Some(8)), desk.used(&walk, Some(0)));
    desk.journal.take_back_tool_use(wrong.id).unwrap();
    assert_eq!(desk.journal.tool(walk.id).unwrap().helped, Some(8.0));
    assert!(desk.journal.tool_uses(walk.id, 5, None).unwrap().uses == [kept]);
    assert!(desk.journal.take_back_tool_use(wrong.id).err() == Some(Error::NotFound { what: Thing::Tool }));
}

#[test]
fn a_use_may_belong_to_an_entry_and_outlives_it_without_its_words() {
    let desk = desk();
    let walk = desk.tool("A walk");
    let entry = desk.write("I went out");
    let note = "in the rain".to_owned();
    let new = NewToolUse { note, entry: Some(entry.id), ..use_of(&walk, Some(6)) };
    desk.journal.use_tool(new).unwrap();
    desk.journal.bin(entry.id).unwrap();
    desk.world.pass(TimeDelta::days(30));
    desk.journal.erase_expired().unwrap();
    let uses = desk.journal.tool_uses(walk.id, 5, None).unwrap().uses;
    assert!(uses.len() == 1 && uses[0].entry.is_none() && uses[0].note.is_empty());
    assert!(uses[0].helped == Some(6));
}

#[test]
fn what_makes_no_sense_of_a_tool_is_refused() {
    let desk = desk();
    let walk = desk.tool("A walk");
    let invalid = |error: Option<Error>| match error {
        Some(Error::Invalid { field, problem }) => (field, problem),
        _ => panic!("it was taken"),
    };
    let add = |name: &str, note: &str| invalid(desk.journal.add_tool(name.into(), note.into()).err());
    assert_eq!(add(" ", ""), ("name".into(), Problem::Empty));
    assert_eq!(add("two\nlines", "").0, "name");
    assert_eq!(add(&"x".repeat(201), "").0, "name");
    assert_eq!(add("x", &"x".repeat((16 << 10) + 1)).0, "note");
    let range = Problem::OutOfRange { from: 0, to: 10 };
    assert_eq!(invalid(desk.journal.use_tool(use_of(&walk, Some(11))).err()), ("helped".into(), range));
    let missing = |what| Some(Error::NotFound { what });
    let nothing = ToolId::from_bytes([9; 16]);
    assert!(desk.journal.edit_tool(nothing, None, None).err() == missing(Thing::Tool));
    assert!(desk.journal.archive_tool(nothing).err() == missing(Thing::Tool));
    assert!(desk.journal.tool_uses(nothing, 5, None).err() == missing(Thing::Tool));
    let stranger = Tool { id: nothing, ..walk.clone() };
    assert!(desk.journal.use_tool(use_of(&stranger, None)).err() == missing(Thing::Tool));
    let of_nobody = NewToolUse { entry: Some(EntryId::from_bytes([9; 16])), ..use_of(&walk, None) };
    assert!(desk.journal.use_tool(of_nobody).err() == missing(Thing::Entry));
    for number in 1..500 {
        desk.journal.add_tool(format!("tool {number}"), String::new()).unwrap();
    }
    assert_eq!(add("one more", "").0, "tools");
}
