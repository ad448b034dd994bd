//! How far writing and taking in a file has come, and ending it half way.

use std::sync::Mutex;

use super::*;

/// Hears how far it has come, and goes on so many times.
struct Until {
    told: Mutex<Vec<(u64, Option<u64>)>>,
    times: usize,
}

impl Until {
    fn times(times: usize) -> Arc<Self> {
        Arc::new(Self { told: Mutex::default(), times })
    }
}

impl Progress for Until {
    fn on_progress(&self, done: u64, total: Option<u64>) -> Result<bool> {
        let mut told = self.told.lock().expect("what was told");
        told.push((done, total));
        Ok(told.len() <= self.times)
    }
}

#[test]
fn a_file_tells_how_far_it_is_written_and_taken_in() {
    let (anna, ben, folder) = two_apart();
    (0..20).for_each(|n| propose(&anna, &format!("Goal {n}")));
    hand_over(&anna, 70_000);
    let file = folder.path().join("file").display().to_string();
    for total in [false, true] {
        let hears = Until::times(usize::MAX);
        if total {
            ben.home.carry_in(file.clone(), Some(hears.clone())).expect("taken in");
        } else {
            let told = Some(hears.clone() as Arc<dyn Progress>);
            anna.home.carry_out(anna.relationship, file.clone(), false, told).expect("written");
        }
        let told = hears.told.lock().expect("what was told").clone();
        assert!(told.len() > 1 && told.is_sorted_by(|one, next| one.0 < next.0), "{told:?}");
        assert!(told.iter().all(|(done, all)| all.is_some() == total && all.is_none_or(|all| *done <= all)));
    }
    assert_eq!(titles(&ben).len(), 20);
}

#[test]
fn of_a_file_whose_writing_was_cancelled_nothing_is_left() {
    let (anna, ben, folder) = two_apart();
    propose(&anna, "Goal");
    let file = folder.path().join("file").display().to_string();
    let cancelled = anna.home.carry_out(anna.relationship, file, false, Some(Until::times(1)));
    assert_eq!(cancelled.err(), Some(Error::Cancelled));
    assert_eq!(folder.path().read_dir().expect("a folder").count(), 0);
    carry(&anna, &ben, &folder);
    assert_eq!(titles(&ben), ["Goal"]);
}

#[test]
fn a_file_whose_taking_in_was_cancelled_is_taken_in_whole_the_next_time() {
    let (anna, ben, folder) = two_apart();
    propose(&anna, "Goal");
    let file = out(&anna, &folder);
    for times in 0..3 {
        let cancelled = ben.home.carry_in(file.display().to_string(), Some(Until::times(times)));
        assert_eq!(cancelled.err(), Some(Error::Cancelled));
        assert_eq!(ben.home.relationships().expect("one")[0].in_step_at, None);
    }
    take(&ben, &file).expect("taken in");
    assert_eq!(titles(&ben), ["Goal"]);
}
