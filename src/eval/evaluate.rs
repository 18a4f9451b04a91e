//! Expressions to values.

use std::cell::RefCell;
use std::fmt::Write as _;
use std::sync::Arc;

use smallvec::SmallVec;

use super::access::{Access, a};
use super::functions::{self, Args, Ask, Function, Run};
use super::limits::TOO_MUCH_WORK;
use super::memory::Named;
use super::symbol::{self, quoted, write_exact};
use super::{Fault, FaultKind, Frame, Place, Scope, UserFunction, weight};
use crate::diagnostic::nearest;
use crate::expr::{Call, Expr, ExprKind, Loop, Members};
use crate::source::Span;
use crate::value::{Key, Object, Shape, Step, Type, Unknown, Value, ValueKind, Why};

/// The greatest number of copies of one loop ("Resource iteration in ARM templates", copy limits).
const MAX_COPIES: i64 = 800;
/// How many faults are kept until somebody asks for them.
const MAX_FAULTS: usize = 1_000;

/// What is around an expression while it is evaluated.
#[derive(Clone, Copy)]
pub(super) struct Env<'e> {
    pub(super) frame: &'e Frame,
    pub(super) place: Place,
    /// The lambda variables and property loops around it, the innermost first.
    pub(super) locals: Option<&'e Local<'e>>,
    /// Inside a user-defined function: its parameters.
    pub(super) arguments: Option<Arguments<'e>>,
    /// Where faults go; nowhere when it is not certain that the deployment gets here.
    pub(super) faults: Option<&'e RefCell<Vec<Fault>>>,
}

/// A name that holds for a part of an expression.
#[derive(Clone, Copy)]
pub(super) struct Local<'e> {
    pub(super) kind: LocalKind,
    pub(super) name: &'e str,
    pub(super) value: &'e Value,
    pub(super) outer: Option<&'e Local<'e>>,
}

/// The kinds of local names.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum LocalKind {
    /// A variable of a lambda.
    Lambda,
    /// The index of a property loop.
    Loop,
}

/// The parameters of a user-defined function.
#[derive(Clone, Copy)]
pub(super) struct Arguments<'e> {
    pub(super) function: &'e UserFunction,
    pub(super) values: &'e [Value],
}

impl<'e> Env<'e> {
    /// The same place, where the deployment may never get.
    pub(super) fn perhaps(&self) -> Self {
        Self { faults: None, ..*self }
    }

    /// The same place with one more name.
    pub(super) fn with<'n>(&self, local: &'n Local<'n>) -> Env<'n>
    where
        'e: 'n,
    {
        Env { locals: Some(local), ..*self }
    }

    /// Notes a fault, once.
    pub(super) fn report(&self, fault: &Fault) {
        let Some(faults) = self.faults else { return };
        let mut faults = faults.borrow_mut();
        if faults.len() < MAX_FAULTS && !faults.contains(fault) {
            faults.push(fault.clone());
        }
    }

    /// The local names from the innermost outwards.
    pub(super) fn locals(&self, kind: LocalKind) -> impl Iterator<Item = &'e Local<'e>> + use<'e> {
        std::iter::successors(self.locals, |local| local.outer).filter(move |local| local.kind == kind)
    }

    /// Appends everything that is bound here and may make the same expression mean something else elsewhere.
    pub(super) fn write_bound(&self, out: &mut String) {
        let mut bind = |name: &str, value: &Value| {
            let _ = write!(out, " {}=", quoted(name));
            write_exact(value, out);
        };
        for (name, index) in &self.frame.copies {
            bind(name.as_str(), index);
        }
        for local in std::iter::successors(self.locals, |local| local.outer) {
            bind(local.name, local.value);
        }
        if let Some(arguments) = &self.arguments {
            for (name, value) in arguments.function.parameters.iter().zip(arguments.values) {
                bind(name.as_str(), value);
            }
        }
    }
}

impl Scope {
    /// The value of an expression, as far as it can be told. Certain errors wait in [`Scope::faults`]; a value in error is an
    /// unknown for the reason [`Why::Error`].
    #[must_use]
    pub fn evaluate(&self, expr: &Expr, frame: &Frame) -> Value {
        self.evaluate_with(expr, frame, None, true)
    }

    /// The value of an expression where the deployment may never get: its errors are not kept.
    #[must_use]
    pub fn suppose(&self, expr: &Expr, frame: &Frame) -> Value {
        self.evaluate_with(expr, frame, None, false)
    }

    /// The same where the value of one member of the object that it is was evaluated already, and with errors kept or not.
    #[must_use]
    pub fn evaluate_with(&self, expr: &Expr, frame: &Frame, known: Option<(&Expr, &Value)>, errors: bool) -> Value {
        let faults = errors.then_some(&self.memory.faults);
        let env = Env { frame, place: frame.place, locals: None, arguments: None, faults };
        let value = match (&expr.kind, known) {
            (ExprKind::Object(object), Some(_)) => self.object(object, expr.span, &env, known),
            _ => self.eval(expr, &env),
        };
        self.bounded(value)
    }

