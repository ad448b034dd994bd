//! What the unit tests of all modules share.

pub(crate) mod frozen;
pub(crate) mod fuzzing;

use proptest::prelude::ProptestConfig;
use proptest::test_runner::RngSeed;

/// A line of what Linux tells of this process, in bytes: `VmRSS:` is what it holds, `VmHWM:` the most it
/// ever held.
pub(crate) fn memory(name: &str) -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with(name)).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1024
}

/// How many cases a property is tried with: its usual number, the same ones every time; or `COMMON_GROUND_TIMES` as many,
/// each time others (see `tests/long`). What once failed is written down as a test of its own, not in a file of seeds.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    let times = std::env::var("COMMON_GROUND_TIMES").ok().and_then(|times| times.parse::<u32>().ok());
    let rng_seed = if times.is_some() { RngSeed::Random } else { RngSeed::Fixed(1660) };
    let cases = usual * times.unwrap_or(1);
    ProptestConfig { cases, rng_seed, failure_persistence: None, ..ProptestConfig::default() }
}
