//! Where a value stands and how it got there.

use std::sync::Arc;

use crate::source::Span;

/// Where a value stands now, and the steps by which it came there, the latest first.
#[derive(Debug, Clone)]
pub struct Origin {
    /// The literal or expression that stands for the value.
    pub written: Span,
    /// The step that brought it here; `None` for a value that is written here.
    pub via: Option<Arc<Hop>>,
}

/// One step of a value's way.
#[derive(Debug, Clone)]
pub struct Hop {
    /// What kind of step.
    pub step: Step,
    /// Where the value stood before the step: the variable's definition, the parameter's default value, the line in the parameter file.
    pub from: Span,
    /// The step before this one.
    pub before: Option<Arc<Hop>>,
}

impl Drop for Hop {
    /// Link by link: a value that passed through a long `reduce()` has a way of thousands of hops.
    fn drop(&mut self) {
        let mut next = self.before.take();
        while let Some(mut hop) = next.and_then(Arc::into_inner) {
            next = hop.before.take();
        }
    }
}

/// The kinds of steps a value can take from where it is written to where it is used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// A variable of this name.
    Variable(Arc<str>),
    /// The default value of a parameter.
    ParameterDefault {
        /// The parameter's name.
        name: Arc<str>,
        /// Whether its type is `secureString` or `secureObject`.
        secure: bool,
    },
    /// The declaration of a parameter that has no value: `from` is the declaration.
    ParameterDeclaration {
        /// The parameter's name.
        name: Arc<str>,
        /// Whether its type is `secureString` or `secureObject`.
        secure: bool,
    },
    /// The value of a parameter in a parameter file.
    ParameterFile {
        /// The parameter's name.
        name: Arc<str>,
        /// Whether its type is `secureString` or `secureObject`.
        secure: bool,
    },
    /// The value that a deployment hands to a parameter of its nested or linked template.
    DeploymentParameter {
        /// The parameter's name.
        name: Arc<str>,
        /// Whether its type is `secureString` or `secureObject`.
        secure: bool,
    },
    /// The index of a copy loop of this name.
    CopyIndex(Arc<str>),
    /// An argument of a function that handed it on unchanged (`if`, `coalesce`, `first`, a user-defined function, …).
    Argument(Arc<str>),
    /// A member or an element of this name or index, taken out of a value that was put together on the spot.
    Member(Arc<str>),
    /// The output of a deployment, read by `reference()`.
    Output(Arc<str>),
    /// The property of a resource of the deployment, read by `reference()`.
    Reference(Arc<str>),
}

impl Origin {
    /// A value that is written at `at`.
    #[must_use]
    pub fn at(at: Span) -> Self {
        Self { written: at, via: None }
    }

    /// The origin after one more step, to `at`.
    #[must_use]
    pub fn moved(self, step: Step, at: Span) -> Self {
        let hop = Hop { step, from: self.written, before: self.via };
        Self { written: at, via: Some(Arc::new(hop)) }
    }

    /// The origin of a part of a value of this origin, once the part stands at `at`.
    ///
    /// The part went the way of the whole: its hops are those of the whole, but for where the first one started, which is
    /// where the part is written, and what lies before that is the part's own way. `name` is the part's name, for a whole
    /// that was put together where it stands and has no way of its own.
    #[must_use]
    pub fn of_part(&self, part: Self, name: impl FnOnce() -> Arc<str>, at: Span) -> Self {
        let Some(first) = self.hops().last() else { return part.moved(Step::Member(name()), at) };
        let mut way = Hop { step: first.step.clone(), from: part.written, before: part.via };
        let later: Vec<&Hop> = self.hops().collect();
        for hop in later.iter().rev().skip(1) {
            way = Hop { step: hop.step.clone(), from: hop.from, before: Some(Arc::new(way)) };
        }
        Self { written: at, via: Some(Arc::new(way)) }
    }

    /// The steps, the latest first.
    pub fn hops(&self) -> impl Iterator<Item = &Hop> {
        std::iter::successors(self.via.as_deref(), |hop| hop.before.as_deref())
    }

    /// Where the value is written in the end: behind the last hop.
    #[must_use]
    pub fn source(&self) -> Span {
        self.hops().last().map_or(self.written, |hop| hop.from)
    }

    /// Whether it passed through a parameter of a secure type.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.hops().any(|hop| match &hop.step {
            Step::ParameterDefault { secure, .. }
            | Step::ParameterDeclaration { secure, .. }
            | Step::ParameterFile { secure, .. }
            | Step::DeploymentParameter { secure, .. } => *secure,
            Step::Variable(_)
            | Step::CopyIndex(_)
            | Step::Argument(_)
            | Step::Member(_)
            | Step::Output(_)
            | Step::Reference(_) => false,
        })
    }
}