    /// The value that a deployment hands to a parameter by an entry that an expression or a loop makes: that of its `value`,
    /// `secret` where it has a `reference`, and null where it hands nothing.
    #[must_use]
    pub fn hand_over(&self, entry: &Expr, frame: &Frame, secret: &dyn Fn() -> Value) -> Value {
        let entry = self.evaluate(entry, frame);
        let env = Env { frame, place: frame.place, locals: None, arguments: None, faults: Some(&self.memory.faults) };
        self.settle(self.handed(&entry, secret), &env)
    }

    /// The value itself, or a limit in place of one that is too large to be looked at.
    pub(super) fn bounded(&self, value: Value) -> Value {
        let weight = weight::of(std::slice::from_ref(&value));
        let enough = self.limits.work(weight.work);
        if weight.too_heavy {
            return self.limited("a value is too large", value.origin.written);
        }
        if enough { value } else { self.limited(TOO_MUCH_WORK, value.origin.written) }
    }

    pub(super) fn eval(&self, expr: &Expr, env: &Env<'_>) -> Value {
        let _level = match self.limits.enter() {
            Ok(level) => level,
            Err(limit) => return self.limited(limit, expr.span),
        };
        let kind = match &expr.kind {
            ExprKind::Null => ValueKind::Null,
            ExprKind::Bool(value) => ValueKind::Bool(*value),
            ExprKind::Int(value) => ValueKind::Int(*value),
            ExprKind::Float(value) => ValueKind::Float(*value),
            ExprKind::Str(text) => ValueKind::Str(Arc::clone(text)),
            ExprKind::Array(items) => ValueKind::Array(items.iter().map(|item| self.eval(item, env)).collect()),
            ExprKind::Object(object) => return self.object(object, expr.span, env, None),
            ExprKind::Call(call) => return self.call(call, expr.span, env),
            ExprKind::Member(member) => {
                let at = Access { whole: expr.span, part: member.name_span };
                return self.settle(self.member(&self.eval(&member.of, env), &member.name, at), env);
            }
            ExprKind::Index { of, index } => {
                let at = Access { whole: expr.span, part: index.span };
                return self.settle(self.element(&self.eval(of, env), &self.eval(index, env), at), env);
            }
            ExprKind::Broken(message) => return self.erroneous(message, expr.span),
        };
        Value::new(kind, expr.span)
    }

    /// The value, or its fault on record and an unknown.
    pub(super) fn settle(&self, outcome: Result<Value, Fault>, env: &Env<'_>) -> Value {
        outcome.unwrap_or_else(|fault| self.fail(fault, env))
    }

    /// Notes a fault; the value is unknown because of it.
    pub(super) fn fail(&self, fault: Fault, env: &Env<'_>) -> Value {
        env.report(&fault);
        self.erroneous(&fault.message, fault.span)
    }

    /// An unknown because of an error that somebody else reports, or that may not come to pass.
    pub(super) fn erroneous(&self, message: &str, at: Span) -> Value {
        Value::unknown(Unknown::named(Why::Error(message.into()), self.unique("error")), at)
    }

    /// An unknown because of a limit.
    pub(super) fn limited(&self, limit: &str, at: Span) -> Value {
        self.limited_to(limit, Shape::Any, at)
    }

    /// The same, of which this much is known.
    fn limited_to(&self, limit: &str, shape: Shape, at: Span) -> Value {
        Value::unknown(Unknown::named(Why::Limit(limit.into()), self.unique("limit")).shaped(shape), at)
    }

    fn object(&self, object: &Members, at: Span, env: &Env<'_>, evaluated: Option<(&Expr, &Value)>) -> Value {
        let Members { members, loops } = object;
        let mut hidden: Option<Value> = None;
        let mut known = Vec::with_capacity(members.len() + loops.len());
        for (key, value) in members {
            let key = match &key.kind {
                ExprKind::Str(name) => Some(Key::new(Arc::clone(name))),
                _ => {
                    let name = self.eval(key, env);
                    match &name.kind {
                        ValueKind::Str(text) => Some(Key::new(Arc::clone(text))),
                        ValueKind::Unknown(_) => {
                            hidden.get_or_insert(name);
                            None
                        }
                        _ => {
                            let found = a(name.type_of().map_or("value", Type::name));
                            let message = format!("a property name must be a string, and this is {found}");
                            return self.fail(Fault { kind: FaultKind::Type, span: key.span, message }, env);
                        }
                    }
                }
            };
            let value = match evaluated {
                Some((expr, known)) if std::ptr::eq(expr, value) => known.clone(),
                _ => self.eval(value, env),
            };
            known.extend(key.map(|key| (key, value)));
        }
        for each in loops {
            known.push((Key::new(Arc::clone(&each.name)), self.copies(each, env)));
        }
        let object = Object::as_written(known);
        match hidden.as_ref().and_then(Value::as_unknown) {
            None => Value::object(object, at),
            Some(name) => {
                let shape = Shape::Members(Arc::new(object));
                Value::unknown(Unknown::named(name.why.clone(), self.unique("object")).shaped(shape), at)
            }
        }
    }

