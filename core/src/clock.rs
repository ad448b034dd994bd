//! Time and chance come in from outside, so that tests can hold them still.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, Offset, TimeZone, Utc};
use chrono_tz::Tz;
use uuid::Uuid;

use crate::id::{EntryId, PERSON_PREFIX, PersonId, RevisionId};
use crate::{Error, Result};

// As microseconds since 1970, which is what the files keep. UniFFI's own `SystemTime` loses the sign of
// the last second before 1970, and panics for years far away.
uniffi::custom_type!(Instant, i64, {
    remote,
    lower: |instant| instant.timestamp_micros(),
    try_lift: |micros| {
        Instant::from_timestamp_micros(micros).ok_or_else(|| Error::malformed("time", "a time on this calendar").into())
    },
});

uniffi::custom_type!(LocalDate, String, {
    remote,
    lower: |date| date.to_string(),
    try_lift: |text| {
        text.parse::<NaiveDate>().map_err(|_| Error::malformed("date", "a date like 2026-05-03").into())
    },
});

uniffi::custom_type!(LocalTime, String, {
    remote,
    lower: |time| hours_and_minutes::text(time),
    try_lift: |text| {
        hours_and_minutes::parse(&text).ok_or_else(|| Error::malformed("time", "a time like 18:30").into())
    },
});

/// A point in time, UTC. Crosses as `java.time.Instant` and `Foundation.Date`.
pub type Instant = DateTime<Utc>;

/// A day in somebody's calendar, with no time and no zone. It never passes through an instant.
pub type LocalDate = NaiveDate;

/// A time of day by a clock on the wall, to the minute. It never passes through an instant.
pub type LocalTime = NaiveTime;

/// A [`LocalTime`] as text: `18:30`.
pub mod hours_and_minutes {
    use serde::{Deserialize as _, Deserializer, Serializer};

    use super::LocalTime;

    /// The time as text.
    #[must_use]
    pub fn text(time: LocalTime) -> String {
        time.format("%H:%M").to_string()
    }

    /// The time that a text says.
    #[must_use]
    pub fn parse(text: &str) -> Option<LocalTime> {
        LocalTime::parse_from_str(text, "%H:%M").ok()
    }

    pub(crate) fn serialize<S: Serializer>(time: &LocalTime, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&text(*time))
    }

    pub(crate) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<LocalTime, D::Error> {
        let written = String::deserialize(deserializer)?;
        parse(&written).ok_or_else(|| serde::de::Error::custom("a time like 18:30"))
    }
}

/// When something was written, and what the writer's clock on the wall said.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize, uniffi::Record)]
pub struct Moment {
    /// The instant, UTC.
    pub at: Instant,
    /// The writer's zone by its IANA name, for example `Europe/Berlin`.
    pub zone: String,
    /// The offset of the writer's clock from UTC at that instant, in seconds east.
    pub offset_seconds: i32,
}

impl Moment {
    /// The moment of an instant in a zone.
    #[must_use]
    pub fn in_zone(at: Instant, zone: Tz) -> Self {
        let offset_seconds = zone.offset_from_utc_datetime(&at.naive_utc()).fix().local_minus_utc();
        Self { at, zone: zone.name().to_owned(), offset_seconds }
    }

    /// The day the writer's calendar showed.
    #[must_use]
    pub fn local_date(&self) -> LocalDate {
        (self.at.naive_utc() + chrono::TimeDelta::seconds(self.offset_seconds.into())).date()
    }
}

/// What the core asks the world for: the time, the zone and chance.
pub trait Surroundings: Send + Sync {
    /// Now, UTC.
    fn now(&self) -> Instant;

    /// The zone the person is in.
    fn zone(&self) -> Tz;

    /// Fills `bytes` with unpredictable bytes.
    ///
    /// # Errors
    /// When the operating system has none.
    fn fill_random(&self, bytes: &mut [u8]) -> Result<()>;
}

/// What all parts of the core share of the world.
pub type World = Arc<dyn Surroundings>;

impl dyn Surroundings {
    /// Now, in the zone the person is in.
    pub fn moment(&self) -> Moment {
        Moment::in_zone(self.now(), self.zone())
    }

    /// `N` unpredictable bytes.
    ///
    /// # Errors
    /// When the operating system has none.
    pub fn random<const N: usize>(&self) -> Result<[u8; N]> {
        let mut bytes = [0; N];
        self.fill_random(&mut bytes)?;
        Ok(bytes)
    }

    /// A fresh UUIDv7: its beginning is the time, so that ids sort by age.
    ///
    /// # Errors
    /// When the operating system has no chance to give.
    pub fn uuid(&self) -> Result<Uuid> {
        let millis = u64::try_from(self.now().timestamp_millis()).unwrap_or(0);
        Ok(uuid::Builder::from_unix_timestamp_millis(millis, &self.random()?).into_uuid())
    }

    pub(crate) fn entry_id(&self) -> Result<EntryId> {
        Ok(EntryId::from_bytes(self.uuid()?.into_bytes()))
    }

    pub(crate) fn revision_id(&self) -> Result<RevisionId> {
        Ok(RevisionId::from_bytes(self.uuid()?.into_bytes()))
    }

    pub(crate) fn person_id(&self) -> Result<PersonId> {
        Ok(PersonId::from_bytes(self.random()?))
    }

    /// The id of a new item in a plan: 6 bytes of its creator's id, 6 of the time in ms, 4 random.
    pub(crate) fn item_id(&self, creator: &PersonId) -> Result<[u8; 16]> {
        let mut id = [0; 16];
        id[..PERSON_PREFIX].copy_from_slice(&creator.prefix());
        let millis = u64::try_from(self.now().timestamp_millis()).unwrap_or(0);
        id[PERSON_PREFIX..12].copy_from_slice(&millis.to_be_bytes()[2..]);
        self.fill_random(&mut id[12..])?;
        Ok(id)
    }
}

/// The real world: the system's clock, zone and randomness.
#[derive(Debug, Clone, Copy, Default)]
pub struct RealWorld;

impl Surroundings for RealWorld {
    fn now(&self) -> Instant {
        // Microseconds are what the files keep, so that what is returned equals what is read again.
        let now = Utc::now();
        DateTime::from_timestamp_micros(now.timestamp_micros()).unwrap_or(now)
    }

    fn zone(&self) -> Tz {
        iana_time_zone::get_timezone().ok().and_then(|name| name.parse().ok()).unwrap_or(Tz::UTC)
    }

    fn fill_random(&self, bytes: &mut [u8]) -> Result<()> {
        getrandom::fill(bytes).map_err(|_| Error::internal("the system's randomness"))
    }
}
