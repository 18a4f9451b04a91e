//! How much a template may make the evaluator do.

use std::cell::Cell;

/// How much work all expressions that share these limits may cause, in words of 8 bytes that are made or looked at. The
/// largest public templates cause less than a hundredth of it.
const WORK: u64 = 20_000_000;
/// What the value of a node of an expression takes.
pub(super) const NODE: u64 = 6;
/// How deep evaluation may nest: calls in calls, objects in objects, variables that need variables.
const DEPTH: u32 = 256;

/// The limit of work, in the words of [`crate::value::Why::Limit`].
pub(super) const TOO_MUCH_WORK: &str = "the template causes too much work";

/// What is left of the work that a template may cause. Beyond it every value is unknown, for the reason `Why::Limit`.
#[derive(Debug)]
pub struct Limits {
    work: Cell<u64>,
    depth: Cell<u32>,
    entangled: Cell<bool>,
}

impl Default for Limits {
    fn default() -> Self {
        Self { work: Cell::new(WORK), depth: Cell::new(0), entangled: Cell::new(false) }
    }
}

/// One level of nesting, left when it is dropped.
pub(super) struct Level<'l>(&'l Cell<u32>);

impl Drop for Level<'_> {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

impl Limits {
    /// Whether all of the work is used up.
    #[must_use]
    pub fn is_exhausted(&self) -> bool {
        self.work.get() == 0
    }

    /// How much work was caused so far.
    #[must_use]
    pub fn spent(&self) -> u64 {
        WORK - self.work.get()
    }

    /// Whether a template may cause so much work.
    #[must_use]
    pub fn allow(work: u64) -> bool {
        work < WORK
    }

    /// Notes that a value hangs on the order in which values are asked for: it was numbered, or it needs itself.
    pub fn entangle(&self) {
        self.entangled.set(true);
    }

    /// Whether some value hangs on the order in which values are asked for.
    #[must_use]
    pub fn is_entangled(&self) -> bool {
        self.entangled.get()
    }

    /// Takes `units` of work; false when they are no longer there.
    pub(super) fn work(&self, units: u64) -> bool {
        let left = self.work.get();
        self.work.set(left.saturating_sub(units));
        left >= units
    }

    /// Goes one level deeper, to one more node; the limit that was reached when that cannot be.
    pub(super) fn enter(&self) -> Result<Level<'_>, &'static str> {
        if !self.work(NODE) {
            return Err(TOO_MUCH_WORK);
        }
        if self.depth.get() >= DEPTH {
            return Err("the template nests expressions and variables too deeply");
        }
        self.depth.set(self.depth.get() + 1);
        Ok(Level(&self.depth))
    }
}
