//! `union`, `intersection` and `distinct`: what arrays and objects have together and in common.
//!
//! Source: ARM documentation, "Object functions" (union merges nested objects and replaces nested arrays) and "Array functions".

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::eval::symbol::of_call;
use crate::value::{Key, Object, Shape, Truth, Type, Unknown, Value, ValueKind, Why};

use super::object::{Members, at_least};
use super::{Args, Fault, Function, Run, partial};

/// The functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "union", arity: (2, usize::MAX), run: Run::Partial(None, union) },
    Function { name: "intersection", arity: (2, usize::MAX), run: Run::Partial(None, intersection) },
    Function { name: "distinct", arity: (1, 1), run: Run::Partial(Some(Type::Array), distinct) },
];

/// How many comparisons of partly known elements are made.
const MAX_COMPARISONS: usize = 10_000_000;

/// Whether the arguments are all arrays or all objects; `None` where nothing tells.
fn common_type(args: &Args<'_>) -> Result<Option<Type>, Fault> {
    let mut common = None;
    for (n, value) in args.values.iter().enumerate() {
        match (value.type_of(), common) {
            (None, _) => {}
            (Some(kind @ (Type::Array | Type::Object)), None) => common = Some(kind),
            (Some(kind), Some(earlier)) if kind == earlier => {}
            (Some(_), Some(earlier)) => return Err(args.wrong_type(n, &format!("an {}, like the others", earlier.name()))),
            (Some(_), None) => return Err(args.wrong_type(n, "an array or an object")),
        }
    }
    Ok(common)
}

fn union(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    Ok(match common_type(args)? {
        Some(Type::Object) => Some(union_of_objects(args)),
        Some(_) => Some(union_of_arrays(args, args.values)),
        None => None,
    })
}

fn distinct(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    match args.value(0)?.type_of() {
        Some(Type::Array) => Ok(Some(union_of_arrays(args, args.values))),
        None => Ok(None),
        Some(_) => Err(args.wrong_type(0, "an array")),
    }
}

fn intersection(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    Ok(match common_type(args)? {
        Some(Type::Object) => Some(intersection_of_objects(args)),
        Some(_) => Some(intersection_of_arrays(args)),
        None => None,
    })
}

/// Values that were met, to find an equal one. Wholly known ones are found by their canonical text.
#[derive(Default)]
struct Seen {
    known: BTreeSet<String>,
    /// The known ones again, for what is partly known to be compared with.
    all: Vec<Value>,
    /// Partly known ones, and numbers with a fraction, whose canonical text is not all there is to equality.
    odd: Vec<Value>,
}

impl Seen {
    fn of(values: &[Value]) -> Self {
        let mut seen = Self::default();
        for value in values {
            seen.add(value);
        }
        seen
    }

    fn add(&mut self, value: &Value) {
        if is_plain(value) {
            self.known.insert(value.canonical());
            self.all.push(value.clone());
        } else {
            self.odd.push(value.clone());
        }
    }

    /// Whether one that equals `value` was met.
    fn has(&self, value: &Value) -> Truth {
        let among = |values: &[Value]| values.iter().fold(Truth::False, |found, other| found.or(other.equals(value)));
        if is_plain(value) {
            if self.known.contains(&value.canonical()) { Truth::True } else { among(&self.odd) }
        } else {
            among(&self.all).or(among(&self.odd))
        }
    }

    /// Whether so many were met that comparing `more` with them takes too long.
    fn is_too_much(&self, more: usize) -> bool {
        let odd = self.odd.len().saturating_mul(self.all.len().saturating_add(more));
        odd > MAX_COMPARISONS
    }
}

/// Whether a value is known to its last leaf and equal values have equal canonical texts.
fn is_plain(value: &Value) -> bool {
    match &value.kind {
        ValueKind::Unknown(_) | ValueKind::Float(_) => false,
        ValueKind::Array(items) => items.iter().all(is_plain),
        ValueKind::Object(object) => object.iter().all(|(_, value)| is_plain(value)),
        ValueKind::Null | ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Str(_) => true,
    }
}

