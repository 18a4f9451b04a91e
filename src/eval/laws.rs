//! The laws that every expression obeys, tried on expressions made at random.
//!
//! The chief one: what the evaluator says while parameters are unknown stays true for every value that they may take. A
//! function takes part with one line in [`FUNCTIONS`].

use std::cell::Cell;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::{any, prop_assert, proptest};
use proptest::test_runner::TestCaseError;

use super::cases::identical;
use super::functions::find;
use super::tests::{binding, read};
use super::{Frame, Given, Scope};
use crate::expr::{Call, Expr, ExprKind, Loop};
use crate::source::{FileId, Span};
use crate::value::{Key, Object, Piece, Shape, Step, Truth, Type, Value, ValueKind};

/// The types that expressions are made of, and `Same` for what an argument and the result have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Bool,
    Int,
    Str,
    Array,
    Object,
    Same,
    Any,
    /// A format string, nearly always a good one.
    Format,
}
use Kind::{Any, Array, Bool, Format, Int, Object as Obj, Same, Str};

/// Functions with the types of their arguments and of their result.
const FUNCTIONS: &[(&str, &[Kind], Kind)] = &[
    ("if", &[Bool, Same, Same], Same),
    ("coalesce", &[Any, Same], Same),
    ("and", &[Bool, Bool], Bool),
    ("or", &[Bool, Bool, Bool], Bool),
    ("not", &[Bool], Bool),
    ("equals", &[Any, Any], Bool),
    ("equals", &[Str, Str], Bool),
    ("less", &[Int, Int], Bool),
    ("greaterOrEquals", &[Str, Str], Bool),
    ("bool", &[Str], Bool),
    ("tenantResourceId", &[Str, Str], Str),
    ("extensionResourceId", &[Str, Str, Str], Str),
    ("resourceId", &[Str, Str], Str),
    ("concat", &[Str, Str], Str),
    ("concat", &[Str, Int, Bool], Str),
    ("concat", &[Array, Array], Array),
    ("format", &[Format, Str, Any], Str),
    ("string", &[Any], Str),
    ("int", &[Str], Int),
    ("toLower", &[Str], Str),
    ("toUpper", &[Str], Str),
    ("trim", &[Str], Str),
    ("replace", &[Str, Str, Str], Str),
    ("split", &[Str, Str], Array),
    ("join", &[Array, Str], Str),
    ("substring", &[Str, Int, Int], Str),
    ("substring", &[Str, Int], Str),
    ("padLeft", &[Str, Int], Str),
    ("startsWith", &[Str, Str], Bool),
    ("endsWith", &[Str, Str], Bool),
    ("indexOf", &[Str, Str], Int),
    ("lastIndexOf", &[Str, Str], Int),
    ("indexOf", &[Array, Any], Int),
    ("lastIndexOf", &[Array, Any], Int),
    ("contains", &[Str, Str], Bool),
    ("contains", &[Array, Any], Bool),
    ("contains", &[Obj, Str], Bool),
    ("empty", &[Any], Bool),
    ("length", &[Str], Int),
    ("length", &[Array], Int),
    ("length", &[Obj], Int),
    ("first", &[Str], Str),
    ("first", &[Array], Any),
    ("last", &[Array], Any),
    ("last", &[Str], Str),
    ("take", &[Str, Int], Str),
    ("take", &[Array, Int], Array),
    ("skip", &[Str, Int], Str),
    ("skip", &[Array, Int], Array),
    ("union", &[Obj, Obj], Obj),
    ("union", &[Array, Array], Array),
    ("intersection", &[Obj, Obj], Obj),
    ("intersection", &[Array, Array], Array),
    ("shallowMerge", &[Array], Obj),
    ("distinct", &[Array], Array),
    ("flatten", &[Array], Array),
    ("array", &[Any], Array),
    ("createArray", &[Any, Same], Array),
    ("createArray", &[], Array),
    ("createObject", &[Str, Any], Obj),
    ("createObject", &[Str, Any, Str, Any], Obj),
    ("items", &[Obj], Array),
    ("objectKeys", &[Obj], Array),
    ("tryGet", &[Obj, Str], Any),
    ("tryGet", &[Array, Int], Any),
    ("indexFromEnd", &[Array, Int], Any),
    ("tryIndexFromEnd", &[Array, Int], Any),
    ("range", &[Int, Int], Array),
    ("add", &[Int, Int], Int),
    ("sub", &[Int, Int], Int),
    ("mul", &[Int, Int], Int),
    ("div", &[Int, Int], Int),
    ("mod", &[Int, Int], Int),
    ("min", &[Int, Int], Int),
    ("max", &[Array], Int),
    ("float", &[Int], Any),
    ("json", &[Str], Any),
    ("uniqueString", &[Str, Str], Str),
    ("guid", &[Str], Str),
    ("base64", &[Str], Str),
    ("base64ToString", &[Str], Str),
    ("uriComponent", &[Str], Str),
    ("uri", &[Str, Str], Str),
    ("null", &[], Any),
    ("map", &[Array, Same], Array),
    ("filter", &[Array, Bool], Array),
    ("reduce", &[Array, Same, Same], Same),
    ("sort", &[Array, Bool], Array),
    ("toObject", &[Array, Str, Any], Obj),
    ("groupBy", &[Array, Str], Obj),
    ("mapValues", &[Obj, Any], Obj),
];

