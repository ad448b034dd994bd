//! Templates: questions as data, and answers held against them.

use proptest::prelude::*;

use super::super::templates::BUILT_IN_FILES;
use super::super::{Answer, AnswerForm, EntryFilter, EntryKind, Occasion, Template, pack, read_templates};
use super::*;
use crate::error::{Problem, Thing};
use crate::tests::cases;

fn answer(template: &str, version: u32, field: &str, value: &str) -> Answer {
    Answer { template: template.into(), version, field: field.into(), value: value.into() }
}

fn answering(answers: Vec<Answer>) -> NewEntry {
    NewEntry { answers, ..NewEntry::default() }
}

/// A small template of one's own.
fn mine(version: u32, question: &str) -> String {
    format!(
        r#"{{ "id": "mine", "version": {version}, "language": "en", "title": "Mine",
             "fields": [ {{ "id": "a", "question": "{question}", "kind": "text" }},
                         {{ "id": "b", "question": "Which?", "kind": "choice", "options": ["this", "that"] }} ],
             "source": "me", "licence": "CC0-1.0" }}"#
    )
}

impl Desk {
    /// A file beside the journal.
    fn pack(&self, content: impl AsRef<[u8]>) -> String {
        let path = self.folder.path().join("pack.json");
        std::fs::write(&path, content).unwrap();
        path.to_string_lossy().into_owned()
    }
}

#[test]
fn every_built_in_template_can_be_read_and_says_the_same_in_both_languages() {
    let all: Vec<Template> =
        BUILT_IN_FILES.iter().flat_map(|file| pack::parse(file).expect("a template")).collect();
    let of = |language: &str| all.iter().filter(|one| one.language == language).collect::<Vec<_>>();
    let (english, german) = (of("en"), of("de"));
    assert_eq!(english.len() + german.len(), all.len());
    let ids: Vec<&str> = english.iter().map(|one| one.id.as_str()).collect();
    assert_eq!(ids, ["thought-record", "small-win", "practice", "hard-to-say", "self-compassion"]);
    for (one, other) in english.iter().zip(&german) {
        assert!(one.id == other.id && one.version == other.version && one.kind == other.kind);
        assert!(one.offered == other.offered && one.fields.len() == other.fields.len());
        for (field, same) in one.fields.iter().zip(&other.fields) {
            assert!(field.id == same.id && field.question != same.question);
            match (&field.answer, &same.answer) {
                (AnswerForm::Choice { options }, AnswerForm::Choice { options: others }) => {
                    assert_eq!(options.len(), others.len());
                }
                (form, same) => assert!(form == same),
            }
        }
        for template in [one, other] {
            assert!(!template.source.is_empty() && template.licence == "Apache-2.0");
        }
    }
    let fields: Vec<&str> = english[0].fields.iter().map(|field| field.id.as_str()).collect();
    for wanted in ["trigger", "situation", "thought", "feeling", "body", "behaviour", "another-view"] {
        assert!(fields.contains(&wanted), "{wanted}");
    }
}

#[test]
fn a_template_comes_in_the_language_asked_for_or_in_english() {
    let desk = desk();
    let title = |language: &str| desk.journal.templates(language.into()).unwrap()[0].title.clone();
    assert!(title("en") == "Thought record" && title("en-GB") == "Thought record");
    assert!(title("de") == "Gedankenprotokoll" && title("de-AT") == "Gedankenprotokoll");
    assert!(title("pt-BR") == "Thought record" && title("") == "Thought record");
    assert_eq!(desk.journal.templates("de".into()).unwrap().len(), 5);
}

