//! The plan through the real program: goals, tasks, progress, agreements, choices, and the page to take along.
#![allow(clippy::unwrap_used)] // a test fails by unwrapping

mod program;

use program::{Home, level, mira_and_jonas};
use serde_json::Value;

/// Two who are paired and whose plan has what this version knows.
fn a_plan() -> (Home, Home) {
    let (mira, jonas) = mira_and_jonas();
    level(&mira, &jonas);
    (mira, jonas)
}

fn goal(home: &Home, number: &str) -> Value {
    home.json(&["goal", "show", number])
}

/// A text as one line, however it was wrapped.
fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[test]
fn a_goal_says_what_why_how_we_will_know_by_when_and_a_first_step_and_hints_never_block() {
    let (mira, _jonas) = a_plan();
    let bare = mira.json(&["goal", "add", "Sleep"]);
    assert_eq!(bare["hints"].as_array().unwrap().len(), 5);
    let told = mira.run(&["goal", "show", "1"]).ok().out;
    assert!(told.contains("Might make it clearer, if you like: why it matters"), "{told}");

    let full = mira.json(&[
        "goal",
        "add",
        "Sleep",
        "most",
        "nights",
        "--why",
        "Mornings.",
        "--success",
        "Six of seven",
        "--known-by",
        "The sleep log",
        "--by-when",
        "2030-09-01",
        "--first-step",
        "Buy a lamp",
        "--replaces",
        "1",
    ]);
    assert_eq!((&full["known_by"], &full["by_when"]), (&"The sleep log".into(), &"2030-09-01".into()));
    assert_eq!(full["came_from"]["kind"], "replaces");
    let told = mira.run(&["goal", "show", "2"]).ok().out;
    for part in
        ["How we will know", "The sleep log", "1 September 2030", "Buy a lamp", "Takes the place of: Sleep"]
    {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert!(mira.run(&["goal", "show", "1"]).ok().out.contains("Its place was taken by: Sleep most nights"));

    let edited =
        mira.json(&["goal", "edit", "2", "--by-when", "none", "--first-step", "", "--known-by", "The log"]);
    assert!(edited["by_when"].is_null() && edited["first_step"].is_null());
    assert_eq!((&edited["known_by"], &edited["why"]), (&"The log".into(), &"Mornings.".into()));
}

#[test]
fn either_may_say_what_became_of_a_goal_and_nobody_can_release_the_hold_of_the_other() {
    let (mira, jonas) = a_plan();
    mira.run(&["goal", "add", "Ride the tram"]).ok();
    level(&mira, &jonas);
    mira.run(&["goal", "hold", "1", "--why", "Not before the move"]).ok();
    level(&mira, &jonas);
    let told = jonas.run(&["goal", "show", "1"]).ok().out;
    assert!(told.contains("Held by Mira since") && told.contains("Not before the move"), "{told}");
    jonas.run(&["goal", "release", "1"]);
    level(&mira, &jonas);
    assert_eq!(goal(&mira, "1")["holds"].as_array().unwrap().len(), 1);
    mira.run(&["goal", "release", "1"]).ok();
    assert!(goal(&mira, "1")["holds"].as_array().unwrap().is_empty());

    jonas.run(&["goal", "pause", "1", "--why", "Summer"]).ok();
    level(&mira, &jonas);
    let told = mira.run(&["goal", "show", "1"]).ok().out;
    assert!(told.contains("paused, said Jonas Feld on") && told.contains("Summer"), "{told}");
    for (command, state) in [
        ("reach", "reached"),
        ("maintain", "maintained"),
        ("set-aside", "set_aside"),
        ("decline", "declined"),
    ] {
        assert_eq!(mira.json(&["goal", command, "1"])["state"], state);
    }
    assert_eq!(mira.json(&["goal", "go-on", "1"])["state"], "proposed");
}

#[test]
fn priority_and_review_are_said_and_what_is_due_is_listed() {
    let (mira, _jonas) = a_plan();
    mira.run(&["goal", "add", "First"]).ok();
    mira.run(&["goal", "add", "Second"]).ok();
    assert_eq!(mira.json(&["goal", "priority", "2", "high"])["priority"], "high");
    assert!(mira.run(&["goals"]).ok().out.contains("matters much now"));
    mira.run(&["goal", "review", "2", "--every", "7"]).ok();
    mira.run(&["goal", "review", "2", "--done", "--on", "2020-01-01"]).ok();
    let due = mira.json(&["goals", "--due"]);
    assert_eq!((&due["due"][0]["title"], &due["due"][0]["since"]), (&"Second".into(), &"2020-01-08".into()));
    // The number is that of the whole list, so that it means the same in the next command.
    assert!(mira.run(&["goals", "--due"]).ok().out.contains(" 2  Second"));
    mira.run(&["goal", "review", "2", "--done"]).ok();
    assert!(mira.json(&["goals", "--due"])["due"].as_array().unwrap().is_empty());
    assert!(mira.json(&["goal", "review", "2", "--never"])["review_every"].is_null());
    assert!(mira.json(&["goal", "priority", "2", "none"])["priority"].is_null());
}

#[test]
fn not_yet_is_said_with_a_why_and_agreements_are_listed_with_what_changed_since() {
    let (mira, jonas) = a_plan();
    mira.run(&["goal", "add", "Sleep well", "--why", "Mornings.", "--known-by", "The log"]).ok();
    level(&mira, &jonas);
    jonas.run(&["goal", "not-yet", "1", "--why", "Let us talk first"]).ok();
    level(&mira, &jonas);
    let open = mira.json(&["goals", "--open"]);
    assert_eq!(open["open"][0]["stances"][0]["why"], "Let us talk first");
    assert!(mira.run(&["goals", "--open"]).ok().out.contains("Jonas Feld: not yet: Let us talk first"));
    jonas.run(&["goal", "take-back", "1"]).ok();

    mira.run(&["goal", "agree", "1", "--yes"]).ok();
    level(&mira, &jonas);
    jonas.run(&["goal", "agree", "1", "--yes"]).ok();
    assert!(jonas.json(&["goals", "--open"])["open"].as_array().unwrap().is_empty());
    jonas.run(&["goal", "edit", "1", "--known-by", "The new log", "--by-when", "2030-01-31"]).ok();
    let told = jonas.run(&["goal", "show", "1"]).ok().out;
    assert!(told.contains("How we will know: The {+new +}log"), "{told}");
    assert!(told.contains("Until when: {+"), "{told}");

    let agreements = jonas.json(&["goal", "agreements", "1"]);
    assert_eq!(agreements["agreements"][0]["known_by"], "The log");
    assert!(jonas.run(&["goal", "agreements", "1"]).ok().out.contains("Agreed on"));
}

#[test]
fn an_agreement_is_written_to_a_file_of_its_own_after_asking_and_never_over_another() {
    let (mira, jonas) = a_plan();
    mira.run(&["goal", "add", "Sleep well"]).ok();
    mira.run(&["goal", "agree", "1", "--yes"]).ok();
    level(&mira, &jonas);
    jonas.run(&["goal", "agree", "1", "--yes"]).ok();
    let path = jonas.path().join("agreement.json");
    let path = path.to_str().unwrap();
    assert_eq!(jonas.run(&["goal", "export-agreement", "1", path]).code, 2, "it asks");
    assert!(!std::path::Path::new(path).exists());
    jonas.run(&["goal", "export-agreement", "1", path, "--yes"]).ok();
    let file: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    assert!(file.is_object());
    assert_eq!(jonas.run(&["goal", "export-agreement", "1", path, "--yes"]).code, 1);
    assert_eq!(jonas.run(&["goal", "export-agreement", "1", path, "--yes", "--number", "2"]).code, 3);
}

#[test]
fn a_task_with_a_rhythm_is_offered_declined_with_a_why_and_offered_anew_when_it_changes() {
    let (mira, jonas) = a_plan();
    mira.run(&["goal", "add", "Sleep"]).ok();
    level(&mira, &jonas);
    jonas
        .run(&[
            "task",
            "add",
            "1",
            "Breathe for ten minutes",
            "--owner",
            "client",
            "--every",
            "2 weeks",
            "--on",
            "mon,thu",
            "--from",
            "2030-01-07",
            "--until",
            "2030-03-31",
        ])
        .ok();
    level(&mira, &jonas);
    let offers = mira.json(&["tasks", "--offers"]);
    assert_eq!(offers["tasks"][0]["repeats"]["rhythm"]["unit"], "weeks");
    let told = in_one_line(&mira.run(&["tasks"]).ok().out);
    assert!(
        told.contains("every 2 weeks on Monday, Thursday, from 7 January 2030 until 31 March 2030"),
        "{told}"
    );
    let days = mira.json(&["task", "days", "1", "--from", "2030-01-01", "--to", "2030-01-31"]);
    assert_eq!(days["days"], serde_json::json!(["2030-01-07", "2030-01-10", "2030-01-21", "2030-01-24"]));

    mira.run(&["task", "decline", "1", "--why", "Mornings are full"]).ok();
    level(&mira, &jonas);
    assert!(jonas.run(&["tasks"]).ok().out.contains("Said: Mornings are full"));
    let anew = jonas.json(&["task", "edit", "1", "--what", "Breathe in the evening", "--every", "day"]);
    assert_eq!((&anew["state"], &anew["repeats"]["rhythm"]["unit"]), (&"offered".into(), &"days".into()));
    assert!(jonas.json(&["task", "edit", "1", "--once"])["repeats"].is_null());
    level(&mira, &jonas);
    mira.run(&["task", "accept", "1"]).ok();
    assert_eq!(mira.json(&["task", "take-back", "1"])["state"], "offered");

    assert_eq!(jonas.run(&["task", "add", "1", "x", "--every", "day", "--on", "mon"]).code, 2);
    assert_eq!(jonas.run(&["task", "add", "1", "x", "--every", "year"]).code, 2);
}

#[test]
fn what_is_due_is_listed_until_something_is_noted_and_a_note_can_be_taken_back() {
    let (mira, _jonas) = a_plan();
    mira.run(&["goal", "add", "Sleep"]).ok();
    mira.run(&["task", "add", "1", "Lights out", "--due", "2020-01-31"]).ok();
    let due = mira.json(&["tasks", "--due"]);
    assert_eq!((&due["due"][0]["what"], &due["due"][0]["day"]), (&"Lights out".into(), &"2020-01-31".into()));
    assert!(mira.run(&["tasks", "--due"]).ok().out.contains("for 31 January 2020"));
    mira.run(&["task", "done", "1", "--not-this-time", "--note", "A cold"]).ok();
    assert!(mira.json(&["tasks", "--due"])["due"].as_array().unwrap().is_empty());
    let task = mira.json(&["task", "done", "1", "--undo"]);
    assert!(task["log"].as_array().unwrap().is_empty());
    assert_eq!(mira.run(&["task", "done", "1", "--undo"]).code, 3);
    // What the therapist has promised is no task of the client's alone.
    assert!(mira.json(&["tasks", "--promises"])["tasks"].as_array().unwrap().is_empty());
}

#[test]
fn steps_are_tried_and_strategies_are_kept_or_dropped_with_the_reason() {
    let (mira, jonas) = a_plan();
    mira.run(&["goal", "add", "Ride the tram"]).ok();
    mira.run(&["step", "add", "1", "One stop,", "with Sam", "--fear", "4"]).ok();
    mira.run(&["step", "add", "1", "Two stops alone", "--fear", "7"]).ok();
    mira.run(&["step", "move", "1", "2"]).ok();
    assert_eq!(goal(&mira, "1")["steps"][0]["what"], "Two stops alone");
    mira.run(&["step", "move", "1", "1", "--after", "2"]).ok();
    let tried = mira.json(&["step", "try", "1", "1", "--fear", "6", "--learned", "It passed"]);
    assert_eq!(tried["steps"][0]["tries"][0]["learned"], "It passed");
    assert_eq!(mira.json(&["step", "edit", "1", "2", "--fear", "5"])["steps"][1]["expected_fear"], 5);
    mira.run(&["strategy", "add", "1", "Count", "the stops"]).ok();
    level(&mira, &jonas);
    jonas.run(&["strategy", "drop", "1", "1", "--why", "It keeps the fear in mind"]).ok();
    level(&mira, &jonas);
    let told = mira.run(&["goal", "show", "1"]).ok().out;
    for part in [
        "One stop, with Sam · expected 4 of 10",
        "done · it was 6 of 10: It passed",
        "Count the stops · drop",
    ] {
        assert!(told.contains(part), "{part} in {told}");
    }
    assert!(told.contains("Jonas Feld: It keeps the fear in mind"), "{told}");
    let undone = mira.json(&["step", "try", "1", "1", "--undo"]);
    assert!(undone["steps"][0]["tries"].as_array().unwrap().is_empty());
    assert_eq!(mira.run(&["step", "try", "1", "9"]).code, 3);
}

#[test]
fn ratings_of_both_are_drawn_beside_each_other_and_a_flat_goal_is_a_question() {
    let (mira, jonas) = a_plan();
    mira.run(&["goal", "add", "Sleep"]).ok();
    for value in ["3", "5", "5", "5", "5"] {
        mira.run(&["goal", "rate", "1", value]).ok();
    }
    level(&mira, &jonas);
    jonas.run(&["goal", "rate", "1", "7"]).ok();
    let progress = jonas.json(&["progress"]);
    let of_goal = &progress["goals"][0];
    assert_eq!((&of_goal["gap"]["client"], &of_goal["gap"]["therapist"]), (&5.into(), &7.into()));
    assert_eq!(progress["flat"][0]["same_in_a_row"], 4);
    let told = jonas.run(&["progress", "--plain"]).ok().out;
    for part in
        ["Mira, 5 ratings", "####", "Now 5 (client) and 7 (therapist).", "Shall we look at this one again?"]
    {
        assert!(in_one_line(&told).contains(part), "{part} in {told}");
    }
    assert!(told.lines().all(|line| line.chars().count() <= 80), "{told}");
    assert!(!jonas.run(&["progress", "--flat", "5"]).ok().out.contains("again?"));
    mira.run(&["goal", "rate", "1", "--undo"]).ok();
    assert_eq!(goal(&mira, "1")["ratings"].as_array().unwrap().len(), 4);
    let german = in_one_line(&jonas.run(&["progress", "--lang", "de"]).ok().out);
    assert!(german.contains("Wollen wir uns dieses Ziel noch einmal anschauen?"), "{german}");
}

#[test]
fn a_scale_has_levels_in_words_a_weight_and_a_score_only_when_something_is_judged() {
    let (mira, _jonas) = a_plan();
    mira.run(&["goal", "add", "Sleep"]).ok();
    assert!(mira.run(&["goal", "scale", "1"]).ok().out.contains("No levels are written yet"));
    mira.run(&["goal", "scale", "1", "--expected", "Five nights", "--more", "Six nights"]).ok();
    let weighed = mira.json(&["goal", "weigh", "1", "--importance", "3"]);
    assert_eq!((&weighed["importance"], &weighed["difficulty"]), (&3.into(), &Value::Null));
    let weighed = mira.json(&["goal", "weigh", "1", "--difficulty", "1"]);
    assert_eq!((&weighed["importance"], &weighed["difficulty"]), (&3.into(), &1.into()));
    assert!(mira.json(&["progress"])["scores"].as_array().unwrap().is_empty());
    mira.run(&["goal", "attain", "1", "-1", "--note", "The week of the exam"]).ok();
    mira.run(&["goal", "attain", "1", "expected"]).ok();
    assert_eq!(mira.json(&["progress"])["scores"][0]["t"], 50.0);
    let told = mira.run(&["goal", "scale", "1"]).ok().out;
    assert!(told.contains("as expected (+0)") && told.contains("Five nights"), "{told}");
    let undone = mira.json(&["goal", "attain", "1", "--undo"]);
    assert_eq!(undone["attainments"][0]["note"], "The week of the exam");
    assert_eq!(mira.run(&["goal", "attain", "1", "good"]).code, 2);
}

#[test]
fn every_open_choice_is_shown_with_who_wrote_what_and_is_resolved_by_its_number() {
    let (mira, jonas) = a_plan();
    mira.run(&["goal", "add", "Sleep"]).ok();
    level(&mira, &jonas);
    mira.run(&["goal", "edit", "1", "--title", "Sleep well", "--by-when", "2030-01-31"]).ok();
    jonas.run(&["goal", "edit", "1", "--title", "Sleep enough", "--by-when", "2030-02-28"]).ok();
    level(&mira, &jonas);
    let choices = goal(&mira, "1")["choices"].clone();
    assert_eq!(choices.as_array().unwrap().len(), 2);
    let told = mira.run(&["goal", "show", "1"]).ok().out;
    assert!(told.contains("Both of you wrote the title at the same time:"), "{told}");
    assert!(
        told.contains("you wrote: Sleep well") && told.contains("Jonas Feld wrote: 28 February 2030"),
        "{told}"
    );
    assert_eq!(mira.run(&["goal", "agree", "1", "--yes"]).code, 9);

    assert_eq!(mira.run(&["goal", "choose", "1", "5"]).code, 2);
    assert_eq!(mira.run(&["goal", "choose", "1", "--write", "Both"]).code, 2, "which of the two?");
    // Numbers go through all choices; those of the day are found by what stands there.
    let number = |wanted: &str| {
        let shown = goal(&mira, "1")["choices"].clone();
        let values = shown.as_array().unwrap().iter().flat_map(|choice| choice["values"].as_array().unwrap());
        let place = values.map(|value| value["value"].to_string()).position(|value| value.contains(wanted));
        (place.unwrap() + 1).to_string()
    };
    mira.run(&["goal", "choose", "1", &number("2030-02-28")]).ok();
    mira.run(&["goal", "choose", "1", "--write", "Sleep well enough"]).ok();
    let chosen = goal(&mira, "1");
    assert_eq!(
        (&chosen["title"], &chosen["by_when"], &chosen["open_choice"]),
        (&"Sleep well enough".into(), &"2030-02-28".into(), &false.into())
    );
    assert_eq!(mira.run(&["goal", "choose", "1", "1"]).code, 3);
}

#[test]
fn the_whole_plan_fits_the_paper_without_colours() {
    let (mira, _jonas) = a_plan();
    let long = "So that mornings are mine again, ".repeat(12);
    mira.run(&["goal", "add", "Sleep", "--why", &long, "--by-when", "2030-01-31"]).ok();
    mira.run(&["task", "add", "1", "Lights out at eleven"]).ok();
    let told = mira.run(&["plan", "show"]).ok().out;
    assert!(
        told.contains("The plan of Mira and Jonas Feld") && told.contains("Lights out at eleven"),
        "{told}"
    );
    assert!(told.lines().all(|line| line.chars().count() <= 80) && !told.contains('\u{1b}'), "{told}");
    let whole = mira.json(&["plan", "show"]);
    assert_eq!((&whole["with"], &whole["goals"][0]["title"]), (&"Jonas Feld".into(), &"Sleep".into()));
    assert_eq!(whole["goals"][0]["tasks"][0]["what"], "Lights out at eleven");
    assert!(
        mira.run(&["plan", "show", "--lang", "de"]).ok().out.contains("Der Plan von Mira und Jonas Feld")
    );
}

#[test]
fn the_page_to_take_along_is_whole_in_itself_shows_words_as_words_and_is_written_after_asking() {
    let (mira, jonas) = a_plan();
    let nasty = "<script>alert(\"1\")</script><img src=x onerror='y'>&";
    mira.run(&[
        "goal",
        "add",
        nasty,
        "--why",
        nasty,
        "--success",
        "Six of seven",
        "--known-by",
        "The log",
        "--by-when",
        "2030-01-31",
    ])
    .ok();
    mira.run(&["goal", "add", "Say no"]).ok();
    mira.run(&["task", "add", "1", "Lights out", "--owner", "therapist", "--due", "2030-01-02"]).ok();
    mira.run(&["step", "add", "1", "One night"]).ok();
    mira.run(&["goal", "agree", "2", "--yes"]).ok();
    level(&mira, &jonas);
    jonas.run(&["goal", "agree", "2", "--yes"]).ok();
    level(&mira, &jonas);

    let path = mira.path().join("plan.html");
    let name = path.to_str().unwrap();
    assert_eq!(mira.run(&["plan", "page", name]).code, 2, "it asks");
    assert!(!path.exists());
    let ran = mira.run(&["plan", "page", name, "--yes"]).ok();
    assert!(in_one_line(&ran.err).contains("Anyone who gets hold of it can read it"), "{}", ran.err);
    let page = std::fs::read_to_string(&path).unwrap();
    for part in [
        "The plan of Mira and Jonas Feld",
        "&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;",
        "Success, in Mira&#39;s words",
        "Six of seven",
        "How we will know",
        "31 January 2030",
        "Lights out",
        "until 2 January 2030",
        "One night",
        "Mira, date",
        "Jonas Feld, date",
        "Agreed by both since",
        "Not medical advice. Nobody monitors this app.",
        "anyone can read this page",
        "default-src 'none'",
    ] {
        assert!(page.contains(part), "{part} is missing");
    }
    // One goal is to be signed, the other is agreed.
    assert_eq!(page.matches("class=\"sign\"").count(), 1);
    for outside in ["<script", "<img", "<link", "src=", "href=", "url(", "@import", "http:", "https:"] {
        let found = page.replace("http-equiv", "").replace("&lt;img src=x", "").contains(outside);
        assert!(!found, "{outside} is on the page");
    }
    assert_eq!(mira.run(&["plan", "page", name, "--yes"]).code, 1, "another file is left as it is");
    mira.run(&["plan", "page", name, "--yes", "--force", "--lang", "de"]).ok();
    assert!(std::fs::read_to_string(&path).unwrap().contains("Woran wir es merken"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(path.metadata().unwrap().permissions().mode() & 0o777, 0o600);
    }
}
