//! A large template in pieces, for several cores: what comes out is the same in whatever number of pieces.

use std::ops::Range;
use std::rc::Rc;

use super::blueprint::Blueprint;
use super::budget::{Budget, Spent};
use super::deploy::{Builder, Lowered};
use super::instance::Instance;
use crate::source::Span;
use crate::threads;

/// How many bytes of a template are one piece: some ten times as much work as starting a thread.
const PIECE: u32 = 128 << 10;
/// How many pieces there are at most: each finds out for itself what it has to know of the whole.
const MOST: u32 = 32;

/// Neighbours that are a piece together, by where each stands; none where all of them are too little for two.
pub(super) fn split<T>(items: &[T], at: impl Fn(&T) -> Span) -> Vec<Range<usize>> {
    let len = |item: &T| at(item).end - at(item).start;
    let enough = PIECE.max(items.iter().map(len).fold(0, u32::saturating_add) / MOST);
    let mut pieces = Vec::new();
    let (mut start, mut size) = (0, 0);
    for (n, item) in items.iter().enumerate() {
        size += len(item);
        if size >= enough {
            pieces.push(start..n + 1);
            (start, size) = (n + 1, 0);
        }
    }
    if let Some(last) = pieces.last_mut() {
        last.end = items.len();
    }
    pieces
}

/// Deploys a template: a large one in pieces, each by an instance of its own.
///
/// Where a value hangs on what was asked for before it (numbered unknowns, deployments that need themselves), or where the
/// pieces together are more than a template may come to, it is deployed again as a whole.
pub(super) fn deploy<'r>(
    blueprint: &Blueprint,
    root: &(dyn Fn() -> Rc<Instance> + Sync),
    builder: &(dyn Fn() -> Builder<'r> + Sync),
) -> Lowered {
    in_pieces(blueprint, root, builder).unwrap_or_else(|| builder().run(&root()))
}

