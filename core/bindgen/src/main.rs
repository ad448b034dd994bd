//! Makes the Kotlin and Swift sources from the built core. It is UniFFI's own generator, built here so that
//! generator and core are always of the same version; how the names come out stands in `core/uniffi.toml`.
//!
//! ```text
//! cargo run --bin common-ground-bindgen -- generate --language kotlin --no-format --out-dir OUT target/debug/libcommon_ground.so
//! ```
//!
//! And it writes down the surface itself, as `docs/api.txt` has it:
//!
//! ```text
//! cargo run --bin common-ground-bindgen -- api target/debug/libcommon_ground.so
//! ```
//!
//! Comments come through as they stand in Rust, links included, which lead nowhere in another language.
//! So links, names and what a call throws are written anew in what was made, as that language has them.

mod api;
mod callbacks;
mod comments;
mod links;

use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::{fs, io};

fn main() -> ExitCode {
    let mut args = std::env::args().skip(1);
    if args.next().as_deref() == Some("api") {
        return tell_surface(args.next());
    }
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

/// Prints the surface of a built library.
fn tell_surface(library: Option<String>) -> ExitCode {
    let Some(library) = library else {
        eprintln!("usage: common-ground-bindgen api LIBRARY");
        return ExitCode::FAILURE;
    };
    match fs::read(&library).map_err(|error| error.to_string()).and_then(|bytes| api::of_library(&bytes)) {
        Ok(surface) => {
            print!("{surface}");
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{library}: {error}");
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

/// Writes the comments anew in every source below `folder`.
fn mend(folder: &Path) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            mend(&path)?;
            continue;
        }
        let mended = match path.extension().and_then(|ending| ending.to_str()) {
            Some("kt") => callbacks::kotlin(&comments::kotlin(&fs::read_to_string(&path)?)),
            Some("swift") => comments::swift(&fs::read_to_string(&path)?),
            _ => continue,
        };
        fs::write(&path, mended)?;
    }
    Ok(())
}
