//! How the functions are tried: a call by name, values to call with, and the law that a partial result agrees with the whole.

use proptest::collection;
use proptest::prelude::{BoxedStrategy, Just, Strategy, any, prop_oneof, proptest};

use crate::eval::symbol::of_call;
use crate::source::{FileId, Span};
use crate::value::{Key, Object, Piece, Shape, Text, Truth, Type, Unknown, Value, ValueKind, Why};

use super::{Args, Fault, FaultKind, Function, Run};

/// Where everything stands in these tests.
pub(super) fn here() -> Span {
    Span::new(FileId(0), 0, 1)
}

/// The function of that name.
pub(super) fn function(name: &str) -> &'static Function {
    super::find(name).unwrap()
}

/// Calls a function as the evaluator does: arity first, and a pure one only with known arguments.
pub(super) fn call(name: &str, values: &[Value]) -> Result<Value, Fault> {
    let function = function(name);
    let spans: Vec<Span> = (0..).zip(values).map(|(n, _)| Span::new(FileId(0), n + 10, n + 11)).collect();
    let args = Args { name: function.name, call: here(), values, spans: &spans };
    if values.len() < function.arity.0 || values.len() > function.arity.1 {
        return Err(Fault { kind: FaultKind::Arity, span: here(), message: String::new() });
    }
    let unknown = |kind: Option<Type>| args.unknown(kind.map_or(Shape::Any, Shape::Of));
    match &function.run {
        Run::Pure(kind, _) if values.iter().any(|value| value.first_unknown().is_some()) => Ok(unknown(*kind)),
        Run::Pure(_, body) => body(&args),
        Run::Partial(kind, body) => {
            let result = body(&args)?;
            assert!(result.is_some() || values.iter().any(|value| value.first_unknown().is_some()), "{name} knows everything");
            Ok(result.unwrap_or_else(|| unknown(*kind)))
        }
        Run::Lazy(_) => panic!("{name} needs the evaluator"),
    }
}

/// The result as text: canonical where known, the shape where not.
pub(super) fn shown(name: &str, values: &[Value]) -> String {
    show(&call(name, values).unwrap())
}

/// The kind of fault that a call gives.
pub(super) fn fault(name: &str, values: &[Value]) -> FaultKind {
    call(name, values).unwrap_err().kind
}

fn show(value: &Value) -> String {
    let Some(unknown) = value.as_unknown() else { return plain(value) };
    match &unknown.shape {
        Shape::Any => "unknown".to_owned(),
        Shape::Of(kind) => format!("unknown {}", kind.name()),
        Shape::Text(text) => {
            let (least, most) = text.length();
            let most = most.map_or(String::new(), |most| most.to_string());
            format!("text {} of {least}..{most}", text.canonical())
        }
        Shape::OneOf(values) => format!("one of {}", list(values)),
        Shape::Items(items) => format!("array with {}", list(items)),
        Shape::Members(members) => format!("object with {}", plain(&Value::object(members.as_ref().clone(), here()))),
    }
}

fn list(values: &[Value]) -> String {
    format!("[{}]", values.iter().map(plain).collect::<Vec<_>>().join(","))
}

/// The canonical text with bare keys, sorted.
fn plain(value: &Value) -> String {
    match &value.kind {
        ValueKind::Array(items) => list(items),
        ValueKind::Object(object) => {
            let mut members: Vec<_> = object.iter().map(|(key, value)| format!("{key}:{}", plain(value))).collect();
            members.sort();
            format!("{{{}}}", members.join(","))
        }
        _ => value.canonical(),
    }
}

/// A string.
pub(super) fn s(text: &str) -> Value {
    Value::string(text, here())
}

/// An integer.
pub(super) fn i(int: i64) -> Value {
    Value::new(ValueKind::Int(int), here())
}

/// A boolean.
pub(super) fn b(value: bool) -> Value {
    Value::new(ValueKind::Bool(value), here())
}

/// `null`
pub(super) fn null() -> Value {
    Value::null(here())
}

/// An array.
pub(super) fn a(items: &[Value]) -> Value {
    Value::array(items.to_vec(), here())
}

/// An object.
pub(super) fn o(members: &[(&str, Value)]) -> Value {
    let mut object = Object::new();
    for (key, value) in members {
        object.push(Key::new(*key), value.clone());
    }
    Value::object(object, here())
}

/// An unknown of which nothing is known.
pub(super) fn unknown(symbol: &str) -> Value {
    Value::unknown(Unknown::new(Why::Parameter("p".into()), symbol), here())
}

/// An unknown of a known type.
pub(super) fn unknown_of(kind: Type, symbol: &str) -> Value {
    Value::unknown(Unknown::new(Why::Parameter("p".into()), symbol).shaped(Shape::Of(kind)), here())
}

