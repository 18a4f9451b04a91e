//! Calls that ask Azure about a resource in an API version of their own: `reference(id, version)` and `list…(id, version)`.
//!
//! What such a call sends is a fact of the text, be its value asked for by anybody or not. So the calls are noted while
//! expressions are read, and their arguments are evaluated where the text that holds them is deployed.

use std::sync::Arc;

use super::blueprint::ResourcePlan;
use super::deploy::{Around, Builder};
use super::instance::Instance;
use crate::eval::Frame;
use crate::expr::{Call, Expr, ExprKind};
use crate::model::{Body, Resource, ResourceId};
use crate::source::Span;
use crate::syntax::Node;
use crate::template::pointer_token;
use crate::value::{Key, Object, Shape, Text, Truth, Type, Unknown, Value, ValueKind, Why};

/// A call that asks about a resource.
#[derive(Debug)]
pub(super) struct Query {
    /// The id or the name of the resource.
    target: Expr,
    version: Expr,
    /// The property loops around it, the outermost first.
    loops: Box<[Arc<str>]>,
}

/// A variable or an output that asks about resources.
#[derive(Debug)]
pub(super) struct Asking {
    declared: Span,
    pointer: Arc<str>,
    /// That of an output.
    condition: Option<Expr>,
    queries: Box<[Query]>,
}

impl Asking {
    /// The member `name` of a section of the template at `pointer`, where it asks anything.
    pub(super) fn at(
        node: Node<'_>,
        [pointer, section, name]: [&str; 3],
        condition: Option<&Expr>,
        queries: Box<[Query]>,
    ) -> Option<Self> {
        if queries.is_empty() {
            return None;
        }
        let pointer = format!("{pointer}/{section}/{}", pointer_token(name)).into();
        Some(Self { declared: node.span(), pointer, condition: condition.cloned(), queries })
    }
}

/// The names of a resource as its id tells them.
struct Asked {
    resource_type: Key,
    name: Text,
    id: ResourceId,
}

/// Appends the queries in an expression, which stands inside of these property loops.
pub(super) fn note(expr: &Expr, loops: &[Arc<str>], queries: &mut Vec<Query>) {
    match &expr.kind {
        ExprKind::Call(call) => {
            call.args.iter().for_each(|arg| note(arg, loops, queries));
            if let [target, version, ..] = &call.args[..]
                && asks(call)
            {
                queries.push(Query { target: target.clone(), version: version.clone(), loops: loops.into() });
            }
        }
        ExprKind::Member(member) => note(&member.of, loops, queries),
        ExprKind::Index { of, index } => {
            note(of, loops, queries);
            note(index, loops, queries);
        }
        ExprKind::Array(_)
        | ExprKind::Object(_)
        | ExprKind::Null
        | ExprKind::Bool(_)
        | ExprKind::Int(_)
        | ExprKind::Float(_)
        | ExprKind::Str(_)
        | ExprKind::Broken(_) => {}
    }
}

/// Whether the function asks a resource; its second argument is then the API version ("Resource functions for ARM templates").
fn asks(call: &Call) -> bool {
    let lists = || call.name.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("list"));
    call.namespace.is_none() && (call.name.eq_ignore_ascii_case("reference") || lists())
}

impl Builder<'_> {
    /// Takes in what the body of a resource asks about.
    pub(super) fn asked_by(&mut self, instance: &Instance, plan: &ResourcePlan, frame: &Frame, around: &Around) {
        self.queries(instance, &plan.queries, (plan.declared, &plan.pointer), frame, around);
    }

    /// Takes in what the variables and outputs of a deployment ask about.
    pub(super) fn asked_aside(&mut self, instance: &Instance, around: &Around) {
        for asking in &instance.blueprint.asking {
            let condition = self.condition(instance, asking.condition.as_ref(), &instance.frame, &around.condition);
            let around = Around { condition, deployed_by: Arc::clone(&around.deployed_by) };
            self.queries(instance, &asking.queries, (asking.declared, &asking.pointer), &instance.frame, &around);
        }
    }

    fn queries(
        &mut self,
        instance: &Instance,
        queries: &[Query],
        (declared, pointer): (Span, &Arc<str>),
        frame: &Frame,
        around: &Around,
    ) {
        if around.condition.holds == Truth::False {
            return;
        }
        for query in queries {
            let asked = instance.with_errors(false, || query.ask(instance, frame));
            let Some((asked, version)) = asked.filter(|(asked, _)| self.wants(&asked.resource_type)) else { continue };
            if !instance.budget.judged() {
                return;
            }
            let at = query.target.span;
            let why = version.as_unknown().map_or_else(|| Why::Runtime("name".into()), |unknown| unknown.why.clone());
            let name = asked.name.into_value(&why, at);
            let mut body = Object::new();
            body.insert(Key::from("existing"), Value::new(ValueKind::Bool(true), at));
            body.insert(Key::from("type"), Value::string(asked.resource_type.as_str(), at));
            body.insert(Key::from("apiVersion"), version);
            body.insert(Key::from("name"), name.clone());
            self.queried.push(Resource {
                resource_type: asked.resource_type,
                name,
                id: asked.id,
                symbolic_name: None,
                existing: true,
                condition: around.condition.clone(),
                body: Body::new(Value::object(body, at)),
                declared,
                pointer: Arc::clone(pointer),
                deployed_by: Arc::clone(&around.deployed_by),
            });
        }
    }
}

