//! Which parts of a policy document a rule is about: `inbound/cors`, `*/send-request/set-url`, `**/value`.

use std::sync::Arc;

use super::document::PolicyDocument;
use super::inclusion::Inclusion;
use super::table::PolicyTable;
use crate::policy_xml::NodeIx;
use crate::rules::packed::packed;
use crate::value::Value;

/// Which parts of a policy document are meant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rules) enum Selector {
    /// `/`: the root element.
    Root,
    /// `#fault`: why it is no policy document.
    Fault,
    /// `{{}}`: each reference to a named value.
    Named,
    /// `@()`: each string in a policy expression.
    Strings,
    /// `**/a/b`: elements of these names inside one another, wherever they stand.
    Anywhere(Box<[Name]>),
    /// `inbound`: a section.
    Section(Name),
    /// `inbound/cors`, `*/a/b`: a policy of a section, or with `*` of any section or of a fragment; elements in it.
    Policy(Name, Box<[Name]>),
}

/// A name, or `*` for any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::rules) enum Name {
    Any,
    Is(Arc<str>),
}

packed! {
    enum Selector { Root, Fault, Named, Strings, Anywhere(names), Section(name), Policy(section, names) }
    enum Name { Any, Is(name) }
}

impl Name {
    fn fits(&self, name: &str) -> bool {
        match self {
            Self::Any => true,
            Self::Is(known) => **known == *name,
        }
    }
}

impl Selector {
    /// Reads a selector; the error says what is wrong with it.
    pub(in crate::rules) fn parse(text: &str, table: &PolicyTable) -> Result<Self, String> {
        match text {
            "/" => return Ok(Self::Root),
            "#fault" => return Ok(Self::Fault),
            "{{}}" => return Ok(Self::Named),
            "@()" => return Ok(Self::Strings),
            _ => {}
        }
        let name = |part: &str| match part {
            "*" => Ok(Name::Any),
            _ if !part.is_empty() && part.chars().all(|c| c.is_alphanumeric() || "-_.:".contains(c)) => Ok(Name::Is(part.into())),
            _ => Err(format!("`{text}` selects nothing: `{part}` is no name of an element")),
        };
        if let Some(rest) = text.strip_prefix("**/") {
            return Ok(Self::Anywhere(rest.split('/').map(name).collect::<Result<_, _>>()?));
        }
        let mut parts = text.split('/');
        let first = name(parts.next().unwrap_or_default())?;
        if let Name::Is(section) = &first
            && table.section(section).is_none()
        {
            return Err(format!("`{text}` selects nothing: `{section}` is no section"));
        }
        let rest: Box<[Name]> = parts.map(name).collect::<Result<_, _>>()?;
        Ok(if rest.is_empty() { Self::Section(first) } else { Self::Policy(first, rest) })
    }

    /// Whether it means policies of one section.
    pub(super) fn names_section(&self) -> bool {
        matches!(self, Self::Policy(Name::Is(_), _))
    }
}

impl PolicyDocument {
    /// What a selector means in this document, in the order in which it is written.
    pub(super) fn select<'d>(&'d self, selector: &Selector) -> Vec<(NodeIx, &'d Value)> {
        match selector {
            Selector::Fault => Vec::new(),
            Selector::Named => self.named_values().iter().map(|(node, value)| (*node, value)).collect(),
            Selector::Strings => self.strings().iter().map(|(node, value)| (*node, value)).collect(),
            Selector::Root => self.tree().root().into_iter().map(|node| (node, self.value(node))).collect(),
            Selector::Anywhere(_) | Selector::Section(_) | Selector::Policy(..) => {
                let selected = self.tree().all().filter(|node| self.tree().is_element(*node) && self.fits(*node, selector));
                selected.map(|node| (node, self.value(node))).collect()
            }
        }
    }

    /// What selectors that name a section mean in a fragment that runs in one, each with whether it is certain: of a section
    /// that nobody knows, only what they mean in every section is.
    pub(super) fn select_in(&self, selectors: &[Selector], inclusion: &Inclusion) -> Vec<(NodeIx, bool)> {
        let elements = self.tree().all().filter(|node| self.tree().is_element(*node));
        let selected = elements.filter_map(|node| {
            let selects = |section: &str| {
                selectors.iter().any(|selector| match selector {
                    Selector::Policy(Name::Is(name), names) => {
                        **name == *section && self.ends_with(node, names).is_some_and(|outermost| self.is_policy(outermost))
                    }
                    _ => false,
                })
            };
            match inclusion.section.as_str() {
                Some(section) => selects(section).then_some((node, true)),
                None => {
                    let count = self.sections().iter().filter(|section| selects(section)).count();
                    (count > 0).then_some((node, count == self.sections().len()))
                }
            }
        });
        selected.collect()
    }

    fn fits(&self, node: NodeIx, selector: &Selector) -> bool {
        match selector {
            Selector::Anywhere(names) => self.ends_with(node, names).is_some(),
            Selector::Section(name) => self.is_section(node) && name.fits(self.name(node)),
            Selector::Policy(section, names) => {
                self.ends_with(node, names).is_some_and(|outermost| self.is_policy_of(outermost, section))
            }
            Selector::Root | Selector::Fault | Selector::Named | Selector::Strings => false,
        }
    }

    /// The element of the first of `names`, where a node and those around it have them.
    fn ends_with(&self, node: NodeIx, names: &[Name]) -> Option<NodeIx> {
        let mut at = node;
        for (n, name) in names.iter().rev().enumerate() {
            if n > 0 {
                at = self.tree().get(at).parent?;
            }
            if !name.fits(self.name(at)) {
                return None;
            }
        }
        Some(at)
    }

    /// Whether an element stands where policies of the section do.
    fn is_policy_of(&self, node: NodeIx, section: &Name) -> bool {
        self.is_policy(node) && self.is_in(node, section)
    }

    fn is_in(&self, node: NodeIx, section: &Name) -> bool {
        match section {
            Name::Any => true,
            Name::Is(name) => self.section(node) == Some(name),
        }
    }

    /// The elements that hold something unknown in which what is selected may be.
    pub(super) fn holes(&self, selector: &Selector) -> Vec<NodeIx> {
        let hides = |node: NodeIx| match selector {
            Selector::Root => false,
            Selector::Fault | Selector::Named | Selector::Strings | Selector::Anywhere(_) => true,
            Selector::Section(_) => self.tree().get(node).parent.is_none() && self.select(selector).is_empty(),
            Selector::Policy(section, names) => {
                let inside =
                    |n: usize| self.ends_with(node, &names[..n]).is_some_and(|outermost| self.is_policy_of(outermost, section));
                self.holds_policies(node) && self.is_in(node, section) || (1..names.len()).any(inside)
            }
        };
        self.open_elements().into_iter().filter(|node| hides(*node)).collect()
    }
}
