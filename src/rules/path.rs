//! Paths into a resource: the part of JSONPath that selects and never decides.
//!
//! RFC 9535 filters are two-valued and would read unknown as false, and `..` would make a rule's cost depend on the size of
//! the template, so a path is names, indexes and wildcards from the root.

use std::fmt;
use std::sync::Arc;

use jsonpath_rust::parser::model::{Segment, Selector};
use jsonpath_rust::parser::parse_json_path;

use crate::model::Way;
use crate::source::Span;
use crate::value::Value;

/// A rooted path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Path {
    /// The steps from the root.
    pub(super) steps: Box<[Step]>,
    /// Where it is written in its rule file.
    pub(super) at: Option<Span>,
    way: Way,
}

/// A step of a path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// The member of that name, without case.
    Name(Arc<str>),
    /// All elements or members.
    Wildcard,
    /// An element; negative from the end.
    Index(i64),
}

/// Why a text is no path of the rule language, and what to do.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NotAPath {
    pub(super) message: String,
    pub(super) help: String,
}

impl Path {
    /// The path of these steps.
    pub(super) fn new(steps: impl Into<Box<[Step]>>) -> Self {
        let steps = steps.into();
        let names = steps.iter().map_while(|step| if let Step::Name(name) = step { Some(&**name) } else { None });
        Self { way: Way::of(names), steps, at: None }
    }

    /// The same path, written there.
    pub(super) fn written_at(self, span: Span) -> Self {
        Self { at: Some(span), ..self }
    }

    /// Reads a path.
    pub(super) fn parse(text: &str) -> Result<Self, NotAPath> {
        match Self::plain(text) {
            Some(path) => Ok(path),
            None => Self::any(text),
        }
    }

    /// Reads a path of names, quoted or not, and wildcards, as nearly all are: a rule set has hundreds of them, they are read
    /// whenever a rule is needed, and the full parser takes seven microseconds for each. A test holds that both read the same.
    fn plain(text: &str) -> Option<Self> {
        let mut steps = Vec::with_capacity(4);
        let mut rest = text.strip_prefix('$')?;
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix("[*]") {
                steps.push(Step::Wildcard);
                rest = after;
            } else if let Some(quoted) = rest.strip_prefix("['") {
                let end = quoted.find(['\'', '\\'])?;
                rest = quoted[end..].strip_prefix("']")?;
                // A name that needs no quotes is printed without them, and then is not what was written.
                let name = Some(&quoted[..end]).filter(|name| name.is_ascii() && !is_plain(name))?;
                steps.push(Step::Name(name.into()));
            } else {
                let after = rest.strip_prefix('.')?;
                let end = after.find(['.', '[']).unwrap_or(after.len());
                let name = Some(&after[..end]).filter(|name| name.is_ascii() && is_plain(name))?;
                steps.push(Step::Name(name.into()));
                rest = &after[end..];
            }
        }
        Some(Self::new(steps))
    }

    /// Reads any path of the rule language.
    fn any(text: &str) -> Result<Self, NotAPath> {
        let refuse = |message: String, help: &str| NotAPath { message, help: help.to_owned() };
        if !text.starts_with('$') {
            return Err(refuse(format!("`{text}` is not rooted"), "start the path with `$`, which means the resource"));
        }
        let query = parse_json_path(text).map_err(|_| {
            refuse(format!("`{text}` is no JSONPath"), "write names and indexes: `$.properties.zones[*]`, `$['a b']`")
        })?;
        let mut steps = Vec::with_capacity(query.segments.len());
        for segment in query.segments {
            match segment {
                Segment::Selector(Selector::Name(name)) => steps.push(Step::Name(name.into())),
                Segment::Selector(Selector::Wildcard) => steps.push(Step::Wildcard),
                Segment::Selector(Selector::Index(index)) => steps.push(Step::Index(index)),
                Segment::Selector(Selector::Filter(_)) => {
                    return Err(refuse(
                        format!("`{text}` has a filter, which would read unknown as false"),
                        "select the elements with `[*]` and decide with `any`, `all` or `none` and `where`",
                    ));
                }
                Segment::Descendant(_) => {
                    return Err(refuse(format!("`{text}` has `..`"), "name every step from the resource down"));
                }
                Segment::Selectors(_) => {
                    return Err(refuse(format!("`{text}` selects several members at once"), "write a list of paths"));
                }
                Segment::Selector(Selector::Slice(..)) => {
                    return Err(refuse(format!("`{text}` has a slice"), "use `[*]` or one index"));
                }
            }
        }
        let path = Self::new(steps);
        // NOTE: the parser skips white space between steps, and `$.a b` is `$.ab` to it.
        let printed = path.to_string();
        if printed == text || printed == text.replace(".*", "[*]").replace('"', "'") {
            return Ok(path);
        }
        Err(refuse(
            format!("`{text}` is read as `{printed}`"),
            &format!("write `{printed}` if that is meant, or a name in `['…']`"),
        ))
    }

    /// Where a path of names leads in a value, if anywhere; `None` for another path, and where it leads through an unknown.
    pub(super) fn glance<'v>(&self, mut value: &'v Value) -> Option<Option<&'v Value>> {
        for step in &self.steps {
            let (Step::Name(name), false) = (step, value.is_unknown()) else { return None };
            match value.as_object().and_then(|object| object.last_named(name)) {
                Some((_, next)) => value = next,
                None => return Some(None),
            }
        }
        Some(Some(value))
    }

    /// What the outline of a resource tells of it.
    pub(super) fn way(&self) -> Way {
        self.way
    }

    /// The last name on it.
    pub(super) fn last_name(&self) -> Option<&str> {
        self.steps.iter().rev().find_map(|step| match step {
            Step::Name(name) => Some(&**name),
            Step::Wildcard | Step::Index(_) => None,
        })
    }

    /// Whether it may have several hits.
    pub(super) fn has_wildcard(&self) -> bool {
        self.steps.contains(&Step::Wildcard)
    }
}

