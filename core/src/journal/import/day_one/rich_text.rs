//! Some entries have no `text`, but only `richText`: pieces with attributes, as JSON or as JSON in a text.

use serde_json::Value;

use crate::journal::import::json;

/// The pieces as Markdown: their texts, headings and what is embedded.
pub(super) fn as_markdown(rich: &Value) -> String {
    let unpacked = rich.as_str().and_then(json::small_value);
    let pieces = unpacked.as_ref().unwrap_or(rich).get("contents").and_then(Value::as_array);
    let mut text = String::new();
    for piece in pieces.into_iter().flatten() {
        let words = piece.get("text").and_then(Value::as_str).unwrap_or_default();
        let header = piece.pointer("/attributes/line/header").and_then(Value::as_u64).unwrap_or(0);
        if (1..=6).contains(&header) && !words.trim().is_empty() && (text.is_empty() || text.ends_with('\n'))
        {
            for _ in 0..header {
                text.push('#');
            }
            text.push(' ');
        }
        text.push_str(words);
        for object in piece.get("embeddedObjects").and_then(Value::as_array).into_iter().flatten() {
            let given = |field| object.get(field).and_then(Value::as_str);
            let Some(identifier) = given("identifier") else { continue };
            let folder = match given("type") {
                Some("photo") => "",
                Some("audio") => "audio",
                Some("video") => "video",
                Some("pdfAttachment") => "pdfAttachment",
                _ => continue,
            };
            text.push_str(&format!("![](dayone-moment:/{folder}/{identifier})\n"));
        }
    }
    text.trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::as_markdown;

    #[test]
    fn pieces_read_as_markdown_packed_or_not() {
        let rich = json!({ "meta": { "version": 1 }, "contents": [
            { "text": "A day\n", "attributes": { "line": { "header": 1, "identifier": "x" } } },
            { "text": "Walked " }, { "text": "home.\n" },
            { "embeddedObjects": [{ "type": "photo", "identifier": "AB" }, { "type": "audio", "identifier": "CD" }] },
            { "text": "The end." },
        ] });
        let expected =
            "# A day\nWalked home.\n![](dayone-moment://AB)\n![](dayone-moment:/audio/CD)\nThe end.";
        assert_eq!(as_markdown(&rich), expected);
        assert_eq!(as_markdown(&json!(rich.to_string())), expected);
        for nothing in
            [json!(null), json!("{"), json!({ "contents": 3 }), json!({ "contents": [null, 1, []] })]
        {
            assert_eq!(as_markdown(&nothing), "");
        }
    }
}
