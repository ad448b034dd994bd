//! Looking back on the terminal: a calendar, charts, then and now, and a page to bring along.

use chrono::{Datelike, Days, Local, Months, TimeZone, Utc};
use common_ground::clock::{Instant, LocalDate};
use common_ground::journal::{
    DayOfEntries, DayOfMood, EarlierYear, Entry, EntryFilter, EntrySummary, Mean, Pattern, ScalePoint, Span,
    ThenAndNow, ToolMean, WeekOfMood,
};
use common_ground::reminders::Occurrence;
use serde::Serialize;

use super::{chart, entries, filter, journal};
use crate::args::{LookBackCommand, Month};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::words::say;

pub(super) fn look_back(desk: &Desk, command: LookBackCommand) -> Result<(), Failure> {
    match command {
        LookBackCommand::Days { month } => days(desk, first_of(month)),
        LookBackCommand::OnThisDay { on } => on_this_day(desk, on.unwrap_or_else(today)),
        LookBackCommand::ThenAndNow { each, filter: which } => {
            then_and_now(desk, filter::filter(desk, which)?, each)
        }
        LookBackCommand::Mood { weekly, ascii, filter: which } => {
            mood(desk, filter::filter(desk, which)?, weekly, ascii)
        }
        LookBackCommand::Patterns { from, to, minimum } => patterns(desk, from, to, minimum),
        LookBackCommand::Tools { from, to } => tools(desk, from, to),
        LookBackCommand::Scale { template, field, from, to } => scale(desk, template, field, from, to),
        LookBackCommand::Wins { month } => wins(desk, first_of(month)),
        LookBackCommand::ToBring { since, all, print } => to_bring(desk, since, all, print),
    }
}

/// Today by the calendar on this wall.
fn today() -> LocalDate {
    Local::now().date_naive()
}

fn first_of(month: Option<Month>) -> LocalDate {
    let day = month.map_or_else(today, |month| month.0);
    day.with_day(1).unwrap_or(day)
}

#[derive(Serialize)]
struct DaysDocument {
    days: Vec<DayOfEntries>,
}

fn days(desk: &Desk, first: LocalDate) -> Result<(), Failure> {
    let after = first.checked_add_months(Months::new(1)).unwrap_or(first);
    let last = after.pred_opt().unwrap_or(first);
    let days = desk.home()?.journal().days_with_entries(first, last)?;
    if desk.json() {
        return desk.screen.document(&DaysDocument { days });
    }
    let (words, screen) = (&desk.words, &desk.screen);
    screen.line(&screen.bold(&words.month(first)))?;
    let plain = chart::is_plain(false);
    let names = say!(words, "weekdays");
    let names: Vec<String> = names.split_whitespace().map(|name| format!("{name:<5}")).collect();
    screen.line(screen.faint(&names.join(" ")).trim_end())?;
    let mut line = "      ".repeat(first.weekday().num_days_from_monday() as usize);
    for day in first.iter_days().take_while(|day| *day <= last) {
        let found = days.iter().find(|one| one.day == day);
        let sign = match found {
            Some(_) if plain => "*",
            Some(_) => "•",
            None => " ",
        };
        let mood = found.and_then(|one| one.mood).map_or(' ', |mood| chart::nearest(mood.mean));
        let cell = format!("{:>2}{sign}{mood} ", day.day());
        line.push_str(&if found.is_some() { cell } else { screen.faint(&cell) });
        line.push(' ');
        if day.weekday().num_days_from_monday() == 6 || day == last {
            screen.line(line.trim_end())?;
            line.clear();
        }
    }
    let entries: u32 = days.iter().map(|one| one.entries).sum();
    screen.text(0, &say!(words, "look-days-count", "days" => days.len(), "entries" => entries))?;
    screen.text(0, &screen.faint(&say!(words, "look-days-explained")))
}

#[derive(Serialize)]
struct Years {
    years: Vec<EarlierYear>,
}

fn on_this_day(desk: &Desk, day: LocalDate) -> Result<(), Failure> {
    let years = desk.home()?.journal().on_this_day(day)?;
    if desk.json() {
        return desk.screen.document(&Years { years });
    }
    let (words, screen) = (&desk.words, &desk.screen);
    if years.is_empty() {
        return screen.text(0, &say!(words, "look-on-this-day-nothing"));
    }
    for year in &years {
        screen.line(&screen.bold(&say!(words, "look-years-ago", "count" => year.years_ago)))?;
        entries(desk, &year.entries)?;
    }
    Ok(())
}

fn entries(desk: &Desk, entries: &[EntrySummary]) -> Result<(), Failure> {
    entries.iter().try_for_each(|entry| journal::print_named_by_id(desk, entry))
}

#[derive(Serialize)]
struct ThenAndNowDocument {
    then_and_now: Option<ThenAndNow>,
}

