//! What an expression comes to before deployment: a value, or exactly what is known of one.
//!
//! Every value says where it stands and how it got there ([`Origin`]). A value that only the deployment can know is
//! [`Unknown`]: with the reason, with a canonical [`Symbol`] so that two unknowns that must be the same compare equal,
//! and with the [`Shape`] that is known all the same. Absent (no value at all), `null` and unknown are three things.

mod key;
mod origin;
mod text;
mod truth;
mod unknown;

pub use key::{Key, KeyIndex, hash as name_hash};
pub use origin::{Hop, Origin, Step};
pub use text::{Piece, Text, push_quoted};
pub use truth::Truth;
pub use unknown::{Shape, Symbol, Type, Unknown, Why};

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::source::Span;

/// A value after partial evaluation, and where it comes from. Cheap to clone: everything large is shared.
#[derive(Debug, Clone)]
pub struct Value {
    /// What it is.
    pub kind: ValueKind,
    /// Where it stands and how it got there.
    pub origin: Origin,
}

/// The kinds of values of a template, and the unknown.
#[derive(Debug, Clone)]
pub enum ValueKind {
    /// JSON `null`; not the same as absent.
    Null,
    /// A boolean.
    Bool(bool),
    /// A 64-bit integer, the only number of the expression language's arithmetic.
    Int(i64),
    /// A number with a fraction or an exponent, or one too large for 64 bits; only JSON and `json()` make them.
    Float(f64),
    /// A string.
    Str(Arc<str>),
    /// An array whose length is known; its elements may be unknown.
    Array(Arc<[Value]>),
    /// An object whose keys are known; its members' values may be unknown.
    Object(Arc<Object>),
    /// Known only at deployment, or not at all.
    Unknown(Arc<Unknown>),
}

/// The members of an object in the order in which they are written. Names are looked up as spelled and, where none is
/// spelled so, without case: JSON objects may hold two names that differ only by case, and `items()` tells both.
#[derive(Debug, Clone, Default)]
pub struct Object {
    members: Vec<(Key, Value)>,
}

/// From this many members on an object is built with an index.
const MANY_MEMBERS: usize = 16;

impl Object {
    /// An object without members.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// All members of a JSON object at once, as [`Object::define`] takes them one by one.
    #[must_use]
    pub fn as_written(members: Vec<(Key, Value)>) -> Self {
        let is_new = |(n, (key, _)): (usize, &(Key, Value))| members[..n].iter().all(|(known, _)| known.as_str() != key.as_str());
        if members.len() < MANY_MEMBERS && members.iter().enumerate().all(is_new) {
            return Self { members };
        }
        Self::collected(members, Key::shared, |one, other| one.as_str() == other.as_str())
    }

    /// The members without those that come again: by `same`, or by equal `name`s where there are many.
    fn collected<K: Ord>(
        members: impl IntoIterator<Item = (Key, Value)>,
        name: impl Fn(&Key) -> K,
        same: impl Fn(&Key, &Key) -> bool,
    ) -> Self {
        let members = members.into_iter();
        let mut object = Self { members: Vec::with_capacity(members.size_hint().0) };
        let mut places: BTreeMap<K, usize> = BTreeMap::new();
        for (key, value) in members {
            if object.members.len() == MANY_MEMBERS && places.is_empty() {
                places = object.members.iter().enumerate().map(|(n, (key, _))| (name(key), n)).collect();
            }
            let taken = if places.is_empty() {
                object.members.iter().position(|(known, _)| same(known, &key))
            } else {
                let next = object.members.len();
                Some(*places.entry(name(&key)).or_insert(next)).filter(|taken| *taken < next)
            };
            match taken {
                Some(taken) => object.members[taken].1 = value,
                None => object.members.push((key, value)),
            }
        }
        object
    }

    /// Sets `key`; a member of that very spelling keeps its place and takes the new value: what is written twice counts last.
    pub fn define(&mut self, key: Key, value: Value) {
        match self.members.iter_mut().find(|(known, _)| known.as_str() == key.as_str()) {
            Some((_, slot)) => *slot = value,
            None => self.members.push((key, value)),
        }
    }

