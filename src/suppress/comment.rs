//! Suppressions in comments: `// armlint-disable-next-line <rules> [until <date>] [-- <reason>]`, the same in `/* … */`,
//! `armlint-disable` up to `armlint-enable` or the end of the file, and `armlint-disable-file`.

use super::written::{Kind, Named, Suppression, date};
use crate::diagnostic::nearest;
use crate::source::{SourceFile, Span};
use crate::syntax::Document;
use crate::table::Problems;

/// What a comment starts with that speaks to armlint.
const PREFIX: &str = "armlint-";
/// A comment that covers the line below it.
pub(super) const NEXT_LINE: &str = "armlint-disable-next-line";
const DISABLE: &str = "armlint-disable";
const ENABLE: &str = "armlint-enable";
const FILE: &str = "armlint-disable-file";
const DIRECTIVES: [&str; 4] = [NEXT_LINE, DISABLE, ENABLE, FILE];
/// How a suppression is written, for advice.
const EXAMPLE: &str = "write `armlint-disable-next-line <rule> -- <reason>`";

/// A comment that speaks to armlint, cut into words.
struct Spoken<'t> {
    directive: &'static str,
    /// Where the directive stands.
    head: Span,
    /// The words between the directive and the reason.
    words: Vec<(&'t str, Span)>,
    reason: Option<String>,
}

/// The suppressions in the comments of a file.
pub(super) fn comments(document: &Document, problems: &mut Problems) -> Vec<Suppression> {
    let file = document.file();
    let mut found: Vec<Suppression> = Vec::new();
    // The suppressions that last until they are ended.
    let mut open: Vec<usize> = Vec::new();
    for &at in document.comments() {
        let Some(spoken) = spoken(file, at, problems) else { continue };
        if spoken.directive == ENABLE {
            enable(&spoken, at, &mut found, &mut open, problems);
            continue;
        }
        let end = u32::try_from(file.text().len()).unwrap_or(u32::MAX);
        let covers = match spoken.directive {
            NEXT_LINE => next_line(document, at),
            DISABLE => Span::new(at.file, at.end, end),
            _ => Span::new(at.file, 0, end),
        };
        let lasts = spoken.directive == DISABLE;
        if let Some(suppression) = suppression(spoken, at, covers, problems) {
            open.extend(lasts.then_some(found.len()));
            found.push(suppression);
        }
    }
    found
}

/// The words of a comment; `None` for one that does not speak to armlint.
fn spoken<'t>(file: &'t SourceFile, at: Span, problems: &mut Problems) -> Option<Spoken<'t>> {
    let comment = file.slice(at);
    let body =
        comment.strip_prefix("//").or_else(|| comment.strip_prefix("/*").map(|body| body.strip_suffix("*/").unwrap_or(body)))?;
    let body = body.trim_start_matches('*');
    let span = |word: &str| {
        let start = at.start + (word.as_ptr() as usize - comment.as_ptr() as usize) as u32;
        Span::new(at.file, start, start + word.len() as u32)
    };
    if !body.trim_start().starts_with(PREFIX) {
        return None;
    }
    let (head, reason) = without_reason(body);
    let mut words =
        head.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty()).map(|word| (word, span(word)));
    let (word, head) = words.next()?;
    let directive = DIRECTIVES.into_iter().find(|known| *known == word);
    if directive.is_none() {
        let help = nearest(word, DIRECTIVES).map_or_else(|| EXAMPLE.to_owned(), |near| format!("did you mean `{near}`?"));
        problems.report(head, format!("`{word}` means nothing"), help);
    }
    Some(Spoken { directive: directive?, head, words: words.collect(), reason })
}

/// A comment up to its reason, and the reason: what follows two hyphens that stand alone.
fn without_reason(body: &str) -> (&str, Option<String>) {
    let stands_alone = |at: usize| body[..at].ends_with(char::is_whitespace) && !body[at + 2..].starts_with('-');
    match body.match_indices("--").find(|(at, _)| stands_alone(*at)) {
        Some((at, _)) => {
            let reason = body[at + 2..].split_whitespace().collect::<Vec<_>>().join(" ");
            (&body[..at], (!reason.is_empty()).then_some(reason))
        }
        None => (body, None),
    }
}

fn suppression(spoken: Spoken<'_>, at: Span, covers: Span, problems: &mut Problems) -> Option<Suppression> {
    let split = spoken.words.iter().position(|(word, _)| *word == "until").unwrap_or(spoken.words.len());
    let (names, end) = spoken.words.split_at(split);
    let until = match end {
        [] => None,
        [_, (text, at)] => Some(date(text, *at, problems)?),
        [(_, at), ..] => {
            problems.report(*at, "`until` is followed by one date", "write it behind the rules: `until 2027-01-31 -- <reason>`");
            return None;
        }
    };
    if names.is_empty() {
        problems.report(spoken.head, "no rule is named", EXAMPLE);
        return None;
    }
    let rules = names.iter().map(|(word, at)| Named { word: (*word).to_owned(), at: *at, covers }).collect();
    Some(Suppression { kind: Kind::Comment, rules, reason: spoken.reason, until, at, end: None })
}

