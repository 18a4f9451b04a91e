//! One expression by itself: in the scope of a template, or among names that somebody gives.

use std::rc::Rc;
use std::sync::Arc;

use super::Links;
use super::blueprint::Blueprint;
use super::compile::{Compiler, Copies, Escaped, literal};
use super::instance::Instance;
use super::parameters::Values;
use crate::eval::{Binding, Context, Fault, Frame, Given, Level, Scope};
use crate::expr::Expr;
use crate::syntax::Node;
use crate::value::{Key, Step, Value};

/// Where expressions are tried out.
pub struct Bench {
    scope: Rc<Scope>,
    frame: Frame,
    /// Holds what the scope refers to.
    _root: Option<Rc<Instance>>,
}

impl Bench {
    /// The scope of a template that is deployed with these values to a place.
    #[must_use]
    pub fn in_template(blueprint: &Arc<Blueprint>, values: &Values, context: Option<Node<'_>>, links: &Arc<dyn Links>) -> Self {
        let (mut place, frame) = context.map_or_else(|| (Context::default(), Frame::default()), read_context);
        if context.and_then(|context| context.get("scope")).is_none() {
            place.level = blueprint.level;
        }
        let root = Instance::root(blueprint, values.given(), place, links);
        Self { scope: Rc::clone(&root.scope), frame, _root: Some(root) }
    }

    /// A scope of nothing but these names: parameters are values, strings of variables may be expressions.
    #[must_use]
    pub fn among(parameters: Option<Node<'_>>, variables: Option<Node<'_>>, context: Option<Node<'_>>) -> Self {
        let (place, frame) = context.map_or_else(|| (Context::default(), Frame::default()), read_context);
        let mut scope = Scope::for_context(place);
        scope.parameters = parameters.into_iter().flat_map(Node::members).map(|(name, value)| bound(name, value)).collect();
        let mut compiler = Compiler::new(Escaped::No);
        scope.variables = variables
            .into_iter()
            .flat_map(Node::members)
            .map(|(name, node)| (Key::new(name.string().unwrap_or_default()), compiler.value(node, Copies::Loop).into()))
            .collect();
        Self { scope: Rc::new(scope), frame, _root: None }
    }

    /// The value of an expression.
    #[must_use]
    pub fn evaluate(&self, expr: &Expr) -> Value {
        self.scope.evaluate(expr, &self.frame)
    }

    /// The errors since the last call.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        self.scope.faults()
    }
}

fn bound(name: Node<'_>, node: Node<'_>) -> Binding {
    let key = Key::new(name.string().unwrap_or_default());
    let value = literal(node);
    Binding {
        kind: value.type_of(),
        declared: name.span(),
        secure: false,
        allowed: None,
        min_length: None,
        max_length: None,
        nullable: false,
        given: Given::Value { value, step: Step::ParameterFile { name: key.shared(), secure: false } },
        name: key,
    }
}

/// What a `context` object says of the place and of the loop around an expression.
fn read_context(node: Node<'_>) -> (Context, Frame) {
    let whole = |name: &str| node.get(name).map(literal);
    let inside = |name: &str, part: &str| node.get(name).and_then(|object| object.get(part)).map(literal);
    let level = match node.get("scope").and_then(Node::string).unwrap_or_default().to_ascii_lowercase().as_str() {
        "subscription" => Level::Subscription,
        "managementgroup" => Level::ManagementGroup,
        "tenant" => Level::Tenant,
        _ => Level::ResourceGroup,
    };
    let context = Context {
        level,
        subscription: whole("subscriptionId"),
        tenant: whole("tenantId"),
        resource_group: inside("resourceGroup", "name"),
        location: inside("resourceGroup", "location"),
        management_group: inside("managementGroup", "name"),
        deployment: whole("deployment"),
        deployer: whole("deployer"),
    };
    let copy = inside("copy", "name").zip(inside("copy", "index"));
    let copies = copy.into_iter().map(|(name, index)| (Key::new(name.as_str().unwrap_or_default()), index)).collect();
    (context, Frame { copies, ..Frame::default() })
}
