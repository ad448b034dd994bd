//! An exported agreement is checked by the program in `docs/`, which knows nothing of this code.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::Mutex;

use common_ground::id::{GoalId, RelationshipId};
use common_ground::link::Reach;
use common_ground::plan::{Goal, GoalEdit, NewGoal, Plan};
use common_ground::relationship::{Confirmation, Role, TERMS_VERSION, WayOfMeeting};
use common_ground_tests::{Device, not_run, wait, wait_both};
use serde_json::Value;

use super::build_folder;

/// What the program needs, in the version that these tests were written against.
const PACKAGE: &str = "cryptography==45.0.7";

/// Tests run side by side; the first of them installs it.
static INSTALLING: Mutex<()> = Mutex::new(());

/// A Python that has what the program needs. Nothing, said aloud, where there is none.
fn python() -> Option<PathBuf> {
    let venv = build_folder().join("verify_agreement");
    let (python, ready) = (venv.join("bin").join("python"), venv.join("ready"));
    let _one_at_a_time = INSTALLING.lock();
    if !ready.exists() {
        let cache = build_folder().join("pip-cache");
        let install = Command::new("python3").args(["-m", "venv"]).arg(&venv).output().and_then(|_| {
            Command::new(venv.join("bin").join("pip"))
                .args(["install", "--quiet", "--disable-pip-version-check", "--timeout", "20", PACKAGE])
                .env("PIP_CACHE_DIR", cache)
                .stdin(Stdio::null())
                .output()
        });
        if !install.as_ref().is_ok_and(|output| output.status.success()) {
            let why = match install {
                Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
                Err(error) => error.to_string(),
            };
            not_run("verify_agreement.py", &format!("{PACKAGE} could not be installed from PyPI: {why}"));
            return None;
        }
        std::fs::write(ready, "").unwrap();
    }
    Some(python)
}

/// Runs the program on a file with this content: how it ended, and what it said.
fn verify(python: &PathBuf, content: &str) -> (Option<i32>, String) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("agreement.json");
    std::fs::write(&file, content).unwrap();
    let program = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/verify_agreement.py");
    let output = Command::new(python)
        .arg(program)
        .arg(file)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("PYTHONUTF8", "1")
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert!(output.stderr.is_empty(), "{}", String::from_utf8_lossy(&output.stderr));
    (output.status.code(), String::from_utf8(output.stdout).unwrap())
}

/// Two who have paired over a link and have agreed to a goal.
struct Agreed {
    client: Device,
    therapist: Device,
    relationship: RelationshipId,
    goal: GoalId,
}

impl Agreed {
    fn new(title: &str) -> Self {
        let (client, therapist) =
            (Device::new(Role::Client, "Änne"), Device::new(Role::Therapist, "Dr. Berg"));
        let (here, there) = [&client, &therapist]
            .map(|device| wait(device.home.go_online(Reach::ThisMachine)).unwrap())
            .into();
        let offer = wait(there.offer_pairing(WayOfMeeting::SameNetwork)).unwrap();
        let redeemed = wait(here.redeem(offer.ticket().unwrap().text)).unwrap();
        let (words, same) = wait_both(redeemed.code(), offer.code());
        assert!(words.unwrap().words == same.unwrap().words);
        let (paired, _) = wait_both(
            redeemed.confirm(Confirmation::Compared { read_terms: TERMS_VERSION }),
            offer.confirm(Confirmation::Compared { read_terms: TERMS_VERSION }),
        );
        let relationship = paired.unwrap().id;
        let exchange = || {
            let (one, two) = wait_both(here.exchange(relationship, 30), there.exchange(relationship, 30));
            one.unwrap();
            two.unwrap();
        };
        let proposed = NewGoal {
            title: title.to_owned(),
            why: "Damit der Morgen\nwieder mir gehört. 👩‍👧".to_owned(),
            success: Some("Fünf Nächte von sieben".to_owned()),
            ..NewGoal::default()
        };
        let plan = client.home.plan(relationship).unwrap();
        let goal = plan.propose_goal(proposed).unwrap();
        let known_by = GoalEdit {
            known_by: Some("The sleep diary says so".to_owned()),
            by_when: Some(common_ground::plan::DayEdit::Day { day: "2027-01-31".parse().unwrap() }),
            ..GoalEdit::default()
        };
        let goal = plan.edit_goal(goal.summary.id, goal.version, known_by).unwrap();
        let goal = plan.agree(goal.summary.id, goal.digest).unwrap().summary.id;
        exchange();
        therapist.clock.pass(3_600);
        let plan = therapist.home.plan(relationship).unwrap();
        plan.agree(goal, plan.goal(goal).unwrap().digest).unwrap();
        exchange();
        Self { client, therapist, relationship, goal }
    }

