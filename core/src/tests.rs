//! What the unit tests of all modules share.

use proptest::prelude::ProptestConfig;

/// How many cases a property is tried with: its usual number, times `COMMON_GROUND_TIMES` (see
/// `tests/long`). What once failed is written down as a test of its own, not in a file of seeds.
pub(crate) fn cases(usual: u32) -> ProptestConfig {
    let times = std::env::var("COMMON_GROUND_TIMES").ok().and_then(|times| times.parse().ok()).unwrap_or(1);
    ProptestConfig { cases: usual * times, failure_persistence: None, ..ProptestConfig::default() }
}