/// A string that starts and ends with known characters.
pub(super) fn text(prefix: &str, symbol: &str, suffix: &str) -> Value {
    let mut text = Text::new();
    text.push_known(prefix);
    text.push_hole(crate::value::Symbol::new(symbol), 0, None);
    text.push_known(suffix);
    let unknown = Unknown::new(Why::Parameter("p".into()), format!("concat('{prefix}',{symbol},'{suffix}')"));
    Value::unknown(unknown.shaped(Shape::Text(text)), here())
}

/// Any value, small.
pub(super) fn value() -> BoxedStrategy<Value> {
    let leaf = prop_oneof![string(), any::<bool>().prop_map(b), (-3_i64..4).prop_map(i), Just(null())];
    leaf.prop_recursive(2, 12, 3, |inner| {
        prop_oneof![
            collection::vec(inner.clone(), 0..4).prop_map(|items| a(&items)),
            collection::vec(("[abAB]", inner), 0..4).prop_map(|members| {
                let object: Object = members.into_iter().map(|(key, value)| (Key::new(key), value)).collect();
                Value::object(object, here())
            }),
        ]
    })
    .boxed()
}

/// A short string of few different characters, so that they meet.
pub(super) fn string() -> BoxedStrategy<Value> {
    "[abAB/ é]{0,5}".prop_map(|text| s(&text)).boxed()
}

/// A small array.
pub(super) fn array() -> BoxedStrategy<Value> {
    collection::vec(value(), 0..5).prop_map(|items| a(&items)).boxed()
}

/// A small object.
pub(super) fn object() -> BoxedStrategy<Value> {
    collection::vec(("[abcABC]{1,2}", value()), 0..5)
        .prop_map(|members| {
            let object: Object = members.into_iter().map(|(key, value)| (Key::new(key), value)).collect();
            Value::object(object, here())
        })
        .boxed()
}

/// A value and what is left of it when `seed` hides parts of it.
///
/// Equal values are hidden behind equal symbols, as the law of symbols wants it.
pub(super) fn hide(value: &Value, seed: &mut u64) -> Value {
    *seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    let choice = *seed >> 60;
    let symbol = of_call("hidden", std::slice::from_ref(value));
    let hidden = |shape: Shape| Value::unknown(Unknown::named(Why::Parameter("p".into()), symbol.clone()).shaped(shape), here());
    match (&value.kind, choice) {
        (_, 0) => hidden(Shape::Any),
        (_, 1) => hidden(value.type_of().map_or(Shape::Any, Shape::Of)),
        (_, 2) => hidden(Shape::OneOf(vec![s("zz"), value.clone(), i(7)].into())),
        (ValueKind::Str(known), 3..=8) => {
            let chars: Vec<char> = known.chars().collect();
            let (from, to) = (chars.len() / 3, chars.len() - chars.len() / 3);
            let part = |range: std::ops::Range<usize>| chars[range].iter().collect::<String>();
            let middle = part(from..to);
            let length = super::text::units(&middle);
            let (least, most) = if choice.is_multiple_of(2) { (length, Some(length)) } else { (length / 2, None) };
            let mut text = Text::new();
            text.push_known(&part(0..from));
            text.push_hole(crate::value::Symbol::new(format!("hidden('{middle}')")), least, most);
            text.push_known(&part(to..chars.len()));
            hidden(Shape::Text(text))
        }
        (ValueKind::Array(items), 3) => hidden(Shape::Items(items.iter().step_by(2).cloned().collect())),
        (ValueKind::Array(items), _) => a(&items.iter().map(|item| hide(item, seed)).collect::<Vec<_>>()),
        (ValueKind::Object(object), 3) => {
            let members: Object = object.iter().step_by(2).map(|(key, value)| (key.clone(), value.clone())).collect();
            hidden(Shape::Members(members.into()))
        }
        (ValueKind::Object(object), _) => {
            let members: Object = object.iter().map(|(key, value)| (key.clone(), hide(value, seed))).collect();
            Value::object(members, here())
        }
        _ => value.clone(),
    }
}

