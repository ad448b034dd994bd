//! The prompt of a live `sync`: what a line there can ask, and how it is cut into words.

use clap::Parser;

use super::Command;

/// The commands work here as they do outside, without the program's name. `quit` ends.
#[derive(Parser)]
#[command(name = "", no_binary_name = true, disable_version_flag = true)]
pub(crate) struct PromptLine {
    /// Print one JSON document
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Answer confirmations with yes
    #[arg(long, short, global = true)]
    pub(crate) yes: bool,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Cuts a line typed at the prompt into words, as a shell would: quotes hold together, a backslash takes
/// the next character as it is. `None` when a quote is left open.
pub(crate) fn cut(line: &str) -> Option<Vec<String>> {
    let mut words = Vec::new();
    let mut word: Option<String> = None;
    let mut quote = None;
    let mut characters = line.chars();
    while let Some(c) = characters.next() {
        match (quote, c) {
            (Some(open), c) if c == open => quote = None,
            (None, '\'' | '"') => {
                quote = Some(c);
                word.get_or_insert_default();
            }
            (None | Some('"'), '\\') => word.get_or_insert_default().push(characters.next()?),
            (None, c) if c.is_whitespace() => words.extend(word.take()),
            (_, c) => word.get_or_insert_default().push(c),
        }
    }
    words.extend(word);
    quote.is_none().then_some(words)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_line_at_the_prompt_is_cut_as_a_shell_would() {
        let cut = |line| super::cut(line).map(|words| words.join("|"));
        assert_eq!(
            cut(r#"goal add "Sleep well" --why 'it''s mine'"#).unwrap(),
            "goal|add|Sleep well|--why|its mine"
        );
        assert_eq!(cut(r#"a\ b "c\"d" '' e"#).unwrap(), r#"a b|c"d||e"#);
        assert_eq!(cut("  ").unwrap(), "");
        assert_eq!(cut("it's"), None);
    }
}
