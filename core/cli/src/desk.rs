//! What every command has at hand: the words, the screen, the folders, and the open home.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::fmt::Display;
use std::future::Future;
use std::io::{BufRead, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use common_ground::home::CommonGround;
use common_ground::id::{GoalId, PersonId, RelationshipId, TaskId};
use common_ground::plan::{Goal, Plan, PlanVersion, Task};
use common_ground::relationship::{Profile, Relationship};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use zeroize::Zeroizing;

use crate::args::Global;
use crate::failure::{Exit, Failure};
use crate::folders::Folders;
use crate::keys::{KeyFailure, KeyFile};
use crate::screen::Screen;
use crate::words::{Words, say};

/// What every command has at hand.
pub(crate) struct Desk {
    pub(crate) words: Arc<Words>,
    pub(crate) screen: Arc<Screen>,
    pub(crate) folders: Folders,
    with: Option<String>,
    passphrase_file: Option<PathBuf>,
    json: Cell<bool>,
    yes: Cell<bool>,
    runtime: OnceCell<Runtime>,
    home: OnceCell<Arc<CommonGround>>,
    /// What this process has shown last, so that a number typed at the prompt means what the person saw
    /// and an edit carries the version that it was made on.
    pub(crate) shown: RefCell<Shown>,
}

/// What the person saw last.
#[derive(Default)]
pub(crate) struct Shown {
    /// The list of goals.
    pub(crate) goals: Option<Vec<GoalId>>,
    /// The list of tasks.
    pub(crate) tasks: Option<Vec<TaskId>>,
    /// Goals as they were shown.
    pub(crate) goal: HashMap<GoalId, Goal>,
    /// Tasks as they were shown.
    pub(crate) task: HashMap<TaskId, Task>,
    /// The version of a plan when its news were shown.
    pub(crate) news: HashMap<RelationshipId, PlanVersion>,
}

impl Desk {
    pub(crate) fn new(global: &Global, words: Arc<Words>, screen: Arc<Screen>) -> Result<Self, Failure> {
        let folders = Folders::choose(global.home.as_deref(), &words)?;
        Ok(Self {
            words,
            screen,
            folders,
            with: global.with.clone(),
            passphrase_file: global.passphrase_file.clone(),
            json: Cell::new(global.json),
            yes: Cell::new(global.yes),
            runtime: OnceCell::new(),
            home: OnceCell::new(),
            shown: RefCell::default(),
        })
    }

    /// Whether one JSON document is wanted.
    pub(crate) fn json(&self) -> bool {
        self.json.get()
    }

    /// What was set: one JSON document, and yes to confirmations.
    pub(crate) fn flags(&self) -> (bool, bool) {
        (self.json.get(), self.yes.get())
    }

    /// Sets what a line at the prompt asks for.
    pub(crate) fn set_flags(&self, json: bool, yes: bool) {
        self.json.set(json);
        self.yes.set(yes);
    }

    /// The home, opened at the first call.
    pub(crate) fn home(&self) -> Result<Arc<CommonGround>, Failure> {
        if let Some(home) = self.home.get() {
            return Ok(home.clone());
        }
        let vault = self.open_keys()?;
        let home = CommonGround::open(path_text(self.folders.data()), vault)?;
        Ok(self.home.get_or_init(|| home).clone())
    }

    /// The key file, its passphrase asked for where it has one.
    pub(crate) fn open_keys(&self) -> Result<Arc<KeyFile>, Failure> {
        let path = self.folders.key_file();
        let opened = KeyFile::open(&path, || self.passphrase().map_err(Asked::Failed));
        match opened {
            Ok(file) => Ok(Arc::new(file)),
            Err(Asked::Failed(failure)) => Err(failure),
            Err(Asked::Key(failure)) => Err(self.key_failure(failure)),
        }
    }

    /// What a key file that cannot be used means to the person.
    pub(crate) fn key_failure(&self, failure: KeyFailure) -> Failure {
        let path = self.folders.key_file().display().to_string();
        let words = &self.words;
        // Data without keys is another matter than nothing at all.
        let data_here = self.folders.data().read_dir().is_ok_and(|mut files| files.next().is_some());
        match failure {
            KeyFailure::Missing if !data_here => Failure::Core(common_ground::Error::NoProfile),
            KeyFailure::Missing => {
                Failure::told(Exit::Locked, say!(words, "error-keys-missing", "path" => path))
            }
            KeyFailure::WrongPassphrase => Failure::told(Exit::Locked, say!(words, "error-wrong-passphrase")),
            KeyFailure::Damaged => {
                Failure::told(Exit::Unreadable, say!(words, "error-keys-damaged", "path" => path))
            }
            KeyFailure::Newer => {
                Failure::told(Exit::Unreadable, say!(words, "error-keys-newer", "path" => path))
            }
            KeyFailure::KeyExists => {
                Failure::told(Exit::Failed, say!(words, "error-keys-exist", "path" => path))
            }
            KeyFailure::File(kind) => Failure::told(
                Exit::Failed,
                say!(words, "error-file-named", "path" => path, "reason" => kind.to_string()),
            ),
            KeyFailure::Crypto => Failure::told(Exit::Failed, say!(words, "error-crypto")),
        }
    }

    /// The passphrase of this home: from the file given, or typed without echo.
    fn passphrase(&self) -> Result<Zeroizing<String>, Failure> {
        match &self.passphrase_file {
            Some(file) => self.first_line(file),
            None => self.type_secret(&say!(self.words, "ask-passphrase")),
        }
    }

    /// A new passphrase: from the file given, or typed twice.
    pub(crate) fn new_passphrase(&self, file: Option<&Path>) -> Result<Zeroizing<String>, Failure> {
        self.chosen_passphrase(
            file.or(self.passphrase_file.as_deref()),
            &say!(self.words, "ask-new-passphrase"),
        )
    }

    /// A passphrase for a backup: from the file given, or typed twice. That of the keys is another.
    pub(crate) fn new_backup_passphrase(&self, file: Option<&Path>) -> Result<Zeroizing<String>, Failure> {
        self.chosen_passphrase(file, &say!(self.words, "ask-new-backup-passphrase"))
    }

    fn chosen_passphrase(&self, file: Option<&Path>, prompt: &str) -> Result<Zeroizing<String>, Failure> {
        let passphrase = match file {
            Some(file) => self.first_line(file)?,
            None => {
                let first = self.type_secret(prompt)?;
                let again = self.type_secret(&say!(self.words, "ask-passphrase-again"))?;
                if *first != *again {
                    return Err(Failure::told(Exit::Failed, say!(self.words, "error-passphrases-differ")));
                }
                first
            }
        };
        if passphrase.is_empty() {
            return Err(Failure::told(Exit::Usage, say!(self.words, "error-passphrase-empty")));
        }
        Ok(passphrase)
    }

    /// The first line of a file.
    pub(crate) fn first_line(&self, file: &Path) -> Result<Zeroizing<String>, Failure> {
        let text = std::fs::read_to_string(file)
            .map(Zeroizing::new)
            .map_err(|error| Failure::file(&self.words, file, &error))?;
        Ok(Zeroizing::new(text.lines().next().unwrap_or_default().to_owned()))
    }

    /// Something typed without echo.
    pub(crate) fn type_secret(&self, prompt: &str) -> Result<Zeroizing<String>, Failure> {
        rpassword::prompt_password(prompt)
            .map(Zeroizing::new)
            .map_err(|_| Failure::told(Exit::Usage, say!(self.words, "error-no-terminal-for-passphrase")))
    }

    /// Runs something of the link to its end.
    pub(crate) fn wait<T>(&self, work: impl Future<Output = T>) -> Result<T, Failure> {
        Ok(self.runtime()?.block_on(work))
    }

    /// Starts something of the link beside what goes on here.
    pub(crate) fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> Result<JoinHandle<T>, Failure> {
        Ok(self.runtime()?.spawn(work))
    }

    fn runtime(&self) -> Result<&Runtime, Failure> {
        if self.runtime.get().is_none() {
            let runtime = Runtime::new().map_err(common_ground::Error::from)?;
            // Only this thread sets it, and it was empty.
            let _ = self.runtime.set(runtime);
        }
        let missing = || Failure::Core(common_ground::Error::Internal { place: "the runtime".to_owned() });
        self.runtime.get().ok_or_else(missing)
    }

    /// Closes the home, if it was opened. What was erased from the bin when it was opened is overwritten
    /// beside the command; a command that ends at once waits here until nothing of it is left. Where that
    /// fails, or the journal is locked, the next opening goes on.
    pub(crate) fn close(&self) {
        if let Some(home) = self.home.get() {
            let _ = home.journal().erase_expired();
            home.shut();
        }
    }

    /// Whose home this is.
    pub(crate) fn me(&self) -> Result<Profile, Failure> {
        Ok(self.home()?.profile()?)
    }

    /// Everyone who is meant: the one named, or all.
    pub(crate) fn relationships_meant(&self) -> Result<Vec<Relationship>, Failure> {
        if self.with.is_some() {
            return Ok(vec![self.relationship()?]);
        }
        let mut all = self.home()?.relationships()?;
        if all.is_empty() {
            return Err(Failure::told(Exit::NotFound, say!(self.words, "error-not-paired-yet")));
        }
        // Of what is over only the last word is still to be said.
        all.retain(|one| one.paused_at.is_none() && (one.ended.is_none() || one.waiting_to_go > 0));
        if all.is_empty() {
            return Err(Failure::told(Exit::NotFound, say!(self.words, "error-nobody-to-meet")));
        }
        Ok(all)
    }

    /// The relationship named with `--with`, if one was.
    pub(crate) fn named_relationship(&self) -> Result<Option<Relationship>, Failure> {
        if self.with.is_some() { self.relationship().map(Some) } else { Ok(None) }
    }

    /// The relationship that is meant.
    pub(crate) fn relationship(&self) -> Result<Relationship, Failure> {
        let words = &self.words;
        let Some(wanted) = &self.with else {
            let mut all = self.home()?.relationships()?;
            prefer_those_that_go_on(&mut all);
            return match <[Relationship; 1]>::try_from(all) {
                Ok([one]) => Ok(one),
                Err(all) if all.is_empty() => {
                    Err(Failure::told(Exit::NotFound, say!(words, "error-not-paired-yet")))
                }
                Err(all) => {
                    Err(Failure::told(Exit::Usage, say!(words, "error-which-person", "names" => names(&all))))
                }
            };
        };
        self.relationship_with(wanted)
    }

    /// The relationship with the person of this name, its beginning, or the number in `status`.
    pub(crate) fn relationship_with(&self, wanted: &str) -> Result<Relationship, Failure> {
        let all = self.home()?.relationships()?;
        let words = &self.words;
        // A number is that of the list, also where somebody's id begins with it.
        let number = wanted.parse::<usize>().ok().and_then(|number| number.checked_sub(1));
        if let Some(one) = number.and_then(|place| all.get(place)) {
            return Ok(one.clone());
        }
        let is_meant = |relationship: &&Relationship| {
            let name = relationship.other.display_name.to_lowercase();
            name.starts_with(&wanted.to_lowercase()) || relationship.id.to_string().starts_with(wanted)
        };
        let mut meant: Vec<Relationship> = all.iter().filter(is_meant).cloned().collect();
        prefer_those_that_go_on(&mut meant);
        match &meant[..] {
            [one] => Ok(one.clone()),
            _ => Err(Failure::told(
                Exit::NotFound,
                say!(words, "error-no-such-person", "wanted" => wanted, "names" => names(&all)),
            )),
        }
    }

    /// The plan that is meant, and with whom it is.
    pub(crate) fn plan(&self) -> Result<(Relationship, Arc<Plan>), Failure> {
        let relationship = self.relationship()?;
        let plan = self.home()?.plan(relationship.id)?;
        if let Some(ended) = relationship.ended
            && !self.json()
        {
            let (name, day) = (relationship.other.display_name.as_str(), self.words.day_of(ended.at));
            self.screen.aside(&say!(self.words, "relationships-as-it-stood", "name" => name, "day" => day));
        }
        Ok((relationship, plan))
    }

    /// "you", or the other person's name.
    pub(crate) fn name_of(&self, person: PersonId, relationship: &Relationship) -> String {
        name_of(&self.words, person, relationship)
    }

    /// Asks for a yes or no; `--yes` answers it. Without a terminal and without `--yes` nothing happens.
    pub(crate) fn confirm(&self, question: &str) -> Result<(), Failure> {
        if self.yes.get() { Ok(()) } else { self.ask(question) }
    }

    /// Asks for a yes or no that only the person can answer; no ends the command.
    pub(crate) fn ask(&self, question: &str) -> Result<(), Failure> {
        if self.ask_either(question)? {
            Ok(())
        } else {
            Err(Failure::told(Exit::Declined, say!(self.words, "declined")))
        }
    }

    /// Asks for a yes or no that only the person can answer.
    pub(crate) fn ask_either(&self, question: &str) -> Result<bool, Failure> {
        let words = &self.words;
        if !std::io::stdin().is_terminal() {
            return Err(Failure::told(Exit::Usage, say!(words, "error-needs-an-answer")));
        }
        let mut terminal = std::io::stderr();
        let _ = write!(terminal, "{question} {} ", say!(words, "ask-yes-no"));
        let _ = terminal.flush();
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer).map_err(common_ground::Error::from)?;
        let yes = say!(words, "answers-yes");
        let answer = answer.trim().to_lowercase();
        Ok(yes.split_whitespace().any(|word| word == answer))
    }

    /// Asks for these very words, typed out: for what cannot be undone.
    pub(crate) fn ask_for_words(&self, question: &str, wanted: &str) -> Result<(), Failure> {
        let words = &self.words;
        if !std::io::stdin().is_terminal() {
            return Err(Failure::told(Exit::Usage, say!(words, "error-needs-really")));
        }
        let mut terminal = std::io::stderr();
        let _ = write!(terminal, "{question} ");
        let _ = terminal.flush();
        let mut answer = String::new();
        std::io::stdin().lock().read_line(&mut answer).map_err(common_ground::Error::from)?;
        if answer.trim().to_lowercase() == wanted {
            Ok(())
        } else {
            Err(Failure::told(Exit::Declined, say!(words, "declined")))
        }
    }
}

