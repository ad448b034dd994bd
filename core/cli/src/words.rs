//! The words on the screen: Fluent texts in English and German, chosen by the system's language.
//!
//! Every text is asked for with [`say!`] and a literal id, so that a test can hold the ids in the code
//! against those in the files.

use chrono::{Datelike, Local, NaiveDateTime, Offset, TimeDelta, TimeZone, Timelike};
use common_ground::clock::{Instant, LocalDate, Moment};
use fluent_bundle::concurrent::FluentBundle;
use fluent_bundle::{FluentArgs, FluentResource};
use fluent_langneg::{NegotiationStrategy, negotiate_languages};
use unic_langid::LanguageIdentifier;

/// The text with this id, with its values filled in.
macro_rules! say {
    ($words:expr, $id:literal $(, $name:literal => $value:expr)* $(,)?) => {{
        #[allow(unused_mut)]
        let mut values = fluent_bundle::FluentArgs::new();
        $(values.set($name, $value);)*
        $words.text($id, &values)
    }};
}
pub(crate) use say;

const ENGLISH: &str = concat!(
    include_str!("../locales/en/main.ftl"),
    "\n",
    include_str!("../locales/en/plan.ftl"),
    "\n",
    include_str!("../locales/en/plan_history.ftl"),
    "\n",
    include_str!("../locales/en/import.ftl"),
    "\n",
    include_str!("../locales/en/errors.ftl"),
    "\n",
    include_str!("../locales/en/demo.ftl"),
    "\n",
    include_str!("../locales/en/keeping.ftl"),
    "\n",
    include_str!("../locales/en/export.ftl"),
    "\n",
    include_str!("../locales/en/plain.ftl"),
    "\n",
    include_str!("../locales/en/attaching.ftl"),
    "\n",
    include_str!("../locales/en/reminding.ftl"),
    "\n",
    include_str!("../locales/en/looking_back.ftl"),
    "\n",
    include_str!("../locales/en/carrying.ftl"),
    "\n",
    include_str!("../locales/en/together.ftl"),
    "\n",
    include_str!("../locales/en/sharing.ftl"),
    "\n",
    include_str!("../locales/en/entries.ftl"),
    "\n",
    include_str!("../locales/en/relationships.ftl"),
    "\n",
    include_str!("../locales/en/new_phone.ftl"),
    "\n",
    include_str!("../locales/en/meeting.ftl")
);
const GERMAN: &str = concat!(
    include_str!("../locales/de/main.ftl"),
    "\n",
    include_str!("../locales/de/plan.ftl"),
    "\n",
    include_str!("../locales/de/plan_history.ftl"),
    "\n",
    include_str!("../locales/de/import.ftl"),
    "\n",
    include_str!("../locales/de/errors.ftl"),
    "\n",
    include_str!("../locales/de/demo.ftl"),
    "\n",
    include_str!("../locales/de/keeping.ftl"),
    "\n",
    include_str!("../locales/de/export.ftl"),
    "\n",
    include_str!("../locales/de/plain.ftl"),
    "\n",
    include_str!("../locales/de/attaching.ftl"),
    "\n",
    include_str!("../locales/de/reminding.ftl"),
    "\n",
    include_str!("../locales/de/looking_back.ftl"),
    "\n",
    include_str!("../locales/de/carrying.ftl"),
    "\n",
    include_str!("../locales/de/together.ftl"),
    "\n",
    include_str!("../locales/de/sharing.ftl"),
    "\n",
    include_str!("../locales/de/entries.ftl"),
    "\n",
    include_str!("../locales/de/relationships.ftl"),
    "\n",
    include_str!("../locales/de/new_phone.ftl"),
    "\n",
    include_str!("../locales/de/meeting.ftl")
);

/// The texts in one language.
pub(crate) struct Words {
    language: &'static str,
    bundle: FluentBundle<FluentResource>,
}

/// What the clock on this wall shows at an instant; at the very ends of time, where it shows nothing, UTC.
fn on_this_wall(instant: Instant) -> NaiveDateTime {
    let utc = instant.naive_utc();
    utc.checked_add_offset(Local.offset_from_utc_datetime(&utc).fix()).unwrap_or(utc)
}

impl Words {
    /// The texts in the language asked for, or else in the system's, or else in English.
    pub(crate) fn choose(asked: Option<&str>) -> Self {
        let wanted: Vec<String> = match asked {
            Some(language) => vec![language.to_owned()],
            None => sys_locale::get_locales().collect(),
        };
        let wanted: Vec<LanguageIdentifier> =
            wanted.iter().filter_map(|language| language.parse().ok()).collect();
        let here: Vec<LanguageIdentifier> =
            ["en", "de"].iter().filter_map(|language| language.parse().ok()).collect();
        let german = negotiate_languages(&wanted, &here, here.first(), NegotiationStrategy::Lookup)
            .first()
            .is_some_and(|language| language.language.as_str() == "de");
        if german { Self::from_file("de", GERMAN) } else { Self::from_file("en", ENGLISH) }
    }

