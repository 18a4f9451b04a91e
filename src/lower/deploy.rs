//! Template to model: every copy of every resource, down through nested and linked deployments.

use std::collections::BTreeSet;
use std::ops::Range;
use std::rc::Rc;
use std::sync::Arc;

use super::Closed;
use super::blueprint::ResourcePlan;
use super::compile::INVALID_EXPRESSION;
use super::inline;
use super::instance::{Instance, MAX_COPIES, Opened};
use super::place::{self, Identity};
use crate::diagnostic::{Diagnostic, Label, ResourceRef, Severity};
use crate::eval::{Fault, FaultKind, Frame};
use crate::expr::{Expr, ExprKind};
use crate::model::{Body, Condition, Model, Resource, ResourceId};
use crate::source::{Sources, Span};
use crate::value::{Key, Truth, Value, ValueKind, Why};

/// A template as a model, and what was noticed on the way.
pub struct Lowered {
    /// The resources that somebody wants to judge.
    pub model: Model,
    /// Certain errors in expressions that deploying the template evaluates.
    pub problems: Vec<Diagnostic>,
    /// Deployments whose template could not be looked into.
    pub closed: Vec<(ResourceRef, Span, Closed)>,
    /// Resources whose type cannot be told.
    pub untyped: Vec<(ResourceRef, Untyped)>,
    /// Whether the template came to more than is judged.
    pub truncated: bool,
}

/// A resource whose type cannot be told, so that no rule knows whether to look at it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Untyped {
    /// The type as written, else the resource.
    pub at: Span,
    /// Why only the deployment knows it; `None` where there is no type, or none that can be one.
    pub why: Option<String>,
}

/// What the deployments around a resource say about it.
#[derive(Clone)]
pub(super) struct Around {
    pub(super) condition: Condition,
    pub(super) deployed_by: Arc<[Span]>,
}

pub(super) struct Builder<'r> {
    wants: &'r (dyn Fn(&str) -> bool + Sync),
    /// What `wants` said of the types met so far.
    wanted: Vec<(Key, bool)>,
    sources: &'r Sources,
    resources: Vec<Resource>,
    /// The resources that calls ask about.
    pub(super) queried: Vec<Resource>,
    problems: Vec<Diagnostic>,
    /// What was told already: a variable in error is met by all that read it.
    told: BTreeSet<(Span, String)>,
    closed: Vec<(ResourceRef, Span, Closed)>,
    untyped: Vec<(ResourceRef, Untyped)>,
}

impl<'r> Builder<'r> {
    pub(super) fn new(wants: &'r (dyn Fn(&str) -> bool + Sync), sources: &'r Sources) -> Self {
        Self {
            wants,
            wanted: Vec::new(),
            sources,
            resources: Vec::new(),
            queried: Vec::new(),
            problems: Vec::new(),
            told: BTreeSet::new(),
            closed: Vec::new(),
            untyped: Vec::new(),
        }
    }

    /// Deploys a whole template.
    pub(super) fn run(mut self, root: &Rc<Instance>) -> Lowered {
        self.piece(root, 0..root.blueprint.resources.len());
        self.finish(root.budget.is_exceeded())
    }

    /// Deploys some of the resources of a root template; with the last of them what it asks about besides.
    pub(super) fn piece(&mut self, root: &Rc<Instance>, plans: Range<usize>) {
        let around = Around { condition: Condition::always(), deployed_by: Arc::new([]) };
        self.resources.reserve(plans.len());
        for plan in &root.blueprint.resources[plans.clone()] {
            self.resource(root, plan, &root.frame, None, &around);
        }
        if plans.end == root.blueprint.resources.len() {
            self.asked_aside(root, &around);
        }
    }

