//! Templates on the terminal.

use std::path::Path;

use common_ground::Error;
use common_ground::journal::{AnswerForm, Template, read_templates};
use serde::Serialize;

use super::entries::kind_name;
use crate::args::TemplateCommand;
use crate::desk::{Desk, path_text};
use crate::failure::{Exit, Failure};
use crate::words::say;

#[derive(Serialize)]
struct Templates {
    templates: Vec<Template>,
}

pub(super) fn template(desk: &Desk, command: TemplateCommand) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    match command {
        TemplateCommand::List => {
            let templates = desk.home()?.journal().templates(words.language())?;
            list(desk, templates)
        }
        TemplateCommand::Show { id } => {
            let template = desk.home()?.journal().template(id, words.language(), None)?;
            show(desk, &template)
        }
        TemplateCommand::Check { file } => {
            let templates = read_templates(path_text(&file)).map_err(|error| named(desk, &file, error))?;
            if desk.json() {
                return screen.document(&Templates { templates });
            }
            screen.text(0, &say!(words, "templates-sound", "count" => templates.len()))
        }
        TemplateCommand::Add { file } => {
            let journal = desk.home()?.journal();
            let added = journal.add_templates(path_text(&file)).map_err(|error| named(desk, &file, error))?;
            if desk.json() {
                return screen.document(&Templates { templates: added });
            }
            screen.text(0, &say!(words, "templates-added", "count" => added.len()))
        }
        TemplateCommand::Remove { id } => {
            desk.home()?.journal().remove_template(id)?;
            screen.text(0, &say!(words, "template-removed"))
        }
    }
}

/// What is wrong with a file, with its name before the place.
fn named(desk: &Desk, file: &Path, error: Error) -> Failure {
    match error {
        Error::Pack { line, column, problem } => {
            let text = say!(desk.words, "error-pack-named", "file" => file.display().to_string(),
                "line" => line, "column" => column, "problem" => problem.as_str());
            Failure::told(Exit::Failed, text)
        }
        other => other.into(),
    }
}

fn list(desk: &Desk, templates: Vec<Template>) -> Result<(), Failure> {
    let screen = &desk.screen;
    if desk.json() {
        return screen.document(&Templates { templates });
    }
    for template in &templates {
        screen.line(&format!("{}  {}", screen.cyan(&template.id), screen.bold(&template.title)))?;
        if let Some(about) = &template.about {
            screen.text(2, about)?;
        }
    }
    screen.gap()?;
    screen.text(0, &screen.faint(&say!(desk.words, "templates-explained")))
}

fn show(desk: &Desk, template: &Template) -> Result<(), Failure> {
    let (words, screen) = (&desk.words, &desk.screen);
    if desk.json() {
        return screen.document(template);
    }
    screen.line(&screen.bold(&template.title))?;
    if let Some(about) = &template.about {
        screen.text(0, about)?;
    }
    let kind = kind_name(words, template.kind);
    if kind != template.title {
        screen.text(0, &screen.faint(&kind))?;
    }
    for field in &template.fields {
        screen.gap()?;
        screen.text(0, &format!("{}  {}", screen.cyan(&field.id), field.question))?;
        let how = match &field.answer {
            AnswerForm::Text => continue,
            AnswerForm::Scale => say!(words, "hint-scale"),
            AnswerForm::Emotions => say!(words, "hint-emotions"),
            AnswerForm::Mood => say!(words, "hint-mood"),
            AnswerForm::Choice { options } => {
                for option in options {
                    screen.point(2, "·", option)?;
                }
                continue;
            }
        };
        screen.text(2, &screen.faint(&how))?;
    }
    screen.gap()?;
    let version = u64::from(template.version);
    screen.text(
        0,
        &screen.faint(&say!(words, "template-from", "version" => version,
        "source" => template.source.as_str(), "licence" => template.licence.as_str())),
    )
}
