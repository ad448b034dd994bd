//! Progress: ratings as series, how far both are apart, goals that stand still, and the scale with its score.

use proptest::prelude::*;
use proptest::strategy::Strategy;

use super::states::two_of_different_builds;
use super::*;
use crate::error::{Problem, Thing};
use crate::id::{AttainmentId, PersonId};

fn two_with_a_goal() -> (Device, Device, GoalId) {
    let (anna, ben) = two();
    let id = anna.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    level(&anna, &ben);
    (anna, ben, id)
}

const DAY: i64 = 86_400;

impl Device {
    /// Rates a goal, one value a day, and lets a day pass after each.
    fn rate_daily(&self, goal: GoalId, values: &[u8]) -> Vec<RatingId> {
        values
            .iter()
            .map(|value| {
                let rating = NewRating { value: *value, ..NewRating::default() };
                let id = self.plan().rate(goal, rating).expect("rated");
                self.world.pass(DAY);
                id
            })
            .collect()
    }

    fn flat(&self, ratings: u32) -> Vec<(GoalId, u8, u32, LocalDate)> {
        let flat = self.plan().flat_goals(ratings).expect("a list");
        flat.into_iter().map(|flat| (flat.goal, flat.value, flat.same_in_a_row, flat.since)).collect()
    }

    fn write_scale(&self, levels: &[(AttainmentLevel, &str)]) -> Result<()> {
        let shown = self.only_goal();
        let levels = levels
            .iter()
            .map(|(level, text)| ScaleLevel { level: *level, text: (*text).to_owned() })
            .collect();
        self.plan().write_scale(shown.summary.id, shown.version, levels)
    }

    fn attain(&self, goal: GoalId, level: AttainmentLevel) -> AttainmentId {
        self.world.pass(1);
        self.plan().attain(goal, NewAttainment { level, note: None }).expect("judged")
    }

    /// Each score: whose, over how many goals, and T with four decimals.
    fn scores(&self) -> Vec<(PersonId, u32, String)> {
        let scores = self.plan().attainment_scores().expect("scores");
        scores.into_iter().map(|score| (score.by, score.goals, format!("{:.4}", score.t))).collect()
    }
}

#[test]
fn ratings_are_shown_as_a_series_and_the_gap_is_not_judged() {
    let (anna, ben, id) = two_with_a_goal();
    let none = anna.plan().progress(id).expect("progress");
    assert!(none.trends.is_empty() && none.gap.is_none());
    ben.rate_daily(id, &[6]);
    anna.rate_daily(id, &[3, 5, 2, 2]);
    level(&anna, &ben);
    for device in [&anna, &ben] {
        let progress = device.plan().progress(id).expect("progress");
        assert_eq!(progress.goal, id);
        let [hers, his] = progress.trends.as_slice() else { panic!("two trends") };
        assert!(hers.by == anna.me() && his.by == ben.me(), "the client's first, on both devices");
        let points: Vec<_> = hers.points.iter().map(|point| (point.value, point.on.to_string())).collect();
        let wanted = [(3, "2026-05-03"), (5, "2026-05-04"), (2, "2026-05-05"), (2, "2026-05-06")];
        assert_eq!(points, wanted.map(|(value, on)| (value, on.to_owned())));
        assert_eq!((hers.change, hers.same_in_a_row), (Some(-1), 2));
        assert_eq!((his.change, his.same_in_a_row), (None, 1));
        assert!(progress.gap == Some(RatingGap { client: 2, therapist: 6, gap: -4 }));
    }
    let missing = GoalId::from_bytes([9; 16]);
    assert_eq!(anna.plan().progress(missing).err(), Some(Error::not_found(Thing::Goal)));
}

#[test]
fn a_rating_is_on_the_day_that_the_raters_calendar_showed() {
    let (anna, _, id) = two_with_a_goal();
    // 16:00 UTC on 3 May is 18:00 in Berlin; seven hours later it is 4 May there and still 3 May in London.
    anna.world.pass(7 * 3_600);
    anna.rate_daily(id, &[1]);
    let progress = anna.plan().progress(id).expect("progress");
    assert_eq!(progress.trends[0].points[0].on, day("2026-05-04"));
}

