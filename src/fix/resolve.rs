//! Which fixes can be made together: the first in order wins, what is in its way waits for the next round.

use std::collections::BTreeMap;

use crate::diagnostic::{Diagnostic, Edit, Fix, Safety};
use crate::source::{FileId, Span};

/// A fix that is to be made.
#[derive(Debug, Clone, Copy)]
pub struct Chosen<'d> {
    /// What it mends.
    pub diagnostic: &'d Diagnostic,
    /// How.
    pub fix: &'d Fix,
}

/// Fixes that go together.
#[derive(Debug, Default)]
pub struct Resolved<'d> {
    /// The fixes, in the order of the diagnostics.
    pub chosen: Vec<Chosen<'d>>,
    /// Their edits, none of which is in another's way.
    pub edits: BTreeMap<FileId, Vec<Edit>>,
}

/// Chooses one fix for each diagnostic that has one which is safe enough and not `refused`, as far as they go together.
/// `same` gives all the ids of one file the same.
#[must_use]
pub fn resolve<'d>(
    diagnostics: &'d [Diagnostic],
    up_to: Safety,
    same: &dyn Fn(FileId) -> FileId,
    refused: &dyn Fn(&Diagnostic, &Fix) -> bool,
) -> Resolved<'d> {
    let mut resolved = Resolved::default();
    let mut taken: BTreeMap<Span, String> = BTreeMap::new();
    for diagnostic in diagnostics {
        let fits = |fix: &&Fix| fix.safety <= up_to && !fix.edits.is_empty() && !refused(diagnostic, fix);
        let Some(fix) = diagnostic.fixes.iter().find(fits) else { continue };
        let placed = |edit: &Edit| (Span { file: same(edit.span.file), ..edit.span }, edit.text.clone());
        let edits: Vec<(Span, String)> = fix.edits.iter().map(placed).collect();
        if edits.iter().all(|(span, text)| is_free(&taken, *span, text)) {
            taken.extend(edits);
            resolved.chosen.push(Chosen { diagnostic, fix });
        }
    }
    for (span, text) in taken {
        resolved.edits.entry(span.file).or_default().push(Edit { span, text });
    }
    resolved
}

/// Whether an edit is in the way of none that is taken, or is one of them.
fn is_free(taken: &BTreeMap<Span, String>, span: Span, text: &str) -> bool {
    if let Some(known) = taken.get(&span) {
        return known == text;
    }
    let clashes = |(other, other_text): (&Span, &String)| {
        let (first, second) = if *other < span { (other, &span) } else { (&span, other) };
        let apart = first.file != second.file || first.end < second.start;
        // What is taken out takes commas along, which what goes in beside it relies on.
        let touches = first.end == second.start && (text.is_empty() || other_text.is_empty());
        !apart && (touches || first.end > second.start || first.is_empty() && second.is_empty())
    };
    // Those that are taken are apart, so that only the neighbours can be in the way: of an insertion two may touch.
    !taken.range(..span).rev().take(2).any(clashes) && !taken.range(span..).take(2).any(clashes)
}

#[cfg(test)]
mod tests {
    use super::resolve;
    use crate::diagnostic::{Diagnostic, Edit, Fix, Label, Safety, Severity};
    use crate::source::{FileId, Span};

    fn mended_by(edits: &[(u32, u32, &str)], safety: Safety) -> Diagnostic {
        let edit =
            |&(start, end, text): &(u32, u32, &str)| Edit { span: Span::new(FileId(0), start, end), text: text.to_owned() };
        let edits: Vec<Edit> = edits.iter().map(edit).collect();
        let mut diagnostic = Diagnostic::new("s/r", Severity::Error, "x", Label::new(edits[0].span, ""));
        diagnostic.fixes = vec![Fix::new(format!("at {}", edits[0].span.start), safety, edits)];
        diagnostic
    }

    fn chosen(diagnostics: &[Diagnostic], up_to: Safety) -> Vec<&str> {
        let resolved = resolve(diagnostics, up_to, &|file| file, &|_, _| false);
        resolved.chosen.iter().map(|chosen| chosen.fix.title.as_str()).collect()
    }

    #[test]
    fn the_first_wins_and_a_fix_is_made_as_a_whole() {
        let safe = |edits: &[(u32, u32, &str)]| mended_by(edits, Safety::Safe);
        let all = [safe(&[(10, 20, "a")]), safe(&[(30, 40, "b"), (15, 16, "c")]), safe(&[(35, 36, "d")])];
        assert_eq!(chosen(&all, Safety::Safe), ["at 10", "at 35"], "the second waits, and keeps no place");
        let equal = [safe(&[(10, 20, "a")]), safe(&[(10, 20, "a")]), safe(&[(10, 20, "b")])];
        assert_eq!(chosen(&equal, Safety::Safe), ["at 10", "at 10"], "the same edit mends both");
        let beside = [safe(&[(10, 20, "")]), safe(&[(20, 20, ",b")]), safe(&[(25, 30, "c")]), safe(&[(30, 30, ",d")])];
        assert_eq!(chosen(&beside, Safety::Safe), ["at 10", "at 25", "at 30"], "beside what is taken out nothing goes in");
    }

    #[test]
    fn what_is_not_safe_enough_is_not_made() {
        let all = [mended_by(&[(10, 20, "a")], Safety::Unsafe), mended_by(&[(30, 31, "b")], Safety::Safe)];
        assert_eq!(chosen(&all, Safety::Safe), ["at 30"]);
        assert_eq!(chosen(&all, Safety::Unsafe), ["at 10", "at 30"]);
    }
}