/// "you", or the other person's name.
pub(crate) fn name_of(words: &Words, person: PersonId, relationship: &Relationship) -> String {
    if person == relationship.other.person {
        relationship.other.display_name.clone()
    } else {
        say!(words, "you")
    }
}

/// A path as the core takes it.
pub(crate) fn path_text(path: &Path) -> String {
    path.to_string_lossy().into_owned()
}

/// Where any of them goes on, those that are over are not meant.
fn prefer_those_that_go_on(meant: &mut Vec<Relationship>) {
    if meant.iter().any(|one| one.ended.is_none()) {
        meant.retain(|one| one.ended.is_none());
    }
}

fn names(all: &[Relationship]) -> String {
    let named = all.iter().enumerate().map(|(n, one)| format!("{} {}", n + 1, one.other.display_name));
    named.collect::<Vec<_>>().join(", ")
}

/// Why the key file could not be opened: it, or the question for its passphrase.
enum Asked {
    Key(KeyFailure),
    Failed(Failure),
}

impl From<KeyFailure> for Asked {
    fn from(failure: KeyFailure) -> Self {
        Self::Key(failure)
    }
}

/// The one thing that `wanted` names: a number in the list from 1, or the beginning or end of an id. Ids of
/// a plan begin with their maker's id, so their ends tell them apart sooner.
pub(crate) fn pick<Id: Copy + Display>(wanted: &str, list: &[Id]) -> Picked<Id> {
    if wanted.len() <= 6
        && let Ok(number) = wanted.parse::<usize>()
    {
        let one = number.checked_sub(1).and_then(|index| list.get(index));
        return one.map_or(Picked::None, |id| Picked::One(*id));
    }
    let wanted = wanted.to_lowercase();
    let mut fitting = list.iter().filter(|id| {
        let id = id.to_string();
        !wanted.is_empty() && (id.starts_with(&wanted) || id.ends_with(&wanted))
    });
    match (fitting.next(), fitting.next()) {
        (Some(id), None) => Picked::One(*id),
        (Some(_), Some(_)) => Picked::Several,
        (None, _) => Picked::None,
    }
}