    /// Takes in what the next pieces of the same template came to.
    pub(super) fn append(&mut self, next: impl Iterator<Item = Self>) {
        let next: Vec<Self> = next.collect();
        self.resources.reserve_exact(next.iter().map(|piece| piece.resources.len()).sum());
        for piece in next {
            self.resources.extend(piece.resources);
            self.queried.extend(piece.queried);
            self.closed.extend(piece.closed);
            self.untyped.extend(piece.untyped);
            let is_new = |problem: &Diagnostic| self.told.insert((problem.primary.span, problem.message.clone()));
            self.problems.extend(piece.problems.into_iter().filter(is_new));
        }
    }

    /// The model of all that was deployed.
    pub(super) fn finish(self, truncated: bool) -> Lowered {
        Lowered {
            model: Model::new(self.resources).with_queried(self.queried),
            problems: self.problems,
            closed: self.closed,
            untyped: self.untyped,
            truncated,
        }
    }

    /// Whether anybody will look at resources of a type.
    pub(super) fn wants(&mut self, kind: &Key) -> bool {
        // Equal names of a template are mostly one text.
        let same = |(known, _): &&(Key, bool)| known.is_same(kind);
        let equal = |(known, _): &&(Key, bool)| known == kind;
        if let Some((_, known)) = self.wanted.iter().find(same).or_else(|| self.wanted.iter().find(equal)) {
            return *known;
        }
        let wanted = (self.wants)(kind.as_str());
        self.wanted.push((kind.clone(), wanted));
        wanted
    }

    fn deployment(&mut self, instance: &Rc<Instance>, around: &Around) {
        let blueprint = Arc::clone(&instance.blueprint);
        for plan in &blueprint.resources {
            self.resource(instance, plan, &instance.frame, None, around);
        }
        self.asked_aside(instance, around);
    }

    /// Takes over what was found wrong while a resource was worked out.
    fn settle(&mut self, instance: &Instance, plan: &ResourcePlan, identity: Option<&Identity>, around: &Around) {
        for fault in instance.scope.faults() {
            self.tell(&fault, plan, identity, around);
        }
    }

    fn tell(&mut self, fault: &Fault, plan: &ResourcePlan, identity: Option<&Identity>, around: &Around) {
        if around.condition.holds != Truth::False && self.told.insert((fault.span, fault.message.clone())) {
            let resource = Some(reference(plan, identity));
            let condition = Some(around.condition.text.clone()).filter(|text| !text.is_empty());
            self.problems.extend(problem(fault).map(|problem| Diagnostic { resource, condition, ..problem }));
        }
    }

    fn resource(
        &mut self,
        instance: &Rc<Instance>,
        plan: &ResourcePlan,
        frame: &Frame,
        parent: Option<&Identity>,
        around: &Around,
    ) {
        let copies = instance.copies(plan, frame);
        if let Some(fault) = check_count(instance, plan, frame) {
            let first = copies.first().and_then(|(frame, _)| instance.identity(plan, frame, parent));
            self.tell(&fault, plan, first.as_ref(), around);
        }
        for (frame, _) in copies {
            if !instance.budget.resource() {
                return;
            }
            self.one(instance, plan, &frame, parent, around);
        }
    }

