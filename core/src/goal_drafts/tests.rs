//! Promises about goals that one is still thinking about.

use super::*;
use crate::clock::RealWorld;
use crate::error::Problem;
use crate::home::tests::Vault;
use crate::keeping::{BackupKey, BackupSecret, restore_backup};
use crate::plan::tests::{Device, level, two};
use crate::plan::{DescentKind, GoalMark, NewDescent};
use crate::relationship::Role;
use crate::store::scratch;

/// A goal as far as it goes.
fn thought(title: &str) -> NewGoal {
    NewGoal { title: title.to_owned(), why: "Because of the dog.".to_owned(), ..NewGoal::default() }
}

fn ids(drafts: &GoalDrafts) -> Vec<GoalId> {
    drafts.list().expect("drafts").iter().map(|draft| draft.id).collect()
}

/// Writes the plan as proposing does, and goes no further.
fn cut_off_after_the_plan(device: &Device, id: GoalId) {
    let claimed = device.inner().private.write(|file| table::claim(file, id, device.relationship));
    device.shared_plan().propose_draft(id, &claimed.expect("claimed")).expect("proposed");
}

#[test]
fn a_goal_can_be_thought_about_before_there_is_anybody_to_share_it_with() {
    let mut mira = Device::new(Role::Client, "Mira", 7);
    let drafts = mira.home.goal_drafts();
    let whole = NewGoal {
        title: " Say no once a week ".to_owned(),
        why: "So that\r\nthere is room.".to_owned(),
        success: Some("I say it and stay".to_owned()),
        known_by: Some(" four weeks in a row ".to_owned()),
        by_when: "2026-09-01".parse().ok(),
        first_step: Some("Say it to the neighbour".to_owned()),
        descent: Some(NewDescent { kind: DescentKind::GrewOutOf, from: GoalId::from_bytes([3; 16]) }),
    };
    let kept = drafts.keep(whole).expect("kept");
    assert!(kept.content.title == "Say no once a week" && kept.content.why == "So that\nthere is room.");
    assert!(kept.content.known_by.as_deref() == Some("four weeks in a row"));
    assert!(kept.id.as_bytes()[..6] == mira.me().as_bytes()[..6], "the id names who began it");
    mira.reopen();
    let drafts = mira.home.goal_drafts();
    assert!(drafts.get(kept.id).expect("the draft") == kept);
    assert!(drafts.list().expect("drafts") == [kept]);
    assert!(mira.home.relationships().expect("nobody").is_empty());
}

#[test]
fn the_draft_changed_last_comes_first_and_one_thrown_away_is_gone_from_the_file() {
    let mira = Device::new(Role::Client, "Mira", 7);
    let drafts = mira.home.goal_drafts();
    let first = drafts.keep(thought("Walk")).expect("kept");
    mira.world.pass(60);
    let second = drafts.keep(thought("Xylophonically secret")).expect("kept");
    mira.world.pass(60);
    assert_eq!(ids(&drafts), [second.id, first.id]);
    let changed = drafts.change(first.id, thought("Walk outside")).expect("changed");
    assert!(changed.content.title == "Walk outside" && changed.begun_at == first.begun_at);
    assert!(changed.saved_at == drafts.now());
    assert_eq!(ids(&drafts), [first.id, second.id]);

    drafts.discard(second.id).expect("discarded");
    assert_eq!(ids(&drafts), [first.id]);
    let missing = Some(Error::not_found(Thing::GoalDraft));
    assert_eq!(drafts.discard(second.id).err(), missing);
    assert_eq!(drafts.get(second.id).err(), missing);
    assert_eq!(drafts.change(second.id, thought("Walk")).err(), missing);
    // The log is empty, and the pages of the file were overwritten.
    let due = mira.inner().private.read(|file| chores::is_due(file, "empty the log"));
    assert_eq!(due, Ok(false));
}

#[test]
fn a_draft_may_lack_its_title_and_nothing_in_it_is_longer_than_in_a_goal() {
    let (anna, _) = two();
    let drafts = anna.home.goal_drafts();
    let nameless = drafts.keep(thought(" ")).expect("kept without a title");
    let refused = drafts.propose(nameless.id, anna.relationship);
    assert_eq!(refused.err(), Some(Error::invalid("title", Problem::Empty)));
    assert!(drafts.get(nameless.id).expect("still there") == nameless);
    drafts.change(nameless.id, thought("Walk")).expect("it can be changed after that");

    let too_long = |limit| Problem::TooLong { limit, unit: "characters".to_owned() };
    let long = |length: usize| Some("a".repeat(length));
    for (field, limit, content) in [
        ("title", 200, thought(&"a".repeat(201))),
        ("why", 10_000, NewGoal { why: "a".repeat(10_001), ..thought("Walk") }),
        ("success", 4_000, NewGoal { success: long(4_001), ..thought("Walk") }),
        ("known_by", 4_000, NewGoal { known_by: long(4_001), ..thought("Walk") }),
        ("first_step", 200, NewGoal { first_step: long(201), ..thought("Walk") }),
    ] {
        let problem = Some(Error::invalid(field, too_long(limit)));
        assert_eq!(drafts.keep(content.clone()).err(), problem);
        assert_eq!(drafts.change(nameless.id, content).err(), problem);
    }
    for content in [
        thought("two\nlines"),
        NewGoal { why: "\u{1b}[2J".to_owned(), ..thought("Walk") },
        NewGoal { by_when: Some(chrono::NaiveDate::MAX), ..thought("Walk") },
    ] {
        assert!(matches!(drafts.keep(content), Err(Error::Invalid { .. })));
    }
    assert_eq!(drafts.list().expect("one").len(), 1);
}

