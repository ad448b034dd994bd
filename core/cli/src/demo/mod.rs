//! stub
use crate::desk::Desk;
use crate::failure::Failure;
use std::path::Path;
pub(crate) fn demo(_desk: &Desk, _diary: Option<&Path>) -> Result<(), Failure> {
    Ok(())
}
