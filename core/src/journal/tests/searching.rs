//! Search: what is found, in which order, and how it is shown.

use proptest::prelude::*;

use super::super::search::RANKED;
use super::super::{Answer, ImportOptions, SearchHit, SearchOrder, SearchPage};
use super::filtering::{MadeUp, any_entry, any_filter, lets_through};
use super::*;

impl Desk {
    fn find(&self, query: &str) -> Vec<SearchHit> {
        self.search(query, SearchOrder::Newest).hits
    }

    fn search(&self, query: &str, order: SearchOrder) -> SearchPage {
        self.journal.search(query.into(), EntryFilter::default(), order, 100, None).expect("a page")
    }

    fn finds(&self, query: &str) -> bool {
        let (best, newest) = (self.search(query, SearchOrder::BestMatch), self.find(query));
        assert!(best.hits.len() == newest.len(), "both orders find the same");
        !newest.is_empty()
    }
}

/// What the ranges of a hit cover.
fn marked(hit: &SearchHit) -> Vec<String> {
    let units: Vec<u16> = hit.snippet.encode_utf16().collect();
    let cover = |range: &super::super::TextRange| {
        String::from_utf16(&units[range.start as usize..range.end as usize]).expect("no half characters")
    };
    hit.matches.iter().map(cover).collect()
}

#[test]
fn case_and_accents_do_not_matter() {
    let desk = desk();
    desk.write("Im CAFÉ an der Straße gesessen, naïve Gedanken. Łódź! Øl. Ёлка, йод. ΟΔΟΣ");
    for query in [
        "café",
        "Cafe",
        "CAFÉ",
        "strasse",
        "STRASSE",
        "naive",
        "lodz",
        "øl",
        "ol",
        "елка",
        "йод",
        "οδος",
        "cafe\u{301}",
    ] {
        assert!(desk.finds(query), "{query}");
    }
    assert!(!desk.finds("иод"), "й is a letter of its own");
}

#[test]
fn all_words_must_stand_and_the_last_may_be_a_beginning() {
    let desk = desk();
    desk.write("gardening calms me");
    desk.write("the garden was calm");
    assert_eq!(desk.find("me gard").len(), 1);
    assert_eq!(desk.find("garden calm").len(), 1, "only the last word is completed");
    assert_eq!(desk.find("gar").len(), 2);
    assert_eq!(desk.find("ga").len(), 0, "two letters are not");
    assert_eq!(desk.find("gardeni").len(), 1);
    assert_eq!(desk.find("garden absent").len(), 0);
}

#[test]
fn words_in_quotes_stand_side_by_side() {
    let desk = desk();
    desk.write("I did not sleep well");
    desk.write("well, I did sleep");
    assert_eq!(desk.find("\"sleep well\"").len(), 1);
    assert_eq!(desk.find("“sleep well”").len(), 1, "as phones type them");
    assert_eq!(desk.find("sleep well").len(), 2);
    assert_eq!(desk.find("\"did sle").len(), 1, "an open quote is still being typed");
    assert_eq!(desk.find("\"did sle\"").len(), 0);
}

#[test]
fn nothing_typed_is_an_operator() {
    let desk = desk();
    desk.write("rain AND sun, NEAR the title: text* OR not");
    for query in [
        "rain AND sun",
        "NEAR(rain sun)",
        "title:text",
        "text*",
        "-rain",
        "^rain",
        "rain + sun",
        "{title} : text",
        "a\"b",
        "\"",
        "'",
        "not OR",
    ] {
        let _ = desk.finds(query);
    }
    assert!(!desk.finds("snow OR rain"));
    assert!(!desk.finds("rain NOT snow"));
    assert!(desk.finds("rain NEAR sun"));
}

#[test]
fn chinese_words_are_found_inside_a_sentence() {
    let desk = desk();
    desk.write("我今天很高兴，因为见到了妈妈。");
    for query in ["高兴", "今天", "我", "兴", "妈妈", "今天很高兴", "很"] {
        let hits = desk.find(query);
        assert_eq!(hits.len(), 1, "{query}");
        assert_eq!(marked(&hits[0])[0], query, "and marked as they stand");
    }
    for query in ["天今", "高妈", "爸", "高兴妈妈"] {
        assert!(!desk.finds(query), "{query}");
    }
}

