//! How large values are, counted up to a limit: what is shared inside of a value counts each time it is met.

use super::limits::NODE;
use crate::value::{Shape, Unknown, Value, ValueKind};

/// The heaviest value that functions look at, in nodes and 64-byte parts of strings: 16 MiB of text.
const HEAVIEST: u64 = 1 << 18;
/// How deep values may nest: what walks them has a stack of limited size.
const DEEPEST: u32 = 600;

/// The work of making a value, without what its parts took.
pub(super) fn of_making(value: &Value) -> u64 {
    match &value.kind {
        ValueKind::Str(text) => text.len() as u64 / 8,
        ValueKind::Array(items) => items.len() as u64 * NODE,
        ValueKind::Object(object) => object.len() as u64 * NODE,
        ValueKind::Null | ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_) | ValueKind::Unknown(_) => 0,
    }
}

/// What was counted.
pub(super) struct Weight {
    /// Whether everything is known to its last leaf.
    pub(super) known: bool,
    /// Whether the count ended at the limit.
    pub(super) too_heavy: bool,
    /// The work that looking at it takes.
    pub(super) work: u64,
    nodes: u64,
    depth: u32,
}

/// The weight of some values together.
pub(super) fn of(values: &[Value]) -> Weight {
    let mut weight = Weight { known: true, too_heavy: false, work: 0, nodes: 0, depth: 0 };
    weight.add_all(values);
    weight
}

impl Weight {
    fn add_all<'v>(&mut self, values: impl IntoIterator<Item = &'v Value>) {
        self.depth += 1;
        for value in values {
            if self.too_heavy {
                return;
            }
            self.add(value);
        }
        self.depth -= 1;
    }

    fn add(&mut self, value: &Value) {
        let len = value.as_str().map_or(0, |text| text.len() as u64);
        self.count(1 + len / 64, 1 + len / 8);
        match &value.kind {
            ValueKind::Null | ValueKind::Bool(_) | ValueKind::Int(_) | ValueKind::Float(_) | ValueKind::Str(_) => {}
            ValueKind::Array(items) => self.add_all(items.iter()),
            ValueKind::Object(object) => self.add_all(object.iter().map(|(_, member)| member)),
            ValueKind::Unknown(unknown) => self.unknown(unknown),
        }
    }

    fn unknown(&mut self, unknown: &Unknown) {
        self.known = false;
        if let Shape::Text(text) = &unknown.shape {
            let (pieces, size) = (text.count() as u64, text.size() as u64);
            return self.count(pieces + size / 64, pieces * NODE + size / 8);
        }
        self.count(0, unknown.symbol().as_str().len() as u64 / 8);
        match &unknown.shape {
            Shape::Any | Shape::Of(_) | Shape::Text(_) => {}
            Shape::OneOf(values) | Shape::Items(values) => self.add_all(values.iter()),
            Shape::Members(object) => self.add_all(object.iter().map(|(_, member)| member)),
        }
    }

    fn count(&mut self, nodes: u64, work: u64) {
        self.nodes += nodes;
        self.work += work;
        self.too_heavy = self.nodes > HEAVIEST || self.depth > DEEPEST;
    }
}
