//! One deployment of a template: its names bound to values, and what its resources answer to `reference()`.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::{Rc, Weak};
use std::sync::Arc;

use super::answers::{Answers, Roster};
use super::blueprint::{Blueprint, ResourcePlan};
use super::budget::Budget;
use super::parameters::{Handing, bind};
use super::place::{Identity, Place};
use super::{Closed, Links};
use crate::eval::{self, Binding, Context, Frame, Level, Scope};
use crate::expr::{self, Expr, ExprKind};
use crate::model::full_type;
use crate::source::{Span, TextMap};
use crate::value::{Key, Shape, Symbol, Text, Type, Unknown, Value, ValueKind, Why};

/// The greatest number of copies of one loop ("Resource iteration in ARM templates").
pub(super) const MAX_COPIES: i64 = 800;

/// A template deployed to a place with values for its parameters.
pub(super) struct Instance {
    pub(super) blueprint: Arc<Blueprint>,
    /// What names mean: its own scope, or that of the deployment around it for an outer evaluation scope.
    pub(super) scope: Rc<Scope>,
    /// The loops around it whose indices its expressions may use: only for an outer evaluation scope.
    pub(super) frame: Frame,
    pub(super) place: Place,
    /// The id of its place.
    prefix: OnceCell<Text>,
    /// The templates of the deployments around it, the outermost first.
    pub(super) lineage: Vec<Span>,
    pub(super) links: Arc<dyn Links>,
    pub(super) budget: Rc<Budget>,
    pub(super) nested: RefCell<BTreeMap<String, Opened>>,
    pub(super) roster: OnceCell<Roster>,
    pub(super) answers: RefCell<BTreeMap<String, Value>>,
    pub(super) outputs: OnceCell<Value>,
    running: RefCell<BTreeSet<String>>,
    /// Whether errors are not kept, for the deployment may never get where they are.
    quiet: Cell<bool>,
}

/// What a deployment resource turned out to deploy.
#[derive(Clone)]
pub(super) enum Opened {
    /// This.
    Instance(Rc<Instance>),
    /// A template that cannot be looked into.
    Closed(Closed),
}

/// Where a deployment comes from.
pub(super) struct Origin {
    /// What tells its symbols from those of other deployments.
    pub(super) qualifier: String,
    /// The templates of the deployments around it, the outermost first.
    pub(super) lineage: Vec<Span>,
    pub(super) links: Arc<dyn Links>,
    pub(super) budget: Rc<Budget>,
}

/// Something that is being worked out, until this is dropped.
pub(super) struct Busy<'i> {
    running: &'i RefCell<BTreeSet<String>>,
    what: String,
}

impl Drop for Busy<'_> {
    fn drop(&mut self) {
        self.running.borrow_mut().remove(&self.what);
    }
}

impl Instance {
    /// Deploys a root template: `given` are the values of an environment.
    pub(super) fn root(blueprint: &Arc<Blueprint>, given: &[Handing], context: Context, links: &Arc<dyn Links>) -> Rc<Self> {
        let probe = Scope::for_context(context.clone());
        let ask = |text: &str| probe.evaluate(&literal_expression(text, blueprint.span), &Frame::default());
        let place = Place {
            level: context.level,
            subscription: ask("[subscription().subscriptionId]"),
            resource_group: ask("[resourceGroup().name]"),
            management_group: ask("[managementGroup().name]"),
        };
        let root = Origin { qualifier: String::new(), lineage: Vec::new(), links: Arc::clone(links), budget: Rc::default() };
        Self::build(blueprint, bind(blueprint, given), context, place, root)
    }