fn then_and_now(desk: &Desk, filter: EntryFilter, each: u32) -> Result<(), Failure> {
    let found = desk.home()?.journal().then_and_now(filter, each)?;
    if desk.json() {
        return desk.screen.document(&ThenAndNowDocument { then_and_now: found });
    }
    let (words, screen) = (&desk.words, &desk.screen);
    let Some(found) = found else { return screen.text(0, &say!(words, "journal-filter-nothing")) };
    screen.line(&screen.bold(&say!(words, "look-then")))?;
    span(desk, &found.then)?;
    let Some(now) = &found.now else { return screen.text(0, &say!(words, "look-only-one")) };
    screen.gap()?;
    screen.line(&screen.bold(&say!(words, "look-now", "months" => found.months_apart)))?;
    span(desk, now)?;
    screen.text(0, &screen.faint(&say!(words, "look-count", "count" => found.count)))
}

fn span(desk: &Desk, span: &Span) -> Result<(), Failure> {
    entries(desk, &span.entries)?;
    match &span.mood {
        Some(mood) => desk.screen.text(2, &mean_in_words(desk, mood)),
        None => Ok(()),
    }
}

fn mean_in_words(desk: &Desk, mood: &Mean) -> String {
    say!(desk.words, "look-mean", "mean" => chart::number(mood.mean), "count" => mood.count)
}

#[derive(Serialize)]
struct MoodDays {
    days: Vec<DayOfMood>,
}

#[derive(Serialize)]
struct MoodWeeks {
    weeks: Vec<WeekOfMood>,
}

fn mood(desk: &Desk, mut filter: EntryFilter, weekly: bool, ascii: bool) -> Result<(), Failure> {
    let journal = desk.home()?.journal();
    if filter.from.is_none() && filter.to.is_none() {
        filter.from = today().checked_sub_days(Days::new(if weekly { 26 * 7 } else { 29 }));
    }
    let bars: Vec<chart::Bar> = if weekly {
        let weeks = journal.mood_by_week(filter)?;
        if desk.json() {
            return desk.screen.document(&MoodWeeks { weeks });
        }
        let name = |one: &WeekOfMood| format!("{}-W{:02}", one.year, one.week);
        weeks.iter().map(|one| chart::Bar::of(name(one), &one.mood)).collect()
    } else {
        let days = journal.mood_by_day(filter)?;
        if desk.json() {
            return desk.screen.document(&MoodDays { days });
        }
        days.iter().map(|one| chart::Bar::of(one.day.to_string(), &one.mood)).collect()
    };
    let (words, screen) = (&desk.words, &desk.screen);
    if bars.is_empty() {
        return screen.text(0, &say!(words, "look-mood-nothing"));
    }
    for line in chart::bars(&bars, 5.0, screen.width(), chart::is_plain(ascii)) {
        screen.line(&line)?;
    }
    screen.text(0, &screen.faint(&say!(words, "look-mood-explained")))
}

fn patterns(
    desk: &Desk,
    from: Option<LocalDate>,
    to: Option<LocalDate>,
    minimum: u32,
) -> Result<(), Failure> {
    let patterns = desk.home()?.journal().patterns(from, to, minimum)?;
    if desk.json() {
        return desk.screen.document(&patterns);
    }
    let (words, screen) = (&desk.words, &desk.screen);
    let Some(days) = &patterns.days else { return screen.text(0, &say!(words, "look-mood-nothing")) };
    screen.text(
        0,
        &say!(words, "look-patterns-days", "mean" => chart::number(days.mean), "count" => days.count),
    )?;
    let lists = [
        (say!(words, "look-tags"), &patterns.tags),
        (say!(words, "look-feelings"), &patterns.emotions),
        (say!(words, "look-tools"), &patterns.tools),
    ];
    for (heading, list) in lists.iter().filter(|(_, list)| !list.is_empty()) {
        screen.gap()?;
        screen.line(&screen.bold(heading))?;
        list.iter().try_for_each(|pattern| print_pattern(desk, pattern))?;
    }
    screen.gap()?;
    screen.text(0, &screen.faint(&say!(words, "look-patterns-explained", "minimum" => minimum)))
}

fn print_pattern(desk: &Desk, pattern: &Pattern) -> Result<(), Failure> {
    let line = say!(desk.words, "look-pattern",
        "name" => pattern.name.as_str(),
        "with" => chart::number(pattern.with.mean), "days-with" => pattern.with.count,
        "without" => chart::number(pattern.without.mean), "days-without" => pattern.without.count);
    desk.screen.text(2, &line)
}

#[derive(Serialize)]
struct ToolsDocument {
    tools: Vec<ToolMean>,
}

fn tools(desk: &Desk, from: Option<LocalDate>, to: Option<LocalDate>) -> Result<(), Failure> {
    let tools = desk.home()?.journal().tool_means(from, to)?;
    if desk.json() {
        return desk.screen.document(&ToolsDocument { tools });
    }
    let (words, screen) = (&desk.words, &desk.screen);
    if tools.is_empty() {
        return screen.text(0, &say!(words, "look-tools-nothing"));
    }
    for tool in &tools {
        let (name, uses) = (tool.name.as_str(), tool.uses);
        screen.text(
            0,
            &match &tool.helped {
                Some(helped) => say!(words, "look-tool",
                    "name" => name, "uses" => uses, "mean" => chart::number(helped.mean), "count" => helped.count),
                None => say!(words, "look-tool-unrated", "name" => name, "uses" => uses),
            },
        )?;
    }
    Ok(())
}

