//! Who may write what: the table in `docs/data-format.md`, read between its marks and by the names of its
//! columns, with something right and a lot that is wrong to put at each place. A place that the table gains is
//! lied about from then on; a kind of content that it gains has to be taught here.

use automerge::ScalarValue;

use super::columns::moment_text;
use super::copy::EVENING;
use super::frames::LEVEL;

const PAGE: &str = include_str!("../../../../docs/data-format.md");

/// Who may write at a place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    Either,
    Creator,
    Named,
    Nobody,
}

/// What stands at a place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Holds {
    Map,
    Text,
    Value { kind: String, of: String },
}

/// One line of the table.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    pub(crate) path: Vec<String>,
    pub(crate) holds: Holds,
    pub(crate) first: Who,
    pub(crate) again: Who,
    pub(crate) start: bool,
    level: u64,
}

impl Row {
    /// Whether items of a kind stand here.
    pub(crate) fn is_item(&self) -> bool {
        self.path.last().is_some_and(|last| last == "*")
    }

    /// Whether it stands below another line.
    pub(crate) fn is_below(&self, above: &Self) -> bool {
        self.path.len() > above.path.len() && self.path.starts_with(&above.path)
    }

    pub(crate) fn name(&self) -> String {
        self.path.join("/")
    }
}

/// The table.
pub(crate) fn table() -> Vec<Row> {
    let (_, rest) = PAGE.split_once("<!-- policy begins -->").expect("where the table begins");
    let (table, _) = rest.split_once("<!-- policy ends -->").expect("where the table ends");
    let mut lines = table.lines().map(str::trim).filter(|line| !line.is_empty());
    let names = cells(lines.next().expect("a heading"));
    let column = |name: &str| {
        names.iter().position(|known| known == name).unwrap_or_else(|| panic!("no column {name:?}"))
    };
    let [place, holds, first, again, start, level] =
        ["place", "holds", "first written by", "changed by", "from the start", "level"].map(column);
    let mut rows: Vec<Row> = Vec::new();
    for cells in lines.skip(1).map(cells) {
        let row = Row {
            path: cells[place].trim_matches('`').split('/').map(str::to_owned).collect(),
            holds: read_holds(&cells[holds]),
            first: who(&cells[first]),
            again: who(&cells[again]),
            start: cells[start] == "yes",
            level: cells[level].parse().expect("a level"),
        };
        // Where a place stands twice, the line of the higher level holds.
        match rows.iter_mut().find(|known| known.path == row.path) {
            _ if row.level > LEVEL => {}
            Some(known) if known.level < row.level => *known = row,
            Some(_) => {}
            None => rows.push(row),
        }
    }
    assert!(rows.len() >= 30, "the table is longer than that");
    rows
}

fn cells(line: &str) -> Vec<String> {
    line.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect()
}

fn who(word: &str) -> Who {
    match word {
        "Either" => Who::Either,
        "Creator" => Who::Creator,
        "Named" => Who::Named,
        "Nobody" => Who::Nobody,
        other => panic!("the table says {other:?}, which this test has to be taught"),
    }
}

fn read_holds(word: &str) -> Holds {
    match word {
        "Map" => Holds::Map,
        "Text" => Holds::Text,
        word => {
            let (kind, of) = word.split_once('(').unwrap_or((word, ""));
            Holds::Value { kind: kind.to_owned(), of: of.trim_end_matches(')').to_owned() }
        }
    }
}

/// What a right value may depend on.
pub(crate) struct Right<'a> {
    /// Which of several: another number gives another value, where there are several.
    pub(crate) number: usize,
    /// An item that is meant, where one is.
    pub(crate) meant: &'a [u8; 16],
    /// A statement that the item's creator has signed.
    pub(crate) statement: &'a [u8],
}

/// What a kind of content is called that may also be nothing.
fn or_nothing(kind: &str) -> (&str, bool) {
    kind.strip_suffix("OrNothing").map_or((kind, false), |kind| (kind, true))
}

/// Something that may stand at a place of this kind.
pub(crate) fn right(kind: &str, of: &str, with: &Right<'_>) -> ScalarValue {
    let number = with.number;
    let (digest, moment, meant) = ("0b".repeat(32), moment_at(number), super::hex(with.meant));
    let text = match or_nothing(kind).0 {
        "UpTo" => return ScalarValue::Uint(number as u64 % 2),
        "Between" => {
            let (least, most) = ends(of);
            return ScalarValue::Uint(least + number as u64 % (most - least + 1));
        }
        "Statement" => return ScalarValue::Bytes(with.statement.to_vec()),
        "Line" => format!("Line {number}"),
        "Prose" => format!("Two\nlines {number}"),
        "OneOf" => one_of(of, number),
        "Marked" => format!("{} {moment} reason {number}", one_of(of, number)),
        "Moment" => moment,
        "Day" => format!("2026-05-{:02}", 1 + number % 28),
        "Recurrence" => {
            let day = 1 + number % 28;
            format!("2026-05-03 FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,TH;UNTIL=202612{day:02}")
        }
        "Order" => format!("{:02x}80", 0x81 + number % 64),
        "Item" => meant,
        "Descent" => format!("grew_out_of {meant}"),
        "Answer" => format!("declined {digest} reason {number}"),
        "Stance" => format!("not_yet {digest} {moment} reason {number}"),
        other => panic!("the table holds {other:?}, of which this test has to be taught what is right"),
    };
    ScalarValue::from(text)
}