#[test]
fn answers_are_held_against_the_questions_they_answer() {
    let desk = desk();
    let refused = |answers| match desk.journal.add(answering(answers)).err() {
        Some(Error::Invalid { field, problem }) => (field, problem),
        _ => panic!("it was taken"),
    };
    let scale = |value| vec![answer("thought-record", 1, "belief", value)];
    for wrong in ["11", "-1", "seven", "07", "+7", "7.5"] {
        let (field, problem) = refused(scale(wrong));
        assert_eq!((field.as_str(), problem), ("answers.value", Problem::OutOfRange { from: 0, to: 10 }));
    }
    assert_eq!(refused(vec![answer("thought-record", 1, "nowhere", "x")]).0, "answers.field");
    assert_eq!(refused(vec![answer("thought-record", 1, "feeling", "sad")]).0, "answers.field");
    assert_eq!(refused(vec![answer("hard-to-say", 1, "opener", "my own")]).0, "answers.value");
    assert_eq!(desk.journal.count().unwrap(), 0);

    let german = "Können wir damit langsamer umgehen?";
    let taken = vec![
        answer("thought-record", 1, "belief", "10"),
        answer("thought-record", 1, "thought", "They do not like me."),
        answer("hard-to-say", 1, "opener", german),
    ];
    let entry = desk.journal.add(answering(taken.clone())).unwrap();
    assert!(entry.answers == taken);
    let found = desk
        .journal
        .search("langsamer".into(), EntryFilter::default(), super::super::SearchOrder::Newest, 5, None)
        .unwrap();
    assert_eq!(found.hits.len(), 1, "answers are found like text");
    let edit = EntryEdit { answers: Some(scale("12")), ..EntryEdit::default() };
    let refused = desk.journal.edit(entry.id, entry.revision, edit).err();
    assert!(matches!(refused, Some(Error::Invalid { .. })));
}

#[test]
fn an_answer_to_a_question_that_is_not_known_here_is_an_answer_still() {
    let desk = desk();
    let unknown = vec![
        answer("thought-record", 99, "belief", "eleven"),
        answer("of-another-app", 1, "anything", "whatever"),
    ];
    let entry = desk.journal.add(answering(unknown.clone())).unwrap();
    assert!(desk.journal.entry(entry.id).unwrap().answers == unknown);
    let newest = desk.journal.template("thought-record".into(), "en".into(), Some(99)).unwrap();
    assert_eq!(newest.version, 1, "the questions of the version that is known stand in");
    let missing = desk.journal.template("of-another-app".into(), "en".into(), None).err();
    assert!(missing == Some(Error::NotFound { what: Thing::Template }));
}

#[test]
fn what_was_answered_before_is_not_judged_again_by_an_edit_of_something_else() {
    let desk = desk();
    let strange = answer("mine", 1, "b", "neither");
    let entry = desk.journal.add(answering(vec![strange.clone()])).unwrap();
    desk.journal.add_templates(desk.pack(mine(1, "What?"))).unwrap();
    let answers = Some(vec![strange, answer("mine", 1, "a", "new")]);
    let edit = EntryEdit { answers, text: Some("more".into()), ..EntryEdit::default() };
    assert!(desk.journal.edit(entry.id, entry.revision, edit).is_ok());
}

