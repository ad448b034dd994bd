//! The Markdown of Day One puts a backslash before every sign that could mean something; people did not
//! write it, and a search would stumble over it.

/// The text as it was typed: a backslash before a sign goes, except in code, where it is one.
pub(super) fn unescaped(text: &str) -> String {
    if !text.contains('\\') {
        return text.to_owned();
    }
    let mut typed = String::with_capacity(text.len());
    let mut fenced = false;
    for line in text.split_inclusive('\n') {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
            typed.push_str(line);
        } else if fenced {
            typed.push_str(line);
        } else {
            line_unescaped(line, &mut typed);
        }
    }
    typed
}

fn line_unescaped(line: &str, typed: &mut String) {
    let mut rest = line;
    while let Some(at) = rest.find(['\\', '`']) {
        typed.push_str(&rest[..at]);
        rest = &rest[at..];
        // Code between two ticks stays as it is; a tick without a second one is only a sign.
        let stays = match rest.strip_prefix('`') {
            Some(inside) => inside.find('`').map_or(1, |end| end + 2),
            None if rest[1..].starts_with(|next: char| next.is_ascii_punctuation()) => {
                rest = &rest[1..];
                1
            }
            None => 1,
        };
        typed.push_str(&rest[..stays]);
        rest = &rest[stays..];
    }
    typed.push_str(rest);
}

#[cfg(test)]
mod tests {
    use super::unescaped;

    #[test]
    fn signs_lose_their_backslash_and_nothing_else_changes() {
        assert_eq!(unescaped(r"Slept well\. 7\-8 hours \(at last\)\!"), "Slept well. 7-8 hours (at last)!");
        assert_eq!(unescaped(r"a backslash: \\, twice: \\\\"), r"a backslash: \, twice: \\");
        assert_eq!(
            unescaped(r"C:\temp and é\é stay, and one at the end \"),
            r"C:\temp and é\é stay, and one at the end \"
        );
        assert_eq!(unescaped("no backslash"), "no backslash");
    }

    #[test]
    fn code_keeps_its_backslashes() {
        assert_eq!(unescaped(r"try `grep \.` today\."), r"try `grep \.` today.");
        assert_eq!(unescaped("```\na\\.b\n```\nc\\.d"), "```\na\\.b\n```\nc.d");
        assert_eq!(unescaped(r"a lone ` tick\."), "a lone ` tick.");
        assert_eq!(unescaped(r"\`no code\.\`"), "`no code.`");
    }
}
