//! Functions that make objects and take them apart.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::sync::Arc;

use crate::value::{Key, Object, Shape, Type, Value, ValueKind};

use super::partial;
use super::string::text_argument;
use super::{Args, Fault, FaultKind, Function, Run, order};

/// The functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "null", arity: (0, 0), run: Run::Pure(Some(Type::Null), |args| Ok(Value::null(args.call))) },
    Function { name: "createObject", arity: (0, usize::MAX), run: Run::Partial(Some(Type::Object), create_object) },
    Function { name: "items", arity: (1, 1), run: Run::Partial(Some(Type::Array), items) },
    Function { name: "objectKeys", arity: (1, 1), run: Run::Partial(Some(Type::Array), object_keys) },
    Function { name: "shallowMerge", arity: (1, 1), run: Run::Partial(Some(Type::Object), shallow_merge) },
    Function { name: "tryGet", arity: (2, usize::MAX), run: Run::Partial(None, try_get) },
];

/// Members on their way into an object: a key that comes again keeps its first spelling and place.
#[derive(Default)]
pub(super) struct Members {
    list: Vec<(Key, Value)>,
    places: BTreeMap<String, usize>,
}

impl Members {
    /// Adds or replaces a member.
    pub(super) fn set(&mut self, key: &Key, value: Value) {
        let place = self.places.entry(key.as_str().to_ascii_lowercase()).or_insert(self.list.len());
        match self.list.get_mut(*place) {
            Some((_, slot)) => *slot = value,
            None => self.list.push((key.clone(), value)),
        }
    }

    /// The value of a key so far.
    pub(super) fn get(&self, key: &Key) -> Option<&Value> {
        let place = self.places.get(&key.as_str().to_ascii_lowercase())?;
        self.list.get(*place).map(|(_, value)| value)
    }

    /// The object.
    pub(super) fn finish(self) -> Object {
        let mut object = Object::new();
        for (key, value) in self.list {
            object.push(key, value);
        }
        object
    }

    /// The object as a result; if it may have other members, one with at least these.
    pub(super) fn result(self, args: &Args<'_>, complete: bool) -> Value {
        let object = self.finish();
        if complete {
            return Value::object(object, args.call);
        }
        at_least(args, object)
    }
}

/// An object with at least these members.
pub(super) fn at_least(args: &Args<'_>, object: Object) -> Value {
    if object.is_empty() { partial::typed(args, Type::Object) } else { args.unknown(Shape::Members(Arc::new(object))) }
}

fn create_object(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    if !args.len().is_multiple_of(2) {
        let message = "`createObject` takes pairs of a key and a value, and the last key has none".to_owned();
        return Err(Fault { kind: FaultKind::Arity, span: args.call, message });
    }
    let mut members = Members::default();
    let mut complete = true;
    for n in (0..args.len()).step_by(2) {
        let value = args.value(n + 1)?.clone();
        let key = text_argument(args, n)?;
        match key.as_ref().and_then(|key| key.known()) {
            Some(key) => members.set(&Key::new(key), value),
            None => {
                // An unknown key may be any of those before it.
                members = Members::default();
                complete = false;
            }
        }
    }
    Ok(Some(members.result(args, complete)))
}

/// The members of the object at `index`; `None` where they are unknown.
fn members<'a>(args: &Args<'a>, index: usize) -> Result<Option<&'a Object>, Fault> {
    let value = args.value(index)?;
    match (value.as_object(), value.type_of()) {
        (Some(object), _) => Ok(Some(object)),
        (None, None) => Ok(None),
        (None, Some(Type::Object)) => Ok(None),
        (None, Some(_)) => Err(args.wrong_type(index, "an object")),
    }
}

/// The members in the order of their keys: that of the culture, lower case first where only case differs.
///
/// The order of letters outside ASCII is that of a table which is not here; with such keys, code points decide.
fn sorted(object: &Object) -> Vec<(&Key, &Value)> {
    let mut members: Vec<_> = object.iter().collect();
    if members.iter().all(|(key, _)| key.as_str().is_ascii()) {
        members.sort_by(|a, b| order::compare(a.0.as_str(), b.0.as_str()).unwrap_or(Ordering::Equal));
    } else {
        members.sort_by(|a, b| a.0.cmp(b.0));
    }
    members
}

fn items(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let Some(object) = members(args, 0)? else { return Ok(None) };
    let (key_name, value_name) = (Key::new("key"), Key::new("value"));
    let items = sorted(object).into_iter().map(|(key, value)| {
        let mut item = Object::new();
        item.push(key_name.clone(), Value::string(key.shared(), args.call));
        item.push(value_name.clone(), value.clone());
        Value::object(item, args.call)
    });
    Ok(Some(partial::array(args, items.collect())))
}

fn object_keys(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let Some(object) = members(args, 0)? else { return Ok(None) };
    let keys = sorted(object).into_iter().map(|(key, _)| Value::string(key.shared(), args.call));
    Ok(Some(partial::array(args, keys.collect())))
}

fn shallow_merge(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let list = args.value(0)?;
    let Some(list) = list.as_array() else {
        return match list.type_of() {
            None | Some(Type::Array) => Ok(None),
            Some(_) => Err(args.wrong_type(0, "an array of objects")),
        };
    };
    let mut merged = Members::default();
    let mut complete = true;
    for element in list {
        let known = match &element.kind {
            ValueKind::Object(object) => object,
            ValueKind::Unknown(unknown) if matches!(element.type_of(), None | Some(Type::Object)) => {
                // What came before may be overwritten.
                merged = Members::default();
                complete = false;
                let Shape::Members(object) = &unknown.shape else { continue };
                object
            }
            _ => return Err(args.fault(FaultKind::Type, 0, "must hold nothing but objects")),
        };
        for (key, value) in known.iter() {
            merged.set(key, value.clone());
        }
    }
    Ok(Some(merged.result(args, complete)))
}