/// The parameters and their types.
const PARAMETERS: [(&str, Kind); 6] = [("s", Str), ("i", Int), ("b", Bool), ("a", Array), ("o", Obj), ("any", Any)];

const HERE: Span = Span { file: FileId(0), start: 0, end: 0 };

/// Bytes that decide what is made; when they are used up, everything becomes as small as it can be.
struct Tape<'t> {
    bytes: &'t [u8],
    at: Cell<usize>,
}

impl Tape<'_> {
    fn below(&self, limit: usize) -> usize {
        let byte = self.bytes.get(self.at.get()).copied().unwrap_or(0);
        self.at.set(self.at.get() + 1);
        usize::from(byte) % limit
    }

    fn one<T: Copy>(&self, of: &[T]) -> T {
        of[self.below(of.len())]
    }
}

/// The values that a parameter of this type takes.
fn values(kind: Kind) -> Vec<Value> {
    let string = |text: &str| Value::string(text, HERE);
    let int = |value| Value::new(ValueKind::Int(value), HERE);
    let array = |items: &[Value]| Value::array(items.to_vec(), HERE);
    let object = |members: &[(&str, Value)]| {
        Value::object(members.iter().map(|(key, value)| (Key::from(*key), value.clone())).collect(), HERE)
    };
    match kind {
        Bool => [true, false].map(|value| Value::new(ValueKind::Bool(value), HERE)).to_vec(),
        Int => [0, 1, 2].map(int).to_vec(),
        Str => ["", "a", "B", "true", "A.B/c"].map(string).to_vec(),
        Array => vec![array(&[]), array(&[string("a")]), array(&[string("B"), string("a")]), array(&[int(1), string("a")])],
        Obj => vec![object(&[("k", string("a"))]), object(&[("K", int(1)), ("l", object(&[]))]), object(&[])],
        Same | Any | Format => vec![Value::null(HERE), string("a"), int(1)],
    }
}

/// The text of an expression of this type. `lambda` says whether lambda variables `x` and `y` exist.
fn text(tape: &Tape<'_>, kind: Kind, depth: usize, lambda: bool) -> String {
    if kind == Any && tape.below(4) == 1 {
        return "parameters('any')".to_owned();
    }
    let kind = if matches!(kind, Any | Same) { tape.one(&[Str, Bool, Int, Array, Obj]) } else { kind };
    if kind == Format {
        return tape.one(&["'{0}'", "'{0}-{1}'", "'a{1}'", "'{0,3}|{1}'", "parameters('s')", "''"]).to_owned();
    }
    let choice = if depth == 0 { tape.below(4) } else { tape.below(24) };
    match choice {
        0 => literal(tape, kind),
        1 if lambda => "lambdaVariables('x')".to_owned(),
        1..=3 => {
            let name = PARAMETERS.iter().find(|(_, known)| *known == kind).map_or("s", |(name, _)| name);
            format!("parameters('{name}')")
        }
        4 if kind == Str => "variables('v')".to_owned(),
        4 if kind == Array => "variables('w')".to_owned(),
        5 => {
            let of = text(tape, Obj, depth - 1, lambda);
            format!("{of}.{}", tape.one(&["k", "l"]))
        }
        6 if lambda => {
            let (of, index) = (text(tape, Array, depth - 1, lambda), text(tape, Int, depth - 1, lambda));
            format!("{of}[{index}]")
        }
        7 if kind == Str => tape.one(&["resourceGroup().location", "subscription().id", "deployment().name"]).to_owned(),
        _ => call(tape, kind, depth, lambda),
    }
}