/// What [`pick`] found.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Picked<Id> {
    One(Id),
    Several,
    None,
}

impl<Id> Picked<Id> {
    /// The one, or a failure that says what to do.
    pub(crate) fn or_tell(self, desk: &Desk, wanted: &str, missing: Failure) -> Result<Id, Failure> {
        match self {
            Self::One(id) => Ok(id),
            Self::Several => {
                Err(Failure::told(Exit::NotFound, say!(desk.words, "error-several-fit", "wanted" => wanted)))
            }
            Self::None => Err(missing),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_thing_is_named_by_its_number_or_by_either_end_of_its_id() {
        let list = [GoalId::from_bytes([0xab; 16]), GoalId::from_bytes([0xac; 16])];
        assert_eq!(pick("1", &list), Picked::One(list[0]));
        assert_eq!(pick("2", &list), Picked::One(list[1]));
        assert_eq!(pick("0", &list), Picked::None);
        assert_eq!(pick("3", &list), Picked::None);
        assert_eq!(pick("acac", &list), Picked::One(list[1]));
        assert_eq!(pick("AB", &list), Picked::One(list[0]));
        assert_eq!(pick("a", &list), Picked::Several);
        assert_eq!(pick("", &list), Picked::None);
        assert_eq!(pick(&list[1].to_string(), &list), Picked::One(list[1]));
    }
}