/// The elements that are certainly in an array, and whether these are all.
fn elements(value: &Value) -> (&[Value], bool) {
    match &value.kind {
        ValueKind::Array(items) => (items, true),
        ValueKind::Unknown(unknown) => match &unknown.shape {
            Shape::Items(items) => (items, false),
            _ => (&[], false),
        },
        _ => (&[], false),
    }
}

/// Every element once, where it comes first. Where two may be equal, only those that certainly differ are sure to be there.
fn union_of_arrays(args: &Args<'_>, arrays: &[Value]) -> Value {
    let mut seen = Seen::default();
    let mut out = Vec::new();
    let mut complete = true;
    for value in arrays {
        let (items, whole) = elements(value);
        complete &= whole;
        if out.len() + items.len() > partial::MAX_ITEMS {
            return partial::too_many(args);
        }
        for item in items {
            match seen.has(item) {
                Truth::True => {}
                Truth::False => {
                    seen.add(item);
                    out.push(item.clone());
                }
                Truth::Unknown => complete = false,
            }
            if seen.is_too_much(items.len()) {
                return partial::limit(args, "10,000,000 comparisons of array elements", Shape::Of(Type::Array));
            }
        }
    }
    if complete { partial::array(args, out) } else { partial::items(args, out) }
}

fn intersection_of_arrays(args: &Args<'_>) -> Value {
    let Some((first, others)) = args.values.split_first() else { return partial::typed(args, Type::Array) };
    let (items, mut complete) = elements(first);
    let others: Vec<(Seen, bool)> = others.iter().map(elements).map(|(items, whole)| (Seen::of(items), whole)).collect();
    if others.iter().any(|(seen, _)| seen.is_too_much(items.len())) {
        return partial::limit(args, "10,000,000 comparisons of array elements", Shape::Of(Type::Array));
    }
    let mut seen = Seen::default();
    let mut out = Vec::new();
    for item in items {
        let shared = others.iter().fold(Truth::True, |shared, (other, whole)| {
            let found = other.has(item);
            shared.and(if *whole { found } else { found.or(Truth::Unknown) })
        });
        match (shared, seen.has(item)) {
            (Truth::False, _) | (_, Truth::True) => {}
            (Truth::True, Truth::False) => {
                seen.add(item);
                out.push(item.clone());
            }
            (Truth::Unknown, _) | (Truth::True, Truth::Unknown) => complete = false,
        }
        if seen.is_too_much(items.len()) {
            return partial::limit(args, "10,000,000 comparisons of array elements", Shape::Of(Type::Array));
        }
    }
    if complete { partial::array(args, out) } else { partial::items(args, out) }
}

fn intersection_of_objects(args: &Args<'_>) -> Value {
    let Some((first, others)) = args.values.split_first() else { return partial::typed(args, Type::Object) };
    let (known, mut complete) = match &first.kind {
        ValueKind::Object(object) => (object.as_ref(), true),
        ValueKind::Unknown(unknown) => match &unknown.shape {
            Shape::Members(members) => (members.as_ref(), false),
            _ => return partial::typed(args, Type::Object),
        },
        _ => return partial::typed(args, Type::Object),
    };
    let mut out = Object::new();
    for (key, value) in known.iter() {
        match others.iter().fold(Truth::True, |shared, other| shared.and(has_member(other, key, value))) {
            Truth::True => out.push(key.clone(), value.clone()),
            Truth::False => {}
            Truth::Unknown => complete = false,
        }
    }
    if complete { Value::object(out, args.call) } else { at_least(args, out) }
}

/// Whether an object has this very member.
fn has_member(object: &Value, key: &Key, value: &Value) -> Truth {
    let equals = |other: &Value| other.equals(value);
    match &object.kind {
        ValueKind::Object(object) => object.get(key.as_str()).map_or(Truth::False, equals),
        ValueKind::Unknown(unknown) => match &unknown.shape {
            Shape::Members(members) => members.get(key.as_str()).map_or(Truth::Unknown, equals),
            _ => Truth::Unknown,
        },
        _ => Truth::False,
    }
}

