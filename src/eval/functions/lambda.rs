//! Functions that take a function: `map`, `filter`, `reduce` and the like.
//!
//! A lambda is called only where it stands as an argument. Over an array whose length is unknown nothing is computed; over
//! one whose elements are unknown everything is.

use std::sync::Arc;

use super::super::cases::cases;
use super::super::evaluate::{Local, LocalKind, limit};
use super::super::{FaultKind, symbol};
use super::{Ask, Fault, Function, MANY, Run};
use crate::diagnostic::nearest;
use crate::expr::{Expr, ExprKind};
use crate::source::Span;
use crate::value::{Key, Object, Origin, Shape, Symbol, Truth, Type, Unknown, Value, ValueKind, Why};

pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "map", arity: (2, 2), run: Run::Lazy(|ask| over(ask, Type::Array, map)) },
    Function { name: "filter", arity: (2, 2), run: Run::Lazy(|ask| over(ask, Type::Array, filter)) },
    Function { name: "reduce", arity: (3, 3), run: Run::Lazy(|ask| over(ask, Type::Array, reduce)) },
    Function { name: "sort", arity: (2, 2), run: Run::Lazy(|ask| over(ask, Type::Array, sort)) },
    Function { name: "toObject", arity: (2, 3), run: Run::Lazy(|ask| over(ask, Type::Array, to_object)) },
    Function { name: "groupBy", arity: (2, 3), run: Run::Lazy(|ask| over(ask, Type::Array, group_by)) },
    Function { name: "mapValues", arity: (2, 2), run: Run::Lazy(|ask| over(ask, Type::Object, map_values)) },
    Function { name: "lambda", arity: (2, MANY), run: Run::Lazy(lambda) },
    Function { name: "lambdaVariables", arity: (1, 1), run: Run::Lazy(lambda_variables) },
];

/// A lambda as it stands in a call: the names of its variables and what it computes.
struct Lambda<'a> {
    names: Vec<&'a str>,
    body: &'a Expr,
}

/// The lambda at `index`, which takes `least` to `most` variables.
fn lambda_at<'a>(ask: &Ask<'a>, index: usize, least: usize, most: usize) -> Result<Lambda<'a>, Fault> {
    let expr = ask.expr(index)?;
    let found = match &expr.kind {
        ExprKind::Call(call) if call.namespace.is_none() && call.name.eq_ignore_ascii_case("lambda") => call.args.split_last(),
        _ => None,
    };
    let Some((body, names)) = found else {
        return Err(ask.fault(FaultKind::InvalidArguments, index, "must be a lambda: `lambda('name', …)`"));
    };
    let literal = |name: &'a Expr| match &name.kind {
        ExprKind::Str(name) => Ok(name.as_ref()),
        _ => {
            let message = "the name of a lambda variable must be a string in quotes".to_owned();
            Err(Fault { kind: FaultKind::InvalidArguments, span: name.span, message })
        }
    };
    if !(least..=most).contains(&names.len()) {
        let wanted = if least == most { least.to_string() } else { format!("{least} to {most}") };
        let problem = format!("must be a lambda of {wanted} variables, and has {}", names.len());
        return Err(ask.fault(FaultKind::InvalidArguments, index, &problem));
    }
    Ok(Lambda { names: names.iter().map(literal).collect::<Result<_, _>>()?, body })
}

impl Lambda<'_> {
    /// The value of the body for these values of its variables; those without a name are left out.
    fn call(&self, ask: &Ask<'_>, values: &[Value], certain: bool) -> Value {
        let env = if certain { *ask.env } else { ask.env.perhaps() };
        match (self.names.as_slice(), values) {
            ([a, b, c, ..], [x, y, z, ..]) => {
                let first = local(a, x, env.locals);
                let second = local(b, y, Some(&first));
                let third = local(c, z, Some(&second));
                ask.scope.eval(self.body, &env.with(&third))
            }
            ([a, b, ..], [x, y, ..]) => {
                let first = local(a, x, env.locals);
                let second = local(b, y, Some(&first));
                ask.scope.eval(self.body, &env.with(&second))
            }
            ([a, ..], [x, ..]) => ask.scope.eval(self.body, &env.with(&local(a, x, env.locals))),
            _ => ask.scope.eval(self.body, &env),
        }
    }
}

fn local<'e>(name: &'e str, value: &'e Value, outer: Option<&'e Local<'e>>) -> Local<'e> {
    Local { kind: LocalKind::Lambda, name, value, outer }
}

/// Elements with their indices, each having come the way of the array.
fn elements(ask: &Ask<'_>, array: &Value) -> Vec<[Value; 2]> {
    let items = array.as_array().unwrap_or_default();
    let place = |(n, item): (i64, &Value)| [part(ask, array, item), ask.result(ValueKind::Int(n))];
    (0..).zip(items).map(place).collect()
}

