//! Goal Attainment Scaling: five levels that the two have written for a goal, and how far it was attained.

use automerge::transaction::Transactable;
use automerge::{ObjType, ScalarValue};
use rusqlite::{Connection, Row, named_params};

use crate::clock::Moment;
use crate::error::{Problem, Thing};
use crate::id::{AttainmentId, GoalId, PersonId, RelationshipId};
use crate::store::Micros;
use crate::{Error, Result};

use super::super::goal::{collection, heads_shown, map_of, or_nothing, prose, put_as_seen_at};
use super::super::moment;
use super::super::policy::{PROSE, SCALE};
use super::super::read::SCALE_KEYS;
use super::super::shared_plan::Pen;
use super::super::view::{
    Attainment, AttainmentLevel, AttainmentScore, NewAttainment, PlanVersion, ScaleLevel,
};

/// The highest importance and difficulty.
const HEAVIEST: u8 = 3;

/// Writes what levels of a goal's scale mean; an empty text takes one away. Levels left out stay as they are.
pub(in super::super) fn write(
    pen: &mut Pen<'_>,
    goal: &GoalId,
    shown: &PlanVersion,
    levels: &[ScaleLevel],
) -> Result<()> {
    pen.needs_level(2)?;
    let map = map_of(pen, goal)?;
    let heads = heads_shown(pen, shown)?;
    let before = pen.reading().at(&heads).goal(goal).ok_or(Error::not_found(Thing::Goal))?;
    for ((level, key), before) in AttainmentLevel::ALL.into_iter().zip(SCALE_KEYS).zip(before.scale) {
        let mut said = levels.iter().filter(|written| written.level == level);
        let Some(written) = said.next() else { continue };
        if said.next().is_some() {
            return Err(Error::malformed("levels", "each level once"));
        }
        let text = prose("levels", written.text.trim(), SCALE)?;
        if text != before.shown.unwrap_or_default() {
            put_as_seen_at(pen, &map, key, or_nothing(text), &heads)?;
        }
    }
    Ok(())
}

/// Writes how important and how difficult a goal is, 0 to 3 each, or that nobody has said.
pub(in super::super) fn weigh(
    pen: &mut Pen<'_>,
    goal: &GoalId,
    shown: &PlanVersion,
    importance: Option<u8>,
    difficulty: Option<u8>,
) -> Result<()> {
    pen.needs_level(2)?;
    let map = map_of(pen, goal)?;
    let heads = heads_shown(pen, shown)?;
    let before = pen.reading().at(&heads).goal(goal).ok_or(Error::not_found(Thing::Goal))?;
    let weights =
        [("importance", before.importance, importance), ("difficulty", before.difficulty, difficulty)];
    for (key, _, weight) in weights {
        if weight.is_some_and(|weight| weight > HEAVIEST) {
            return Err(Error::invalid(key, Problem::OutOfRange { from: 0, to: HEAVIEST.into() }));
        }
    }
    for (key, before, weight) in weights {
        if before != weight {
            let value = weight.map_or(ScalarValue::Null, |weight| ScalarValue::Uint(weight.into()));
            put_as_seen_at(pen, &map, key, value, &heads)?;
        }
    }
    Ok(())
}

/// Writes one's own judgement of how far a goal was attained.
pub(in super::super) fn attain(
    pen: &mut Pen<'_>,
    goal: &GoalId,
    judged: &NewAttainment,
) -> Result<AttainmentId> {
    pen.needs_level(2)?;
    map_of(pen, goal)?;
    let note = judged.note.as_deref().map(|note| prose("note", note.trim(), PROSE)).transpose()?;
    let id = AttainmentId::from_bytes(pen.new_item()?);
    let (attainments, now) = (collection(pen, "attainments")?, moment::write(&pen.now));
    pen.change(|transaction| {
        let map = transaction.put_object(&attainments, id.to_string(), ObjType::Map)?;
        transaction.put(&map, "goal", goal.to_string())?;
        transaction.put(&map, "level", judged.level.word())?;
        transaction.put(&map, "at", now)?;
        if let Some(note) = note.filter(|note| !note.is_empty()) {
            transaction.put(&map, "note", note)?;
        }
        Ok(())
    })?;
    Ok(id)
}