    fn one(&mut self, instance: &Rc<Instance>, plan: &ResourcePlan, frame: &Frame, parent: Option<&Identity>, around: &Around) {
        let Some(kind) = instance.full_type(plan, frame, parent) else {
            self.untyped.push((reference(plan, None), untyped(instance, plan, frame)));
            return self.settle(instance, plan, None, around);
        };
        // The type of an extension that is written as `service/providers/locks` is known with its name only.
        let extends = kind.split_once('/').is_some_and(|(_, types)| place::extends(types));
        let leads_on = !plan.children.is_empty() || plan.nested.is_some() || !plan.queries.is_empty();
        if !extends && !leads_on && !self.wants(&Key::new(kind)) {
            return;
        }
        let condition = self.condition(instance, plan.member("condition"), frame, &around.condition);
        let own = Around { condition, deployed_by: Arc::clone(&around.deployed_by) };
        self.asked_by(instance, plan, frame, &own);
        // What is certainly not deployed may be in error for just that reason.
        let deployed = own.condition.holds != Truth::False;
        let identity = instance.with_errors(deployed, || {
            let name = plan.member("name").map(|expr| instance.evaluate(expr, frame));
            let identity = instance.identity_of(plan, frame, parent, name.as_ref())?;
            if self.wants(&identity.resource_type) && instance.budget.judged() {
                self.add(instance, plan, frame, &identity, name, &own);
            }
            Some(identity)
        });
        let Some(identity) = identity else { return };
        self.settle(instance, plan, Some(&identity), &own);
        // A condition does not cascade to child resources ("Conditional deployments in ARM templates").
        for child in &plan.children {
            self.resource(instance, child, frame, Some(&identity), around);
        }
        if plan.nested.is_some() && deployed {
            self.nested(instance, plan, frame, &identity, &own);
            self.settle(instance, plan, Some(&identity), &own);
        }
    }

    fn nested(&mut self, instance: &Rc<Instance>, plan: &ResourcePlan, frame: &Frame, identity: &Identity, around: &Around) {
        match instance.open(plan, frame) {
            Some(Opened::Instance(inner)) => {
                let deployed_by = around.deployed_by.iter().copied().chain([plan.declared]).collect();
                let inside = Around { condition: around.condition.clone(), deployed_by };
                self.deployment(&inner, &inside);
                self.settle(&inner, plan, Some(identity), &inside);
            }
            Some(Opened::Closed(closed)) => self.closed.push((reference(plan, Some(identity)), plan.content_span(), closed)),
            // Beyond what is judged, which the budget noted.
            None => {}
        }
    }

    fn add(
        &mut self,
        instance: &Rc<Instance>,
        plan: &ResourcePlan,
        frame: &Frame,
        identity: &Identity,
        name: Option<Value>,
        around: &Around,
    ) {
        let at = plan.member("name").map_or(plan.declared, |name| name.span);
        let why = why_unnamed(name.as_ref(), identity);
        let mut body = instance.evaluate_body(plan, frame, name);
        if let (Some(extends), Some(object)) = (&identity.extends, body.as_object()) {
            // However it is written, what an extension extends is its `scope`, as a whole id.
            let mut object = object.clone();
            let at = plan.member("scope").map_or(at, |scope| scope.span);
            object.insert(Key::from("scope"), extends.clone().into_value(&why, at));
            body.kind = ValueKind::Object(Arc::new(object));
        }
        let parts = inline::parts(identity, &body);
        self.resources.push(Resource {
            resource_type: identity.resource_type.clone(),
            name: identity.name.clone().into_value(&why, at),
            id: ResourceId::of_text(&identity.id),
            symbolic_name: plan.symbolic_name.clone(),
            existing: plan.existing,
            condition: around.condition.clone(),
            body: Body::new(body),
            declared: plan.declared,
            pointer: Arc::clone(&plan.pointer),
            deployed_by: Arc::clone(&around.deployed_by),
        });
        let Some(whole) = self.resources.last().filter(|_| !parts.is_empty()).cloned() else { return };
        for part in parts {
            if !self.wants(&part.identity.resource_type) {
                continue;
            }
            self.resources.push(part.resource(&whole, &why));
        }
    }

    /// The condition of a resource or an output and all that is around it.
    pub(super) fn condition(&self, instance: &Instance, own: Option<&Expr>, frame: &Frame, around: &Condition) -> Condition {
        let Some(expr) = own else { return around.clone() };
        let holds = match instance.evaluate(expr, frame).kind {
            ValueKind::Bool(known) => Truth::from(known),
            ValueKind::Str(text) if text.eq_ignore_ascii_case("true") => Truth::True,
            ValueKind::Str(text) if text.eq_ignore_ascii_case("false") => Truth::False,
            _ => Truth::Unknown,
        };
        let mut both = around.clone();
        both.holds = around.holds.and(holds);
        if holds == Truth::Unknown {
            let text = self.text(expr);
            both.text = if both.text.is_empty() { text } else { format!("{} and {text}", both.text) };
            both.span = both.span.or(Some(expr.span));
        }
        if both.holds != Truth::Unknown {
            both.text.clear();
            both.span = None;
        }
        both
    }

