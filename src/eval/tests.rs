//! Names, places, loops, faults and ways: what the evaluator does around the functions.

use std::sync::Arc;

use super::{Binding, Context, Frame, Given, Level, Place, Scope, UserFunction};
use crate::expr::{Expr, ExprKind, Loop, read_string};
use crate::source::{FileId, Span, TextMap};
use crate::value::{Hop, Key, Shape, Step, Type, Value, ValueKind};

/// Reads a text as a JSON string that starts at byte `at` of the one file.
pub(super) fn read_at(text: &str, at: u32) -> Expr {
    let end = at + u32::try_from(text.len()).unwrap() + 2;
    let (expr, error) = read_string(text, &TextMap::plain(FileId(0), at + 1), Span::new(FileId(0), at, end));
    assert_eq!(error, None, "{text}");
    expr
}

pub(super) fn read(text: &str) -> Expr {
    read_at(text, 0)
}

/// A parameter of this name, as a declaration with a type and nothing more.
pub(super) fn binding(name: &str, kind: Option<Type>, given: Given) -> Binding {
    Binding {
        name: Key::from(name),
        declared: Span::new(FileId(0), 900, 901),
        kind,
        secure: false,
        allowed: None,
        min_length: None,
        max_length: None,
        nullable: false,
        given,
    }
}

/// A scope with parameters that have no value and variables; a text is read as in a template.
fn scope(parameters: &[&str], variables: &[(&str, &str)]) -> Scope {
    Scope {
        parameters: parameters.iter().map(|name| binding(name, Some(Type::String), Given::Missing)).collect(),
        variables: variables.iter().map(|(name, text)| (Key::from(*name), Arc::new(read(text)))).collect(),
        ..Scope::default()
    }
}

/// What an expression comes to, and its faults, as one text.
fn show(scope: &Scope, text: &str) -> String {
    show_in(scope, text, &Frame::default())
}

fn show_in(scope: &Scope, text: &str, frame: &Frame) -> String {
    let value = scope.evaluate(&read(text), frame);
    let faults: Vec<_> = scope.faults().into_iter().map(|fault| format!("{:?}: {}", fault.kind, fault.message)).collect();
    if faults.is_empty() { describe(&value) } else { faults.join(" + ") }
}

fn describe(value: &Value) -> String {
    let Some(unknown) = value.as_unknown() else { return value.canonical() };
    match &unknown.shape {
        // An error has a number, so that no two are taken for the same value.
        Shape::Any => format!("{}?", unknown.symbol().as_str().split('#').next().unwrap_or_default()),
        Shape::Of(kind) => format!("{}: {}", unknown.symbol(), kind.name()),
        Shape::Text(text) => format!("\"{}\"", text.display()),
        Shape::OneOf(cases) => cases.iter().map(describe).collect::<Vec<_>>().join(" | "),
        Shape::Items(items) => format!("[{}, …]", items.iter().map(describe).collect::<Vec<_>>().join(", ")),
        Shape::Members(object) => {
            format!("{{{}, …}}", object.iter().map(|(key, _)| key.to_string()).collect::<Vec<_>>().join(", "))
        }
    }
}

fn check(scope: &Scope, cases: &[(&str, &str)]) {
    for (text, expected) in cases {
        assert_eq!(show(scope, text), *expected, "{text}");
    }
}

#[test]
fn names_are_found_without_case_and_a_slip_finds_the_nearest() {
    let scope = scope(&["env"], &[("Sku", "Premium"), ("cfg", "[createMissing()]")]);
    check(
        &scope,
        &[
            ("[Variables('sKU')]", "'Premium'"),
            ("[parameters('ENV')]", "\"{env}\""),
            ("[parameters('evn')]", "UnknownParameter: parameter `evn` is not declared; there is `env`"),
            ("[variables('size')]", "UnknownVariable: variable `size` is not declared"),
            ("[varables('sku')]", "UnknownFunction: there is no function `varables`; there is `variables`"),
            ("[equals(1)]", "Arity: `equals` takes 2 arguments, and is given 1"),
            ("[contoso.f(1)]", "UnknownFunction: there is no function `contoso.f`"),
        ],
    );
}

