//! What a scope remembers: the values of its names, what it is in the middle of, and what went wrong.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeMap;

use super::evaluate::Env;
use super::{Fault, FaultKind, Scope};
use crate::source::Span;
use crate::value::{KeyIndex, Value};

/// The interior memory of a [`Scope`].
#[derive(Default)]
pub(super) struct Memory {
    /// The faults that were met and not yet asked for.
    pub(super) faults: RefCell<Vec<Fault>>,
    values: RefCell<BTreeMap<Named, Known>>,
    running: RefCell<Vec<Named>>,
    numbers: Cell<u64>,
    /// What the functions that tell of the place of the deployment gave when they were first called.
    places: RefCell<Vec<(&'static str, Value)>>,
    parameters: OnceCell<KeyIndex>,
    variables: OnceCell<KeyIndex>,
}

/// Something with a name that is worked out once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Named {
    /// The parameter at this place of the list.
    Parameter(usize),
    /// The variable at this place of the list.
    Variable(usize),
    /// The user-defined function at this place of the list; its value is not remembered.
    Function(usize),
}

/// A value that was worked out, and the certain faults on the way.
struct Known {
    value: Value,
    faults: Box<[Fault]>,
}

impl Memory {
    /// A number that was not given out before.
    pub(super) fn next_number(&self) -> u64 {
        let number = self.numbers.get() + 1;
        self.numbers.set(number);
        number
    }
}

impl Scope {
    /// The place of the parameter `name`, the last of two with one name.
    pub(super) fn find_parameter(&self, name: &str) -> Option<usize> {
        let index = self.memory.parameters.get_or_init(|| KeyIndex::of(self.parameters.iter().map(|binding| &binding.name)));
        index.find(name, |at| self.parameters.get(at).map(|binding| &binding.name))
    }

    /// The place of the variable `name`, the last of two with one name.
    pub(super) fn find_variable(&self, name: &str) -> Option<usize> {
        let index = self.memory.variables.get_or_init(|| KeyIndex::of(self.variables.iter().map(|(name, _)| name)));
        index.find(name, |at| self.variables.get(at).map(|(name, _)| name))
    }

    /// The value of something with a name, worked out at the first call. Its faults are those of whoever needs it.
    pub(super) fn remembered(
        &self,
        named: Named,
        needed_at: Span,
        env: &Env<'_>,
        work_out: impl FnOnce(&RefCell<Vec<Fault>>) -> Value,
    ) -> Value {
        if let Some(known) = self.memory.values.borrow().get(&named) {
            for fault in &known.faults {
                env.report(fault);
            }
            return known.value.clone();
        }
        let faults = RefCell::default();
        let value = match self.running(named, needed_at, || work_out(&faults)) {
            Ok(value) => value,
            Err(cycle) => return self.fail(cycle, env),
        };
        let faults: Box<[Fault]> = faults.take().into();
        for fault in &faults {
            env.report(fault);
        }
        self.memory.values.borrow_mut().insert(named, Known { value: value.clone(), faults });
        value
    }

    /// What a function that tells of the place of the deployment gives at `at`: the same at every call, but for where it stands.
    pub(super) fn of_place(&self, function: &'static str, at: Span, work_out: impl FnOnce() -> Value) -> Value {
        let known = self.memory.places.borrow().iter().find(|(known, _)| *known == function).map(|(_, value)| value.clone());
        match known {
            Some(known) => known.standing_at(at),
            None => {
                let value = work_out();
                self.memory.places.borrow_mut().push((function, value.clone()));
                value
            }
        }
    }

    /// Does `work` for something with a name, unless that is what is being done already.
    pub(super) fn running<T>(&self, named: Named, needed_at: Span, work: impl FnOnce() -> T) -> Result<T, Fault> {
        let since = self.memory.running.borrow().iter().position(|&running| running == named);
        if let Some(since) = since {
            return Err(self.cycle(since, needed_at));
        }
        self.memory.running.borrow_mut().push(named);
        let done = work();
        self.memory.running.borrow_mut().pop();
        Ok(done)
    }

    /// The fault of a name that needs itself: everything that runs since place `since` is part of the circle.
    fn cycle(&self, since: usize, span: Span) -> Fault {
        let running = self.memory.running.borrow();
        let circle = &running[since..];
        let way: Vec<_> = circle.iter().chain(circle.first()).map(|&named| format!("`{}`", self.name_of(named))).collect();
        let kind = match circle.first() {
            Some(Named::Parameter(_)) => "parameter",
            Some(Named::Function(_)) => "function",
            Some(Named::Variable(_)) | None => "variable",
        };
        let message = format!("{kind} {} needs itself: {}", way[0], way.join(" → "));
        Fault { kind: FaultKind::Cycle, span, message }
    }

    fn name_of(&self, named: Named) -> String {
        match named {
            Named::Parameter(at) => self.parameters.get(at).map(|binding| binding.name.to_string()),
            Named::Variable(at) => self.variables.get(at).map(|(name, _)| name.to_string()),
            Named::Function(at) => self.functions.get(at).map(|function| format!("{}.{}", function.namespace, function.name)),
        }
        .unwrap_or_default()
    }
}
