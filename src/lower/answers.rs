//! What the resources of a deployment answer to `reference()`: as much as the template tells of them.

use std::collections::BTreeMap;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use super::blueprint::ResourcePlan;
use super::instance::{Instance, Opened};
use super::nested::copy_key;
use super::place::Identity;
use crate::eval::{Deployed, Frame};
use crate::model::ResourceId;
use crate::source::Span;
use crate::value::{Key, Object, Shape, Step, Text, Unknown, Value, ValueKind, Why};

/// The resources of one deployment, and where to find them.
pub(super) struct Roster {
    all: Vec<Known>,
    by_id: BTreeMap<ResourceId, usize>,
    /// By full name; `None` where several have it.
    by_name: BTreeMap<String, Option<usize>>,
    /// By symbolic name in lower case and index.
    by_symbol: BTreeMap<(String, Option<usize>), Vec<usize>>,
}

/// A resource of a deployment as `reference()` may ask for it.
#[derive(Clone)]
struct Known {
    /// Index path into the blueprint: a resource, then its children.
    path: Vec<usize>,
    frame: Frame,
    /// The index in its loop, when it has one that is known.
    index: Option<usize>,
    identity: Identity,
}

/// The answers of an instance; holds it weakly, for the instance holds the scope that holds this.
pub(super) struct Answers(pub(super) Weak<Instance>);

impl Deployed for Answers {
    fn reference(&self, target: &Value, full: bool) -> Option<Value> {
        let instance = self.0.upgrade()?;
        let found = instance.find(target)?;
        instance.answer(&found, full)
    }

    fn references(&self, target: &Value, full: bool) -> Option<Value> {
        self.0.upgrade()?.references(target, full)
    }

    fn info(&self, target: &Value) -> Option<Value> {
        let instance = self.0.upgrade()?;
        let found = instance.find(target)?;
        instance.info(&found)
    }
}

impl Instance {
    /// `None` while it is being worked out: names cannot depend on resources.
    fn roster(&self) -> Option<&Roster> {
        if let Some(known) = self.roster.get() {
            return Some(known);
        }
        let _busy = self.busy("roster")?;
        let mut all = Vec::new();
        self.with_errors(false, || {
            for (n, plan) in self.blueprint.resources.iter().enumerate() {
                self.collect(plan, &[n], &self.frame, None, &mut all);
            }
        });
        let (mut by_id, mut by_name) = (BTreeMap::new(), BTreeMap::new());
        let mut by_symbol: BTreeMap<_, Vec<usize>> = BTreeMap::new();
        for (n, known) in all.iter().enumerate() {
            by_id.entry(ResourceId::of_text(&known.identity.id)).or_insert(n);
            by_name
                .entry(known.identity.name.canonical().to_ascii_lowercase())
                .and_modify(|place| *place = None)
                .or_insert(Some(n));
            if let Some(symbol) = self.plan(&known.path).and_then(|plan| plan.symbolic_name.as_deref()) {
                by_symbol.entry((symbol.to_ascii_lowercase(), known.index)).or_default().push(n);
            }
        }
        Some(self.roster.get_or_init(|| Roster { all, by_id, by_name, by_symbol }))
    }

    fn collect(&self, plan: &ResourcePlan, path: &[usize], frame: &Frame, parent: Option<&Identity>, known: &mut Vec<Known>) {
        for (frame, index) in self.copies(plan, frame) {
            if !self.budget.resource() {
                return;
            }
            let Some(identity) = self.identity(plan, &frame, parent) else { continue };
            for (n, child) in plan.children.iter().enumerate() {
                let mut below = path.to_vec();
                below.push(n);
                self.collect(child, &below, &frame, Some(&identity), known);
            }
            known.push(Known { path: path.to_vec(), frame, index, identity });
        }
    }

    /// The names of the resource of this deployment that `reference(target)` means.
    pub(super) fn named(&self, target: &Value) -> Option<Identity> {
        self.find(target).map(|known| known.identity)
    }

    fn plan(&self, path: &[usize]) -> Option<&ResourcePlan> {
        let (first, rest) = path.split_first()?;
        rest.iter().try_fold(self.blueprint.resources.get(*first)?, |plan, n| plan.children.get(*n))
    }

    fn references(self: &Rc<Self>, target: &Value, full: bool) -> Option<Value> {
        let symbol = target.as_str()?.to_ascii_lowercase();
        let roster = self.roster()?;
        if roster.by_symbol.contains_key(&(symbol.clone(), None)) {
            return None;
        }
        let copies = roster.by_symbol.range((symbol.clone(), None)..=(symbol, Some(usize::MAX))).flat_map(|(_, copies)| copies);
        let answers: Option<Vec<Value>> = copies.map(|&n| self.answer(&roster.all[n], full)).collect();
        Some(Value::array(answers?, target.origin.written))
    }

    /// The resource that `reference(target)` means: by symbolic name, by id, or by a name that only one resource has.
    fn find(&self, target: &Value) -> Option<Known> {
        if let Some(text) = target.as_str() {
            if let Some(found) = self.symbolic(text) {
                return Some(found);
            }
            let roster = self.roster()?;
            let (symbol, index) = match text.strip_suffix(']').and_then(|head| head.rsplit_once('[')) {
                Some((symbol, index)) => (symbol, index.parse::<usize>().ok()),
                None => (text, None),
            };
            if let Some(found) = roster.by_symbol.get(&(symbol.to_ascii_lowercase(), index)) {
                return roster.all.get(*found.first()?).cloned();
            }
        }
        let roster = self.roster()?;
        let mut name = Text::new();
        name.push_value(target);
        let by_id = roster.by_id.get(&ResourceId::of(target)?).copied();
        let found = by_id.or_else(|| roster.by_name.get(&name.canonical().to_ascii_lowercase()).copied().flatten());
        roster.all.get(found?).cloned()
    }

