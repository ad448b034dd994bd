//! Notes may hold a little HTML; in the journal they are Markdown.

/// The text of a note. What is not one of the few signs known here stays as it is.
pub(super) fn as_text(html: &str) -> String {
    if !html.contains(['<', '&']) {
        return html.to_owned();
    }
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some(at) = rest.find(['<', '&']) {
        let (before, behind) = rest.split_at(at);
        text.push_str(before);
        rest = behind;
        if let Some(behind) = tag(rest, &mut text).or_else(|| entity(rest, &mut text)) {
            rest = behind;
        } else {
            text.push_str(&rest[..1]);
            rest = &rest[1..];
        }
    }
    text.push_str(rest);
    text.trim().to_owned()
}

/// Writes what the tag at the beginning means, and returns what comes behind it.
fn tag<'t>(rest: &'t str, text: &mut String) -> Option<&'t str> {
    let inside = rest.strip_prefix('<')?;
    // A tag is short; searching for its end from every sign would take for ever.
    let end = inside.bytes().take(200).position(|byte| byte == b'>')?;
    let (inside, behind) = (&inside[..end], &inside[end + 1..]);
    let (inside, closes) = inside.strip_prefix('/').map_or((inside, false), |inside| (inside, true));
    let name = inside.split(|letter: char| !letter.is_ascii_alphanumeric()).next().unwrap_or_default();
    match name.to_ascii_lowercase().as_str() {
        "br" => text.push('\n'),
        "p" | "div" | "ul" | "ol" | "h1" | "h2" | "h3" => break_line(text),
        "li" if closes => {}
        "li" => {
            break_line(text);
            text.push_str("- ");
        }
        "b" | "strong" => text.push_str("**"),
        "i" | "em" => text.push('*'),
        "s" | "strike" | "del" => text.push_str("~~"),
        "u" | "span" | "font" => {}
        _ => return None,
    }
    Some(behind)
}

fn break_line(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

/// The same for the sign that an entity stands for.
fn entity<'t>(rest: &'t str, text: &mut String) -> Option<&'t str> {
    let inside = rest.strip_prefix('&')?;
    let end = inside.bytes().take(12).position(|byte| byte == b';')?;
    let (name, behind) = (&inside[..end], &inside[end + 1..]);
    let sign = match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => ' ',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).filter(|sign| !sign.is_control() || *sign == '\n')?
        }
    };
    text.push(sign);
    Some(behind)
}

#[cfg(test)]
mod tests {
    use super::as_text;

    #[test]
    fn a_note_reads_as_it_was_typed() {
        assert_eq!(as_text("one<br>two<br/>three<BR />four"), "one\ntwo\nthree\nfour");
        assert_eq!(
            as_text("<div>One</div><div><b>two</b> &amp; <i>three</i></div>"),
            "One\n**two** & *three*"
        );
        assert_eq!(as_text("Today:<ul><li>bread</li><li>milk</li></ul>"), "Today:\n- bread\n- milk");
        assert_eq!(as_text("it&#39;s &lt;3, &#x1F600; &nbsp;&unknown; &#0;"), "it's <3, 😀  &unknown; &#0;");
    }

    #[test]
    fn what_only_looks_like_html_stays() {
        for text in ["I <3 you", "a < b > c", "Tom & Jerry", "<unknown>", "<", "&", "a &am; b", "ä<ü>ö &ß;"]
        {
            assert_eq!(as_text(text), text);
        }
    }
}
