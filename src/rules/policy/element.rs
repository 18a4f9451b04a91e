//! An element as a value: an object of its attributes, its children and what is known of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::document::PolicyDocument;
use crate::policy_xml::{Attribute, Kind, Literal, NodeIx, Part, Range, Usage, literals, parts};
use crate::source::Span;
use crate::value::{Key, Object, Origin, Shape, Symbol, Text, Unknown, Value, ValueKind, Why};

/// How many characters of an expression are told.
const MAX_TOLD: usize = 40;

impl PolicyDocument {
    /// The object of an element. Elements nest no deeper than the reader allows.
    pub(super) fn build(&self, node: NodeIx) -> Value {
        let Kind::Element { name, .. } = &self.tree().get(node).kind else {
            return Value::null(self.span(&self.tree().get(node).range));
        };
        let mut object = Object::new();
        let mut tell = |key: &str, value: Value| object.push(Key::from(key), value);
        tell("#name", self.literal(self.name(node), name));
        tell("#scope", self.literal(self.scope(), name));
        if let Some(section) = self.section(node) {
            tell("#section", self.literal(section, name));
        }
        if self.is_policy(node) {
            match self.known_policy(node) {
                Some(known) => tell("#policy", known.clone()),
                None => self.nearest(node).into_iter().for_each(|near| tell("#nearest", self.literal(near, name))),
            }
        }
        for attribute in self.tree().attributes(node) {
            let key = format!("@{}", self.script().slice(&attribute.name));
            tell(&key, self.attribute(attribute));
        }
        if let Some(seconds) = self.wait(node) {
            tell("#wait", Value::new(ValueKind::Int(seconds), self.span(name)));
        }
        if let Some(around) = self.tree().get(node).parent {
            tell("#in", self.outline(around));
        }
        if let Some(text) = self.text(node) {
            tell("#text", text);
        }
        let unseen = self.unseen(node);
        let list = |items: Vec<Value>| match &unseen {
            Some(unknown) => {
                let shape = Shape::Items(items.into());
                Value::unknown(unknown.clone().shaped(shape), self.span(name))
            }
            None => Value::array(items, self.span(name)),
        };
        let mut lists: BTreeMap<&str, Vec<Value>> = BTreeMap::new();
        for child in self.tree().elements(node) {
            lists.entry(self.name(child)).or_default().push(self.value(child).clone());
        }
        let children: Vec<Value> = self.tree().elements(node).map(|child| self.value(child).clone()).collect();
        if self.is_section(node) {
            tell("#policies", list(self.policies_in(node)));
            let (policies, open) = self.effective(self.name(node));
            let at = self.span(name);
            tell("#effective", if open { at_least(policies, at) } else { Value::array(policies, at) });
        }
        tell("#children", list(children));
        for (name, items) in lists {
            tell(name, list(items));
        }
        match unseen {
            Some(unknown) => {
                let shape = Shape::Members(Arc::new(object));
                Value::unknown(unknown.shaped(shape), self.span(name))
            }
            None => Value::object(object, self.span(name)),
        }
    }

    /// The policies in an element that holds some, those in the elements between as well.
    fn policies_in(&self, node: NodeIx) -> Vec<Value> {
        let end = self.tree().get(node).range.end;
        let inside = self.tree().all().skip(node.0 as usize + 1).take_while(|inner| self.tree().get(*inner).range.start < end);
        inside.filter(|inner| self.is_policy(*inner)).map(|inner| self.outline(inner)).collect()
    }

    /// A policy without what is in it, for lists of policies: a value of each with all that it holds would grow with the depth.
    pub(super) fn outline(&self, node: NodeIx) -> Value {
        let Kind::Element { name, .. } = &self.tree().get(node).kind else {
            return Value::null(self.span(&self.tree().get(node).range));
        };
        let mut object = Object::new();
        object.push(Key::from("#name"), self.literal(self.name(node), name));
        for attribute in self.tree().attributes(node) {
            object.push(Key::new(format!("@{}", self.script().slice(&attribute.name))), self.attribute(attribute));
        }
        Value::object(object, self.span(name))
    }

    /// What an element holds that only the deployment knows.
    fn unseen(&self, node: NodeIx) -> Option<Unknown> {
        let mut texts = self.tree().children(node).filter(|child| !self.tree().is_element(*child));
        let hole = texts.find_map(|text| self.hole_in(&self.tree().get(text).range))?;
        Some(Unknown::new(self.why(), format!("what {hole} adds at {}", self.tree().get(node).range.start)))
    }

    fn attribute(&self, attribute: &Attribute) -> Value {
        self.compose(parts(self.script(), &attribute.value, false), &attribute.value)
    }

    /// The characters of an element without the white space around them; `None` where there are none.
    fn text(&self, node: NodeIx) -> Option<Value> {
        let liquid = self.is_liquid(node);
        let mut found: Vec<Part> = Vec::new();
        let mut range: Option<Range> = None;
        for child in self.tree().children(node) {
            let (inside, plain) = match &self.tree().get(child).kind {
                Kind::Text => (self.tree().get(child).range.clone(), false),
                Kind::Data(inside) => (inside.clone(), true),
                Kind::Element { .. } | Kind::Comment => continue,
            };
            let inside = self.trimmed(&inside);
            if inside.is_empty() {
                continue;
            }
            range = Some(range.map_or(inside.start, |range| range.start)..inside.end);
            let known = parts(self.script(), &inside, plain).into_iter().map(|part| match part {
                Part::Named(name) if liquid => Part::Known(self.script().slice(&name).to_owned()),
                part => part,
            });
            found.extend(known);
        }
        Some(self.compose(found, &range?))
    }