/// An element or member, having come the way of the whole. It stands where it is written until the lambda uses it.
fn part(ask: &Ask<'_>, whole: &Value, item: &Value) -> Value {
    let hops = whole.origin.hops().count();
    ask.scope.limits.work(hops as u64);
    if hops == 0 {
        return item.clone();
    }
    let name = || Arc::from(ask.call.name.as_ref());
    let origin: Origin = whole.origin.of_part(item.origin.clone(), name, whole.origin.written);
    Value { kind: item.kind.clone(), origin }
}

type Body = fn(&Ask<'_>, &Value) -> Result<Value, Fault>;

/// Calls `body` with the first argument, which must be of type `kind`; case by case where it is one of a few values.
fn over(ask: &Ask<'_>, kind: Type, body: Body) -> Result<Value, Fault> {
    let value = ask.arg(0)?;
    if let (Some(cases), Some(unknown)) = (cases(&value), value.as_unknown()) {
        let uncertain = Ask { env: &ask.env.perhaps(), ..*ask };
        let outcomes = cases.iter().map(|case| one(&uncertain, kind, case, body));
        return ask.scope.any_of(outcomes, &unknown.why, || symbol_of(ask, &value), ask.at);
    }
    one(ask, kind, &value, body)
}

fn one(ask: &Ask<'_>, kind: Type, value: &Value, body: Body) -> Result<Value, Fault> {
    match value.type_of() {
        Some(found) if found != kind => Err(ask.wrong_type(value, 0, if kind == Type::Array { "an array" } else { "an object" })),
        _ => match value.as_unknown() {
            Some(unknown) => Ok(depends(ask, value, unknown, unknown_result(&ask.call.name))),
            None => body(ask, value),
        },
    }
}

/// What a function makes of an array or object of which it sees nothing.
fn unknown_result(name: &str) -> Shape {
    let is = |names: &[&str]| names.iter().any(|known| known.eq_ignore_ascii_case(name));
    match name {
        _ if is(&["map", "filter", "sort"]) => Shape::Of(Type::Array),
        _ if is(&["toObject", "groupBy", "mapValues"]) => Shape::Of(Type::Object),
        _ => Shape::Any,
    }
}

/// The symbol of a call over an unknown: the lambda as it is written stands for what it would compute.
fn symbol_of(ask: &Ask<'_>, value: &Value) -> Symbol {
    let head = symbol::of_call(&ask.call.name, std::slice::from_ref(value));
    let rest: Vec<_> = ask.call.args.iter().skip(1).collect();
    ask.scope.of_text(head.as_str(), &rest, ask.env)
}

/// A result that is unknown because of an unknown on the way.
fn depends(ask: &Ask<'_>, value: &Value, on: &Unknown, shape: Shape) -> Value {
    ask.unknown_as(on.why.clone(), symbol_of(ask, value), shape)
}

fn map(ask: &Ask<'_>, array: &Value) -> Result<Value, Fault> {
    let lambda = lambda_at(ask, 1, 1, 2)?;
    let items = elements(ask, array).iter().map(|element| lambda.call(ask, element, true)).collect();
    Ok(ask.result(ValueKind::Array(items)))
}

fn map_values(ask: &Ask<'_>, object: &Value) -> Result<Value, Fault> {
    let lambda = lambda_at(ask, 1, 1, 1)?;
    let members = object.as_object().into_iter().flat_map(Object::iter);
    let mapped = members.map(|(key, value)| (key.clone(), lambda.call(ask, &[part(ask, object, value)], true)));
    Ok(Value::object(mapped.collect(), ask.at))
}

fn filter(ask: &Ask<'_>, array: &Value) -> Result<Value, Fault> {
    let lambda = lambda_at(ask, 1, 1, 2)?;
    let mut kept = Vec::new();
    let mut open: Option<Value> = None;
    for element in elements(ask, array) {
        let keep = lambda.call(ask, &element, true);
        let [item, _] = element;
        match condition(ask, &lambda, &keep)? {
            Truth::True => kept.push(item),
            Truth::False => {}
            Truth::Unknown => {
                open.get_or_insert(keep);
            }
        }
    }
    Ok(match open.as_ref().and_then(Value::first_unknown) {
        None => ask.result(ValueKind::Array(kept.into())),
        Some(unknown) => {
            depends(ask, array, unknown, if kept.is_empty() { Shape::Of(Type::Array) } else { Shape::Items(kept.into()) })
        }
    })
}

/// What a lambda that should give a boolean gives.
fn condition(ask: &Ask<'_>, lambda: &Lambda<'_>, value: &Value) -> Result<Truth, Fault> {
    match (value.as_bool(), value.type_of()) {
        (Some(known), _) => Ok(known.into()),
        (None, None | Some(Type::Bool)) => Ok(Truth::Unknown),
        (None, Some(found)) => Err(gives(ask, lambda.body.span, "a boolean", found)),
    }
}

fn gives(ask: &Ask<'_>, span: Span, wanted: &str, found: Type) -> Fault {
    let message =
        format!("the lambda of `{}` must give {wanted}, and gives {}", ask.call.name, super::super::access::a(found.name()));
    Fault { kind: FaultKind::Type, span, message }
}

fn reduce(ask: &Ask<'_>, array: &Value) -> Result<Value, Fault> {
    let lambda = lambda_at(ask, 2, 2, 3)?;
    let mut so_far = ask.arg(1)?;
    for [item, index] in elements(ask, array) {
        let next = lambda.call(ask, &[so_far, item, index], true);
        so_far = ask.scope.bounded(next);
        if limit(&so_far).is_some() {
            break;
        }
    }
    Ok(ask.hand_on(so_far))
}

/// A stable merge sort: the lambda says whether its first argument comes before its second.
fn sort(ask: &Ask<'_>, array: &Value) -> Result<Value, Fault> {
    let lambda = lambda_at(ask, 1, 2, 2)?;
    let mut items: Vec<Value> = elements(ask, array).into_iter().map(|[item, _]| item).collect();
    let mut width = 1;
    while width < items.len() {
        let mut merged = Vec::with_capacity(items.len());
        for pair in items.chunks(2 * width) {
            let (mut left, mut right) = pair.split_at(width.min(pair.len()));
            while let ([a, left_rest @ ..], [b, right_rest @ ..]) = (left, right) {
                let right_first = lambda.call(ask, &[b.clone(), a.clone()], true);
                match condition(ask, &lambda, &right_first)? {
                    Truth::True => {
                        merged.push(b.clone());
                        right = right_rest;
                    }
                    Truth::False => {
                        merged.push(a.clone());
                        left = left_rest;
                    }
                    Truth::Unknown => {
                        let unknown = right_first.first_unknown().cloned();
                        let unknown = unknown.unwrap_or_else(|| Unknown::new(Why::Runtime("sort()".into()), ""));
                        return Ok(depends(ask, array, &unknown, Shape::Items(items.into())));
                    }
                }
            }
            merged.extend(left.iter().chain(right).cloned());
        }
        items = merged;
        width *= 2;
    }
    Ok(ask.result(ValueKind::Array(items.into())))
}

/// Key and value of each element; an unknown where a key is unknown.
fn keyed(ask: &Ask<'_>, array: &Value) -> Result<Result<Vec<(Key, Value)>, Value>, Fault> {
    let key_of = lambda_at(ask, 1, 1, 1)?;
    let value_of = if ask.len() > 2 { Some(lambda_at(ask, 2, 1, 1)?) } else { None };
    let mut all = Vec::new();
    for [item, _] in elements(ask, array) {
        let element = [item];
        let key = key_of.call(ask, &element, true);
        let value = value_of.as_ref().map(|value_of| value_of.call(ask, &element, true));
        let [item] = element;
        match (&key.kind, key.type_of()) {
            (ValueKind::Str(text), _) => all.push((Key::new(Arc::clone(text)), value.unwrap_or(item))),
            (ValueKind::Unknown(unknown), None | Some(Type::String)) => {
                return Ok(Err(depends(ask, array, unknown, Shape::Of(Type::Object))));
            }
            (_, found) => return Err(gives(ask, key_of.body.span, "a string", found.unwrap_or(Type::Null))),
        }
    }
    Ok(Ok(all))
}

fn to_object(ask: &Ask<'_>, array: &Value) -> Result<Value, Fault> {
    Ok(match keyed(ask, array)? {
        Ok(members) => Value::object(members.into_iter().collect(), ask.at),
        Err(unknown) => unknown,
    })
}

fn group_by(ask: &Ask<'_>, array: &Value) -> Result<Value, Fault> {
    let members = match keyed(ask, array)? {
        Ok(members) => members,
        Err(unknown) => return Ok(unknown),
    };
    let mut groups: Vec<(Key, Vec<Value>)> = Vec::new();
    let mut places = std::collections::BTreeMap::new();
    for (key, value) in members {
        let place = *places.entry(key.clone()).or_insert_with(|| {
            groups.push((key, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(value);
    }
    Ok(Value::object(groups.into_iter().map(|(key, values)| (key, Value::array(values, ask.at))).collect(), ask.at))
}

fn lambda(ask: &Ask<'_>) -> Result<Value, Fault> {
    let message = "`lambda` can only be an argument of `map`, `filter`, `reduce`, `sort`, `toObject`, `groupBy` or `mapValues`";
    Err(ask.fault_at_name(FaultKind::InvalidArguments, message.to_owned()))
}

fn lambda_variables(ask: &Ask<'_>) -> Result<Value, Fault> {
    let evaluated = ask.arg(0)?;
    let Some(name) = ask.string(&evaluated, 0)? else { return Ok(ask.unknown(&[evaluated], Shape::Any)) };
    let found = ask.env.locals(LocalKind::Lambda).find(|local| local.name.eq_ignore_ascii_case(name));
    found.map(|local| local.value.clone()).ok_or_else(|| {
        let hint = nearest(name, ask.env.locals(LocalKind::Lambda).map(|local| local.name));
        let hint = hint.map_or(String::new(), |near| format!("; there is `{near}`"));
        ask.fault(FaultKind::UnknownVariable, 0, &format!("names no variable of a lambda around it{hint}"))
    })
}