fn union_of_objects(args: &Args<'_>) -> Value {
    let mut values = args.values.iter();
    let Some(first) = values.next() else { return partial::typed(args, Type::Object) };
    let merged = values.fold(first.clone(), |merged, value| merge(&merged, value));
    match merged.kind {
        ValueKind::Object(object) => args.result(ValueKind::Object(object)),
        ValueKind::Unknown(unknown) => match &unknown.shape {
            Shape::Members(members) => at_least(args, members.as_ref().clone()),
            _ => partial::typed(args, Type::Object),
        },
        _ => partial::typed(args, Type::Object),
    }
}

/// `later` over `earlier`: two objects are merged, anything else is replaced. No deeper than the evaluator lets values nest.
fn merge(earlier: &Value, later: &Value) -> Value {
    let may_merge = |value: &Value| matches!(value.type_of(), None | Some(Type::Object));
    if !may_merge(earlier) || !may_merge(later) {
        return later.clone();
    }
    match (&earlier.kind, &later.kind) {
        (ValueKind::Object(old), ValueKind::Object(new)) => {
            let mut members = Members::default();
            for (key, value) in old.iter() {
                members.set(key, value.clone());
            }
            for (key, value) in new.iter() {
                let merged = members.get(key).map_or_else(|| value.clone(), |old| merge(old, value));
                members.set(key, merged);
            }
            Value::object(members.finish(), later.origin.written)
        }
        (_, ValueKind::Object(new)) => merge_onto_unknown(earlier, later, new),
        (_, ValueKind::Unknown(unknown)) => match &unknown.shape {
            Shape::Members(new) => merge_unknown(earlier, later, new),
            _ => uncertain(earlier, later, &[earlier, later], Object::new()),
        },
        _ => later.clone(),
    }
}

/// Known members over an object of which at most some members are known: what is written over is certain.
fn merge_onto_unknown(earlier: &Value, later: &Value, new: &Object) -> Value {
    let old = members_of(earlier);
    let mut members = Members::default();
    for (key, value) in old.into_iter().flat_map(Object::iter) {
        members.set(key, value.clone());
    }
    for (key, value) in new.iter() {
        let merged = match members.get(key) {
            Some(old) => merge(old, value),
            None => merge(&member_of(earlier, key), value),
        };
        members.set(key, merged);
    }
    uncertain(earlier, later, &[earlier], members.finish())
}

/// An object of which some members are known over another: those that cannot merge with anything are certain.
fn merge_unknown(earlier: &Value, later: &Value, new: &Object) -> Value {
    let mut members = Object::new();
    for (key, value) in new.iter() {
        let replaces = !matches!(value.type_of(), None | Some(Type::Object))
            || earlier.as_object().is_some_and(|object| object.get(key.as_str()).is_none());
        if replaces {
            members.push(key.clone(), value.clone());
        }
    }
    uncertain(earlier, later, &[earlier, later], members)
}

/// What is known of a member of an unknown object that nobody has seen.
fn member_of(object: &Value, key: &Key) -> Value {
    let symbol = of_call("tryGet", &[object.clone(), Value::string(key.as_str().to_ascii_lowercase(), object.origin.written)]);
    let why = object.first_unknown().map_or_else(|| Why::Runtime("union".into()), |unknown| unknown.why.clone());
    Value::unknown(Unknown::named(why, symbol), object.origin.written)
}

fn members_of(value: &Value) -> Option<&Object> {
    match &value.as_unknown()?.shape {
        Shape::Members(members) => Some(members),
        _ => None,
    }
}

/// The union of two values of which `doubtful` may be objects or not: an object with at least `members` if none is in doubt.
fn uncertain(earlier: &Value, later: &Value, doubtful: &[&Value], members: Object) -> Value {
    let symbol = of_call("union", &[earlier.clone(), later.clone()]);
    let why = [earlier, later].iter().find_map(|value| value.first_unknown()).map(|unknown| unknown.why.clone());
    let is_object = later.type_of() == Some(Type::Object) || doubtful.iter().all(|value| value.type_of() == Some(Type::Object));
    let shape = match (is_object, members.is_empty()) {
        (false, _) => Shape::Any,
        (true, true) => Shape::Of(Type::Object),
        (true, false) => Shape::Members(Arc::new(members)),
    };
    let unknown = Unknown::named(why.unwrap_or_else(|| Why::Runtime("union".into())), symbol).shaped(shape);
    Value::unknown(unknown, later.origin.written)
}