#[test]
fn what_was_taken_back_counts_no_more() {
    let (anna, ben, id) = two_with_a_goal();
    let ratings = anna.rate_daily(id, &[3, 9]);
    level(&anna, &ben);
    let his = ben.plan().take_back_rating(ratings[1]);
    assert!(matches!(his, Err(Error::NotAllowed { .. })));
    anna.plan().take_back_rating(ratings[1]).expect("taken back");
    level(&anna, &ben);
    let progress = ben.plan().progress(id).expect("progress");
    assert_eq!(progress.trends[0].points.len(), 1);
    assert!(ben.only_goal().summary.latest_ratings[0].value == 3);
    let missing = RatingId::from_bytes([9; 16]);
    assert_eq!(anna.plan().take_back_rating(missing).err(), Some(Error::not_found(Thing::Note)));
}

#[test]
fn a_goal_that_stands_still_is_found_by_the_last_ratings_alone() {
    let (anna, ben, id) = two_with_a_goal();
    anna.rate_daily(id, &[4, 7, 4, 4, 4]);
    level(&anna, &ben);
    for device in [&anna, &ben] {
        for ratings in [2, 3] {
            assert_eq!(device.flat(ratings), [(id, 4, 3, day("2026-05-05"))]);
        }
        assert!(device.flat(4).is_empty(), "the 4 before the 7 is not of that row");
    }
    // The other's ratings are a row of their own.
    ben.rate_daily(id, &[4, 5]);
    level(&anna, &ben);
    assert_eq!(anna.flat(2).len(), 1);
    ben.rate_daily(id, &[5]);
    level(&anna, &ben);
    let by: Vec<_> = anna.plan().flat_goals(2).expect("a list").iter().map(|flat| flat.by).collect();
    assert!(by == [anna.me(), ben.me()]);
    anna.rate_daily(id, &[5]);
    assert_eq!(anna.flat(2).len(), 1, "something moved");
    for few in [0, 1] {
        let refused = anna.plan().flat_goals(few).err();
        let wanted = Problem::OutOfRange { from: 2, to: u32::MAX.into() };
        assert_eq!(refused, Some(Error::Invalid { field: "ratings".to_owned(), problem: wanted }));
    }
}

#[test]
fn a_goal_that_rests_is_not_said_to_stand_still() {
    let (anna, _, id) = two_with_a_goal();
    anna.rate_daily(id, &[4, 4]);
    let is_flat = || !anna.flat(2).is_empty();
    assert!(is_flat());
    for (mark, works) in [
        (GoalMark::Paused, false),
        (GoalMark::Maintained, true),
        (GoalMark::Reached, false),
        (GoalMark::SetAside, false),
        (GoalMark::Declined, false),
        (GoalMark::Open, true),
    ] {
        anna.plan().set_goal_state(id, anna.only_goal().version, mark, None).expect("set");
        assert_eq!(is_flat(), works, "{mark:?}");
    }
    anna.plan().hold_goal(id, None).expect("held");
    assert!(!is_flat());
    anna.plan().release_goal(id).expect("released");
    anna.plan().archive_goal(id).expect("archived");
    assert!(!is_flat());
}

