//! Moments as a plan writes them, `2026-05-03T18:02:11.250000+02:00[Europe/Berlin]`, taken apart into
//! numbers: fifty letters become four bytes or so.

use chrono::{DateTime, FixedOffset, SecondsFormat, Utc};

/// The longest text that is looked at.
const LONGEST: usize = 96;
/// The first and the last microsecond of the years 1 to 9999.
const RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800_000_000..=253_402_300_799_999_999;

/// A moment's microseconds since 1970 in UTC, its offset in minutes east, and the name of its zone.
/// Nothing for a text that would not come out the same.
pub(super) fn take_apart(text: &str) -> Option<(i64, i64, &str)> {
    if text.len() > LONGEST || text.as_bytes().get(10) != Some(&b'T') {
        return None;
    }
    let (time, zone) = text.strip_suffix(']')?.split_once('[')?;
    let time = DateTime::parse_from_rfc3339(time).ok()?;
    let (micros, minutes) = (time.timestamp_micros(), i64::from(time.offset().local_minus_utc() / 60));
    (put_together(micros, minutes, zone)? == text).then_some((micros, minutes, zone))
}

/// The text of a moment; nothing where the numbers are out of range.
pub(super) fn put_together(micros: i64, minutes: i64, zone: &str) -> Option<String> {
    if !RANGE.contains(&micros) {
        return None;
    }
    let offset = FixedOffset::east_opt(i32::try_from(minutes.checked_mul(60)?).ok()?)?;
    let time = DateTime::<Utc>::from_timestamp_micros(micros)?.with_timezone(&offset);
    Some(format!("{}[{zone}]", time.to_rfc3339_opts(SecondsFormat::Micros, false)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_comes_out_as_it_went_in() {
        let text = "2026-05-03T18:02:11.250000+02:00[Europe/Berlin]";
        assert!(take_apart(text) == Some((1_777_824_131_250_000, 120, "Europe/Berlin")));
        for text in [text, "1969-12-31T23:59:59.999999-09:30[Pacific/Marquesas]"] {
            let (micros, minutes, zone) = take_apart(text).unwrap();
            assert!(put_together(micros, minutes, zone).unwrap() == text);
        }
    }

    #[test]
    fn what_would_come_out_another_is_left_as_it_is() {
        for text in [
            "2026-05-03T18:02:11.25+02:00[Europe/Berlin]",
            "2026-05-03T18:02:11.250000Z[UTC]",
            "2026-05-03T18:02:11.250000-00:00[UTC]",
            "2026-05-03T18:02:60.250000+02:00[Europe/Berlin]",
            "2026-05-03t18:02:11.250000+02:00[Europe/Berlin]",
            "2026-05-03T18:02:11.250000+02:00",
            "2026-05-03Tx[]",
            "]",
            "",
        ] {
            assert!(take_apart(text).is_none(), "{text}");
        }
    }

    #[test]
    fn numbers_out_of_range_are_no_moment() {
        for (micros, minutes) in [(i64::MAX, 0), (i64::MIN, 0), (0, i64::MAX), (0, 24 * 60), (0, -24 * 60)] {
            assert!(put_together(micros, minutes, "UTC").is_none());
        }
        for micros in [*RANGE.start(), *RANGE.end()] {
            assert!(put_together(micros, 23 * 60, "UTC").is_some());
            assert!(put_together(micros, -23 * 60, "UTC").is_some());
        }
    }
}
