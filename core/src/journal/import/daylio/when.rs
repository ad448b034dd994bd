//! Days and times as a person's phone writes them.

use chrono::{NaiveDate, NaiveTime};

/// The first letters of the months in English and German, in lower case.
const MONTHS: [&[&str]; 12] = [
    &["jan", "jän"],
    &["feb"],
    &["mar", "mär", "mrz"],
    &["apr"],
    &["may", "mai"],
    &["jun"],
    &["jul"],
    &["aug"],
    &["sep"],
    &["oct", "okt"],
    &["nov"],
    &["dec", "dez"],
];

/// A year, and a day such as `October 26`, `26 Oct` or `26. Oktober`.
pub(super) fn day(year: &str, day: &str) -> Option<NaiveDate> {
    let year: i32 = year.parse().ok()?;
    let lower = day.to_lowercase();
    let mut words = lower.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty());
    let (one, other) = (words.next()?, words.next()?);
    if words.next().is_some() {
        return None;
    }
    let number = |word: &str| word.parse::<u32>().ok();
    let (day, month) = match (number(one), number(other)) {
        (Some(day), None) => (day, month(other)?),
        (None, Some(day)) => (day, month(one)?),
        _ => return None,
    };
    NaiveDate::from_ymd_opt(year, month, day)
}

fn month(word: &str) -> Option<u32> {
    let position = MONTHS.iter().position(|names| names.iter().any(|name| word.starts_with(name)))?;
    u32::try_from(position + 1).ok()
}

/// `22:13`, `22.13`, `10:13 pm`, `10:13 p.m.`, with or without seconds.
pub(super) fn time(text: &str) -> Option<NaiveTime> {
    let lower = text.to_lowercase();
    let end = lower.find(|letter: char| !letter.is_ascii_digit() && letter != ':' && letter != '.');
    let (clock, half) = lower.split_at(end.unwrap_or(lower.len()));
    let half: String = half.chars().filter(|letter| letter.is_alphanumeric()).collect();
    let mut numbers = clock.trim_end_matches('.').split([':', '.']).map(|number| number.parse::<u32>().ok());
    let (hour, minute) = (numbers.next()??, numbers.next()??);
    let second = numbers.next().unwrap_or(Some(0))?;
    if numbers.next().is_some() {
        return None;
    }
    let hour = match half.as_str() {
        "" | "uhr" => hour,
        "am" | "pm" if !(1..=12).contains(&hour) => return None,
        "am" => hour % 12,
        "pm" => hour % 12 + 12,
        _ => return None,
    };
    NaiveTime::from_hms_opt(hour, minute, second)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_is_read_however_the_phone_writes_it() {
        let at = |hour, minute| NaiveTime::from_hms_opt(hour, minute, 0);
        for (text, expected) in [
            ("22:13", at(22, 13)),
            ("7:05", at(7, 5)),
            ("22.13", at(22, 13)),
            ("22:13:00", at(22, 13)),
            ("20:30 Uhr", at(20, 30)),
            ("10:00 pm", at(22, 0)),
            ("10:00\u{202f}PM", at(22, 0)),
            ("10:00 p.m.", at(22, 0)),
            ("12:05 am", at(0, 5)),
            ("12:30 PM", at(12, 30)),
        ] {
            assert_eq!(time(text), expected, "{text}");
        }
        for text in ["", "25:00", "13:00 pm", "0:10 am", "12:60", "12", "in the evening", "1:2:3:4", ":"] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn a_day_is_read_in_english_and_german() {
        let may = NaiveDate::from_ymd_opt(2019, 5, 3);
        for text in ["May 3", "3 May", "3. Mai", "Mai 3", "may 03"] {
            assert_eq!(day("2019", text), may, "{text}");
        }
        assert_eq!(day("2018", "26. März"), NaiveDate::from_ymd_opt(2018, 3, 26));
        assert_eq!(day("2020", "February 29"), NaiveDate::from_ymd_opt(2020, 2, 29));
        for text in ["", "May", "May 32", "3 4", "May 3 2019", "3 mei x"] {
            assert_eq!(day("2019", text), None, "{text}");
        }
        assert_eq!(day("2019", "February 29"), None);
    }
}
