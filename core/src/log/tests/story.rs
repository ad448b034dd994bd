//! Two people, from their first profile to the last lock, with words everywhere that nobody else would write: none of
//! them may reach a line.

use std::path::{Path, PathBuf};

use tempfile::TempDir;

use super::*;
use crate::clock::RealWorld;
use crate::handing_over::ExcerptDraft;
use crate::home::tests::Vault;
use crate::home::{Change, CommonGround, KeyName, KeyVault, NewProfile, Observer};
use crate::id::RelationshipId;
use crate::journal::{EntryFilter, ExportFormat, ExportOptions, ImportOptions, NewEntry, Told};
use crate::keeping::{BackupKey, BackupSecret, check_backup, erase_everything, restore_backup};
use crate::link::{Direction, FrameObserver, Link, Reach};
use crate::plan::{NewGoal, NewTask, TaskOwner};
use crate::progress::Progress;
use crate::relationship::{Confirmation, Role, TERMS_VERSION, WayOfMeeting};
use crate::store::scratch;

/// Stands in every text that somebody writes, names, types or answers in this story.
const WORD: &str = "Zwetschgenknoedel";

/// A text of that person's.
fn words(what: &str) -> String {
    format!("{what} {WORD} 🙂")
}

/// A vault, an observer, a progress and an observer of frames that fail with words in what they say.
struct Failing;

fn failure() -> Error {
    Error::Vault { reason: words("refused") }
}

impl KeyVault for Failing {
    fn load(&self, _: KeyName) -> Result<Option<Vec<u8>>> {
        Err(failure())
    }

    fn keep(&self, _: KeyName, _: Vec<u8>) -> Result<()> {
        Err(failure())
    }

    fn forget(&self, _: KeyName) -> Result<()> {
        Err(failure())
    }
}

impl Observer for Failing {
    fn on_change(&self, change: Change) -> Result<()> {
        match change {
            Change::Journal { .. } => panic!("{}", words("an observer that panics, as it should")),
            _ => Err(failure()),
        }
    }
}

impl Progress for Failing {
    fn on_progress(&self, _: u64, _: Option<u64>) -> Result<bool> {
        Err(failure())
    }
}

impl FrameObserver for Failing {
    fn on_frame(&self, _: RelationshipId, _: Direction, _: Vec<u8>) -> Result<()> {
        Err(failure())
    }
}

/// One of the two.
struct Side {
    folder: TempDir,
    vault: Arc<Vault>,
    home: Arc<CommonGround>,
}

impl Side {
    fn new(role: Role, name: &str) -> Self {
        let (folder, vault) = (scratch(), Arc::<Vault>::default());
        let profile = NewProfile { role, display_name: words(name) };
        let place = folder.path().join(WORD);
        let home = CommonGround::create_in(place, vault.clone(), &profile, Arc::new(RealWorld));
        Self { folder, vault, home: home.expect("a home") }
    }

    /// A path with the word in it.
    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(format!("{WORD}-{name}"))
    }

    fn text_path(&self, name: &str) -> String {
        self.path(name).to_string_lossy().into_owned()
    }

    fn home_path(&self) -> String {
        self.folder.path().join(WORD).to_string_lossy().into_owned()
    }
}

async fn pair(client: &Link, therapist: &Link) -> RelationshipId {
    let offer = therapist.offer_pairing(WayOfMeeting::SameNetwork).await.expect("an offer");
    assert!(client.redeem(words("no ticket")).await.is_err());
    let redeemed = client.redeem(offer.ticket().expect("a ticket").text).await.expect("redeemed");
    let how = Confirmation::Compared { read_terms: TERMS_VERSION };
    let (here, there) = tokio::join!(redeemed.confirm(how), offer.confirm(how));
    there.expect("paired");
    here.expect("paired").id
}

