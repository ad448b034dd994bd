//! Reminders and appointments on the terminal: rules, and the times that follow from them.

use chrono::{Local, NaiveDateTime, Utc};
use common_ground::clock::{LocalDate, LocalTime, hours_and_minutes};
use common_ground::error::Thing;
use common_ground::id::{AppointmentId, RelationshipId, ReminderId};
use common_ground::relationship::Relationship;
use common_ground::reminders::{
    Appointment, Due, MovedTo, NewAppointment, NewReminder, Occurrence, Reminder, ReminderRule, ReminderText,
    Weekday,
};
use serde::Serialize;

use crate::args::{AppointmentCommand, ReminderCommand, RuleArgs};
use crate::desk::{Desk, pick};
use crate::failure::{Exit, Failure};
use crate::words::{Words, say};

pub(super) fn reminder(desk: &Desk, command: ReminderCommand) -> Result<(), Failure> {
    match command {
        ReminderCommand::Add { rule, at, text } => add(desk, rule, at, text.into()),
        ReminderCommand::List => list(desk),
        ReminderCommand::Remove { reminder } => {
            let id = find_reminder(desk, &reminder)?;
            desk.home()?.reminders().remove(id)?;
            desk.screen.text(0, &say!(desk.words, "reminder-removed"))
        }
        ReminderCommand::Pause { reminder, undo } => {
            let id = find_reminder(desk, &reminder)?;
            desk.home()?.reminders().pause(id, !undo)?;
            let words = &desk.words;
            let said = if undo { say!(words, "reminder-speaks") } else { say!(words, "reminder-silent") };
            desk.screen.text(0, &said)
        }
        ReminderCommand::Next { count } => next(desk, count),
    }
}

fn add(desk: &Desk, rule: RuleArgs, at: Option<LocalTime>, text: ReminderText) -> Result<(), Failure> {
    let relationship = desk.named_relationship()?.map(|one| one.id);
    // Where a rule needs a time of day, the command line has asked for it.
    let at = at.unwrap_or_default();
    let rule = match rule {
        RuleArgs { daily: Some(at), .. } => ReminderRule::Daily { at },
        RuleArgs { weekdays: Some(days), .. } => ReminderRule::Weekdays { days, at },
        RuleArgs { monthly: Some(day), .. } => ReminderRule::Monthly { day, at },
        RuleArgs { after_appointment: Some(days), .. } => {
            ReminderRule::AfterAppointment { days, at, relationship }
        }
        RuleArgs { before_appointment: Some(hours), .. } => {
            ReminderRule::BeforeAppointment { hours, relationship }
        }
        RuleArgs { once, .. } => {
            let once = once.unwrap_or_default();
            if once <= Local::now().naive_local() {
                return Err(Failure::told(Exit::Usage, say!(desk.words, "error-once-is-past")));
            }
            ReminderRule::Once { on: once.date(), at: once.time() }
        }
    };
    let kept = desk.home()?.reminders().add(NewReminder { rule, text: Some(text) })?;
    if desk.json() {
        return desk.screen.document(&kept);
    }
    let rule = rule_text(desk, &kept.rule)?;
    desk.screen.text(0, &say!(desk.words, "reminder-kept", "rule" => rule))?;
    desk.screen.text(0, &desk.screen.faint(&say!(desk.words, "reminder-delivery")))
}

#[derive(Serialize)]
struct Reminders {
    reminders: Vec<Reminder>,
}

