//! Why a text is no policy document, in our words and in those of the service.

use std::fmt;

use super::Script;
use super::markup::token;
use super::script::number;

/// Why a text is no policy document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// There is no element.
    NoRoot,
    /// Characters outside of the root element.
    OutsideText,
    /// A second root element.
    SecondRoot,
    /// The text ends while these elements are open, the innermost first.
    Unclosed(Vec<String>),
    /// An end tag of another element than the one that is open.
    Mismatch {
        /// The open element.
        open: String,
        /// Line and column of its start tag's name in the document.
        at: (usize, usize),
        /// The name in the end tag.
        close: String,
    },
    /// An end tag where no element is open.
    LoneEnd,
    /// A name cannot start with this character; nothing is left of the text where it is `None`.
    Name(Option<char>),
    /// These characters come directly after a value.
    NoSpace(String),
    /// An attribute without `=`.
    NoEquals(String),
    /// A value without quotes.
    NoQuote(String),
    /// A value whose second quote never comes.
    Quote,
    /// A tag that goes on where it should end.
    NoTagEnd(String),
    /// `<` in the value of an attribute.
    LessThan,
    /// `&` that starts no entity, and the name behind it, which may be empty.
    Ampersand(String),
    /// A reference to a character by a number that is none.
    Reference(String),
    /// An entity that nobody declares.
    Entity(String),
    /// A second attribute of one name.
    Duplicate(String),
    /// A prefix that no namespace is declared for.
    Prefix(String),
    /// A character that XML does not have.
    Character(char),
    /// `--` in a comment.
    Hyphens,
    /// `]]>` outside of a CDATA section.
    DataEnd,
    /// A document type declaration, which could define entities without end.
    Doctype,
    /// A policy expression that never ends.
    Expression,
    /// Elements nest too deep.
    Depth,
    /// The text is too long; this is its length in bytes.
    Length(usize),
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoRoot => f.write_str("it holds no element"),
            Self::OutsideText => f.write_str("text stands outside of the root element"),
            Self::SecondRoot => f.write_str("a second element stands beside the root element"),
            Self::Unclosed(open) => match open.first() {
                Some(innermost) => write!(f, "it ends, and `<{innermost}>` was not closed"),
                None => f.write_str("it ends inside a tag"),
            },
            Self::Mismatch { open, close, .. } => write!(f, "`</{close}>` stands where `<{open}>` has to be closed"),
            Self::LoneEnd => f.write_str("an end tag stands where no element is open"),
            Self::Name(Some(found)) => write!(f, "no name starts with `{found}`"),
            Self::Name(None) => f.write_str("it ends inside a tag"),
            Self::NoSpace(found) => write!(f, "a quote ended the value before `{found}`"),
            Self::NoEquals(found) => write!(f, "an attribute has `{found}` where its `=` has to stand"),
            Self::NoQuote(found) => write!(f, "an attribute has `{found}` where its value has to start with a quote"),
            Self::Quote => f.write_str("the value that starts here never ends"),
            Self::NoTagEnd(found) => write!(f, "a tag has `{found}` where it has to end"),
            Self::LessThan => f.write_str("the value of an attribute holds `<`"),
            Self::Ampersand(_) => f.write_str("`&` starts no entity"),
            Self::Reference(number) => write!(f, "no character is `&{number};`"),
            Self::Entity(name) => write!(f, "nothing declares the entity `&{name};`"),
            Self::Duplicate(name) => write!(f, "attribute `{name}` is there twice"),
            Self::Prefix(prefix) => write!(f, "no namespace is declared for the prefix `{prefix}`"),
            Self::Character(found) => write!(f, "it holds the character U+{:04X}, which XML does not have", u32::from(*found)),
            Self::Hyphens => f.write_str("a comment holds `--`"),
            Self::DataEnd => f.write_str("`]]>` stands outside of a CDATA section"),
            Self::Doctype => f.write_str("it declares a document type"),
            Self::Expression => f.write_str("a policy expression never ends"),
            Self::Depth => write!(f, "elements nest deeper than {}", super::MAX_DEPTH),
            Self::Length(bytes) => write!(f, "it has {bytes} bytes, and the service takes {}", super::MAX_LENGTH),
        }
    }
}