/// What the client keeps alone: writing, attaching, export, import, backup and bringing it back.
fn keeps_a_diary(client: &Side) {
    let journal = client.home.journal();
    std::fs::write(client.path("photo.png"), words("a photo")).expect("written");
    let attached = journal.take_in_file(client.text_path("photo.png"), None, None, None).expect("attached");
    let entry = NewEntry {
        text: words("In the morning"),
        title: Some(words("Title")),
        tags: vec![WORD.to_owned()],
        attachments: vec![attached.clone()],
        ..NewEntry::default()
    };
    let written = journal.add(entry).expect("written");
    journal.save_attachment(attached.attachment, client.text_path("saved"), false, None).expect("saved");
    journal.bin(written.id).expect("binned");
    journal.restore(written.id).expect("restored");
    let export = |format, to: &str| {
        let (filter, options) = (EntryFilter::default(), ExportOptions::default());
        let (to, told) = (client.text_path(to), Told::AnyoneCanReadIt);
        journal.export(to, format, filter, options, told, None)
    };
    export(ExportFormat::JrnlJson, "diary.json").expect("exported");
    assert!(export(ExportFormat::JrnlJson, "diary.json").is_err(), "it is there already");
    let import =
        |name: &str, progress| journal.import(client.text_path(name), ImportOptions::default(), progress);
    import("diary.json", None).expect("imported");
    assert!(import("diary.json", Some(Arc::new(Failing))).is_err());
    assert!(import("nowhere.json", None).is_err());
    std::fs::write(client.path("broken.json"), words("{")).expect("written");
    assert!(import("broken.json", None).is_err());
    keeps_a_backup(client);
}

fn keeps_a_backup(client: &Side) {
    let passphrase = || words("passphrase");
    let key = BackupKey::Passphrase { passphrase: passphrase() };
    client.home.make_backup(client.text_path("backup"), key, false, None).expect("a backup");
    let wrong = BackupSecret::Passphrase { passphrase: words("another") };
    assert!(check_backup(client.text_path("backup"), wrong, None).is_err());
    let (right, vault) = (BackupSecret::Passphrase { passphrase: passphrase() }, Arc::<Vault>::default());
    let again = client.text_path("again");
    restore_backup(client.text_path("backup"), right, again.clone(), vault.clone(), None).expect("restored");
    assert!(CommonGround::open(again.clone(), Arc::new(Failing)).is_err());
    assert!(CommonGround::open(client.text_path("nowhere"), vault).is_err());
    assert!(erase_everything(again, Arc::new(Failing)).is_err());
}

/// What the two share: goals, a task, an excerpt that is taken back, and files carried by hand.
async fn share(client: (&Side, &Link), therapist: (&Side, &Link), id: RelationshipId) {
    let plan = client.0.home.plan(id).expect("a plan");
    let goal = NewGoal { title: words("Goal"), why: words("Why"), ..NewGoal::default() };
    let goal = plan.propose_goal(goal).expect("proposed");
    let _agreed = plan.agree(goal.summary.id, goal.digest).expect("agreed");
    let task = NewTask { what: words("Task"), owner: TaskOwner::Client, due: None, repeats: None };
    plan.add_task(goal.summary.id, task).expect("a task");
    let entry = NewEntry { text: words("For you"), ..NewEntry::default() };
    let entry = client.0.home.journal().add(entry).expect("written");
    let sharing = client.0.home.sharing(id).expect("sharing");
    let draft = ExcerptDraft::of(entry.id);
    let seen = sharing.preview(draft.clone()).expect("a preview").digest;
    let parcel = sharing.hand_over(draft, seen).expect("handed over");
    level(client.1, therapist.1, id).await;
    let shown = therapist.0.home.plan(id).expect("a plan").goal(goal.summary.id).expect("the goal");
    therapist.0.home.plan(id).expect("a plan").agree(shown.summary.id, shown.digest).expect("agreed");
    therapist.0.home.sharing(id).expect("sharing").open(parcel).expect("opened");
    sharing.take_back(parcel).expect("taken back");
    level(client.1, therapist.1, id).await;
    client.0.home.carry_out(id, client.0.text_path("carried"), false, None).expect("written");
    therapist.0.home.carry_in(client.0.text_path("carried"), None).expect("taken in");
    assert!(client.0.home.carry_in(client.0.text_path("photo.png"), None).is_err());
}

