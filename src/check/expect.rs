//! What the comments of a fixture say: which rule is expected on a line, and under which circumstances it is judged.
//!
//! ```jsonc
//! // as-of: 2024-04-30
//! // option: strict=true
//! "virtualNetworkType": "Internal", // expect: api-management/vnet-without-standard-public-ip
//! ```

use std::sync::Arc;

use crate::source::{SourceFile, Span};
use crate::syntax::Document;

/// What a fixture says of itself.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Said {
    /// The rules that are expected, each with the line and the comment.
    pub(super) expected: Vec<Expected>,
    /// The date by which it is judged.
    pub(super) as_of: Option<(String, Span)>,
    /// What it sets: `NAME=VALUE` of its own rule, or `RULE.NAME=VALUE`.
    pub(super) options: Vec<(String, Span)>,
}

/// A rule that is expected on a line.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) rule: String,
    pub(super) line: u32,
    pub(super) at: Span,
}

/// Reads the comments of a file.
pub(super) fn read(file: &Arc<SourceFile>) -> Said {
    let document = Document::parse(Arc::clone(file));
    let mut said = Said::default();
    for &at in document.comments() {
        let comment = file.slice(at);
        let text = comment.strip_prefix("//").or_else(|| comment.strip_prefix("/*")?.strip_suffix("*/"));
        let Some((word, rest)) = text.and_then(|text| text.trim().split_once(':')) else { continue };
        let rest = rest.trim();
        match word {
            "expect" => {
                let line = file.position(at.start).line;
                let rules = rest.split(',').map(|rule| rule.trim().to_owned());
                said.expected.extend(rules.map(|rule| Expected { rule, line, at }));
            }
            "as-of" => said.as_of = Some((rest.to_owned(), at)),
            "option" => said.options.push((rest.to_owned(), at)),
            _ => {}
        }
    }
    said
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::source::{Loaded, Sources};

    #[test]
    fn comments_say_what_is_expected_and_everything_else_is_prose() {
        let text = "// An example: nothing. // expect: no/rule\n// as-of: 2024-04-30\n{ // option: strict=true\n\
                    \"a\": 1, // expect: s/a, s/b\n/* expect: s/c */ \"b\": \"// expect: s/d\" }";
        let said = read(&Sources::new().add("x.json", Loaded::utf8(text)));
        let expected: Vec<_> = said.expected.iter().map(|one| format!("{}:{}", one.line, one.rule)).collect();
        assert_eq!(expected, ["4:s/a", "4:s/b", "5:s/c"], "a string is no comment, and a comment is not searched for another");
        assert_eq!(said.as_of.map(|(date, _)| date).as_deref(), Some("2024-04-30"));
        assert_eq!(said.options.into_iter().map(|(option, _)| option).collect::<Vec<_>>(), ["strict=true"]);
    }
}
