//! Names, as they are kept and shown.

use rusqlite::{Connection, named_params};

use crate::error::Problem;
use crate::{Error, Result};

/// The longest name, in characters.
const MAX_NAME: usize = 100;

/// Gives the owner of this installation another name. Those who have paired already know the former one.
///
/// # Errors
/// What the file says.
pub(crate) fn rename_me(connection: &Connection, name: &str) -> Result<()> {
    connection.execute(
        "UPDATE person SET display_name = :name WHERE id = (SELECT person FROM profile)",
        named_params! { ":name": name },
    )?;
    Ok(())
}

/// A name that somebody gives, as it is kept.
///
/// # Errors
/// [`Error::Invalid`] for one over 100 characters, or one that shows nothing.
pub(crate) fn given_name(given: &str) -> Result<String> {
    if given.trim().chars().count() > MAX_NAME {
        let problem = Problem::TooLong { limit: MAX_NAME as u64, unit: "characters".to_owned() };
        return Err(Error::invalid("display name", problem));
    }
    let name = name_to_show(given);
    if name.is_empty() { Err(Error::invalid("display name", Problem::Empty)) } else { Ok(name) }
}

/// A name as it may be shown: no control or direction characters, at most 100 characters, no blanks
/// around it. May come out empty.
pub(crate) fn name_to_show(name: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{061C}' | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2028}'..='\u{202E}' | '\u{2060}'..='\u{206F}' | '\u{FEFF}')
    };
    let shown: String = name.chars().filter(|c| !hidden(*c)).take(MAX_NAME).collect();
    shown.trim().to_owned()
}