fn list(desk: &Desk) -> Result<(), Failure> {
    let reminders = desk.home()?.reminders().all()?;
    if desk.json() {
        return desk.screen.document(&Reminders { reminders });
    }
    if reminders.is_empty() {
        return desk.screen.text(0, &say!(desk.words, "reminders-none"));
    }
    for (n, reminder) in reminders.iter().enumerate() {
        let mut line = format!("{:>4}  {}", n + 1, rule_text(desk, &reminder.rule)?);
        line.push_str(&desk.screen.faint(&format!("  {}", shown_text(&desk.words, reminder.text))));
        if reminder.paused {
            line.push_str(&format!("  {}", say!(desk.words, "reminder-paused")));
        }
        desk.screen.line(&line)?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Next {
    due: Vec<Due>,
}

fn next(desk: &Desk, count: u32) -> Result<(), Failure> {
    let due = desk.home()?.reminders().next_due(Utc::now(), count)?;
    if desk.json() {
        return desk.screen.document(&Next { due });
    }
    if due.is_empty() {
        return desk.screen.text(0, &say!(desk.words, "reminder-none-due"));
    }
    for one in &due {
        let when = day_and_time(&desk.words, one.at.local_date(), &desk.words.moment(&one.at));
        desk.screen.line(&format!("{}  {}", desk.screen.cyan(&when), shown_text(&desk.words, one.text)))?;
    }
    Ok(())
}

fn find_reminder(desk: &Desk, wanted: &str) -> Result<ReminderId, Failure> {
    let ids: Vec<_> = desk.home()?.reminders().all()?.iter().map(|one| one.id).collect();
    pick(wanted, &ids).or_tell(desk, wanted, missing(Thing::Reminder))
}

fn missing(what: Thing) -> Failure {
    Failure::Core(common_ground::Error::NotFound { what })
}

fn rule_text(desk: &Desk, rule: &ReminderRule) -> Result<String, Failure> {
    let words = &desk.words;
    let with = |relationship: &Option<RelationshipId>| with_whom(desk, *relationship);
    Ok(match rule {
        ReminderRule::Daily { at } => say!(words, "rule-daily", "time" => clock(*at)),
        ReminderRule::Weekdays { days, at } => {
            let days: Vec<_> = days.iter().map(|day| weekday(words, *day)).collect();
            say!(words, "rule-weekdays", "days" => days.join(", "), "time" => clock(*at))
        }
        ReminderRule::Monthly { day, at } => {
            say!(words, "rule-monthly", "day" => *day, "time" => clock(*at))
        }
        ReminderRule::AfterAppointment { days, at, relationship } => {
            let said = say!(words, "rule-after", "days" => *days, "time" => clock(*at));
            format!("{said}{}", with(relationship)?)
        }
        ReminderRule::BeforeAppointment { hours, relationship } => {
            format!("{}{}", say!(words, "rule-before", "hours" => *hours), with(relationship)?)
        }
        ReminderRule::Once { on, at } => {
            say!(words, "rule-once", "date" => words.date(*on), "time" => clock(*at))
        }
    })
}

/// With whom, behind a comma; nothing where with nobody in particular.
fn with_whom(desk: &Desk, relationship: Option<RelationshipId>) -> Result<String, Failure> {
    let Some(id) = relationship else { return Ok(String::new()) };
    let all = desk.home()?.relationships()?;
    let name = all.iter().find(|one: &&Relationship| one.id == id).map(|one| one.other.display_name.as_str());
    Ok(format!(", {}", say!(desk.words, "appointment-with", "name" => name.unwrap_or("?"))))
}

fn shown_text(words: &Words, text: ReminderText) -> String {
    match text {
        ReminderText::TimeForANote => say!(words, "reminder-note"),
        ReminderText::TimeToLookBack => say!(words, "reminder-look-back"),
        ReminderText::TimeToGetReady => say!(words, "reminder-get-ready"),
        ReminderText::TimeForAPlan => say!(words, "reminder-plan"),
    }
}

pub(super) fn weekday(words: &Words, day: Weekday) -> String {
    match day {
        Weekday::Monday => say!(words, "weekday-monday"),
        Weekday::Tuesday => say!(words, "weekday-tuesday"),
        Weekday::Wednesday => say!(words, "weekday-wednesday"),
        Weekday::Thursday => say!(words, "weekday-thursday"),
        Weekday::Friday => say!(words, "weekday-friday"),
        Weekday::Saturday => say!(words, "weekday-saturday"),
        Weekday::Sunday => say!(words, "weekday-sunday"),
    }
}

fn clock(time: LocalTime) -> String {
    hours_and_minutes::text(time)
}

fn day_and_time(words: &Words, date: LocalDate, moment: &str) -> String {
    format!("{}, {moment}", weekday(words, Weekday::of(date)))
}

pub(super) fn appointment(desk: &Desk, command: AppointmentCommand) -> Result<(), Failure> {
    let words = &desk.words;
    match command {
        AppointmentCommand::Add { when, minutes, zone } => keep(desk, when, minutes, zone, None, None),
        AppointmentCommand::Weekly { first, every, until, minutes, zone } => {
            keep(desk, first, minutes, zone, Some(every), until)
        }
        AppointmentCommand::List { next } => list_appointments(desk, next),
        AppointmentCommand::Remove { appointment } => {
            let id = find_appointment(desk, &appointment)?;
            desk.confirm(&say!(words, "ask-remove-appointment"))?;
            desk.home()?.reminders().remove_appointment(id)?;
            desk.screen.text(0, &say!(words, "appointment-removed"))
        }
        AppointmentCommand::Move { appointment, planned, to } => {
            let id = find_appointment(desk, &appointment)?;
            let to = MovedTo { date: to.date(), time: to.time() };
            desk.home()?.reminders().move_occurrence(id, planned, to)?;
            desk.screen.text(
                0,
                &say!(words, "appointment-moved",
                "date" => words.date(to.date), "time" => clock(to.time)),
            )
        }
        AppointmentCommand::Cancel { appointment, planned, undo } => {
            let id = find_appointment(desk, &appointment)?;
            let reminders = desk.home()?.reminders();
            if undo {
                reminders.keep_as_planned(id, planned)?;
                return desk.screen.text(0, &say!(words, "appointment-as-planned"));
            }
            reminders.cancel_occurrence(id, planned)?;
            desk.screen.text(0, &say!(words, "appointment-cancelled", "date" => words.date(planned)))
        }
        AppointmentCommand::End { appointment, last } => {
            let id = find_appointment(desk, &appointment)?;
            desk.home()?.reminders().end_rhythm(id, last)?;
            desk.screen.text(0, &say!(words, "appointment-changed"))
        }
    }
}

fn keep(
    desk: &Desk,
    when: NaiveDateTime,
    minutes: Option<u16>,
    zone: Option<String>,
    every_weeks: Option<u8>,
    last_date: Option<LocalDate>,
) -> Result<(), Failure> {
    let relationship = desk.named_relationship()?.map(|one| one.id);
    let (date, time) = (when.date(), when.time());
    let new = NewAppointment { date, time, zone, minutes, relationship, every_weeks, last_date };
    let kept = desk.home()?.reminders().add_appointment(new)?;
    if desk.json() {
        return desk.screen.document(&kept);
    }
    let what = appointment_text(desk, &kept)?;
    desk.screen.text(0, &say!(desk.words, "appointment-kept", "appointment" => what))
}

#[derive(Serialize)]
struct Appointments {
    appointments: Vec<Appointment>,
    /// The last that began, if there was one.
    last: Option<Occurrence>,
    next: Vec<Occurrence>,
}

fn list_appointments(desk: &Desk, count: u32) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    let reminders = desk.home()?.reminders();
    let appointments = reminders.appointments()?;
    let now = Utc::now();
    let last = reminders.last_appointment(now, None)?;
    let next = reminders.next_appointments(now, count, None)?;
    if desk.json() {
        return screen.document(&Appointments { appointments, last, next });
    }
    if appointments.is_empty() {
        return screen.text(0, &say!(words, "appointments-none"));
    }
    for (n, one) in appointments.iter().enumerate() {
        screen.line(&format!("{:>4}  {}", n + 1, appointment_text(desk, one)?))?;
    }
    screen.gap()?;
    if let Some(last) = &last {
        let when = day_and_time(words, last.begins.local_date(), &words.moment(&last.begins));
        screen.line(&screen.faint(&say!(words, "appointment-last", "when" => when)))?;
    }
    let coming = if next.is_empty() {
        say!(words, "appointments-none-to-come")
    } else {
        say!(words, "appointments-to-come")
    };
    screen.text(0, &screen.faint(&coming))?;
    for one in &next {
        let when = day_and_time(words, one.begins.local_date(), &words.moment(&one.begins));
        let mut line = format!("{}{}", screen.cyan(&when), with_whom(desk, one.relationship)?);
        if one.moved {
            let moved = say!(words, "appointment-moved-from", "date" => words.date(one.planned));
            line.push_str(&format!("  {}", screen.faint(&moved)));
        }
        screen.line(&line)?;
    }
    Ok(())
}

fn appointment_text(desk: &Desk, one: &Appointment) -> Result<String, Failure> {
    let words = &desk.words;
    let day = weekday(words, Weekday::of(one.date));
    let (date, time) = (words.date(one.date), clock(one.time));
    let mut text = match one.every_weeks {
        None => say!(words, "appointment-once", "weekday" => day, "date" => date, "time" => time),
        Some(weeks) => say!(words, "appointment-rhythm",
            "weeks" => weeks, "weekday" => day, "date" => date, "time" => time),
    };
    if let Some(last) = one.last_date {
        text.push_str(&format!(", {}", say!(words, "appointment-until", "date" => words.date(last))));
    }
    if let Some(minutes) = one.minutes {
        text.push_str(&format!(", {}", say!(words, "appointment-minutes", "minutes" => minutes)));
    }
    text.push_str(&with_whom(desk, one.relationship)?);
    if one.exceptions.iter().any(|exception| one.every_weeks.is_none() && exception.moved_to.is_none()) {
        text.push_str(&format!(", {}", say!(words, "appointment-is-cancelled")));
    }
    Ok(text)
}

fn find_appointment(desk: &Desk, wanted: &str) -> Result<AppointmentId, Failure> {
    let ids: Vec<_> = desk.home()?.reminders().appointments()?.iter().map(|one| one.id).collect();
    pick(wanted, &ids).or_tell(desk, wanted, missing(Thing::Appointment))
}
