//! Places in an order: fractional indexes, so that moving one goal writes nothing about the others.
//!
//! The other person's places are only known to be well formed. So whatever stands there, there is always a
//! place to put a goal at: where none fits in between or it would get too long, two share one place and
//! stand there by their ids.

use fractional_index::FractionalIndex;

/// The longest place, in characters.
pub(crate) const LONGEST: usize = 200;

/// A place as the plan writes it: hexadecimal, so that text order is its order.
pub(crate) fn is_place(text: &str) -> bool {
    let digits = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
    text.len() <= LONGEST
        && text.len().is_multiple_of(2)
        && text.bytes().all(digits)
        && FractionalIndex::from_string(text).is_ok()
}

/// A place behind `above` and before `below`, as far as there is one.
pub(super) fn place(above: Option<&str>, below: Option<&str>) -> String {
    let read = |place: Option<&str>| place.and_then(|place| FractionalIndex::from_string(place).ok());
    let (above, below) = (read(above), read(below));
    let wanted = match (&above, &below) {
        (Some(above), Some(below)) => between(above, below),
        (Some(above), None) => Some(FractionalIndex::new_after(above)),
        (None, Some(below)) => Some(FractionalIndex::new_before(below)),
        (None, None) => Some(FractionalIndex::default()),
    };
    let wanted = wanted.map(|place| place.to_string()).filter(|place| place.len() <= LONGEST);
    wanted.or_else(|| above.or(below).map(|shared| shared.to_string())).unwrap_or_default()
}

/// A place behind the item `after`, or before all, among these in their order. The one that is moved is not among them.
pub(super) fn place_behind<Id: PartialEq>(places: &[(Id, String)], after: Option<&Id>) -> String {
    let before = after.and_then(|after| places.iter().position(|(id, _)| id == after));
    let next = before.map_or(0, |at| at + 1);
    let above = before.and_then(|at| places.get(at)).map(|(_, place)| place.as_str());
    // Two that were put at one place at the same time stand there by id: go behind both.
    let below = places.iter().skip(next).map(|(_, place)| place.as_str()).find(|place| Some(*place) != above);
    place(above, below)
}

/// The crate's own `new_between` overflows at a byte of 0, which many moves to the top lead to.
fn between(above: &FractionalIndex, below: &FractionalIndex) -> Option<FractionalIndex> {
    let (low, high) = (above.as_bytes(), below.as_bytes());
    let shared = low.iter().zip(high).take_while(|(low, high)| low == high).count();
    let (beginning, rest) = high.split_at(shared);
    let end = |rest: &[u8]| FractionalIndex::from_bytes(rest.to_vec()).ok();
    let ending = match (low.get(shared), high.get(shared)) {
        (None, Some(_)) => FractionalIndex::new_before(&end(rest)?),
        (Some(low), Some(high)) if high.saturating_sub(*low) > 1 => {
            end(&[low + (high - low) / 2, *FractionalIndex::default().as_bytes().first()?])?
        }
        (Some(first), Some(high)) if first < high => {
            let after = match end(low.get(shared + 1..)?) {
                Some(rest) => FractionalIndex::new_after(&rest),
                None => FractionalIndex::default(),
            };
            end(&[&[*first], after.as_bytes()].concat())?
        }
        _ => return None,
    };
    end(&[beginning, ending.as_bytes()].concat())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn any_place() -> impl Strategy<Value = String> {
        let byte = prop_oneof![Just(0), Just(1), Just(127), Just(128), Just(129), Just(255), any::<u8>()];
        proptest::collection::vec(byte, 0..4).prop_map(|mut bytes| {
            bytes.push(128);
            data_encoding::HEXLOWER.encode(&bytes)
        })
    }

    proptest! {
        #[test]
        fn between_any_two_places_there_is_one_more(one in any_place(), other in any_place()) {
            prop_assume!(one != other);
            let (above, below) = if one < other { (one, other) } else { (other, one) };
            let found = place(Some(&above), Some(&below));
            prop_assert!(is_place(&found));
            prop_assert!(above < found && found < below, "{above} {found} {below}");
            let (first, last) = (place(None, Some(&above)), place(Some(&below), None));
            prop_assert!(is_place(&first) && is_place(&last) && first < above && below < last);
        }
    }

    #[test]
    fn at_the_end_of_all_places_two_share_one() {
        let last = format!("{}80", "ff".repeat(LONGEST / 2 - 1));
        assert!(is_place(&last) && place(Some(&last), None) == last);
        let first = format!("{}80", "00".repeat(LONGEST / 2 - 1));
        assert!(is_place(&first) && place(None, Some(&first)) == first);
        assert!(place(Some("8180"), Some("80")) == "8180", "two that are not in order share one too");
    }
}
