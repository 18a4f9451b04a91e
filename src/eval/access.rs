//! `.name` and `[index]`: the parts of values, known or not, and the way they came.

use std::sync::Arc;

use super::cases::{MAX_CASES, one_of};
use super::{Fault, FaultKind, Scope, symbol};
use crate::diagnostic::nearest;
use crate::source::Span;
use crate::value::{Object, Origin, Shape, Type, Unknown, Value, ValueKind};

/// Where an access stands: the whole of it, and the name or the index.
#[derive(Clone, Copy)]
pub(super) struct Access {
    pub(super) whole: Span,
    pub(super) part: Span,
}

impl Access {
    fn fault(self, kind: FaultKind, message: String) -> Fault {
        Fault { kind, span: self.part, message }
    }
}

impl Scope {
    /// `holder.name`; names compare without case.
    pub(super) fn member(&self, holder: &Value, name: &str, at: Access) -> Result<Value, Fault> {
        match &holder.kind {
            ValueKind::Object(object) => match object.get(name) {
                Some(part) => Ok(self.part(holder, part, || name.into(), at)),
                None => Err(at.fault(FaultKind::PropertyNotFound, no_property(object, name))),
            },
            ValueKind::Unknown(unknown) => match &unknown.shape {
                Shape::OneOf(cases) => {
                    let outcomes = cases.iter().map(|case| self.member(case, name, at));
                    let one = self.any_of(outcomes, &unknown.why, || symbol::of_member(unknown.symbol(), name), at.whole)?;
                    Ok(stands(holder, one, at))
                }
                Shape::Members(known) if known.get(name).is_some() => {
                    Ok(known.get(name).map_or_else(|| Value::null(at.whole), |part| self.part(holder, part, || name.into(), at)))
                }
                Shape::Any | Shape::Members(_) | Shape::Of(Type::Object) => {
                    let part = Unknown::named(unknown.why.clone(), symbol::of_member(unknown.symbol(), name));
                    Ok(unknown_part(holder, part, at))
                }
                Shape::Of(_) | Shape::Text(_) | Shape::Items(_) => Err(no_members(holder, name, at)),
            },
            _ => Err(no_members(holder, name, at)),
        }
    }

    /// `holder[index]`
    pub(super) fn element(&self, holder: &Value, index: &Value, at: Access) -> Result<Value, Fault> {
        if let Some(unknown) = index.as_unknown() {
            if let Shape::OneOf(cases) = &unknown.shape {
                let outcomes = cases.iter().map(|case| self.element(holder, case, at));
                return self.any_of(outcomes, &unknown.why, || symbol::of_element(holder, index), at.whole);
            }
            return self.some_element(holder, index, unknown, at);
        }
        match (&holder.kind, &index.kind) {
            (_, ValueKind::Str(name)) if holder.type_of().is_none_or(|kind| kind == Type::Object) => {
                self.member(holder, name, at)
            }
            (ValueKind::Array(items), ValueKind::Int(wanted)) => {
                match usize::try_from(*wanted).ok().and_then(|wanted| items.get(wanted)) {
                    Some(part) => Ok(self.part(holder, part, || format!("[{wanted}]").into(), at)),
                    None => Err(at.fault(FaultKind::OutOfRange, out_of_range(*wanted, items.len()))),
                }
            }
            (ValueKind::Unknown(unknown), ValueKind::Int(wanted)) => match &unknown.shape {
                Shape::OneOf(cases) => {
                    let outcomes = cases.iter().map(|case| self.element(case, index, at));
                    let one = self.any_of(outcomes, &unknown.why, || symbol::of_element(holder, index), at.whole)?;
                    Ok(stands(holder, one, at))
                }
                Shape::Any | Shape::Items(_) | Shape::Of(Type::Array) if *wanted >= 0 => {
                    Ok(unknown_part(holder, an_element(holder, index, unknown), at))
                }
                _ => Err(no_element(holder, index, at)),
            },
            _ => Err(no_element(holder, index, at)),
        }
    }

    /// What a deployment hands to a parameter by an entry that an expression makes, an object with `value` or `reference`:
    /// the value, `secret` for a reference, and null where it hands nothing. A fault for what is no object.
    pub(super) fn handed(&self, entry: &Value, secret: &dyn Fn() -> Value) -> Result<Value, Fault> {
        let at = Access { whole: entry.origin.written, part: entry.origin.written };
        match &entry.kind {
            ValueKind::Null => Ok(entry.clone()),
            ValueKind::Object(object) => Ok(match (object.get("value"), object.get("reference")) {
                (Some(value), _) => value.clone(),
                (None, Some(_)) => secret(),
                (None, None) => Value::null(at.whole),
            }),
            ValueKind::Unknown(unknown) => match &unknown.shape {
                Shape::OneOf(cases) => {
                    let outcomes = cases.iter().map(|case| self.handed(case, secret));
                    self.any_of(outcomes, &unknown.why, || symbol::of_member(unknown.symbol(), "value"), at.whole)
                }
                Shape::Members(known) if known.get("value").is_none() && known.get("reference").is_some() => Ok(secret()),
                _ => self.member(entry, "value", at),
            },
            _ => {
                let found = a(entry.type_of().map_or("value", Type::name));
                let message =
                    format!("a deployment hands a parameter an object with `value` or `reference`, and this is {found}");
                Err(at.fault(FaultKind::Type, message))
            }
        }
    }

