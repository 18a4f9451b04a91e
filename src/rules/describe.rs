//! From a verdict to a diagnostic: what is said, where, and where the value came from.

use std::sync::Arc;

use super::condition::{Operand, Operands, Predicate, Quantifier, Source, Test};
use super::evidence::Evidence;
use super::judge::{Tally, causes, failures};
use super::mend::{self, Trees};
use super::operator;
use super::path::Path;
use super::predicate::{Case, Cause, Reason};
use super::rule::{How, Place, Subject, Texts};
use super::select::Hit;
use super::wording::{Blank, Wording};
use crate::diagnostic::{Diagnostic, Environments, Label, ResourceRef, Severity, Verdict, nearest};
use crate::model::Resource;
use crate::source::Span;
use crate::value::{Hop, Step, Truth, Value, ValueKind};

/// How long a value may be in a message, in characters; the excerpt shows the whole.
const MAX_SHOWN: usize = 80;

/// What a failing case says.
pub(super) fn fails(case: &Case<'_, '_>, trees: &dyn Trees) -> Diagnostic {
    let report = &case.rule.report;
    let special = report.cases.iter().find(|(when, _)| case.certainly(when)).map(|(_, texts)| texts);
    let pick =
        |part: fn(&Texts) -> &Option<Wording>| special.and_then(|texts| part(texts).as_ref()).or(part(&report.texts).as_ref());
    let evidence = failures(case);
    let told = special.filter(|texts| !texts.at.is_empty()).and_then(|texts| first_set(case, &texts.at));
    let place = told.or_else(|| place(case)).or_else(|| evidence.iter().find_map(|evidence| evidence.hit.clone()));
    let fill = |wording: &Wording| wording.fill(|blank| filled(case, blank, place.as_ref(), &evidence));
    let label = pick(|texts| &texts.label).map(fill).unwrap_or_default();
    let message = pick(|texts| &texts.message).map(fill).unwrap_or_default();
    let help = pick(|texts| &texts.help).map(fill);
    let help = match (&case.rule.deprecated, help) {
        (Some(why), help) => Some(format!("use another rule, this one is deprecated: {why}; {}", help.unwrap_or_default())),
        (None, help) => help,
    };
    let severity = severity(case);
    let mut diagnostic = about(case, severity, message, place.as_ref(), label, trees);
    for extra in report.labels.iter().filter(|extra| extra.when.as_ref().is_none_or(|when| case.certainly(when))) {
        if let Some(hit) = case.find_first(&extra.at, &[]).hits.into_iter().next() {
            let text = extra.text.fill(|blank| filled(case, blank, Some(&hit), &evidence));
            add(&mut diagnostic, Label::new(site(&hit, trees), text));
            trail(&hit).into_iter().for_each(|label| add(&mut diagnostic, label));
        }
    }
    for (hit, text) in others(place.as_ref(), &evidence, pick(|texts| &texts.label)) {
        let text = text.map(|wording| wording.fill(|blank| filled(case, blank, Some(hit), &evidence))).unwrap_or_default();
        add(&mut diagnostic, Label::new(site(hit, trees), text));
    }
    diagnostic.help = help;
    diagnostic.fixes = case.rule.fixes.iter().filter_map(|plan| mend::fix(case, plan, trees, &fill)).collect();
    diagnostic
}

/// Where one question failed on several values and the diagnostic stands on the first of them: the others, and what is said of
/// each.
fn others<'a, 'm>(
    place: Option<&'a Hit<'m>>,
    evidence: &'a [Evidence<'m, '_>],
    label: Option<&'a Wording>,
) -> impl Iterator<Item = (&'a Hit<'m>, Option<&'a Wording>)> {
    let first = evidence
        .iter()
        .find(|evidence| evidence.hit.as_ref().zip(place).is_some_and(|(hit, place)| std::ptr::eq(hit.value, place.value)));
    let same = evidence.iter().filter(move |other| {
        first.is_some_and(|first| std::ptr::eq(first.leaf, other.leaf) && first.leaf.quantifier != Quantifier::One)
    });
    same.filter_map(|evidence| evidence.hit.as_ref()).map(move |hit| (hit, label))
}