/// Takes back a judgement of one's own.
pub(in super::super) fn take_back(pen: &mut Pen<'_>, id: &AttainmentId) -> Result<()> {
    super::take_back(pen, "attainments", id.as_bytes())
}

/// The expected correlation between the goals of one person (rho), as its authors recommend it.
const RHO: f64 = 0.30;

/// The T-score of Goal Attainment Scaling:
///
/// T = 50 + 10 Σwx / √((1 - ρ) Σw² + ρ (Σw)²), with ρ = 0.30,
///
/// where x is how far each goal was attained, -2 to +2, and w is its weight. Nothing where no goal has any weight.
///
/// Source: T. J. Kiresuk and R. E. Sherman, "Goal attainment scaling: a general method for evaluating comprehensive
/// community mental health programs", Community Mental Health Journal 4 (1968), 443-453. A practical guide of 2009
/// that is often copied from prints it wrongly; this is the corrected formula.
fn t_score(goals: &[(u8, AttainmentLevel)]) -> Option<f64> {
    let sum = |of: fn(f64, f64) -> f64| -> f64 {
        goals.iter().map(|(weight, level)| of(f64::from(*weight), f64::from(level.value()))).sum()
    };
    let (weights, squares, attained) = (sum(|w, _| w), sum(|w, _| w * w), sum(|w, x| w * x));
    let spread = (1.0 - RHO) * squares + RHO * weights * weights;
    (spread > 0.0).then(|| 50.0 + 10.0 * attained / spread.sqrt())
}

/// The T-score of each who has judged, by their latest judgement of each goal that is not put away. A goal weighs its
/// importance times its difficulty, each 1 where nobody has said.
pub(in super::super) fn scores(
    connection: &Connection,
    relationship: RelationshipId,
) -> Result<Vec<AttainmentScore>> {
    let mut statement = connection.prepare_cached(
        "SELECT person, weight, level FROM (
            SELECT attainment.person, attainment.level,
                   ifnull(goal.importance, 1) * ifnull(goal.difficulty, 1) AS weight,
                   row_number() OVER (PARTITION BY attainment.person, attainment.goal
                                      ORDER BY attainment.at DESC, attainment.id DESC) AS newest
            FROM attainment JOIN goal
              ON goal.relationship = attainment.relationship AND goal.id = attainment.goal
            WHERE attainment.relationship = :relationship AND goal.archived_at IS NULL)
         WHERE newest = 1 AND weight > 0
         ORDER BY person",
    )?;
    let mut rows = statement.query(named_params! { ":relationship": relationship })?;
    let mut judged: Vec<(PersonId, Vec<(u8, AttainmentLevel)>)> = Vec::new();
    while let Some(row) = rows.next()? {
        let (person, goal) = (row.get(0)?, (row.get(1)?, level(row, 2)?));
        match judged.last_mut().filter(|(by, _)| *by == person) {
            Some((_, goals)) => goals.push(goal),
            None => judged.push((person, vec![goal])),
        }
    }
    let score = |(by, goals): (PersonId, Vec<_>)| {
        let t = t_score(&goals)?;
        Some(AttainmentScore { by, goals: u32::try_from(goals.len()).unwrap_or(u32::MAX), t })
    };
    Ok(judged.into_iter().filter_map(score).collect())
}

