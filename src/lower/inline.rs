//! Child resources that are written as elements of a property of their parent.
//!
//! A virtual network lists its subnets, and each of them is a resource of its own to whoever refers to it by id.

use std::sync::Arc;

use super::place::Identity;
use crate::model::{Body, Resource, ResourceId};
use crate::value::{Text, Value, Why};

/// Parent type, the property that lists the children, and the last segment of their type ("Microsoft.Network
/// virtualNetworks", property `subnets`).
const INLINE: [(&str, &str, &str); 1] = [("Microsoft.Network/virtualNetworks", "subnets", "subnets")];

/// A child resource inside its parent's body.
pub(super) struct Part {
    pub(super) identity: Identity,
    body: Value,
    /// The rest of the JSON pointer, behind that of the parent.
    pointer: String,
}

/// The children that the body of a resource lists.
pub(super) fn parts(identity: &Identity, body: &Value) -> Vec<Part> {
    let mut found = Vec::new();
    for (parent, property, kind) in INLINE {
        if !identity.resource_type.is(parent) {
            continue;
        }
        let properties = body.as_object().and_then(|body| body.get("properties")).and_then(Value::as_object);
        let list = properties.and_then(|properties| properties.get(property)).and_then(Value::as_array).unwrap_or_default();
        for (n, element) in list.iter().enumerate() {
            let mut name = Text::new();
            if let Some(written) = element.as_object().and_then(|element| element.get("name")) {
                name.push_value(written);
            }
            if !name.is_empty() {
                let pointer = format!("/properties/{property}/{n}");
                found.push(Part { identity: identity.child(kind, &name), body: element.clone(), pointer });
            }
        }
    }
    found
}

impl Part {
    /// The resource, deployed as its parent is.
    pub(super) fn resource(self, parent: &Resource, why: &Why) -> Resource {
        let at = self.body.origin.written;
        Resource {
            resource_type: self.identity.resource_type.clone(),
            name: self.identity.name.into_value(why, at),
            id: ResourceId::of_text(&self.identity.id),
            symbolic_name: None,
            body: Body::new(self.body),
            declared: if parent.declared.contains(&at) { at } else { parent.declared },
            pointer: Arc::from(format!("{}{}", parent.pointer, self.pointer)),
            ..parent.clone()
        }
    }
}