#[test]
fn a_pack_of_ones_own_is_kept_with_every_version_of_its_questions() {
    let desk = desk();
    let added = desk.journal.add_templates(desk.pack(mine(1, "What?"))).unwrap();
    assert!(added.len() == 1 && added[0].kind == EntryKind::Free && added[0].offered.is_empty());
    desk.journal.add_templates(desk.pack(format!("\u{feff}[{}]", mine(2, "What exactly?")))).unwrap();
    desk.private.lock();
    desk.private.put(open(desk.folder.path(), false));
    let question = |version| {
        desk.journal.template("mine".into(), "en".into(), version).unwrap().fields[0].question.clone()
    };
    assert!(question(Some(1)) == "What?" && question(Some(2)) == "What exactly?");
    assert!(question(None) == "What exactly?");
    let listed = desk.journal.templates("en".into()).unwrap();
    assert!(listed.len() == 6 && listed[5].version == 2);
    // Adding again what is here does nothing; another content needs another version.
    desk.journal.add_templates(desk.pack(mine(2, "What exactly?"))).unwrap();
    let field = |error: Option<Error>| match error {
        Some(Error::Invalid { field, .. }) => field,
        _ => panic!("it was taken"),
    };
    assert_eq!(field(desk.journal.add_templates(desk.pack(mine(2, "Else?"))).err()), "version");
    let taken = BUILT_IN_FILES[0].replace("\"version\": 1", "\"version\": 7");
    let both = format!("[{}, {taken}]", mine(3, "Half of it?"));
    assert_eq!(field(desk.journal.add_templates(desk.pack(both)).err()), "id");
    assert_eq!(desk.journal.template("mine".into(), "en".into(), None).unwrap().version, 2, "all or none");

    desk.journal.remove_template("mine".into()).unwrap();
    assert_eq!(desk.journal.templates("en".into()).unwrap().len(), 5);
    assert!(question(Some(1)) == "What?", "old answers still have their questions");
    let missing = Some(Error::NotFound { what: Thing::Template });
    assert!(desk.journal.remove_template("mine".into()).err() == missing);
    assert!(desk.journal.remove_template("thought-record".into()).err() == missing);
    desk.journal.add_templates(desk.pack(mine(2, "What exactly?"))).unwrap();
    assert_eq!(desk.journal.templates("en".into()).unwrap().len(), 6);
}