fn try_get(args: &Args<'_>) -> Result<Option<Value>, Fault> {
    let mut value = args.value(0)?;
    for n in 1..args.len() {
        let key = args.value(n)?;
        let found = match (&value.kind, &key.kind) {
            (ValueKind::Null, _) => None,
            (ValueKind::Unknown(unknown), _) => match (&unknown.shape, key.as_str()) {
                (Shape::Members(members), Some(key)) if members.get(key).is_some() => members.get(key),
                (Shape::Of(Type::Null), _) => None,
                _ => return Ok(None),
            },
            (ValueKind::Object(_) | ValueKind::Array(_), ValueKind::Unknown(_)) => return Ok(None),
            (ValueKind::Object(object), ValueKind::Str(key)) => object.get(key),
            (ValueKind::Array(items), ValueKind::Int(index)) => usize::try_from(*index).ok().and_then(|at| items.get(at)),
            (ValueKind::Object(_), _) => return Err(args.wrong_type(n, "a string, the key of an object")),
            (ValueKind::Array(_), _) => return Err(args.wrong_type(n, "an integer, the index of an array")),
            _ => return Err(args.fault(FaultKind::Type, n, "asks for a part of what is neither object nor array")),
        };
        match found {
            Some(found) => value = found,
            None => return Ok(Some(Value::null(args.call))),
        }
    }
    Ok(Some(value.clone()))
}

#[cfg(test)]
mod tests {
    use super::super::FaultKind;
    use super::super::trial::{
        a, array, call, fault, i, monotone, null, o, object, s, shown, string, unknown, unknown_of, value,
    };
    use super::Type;
    use proptest::prelude::{any, proptest};

    #[test]
    fn objects_are_taken_apart_in_the_order_of_their_keys() {
        let object = o(&[("defKey", i(1)), ("ABCKey", i(2)), ("abcKey", i(3)), ("123Key", i(4))]);
        assert_eq!(shown("objectKeys", std::slice::from_ref(&object)), "['123Key','abcKey','ABCKey','defKey']");
        assert_eq!(shown("items", &[o(&[("b", i(1)), ("a", i(2))])]), "[{key:'a',value:2},{key:'b',value:1}]");
    }

    #[test]
    fn a_later_member_wins_and_the_first_spelling_stays() {
        let merged = [o(&[("ABC", i(0)), ("x", i(1))]), o(&[("aBC", null())])];
        assert_eq!(shown("shallowMerge", &[a(&merged)]), "{ABC:null,x:1}");
    }

    #[test]
    fn a_missing_part_is_null() {
        let object = o(&[("a", a(&[i(1), o(&[("B", s("x"))])])), ("n", null())]);
        for (path, expected) in [
            (vec![s("A"), i(1), s("b")], "'x'"),
            (vec![s("a"), i(2), s("b")], "null"),
            (vec![s("a"), i(-1)], "null"),
            (vec![s("n"), s("b")], "null"),
            (vec![s("z"), i(0)], "null"),
        ] {
            let mut arguments = vec![object.clone()];
            arguments.extend(path.clone());
            assert_eq!(shown("tryGet", &arguments), expected, "{path:?}");
        }
    }

    #[test]
    fn what_an_unknown_may_overwrite_is_not_certain() {
        assert_eq!(shown("createObject", &[s("a"), i(1), unknown("k"), i(2), s("b"), unknown("v")]), "object with {b:v}");
        let list = a(&[o(&[("a", i(1))]), unknown_of(Type::Object, "p"), o(&[("b", i(2))])]);
        assert_eq!(shown("shallowMerge", &[list]), "object with {b:2}");
        assert_eq!(call("tryGet", &[o(&[("a", unknown("p"))]), s("a")]).unwrap().canonical(), "p");
        assert_eq!(shown("tryGet", &[unknown("p"), s("a")]), "unknown");
    }

    #[test]
    fn wrong_arguments_are_faults() {
        assert_eq!(fault("createObject", &[s("a")]), FaultKind::Arity);
        assert_eq!(fault("createObject", &[i(1), i(1)]), FaultKind::Type);
        assert_eq!(fault("items", &[s("a")]), FaultKind::Type);
        assert_eq!(fault("shallowMerge", &[a(&[a(&[])])]), FaultKind::Type);
        assert_eq!(fault("tryGet", &[a(&[]), s("a")]), FaultKind::Type);
    }

    proptest! {
        #[test]
        fn objects_are_monotone(x in object(), y in object(), key in string(), z in value(), seed in any::<u64>()) {
            monotone("items", std::slice::from_ref(&x), seed);
            monotone("objectKeys", std::slice::from_ref(&x), seed);
            monotone("shallowMerge", &[a(&[x.clone(), y.clone(), x.clone()])], seed);
            monotone("createObject", &[key.clone(), z.clone(), s("a"), z.clone(), key, x.clone()], seed);
            monotone("tryGet", &[x.clone(), s("a"), s("b")], seed);
            monotone("tryGet", &[z, s("a"), i(0)], seed);
        }

        #[test]
        fn elements_are_monotone(x in array(), seed in any::<u64>()) {
            monotone("tryGet", &[x, i(1), s("a")], seed);
        }
    }
}
