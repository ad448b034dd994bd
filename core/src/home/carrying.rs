//! Carrying an exchange by hand: where no network serves, what the other device lacks goes into a file that only that
//! device can open, and its file comes back. Either may be lost, repeated or late; the next one makes up for it.

#[cfg(test)]
mod tests;

use std::fs::File;
use std::io::{BufWriter, ErrorKind, Write};
use std::iter::once;
use std::path::Path;
use std::sync::Arc;

use age::x25519::Recipient;
use age::{DecryptError, Encryptor};
use rusqlite::{Connection, OptionalExtension, named_params};

use super::CommonGround;
use super::carried::CarriedPlans;
use crate::beside::Beside;
use crate::clock::Instant;
use crate::error::{CarryProblem, Thing};
use crate::exchange::by_file::{Cover, Reader, Writer, cut};
use crate::exchange::{Event, MAX_PARCEL, Replica, Session, Whereabouts};
use crate::id::{GoalId, ParcelId, RelationshipId};
use crate::keeping::{BackupOpensWith, BackupProblem, begin_opening};
use crate::link::Carried;
use crate::log::{self, LongCall};
use crate::plan::{Said, note_confirmed};
use crate::progress::{self, Progress};
use crate::relationship::key::{DeviceKey, PublicKey, is_recipient, opener_of, recipient_of};
use crate::relationship::people;
use crate::shared::Change;
use crate::sharing::not_arrived;
use crate::store::Micros;
use crate::{Error, Result};

/// The most bytes of parcels in one file: one parcel of the largest size, or many small ones.
const PARCELS: u64 = MAX_PARCEL as u64;
/// The most bytes of a file that is taken in: a full plan, and a full load of parcels.
const MAX_FILE: u64 = 256 * 1024 * 1024;

/// What is in a file that was written for the other device.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct CarriedOut {
    /// Changes of the plan that the other device has not confirmed.
    pub changes: u64,
    /// Excerpts and comments that have not arrived yet.
    pub parcels: u32,
    /// Excerpts and comments for which there was no room: they go with a later file.
    pub parcels_left: u32,
    /// How large the file is.
    pub bytes: u64,
}

/// What came with a file of the other device.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, uniffi::Record)]
pub struct CarriedIn {
    /// Whose plan.
    pub relationship: RelationshipId,
    /// When it was written, as the other device says.
    pub written_at: Instant,
    /// Changes that were new here.
    pub received: u32,
    /// What was refused and set aside.
    pub refused: u32,
    /// What was announced that was not known here: handed over, arrived, opened, taken back and the like.
    pub notices: u32,
    /// Goals that changed here.
    pub goals: Vec<GoalId>,
    /// The other device has more than this file brought and is here: carry a file there, and the next one has it.
    pub lacks_more: bool,
    /// Both held the same when the file was written, with what it brought.
    pub in_step: bool,
}

#[uniffi::export]
impl CommonGround {
    /// Writes all that the other device has not confirmed into a file that only that device can open, for it to take in
    /// with [`CommonGround::carry_in`]. Nothing counts as arrived before that device says so, in a file of its own or
    /// over a network. A file of that name is replaced only if `replace` says so. Blocks for long where much waits to go.
    ///
    /// # Errors
    /// [`crate::Error::Carry`] ([`CarryProblem::MeetFirst`]), [`crate::Error::NotFound`], [`crate::Error::NotShared`] while paused,
    /// [`crate::Error::FileExists`], [`crate::Error::DiskFull`], [`crate::Error::File`], [`crate::Error::InUse`]
    /// when another one is being written there, [`crate::Error::Cancelled`]. After any of them nothing is left of it.
    #[uniffi::method(default(replace = false, progress = None))]
    pub fn carry_out(
        &self,
        relationship: RelationshipId,
        file: String,
        replace: bool,
        progress: Option<Arc<dyn Progress>>,
    ) -> Result<CarriedOut> {
        let steps = Steps::of(progress.as_deref(), None);
        log::timed(LongCall::CarryOut, || {
            self.write_for_other(relationship, Path::new(&file), replace, steps)
        })
    }

