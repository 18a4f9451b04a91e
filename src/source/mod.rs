//! Files, and places in them.
//!
//! The only room that touches the file system. It finds files, reads them into text whatever their encoding, writes reports,
//! and turns a [`Span`] back into the line, column and byte that a person or an editor asks for.
//! It does not know what the text means.
//!
//! | limit | value | beyond it |
//! |---|---|---|
//! | [`MAX_FILE_LEN`] | 64 MiB a file | it is not read, and counts as unreadable |
//! | [`HEAD`] | 4 KiB of a skipped file | a schema named later is not seen: it counts as another file |

mod blame;
#[cfg(unix)]
mod crew;
mod discover;
mod file;
mod files;
mod gather;
mod git;
mod lines;
mod listing;
mod path;
mod prefilter;
mod read;
mod revision;
mod sieve;
mod span;
mod walk;
mod watch;
mod words;
mod write;

pub use blame::{Written, blame};
pub use discover::{Discovery, Kept, Options, Unreadable, discover, resift};
pub use file::{Encoding, SourceFile, Sources};
pub use files::{Disk, Files};
pub use gather::{Skipped, SkippedFile};
pub use lines::Position;
pub use path::{above, folder, join, name};
pub use prefilter::Prefilter;
pub use read::{Damage, Loaded, MAX_FILE_LEN, ReadError, RuleFile, decode, read_list, read_rules, read_stream, split_list};
pub use revision::{Past, Revision, RevisionError};
pub use sieve::{HEAD, SkippedKind};
pub use span::{FileId, Span, TextMap};
pub use watch::{Watch, WatchError};
pub use write::{WriteError, append, create, replace, write};