/// The same in pieces; `None` where it is better deployed as a whole.
fn in_pieces<'r>(
    blueprint: &Blueprint,
    root: &(dyn Fn() -> Rc<Instance> + Sync),
    builder: &(dyn Fn() -> Builder<'r> + Sync),
) -> Option<Lowered> {
    let pieces = split(&blueprint.resources, |plan| plan.declared);
    if pieces.len() < 2 {
        return None;
    }
    let done = threads::share(&pieces, true, |plans| {
        let (root, mut builder) = (root(), builder());
        builder.piece(&root, plans.clone());
        let alone = !root.budget.work.is_entangled();
        Some((builder, root.budget.spent()?)).filter(|_| alone)
    });
    let (builders, spent) = done.into_iter().collect::<Option<(Vec<Builder<'_>>, Vec<Spent>)>>()?;
    if !Budget::fit(&spent) {
        return None;
    }
    let mut builders = builders.into_iter();
    let mut joined = builders.next()?;
    joined.append(builders);
    Some(joined.finish(false))
}

#[cfg(test)]
mod tests {
    use std::rc::Rc;
    use std::sync::Arc;

    use super::{MOST, PIECE, deploy, in_pieces, split};
    use crate::eval::Context;
    use crate::lower::deploy::Builder;
    use crate::lower::instance::Instance;
    use crate::lower::{Blueprint, Closed, Links, Lowered, read};
    use crate::source::{FileId, Loaded, Sources, Span};
    use crate::syntax::Document;
    use crate::template::Template;
    use crate::value::Value;

    /// Links that lead nowhere.
    struct Nowhere;

    impl Links for Nowhere {
        fn open(&self, _: Span, _: &Value, _: bool) -> Result<Arc<Blueprint>, Closed> {
            Err(Closed::Outside("elsewhere".to_owned()))
        }
    }

    /// A template of so many modules, each of which reads what another one gives out, that one piece is not enough.
    fn modules(other: impl Fn(usize) -> Option<usize>, name: &str) -> String {
        let filler = "x".repeat(PIECE as usize / 8);
        let module = |n: usize| {
            let before = other(n).map_or("'b'".to_owned(), |other| format!("reference('m{other}').outputs.id.value"));
            let inner = format!(
                r#"{{ "parameters": {{ "before": {{ "type": "string" }}, "name": {{ "type": "string", "defaultValue": "[{name}]" }} }},
                "variables": {{ "filler": "{filler}", "name": "[concat(parameters('name'), '-{n}')]" }},
                "resources": [{{ "type": "A.B/c", "apiVersion": "1", "name": "[variables('name')]", "condition": "[equals(parameters('before'), 'b')]",
                    "tags": {{ "before": "[parameters('before')]" }} }},
                    {{ "type": "A.B/c", "apiVersion": "1", "name": "d", "copy": {{ "name": "many", "count": 801 }} }}],
                "outputs": {{ "id": {{ "type": "string", "value": "[resourceId('A.B/c', variables('name'))]" }} }} }}"#
            );
            format!(
                r#""m{n}": {{ "type": "Microsoft.Resources/deployments", "apiVersion": "1", "name": "m{n}", "properties": {{
                "expressionEvaluationOptions": {{ "scope": "inner" }},
                "parameters": {{ "before": {{ "value": "[{before}]" }} }}, "template": {inner} }} }}"#
            )
        };
        let all: Vec<String> = (0..24).map(module).collect();
        format!(
            r#"{{ "languageVersion": "2.0", "parameters": {{ "p": {{ "type": "string" }} }}, "resources": {{ {} }} }}"#,
            all.join(",")
        )
    }

    fn shown(lowered: &Lowered) -> String {
        let Lowered { model, problems, closed, untyped, truncated } = lowered;
        format!("{model:#?}{problems:#?}{closed:#?}{untyped:#?}{truncated}")
    }

    #[test]
    fn a_template_in_pieces_comes_to_what_it_is_as_a_whole() {
        let (last, first) = (|n: usize| n.checked_sub(1), |n: usize| (n > 0).then_some(0));
        let (circle, itself) = (|n: usize| Some((n + 1) % 24), |n: usize| Some(n));
        // Numbered unknowns and deployments that wait for each other hang on the order in which they are asked for.
        for (other, name, apart) in [
            (&last as &dyn Fn(usize) -> Option<usize>, "'a'", true),
            (&first, "uniqueString(deployment().name)", true),
            (&first, "newGuid()", false),
            (&circle, "'a'", false),
            (&itself, "'a'", false),
        ] {
            let sources = Sources::new();
            let document = Document::parse(sources.add("main.json", Loaded::utf8(modules(other, name))));
            assert!(document.is_well_formed(), "{:?}", document.problems());
            let blueprint = read(&Template::new(document.root().unwrap()), "", false, &mut Vec::new());
            let pieces = split(&blueprint.resources, |plan| plan.declared);
            assert!(pieces.len() > 1, "{pieces:?}");
            let links: Arc<dyn Links> = Arc::new(Nowhere);
            let root = || -> Rc<Instance> { Instance::root(&blueprint, &[], Context::default(), &links) };
            let builder = || Builder::new(&|_| true, &sources);
            let whole = builder().run(&root());
            assert!(!whole.problems.is_empty() && whole.model.iter().count() > 24, "{name}");
            assert_eq!(in_pieces(&blueprint, &root, &builder).is_some(), apart, "{name}");
            assert_eq!(shown(&deploy(&blueprint, &root, &builder)), shown(&whole), "{name}");
        }
    }

    #[test]
    fn pieces_are_neighbours_and_hold_everything_once() {
        let sizes = [10, PIECE, 5, PIECE / 2, PIECE / 2, 7, 9];
        let spans: Vec<Span> = sizes.iter().map(|size| Span::new(FileId(0), 0, *size)).collect();
        assert_eq!(split(&spans, |span| *span), [0..2, 2..7]);
        assert!(split(&spans[..1], |span| *span).is_empty(), "a small one is no piece");
        let many = vec![Span::new(FileId(0), 0, PIECE); 10_000];
        let pieces = split(&many, |span| *span);
        assert!(
            pieces.len() <= MOST as usize,
            "a template twice as large would take four times as long in {} pieces",
            pieces.len()
        );
    }
}