    /// Takes in a file that the other device wrote with [`CommonGround::carry_out`], by the same rules as an exchange over
    /// a network. A file that was taken in before, or is older than what is here, brings nothing new and does no harm.
    /// Blocks for long where it brings much.
    ///
    /// # Errors
    /// [`crate::Error::Carry`], [`crate::Error::NotFound`] for a file that is not there, [`crate::Error::NotShared`] while paused,
    /// [`crate::Error::Exchange`], [`crate::Error::NewerPlan`], [`crate::Error::OlderPlan`], [`crate::Error::Cancelled`]. What was taken in before stays.
    #[uniffi::method(default(progress = None))]
    pub fn carry_in(&self, file: String, progress: Option<Arc<dyn Progress>>) -> Result<CarriedIn> {
        log::timed(LongCall::CarryIn, || self.take_in_from_other(Path::new(&file), progress.as_deref()))
    }
}

impl CommonGround {
    fn write_for_other(
        &self,
        relationship: RelationshipId,
        file: &Path,
        replace: bool,
        steps: Steps<'_>,
    ) -> Result<CarriedOut> {
        let shared = &self.home.shared;
        let key = shared.file.read(|connection| {
            must_go_on(connection, relationship)?;
            people::device_key(connection)
        })?;
        let (to, recipient) = shared.file.read(|connection| addressee(connection, relationship))?;
        let cover = Cover {
            relationship,
            from: key.public(),
            to,
            written_at: shared.world.now(),
            number: shared.world.random()?,
        };
        let beside = Beside::begin(file, replace)?;
        let mut out = self.write(&cover, key, &recipient, beside.file(), steps)?;
        out.bytes = beside.file().metadata()?.len();
        beside.give_name()?;
        Ok(out)
    }

    fn take_in_from_other(&self, file: &Path, progress: Option<&dyn Progress>) -> Result<CarriedIn> {
        let shared = &self.home.shared;
        let key = shared.file.read(people::device_key)?;
        let mut reader = Reader::begin(open(file, &key)?)?;
        let cover = *reader.cover();
        shared.file.read(|connection| must_be_trusted(connection, &cover, &key))?;
        // Nothing is believed before the first signature was found good.
        let first = reader.next_frame()?;
        shared.file.read(|connection| must_go_on(connection, cover.relationship))?;
        let mut taking = Taking::begin(self, &cover)?;
        // Sealing adds hardly anything, so the file is about as long as its frames.
        let mut steps = Steps::of(progress, std::fs::metadata(file).map(|described| described.len()).ok());
        let mut next = first;
        while let Some(frame) = next {
            steps.further(frame.len())?;
            taking.take(&frame)?;
            next = reader.next_frame()?;
        }
        taking.end()
    }

    fn write(
        &self,
        cover: &Cover,
        key: DeviceKey,
        recipient: &str,
        file: &File,
        mut steps: Steps<'_>,
    ) -> Result<CarriedOut> {
        let (shared, relationship) = (&self.home.shared, cover.relationship);
        let carried = CarriedPlans::of(&self.home);
        let mut replica = carried.replica(relationship, cover.to)?;
        let terms = carried.terms(relationship)?;
        let mut session = Session::new(relationship, terms, &*replica)?;
        session.shelve(carried.shelf(relationship)?)?;
        session.tell_whereabouts(Whereabouts {
            recipient: Some(recipient_of(&key)?),
            ..Whereabouts::default()
        })?;
        let confirmed = self.home.plans.of(relationship)?.confirmed()?;
        session.suppose(confirmed, &mut *replica)?;
        let changes = session.progress().to_send;

        let recipient: Recipient = recipient.parse().map_err(|_| Error::from(CarryProblem::MeetFirst))?;
        let sealing = Encryptor::with_recipients(once(&recipient as &dyn age::Recipient))
            .map_err(|_| Error::internal("sealing a file"))?
            .wrap_output(BufWriter::new(file))?;
        let mut writer = Writer::begin(sealing, cover, key)?;
        while let Some(frame) = session.poll()? {
            steps.further(frame.len())?;
            writer.frame(&frame)?;
        }
        let (parcels, parcels_left) = if terms.is_over {
            (Vec::new(), 0)
        } else {
            let me = self.home.owner()?;
            within_reason(shared.file.read(|connection| not_arrived(connection, relationship, me))?)
        };
        let shelf = carried.shelf(relationship)?;
        for (parcel, length) in &parcels {
            writer.parcel(*parcel, &*shelf)?;
            steps.further(usize::try_from(*length).unwrap_or(usize::MAX))?;
        }
        writer.finish()?.finish()?.flush()?;
        Ok(CarriedOut { changes, parcels: count(parcels.len()), parcels_left, bytes: 0 })
    }
}

