//! Wherever the liar may write: what is not of the type, the length or the form that belongs there does not come
//! in, and no clock is so wrong that anybody else has to suffer from it.

use automerge::legacy::OpType;
use automerge::{ObjType, ScalarValue};

use crate::liar::columns::{MOMENT, MOMENT_OFFSET, SEQUENCE, TIME, write};
use crate::liar::copy::EVENING;
use crate::liar::frames::{OPERATION, PREDECESSOR, VALUE};
use crate::liar::numbers::put_number;
use crate::liar::table::{Holds, Row, wrong};
use crate::liar::{Answer, Liar};
use crate::stage::{Content, Stage, Whose};

/// What an operation of the wrong kind, or with a wrong value, is refused as.
const WRONG: [u8; 3] = [OPERATION, PREDECESSOR, VALUE];

/// Everything that is wrong at a place.
fn lies_at(row: &Row) -> Vec<OpType> {
    let values = match &row.holds {
        Holds::Value { kind, of } => wrong(kind, of),
        Holds::Map | Holds::Text => vec![ScalarValue::from("flat"), ScalarValue::Null, ScalarValue::Uint(1)],
    };
    let objects = [ObjType::Map, ObjType::Text].into_iter().filter(|what| match row.holds {
        Holds::Map => *what != ObjType::Map,
        Holds::Text => *what != ObjType::Text,
        Holds::Value { .. } => true,
    });
    values.into_iter().map(OpType::Put).chain(objects.map(OpType::Make)).collect()
}

/// In short, for a message: not a page of the letter x.
fn in_short(row: &Row, lie: &OpType) -> String {
    format!("{} {}", row.name(), format!("{lie:?}").chars().take(120).collect::<String>())
}

#[test]
fn what_does_not_belong_there_does_not_come_in() {
    let mut stage = Stage::set();
    for site in stage.sites.clone() {
        let row = stage.row(&site).clone();
        let who = if site.written { row.again } else { row.first };
        if !site.is_for(who, Whose::His) {
            continue;
        }
        for lie in lies_at(&row) {
            let what = in_short(&row, &lie);
            let (key, above) = site.path.split_last().expect("a path");
            let (map, standing) = (stage.liar.copy.object(above), stage.liar.copy.standing(&site.path));
            let mut draft = stage.liar.draft();
            draft.at(&map, key, lie, standing);
            stage.is_refused(draft, &WRONG, &what);
        }
    }
    assert!(stage.lies > 100);
    stage.all_is_well();
}

#[test]
fn an_item_with_anything_wrong_in_it_does_not_come_in_at_all() {
    let mut stage = Stage::set();
    let rows = stage.rows.clone();
    for kind in rows.iter().filter(|row| row.is_item()) {
        for row in rows.iter().filter(|row| row.path == kind.path || (row.start && row.is_below(kind))) {
            for lie in lies_at(row) {
                let what = in_short(row, &lie);
                let content = match lie {
                    OpType::Put(value) => Content::Value(value),
                    OpType::Make(what) => Content::Make(what),
                    other => panic!("{other:?}"),
                };
                let mut draft = stage.liar.draft();
                stage.whole(&mut draft, kind, Whose::His, |at, right| {
                    // Below what is no map nothing can be written.
                    let below = at.is_below(row);
                    (!below).then(|| if at.path == row.path { content.clone() } else { right })
                });
                stage.is_refused(draft, &WRONG, &what);
            }
        }
    }
    assert!(stage.lies > 200);
    stage.all_is_well();
}

#[test]
fn a_clock_that_cannot_be_right_puts_nobody_out() {
    let mut stage = Stage::set();
    let kinds: Vec<Row> = stage.rows.iter().filter(|row| row.is_item()).cloned().collect();
    // The first and the last second of the years 1 to 9999, and times that are only wrong.
    let possible = [-62_135_596_800, 253_402_300_799, -1, 0, EVENING];
    let impossible = [i64::MAX, i64::MIN, i64::MAX - 1, i64::MAX / 1_000, -62_135_596_801, 253_402_300_800];
    for (n, time) in possible.into_iter().chain(impossible).enumerate() {
        // The change says that it was made then; what it says otherwise is right. The id of an item, and the
        // moments in it, travel as counted from there.
        for kind in &kinds {
            let mut draft = stage.liar.draft();
            draft.change.time = time;
            stage.whole(&mut draft, kind, Whose::His, |_, content| Some(content));
            if n < possible.len() {
                stage.liar.honestly(draft);
            } else {
                stage.is_refused(draft, &[VALUE], &format!("{} at {time}", kind.name()));
            }
        }
        stage.scene.local_work_goes_on();
        stage.liar.settle();
        let plan = stage.scene.plan();
        plan.tasks(true).expect("tasks");
        for goal in plan.goals(true).expect("goals") {
            plan.goal(goal.id).expect("a goal");
        }
    }
    stage.all_is_well();
}

#[test]
fn numbers_at_the_end_of_all_numbers_end_the_exchange_and_nothing_else() {
    let mut stage = Stage::set();
    let goal = stage.sites.iter().find(|site| site.written && site.path[0] == "goals").expect("a goal");
    let path = goal.path.clone();
    for (column, number) in [
        (SEQUENCE, 0),
        (SEQUENCE, u64::MAX),
        (SEQUENCE, (1 << 31) + 1),
        (TIME, u64::MAX),
        (MOMENT, u64::MAX),
        (MOMENT, u64::MAX - 1),
        (MOMENT_OFFSET, u64::MAX),
        (MOMENT_OFFSET, 2 * 24 * 60),
    ] {
        let map = stage.liar.copy.object(&path);
        let mut draft = stage.liar.draft();
        let standing = stage.liar.copy.standing(&[&path[..], &["archived".to_owned()]].concat());
        draft.put(&map, "archived", crate::liar::table::moment_at(1), standing);
        let mut columns = write(std::slice::from_ref(&draft.change));
        columns.columns[column].clear();
        put_number(&mut columns.columns[column], number);
        let before = stage.scene.tables();
        let head = stage.liar.head(&draft.change);
        let answer = stage.liar.deliver_columns(&columns.written(), vec![head]);
        // A time is only another time: then it is another change, for which nobody vouches.
        let is_refused = |answer: &Answer| match answer {
            Answer::ToldOff(reason) => *reason == 1,
            Answer::CutOff => true,
            Answer::Judged { refused } => column == TIME && refused.len() == 1,
        };
        assert!(is_refused(&answer), "{column} {number}: {answer:?}");
        assert!(stage.scene.tables() == before, "{column} {number}");
        come_back(&mut stage.liar, &answer);
        stage.honest_edit();
    }
    stage.all_is_well();
}

/// Comes in again where he was told off.
fn come_back(liar: &mut Liar, answer: &Answer) {
    if matches!(answer, Answer::ToldOff(_) | Answer::CutOff) {
        liar.enter();
    }
}
