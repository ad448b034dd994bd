//! Makes the Kotlin and Swift sources from the built core. It is UniFFI's own generator, built here so that
//! generator and core are always of the same version; how the names come out stands in `core/uniffi.toml`.
//!
//! ```text
//! cargo run --bin common-ground-bindgen -- generate --language kotlin --no-format --out-dir OUT target/debug/libcommon_ground.so
//! ```

fn main() {
    uniffi::uniffi_bindgen_main();
}
