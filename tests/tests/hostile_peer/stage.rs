//! A plan in which everything that the table knows was written by both: for each kind of item one of hers and
//! one of his with all that can stand in it, and one of each with no more than it must have. The liar writes it
//! all, hers with her device's key, as a peer may who gives her back what she has lost.
//!
//! That it all comes in is the other half of every lie: the very same words are welcome from whom they belong to.

use std::collections::HashMap;

use automerge::legacy::{ElementId, ObjectId, OpId};
use automerge::{ObjType, ScalarValue};

use crate::liar::copy::{Draft, EVENING};
use crate::liar::frames::Head;
use crate::liar::statement::{AGREE, Statement, wording};
use crate::liar::table::{Holds, Right, Row, Who, moment_at, right, table};
use crate::liar::{Answer, Liar, actor_of, hex};
use crate::scene::{Person, Scene, person_of};

/// One of the two.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) enum Whose {
    Hers,
    His,
}

pub(crate) const BOTH: [Whose; 2] = [Whose::Hers, Whose::His];

/// A place in the plan: a line of the table with its ids filled in.
#[derive(Debug, Clone)]
pub(crate) struct Site {
    /// Which line.
    pub(crate) row: usize,
    pub(crate) path: Vec<String>,
    /// Whose item it is.
    pub(crate) owner: Whose,
    /// Whose place it is there, where it is somebody's.
    pub(crate) named: Option<Whose>,
    /// Whether something stands there.
    pub(crate) written: bool,
}

impl Site {
    /// Whether somebody is who the table means.
    pub(crate) fn is_for(&self, who: Who, writer: Whose) -> bool {
        match who {
            Who::Either => true,
            Who::Creator => self.owner == writer,
            Who::Named => self.named == Some(writer),
            Who::Nobody => false,
        }
    }
}

/// The stage.
pub(crate) struct Stage {
    pub(crate) scene: Scene,
    pub(crate) liar: Liar,
    pub(crate) rows: Vec<Row>,
    pub(crate) sites: Vec<Site>,
    pub(crate) hers: Person,
    pub(crate) his: Person,
    /// How many lies were told.
    pub(crate) lies: usize,
    /// So that no two items and no two values are the same.
    count: usize,
}

impl Stage {
    pub(crate) fn set() -> Self {
        let scene = Scene::begin();
        let (hers, his) = (person_of(&scene.anna), person_of(&scene.ben));
        let liar = Liar::of(&scene);
        let mut stage = Self { scene, liar, rows: table(), sites: Vec::new(), hers, his, lies: 0, count: 0 };
        for whole in [true, false] {
            for owner in BOTH {
                stage.list(owner, whole);
            }
        }
        let his_items = stage.items(Whose::His);
        stage.liar.honestly(his_items);
        let her_items = stage.items(Whose::Hers);
        stage.in_her_name(her_items);
        // What each keeps in the other's items.
        let in_hers = stage.rest(Whose::His);
        stage.liar.honestly(in_hers);
        let in_his = stage.rest(Whose::Hers);
        stage.in_her_name(in_his);
        assert!(stage.sites.iter().filter(|site| site.written).all(|site| stage.stands(&site.path)));
        stage.scene.local_work_goes_on();
        stage.liar.settle();
        stage
    }

    pub(crate) fn person(&self, who: Whose) -> &Person {
        if who == Whose::Hers { &self.hers } else { &self.his }
    }

    pub(crate) fn stands(&self, path: &[String]) -> bool {
        !self.liar.copy.standing(path).is_empty()
    }

    pub(crate) fn row(&self, site: &Site) -> &Row {
        &self.rows[site.row]
    }

    /// Delivers what she could have written, as something that she has lost.
    fn in_her_name(&mut self, draft: Draft) {
        let head = Head::sign(self.liar.relationship, draft.position(), &self.hers.device);
        let answer = self.liar.deliver(&[draft.change], vec![head]);
        assert!(answer == Answer::Judged { refused: Vec::new() }, "what is hers: {answer:?}");
    }

