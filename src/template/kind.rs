//! Recognition: deployment template, parameter file, policy, or something else.

use crate::syntax::{Kind, Node};

/// What a JSON document is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DocumentKind {
    /// A deployment template for this scope.
    Template(Scope),
    /// Values for the parameters of a deployment template.
    ParameterFile,
    /// An Azure Policy definition: `policyRule` with `if` and `then`.
    PolicyDefinition,
    /// An Azure Policy initiative (policy set definition).
    PolicyInitiative,
    /// A portal form (`createUiDefinition.json`).
    CreateUiDefinition,
    /// The gallery card of a quickstart (`metadata.json`).
    Metadata,
    /// A blueprint artifact or another wrapper whose `properties.template` or `properties.mainTemplate` is a template.
    Wrapper,
    /// Anything else.
    Other,
}

/// The four deployment scopes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Scope {
    /// `deploymentTemplate.json`
    ResourceGroup,
    /// `subscriptionDeploymentTemplate.json`
    Subscription,
    /// `managementGroupDeploymentTemplate.json`
    ManagementGroup,
    /// `tenantDeploymentTemplate.json`
    Tenant,
}

/// The last path segments of the schemas, longest names first ("Template structure and syntax", `$schema`).
const SCHEMAS: [(&str, DocumentKind); 9] = [
    ("managementgroupdeploymenttemplate.json", DocumentKind::Template(Scope::ManagementGroup)),
    ("subscriptiondeploymenttemplate.json", DocumentKind::Template(Scope::Subscription)),
    ("tenantdeploymenttemplate.json", DocumentKind::Template(Scope::Tenant)),
    ("deploymenttemplate.json", DocumentKind::Template(Scope::ResourceGroup)),
    ("managementgroupdeploymentparameters.json", DocumentKind::ParameterFile),
    ("subscriptiondeploymentparameters.json", DocumentKind::ParameterFile),
    ("tenantdeploymentparameters.json", DocumentKind::ParameterFile),
    ("deploymentparameters.json", DocumentKind::ParameterFile),
    ("createuidefinition.multivm.json", DocumentKind::CreateUiDefinition),
];

/// What the document with this outermost value is.
#[must_use]
pub fn recognise(root: Node<'_>) -> DocumentKind {
    if !root.is_object() {
        return DocumentKind::Other;
    }
    if let Some(kind) = by_schema(root) {
        return kind;
    }
    if has_resources(root) {
        return DocumentKind::Template(Scope::ResourceGroup);
    }
    by_shape(root)
}

/// The deployment scope that a template object's `$schema` names; of a resource group without one.
pub(super) fn scope_of(template: Node<'_>) -> Scope {
    match by_schema(template) {
        Some(DocumentKind::Template(scope)) => scope,
        _ => Scope::ResourceGroup,
    }
}

fn by_schema(root: Node<'_>) -> Option<DocumentKind> {
    let schema = root.get("$schema")?.string()?.to_ascii_lowercase();
    let name = schema.split(['#', '?']).next()?.rsplit('/').next()?;
    SCHEMAS.iter().find(|(known, _)| name == *known).map(|&(_, kind)| kind)
}

/// A template without `$schema`: `resources` of ARM shape, or `contentVersion` beside any `resources`.
fn has_resources(root: Node<'_>) -> bool {
    let Some(resources) = root.get("resources") else { return false };
    match resources.kind() {
        Kind::Array => {
            let mut items = resources.items().peekable();
            if items.peek().is_none() { root.get("contentVersion").is_some() } else { items.any(is_resource) }
        }
        Kind::Object => root.get("languageVersion").is_some() || resources.members().any(|(_, value)| is_resource(value)),
        _ => false,
    }
}

/// Whether an object has the shape of a resource in a template: a type of at least two segments (or an expression) and an API version.
#[must_use]
pub fn is_resource(node: Node<'_>) -> bool {
    let Some(kind) = node.get("type").and_then(Node::string) else { return false };
    let typed = kind.starts_with('[') || kind.contains('/');
    typed && node.get("apiVersion").is_some() && (node.get("name").is_some() || node.get("properties").is_some())
}

fn by_shape(root: Node<'_>) -> DocumentKind {
    let properties = root.get("properties");
    let either = |name: &str| root.get(name).or_else(|| properties?.get(name));
    if either("policyRule").is_some_and(|rule| rule.get("if").is_some() || rule.get("then").is_some()) {
        return DocumentKind::PolicyDefinition;
    }
    if either("policyDefinitions").is_some_and(Node::is_array) {
        return DocumentKind::PolicyInitiative;
    }
    if root
        .get("handler")
        .and_then(Node::string)
        .is_some_and(|handler| handler.eq_ignore_ascii_case("Microsoft.Azure.CreateUIDef"))
    {
        return DocumentKind::CreateUiDefinition;
    }
    if properties.is_some_and(|inner| ["template", "mainTemplate"].iter().any(|name| inner.get(name).is_some_and(has_resources)))
    {
        return DocumentKind::Wrapper;
    }
    if ["itemDisplayName", "githubUsername", "dateUpdated"].iter().filter(|name| root.get(name).is_some()).count() >= 2 {
        return DocumentKind::Metadata;
    }
    if is_parameter_file(root) { DocumentKind::ParameterFile } else { DocumentKind::Other }
}

/// A parameter file without `$schema`: `parameters` whose members are all objects with `value` or `reference`.
fn is_parameter_file(root: Node<'_>) -> bool {
    let Some(parameters) = root.get("parameters").filter(|node| node.is_object()) else { return false };
    let mut members = parameters.members().peekable();
    members.peek().is_some() && members.all(|(_, given)| given.get("value").is_some() || given.get("reference").is_some())
}