    fn plan_of(device: &Device, relationship: RelationshipId) -> std::sync::Arc<Plan> {
        device.home.plan(relationship).unwrap()
    }

    fn at_client(&self) -> (std::sync::Arc<Plan>, Goal) {
        let plan = Self::plan_of(&self.client, self.relationship);
        let goal = plan.goal(self.goal).unwrap();
        (plan, goal)
    }

    /// The file, as the client's app makes it.
    fn exported(&self) -> String {
        let (plan, goal) = self.at_client();
        plan.export_agreement(self.goal, goal.sealed.unwrap().digest).unwrap()
    }
}

#[test]
fn another_program_verifies_an_exported_agreement_alone() {
    let Some(python) = python() else { return };
    let agreed = Agreed::new("Schlafen");
    let (ended, said) = verify(&python, &agreed.exported());
    assert_eq!(ended, Some(0), "{said}");
    assert!(said.starts_with("VALID: "), "{said}");
    for device in [&agreed.client, &agreed.therapist] {
        let profile = device.home.profile().unwrap();
        assert!(said.contains(&profile.display_name) && said.contains(&profile.fingerprint), "{said}");
    }
    for words in
        ["Title: Schlafen", "wieder mir gehört. 👩‍👧", "to the client: Fünf", "diary says so", "2027-01-31"]
    {
        assert!(said.contains(words), "{words} is missing in {said}");
    }
    assert!(!said.contains("WITHDRAW"));
    // The therapist's app tells the same.
    let plan = Agreed::plan_of(&agreed.therapist, agreed.relationship);
    let digest = plan.goal(agreed.goal).unwrap().sealed.unwrap().digest;
    assert_eq!(verify(&python, &plan.export_agreement(agreed.goal, digest).unwrap()).0, Some(0));
    // After a withdrawal, the file says so.
    let (plan, goal) = agreed.at_client();
    plan.withdraw(agreed.goal, goal.sealed.unwrap().digest).unwrap();
    let (ended, said) = verify(&python, &plan.export_agreement(agreed.goal, digest).unwrap());
    assert_eq!(ended, Some(0), "{said}");
    assert!(said.contains("Änne (client) WITHDRAWS THE AGREEMENT"), "{said}");
    assert!(said.contains("no longer in force: withdrawn by Änne (client)."), "{said}");
}

/// The client has lost device and backup; the therapist's device brings them back.
fn comes_back(agreed: Agreed) -> Agreed {
    let Agreed { client, therapist, relationship, goal } = agreed;
    client.home.shut();
    let client = Device::new(Role::Client, "Änne");
    let [here, there] =
        [&client, &therapist].map(|device| wait(device.home.go_online(Reach::ThisMachine)).unwrap());
    let offer = wait(there.offer_pairing_again(relationship)).unwrap();
    let redeemed = wait(here.redeem(offer.ticket().unwrap().text)).unwrap();
    let how = Confirmation::Compared { read_terms: TERMS_VERSION };
    let (back, stays) = wait_both(redeemed.confirm(how), offer.confirm(how));
    assert!(back.unwrap().id == relationship && stays.unwrap().id == relationship);
    assert!(wait(here.exchange(relationship, 30)).unwrap().in_step);
    drop((here, there));
    Agreed { client, therapist, relationship, goal }
}

