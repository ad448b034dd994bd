//! Makes the Kotlin and Swift sources from the built core. It is UniFFI's own generator, built here so that
//! generator and core are always of the same version; how the names come out stands in `core/uniffi.toml`.
//!
//! ```text
//! cargo run --bin common-ground-bindgen -- generate --language kotlin --no-format --out-dir OUT target/debug/libcommon_ground.so
//! ```
//!
//! Comments come through as they stand in Rust, links included, which lead nowhere in another language.
//! So the links in what was made are written anew, as that language names things.

mod links;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

fn main() -> ExitCode {
    uniffi::uniffi_bindgen_main();
    let Some(folder) = out_dir(std::env::args()) else { return ExitCode::SUCCESS };
    match mend(&folder) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{}: {error}", folder.display());
            ExitCode::FAILURE
        }
    }
}

/// The folder that was written to, if any was named.
fn out_dir(mut args: impl Iterator<Item = String>) -> Option<PathBuf> {
    while let Some(arg) = args.next() {
        if arg == "--out-dir" || arg == "-o" {
            return args.next().map(PathBuf::from);
        }
        if let Some(folder) = arg.strip_prefix("--out-dir=") {
            return Some(PathBuf::from(folder));
        }
    }
    None
}

/// Writes the links anew in every source below `folder`.
fn mend(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            mend(&path)?;
            continue;
        }
        let mended = match path.extension().and_then(|ending| ending.to_str()) {
            Some("kt") => links::kotlin(&fs::read_to_string(&path)?),
            Some("swift") => links::swift(&fs::read_to_string(&path)?),
            _ => continue,
        };
        fs::write(&path, mended)?;
    }
    Ok(())
}
