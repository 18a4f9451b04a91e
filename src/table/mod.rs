//! What may stand in the JSON files that are armlint's own: rules, configurations, what a template says to armlint.
//!
//! Each kind of object is a [`Table`]. Files are checked against it with a place for every mistake, and the schemas that editors
//! complete from are printed from it, so that both always say the same.

mod fields;
mod schema;

pub(crate) use fields::{Fields, Problems, advice};
pub(crate) use schema::{definitions, reference};

/// An object that may stand in a file.
#[derive(Debug)]
pub(crate) struct Table {
    /// What it is, for messages: "rule", "predicate".
    pub(crate) what: &'static str,
    /// The keys it may have.
    pub(crate) keys: &'static [Entry],
}

/// A key of such an object.
#[derive(Debug)]
pub(crate) struct Entry {
    /// Its name.
    pub(crate) name: &'static str,
    /// What may stand there.
    pub(crate) takes: Takes,
    /// Whether it must be there.
    pub(crate) required: bool,
    /// What it means; shown by editors.
    pub(crate) doc: &'static str,
}

/// What may stand behind a key.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Takes {
    /// A string.
    Text,
    /// A list of strings.
    Texts,
    /// A string or a list of strings.
    OneOrMoreTexts,
    /// `true` or `false`.
    Flag,
    /// Only `false`.
    No,
    /// A whole number.
    Whole,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// Any JSON value but an object, or an object of this table that stands for one.
    Operand(&'static Table),
    /// A list of operands, or an object of this table that stands for one.
    Operands(&'static Table),
    /// Any JSON value.
    Anything,
    /// An object of this table.
    One(&'static Table),
    /// An object of this table or a list of such.
    OneOrMany(&'static Table),
    /// A list of objects of this table.
    Many(&'static Table),
    /// An object whose members, freely named, are of this table.
    Named(&'static Table),
    /// An object whose members, freely named, are each what this says.
    Map(&'static Takes),
    /// A path, an object of this table, or a list of both.
    Places(&'static Table),
    /// One of these words, or an object of this table that chooses one.
    Graded(&'static [&'static str], &'static Table),
}

impl Takes {
    /// The table of the objects that may stand there.
    pub(crate) fn table(self) -> Option<&'static Table> {
        match self {
            Self::One(table)
            | Self::OneOrMany(table)
            | Self::Many(table)
            | Self::Named(table)
            | Self::Places(table)
            | Self::Graded(_, table)
            | Self::Operand(table)
            | Self::Operands(table) => Some(table),
            Self::Map(inner) => inner.table(),
            Self::Text
            | Self::Texts
            | Self::OneOrMoreTexts
            | Self::Flag
            | Self::No
            | Self::Whole
            | Self::Choice(_)
            | Self::Anything => None,
        }
    }
}

/// A key that may be there.
pub(crate) const fn may(name: &'static str, takes: Takes, doc: &'static str) -> Entry {
    Entry { name, takes, required: false, doc }
}

/// A key that must be there.
pub(crate) const fn must(name: &'static str, takes: Takes, doc: &'static str) -> Entry {
    Entry { name, takes, required: true, doc }
}
