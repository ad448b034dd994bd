//! Plans that each version has left behind, opened by this one.
//!
//! `tests/fixtures/plans/<level>` is the folder of a therapist with three clients, as the version that first wrote
//! plans of that level left it, with its keys (`keys`, in hexadecimal digits, private and shared). Beside it stands for
//! each client what the exported surface showed of the plan: a *plain* one, one *with choices* that are open, and one of
//! *five years* (of which the tables were emptied to save room, so that they are made again from the document).
//! These files never change; a new level adds a folder, see [`a_new_level_leaves_its_plans_behind`].

mod written;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use common_ground::home::{CommonGround, KeyName, KeyVault};
use common_ground::plan::{GoalSummary, NewRating, Plan};
use common_ground::relationship::Relationship;
use common_ground_tests::{Clock, Vault};
use serde_json::{Value, json};

/// The folders that must open, oldest first.
const LEVELS: [&str; 1] = ["level-2"];
const PLANS: [&str; 3] = ["five years", "plain", "with choices"];
const KEYS: [KeyName; 2] = [KeyName::Private, KeyName::Shared];

fn folder(level: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/plans").join(level)
}

/// A copy of what an earlier version left, opened by this one.
struct Left {
    home: Arc<CommonGround>,
    _folder: tempfile::TempDir,
}

impl Left {
    fn by(level: &str) -> Self {
        let copied = tempfile::tempdir().unwrap();
        for file in ["private.db", "private.keycheck", "shared.db", "shared.keycheck"] {
            std::fs::copy(folder(level).join(file), copied.path().join(file)).unwrap();
        }
        let vault = Arc::new(Vault::default());
        let keys = std::fs::read_to_string(folder(level).join("keys")).unwrap();
        for (name, key) in KEYS.into_iter().zip(keys.lines()) {
            vault.keep(name, bytes(key)).unwrap();
        }
        let home = CommonGround::open_in(copied.path(), vault, Arc::new(Clock::default())).unwrap();
        Self { home, _folder: copied }
    }

    fn plans(&self) -> Vec<(Relationship, Arc<Plan>)> {
        let mut all = self.home.relationships().unwrap();
        all.sort_by(|one, other| one.other.display_name.cmp(&other.other.display_name));
        assert!(all.iter().map(|one| one.other.display_name.as_str()).eq(PLANS));
        all.into_iter().map(|one| (one.clone(), self.home.plan(one.id).unwrap())).collect()
    }
}

fn bytes(hex: &str) -> Vec<u8> {
    let digits: Vec<u8> = hex.chars().map(|digit| digit.to_digit(16).unwrap() as u8).collect();
    digits.chunks(2).map(|two| two[0] << 4 | two[1]).collect()
}

/// What the exported surface shows of a plan.
fn shown(plan: &Plan) -> Value {
    let goals = plan.goals(true).unwrap();
    let is_small = goals.len() < 10;
    json!({
        "version": plan.version().unwrap(),
        "goals": goals.iter().map(|goal| if is_small { whole(plan, goal) } else { outline(plan, goal) }).collect::<Vec<_>>(),
        "tasks": plan.tasks(true).unwrap().len(),
        "offers": plan.offers().unwrap().iter().map(|task| task.id).collect::<Vec<_>>(),
        "scores": plan.attainment_scores().unwrap(),
        "open wordings": plan.open_wordings().unwrap(),
        "set aside": plan.set_aside().unwrap().len(),
    })
}

fn whole(plan: &Plan, goal: &GoalSummary) -> Value {
    json!({
        "goal": plan.goal(goal.id).unwrap(),
        "progress": plan.progress(goal.id).unwrap(),
        "agreements": plan.agreements(goal.id).unwrap(),
        "changed since agreed": plan.changed_since_agreed(goal.id).unwrap(),
    })
}

/// Of a goal with hundreds of ratings: what the list shows, and how many there are of everything.
fn outline(plan: &Plan, summary: &GoalSummary) -> Value {
    let goal = plan.goal(summary.id).unwrap();
    let sum: u32 = goal.ratings.iter().map(|rating| u32::from(rating.value)).sum();
    json!({
        "goal": summary, "why": goal.why, "digest": goal.digest, "tasks": goal.tasks.len(),
        "ratings": goal.ratings.len(), "sum of ratings": sum,
    })
}

/// Whether all that was shown then is shown now; a later version may show more.
fn shows(now: &Value, then: &Value) -> bool {
    match (now, then) {
        (Value::Object(now), Value::Object(then)) => {
            then.iter().all(|(key, then)| now.get(key).is_some_and(|now| shows(now, then)))
        }
        (Value::Array(now), Value::Array(then)) => {
            now.len() == then.len() && now.iter().zip(then).all(|(now, then)| shows(now, then))
        }
        _ => now == then,
    }
}

#[test]
fn what_earlier_versions_wrote_reads_as_it_did_and_goes_on() {
    for level in LEVELS {
        let left = Left::by(level);
        for (relationship, plan) in left.plans() {
            let name = relationship.other.display_name;
            let then = std::fs::read_to_string(folder(level).join(format!("{name}.json"))).unwrap();
            let then: Value = serde_json::from_str(&then).unwrap();
            let now = shown(&plan);
            assert!(shows(&now, &then), "{level}, {name}: shows now\n{now:#}");
            // The document loads as well, and is written on.
            let goal = plan.goals(false).unwrap()[0].id;
            let before = plan.goal(goal).unwrap().ratings.len();
            plan.rate(goal, NewRating { value: 7, helped: None, hindered: None }).unwrap();
            assert_eq!(plan.goal(goal).unwrap().ratings.len(), before + 1);
        }
        left.home.shut();
    }
}

#[test]
fn the_plans_that_were_left_hold_what_they_are_there_for() {
    for level in LEVELS {
        let [five_years, plain, choices] = PLANS.map(|name| {
            let text = std::fs::read_to_string(folder(level).join(format!("{name}.json"))).unwrap();
            serde_json::from_str::<Value>(&text).unwrap()
        });
        let ratings =
            five_years["goals"].as_array().unwrap().iter().map(|goal| goal["ratings"].as_u64().unwrap());
        assert_eq!((ratings.sum::<u64>(), five_years["tasks"].as_u64()), (7_800, Some(600)));
        let of = |goal: &Value, key: &str| goal["goal"][key].as_array().map_or(0, Vec::len);
        let any =
            |plan: &Value, key: &str| plan["goals"].as_array().unwrap().iter().any(|goal| of(goal, key) > 0);
        for key in
            ["holds", "success", "stances", "tasks", "steps", "strategies", "ratings", "scale", "attainments"]
        {
            assert!(any(&plain, key), "{key}");
        }
        assert!(plain["goals"].as_array().unwrap().iter().any(|goal| goal["agreements"][0].is_object()));
        assert!(any(&choices, "choices") && !any(&plain, "choices"));
    }
}
