//! Rules and appointments as they lie in the shared file.

use rusqlite::{Connection, Row, named_params};

use super::types::{
    Appointment, AppointmentException, MovedTo, NewAppointment, NewReminder, Reminder, ReminderRule,
};
use crate::clock::{Instant, LocalDate, LocalTime, World, hours_and_minutes};
use crate::error::{Problem, Thing};
use crate::id::{AppointmentId, ReminderId};
use crate::store::Micros;
use crate::{Error, Result};

/// How many there may be.
const MOST_REMINDERS: usize = 100;
const MOST_APPOINTMENTS: usize = 2000;
const MOST_EXCEPTIONS: usize = 1000;

pub(super) fn add_reminder(file: &Connection, world: &World, new: NewReminder) -> Result<Reminder> {
    let reminder = Reminder {
        id: ReminderId::from_bytes(world.uuid()?.into_bytes()),
        rule: check_rule(new.rule)?,
        text: new.text.unwrap_or_default(),
        paused: false,
        made_at: world.now(),
    };
    check_room(file, "reminder", MOST_REMINDERS)?;
    file.prepare_cached(
        "INSERT INTO reminder (id, rule, text, paused, made_at) VALUES (:id, :rule, :text, 0, :made_at)",
    )?
    .execute(named_params! {
        ":id": reminder.id,
        ":rule": as_json(&reminder.rule)?,
        ":text": as_json(&reminder.text)?,
        ":made_at": Micros(reminder.made_at),
    })?;
    Ok(reminder)
}

/// All rules, oldest first.
pub(super) fn reminders(file: &Connection) -> Result<Vec<Reminder>> {
    let mut statement =
        file.prepare_cached("SELECT id, rule, text, paused, made_at FROM reminder ORDER BY made_at, id")?;
    let mut rows = statement.query([])?;
    let mut reminders = Vec::new();
    while let Some(row) = rows.next()? {
        reminders.push(Reminder {
            id: row.get(0)?,
            rule: from_json(row, 1)?,
            text: from_json(row, 2)?,
            paused: row.get(3)?,
            made_at: row.get::<_, Micros>(4)?.0,
        });
    }
    Ok(reminders)
}

pub(super) fn remove_reminder(file: &Connection, id: ReminderId) -> Result<()> {
    let removed =
        file.prepare_cached("DELETE FROM reminder WHERE id = :id")?.execute(named_params! { ":id": id })?;
    must_have_been(removed, Thing::Reminder)
}

pub(super) fn pause_reminder(file: &Connection, id: ReminderId, paused: bool) -> Result<()> {
    let changed = file
        .prepare_cached("UPDATE reminder SET paused = :paused WHERE id = :id")?
        .execute(named_params! { ":id": id, ":paused": paused })?;
    must_have_been(changed, Thing::Reminder)
}

pub(super) fn add_appointment(file: &Connection, world: &World, new: NewAppointment) -> Result<Appointment> {
    let appointment = Appointment {
        id: AppointmentId::from_bytes(world.uuid()?.into_bytes()),
        date: check_date("date", new.date)?,
        time: to_the_minute(new.time),
        zone: check_zone(new.zone, world)?,
        minutes: check_range("minutes", new.minutes, 1..=1440)?,
        relationship: new.relationship,
        every_weeks: check_range("every_weeks", new.every_weeks, 1..=52)?,
        last_date: new.last_date.map(|date| check_date("last_date", date)).transpose()?,
        exceptions: Vec::new(),
    };
    if appointment.last_date.is_some_and(|last| last < appointment.date) {
        return Err(Error::malformed("last_date", "on or after the first day"));
    }
    check_room(file, "appointment", MOST_APPOINTMENTS)?;
    if let Some(relationship) = appointment.relationship {
        crate::relationship::people::relationship(file, relationship)?;
    }
    file.prepare_cached(
        "INSERT INTO appointment
             (id, relationship, date, time, zone, minutes, every_weeks, last_date, made_at)
         VALUES (:id, :relationship, :date, :time, :zone, :minutes, :every_weeks, :last_date, :made_at)",
    )?
    .execute(named_params! {
        ":id": appointment.id,
        ":relationship": appointment.relationship,
        ":date": appointment.date.to_string(),
        ":time": hours_and_minutes::text(appointment.time),
        ":zone": appointment.zone,
        ":minutes": appointment.minutes,
        ":every_weeks": appointment.every_weeks,
        ":last_date": appointment.last_date.map(|date| date.to_string()),
        ":made_at": Micros(world.now()),
    })?;
    Ok(appointment)
}

