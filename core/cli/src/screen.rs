//! What is written to the terminal: lines for people, or one JSON document for programs.

use std::io::{IsTerminal, Write};
use std::sync::Mutex;

use serde::Serialize;

use crate::failure::{Exit, Failure};

/// The width of text where the output is not a terminal.
const WIDTH_ELSEWHERE: usize = 80;
/// Longer lines are hard to read, however wide the window.
const WIDEST: usize = 96;

/// The way to standard output.
pub(crate) struct Screen {
    out: Mutex<Box<dyn Write + Send>>,
    terminal: bool,
    colours: bool,
    width: usize,
}

impl Screen {
    /// Standard output, with colours where it is a terminal that has them.
    pub(crate) fn standard() -> Self {
        let terminal = std::io::stdout().is_terminal();
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let forced = set("CLICOLOR_FORCE");
        let plain = set("NO_COLOR") || std::env::var_os("TERM").is_some_and(|term| term == "dumb");
        let width = if terminal { textwrap::termwidth().min(WIDEST) } else { WIDTH_ELSEWHERE };
        Self {
            out: Mutex::new(Box::new(std::io::stdout())),
            terminal,
            colours: forced || (terminal && !plain),
            width: width.max(40),
        }
    }

    /// A screen without colours, whatever the environment says.
    #[cfg(test)]
    pub(crate) fn plain() -> Self {
        Self { colours: false, ..Self::standard() }
    }

    /// How many columns text may take.
    pub(crate) fn width(&self) -> usize {
        self.width
    }

    /// Whether a person looks at it.
    pub(crate) fn is_terminal(&self) -> bool {
        self.terminal
    }

    /// One line, or several.
    pub(crate) fn line(&self, text: &str) -> Result<(), Failure> {
        let mut out = self.out.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        writeln!(out, "{}", harmless(text)).and_then(|()| out.flush()).map_err(|error| broken(&error))
    }

    /// An empty line.
    pub(crate) fn gap(&self) -> Result<(), Failure> {
        self.line("")
    }

    /// Text, wrapped to the width and moved in by `indent` columns; its own lines are kept.
    pub(crate) fn text(&self, indent: usize, text: &str) -> Result<(), Failure> {
        self.line(&self.wrapped(indent, text))
    }

    /// One point: text behind a sign, the lines after the first moved in behind it.
    pub(crate) fn point(&self, indent: usize, sign: &str, text: &str) -> Result<(), Failure> {
        let (first, margin) = (" ".repeat(indent), " ".repeat(indent + 2));
        let options = textwrap::Options::new(self.width).initial_indent(&first).subsequent_indent(&margin);
        self.line(&textwrap::fill(&format!("{sign} {text}"), options))
    }

    /// What [`Screen::text`] writes.
    pub(crate) fn wrapped(&self, indent: usize, text: &str) -> String {
        let margin = " ".repeat(indent);
        let options = textwrap::Options::new(self.width).initial_indent(&margin).subsequent_indent(&margin);
        text.lines().map(|line| textwrap::fill(line, &options)).collect::<Vec<_>>().join("\n")
    }

    /// One JSON document.
    pub(crate) fn document(&self, document: &impl Serialize) -> Result<(), Failure> {
        let text = serde_json::to_string_pretty(document).map_err(|_| {
            // Only maps with odd keys can fail, and there are none.
            Failure::Core(common_ground::Error::Internal { place: "writing JSON".to_owned() })
        })?;
        let mut out = self.out.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        writeln!(out, "{text}").and_then(|()| out.flush()).map_err(|error| broken(&error))
    }

    /// A word aside, on standard error, so that it never mixes with what a program reads.
    pub(crate) fn aside(&self, text: &str) {
        let width = self.width;
        let text: Vec<_> = text.lines().map(|line| textwrap::fill(line, width)).collect();
        // Where even standard error is closed there is nobody to tell.
        let _ = writeln!(std::io::stderr(), "{}", harmless(&text.join("\n")));
    }

    pub(crate) fn bold(&self, text: &str) -> String {
        self.styled("1", text)
    }

    pub(crate) fn faint(&self, text: &str) -> String {
        self.styled("2", text)
    }

    pub(crate) fn green(&self, text: &str) -> String {
        self.styled("32", text)
    }

    pub(crate) fn red(&self, text: &str) -> String {
        self.styled("31", text)
    }

    pub(crate) fn cyan(&self, text: &str) -> String {
        self.styled("36", text)
    }

    /// Words that were found: bold on a terminal, between angle quotes elsewhere.
    pub(crate) fn found(&self, text: &str) -> String {
        if self.colours { self.styled("1;33", text) } else { format!("»{text}«") }
    }

    /// Words added to a text: green, or between `{+` and `+}`.
    pub(crate) fn added(&self, text: &str) -> String {
        if self.colours { self.styled("32", text) } else { format!("{{+{text}+}}") }
    }

    /// Words taken out of a text: red and struck through, or between `[-` and `-]`.
    pub(crate) fn removed(&self, text: &str) -> String {
        if self.colours { self.styled("31;9", text) } else { format!("[-{text}-]") }
    }

    /// What keeps removed words apart from the added ones behind them, where only colours mark them.
    pub(crate) fn between(&self) -> &'static str {
        if self.colours { " " } else { "" }
    }

    fn styled(&self, code: &str, text: &str) -> String {
        if self.colours { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() }
    }
}

fn broken(error: &std::io::Error) -> Failure {
    if error.kind() == std::io::ErrorKind::BrokenPipe {
        return Failure::PipeClosed;
    }
    Failure::told(Exit::Failed, format!("stdout: {}", error.kind()))
}

/// Takes out what a terminal would obey. The words may come from the other person's device, and an
/// escape sequence in a goal's title must not move the cursor, rename the window or worse. Colours,
/// which the screen itself uses, may stay.
pub(crate) fn harmless(text: &str) -> String {
    let mut clean = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let (kept, taken) = match next {
            '\u{1b}' => match colour_sequence(rest) {
                Some(length) => (&rest[..length], length),
                None => ("\u{fffd}", 1),
            },
            '\n' | '\t' => (&rest[..1], 1),
            other if other.is_control() => ("\u{fffd}", other.len_utf8()),
            other => (&rest[..other.len_utf8()], other.len_utf8()),
        };
        clean.push_str(kept);
        rest = &rest[taken..];
    }
    clean
}

/// The length of the colour sequence (`ESC [ digits m`) that `text` begins with.
fn colour_sequence(text: &str) -> Option<usize> {
    let body = text.strip_prefix("\u{1b}[")?;
    let digits = body.bytes().take_while(|b| b.is_ascii_digit() || *b == b';').count();
    (body.as_bytes().get(digits) == Some(&b'm')).then_some(2 + digits + 1)
}

#[cfg(test)]
mod tests {
    use super::harmless;

    #[test]
    fn words_from_elsewhere_cannot_steer_the_terminal() {
        assert_eq!(harmless("a\u{1b}]0;title\u{7}b"), "a\u{fffd}]0;title\u{fffd}b");
        assert_eq!(harmless("a\u{1b}[2Jb\u{9b}2J\r"), "a\u{fffd}[2Jb\u{fffd}2J\u{fffd}");
        assert_eq!(
            harmless("\u{1b}[1;33mfound\u{1b}[0m\n\t- äöü 漢"),
            "\u{1b}[1;33mfound\u{1b}[0m\n\t- äöü 漢"
        );
        assert_eq!(harmless("\u{1b}"), "\u{fffd}");
    }
}
