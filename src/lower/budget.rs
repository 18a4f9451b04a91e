//! How much one root template may come to: loops, deployments and children multiply.

use std::cell::Cell;
use std::rc::Rc;

use crate::eval::Limits;

/// How many deployments one root template may come to.
const MAX_DEPLOYMENTS: usize = 5_000;
/// How many resources one root template may come to, whether anybody looks at them or not.
const MAX_RESOURCES: usize = 100_000;
/// How many resources of one root template are judged.
const MAX_JUDGED: usize = 10_000;

/// What was taken of a budget.
#[derive(Debug, Clone, Copy)]
pub(super) struct Spent {
    deployments: u64,
    resources: u64,
    judged: u64,
    work: u64,
}

/// What all deployments of one root template may do together.
#[derive(Debug, Default)]
pub(super) struct Budget {
    /// The work of their expressions.
    pub(super) work: Rc<Limits>,
    deployments: Cell<usize>,
    resources: Cell<usize>,
    judged: Cell<usize>,
    exceeded: Cell<bool>,
}

impl Budget {
    /// Whether one more deployment may be opened.
    pub(super) fn deployment(&self) -> bool {
        self.take(&self.deployments, MAX_DEPLOYMENTS)
    }

    /// Whether one more resource may be looked at.
    pub(super) fn resource(&self) -> bool {
        self.take(&self.resources, MAX_RESOURCES)
    }

    /// Whether one more resource may be judged.
    pub(super) fn judged(&self) -> bool {
        self.take(&self.judged, MAX_JUDGED)
    }

    fn take(&self, taken: &Cell<usize>, most: usize) -> bool {
        if taken.get() >= most || self.work.is_exhausted() {
            self.exceed();
            return false;
        }
        taken.set(taken.get() + 1);
        true
    }

    /// Whether what was taken of some budgets together is within one: nothing of what they were for would have been left out.
    pub(super) fn fit(spent: &[Spent]) -> bool {
        let all = |taken: fn(&Spent) -> u64| spent.iter().map(taken).fold(0, u64::saturating_add);
        let fits = |most: usize, taken| all(taken) <= most as u64;
        fits(MAX_DEPLOYMENTS, |spent| spent.deployments)
            && fits(MAX_RESOURCES, |spent| spent.resources)
            && fits(MAX_JUDGED, |spent| spent.judged)
            && Limits::allow(all(|spent| spent.work))
    }

    /// What was taken so far; `None` where something was left out.
    pub(super) fn spent(&self) -> Option<Spent> {
        let taken = |cell: &Cell<usize>| cell.get() as u64;
        (!self.is_exceeded()).then(|| Spent {
            deployments: taken(&self.deployments),
            resources: taken(&self.resources),
            judged: taken(&self.judged),
            work: self.work.spent(),
        })
    }

    /// Notes that something was left out.
    pub(super) fn exceed(&self) {
        self.exceeded.set(true);
    }

    /// Whether something was left out.
    pub(super) fn is_exceeded(&self) -> bool {
        self.exceeded.get() || self.work.is_exhausted()
    }
}
