//! The table that comes out.

use std::fmt::Write as _;
use std::time::Duration;

#[derive(Default)]
pub(crate) struct Table {
    pub(crate) text: String,
}

impl Table {
    pub(crate) fn line(&mut self, what: &str, budget: &str, core: &[Duration], floor: &[Duration]) {
        if self.text.is_empty() {
            self.text = "| what | budget | median / 95th / 99th / worst (ms) | floor | ratio of medians |\n| --- | --- | --- | --- | --- |\n".into();
        }
        let (core, floor) = (Spread::of(core), Spread::of(floor));
        let ratio = core.median / floor.median;
        writeln!(self.text, "| {what} | {budget} | {core} | {floor} | {ratio:.2} |").unwrap();
        eprintln!("{what}: {core} against {floor}, {ratio:.2}");
    }
}

pub(crate) struct Spread {
    median: f64,
    p95: f64,
    p99: f64,
    worst: f64,
}

impl Spread {
    pub(crate) fn of(times: &[Duration]) -> Self {
        let mut times: Vec<f64> = times.iter().map(|time| time.as_secs_f64() * 1e3).collect();
        times.sort_by(f64::total_cmp);
        let at = |share: f64| times[((times.len() - 1) as f64 * share).round() as usize];
        Self { median: at(0.5), p95: at(0.95), p99: at(0.99), worst: at(1.0) }
    }
}

impl std::fmt::Display for Spread {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.3} / {:.2} / {:.2} / {:.1}", self.median, self.p95, self.p99, self.worst)
    }
}