fn literal(tape: &Tape<'_>, kind: Kind) -> String {
    match kind {
        Bool => tape.one(&["true()", "false()"]).to_owned(),
        Int => tape.one(&["0", "1", "-1", "9223372036854775807"]).to_owned(),
        Str => tape.one(&["''", "'a'", "'B'", "'A.B/c'", "'a-'", "'k'"]).to_owned(),
        Array => tape.one(&["variables('array')", "variables('empty')"]).to_owned(),
        Obj | Same | Any | Format => "variables('object')".to_owned(),
    }
}

fn call(tape: &Tape<'_>, kind: Kind, depth: usize, lambda: bool) -> String {
    // Functions whose results are of any type are mostly left out: little can be done with what they give.
    let loose = tape.below(16) == 1;
    let fits = |result: Kind| result == kind || result == Same || (loose && result == Any);
    let fitting: Vec<_> = FUNCTIONS.iter().filter(|(_, _, result)| fits(*result)).collect();
    let (name, arguments, _) = tape.one(&fitting);
    let takes_lambdas = ["map", "filter", "reduce", "sort", "toObject", "groupBy", "mapValues"].contains(name);
    // Once in a while an argument of a wrong type: faults obey the law too.
    let of = |argument: Kind| match (argument, tape.below(40)) {
        (_, 1) => Any,
        (Same, _) => kind,
        (argument, _) => argument,
    };
    let argument = |(n, argument): (usize, &Kind)| {
        let first_lambda = if *name == "reduce" { 2 } else { 1 };
        if !takes_lambdas || n < first_lambda {
            return text(tape, of(*argument), depth - 1, lambda);
        }
        let names = if ["reduce", "sort"].contains(name) { "'x', 'y'" } else { "'x'" };
        format!("lambda({names}, {})", text(tape, of(*argument), depth - 1, true))
    };
    let arguments: Vec<String> = arguments.iter().enumerate().map(argument).collect();
    format!("{name}({})", arguments.join(", "))
}

/// A scope in which the parameters of `known` have values and the others none.
fn scope(known: &[(&str, Value)], allowed: &[usize], variables: &[(Key, Arc<Expr>)]) -> Scope {
    let types = [Some(Type::String), Some(Type::Int), Some(Type::Bool), Some(Type::Array), Some(Type::Object), None];
    let mut scope = Scope::default();
    for ((name, kind), of) in PARAMETERS.into_iter().zip(types) {
        let given = known.iter().find(|(known, _)| *known == name).map_or(Given::Missing, |(_, value)| Given::Value {
            value: value.clone(),
            step: Step::ParameterFile { name: name.into(), secure: false },
        });
        let mut declared = binding(name, of, given);
        declared.allowed = of.filter(|&of| allowed.contains(&(of as usize))).map(|_| values(kind).into());
        declared.max_length = (kind == Str).then_some(5);
        scope.parameters.push(declared);
    }
    scope.variables = variables.to_vec();
    scope
}

