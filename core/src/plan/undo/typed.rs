//! Letters typed in a row are one edit to take back. A row ends with another field, with another kind of edit, and with
//! anything that comes in between: what the other wrote meanwhile is never taken back with it.

use automerge::ChangeHash;

use super::super::view::GoalText;
use crate::id::GoalId;

/// What was typed last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in super::super) struct Typed {
    pub(in super::super) goal: GoalId,
    pub(in super::super) text: GoalText,
    /// The last change of it.
    pub(in super::super) last: ChangeHash,
}

impl Typed {
    /// Whether an edit goes on with it: the same text, in a plan that stands just as it was left.
    pub(in super::super) fn is_gone_on_with(
        &self,
        types: Option<(GoalId, GoalText)>,
        stood: &[ChangeHash],
    ) -> bool {
        types == Some((self.goal, self.text)) && stood == [self.last]
    }
}
