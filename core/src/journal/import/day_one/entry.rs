//! One entry of an export, field by field.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::markdown::unescaped;
use super::rich_text;
use crate::clock::{Instant, Moment};
use crate::id::EntryId;
use crate::journal::entries;
use crate::journal::export::{heading, usual_type};
use crate::journal::import::incoming::{Enclosed, Incoming, Place, Written};
use crate::journal::import::source::Source;
use crate::journal::import::types::{ImportNote, Misread};

/// Reads the entry of this number; no value means that it has too many.
pub(super) fn read(
    source: &Source<'_>,
    file: &str,
    number: u64,
    value: Option<Value>,
) -> Result<Incoming, Misread> {
    let place = Place { file: file.to_owned(), line: None, entry: Some(number) };
    let Some(value) = value else { return Err(place.misread("entry", "holds too many values")) };
    let fields = Fields { place: &place, fields: value.as_object() };
    let Some(id) = fields.text("uuid")? else { return Err(place.misread("uuid", "is missing")) };
    let id = Uuid::try_parse(id).map_err(|_| place.misread("uuid", "is not 32 hexadecimal digits"))?;
    let Some(written_at) = fields.text("creationDate")? else {
        return Err(place.misread("creationDate", "is missing"));
    };
    let written_at = instant(written_at)
        .ok_or_else(|| place.misread("creationDate", "is not a time like 2021-05-03T20:15:00Z"))?;
    let written = match fields.text("timeZone")?.and_then(|zone| zone.parse::<Tz>().ok()) {
        Some(zone) => Written::Moment(Moment::in_zone(written_at, zone)),
        None => Written::Instant(written_at),
    };
    let mut incoming = Incoming::new(place.clone(), EntryId::from_bytes(id.into_bytes()), written);
    // It says when, not what: one that cannot be read is no loss.
    incoming.modified = fields.text("modifiedDate")?.and_then(instant);
    incoming.text = match fields.text("text")? {
        Some(text) => unescaped(text),
        None => fields.get("richText").map(rich_text::as_markdown).unwrap_or_default(),
    };
    take_our_title(&fields, &mut incoming);
    incoming.tags = fields.texts("tags")?;
    incoming.starred = fields.flag("starred")?;
    for (note, field) in [(ImportNote::Location, "location"), (ImportNote::Weather, "weather")] {
        if fields.get(field).is_some() {
            incoming.notes.push(note);
        }
    }
    let mut enclosed: Vec<(u64, Enclosed)> = Vec::new();
    for media in MEDIA {
        for fields in fields.objects(media.list) {
            let order = fields.get("orderInEntry").and_then(Value::as_u64).unwrap_or(u64::MAX);
            enclosed.push((order, media.enclosed(source, &Fields { place: &place, fields: Some(fields) })));
        }
    }
    enclosed.sort_by_key(|(order, _)| *order);
    incoming.enclosed = enclosed.into_iter().map(|(_, enclosed)| enclosed).collect();
    Ok(incoming)
}

/// Day One has no titles: the first line is one when our own export says so and it still stands there.
fn take_our_title(fields: &Fields<'_>, incoming: &mut Incoming) {
    let title = fields.text("commonGroundTitle").ok().flatten();
    if let Some(title) = title
        && let Some(text) = incoming.text.strip_prefix(&heading(title))
    {
        incoming.title = Some(title.to_owned());
        incoming.text = text.to_owned();
    }
}

/// Photos, recordings, films and documents lie in folders of their own, named by the digest of their content.
struct Media {
    list: &'static str,
    folder: &'static str,
    /// Between `dayone-moment:/` and the identifier, in a link in the text.
    link: &'static str,
    /// Where the export does not say.
    extension: &'static str,
}

const MEDIA: [Media; 4] = [
    Media { list: "photos", folder: "photos", link: "", extension: "jpeg" },
    Media { list: "audios", folder: "audios", link: "audio", extension: "m4a" },
    Media { list: "videos", folder: "videos", link: "video", extension: "mp4" },
    Media { list: "pdfAttachments", folder: "pdfs", link: "pdfAttachment", extension: "pdf" },
];

impl Media {
    fn enclosed(&self, source: &Source<'_>, fields: &Fields<'_>) -> Enclosed {
        let given = |field| fields.text(field).ok().flatten().filter(|text| !text.is_empty());
        let extension = given("type").or_else(|| given("format")).unwrap_or(self.extension).to_lowercase();
        let digest = given("md5").unwrap_or_default();
        let piece = [extension.as_str(), self.extension]
            .iter()
            .find_map(|extension| source.find(&format!("{}/{digest}.{extension}", self.folder)));
        let stored = format!("{digest}.{extension}");
        let name = given("filename").or_else(|| given("pdfName")).unwrap_or(&stored).to_owned();
        let media_type = given("commonGroundType").unwrap_or_else(|| usual_type(&extension)).to_owned();
        let targets = given("identifier")
            .map_or_else(Vec::new, |identifier| vec![format!("dayone-moment:/{}/{identifier}", self.link)]);
        Enclosed { name, media_type, piece, targets }
    }
}

/// The fields of one entry; `null` counts as missing.
struct Fields<'a> {
    place: &'a Place,
    /// `None` where the entry is something else than an object: then every field is missing.
    fields: Option<&'a Map<String, Value>>,
}

impl<'a> Fields<'a> {
    fn get(&self, field: &str) -> Option<&'a Value> {
        self.fields?.get(field).filter(|value| !value.is_null())
    }

    fn text(&self, field: &str) -> Result<Option<&'a str>, Misread> {
        match self.get(field) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.place.misread(field, "is not a text")),
        }
    }

    fn flag(&self, field: &str) -> Result<bool, Misread> {
        match self.get(field) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(_) => Err(self.place.misread(field, "is neither true nor false")),
        }
    }

    fn texts(&self, field: &str) -> Result<Vec<String>, Misread> {
        let texts = match self.get(field) {
            None => return Ok(Vec::new()),
            Some(Value::Array(texts)) => texts,
            Some(_) => return Err(self.place.misread(field, "is not a list")),
        };
        let texts: Option<Vec<String>> = texts.iter().map(|text| text.as_str().map(str::to_owned)).collect();
        texts.ok_or_else(|| self.place.misread(field, "holds something else than texts"))
    }

    /// The objects of a list, whatever else may be in it.
    fn objects(&self, field: &str) -> impl Iterator<Item = &'a Map<String, Value>> {
        self.get(field).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_object)
    }
}

fn instant(text: &str) -> Option<Instant> {
    let at = DateTime::parse_from_rfc3339(text).ok()?.with_timezone(&Utc);
    let at = entries::to_micros(at);
    entries::check_year(at).is_ok().then_some(at)
}
