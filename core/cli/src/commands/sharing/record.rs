//! `record`: everything that was ever handed over.

use std::path::Path;

use common_ground::sharing::RecordEntry;
use serde::Serialize;

use crate::desk::{Desk, path_text};
use crate::failure::Failure;
use crate::words::say;

#[derive(Serialize)]
struct Record {
    record: Vec<RecordEntry>,
}

pub(super) fn show(desk: &Desk) -> Result<(), Failure> {
    let record = match desk.named_relationship()? {
        Some(with) => desk.home()?.sharing(with.id)?.record()?,
        None => desk.home()?.record_of_handing_over()?,
    };
    if desk.json() {
        return desk.screen.document(&Record { record });
    }
    let (words, screen) = (&desk.words, &desk.screen);
    if record.is_empty() {
        return screen.text(0, &say!(words, "record-none"));
    }
    for one in &record {
        let name = one.other.as_str();
        let is_comment = one.about.is_some();
        let what = match (one.is_mine, is_comment) {
            (true, false) => say!(words, "record-given", "name" => name),
            (false, false) => say!(words, "record-received", "name" => name),
            (true, true) => say!(words, "record-comment-given", "name" => name),
            (false, true) => say!(words, "record-comment-received", "name" => name),
        };
        screen.line(&format!("{}  {what}", screen.cyan(&words.instant(one.handed_at))))?;
        if let Some(at) = one.opened_at {
            screen.text(6, &say!(words, "record-opened", "when" => words.instant(at)))?;
        }
        if let Some(at) = one.taken_back_at {
            screen.text(6, &say!(words, "record-taken-back", "when" => words.instant(at)))?;
        }
        if let Some(at) = one.deleted_at {
            screen.text(6, &say!(words, "record-deleted", "when" => words.instant(at)))?;
        }
    }
    Ok(())
}

pub(super) fn export(desk: &Desk, to: &Path, replace: bool) -> Result<(), Failure> {
    let words = &desk.words;
    let path = to.display().to_string();
    desk.screen.aside(&say!(words, "record-anyone-can-read", "path" => path.as_str()));
    desk.confirm(&say!(words, "ask-export"))?;
    let to = path_text(to);
    let rows = match desk.named_relationship()? {
        Some(with) => desk.home()?.sharing(with.id)?.export_record(to, replace)?,
        None => desk.home()?.export_record_of_handing_over(to, replace)?,
    };
    if desk.json() {
        return desk.screen.document(&serde_json::json!({ "path": path, "rows": rows }));
    }
    desk.screen.text(0, &say!(words, "record-exported", "count" => rows, "path" => path))
}
