//! One HTML page for printing, whole in itself: no scripts, nothing fetched, pictures inside.

use std::collections::HashSet;
use std::io::Write;

use data_encoding::BASE64;
use pulldown_cmark::{CowStr, Event, Options, Parser, Tag, TagEnd, html};

use super::ExportOptions;
use super::destination::Destination;
use super::source::Source;
use crate::Result;
use crate::clock::Moment;
use crate::id::AttachmentId;
use crate::journal::types::{Attached, Entry, EntryKind};

/// Larger pictures are named and not shown.
const LARGEST_PICTURE: usize = 4 << 20;

/// What every browser shows.
const PICTURES: [&str; 6] = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"];

/// How the page looks, also on paper. Nothing may be fetched.
const HEAD: &str = "<meta charset=\"utf-8\">\n\
    <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\n\
    <meta name=\"referrer\" content=\"no-referrer\">\n\
    <meta name=\"viewport\" content=\"width=device-width\">\n";
const STYLE: &str = include_str!("page.css");

/// The words of a printed page, in the person's language. Nothing here may hold markup: it is shown as it is.
#[uniffi::export(foreign)]
pub trait PageWords: Send + Sync {
    /// The language of these words, such as `de`.
    ///
    /// # Errors
    /// An error ends the export.
    fn language(&self) -> Result<String>;

    /// A word or a line.
    ///
    /// # Errors
    /// An error ends the export.
    fn label(&self, label: PageLabel) -> Result<String>;

    /// When an entry was written.
    ///
    /// # Errors
    /// An error ends the export.
    fn written(&self, written: Moment) -> Result<String>;

    /// What an entry is.
    ///
    /// # Errors
    /// An error ends the export.
    fn kind(&self, kind: EntryKind) -> Result<String>;

    /// The question that a field of a template asks.
    ///
    /// # Errors
    /// An error ends the export.
    fn question(&self, template: String, version: u32, field: String) -> Result<String>;
}

/// Which word or line of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, uniffi::Enum)]
pub enum PageLabel {
    /// The heading of the page.
    Title,
    /// The line below it, for example that anyone can read it.
    Note,
    /// Before the mood, 1 to 5.
    Mood,
    /// Before the feelings.
    Feelings,
    /// Before the names of what is attached.
    Attachments,
    /// Marked with a star.
    Starred,
    /// Marked to be brought to the next appointment.
    ToBring,
}

pub(super) fn write(
    destination: &Destination,
    source: &mut Source<'_>,
    options: ExportOptions,
    words: &dyn PageWords,
) -> Result<()> {
    destination.file(|file| {
        let title = escaped(&words.label(PageLabel::Title)?);
        let (language, note) = (escaped(&words.language()?), escaped(&words.label(PageLabel::Note)?));
        write!(
            file,
            "<!DOCTYPE html>\n<html lang=\"{language}\">\n<head>\n{HEAD}<title>{title}</title>\n\
             <style>\n{STYLE}</style>\n</head>\n<body>\n<h1>{title}</h1>\n<p class=\"note\">{note}</p>\n"
        )?;
        source.each(|source, entry| {
            file.write_all(article(source, entry, options, words)?.as_bytes())?;
            let elsewhere = entry.links.is_empty();
            Ok(elsewhere)
        })?;
        Ok(file.write_all(b"</body>\n</html>\n")?)
    })
}

fn article(
    source: &mut Source<'_>,
    entry: &Entry,
    options: ExportOptions,
    words: &dyn PageWords,
) -> Result<String> {
    let mut page = String::from("<article>\n<header>\n");
    page.push_str(&line("p", "when", &words.written(entry.written.clone())?));
    if let Some(title) = &entry.title {
        page.push_str(&line("h2", "", title));
    }
    page.push_str(&facts(entry, words)?);
    page.push_str("</header>\n<div dir=\"auto\">\n");
    let mut pictures =
        Pictures { source, entry, with: options.attachments, shown: HashSet::new(), failed: None };
    push_text(&mut page, &entry.text, &mut pictures);
    page.push_str("</div>\n");
    pictures.failed.take().map_or(Ok(()), Err)?;
    if !entry.answers.is_empty() {
        page.push_str("<dl>\n");
        for answer in &entry.answers {
            let question = words.question(answer.template.clone(), answer.version, answer.field.clone())?;
            page.push_str(&line("dt", "", &question));
            page.push_str(&line("dd", "", &answer.value));
        }
        page.push_str("</dl>\n");
    }
    for attached in &entry.attachments {
        if let Some(picture) = pictures.show(attached.attachment) {
            page.push_str(&format!("<img src=\"{picture}\" alt=\"{}\">\n", escaped(&attached.name)));
        }
    }
    pictures.failed.take().map_or(Ok(()), Err)?;
    let shown = pictures.shown;
    let mut named = Vec::new();
    for attached in entry.attachments.iter().filter(|attached| !shown.contains(&attached.attachment)) {
        source.leaves(attached.attachment);
        named.push(attached.name.as_str());
    }
    if !named.is_empty() {
        let label = words.label(PageLabel::Attachments)?;
        page.push_str(&line("p", "facts", &format!("{label}: {}", named.join(", "))));
    }
    page.push_str("</article>\n");
    Ok(page)
}