    /// Deploys a template with a scope of its own.
    pub(super) fn build(
        blueprint: &Arc<Blueprint>,
        parameters: Vec<Binding>,
        context: Context,
        place: Place,
        origin: Origin,
    ) -> Rc<Self> {
        Rc::new_cyclic(|itself: &Weak<Self>| {
            let mut scope = Scope::for_context(context);
            scope.qualifier = origin.qualifier.as_str().into();
            scope.parameters = parameters;
            scope.variables.clone_from(&blueprint.variables);
            scope.functions.clone_from(&blueprint.functions);
            scope.limits = Rc::clone(&origin.budget.work);
            scope.deployed = Some(Rc::new(Answers(Weak::clone(itself))));
            let frame = Frame { place: eval::Place::Template, ..Frame::default() };
            Self::with_scope(blueprint, Rc::new(scope), frame, place, origin)
        })
    }

    /// Deploys a template among the names of `scope`.
    pub(super) fn with_scope(blueprint: &Arc<Blueprint>, scope: Rc<Scope>, frame: Frame, place: Place, origin: Origin) -> Self {
        Self {
            blueprint: Arc::clone(blueprint),
            scope,
            frame,
            place,
            prefix: OnceCell::new(),
            lineage: origin.lineage,
            links: origin.links,
            budget: origin.budget,
            nested: RefCell::default(),
            roster: OnceCell::new(),
            answers: RefCell::default(),
            outputs: OnceCell::new(),
            running: RefCell::default(),
            quiet: Cell::new(false),
        }
    }

    /// What a deployment made by this one starts from.
    pub(super) fn origin_of_nested(&self, qualifier: String) -> Origin {
        let lineage = self.lineage.iter().copied().chain([self.blueprint.span]).collect();
        Origin { qualifier, lineage, links: Arc::clone(&self.links), budget: Rc::clone(&self.budget) }
    }

