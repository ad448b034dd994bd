//! What the benches have in common: keys in memory, and how to time and to tell.

#![allow(dead_code)] // each bench takes what it needs

pub(crate) mod table;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use common_ground::Result;
use common_ground::home::{KeyName, KeyVault};

/// Keys in memory.
#[derive(Default)]
pub(crate) struct Vault(Mutex<HashMap<KeyName, Vec<u8>>>);

impl KeyVault for Vault {
    fn load(&self, name: KeyName) -> Result<Option<Vec<u8>>> {
        Ok(self.0.lock().unwrap().get(&name).cloned())
    }

    fn keep(&self, name: KeyName, key: Vec<u8>) -> Result<()> {
        self.0.lock().unwrap().insert(name, key);
        Ok(())
    }

    fn forget(&self, name: KeyName) -> Result<()> {
        self.0.lock().unwrap().remove(&name);
        Ok(())
    }
}

impl Vault {
    /// A key as `PRAGMA key` wants it.
    pub(crate) fn pragma(&self, name: KeyName) -> String {
        let key = self.load(name).unwrap().unwrap();
        let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
        format!("PRAGMA cipher_log_level = NONE; PRAGMA key = \"x'{key}'\";")
    }
}

/// How long something takes, without what it takes to drop its result.
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> Duration {
    let mut took = Vec::new();
    drop(taking(&mut took, work));
    took[0]
}

/// Does something and notes how long it took.
pub(crate) fn taking<T>(into: &mut Vec<Duration>, work: impl FnOnce() -> T) -> T {
    let began = Instant::now();
    let done = work();
    into.push(began.elapsed());
    done
}

/// The time below which so many hundredths of all lie.
pub(crate) fn at(times: &[Duration], hundredths: usize) -> Duration {
    let mut times = times.to_vec();
    times.sort_unstable();
    times[((times.len() - 1) * hundredths + 50) / 100]
}

pub(crate) fn median(times: &[Duration]) -> Duration {
    at(times, 50)
}

/// How many times as long.
pub(crate) fn ratio(ours: &[Duration], floor: &[Duration]) -> f64 {
    median(ours).as_secs_f64() / median(floor).as_secs_f64()
}

/// A number from the environment, or the usual one.
pub(crate) fn number(name: &str, usual: usize) -> usize {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}

pub(crate) fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// Copies the files of a folder.
pub(crate) fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for file in std::fs::read_dir(from).unwrap() {
        let file = file.unwrap();
        std::fs::copy(file.path(), to.join(file.file_name())).unwrap();
    }
}
