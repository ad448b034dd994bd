//! `import`: taking in what another program has written, and saying what became of it.

use common_ground::Error;
use common_ground::journal::{ImportNote, ImportOptions, ImportReport, Journal, Misread, OnBad};

use crate::args::ImportArgs;
use crate::bar::{Counted, with_bar};
use crate::desk::{Desk, path_text};
use crate::failure::Failure;
use crate::plain;
use crate::words::say;

/// So many places are named one by one.
const NAMED: usize = 20;

pub(super) fn import(desk: &Desk, args: ImportArgs) -> Result<(), Failure> {
    let journal = desk.home()?.journal();
    let zone = args.zone.clone();
    let options = ImportOptions {
        format: args.from,
        dry_run: args.dry_run,
        zone: args.zone,
        time_format: args.time_format,
        on_bad: args.leave_out_bad.then_some(OnBad::LeaveOut),
        moods: args.mood,
    };
    let path = path_text(&args.file);
    let report = match run(&journal, &path, options.clone()) {
        Ok(report) => report,
        Err(error) => {
            tell_what_is_bad(desk, &journal, &path, options, &error);
            return Err(error.into());
        }
    };
    if desk.json() { desk.screen.document(&report) } else { print(desk, &report, zone, args.leave_out_bad) }
}

fn run(journal: &Journal, path: &str, options: ImportOptions) -> common_ground::Result<ImportReport> {
    with_bar(Counted::Entries, |bar| journal.import(path.to_owned(), options, Some(bar)))
}

/// An import stops at the first entry that it cannot read; a dry run tells all of them.
fn tell_what_is_bad(desk: &Desk, journal: &Journal, path: &str, options: ImportOptions, error: &Error) {
    if !matches!(error, Error::Import { .. }) || desk.json() {
        return;
    }
    let Ok(report) = run(journal, path, ImportOptions { dry_run: true, ..options }) else { return };
    if report.bad_count > 0 {
        for line in bad_lines(desk, &report, true) {
            desk.screen.aside(&line);
        }
    }
}

fn bad_lines(desk: &Desk, report: &ImportReport, stops: bool) -> Vec<String> {
    let words = &desk.words;
    let mut lines = vec![say!(words, "import-bad", "count" => report.bad_count)];
    lines.extend(places(desk, &report.bad, report.bad_count));
    if stops {
        lines.push(say!(words, "import-bad-stops"));
    }
    lines
}

fn places(desk: &Desk, misread: &[Misread], count: u64) -> Vec<String> {
    let named = misread.iter().take(NAMED);
    let mut lines: Vec<String> = named.map(|misread| format!("  {}", place(desk, misread))).collect();
    let more = count.saturating_sub(lines.len() as u64);
    if more > 0 {
        lines.push(format!("  {}", say!(desk.words, "import-more", "count" => more)));
    }
    lines
}

/// `file:line: field problem`, or with the entry's number where lines say nothing.
fn place(desk: &Desk, misread: &Misread) -> String {
    let Misread { file, line, entry, field, problem } = misread;
    let at = match (line, entry) {
        (Some(line), _) => format!("{file}:{line}"),
        (None, Some(entry)) => format!("{file}, {}", say!(desk.words, "import-in-entry", "entry" => *entry)),
        (None, None) => file.clone(),
    };
    format!("{at}: {}", plain::of_import(&desk.words, field, problem))
}

fn print(desk: &Desk, report: &ImportReport, zone: Option<String>, leaves_out: bool) -> Result<(), Failure> {
    let words = &desk.words;
    let mut lines = Vec::new();
    if report.dry_run {
        lines.push(say!(words, "import-dry-run"));
    }
    lines.push(say!(words, "import-added", "added" => report.added, "found" => report.found));
    if report.already_here > 0 {
        lines.push(say!(words, "import-already-here", "count" => report.already_here));
    }
    if report.left_out > 0 {
        lines.push(say!(words, "import-left-out", "count" => report.left_out));
    }
    if report.shared_ids > 0 {
        lines.push(say!(words, "import-shared-ids", "count" => report.shared_ids));
    }
    if report.without_zone > 0 {
        let zone = zone.unwrap_or_else(|| say!(words, "import-zone-here"));
        lines.push(say!(words, "import-without-zone", "count" => report.without_zone, "zone" => zone));
    }
    if report.without_text > 0 {
        lines.push(say!(words, "import-without-text", "count" => report.without_text));
    }
    if report.attachments_added > 0 {
        lines.push(say!(words, "import-attachments-added", "count" => report.attachments_added));
    }
    if report.attachments_missing > 0 {
        lines.push(say!(words, "import-attachments-missing", "count" => report.attachments_missing));
        lines.extend(places(desk, &report.missing, report.attachments_missing));
    }
    lines.extend(report.notes.iter().filter_map(|noted| {
        let count = noted.count;
        match noted.note {
            ImportNote::Location => Some(say!(words, "import-note-location", "count" => count)),
            ImportNote::Weather => Some(say!(words, "import-note-weather", "count" => count)),
            ImportNote::Windows1252 => Some(say!(words, "import-note-windows", "count" => count)),
            ImportNote::Symlink => Some(say!(words, "import-note-symlink", "count" => count)),
            // Told by name below.
            ImportNote::UnknownMood => None,
        }
    }));
    for mood in report.unknown_moods.iter().take(NAMED) {
        lines.push(say!(words, "import-unknown-mood", "count" => mood.count, "name" => mood.name.as_str()));
    }
    if report.bad_count > 0 {
        lines.extend(bad_lines(desk, report, report.dry_run && !leaves_out));
    }
    lines.iter().try_for_each(|line| desk.screen.text(0, line))
}