/// What a case says that cannot be decided.
pub(super) fn undecided(case: &Case<'_, '_>, tally: Option<&Tally>, trees: &dyn Trees) -> Diagnostic {
    let causes = causes(case);
    let resource = case.model.get(case.ix);
    let (here, elsewhere): (Vec<_>, Vec<_>) =
        causes.iter().partition(|cause| cause.place.as_ref().is_some_and(|place| std::ptr::eq(place.owner, resource)));
    let reason = tally.and_then(Tally::words).or_else(|| causes.first().map(Cause::words)).unwrap_or_default();
    let about_place = place(case).filter(|place| std::ptr::eq(place.owner, resource));
    let place = here.first().and_then(|cause| cause.place.clone()).or_else(|| about_place.clone());
    let message = match &case.rule.report.undecided {
        Some(wording) => wording.fill(|blank| filled(case, blank, place.as_ref(), &[])),
        None => format!("cannot tell whether `{}` breaks this rule: {}", resource.display_name(), case.rule.meta.title),
    };
    let usual =
        || case.rule.report.texts.label.as_ref().map(|wording| wording.fill(|blank| filled(case, blank, place.as_ref(), &[])));
    let label = here.first().map(|cause| cause.words()).or_else(usual).unwrap_or_default();
    let mut diagnostic = about(case, severity(case), message, place.as_ref(), label, trees);
    if let Some(place) = about_place {
        // The same as where it fails: by it, environments tell one defect from another.
        diagnostic.path = place.path();
    }
    if let (Some(cause), true) = (elsewhere.first(), here.is_empty())
        && let Some(place) = &cause.place
    {
        add(&mut diagnostic, Label::new(place.site(), cause.words()));
        trail(place).into_iter().for_each(|label| add(&mut diagnostic, label));
    }
    diagnostic.verdict = Verdict::Undecided(reason);
    diagnostic.environments = Environments { undecided: vec!["defaults".to_owned()], ..Environments::default() };
    diagnostic
}

/// How bad the case is: the first predicate that certainly holds decides.
fn severity(case: &Case<'_, '_>) -> Severity {
    let graded = &case.rule.severity;
    graded.cases.iter().find(|(when, _)| case.certainly(when)).map_or(graded.default, |(_, severity)| *severity)
}

/// The place that the rule says it is about: the first that is there and written in the resource.
fn place<'m>(case: &Case<'m, '_>) -> Option<Hit<'m>> {
    first_set(case, &case.rule.report.texts.at)
}

fn first_set<'m>(case: &Case<'m, '_>, places: &[Place]) -> Option<Hit<'m>> {
    let hits =
        |place: &Place| case.find_first(place, &[]).hits.into_iter().find(|hit| operator::is_set(hit.value) != Truth::False);
    places.iter().find_map(hits)
}

/// A diagnostic about the resource, at the place or else where its type stands.
fn about(
    case: &Case<'_, '_>,
    severity: Severity,
    message: String,
    place: Option<&Hit<'_>>,
    label: String,
    trees: &dyn Trees,
) -> Diagnostic {
    let resource = case.model.get(case.ix);
    let span = place.map_or_else(|| head(resource), |hit| site(hit, trees));
    let mut diagnostic = Diagnostic::new(Arc::clone(&case.rule.meta.name), severity, message, Label::new(span, label));
    let spelled = case.rule.resource.iter().find(|known| **known == resource.resource_type).unwrap_or(&resource.resource_type);
    diagnostic.resource = Some(ResourceRef {
        file: resource.declared.file,
        resource_type: spelled.to_string(),
        name: resource.display_name(),
        symbolic_name: resource.symbolic_name.as_deref().map(str::to_owned),
        pointer: resource.pointer.to_string(),
    });
    if let Some(place) = place.filter(|place| std::ptr::eq(place.owner, resource)) {
        diagnostic.path = place.path();
    }
    place.map(trail).unwrap_or_default().into_iter().for_each(|label| add(&mut diagnostic, label));
    let conditions: Vec<&str> = std::iter::once(resource)
        .chain(targets(case))
        .filter(|resource| resource.condition.holds == Truth::Unknown)
        .map(|resource| resource.condition.text.as_str())
        .collect();
    diagnostic.condition = (!conditions.is_empty()).then(|| conditions.join(" and "));
    diagnostic
}

