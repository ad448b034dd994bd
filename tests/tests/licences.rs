//! Every crate in the build is under terms that fit the Apache License 2.0 and an app in a store.

use std::process::Command;

use serde_json::Value;

/// Terms that fit. What a new one asks of whoever ships an app belongs into `THIRD-PARTY.md`.
const FITTING: &[&str] = &[
    "0BSD",
    "Apache-2.0",
    "Apache-2.0 WITH LLVM-exception",
    "BSD-1-Clause",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "BSL-1.0",
    "CC0-1.0",
    "CDLA-Permissive-2.0",
    "ISC",
    "MIT",
    "MIT-0",
    "MPL-2.0",
    "Unicode-3.0",
    "Unlicense",
    "WTFPL",
    "Zlib",
    "blessing",
];

/// Whether an SPDX expression leaves us a choice that fits: of `OR` one, of `AND` all. The old `/` means `OR`.
fn fits(expression: &str) -> bool {
    let expression = expression.trim();
    if let Some((left, right)) = split(expression, " OR ").or_else(|| split(expression, "/")) {
        return fits(left) || fits(right);
    }
    if let Some((left, right)) = split(expression, " AND ") {
        return fits(left) && fits(right);
    }
    match expression.strip_prefix('(').and_then(|inner| inner.strip_suffix(')')) {
        Some(inner) => fits(inner),
        None => FITTING.contains(&expression),
    }
}

/// Splits at the first `operator` that stands in no bracket.
fn split<'a>(expression: &'a str, operator: &str) -> Option<(&'a str, &'a str)> {
    let place = expression.match_indices(operator).map(|(place, _)| place).find(|place| {
        let before = &expression[..*place];
        before.matches('(').count() == before.matches(')').count()
    })?;
    Some((&expression[..place], &expression[place + operator.len()..]))
}

#[test]
fn the_licence_of_every_crate_fits() {
    // Only crates for this machine, since others need not be here.
    let version = Command::new("rustc").arg("-vV").output().expect("rustc");
    let version = String::from_utf8(version.stdout).expect("text");
    let host = version.lines().find_map(|line| line.strip_prefix("host: ")).expect("a host");
    let output = Command::new(std::env::var("CARGO").expect("run by cargo"))
        .args(["metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", host])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .expect("cargo metadata");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("JSON");

    let packages = metadata["packages"].as_array().expect("packages");
    let misfits: Vec<_> = packages
        .iter()
        .filter(|package| !package["license"].as_str().is_some_and(fits))
        .map(|package| format!("{} {}: {}", package["name"], package["version"], package["license"]))
        .collect();
    assert!(packages.len() > 100, "only {} packages read", packages.len());
    assert!(misfits.is_empty(), "{misfits:#?}");
}

#[test]
fn an_expression_is_read_as_it_is_meant() {
    assert!(fits("MIT OR GPL-3.0-only"));
    assert!(fits("GPL-3.0-only/MIT"));
    assert!(!fits("MIT AND GPL-3.0-only"));
    assert!(fits("(MIT OR GPL-3.0-only) AND Unicode-3.0"));
    assert!(!fits("(MIT AND GPL-3.0-only) OR AGPL-3.0-only"));
    assert!(fits("MIT OR GPL-3.0-only AND AGPL-3.0-only"));
    assert!(!fits(""));
}