#[test]
fn a_faulty_variable_is_an_error_where_it_is_needed_and_only_there() {
    let scope = scope(&["p"], &[("bad", "[variables('gone')]"), ("user", "[variables('bad')]")]);
    let gone = "UnknownVariable: variable `gone` is not declared";
    check(
        &scope,
        &[
            ("[if(true(), 'fine', variables('user'))]", "'fine'"),
            ("[and(false(), variables('bad'))]", "false"),
            ("[coalesce('fine', variables('bad'))]", "'fine'"),
            ("[user(1)]", "UnknownFunction: there is no function `user`"),
        ],
    );
    let perhaps = scope.evaluate(&read("[if(equals(parameters('p'), 'x'), variables('user'), 'fine')]"), &Frame::default());
    assert_eq!(scope.faults(), [], "it may not be reached");
    assert!(matches!(perhaps.as_unknown().unwrap().shape, Shape::OneOf(_)));
    assert_eq!(show(&scope, "[variables('user')]"), gone, "now it is, though its value was worked out before");
    assert_eq!(show(&scope, "[variables('user')]"), gone, "and again for who asks again");
}

#[test]
fn a_circle_of_names_is_named() {
    let mut scope = scope(&[], &[("a", "[variables('b')]"), ("b", "[variables('A')]")]);
    scope.parameters = vec![binding("p", None, Given::Default(Arc::new(read("[parameters('p')]"))))];
    check(
        &scope,
        &[
            ("[variables('a')]", "Cycle: variable `a` needs itself: `a` → `b` → `a`"),
            ("[parameters('p')]", "Cycle: parameter `p` needs itself: `p` → `p`"),
        ],
    );
}

#[test]
fn conditions_decide_as_soon_as_they_can() {
    let scope = scope(&["p"], &[]);
    let unknown = "equals(parameters('p'), 'x')";
    let cases = [
        ("[if(U, 'A', 'A')]", "'A'"),
        ("[if(U, 'A', 'B')]", "'A' | 'B'"),
        ("[if(U, if(U, 'A', 'B'), 'A')]", "'A' | 'B'"),
        ("[and(U, false())]", "false"),
        ("[or(U, true())]", "true"),
        ("[and(true(), U)]", "and(equals(parameters('p'),'x')): bool"),
        ("[not(U)]", "not(equals(parameters('p'),'x')): bool"),
        ("[equals(if(U, 'A', 'B'), 'C')]", "false"),
        ("[if(U, createArray2(), 'A')]", "error? | 'A'"),
        ("[if('x', 1, 2)]", "Type: argument 1 of `if` must be a boolean, and is a string"),
        ("[if(parameters('p'), 1, 2)]", "Type: argument 1 of `if` must be a boolean, and is a string"),
        ("[and(U, parameters('p'))]", "and(equals(parameters('p'),'x'),parameters('p')): bool"),
        ("[coalesce(null(), parameters('p'))]", "\"{p}\""),
    ];
    for (text, expected) in cases {
        assert_eq!(show(&scope, &text.replace('U', unknown)), expected, "{text}");
    }
}