#[test]
fn arabic_hebrew_japanese_korean_thai_and_hindi_are_found_as_people_type_them() {
    let desk = desk();
    desk.write("أَنَا سَعِيدٌ جِدًّا، الســـلام عليكم");
    desk.write("שָׁלוֹם לכולם");
    desk.write("がんばりました。ｶﾞｰﾃﾞﾝ");
    desk.write("오늘은 정원에서 쉬었다");
    desk.write("วันนี้ฉันรู้สึกดีมาก");
    desk.write("मैं आज खुश हूँ");
    for query in
        ["انا", "سعيد", "السلام", "שלום", "がんばり", "ガーデン", "정원", "정", "รู้สึก", "ดี", "खुश", "आज"]
    {
        assert!(desk.finds(query), "{query}");
    }
    assert!(!desk.finds("かんばり"), "voicing makes another sound");
    assert!(!desk.finds("खश"), "a vowel sign is not an accent");
    let decomposed: String = unicode_normalization::UnicodeNormalization::nfd("정원").collect();
    assert!(desk.finds(&decomposed), "Korean as single letters");
}

#[test]
fn pictures_are_words_too() {
    let desk = desk();
    desk.write("A good day 👍🏽🌻 really");
    for query in ["👍", "🌻", "👍🏿", "day 👍"] {
        assert!(desk.finds(query), "{query}");
    }
    assert!(!desk.finds("👎"));
}

#[test]
fn titles_and_tags_are_found_and_weigh_more() {
    let desk = desk();
    desk.write("river river river");
    let title = NewEntry { title: Some("River".into()), ..text("a walk") };
    let title = desk.journal.add(title).unwrap();
    let tag = NewEntry { tags: vec!["old-river".into()], ..text("a swim") };
    desk.journal.add(tag).unwrap();
    let page = desk.search("river", SearchOrder::BestMatch);
    assert_eq!(page.hits.len(), 3);
    assert!(page.hits[0].entry.id == title.id);
    assert!(page.hits[0].snippet == "a walk" && page.hits[0].matches.is_empty());
}

#[test]
fn a_snippet_shows_the_words_in_their_surroundings() {
    let desk = desk();
    let far = "padding words here ".repeat(100);
    desk.write(&format!("{far}\nthen a Café 🌻 with Mother {far}"));
    let hit = desk.find("cafe mother").remove(0);
    assert_eq!(marked(&hit), ["Café", "Mother"]);
    assert!(hit.snippet.starts_with('…') && hit.snippet.ends_with('…'));
    assert!(!hit.snippet.contains('\n') && hit.snippet.chars().count() < 300);
    let split = desk.write("don\u{2019}t worry");
    let hit = desk.find("don't").remove(0);
    assert!(hit.entry.id == split.id);
    assert_eq!(marked(&hit), ["don\u{2019}t"]);
}

#[test]
fn matches_are_counted_in_utf16_units() {
    let desk = desk();
    desk.write("🌻🌻 sun");
    let hit = desk.find("sun").remove(0);
    assert_eq!((hit.matches[0].start, hit.matches[0].end), (5, 8));
}

#[test]
fn an_edit_changes_what_is_found_and_the_bin_is_not_searched() {
    let desk = desk();
    let entry = desk.write("walnut tree");
    let edit = EntryEdit { text: Some("cherry tree".into()), ..EntryEdit::default() };
    desk.journal.edit(entry.id, entry.revision, edit).unwrap();
    assert!(!desk.finds("walnut") && desk.finds("cherry"));
    desk.journal.bin(entry.id).unwrap();
    assert!(!desk.finds("cherry"));
    desk.journal.restore(entry.id).unwrap();
    assert!(desk.finds("cherry"));
}

