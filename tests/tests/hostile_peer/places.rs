//! Whatever place the table knows: who may not write there does not write there. A place is first written by
//! somebody, or changed by somebody, and each of the two is tried where the liar is not the one.

use std::collections::HashMap;

use automerge::legacy::{ElementId, OpType};
use automerge::{ObjType, ScalarValue};

use crate::liar::copy::Draft;
use crate::liar::frames::{NOT_ALLOWED, OPERATION, PREDECESSOR, VALUE};
use crate::liar::table::{Holds, Row};
use crate::stage::{BOTH, Content, Site, Stage, Whose};

/// A way of writing at a place where something stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Way {
    Replaces,
    ClearsAway,
    PutsBeside,
    Deletes,
    PutsAMapInPlaceOf,
    HidesBehindAMap,
    HidesBehindAText,
    TakesAlongWhatStandsElsewhere,
    WritesALetterInto,
    TakesALetterOutOf,
}

const WAYS: [Way; 10] = [
    Way::PutsBeside,
    Way::Deletes,
    Way::PutsAMapInPlaceOf,
    Way::HidesBehindAMap,
    Way::HidesBehindAText,
    Way::TakesAlongWhatStandsElsewhere,
    Way::ClearsAway,
    Way::Replaces,
    Way::WritesALetterInto,
    Way::TakesALetterOutOf,
];

impl Way {
    /// The change that writes in this way.
    fn draft(self, stage: &mut Stage, site: &Site) -> Draft {
        let (key, above) = site.path.split_last().expect("a path");
        let right = match stage.right(site) {
            Content::Make(what) => OpType::Make(what),
            Content::Value(value) => OpType::Put(value),
        };
        let copy = &stage.liar.copy;
        let (map, standing) = (copy.object(above), copy.standing(&site.path));
        let (action, replaced) = match self {
            Self::Replaces => (right, standing),
            Self::ClearsAway => (OpType::Put(ScalarValue::Null), standing),
            Self::PutsBeside => (right, vec![]),
            Self::Deletes => (OpType::Delete, standing),
            Self::PutsAMapInPlaceOf => (OpType::Make(ObjType::Map), standing),
            Self::HidesBehindAMap => (OpType::Make(ObjType::Map), vec![]),
            Self::HidesBehindAText => (OpType::Make(ObjType::Text), vec![]),
            Self::TakesAlongWhatStandsElsewhere => (right, [standing, copy.standing(above)].concat()),
            Self::WritesALetterInto | Self::TakesALetterOutOf => return self.letter(stage, site),
        };
        let mut draft = stage.liar.draft();
        draft.at(&map, key, action, replaced);
        draft
    }

    fn letter(self, stage: &Stage, site: &Site) -> Draft {
        let (mut draft, text) = (stage.liar.draft(), stage.liar.copy.object(&site.path));
        if self == Self::WritesALetterInto {
            draft.letter(&text, ElementId::Head, "x");
        } else {
            draft.take_out(&text, &stage.liar.copy.letters(&site.path)[0]);
        }
        draft
    }

    fn is_in_a_text(self) -> bool {
        matches!(self, Self::WritesALetterInto | Self::TakesALetterOutOf)
    }

    /// Whether it is a lie also where the liar may change what stands there; where that is for its value to
    /// say, nothing.
    fn is_always_a_lie(self, holds: &Holds) -> Option<bool> {
        match self {
            Self::Replaces => Some(!matches!(holds, Holds::Value { .. })),
            // Beside what the other wrote, or over what is nothing anyhow, it may be right.
            Self::PutsBeside | Self::ClearsAway => None,
            Self::WritesALetterInto | Self::TakesALetterOutOf => Some(false),
            _ => Some(true),
        }
    }
}

#[test]
fn nobody_changes_what_is_not_theirs_to_change() {
    let mut stage = Stage::set();
    for site in stage.sites.clone().into_iter().filter(|site| site.written) {
        let row = stage.row(&site).clone();
        let may = site.is_for(row.again, Whose::His);
        for way in WAYS {
            if way.is_in_a_text() && row.holds != Holds::Text {
                continue;
            }
            let what = format!("{way:?} {:?} {:?} {}", site.owner, site.named, row.name());
            let (is_lie, reasons): (_, &[u8]) = match may {
                false => (Some(true), &[NOT_ALLOWED]),
                true => (way.is_always_a_lie(&row.holds), &[OPERATION, PREDECESSOR, VALUE]),
            };
            let Some(is_lie) = is_lie else { continue };
            let draft = way.draft(&mut stage, &site);
            if is_lie {
                stage.is_refused(draft, reasons, &what);
            } else {
                stage.liar.honestly(draft);
            }
        }
    }
    assert!(stage.lies > 400);
    stage.all_is_well();
}

#[test]
fn nobody_writes_first_what_is_not_theirs_to_write() {
    let mut stage = Stage::set();
    for site in stage.sites.clone().into_iter().filter(|site| !site.written) {
        let row = stage.row(&site).clone();
        let content = stage.right(&site);
        let mut draft = stage.liar.draft();
        stage.put(&mut draft, &mut HashMap::new(), &site.path, content);
        if site.is_for(row.first, Whose::His) {
            stage.liar.honestly(draft);
        } else {
            let what = format!("{:?} {:?} {}", site.owner, site.named, row.name());
            stage.is_refused(draft, &[NOT_ALLOWED], &what);
        }
    }
    assert!(stage.lies >= 7);
    stage.all_is_well();
}

#[test]
fn items_come_whole_and_in_nobody_elses_name() {
    let mut stage = Stage::set();
    let rows = stage.rows.clone();
    for kind in rows.iter().filter(|row| row.is_item()) {
        for owner in BOTH {
            let mut draft = stage.liar.draft();
            stage.whole(&mut draft, kind, owner, |_, content| Some(content));
            if owner == Whose::His {
                stage.liar.honestly(draft);
            } else {
                stage.is_refused(draft, &[NOT_ALLOWED], &format!("{} in her name", kind.name()));
            }
        }
        for missing in rows.iter().filter(|row| row.start && row.is_below(kind)) {
            let there =
                |row: &Row, content| (row.path != missing.path && !row.is_below(missing)).then_some(content);
            let mut draft = stage.liar.draft();
            stage.whole(&mut draft, kind, Whose::His, there);
            stage.is_refused(draft, &[VALUE], &format!("without {}", missing.name()));
        }
    }
    stage.all_is_well();
}

#[test]
fn a_place_that_the_table_does_not_know_is_nobodys() {
    let mut stage = Stage::set();
    let is_map = |site: &&Site| site.written && stage.row(site).holds == Holds::Map;
    let mut paths: Vec<Vec<String>> =
        stage.sites.iter().filter(is_map).map(|site| site.path.clone()).collect();
    paths.extend(stage.rows.iter().map(|row| vec![row.path[0].clone()]));
    paths.push(Vec::new());
    paths.sort();
    paths.dedup();
    for path in paths {
        let map = stage.liar.copy.object(&path);
        for (key, action) in [
            ("score", OpType::Put(ScalarValue::from("bad"))),
            ("title ", OpType::Put(ScalarValue::from("almost"))),
            ("notes", OpType::Make(ObjType::Map)),
            ("goals", OpType::Make(ObjType::Map)),
        ] {
            let mut draft = stage.liar.draft();
            draft.at(&map, key, action, vec![]);
            stage.is_refused(draft, &[NOT_ALLOWED], &format!("{path:?} {key}"));
        }
    }
    stage.all_is_well();
}
