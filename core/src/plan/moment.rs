//! Times as a plan writes them: RFC 9557, for example `2026-05-03T18:02:11.250000+02:00[Europe/Berlin]`,
//! and plain days, for example `2026-05-03`.

use chrono::{DateTime, Datelike, FixedOffset, SecondsFormat, Utc};

use crate::clock::{LocalDate, Moment};

/// The longest moment: a date, a time with microseconds, an offset and the longest zone name.
const LONGEST: usize = 96;
/// The first and the last microsecond of the years 1 to 9999.
const RANGE: std::ops::RangeInclusive<i64> = -62_135_596_800_000_000..=253_402_300_799_999_999;

/// Writes a moment. The offset is rounded to whole minutes, as the format has it.
pub(crate) fn write(moment: &Moment) -> String {
    let minutes = moment.offset_seconds.div_euclid(60);
    let offset = FixedOffset::east_opt(minutes * 60).unwrap_or_else(|| chrono::Offset::fix(&Utc));
    let time = moment.at.with_timezone(&offset).to_rfc3339_opts(SecondsFormat::Micros, false);
    format!("{time}[{}]", moment.zone)
}

/// Reads a moment; nothing where it is not one, or lies outside the years 1 to 9999.
pub(crate) fn read(text: &str) -> Option<Moment> {
    if text.len() > LONGEST {
        return None;
    }
    let (time, zone) = text.strip_suffix(']')?.split_once('[')?;
    let time = DateTime::parse_from_rfc3339(time).ok()?;
    let zone: chrono_tz::Tz = zone.parse().ok()?;
    let at = time.with_timezone(&Utc);
    if !RANGE.contains(&at.timestamp_micros()) {
        return None;
    }
    let moment = Moment {
        at: DateTime::from_timestamp_micros(at.timestamp_micros())?,
        zone: zone.name().to_owned(),
        offset_seconds: time.offset().local_minus_utc(),
    };
    // One way to write each moment, so that what is read is what was signed.
    (write(&moment) == text).then_some(moment)
}

/// Reads a day of the years 1 to 9999.
pub(crate) fn read_day(text: &str) -> Option<LocalDate> {
    let day: LocalDate = text.parse().ok()?;
    (day.to_string() == text && (1..=9999).contains(&day.year())).then_some(day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_keeps_its_time_its_offset_and_its_zone() {
        let text = "2026-05-03T18:02:11.250000+02:00[Europe/Berlin]";
        let moment = read(text).expect("a moment");
        assert_eq!(moment.at.to_rfc3339(), "2026-05-03T16:02:11.250+00:00");
        assert_eq!(moment.zone, "Europe/Berlin");
        assert_eq!(moment.offset_seconds, 7200);
        assert_eq!(write(&moment), text);
    }

    #[test]
    fn there_is_one_way_to_write_a_moment() {
        for other in [
            "2026-05-03T18:02:11+02:00[Europe/Berlin]",
            "2026-05-03t18:02:11.250000+02:00[Europe/Berlin]",
            "2026-05-03T18:02:11.250000+02:00[europe/berlin]",
            "2026-05-03T18:02:11.250000+02:00",
            "2026-05-03",
            "",
        ] {
            assert!(read(other).is_none(), "{other}");
        }
    }

    #[test]
    fn a_day_is_not_a_moment() {
        assert!(read_day("2026-05-03").is_some());
        assert!(read_day("2026-5-3").is_none());
        assert!(read_day("2026-02-30").is_none());
    }

    #[test]
    fn years_that_other_programs_cannot_read_are_no_time() {
        assert!(read_day("+12026-05-03").is_none() && read_day("-0001-05-03").is_none());
        assert!(read_day("0001-01-01").is_some() && read_day("9999-12-31").is_some());
        assert!(read("9999-12-31T23:59:59.999999-12:00[UTC]").is_none());
        assert!(read("0001-01-01T00:00:00.000000+12:00[UTC]").is_none());
    }
}
