//! The functions of the language: one file a group, one table.
//!
//! A function is a name, an arity and a body of one of a few kinds ([`Run`]). The evaluator finds it by name, checks the
//! arity, and evaluates the arguments; a body never sees an expression unless it is lazy.

mod array;
mod ask;
mod cidr;
mod comparison;
mod date;
mod date_format;
mod deployment;
mod encoding;
mod format;
mod hash;
mod json;
mod lambda;
mod logical;
mod lookup;
mod number;
mod number_custom;
mod numeric;
mod object;
mod order;
mod partial;
mod resource;
mod scope;
mod search;
mod sequence;
mod set;
mod string;
mod text;
#[cfg(test)]
mod trial;
mod uri;

pub(super) use ask::Ask;
pub(super) use lookup::{find, names};

use crate::source::Span;
use crate::value::{Object, Shape, Symbol, Type, Unknown, Value, ValueKind, Why};

use super::cases::{MAX_CASES, cases};
use super::{Fault, FaultKind, symbol};

/// All functions, a group each.
const GROUPS: &[&[Function]] = &[
    array::FUNCTIONS,
    cidr::FUNCTIONS,
    comparison::FUNCTIONS,
    date::FUNCTIONS,
    deployment::FUNCTIONS,
    encoding::FUNCTIONS,
    format::FUNCTIONS,
    hash::FUNCTIONS,
    json::FUNCTIONS,
    lambda::FUNCTIONS,
    logical::FUNCTIONS,
    numeric::FUNCTIONS,
    object::FUNCTIONS,
    resource::FUNCTIONS,
    scope::FUNCTIONS,
    search::FUNCTIONS,
    sequence::FUNCTIONS,
    set::FUNCTIONS,
    string::FUNCTIONS,
    uri::FUNCTIONS,
];

/// The greatest arity of functions that take any number of arguments.
const MANY: usize = usize::MAX;

/// A function of the language.
pub(super) struct Function {
    /// Its name as Azure spells it; found without case.
    pub(super) name: &'static str,
    /// The least and the greatest number of arguments.
    pub(super) arity: (usize, usize),
    /// What it does.
    pub(super) run: Run,
}

