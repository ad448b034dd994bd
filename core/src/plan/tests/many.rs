//! Whoever has very many plans.

use super::*;

#[test]
fn of_many_plans_only_those_used_last_are_in_memory_and_the_others_come_back_as_they_were() {
    let mut ben = Device::new(Role::Therapist, "Ben", 2);
    let clients: Vec<Device> = (10..16).map(|seed| Device::new(Role::Client, "Somebody", seed)).collect();
    let relationships = (1..).map(|n| RelationshipId::from_bytes([n; 16]));
    for (n, (client, relationship)) in clients.iter().zip(relationships.clone()).enumerate() {
        ben.relationship = relationship;
        ben.relate(client);
        ben.plan().propose_goal(goal(&format!("Goal {n}"), "Why")).expect("proposed");
        assert!(ben.inner().plans.in_memory() <= 4);
    }
    for (n, relationship) in relationships.take(clients.len()).enumerate() {
        ben.relationship = relationship;
        let known = ben.only_goal();
        assert_eq!(known.summary.title, format!("Goal {n}"));
        let edit = GoalEdit { title: Some(format!("Goal {n} again")), ..GoalEdit::default() };
        ben.plan().edit_goal(known.summary.id, known.version, edit).expect("edited");
        assert_eq!(ben.only_goal().summary.title, format!("Goal {n} again"));
        assert!(ben.inner().plans.in_memory() <= 4);
    }
}
