//! Attachments while something else goes on: opening, locking, and others that come and go.

use super::super::super::attachments::sweep_beside;
use super::*;

#[test]
fn an_opening_sweeps_beside_whatever_else_goes_on() {
    let desk = desk();
    desk.hold_on_to(&content(1, 2 << 20));
    desk.private.lock();
    desk.private.put(open(desk.folder.path(), false));
    sweep_beside(&desk.private);
    let began = std::time::Instant::now();
    while desk.lying() != (0, 0) {
        assert!(began.elapsed().as_secs() < 30, "it is swept");
        std::thread::yield_now();
    }
}

#[test]
fn locking_ends_what_is_coming_in_and_nothing_of_it_stays() {
    /// Locks the journal half way, and opens it again before it goes on.
    struct Interrupted<'a>(&'a Desk, u32, bool);
    impl Read for Interrupted<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
            self.1 += 1;
            if self.1 == 40 {
                self.0.private.lock();
                if self.2 {
                    self.0.private.put(open(self.0.folder.path(), false));
                    sweep(&self.0.private)?;
                }
            }
            let length = buffer.len().min(32 << 10);
            buffer[..length].fill(if self.1 < 80 { 7 } else { 9 });
            Ok(if self.1 < 100 { length } else { 0 })
        }
    }
    let desk = desk();
    let world = desk.world();
    let locked = take_in(&desk.private, &world, &mut Interrupted(&desk, 0, false));
    assert_eq!(locked.err(), Some(Error::Locked));
    desk.private.put(open(desk.folder.path(), false));
    sweep(&desk.private).unwrap();
    assert_eq!(desk.lying(), (0, 0));

    let held = take_in(&desk.private, &world, &mut Interrupted(&desk, 0, true)).unwrap();
    assert!(desk.whole(&held.id).is_ok(), "unlocked in time, it goes on, and no sweep takes its pieces");
}

#[test]
fn many_that_come_and_go_at_once_are_in_nobodys_way() {
    let desk = desk();
    let (journal, private, world) = (&desk.journal, &desk.private, desk.world());
    std::thread::scope(|scope| {
        for thread in 0..4_u8 {
            let world = &world;
            scope.spawn(move || {
                for round in 0..12_u8 {
                    // Two threads at a time have the same contents.
                    let bytes = content(thread / 2 * 16 + round % 3, 300_000 + usize::from(round % 3));
                    let held = take_in(private, world, &mut Cursor::new(&bytes)).unwrap();
                    let mut out = Vec::new();
                    read_out(private, &held.id, &mut out).unwrap();
                    assert!(out == bytes);
                    journal.add(text("meanwhile")).unwrap();
                    drop(held);
                    sweep(private).unwrap();
                }
            });
        }
    });
    sweep(&desk.private).unwrap();
    assert_eq!(desk.lying(), (0, 0));
    assert_eq!(desk.journal.count(), Ok(48));
}