    /// Notes that something is being worked out; `None` where it is already: it would never end.
    pub(super) fn busy(&self, what: &str) -> Option<Busy<'_>> {
        let free = self.running.borrow_mut().insert(what.to_owned());
        if !free {
            self.budget.work.entangle();
        }
        free.then(|| Busy { running: &self.running, what: what.to_owned() })
    }

    /// The value of an expression in this deployment.
    pub(super) fn evaluate(&self, expr: &Expr, frame: &Frame) -> Value {
        if self.quiet.get() { self.scope.suppose(expr, frame) } else { self.scope.evaluate(expr, frame) }
    }

    /// The body of a resource whose name was evaluated.
    pub(super) fn evaluate_body(&self, plan: &ResourcePlan, frame: &Frame, name: Option<Value>) -> Value {
        let known = plan.member("name").zip(name);
        self.scope.evaluate_with(&plan.body, frame, known.as_ref().map(|(expr, value)| (*expr, value)), !self.quiet.get())
    }

    /// Does `work` with errors kept or not.
    pub(super) fn with_errors<T>(&self, kept: bool, work: impl FnOnce() -> T) -> T {
        let around = self.quiet.replace(!kept);
        let done = work();
        self.quiet.set(around);
        done
    }

    /// The frames of the copies of a resource, each with its index where that is known; one frame for a resource without a loop.
    ///
    /// A count that is an error or beyond Azure's limit is taken like one that is unknown: one copy with a symbolic index.
    pub(super) fn copies(&self, plan: &ResourcePlan, frame: &Frame) -> Vec<(Frame, Option<usize>)> {
        let Some(copy) = &plan.copy else { return vec![(frame.clone(), None)] };
        let with = |index: Value| {
            let mut inner = frame.clone();
            inner.copies.push((Key::new(Arc::clone(&copy.name)), index));
            inner
        };
        match self.evaluate(&copy.count, frame).as_count() {
            Some(known @ 0..=MAX_COPIES) => {
                (0..known).map(|n| (with(Value::new(ValueKind::Int(n), copy.count.span)), usize::try_from(n).ok())).collect()
            }
            _ => {
                let symbol = format!("{}copyIndex('{}')", self.scope.qualifier, copy.name.to_ascii_lowercase());
                let index = Unknown::new(Why::Copy(Arc::clone(&copy.name)), symbol).shaped(Shape::Of(Type::Int));
                vec![(with(Value::unknown(index, copy.count.span)), None)]
            }
        }
    }

    /// The type as written of a resource; `None` where it cannot be told.
    fn kind(&self, plan: &ResourcePlan, frame: &Frame) -> Option<Arc<str>> {
        let expr = plan.member("type")?;
        match &expr.kind {
            ExprKind::Str(kind) => Some(Arc::clone(kind)),
            _ => self.evaluate(expr, frame).as_str().map(Arc::from),
        }
    }

    /// The full type of a resource; `None` where it cannot be told.
    pub(super) fn full_type(&self, plan: &ResourcePlan, frame: &Frame, parent: Option<&Identity>) -> Option<Arc<str>> {
        let kind = self.kind(plan, frame)?;
        Some(match parent {
            Some(parent) if !has_provider(&kind) => full_type(parent.resource_type.as_str(), &kind).into(),
            _ => kind,
        })
    }

    /// The names of a resource; `None` where not even its type can be told.
    pub(super) fn identity(&self, plan: &ResourcePlan, frame: &Frame, parent: Option<&Identity>) -> Option<Identity> {
        let name = plan.member("name").map(|expr| self.evaluate(expr, frame));
        self.identity_of(plan, frame, parent, name.as_ref())
    }

    /// The same of a resource whose name was evaluated.
    pub(super) fn identity_of(
        &self,
        plan: &ResourcePlan,
        frame: &Frame,
        parent: Option<&Identity>,
        named: Option<&Value>,
    ) -> Option<Identity> {
        let kind = self.kind(plan, frame)?;
        let mut name = Text::new();
        if let Some(value) = named {
            name.push_value(value);
        } else if let Some(symbolic) = &plan.symbolic_name {
            name.push_hole(Symbol::new(format!("{}name of {symbolic}", self.scope.qualifier)), 1, None);
        }
        if let Some(parent) = parent.filter(|_| !has_provider(&kind)) {
            return Some(parent.child(&kind, &name));
        }
        match plan.member("scope").filter(|_| plan.nested.is_none()) {
            Some(expr) => {
                let scope = self.scope_id(&self.evaluate(expr, frame));
                Some(Identity::new(&scope, &kind, &name).extending(scope))
            }
            None if plan.existing || plan.nested.is_some() => {
                Some(Identity::new(&self.place_of(plan, frame).prefix(), &kind, &name))
            }
            None => Some(Identity::new(self.prefix.get_or_init(|| self.place.prefix()), &kind, &name)),
        }
    }

    /// The id that a `scope` property means: absolute, or seen from the scope of the deployment.
    fn scope_id(&self, value: &Value) -> Text {
        let mut written = Text::new();
        written.push_value(value);
        if written.known() == Some("/") {
            return Text::new();
        }
        // `Microsoft.X/y/z`, also where the name is unknown, is seen from here; so the Bicep compiler writes it.
        if written.prefix().split_once('/').is_none_or(|(provider, _)| !provider.contains('.')) {
            return written;
        }
        let mut scope = self.place.prefix();
        scope.push_known("/providers/");
        scope.push_text(&written);
        scope
    }

    /// Where a resource goes: the place of the deployment, but for an `existing` resource that names another one.
    pub(super) fn place_of(&self, plan: &ResourcePlan, frame: &Frame) -> Place {
        let mut place = self.place.clone();
        if plan.existing || plan.nested.is_some() {
            if let Some(subscription) = plan.member("subscriptionId") {
                place.subscription = self.evaluate(subscription, frame);
            }
            if let Some(group) = plan.member("resourceGroup") {
                place.resource_group = self.evaluate(group, frame);
                place.level = Level::ResourceGroup;
            }
        }
        place
    }
}

/// Whether a type names its provider: `Microsoft.X/y`, not `apis`.
fn has_provider(kind: &str) -> bool {
    kind.split_once('/').is_some_and(|(provider, _)| provider.contains('.'))
}

/// An expression that stands nowhere in the text.
fn literal_expression(text: &str, at: Span) -> Expr {
    expr::read_string(text, &TextMap::plain(at.file, at.start), at).0
}
