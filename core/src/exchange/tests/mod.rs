//! What the protocol promises, told with two devices in memory.

mod beside;
mod budget;
mod frozen;
mod fuzzing;
mod heads;
mod hostile;
mod memory;
mod mishaps;
mod stories;
mod versions;