/// Whether `partial` says nothing that `whole` denies.
pub(super) fn agrees(partial: &Value, whole: &Value) -> bool {
    if partial.equals(whole) == Truth::False {
        return false;
    }
    match (&partial.kind, &whole.kind) {
        (ValueKind::Unknown(unknown), _) => match &unknown.shape {
            Shape::Any => true,
            Shape::Of(kind) => whole.type_of() == Some(*kind),
            Shape::Text(text) => whole.as_str().is_some_and(|whole| text_agrees(text, whole)),
            Shape::OneOf(values) => values.iter().any(|value| agrees(value, whole)),
            Shape::Items(items) => whole.as_array().is_some_and(|whole| {
                let mut left: Vec<&Value> = whole.iter().collect();
                items.iter().all(|item| left.iter().position(|other| agrees(item, other)).map(|at| left.remove(at)).is_some())
            }),
            Shape::Members(members) => whole.as_object().is_some_and(|whole| {
                members.iter().all(|(key, value)| whole.get(key.as_str()).is_some_and(|whole| agrees(value, whole)))
            }),
        },
        (ValueKind::Array(items), ValueKind::Array(whole)) => {
            items.len() == whole.len() && items.iter().zip(whole.iter()).all(|(partial, whole)| agrees(partial, whole))
        }
        (ValueKind::Object(object), ValueKind::Object(whole)) => {
            object.len() == whole.len()
                && object.iter().all(|(key, value)| whole.get(key.as_str()).is_some_and(|whole| agrees(value, whole)))
        }
        _ => partial.canonical() == whole.canonical(),
    }
}

/// Whether `whole` has the known pieces in their places and the length that `text` allows.
fn text_agrees(text: &Text, whole: &str) -> bool {
    let (least, most) = text.length();
    let units = super::text::units(whole);
    let ends = whole.starts_with(text.prefix()) && whole.ends_with(text.suffix());
    let inside = text.pieces().all(|piece| !matches!(piece, Piece::Known(known) if !whole.contains(known)));
    ends && inside && units >= least && most.is_none_or(|most| units <= most)
}

/// The law: what is said of hidden arguments agrees with what comes out of the whole ones. A fault agrees with anything but
/// a fault that only the hidden call gives.
pub(super) fn monotone(name: &str, whole: &[Value], mut seed: u64) {
    let hidden: Vec<Value> = whole.iter().map(|value| hide(value, &mut seed)).collect();
    match (call(name, &hidden), call(name, whole)) {
        (Ok(partial), Ok(known)) => {
            assert!(agrees(&partial, &known), "{name}: {} against {} of {hidden:?}", show(&partial), show(&known));
        }
        (Err(fault), Ok(known)) => panic!("{name} faults when less is known: {fault:?}, and gives {}", show(&known)),
        (_, Err(_)) => {}
    }
}

/// The law of symbols: two results with one symbol are one value.
fn one_symbol_one_value(name: &str, a: &[Value], b: &[Value], mut seed: u64) {
    let mut hidden = |values: &[Value]| values.iter().map(|value| hide(value, &mut seed)).collect::<Vec<_>>();
    let (x, y) = (call(name, &hidden(a)), call(name, &hidden(b)));
    let (Ok(x), Ok(y), Ok(a), Ok(b)) = (x, y, call(name, a), call(name, b)) else { return };
    let (Some(p), Some(q)) = (x.as_unknown(), y.as_unknown()) else { return };
    assert!(
        p.symbol() != q.symbol() || a.canonical() == b.canonical(),
        "{name}: {} for both {} and {}",
        p.symbol(),
        show(&a),
        show(&b)
    );
}

proptest! {
    #[test]
    fn one_symbol_is_one_value_of_strings(x in string(), y in string(), z in string(), n in 0_i64..6, m in 0_i64..6, seed in any::<u64>()) {
        for name in ["toLower", "toUpper", "trim", "string", "first", "last", "uniqueString", "guid"] {
            one_symbol_one_value(name, std::slice::from_ref(&x), std::slice::from_ref(&y), seed);
        }
        for name in ["take", "skip", "padLeft", "substring"] {
            one_symbol_one_value(name, &[x.clone(), i(n)], &[y.clone(), i(m)], seed);
        }
        one_symbol_one_value("substring", &[x.clone(), i(n), i(m)], &[y.clone(), i(m), i(n)], seed);
        one_symbol_one_value("concat", &[x.clone(), y.clone()], &[y.clone(), z.clone()], seed);
        one_symbol_one_value("replace", &[x.clone(), s("a"), z.clone()], &[y.clone(), s("a"), z.clone()], seed);
        one_symbol_one_value("format", &[s("a{0,3}b{1}"), x.clone(), y.clone()], &[s("a{0,3}b{1}"), y, z], seed);
    }

    #[test]
    fn one_symbol_is_one_value_of_containers(x in object(), y in object(), p in array(), q in array(), seed in any::<u64>()) {
        for name in ["union", "intersection", "concat", "join", "contains"] {
            one_symbol_one_value(name, &[x.clone(), y.clone()], &[y.clone(), x.clone()], seed);
            one_symbol_one_value(name, &[p.clone(), q.clone()], &[q.clone(), p.clone()], seed);
        }
        for name in ["items", "objectKeys", "string", "flatten", "distinct"] {
            one_symbol_one_value(name, std::slice::from_ref(&x), std::slice::from_ref(&y), seed);
            one_symbol_one_value(name, std::slice::from_ref(&p), std::slice::from_ref(&q), seed);
        }
    }
}