/// Whether what is said of a value holds for it.
fn holds(said: &Value, full: &Value) -> bool {
    if full.is_unknown() {
        // An error, or something that stays unknown: nothing can be compared.
        return true;
    }
    match &said.kind {
        ValueKind::Array(items) => full
            .as_array()
            .is_some_and(|full| items.len() == full.len() && items.iter().zip(full).all(|(said, full)| holds(said, full))),
        ValueKind::Object(members) => full.as_object().is_some_and(|full| {
            let same = |((key, said), (name, full)): ((&Key, &Value), (&Key, &Value))| {
                key.as_str() == name.as_str() && holds(said, full)
            };
            members.len() == full.len() && members.iter().zip(full.iter()).all(same)
        }),
        ValueKind::Unknown(unknown) => match &unknown.shape {
            Shape::Any => true,
            Shape::Of(kind) => full.type_of() == Some(*kind),
            Shape::Text(text) => full.as_str().is_some_and(|full| fits(&text.pieces().collect::<Vec<_>>(), full)),
            Shape::OneOf(cases) => cases.iter().any(|case| holds(case, full)),
            Shape::Items(items) => {
                full.as_array().is_some_and(|full| items.iter().all(|item| full.iter().any(|full| holds(item, full))))
            }
            Shape::Members(members) => full.as_object().is_some_and(|full: &Object| {
                members.iter().all(|(key, said)| full.get(key.as_str()).is_some_and(|full| holds(said, full)))
            }),
        },
        _ => identical(said, full),
    }
}