#[test]
fn a_broken_pack_says_where_and_why_and_quotes_nothing() {
    let desk = desk();
    let broken = |content: &[u8]| match read_templates(desk.pack(content)).err() {
        Some(Error::Pack { line, column, problem }) => {
            assert!(column > 0);
            assert!(!problem.contains("SECRET"), "{problem}");
            (line, problem)
        }
        _ => panic!("it was taken"),
    };
    let with = |line: &str| {
        format!(
            "{{\n\"id\": \"mine\",\n\"version\": 1,\n\"language\": \"en\",\n\"title\": \"T\",\n{line}\n\
             \"source\": \"me\",\n\"licence\": \"CC0-1.0\"\n}}"
        )
    };
    let fields = |field: &str| with(&format!("\"fields\": [\n{field}\n],"));
    let good = "{\"id\": \"a\", \"question\": \"Q?\", \"kind\": \"text\"}";
    assert!(read_templates(desk.pack(fields(good))).is_ok(), "the template that is broken below");

    let mut told = Vec::new();
    let mut check = |content: String, line: u64, says: &str| {
        let (at, problem) = broken(content.as_bytes());
        assert!(problem.contains(says), "{problem} does not say {says}");
        assert_eq!(at, line, "{problem}");
        told.push(problem);
    };
    check(fields(r#"{"id": "a", "question": "SECRET", "kind": "SECRET"}"#), 7, "expected one of `text`");
    check(fields(r#"{"id": "a", "question": 7, "kind": "text"}"#), 7, "expected a string");
    check(fields(r#"{"id": "a", "kind": "text"}"#), 7, "missing field `question`");
    check(fields(r#"{"id": "a", "SECRET": 1, "question": "Q", "kind": "text"}"#), 7, "unknown field");
    check(fields(r#"{"id": "SECRET one", "question": "Q", "kind": "text"}"#), 7, "small letters");
    check(fields(r#"{"id": "a", "question": "SECRET", "kind": "choice"}"#), 7, "`options`");
    check(fields(&format!("{good},\n{good}")), 12, "same `id`");
    check(with("\"fields\": [],"), 9, "`fields` holds");
    check(with("\"fields\": \"SECRET, expected SECRET\","), 6, "expected a sequence");
    check(with("\"offered\": [\"SECRET\"],"), 6, "expected one of `any-time`");
    check(with("\"kind\": \"SECRET\","), 6, "expected one of `free`");
    check(with("\"title\": \"SECRET\","), 6, "duplicate field `title`");
    check(with("\"about\" \"SECRET\","), 6, "this is not JSON");
    check("{\n\"id\": \"SECRET".into(), 2, "too early");
    check("\"SECRET\"".into(), 1, "expected a template or a list of templates");
    check("[]".into(), 1, "no template");
    check(format!("[{}, {}]", mine(1, "SECRET"), mine(1, "SECRET")), 7, "twice");
    check("[".repeat(100_000), 1, "expected a template");
    check(" ".repeat((1 << 20) + 1), 1, "1 MiB");
    assert_eq!(broken(b"{\n\"id\": \"SECRET \xff\"").0, 2);
    assert_eq!(told.len(), 19);

    let missing = desk.folder.path().join("nowhere").to_string_lossy().into_owned();
    assert!(read_templates(missing).err() == Some(Error::NotFound { what: Thing::File }));
    assert!(desk.journal.add_templates(desk.pack("SECRET")).is_err());
    assert_eq!(desk.journal.templates("en".into()).unwrap().len(), 5);
}

#[test]
fn what_may_help_is_offered_where_it_fits_and_otherwise_nothing() {
    let desk = desk();
    let offered = |new: NewEntry| -> Vec<String> {
        let id = desk.journal.add(new).unwrap().id;
        desk.journal.prompts("en".into(), Some(id)).unwrap().into_iter().map(|one| one.id).collect()
    };
    assert!(offered(text("a day")).is_empty());
    assert!(offered(NewEntry { mood: Some(3), ..text("a day") }).is_empty());
    assert_eq!(offered(NewEntry { mood: Some(2), ..text("a day") }), ["self-compassion"]);
    let doubt = NewEntry { kind: Some(EntryKind::Doubt), ..text("a day") };
    assert_eq!(offered(doubt), ["hard-to-say", "self-compassion"]);
    let any = desk.journal.prompts("de".into(), None).unwrap();
    assert!(any.len() == 5 && any.iter().all(|one| one.offered.contains(&Occasion::AnyTime)));
}

#[test]
fn once_locked_templates_and_tools_say_so() {
    let desk = desk();
    let pack = desk.pack(mine(1, "What?"));
    desk.private.lock();
    let journal = &desk.journal;
    let locked = |error: Option<Error>| assert!(error == Some(Error::Locked));
    locked(journal.templates("en".into()).err());
    locked(journal.template("mine".into(), "en".into(), None).err());
    locked(journal.add_templates(pack).err());
    locked(journal.remove_template("mine".into()).err());
    locked(journal.prompts("en".into(), None).err());
    locked(journal.tools(true).err());
    locked(journal.add_tool("a walk".into(), String::new()).err());
    locked(journal.drafts().err());
    locked(journal.save_draft(super::super::DraftContent::Add { entry: text("x") }, None).err());
    locked(journal.versions(EntryId::from_bytes([1; 16])).err());
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn whatever_a_file_holds_it_is_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = pack::parse(&String::from_utf8_lossy(&bytes));
    }

    #[test]
    fn a_built_in_template_with_a_hole_in_it_is_read_or_refused_without_a_word_of_it(
        which in 0_usize..10, from in any::<prop::sample::Index>(), length in 0_usize..40, put in "[\\[\\]{}\":,0a ]{0,4}"
    ) {
        let mut file: Vec<char> = BUILT_IN_FILES[which].chars().collect();
        let from = from.index(file.len());
        file.splice(from..(from + length).min(file.len()), put.chars());
        let file: String = file.into_iter().collect();
        if let Err(error) = pack::parse(&file) {
            let Error::Pack { line, problem, .. } = error else { panic!("another error") };
            prop_assert!(line as usize <= file.split('\n').count());
            prop_assert!(!problem.contains("Common Ground") && problem.len() < 400, "{problem}");
        }
    }

    #[test]
    fn a_template_is_written_as_it_was_read(which in 0_usize..10) {
        let template = pack::parse(BUILT_IN_FILES[which]).unwrap();
        let written = serde_json::to_string(&template).unwrap();
        prop_assert!(pack::parse(&written).unwrap() == template);
    }
}
