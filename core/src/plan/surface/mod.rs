//! What apps call on a plan, by subject. Each function says what it does; how is in the module of its subject.

mod agreements;
mod goals;
mod history;
mod progress;
mod tasks;
