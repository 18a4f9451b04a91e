//! A resource of a deployment.

use std::sync::Arc;

use super::{Body, ResourceId};
use crate::source::Span;
use crate::value::{Key, Truth, Value};

/// One resource of a deployment: one instance of its copy loop, in one environment.
#[derive(Debug, Clone)]
pub struct Resource {
    /// The full type, `Microsoft.ApiManagement/service/apis` also for a nested child; compares without case.
    pub resource_type: Key,
    /// The full name, `service/api` also for a nested child; may be unknown in part.
    pub name: Value,
    /// The id by which others refer to it; joins without case.
    pub id: ResourceId,
    /// The symbolic name in a template of language version 2.
    pub symbolic_name: Option<Arc<str>>,
    /// Whether it is declared `existing`: read, not deployed.
    pub existing: bool,
    /// Whether it is deployed at all, its own condition and those of the deployments around it taken together.
    pub condition: Condition,
    /// The whole resource as an object, evaluated: `type`, `apiVersion`, `name`, `sku`, `properties`, …
    /// A nested child's `type` and `name` are as written there. Unknown as a whole where it cannot be told.
    pub body: Body,
    /// The resource's object in its file.
    pub declared: Span,
    /// The JSON pointer of that object, as written.
    pub pointer: Arc<str>,
    /// For a resource of a linked or nested deployment: where that deployment is declared, the outermost first.
    pub deployed_by: Arc<[Span]>,
}

/// Under which condition a resource is deployed.
#[derive(Debug, Clone)]
pub struct Condition {
    /// Whether it is deployed.
    pub holds: Truth,
    /// The expressions that are unknown, as written, joined by ` and `; empty where `holds` is known.
    pub text: String,
    /// Where the first unknown condition stands.
    pub span: Option<Span>,
}

impl Condition {
    /// Deployed without a condition.
    #[must_use]
    pub fn always() -> Self {
        Self { holds: Truth::True, text: String::new(), span: None }
    }
}

impl Resource {
    /// What a person would call it: the name with unknown parts in braces.
    #[must_use]
    pub fn display_name(&self) -> String {
        match &self.name.kind {
            crate::value::ValueKind::Str(name) => name.to_string(),
            crate::value::ValueKind::Unknown(unknown) => unknown.display(),
            _ => self.symbolic_name.as_deref().unwrap_or("?").to_owned(),
        }
    }

    /// The API version of the resource, as evaluated.
    #[must_use]
    pub fn api_version(&self) -> Option<&Value> {
        self.body.as_object()?.get("apiVersion")
    }
}
