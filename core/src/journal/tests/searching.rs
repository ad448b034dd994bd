//! Search: what is found, in which order, and how it is shown.

use proptest::prelude::*;

use super::super::search::RANKED;
use super::super::{ImportOptions, SearchHit, SearchOrder, SearchPage};
use super::*;

impl Desk {
    fn find(&self, query: &str) -> Vec<SearchHit> {
        self.search(query, SearchOrder::Newest).hits
    }

    fn search(&self, query: &str, order: SearchOrder) -> SearchPage {
        self.journal.search(query.into(), order, 100, None).expect("a page")
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
            let page = desk.journal.search("needle".into(), order, 10, after).unwrap();
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
    let other = desk.journal.search("needle".into(), SearchOrder::Newest, 10, Some("b10".into())).err();
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
        let page = desk.journal.search("common".into(), SearchOrder::BestMatch, 100, Some(next)).unwrap();
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
            prop_assert!(desk.journal.search(query.clone(), order, 5, None).is_ok());
            for hit in desk.journal.search(words.clone(), order, 5, None).unwrap().hits {
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
