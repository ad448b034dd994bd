//! What the protocol promises, told with two devices in memory.

mod heads;
mod hostile;
mod mishaps;
mod stories;
