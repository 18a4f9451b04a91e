//! The sections of a deployment template.

use super::kind::{Scope, scope_of};
use crate::syntax::{Kind, Node};

/// A deployment template: a file's root, or an object inside another document.
#[derive(Clone, Copy)]
pub struct Template<'d> {
    /// The template object.
    pub node: Node<'d>,
    /// The scope that its `$schema` names.
    pub scope: Scope,
}

/// A resource as it stands in `resources`.
pub struct ResourceEntry<'d> {
    /// Its symbolic name, in a template of language version 2.
    pub symbolic_name: Option<Node<'d>>,
    /// The reference token of a JSON pointer under `resources`: an index or an escaped symbolic name.
    pub token: String,
    /// The resource object.
    pub node: Node<'d>,
}

impl<'d> Template<'d> {
    /// The template at `node`.
    #[must_use]
    pub fn new(node: Node<'d>) -> Self {
        Self { node, scope: scope_of(node) }
    }

    /// The section of this name, when it is an object.
    #[must_use]
    pub fn section(&self, name: &str) -> Option<Node<'d>> {
        self.node.get(name).filter(|node| node.is_object())
    }

    /// Whether resources have symbolic names: `resources` is an object.
    #[must_use]
    pub fn is_symbolic(&self) -> bool {
        self.node.get("resources").is_some_and(Node::is_object)
    }

    /// The resources in order.
    #[must_use]
    pub fn resources(&self) -> Vec<ResourceEntry<'d>> {
        self.node.get("resources").map(entries).unwrap_or_default()
    }
}

/// The resources in a `resources` value: an array, or an object of symbolic names. What is no object is left out.
pub(crate) fn entries(resources: Node<'_>) -> Vec<ResourceEntry<'_>> {
    match resources.kind() {
        Kind::Array => resources
            .items()
            .enumerate()
            .filter(|(_, node)| node.is_object())
            .map(|(n, node)| ResourceEntry { symbolic_name: None, token: n.to_string(), node })
            .collect(),
        Kind::Object => resources
            .members()
            .filter(|(_, node)| node.is_object())
            .map(|(key, node)| ResourceEntry {
                symbolic_name: Some(key),
                token: pointer_token(&key.string().unwrap_or_default()),
                node,
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// A member name as a reference token (RFC 6901 section 3).
pub(crate) fn pointer_token(name: &str) -> String {
    // Most names need none of it.
    if name.contains(['~', '/']) { name.replace('~', "~0").replace('/', "~1") } else { name.to_owned() }
}

/// Whether a resource is one whose `properties.template` is deployed with it.
pub(crate) fn is_deployment(resource: Node<'_>) -> bool {
    resource.get("type").is_some_and(deploys)
}

/// Whether this is the type of such a resource.
pub(crate) fn deploys(kind: Node<'_>) -> bool {
    kind.is("Microsoft.Resources/deployments") || kind.is("Microsoft.Resources/deploymentStacks")
}