    /// The resource of a symbolic name that has no loop: found without asking for all the others.
    fn symbolic(&self, symbol: &str) -> Option<Known> {
        let named = |plan: &ResourcePlan| plan.symbolic_name.as_deref().is_some_and(|name| name.eq_ignore_ascii_case(symbol));
        let place = self.blueprint.resources.iter().position(named)?;
        let plan = self.blueprint.resources.get(place).filter(|plan| plan.copy.is_none())?;
        let _busy = self.busy(&format!("name {}", plan.pointer))?;
        let identity = self.with_errors(false, || self.identity(plan, &self.frame, None))?;
        Some(Known { path: vec![place], frame: self.frame.clone(), index: None, identity })
    }

    /// What Azure answers for a resource of this deployment, as far as the template tells. More may be there.
    fn answer(self: &Rc<Self>, known: &Known, full: bool) -> Option<Value> {
        let plan = self.plan(&known.path).filter(|plan| !plan.existing)?;
        let key = format!("{} {}", if full { "whole" } else { "properties" }, copy_key(plan, &known.frame));
        if let Some(answer) = self.answers.borrow().get(&key) {
            return Some(answer.clone());
        }
        let _busy = self.busy(&key)?;
        let answer = self.with_errors(false, || self.work_out(plan, known, full))?;
        self.answers.borrow_mut().insert(key, answer.clone());
        Some(answer)
    }

    /// What `resourceInfo()` tells of a resource of this deployment.
    fn info(&self, known: &Known) -> Option<Value> {
        let (plan, identity) = (self.plan(&known.path)?, &known.identity);
        let text = |text: &Text| text.clone().into_value(&Why::Runtime("resourceInfo()".into()), plan.declared);
        let mut info = Object::new();
        info.insert(Key::from("id"), text(&identity.id));
        info.insert(Key::from("name"), text(&identity.name));
        info.insert(Key::from("type"), Value::string(identity.resource_type.shared(), plan.declared));
        if let Some(version) = plan.member("apiVersion") {
            info.insert(Key::from("apiVersion"), self.with_errors(false, || self.evaluate(version, &known.frame)));
        }
        Some(Value::object(info, plan.declared))
    }

    fn work_out(self: &Rc<Self>, plan: &ResourcePlan, known: &Known, full: bool) -> Option<Value> {
        let at = plan.declared;
        let id = known.identity.id.canonical();
        let properties = if plan.nested.is_some() {
            let Some(Opened::Instance(instance)) = self.open(plan, &known.frame) else { return None };
            let mut object = Object::new();
            object.insert(Key::from("outputs"), instance.with_errors(true, || instance.outputs())?);
            with_more(object, &format!("reference('{id}')"), at)
        } else {
            at_least(self.evaluate(plan.member("properties")?, &known.frame), &format!("reference('{id}')"))
        };
        if !full {
            return Some(properties);
        }
        let symbol = format!("reference('{id}?full')");
        let mut whole = Object::new();
        for name in ["apiVersion", "location", "sku", "identity", "zones", "tags", "kind", "plan"] {
            if let Some(expr) = plan.member(name) {
                whole.insert(Key::from(name), at_least(self.evaluate(expr, &known.frame), &format!("{symbol}.{name}")));
            }
        }
        whole.insert(Key::from("properties"), properties);
        Some(with_more(whole, &symbol, at))
    }

    /// The outputs of this deployment: `{ name: { type, value } }`. `None` while they are being worked out.
    fn outputs(&self) -> Option<Value> {
        if let Some(known) = self.outputs.get() {
            return Some(known.clone());
        }
        let _busy = self.busy("outputs")?;
        let mut all = Object::new();
        for output in &self.blueprint.outputs {
            let condition = output.condition.as_ref().map(|condition| self.evaluate(condition, &self.frame));
            let certain = condition.as_ref().is_none_or(|condition| condition.as_bool() == Some(true));
            if condition.is_some_and(|condition| condition.as_bool() == Some(false)) {
                continue;
            }
            let value = self.with_errors(certain, || self.evaluate(&output.value, &self.frame));
            let at = value.origin.written;
            let mut object = Object::new();
            object.insert(Key::from("value"), value.moved(Step::Output(output.name.shared()), at));
            all.insert(output.name.clone(), Value::object(object, output.declared));
        }
        let all = Value::object(all, self.blueprint.span);
        Some(self.outputs.get_or_init(|| all).clone())
    }
}

/// What a resource was given, with the note that Azure may add members to every object in it.
fn at_least(value: Value, symbol: &str) -> Value {
    let at = value.origin.written;
    match &value.kind {
        ValueKind::Object(object) => {
            let inner = |(key, member): (&Key, &Value)| {
                (key.clone(), at_least(member.clone(), &format!("{symbol}.{}", key.as_str().to_ascii_lowercase())))
            };
            let Value { kind, .. } = with_more(object.iter().map(inner).collect(), symbol, at);
            Value { kind, ..value }
        }
        ValueKind::Array(items) => {
            let items = items.iter().enumerate().map(|(n, item)| at_least(item.clone(), &format!("{symbol}[{n}]"))).collect();
            Value { kind: ValueKind::Array(items), ..value }
        }
        _ => value,
    }
}

fn with_more(members: Object, symbol: &str, at: Span) -> Value {
    let unknown = Unknown::new(Why::Runtime("reference()".into()), symbol);
    Value::unknown(unknown.shaped(Shape::Members(Arc::new(members))), at)
}