#[test]
fn pages_of_both_orders_give_every_hit_once() {
    let desk = desk();
    for number in 0..45 {
        desk.write(&format!("needle {}", "hay ".repeat(number % 7)));
    }
    for order in [SearchOrder::Newest, SearchOrder::BestMatch] {
        let mut ids = Vec::new();
        let mut after = None;
        loop {
            let page =
                desk.journal.search("needle".into(), EntryFilter::default(), order, 10, after).unwrap();
            assert!(page.ranked_newest.is_none());
            ids.extend(page.hits.iter().map(|hit| hit.entry.id));
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        assert_eq!(ids.len(), 45);
        ids.sort_unstable();
        ids.dedup();
        assert_eq!(ids.len(), 45);
    }
    let other = desk
        .journal
        .search("needle".into(), EntryFilter::default(), SearchOrder::Newest, 10, Some("b10".into()))
        .err();
    assert!(matches!(other, Some(Error::Invalid { field, .. }) if field == "after"));
}

#[test]
fn with_very_many_matches_the_newest_are_ranked_and_the_page_says_so() {
    let desk = desk();
    desk.private.write(|_| Ok(())).unwrap();
    let file = desk.folder.path().join("many.json");
    let entries: Vec<serde_json::Value> = (0..RANKED + 20)
        .map(|number| {
            let text =
                if number == RANKED - 50 { "common common rare" } else { "common and more of the same" };
            serde_json::json!({
                "uuid": format!("{number:032X}"),
                "creationDate": format!("{:04}-01-01T00:00:00Z", 1200 + number),
                "text": text,
            })
        })
        .collect();
    std::fs::write(&file, serde_json::json!({ "entries": entries }).to_string()).unwrap();
    desk.journal.import(file.to_string_lossy().into_owned(), ImportOptions::default(), None).unwrap();
    let page = desk.search("common", SearchOrder::BestMatch);
    assert_eq!(page.ranked_newest, Some(RANKED as u32));
    assert!(page.hits[0].entry.opening == "common common rare", "the densest first");
    let mut found = page.hits.len();
    let mut after = page.next;
    while let Some(next) = after {
        let page = desk
            .journal
            .search("common".into(), EntryFilter::default(), SearchOrder::BestMatch, 100, Some(next))
            .unwrap();
        found += page.hits.len();
        after = page.next;
    }
    assert_eq!(found, RANKED);
    let page = desk.search("common rare", SearchOrder::BestMatch);
    assert_eq!((page.hits.len(), page.ranked_newest), (1, None), "a rare word decides alone");
    let page = desk.search("\"common and\" same", SearchOrder::BestMatch);
    assert_eq!(page.ranked_newest, Some(RANKED as u32));
}

proptest! {
    #![proptest_config(crate::tests::cases(64))]

    #[test]
    fn search_takes_any_text(query in any::<String>(), words in "\\PC{1,200}") {
        let desk = desk();
        if !words.trim().is_empty() {
            desk.journal.add(text(&words)).unwrap();
        }
        for order in [SearchOrder::Newest, SearchOrder::BestMatch] {
            prop_assert!(desk.journal.search(query.clone(), EntryFilter::default(), order, 5, None).is_ok());
            for hit in desk.journal.search(words.clone(), EntryFilter::default(), order, 5, None).unwrap().hits {
                let _ = marked(&hit);
            }
        }
    }

    #[test]
    fn every_word_of_a_text_finds_it_and_is_marked(words in "[a-zA-ZäöüÄÖÜßéèñ今天高兴가나다がぎ🌻 .,\n]{1,300}") {
        let desk = desk();
        prop_assume!(!words.trim().is_empty());
        let entry = desk.journal.add(text(&words)).unwrap();
        for word in words.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).take(8) {
            let hits = desk.find(word);
            prop_assert!(hits.len() == 1 && hits[0].entry.id == entry.id, "{word:?}");
            prop_assert!(!hits[0].matches.is_empty(), "{word:?}");
            for cover in marked(&hits[0]) {
                let (cover, word) = (super::super::fold::folded(&cover), super::super::fold::folded(word));
                let first = word.split(' ').next().unwrap_or_default();
                prop_assert!(cover.contains(first), "{cover:?} {word:?}");
            }
        }
    }
}

#[test]
fn what_single_saves_leave_in_the_index_is_drawn_together_between_them() {
    let desk = desk();
    let pieces = |file: &rusqlite::Connection| -> i64 {
        file.query_row("SELECT count(DISTINCT segid) FROM entry_search_idx", [], |row| row.get(0)).unwrap()
    };
    for number in 0..40 {
        desk.write(&format!("a note, number {number}"));
    }
    let upkeep = include_str!("../../../migrations/private/upkeep.sql");
    let left = desk
        .private
        .write(|file| {
            while {
                let before = file.total_changes();
                file.execute(upkeep, [])?;
                file.total_changes() - before > 1
            } {}
            Ok(pieces(file))
        })
        .unwrap();
    assert!(left < 10, "{left} pieces");
    assert_eq!(desk.find("note").len(), 40);
}

