//! One record for each API Management service in each environment.

use super::platform::{Platform, platform, sku};
use crate::diagnostic::{Label, ResourceRef};
use crate::model::Resource;
use crate::source::{FileId, Span};
use crate::value::{Truth, Unknown, Value, ValueKind};

/// An API Management service as a template declares it.
#[derive(Debug, Clone)]
pub struct Service {
    /// The resource.
    pub resource: ResourceRef,
    /// Where it stands.
    pub span: Span,
    /// The environment: `defaults`, or the path of a parameter file or of the template that links to it.
    pub environment: String,
    /// Whether it is only read.
    pub existing: bool,
    /// Under which condition it is deployed, where that is unknown; `false` where it certainly is not.
    pub condition: Option<String>,
    /// The API version, where it is known.
    pub api_version: Option<String>,
    /// `sku.name`, where it is known.
    pub sku: Option<String>,
    /// `sku.capacity`, where it is known.
    pub capacity: Option<i64>,
    /// `virtualNetworkType`: `None` where it is omitted, null where it is unknown.
    pub network: Option<String>,
    /// The zones, where they are known.
    pub zones: Option<Vec<String>>,
    /// The id of the public IP address; unknown parts in braces.
    pub public_ip: Option<String>,
    /// Which platform hosts it.
    pub platform: Platform,
    /// Why.
    pub evidence: Vec<Label>,
    /// What moving it takes; empty where nothing is needed.
    pub steps: Vec<String>,
}

/// The record of a service.
pub(super) fn service(resource: &Resource, environment: String) -> Service {
    let (platform, evidence) = platform(resource);
    let body = resource.body.as_object();
    let top = |name: &str| body.and_then(|body| body.get(name));
    let property = |name: &str| top("properties").and_then(Value::as_object).and_then(|properties| properties.get(name));
    let capacity = top("sku").and_then(Value::as_object).and_then(|sku| sku.get("capacity"));
    let network = match (property("virtualNetworkType"), top("properties").is_some_and(Value::is_unknown)) {
        (None, false) => Some("None".to_owned()),
        (value, _) => value.and_then(Value::as_str).map(str::to_owned),
    };
    Service {
        resource: reference(resource),
        span: resource.declared,
        environment,
        existing: resource.existing,
        condition: condition(resource),
        api_version: resource.api_version().and_then(Value::as_str).map(str::to_owned),
        sku: sku(resource).and_then(Value::as_str).map(str::to_owned),
        capacity: capacity.and_then(Value::as_int),
        network,
        zones: top("zones").and_then(zones),
        public_ip: property("publicIpAddressId").and_then(shown),
        platform,
        evidence: evidence
            .into_iter()
            .map(|evidence| Label::new(evidence.value.map_or(resource.declared, |value| value.origin.written), evidence.text))
            .collect(),
        steps: steps(platform),
    }
}

impl Service {
    /// The file it is declared in.
    #[must_use]
    pub fn file(&self) -> FileId {
        self.span.file
    }
}

fn reference(resource: &Resource) -> ResourceRef {
    ResourceRef {
        file: resource.declared.file,
        resource_type: resource.resource_type.as_str().to_owned(),
        name: resource.display_name(),
        symbolic_name: resource.symbolic_name.as_deref().map(str::to_owned),
        pointer: resource.pointer.to_string(),
    }
}

fn condition(resource: &Resource) -> Option<String> {
    match resource.condition.holds {
        Truth::True => None,
        Truth::False => Some("false".to_owned()),
        Truth::Unknown => Some(resource.condition.text.clone()),
    }
}

fn zones(value: &Value) -> Option<Vec<String>> {
    value
        .as_array()?
        .iter()
        .map(|zone| zone.as_str().map(str::to_owned).or_else(|| zone.as_int().map(|n| n.to_string())))
        .collect()
}

fn shown(value: &Value) -> Option<String> {
    match &value.kind {
        ValueKind::Str(text) if !text.is_empty() => Some(text.to_string()),
        ValueKind::Unknown(unknown) => Some(Unknown::display(unknown)),
        _ => None,
    }
}

/// What it takes to move a service off a retired platform ("API version retirements (June 2024)", "stv1 platform retirement").
fn steps(platform: Platform) -> Vec<String> {
    match platform {
        Platform::Stv1 => vec![
            "raise the API version of the service to 2024-05-01; versions before 2021-08-01 may be refused since 1 June 2024"
                .to_owned(),
            "look at its child resources: they are retired below 2021-08-01 as well".to_owned(),
            "in a virtual network with zones, give the service a Standard, Static IPv4 address of its own".to_owned(),
        ],
        Platform::Mtv1 | Platform::Stv2 | Platform::V2 | Platform::Unknown => Vec::new(),
    }
}