    /// The element at an index that is unknown: any of those there are.
    fn some_element(&self, holder: &Value, index: &Value, unknown: &Unknown, at: Access) -> Result<Value, Fault> {
        let fits = |wanted: Type| unknown.shape.type_of().is_none_or(|known| known == wanted);
        let parts: Vec<&Value> = match &holder.kind {
            ValueKind::Array(items) if fits(Type::Int) => items.iter().collect(),
            ValueKind::Object(object) if fits(Type::String) => object.iter().map(|(_, value)| value).collect(),
            ValueKind::Unknown(of) if of.shape.type_of().is_none_or(|kind| matches!(kind, Type::Array | Type::Object)) => {
                return Ok(unknown_part(holder, an_element(holder, index, of), at));
            }
            _ => return Err(no_element(holder, index, at)),
        };
        match parts.len() {
            0 if holder.as_array().is_some() => Err(at.fault(FaultKind::OutOfRange, "the array is empty".to_owned())),
            1..=MAX_CASES => {
                let parts = parts.into_iter().map(|part| self.part(holder, part, || "[?]".into(), at));
                Ok(one_of(parts, &unknown.why, || symbol::of_element(holder, index), at.whole))
            }
            _ => Ok(unknown_part(holder, an_element(holder, index, unknown), at)),
        }
    }

    /// `part` of `holder` as it stands at the access: it came the way of the holder.
    fn part(&self, holder: &Value, part: &Value, name: impl FnOnce() -> Arc<str>, at: Access) -> Value {
        self.limits.work(holder.origin.hops().count() as u64);
        Value { kind: part.kind.clone(), origin: holder.origin.of_part(part.origin.clone(), name, at.whole) }
    }
}

/// An unknown part: it stands at the access, and came the way of the holder.
fn unknown_part(holder: &Value, part: Unknown, at: Access) -> Value {
    stands(holder, Value::unknown(part, at.whole), at)
}

/// `value` with the way of the holder where it has none of its own.
fn stands(holder: &Value, mut value: Value, at: Access) -> Value {
    if value.origin.via.is_none() {
        value.origin = Origin { written: at.whole, via: holder.origin.via.clone() };
    }
    value
}

fn an_element(holder: &Value, index: &Value, because: &Unknown) -> Unknown {
    Unknown::named(because.why.clone(), symbol::of_element(holder, index))
}

fn no_property(object: &Object, name: &str) -> String {
    let hint = match nearest(name, object.iter().map(|(key, _)| key.as_str())) {
        Some(near) => format!("; there is `{near}`"),
        None if object.is_empty() => "; it is empty".to_owned(),
        None => {
            let known: Vec<_> = object.iter().take(8).map(|(key, _)| format!("`{key}`")).collect();
            format!("; it has {}{}", known.join(", "), if object.len() > 8 { ", …" } else { "" })
        }
    };
    format!("the object has no property `{name}`{hint}")
}

fn no_members(holder: &Value, name: &str, at: Access) -> Fault {
    let found = holder.type_of().map_or("value", Type::name);
    at.fault(FaultKind::Type, format!("property `{name}` is asked of {}, and only an object has properties", a(found)))
}

fn no_element(holder: &Value, index: &Value, at: Access) -> Fault {
    let found = |value: &Value| value.type_of().map_or("value", Type::name);
    let message = match holder.type_of() {
        Some(Type::Array) => format!("an array is indexed by an integer from 0, and this is {}", a(found(index))),
        Some(Type::Object) => format!("an object is indexed by a string, and this is {}", a(found(index))),
        _ => format!("only an array or an object has elements, and this is {}", a(found(holder))),
    };
    at.fault(FaultKind::Type, message)
}

fn out_of_range(wanted: i64, len: usize) -> String {
    match len {
        0 => format!("index {wanted} is outside of the array, which is empty"),
        _ => format!("index {wanted} is outside of the array, whose last index is {}", len - 1),
    }
}

/// A type's name with its article.
pub(super) fn a(kind: &str) -> String {
    match kind {
        "null" => kind.to_owned(),
        _ if kind.starts_with(['a', 'i', 'o']) => format!("an {kind}"),
        _ => format!("a {kind}"),
    }
}
