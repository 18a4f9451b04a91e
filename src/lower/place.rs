//! Where a deployment goes, and the ids that its resources have there.

use crate::eval::Level;
use crate::model::full_type;
use crate::value::{Key, Text, Value};

/// The place of a deployment: the parts of its scope, each a value that may be unknown in part.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) level: Level,
    pub(super) subscription: Value,
    pub(super) resource_group: Value,
    pub(super) management_group: Value,
}

/// A resource's names: the full type, the full name and the ids that follow from them.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    pub(super) resource_type: Key,
    pub(super) name: Text,
    pub(super) id: Text,
    /// The ids of the resources that this one is a child of, the nearest first, as far as its own name tells them.
    pub(super) ancestors: Vec<Text>,
    /// The id of what this one extends (a lock, a diagnostic setting), where it extends anything.
    pub(super) extends: Option<Text>,
}

impl Place {
    /// The id of the scope itself; resources' ids start with it.
    pub(super) fn prefix(&self) -> Text {
        let mut text = Text::new();
        let mut push = |label: &str, value: &Value| {
            text.push_known(label);
            text.push_value(value);
        };
        match self.level {
            Level::ResourceGroup => {
                push("/subscriptions/", &self.subscription);
                push("/resourceGroups/", &self.resource_group);
            }
            Level::Subscription => push("/subscriptions/", &self.subscription),
            Level::ManagementGroup => push("/providers/Microsoft.Management/managementGroups/", &self.management_group),
            Level::Tenant => {}
        }
        text
    }
}

impl Identity {
    /// A resource of a full type and name under a scope.
    ///
    /// A name of fewer known segments than the type has (a parameter that holds `service/api`) stays one segment; such an
    /// id joins only with one that is written the same way.
    pub(super) fn new(scope: &Text, resource_type: &str, name: Text) -> Self {
        let (provider, types) = resource_type.split_once('/').unwrap_or((resource_type, ""));
        let mut id = Text::new();
        id.push_text(scope);
        id.push_known("/providers/");
        id.push_known(provider);
        let start = Self { resource_type: Key::from(provider), name: Text::new(), id, ancestors: Vec::new(), extends: None };
        start.grown(types, &name)
    }

    /// A child of this resource, declared inside it.
    pub(super) fn child(&self, kind: &str, name: &Text) -> Self {
        let mut start = self.clone();
        start.ancestors.insert(0, self.id.clone());
        start.grown(kind, name)
    }

    /// This one with more segments of type and name. After `providers` comes the provider of an extension: of
    /// `service/providers/locks` named `apim/Microsoft.Authorization/keep` the type is `Microsoft.Authorization/locks`.
    fn grown(mut self, types: &str, name: &Text) -> Self {
        let types: Vec<&str> = types.split('/').collect();
        let names = name.split('/');
        if names.len() != types.len() {
            let kind = types.join("/");
            self.resource_type = Key::from(full_type(self.resource_type.as_str(), &kind).as_str());
            join(&mut self.name, name);
            segment(&mut self.id, &kind, name);
            return self;
        }
        for (n, (kind, name)) in types.iter().zip(&names).enumerate() {
            if n > 0 && !self.name.is_empty() {
                self.ancestors.insert(0, self.id.clone());
            }
            if let Some(provider) = name.known().filter(|_| kind.eq_ignore_ascii_case("providers")) {
                self.extends = self.ancestors.first().cloned();
                self.ancestors.clear();
                (self.resource_type, self.name) = (Key::from(provider), Text::new());
                self.id.push_known("/providers/");
                self.id.push_known(provider);
                continue;
            }
            self.resource_type = Key::from(full_type(self.resource_type.as_str(), kind).as_str());
            join(&mut self.name, name);
            segment(&mut self.id, kind, name);
        }
        self
    }
}

/// Appends a segment to a name.
fn join(name: &mut Text, segment: &Text) {
    if !name.is_empty() {
        name.push_known("/");
    }
    name.push_text(segment);
}

fn segment(id: &mut Text, kind: &str, name: &Text) {
    id.push_known("/");
    id.push_known(kind);
    id.push_known("/");
    id.push_text(name);
}

#[cfg(test)]
mod tests {
    use super::Identity;
    use crate::value::{Symbol, Text};

    #[test]
    fn a_child_has_the_same_id_inside_and_outside_of_its_parent() {
        let mut service = Text::new();
        service.push_hole(Symbol::new("parameters('service')"), 0, None);
        let mut scope = Text::new();
        scope.push_known("/subscriptions/s/resourceGroups/g");
        let parent = Identity::new(&scope, "Microsoft.ApiManagement/service", service.clone());
        let mut api = Text::new();
        api.push_known("echo");
        let inside = parent.child("apis", &api);
        service.push_known("/echo");
        let outside = Identity::new(&scope, "Microsoft.ApiManagement/service/apis", service);
        assert_eq!(inside.id, outside.id);
        assert_eq!(outside.ancestors, [parent.id]);
        assert_eq!(
            outside.id.display(),
            "/subscriptions/s/resourceGroups/g/providers/Microsoft.ApiManagement/service/{service}/apis/echo"
        );
    }

    #[test]
    fn an_extension_has_the_same_id_in_every_spelling() {
        let known = |text: &str| {
            let mut known = Text::new();
            known.push_known(text);
            known
        };
        let scope = known("/subscriptions/s/resourceGroups/g");
        let service = Identity::new(&scope, "Microsoft.ApiManagement/service", known("apim"));
        let beside =
            Identity::new(&scope, "Microsoft.ApiManagement/service/providers/locks", known("apim/Microsoft.Authorization/keep"));
        let inside = service.child("providers/locks", &known("Microsoft.Authorization/keep"));
        let scoped = Identity::new(&service.id, "Microsoft.Authorization/locks", known("keep"));
        for extension in [&beside, &inside, &scoped] {
            assert_eq!(extension.resource_type.as_str(), "Microsoft.Authorization/locks");
            assert_eq!(extension.name.display(), "keep");
            assert_eq!(extension.id, scoped.id);
        }
        assert_eq!(beside.extends, Some(service.id.clone()));
        assert_eq!(inside.extends, Some(service.id));
    }
}