    /// The array that a property or variable loop makes.
    fn copies(&self, each: &Loop, env: &Env<'_>) -> Value {
        let count = self.eval(&each.count, env);
        let fault = |kind, message| Fault { kind, span: each.count.span, message };
        let known = match (count.as_count(), &count.kind, count.type_of()) {
            (Some(known), _, _) => known,
            (None, ValueKind::Unknown(unknown), Some(Type::Int) | None) => {
                let why = match &unknown.why {
                    why @ (Why::Error(_) | Why::Limit(_)) => why.clone(),
                    _ => Why::Copy(Arc::clone(&each.name)),
                };
                let symbol = self.of_text(&format!("copy {}", quoted(&each.name)), &[&each.count, &each.input], env);
                return Value::unknown(Unknown::named(why, symbol).shaped(Shape::Of(Type::Array)), each.span);
            }
            (None, _, found) => {
                let found = a(found.map_or("value", Type::name));
                let message = format!("the count of loop `{}` must be an integer, and this is {found}", each.name);
                return self.fail(fault(FaultKind::Type, message), env);
            }
        };
        if !(0..=MAX_COPIES).contains(&known) {
            let message = format!("the count of loop `{}` is {known}, and must be 0 to {MAX_COPIES}", each.name);
            return self.fail(fault(FaultKind::OutOfRange, message), env);
        }
        let copy = |n: i64| {
            let index = Value::new(ValueKind::Int(n), each.count.span);
            let local = Local { kind: LocalKind::Loop, name: &each.name, value: &index, outer: env.locals };
            self.eval(&each.input, &env.with(&local))
        };
        Value::new(ValueKind::Array((0..known).map(copy).collect()), each.span)
    }

    fn call(&self, call: &Call, at: Span, env: &Env<'_>) -> Value {
        if call.namespace.is_some() {
            return self.settle(self.user_call(call, at, env), env);
        }
        let Some(function) = functions::find(&call.name) else { return self.fail(no_function(call), env) };
        if let Err(message) = function.check_arity(&call.name, call.args.len()) {
            return self.fail(Fault { kind: FaultKind::Arity, span: call.name_span, message }, env);
        }
        let outcome = match function.run {
            Run::Lazy(body) => body(&Ask { scope: self, env, call, at }),
            Run::Pure(..) | Run::Partial(..) => self.strict_call(function, call, at, env),
        };
        self.settle(outcome, env)
    }

    /// Calls a function with all of its arguments evaluated.
    fn strict_call(&self, function: &Function, call: &Call, at: Span, env: &Env<'_>) -> Result<Value, Fault> {
        let values: SmallVec<[Value; 4]> = call.args.iter().map(|arg| self.eval(arg, env)).collect();
        // A few spans fit on the stack; most calls have few arguments.
        let mut few = [at; 8];
        let many: Vec<Span>;
        let spans = if let Some(few) = few.get_mut(..call.args.len()) {
            few.iter_mut().zip(&call.args).for_each(|(span, arg)| *span = arg.span);
            &*few
        } else {
            many = call.args.iter().map(|arg| arg.span).collect();
            &many
        };
        self.apply(function, &Args { name: function.name, call: at, values: &values, spans })
    }

    /// The value of a function for arguments that were evaluated.
    fn apply(&self, function: &Function, args: &Args<'_>) -> Result<Value, Fault> {
        let weight = weight::of(args.values);
        if !self.limits.work(weight.work) {
            return Ok(self.limited(TOO_MUCH_WORK, args.call));
        }
        if weight.too_heavy {
            return Ok(self.limited("a value is too large", args.call));
        }
        let value = if weight.known { function.compute(args, true)? } else { self.split(function, args)? };
        if !self.limits.work(weight::of_making(&value)) {
            return Ok(self.limited(TOO_MUCH_WORK, args.call));
        }
        // A call is certainly in error whatever is behind a limit; nothing more is made of such a value, which would only be
        // more work.
        if let Some(limit) = args.values.iter().find_map(limit) {
            return Ok(self.limited_to(limit, function.shape(), args.call));
        }
        Ok(handed_on(value, args))
    }

