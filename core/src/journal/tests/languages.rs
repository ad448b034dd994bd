//! Search in five languages: sentences as people write them, found by what people type.

use super::super::{SearchHit, SearchOrder};
use super::*;

impl Desk {
    /// The one entry that a query finds, in both orders.
    #[track_caller]
    fn only(&self, query: &str, expected: &Entry) -> SearchHit {
        for order in [SearchOrder::BestMatch, SearchOrder::Newest] {
            let hits =
                self.journal.search(query.into(), EntryFilter::default(), order, 10, None).unwrap().hits;
            assert_eq!(hits.len(), 1, "{query}");
            assert!(hits[0].entry.id == expected.id, "{query}");
        }
        let newest = SearchOrder::Newest;
        self.journal.search(query.into(), EntryFilter::default(), newest, 10, None).unwrap().hits.remove(0)
    }

    #[track_caller]
    fn none(&self, query: &str) {
        for order in [SearchOrder::BestMatch, SearchOrder::Newest] {
            let hits =
                self.journal.search(query.into(), EntryFilter::default(), order, 10, None).unwrap().hits;
            assert!(hits.is_empty(), "{query}");
        }
    }
}

/// What the ranges of a hit cover.
fn marked(hit: &SearchHit) -> Vec<String> {
    let units: Vec<u16> = hit.snippet.encode_utf16().collect();
    let cover = |range: &super::super::TextRange| {
        String::from_utf16(&units[range.start as usize..range.end as usize]).unwrap()
    };
    hit.matches.iter().map(cover).collect()
}

#[test]
fn english() {
    let desk = desk();
    let café = desk
        .write("Didn't want to leave the café. Zoë's résumé got a reply, and I cried a little; happy tears.");
    let night = desk
        .write("Couldn’t sleep until three. The 9am meeting went on in my head (again!), co-worker and all.");
    assert_eq!(marked(&desk.only("cafe", &café)), ["café"]);
    assert_eq!(marked(&desk.only("RESUME zoe's", &café)), ["Zoë's", "résumé"]);
    assert_eq!(marked(&desk.only("\"happy tears\"", &café)), ["happy tears"]);
    assert_eq!(marked(&desk.only("couldn't", &night)), ["Couldn’t"]);
    assert_eq!(marked(&desk.only("co-worker", &night)), ["co-worker"]);
    assert_eq!(marked(&desk.only("9AM meet", &night)), ["9am", "meeting"]);
    desk.none("\"tears happy\"");
    desk.none("café meeting");
}

#[test]
fn german() {
    let desk = desk();
    let walk = desk.write(
        "Spaziergang über die Große Straße, danach Käsespätzle bei Jürgen. Überraschend fröhlich gewesen.",
    );
    let doubt = desk.write(
        "Zweifel: Müsste ich nicht längst weiter sein? Die Übung gegen das Grübeln fühlte sich hölzern an.",
    );
    assert_eq!(marked(&desk.only("grosse strasse", &walk)), ["Große", "Straße"]);
    assert_eq!(marked(&desk.only("STRASSE", &walk)), ["Straße"]);
    assert_eq!(marked(&desk.only("frohlich", &walk)), ["fröhlich"]);
    assert_eq!(marked(&desk.only("u\u{308}berraschend", &walk)), ["Überraschend"]);
    assert_eq!(marked(&desk.only("Übung grüb", &doubt)), ["Übung", "Grübeln"]);
    assert_eq!(marked(&desk.only("„längst weiter“", &doubt)), ["längst weiter"]);
    desk.none("spätzle");
    desk.none("Übung Jürgen");
}

#[test]
fn arabic() {
    let desk = desk();
    let calm = desk.write("مشيتُ في الحديقةِ صباحًا، وكان الهواءُ باردًا. شَعَرْتُ بِهُدُوءٍ لم أعرفه منذ أسابيع.");
    let worry = desk.write("القلق عاد في المساء بعد المكالمة، لكنني كتبتُ بدل أن أهـــرب.");
    assert_eq!(marked(&desk.only("بهدوء", &calm)), ["بِهُدُوءٍ"]);
    assert_eq!(marked(&desk.only("شعرت", &calm)), ["شَعَرْتُ"]);
    assert_eq!(marked(&desk.only("الحَدِيقَة", &calm)), ["الحديقةِ"]);
    assert_eq!(marked(&desk.only("القَلَقُ المساء", &worry)), ["القلق", "المساء"]);
    assert_eq!(marked(&desk.only("أهرب", &worry)), ["أهـــرب"]);
    assert_eq!(marked(&desk.only("«بعد المكالمة»", &worry)), ["بعد المكالمة"]);
    desk.none("القلق الحديقة");
}

#[test]
fn chinese() {
    let desk = desk();
    let walk = desk.write("今天下班后一个人去公园散步，心里慢慢安静下来。");
    let fear = desk.write("开会前又紧张了，手心出汗。试着做了三次深呼吸，好一点。");
    for word in ["散步", "公园", "安静", "今天", "一个人"] {
        assert_eq!(marked(&desk.only(word, &walk)), [word]);
    }
    assert_eq!(marked(&desk.only("紧张 呼吸", &fear)), ["紧张", "呼吸"]);
    assert_eq!(marked(&desk.only("\"深呼吸\"", &fear)), ["深呼吸"]);
    desk.none("步散");
    desk.none("散步 紧张");
}

#[test]
fn japanese() {
    let desk = desk();
    let garden = desk.write("朝、ガーデンで水やりをした。トマトが赤くなっていて、ちょっと嬉しかった。");
    let phone = desk.write("母にﾃﾞﾝﾜした。緊張したけれど、言いたいことは言えたと思う。");
    assert_eq!(marked(&desk.only("ｶﾞｰﾃﾞﾝ", &garden)), ["ガーデン"]);
    assert_eq!(marked(&desk.only("トマト", &garden)), ["トマト"]);
    assert_eq!(marked(&desk.only("嬉しかった", &garden)), ["嬉しかった"]);
    assert_eq!(marked(&desk.only("水やり", &garden)), ["水やり"]);
    assert_eq!(marked(&desk.only("デンワ", &phone)), ["ﾃﾞﾝﾜ"]);
    assert_eq!(marked(&desk.only("緊張 母", &phone)), ["母", "緊張"]);
    desk.none("テンワ");
    desk.none("嬉しい");
}