    fn from_file(language: &'static str, file: &str) -> Self {
        let mut bundle = FluentBundle::new_concurrent(vec![language.parse().unwrap_or_default()]);
        // A terminal shows the marks around values as boxes; English and German need none.
        bundle.set_use_isolating(false);
        // What can be read of a file with a mistake in it is used; a test finds the mistake.
        let resource = FluentResource::try_new(file.to_owned()).unwrap_or_else(|(resource, _)| resource);
        bundle.add_resource_overriding(resource);
        Self { language, bundle }
    }

    /// The language of the texts: `en` or `de`.
    pub(crate) fn language(&self) -> String {
        self.language.to_owned()
    }

    /// A number with one decimal place.
    pub(crate) fn decimal(&self, number: f64) -> String {
        let text = format!("{number:.1}");
        if self.language == "de" { text.replace('.', ",") } else { text }
    }

    /// The text with this id; use [`say!`].
    pub(crate) fn text(&self, id: &str, values: &FluentArgs<'_>) -> String {
        let Some(pattern) = self.bundle.get_message(id).and_then(|message| message.value()) else {
            return id.to_owned();
        };
        self.bundle.format_pattern(pattern, Some(values), &mut Vec::new()).into_owned()
    }

    /// When something was written, as the writer's calendar and clock showed it.
    pub(crate) fn moment(&self, moment: &Moment) -> String {
        let utc = moment.at.naive_utc();
        let local = utc.checked_add_signed(TimeDelta::seconds(moment.offset_seconds.into())).unwrap_or(utc);
        say!(self, "date-and-time",
            "date" => self.date(local.date()),
            "time" => format!("{:02}:{:02}", local.hour(), local.minute()))
    }

    /// An instant by the clock on this wall.
    pub(crate) fn instant(&self, instant: Instant) -> String {
        let local = on_this_wall(instant);
        say!(self, "date-and-time",
            "date" => self.date(local.date()),
            "time" => format!("{:02}:{:02}", local.hour(), local.minute()))
    }

    /// The day of an instant by the calendar on this wall.
    pub(crate) fn day_of(&self, instant: Instant) -> String {
        self.date(on_this_wall(instant).date())
    }

    /// The month of a day.
    pub(crate) fn month(&self, day: LocalDate) -> String {
        say!(self, "month-and-year", "month" => day.month(), "year" => day.year().to_string())
    }

    /// A day.
    pub(crate) fn date(&self, date: LocalDate) -> String {
        say!(self, "date",
            "day" => date.day(), "month" => date.month(), "year" => date.year().to_string())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use super::*;

    fn ids(file: &str) -> BTreeSet<String> {
        file.lines()
            .filter(|line| line.starts_with(|c: char| c.is_ascii_lowercase()))
            .filter_map(|line| line.split_once('=').map(|(id, _)| id.trim().to_owned()))
            .collect()
    }

    fn variables(file: &str) -> BTreeSet<(String, String)> {
        let mut found = BTreeSet::new();
        let mut id = String::new();
        for line in file.lines() {
            if line.starts_with(|c: char| c.is_ascii_lowercase())
                && let Some((name, _)) = line.split_once('=')
            {
                id = name.trim().to_owned();
            }
            for piece in line.split('$').skip(1) {
                let name: String =
                    piece.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '-').collect();
                found.insert((id.clone(), name));
            }
        }
        found
    }

    fn used_in(folder: &Path, into: &mut BTreeSet<String>) {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                used_in(&path, into);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let code = std::fs::read_to_string(&path).unwrap();
                for piece in code.split("say!(").skip(1) {
                    if let Some(id) = piece.split('"').nth(1) {
                        into.insert(id.to_owned());
                    }
                }
            }
        }
    }

    #[test]
    fn both_languages_have_the_same_texts_with_the_same_values() {
        assert_eq!(ids(ENGLISH), ids(GERMAN));
        assert_eq!(variables(ENGLISH), variables(GERMAN));
        assert!(ids(ENGLISH).len() > 100);
    }

    #[test]
    fn both_files_are_free_of_mistakes() {
        for file in [ENGLISH, GERMAN] {
            assert!(FluentResource::try_new(file.to_owned()).is_ok());
        }
    }

    #[test]
    fn every_text_that_is_asked_for_exists_and_every_text_is_asked_for() {
        let mut used = BTreeSet::new();
        used_in(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut used);
        used.retain(|id| id.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-'));
        assert_eq!(used, ids(ENGLISH));
    }

    #[test]
    fn an_unknown_language_is_answered_in_english_and_a_region_is_understood() {
        let you = |language| say!(Words::choose(Some(language)), "you");
        assert_eq!(you("pt-BR"), "you");
        assert_eq!(you("de-AT"), "du");
        assert_eq!(you("not a language"), "you");
    }

    #[test]
    fn a_date_reads_as_people_write_it() {
        let day = LocalDate::from_ymd_opt(1660, 5, 3).unwrap();
        assert_eq!(Words::choose(Some("en")).date(day), "3 May 1660");
        assert_eq!(Words::choose(Some("de")).date(day), "3. Mai 1660");
    }
}
