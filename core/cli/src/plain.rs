//! What the core names in its own short English (fields, units, forms, the system's reasons), as a person
//! reads it: in their language, and without names out of the code. What is not known here stays as it came.

use crate::words::{Words, say};

/// A field of a call, as what a person typed: `emotions.name` is the name of a feeling.
pub(crate) fn field(words: &Words, name: &str) -> String {
    say!(words, "plain-field", "key" => key(name), "name" => name)
}

/// A field at the beginning of a sentence.
pub(crate) fn field_first(words: &Words, name: &str) -> String {
    let field = field(words, name);
    let mut letters = field.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

/// What is counted where something is too long.
pub(crate) fn limit(words: &Words, limit: u64, unit: &str) -> String {
    match unit {
        "bytes" if limit >= 1 << 20 => format!("{} MiB", limit >> 20),
        "bytes" if limit >= 1 << 10 => format!("{} KiB", limit >> 10),
        _ => format!("{limit} {}", say!(words, "plain-unit", "key" => key(unit), "name" => unit)),
    }
}

/// The form that was expected.
pub(crate) fn expected(words: &Words, form: &str) -> String {
    say!(words, "plain-form", "key" => key(form), "name" => form)
}

/// Why the system refused.
pub(crate) fn reason(words: &Words, reason: &str) -> String {
    say!(words, "plain-reason", "key" => key(reason), "name" => reason)
}

/// What is wrong with a part of a file that was to come in. The part keeps its own name: the person finds it
/// in their file under no other.
pub(crate) fn of_import(words: &Words, part: &str, problem: &str) -> String {
    let part = say!(words, "plain-part", "key" => key(part), "name" => part);
    let problem = say!(words, "plain-problem", "key" => key(problem), "name" => problem);
    format!("{part} {problem}")
}

/// A name as Fluent can choose by it: letters and digits, everything else a dash.
fn key(name: &str) -> String {
    let mut key = String::with_capacity(name.len());
    for c in name.chars() {
        match c {
            c if c.is_ascii_alphanumeric() => key.push(c.to_ascii_lowercase()),
            _ if key.is_empty() || key.ends_with('-') => {}
            _ => key.push('-'),
        }
    }
    key.truncate(key.trim_end_matches('-').len());
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_reads_names_out_of_the_code() {
        let (en, de) = (Words::choose(Some("en")), Words::choose(Some("de")));
        for name in [
            "text",
            "title",
            "tags",
            "tag",
            "mood",
            "moods",
            "emotions.name",
            "emotions.intensity",
            "written.at",
            "written.zone",
            "written.offset_seconds",
            "answers.field",
            "answers.value",
            "attachment",
            "attachments.name",
            "minutes",
            "helped",
            "note",
            "name",
            "zone",
            "file",
            "last_date",
            "display name",
            "passphrase",
            "links",
            "days",
            "drafts",
            "tools",
            "templates",
            "value",
            "known_by",
            "by_when",
            "first_step",
            "success",
            "what",
            "hindered",
            "learned",
            "levels",
            "expected_fear",
            "fear",
            "importance",
            "difficulty",
            "every_days",
            "ratings",
            "repeats",
            "due",
            "on",
            "from",
            "to",
            "digest",
            "older",
        ] {
            for words in [&en, &de] {
                let told = field(words, name);
                assert!(told.contains(' ') && !told.contains(['.', '_']), "{name}: {told}");
            }
            assert_ne!(field(&en, name), field(&de, name));
        }
    }

    #[test]
    fn a_limit_is_told_in_a_unit_that_people_know() {
        let words = Words::choose(Some("en"));
        assert_eq!(limit(&words, 104_857_600, "bytes"), "100 MiB");
        assert_eq!(limit(&words, 65_536, "bytes"), "64 KiB");
        assert_eq!(limit(&words, 500, "characters"), "500 characters");
        assert_eq!(limit(&Words::choose(Some("de")), 500, "characters"), "500 Zeichen");
    }

    #[test]
    fn what_an_import_stopped_at_is_told_in_german_too() {
        let words = Words::choose(Some("de"));
        let problem = "is of no format that is known here; name the format if you know it";
        assert!(of_import(&words, "file", problem).contains("--from"));
        assert_eq!(of_import(&words, "row", "is missing"), "die Zeile fehlt");
        assert_eq!(of_import(&words, "creationDate", "is missing"), "creationDate fehlt");
        assert_eq!(of_import(&words, "x", "is something new"), "x is something new");
    }
}
