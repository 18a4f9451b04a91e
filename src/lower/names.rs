//! Names that lead nowhere, and names that nothing leads to: found in the text alone, whatever is evaluated.

use super::blueprint::{Blueprint, Content, Nested, ResourcePlan};
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::expr::{Call, Expr, ExprKind};
use crate::source::Span;
use crate::threads;
use crate::value::{Key, KeyIndex};

/// The rule of a name that is not declared.
pub const UNDEFINED_REFERENCE: &str = "template/undefined-reference";
/// The rule of a parameter that nothing reads.
pub const UNUSED_PARAMETER: &str = "template/unused-parameter";
/// The rule of a variable that nothing reads.
pub const UNUSED_VARIABLE: &str = "template/unused-variable";

/// What the expressions of one evaluation scope read.
#[derive(Default)]
struct Reads<'b> {
    parameters: Vec<(&'b str, Span)>,
    variables: Vec<(&'b str, Span)>,
    /// Whether a name is computed, so that any may be meant.
    computed: bool,
}

/// For how many nested templates a second thread is started.
const MANY: usize = 100;

/// What is wrong with the names of a template and of every nested template with a scope of its own.
pub(super) fn check(blueprint: &Blueprint) -> Vec<Diagnostic> {
    let mut problems = Vec::new();
    let mut reads = Reads::default();
    let mut inner = Vec::new();
    reads.blueprint(blueprint, &mut inner);
    let parameters: Vec<&Key> = blueprint.parameters.iter().map(|parameter| &parameter.name).collect();
    let read_parameters = used("parameter", &reads.parameters, &parameters, &mut problems);
    let variables: Vec<&Key> = blueprint.variables.iter().map(|(name, _)| name).collect();
    let read_variables = used("variable", &reads.variables, &variables, &mut problems);
    if !reads.computed {
        for (parameter, _) in blueprint.parameters.iter().zip(read_parameters).filter(|(_, read)| !read) {
            let message = format!("parameter `{}` is never used", parameter.name);
            problems.push(unused(UNUSED_PARAMETER, message, parameter.declared));
        }
        for ((name, value), _) in blueprint.variables.iter().zip(read_variables).filter(|(_, read)| !read) {
            problems.push(unused(UNUSED_VARIABLE, format!("variable `{name}` is never used"), value.span));
        }
    }
    problems.extend(threads::share(&inner, inner.len() > MANY, |nested| check(nested)).into_iter().flatten());
    problems
}

fn unused(rule: &'static str, message: String, at: Span) -> Diagnostic {
    Diagnostic::new(rule, Severity::Note, message, Label::new(at, "nothing reads it")).with_help("remove it")
}

/// Which of the declared names are read; those that are read and not declared are told.
fn used(kind: &str, reads: &[(&str, Span)], declared: &[&Key], problems: &mut Vec<Diagnostic>) -> Vec<bool> {
    let index = KeyIndex::of(declared.iter().copied());
    let find = |name: &str| index.find(name, |at| declared.get(at).copied());
    let mut used = vec![false; declared.len()];
    for (name, span) in reads {
        match find(name) {
            Some(at) => used[at] = true,
            None => problems.push(undefined(kind, name, *span, declared)),
        }
    }
    // Of two with one name, what reads one reads the other.
    declared.iter().map(|name| find(name.as_str()).is_some_and(|at| used[at])).collect()
}

fn undefined(kind: &str, name: &str, at: Span, declared: &[&Key]) -> Diagnostic {
    // Of two names that are equally near it is the same one in whatever order they are declared.
    let mut declared = declared.to_vec();
    declared.sort_unstable();
    let near = crate::diagnostic::nearest(name, declared.iter().map(|key| key.as_str()));
    let help = near
        .map_or_else(|| format!("declare it in `{kind}s`"), |near| format!("write `{near}`, or declare `{name}` in `{kind}s`"));
    let message = format!("{kind} `{name}` is not declared");
    Diagnostic::new(UNDEFINED_REFERENCE, Severity::Error, message, Label::new(at, "not declared")).with_help(help)
}

impl<'b> Reads<'b> {
    fn blueprint(&mut self, blueprint: &'b Blueprint, inner: &mut Vec<&'b Blueprint>) {
        for parameter in &blueprint.parameters {
            parameter.default.iter().for_each(|default| self.expr(default));
        }
        blueprint.variables.iter().for_each(|(_, value)| self.expr(value));
        blueprint.asides.iter().for_each(|aside| self.expr(aside));
        for output in &blueprint.outputs {
            self.expr(&output.value);
            output.condition.iter().for_each(|condition| self.expr(condition));
        }
        blueprint.resources.iter().for_each(|plan| self.resource(plan, inner));
    }

    fn resource(&mut self, plan: &'b ResourcePlan, inner: &mut Vec<&'b Blueprint>) {
        plan.copy.iter().for_each(|copy| self.expr(&copy.count));
        self.expr(&plan.body);
        plan.children.iter().for_each(|child| self.resource(child, inner));
        if let Some(nested) = &plan.nested {
            self.nested(nested, inner);
        }
    }

    fn nested(&mut self, nested: &'b Nested, inner: &mut Vec<&'b Blueprint>) {
        let Content::Template(blueprint) = &nested.content else { return };
        if nested.inner {
            inner.push(blueprint);
        } else {
            // Its expressions are evaluated out here; its own parameters and variables are seen by nothing.
            blueprint.outputs.iter().for_each(|output| self.expr(&output.value));
            blueprint.resources.iter().for_each(|plan| self.resource(plan, inner));
        }
    }

    fn expr(&mut self, expr: &'b Expr) {
        match &expr.kind {
            ExprKind::Array(items) => items.iter().for_each(|item| self.expr(item)),
            ExprKind::Object(object) => {
                for (key, value) in &object.members {
                    self.expr(key);
                    self.expr(value);
                }
                for made in &object.loops {
                    self.expr(&made.count);
                    self.expr(&made.input);
                }
            }
            ExprKind::Call(call) => self.call(call),
            ExprKind::Member(member) => self.expr(&member.of),
            ExprKind::Index { of, index } => {
                self.expr(of);
                self.expr(index);
            }
            ExprKind::Null
            | ExprKind::Bool(_)
            | ExprKind::Int(_)
            | ExprKind::Float(_)
            | ExprKind::Str(_)
            | ExprKind::Broken(_) => {}
        }
    }

    fn call(&mut self, call: &'b Call) {
        call.args.iter().for_each(|arg| self.expr(arg));
        let into = match &call.name {
            _ if call.namespace.is_some() => return,
            name if name.eq_ignore_ascii_case("parameters") => &mut self.parameters,
            name if name.eq_ignore_ascii_case("variables") => &mut self.variables,
            _ => return,
        };
        match call.args.first().map(|arg| (&arg.kind, arg.span)) {
            Some((ExprKind::Str(name), span)) => into.push((name, span)),
            Some(_) => self.computed = true,
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MANY, UNDEFINED_REFERENCE, check};
    use crate::lower::read;
    use crate::source::{Loaded, Sources};
    use crate::syntax::Document;
    use crate::template::Template;

    #[test]
    fn names_of_nested_templates_are_told_in_their_order_however_many_there_are() {
        for count in [3, MANY + 50] {
            let module = |n: usize| {
                format!(
                    r#"{{ "type": "Microsoft.Resources/deployments", "apiVersion": "1", "name": "m{n}", "properties": {{
                    "expressionEvaluationOptions": {{ "scope": "inner" }}, "template": {{ "resources": [
                    {{ "type": "A.B/c", "apiVersion": "1", "name": "[parameters('p{n}')]" }}] }} }} }}"#
                )
            };
            let modules: Vec<String> = (0..count).map(module).collect();
            let text = format!(r#"{{ "resources": [{}] }}"#, modules.join(","));
            let document = Document::parse(Sources::new().add("main.json", Loaded::utf8(text)));
            let blueprint = read(&Template::new(document.root().unwrap()), "", false, &mut Vec::new());
            let told: Vec<_> = check(&blueprint).into_iter().map(|problem| (problem.rule, problem.message)).collect();
            let wanted = (0..count).map(|n| (UNDEFINED_REFERENCE.into(), format!("parameter `p{n}` is not declared")));
            assert_eq!(told, wanted.collect::<Vec<_>>());
        }
    }
}