    /// Lists the places of one's items: those with everything, or those with no more than they must have.
    fn list(&mut self, owner: Whose, whole: bool) {
        for (at, row) in self.rows.clone().iter().enumerate() {
            let named: &[Option<Whose>] = match row.path.iter().any(|part| part.ends_with('@')) {
                true => &[Some(Whose::Hers), Some(Whose::His)],
                false => &[None],
            };
            // A value for itself is there once; what stands in an item, in one of the two.
            if !whole && row.is_item() && row.holds != Holds::Map {
                continue;
            }
            for named in named {
                let path = self.path(row, owner, whole, *named);
                let written = whole || row.start || row.is_item();
                self.sites.push(Site { row: at, path, owner, named: *named, written });
            }
        }
    }

    /// A path of the table with its ids filled in. What is in an item within an item is in one with everything.
    fn path(&self, row: &Row, owner: Whose, whole: bool, named: Option<Whose>) -> Vec<String> {
        let last = row.path.iter().rposition(|part| part == "*");
        let person = || hex(&self.person(named.expect("somebody")).id);
        let fill = |(at, part): (usize, &String)| match part.as_str() {
            "*" => hex(&self.item_of(owner, &row.path[..=at], whole || Some(at) != last)),
            "@" => person(),
            // What somebody keeps of a goal stands beside the goals, under both ids.
            "*@" => hex(&self.goal_of(owner, whole)) + &person(),
            part => part.to_owned(),
        };
        row.path.iter().enumerate().map(fill).collect()
    }

    /// A goal of somebody's.
    fn goal_of(&self, owner: Whose, whole: bool) -> [u8; 16] {
        self.item_of(owner, &["goals".to_owned(), "*".to_owned()], whole)
    }

    /// The id of the one item of a kind.
    fn item_of(&self, owner: Whose, kind: &[String], whole: bool) -> [u8; 16] {
        let kind = self.rows.iter().position(|row| row.path == kind).expect("a kind of item");
        self.item(owner, 2 * kind + usize::from(whole))
    }

    /// An id of an item by its creator.
    fn item(&self, owner: Whose, number: usize) -> [u8; 16] {
        let millis = u64::try_from(EVENING * 1_000).expect("a time") + number as u64;
        let number = u32::try_from(number).expect("a number");
        [&self.person(owner).id[..6], &millis.to_be_bytes()[2..], &number.to_be_bytes()]
            .concat()
            .try_into()
            .expect("16 bytes")
    }

    /// An id that no item has yet.
    pub(crate) fn new_item(&mut self, owner: Whose) -> [u8; 16] {
        self.count += 1;
        self.item(owner, 10_000 + self.count)
    }

    /// One's items, with what one writes in them oneself.
    fn items(&mut self, owner: Whose) -> Draft {
        let own = |site: &&Site| site.owner == owner && site.named.is_none_or(|named| named == owner);
        self.write(owner, own)
    }

    /// What one keeps in the other's items.
    fn rest(&mut self, writer: Whose) -> Draft {
        self.write(writer, |site| site.owner != writer && site.named == Some(writer))
    }

    fn write(&mut self, writer: Whose, which: impl Fn(&&Site) -> bool) -> Draft {
        let actor = if writer == Whose::His { self.liar.actor } else { actor_of(&self.hers.device, 1) };
        let mut draft = self.liar.copy.draft(actor);
        let mut made = HashMap::new();
        let sites: Vec<Site> = self.sites.iter().filter(|site| site.written).filter(which).cloned().collect();
        for site in sites {
            let value = self.right(&site);
            self.put(&mut draft, &mut made, &site.path, value);
        }
        draft
    }

    /// What may stand at a place.
    pub(crate) fn right(&mut self, site: &Site) -> Content {
        self.count += 1;
        let goal = self.goal_of(Whose::Hers, true);
        match self.row(site).holds.clone() {
            Holds::Map => Content::Make(ObjType::Map),
            Holds::Text => Content::Make(ObjType::Text),
            Holds::Value { kind, of } => {
                let statement = self.statement(site.owner, &goal);
                let with = Right { number: self.count, meant: &goal, statement: &statement };
                Content::Value(right(&kind, &of, &with))
            }
        }
    }

    /// A statement by somebody on a goal of hers, as it might have been worded once.
    pub(crate) fn statement(&self, by: Whose, goal: &[u8; 16]) -> Vec<u8> {
        self.statement_on(by, goal).signed(&self.person(by).key)
    }

