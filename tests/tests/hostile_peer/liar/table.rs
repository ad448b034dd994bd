//! Who may write what: the table in `docs/data-format.md`, read between its marks and by the names of its
//! columns, with something right and a lot that is wrong to put at each place. A place that the table gains is
//! lied about from then on; a kind of content that it gains has to be taught here.

use automerge::ScalarValue;

use super::columns::moment_text;
use super::copy::EVENING;

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
    let [place, holds, first, again, start] =
        ["place", "holds", "first written by", "changed by", "from the start"].map(column);
    let rows: Vec<Row> = lines
        .skip(1)
        .map(cells)
        .map(|cells| Row {
            path: cells[place].trim_matches('`').split('/').map(str::to_owned).collect(),
            holds: read_holds(&cells[holds]),
            first: who(&cells[first]),
            again: who(&cells[again]),
            start: cells[start] == "yes",
        })
        .collect();
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

/// Something that may stand at a place of this kind.
pub(crate) fn right(kind: &str, of: &str, with: &Right<'_>) -> ScalarValue {
    let number = with.number;
    match kind {
        "Line" => ScalarValue::from(format!("Line {number}")),
        "Prose" => ScalarValue::from(format!("Two\nlines {number}")),
        "UpTo" => ScalarValue::Uint(number as u64 % 2),
        "OneOf" => {
            let words = words(of);
            ScalarValue::from(words[number % words.len()].as_str())
        }
        "Moment" | "MomentOrNothing" => ScalarValue::from(moment_at(number)),
        "DayOrNothing" => ScalarValue::from(format!("2026-05-{:02}", 1 + number % 28)),
        "Order" => ScalarValue::from(format!("{:02x}80", 0x81 + number % 64)),
        "Item" => ScalarValue::from(super::hex(with.meant)),
        "Answer" => ScalarValue::from(format!("declined {} reason {number}", "0b".repeat(32))),
        "Statement" => ScalarValue::Bytes(with.statement.to_vec()),
        other => panic!("the table holds {other:?}, of which this test has to be taught what is right"),
    }
}

/// What may not stand at a place of this kind.
pub(crate) fn wrong(kind: &str, of: &str) -> Vec<ScalarValue> {
    let digest = "0b".repeat(32);
    let text = |text: &str| ScalarValue::from(text);
    let mut wrong = vec![
        ScalarValue::Boolean(true),
        ScalarValue::Boolean(false),
        ScalarValue::Int(1),
        ScalarValue::Int(i64::MIN),
        ScalarValue::Uint(u64::MAX),
        ScalarValue::Bytes(vec![1, 2, 3]),
        text("\u{1b}[2J"),
        text(&"x".repeat(64 * 1024)),
    ];
    if !kind.ends_with("OrNothing") {
        wrong.push(ScalarValue::Null);
    }
    let more: Vec<String> = match kind {
        "Line" => {
            let own = ["", " ", "a\nb", "\u{9b}31m"].map(str::to_owned);
            [&own[..], &["y".repeat(most(of) + 1)]].concat()
        }
        "Prose" => vec!["\r".to_owned(), "\u{7}".to_owned(), "ü".repeat(most(of) + 1)],
        "UpTo" => {
            wrong.push(ScalarValue::Uint(most(of) as u64 + 1));
            vec!["1".to_owned()]
        }
        "OneOf" => vec![String::new(), words(of)[0].to_uppercase(), "something".to_owned()],
        "Moment" | "MomentOrNothing" => vec![
            String::new(),
            "yesterday".to_owned(),
            "2026-05-03T18:02:11+02:00[Europe/Berlin]".to_owned(),
            "2026-05-03T18:02:11.250000+02:00[Europe/Nowhere]".to_owned(),
            "9999-12-31T23:59:59.999999-12:00[UTC]".to_owned(),
            "0001-01-01T00:00:00.000000+12:00[UTC]".to_owned(),
        ],
        "DayOrNothing" => ["", "2026-5-3", "2026-02-30", "+12026-05-03", "-0001-05-03", "0000-01-01"]
            .map(str::to_owned)
            .into(),
        "Order" => vec!["zz".to_owned(), "8".to_owned(), "8A".to_owned(), "80".repeat(101)],
        "Item" => vec![String::new(), "0123".to_owned(), "0123456789ABCDEF0123456789ABCDEF".to_owned()],
        "Answer" => vec![
            "accepted".to_owned(),
            format!("perhaps {digest}"),
            format!("accepted {}", &digest[1..]),
            format!("declined {digest} \u{1b}[2J"),
            format!("declined {digest} {}", "x".repeat(4_001)),
        ],
        "Statement" => {
            wrong.push(ScalarValue::Bytes(Vec::new()));
            vec!["agree".to_owned()]
        }
        other => panic!("the table holds {other:?}, of which this test has to be taught what is wrong"),
    };
    wrong.extend(more.into_iter().map(ScalarValue::from));
    wrong
}

/// A moment of that evening.
pub(crate) fn moment_at(number: usize) -> String {
    let seconds = EVENING + i64::try_from(number).expect("a small number");
    moment_text(seconds * 1_000_000, 120, "Europe/Berlin").expect("a moment")
}

fn most(of: &str) -> usize {
    of.parse().expect("a number")
}

fn words(of: &str) -> Vec<String> {
    serde_json::from_str(of).expect("a list of words")
}
