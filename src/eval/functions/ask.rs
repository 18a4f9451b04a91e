//! What a lazy function may ask of the evaluator.

use super::super::access::a;
use super::super::cases::one_of;
use super::super::evaluate::Env;
use super::super::{Fault, FaultKind, Place, Scope, symbol};
use crate::expr::{Call, Expr};
use crate::source::Span;
use crate::value::{Shape, Step, Symbol, Truth, Type, Unknown, Value, ValueKind, Why};

/// A call whose arguments are not evaluated yet, and everything around it.
pub(in crate::eval) struct Ask<'a> {
    pub(in crate::eval) scope: &'a Scope,
    pub(in crate::eval) env: &'a Env<'a>,
    pub(in crate::eval) call: &'a Call,
    /// The call, from the name to the closing bracket.
    pub(in crate::eval) at: Span,
}

impl<'a> Ask<'a> {
    /// The expression of an argument; its presence is the caller's arity.
    pub(super) fn expr(&self, index: usize) -> Result<&'a Expr, Fault> {
        self.call.args.get(index).ok_or_else(|| self.fault(FaultKind::Arity, index, "is missing"))
    }

    /// The value of an argument that the deployment reaches.
    pub(super) fn arg(&self, index: usize) -> Result<Value, Fault> {
        Ok(self.scope.eval(self.expr(index)?, self.env))
    }

    /// The value of an argument that the deployment may not reach: its faults are not certain.
    pub(super) fn maybe(&self, index: usize) -> Result<Value, Fault> {
        Ok(self.scope.eval(self.expr(index)?, &self.env.perhaps()))
    }

    /// The values of all arguments.
    pub(super) fn args(&self) -> Vec<Value> {
        self.call.args.iter().map(|arg| self.scope.eval(arg, self.env)).collect()
    }

    /// How many arguments there are.
    pub(super) fn len(&self) -> usize {
        self.call.args.len()
    }

    /// A known result.
    pub(super) fn result(&self, kind: ValueKind) -> Value {
        Value::new(kind, self.at)
    }

    /// A result that is unknown for the reason of the first unknown among `values`; its symbol is the call with these values.
    pub(super) fn unknown(&self, values: &[Value], shape: Shape) -> Value {
        let why = values.iter().find_map(Value::first_unknown);
        let why = why.map_or_else(|| Why::Runtime(self.call.name.as_ref().into()), |unknown| unknown.why.clone());
        self.unknown_as(why, symbol::of_call(&self.call.name, values), shape)
    }

    /// A result that only the deployment knows; its symbol is the call with these values.
    pub(super) fn runtime(&self, values: &[Value], shape: Shape) -> Value {
        self.unknown_as(Why::Runtime(format!("{}()", self.call.name).into()), symbol::of_call(&self.call.name, values), shape)
    }

    /// An unknown result.
    pub(super) fn unknown_as(&self, why: Why, symbol: Symbol, shape: Shape) -> Value {
        Value::unknown(Unknown::named(why, symbol).shaped(shape), self.at)
    }

    /// An argument handed on unchanged.
    pub(super) fn hand_on(&self, value: Value) -> Value {
        value.moved(Step::Argument(self.call.name.as_ref().into()), self.at)
    }

    /// One of these values, which one the condition decides that stands at argument 0 and is unknown.
    pub(super) fn one_of(&self, condition: &Value, values: Vec<Value>) -> Result<Value, Fault> {
        let why = match condition.first_unknown().map(|unknown| &unknown.why) {
            Some(why @ (Why::Error(_) | Why::Limit(_))) => why.clone(),
            _ => Why::Condition(self.expr(0)?.to_string().into()),
        };
        let symbol = || {
            let all: Vec<_> = std::iter::once(condition).chain(&values).cloned().collect();
            symbol::of_call(&self.call.name, &all)
        };
        Ok(one_of(values.clone(), &why, symbol, self.at))
    }

    /// Whether a condition holds; a fault for a value that is certainly no boolean.
    pub(super) fn truth(&self, value: &Value, index: usize) -> Result<Truth, Fault> {
        match (value.as_bool(), value.type_of()) {
            (Some(known), _) => Ok(known.into()),
            (None, None | Some(Type::Bool)) => Ok(Truth::Unknown),
            (None, Some(_)) => Err(self.wrong_type(value, index, "a boolean")),
        }
    }

    /// A known string; `None` for an unknown, a fault for what is certainly none.
    pub(super) fn string<'v>(&self, value: &'v Value, index: usize) -> Result<Option<&'v str>, Fault> {
        match (value.as_str(), value.type_of()) {
            (Some(known), _) => Ok(Some(known)),
            (None, None | Some(Type::String)) => Ok(None),
            (None, Some(_)) => Err(self.wrong_type(value, index, "a string")),
        }
    }

    /// Refuses the call in places where Azure does not allow the function.
    pub(super) fn allowed_in(&self, places: &[Place]) -> Result<(), Fault> {
        let place = self.env.place;
        if place == Place::Anywhere || places.contains(&place) {
            return Ok(());
        }
        let place = match place {
            Place::Variable => "a variable",
            Place::ParameterDefault => "the default value of a parameter",
            Place::Function => "a user-defined function",
            Place::Template | Place::Anywhere => "a resource or an output",
        };
        Err(self.fault_at_name(FaultKind::Scope, format!("`{}` cannot be used in {place}", self.call.name)))
    }

    /// A fault of the function itself.
    pub(super) fn fault_at_name(&self, kind: FaultKind, message: String) -> Fault {
        Fault { kind, span: self.call.name_span, message }
    }

    /// A fault of an argument: "argument 2 of `take` …".
    pub(super) fn fault(&self, kind: FaultKind, index: usize, problem: &str) -> Fault {
        let span = self.call.args.get(index).map_or(self.at, |arg| arg.span);
        Fault { kind, span, message: format!("argument {} of `{}` {problem}", index + 1, self.call.name) }
    }

    /// A fault of an argument that should be `expected` ("an array") and is not.
    pub(super) fn wrong_type(&self, value: &Value, index: usize, expected: &str) -> Fault {
        let found = a(value.type_of().map_or("value", Type::name));
        self.fault(FaultKind::Type, index, &format!("must be {expected}, and is {found}"))
    }
}