    pub(crate) fn statement_on(&self, by: Whose, goal: &[u8; 16]) -> Statement {
        Statement {
            relationship: self.scene.relationship,
            goal: *goal,
            client: self.hers.id,
            therapist: self.his.id,
            by: self.person(by).id,
            kind: AGREE,
            counter: 1 + self.count as u64,
            at: moment_at(self.count),
            wording: wording(goal, "Once", "so", &[]),
        }
    }

    /// Writes something at a place where nothing stands yet; a text gets a few letters.
    pub(crate) fn put(
        &self,
        draft: &mut Draft,
        made: &mut HashMap<Vec<String>, ObjectId>,
        path: &[String],
        content: Content,
    ) {
        let (key, above) = path.split_last().expect("a path");
        let above = made.get(above).cloned().unwrap_or_else(|| self.liar.copy.object(above));
        match content {
            Content::Value(value) => draft.put(&above, key, value, vec![]),
            Content::Make(what) => {
                let object = draft.make(&above, key, what);
                if what == ObjType::Text {
                    spell(draft, &object, "Air");
                }
                made.insert(path.to_vec(), object);
            }
        }
    }

    /// A whole new item of a kind; what is put at one of its places can be another than is right.
    pub(crate) fn whole(
        &mut self,
        draft: &mut Draft,
        kind: &Row,
        owner: Whose,
        mut instead: impl FnMut(&Row, Content) -> Option<Content>,
    ) -> [u8; 16] {
        let item = self.new_item(owner);
        let mut made = HashMap::new();
        for (at, row) in self.rows.clone().iter().enumerate() {
            if *kind.path != *row.path && !(row.start && row.is_below(kind)) {
                continue;
            }
            let mut path = self.path(row, owner, true, None);
            path[kind.path.len() - 1] = hex(&item);
            let site = Site { row: at, path, owner, named: None, written: false };
            let content = self.right(&site);
            if let Some(content) = instead(row, content) {
                self.put(draft, &mut made, &site.path, content);
            }
        }
        item
    }

    /// Lies, and is refused with one of these reasons: nothing is applied. Now and then, and when all is said, an
    /// honest edit comes right after.
    pub(crate) fn is_refused(&mut self, lie: Draft, reasons: &[u8], what: &str) {
        let before = self.scene.tables();
        let hash = lie.position().hash;
        let answer = self.liar.tell(&[lie.change]);
        let Answer::Judged { refused } = &answer else { panic!("{what}: {answer:?}") };
        let is_this = |(of, reason): &([u8; 32], u8)| *of == hash && reasons.contains(reason);
        assert!(refused.len() == 1 && refused.iter().all(is_this), "{what}: {answer:?}, not {reasons:?}");
        assert!(self.scene.tables() == before, "{what}: something was applied");
        self.lies += 1;
        if self.lies.is_multiple_of(8) {
            self.honest_edit();
        }
    }

    /// An edit as both may make it.
    pub(crate) fn honest_edit(&mut self) {
        self.count += 1;
        let goal = hex(&self.goal_of(Whose::Hers, true));
        let map = self.liar.copy.object(&["goals", &goal]);
        let standing = self.liar.copy.standing(&["goals", &goal, "title"]);
        let mut draft = self.liar.draft();
        draft.put(&map, "title", format!("Title {}", self.count), standing);
        self.liar.honestly(draft);
    }

    /// The app and both devices are as well as ever.
    pub(crate) fn all_is_well(mut self) {
        if self.lies > 0 {
            println!("{} lies", self.lies);
        }
        self.honest_edit();
        self.scene.local_work_goes_on();
        self.liar.settle();
        self.liar.go();
        self.scene.the_honest_exchange_works();
    }
}

/// What is put at a place.
#[derive(Clone)]
pub(crate) enum Content {
    Make(ObjType),
    Value(ScalarValue),
}

/// Writes letters at the beginning of a text.
pub(crate) fn spell(draft: &mut Draft, text: &ObjectId, letters: &str) {
    let mut behind = ElementId::Head;
    for letter in letters.chars() {
        let written: OpId = draft.letter(text, behind, &letter.to_string());
        behind = ElementId::Id(written);
    }
}