impl Query {
    /// The resource, and the API version that is sent. `None` where nobody can tell which type of resource it is.
    fn ask(&self, instance: &Instance, frame: &Frame) -> Option<(Asked, Value)> {
        let mut frame = frame.clone();
        frame.copies.extend(self.loops.iter().map(|name| {
            let index = Unknown::new(Why::Copy(Arc::clone(name)), format!("copyIndex('{name}')")).shaped(Shape::Of(Type::Int));
            (Key::new(Arc::clone(name)), Value::unknown(index, self.target.span))
        }));
        let target = instance.evaluate(&self.target, &frame);
        let asked = of_id(&target).or_else(|| {
            let identity = instance.named(&target)?;
            let id = ResourceId::of_text(&identity.id);
            Some(Asked { resource_type: identity.resource_type, name: identity.name, id })
        })?;
        Some((asked, instance.evaluate(&self.version, &frame)))
    }
}

/// The resource of an id: what follows its last `/providers/`.
fn of_id(value: &Value) -> Option<Asked> {
    let mut text = Text::new();
    text.push_value(value);
    let parts = text.split('/');
    let providers = parts.iter().rposition(|part| part.known().is_some_and(|part| part.eq_ignore_ascii_case("providers")))?;
    let (provider, rest) = parts[providers + 1..].split_first()?;
    let mut resource_type = provider.known()?.to_owned();
    let mut name = Text::new();
    for pair in rest.chunks(2) {
        let [kind, called] = pair else { return None };
        resource_type = crate::model::full_type(&resource_type, kind.known()?);
        if !name.is_empty() {
            name.push_known("/");
        }
        name.push_text(called);
    }
    (!rest.is_empty()).then(|| Asked { resource_type: Key::new(resource_type), name, id: ResourceId::of_text(&text) })
}

#[cfg(test)]
mod tests {
    use super::of_id;
    use crate::source::{FileId, Span};
    use crate::value::{Symbol, Text, Value, Why};

    const HERE: Span = Span { file: FileId(0), start: 0, end: 0 };

    /// An id in which `?` is unknown.
    fn id(text: &str) -> Value {
        let mut made = Text::new();
        for (n, part) in text.split('?').enumerate() {
            if n > 0 {
                made.push_hole(Symbol::new("parameters('p')"), 0, None);
            }
            made.push_known(part);
        }
        made.into_value(&Why::Runtime("x".into()), HERE)
    }

    #[test]
    fn the_type_and_the_name_are_what_follows_the_last_provider() {
        let table = [
            ("/subscriptions/?/providers/Microsoft.ApiManagement/service/?", Some("Microsoft.ApiManagement/service {p}")),
            ("?/providers/M.A/service/a/apis/b", Some("M.A/service/apis a/b")),
            ("/x/PROVIDERS/M.A/service/a/providers/M.I/locks/l", Some("M.I/locks l")),
            ("/providers/M.A/service", None),
            ("/providers/M.A/service/a/apis", None),
            ("/providers/M.A", None),
            ("/providers/?/service/a", None),
            ("?", None),
            ("apim", None),
        ];
        for (text, expected) in table {
            let found = of_id(&id(text)).map(|asked| format!("{} {}", asked.resource_type, asked.name.display()));
            assert_eq!(found.as_deref(), expected, "{text}");
        }
    }
}