async fn level(client: &Link, therapist: &Link, id: RelationshipId) {
    let (here, there) = tokio::join!(client.exchange(id, 30), therapist.exchange(id, 30));
    assert!(here.expect("an exchange").in_step && there.expect("an exchange").in_step);
}

fn lives(relationship: &mut Option<RelationshipId>) {
    let (client, therapist) = (Side::new(Role::Client, "Mira"), Side::new(Role::Therapist, "Ben"));
    let _failing = client.home.subscribe(Arc::new(Failing));
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    runtime.block_on(async {
        let at_client = client.home.go_online(Reach::ThisMachine).await.expect("online");
        let at_therapist = therapist.home.go_online(Reach::ThisMachine).await.expect("online");
        at_client.watch_frames(Some(Arc::new(Failing)));
        let id = *relationship.insert(pair(&at_client, &at_therapist).await);
        keeps_a_diary(&client);
        share((&client, &at_client), (&therapist, &at_therapist), id).await;
        at_client.to_background().await;
        at_client.to_foreground().await;
        at_client.go_offline().await;
    });
    client.home.lock();
    client.home.unlock().expect("unlocked");
    client.home.shut();
    let opened = CommonGround::open(client.home_path(), client.vault.clone()).expect("opened");
    opened.erase_everything().expect("erased");
    therapist.home.shut();
}

/// What kind of event it is, without its numbers.
fn kind(event: &LogEvent) -> String {
    format!("{event:?}").split([' ', '{']).next().unwrap_or_default().to_owned()
}

#[test]
fn of_a_whole_life_of_two_people_developers_hear_much_and_not_one_word() {
    let mut relationship = None;
    let lines = told(LogLevel::Debug, || lives(&mut relationship));
    let relationship = relationship.expect("a relationship");
    let file = Path::new("/").join(WORD);
    for line in &lines {
        let all = format!("{} {:?}", line.text, line.event);
        assert!(!all.to_lowercase().contains(&WORD.to_lowercase()), "{all}");
        for other in ["Mira", "Ben ", "passphrase 🙂", "127.0.0.1", "/tmp", &*file.to_string_lossy()] {
            assert!(!all.contains(other), "{all}");
        }
        assert!(!line.text.is_empty() && !line.text.contains('\n'), "{all}");
    }
    let told_of: std::collections::BTreeSet<String> = lines.iter().map(|line| kind(&line.event)).collect();
    for expected in [
        "Created",
        "Opened",
        "OpeningFailed",
        "Locked",
        "Unlocked",
        "Shut",
        "Done",
        "Cancelled",
        "Failed",
        "CallbackFailed",
        "CallbackPanicked",
        "Online",
        "Offline",
        "Resting",
        "Awake",
        "DoorwayOpened",
        "Pairing",
        "PairingFailed",
        "ExcerptsErased",
    ] {
        assert!(told_of.contains(expected), "{expected} is missing: {told_of:?}");
    }
    let of_the_two = |wanted: &dyn Fn(&LogEvent) -> bool| {
        assert!(lines.iter().any(|line| wanted(&line.event)), "{told_of:?}");
    };
    of_the_two(&|event| matches!(event, LogEvent::Paired { relationship: id } if *id == relationship));
    of_the_two(&|event| matches!(event, LogEvent::Connected { relationship: id, .. } if *id == relationship));
    of_the_two(&|event| matches!(event, LogEvent::Link { relationship: id, .. } if *id == relationship));
    of_the_two(&|event| {
        matches!(event, LogEvent::ExchangeEnded { relationship: id, received, sent, bytes_received, bytes_sent, why: None, .. }
            if *id == relationship && *received > 0 && *sent > 0 && *bytes_received > 0 && *bytes_sent > 0)
    });
}