/// Whether a text can be made of the pieces.
fn fits(pieces: &[Piece<'_>], full: &str) -> bool {
    match pieces.split_first() {
        None => full.is_empty(),
        Some((Piece::Known(known), rest)) => full.strip_prefix(known).is_some_and(|full| fits(rest, full)),
        Some((Piece::Hole { least, most, .. }, rest)) => full.char_indices().map(|(at, _)| at).chain([full.len()]).any(|at| {
            let units = full[..at].encode_utf16().count();
            units >= *least && most.is_none_or(|most| units <= most) && fits(rest, &full[at..])
        }),
    }
}

/// Compares what is said of some expressions while parameters are missing with their values for one choice of the parameters.
fn compare(
    texts: &[String],
    said: &[Value],
    faulty: &[Vec<super::Fault>],
    full: &Scope,
    chosen: &str,
) -> Result<(), TestCaseError> {
    let mut values = Vec::new();
    for ((text, said), faulty) in texts.iter().zip(said).zip(faulty) {
        let value = full.evaluate(&read(&format!("[{text}]")), &Frame::default());
        let faults = full.faults();
        prop_assert!(
            faulty.is_empty() || !faults.is_empty(),
            "{text}\nwas certainly in error, and is {}\nfor {chosen}\n{faulty:?}",
            value.canonical()
        );
        prop_assert!(
            !faults.is_empty() || holds(said, &value),
            "{text}\nwas said to be {said:?}\nand is {}\nfor {chosen}",
            value.canonical()
        );
        values.push((value, faults.is_empty()));
    }
    for (n, (a, fine)) in values.iter().enumerate() {
        for (m, (b, also_fine)) in values.iter().enumerate() {
            if !fine || !also_fine || a.first_unknown().is_some() || b.first_unknown().is_some() {
                continue;
            }
            let pair = format!("{}\n{}\nare {} and {}\nfor {chosen}", texts[n], texts[m], a.canonical(), b.canonical());
            let before = said[n].equals(&said[m]);
            prop_assert!(before == Truth::Unknown || before == a.equals(b), "equality was {before:?}:\n{pair}");
            let symbols = (said[n].as_unknown(), said[m].as_unknown());
            let one_symbol = matches!(symbols, (Some(x), Some(y)) if x.symbol() == y.symbol());
            prop_assert!(!one_symbol || identical(a, b), "one symbol:\n{pair}");
        }
    }
    Ok(())
}

fn variables(tape: &Tape<'_>) -> Vec<(Key, Arc<Expr>)> {
    let json = |kind: ExprKind| Expr { kind, span: HERE };
    let array = vec![read("a"), read("[parameters('s')]"), read("[parameters('i')]")];
    let object = vec![(read("k"), read("[parameters('s')]")), (read("l"), read("[parameters('b')]"))];
    let all = [
        ("v", read(&format!("[{}]", text(tape, Str, 2, false)))),
        ("w", read(&format!("[{}]", text(tape, Array, 2, false)))),
        ("array", json(ExprKind::Array(array.into()))),
        ("empty", json(ExprKind::Array(Box::default()))),
        ("object", json(ExprKind::object(object, []))),
    ];
    all.into_iter().map(|(name, expr)| (Key::from(name), Arc::new(expr))).collect()
}

proptest! {
    #[test]
    fn what_is_known_stays_true_when_an_unknown_becomes_known(bytes in vec(any::<u8>(), 0..160), missing in 1_usize..64, allowed in vec(0_usize..7, 0..3)) {
        let tape = Tape { bytes: &bytes, at: Cell::new(0) };
        let kind = tape.one(&[Str, Bool, Array, Obj, Any]);
        let mut texts: Vec<String> = (0..3).map(|_| text(&tape, kind, 3, false)).collect();
        // What a parameter is compared with may be taken for it.
        texts.extend(["parameters('any')", "parameters('s')"].map(str::to_owned));
        let variables = variables(&tape);

        let pick = |n: usize, round: usize| {
            let all = values(PARAMETERS[n].1);
            (PARAMETERS[n].0, all[round % all.len()].clone())
        };
        let known: Vec<_> = (0..PARAMETERS.len()).filter(|n| missing & (1 << n) == 0).map(|n| pick(n, missing)).collect();
        let partial = scope(&known, &allowed, &variables);
        let mut said = Vec::new();
        let mut faulty = Vec::new();
        for text in &texts {
            said.push(partial.evaluate(&read(&format!("[{text}]")), &Frame::default()));
            faulty.push(partial.faults());
        }
        for round in 0..12 {
            let chosen: Vec<_> = (0..PARAMETERS.len())
                .map(|n| if missing & (1 << n) == 0 { pick(n, missing) } else { pick(n, round * 7 + round / (n + 1) + tape.below(5)) })
                .collect();
            let shown: Vec<_> = chosen.iter().map(|(name, value)| format!("{name}={}", value.canonical())).collect();
            let shown = format!("{} with v={} w={}", shown.join(" "), variables[0].1, variables[1].1);
            compare(&texts, &said, &faulty, &scope(&chosen, &allowed, &variables), &shown)?;
        }
    }

    #[test]
    fn no_tree_makes_the_evaluator_panic(bytes in vec(any::<u8>(), 0..400)) {
        let tape = Tape { bytes: &bytes, at: Cell::new(0) };
        let tree = tree(&tape, 6);
        let mut scope = scope(&[], &[], &variables(&tape));
        scope.variables.push((Key::from("tree"), Arc::new(tree.clone())));
        let _ = scope.evaluate(&tree, &Frame::default());
    }
}

/// Any tree at all, whether a parser would make it or not.
fn tree(tape: &Tape<'_>, depth: usize) -> Expr {
    let below = || tree(tape, depth - 1);
    let some = |most: usize| (0..tape.below(most)).map(|_| tree(tape, depth - 1)).collect::<Box<[Expr]>>();
    let name = || tape.one(&["s", "v", "tree", "x", "k", "A.B/c", "00000000-0000-0000-0000-000000000000", ""]);
    let kind = match if depth == 0 { tape.below(6) } else { tape.below(16) } {
        0 => ExprKind::Str(name().into()),
        1 => ExprKind::Null,
        2 => ExprKind::Bool(true),
        3 => ExprKind::Int(tape.one(&[0, 1, -1, 900, i64::MAX, i64::MIN])),
        4 => ExprKind::Float(tape.one(&[0.5, -0.0, 1e300, f64::NAN])),
        5 => ExprKind::Broken("it is broken".into()),
        6 => ExprKind::Array(some(4)),
        7 => {
            let each = Loop { name: name().into(), name_span: HERE, count: below(), input: below(), span: HERE };
            ExprKind::object(some(3).iter().map(|key| (key.clone(), below())).collect::<Vec<_>>(), [each])
        }
        8 => ExprKind::member(below(), name(), HERE),
        9 => ExprKind::Index { of: Box::new(below()), index: Box::new(below()) },
        _ => {
            let names: Vec<_> = super::functions::names().collect();
            let name = names[(tape.below(256) * 256 + tape.below(256)) % names.len()];
            let (least, most) = find(name).map_or((0, 3), |function| function.arity);
            let count = least + tape.below(most.saturating_sub(least).min(3) + 1);
            let args = (0..count).map(|_| below()).collect();
            ExprKind::Call(Box::new(Call { namespace: None, name: name.into(), name_span: HERE, args }))
        }
    };
    Expr { kind, span: HERE }
}
