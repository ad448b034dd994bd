//! Files and disks that are not as they should be: each gets an answer of its own, nothing is lost by it,
//! and all goes on when the cause is gone.

mod faults;
mod golden;
mod opening;
