//! Comments as Kotlin and Swift have them: links, the names of fields and parameters, and what a call throws, which Rust
//! writes beneath a heading `# Errors` at the end.

use crate::links::{self, camel, is_comment};

/// How Rust begins what a call throws.
const ERRORS: &str = "# Errors";

/// As KDoc has it: `@throws CommonGroundException`, to the end of the comment.
pub(crate) fn kotlin(source: &str) -> String {
    let tagged = |line: &str| line.replace(ERRORS, "@throws CommonGroundException");
    let lines =
        source.split_inclusive('\n').map(|line| if is_errors(line) { tagged(line) } else { named(line) });
    links::kotlin(&lines.collect::<String>())
}

/// As Swift's documentation has it: an item `- Throws:` of a list, its lines indented.
pub(crate) fn swift(source: &str) -> String {
    let mut throws = false;
    let lines = source.split_inclusive('\n').map(|line| {
        if is_errors(line) {
            throws = true;
            return line.replace(ERRORS, "- Throws:");
        }
        throws &= is_comment(line) && !line.trim_start().starts_with("*/");
        if throws { named(line).replacen("* ", "*   ", 1) } else { named(line) }
    });
    links::swift(&lines.collect::<String>())
}

fn is_errors(line: &str) -> bool {
    is_comment(line) && line.trim_start().trim_start_matches(['*', ' ']).trim_end() == ERRORS
}

/// A line with the names that a comment has in backticks, as the other language has them: `at_most` becomes `atMost`.
fn named(line: &str) -> String {
    if !is_comment(line) {
        return line.to_owned();
    }
    let mut pieces: Vec<String> = line.split('`').map(str::to_owned).collect();
    let last = pieces.len() - 1;
    for (place, piece) in pieces.iter_mut().enumerate() {
        if place % 2 == 1 && place < last && is_name(piece) {
            *piece = camel(piece);
        }
    }
    pieces.join("`")
}

/// Whether it is a name of several words, as fields and parameters have them.
fn is_name(text: &str) -> bool {
    text.contains('_')
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.ends_with(|c: char| c.is_ascii_alphanumeric())
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    const RUST: &str = "\
    /**
     * Reads at most `at_most` bytes, see [`Task::waits_for`].
     *
     * # Errors
     * [`Error::Locked`], and what
     * `some_source` says.
     */
    fun read()
";

    #[test]
    fn what_a_call_throws_is_told_as_kdoc_has_it() {
        let kotlin_has = "\
    /**
     * Reads at most `atMost` bytes, see [Task.waitsFor].
     *
     * @throws CommonGroundException
     * [CommonGroundException.Locked], and what
     * `someSource` says.
     */
    fun read()
";
        assert_eq!(kotlin(RUST), kotlin_has);
    }

    #[test]
    fn what_a_call_throws_is_told_as_swift_has_it() {
        let swift_has = "\
    /**
     * Reads at most `atMost` bytes, see ``Task/waitsFor``.
     *
     * - Throws:
     *   ``CommonGroundError/locked``, and what
     *   `someSource` says.
     */
    fun read()
";
        assert_eq!(swift(RUST), swift_has);
    }

    #[test]
    fn what_is_no_comment_and_what_is_no_name_stays_as_it_is() {
        for text in [
            "val `at_most` = 1",
            "# Errors",
            "// `_x` `A_B` `x_` `a b_c`",
            "// an open `bracket_ and more",
            "",
        ] {
            assert_eq!(kotlin(text), text);
            assert_eq!(swift(text), text);
        }
    }
}