    /// The value of a function for arguments that are partly unknown: case by case where an argument is one of a few values.
    fn split(&self, function: &Function, args: &Args<'_>) -> Result<Value, Fault> {
        let combinations = functions::combinations(args.values);
        if combinations.len() < 2 {
            return function.compute(args, false);
        }
        // The function's own view of the whole names the result as it names one that it can compute without cases. What is
        // known as a whole, such as an object with an unknown member, says more than its cases: the member keeps its symbol.
        let whole = match function.compute(args, false) {
            Ok(whole) if !whole.is_unknown() => return Ok(whole),
            whole => whole.ok(),
        };
        let outcomes: Vec<_> = combinations
            .iter()
            .map(|values| function.compute(&Args { values, ..*args }, values.iter().all(|value| value.first_unknown().is_none())))
            .collect();
        let unknown = whole.as_ref().and_then(Value::as_unknown);
        let symbol = || unknown.map_or_else(|| symbol::of_call(args.name, args.values), |unknown| unknown.symbol().clone());
        let why = unknown.map_or_else(|| args.why(), |unknown| unknown.why.clone());
        self.any_of(outcomes, &why, symbol, args.call)
    }

    /// `namespace.name(…)`
    fn user_call(&self, call: &Call, at: Span, env: &Env<'_>) -> Result<Value, Fault> {
        let namespace = call.namespace.as_deref().unwrap_or_default();
        let fault = |kind, message| Fault { kind, span: call.name_span, message };
        let is_called = |function: &UserFunction| function.namespace.is(namespace) && function.name.is(&call.name);
        let Some(place) = self.functions.iter().rposition(is_called) else {
            let name = format!("{namespace}.{}", call.name);
            let known: Vec<_> = self.functions.iter().map(|known| format!("{}.{}", known.namespace, known.name)).collect();
            let hint =
                nearest(&name, known.iter().map(String::as_str)).map_or(String::new(), |near| format!("; there is `{near}`"));
            return Err(fault(FaultKind::UnknownFunction, format!("there is no function `{name}`{hint}")));
        };
        let function = &self.functions[place];
        let name = format!("{}.{}", function.namespace, function.name);
        let wanted = function.parameters.len();
        if call.args.len() != wanted {
            return Err(fault(FaultKind::Arity, functions::wrong_arity(&name, (wanted, wanted), call.args.len())));
        }
        let values: Vec<Value> = call.args.iter().map(|arg| self.eval(arg, env)).collect();
        let value = self.running(Named::Function(place), call.name_span, || {
            let arguments = Some(Arguments { function, values: &values });
            let frame = Frame::default();
            let inside = Env { frame: &frame, place: Place::Function, locals: None, arguments, faults: env.faults };
            self.eval(&function.output, &inside)
        })?;
        Ok(value.moved(Step::Argument(name.into()), at))
    }
}

impl Function {
    /// Calls the function; `known` says whether every argument is known to its last leaf.
    fn compute(&self, args: &Args<'_>, known: bool) -> Result<Value, Fault> {
        let value = match self.run {
            Run::Pure(_, body) => known.then(|| body(args)).transpose()?,
            Run::Partial(_, body) => body(args)?,
            Run::Lazy(_) => None,
        };
        Ok(value.unwrap_or_else(|| args.unknown(self.shape())))
    }

    /// What is known of a value that the function gives for any arguments.
    fn shape(&self) -> Shape {
        match self.run {
            Run::Pure(kind, _) | Run::Partial(kind, _) => kind.map_or(Shape::Any, Shape::Of),
            Run::Lazy(_) => Shape::Any,
        }
    }
}

/// The limit behind which a value is unknown.
pub(super) fn limit(value: &Value) -> Option<&str> {
    match &value.as_unknown()?.why {
        Why::Limit(limit) => Some(limit),
        _ => None,
    }
}

fn no_function(call: &Call) -> Fault {
    let hint = nearest(&call.name, functions::names()).map_or(String::new(), |near| format!("; there is `{near}`"));
    let message = format!("there is no function `{}`{hint}", call.name);
    Fault { kind: FaultKind::UnknownFunction, span: call.name_span, message }
}

/// A value that a function took out of its arguments, as it stands at the call; others stand there already.
fn handed_on(value: Value, args: &Args<'_>) -> Value {
    if value.origin.written == args.call {
        return value;
    }
    let name: Arc<str> = args.name.into();
    let whole = args.values.iter().any(|argument| argument.origin.written == value.origin.written);
    let holder = args.values.iter().find(|argument| argument.as_array().is_some() || argument.as_object().is_some());
    match holder.filter(|holder| !whole && holder.origin.via.is_some()) {
        Some(holder) => {
            let origin = holder.origin.of_part(value.origin, || Arc::clone(&name), holder.origin.written);
            Value { kind: value.kind, origin }.moved(Step::Argument(name), args.call)
        }
        None => value.moved(Step::Argument(name), args.call),
    }
}
