//! `export`: the journal for other programs and for paper, after saying that anyone can read it.

use std::sync::Arc;

use common_ground::clock::Moment;
use common_ground::journal::{EntryKind, ExportOptions, ExportReport, Journal, PageLabel, PageWords, Told};

use crate::args::export::ExportArgs;
use crate::bar::{Counted, with_bar};
use crate::desk::{Desk, path_text};
use crate::failure::Failure;
use crate::words::{Words, say};

pub(super) fn export(desk: &Desk, asked: ExportArgs) -> Result<(), Failure> {
    let words = &desk.words;
    let home = desk.home()?;
    let journal = home.journal();
    let filter = super::filter::filter(desk, asked.filter)?;
    let path = asked.path.display().to_string();
    desk.screen.aside(&say!(words, "export-anyone-can-read", "path" => path.as_str()));
    desk.confirm(&say!(words, "ask-export"))?;
    let told = Told::AnyoneCanReadIt;
    let options = ExportOptions {
        replace: asked.force,
        attachments: !asked.without_attachments,
        former_versions: asked.former_versions,
        byte_order_mark: asked.byte_order_mark,
    };
    let to = path_text(&asked.path);
    let report = with_bar(Counted::Entries, |bar| match asked.format.format() {
        Some(format) => journal.export(to, format, filter, options, told, Some(bar)),
        None => {
            let words = Arc::new(Page { words: Arc::clone(words), journal: Arc::clone(&journal) });
            journal.export_page(to, words, filter, options, told, Some(bar))
        }
    })?;
    if desk.json() { desk.screen.document(&report) } else { tell(desk, &path, &report) }
}

fn tell(desk: &Desk, path: &str, report: &ExportReport) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    screen.text(0, &say!(words, "export-done", "count" => report.entries, "path" => path))?;
    if report.attachments > 0 {
        screen.text(0, &say!(words, "export-attachments", "count" => report.attachments))?;
    }
    if report.attachments_left_out > 0 {
        screen
            .text(0, &say!(words, "export-attachments-left-out", "count" => report.attachments_left_out))?;
    }
    if report.entries_with_more > 0 {
        screen.text(0, &say!(words, "export-more", "count" => report.entries_with_more))?;
    }
    Ok(())
}

/// The words of a printed page.
struct Page {
    words: Arc<Words>,
    journal: Arc<Journal>,
}

impl PageWords for Page {
    fn language(&self) -> common_ground::Result<String> {
        Ok(say!(self.words, "page-language"))
    }

    fn label(&self, label: PageLabel) -> common_ground::Result<String> {
        let words = &self.words;
        Ok(match label {
            PageLabel::Title => say!(words, "page-journal"),
            PageLabel::Note => say!(words, "page-note"),
            PageLabel::Mood => say!(words, "page-mood"),
            PageLabel::Feelings => say!(words, "page-feelings"),
            PageLabel::Attachments => say!(words, "page-attachments"),
            PageLabel::Starred => "★".to_owned(),
            PageLabel::ToBring => say!(words, "page-to-bring"),
        })
    }

    fn written(&self, written: Moment) -> common_ground::Result<String> {
        Ok(self.words.moment(&written))
    }

    fn kind(&self, kind: EntryKind) -> common_ground::Result<String> {
        Ok(super::entries::kind_name(&self.words, kind))
    }

    fn question(&self, template: String, version: u32, field: String) -> common_ground::Result<String> {
        // A template that is not here has no questions; its field has a name at least.
        let found = self.journal.template(template, say!(self.words, "page-language"), Some(version));
        let question = found
            .ok()
            .and_then(|found| found.fields.into_iter().find(|one| one.id == field).map(|one| one.question));
        Ok(question.unwrap_or(field))
    }
}
