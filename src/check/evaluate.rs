//! One expression, evaluated where a person or a script wants it: `armlint eval`.

use std::path::PathBuf;
use std::sync::Arc;

use super::answer::{Step, Told};
use super::documents::Documents;
use super::link::Linked;
use crate::diagnostic::{Diagnostic, Label, Severity};
use crate::expr::{self, Call, Expr, ExprKind};
use crate::lower::{self, Bench, INVALID_EXPRESSION, Links, Values};
use crate::source::{Disk, Loaded, SourceFile, Sources, Span, TextMap};
use crate::syntax::{Document, Node};
use crate::template::{DocumentKind, Template, recognise};

/// What to evaluate, and where.
pub struct Question {
    /// The expression with its brackets; other text is itself.
    pub expression: String,
    /// The template whose names it may use.
    pub template: Option<String>,
    /// The file with the values of the template's parameters.
    pub parameters: Option<String>,
    /// The place, a JSON object: `scope`, `subscriptionId`, `resourceGroup`, …
    pub context: String,
}

/// What an expression comes to.
pub struct Answer {
    /// The value; unknown in whole or in part where only the deployment knows.
    pub told: Told,
    /// For a call: the function, and each argument.
    pub steps: Option<(String, Vec<Step>)>,
    /// Where the first unknown comes in: the innermost part of the expression that is not known.
    pub unknown: Option<Label>,
    /// Certain errors in it.
    pub problems: Vec<Diagnostic>,
    /// The files that spans point into.
    pub sources: Arc<Sources>,
}

/// Evaluates one expression.
///
/// # Errors
/// A file that cannot be read, is no template or no parameter file: one line.
pub fn evaluate(question: &Question) -> Result<Answer, String> {
    let roots = question.template.iter().filter_map(|path| super::tree(&PathBuf::from(path), &Disk)).collect();
    let documents = Arc::new(Documents::new(Arc::default(), Arc::new(Disk), roots, Vec::new()));
    let sources = Arc::clone(&documents.sources);
    let file = sources.add("<expression>", Loaded::utf8(question.expression.as_str()));
    let context = Document::parse(sources.add("<context>", Loaded::utf8(question.context.as_str())));
    let values = match &question.parameters {
        Some(path) => parameters(&documents, path)?,
        None => Values::default(),
    };
    let bench = match &question.template {
        Some(path) => {
            let document = documents.open(path).map_err(|error| format!("{path}: {error}"))?;
            let root = document.root().filter(|root| matches!(recognise(*root), DocumentKind::Template(_)));
            let root = root.ok_or_else(|| format!("{path}: is not a deployment template"))?;
            let blueprint = lower::read(&Template::new(root), "", false, &mut Vec::new());
            let links: Arc<dyn Links> = Arc::new(Linked::new(&documents));
            Bench::in_template(&blueprint, &values, context.root(), &links)
        }
        None => Bench::among(None, None, context.root()),
    };
    let whole = Span::new(file.id(), 0, u32::try_from(file.text().len()).unwrap_or(u32::MAX));
    let (expr, error) = expr::read_string(file.text(), &TextMap::plain(file.id(), 0), whole);
    let value = bench.evaluate(&expr);
    let mut problems: Vec<Diagnostic> =
        bench.faults().into_iter().map(|fault| problem(fault.message, Label::new(fault.span, ""))).collect();
    problems.extend(error.map(|error| problem(error.message, Label::new(error.span, error.expected))));
    let unknown = value.first_unknown().map(|unknown| Label::new(innermost(&expr, &bench).span, unknown.why.to_string()));
    let steps = match &expr.kind {
        ExprKind::Call(call) => Some(steps(call, &bench, &file, &sources)),
        _ => None,
    };
    // What a part that is never reached would have said is no error.
    drop(bench.faults());
    Ok(Answer { told: Told::of(&value), steps, unknown, problems, sources })
}

fn problem(message: String, label: Label) -> Diagnostic {
    Diagnostic::new(INVALID_EXPRESSION, Severity::Error, message, label)
}

/// The part of an unknown expression from which it is unknown: the first that is so while its own parts are not.
fn innermost<'e>(expr: &'e Expr, bench: &Bench) -> &'e Expr {
    let parts: Vec<&Expr> = match &expr.kind {
        ExprKind::Call(call) => call.args.iter().collect(),
        ExprKind::Member(member) => vec![&member.of],
        ExprKind::Index { of, index } => vec![of, index],
        _ => Vec::new(),
    };
    let unknown = parts.into_iter().find(|part| bench.evaluate(part).first_unknown().is_some());
    unknown.map_or(expr, |part| innermost(part, bench))
}

fn steps(call: &Call, bench: &Bench, file: &SourceFile, sources: &Sources) -> (String, Vec<Step>) {
    let step = |arg: &Expr| Step::of(file.slice(arg.span).to_owned(), &bench.evaluate(arg), sources);
    let has_value = |arg: &&Expr| !matches!(&arg.kind, ExprKind::Call(call) if call.name.eq_ignore_ascii_case("lambda"));
    let steps = call.args.iter().filter(has_value).map(step).collect();
    (file.slice(call.name_span).to_owned(), steps)
}

fn parameters(documents: &Documents, path: &str) -> Result<Values, String> {
    let document = documents.open(path).map_err(|error| format!("{path}: {error}"))?;
    let section =
        document.root().filter(|root| recognise(*root) == DocumentKind::ParameterFile).and_then(|root| root.get("parameters"));
    section.map(Values::read).ok_or_else(|| format!("{path}: is not a parameter file"))
}

/// Evaluates one line of `eval --jsonl`: an object with `id`, `expr`, `parameters`, `variables`, `context`.
///
/// # Errors
/// A line that is no such object: what is wrong with it.
pub fn evaluate_line(line: &str) -> Result<Line, String> {
    let sources = Sources::new();
    let document = Document::parse(sources.add("<stdin>", Loaded::utf8(line)));
    let Some(root) = document.root().filter(|root| root.is_object() && document.is_well_formed()) else {
        let problem =
            document.problems().first().map_or_else(|| "expected a JSON object".to_owned(), |problem| problem.message.clone());
        return Err(problem);
    };
    let node = root.get("expr").filter(|node| node.is_string()).ok_or("expected a string `expr`")?;
    let bench = Bench::among(root.get("parameters"), root.get("variables"), root.get("context"));
    let (expr, error) = expr::read_string(&node.string().unwrap_or_default(), &node.text_map(), node.span());
    let value = bench.evaluate(&expr);
    let error = error.map(|error| error.message).or_else(|| bench.faults().into_iter().next().map(|fault| fault.message));
    Ok(Line { id: root.get("id").and_then(Node::string).unwrap_or_default().into_owned(), told: Told::of(&value), error })
}

/// The answer to one line.
pub struct Line {
    /// The line's `id`.
    pub id: String,
    /// The value.
    pub told: Told,
    /// Why there is none.
    pub error: Option<String>,
}