    /// Sets `key`; a member of that name (without case) keeps its place and its spelling and takes the new value.
    pub fn insert(&mut self, key: Key, value: Value) {
        match self.members.iter_mut().find(|(known, _)| *known == key) {
            Some((_, slot)) => *slot = value,
            None => self.members.push((key, value)),
        }
    }

    /// Appends a member without looking for an earlier one of that name: for callers that know there is none.
    pub fn push(&mut self, key: Key, value: Value) {
        self.members.push((key, value));
    }

    /// The value of the member that is spelled `key`, else of the last that is without ASCII case.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&Value> {
        let mut found = None;
        for (known, value) in self.members.iter().rev() {
            if known.as_str() == key {
                return Some(value);
            }
            if found.is_none() && known.is(key) {
                found = Some(value);
            }
        }
        found
    }

    /// The last member of that name, without case.
    #[must_use]
    pub fn last_named(&self, name: &str) -> Option<(&Key, &Value)> {
        self.members.iter().rev().find(|(key, _)| key.is(name)).map(|(key, value)| (key, value))
    }

    /// Removes the member of that name.
    pub fn remove(&mut self, key: &str) -> Option<Value> {
        let at = self.members.iter().rposition(|(known, _)| known.is(key))?;
        Some(self.members.remove(at).1)
    }

    /// The members in order.
    pub fn iter(&self) -> impl DoubleEndedIterator<Item = (&Key, &Value)> + ExactSizeIterator {
        self.members.iter().map(|(key, value)| (key, value))
    }

    /// How many members there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.members.len()
    }

    /// Whether there is no member.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.members.is_empty()
    }
}

impl FromIterator<(Key, Value)> for Object {
    fn from_iter<I: IntoIterator<Item = (Key, Value)>>(members: I) -> Self {
        Self::collected(members, Key::clone, Key::eq)
    }
}

impl Value {
    /// A value that stands at `at`.
    #[must_use]
    pub fn new(kind: ValueKind, at: Span) -> Self {
        Self { kind, origin: Origin::at(at) }
    }

    /// `null` at `at`.
    #[must_use]
    pub fn null(at: Span) -> Self {
        Self::new(ValueKind::Null, at)
    }

    /// A string at `at`.
    #[must_use]
    pub fn string(text: impl Into<Arc<str>>, at: Span) -> Self {
        Self::new(ValueKind::Str(text.into()), at)
    }

    /// An array at `at`.
    #[must_use]
    pub fn array(items: impl Into<Arc<[Value]>>, at: Span) -> Self {
        Self::new(ValueKind::Array(items.into()), at)
    }

    /// An object at `at`.
    #[must_use]
    pub fn object(object: Object, at: Span) -> Self {
        Self::new(ValueKind::Object(Arc::new(object)), at)
    }

    /// An unknown at `at`.
    #[must_use]
    pub fn unknown(unknown: Unknown, at: Span) -> Self {
        Self::new(ValueKind::Unknown(Arc::new(unknown)), at)
    }