/// As many parcels as one file takes, and how many are left.
fn within_reason(waiting: Vec<(ParcelId, u64)>) -> (Vec<(ParcelId, u64)>, u32) {
    let (mut room, all) = (PARCELS, waiting.len());
    let fits = |(parcel, length): (ParcelId, u64)| {
        room = room.checked_sub(length)?;
        Some((parcel, length))
    };
    let parcels: Vec<(ParcelId, u64)> = waiting.into_iter().map_while(fits).collect();
    let left = count(all - parcels.len());
    (parcels, left)
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// How much of a file was written or taken in, in bytes.
struct Steps<'a> {
    progress: Option<&'a dyn Progress>,
    done: u64,
    total: Option<u64>,
}

impl<'a> Steps<'a> {
    fn of(progress: Option<&'a dyn Progress>, total: Option<u64>) -> Self {
        Self { progress, done: 0, total }
    }

    /// Goes on, so many bytes further.
    ///
    /// # Errors
    /// [`Error::Cancelled`].
    fn further(&mut self, bytes: usize) -> Result<()> {
        self.done = self.done.saturating_add(bytes as u64);
        progress::tell(self.progress, self.done, self.total.map(|total| total.max(self.done)))
    }
}

/// A file that is being taken in.
struct Taking<'a> {
    home: &'a CommonGround,
    session: Session,
    replica: Box<dyn Replica + Send>,
    said: Said,
    cover: Cover,
    came: CarriedIn,
}

impl<'a> Taking<'a> {
    fn begin(home: &'a CommonGround, cover: &Cover) -> Result<Self> {
        let relationship = cover.relationship;
        let carried = CarriedPlans::of(home.home());
        let replica = carried.replica(relationship, cover.from)?;
        let mut session = Session::new(relationship, carried.terms(relationship)?, &*replica)?;
        session.shelve(carried.shelf(relationship)?)?;
        let newest = home.home().shared.file.read(|connection| carried_at(connection, &cover.from))?;
        // A file that was late says how far the other had got then.
        let is_newest = newest.is_none_or(|newest| cover.written_at > newest);
        session.take_as_carried(is_newest);
        let came = CarriedIn {
            relationship,
            written_at: cover.written_at,
            received: 0,
            refused: 0,
            notices: 0,
            goals: Vec::new(),
            lacks_more: false,
            in_step: false,
        };
        let said = if is_newest { Said::Now } else { Said::Before };
        Ok(Self { home, session, replica, said, cover: *cover, came })
    }

    fn take(&mut self, frame: &[u8]) -> Result<()> {
        let (shared, relationship) = (&self.home.home().shared, self.cover.relationship);
        for event in self.session.receive(frame, &mut *self.replica)? {
            match event {
                Event::Received { changes, goals } => {
                    self.came.received = self.came.received.saturating_add(changes);
                    for goal in goals {
                        if !self.came.goals.contains(&goal) {
                            self.came.goals.push(goal);
                        }
                    }
                }
                Event::RefusedHere { .. } => self.came.refused = self.came.refused.saturating_add(1),
                Event::NoticesRefused(count) => self.came.refused = self.came.refused.saturating_add(count),
                Event::Noticed(count) => self.came.notices = self.came.notices.saturating_add(count),
                Event::PeerHas(positions) => note_confirmed(shared, relationship, &positions, self.said)?,
                Event::Whereabouts(Whereabouts { recipient: Some(recipient), .. })
                    if is_recipient(&recipient) && self.said == Said::Now =>
                {
                    shared.file.write(|it| people::keep_recipient(it, &self.cover.from, &recipient))?;
                }
                // What was said to nobody who listens has no consequence.
                Event::Whereabouts(_)
                | Event::Presence(_)
                | Event::Greeted(_)
                | Event::RefusedThere { .. }
                | Event::Sent { .. }
                | Event::InStep
                | Event::CaughtUp
                | Event::Goodbye(_) => {}
            }
        }
        Ok(())
    }

    fn end(mut self) -> Result<CarriedIn> {
        let (shared, relationship) = (&self.home.home().shared, self.cover.relationship);
        self.came.lacks_more = self.session.lacks_something(&*self.replica)?;
        self.came.in_step = self.session.is_in_step();
        // Whoever sends a change has it.
        note_confirmed(shared, relationship, self.session.theirs(), self.said)?;
        let as_of = self.cover.written_at.min(shared.world.now());
        shared.file.write(|transaction| {
            if self.said == Said::Now {
                // One that says it was written in years to come must not make all that follow late.
                keep_carried_at(transaction, &self.cover.from, as_of)?;
            }
            let noted = people::relationship(transaction, relationship)?.in_step_at;
            if self.came.in_step && noted.is_none_or(|noted| noted < as_of) {
                people::mark_in_step(transaction, relationship, as_of)?;
            }
            Ok(())
        })?;
        shared.tell(&Change::Relationship { relationship });
        // That something arrived may be told at once, where a link is live after all.
        shared.edited(relationship);
        Ok(self.came)
    }
}

