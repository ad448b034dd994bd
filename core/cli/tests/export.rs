//! Exporting, as scripts and people do it.
#![allow(clippy::unwrap_used)] // a test fails by unwrapping

mod program;

use program::Home;

#[test]
fn an_export_says_first_that_anyone_can_read_it_and_comes_back() {
    let home = Home::of("client", "Mira");
    home.run(&["write", "A heron on the barge", "--tag", "walks", "--star"]).ok();
    home.run(&["write", "Not this one"]).ok();
    let out = home.path().join("journal.json");
    let path = out.to_str().unwrap();

    let unasked = home.run(&["export", path]);
    assert_eq!(unasked.code, 2, "a script must say --yes");
    assert!(unasked.err.contains("not encrypted") && !out.exists());

    let said = home.run(&["export", path, "--tag", "walks", "--yes"]).ok();
    let told: Vec<&str> = said.err.split_whitespace().collect();
    assert!(told.join(" ").contains("Anyone who gets hold of it can read it"));
    assert!(said.out.contains("One entry is in"));
    assert_eq!(home.run(&["export", path, "--yes"]).code, 1, "never over what is there");
    home.run(&["export", path, "--yes", "--force"]).ok();

    let other = Home::of("client", "Mira");
    assert_eq!(other.json(&["import", path, "--yes"])["added"], 2);
    assert_eq!(other.json(&["journal"]).pointer("/entries/1/opening").unwrap(), "A heron on the barge");
}

#[test]
fn every_format_is_written_and_the_page_speaks_the_language_asked_for() {
    let home = Home::of("client", "Mira");
    home.run(&["write", "A heron on the barge", "--title", "Heron"]).ok();
    for format in ["json", "day-one", "jrnl", "jrnl-text", "markdown", "csv", "html"] {
        let out = home.path().join(format);
        let report = home.json(&["export", "--as", format, out.to_str().unwrap(), "--yes"]);
        assert_eq!(report["entries"], 1, "{format}");
        assert!(out.exists());
    }
    let out = home.path().join("seite.html");
    home.run(&["--lang", "de", "export", "--as", "html", out.to_str().unwrap(), "--yes"]).ok();
    let page = std::fs::read_to_string(out).unwrap();
    assert!(page.contains("<html lang=\"de\">") && page.contains("<h1>Tagebuch</h1>"));
    assert!(page.contains("A heron on the barge"));
}