#[test]
fn parts_are_taken_from_what_is_known() {
    let mut scope = scope(&["p"], &[]);
    scope
        .variables
        .push((Key::from("cfg"), Arc::new(json(r#"{"Dev": {"sku": "Developer"}, "Prd": {"sku": "Premium"}, "n": [1, 2]}"#))));
    check(
        &scope,
        &[
            ("[variables('cfg').dev.SKU]", "'Developer'"),
            ("[variables('cfg')['prd']['sku']]", "'Premium'"),
            ("[variables('cfg').n[1]]", "2"),
            ("[variables('cfg').n[parameters('i')]]", "UnknownParameter: parameter `i` is not declared"),
            ("[variables('cfg').n[2]]", "OutOfRange: index 2 is outside of the array, whose last index is 1"),
            ("[variables('cfg').n[-1]]", "OutOfRange: index -1 is outside of the array, whose last index is 1"),
            ("[variables('cfg').dve]", "PropertyNotFound: the object has no property `dve`; there is `Dev`"),
            ("[variables('cfg')[0]]", "Type: an object is indexed by a string, and this is an int"),
            ("[variables('cfg').n.x]", "Type: property `x` is asked of an array, and only an object has properties"),
            ("[variables('cfg')[parameters('p')].sku]", "'Developer' | 'Premium' | error?"),
            ("[parameters('p').x]", "Type: property `x` is asked of a string, and only an object has properties"),
            ("[resourceGroup().tags.Owner]", "resourceGroup().tags.owner?"),
        ],
    );
}

/// A JSON text as a tree without places; strings are read as in a template.
pub(super) fn json(text: &str) -> Expr {
    fn tree(value: &serde_json::Value) -> Expr {
        let kind = match value {
            serde_json::Value::Null => ExprKind::Null,
            serde_json::Value::Bool(known) => ExprKind::Bool(*known),
            serde_json::Value::Number(number) => {
                number.as_i64().map_or_else(|| ExprKind::Float(number.as_f64().unwrap()), ExprKind::Int)
            }
            serde_json::Value::String(text) => return read(text),
            serde_json::Value::Array(items) => ExprKind::Array(items.iter().map(tree).collect()),
            serde_json::Value::Object(members) => {
                let member = |(key, value): (&String, &serde_json::Value)| (read(key), tree(value));
                ExprKind::object(members.iter().map(member).collect::<Vec<_>>(), [])
            }
        };
        Expr { kind, span: Span::new(FileId(0), 0, 1) }
    }
    tree(&serde_json::from_str(text).unwrap())
}

fn looped(count: &str, input: &str) -> Expr {
    let here = Span::new(FileId(0), 0, 1);
    let each = Loop { name: "disks".into(), name_span: here, count: json(count), input: read(input), span: here };
    Expr { kind: ExprKind::object([], [each]), span: here }
}

#[test]
fn a_property_loop_makes_an_array() {
    let scope = scope(&["p"], &[]);
    let run = |count, input, frame: &Frame| {
        let value = scope.evaluate(&looped(count, input), frame);
        let faults: Vec<_> = scope.faults().into_iter().map(|fault| fault.message).collect();
        if faults.is_empty() { value.canonical() } else { faults.join(" + ") }
    };
    let mut around = Frame::default();
    around.copies.push((Key::from("vm"), Value::new(ValueKind::Int(7), Span::new(FileId(0), 0, 1))));
    assert_eq!(run("3", "[copyIndex('disks', 1)]", &around), r#"{"disks":[1,2,3]}"#);
    assert_eq!(run("2", "[copyIndex()]", &around), r#"{"disks":[7,7]}"#, "without a name it is the loop of the resource");
    assert_eq!(run("2", "[copyIndex()]", &Frame::default()), r#"{"disks":[0,1]}"#);
    assert_eq!(run("0", "[variables('gone')]", &around), r#"{"disks":[]}"#);
    assert_eq!(run("1", "[copyIndex('vms')]", &around), "`copyIndex` stands in no loop named `vms`");
    assert_eq!(run("801", "x", &around), "the count of loop `disks` is 801, and must be 0 to 800");
    assert_eq!(run("\"2\"", "x", &around), r#"{"disks":['x','x']}"#, "as in the loop of a resource");
    assert_eq!(run("\"two\"", "x", &around), "the count of loop `disks` must be an integer, and this is a string");
    let unknown = scope.evaluate(&looped("\"[reference('x').n]\"", "x"), &Frame::default());
    assert_eq!(describe(unknown.as_object().unwrap().get("disks").unwrap()), "copy 'disks'(reference('x').n, 'x'): array");
}

#[test]
fn a_user_defined_function_sees_its_parameters_and_nothing_else() {
    let mut scope = scope(&["p"], &[("v", "1")]);
    let function = |name: &str, parameters: &[&str], output: &str| UserFunction {
        namespace: Key::from("ns"),
        name: Key::from(name),
        parameters: parameters.iter().map(|name| Key::from(*name)).collect(),
        output: Arc::new(read(output)),
    };
    scope.functions = vec![
        function("pick", &["a", "b"], "[if(equals(parameters('a'), 'x'), parameters('b'), 'no')]"),
        function("outer", &[], "[parameters('p')]"),
        function("variable", &[], "[variables('v')]"),
        function("state", &[], "[reference('x')]"),
        function("again", &[], "[ns.again()]"),
    ];
    check(
        &scope,
        &[
            ("[NS.Pick('x', 2)]", "2"),
            ("[ns.pick(parameters('p'), 'yes')]", "'yes' | 'no'"),
            ("[ns.pick('x')]", "Arity: `ns.pick` takes 2 arguments, and is given 1"),
            ("[ns.outer()]", "UnknownParameter: function parameter `p` is not declared"),
            ("[ns.variable()]", "Scope: `variables` cannot be used in a user-defined function"),
            ("[ns.state()]", "Scope: `reference` cannot be used in a user-defined function"),
            ("[ns.again()]", "Cycle: function `ns.again` needs itself: `ns.again` → `ns.again`"),
            ("[ns.pik('x', 2)]", "UnknownFunction: there is no function `ns.pik`; there is `ns.pick`"),
        ],
    );
}

#[test]
fn some_functions_belong_to_some_places() {
    let mut scope = scope(&[], &[("state", "[reference('x').y]"), ("id", "[newGuid()]")]);
    scope.parameters = vec![
        binding("id", None, Given::Default(Arc::new(read("[newGuid()]")))),
        binding("other", None, Given::Default(Arc::new(read("[newGuid()]")))),
        binding("key", None, Given::Default(Arc::new(read("[listKeys('x', '2020-01-01')]")))),
    ];
    let body = Frame { place: Place::Template, ..Frame::default() };
    let cases = [
        ("[newGuid()]", "Scope: `newGuid` cannot be used in a resource or an output"),
        ("[reference('x').y]", "reference('x').y?"),
        ("[variables('state')]", "Scope: `reference` cannot be used in a variable"),
        ("[variables('id')]", "Scope: `newGuid` cannot be used in a variable"),
        ("[parameters('key')]", "Scope: `listKeys` cannot be used in the default value of a parameter"),
        ("[equals(parameters('id'), parameters('id'))]", "true"),
        ("[equals(parameters('id'), 'short')]", "false"),
        ("[managementGroup().id]", "Scope: `managementGroup` can only be used in a deployment to a management group"),
    ];
    for (text, expected) in cases {
        assert_eq!(show_in(&scope, text, &body), expected, "{text}");
    }
    let other = scope.evaluate(&read("[equals(parameters('id'), parameters('other'))]"), &body);
    assert!(other.is_unknown(), "two new GUIDs are not known to be the same");
    let subscription = Scope::for_context(Context { level: Level::Subscription, ..Context::default() });
    assert_eq!(
        show(&subscription, "[resourceGroup().name]"),
        "Scope: `resourceGroup` can only be used in a deployment to a resource group"
    );
}

#[test]
fn ids_are_texts_of_known_pieces_and_holes() {
    let scope = scope(&["name", "rg"], &[]);
    let own = "/subscriptions/{subscription().subscriptionId}/resourceGroups/{resourceGroup().name}";
    let types = "InvalidArguments: argument 1 of `resourceId` has 1 name, and 2 are given";
    let none = "is no resource type such as `Microsoft.ApiManagement/service`";
    let cases = [
        ("[resourceId('A.B/c', parameters('name'))]", format!("\"{own}/providers/A.B/c/{{name}}\"")),
        ("[resourceId('A.B/c/d', 'x', parameters('name'))]", format!("\"{own}/providers/A.B/c/x/d/{{name}}\"")),
        (
            "[resourceId(parameters('rg'), 'A.B/c', 'x')]",
            "\"/subscriptions/{subscription().subscriptionId}/resourceGroups/{rg}/providers/A.B/c/x\"".to_owned(),
        ),
        (
            "[resourceId(subscription().subscriptionId, 'A.B/c', 'x')]",
            "\"/subscriptions/{subscription().subscriptionId}/providers/A.B/c/x\"".to_owned(),
        ),
        ("[extensionResourceId(resourceGroup().id, 'A.B/c', 'x')]", format!("\"{own}/providers/A.B/c/x\"")),
        ("[tenantResourceId('A.B/c', 'x')]", "'/providers/A.B/c/x'".to_owned()),
        ("[resourceId('A.B/c', 'x', 'y')]", types.to_owned()),
        ("[resourceId('c', 'x')]", format!("InvalidArguments: argument 2 of `resourceId` {none}")),
        ("[resourceId('A.B/c', 1)]", "Type: argument 2 of `resourceId` must be a string, and is an int".to_owned()),
        ("[equals(resourceId('A.B/c', parameters('name')), resourceId('A.B/c', parameters('NAME')))]", "true".to_owned()),
        ("[equals(resourceId('A.B/c', 'x'), tenantResourceId('A.B/c', 'x'))]", "false".to_owned()),
    ];
    for (text, expected) in cases {
        assert_eq!(show(&scope, text), expected, "{text}");
    }
}

#[test]
fn symbols_of_another_deployment_are_others_but_for_the_place() {
    let mut inner = scope(&["p"], &[]);
    inner.qualifier = "inner:".into();
    assert_eq!(inner.evaluate(&read("[parameters('p')]"), &Frame::default()).canonical(), "inner:parameters('p')");
    let outer = scope(&["p"], &[]);
    for (text, same) in [
        ("[resourceGroup().location]", true),
        ("[subscription().tenantId]", true),
        ("[resourceId('A.B/c', 'x')]", true),
        ("[reference('/a/b').c]", true),
        ("[reference('b').c]", false),
        ("[parameters('p')]", false),
        ("[deployment().name]", false),
    ] {
        let both = [&inner, &outer].map(|scope| scope.evaluate(&read(text), &Frame::default()).canonical());
        assert_eq!(both[0] == both[1], same, "{text}: {both:?}");
    }
    let moved =
        Context { resource_group: Some(outer.evaluate(&read("[parameters('p')]"), &Frame::default())), ..Context::default() };
    let moved = Scope::for_context(moved).evaluate(&read("[resourceGroup().location]"), &Frame::default());
    assert_ne!(moved.canonical(), "resourceGroup().location", "another group may lie elsewhere");
}

/// The way of a value: what each hop is, and the bytes it came from.
fn way(value: &Value) -> String {
    let hop = |hop: &Hop| {
        let step = match &hop.step {
            Step::Variable(name) => format!("variable {name}"),
            Step::ParameterDefault { name, .. } => format!("default {name}"),
            Step::ParameterFile { name, .. } => format!("file {name}"),
            Step::CopyIndex(name) => format!("copy {name}"),
            Step::Argument(name) => format!("argument {name}"),
            Step::Member(name) => format!("member {name}"),
            other => format!("{other:?}"),
        };
        format!("{step} from {}..{}", hop.from.start, hop.from.end)
    };
    let written = value.origin.written;
    let hops: Vec<_> = value.origin.hops().map(hop).collect();
    format!("{}..{}; {}", written.start, written.end, hops.join("; "))
}

#[test]
fn a_value_tells_every_step_of_its_way() {
    let mut scope = scope(&[], &[]);
    scope.parameters = vec![
        binding("sku", Some(Type::String), Given::Default(Arc::new(read_at("Premium", 100)))),
        binding(
            "names",
            None,
            Given::Value {
                value: Value::array(vec![Value::string("one", Span::new(FileId(1), 41, 46))], Span::new(FileId(1), 40, 50)),
                step: Step::ParameterFile { name: "names".into(), secure: false },
            },
        ),
    ];
    let inner = read_at("[parameters('sku')]", 210);
    let cfg = Expr { kind: ExprKind::object([(read_at("sku", 204), inner)], []), span: Span::new(FileId(0), 200, 240) };
    scope.variables = vec![(Key::from("cfg"), Arc::new(cfg))];
    let cases = [
        ("[parameters('sku')]", "0..21; default sku from 100..109"),
        ("[variables('cfg').sku]", "0..24; variable cfg from 210..231; default sku from 100..109"),
        ("[if(true(), parameters('sku'), '')]", "0..37; argument if from 13..30; default sku from 100..109"),
        ("[parameters('names')[0]]", "0..26; file names from 41..46"),
        (
            "[map(parameters('names'), lambda('n', lambdaVariables('n')))[0]]",
            "0..66; member [0] from 6..25; file names from 41..46",
        ),
        ("['x']", "0..7; "),
    ];
    for (text, expected) in cases {
        assert_eq!(way(&scope.evaluate(&read(text), &Frame::default())), expected, "{text}");
    }
}

#[test]
fn work_and_size_have_limits_and_the_reason_is_named() {
    let double = |n: usize| format!("[variables('v{}')]", n - 1);
    let variables: Vec<(Key, Arc<Expr>)> = (0..60)
        .map(|n| {
            let items = if n == 0 { vec![read("x")] } else { vec![read(&double(n)), read(&double(n))] };
            let kind = ExprKind::Array(items.into());
            (Key::from(format!("v{n}").as_str()), Arc::new(Expr { kind, span: Span::new(FileId(0), 0, 1) }))
        })
        .collect();
    let scope = Scope { variables, ..Scope::default() };
    let huge = scope.evaluate(&read("[variables('v59')]"), &Frame::default());
    assert_eq!(huge.first_unknown().unwrap().why.to_string(), "limit reached: a value is too large");

    let chain: Vec<String> = (1..5_000).map(|n| format!("[variables('v{n}')]")).collect();
    let variables = chain.iter().zip(0..).map(|(text, n)| (Key::from(format!("v{n}").as_str()), Arc::new(read(text)))).collect();
    let scope = Scope { variables, ..Scope::default() };
    let deep = scope.evaluate(&read("[variables('v0')]"), &Frame::default());
    assert_eq!(
        deep.first_unknown().unwrap().why.to_string(),
        "limit reached: the template nests expressions and variables too deeply"
    );
    assert_eq!(scope.faults(), []);
}

#[test]
fn an_expression_that_grows_without_end_ends_at_a_limit() {
    let growing = [
        "[map(range(0, 10000), lambda('x', map(range(0, 10000), lambda('y', 1))))]",
        "[reduce(range(0, 10000), 'ab', lambda('x', 'y', concat(lambdaVariables('x'), lambdaVariables('x'))))]",
        "[reduce(range(0, 10000), parameters('p'), lambda('x', 'y', concat(lambdaVariables('x'), lambdaVariables('x'))))]",
        "[reduce(range(0, 10000), 'ab', lambda('x', 'y', createArray(lambdaVariables('x'))))]",
        "[map(range(0, 10000), lambda('x', padLeft('a', 1000000)))]",
    ];
    for text in growing {
        let value = scope(&["p"], &[]).evaluate(&read(text), &Frame::default());
        let why = value.first_unknown().unwrap().why.to_string();
        assert!(why.starts_with("limit reached: "), "{text}: {why}");
    }
}

/// `startsWith(true(), padLeft('', 9223372036854775807))` was unknown behind the limit of strings, and certainly in error as
/// long as the length was not known.
#[test]
fn a_call_that_is_in_error_whatever_is_behind_a_limit_is_in_error() {
    let cases = [
        ("[startsWith(true(), padLeft('', X))]", "argument 1 of `startsWith` must be a string, and is bool"),
        ("[startsWith('a', padLeft('', X))]", "fine"),
        ("[padLeft('a', padLeft('', X))]", "argument 2 of `padLeft` must be an integer, and is string"),
        // What is made of a value behind a limit still has its type.
        ("[padLeft('a', toUpper(padLeft('', X)))]", "argument 2 of `padLeft` must be an integer, and is string"),
        ("[padLeft(padLeft('', X), -1)]", "argument 2 of `padLeft` must not be negative"),
    ];
    for (text, expected) in cases {
        // Known, and not known.
        for length in ["9223372036854775807", "add(9223372036854775807, parameters('p'))"] {
            let text = text.replace('X', length);
            let scope = scope(&["p"], &[]);
            let value = scope.evaluate(&read(&text), &Frame::default());
            assert!(value.is_unknown(), "{text}");
            let fault = scope.faults().first().map_or("fine".to_owned(), |fault| fault.message.clone());
            assert_eq!(fault, expected, "{text}");
        }
    }
}

#[test]
fn the_deepest_expressions_fit_on_the_stack_of_a_thread() {
    let mut scope = scope(&["p"], &[]);
    scope.variables.push((Key::from("one"), Arc::new(json("[1]"))));
    let nest = |n: usize, open: &str, inner: &str, close: &str| format!("[{}{inner}{}]", open.repeat(n), close.repeat(n));
    let deep = [
        nest(190, "if(equals(parameters('p'), 'x'), 'a', ", "'b'", ")"),
        nest(95, "map(variables('one'), lambda('x', ", "'b'", "))"),
        nest(95, "reduce(variables('one'), 0, lambda('x', 'y', ", "'b'", "))"),
        nest(95, "sort(variables('one'), lambda('x', 'y', ", "true()", "))"),
        nest(190, "coalesce(", "'b'", ")"),
        nest(190, "resourceId('A.B/c', ", "'b'", ")"),
        nest(95, "variables('one')[0][", "0", "]"),
    ];
    // The variable nests all of them: what one needs comes on top of what another needs.
    scope.variables.extend(deep.iter().zip(0..).map(|(text, n)| {
        let inner = text.replace("'b'", &format!("variables('deep{}')", n + 1));
        (Key::from(format!("deep{n}").as_str()), Arc::new(read(&inner)))
    }));
    for n in 0..deep.len() {
        let _ = scope.evaluate(&read(&format!("[variables('deep{n}')]")), &Frame::default());
    }
    let arrays =
        (0..2_000).fold(read("x"), |inner, _| Expr { kind: ExprKind::Array([inner].into()), span: Span::new(FileId(0), 0, 1) });
    assert!(scope.evaluate(&arrays, &Frame::default()).first_unknown().is_some());
}