#[test]
fn what_was_agreed_under_a_key_that_was_lost_is_verified_and_said_to_be_so() {
    let Some(python) = python() else { return };
    let agreed = Agreed::new("Schlafen");
    let before = agreed.client.home.profile().unwrap();
    let agreed = comes_back(agreed);
    let now = agreed.client.home.profile().unwrap();
    assert!(before.person == now.person && before.fingerprint != now.fingerprint);
    let (plan, goal) = agreed.at_client();
    let digest = goal.sealed.unwrap().digest;
    let at_therapist = Agreed::plan_of(&agreed.therapist, agreed.relationship);
    let a_former_key =
        format!("a former key of theirs, says the app that made this file: now it shows {}", now.fingerprint);
    for plan in [&plan, &at_therapist] {
        let (ended, said) = verify(&python, &plan.export_agreement(agreed.goal, digest).unwrap());
        assert_eq!(ended, Some(0), "{said}");
        assert!(said.contains(&before.fingerprint) && said.contains(&a_former_key), "{said}");
        assert!(
            said.matches("a former key").count() == 1 && said.contains("this file cannot prove"),
            "{said}"
        );
    }
    // What is signed from now on is signed with the key that the app shows.
    plan.withdraw(agreed.goal, digest).unwrap();
    let (ended, said) = verify(&python, &plan.export_agreement(agreed.goal, digest).unwrap());
    assert_eq!(ended, Some(0), "{said}");
    assert!(said.contains("no longer in force: withdrawn by Änne (client)."), "{said}");
    assert!(said.contains(&format!("with the key whose fingerprint is {}", now.fingerprint)), "{said}");
    let why = GoalEdit { why: Some("Neu".to_owned()), ..GoalEdit::default() };
    let goal = plan.goal(agreed.goal).unwrap();
    let goal = plan.edit_goal(agreed.goal, goal.version, why).unwrap();
    plan.agree(agreed.goal, goal.digest).unwrap();
    let links = [&agreed.client, &agreed.therapist]
        .map(|device| wait(device.home.go_online(Reach::ThisMachine)).unwrap());
    assert!(wait(links[0].exchange(agreed.relationship, 30)).unwrap().in_step);
    at_therapist.agree(agreed.goal, at_therapist.goal(agreed.goal).unwrap().digest).unwrap();
    let (ended, said) = verify(&python, &at_therapist.export_agreement(agreed.goal, goal.digest).unwrap());
    assert_eq!(ended, Some(0), "{said}");
    assert!(said.contains("Why: Neu") && !said.contains("former key"), "{said}");
}

#[test]
fn whatever_is_changed_in_an_exported_agreement_the_other_program_says_no() {
    let Some(python) = python() else { return };
    let (agreed, another) = (Agreed::new("Schlafen"), Agreed::new("Schlafen"));
    let (file, other) = (agreed.exported(), another.exported());
    let read = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    assert_eq!(verify(&python, &file).0, Some(0));
    let other = read(&other);
    // Each with a word of what has to be said about it.
    type Change<'a> = (&'a str, Box<dyn Fn(&mut Value) + 'a>);
    let swap = |part: &'static str| {
        move |file: &mut Value| {
            let (one, two) = (file["statements"][0][part].clone(), file["statements"][1][part].clone());
            (file["statements"][0][part], file["statements"][1][part]) = (two, one);
        }
    };
    let changes: [Change<'_>; 13] = [
        ("to be read", Box::new(|file| file["wording"]["title"] = "Schlaffen".into())),
        ("to be read", Box::new(|file| file["wording"]["by_when"] = "2027-02-01".into())),
        (
            "with this digest",
            Box::new(|file| file["wording"]["canonical"] = other["wording"]["canonical"].clone()),
        ),
        ("another wording", Box::new(|file| with_another_title(&python, file))),
        ("signature is not valid", Box::new(swap("signature"))),
        ("what was signed", Box::new(swap("signed"))),
        ("what was signed", Box::new(swap("fingerprint"))),
        ("another relationship", Box::new(|file| file["relationship"] = other["relationship"].clone())),
        ("another relationship", Box::new(|file| file["statements"][0] = other["statements"][0].clone())),
        ("two other people", Box::new(|file| file["people"][1]["person"] = "00".repeat(16).into())),
        ("has not signed", Box::new(|file| file["statements"][1] = file["statements"][0].clone())),
        ("another goal", Box::new(|file| file["goal"] = other["goal"].clone())),
        ("is missing", Box::new(|file| file["statements"][1]["signature"] = "???".into())),
    ];
    for (number, (why, change)) in changes.iter().enumerate() {
        let mut changed = read(&file);
        change(&mut changed);
        let (ended, said) = verify(&python, &changed.to_string());
        assert!(
            ended == Some(1) && said.starts_with("NOT VALID: ") && said.contains(why),
            "{number}: {said}"
        );
    }
    for nonsense in ["", "[]", "{}", "null", "\u{1b}[2J", &file[..file.len() / 2]] {
        let (ended, said) = verify(&python, nonsense);
        assert!(ended == Some(1) && said.starts_with("NOT VALID: "), "{said}");
    }
}

/// The same wording with another title, to be read and as bytes, with the digest that it has: all but the signatures.
fn with_another_title(python: &PathBuf, file: &mut Value) {
    let change = "import base64, hashlib, json, sys\n\
                  file = json.loads(sys.argv[1])\n\
                  words = file['wording']\n\
                  data = base64.b64decode(words['canonical']).replace(b'Schlafen', b'Schlafeh')\n\
                  words['title'] = 'Schlafeh'\n\
                  words['canonical'] = base64.b64encode(data).decode()\n\
                  words['digest'] = hashlib.sha256(data).hexdigest()\n\
                  print(json.dumps(file))";
    let output = Command::new(python).args(["-c", change, &file.to_string()]).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    *file = serde_json::from_slice(&output.stdout).unwrap();
}