/// What stands beside the text: kind, mood, feelings, tags and marks.
fn facts(entry: &Entry, words: &dyn PageWords) -> Result<String> {
    let mut facts = Vec::new();
    if entry.starred {
        facts.push(words.label(PageLabel::Starred)?);
    }
    if entry.kind != EntryKind::Free {
        facts.push(words.kind(entry.kind)?);
    }
    if entry.to_bring_at.is_some() {
        facts.push(words.label(PageLabel::ToBring)?);
    }
    if let Some(mood) = entry.mood {
        facts.push(format!("{}: {mood}/5", words.label(PageLabel::Mood)?));
    }
    if !entry.emotions.is_empty() {
        let emotions = entry.emotions.iter().map(|emotion| match emotion.intensity {
            Some(intensity) => format!("{} {intensity}/10", emotion.name),
            None => emotion.name.clone(),
        });
        let emotions = emotions.collect::<Vec<_>>().join(", ");
        facts.push(format!("{}: {emotions}", words.label(PageLabel::Feelings)?));
    }
    facts.extend(entry.tags.iter().map(|tag| format!("#{tag}")));
    Ok(if facts.is_empty() { String::new() } else { line("p", "facts", &facts.join(" · ")) })
}

fn line(element: &str, class: &str, text: &str) -> String {
    let class = if class.is_empty() { String::new() } else { format!(" class=\"{class}\"") };
    format!("<{element}{class} dir=\"auto\">{}</{element}>\n", escaped(text))
}

/// The pictures of an entry, each shown once.
struct Pictures<'s, 'a, 'e> {
    source: &'s mut Source<'a>,
    entry: &'e Entry,
    with: bool,
    shown: HashSet<AttachmentId>,
    /// Markdown cannot be told that something failed.
    failed: Option<crate::Error>,
}

impl Pictures<'_, '_, '_> {
    /// The picture itself as the target of an image, if it is one that can be shown and was not yet.
    fn show(&mut self, id: AttachmentId) -> Option<String> {
        let attached = self.entry.attachments.iter().find(|attached| attached.attachment == id)?;
        let media_type = attached.media_type.to_ascii_lowercase();
        let fits = self.with && PICTURES.contains(&media_type.as_str()) && !self.shown.contains(&id);
        if !fits {
            return None;
        }
        let picture = match self.read(attached) {
            Ok(picture) => picture?,
            Err(error) => {
                self.failed = Some(error);
                return None;
            }
        };
        self.shown.insert(id);
        self.source.takes(id);
        Some(format!("data:{media_type};base64,{}", BASE64.encode(&picture)))
    }

    fn read(&self, attached: &Attached) -> Result<Option<Vec<u8>>> {
        let mut picture = UpTo { bytes: Vec::new(), is_full: false };
        self.source.read_out(attached.attachment, &mut picture)?;
        Ok((!picture.is_full).then_some(picture.bytes))
    }
}

/// Keeps what is written to it as long as that is not too much.
struct UpTo {
    bytes: Vec<u8>,
    is_full: bool,
}

impl Write for UpTo {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.is_full |= self.bytes.len() + bytes.len() > LARGEST_PICTURE;
        if self.is_full {
            self.bytes = Vec::new();
        } else {
            self.bytes.extend_from_slice(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Markdown as HTML. HTML in it is shown as it was typed, a picture from elsewhere by its name and address,
/// and a link only leads somewhere if it is one of the web or of mail.
fn push_text(page: &mut String, text: &str, pictures: &mut Pictures<'_, '_, '_>) {
    let extensions = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_TASKLISTS;
    let mut events: Vec<Event<'_>> = Vec::new();
    // Of what is open: whether its end is to be shown, and what is told behind it.
    let mut open: Vec<(bool, Option<CowStr<'_>>)> = Vec::new();
    for event in Parser::new_ext(text, extensions) {
        match event {
            Event::Html(raw) | Event::InlineHtml(raw) => events.push(Event::Text(raw)),
            Event::Start(Tag::HtmlBlock) => events.push(Event::Start(Tag::Paragraph)),
            Event::End(TagEnd::HtmlBlock) => events.push(Event::End(TagEnd::Paragraph)),
            // People end a line where they want one to end.
            Event::SoftBreak => events.push(Event::HardBreak),
            Event::Start(Tag::Image { link_type, dest_url, title, id }) => {
                let own = dest_url.strip_prefix("attachment:").and_then(|id| id.parse().ok());
                match own.and_then(|own| pictures.show(own)) {
                    Some(picture) => {
                        open.push((true, None));
                        events.push(Event::Start(Tag::Image {
                            link_type,
                            dest_url: picture.into(),
                            title,
                            id,
                        }));
                    }
                    None => open.push((false, own.is_none().then_some(dest_url))),
                }
            }
            Event::Start(Tag::Link { ref dest_url, .. }) => {
                let address = dest_url.to_ascii_lowercase();
                let leads = ["https://", "http://", "mailto:"].iter().any(|way| address.starts_with(way));
                open.push((leads, None));
                if leads {
                    events.push(event);
                }
            }
            Event::End(TagEnd::Image | TagEnd::Link) => {
                let (is_shown, address) = open.pop().unwrap_or((false, None));
                if is_shown {
                    events.push(event);
                }
                if let Some(address) = address {
                    events.push(Event::Text(format!(" ({address})").into()));
                }
            }
            other => events.push(other),
        }
    }
    html::push_html(page, events.into_iter());
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            other => escaped.push(other),
        }
    }
    escaped
}