#[test]
fn both_write_the_scale_and_it_belongs_to_the_wording() {
    let (anna, ben, _) = two_with_a_goal();
    let before = anna.only_goal().digest;
    let five = AttainmentLevel::ALL.map(|level| (level, "some walks"));
    anna.write_scale(&five).expect("written");
    ben.write_scale(&[]).expect("nothing to write");
    level(&anna, &ben);
    let seen = ben.only_goal();
    assert!(seen.digest != before && seen.scale.len() == 5);
    ben.write_scale(&[(AttainmentLevel::Expected, " Five walks a week "), (AttainmentLevel::MuchMore, "")])
        .expect("written");
    level(&anna, &ben);
    let scale = anna.only_goal().scale;
    assert!(scale.len() == 4 && scale[2].level == AttainmentLevel::Expected);
    assert!(scale[2].text == "Five walks a week" && scale[1].text == "some walks");
    // What already stands there is not written again.
    let version = anna.plan().version().expect("a version");
    anna.write_scale(&[(AttainmentLevel::Expected, "Five walks a week"), (AttainmentLevel::MuchMore, " ")])
        .expect("the same");
    assert!(anna.plan().version().expect("a version") == version);
}

#[test]
fn two_texts_for_one_level_and_two_weights_at_the_same_time_become_a_choice() {
    let (anna, ben, id) = two_with_a_goal();
    let shown = ben.only_goal().version;
    anna.plan().weigh(id, shown.clone(), Some(3), None).expect("weighed");
    anna.write_scale(&[(AttainmentLevel::Expected, "Three walks")]).expect("written");
    level(&anna, &ben);
    let bens = vec![ScaleLevel { level: AttainmentLevel::Expected, text: "Five walks".to_owned() }];
    ben.plan().write_scale(id, shown.clone(), bens).expect("written");
    ben.plan().weigh(id, shown, Some(1), None).expect("weighed");
    level(&anna, &ben);
    let choices = anna.only_goal().choices;
    let fields: Vec<_> = choices.iter().map(|choice| choice.field).collect();
    assert_eq!(fields, [PlanField::Importance, PlanField::ScaleExpected]);
    assert!(choices.iter().all(|choice| choice.values.len() == 2));
}

#[test]
fn what_is_no_scale_and_no_weight_is_refused_and_changes_nothing() {
    let (anna, _, id) = two_with_a_goal();
    let version = anna.plan().version().expect("a version");
    let twice = [(AttainmentLevel::Less, "one"), (AttainmentLevel::More, "x"), (AttainmentLevel::More, "y")];
    assert!(matches!(anna.write_scale(&twice), Err(Error::Invalid { .. })));
    let long = "x".repeat(501);
    assert!(matches!(
        anna.write_scale(&[(AttainmentLevel::Less, &long)]),
        Err(Error::Invalid { problem: Problem::TooLong { limit: 500, .. }, .. })
    ));
    for (importance, difficulty) in [(Some(4), None), (Some(1), Some(4))] {
        assert!(matches!(
            anna.plan().weigh(id, version.clone(), importance, difficulty),
            Err(Error::Invalid { problem: Problem::OutOfRange { from: 0, to: 3 }, .. })
        ));
    }
    let missing = GoalId::from_bytes([9; 16]);
    let judged = NewAttainment { level: AttainmentLevel::Less, note: None };
    assert_eq!(anna.plan().attain(missing, judged).err(), Some(Error::not_found(Thing::Goal)));
    assert!(anna.plan().version().expect("a version") == version && anna.only_goal().scale.is_empty());
}

