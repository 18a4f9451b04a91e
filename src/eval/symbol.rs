//! The symbols of unknowns: canonical texts that are equal only for values that are the same.

use std::fmt::Write as _;

use super::Scope;
use super::evaluate::Env;
use crate::expr::Expr;
use crate::value::{Symbol, Value, ValueKind, push_quoted};

/// The symbol of a call: `name(argument,…)`, the name in lower case, the arguments computed as far as they are known.
pub(super) fn of_call(name: &str, values: &[Value]) -> Symbol {
    let mut out = String::with_capacity(name.len() + 32);
    out.push_str(name);
    out.make_ascii_lowercase();
    out.push('(');
    for (n, value) in values.iter().enumerate() {
        if n > 0 {
            out.push(',');
        }
        write_exact(value, &mut out);
    }
    out.push(')');
    Symbol::new(out)
}

/// The symbol of the member `name`, whose case does not count, of the value with the symbol `of`.
pub(super) fn of_member(of: &Symbol, name: &str) -> Symbol {
    let plain = name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let name = name.to_ascii_lowercase();
    Symbol::new(if plain { format!("{of}.{name}") } else { format!("{of}['{}']", name.replace('\'', "''")) })
}

/// The symbol of the element `index` of the value `of`.
pub(super) fn of_element(of: &Value, index: &Value) -> Symbol {
    let mut out = String::new();
    write_exact(of, &mut out);
    out.push('[');
    write_exact(index, &mut out);
    out.push(']');
    Symbol::new(out)
}

/// `text` as a string literal.
pub(super) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    push_quoted(text, &mut out);
    out
}

/// Appends `value` so that two values with one text are the same to every function.
///
/// Unlike [`Value::canonical`] it keeps the order and the case of keys, which `string()` and `items()` can tell.
pub(super) fn write_exact(value: &Value, out: &mut String) {
    match &value.kind {
        ValueKind::Str(text) => push_quoted(text, out),
        ValueKind::Array(items) => {
            out.push('[');
            for (n, item) in items.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                write_exact(item, out);
            }
            out.push(']');
        }
        ValueKind::Object(object) => {
            out.push('{');
            for (n, (key, member)) in object.iter().enumerate() {
                if n > 0 {
                    out.push(',');
                }
                let _ = write!(out, "{:?}:", key.as_str());
                write_exact(member, out);
            }
            out.push('}');
        }
        ValueKind::Null | ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_) | ValueKind::Unknown(_) => {
            out.push_str(&value.canonical());
        }
    }
}

impl Scope {
    /// A symbol that means something else in another deployment.
    pub(super) fn local(&self, text: &str) -> Symbol {
        let colon = if self.qualifier.is_empty() || self.qualifier.ends_with(':') { "" } else { ":" };
        Symbol::new(format!("{}{colon}{text}", self.qualifier))
    }

    /// A symbol that no other value has.
    pub(super) fn unique(&self, text: &str) -> Symbol {
        self.limits.entangle();
        self.local(&format!("{text}#{}", self.memory.next_number()))
    }

    /// The symbol of an expression that is not evaluated but means the same wherever the same names mean the same.
    pub(super) fn of_text(&self, head: &str, exprs: &[&Expr], env: &Env<'_>) -> Symbol {
        let mut out = format!("{head}(");
        for (n, expr) in exprs.iter().enumerate() {
            let _ = write!(out, "{}{expr}", if n > 0 { ", " } else { "" });
        }
        out.push(')');
        env.write_bound(&mut out);
        self.local(&out)
    }
}
