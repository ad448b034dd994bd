//! What the entries and the queries are made of.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

/// What the entries are made of.
pub(crate) struct Diary {
    pub(crate) entries: Vec<Value>,
}

impl Diary {
    pub(crate) fn load() -> Self {
        let named = std::env::var_os("COMMON_GROUND_DIARY").map(PathBuf::from);
        let path = named.unwrap_or_else(|| {
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/data/pepys-1660-1665.dayone.json")
        });
        match std::fs::read(&path) {
            Ok(bytes) => {
                let export: Value = serde_json::from_slice(&bytes).unwrap();
                Self { entries: export["entries"].as_array().unwrap().clone() }
            }
            Err(_) => {
                println!("NO DIARY at {}: measured on made-up sentences instead.\n", path.display());
                Self::made_up()
            }
        }
    }

    /// Words as uneven as those of a language: the n-th is used about 1/n times as often as the first.
    pub(crate) fn made_up() -> Self {
        let mut chance = Chance(1);
        let word = |number: usize| {
            let mut word = String::new();
            let mut rest = number + 1;
            while rest > 0 {
                word.push_str(["ba", "do", "ki", "lu", "me", "no", "ra", "si", "to", "vu"][rest % 10]);
                rest /= 10;
            }
            word
        };
        let entries = (0..2000)
            .map(|day| {
                let words: Vec<String> =
                    (0..280).map(|_| word((20_000_f64.powf(chance.unit()) - 1.0) as usize)).collect();
                let (year, day) = (1660 + day / 336, day % 336);
                json!({
                    "uuid": "", "timeZone": "Europe/London", "text": words.join(" "),
                    "creationDate": format!("{year}-{:02}-{:02}T22:00:00Z", day / 28 + 1, day % 28 + 1),
                })
            })
            .collect();
        Self { entries }
    }

    pub(crate) fn text(&self, number: usize) -> &str {
        self.entries[number % self.entries.len()]["text"].as_str().unwrap()
    }
}

/// Repeatable chance (SplitMix64).
pub(crate) struct Chance(pub(crate) u64);

impl Chance {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub(crate) fn unit(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }
}

/// Queries of each kind, drawn from the diary: words as often as they are written.
pub(crate) fn questions(diary: &Diary) -> Vec<(&'static str, Vec<String>)> {
    let mut chance = Chance(42);
    let mut often: HashMap<String, usize> = HashMap::new();
    for entry in &diary.entries {
        for word in words(entry["text"].as_str().unwrap()) {
            *often.entry(word).or_default() += 1;
        }
    }
    let mut by_frequency: Vec<(String, usize)> = often.into_iter().collect();
    by_frequency.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(&b.0)));
    let draw = |chance: &mut Chance, length: usize| -> Vec<String> {
        loop {
            let all = words(diary.text(chance.below(diary.entries.len())));
            if all.len() > length {
                let from = chance.below(all.len() - length);
                return all[from..from + length].to_vec();
            }
        }
    };
    let rare = by_frequency.iter().rev().filter(|(word, _)| word.len() > 3).take(4000);
    let rare: Vec<String> = rare.map(|(word, _)| word.clone()).collect();
    vec![
        ("a rare word", (0..60).map(|_| rare[chance.below(rare.len())].clone()).collect()),
        ("any word as written", (0..60).map(|_| draw(&mut chance, 1).remove(0)).collect()),
        ("the 40 commonest words", by_frequency.iter().take(40).map(|(word, _)| word.clone()).collect()),
        (
            "two words of one entry",
            (0..60)
                .map(|_| {
                    let all = draw(&mut chance, 8);
                    format!("{} {}", all[0], all[7])
                })
                .collect(),
        ),
        (
            "three words in quotes",
            (0..60).map(|_| format!("\"{}\"", draw(&mut chance, 3).join(" "))).collect(),
        ),
        (
            "two to five letters of a word",
            (0..60)
                .map(|_| {
                    let length = 2 + chance.below(4);
                    loop {
                        let word = draw(&mut chance, 1).remove(0);
                        if word.len() > length {
                            return word[..length].to_owned();
                        }
                    }
                })
                .collect(),
        ),
    ]
}

/// Words of plain letters, so that the floor needs no cutting of its own.
pub(crate) fn words(text: &str) -> Vec<String> {
    let words = text.split(|letter: char| !letter.is_alphanumeric());
    words
        .filter(|word| word.len() > 1 && word.chars().all(|letter| letter.is_ascii_lowercase()))
        .map(str::to_owned)
        .collect()
}