#[test]
fn the_score_counts_the_latest_judgement_of_each_person_and_the_weights_of_both() {
    let (anna, ben) = two();
    let [walk, sleep, call] = ["Walk", "Sleep", "Call"].map(|title| {
        anna.world.pass(1);
        anna.plan().propose_goal(goal(title, "")).expect("proposed").summary.id
    });
    assert!(anna.scores().is_empty(), "where nothing is judged there is no score");
    // The published example: weights 3, 2 and 1, levels +1, -1 and +2.
    let weigh = |device: &Device, id, importance, difficulty| {
        let version = device.plan().version().expect("a version");
        device.plan().weigh(id, version, importance, difficulty).expect("weighed");
    };
    weigh(&anna, walk, Some(3), None);
    weigh(&anna, sleep, None, Some(2));
    let wrong = anna.attain(walk, AttainmentLevel::MuchLess);
    anna.attain(walk, AttainmentLevel::More);
    anna.attain(sleep, AttainmentLevel::Less);
    assert_eq!(anna.scores()[0].1, 2, "what was not judged is in neither sum");
    let last = anna.attain(call, AttainmentLevel::MuchMore);
    level(&anna, &ben);
    ben.attain(walk, AttainmentLevel::Expected);
    level(&anna, &ben);
    let mut wanted = vec![(anna.me(), 3, "56.6098".to_owned()), (ben.me(), 1, "50.0000".to_owned())];
    wanted.sort();
    assert_eq!(anna.scores(), wanted);
    assert_eq!(ben.scores(), wanted);

    // Taken back, the judgement before it counts again; a goal put away counts no more.
    let of_anna = || anna.scores().into_iter().find(|(by, ..)| *by == anna.me());
    assert!(matches!(ben.plan().take_back_attainment(wrong), Err(Error::NotAllowed { .. })));
    anna.plan().take_back_attainment(last).expect("taken back");
    assert_eq!(of_anna().map(|(_, goals, _)| goals), Some(2));
    anna.plan().archive_goal(sleep).expect("archived");
    assert_eq!(of_anna(), Some((anna.me(), 1, "60.0000".to_owned())));
    weigh(&anna, walk, Some(0), Some(3));
    assert_eq!(of_anna(), None, "where nothing weighs anything there is no score");
    weigh(&anna, walk, None, None);
    assert_eq!(of_anna(), Some((anna.me(), 1, "60.0000".to_owned())));
    level(&anna, &ben);
    assert!(ben.plan().goal(walk).expect("the goal").importance.is_none());
}

#[test]
fn a_judgement_keeps_its_note_and_its_writer() {
    let (anna, ben, id) = two_with_a_goal();
    let note = Some(" four walks of five ".to_owned());
    anna.plan().attain(id, NewAttainment { level: AttainmentLevel::Less, note }).expect("judged");
    level(&anna, &ben);
    let seen = &ben.only_goal().attainments[0];
    assert!(seen.by == anna.me() && seen.level == AttainmentLevel::Less);
    assert!(seen.note.as_deref() == Some("four walks of five"));
}

#[test]
fn with_an_older_app_there_is_no_scale_and_ratings_go_on() {
    let (anna, ben) = two_of_different_builds();
    let id = ben.plan().propose_goal(goal("Walk", "")).expect("proposed").summary.id;
    let ratings = ben.rate_daily(id, &[4, 4]);
    let (plan, version) = (ben.plan(), ben.plan().version().expect("a version"));
    let older = Some(Error::OlderPlan);
    assert_eq!(ben.write_scale(&[(AttainmentLevel::Less, "some")]).err(), older);
    assert_eq!(plan.weigh(id, version.clone(), Some(1), None).err(), older);
    let judged = NewAttainment { level: AttainmentLevel::Less, note: None };
    assert_eq!(plan.attain(id, judged).err(), older);
    assert_eq!(plan.take_back_rating(ratings[0]).err(), older);
    assert!(plan.version().expect("a version") == version);
    exchange(&anna, &ben);
    assert_eq!(anna.flat(2).len(), 1);
}

/// Something one of the two notes about a goal.
#[derive(Debug, Clone)]
enum Act {
    Rate(u8, u8),
    TakeBackRating(u8, u8),
    Scale(u8, u8, u8),
    Weigh(u8, Option<u8>, Option<u8>),
    Attain(u8, u8),
    TakeBackAttainment(u8, u8),
    AddStep(u8),
    EditStep(u8, u8, u8),
    Try(u8, u8),
    AddStrategy(u8),
    Judge(u8, u8, u8),
    Exchange,
}

