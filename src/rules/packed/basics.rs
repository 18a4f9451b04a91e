//! Numbers, strings and collections.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::{Packed, Printer, Reader};
use crate::value::Key;

impl Packed for usize {
    fn pack(&self, to: &mut Printer) {
        to.number(*self as u64);
    }

    fn unpack(from: &mut Reader) -> Option<Self> {
        from.number()?.try_into().ok()
    }
}

impl Packed for bool {
    fn pack(&self, to: &mut Printer) {
        to.number(u64::from(*self));
    }

    fn unpack(from: &mut Reader) -> Option<Self> {
        Some(from.number()? != 0)
    }
}

impl Packed for i64 {
    /// The sign is the lowest bit, so that small numbers are short.
    fn pack(&self, to: &mut Printer) {
        to.number((self << 1 ^ self >> 63).cast_unsigned());
    }

    fn unpack(from: &mut Reader) -> Option<Self> {
        let number = from.number()?;
        Some((number >> 1).cast_signed() ^ -(number & 1).cast_signed())
    }
}

impl Packed for Arc<str> {
    fn pack(&self, to: &mut Printer) {
        to.string(self);
    }

    fn unpack(from: &mut Reader) -> Option<Self> {
        from.string()
    }
}

impl Packed for String {
    fn pack(&self, to: &mut Printer) {
        to.string(self);
    }

    fn unpack(from: &mut Reader) -> Option<Self> {
        from.string().map(|text| (*text).to_owned())
    }
}

impl Packed for Key {
    fn pack(&self, to: &mut Printer) {
        to.string(self.as_str());
    }

    fn unpack(from: &mut Reader) -> Option<Self> {
        from.string().map(Self::new)
    }
}

impl<T: Packed> Packed for Option<T> {
    fn pack(&self, to: &mut Printer) {
        self.is_some().pack(to);
        self.iter().for_each(|inner| inner.pack(to));
    }

    fn unpack(from: &mut Reader) -> Option<Self> {
        if bool::unpack(from)? { T::unpack(from).map(Some) } else { Some(None) }
    }
}

impl<T: Packed> Packed for Vec<T> {
    fn pack(&self, to: &mut Printer) {
        pack_all(self, to);
    }

    fn unpack(from: &mut Reader) -> Option<Self> {
        let length = usize::unpack(from)?;
        let mut items = Self::with_capacity(length.min(MAX_ROOM));
        for _ in 0..length {
            items.push(T::unpack(from)?);
        }
        Some(items)
    }
}

/// For how many items room is made before they are there.
const MAX_ROOM: usize = 64;

fn pack_all<T: Packed>(items: &[T], to: &mut Printer) {
    items.len().pack(to);
    items.iter().for_each(|item| item.pack(to));
}

impl<T: Packed> Packed for Box<[T]> {
    fn pack(&self, to: &mut Printer) {
        pack_all(self, to);
    }

    fn unpack(from: &mut Reader) -> Option<Self> {
        Vec::unpack(from).map(Vec::into_boxed_slice)
    }
}

impl<T: Packed> Packed for Arc<[T]> {
    fn pack(&self, to: &mut Printer) {
        pack_all(self, to);
    }

    fn unpack(from: &mut Reader) -> Option<Self> {
        Vec::unpack(from).map(Self::from)
    }
}

impl<T: Packed> Packed for Box<T> {
    fn pack(&self, to: &mut Printer) {
        (**self).pack(to);
    }

    fn unpack(from: &mut Reader) -> Option<Self> {
        T::unpack(from).map(Self::new)
    }
}

impl<T: Packed> Packed for Arc<T> {
    fn pack(&self, to: &mut Printer) {
        (**self).pack(to);
    }

    fn unpack(from: &mut Reader) -> Option<Self> {
        T::unpack(from).map(Self::new)
    }
}

impl<A: Packed, B: Packed> Packed for (A, B) {
    fn pack(&self, to: &mut Printer) {
        self.0.pack(to);
        self.1.pack(to);
    }

    fn unpack(from: &mut Reader) -> Option<Self> {
        Some((A::unpack(from)?, B::unpack(from)?))
    }
}

impl Packed for BTreeMap<Arc<str>, crate::value::Value> {
    fn pack(&self, to: &mut Printer) {
        self.len().pack(to);
        for (key, value) in self {
            key.pack(to);
            value.pack(to);
        }
    }

    fn unpack(from: &mut Reader) -> Option<Self> {
        Vec::unpack(from).map(Self::from_iter)
    }
}