/// Where a value is written, or its name where that is meant.
fn site(hit: &Hit<'_>, trees: &dyn Trees) -> Span {
    let value = hit.site();
    let name = || {
        let document = trees.document(value.file)?;
        let way = document.way_to(value);
        let [.., around, node] = way.as_slice() else { return None };
        let (key, _) = around.members().find(|(_, member)| member.span() == node.span())?;
        key.string()?.eq_ignore_ascii_case(hit.key()?).then(|| key.span())
    };
    hit.named.then(name).flatten().unwrap_or(value)
}

/// The single resources that the case is joined to.
fn targets<'m>(case: &Case<'m, '_>) -> impl Iterator<Item = &'m Resource> {
    let joins = Subject::FIRST_JOIN..Subject::FIRST_JOIN + case.rule.joins.len();
    joins.filter_map(|ix| target(case, Subject(ix)))
}

fn target<'m>(case: &Case<'m, '_>, subject: Subject) -> Option<&'m Resource> {
    match case.joined(subject)? {
        super::join::Joined::One(hit) => Some(hit.owner),
        super::join::Joined::Many { .. } | super::join::Joined::None | super::join::Joined::Unknown(_) => None,
    }
}

/// Where a resource is named in a line of its own: its type.
fn head(resource: &Resource) -> Span {
    let named = |key: &str| resource.body.as_object()?.get(key).map(|value| value.origin.written);
    let inside = |span: &Span| resource.declared.contains(span);
    named("type").filter(inside).or_else(|| named("name").filter(inside)).unwrap_or(resource.declared)
}

/// Adds a label unless the place is told already.
fn add(diagnostic: &mut Diagnostic, label: Label) {
    let known = std::iter::once(&diagnostic.primary).chain(&diagnostic.labels).any(|other| other.span == label.span);
    if !known {
        diagnostic.labels.push(label);
    }
}

/// The places that a value came through before it stood in the resource, the latest first.
pub(super) fn trail(hit: &Hit<'_>) -> Vec<Label> {
    let mut labels: Vec<Label> = hit.placed.origin.hops().filter_map(label).collect();
    if !std::ptr::eq(hit.placed, hit.value) && !hit.assumed {
        // A part of an object that came as a whole: point at the part in the object, not at the object.
        let written = hit.value.origin.written;
        match labels.iter_mut().find(|label| label.span.contains(&written)) {
            Some(whole) => whole.span = written,
            None => labels.push(Label::new(written, "written here")),
        }
        labels.extend(hit.value.origin.hops().filter_map(label));
    }
    labels.extend(hit.policy.iter().flat_map(|(document, _)| document.way().iter().cloned()));
    let site = hit.site();
    labels.retain(|label| !site.contains(&label.span));
    labels
}

fn label(hop: &Hop) -> Option<Label> {
    let text = match &hop.step {
        Step::Variable(name) => format!("variable `{name}`"),
        Step::ParameterDefault { name, .. } => format!("default value of parameter `{name}`"),
        Step::ParameterDeclaration { name, .. } => format!("parameter `{name}` is declared here"),
        Step::ParameterFile { .. } => "set here".to_owned(),
        Step::DeploymentParameter { name, .. } => format!("handed to parameter `{name}` here"),
        Step::Output(name) => format!("output `{name}`"),
        Step::Reference(name) => format!("property of `{name}`"),
        // An index and an argument stand inside the expression that the label before points at.
        Step::CopyIndex(_) | Step::Argument(_) | Step::Member(_) => return None,
    };
    Some(Label::new(hop.from, text))
}

