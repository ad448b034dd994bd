//! Progress on a goal: ratings, its scale, graded steps, and strategies that are tried.

pub(super) mod rating;
pub(super) mod scale;
pub(super) mod step;
pub(super) mod strategy;
