//! Fixes on their way into files: which of them go together, the bytes they come to, whether what came of it holds, and how a
//! person or `git apply` reads it.
//!
//! It knows nothing of templates: it gets diagnostics with their fixes, and files.

mod apply;
mod patch;
mod resolve;
mod verify;

pub use apply::apply;
pub use patch::patch;
pub use resolve::{Chosen, Resolved, resolve};
pub use verify::{Count, new_errors, unmended};