/// # Errors
/// [`Error::NotFound`], [`Error::NotShared`] while the relationship is paused.
pub(super) fn must_go_on(connection: &Connection, relationship: RelationshipId) -> Result<()> {
    let paused: Option<bool> = connection
        .prepare_cached("SELECT paused_at IS NOT NULL AND ended_at IS NULL FROM relationship WHERE id = :id")?
        .query_row(named_params! { ":id": relationship }, |row| row.get(0))
        .optional()?;
    match paused {
        None => Err(Error::not_found(Thing::Relationship)),
        Some(true) => Err(Error::NotShared),
        Some(false) => Ok(()),
    }
}

/// The other's device, and to whom files for it are sealed; of several the one that was added last.
fn addressee(connection: &Connection, relationship: RelationshipId) -> Result<(PublicKey, String)> {
    let other = people::other(connection, relationship)?.person;
    connection
        .prepare_cached(
            "SELECT public_key, recipient FROM device
             WHERE person = :person AND recipient IS NOT NULL
               AND on_list = (SELECT max(number) FROM device_list WHERE person = :person)
             ORDER BY added_at DESC, public_key LIMIT 1",
        )?
        .query_row(named_params! { ":person": other }, |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?
        .ok_or_else(|| CarryProblem::MeetFirst.into())
}

/// # Errors
/// [`CarryProblem::NotForThisDevice`], [`CarryProblem::UnknownDevice`] where the device is not one that the other person
/// of this very relationship has certified.
fn must_be_trusted(connection: &Connection, cover: &Cover, key: &DeviceKey) -> Result<()> {
    if cover.to != key.public() {
        return Err(CarryProblem::NotForThisDevice.into());
    }
    let person = people::person_of_device(connection, &cover.from)?;
    let other = match people::other(connection, cover.relationship) {
        Err(Error::NotFound { .. }) => None,
        other => Some(other?.person),
    };
    if person.is_some() && person == other { Ok(()) } else { Err(CarryProblem::UnknownDevice.into()) }
}

fn carried_at(connection: &Connection, device: &PublicKey) -> Result<Option<Instant>> {
    let at: Option<Option<Micros>> = connection
        .prepare_cached("SELECT carried_at FROM device WHERE public_key = :device")?
        .query_row(named_params! { ":device": device }, |row| row.get(0))
        .optional()?;
    Ok(at.flatten().map(|at| at.0))
}

fn keep_carried_at(connection: &Connection, device: &PublicKey, at: Instant) -> Result<()> {
    connection
        .prepare_cached("UPDATE device SET carried_at = :at WHERE public_key = :device")?
        .execute(named_params! { ":device": device, ":at": Micros(at) })?;
    Ok(())
}

/// Opens a file that is sealed to this device.
fn open(path: &Path, key: &DeviceKey) -> Result<impl std::io::Read + use<>> {
    let file = File::open(path).map_err(|error| match error.kind() {
        ErrorKind::NotFound => Error::not_found(Thing::File),
        _ => error.into(),
    })?;
    let data = file.metadata()?;
    if !data.is_file() || data.len() > MAX_FILE {
        return Err(CarryProblem::NotCarried.into());
    }
    let (decryptor, opens_with) = begin_opening(file).map_err(|error| match error {
        Error::Backup { problem: BackupProblem::Newer } => CarryProblem::Newer.into(),
        Error::Backup { problem: BackupProblem::NotABackup } => CarryProblem::NotCarried.into(),
        Error::Backup { .. } => CarryProblem::Damaged.into(),
        error => error,
    })?;
    if opens_with == BackupOpensWith::Passphrase {
        return Err(CarryProblem::NotCarried.into());
    }
    let opener = opener_of(key)?;
    decryptor.decrypt(once(&opener as &dyn age::Identity)).map_err(|error| match error {
        DecryptError::DecryptionFailed | DecryptError::NoMatchingKeys => {
            CarryProblem::NotForThisDevice.into()
        }
        DecryptError::Io(error) => cut(error),
        _ => CarryProblem::Damaged.into(),
    })
}