/// What stands in place of a blank.
fn filled(case: &Case<'_, '_>, blank: &Blank, place: Option<&Hit<'_>>, evidence: &[Evidence<'_, '_>]) -> String {
    let resource = |subject: &Subject| match *subject {
        Subject::SELF | Subject::EACH => Some(case.model.get(case.ix)),
        joined => target(case, joined),
    };
    let found = |hit: Option<&Hit<'_>>| hit.map_or_else(|| "nothing".to_owned(), |hit| shown(hit.value));
    match blank {
        Blank::Name(subject) => {
            let name = resource(subject).map(Resource::display_name).unwrap_or_default();
            if name.is_empty() { "?".to_owned() } else { name }
        }
        Blank::Type(subject) => resource(subject).map(|resource| resource.resource_type.to_string()).unwrap_or_default(),
        Blank::Found => found(place),
        Blank::Key => place.and_then(Hit::last_name).unwrap_or_default().to_owned(),
        Blank::Failing => failing(evidence),
        Blank::Nearest => {
            place.and_then(|hit| meant(case, if hit.named { hit.key()? } else { hit.value.as_str()? })).unwrap_or_default()
        }
        Blank::Expected => evidence.first().map(|evidence| expected(&evidence.leaf.test)).unwrap_or_default(),
        Blank::AsOf => shown(&case.settings.date_after(0)),
        Blank::Option(option) => shown(&case.settings.option(case.rule, *option)),
        Blank::Value(place) => {
            let found_there = case.find_first(place, &[]);
            let unknown = found_there.stops.iter().find_map(|cause| match &cause.reason {
                Reason::Unknown(unknown) => Some(unknown.display()),
                Reason::Words(_) => None,
            });
            match (found_there.hits.first(), unknown) {
                (None, Some(unknown)) => unknown,
                (hit, _) => found(hit),
            }
        }
    }
}

/// The names of the properties that decided, each once: `$.a['x.y']` is `y`.
fn failing(evidence: &[Evidence<'_, '_>]) -> String {
    let mut names: Vec<&str> = Vec::new();
    for evidence in evidence {
        let written = match (&evidence.hit, &evidence.leaf.term.source) {
            (Some(hit), _) => hit.last_name(),
            (None, Source::At(place)) => place.paths.first().and_then(Path::last_name),
            (None, _) => None,
        };
        let short = written.map(|name| name.rsplit('.').next().unwrap_or(name));
        names.extend(short.filter(|name| !names.contains(name)));
    }
    names.join(", ")
}

/// Of the names that a fix of the rule may write, or that it asks for by `near`, the one that was probably meant.
fn meant(case: &Case<'_, '_>, written: &str) -> Option<String> {
    let fixed = case.rule.fixes.iter().flat_map(|plan| &plan.changes).find_map(|change| match &change.how {
        How::SetNearest(names) => Some(names),
        How::Set(_) | How::Remove | How::Replace(..) | How::Add(_) | How::Insert(_) => None,
    });
    let asked = || [&*case.rule.assert, &case.rule.when].into_iter().flatten().find_map(Predicate::near);
    let names = fixed.or_else(asked)?;
    nearest(written.trim(), names.iter().map(|name| &**name)).map(str::to_owned)
}

/// What a question wants to be so, as far as it is a value.
fn expected(test: &Test) -> String {
    match test {
        Test::Equals(Operand::Literal(value))
        | Test::OlderThan(Operand::Literal(value))
        | Test::NewerThan(Operand::Literal(value)) => shown(value),
        Test::In(Operands::Literal(values)) => values.iter().map(shown).collect::<Vec<_>>().join(" or "),
        Test::StartsWith(texts) | Test::EndsWith(texts) => texts.join(" or "),
        _ => String::new(),
    }
}

/// A value as it stands in a message: strings bare, long ones cut.
pub(super) fn shown(value: &Value) -> String {
    let text = match &value.kind {
        ValueKind::Str(text) => text.to_string(),
        ValueKind::Unknown(unknown) => unknown.display(),
        ValueKind::Array(items) => items.iter().map(shown).collect::<Vec<_>>().join(", "),
        ValueKind::Null | ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_) | ValueKind::Object(_) => {
            mend::json(value)
        }
    };
    match text.char_indices().nth(MAX_SHOWN) {
        Some((at, _)) => format!("{}…", &text[..at]),
        None => text,
    }
}