#[cfg(test)]
mod tests {
    use super::super::FaultKind;
    use super::super::trial::{a, array, fault, i, monotone, o, object, s, shown, unknown, unknown_of};
    use super::Type;
    use proptest::prelude::{any, proptest};

    #[test]
    fn union_merges_objects_and_replaces_arrays() {
        let first = o(&[("Property", o(&[("one", s("a")), ("three", s("c1"))])), ("nestedArray", a(&[i(1), i(2)]))]);
        let second = o(&[("property", o(&[("three", s("c2")), ("four", s("d"))])), ("nestedArray", a(&[i(3)]))]);
        assert_eq!(shown("union", &[first, second]), "{Property:{four:'d',one:'a',three:'c2'},nestedArray:[3]}");
    }

    #[test]
    fn arrays_keep_the_first_of_equal_elements() {
        assert_eq!(shown("union", &[a(&[a(&[i(1)]), s("x")]), a(&[s("X"), a(&[i(1)]), s("x")])]), "[[1],'x','X']");
        assert_eq!(shown("distinct", &[a(&[i(3), i(1), i(3)])]), "[3,1]");
        assert_eq!(shown("intersection", &[a(&[i(1), i(2), i(2), i(3)]), a(&[i(3), i(2)])]), "[2,3]");
    }

    #[test]
    fn intersection_of_objects_compares_whole_members() {
        let first = o(&[("a", i(1)), ("b", o(&[("x", i(1))])), ("c", i(3))]);
        let second = o(&[("A", i(1)), ("b", o(&[("x", i(2))]))]);
        assert_eq!(shown("intersection", &[first, second]), "{a:1}");
    }

    #[test]
    fn kinds_do_not_mix() {
        assert_eq!(fault("union", &[a(&[]), o(&[])]), FaultKind::Type);
        assert_eq!(fault("intersection", &[unknown("p"), s("a")]), FaultKind::Type);
    }

    #[test]
    fn only_what_is_certain_is_said_of_a_partly_known_union() {
        let known = o(&[("a", i(1)), ("b", i(2))]);
        let unknown_object = unknown_of(Type::Object, "p");
        assert_eq!(shown("union", &[unknown_object.clone(), known.clone()]), "object with {a:1,b:2}");
        assert_eq!(shown("union", &[known.clone(), unknown_object.clone()]), "unknown object");
        assert_eq!(shown("union", &[unknown("p"), unknown("q")]), "unknown");
        let nested = o(&[("a", o(&[("x", i(1))]))]);
        assert_eq!(shown("union", &[unknown_object, nested]), "object with {a:union(tryget(p,'a'),{\"x\":1})}");
        assert_eq!(shown("union", &[a(&[i(1), unknown("p")]), a(&[i(2)])]), "array with [1,2]", "`p` may be one of them");
        assert_eq!(shown("union", &[a(&[i(1)]), a(&[unknown_of(Type::String, "p"), i(2)])]), "[1,p,2]");
        assert_eq!(shown("intersection", &[a(&[i(1), i(2)]), a(&[unknown("p"), i(2)])]), "array with [2]");
    }

    proptest! {
        #[test]
        fn sets_are_monotone(x in array(), y in array(), z in array(), seed in any::<u64>()) {
            monotone("union", &[x.clone(), y.clone()], seed);
            monotone("intersection", &[x.clone(), y, z], seed);
            monotone("distinct", &[x], seed);
        }

        #[test]
        fn merges_are_monotone(x in object(), y in object(), z in object(), seed in any::<u64>()) {
            let deep = |value| o(&[("a", value)]);
            monotone("union", &[deep(x.clone()), deep(y.clone()), z.clone()], seed);
            monotone("union", &[x.clone(), y.clone()], seed);
            monotone("intersection", &[x, y, z], seed);
        }
    }
}
