//! What rules are made of, part by part.

use std::sync::Arc;

use super::{Packed, Printer, Reader, packed};
use crate::diagnostic::{RuleMeta, Safety, Severity};
use crate::rules::condition::{Bound, JsonType, Leaf, Operand, Operands, Predicate, Quantifier, Source, Term, Test};
use crate::rules::path::{Path, Step};
use crate::rules::rule::{
    Addition, Body, By, Change, Existing, Extra, FixPlan, Graded, How, Join, Judged, OptionSpec, OptionType, Place, Report, Rule,
    Subject, Texts,
};
use crate::source::{FileId, Span};
use crate::value::{Key, Object, Value, ValueKind};

packed! {
    struct Rule {
        meta, deprecated, aliases, resource, existing, skips_unknown, exempt, options, policy, each, joins, when, assert,
        severity, supersedes, group, report, fixes
    }
    struct RuleMeta { name, title, severity, tags, presets, covers, since, references, deprecated } but { options, prose }
    enum Severity { Note, Warning, Error }
    enum Existing { Skip, Judge, Only, Read }
    struct OptionSpec { name, takes, default, description }
    enum OptionType { Boolean, Integer(least, most), List }
    struct Place { of, paths, key }
    enum Step { Name(name), Wildcard, Index(index) }
    struct Join { name, from, resource, by, or_none }
    enum By { Id(paths), Name(paths), Parent, Child(place), Children { all }, Within(around), Referrers(paths) }
    struct Report { texts, cases, labels, undecided }
    struct Texts { at, message, label, help }
    struct Extra { at, text, when }
    struct FixPlan { title, safety, why, when, changes }
    struct Judged { safety, why }
    enum Safety { Safe, Unsafe }
    struct Change { at, when, how }
    enum How { Set(value), SetNearest(names), Remove, Insert(xml), Replace(from, to_what), Add(addition) }
    struct Addition { resource, word, beside, symbol }
    enum Body { Stated(value), Name { lower }, Copy(path), Object(members), Array(items) }
    struct Leaf { quantifier, term, test, exact, spaces }
    enum Quantifier { One, Any, All, None }
    struct Term { source, default, bounds }
    enum Source { At(place), Count(place), Sum(place), Option(option), AsOf(days) }
    struct Bound { values, when }
    enum Test {
        Exists(is), Set(is), Written(is), ByDefault(is), HasType(json), Equals(operand), In(operands), Near(names),
        Matches(pattern), StartsWith(texts), EndsWith(texts), Contains(operand), LongerThan(operand), ShorterThan(operand),
        GreaterThan(operand), LessThan(operand), MultipleOf(operand), OlderThan(operand), NewerThan(operand), CannotTell(why),
        Where(condition)
    }
    enum JsonType { Null, Boolean, Number, String, Array, Object }
    enum Operand { Literal(value), Term(term) }
    enum Operands { Literal(values), Term(term) }
}

fn tagged(tag: u64, part: &impl Packed, to: &mut Printer) {
    to.number(tag);
    part.pack(to);
}

/// Stands before the number of a condition that comes more than once.
const LISTED: u64 = 4;

impl Packed for Predicate {
    fn pack(&self, to: &mut Printer) {
        to.condition(self, LISTED, |condition, to| match condition {
            Self::All(parts) => tagged(0, parts, to),
            Self::Any(parts) => tagged(1, parts, to),
            Self::Not(part) => tagged(2, part, to),
            Self::Leaf(leaf) => tagged(3, leaf, to),
        });
    }

    fn unpack(from: &mut Reader) -> Option<Self> {
        match from.number()? {
            0 => Packed::unpack(from).map(Self::All),
            1 => Packed::unpack(from).map(Self::Any),
            2 => Packed::unpack(from).map(Self::Not),
            3 => Packed::unpack(from).map(Self::Leaf),
            LISTED => from.condition(),
            _ => None,
        }
    }
}

impl Packed for Value {
    fn pack(&self, to: &mut Printer) {
        match &self.kind {
            // Nothing in a rule file is unknown.
            ValueKind::Null | ValueKind::Unknown(_) => to.number(0),
            ValueKind::Bool(known) => tagged(1, known, to),
            ValueKind::Int(number) => tagged(2, number, to),
            ValueKind::Float(number) => tagged(3, &number.to_bits().cast_signed(), to),
            ValueKind::Str(text) => tagged(4, text, to),
            ValueKind::Array(items) => tagged(5, items, to),
            ValueKind::Object(object) => {
                let members: Vec<(Key, Self)> = object.iter().map(|(key, value)| (key.clone(), value.clone())).collect();
                tagged(6, &members, to);
            }
        }
    }

    fn unpack(from: &mut Reader) -> Option<Self> {
        let kind = match from.number()? {
            0 => ValueKind::Null,
            1 => ValueKind::Bool(Packed::unpack(from)?),
            2 => ValueKind::Int(Packed::unpack(from)?),
            3 => ValueKind::Float(f64::from_bits(i64::unpack(from)?.cast_unsigned())),
            4 => ValueKind::Str(Packed::unpack(from)?),
            5 => ValueKind::Array(Packed::unpack(from)?),
            6 => ValueKind::Object(Arc::new(Vec::unpack(from)?.into_iter().collect::<Object>())),
            _ => return None,
        };
        // No diagnostic points into a built-in rule.
        Some(Self::new(kind, Span::new(FileId(u32::MAX), 0, 0)))
    }
}

impl Packed for Path {
    fn pack(&self, to: &mut Printer) {
        self.steps.pack(to);
    }

    fn unpack(from: &mut Reader) -> Option<Self> {
        Box::<[Step]>::unpack(from).map(Self::new)
    }
}

impl<T: Packed> Packed for Graded<T> {
    fn pack(&self, to: &mut Printer) {
        self.default.pack(to);
        self.cases.pack(to);
    }

    fn unpack(from: &mut Reader) -> Option<Self> {
        Some(Self { default: T::unpack(from)?, cases: Packed::unpack(from)? })
    }
}

impl Packed for Subject {
    fn pack(&self, to: &mut Printer) {
        self.0.pack(to);
    }

    fn unpack(from: &mut Reader) -> Option<Self> {
        usize::unpack(from).map(Self)
    }
}