impl fmt::Display for Path {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("$")?;
        self.steps.iter().try_for_each(|step| match step {
            Step::Wildcard => f.write_str("[*]"),
            Step::Index(index) => write!(f, "[{index}]"),
            Step::Name(name) if is_plain(name) => write!(f, ".{name}"),
            Step::Name(name) => write!(f, "['{}']", name.replace('\\', "\\\\").replace('\'', "\\'")),
        })
    }
}

/// Whether a name can stand behind a dot.
fn is_plain(name: &str) -> bool {
    let mut chars = name.chars();
    chars.next().is_some_and(|first| first.is_alphabetic() || first == '_') && chars.all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::Path;

    proptest::proptest! {
        #[test]
        fn the_quick_reader_reads_what_the_full_one_reads(text in r"\$?((\.|\[|)[a-b_0]{0,2}(\[\*\]| |\[0\]|\['[a.0-]{0,3}'\]|)){0,4}") {
            if let Some(path) = Path::plain(&text) {
                proptest::prop_assert_eq!(Path::any(&text), Ok(path), "{}", text);
            }
        }
    }

    #[test]
    fn a_path_prints_back_as_written_or_is_refused_with_the_next_step() {
        let said = |text: &str| match Path::parse(text) {
            Ok(path) => path.to_string(),
            Err(no) => format!("{} | {}", no.message, no.help),
        };
        let texts = [
            "$",
            "$.sku.name",
            "$.properties.additionalLocations[*].zones",
            "$.properties.zones[-1]",
            "$.properties.customProperties['Microsoft.WindowsAzure.ApiManagement.Gateway.Security.Ciphers.TripleDes168']",
            "$.a.*",
            "$.a b",
            "$ .a",
            "sku.name",
            "$..type",
            "$.zones[?(@ == '1')]",
            "$.zones[0,1]",
            "$.zones[0:1]",
            "$.sku[",
            "",
        ];
        let table: String = texts.iter().map(|text| format!("{text}\n    {}\n", said(text))).collect();
        insta::assert_snapshot!(table, @"
        $
            $
        $.sku.name
            $.sku.name
        $.properties.additionalLocations[*].zones
            $.properties.additionalLocations[*].zones
        $.properties.zones[-1]
            $.properties.zones[-1]
        $.properties.customProperties['Microsoft.WindowsAzure.ApiManagement.Gateway.Security.Ciphers.TripleDes168']
            $.properties.customProperties['Microsoft.WindowsAzure.ApiManagement.Gateway.Security.Ciphers.TripleDes168']
        $.a.*
            $.a[*]
        $.a b
            `$.a b` is read as `$['a b']` | write `$['a b']` if that is meant, or a name in `['…']`
        $ .a
            `$ .a` is read as `$.a` | write `$.a` if that is meant, or a name in `['…']`
        sku.name
            `sku.name` is not rooted | start the path with `$`, which means the resource
        $..type
            `$..type` has `..` | name every step from the resource down
        $.zones[?(@ == '1')]
            `$.zones[?(@ == '1')]` has a filter, which would read unknown as false | select the elements with `[*]` and decide with `any`, `all` or `none` and `where`
        $.zones[0,1]
            `$.zones[0,1]` selects several members at once | write a list of paths
        $.zones[0:1]
            `$.zones[0:1]` has a slice | use `[*]` or one index
        $.sku[
            `$.sku[` is no JSONPath | write names and indexes: `$.properties.zones[*]`, `$['a b']`

            `` is not rooted | start the path with `$`, which means the resource
        ");
    }
}