    /// The string, if it is a known one.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        match &self.kind {
            ValueKind::Str(text) => Some(text),
            _ => None,
        }
    }

    /// The boolean, if it is a known one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        match self.kind {
            ValueKind::Bool(value) => Some(value),
            _ => None,
        }
    }

    /// The integer, if it is a known one.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        match self.kind {
            ValueKind::Int(value) => Some(value),
            _ => None,
        }
    }

    /// The number of copies, if it is the count of a loop. Azure reads a text that is a number as that number.
    #[must_use]
    pub fn as_count(&self) -> Option<i64> {
        self.as_int().or_else(|| self.as_str()?.parse().ok())
    }

    /// The elements, if it is an array of known length.
    #[must_use]
    pub fn as_array(&self) -> Option<&[Value]> {
        match &self.kind {
            ValueKind::Array(items) => Some(items),
            _ => None,
        }
    }

    /// The members, if it is an object with known keys.
    #[must_use]
    pub fn as_object(&self) -> Option<&Object> {
        match &self.kind {
            ValueKind::Object(object) => Some(object),
            _ => None,
        }
    }

    /// What is known of it, if it is not known.
    #[must_use]
    pub fn as_unknown(&self) -> Option<&Unknown> {
        match &self.kind {
            ValueKind::Unknown(unknown) => Some(unknown),
            _ => None,
        }
    }

    /// Whether it is `null`.
    #[must_use]
    pub fn is_null(&self) -> bool {
        matches!(self.kind, ValueKind::Null)
    }

    /// Whether it is one of a few values, one of which is `null`.
    #[must_use]
    pub fn has_null_case(&self) -> bool {
        matches!(self.as_unknown().map(|unknown| &unknown.shape), Some(Shape::OneOf(cases)) if cases.iter().any(Self::is_null))
    }

    /// Whether it is unknown as a whole. A known array or object may still hold unknowns: see [`Value::first_unknown`].
    #[must_use]
    pub fn is_unknown(&self) -> bool {
        matches!(self.kind, ValueKind::Unknown(_))
    }

    /// The first unknown in it, itself included, in the order in which it is written.
    #[must_use]
    pub fn first_unknown(&self) -> Option<&Unknown> {
        match &self.kind {
            ValueKind::Unknown(unknown) => Some(unknown),
            ValueKind::Array(items) => items.iter().find_map(Self::first_unknown),
            ValueKind::Object(object) => object.iter().find_map(|(_, value)| value.first_unknown()),
            _ => None,
        }
    }

    /// The type, where it is known.
    #[must_use]
    pub fn type_of(&self) -> Option<Type> {
        Some(match &self.kind {
            ValueKind::Null => Type::Null,
            ValueKind::Bool(_) => Type::Bool,
            ValueKind::Int(_) => Type::Int,
            ValueKind::Float(_) => Type::Float,
            ValueKind::Str(_) => Type::String,
            ValueKind::Array(_) => Type::Array,
            ValueKind::Object(_) => Type::Object,
            ValueKind::Unknown(unknown) => return unknown.shape.type_of(),
        })
    }

    /// The same value, now standing at `at`, having come there by `step` from where it stood.
    #[must_use]
    pub fn moved(self, step: Step, at: Span) -> Self {
        Self { kind: self.kind, origin: self.origin.moved(step, at) }
    }

    /// The same value made at `at`: what in it was made where it stands now is made there, too.
    #[must_use]
    pub fn standing_at(&self, at: Span) -> Self {
        let from = self.origin.written;
        let again = |value: &Self| if value.origin.written == from { value.standing_at(at) } else { value.clone() };
        let objects = |object: &Object| {
            Arc::new(Object { members: object.iter().map(|(key, value)| (key.clone(), again(value))).collect() })
        };
        let kind = match &self.kind {
            ValueKind::Array(items) => ValueKind::Array(items.iter().map(again).collect()),
            ValueKind::Object(object) => ValueKind::Object(objects(object)),
            ValueKind::Unknown(unknown) => match &unknown.shape {
                Shape::Members(members) => {
                    ValueKind::Unknown(Arc::new(Unknown::clone(unknown).shaped(Shape::Members(objects(members)))))
                }
                _ => ValueKind::Unknown(Arc::clone(unknown)),
            },
            known => known.clone(),
        };
        Self { kind, origin: Origin { written: at, via: self.origin.via.clone() } }
    }

    /// The canonical text: the same for two values that are certainly equal, whether known or not.
    ///
    /// Known values are JSON, unknown ones their symbol. It is what ids are joined by and what two unknowns are compared by.
    #[must_use]
    pub fn canonical(&self) -> String {
        let mut out = String::new();
        text::write_canonical(self, &mut out);
        out
    }

    /// Whether two values are equal by the rules of `equals()`: types and string case count, object keys' case does not.
    #[must_use]
    pub fn equals(&self, other: &Self) -> Truth {
        truth::equals(self, other)
    }
}
