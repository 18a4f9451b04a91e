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

/// Neighbours that are a piece together, by where each stands; none where all of them are too little for two.
pub(super) fn split<T>(items: &[T], at: impl Fn(&T) -> Span) -> Vec<Range<usize>> {
    let mut pieces = Vec::new();
    let (mut start, mut size) = (0, 0);
    for (n, item) in items.iter().enumerate() {
        let span = at(item);
        size += span.end - span.start;
        if size >= PIECE {
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
    let whole = || builder().run(&root());
    let pieces = split(&blueprint.resources, |plan| plan.declared);
    if pieces.len() < 2 {
        return whole();
    }
    let done = threads::share(&pieces, true, |plans| {
        let (root, mut builder) = (root(), builder());
        builder.piece(&root, plans.clone());
        let alone = !root.budget.work.is_entangled();
        Some((builder, root.budget.spent()?)).filter(|_| alone)
    });
    let Some((builders, spent)) = done.into_iter().collect::<Option<(Vec<Builder<'_>>, Vec<Spent>)>>() else { return whole() };
    if !Budget::fit(&spent) {
        return whole();
    }
    let joined = builders.into_iter().reduce(|mut joined, next| {
        joined.append(next);
        joined
    });
    joined.map_or_else(whole, |joined| joined.finish(false))
}

#[cfg(test)]
mod tests {
    use super::{PIECE, split};
    use crate::source::{FileId, Span};

    #[test]
    fn pieces_are_neighbours_and_hold_everything_once() {
        let sizes = [10, PIECE, 5, PIECE / 2, PIECE / 2, 7, 9];
        let spans: Vec<Span> = sizes.iter().map(|size| Span::new(FileId(0), 0, *size)).collect();
        assert_eq!(split(&spans, |span| *span), [0..2, 2..7]);
        assert!(split(&spans[..1], |span| *span).is_empty(), "a small one is no piece");
    }
}
