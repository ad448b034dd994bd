//! Two people who have worked together for years, each on a device.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, mpsc};

use common_ground::home::{Change, CommonGround, KeyName, NewProfile, Observer, Subscription};
use common_ground::id::{GoalId, RelationshipId};
use common_ground::link::{ExchangeReport, Link, Reach};
use common_ground::plan::{GoalEdit, NewGoal, NewRating, NewTask, Plan, TaskOwner};
use common_ground::relationship::{Confirmation, Role, TERMS_VERSION, WayOfMeeting};
use common_ground::{Error, Result};
use rusqlite::Connection;

use super::common::{Vault, text};

pub(crate) const GOALS: usize = 30;
/// In five years.
const TASKS: usize = 600;
const RATINGS: usize = 7_800;

/// One person's device.
pub(crate) struct Device {
    folder: tempfile::TempDir,
    vault: Arc<Vault>,
    /// Nothing while it is shut, so that opening does not pay for forgetting.
    home: Option<Arc<CommonGround>>,
}

impl Device {
    fn new(role: Role) -> Self {
        let (folder, vault) = (tempfile::tempdir().unwrap(), Arc::new(Vault::default()));
        let profile = NewProfile { role, display_name: "Somebody".to_owned() };
        let home = CommonGround::create(text(folder.path()), vault.clone(), profile).unwrap();
        Self { folder, vault, home: Some(home) }
    }

    fn home(&self) -> &CommonGround {
        self.home.as_ref().unwrap()
    }

    pub(crate) fn shut(&mut self) {
        self.home.take().unwrap().shut();
    }

    pub(crate) fn open(&mut self) {
        self.home = Some(CommonGround::open(text(self.folder.path()), self.vault.clone()).unwrap());
    }

    pub(crate) fn shared(&self) -> PathBuf {
        self.folder.path().join("shared.db")
    }

    /// Another connection to the shared file, with the settings of ours.
    pub(crate) fn look_inside(&self) -> Connection {
        let file = Connection::open(self.shared()).unwrap();
        file.execute_batch(&self.vault.pragma(KeyName::Shared)).unwrap();
        file
    }
}

/// Both of them.
pub(crate) struct Couple {
    pub(crate) client: Device,
    pub(crate) therapist: Device,
    pub(crate) relationship: RelationshipId,
    pub(crate) goals: Vec<GoalId>,
    runtime: tokio::runtime::Runtime,
}

impl Couple {
    /// A plan of so many years: thirty goals; for every five years 600 tasks, 7,800 ratings, and the reasons of a
    /// goal written on 600 times. All of it on the client's device.
    pub(crate) fn after(years: usize) -> Self {
        let runtime = tokio::runtime::Runtime::new().unwrap();
        let (client, therapist) = (Device::new(Role::Client), Device::new(Role::Therapist));
        let relationship = runtime.block_on(pair(&client, &therapist));
        let mut couple = Self { client, therapist, relationship, goals: Vec::new(), runtime };
        let plan = couple.plan();
        couple.goals = (0..GOALS).map(|n| propose(&plan, n)).collect();
        let tasks = TASKS * years / 5;
        for n in 0..tasks {
            let goal = couple.goals[n % GOALS];
            (0..RATINGS / TASKS).for_each(|_| rate(&plan, goal));
            let what = format!("Practise, week {n}");
            let task = NewTask { what, owner: TaskOwner::Client, due: None, repeats: None };
            plan.add_task(goal, task).unwrap();
            let shown = plan.goal(goal).unwrap();
            let why = format!("{} Note {n}.", shown.why.split(" Note").next().unwrap_or_default());
            let edit = GoalEdit { why: Some(why), ..GoalEdit::default() };
            plan.edit_goal(goal, shown.version, edit).unwrap();
        }
        couple
    }

    pub(crate) fn plan(&self) -> Arc<Plan> {
        self.client.home().plan(self.relationship).unwrap()
    }

    pub(crate) fn their_plan(&self) -> Arc<Plan> {
        self.therapist.home().plan(self.relationship).unwrap()
    }

    /// Brings both online.
    pub(crate) fn meet(&self) -> Meeting<'_> {
        let (here, there) = self.runtime.block_on(async {
            let here = self.client.home().go_online(Reach::ThisMachine).await.unwrap();
            (here, self.therapist.home().go_online(Reach::ThisMachine).await.unwrap())
        });
        Meeting { couple: self, here, there }
    }
}

/// Both are online.
pub(crate) struct Meeting<'a> {
    couple: &'a Couple,
    here: Arc<Link>,
    there: Arc<Link>,
}

impl Meeting<'_> {
    /// Brings both level. They stay connected.
    pub(crate) fn come_level(&self) -> ExchangeReport {
        let relationship = self.couple.relationship;
        let report = self.couple.runtime.block_on(async {
            let (mine, theirs) =
                tokio::join!(self.here.exchange(relationship, 30), self.there.exchange(relationship, 30));
            theirs.unwrap();
            mine.unwrap()
        });
        assert!(report.in_step && report.refused_here + report.refused_there == 0);
        report
    }

    /// What the therapist's device tells.
    pub(crate) fn listen(&self) -> Listening {
        let (told, news) = mpsc::channel();
        let subscription = self.couple.therapist.home().subscribe(Arc::new(Told(Mutex::new(told))));
        Listening { news, _subscription: subscription }
    }

    pub(crate) fn end(self) {
        self.couple.runtime.block_on(async { tokio::join!(self.here.go_offline(), self.there.go_offline()) });
    }
}

struct Told(Mutex<mpsc::Sender<()>>);

impl Observer for Told {
    fn on_change(&self, change: Change) -> Result<()> {
        if matches!(change, Change::Plan { by_other: true, .. }) {
            self.0.lock().unwrap().send(()).map_err(|_| Error::Closed)?;
        }
        Ok(())
    }
}

pub(crate) struct Listening {
    news: mpsc::Receiver<()>,
    _subscription: Arc<Subscription>,
}

impl Listening {
    /// Waits until a change of the other has arrived and is durable.
    pub(crate) fn hears(&self) {
        self.news.recv_timeout(std::time::Duration::from_secs(30)).unwrap();
    }
}

fn propose(plan: &Plan, n: usize) -> GoalId {
    let goal = NewGoal {
        title: format!("Goal number {n}"),
        why: "Because it would make the days lighter and the nights quieter.".to_owned(),
        success: Some("I notice it.".to_owned()),
        known_by: None,
        by_when: None,
        first_step: None,
        descent: None,
    };
    plan.propose_goal(goal).unwrap().summary.id
}

pub(crate) fn rate(plan: &Plan, goal: GoalId) {
    plan.rate(goal, NewRating { value: 5, helped: None, hindered: None }).unwrap();
}

async fn pair(client: &Device, therapist: &Device) -> RelationshipId {
    let here = client.home().go_online(Reach::ThisMachine).await.unwrap();
    let there = therapist.home().go_online(Reach::ThisMachine).await.unwrap();
    let offered = here.offer_pairing(WayOfMeeting::SameNetwork).await.unwrap();
    let ticket = offered.ticket().unwrap().text;
    let taken = there.redeem(ticket).await.unwrap();
    let (one, two) = tokio::join!(offered.code(), taken.code());
    one.and(two).unwrap();
    let (one, two) = tokio::join!(
        offered.confirm(Confirmation::Compared { read_terms: TERMS_VERSION }),
        taken.confirm(Confirmation::Compared { read_terms: TERMS_VERSION })
    );
    two.unwrap();
    here.go_offline().await;
    there.go_offline().await;
    one.unwrap().id
}