#[derive(Serialize)]
struct Points {
    points: Vec<ScalePoint>,
}

fn scale(
    desk: &Desk,
    template: String,
    field: String,
    from: Option<LocalDate>,
    to: Option<LocalDate>,
) -> Result<(), Failure> {
    let points = desk.home()?.journal().scale_over_time(template, field, from, to)?;
    if desk.json() {
        return desk.screen.document(&Points { points });
    }
    if points.is_empty() {
        return desk.screen.text(0, &say!(desk.words, "look-scale-nothing"));
    }
    let most = points.iter().map(|point| point.value).fold(10.0, f64::max);
    let bars: Vec<chart::Bar> = points
        .iter()
        .map(|point| chart::Bar {
            name: point.written.local_date().to_string(),
            value: point.value,
            behind: String::new(),
        })
        .collect();
    let lines = chart::bars(&bars, most, desk.screen.width(), chart::is_plain(false));
    lines.iter().try_for_each(|line| desk.screen.line(line))
}

#[derive(Serialize)]
struct Wins {
    entries: Vec<EntrySummary>,
}

fn wins(desk: &Desk, month: LocalDate) -> Result<(), Failure> {
    let wins = desk.home()?.journal().small_wins(month)?;
    if desk.json() {
        return desk.screen.document(&Wins { entries: wins });
    }
    let (words, screen) = (&desk.words, &desk.screen);
    screen.line(&screen.bold(&words.month(month)))?;
    if wins.is_empty() {
        return screen.text(0, &say!(words, "look-wins-nothing"));
    }
    entries(desk, &wins)?;
    screen.text(0, &screen.faint(&say!(words, "look-wins", "count" => wins.len())))
}

fn to_bring(desk: &Desk, since: Option<LocalDate>, all: bool, print: bool) -> Result<(), Failure> {
    let home = desk.home()?;
    let last = if all || since.is_some() {
        None
    } else {
        let with = desk.named_relationship()?.map(|one| one.id);
        home.reminders().last_appointment(Utc::now(), with)?
    };
    let since = since.and_then(beginning).or(last.as_ref().map(|last| last.begins.at));
    let found = home.journal().to_bring(since)?;
    if desk.json() {
        return desk.screen.document(&found);
    }
    let (words, screen) = (&desk.words, &desk.screen);
    if found.entries.is_empty() {
        screen.text(0, &say!(words, "look-to-bring-nothing"))?;
        return since_when(desk, last.as_ref());
    }
    if print {
        screen.line(&say!(words, "look-to-bring-page", "day" => words.date(today())))?;
        found.entries.iter().try_for_each(|entry| print_page(desk, entry))?;
    } else {
        found.entries.iter().try_for_each(|entry| entries::print(desk, entry))?;
    }
    if found.left_out > 0 {
        screen.text(0, &say!(words, "look-to-bring-left-out", "count" => found.left_out))?;
    }
    if print { Ok(()) } else { since_when(desk, last.as_ref()) }
}

/// Says that only what was marked since an appointment was looked at.
fn since_when(desk: &Desk, last: Option<&Occurrence>) -> Result<(), Failure> {
    let Some(last) = last else { return Ok(()) };
    let when = desk.words.moment(&last.begins);
    desk.screen.text(0, &desk.screen.faint(&say!(desk.words, "look-to-bring-since", "when" => when)))
}

/// The first instant of a day by the clock on this wall.
fn beginning(day: LocalDate) -> Option<Instant> {
    let midnight = day.and_hms_opt(0, 0, 0)?;
    let local = Local.from_local_datetime(&midnight);
    // Where the clocks jump at midnight the day begins an hour later, so the day before is early enough.
    local.earliest().map_or_else(|| Some(midnight.and_utc()), |first| Some(first.to_utc()))
}

/// One entry as plain text, without colours, signs or ids.
fn print_page(desk: &Desk, entry: &Entry) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    screen.gap()?;
    screen.line("----------------------------------------")?;
    screen.line(&words.moment(&entry.written))?;
    if let Some(title) = &entry.title {
        screen.text(0, title)?;
    }
    if let Some(mood) = entry.mood {
        screen.line(&say!(words, "look-mood-of-entry", "mood" => mood))?;
    }
    let feelings: Vec<String> = entry
        .emotions
        .iter()
        .map(|emotion| match emotion.intensity {
            Some(intensity) => format!("{} ({intensity}/10)", emotion.name),
            None => emotion.name.clone(),
        })
        .collect();
    if !feelings.is_empty() {
        screen.text(0, &feelings.join(", "))?;
    }
    if !entry.text.trim().is_empty() {
        screen.gap()?;
        screen.text(0, &entry.text)?;
    }
    for answer in &entry.answers {
        screen.gap()?;
        screen.line(&format!("{}:", answer.field))?;
        screen.text(2, &answer.value)?;
    }
    Ok(())
}
