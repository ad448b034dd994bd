//! What stands on the wire, in a file that is carried, or beneath a signature is frozen: devices and papers of other
//! versions hold it, and must be read and found genuine for ever. Every form of it stands in one golden file.

/// Lines of a family, a name, and hexadecimal digits.
const GOLDEN: &str = include_str!("../../../tests/fixtures/frozen.txt");

/// What to do instead of changing one of them.
pub(crate) const FROZEN: &str = "This is frozen: other people's devices speak it and hold it, and what was signed must be \
     found genuine for ever. Leave the golden file as it is. Make a new version of the frame, the message or the wording \
     beside the one there is, let both be read, and add lines for the new one.";

/// Every form of one family must be the one in the golden file, and the golden file must have no other.
pub(crate) fn is_as_it_always_was(family: &str, made: &[(&str, Vec<u8>)]) {
    let line = |(name, bytes): &(&str, Vec<u8>)| {
        format!("{family} {name} {}\n", data_encoding::HEXLOWER.encode(bytes))
    };
    let made: String = made.iter().map(line).collect();
    let family = format!("{family} ");
    let golden: String =
        GOLDEN.lines().filter(|line| line.starts_with(&family)).map(|line| format!("{line}\n")).collect();
    assert!(made == golden, "{FROZEN}\nAs it is written now:\n{made}");
}

/// The golden bytes of a form.
pub(crate) fn golden(family: &str, name: &str) -> Vec<u8> {
    let begins = format!("{family} {name} ");
    let line = GOLDEN.lines().find_map(|line| line.strip_prefix(&begins)).expect("a golden line");
    data_encoding::HEXLOWER.decode(line.as_bytes()).expect("digits")
}
