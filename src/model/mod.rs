//! What rules see: resources with evaluated bodies and how they belong together, whatever form the template came in.

mod body;
mod graph;
mod id;
mod resource;

pub use body::{Body, Way};
pub use graph::{Model, ResourceIx};
pub use id::{LastNames, ResourceId, full_type};
pub use resource::{Condition, Resource};
