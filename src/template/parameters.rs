//! Parameters: what a template declares, and what a file or a parent hands to it.

use crate::syntax::Node;

/// How many `$ref`s are followed from one parameter to its type.
const MAX_REFERENCES: usize = 32;

/// A parameter as a template declares it.
pub struct Declaration<'d> {
    /// The name in the `parameters` section.
    pub name: Node<'d>,
    /// The declaration object.
    pub node: Node<'d>,
    /// The object that holds `type` and the constraints: the declaration, or the definition that its `$ref` ends at.
    pub definition: Node<'d>,
    /// `type`, where it is known.
    pub type_name: Option<String>,
}

/// A value that a parameter file or a deployment resource hands to a parameter.
pub struct Handed<'d> {
    /// The parameter's name.
    pub name: Node<'d>,
    /// The object with `value`, `reference` or `expression`.
    pub node: Node<'d>,
    /// `value`
    pub value: Option<Node<'d>>,
    /// `reference`: a secret in a key vault.
    pub reference: Option<Node<'d>>,
    /// `expression`: computed when it is deployed, of what the tool that deploys gives to `externalInputs()`
    /// (Azure/bicep, parameter files with external inputs).
    pub expression: Option<Node<'d>>,
}

/// The declared parameters of a template, in order.
#[must_use]
pub fn declarations<'d>(template: &super::Template<'d>) -> Vec<Declaration<'d>> {
    let Some(section) = template.section("parameters") else { return Vec::new() };
    section
        .members()
        .map(|(name, node)| {
            let definition = definition_of(template, node);
            let type_name = definition.get("type").and_then(Node::string).map(|name| name.to_ascii_lowercase());
            Declaration { name, node, definition, type_name }
        })
        .collect()
}

/// The values in a `parameters` section of a parameter file or of a deployment resource, in order.
#[must_use]
pub fn handed(section: Node<'_>) -> Vec<Handed<'_>> {
    section
        .members()
        .map(|(name, node)| {
            let [value, reference, expression] = node.get_each(["value", "reference", "expression"]);
            Handed { name, node, value, reference, expression }
        })
        .collect()
}

impl<'d> Declaration<'d> {
    /// Constraints such as `allowedValues` and `minLength`: each the declaration's own, or that of its definition.
    #[must_use]
    pub fn constraints<const N: usize>(&self, names: [&str; N]) -> [Option<Node<'d>>; N] {
        let mut found = self.node.get_each(names);
        if self.node.span() != self.definition.span() {
            let defined = self.definition.get_each(names);
            found.iter_mut().zip(defined).for_each(|(own, defined)| *own = own.or(defined));
        }
        found
    }

    /// Whether the type keeps its value out of logs: `secureString` or `secureObject`.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.type_name.as_deref().is_some_and(|name| name == "securestring" || name == "secureobject")
    }
}

/// Follows `$ref: "#/definitions/name"` to the object with the type ("Type definitions in templates").
fn definition_of<'d>(template: &super::Template<'d>, declaration: Node<'d>) -> Node<'d> {
    let mut node = declaration;
    for _ in 0..MAX_REFERENCES {
        let Some(target) = node.get("$ref").and_then(Node::string) else { break };
        let Some(next) = resolve(template, &target) else { break };
        node = next;
    }
    node
}

/// The node that a local reference such as `#/definitions/skuType` names.
fn resolve<'d>(template: &super::Template<'d>, reference: &str) -> Option<Node<'d>> {
    let path = reference.strip_prefix("#/")?;
    path.split('/').try_fold(template.node, |node, token| node.get(&token.replace("~1", "/").replace("~0", "~")))
}
