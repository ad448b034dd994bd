//! One suite of scenarios (`common_ground_tests::scenario`) on every kind of link, and what networks do to it.
//!
//! - [`processes`]: the real program on hosts of its own. Needs Linux, root (or `unshare --map-root-user` before the
//!   command, where the system lets anybody have namespaces), `ip` (iproute2), `nft` (nftables) and the program,
//!   which `cargo test --workspace` builds.
//! - [`memory`]: two homes in this process and a link in memory, which does to frames what a seed says. Needs
//!   nothing. `COMMON_GROUND_SCHEDULES` says how many seeds (300; `tests/long` takes 5,000).
//! - [`loopback`]: two homes in this process, by the exported surface. Needs nothing.
//! - [`ways`]: two homes in this process that meet by a relay on this machine. Needs the program `iroh-relay`.
//! - [`world`]: the real program in two homes behind translations of addresses, with only a server in common.
//! - [`recorded`]: what an onlooker of such a network sees. It records frames itself and needs no other program.

#[cfg(target_os = "linux")]
mod hosts;
#[cfg(target_os = "linux")]
mod initials;
mod loopback;
mod memory;
#[cfg(target_os = "linux")]
mod processes;
#[cfg(target_os = "linux")]
mod recorded;
mod ways;
#[cfg(target_os = "linux")]
mod world;