fn acts() -> impl Strategy<Value = Vec<(bool, Act)>> {
    let (goal, n) = (0_u8..2, any::<u8>());
    let weight = proptest::option::of(0_u8..=3);
    let act = prop_oneof![
        3 => (goal.clone(), 0_u8..3).prop_map(|(goal, value)| Act::Rate(goal, value)),
        1 => (goal.clone(), n).prop_map(|(goal, which)| Act::TakeBackRating(goal, which)),
        2 => (goal.clone(), 0_u8..5, n).prop_map(|(goal, level, text)| Act::Scale(goal, level, text)),
        2 => (goal.clone(), weight.clone(), weight).prop_map(|(goal, one, two)| Act::Weigh(goal, one, two)),
        3 => (goal.clone(), 0_u8..5).prop_map(|(goal, level)| Act::Attain(goal, level)),
        1 => (goal.clone(), n).prop_map(|(goal, which)| Act::TakeBackAttainment(goal, which)),
        1 => goal.clone().prop_map(Act::AddStep),
        2 => (goal.clone(), n, n).prop_map(|(goal, which, to)| Act::EditStep(goal, which, to)),
        1 => (goal.clone(), n).prop_map(|(goal, which)| Act::Try(goal, which)),
        1 => goal.clone().prop_map(Act::AddStrategy),
        2 => (goal, n, 0_u8..4).prop_map(|(goal, which, verdict)| Act::Judge(goal, which, verdict)),
        3 => Just(Act::Exchange),
    ];
    proptest::collection::vec((any::<bool>(), act), 1..40)
}

fn pick<T>(from: &[T], n: u8) -> Option<&T> {
    from.get(usize::from(n) % from.len().max(1))
}

fn is_done_or_the_others(done: Option<Error>) {
    assert!(matches!(done, None | Some(Error::NotAllowed { .. })));
}

fn do_it(device: &Device, goals: &[GoalId; 2], act: &Act) {
    device.world.pass(1);
    let plan = device.plan();
    let goal_at = |n: u8| plan.goal(goals[usize::from(n)]).expect("the goal");
    match act {
        Act::Rate(goal, value) => drop(device.rate_daily(goals[usize::from(*goal)], &[*value])),
        Act::TakeBackRating(goal, n) => {
            if let Some(rating) = pick(&goal_at(*goal).ratings, *n) {
                is_done_or_the_others(plan.take_back_rating(rating.id).err());
            }
        }
        Act::Scale(goal, level, n) => {
            let (level, text) = (AttainmentLevel::ALL[usize::from(*level)], "x".repeat(usize::from(n % 3)));
            let goal = goal_at(*goal);
            plan.write_scale(goal.summary.id, goal.version, vec![ScaleLevel { level, text }])
                .expect("written");
        }
        Act::Weigh(goal, importance, difficulty) => {
            let goal = goal_at(*goal);
            plan.weigh(goal.summary.id, goal.version, *importance, *difficulty).expect("weighed");
        }
        Act::Attain(goal, level) => {
            device.attain(goals[usize::from(*goal)], AttainmentLevel::ALL[usize::from(*level)]);
        }
        Act::TakeBackAttainment(goal, n) => {
            if let Some(judged) = pick(&goal_at(*goal).attainments, *n) {
                is_done_or_the_others(plan.take_back_attainment(judged.id).err());
            }
        }
        Act::AddStep(goal) => {
            let step = NewStep { what: "Step".to_owned(), expected_fear: None };
            plan.add_step(goals[usize::from(*goal)], step).expect("added");
        }
        Act::EditStep(goal, n, to) => {
            let goal = goal_at(*goal);
            if let Some(step) = pick(&goal.steps, *n) {
                let edit = StepEdit { what: None, expected_fear: Some(to % 11) };
                plan.edit_step(step.id, goal.version.clone(), edit).expect("edited");
                plan.move_step(step.id, pick(&goal.steps, *to).map(|step| step.id)).expect("moved");
            }
        }
        Act::Try(goal, n) => {
            if let Some(step) = pick(&goal_at(*goal).steps, *n) {
                let on = day("2026-05-04");
                let tried = NewTry { on, outcome: TaskOutcome::Done, fear: Some(n % 11), learned: None };
                let tried = plan.try_step(step.id, tried).expect("noted");
                if n % 3 == 0 {
                    plan.take_back_try(tried).expect("taken back");
                }
            }
        }
        Act::AddStrategy(goal) => {
            plan.add_strategy(goals[usize::from(*goal)], "Strategy".to_owned()).expect("added");
        }
        Act::Judge(goal, n, verdict) => {
            let goal = goal_at(*goal);
            if let Some(strategy) = pick(&goal.strategies, *n) {
                let verdicts = [
                    StrategyVerdict::Trying,
                    StrategyVerdict::Keep,
                    StrategyVerdict::Change,
                    StrategyVerdict::Drop,
                ];
                let verdict = verdicts[usize::from(*verdict)];
                plan.judge_strategy(strategy.id, goal.version.clone(), verdict, None).expect("judged");
            }
        }
        Act::Exchange => unreachable!(),
    }
}

