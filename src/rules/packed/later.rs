//! Parts of a rule that only what fails needs.

use std::ops::Deref;
use std::sync::OnceLock;

use super::{Packed, Printer, Reader};

/// A part of a rule. Of one that is packed, it is read when somebody first asks for it.
#[derive(Debug, Default)]
pub(in crate::rules) struct Later<T> {
    part: OnceLock<T>,
    packed: Option<Reader>,
}

impl<T> From<T> for Later<T> {
    fn from(part: T) -> Self {
        Self { part: OnceLock::from(part), packed: None }
    }
}

impl<T: Packed + Default> Deref for Later<T> {
    type Target = T;

    fn deref(&self) -> &T {
        let unpacked = || T::unpack(&mut self.packed.clone()?);
        self.part.get_or_init(|| unpacked().unwrap_or_default())
    }
}

/// Behind its length, by which it is passed over.
impl<T: Packed + Default> Packed for Later<T> {
    fn pack(&self, to: &mut Printer) {
        to.measured(|to| (**self).pack(to));
    }

    fn unpack(from: &mut Reader) -> Option<Self> {
        let length = usize::unpack(from)?;
        let packed = from.clone();
        from.characters(length)?;
        Some(Self { part: OnceLock::new(), packed: Some(packed) })
    }
}
