//! Asks the questions of a template at the terminal, one by one. None must be answered: an empty line goes
//! on, and the end of input ends the asking with what there is.

use std::io::{BufRead, Write};

use common_ground::journal::{Answer, AnswerForm, Emotion, NewEntry, Template};

use crate::args::feelings;
use crate::desk::Desk;
use crate::failure::Failure;
use crate::words::say;

/// Asks, and hands the entry to `keep` after every answer.
pub(super) fn ask(
    desk: &Desk,
    template: &Template,
    entry: &mut NewEntry,
    keep: &mut dyn FnMut(&NewEntry),
) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    screen.aside(&screen.bold(&template.title));
    if let Some(about) = &template.about {
        screen.aside(about);
    }
    screen.aside(&screen.faint(&say!(words, "questions-explained")));
    for field in &template.fields {
        screen.aside("");
        screen.aside(&screen.cyan(&field.question));
        if let AnswerForm::Choice { options } = &field.answer {
            for (n, option) in options.iter().enumerate() {
                screen.aside(&format!("{:>3}  {option}", n + 1));
            }
        }
        loop {
            let Some(line) = read_line()? else { return Ok(()) };
            let line = line.trim();
            if line.is_empty() {
                break;
            }
            match understood(line, &field.answer) {
                Some(Reply::Words(value)) => {
                    entry.answers.push(Answer {
                        template: template.id.clone(),
                        version: template.version,
                        field: field.id.clone(),
                        value,
                    });
                }
                Some(Reply::Mood(mood)) => entry.mood = Some(mood),
                Some(Reply::Feelings(all)) => entry.emotions.extend(all),
                None => {
                    screen.aside(&screen.faint(&hint(desk, &field.answer)));
                    continue;
                }
            }
            keep(entry);
            break;
        }
    }
    Ok(())
}

fn read_line() -> Result<Option<String>, Failure> {
    let mut terminal = std::io::stderr();
    // Without the sign one can still answer.
    let _ = write!(terminal, "> ").and_then(|()| terminal.flush());
    let mut line = String::new();
    let length = std::io::stdin().lock().read_line(&mut line).map_err(common_ground::Error::from)?;
    Ok((length > 0).then_some(line))
}

enum Reply {
    Words(String),
    Mood(u8),
    Feelings(Vec<Emotion>),
}

/// What a line means as an answer, if anything.
fn understood(line: &str, form: &AnswerForm) -> Option<Reply> {
    match form {
        AnswerForm::Text => Some(Reply::Words(line.to_owned())),
        AnswerForm::Scale => {
            let number = line.parse::<u8>().ok().filter(|number| *number <= 10)?;
            Some(Reply::Words(number.to_string()))
        }
        AnswerForm::Choice { options } => {
            let index = line.parse::<usize>().ok()?.checked_sub(1)?;
            options.get(index).cloned().map(Reply::Words)
        }
        AnswerForm::Emotions => feelings(line).ok().map(Reply::Feelings),
        AnswerForm::Mood => line.parse::<u8>().ok().filter(|mood| (1..=5).contains(mood)).map(Reply::Mood),
    }
}

fn hint(desk: &Desk, form: &AnswerForm) -> String {
    let words = &desk.words;
    match form {
        AnswerForm::Text => say!(words, "hint-text"),
        AnswerForm::Scale => say!(words, "hint-scale"),
        AnswerForm::Choice { options } => say!(words, "hint-choice", "count" => options.len()),
        AnswerForm::Emotions => say!(words, "hint-emotions"),
        AnswerForm::Mood => say!(words, "hint-mood"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_typed_at_a_question_is_read_by_its_form() {
        let words = |line, form| match understood(line, &form) {
            Some(Reply::Words(words)) => Some(words),
            _ => None,
        };
        let choice = || AnswerForm::Choice { options: vec!["this".into(), "that".into()] };
        assert_eq!(words("2", choice()).as_deref(), Some("that"));
        assert!(words("0", choice()).is_none() && words("3", choice()).is_none());
        assert_eq!(words("07", AnswerForm::Scale).as_deref(), Some("7"));
        assert!(words("11", AnswerForm::Scale).is_none() && words("a lot", AnswerForm::Scale).is_none());
        assert!(matches!(understood("3", &AnswerForm::Mood), Some(Reply::Mood(3))));
        assert!(understood("6", &AnswerForm::Mood).is_none());
        let named = understood("sad:4, tired", &AnswerForm::Emotions);
        assert!(matches!(named, Some(Reply::Feelings(all)) if all.len() == 2 && all[0].intensity == Some(4)));
    }
}
