//! From the options of the command line to the core's filter.

use common_ground::journal::{EntryFilter, EntryLink};

use super::plan;
use crate::args::FilterArgs;
use crate::desk::Desk;
use crate::failure::Failure;

/// The filter that is meant; goals, tasks and people are found as other commands find them.
pub(super) fn filter(desk: &Desk, args: FilterArgs) -> Result<EntryFilter, Failure> {
    let mut links = Vec::new();
    for goal in &args.goal {
        links.push(EntryLink::Goal(match goal.parse() {
            // Also one of a plan that is not here any more.
            Ok(id) => id,
            Err(_) => plan::find_goal(desk, &desk.plan()?.1, goal)?,
        }));
    }
    for task in &args.task {
        links.push(EntryLink::Task(match task.parse() {
            Ok(id) => id,
            Err(_) => plan::find_task(desk, &desk.plan()?.1, task)?.id,
        }));
    }
    for person in &args.person {
        links.push(EntryLink::Relationship(desk.relationship_with(person)?.id));
    }
    Ok(EntryFilter {
        from: args.from,
        to: args.to,
        kinds: args.kind,
        mood_from: args.mood.map(|mood| mood.from),
        mood_to: args.mood.map(|mood| mood.to),
        tags: args.tag,
        emotion: args.feel,
        links,
        starred: args.starred,
        with_attachments: args.attachments,
        to_bring: args.to_bring,
    })
}