/// All appointments with what became of single ones, oldest first.
pub(super) fn appointments(file: &Connection) -> Result<Vec<Appointment>> {
    let mut statement = file.prepare_cached(
        "SELECT id, relationship, date, time, zone, minutes, every_weeks, last_date FROM appointment ORDER BY made_at, id",
    )?;
    let mut rows = statement.query([])?;
    let mut appointments = Vec::new();
    while let Some(row) = rows.next()? {
        let id = row.get(0)?;
        appointments.push(Appointment {
            id,
            relationship: row.get(1)?,
            date: date(row, 2)?.ok_or_else(malformed)?,
            time: time(row, 3)?.ok_or_else(malformed)?,
            zone: row.get(4)?,
            minutes: row.get(5)?,
            every_weeks: row.get(6)?,
            last_date: date(row, 7)?,
            exceptions: exceptions(file, id)?,
        });
    }
    Ok(appointments)
}

/// Those of them that are with nobody, or with somebody with whom it goes on.
pub(super) fn appointments_that_go_on(file: &Connection) -> Result<Vec<Appointment>> {
    let over = crate::relationship::people::ended(file)?;
    let mut appointments = appointments(file)?;
    appointments.retain(|one| one.relationship.is_none_or(|relationship| !over.contains(&relationship)));
    Ok(appointments)
}

pub(super) fn appointment(file: &Connection, id: AppointmentId) -> Result<Appointment> {
    let all = appointments(file)?;
    all.into_iter().find(|one| one.id == id).ok_or(Error::not_found(Thing::Appointment))
}

fn exceptions(file: &Connection, id: AppointmentId) -> Result<Vec<AppointmentException>> {
    let mut statement = file.prepare_cached(
        "SELECT planned, date, time FROM appointment_exception WHERE appointment = :id ORDER BY planned",
    )?;
    let mut rows = statement.query(named_params! { ":id": id })?;
    let mut exceptions = Vec::new();
    while let Some(row) = rows.next()? {
        let moved_to = date(row, 1)?.zip(time(row, 2)?).map(|(date, time)| MovedTo { date, time });
        exceptions.push(AppointmentException { planned: date(row, 0)?.ok_or_else(malformed)?, moved_to });
    }
    Ok(exceptions)
}

pub(super) fn remove_appointment(file: &Connection, id: AppointmentId) -> Result<()> {
    let removed = file
        .prepare_cached("DELETE FROM appointment WHERE id = :id")?
        .execute(named_params! { ":id": id })?;
    must_have_been(removed, Thing::Appointment)
}

/// Ends a rhythm after a day, or lets it go on without end.
pub(super) fn end_rhythm(file: &Connection, id: AppointmentId, last: Option<LocalDate>) -> Result<()> {
    let known = appointment(file, id)?;
    if let Some(last) = last
        && (known.every_weeks.is_none() || check_date("last_date", last)? < known.date)
    {
        return Err(Error::malformed("last_date", "on or after the first day of a rhythm"));
    }
    file.prepare_cached("UPDATE appointment SET last_date = :last WHERE id = :id")?
        .execute(named_params! { ":id": id, ":last": last.map(|date| date.to_string()) })?;
    Ok(())
}

/// Notes what became of the one planned for a day.
pub(super) fn except(
    file: &Connection,
    id: AppointmentId,
    planned: LocalDate,
    moved_to: Option<MovedTo>,
) -> Result<()> {
    let known = appointment(file, id)?;
    if !known.is_planned_on(planned) {
        return Err(Error::not_found(Thing::Appointment));
    }
    let is_new = known.exceptions.iter().all(|exception| exception.planned != planned);
    if is_new && known.exceptions.len() >= MOST_EXCEPTIONS {
        return Err(full("exceptions", MOST_EXCEPTIONS));
    }
    if let Some(to) = moved_to {
        check_date("date", to.date)?;
    }
    file.prepare_cached(
        "INSERT INTO appointment_exception (appointment, planned, date, time)
         VALUES (:id, :planned, :date, :time)
         ON CONFLICT (appointment, planned) DO UPDATE SET date = excluded.date, time = excluded.time",
    )?
    .execute(named_params! {
        ":id": id,
        ":planned": planned.to_string(),
        ":date": moved_to.map(|to| to.date.to_string()),
        ":time": moved_to.map(|to| hours_and_minutes::text(to.time)),
    })?;
    Ok(())
}

/// Lets the one planned for a day be as it was planned.
pub(super) fn as_planned(file: &Connection, id: AppointmentId, planned: LocalDate) -> Result<()> {
    let removed = file
        .prepare_cached("DELETE FROM appointment_exception WHERE appointment = :id AND planned = :planned")?
        .execute(named_params! { ":id": id, ":planned": planned.to_string() })?;
    must_have_been(removed, Thing::Appointment)
}