#[test]
fn a_thousand_drafts_are_enough() {
    let mira = Device::new(Role::Client, "Mira", 7);
    let drafts = mira.home.goal_drafts();
    let fill = |file: &rusqlite::Transaction<'_>| {
        for number in 0..999_u128 {
            let id = GoalId::from_bytes(number.to_be_bytes());
            let now = drafts.now();
            table::insert(file, &GoalDraft { id, content: thought("Walk"), begun_at: now, saved_at: now })?;
        }
        Ok(())
    };
    mira.inner().private.write(fill).expect("filled");
    let last = drafts.keep(thought("Walk")).expect("the thousandth");
    let problem = Problem::TooLong { limit: 1_000, unit: "drafts".to_owned() };
    assert_eq!(drafts.keep(thought("Walk")).err(), Some(Error::invalid("drafts", problem)));
    drafts.change(last.id, thought("Walk more")).expect("what is there can be changed");
}

#[test]
fn nothing_of_a_draft_is_shared_until_it_is_proposed_and_then_it_is_a_goal_like_any_other() {
    let (anna, ben) = two();
    let drafts = anna.home.goal_drafts();
    let older = anna.plan().propose_goal(thought("Buses")).expect("proposed").summary.id;
    let kept = drafts
        .keep(NewGoal {
            success: Some("Every day".to_owned()),
            first_step: Some("Shoes".to_owned()),
            descent: Some(NewDescent { kind: DescentKind::Replaces, from: older }),
            ..thought("Walk")
        })
        .expect("kept");
    level(&anna, &ben);
    assert_eq!(ben.plan().goals(true).expect("goals").len(), 1, "only the older goal");

    let goal = drafts.propose(kept.id, anna.relationship).expect("proposed");
    assert!(goal.summary.id == kept.id && goal.summary.title == "Walk" && goal.why == "Because of the dog.");
    assert!(drafts.list().expect("none left").is_empty());
    level(&anna, &ben);
    let seen = ben.plan().goal(kept.id).expect("the goal");
    assert!(seen.summary.proposed_by == anna.me() && seen.success[0].text == "Every day");
    assert!(seen.came_from.is_some_and(|from| from.goal == older));
    ben.plan().set_goal_state(kept.id, seen.version, GoalMark::Paused, None).expect("he may say so");
    level(&anna, &ben);
}

#[test]
fn a_draft_proposed_twice_is_one_goal() {
    let (anna, ben) = two();
    let drafts = anna.home.goal_drafts();
    let kept = drafts.keep(thought("Walk")).expect("kept");
    let once = drafts.propose(kept.id, anna.relationship).expect("proposed");
    let twice = drafts.propose(kept.id, anna.relationship).expect("the same");
    assert!(once == twice);
    // Also where the first time was cut off after the plan was written.
    let second = drafts.keep(thought("Sleep")).expect("kept");
    cut_off_after_the_plan(&anna, second.id);
    assert_eq!(ids(&drafts), [second.id]);
    assert!(drafts.propose(second.id, anna.relationship).expect("proposed").summary.title == "Sleep");
    assert!(drafts.list().expect("none left").is_empty());
    assert_eq!(anna.plan().goals(true).expect("goals").len(), 2);
    level(&anna, &ben);

    let never = GoalId::from_bytes([9; 16]);
    let missing = Some(Error::not_found(Thing::GoalDraft));
    assert_eq!(drafts.propose(never, anna.relationship).err(), missing);
    let nobody = drafts.propose(never, RelationshipId::from_bytes([9; 16]));
    assert_eq!(nobody.err(), Some(Error::not_found(Thing::Relationship)));
}

#[test]
fn what_a_proposal_was_cut_off_from_is_cleared_when_the_folder_is_opened_or_unlocked() {
    let (mut anna, ben) = two();
    let kept = anna.home.goal_drafts().keep(thought("Walk")).expect("kept");
    cut_off_after_the_plan(&anna, kept.id);
    anna.reopen();
    assert!(anna.home.goal_drafts().list().expect("cleared").is_empty());

    let drafts = anna.home.goal_drafts();
    let second = drafts.keep(thought("Sleep")).expect("kept");
    cut_off_after_the_plan(&anna, second.id);
    anna.home.lock();
    assert_eq!(drafts.list().err(), Some(Error::Locked));
    anna.home.unlock().expect("unlocked");
    assert!(drafts.list().expect("cleared").is_empty());
    assert_eq!(anna.plan().goals(true).expect("goals").len(), 2);
    level(&anna, &ben);
}