/// The levels of a goal's scale that are written, from the lowest.
pub(in super::super) fn levels(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
) -> Result<Vec<ScaleLevel>> {
    connection
        .prepare_cached(
            "SELECT level, text FROM goal_scale WHERE relationship = :relationship AND goal = :goal ORDER BY level",
        )?
        .query_map(named_params! { ":relationship": relationship, ":goal": goal }, |row| {
            Ok(ScaleLevel { level: level(row, 0)?, text: row.get(1)? })
        })?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// All judgements on a goal's scale, oldest first.
pub(in super::super) fn attainments(
    connection: &Connection,
    relationship: RelationshipId,
    goal: &GoalId,
) -> Result<Vec<Attainment>> {
    connection
        .prepare_cached(
            "SELECT id, person, at, zone, offset_seconds, level, note FROM attainment
             WHERE relationship = :relationship AND goal = :goal ORDER BY at, id",
        )?
        .query_map(named_params! { ":relationship": relationship, ":goal": goal }, |row| {
            Ok(Attainment {
                id: row.get(0)?,
                by: row.get(1)?,
                at: Moment { at: row.get::<_, Micros>(2)?.0, zone: row.get(3)?, offset_seconds: row.get(4)? },
                level: level(row, 5)?,
                note: row.get(6)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()
        .map_err(Error::from)
}

/// The table holds -2 to +2 and nothing else.
fn level(row: &Row<'_>, column: usize) -> rusqlite::Result<AttainmentLevel> {
    Ok(AttainmentLevel::of(row.get(column)?).unwrap_or(AttainmentLevel::Expected))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::tests::cases;

    fn t(weights: &[u8], levels: &[i8]) -> Option<f64> {
        assert_eq!(weights.len(), levels.len());
        let levels = levels.iter().map(|level| AttainmentLevel::of(*level).expect("a level"));
        t_score(&weights.iter().copied().zip(levels).collect::<Vec<_>>())
    }

    #[test]
    fn the_score_is_that_of_the_published_formula() {
        for (weights, levels, wanted) in [
            (&[1][..], &[0][..], 50.0),
            (&[1], &[2], 70.0),
            (&[1], &[-2], 30.0),
            (&[1, 1, 1], &[-1, -1, -1], 36.3069),
            (&[1, 1, 1], &[1, 0, 2], 63.6931),
            (&[3, 2, 1], &[1, -1, 2], 56.6098),
            (&[2, 1], &[1, 1], 62.0483),
            (&[1, 1, 1, 1, 1], &[2, 2, 2, 2, 2], 80.1511),
        ] {
            let found = t(weights, levels).expect("a score");
            assert!((found - wanted).abs() < 0.000_05, "{weights:?} {levels:?}: {found}");
        }
    }

    #[test]
    fn nothing_judged_and_nothing_that_weighs_is_no_score() {
        assert_eq!(t(&[], &[]), None);
        assert_eq!(t(&[0, 0], &[2, -2]), None);
    }

    fn any_goals() -> impl Strategy<Value = Vec<(u8, i8)>> {
        proptest::collection::vec((0_u8..=9, -2_i8..=2), 1..40)
    }

    fn t_of(goals: &[(u8, i8)]) -> Option<f64> {
        let (weights, levels): (Vec<_>, Vec<_>) = goals.iter().copied().unzip();
        t(&weights, &levels)
    }

    fn is_same(one: Option<f64>, other: Option<f64>) -> bool {
        match (one, other) {
            (Some(one), Some(other)) => (one - other).abs() < 1e-9,
            (one, other) => one.is_none() && other.is_none(),
        }
    }

    proptest! {
        #![proptest_config(cases(300))]

        #[test]
        fn goals_count_by_their_share_and_not_by_their_order(goals in any_goals()) {
            let mut turned = goals.clone();
            turned.reverse();
            prop_assert!(is_same(t_of(&goals), t_of(&turned)));
            let heavier: Vec<_> = goals.iter().map(|(weight, level)| (weight * 7, *level)).collect();
            prop_assert!(is_same(t_of(&goals), t_of(&heavier)));
            let mirrored: Vec<_> = goals.iter().map(|(weight, level)| (*weight, -level)).collect();
            prop_assert!(is_same(t_of(&goals).map(|t| 100.0 - t), t_of(&mirrored)));
            let weighing: Vec<_> = goals.iter().copied().filter(|(weight, _)| *weight > 0).collect();
            prop_assert!(is_same(t_of(&goals), t_of(&weighing)));
        }

        #[test]
        fn more_attained_is_never_less(goals in any_goals(), at in any::<proptest::sample::Index>()) {
            let mut better = goals.clone();
            let goal = at.get(&goals);
            better[at.index(goals.len())].1 = (goal.1 + 1).min(2);
            prop_assert!(t_of(&better) >= t_of(&goals));
        }

        #[test]
        fn where_all_weigh_the_same_the_short_formula_says_the_same(
            levels in proptest::collection::vec(-2_i8..=2, 1..40),
        ) {
            let (n, sum) = (levels.len() as f64, levels.iter().map(|level| f64::from(*level)).sum::<f64>());
            let short = 50.0 + 10.0 * sum / (n - RHO * n + RHO * n * n).sqrt();
            prop_assert!(is_same(t(&vec![1; levels.len()], &levels), Some(short)));
        }
    }
}
