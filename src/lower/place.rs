//! Where a deployment goes, and the ids that its resources have there.

use std::sync::Arc;

use crate::eval::Level;
use crate::model::full_type;
use crate::value::{Key, Text, Value};

/// What stands before a provider in an id.
const PROVIDERS: &str = "/providers/";
/// The segment of a type behind which the type of an extension starts.
const EXTENDS: &str = "providers";
/// How many slashes and labels an id has besides its type and name, at most: for one piece of memory.
const ROOM: usize = 32;

/// The place of a deployment: the parts of its scope, each a value that may be unknown in part.
#[derive(Debug, Clone)]
pub(super) struct Place {
    pub(super) level: Level,
    pub(super) subscription: Value,
    pub(super) resource_group: Value,
    pub(super) management_group: Value,
}

/// A resource's names: the full type, the full name and the id that follows from them.
#[derive(Debug, Clone)]
pub(super) struct Identity {
    pub(super) resource_type: Key,
    pub(super) name: Text,
    pub(super) id: Text,
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
    pub(super) fn new(scope: &Text, resource_type: &Arc<str>, name: &Text) -> Self {
        let (provider, types) = resource_type.split_once('/').unwrap_or((resource_type, ""));
        let mut id = scope.with_room_for(resource_type.len() + name.known_characters().len() + ROOM, name.count());
        id.push_known(PROVIDERS);
        id.push_known(provider);
        let resource_type = Key::new(Arc::clone(resource_type));
        let start = Self { resource_type, name: Text::new(), id, extends: None };
        start.grown(provider, types, name)
    }

    /// A child of this resource, declared inside it.
    pub(super) fn child(&self, kind: &str, name: &Text) -> Self {
        let above = self.resource_type.as_str();
        let start = Self {
            resource_type: Key::new(full_type(above, kind)),
            name: self.name.clone(),
            id: self.id.with_room_for(kind.len() + name.known_characters().len() + ROOM, name.count()),
            extends: self.extends.clone(),
        };
        start.grown(above, kind, name)
    }

    /// The same as an extension of the resource of this id.
    pub(super) fn extending(self, id: Text) -> Self {
        Self { extends: Some(id), ..self }
    }

    /// This one with more segments of name and id below those of the type `above`.
    fn grown(mut self, above: &str, types: &str, name: &Text) -> Self {
        if name.count_parts(b'/') != types.bytes().filter(|byte| *byte == b'/').count() + 1 {
            join(&mut self.name, name);
            segment(&mut self.id, types);
            self.id.push_text(name);
            return self;
        }
        if extends(types) {
            return self.extension(above, types, name);
        }
        if self.name.is_empty() && name.prefix().starts_with('/') {
            // A name of which the first segments are empty is shown without them.
            name.split('/').iter().for_each(|part| join(&mut self.name, part));
        } else {
            join(&mut self.name, name);
        }
        let mut types = types.split('/');
        self.id.push_parts(name, '/', |_, id| segment(id, types.next().unwrap_or_default()));
        self
    }

    /// After `providers` comes the provider of an extension: of `service/providers/locks` named
    /// `apim/Microsoft.Authorization/keep` the type is `Microsoft.Authorization/locks`.
    fn extension(mut self, above: &str, types: &str, name: &Text) -> Self {
        self.resource_type = Key::from(above);
        for (kind, name) in types.split('/').zip(&name.split('/')) {
            if let Some(provider) = name.known().filter(|_| kind.eq_ignore_ascii_case(EXTENDS)) {
                self.extends = (!self.name.is_empty()).then(|| self.id.clone());
                (self.resource_type, self.name) = (Key::from(provider), Text::new());
                self.id.push_known(PROVIDERS);
                self.id.push_known(provider);
                continue;
            }
            self.resource_type = Key::new(full_type(self.resource_type.as_str(), kind));
            join(&mut self.name, name);
            segment(&mut self.id, kind);
            self.id.push_text(name);
        }
        self
    }
}

/// Whether types, those behind a provider, lead on to another provider.
pub(super) fn extends(types: &str) -> bool {
    types.as_bytes().split(|byte| *byte == b'/').any(|kind| kind.eq_ignore_ascii_case(EXTENDS.as_bytes()))
}

/// Appends a segment to a name.
fn join(name: &mut Text, segment: &Text) {
    if name.is_empty() {
        name.clone_from(segment);
    } else {
        name.push_known("/");
        name.push_text(segment);
    }
}

/// Appends the type of a segment to an id, before its name.
fn segment(id: &mut Text, kind: &str) {
    id.push_known("/");
    id.push_known(kind);
    id.push_known("/");
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
        let parent = Identity::new(&scope, &"Microsoft.ApiManagement/service".into(), &service);
        let mut api = Text::new();
        api.push_known("echo");
        let inside = parent.child("apis", &api);
        service.push_known("/echo");
        let outside = Identity::new(&scope, &"Microsoft.ApiManagement/service/apis".into(), &service);
        assert_eq!(inside.id, outside.id);
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
        let service = Identity::new(&scope, &"Microsoft.ApiManagement/service".into(), &known("apim"));
        let within = "Microsoft.ApiManagement/service/providers/locks".into();
        let beside = Identity::new(&scope, &within, &known("apim/Microsoft.Authorization/keep"));
        let inside = service.child("providers/locks", &known("Microsoft.Authorization/keep"));
        let scoped = Identity::new(&service.id, &"Microsoft.Authorization/locks".into(), &known("keep"));
        for extension in [&beside, &inside, &scoped] {
            assert_eq!(extension.resource_type.as_str(), "Microsoft.Authorization/locks");
            assert_eq!(extension.name.display(), "keep");
            assert_eq!(extension.id, scoped.id);
        }
        assert_eq!(beside.extends, Some(service.id.clone()));
        assert_eq!(inside.extends, Some(service.id));
    }
}