    /// An expression as it stands in the file, without the quotes and brackets around it.
    fn text(&self, expr: &Expr) -> String {
        let Some(file) = self.sources.get(expr.span.file) else { return String::new() };
        let raw = file.slice(expr.span).trim_matches('"');
        // Inside of a value of another template an expression starts with two brackets.
        let inner = raw.strip_prefix("[[").or_else(|| raw.strip_prefix('['));
        inner.and_then(|raw| raw.strip_suffix(']')).unwrap_or(raw).to_owned()
    }
}

/// A count that Azure refuses.
fn check_count(instance: &Instance, plan: &ResourcePlan, frame: &Frame) -> Option<Fault> {
    let copy = plan.copy.as_ref()?;
    let count = instance.evaluate(&copy.count, frame);
    let message = match count.as_count() {
        Some(known) if known < 0 => format!("a loop cannot have {known} copies"),
        Some(known) if known > MAX_COPIES => format!("a loop cannot have {known} copies; Azure stops at {MAX_COPIES}"),
        None if !count.is_unknown() => "the count of a loop must be an integer".to_owned(),
        _ => return None,
    };
    Some(Fault { kind: FaultKind::OutOfRange, span: copy.count.span, message })
}

/// A resource by the names it is known to have; as written where it has none.
fn reference(plan: &ResourcePlan, identity: Option<&Identity>) -> ResourceRef {
    let written = |name: &str| match plan.member(name).map(|expr| &expr.kind) {
        Some(ExprKind::Str(text)) => text.to_string(),
        _ => "?".to_owned(),
    };
    ResourceRef {
        file: plan.declared.file,
        resource_type: identity.map_or_else(|| written("type"), |identity| identity.resource_type.as_str().to_owned()),
        name: identity.map_or_else(|| written("name"), |identity| identity.name.display()),
        symbolic_name: plan.symbolic_name.as_deref().map(str::to_owned),
        pointer: plan.pointer.to_string(),
    }
}

/// Why the name of a resource is not known.
fn why_unnamed(name: Option<&Value>, identity: &Identity) -> Why {
    let name = name.filter(|_| identity.name.known().is_none());
    name.and_then(Value::as_unknown).map_or_else(|| Why::Runtime("name".into()), |unknown| unknown.why.clone())
}

fn untyped(instance: &Instance, plan: &ResourcePlan, frame: &Frame) -> Untyped {
    let Some(expr) = plan.member("type") else { return Untyped { at: plan.declared, why: None } };
    let value = instance.evaluate(expr, frame);
    Untyped { at: expr.span, why: value.as_unknown().map(|unknown| unknown.why.to_string()) }
}

/// A fault as a diagnostic. Undeclared names are found without evaluating anything, also where nothing asks for them: see `names`.
fn problem(fault: &Fault) -> Option<Diagnostic> {
    let (rule, help) = match fault.kind {
        FaultKind::UnknownParameter | FaultKind::UnknownVariable => return None,
        FaultKind::Cycle => ("template/circular-variables", "break the circle: a variable cannot need itself"),
        FaultKind::Arity => (INVALID_EXPRESSION, "give the function as many arguments as it takes"),
        FaultKind::UnknownFunction => (INVALID_EXPRESSION, "call a function that the template language has"),
        _ => (INVALID_EXPRESSION, "correct the expression; `armlint eval` tries one out"),
    };
    Some(Diagnostic::new(rule, Severity::Error, fault.message.clone(), Label::new(fault.span, "")).with_help(help))
}
