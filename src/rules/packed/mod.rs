//! Rules as they are run, written down so that reading them back takes no thought.
//!
//! What [`super::load`] makes of the built-in rule files is printed into `rules/packed.txt`, and a run takes from there the few
//! rules that it needs. The text is numbers, and strings behind their lengths. A number is digits of five bits, the lowest
//! first, each a character from `0` on; a sixth bit says whether more follow. Strings and conditions that come more than
//! once are items of their own, which whoever names them shares, as they are shared where rules are read from their files.
//!
//! ```text
//! fingerprint of the rule files and of the loader
//! how many rules, strings and conditions there are, and where the line of each item ends, in digits of six bits
//! the rules, the table of policies, the strings, the conditions: each on a line of its own
//! ```

mod basics;
mod later;
mod print;
mod read;
mod shapes;

pub(super) use later::Later;
pub(super) use print::{Printer, print};
pub(super) use read::{Pack, Reader};

/// What can be written down and read back.
pub(super) trait Packed: Sized {
    /// Writes it down.
    fn pack(&self, to: &mut Printer);

    /// Reads it back; `None` where something else is written.
    fn unpack(from: &mut Reader) -> Option<Self>;
}

/// How many characters the fingerprint has.
const FINGERPRINT_LEN: usize = 16;

/// How many digits of six bits a place in the text has.
const PLACE_LEN: usize = 4;

/// The first of the 64 characters that are digits.
const ZERO: u8 = b'0';

/// Says of structures and enumerations that they are written down part by part. Parts behind `but` are not: they are read back
/// as nothing.
macro_rules! packed {
    () => {};
    (struct $name:ident { $($field:ident),* } but { $($other:ident),* } $($rest:tt)*) => {
        impl $crate::rules::packed::Packed for $name {
            fn pack(&self, to: &mut $crate::rules::packed::Printer) {
                let Self { $($field,)* $($other: _,)* } = self;
                $($crate::rules::packed::Packed::pack($field, to);)*
            }

            fn unpack(from: &mut $crate::rules::packed::Reader) -> Option<Self> {
                $(let $field = $crate::rules::packed::Packed::unpack(from)?;)*
                Some(Self { $($field,)* $($other: Default::default(),)* })
            }
        }
        $crate::rules::packed::packed! { $($rest)* }
    };
    (struct $name:ident { $($field:ident),* } $($rest:tt)*) => {
        $crate::rules::packed::packed! { struct $name { $($field),* } but {} $($rest)* }
    };
    (enum $name:ident { $($variant:ident $(($($part:ident),*))? $({ $($field:ident),* })?),* } $($rest:tt)*) => {
        impl $crate::rules::packed::Packed for $name {
            fn pack(&self, to: &mut $crate::rules::packed::Printer) {
                enum Tag { $($variant),* }
                match self {
                    $(Self::$variant $(($($part),*))? $({ $($field),* })? => {
                        to.number(Tag::$variant as u64);
                        $($($crate::rules::packed::Packed::pack($part, to);)*)?
                        $($($crate::rules::packed::Packed::pack($field, to);)*)?
                    })*
                }
            }

            fn unpack(from: &mut $crate::rules::packed::Reader) -> Option<Self> {
                enum Tag { $($variant),* }
                let tag = from.number()?;
                $(if tag == Tag::$variant as u64 {
                    $($(let $part = $crate::rules::packed::Packed::unpack(from)?;)*)?
                    $($(let $field = $crate::rules::packed::Packed::unpack(from)?;)*)?
                    return Some(Self::$variant $(($($part),*))? $({ $($field),* })?);
                })*
                None
            }
        }
        $crate::rules::packed::packed! { $($rest)* }
    };
}

pub(super) use packed;
