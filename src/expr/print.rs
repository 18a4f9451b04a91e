//! The tree as text again. What was parsed prints so that it parses to the same tree.

use std::fmt;

use super::{Expr, ExprKind, Loop};

impl fmt::Display for Expr {
    /// The expression without the brackets around it; JSON values as the calls that make them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Null => f.write_str("null()"),
            ExprKind::Bool(value) => write!(f, "{value}()"),
            ExprKind::Int(value) => write!(f, "{value}"),
            ExprKind::Float(value) => write!(f, "{value:?}"),
            ExprKind::Str(text) => write!(f, "'{}'", text.replace('\'', "''")),
            ExprKind::Array(items) => call(f, "createArray", items.iter()),
            ExprKind::Object(found) => object(f, &found.members, &found.loops),
            ExprKind::Call(found) => {
                if let Some(namespace) = &found.namespace {
                    write!(f, "{namespace}.")?;
                }
                call(f, &found.name, found.args.iter())
            }
            ExprKind::Member(member) => write!(f, "{}.{}", member.of, member.name),
            ExprKind::Index { of, index } => write!(f, "{of}[{index}]"),
            ExprKind::Broken(_) => f.write_str("?"),
        }
    }
}

fn call<'e>(f: &mut fmt::Formatter<'_>, name: &str, args: impl Iterator<Item = &'e Expr>) -> fmt::Result {
    write!(f, "{name}(")?;
    for (n, arg) in args.enumerate() {
        if n > 0 {
            f.write_str(", ")?;
        }
        write!(f, "{arg}")?;
    }
    f.write_str(")")
}

fn object(f: &mut fmt::Formatter<'_>, members: &[(Expr, Expr)], loops: &[Loop]) -> fmt::Result {
    f.write_str("createObject(")?;
    let mut separator = "";
    for (key, value) in members {
        write!(f, "{separator}{key}, {value}")?;
        separator = ", ";
    }
    for each in loops {
        write!(f, "{separator}'{}', copy({}, {})", each.name.replace('\'', "''"), each.count, each.input)?;
        separator = ", ";
    }
    f.write_str(")")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{Just, Strategy, any, prop, prop_oneof, proptest};

    use crate::expr::{Call, Expr, ExprKind, parse};
    use crate::source::{FileId, Span, TextMap};

    const NOWHERE: Span = Span { file: FileId(0), start: 0, end: 0 };

    fn node(kind: ExprKind) -> Expr {
        Expr { kind, span: NOWHERE }
    }

    fn parsed_trees() -> impl Strategy<Value = Expr> {
        let name = || prop_oneof![Just("concat"), Just("p"), Just("_x1"), Just("true")];
        let leaf = prop_oneof![
            any::<i64>().prop_map(|value| node(ExprKind::Int(value))),
            any::<f64>()
                .prop_filter("JSON has no others", |value| value.is_finite())
                .prop_map(|value| node(ExprKind::Float(value))),
            ".*".prop_map(|text| node(ExprKind::Str(text.into()))),
        ];
        leaf.prop_recursive(6, 40, 4, move |inner| {
            let args = prop::collection::vec(inner.clone(), 0..4);
            prop_oneof![
                (prop::option::of(name()), name(), args).prop_map(|(namespace, name, args)| {
                    let namespace = namespace.map(Into::into);
                    node(ExprKind::Call(Box::new(Call { namespace, name: name.into(), name_span: NOWHERE, args: args.into() })))
                }),
                (inner.clone(), name()).prop_map(|(of, name)| { node(ExprKind::member(of, name, NOWHERE)) }),
                (inner.clone(), inner).prop_map(|(of, index)| node(ExprKind::Index { of: Box::new(of), index: Box::new(index) })),
            ]
        })
    }

    /// The tree without its places.
    fn bare(expr: &Expr) -> Expr {
        let all = |exprs: &[Expr]| exprs.iter().map(bare).collect();
        node(match &expr.kind {
            ExprKind::Call(call) => ExprKind::Call(Box::new(Call {
                namespace: call.namespace.clone(),
                name: call.name.clone(),
                name_span: NOWHERE,
                args: all(&call.args),
            })),
            ExprKind::Member(member) => ExprKind::member(bare(&member.of), member.name.clone(), NOWHERE),
            ExprKind::Index { of, index } => ExprKind::Index { of: Box::new(bare(of)), index: Box::new(bare(index)) },
            other => other.clone(),
        })
    }

    proptest! {
        #[test]
        fn what_is_printed_parses_to_the_same_tree(tree in parsed_trees()) {
            let text = tree.to_string();
            let parsed = parse(&text, 0..text.len(), &TextMap::plain(FileId(0), 0), NOWHERE);
            assert_eq!(parsed.as_ref().map(bare).as_ref(), Ok(&tree), "{text}");
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "[\\[\\]().,' \"a1é-]{0,40}") {
            let _ = parse(&text, 0..text.len(), &TextMap::plain(FileId(0), 0), NOWHERE);
        }
    }
}
