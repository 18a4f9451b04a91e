//! What kind of document this is, and its sections.
//!
//! Decided from structure, never from the file's name. Knows the outline of the documents around Azure Resource Manager;
//! it does not evaluate anything and does not know any resource type.

mod embedded;
mod kind;
mod parameters;
mod sections;

pub use embedded::{Embedded, embedded};
pub use kind::{DocumentKind, Scope, is_resource, recognise};
pub use parameters::{Declaration, Handed, declarations, handed};
pub use sections::{ResourceEntry, Template};
pub(crate) use sections::{deploys, entries, is_deployment, pointer_token};