/// The kinds of functions.
pub(super) enum Run {
    /// Called only when every argument is known to its last leaf; otherwise the result is an unknown of this type.
    Pure(Option<Type>, fn(&Args<'_>) -> Result<Value, Fault>),
    /// Called with any arguments, of which some may be unknown, in whole or in part. `Ok(None)`: nothing is known of the
    /// result but its type.
    Partial(Option<Type>, fn(&Args<'_>) -> Result<Option<Value>, Fault>),
    /// Evaluates its arguments itself, or needs to know where it is called.
    Lazy(fn(&Ask<'_>) -> Result<Value, Fault>),
}

impl Function {
    /// Refuses a number of arguments that it does not take; `written` is the name as written.
    pub(super) fn check_arity(&self, written: &str, found: usize) -> Result<(), String> {
        let (least, most) = self.arity;
        if (least..=most).contains(&found) { Ok(()) } else { Err(wrong_arity(written, self.arity, found)) }
    }
}

/// What to say of a call with a wrong number of arguments.
pub(super) fn wrong_arity(name: &str, (least, most): (usize, usize), found: usize) -> String {
    let wanted = match (least, most) {
        (0, 0) => "no arguments".to_owned(),
        (1, 1) => "1 argument".to_owned(),
        (least, most) if least == most => format!("{least} arguments"),
        (1, MANY) => "at least 1 argument".to_owned(),
        (least, MANY) => format!("at least {least} arguments"),
        (least, most) => format!("{least} to {most} arguments"),
    };
    format!("`{name}` takes {wanted}, and is given {found}")
}

/// The argument lists that `values` may turn out to be, where some of them are one of a few values. The same unknown takes
/// the same value wherever it stands. Empty where there are none but these, or too many.
pub(super) fn combinations(values: &[Value]) -> Vec<Vec<Value>> {
    if values.iter().all(|value| cases(value).is_none()) {
        return Vec::new();
    }
    let mut lists = vec![values.to_vec()];
    let mut done: Vec<&Symbol> = Vec::new();
    for value in values {
        let (Some(cases), Some(unknown)) = (cases(value), value.as_unknown()) else { continue };
        if done.contains(&unknown.symbol()) {
            continue;
        }
        done.push(unknown.symbol());
        if lists.len() * cases.len() > MAX_CASES {
            return Vec::new();
        }
        let is_same = |slot: &Value| slot.as_unknown().is_some_and(|other| other.symbol() == unknown.symbol());
        let with = |list: &Vec<Value>, case: &Value| {
            list.iter().map(|slot| if is_same(slot) { case.clone() } else { slot.clone() }).collect::<Vec<_>>()
        };
        lists = lists.iter().flat_map(|list| cases.iter().map(|case| with(list, case)).collect::<Vec<_>>()).collect();
    }
    lists
}

/// The evaluated arguments of a call, and where to point when one is wrong.
pub(super) struct Args<'a> {
    /// The function's name as Azure spells it, for messages.
    pub(super) name: &'static str,
    /// The call, from the name to the closing bracket.
    pub(super) call: Span,
    /// The values.
    pub(super) values: &'a [Value],
    /// Where the arguments stand: one span for each value.
    pub(super) spans: &'a [Span],
}

impl<'a> Args<'a> {
    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.values.len()
    }

    /// The argument at `index`; its presence is the caller's arity.
    pub(super) fn value(&self, index: usize) -> Result<&'a Value, Fault> {
        self.values.get(index).ok_or_else(|| self.fault(FaultKind::Arity, index, "is missing"))
    }

    /// The string at `index`.
    pub(super) fn string(&self, index: usize) -> Result<&'a str, Fault> {
        self.value(index)?.as_str().ok_or_else(|| self.wrong_type(index, "a string"))
    }

    /// The integer at `index`.
    pub(super) fn int(&self, index: usize) -> Result<i64, Fault> {
        self.value(index)?.as_int().ok_or_else(|| self.wrong_type(index, "an integer"))
    }

    /// The boolean at `index`.
    pub(super) fn bool(&self, index: usize) -> Result<bool, Fault> {
        self.value(index)?.as_bool().ok_or_else(|| self.wrong_type(index, "a boolean"))
    }

    /// The members of the object at `index`.
    pub(super) fn object(&self, index: usize) -> Result<&'a Object, Fault> {
        self.value(index)?.as_object().ok_or_else(|| self.wrong_type(index, "an object"))
    }

    /// The reason of the first unknown among the arguments.
    pub(super) fn why(&self) -> Why {
        let first = self.values.iter().find_map(Value::first_unknown);
        first.map_or_else(|| Why::Runtime(self.name.into()), |unknown| unknown.why.clone())
    }

    /// A result of which only this shape is known.
    pub(super) fn unknown(&self, shape: Shape) -> Value {
        Value::unknown(Unknown::named(self.why(), symbol::of_call(self.name, self.values)).shaped(shape), self.call)
    }

    /// A result of this call.
    pub(super) fn result(&self, kind: ValueKind) -> Value {
        Value::new(kind, self.call)
    }

    /// A fault of the argument at `index`: "argument 2 of `take` …".
    pub(super) fn fault(&self, kind: FaultKind, index: usize, problem: &str) -> Fault {
        let span = self.spans.get(index).copied().unwrap_or(self.call);
        Fault { kind, span, message: format!("argument {} of `{}` {problem}", index + 1, self.name) }
    }

    /// A fault of the argument at `index`, which should be `expected` ("an array") and is not.
    pub(super) fn wrong_type(&self, index: usize, expected: &str) -> Fault {
        let found = self.values.get(index).and_then(Value::type_of).map_or("unknown", Type::name);
        self.fault(FaultKind::Type, index, &format!("must be {expected}, and is {found}"))
    }
}
