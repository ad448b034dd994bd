//! What screens get to see of a plan, and what they hand back.

mod agreement;
mod choice;
mod goal;
mod history;
mod overview;
mod progress;
mod task;
mod version;

pub use agreement::*;
pub use choice::*;
pub use goal::*;
pub use history::*;
pub use overview::*;
pub use progress::*;
pub use task::*;
pub use version::*;
