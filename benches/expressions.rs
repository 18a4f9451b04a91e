//! How many expressions a second are evaluated, already parsed, and how many are parsed: `cargo bench --bench expressions`.

use std::sync::Arc;

use armlint::eval::{Binding, Context, Frame, Given, Scope};
use armlint::expr::{Expr, read_string};
use armlint::source::{FileId, Span, TextMap};
use armlint::value::{Key, Step, Type, Value};
use divan::Bencher;
use divan::counter::ItemsCount;

fn main() {
    divan::main();
}

/// What is measured: a name's join, a condition, a resource id with unknown parts, a call that nothing knows.
const EXPRESSIONS: [&str; 4] = [
    "[concat(parameters('a'), '-', variables('b'))]",
    "[if(equals(parameters('a'), 'apim'), variables('b'), 'other')]",
    "[resourceId('Microsoft.Network/publicIPAddresses', parameters('a'))]",
    "[format('{0}-{1}', parameters('a'), uniqueString(resourceGroup().id))]",
];

fn read(text: &str) -> Expr {
    let whole = Span::new(FileId(0), 0, u32::try_from(text.len()).unwrap_or(u32::MAX));
    read_string(text, &TextMap::plain(FileId(0), 0), whole).0
}

/// A deployment with a parameter `a` that was given and a variable `b`.
fn scope() -> Scope {
    let at = Span::new(FileId(0), 0, 0);
    let name = Key::from("a");
    let mut scope = Scope::for_context(Context::default());
    scope.variables = vec![(Key::from("b"), Arc::new(read("contoso")))];
    scope.parameters = vec![Binding {
        declared: at,
        kind: Some(Type::String),
        secure: false,
        allowed: None,
        min_length: None,
        max_length: None,
        nullable: false,
        given: Given::Value {
            value: Value::string("apim", at),
            step: Step::ParameterFile { name: name.shared(), secure: false },
        },
        name,
    }];
    scope
}

#[divan::bench(args = EXPRESSIONS)]
fn evaluate(bencher: Bencher<'_, '_>, text: &str) {
    let (expr, frame) = (read(text), Frame::default());
    // A scope counts the work that a template causes and stops at a limit: each sample has one of its own.
    bencher.counter(ItemsCount::new(1_000_usize)).with_inputs(scope).bench_refs(|scope| {
        for _ in 0..1_000 {
            divan::black_box(scope.evaluate(divan::black_box(&expr), &frame));
        }
    });
}

#[divan::bench(args = EXPRESSIONS)]
fn parse(bencher: Bencher<'_, '_>, text: &str) {
    bencher.counter(ItemsCount::new(1_usize)).bench(|| read(divan::black_box(text)));
}