    fn trimmed(&self, range: &Range) -> Range {
        let text = self.script().slice(range);
        let start = range.end - length(text.trim_start());
        start..(start + length(text.trim()))
    }

    /// The strings in the policy expressions of an element; one that is an expression as a whole is the value itself.
    pub(super) fn strings_of(&self, node: NodeIx) -> Vec<(NodeIx, Value)> {
        let mut found = Vec::new();
        let mut note = |of: &str, range: &Range, plain: bool| {
            for part in parts(self.script(), range, plain) {
                let Part::Expression(inside) = part else { continue };
                if only_literal(self.script().slice(&inside)).is_none() {
                    let all = literals(self.script(), &inside).into_iter();
                    found.extend(all.map(|literal| (node, self.string(node, of, &literal))));
                }
            }
        };
        for attribute in self.tree().attributes(node) {
            note(&format!("@{}", self.script().slice(&attribute.name)), &attribute.value, false);
        }
        for child in self.tree().children(node) {
            match &self.tree().get(child).kind {
                Kind::Text => note("#text", &self.tree().get(child).range, false),
                Kind::Data(inside) => note("#text", inside, true),
                Kind::Element { .. } | Kind::Comment => {}
            }
        }
        found
    }

    /// A string in an expression of an element.
    fn string(&self, node: NodeIx, of: &str, literal: &Literal) -> Value {
        let (usage, call) = match &literal.usage {
            Usage::Value => ("value", None),
            Usage::Argument(name) => ("argument", Some(name)),
            Usage::Index => ("index", None),
            Usage::Compared => ("compared", None),
        };
        let mut object = Object::new();
        let mut tell = |key: &str, value: Value| object.push(Key::from(key), value);
        tell("#text", self.literal(&literal.text, &literal.range));
        tell("#use", self.literal(usage, &literal.range));
        call.into_iter().for_each(|name| tell("#call", self.literal(name, &literal.range)));
        tell("#of", self.literal(of, &literal.range));
        tell("#in", self.value(node).clone());
        Value::object(object, self.span(&literal.range))
    }

    /// A value of these parts that stands at `range`.
    fn compose(&self, parts: Vec<Part>, range: &Range) -> Value {
        let mut text = Text::new();
        let mut why = None;
        let mut unknown = |text: &mut Text, reason: Why, symbol: Symbol| {
            text.push_hole(symbol, 0, None);
            why.get_or_insert(reason);
        };
        for part in parts {
            match part {
                Part::Known(known) => text.push_known(&known),
                Part::Named(name) => {
                    let name = self.script().slice(&name);
                    let symbol = name.trim_start_matches('{').trim_end_matches('}').trim();
                    unknown(&mut text, Why::Gateway(name.into()), Symbol::new(format!("{{{symbol}}}")));
                }
                Part::Expression(inside) => {
                    let expression = self.script().slice(&inside);
                    match only_literal(expression) {
                        Some(literal) => text.push_known(literal),
                        None => unknown(&mut text, Why::Gateway(told(expression)), Symbol::new(expression)),
                    }
                }
                Part::Hole(at) => {
                    let symbol = self.script().hole(at).cloned().unwrap_or_else(|| Symbol::new(""));
                    unknown(&mut text, self.why(), symbol);
                }
            }
        }
        let at = self.span(range);
        match why {
            Some(why) => text.into_value(&why, at),
            None => Value::string(text.known().unwrap_or_default(), at),
        }
    }

    /// A text at a range.
    fn literal(&self, text: &str, at: &Range) -> Value {
        Value { kind: ValueKind::Str(text.into()), origin: Origin::at(self.span(at)) }
    }

    /// Whether `{{…}}` in the texts of an element is Liquid and no named value ("set-body": `template="liquid"`).
    pub(super) fn is_liquid(&self, node: NodeIx) -> bool {
        let says = |node: NodeIx| {
            let mut attributes = self.tree().attributes(node).iter();
            let template = attributes.find(|attribute| self.script().slice(&attribute.name) == "template");
            template.is_some_and(|attribute| self.script().slice(&attribute.value).eq_ignore_ascii_case("liquid"))
        };
        std::iter::once(node).chain(self.tree().around(node)).any(says)
    }
}

/// A list of these policies and perhaps of others, which are in no file being linted.
fn at_least(policies: Vec<Value>, at: Span) -> Value {
    let unknown = Unknown::new(Why::Outside("the policies above".into()), format!("the policies above {}", at.start));
    Value::unknown(unknown.shaped(Shape::Items(policies.into())), at)
}

fn length(text: &str) -> u32 {
    u32::try_from(text.len()).unwrap_or(u32::MAX)
}

/// The string that an expression is when it is nothing else: `@("text")`.
fn only_literal(expression: &str) -> Option<&str> {
    let inside = expression.strip_prefix("@(")?.strip_suffix(')')?.trim();
    let quoted = |quote: &str| inside.strip_prefix(quote)?.strip_suffix(quote);
    let text = quoted("\"").or_else(|| quoted("&quot;"))?;
    (!text.contains(['"', '\\', '&'])).then_some(text)
}

/// The start of an expression, on one line.
fn told(expression: &str) -> Arc<str> {
    let line = expression.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MAX_TOLD) {
        Some((at, _)) => format!("{}…", &line[..at]).into(),
        None => line.into(),
    }
}
