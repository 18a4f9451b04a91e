//! The body of a resource, with an outline by which most questions are answered before they are asked.

use std::ops::Deref;

use crate::value::{Type, Value, ValueKind, name_hash};

/// The evaluated object of a resource.
#[derive(Debug, Clone)]
pub struct Body {
    value: Value,
    outline: Outline,
}

/// Which names there are in an object and in the objects in it, as one bit for each that others may share: what is not in the
/// outline is certainly not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Outline(u128);

impl Body {
    /// The body that a value is.
    #[must_use]
    pub fn new(value: Value) -> Self {
        let outline = Outline::of(&value);
        Self { value, outline }
    }

    /// Whether a way from here may lead anywhere, or to something unknown.
    #[inline]
    #[must_use]
    pub fn may_lead(&self, way: Way) -> bool {
        self.outline.0 & way.name == way.name && (way.member == 0 || self.outline.0 & way.member != 0)
    }
}

/// What an outline tells of a way of names down a body: the first two tell nearly everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Way {
    /// The bit of the first name, which must be there; none of a way without names.
    name: u128,
    /// The bits of the second name and of an object of which nobody knows the names: one of them must be there.
    member: u128,
}

impl Way {
    /// The way of these names.
    #[must_use]
    pub fn of<'n>(names: impl IntoIterator<Item = &'n str>) -> Self {
        let mut names = names.into_iter();
        let Some(first) = names.next().map(name_hash) else { return Self { name: 0, member: 0 } };
        let member = names.next().map_or(0, |second| bit(below(first, name_hash(second))) | open(first));
        Self { name: bit(first), member }
    }
}

impl Deref for Body {
    type Target = Value;

    fn deref(&self) -> &Value {
        &self.value
    }
}

impl Outline {
    /// What is unknown may have any names.
    const ANY: Self = Self(u128::MAX);

    fn of(value: &Value) -> Self {
        let mut bits = 0;
        match &value.kind {
            ValueKind::Unknown(_) => return Self::ANY,
            ValueKind::Object(object) => {
                for (key, member) in object.iter() {
                    let name = name_hash(key.as_str());
                    bits |= bit(name);
                    match &member.kind {
                        ValueKind::Unknown(unknown) if unknown.shape.type_of().is_none_or(|kind| kind == Type::Object) => {
                            bits |= open(name);
                        }
                        ValueKind::Object(inner) => {
                            inner.iter().for_each(|(key, _)| bits |= bit(below(name, name_hash(key.as_str()))));
                        }
                        _ => {}
                    }
                }
            }
            _ => {}
        }
        Self(bits)
    }
}

/// The bits of a name in an object of that name.
fn below(object: u32, name: u32) -> u32 {
    object.rotate_left(5).wrapping_add(name).wrapping_mul(0x9e37_79b9)
}

/// The bit of an object of that name of which nobody knows the names.
fn open(object: u32) -> u128 {
    bit(below(object, 0))
}

fn bit(hash: u32) -> u128 {
    1 << ((hash >> 16) % u128::BITS)
}

#[cfg(test)]
mod tests {
    use super::{Body, Way};
    use crate::source::{FileId, Span};
    use crate::value::{Key, Object, Unknown, Value, Why};

    const HERE: Span = Span { file: FileId(0), start: 0, end: 0 };

    fn object(members: &[(&str, Value)]) -> Value {
        Value::object(members.iter().map(|(key, value)| (Key::from(*key), value.clone())).collect::<Object>(), HERE)
    }

    #[test]
    fn what_is_there_in_any_case_or_behind_an_unknown_is_never_denied() {
        let zones = object(&[("Zones", Value::null(HERE))]);
        let known = Body::new(object(&[("Properties", zones.clone()), ("sku", Value::string("x", HERE))]));
        for way in [&["properties"][..], &["PROPERTIES", "zones"], &["properties", "zones", "more"], &["sku"], &[]] {
            assert!(known.may_lead(Way::of(way.iter().copied())), "{way:?}");
        }
        let denied =
            ["a", "identity", "tags", "location", "kind"].iter().filter(|name| !known.may_lead(Way::of([**name]))).count();
        assert!(denied >= 3, "an outline of three names denies most others, and denies {denied} of 5");
        let unknown = || Value::unknown(Unknown::new(Why::Runtime("x".into()), "x"), HERE);
        for body in [unknown(), object(&[("properties", unknown())])] {
            let body = Body::new(body);
            assert!(["anything", "else", "zones"].iter().all(|name| body.may_lead(Way::of(["properties", name]))));
        }
    }
}