/// What may not stand at a place of this kind.
pub(crate) fn wrong(kind: &str, of: &str) -> Vec<ScalarValue> {
    let mut wrong = vec![
        ScalarValue::Boolean(true),
        ScalarValue::Boolean(false),
        ScalarValue::Int(1),
        ScalarValue::Int(i64::MIN),
        ScalarValue::Uint(u64::MAX),
        ScalarValue::Bytes(Vec::new()),
        ScalarValue::Bytes(vec![1, 2, 3]),
        ScalarValue::from("\u{1b}[2J"),
        ScalarValue::from("x".repeat(64 * 1024)),
    ];
    let (kind, optional) = or_nothing(kind);
    if !optional {
        wrong.push(ScalarValue::Null);
    }
    if kind == "UpTo" {
        wrong.push(ScalarValue::Uint(most(of) as u64 + 1));
    }
    if kind == "Between" {
        let (least, most) = ends(of);
        wrong.push(ScalarValue::Uint(most + 1));
        wrong.extend(least.checked_sub(1).map(ScalarValue::Uint));
    }
    wrong.extend(wrong_texts(kind, of).into_iter().map(ScalarValue::from));
    wrong
}

fn wrong_texts(kind: &str, of: &str) -> Vec<String> {
    let (digest, moment) = ("0b".repeat(32), moment_at(1));
    let long = "x".repeat(4_001);
    let few = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect();
    match kind {
        "Line" => [few(&["", " ", "a\nb", "\u{9b}31m"]), vec!["y".repeat(most(of) + 1)]].concat(),
        "Prose" => [few(&["\r", "\u{7}"]), vec!["ü".repeat(most(of) + 1)]].concat(),
        "UpTo" | "Between" => few(&["1"]),
        "OneOf" => vec![String::new(), one_of(of, 0) + " ", "something".to_owned()],
        "Marked" => {
            let word = one_of(of, 0);
            vec![
                String::new(),
                word.clone(),
                format!("something {moment}"),
                format!("{word} yesterday"),
                format!("{word} {moment} "),
                format!("{word}  {moment}"),
                format!("{word} {moment} \u{1b}[2J"),
                format!("{word} {moment} {long}"),
            ]
        }
        "Moment" => few(&[
            "",
            "yesterday",
            "2026-05-03T18:02:11+02:00[Europe/Berlin]",
            "2026-05-03T18:02:11.250000+02:00[Europe/Nowhere]",
            "9999-12-31T23:59:59.999999-12:00[UTC]",
            "0001-01-01T00:00:00.000000+12:00[UTC]",
        ]),
        "Day" => few(&["", "2026-5-3", "2026-02-30", "+12026-05-03", "-0001-05-03", "0000-01-01"]),
        "Recurrence" => few(&[
            "",
            "2026-05-03",
            "FREQ=DAILY;INTERVAL=1",
            "2026-05-03 FREQ=SECONDLY;INTERVAL=1",
            "2026-05-03 FREQ=DAILY;INTERVAL=0",
            "2026-05-03 FREQ=DAILY;INTERVAL=367",
            "2026-05-03 FREQ=DAILY;INTERVAL=1;COUNT=1000000000",
            "2026-05-03 FREQ=WEEKLY;INTERVAL=1;BYDAY=TH,MO",
            "2026-05-03 FREQ=WEEKLY;INTERVAL=1;BYDAY=MO,MO",
            "2026-05-03 FREQ=MONTHLY;INTERVAL=1;BYMONTHDAY=32",
            "2026-05-03 FREQ=DAILY;INTERVAL=1;UNTIL=20260230",
            "2026-02-30 FREQ=DAILY;INTERVAL=1",
        ]),
        "Order" => [few(&["zz", "8", "8A"]), vec!["80".repeat(101)]].concat(),
        "Item" => few(&["", "0123", "0123456789ABCDEF0123456789ABCDEF"]),
        "Descent" => few(&[
            "",
            "grew_out_of",
            "grew_out_of 0123456789ABCDEF0123456789ABCDEF",
            "became 0123456789abcdef0123456789abcdef",
            "replaces 0123456789abcdef0123456789abcdef ",
        ]),
        "Answer" => vec![
            "accepted".to_owned(),
            format!("perhaps {digest}"),
            format!("accepted {}", &digest[1..]),
            format!("declined {digest} \u{1b}[2J"),
            format!("declined {digest} {long}"),
        ],
        "Stance" => vec![
            "not_yet".to_owned(),
            format!("not_yet {digest}"),
            format!("agree {digest} {moment}"),
            format!("disagree {} {moment}", &digest[1..]),
            format!("disagree {digest} tomorrow"),
            format!("disagree {digest} {moment} {long}"),
        ],
        "Statement" => few(&["agree"]),
        other => panic!("the table holds {other:?}, of which this test has to be taught what is wrong"),
    }
}

/// A moment of that evening.
pub(crate) fn moment_at(number: usize) -> String {
    let seconds = EVENING + i64::try_from(number).expect("a small number");
    moment_text(seconds * 1_000_000, 120, "Europe/Berlin").expect("a moment")
}

fn most(of: &str) -> usize {
    of.parse().expect("a number")
}

fn ends(of: &str) -> (u64, u64) {
    let (least, most) = of.split_once(", ").expect("two numbers");
    (least.parse().expect("a number"), most.parse().expect("a number"))
}

fn one_of(of: &str, number: usize) -> String {
    let words: Vec<String> = serde_json::from_str(of).expect("a list of words");
    words[number % words.len()].clone()
}
