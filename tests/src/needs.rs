//! What a test needs of the system it runs on, and what becomes of it where that is missing.

use std::path::Path;

use crate::not_run;

/// What CI may leave out, one a line: a name, and after a colon why.
const ALLOWED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../.ci/allowed-skips");

/// Says that something is missing here. Where `CI` is set that is a failure, unless `.ci/allowed-skips` names it;
/// elsewhere it is said aloud, and the test goes by.
///
/// # Panics
/// Where it may not be missing.
pub fn is_missing(what: &str, why: &str) {
    let is_ci = std::env::var_os("CI").is_some_and(|ci| !ci.is_empty());
    let may_be = std::fs::read_to_string(Path::new(ALLOWED)).unwrap_or_default();
    assert!(!is_ci || allows(&may_be, what), "{what}: {why}, and .ci/allowed-skips does not name it");
    not_run(what, why);
}

fn allows(list: &str, what: &str) -> bool {
    let mut lines = list.lines().filter(|line| !line.starts_with('#'));
    lines.any(|line| line.split_once(':').is_some_and(|(name, _)| name.trim() == what))
}

#[cfg(test)]
mod tests {
    use super::allows;

    #[test]
    fn a_skip_is_allowed_by_its_whole_name_and_with_a_reason() {
        let list = "# why\nnetwork namespaces: containers without privileges\n#tshark: no\nage\n";
        assert!(allows(list, "network namespaces"));
        assert!(!allows(list, "network") && !allows(list, "tshark") && !allows(list, "age"));
    }
}