/// What stands in an entry, field by field, for a search by hand.
fn fields(entry: &Entry) -> Vec<Vec<String>> {
    let answers = entry.answers.iter().map(|answer| answer.value.as_str());
    let tags = entry.tags.join(" ");
    let all = [entry.text.as_str(), entry.title.as_deref().unwrap_or_default(), &tags];
    all.into_iter().chain(answers).map(by_hand).collect()
}

/// Words in lower case without the one accent that these tests use.
fn by_hand(text: &str) -> Vec<String> {
    let plain = text.to_lowercase().replace('ü', "u");
    plain
        .split(|letter: char| !letter.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(str::to_owned)
        .collect()
}

/// Whether these words stand side by side in a field, the last one as a beginning where it may be one.
fn stands(term: &[String], completed: bool, entry: &Entry) -> bool {
    fields(entry).iter().any(|field| {
        field.windows(term.len()).any(|window| {
            window.iter().zip(term).enumerate().all(|(at, (word, wanted))| {
                let may_go_on = completed && at + 1 == term.len() && wanted.chars().count() >= 3;
                word == wanted || (may_go_on && word.starts_with(wanted.as_str()))
            })
        })
    })
}

fn some_words(most: usize) -> impl Strategy<Value = String> {
    let vocabulary = vec!["go", "gone", "Garden", "gardens", "süd", "Sudden", "sun", "not", "AND"];
    prop::collection::vec(prop::sample::select(vocabulary), 1..=most).prop_map(|words| words.join(" "))
}

proptest! {
    #![proptest_config(crate::tests::cases(48))]

    #[test]
    fn search_finds_what_a_look_at_every_entry_finds(
        entries in prop::collection::vec((any_entry(), some_words(6), some_words(3), some_words(3)), 0..20),
        questions in prop::collection::vec((any_filter(), some_words(3), any::<bool>()), 6),
    ) {
        let desk = desk();
        desk.take_in_photo();
        let entries: Vec<Entry> = entries.into_iter().map(|(MadeUp(new), words, title, answer)| {
            let field = |field: &str, value: &str| {
                Answer { template: "t".into(), version: 1, field: field.into(), value: value.into() }
            };
            let answers = vec![field("a", &answer), field("b", "sun")];
            desk.journal.add(NewEntry { text: words, title: Some(title), answers, ..new }).unwrap()
        }).collect();
        for (MadeUp(filter), words, is_phrase) in questions {
            let terms: Vec<Vec<String>> = if is_phrase {
                vec![by_hand(&words)]
            } else {
                by_hand(&words).into_iter().map(|word| vec![word]).collect()
            };
            let typed = if is_phrase { format!("\"{words}\"") } else { words };
            let matches = |entry: &&Entry| {
                lets_through(&filter, entry)
                    && terms.iter().enumerate().all(|(at, term)| {
                        stands(term, !is_phrase && at + 1 == terms.len(), entry)
                    })
            };
            let mut expected: Vec<EntryId> = entries.iter().filter(matches).map(|entry| entry.id).collect();
            expected.sort_unstable();
            for order in [SearchOrder::Newest, SearchOrder::BestMatch] {
                let mut found = Vec::new();
                let mut after = None;
                loop {
                    let page = desk.journal.search(typed.clone(), filter.clone(), order, 3, after).unwrap();
                    prop_assert!(page.hits.iter().all(|hit| !hit.snippet.is_empty()));
                    found.extend(page.hits.into_iter().map(|hit| hit.entry.id));
                    match page.next {
                        Some(next) => after = Some(next),
                        None => break,
                    }
                }
                if order == SearchOrder::Newest {
                    let rows: Vec<i64> = found.iter().map(|id| {
                        desk.private.read(|file| Ok(super::super::list::whole(file, *id)?.0)).unwrap()
                    }).collect();
                    prop_assert!(rows.is_sorted_by(|a, b| a > b), "newest first");
                }
                found.sort_unstable();
                prop_assert!(found == expected, "{typed:?}");
            }
        }
    }
}

#[test]
fn a_filter_without_words_is_the_filtered_list_and_nothing_at_all_is_nothing() {
    let desk = desk();
    for number in 0..5 {
        let tags = vec!["kept".to_owned()];
        desk.world.pass(TimeDelta::seconds(1));
        desk.journal.add(NewEntry { tags, ..text(&format!("number {number}")) }).unwrap();
        desk.write("another");
    }
    let kept = EntryFilter { tags: vec!["KEPT".into()], ..EntryFilter::default() };
    for order in [SearchOrder::Newest, SearchOrder::BestMatch] {
        let page = |after| desk.journal.search("  ".into(), kept.clone(), order, 3, after).unwrap();
        let first = page(None);
        let shown: Vec<&str> = first.hits.iter().map(|hit| hit.snippet.as_str()).collect();
        assert_eq!(shown, ["number 4", "number 3", "number 2"]);
        let second = page(first.next);
        assert!(second.hits.len() == 2 && second.next.is_none());
        let search = |typed: &str, filter| desk.journal.search(typed.into(), filter, order, 3, None).unwrap();
        assert!(search("", EntryFilter::default()).hits.is_empty());
        assert!(search("?!", kept.clone()).hits.is_empty(), "signs are in no entry");
    }
}

#[test]
fn what_stands_only_in_an_answer_is_shown_from_there() {
    let desk = desk();
    let answer = |field: &str, value: &str| Answer {
        template: "thought-record".into(),
        version: 1,
        field: field.into(),
        value: value.into(),
    };
    let answers =
        vec![answer("thought", "They will laugh"), answer("another-view", "Nobody laughed; Ünal waved 🌻")];
    desk.journal.add(NewEntry { answers, ..text("On the bus") }).unwrap();
    let hit = desk.find("nobody unal").remove(0);
    assert_eq!(hit.snippet, "Nobody laughed; Ünal waved 🌻");
    assert_eq!(marked(&hit), ["Nobody", "Ünal"]);
    assert_eq!(marked(&desk.find("laugh").remove(0)), ["laugh"], "the first of equals");
    let hit = desk.find("bus laughed").remove(0);
    assert_eq!(hit.snippet, "On the bus", "the text comes first");
    assert!(!desk.finds("\"the bus they\""), "no phrase reaches from one into the other");
}

#[test]
fn among_very_many_entries_filters_and_words_still_find_each_other() {
    let desk = desk();
    let count = super::super::filter::FEW + 60;
    for number in 0..count {
        desk.world.pass(TimeDelta::seconds(1));
        let tags = if number % 20 == 0 {
            vec!["often".to_owned(), "seldom".to_owned()]
        } else {
            vec!["often".to_owned()]
        };
        let words = if number % 50 == 0 { "common needle" } else { "common" };
        desk.journal.add(NewEntry { tags, mood: Some(1 + (number % 5) as u8), ..text(words) }).unwrap();
    }
    let tagged = |tag: &str| EntryFilter { tags: vec![tag.into()], ..EntryFilter::default() };
    let search = |typed: &str, filter: EntryFilter, order| {
        desk.journal.search(typed.into(), filter, order, 100, None).unwrap()
    };
    // Rare words with a filter that lets nearly all through, and the reverse.
    for order in [SearchOrder::Newest, SearchOrder::BestMatch] {
        assert_eq!(search("needle", tagged("often"), order).hits.len(), count.div_ceil(50));
        let seldom = search("common", tagged("seldom"), order);
        assert_eq!((seldom.hits.len(), seldom.ranked_newest), (count.div_ceil(20), None));
        assert_eq!(search("common needle", tagged("seldom"), order).hits.len(), count.div_ceil(100));
        let good = EntryFilter { mood_from: Some(5), ..tagged("often") };
        assert_eq!(search("common", good, order).hits.len(), count / 5);
    }
    let often = search("common", tagged("often"), SearchOrder::BestMatch);
    assert_eq!(often.ranked_newest, Some(RANKED as u32), "neither says much, so the newest are ranked");
}