/// Ends what is open: the rules that are named, or all of them.
fn enable(spoken: &Spoken<'_>, at: Span, found: &mut [Suppression], open: &mut Vec<usize>, problems: &mut Problems) {
    let mut ended: Vec<&str> = Vec::new();
    for &ix in open.iter() {
        let Some(suppression) = found.get_mut(ix) else { continue };
        for rule in &mut suppression.rules {
            let named = spoken.words.iter().find(|(word, _)| *word == rule.word);
            if rule.covers.end > at.start && (named.is_some() || spoken.words.is_empty()) {
                rule.covers.end = at.start;
                suppression.end = Some(at);
                ended.extend(named.map(|(word, _)| *word));
            }
        }
    }
    let is_over =
        |ix: &usize| found.get(*ix).is_none_or(|suppression| suppression.rules.iter().all(|rule| rule.covers.end <= at.start));
    let before = open.len();
    open.retain(|ix| !is_over(ix));
    if spoken.words.is_empty() && before == 0 {
        problems.report(spoken.head, "nothing is disabled here", "remove it, or write `armlint-disable <rule>` above it");
    }
    for (word, at) in spoken.words.iter().filter(|(word, _)| !ended.contains(word)) {
        problems.report(*at, format!("`{word}` is not disabled here"), "name a rule as the comment above that disables it does");
    }
}

/// The line that a comment speaks of: the first below it that holds anything but comments.
fn next_line(document: &Document, at: Span) -> Span {
    let file = document.file();
    let text = file.text();
    let below = text[at.end as usize..].find('\n').map_or(text.len(), |end| at.end as usize + end);
    let mut start = below;
    for comment in document.comments().iter().filter(|comment| comment.start >= at.end) {
        let gap = text.get(start..comment.start as usize).unwrap_or("x");
        if !gap.trim().is_empty() {
            break;
        }
        start = comment.end as usize;
    }
    start += text[start..].len() - text[start..].trim_start().len();
    let is_end = start == text.len();
    let start = u32::try_from(start).unwrap_or(u32::MAX);
    let Some((line, from)) = file.line(file.position(start).line).filter(|_| !is_end) else {
        return Span::new(at.file, start, start);
    };
    Span::new(at.file, from, from + line.len() as u32)
}

#[cfg(test)]
mod tests {
    use super::comments;
    use crate::source::{Loaded, Sources};
    use crate::suppress::INVALID;
    use crate::syntax::Document;
    use crate::table::Problems;

    /// What the comments of a text say: for each rule the text that it covers.
    fn said(text: &str) -> String {
        let document = Document::parse(Sources::new().add("x.json", Loaded::utf8(text)));
        let mut problems = Problems::new(INVALID);
        let mut out = String::new();
        for found in comments(&document, &mut problems) {
            for rule in &found.rules {
                assert_eq!(document.file().slice(rule.at), rule.word, "the span is that of the word");
                let until = found.until.map(|(date, _)| format!(" until {date}")).unwrap_or_default();
                let reason = found.reason.as_deref().map(|reason| format!(" because {reason}")).unwrap_or_default();
                out += &format!("{}{until}{reason}: {:?}\n", rule.word, document.file().slice(rule.covers));
            }
        }
        for problem in problems.into_found() {
            let help = problem.help.unwrap_or_default();
            out += &format!("{:?}: {}; {help}\n", document.file().slice(problem.primary.span), problem.message);
        }
        out
    }

    #[test]
    fn a_comment_covers_what_it_says() {
        let table = [
            ("next line", "{\n// armlint-disable-next-line a/b\n\"x\": 1,\n\"y\": 2}"),
            ("several, with everything", "{\n// armlint-disable-next-line a/b, c/d until 2027-01-31 -- it is a -- b\n\"x\": 1 }"),
            ("a block, over lines", "{ /* armlint-disable-next-line a/b\n   -- two\n   lines */\n\"x\": 1 }"),
            ("other comments and blank lines between", "{\n// armlint-disable-next-line a/b\n\n// prose\n/* more */ \"x\": 1\n}"),
            ("two in a row", "{\n// armlint-disable-next-line a/b\n// armlint-disable-next-line c/d\n\"x\": 1\n}"),
            ("behind a value", "{ \"x\": 1, // armlint-disable-next-line a/b\n\"y\": 2\n}"),
            ("a range", "{\n// armlint-disable a/b\n\"x\": 1,\n// armlint-enable\n\"y\": 2}"),
            ("a range without end", "{\n// armlint-disable a/b -- why\n\"x\": 1}"),
            ("one of two is ended", "{/* armlint-disable a/b c/d */ \"x\": 1, /* armlint-enable c/d */ \"y\": 2}"),
            ("a file", "{ \"x\": 1 } // armlint-disable-file a/b"),
            ("at the end", "{}\n// armlint-disable-next-line a/b"),
            ("Windows lines", "{\r\n// armlint-disable-next-line a/b\r\n\"x\": 1\r\n}"),
            ("prose that mentions it", "{} // see armlint-disable-next-line a/b"),
        ];
        let shown: String = table.iter().map(|(what, text)| format!("{what}\n{}", said(text))).collect();
        insta::assert_snapshot!(shown);
    }

    #[test]
    fn a_comment_that_cannot_be_understood_is_told_at_its_word() {
        let table = [
            "{} // armlint-disable-nxt-line a/b",
            "{} // armlint-disable-next-line",
            "{} // armlint-disable-file -- why",
            "{} // armlint-disable-file a/b until tomorrow",
            "{} // armlint-disable-file a/b until 2027-02-30",
            "{} // armlint-disable-file a/b until",
            "{} // armlint-disable-file a/b until 2027-01-31 c/d",
            "{} // armlint-enable",
            "{ // armlint-disable a/b\n} // armlint-enable c/d",
        ];
        let shown: String = table.iter().map(|text| format!("{text}\n  {}", said(text))).collect();
        insta::assert_snapshot!(shown);
    }
}
