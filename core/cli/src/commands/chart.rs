//! Bars of text, in block characters or in plain ones.

use common_ground::journal::Mean;

/// Eighths of a block, from none to seven.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// One bar.
pub(super) struct Bar {
    /// What it is a bar of: a day, a week.
    pub(super) name: String,
    /// Its length.
    pub(super) value: f64,
    /// What is said behind its number.
    pub(super) behind: String,
}

impl Bar {
    /// The bar of a mean, with the count behind it.
    pub(super) fn of(name: String, mean: &Mean) -> Self {
        Self { name, value: mean.mean, behind: format!(" ({})", mean.count) }
    }
}

/// Lines no wider than `width`; a bar of the value `most` takes all the room there is.
pub(super) fn bars(bars: &[Bar], most: f64, width: usize, plain: bool) -> Vec<String> {
    let ends: Vec<String> = bars.iter().map(|bar| format!("{}{}", number(bar.value), bar.behind)).collect();
    let longest = |texts: &mut dyn Iterator<Item = &String>| texts.map(|text| text.chars().count()).max();
    let names = longest(&mut bars.iter().map(|bar| &bar.name)).unwrap_or(0);
    let room = width.saturating_sub(names + longest(&mut ends.iter()).unwrap_or(0) + 3).max(8);
    bars.iter()
        .zip(ends)
        .map(|(bar, end)| {
            let share = if most > 0.0 { (bar.value / most).clamp(0.0, 1.0) } else { 0.0 };
            format!("{:<names$}  {} {end}", bar.name, drawn(share, room, plain))
        })
        .collect()
}

fn drawn(share: f64, room: usize, plain: bool) -> String {
    let eighths = (share * room as f64 * 8.0).round() as usize;
    if plain {
        return "#".repeat((eighths + 4) / 8);
    }
    format!("{}{}", "█".repeat(eighths / 8), EIGHTHS.get(eighths % 8).copied().unwrap_or_default())
}

/// A number with one digit behind the point, which is left out where it says nothing.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

/// The nearest of the five moods, as a digit.
pub(super) fn nearest(mean: f64) -> char {
    char::from_digit(mean.round().clamp(1.0, 5.0) as u32, 10).unwrap_or(' ')
}

/// Whether only plain characters can be shown: it was asked for, or the terminal knows no others.
pub(super) fn is_plain(asked: bool) -> bool {
    let said = |name| std::env::var(name).ok().filter(|value: &String| !value.is_empty());
    let locale = said("LC_ALL").or_else(|| said("LC_CTYPE")).or_else(|| said("LANG")).unwrap_or_default();
    let locale = locale.to_ascii_lowercase();
    asked
        || !(cfg!(windows)
            || cfg!(target_os = "macos")
            || locale.contains("utf-8")
            || locale.contains("utf8"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_numbers_and_fit_the_width() {
        let of = |name: &str, mean, count| Bar::of(name.to_owned(), &Mean { mean, count });
        let some = [of("Mon", 5.0, 2), of("Tue", 2.5, 12), of("Wed", 1.25, 1)];
        let lines = bars(&some, 5.0, 40, false);
        // 40 less 3 for the name, 8 for "2.5 (12)" and 3 between: 26.
        assert_eq!(lines[0], format!("Mon  {} 5 (2)", "█".repeat(26)));
        assert_eq!(lines[1], format!("Tue  {} 2.5 (12)", "█".repeat(13)));
        assert_eq!(lines[2], format!("Wed  {}▌ 1.2 (1)", "█".repeat(6)));
        assert!(lines.iter().all(|line| line.chars().count() <= 40));
        let plain = bars(&some, 5.0, 40, true);
        assert_eq!(plain[1], format!("Tue  {} 2.5 (12)", "#".repeat(13)));
        assert!(plain.iter().all(|line| line.is_ascii()));
        assert!(bars(&[], 5.0, 40, true).is_empty());
    }

    #[test]
    fn a_mood_is_shown_by_the_nearest_digit() {
        assert_eq!([1.0, 1.5, 2.4, 4.5, 5.0].map(nearest), ['1', '2', '2', '5', '5']);
        assert_eq!([2.0, 2.25, 3.96].map(number), ["2", "2.2", "4"]);
    }
}
