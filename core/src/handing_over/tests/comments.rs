//! What both say about an excerpt.

use super::*;

fn texts(device: &Device, parcel: ParcelId) -> Vec<Option<String>> {
    let opened = device.sharing().open(parcel).expect("open");
    opened.comments.into_iter().map(|comment| comment.text).collect()
}

fn said(texts: &[&str]) -> Vec<Option<String>> {
    texts.iter().map(|text| Some((*text).to_owned())).collect()
}

#[test]
fn both_comment_on_an_excerpt_and_see_it_in_order() {
    let (anna, ben) = two();
    let parcel = anna.hands_over_all_of(anna.writes("Der Brief an Vater.").id);
    exchange(&anna, &ben);
    ben.world.pass(60);
    ben.sharing().comment(parcel, "Mutig. 🙂".to_owned()).expect("a comment");
    exchange(&anna, &ben);
    assert_eq!(anna.sharing().excerpt(parcel).expect("hers").new_comments, 1);
    anna.world.pass(120);
    anna.sharing().comment(parcel, "Danke.".to_owned()).expect("a comment");
    exchange(&anna, &ben);
    for device in [&anna, &ben] {
        assert_eq!(texts(device, parcel), said(&["Mutig. 🙂", "Danke."]));
        let known = device.sharing().excerpt(parcel).expect("one");
        assert_eq!((known.comments, known.new_comments), (2, 0), "what was shown is not new");
    }
    assert_eq!(anna.sharing().given().expect("a list").len(), 1, "a comment is no excerpt");
    exchange(&anna, &ben);
    let opened = ben.sharing().open(parcel).expect("open");
    let states: Vec<_> = opened.comments.iter().map(|comment| comment.state).collect();
    assert_eq!(states, [ParcelState::Opened, ParcelState::Opened]);
}

#[test]
fn comments_go_when_the_excerpt_goes_wherever_they_are() {
    let (anna, ben) = two();
    let parcel = anna.hands_over_all_of(anna.writes("Der Brief an Vater.").id);
    exchange(&anna, &ben);
    let his = ben.sharing().comment(parcel, "Mutig, sehr mutig.".to_owned()).expect("a comment");
    exchange(&anna, &ben);
    let late = ben.sharing().comment(parcel, "Und noch etwas dazu.".to_owned()).expect("offline");
    let bytes = [ben.bytes_of(his), ben.bytes_of(late)];
    anna.sharing().take_back(parcel).expect("taken back");
    assert!(!anna.keeps_any_of(&bytes[0]));
    exchange(&anna, &ben);
    for device in [&anna, &ben] {
        assert!(!device.keeps_any_of(&bytes[0]) && !device.keeps_any_of(&bytes[1]));
        assert_eq!(device.problem(parcel), Some(ParcelProblem::TakenBack));
    }
    let refused = ben.sharing().comment(parcel, "Zu spät.".to_owned());
    assert_eq!(refused, Err(ParcelProblem::TakenBack.into()));
}

#[test]
fn a_comment_of_ones_own_can_be_taken_back_alone() {
    let (anna, ben) = two();
    let parcel = anna.hands_over_all_of(anna.writes("Der Brief an Vater.").id);
    exchange(&anna, &ben);
    let first = ben.sharing().comment(parcel, "Vorschnell gesagt.".to_owned()).expect("a comment");
    ben.world.pass(60);
    ben.sharing().comment(parcel, "Besser.".to_owned()).expect("a comment");
    exchange(&anna, &ben);
    let bytes = ben.bytes_of(first);
    assert_eq!(anna.sharing().take_back(first), Err(Error::not_found(Thing::Excerpt)));
    ben.sharing().take_back(first).expect("taken back");
    exchange(&anna, &ben);
    for device in [&anna, &ben] {
        assert_eq!(texts(device, parcel), said(&["Besser."]));
        assert!(!device.keeps_any_of(&bytes));
    }
}

#[test]
fn a_comment_is_on_an_excerpt_that_opens_and_says_something() {
    let (anna, ben) = two();
    let parcel = anna.hands_over_all_of(anna.writes("Der Brief an Vater.").id);
    exchange(&anna, &ben);
    let comment = ben.sharing().comment(parcel, "Mutig.".to_owned()).expect("a comment");
    let on_a_comment = ben.sharing().comment(comment, "Oder?".to_owned());
    assert_eq!(on_a_comment, Err(Error::not_found(Thing::Excerpt)));
    let empty = ben.sharing().comment(parcel, " \n".to_owned());
    assert_eq!(empty, Err(Error::invalid("comment", Problem::Empty)));
    assert!(matches!(
        ben.sharing().comment(parcel, "a".repeat(LONGEST_COMMENT + 1)),
        Err(Error::Invalid { .. })
    ));
}
