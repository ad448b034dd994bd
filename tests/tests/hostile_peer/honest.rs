//! The liar is able to tell the truth: he takes in what the client has, writes upon it, and she takes it in.

use common_ground::plan::{NewGoal, NewRating};

use crate::liar::Liar;
use crate::liar::table::moment_at;
use crate::scene::{Scene, person_of};

#[test]
fn who_lies_can_tell_the_truth() {
    let scene = Scene::begin();
    let plan = scene.plan();
    let why = "Über die Brücke 🙂,\nand back";
    let goal = NewGoal {
        title: "Walk".to_owned(),
        why: why.to_owned(),
        success: Some("Daily".to_owned()),
        ..NewGoal::default()
    };
    let goal = plan.propose_goal(goal).expect("proposed");
    plan.rate(goal.summary.id, NewRating { value: 6, helped: None, hindered: None }).expect("rated");

    // He has what she has.
    let mut liar = Liar::of(&scene);
    let id = goal.summary.id.to_string();
    assert!(liar.copy.find(&["goals", &id, "title"]).is_some());
    assert_eq!(liar.copy.letters(&["goals", &id, "why"]).len(), why.chars().count());

    // He rates it, and she sees that.
    let ben = person_of(&scene.ben);
    let rating = [&ben.id[..6], &[1; 10]].concat();
    let mut draft = liar.draft();
    let ratings = liar.copy.object(&["ratings"]);
    let map = draft.make(&ratings, &crate::liar::hex(&rating), automerge::ObjType::Map);
    draft.put(&map, "goal", id.as_str(), vec![]);
    draft.put(&map, "value", automerge::ScalarValue::Uint(3), vec![]);
    draft.put(&map, "at", moment_at(0), vec![]);
    liar.honestly(draft);
    let seen = plan.goal(goal.summary.id).expect("the goal");
    assert!(seen.ratings.iter().any(|rating| rating.value == 3));

    // What she writes meanwhile comes to him, and he writes upon that.
    scene.local_work_goes_on();
    liar.settle();
    let goal_map = liar.copy.object(&["goals", &id]);
    let mut draft = liar.draft();
    draft.put(&goal_map, "title", "Walk every day", liar.copy.standing(&["goals", &id, "title"]));
    liar.honestly(draft);
    assert!(plan.goal(goal.summary.id).expect("the goal").summary.title == "Walk every day");
    liar.go();
    scene.the_honest_exchange_works();
}
