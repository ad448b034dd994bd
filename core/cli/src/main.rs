//! `common-ground`, the terminal companion: a private journal, and a plan that two people share. It uses
//! only what the phones use.

mod args;
mod bar;
mod commands;
mod demo;
mod desk;
mod editor;
mod failure;
mod folders;
mod keys;
mod news;
mod outside;
mod plain;
mod screen;
mod words;

use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;

use crate::args::{Command, Line};
use crate::desk::Desk;
use crate::failure::Failure;
use crate::folders::Folders;
use crate::screen::Screen;
use crate::words::Words;

fn main() -> ExitCode {
    tell_only_the_place_of_a_panic();
    let line = Line::parse();
    let words = Arc::new(Words::choose(line.global.lang.as_deref()));
    let screen = Arc::new(Screen::standard());
    match run(line, &words, &screen) {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            if let Some(sentence) = failure.sentence(&words) {
                screen.aside(&sentence);
            }
            ExitCode::from(failure.exit())
        }
    }
}

fn run(line: Line, words: &Arc<Words>, screen: &Arc<Screen>) -> Result<(), Failure> {
    // The way to help depends on nothing else that could fail.
    if let Command::HelpNow { region, edit } = &line.command {
        let folders = Folders::choose(line.global.home.as_deref(), words)?;
        let json = line.global.json;
        return commands::help_now(words, screen, &folders, json, region.as_deref(), *edit);
    }
    let desk = Desk::new(&line.global, words.clone(), screen.clone())?;
    let done = commands::run(&desk, line.command);
    desk.close();
    done
}

/// A panic's message may hold what a person wrote, so only its place is told.
fn tell_only_the_place_of_a_panic() {
    std::panic::set_hook(Box::new(|panic| {
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        eprintln!("common-ground: internal error at {place}");
    }));
}