#[test]
fn a_proposal_cut_off_before_the_plan_leaves_the_draft_as_it_was() {
    let (mut anna, _) = two();
    let drafts = anna.home.goal_drafts();
    let kept = drafts.keep(thought("Walk")).expect("kept");
    let elsewhere = RelationshipId::from_bytes([9; 16]);
    anna.inner().private.write(|file| table::claim(file, kept.id, elsewhere)).expect("claimed");
    // Nobody changes it under a proposal's hands, nor proposes it in two plans.
    let changed = Some(Error::Changed { what: Thing::GoalDraft });
    assert_eq!(drafts.change(kept.id, thought("Run")).err(), changed);
    assert_eq!(drafts.propose(kept.id, anna.relationship).err(), changed);
    anna.reopen();
    let drafts = anna.home.goal_drafts();
    assert!(drafts.get(kept.id).expect("the draft") == kept);
    assert!(anna.plan().goals(true).expect("none").is_empty());
    drafts.propose(kept.id, anna.relationship).expect("proposed");
}

#[test]
fn what_fails_in_the_plan_leaves_the_draft_free() {
    let (anna, _) = two();
    let drafts = anna.home.goal_drafts();
    let nowhere = GoalId::from_bytes([9; 16]);
    let descent = Some(NewDescent { kind: DescentKind::GrewOutOf, from: nowhere });
    let kept = drafts.keep(NewGoal { descent, ..thought("Walk") }).expect("kept");
    let refused = drafts.propose(kept.id, anna.relationship);
    assert_eq!(refused.err(), Some(Error::not_found(Thing::Goal)));
    assert!(anna.plan().goals(true).expect("none").is_empty());
    drafts.change(kept.id, thought("Walk")).expect("changed");
    drafts.propose(kept.id, anna.relationship).expect("proposed");
}

#[test]
fn words_written_into_a_draft_that_came_back_after_it_was_proposed_are_kept() {
    let (mut anna, ben) = two();
    let drafts = anna.home.goal_drafts();
    let kept = drafts.keep(thought("Walk")).expect("kept");
    let unchanged = drafts.keep(thought("Sleep")).expect("kept");
    for draft in [&kept, &unchanged] {
        // As after a backup was brought back, and the plan came from the other device.
        anna.shared_plan().propose_draft(draft.id, &draft.content).expect("proposed");
    }
    anna.world.pass(60);
    drafts.change(kept.id, thought("Walk in the park")).expect("changed");
    anna.reopen();
    let left = anna.home.goal_drafts().list().expect("drafts");
    assert!(left.len() == 1 && left[0].id != kept.id && left[0].content.title == "Walk in the park");
    assert!(anna.plan().goal(kept.id).expect("the goal").summary.title == "Walk");
    level(&anna, &ben);
}

#[test]
fn drafts_are_in_a_backup_and_proposing_one_that_the_other_has_already_is_the_same_goal() {
    let (anna, ben) = two();
    let kept = anna.home.goal_drafts().keep(thought("Walk")).expect("kept");
    let file = anna.folder.path().join("anna.age").to_string_lossy().into_owned();
    let passphrase = || "heron".to_owned();
    let key = BackupKey::Passphrase { passphrase: passphrase() };
    anna.home.make_backup(file.clone(), key, false, None).expect("made");
    anna.home.goal_drafts().propose(kept.id, anna.relationship).expect("proposed");
    level(&anna, &ben);

    let (machine, vault) = (scratch(), Arc::<Vault>::default());
    let folder = machine.path().join("home").to_string_lossy().into_owned();
    let secret = BackupSecret::Passphrase { passphrase: passphrase() };
    restore_backup(file, secret, folder.clone(), vault.clone(), None).expect("brought back");
    let back = CommonGround::open_in(folder, vault, Arc::new(RealWorld)).expect("opened");
    assert!(back.goal_drafts().list().expect("drafts") == [kept.clone()]);
    // What she held before comes back, and with it the goal; the draft is a leftover then.
    let plans = &back.inner().plans;
    plans.of(anna.relationship).expect("a plan").propose_draft(kept.id, &kept.content).expect("stands");
    let again = back.goal_drafts().propose(kept.id, anna.relationship).expect("the same");
    assert!(again.summary.id == kept.id && back.goal_drafts().list().expect("none").is_empty());
}

#[test]
fn while_locked_every_call_says_so() {
    let (anna, _) = two();
    let drafts = anna.home.goal_drafts();
    let kept = drafts.keep(thought("Walk")).expect("kept");
    anna.home.lock();
    let locked = Some(Error::Locked);
    assert_eq!(drafts.keep(thought("Walk")).err(), locked);
    assert_eq!(drafts.change(kept.id, thought("Walk")).err(), locked);
    assert_eq!(drafts.list().err(), locked);
    assert_eq!(drafts.get(kept.id).err(), locked);
    assert_eq!(drafts.discard(kept.id).err(), locked);
    assert_eq!(drafts.propose(kept.id, anna.relationship).err(), locked);
}
