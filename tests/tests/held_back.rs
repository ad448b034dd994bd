//! What `Cargo.lock` holds back, and until when: so that it is let go as soon as it can be.

use std::path::Path;

/// The versions of a crate that the build takes.
fn versions(of: &str) -> Vec<String> {
    let lock = Path::new(env!("CARGO_MANIFEST_DIR")).join("../Cargo.lock");
    let lock = std::fs::read_to_string(lock).expect("Cargo.lock");
    let named = format!("[[package]]\nname = \"{of}\"\nversion = \"");
    lock.split(&named).skip(1).filter_map(|after| Some(after.split_once('"')?.0.to_owned())).collect()
}

/// With libc 0.2.190 and later these versions of netdev, which iroh needs, do not compile for iOS (`in6_ifreq` is missing).
const BROKEN: [&str; 2] = ["0.45.1", "0.46.3"];
const LIBC: &str = "0.2.189";

#[test]
fn libc_is_held_back_for_as_long_as_netdev_does_not_compile_with_a_later_one_on_ios() {
    let (netdev, libc) = (versions("netdev"), versions("libc"));
    assert_eq!(libc.len(), 1, "one libc for all: {libc:?}");
    assert!(
        netdev == BROKEN,
        "netdev is at {netdev:?} now: try the newest libc with `cargo check -p common-ground --target aarch64-apple-ios`. \
         If that compiles, let libc go (`cargo update -p libc`) and take this test and the word on it in ios/README.md \
         away; if not, write the new versions here."
    );
    assert_eq!(
        libc[0], LIBC,
        "with this libc netdev {netdev:?} does not compile for iOS: `cargo update -p libc --precise {LIBC}`"
    );
}
