//! The attachments of new entries, each content once: taken in before the entries that refer to them are written.

use std::collections::BTreeMap;
use std::io::Read;

use super::Job;
use super::incoming::{Enclosed, INLINE, relinked};
use super::survey::Survey;
use crate::clock::World;
use crate::error::Problem;
use crate::id::AttachmentId;
use crate::journal::attachments::{self, Held, LARGEST};
use crate::journal::details;
use crate::journal::types::{Attached, Entry};
use crate::store::Slot;
use crate::{Error, Result};

/// What is here of the attachments, by the pieces that hold them. It stays here while this lives.
pub(super) struct Contents(BTreeMap<usize, Held>);

/// Takes in all that new entries want. What is left of it when the import fails is to be swept.
pub(super) fn take_in(private: &Slot, world: &World, job: &Job<'_>, survey: &mut Survey) -> Result<Contents> {
    let mut contents = BTreeMap::new();
    each(job, survey, |piece, bytes| {
        contents.insert(piece, attachments::take_in(private, world, bytes)?);
        Ok(())
    })?;
    Ok(Contents(contents))
}

/// Reads all that new entries want, to know whether it can be read.
pub(super) fn try_all(job: &Job<'_>, survey: &mut Survey) -> Result<()> {
    job.source.pace().expect(survey.wanted.len() as u64);
    each(job, survey, |_, bytes| {
        let length = std::io::copy(&mut bytes.take(LARGEST + 1), &mut std::io::sink())?;
        if length > LARGEST {
            let problem = Problem::TooLong { limit: LARGEST, unit: "bytes".to_owned() };
            return Err(Error::invalid("attachment", problem));
        }
        Ok(())
    })
}

/// Lets `work` read piece after piece. One that cannot be read ends the import, or is told as missing.
fn each(
    job: &Job<'_>,
    survey: &mut Survey,
    mut work: impl FnMut(usize, &mut dyn Read) -> Result<()>,
) -> Result<()> {
    job.source.begin();
    for (&piece, wanted) in &survey.wanted {
        job.source.pace().tell()?;
        let problem = match job.source.read(piece, |bytes| work(piece, bytes)) {
            Ok(()) => None,
            Err(Error::Import { problem, .. }) => Some(problem),
            Err(Error::Invalid { problem, .. }) => Some(problem.to_string()),
            Err(Error::NotFound { .. }) => Some("is not there any more".to_owned()),
            Err(error) => return Err(error),
        };
        if let Some(problem) = problem {
            let misread = wanted.first.misread("attachment", &problem);
            if !job.goes_on() {
                return Err(misread.into());
            }
            survey.report.lose(misread, wanted.times);
        }
        job.source.pace().step(1);
    }
    Ok(())
}

impl Contents {
    /// Attaches to an entry what is here of it, and turns the links in its text to that.
    pub(super) fn attach(&self, entry: &mut Entry, enclosed: Vec<Enclosed>) -> Result<()> {
        let mut targets: Vec<(String, String)> = Vec::new();
        for enclosed in enclosed {
            let Some(id) = enclosed.piece.and_then(|piece| self.0.get(&piece)).map(|held| held.id) else {
                continue;
            };
            targets.extend(enclosed.targets.into_iter().map(|target| (target, inline(id))));
            let (name, media_type) = (enclosed.name, enclosed.media_type);
            let mut attached = Attached { attachment: id, name, media_type };
            if details::check_attached(&mut attached).is_err() {
                // The name was looked at before, so it is what the file says it is; its name says it too.
                attached.media_type.clear();
                details::check_attached(&mut attached)?;
            }
            entry.attachments.push(attached);
        }
        entry.text = relinked(std::mem::take(&mut entry.text), &targets);
        Ok(())
    }
}

/// What a text links to when it shows an attachment.
fn inline(id: AttachmentId) -> String {
    format!("{INLINE}{id}")
}
