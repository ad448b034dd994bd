//! Numbers for right now: whom to call in which country. It needs no home, no key, no network and no setting up, so that
//! the way to help is there for as long as the app starts at all.

use std::collections::BTreeMap;

use chrono::TimeDelta;
use serde::{Deserialize, Serialize};

use crate::clock::{LocalDate, RealWorld, Surroundings as _};
use crate::{Error, Result};

const NUMBERS: &str = include_str!("../data/help-now.json");

/// After this long the numbers count as old.
const STALE_AFTER: TimeDelta = TimeDelta::days(550);

/// Whom to call right now.
#[derive(Debug, Clone, PartialEq, Eq, uniffi::Record)]
pub struct HelpNow {
    /// The country, two capital letters; nothing where it is not known, and the numbers are those that mobile phones reach
    /// help by in most of the world.
    pub region: Option<String>,
    /// Whom to call in danger. Never empty.
    pub emergency: Vec<EmergencyNumber>,
    /// Whom to talk to.
    pub talk: Vec<TalkNumber>,
    /// On which day the numbers were looked up: to be shown with them.
    pub as_of: LocalDate,
    /// Whether that is so long ago that the person should be told that they may be wrong by now.
    pub is_old: bool,
}

/// A number to call in danger.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
pub struct EmergencyNumber {
    /// Digits, perhaps with blanks between them.
    pub number: String,
    /// Who answers.
    pub what: EmergencyService,
}

/// Who answers a number for emergencies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, uniffi::Enum)]
#[serde(rename_all = "snake_case")]
pub enum EmergencyService {
    /// All of them.
    All,
    /// An ambulance.
    Ambulance,
    /// The police.
    Police,
}

/// A number under which somebody listens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, uniffi::Record)]
pub struct TalkNumber {
    /// Digits, perhaps with blanks between them.
    pub number: String,
    /// The organisation, as it calls itself.
    pub name: String,
    /// Its page, without `https://`.
    pub page: String,
}

#[derive(Deserialize)]
struct Numbers {
    as_of: LocalDate,
    regions: BTreeMap<String, Region>,
}

#[derive(Deserialize, Clone)]
struct Region {
    emergency: Vec<EmergencyNumber>,
    talk: Vec<TalkNumber>,
}

/// Whom to call right now in a country: two letters such as `DE`, as the system's language setting names it. In one that
/// is not known here, and without one, 112, which mobile phones reach in most of the world. It answers at once, from any
/// thread, before anything is opened.
///
/// # Errors
/// None but a mistake of ours.
#[uniffi::export(default(region = None))]
pub fn help_now(region: Option<String>) -> Result<HelpNow> {
    gather(region, RealWorld.now().with_timezone(&RealWorld.zone()).date_naive())
}

fn gather(region: Option<String>, today: LocalDate) -> Result<HelpNow> {
    let numbers: Numbers =
        serde_json::from_str(NUMBERS).map_err(|_| Error::internal("the numbers for right now"))?;
    let region = region.map(|region| region.to_uppercase());
    let known = region.as_ref().and_then(|region| numbers.regions.get(region)).cloned();
    let fallback = || Region {
        emergency: vec![EmergencyNumber { number: "112".to_owned(), what: EmergencyService::All }],
        talk: Vec::new(),
    };
    let region = region.filter(|_| known.is_some());
    let Region { emergency, talk } = known.unwrap_or_else(fallback);
    let is_old = today - numbers.as_of > STALE_AFTER;
    Ok(HelpNow { region, emergency, talk, as_of: numbers.as_of, is_old })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn today() -> LocalDate {
        "2026-12-01".parse().expect("a day")
    }

    #[test]
    fn every_region_has_an_emergency_number_and_numbers_are_dialable() {
        let numbers: Numbers = serde_json::from_str(NUMBERS).expect("numbers");
        assert!(numbers.regions.len() > 30);
        for (region, of_region) in &numbers.regions {
            assert!(region.len() == 2 && !of_region.emergency.is_empty(), "{region}");
            let all = of_region.emergency.iter().map(|one| &one.number);
            for number in all.chain(of_region.talk.iter().map(|one| &one.number)) {
                assert!(number.chars().all(|c| c.is_ascii_digit() || c == ' '), "{region} {number}");
            }
        }
    }

    #[test]
    fn an_unknown_region_still_gets_a_number() {
        for region in [None, Some("XX".to_owned())] {
            let help = gather(region, today()).expect("help");
            assert_eq!((help.emergency[0].number.as_str(), help.region), ("112", None));
        }
        let help = gather(Some("us".to_owned()), today()).expect("help");
        assert_eq!((help.emergency[0].number.as_str(), help.region.as_deref()), ("911", Some("US")));
        assert_eq!(help_now(Some("DE".to_owned())).expect("help").emergency[0].number, "112");
    }

    #[test]
    fn numbers_that_were_looked_up_long_ago_are_told_as_old() {
        let as_of = gather(None, today()).expect("help").as_of;
        let is_old = |after| gather(None, as_of + TimeDelta::days(after)).expect("help").is_old;
        assert!(!is_old(550) && is_old(551));
    }
}