/// The sums of the score, told from what screens see of the goals: how many count, and T.
fn score_as_told(device: &Device, by: PersonId) -> Option<(u32, f64)> {
    let plan = device.plan();
    let goals = plan.goals(false).expect("goals").into_iter();
    let rated: Vec<(f64, f64)> = goals
        .filter_map(|goal| {
            let goal = plan.goal(goal.id).expect("the goal");
            let last = goal.attainments.iter().rfind(|judged| judged.by == by)?.level.value();
            let weight = goal.importance.unwrap_or(1) * goal.difficulty.unwrap_or(1);
            (weight > 0).then_some((f64::from(weight), f64::from(last)))
        })
        .collect();
    let sum: f64 = rated.iter().map(|(weight, _)| weight).sum();
    let squares: f64 = rated.iter().map(|(weight, _)| weight.powi(2)).sum();
    let attained: f64 = rated.iter().map(|(weight, level)| weight * level).sum();
    let t = 50.0 + 10.0 * attained / (0.7 * squares + 0.3 * sum.powi(2)).sqrt();
    (!rated.is_empty()).then_some((rated.len() as u32, t))
}

proptest! {
    #![proptest_config(crate::tests::cases(24))]

    #[test]
    fn whatever_both_note_about_goals_both_see_the_same(acts in acts()) {
        let (anna, ben, first) = two_with_a_goal();
        let second = ben.plan().propose_goal(goal("Sleep", "")).expect("proposed").summary.id;
        level(&anna, &ben);
        let goals = [first, second];
        for (who, act) in &acts {
            match act {
                Act::Exchange => drop(exchange(&anna, &ben)),
                act => do_it(if *who { &anna } else { &ben }, &goals, act),
            }
        }
        level(&anna, &ben);
        for by in [anna.me(), ben.me()] {
            let scores = ben.plan().attainment_scores().expect("scores");
            let found = scores.iter().find(|score| score.by == by).map(|score| (score.goals, score.t));
            let told = score_as_told(&anna, by);
            let is_same = match (found, told) {
                (Some(found), Some(told)) => found.0 == told.0 && (found.1 - told.1).abs() < 1e-9,
                (found, told) => found.is_none() && told.is_none(),
            };
            prop_assert!(is_same, "{found:?} {told:?}");
        }
        for goal in goals {
            let trends = anna.plan().progress(goal).expect("progress").trends;
            for trend in trends.iter().filter(|trend| trend.same_in_a_row > 1) {
                let since = trend.points.len() - usize::try_from(trend.same_in_a_row).expect("a number");
                let last = trend.points.last().expect("a point").value;
                let is_flat = ben.plan().flat_goals(trend.same_in_a_row).expect("a list").iter().any(|flat| {
                    flat.goal == goal && flat.by == trend.by && flat.value == last
                        && flat.since == trend.points[since].on
                });
                prop_assert!(is_flat);
            }
        }
        let tables = anna.tables();
        anna.reopen_checked();
        prop_assert!(anna.tables() == tables);
        prop_assert!(anna.plan().set_aside().expect("a list").is_empty());
        prop_assert!(ben.plan().set_aside().expect("a list").is_empty());
    }
}