impl Fault {
    /// What the service answers to such a text, with the line and column in the document: the messages of .NET's XML reader,
    /// as the validation errors of the service quote them. `None` where they are not known.
    ///
    /// Texts and places are those of dotnet/runtime, `Strings.resx` and `XmlTextReaderImpl` of System.Private.Xml; "white space"
    /// is the spelling of the errors that people quote.
    #[must_use]
    pub fn answer(&self, script: &Script, at: u32) -> Option<String> {
        let text = script.text();
        let less = || memchr::memchr(b'<', &text.as_bytes()[at as usize..]).map(|found| at + number(found));
        let (line, column) = script.position(match self {
            Self::Unclosed(_) => script.len(),
            // Without its second quote a value goes on to the next tag.
            Self::Quote => less().unwrap_or(script.len()),
            Self::SecondRoot | Self::Entity(_) => at + 1,
            Self::LoneEnd => at + 2,
            Self::Ampersand(name) => at + 1 + number(name.len()),
            _ => at,
        });
        let told = match self {
            Self::NoRoot => return Some("Root element is missing.".to_owned()),
            Self::OutsideText => "Data at the root level is invalid.".to_owned(),
            Self::SecondRoot => "There are multiple root elements.".to_owned(),
            Self::Unclosed(open) if !open.is_empty() => {
                format!("Unexpected end of file has occurred. The following elements are not closed: {}.", open.join(", "))
            }
            Self::Mismatch { open, at: (line, column), close } => {
                format!("The '{open}' start tag on line {line} position {column} does not match the end tag of '{close}'.")
            }
            Self::LoneEnd => "Unexpected end tag.".to_owned(),
            Self::Name(Some(found)) => {
                format!("Name cannot begin with the '{found}' character, hexadecimal value 0x{:02X}.", u32::from(*found))
            }
            Self::NoSpace(found) => format!("'{found}' is an unexpected token. Expecting white space."),
            Self::NoEquals(found) => format!("'{found}' is an unexpected token. The expected token is '='."),
            Self::NoQuote(found) => format!("'{found}' is an unexpected token. The expected token is '\"' or '''."),
            Self::NoTagEnd(found) => format!("'{found}' is an unexpected token. The expected token is '>'."),
            Self::Quote if less().is_none() => "There is an unclosed literal string.".to_owned(),
            Self::Quote | Self::LessThan => "'<', hexadecimal value 0x3C, is an invalid attribute character.".to_owned(),
            Self::Ampersand(name) if name.is_empty() => "An error occurred while parsing EntityName.".to_owned(),
            Self::Ampersand(name) => {
                let found = token(text.get(at as usize + 1 + name.len()..)?)?;
                format!("'{found}' is an unexpected token. The expected token is ';'.")
            }
            Self::Entity(name) => format!("Reference to undeclared entity '{name}'."),
            Self::Duplicate(name) => format!("'{name}' is a duplicate attribute name."),
            Self::Prefix(prefix) => format!("'{prefix}' is an undeclared prefix."),
            Self::Character(found) => {
                let shown = if *found == '\0' { '.' } else { *found };
                format!("'{shown}', hexadecimal value 0x{:02X}, is an invalid character.", u32::from(*found))
            }
            Self::Hyphens => "An XML comment cannot contain '--', and '-' cannot be the last character.".to_owned(),
            Self::DataEnd => "']]>' is not allowed in character data.".to_owned(),
            Self::Unclosed(_)
            | Self::Name(None)
            | Self::Reference(_)
            | Self::Doctype
            | Self::Expression
            | Self::Depth
            | Self::Length(_) => return None,
        };
        Some(format!("{told} Line {line}, position {column}."))
    }
}