fn check_rule(rule: ReminderRule) -> Result<ReminderRule> {
    Ok(match rule {
        ReminderRule::Daily { at } => ReminderRule::Daily { at: to_the_minute(at) },
        ReminderRule::Weekdays { mut days, at } => {
            days.sort_unstable();
            days.dedup();
            if days.is_empty() {
                return Err(Error::invalid("days", Problem::Empty));
            }
            ReminderRule::Weekdays { days, at: to_the_minute(at) }
        }
        ReminderRule::Monthly { day, at } => {
            check_range("day", Some(day), 1..=31)?;
            ReminderRule::Monthly { day, at: to_the_minute(at) }
        }
        ReminderRule::AfterAppointment { days, at, relationship } => {
            check_range("days", Some(days), 0..=60)?;
            ReminderRule::AfterAppointment { days, at: to_the_minute(at), relationship }
        }
        ReminderRule::BeforeAppointment { hours, relationship } => {
            check_range("hours", Some(hours), 1..=336)?;
            ReminderRule::BeforeAppointment { hours, relationship }
        }
        ReminderRule::Once { on, at } => {
            ReminderRule::Once { on: check_date("on", on)?, at: to_the_minute(at) }
        }
    })
}

fn to_the_minute(time: LocalTime) -> LocalTime {
    use chrono::Timelike as _;
    LocalTime::from_hms_opt(time.hour(), time.minute(), 0).unwrap_or(time)
}

/// A date that every calendar on a screen can show.
fn check_date(field: &str, date: LocalDate) -> Result<LocalDate> {
    use chrono::Datelike as _;
    let years = 1900..=9999;
    if years.contains(&date.year()) {
        return Ok(date);
    }
    Err(Error::invalid(field, Problem::OutOfRange { from: 1900, to: 9999 }))
}

fn check_zone(zone: Option<String>, world: &World) -> Result<String> {
    let Some(zone) = zone else { return Ok(world.zone().name().to_owned()) };
    let known: chrono_tz::Tz =
        zone.parse().map_err(|_| Error::malformed("zone", "a time zone like Europe/Berlin"))?;
    Ok(known.name().to_owned())
}

fn check_range<T: Copy + PartialOrd + Into<i64>>(
    field: &str,
    number: Option<T>,
    range: std::ops::RangeInclusive<i64>,
) -> Result<Option<T>> {
    if number.is_none_or(|number| range.contains(&number.into())) {
        return Ok(number);
    }
    Err(Error::invalid(field, Problem::OutOfRange { from: *range.start(), to: *range.end() }))
}

fn check_room(file: &Connection, table: &str, most: usize) -> Result<()> {
    let count: i64 =
        file.prepare_cached(&format!("SELECT count(*) FROM {table}"))?.query_row([], |row| row.get(0))?;
    if count.unsigned_abs() < most as u64 { Ok(()) } else { Err(full(table, most)) }
}

fn full(what: &str, most: usize) -> Error {
    Error::invalid(what, Problem::TooLong { limit: most as u64, unit: what.to_owned() })
}

fn must_have_been(rows: usize, what: Thing) -> Result<()> {
    if rows > 0 { Ok(()) } else { Err(Error::not_found(what)) }
}

fn as_json<T: serde::Serialize>(value: &T) -> Result<String> {
    serde_json::to_string(value).map_err(|_| malformed())
}

fn from_json<T: serde::de::DeserializeOwned>(row: &Row<'_>, column: usize) -> Result<T> {
    serde_json::from_str(row.get_ref(column)?.as_str().map_err(rusqlite::Error::from)?)
        .map_err(|_| malformed())
}

fn date(row: &Row<'_>, column: usize) -> Result<Option<LocalDate>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| text.parse().map_err(|_| malformed())).transpose()
}

fn time(row: &Row<'_>, column: usize) -> Result<Option<LocalTime>> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| hours_and_minutes::parse(&text).ok_or_else(malformed)).transpose()
}

fn malformed() -> Error {
    Error::internal("reminders, as they are kept")
}

/// What is asked of the calendar at once.
pub(super) fn check_count(count: u32) -> Result<usize> {
    check_range("count", Some(count), 1..=500).map(|_| count as usize)
}

/// An instant of which calendars can still count a few years on.
pub(super) fn check_instant(at: Instant) -> Result<Instant> {
    check_date("after", at.date_naive()).map(|_| at)
}
