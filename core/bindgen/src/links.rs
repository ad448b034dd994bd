//! Links in comments: from the way Rust writes them to the way Kotlin and Swift do.

/// As KDoc has it: `[CommonGroundException.NotFound]`.
pub(crate) fn kotlin(source: &str) -> String {
    rewritten(source, |path| {
        let names: Vec<String> = path.iter().map(|name| camel(name)).collect();
        format!("[{}]", names.join(".")).replace("[CommonGroundError", "[CommonGroundException")
    })
}

/// As Swift's documentation has it: ``` ``CommonGroundError/notFound`` ```, with variants in lower case.
pub(crate) fn swift(source: &str) -> String {
    rewritten(source, |path| {
        let names: Vec<String> = path
            .iter()
            .enumerate()
            .map(|(place, name)| if place == 0 { camel(name) } else { lower_first(&camel(name)) })
            .collect();
        format!("``{}``", names.join("/"))
    })
}

/// Replaces every ``[`a::B`]`` in a comment by what `write` makes of its names.
fn rewritten(source: &str, write: impl Fn(&[&str]) -> String) -> String {
    source
        .split_inclusive('\n')
        .map(|line| if is_comment(line) { rewritten_line(line, &write) } else { line.to_owned() })
        .collect()
}

/// Whether a line of a source is one of a comment.
pub(crate) fn is_comment(line: &str) -> bool {
    ["*", "/*", "//"].iter().any(|sign| line.trim_start().starts_with(sign))
}

fn rewritten_line(line: &str, write: impl Fn(&[&str]) -> String) -> String {
    let mut written = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once("[`") {
        written.push_str(before);
        rest = match after.split_once("`]").filter(|(path, _)| is_path(path)) {
            Some((path, after)) => {
                let names: Vec<&str> = path
                    .split("::")
                    .filter(|name| !matches!(*name, "crate" | "super"))
                    .map(|name| if name == "Error" { "CommonGroundError" } else { name })
                    .collect();
                written.push_str(&write(&names));
                after
            }
            None => {
                written.push_str("[`");
                after
            }
        };
    }
    written.push_str(rest);
    written
}

fn is_path(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_' || c == ':')
}

/// `waits_for` becomes `waitsFor`; what has no underscore stays as it is.
pub(crate) fn camel(name: &str) -> String {
    let mut words = name.split('_');
    let first = words.next().unwrap_or_default().to_owned();
    words.fold(first, |mut name, word| {
        let mut letters = word.chars();
        name.extend(letters.next().map(|first| first.to_ascii_uppercase()));
        name.push_str(letters.as_str());
        name
    })
}

fn lower_first(name: &str) -> String {
    let mut letters = name.chars();
    letters.next().map(|first| first.to_ascii_lowercase()).into_iter().chain(letters).collect()
}

#[cfg(test)]
mod tests {
    use super::{kotlin, swift};

    #[test]
    fn a_link_is_written_as_the_other_language_names_things() {
        let comment =
            "/// [`crate::Error::NotFound`], [`Error::Locked`], see [`Task::waits_for`] and [`Journal`].";
        let as_kotlin = "/// [CommonGroundException.NotFound], [CommonGroundException.Locked], see [Task.waitsFor] and [Journal].";
        let as_swift = "/// ``CommonGroundError/notFound``, ``CommonGroundError/locked``, see ``Task/waitsFor`` and ``Journal``.";
        assert_eq!(kotlin(comment), as_kotlin);
        assert_eq!(swift(comment), as_swift);
    }

    #[test]
    fn what_is_no_link_stays_as_it_is() {
        for text in ["val a = list[`in`]", "// an open [`bracket", "// [`two words`]", "// x[i]\n", ""] {
            assert_eq!(kotlin(text), text);
        }
        assert_eq!(kotlin("// [`not [`Entry`]"), "// [`not [Entry]");
    }
}
