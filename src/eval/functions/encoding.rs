//! Base64, data URIs and percent-encoding.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

use crate::value::{Type, Value};

use super::{Args, Fault, FaultKind, Function, Run, json, partial};

/// The functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "base64", arity: (1, 1), run: Run::Pure(Some(Type::String), base64) },
    Function { name: "base64ToString", arity: (1, 1), run: Run::Pure(Some(Type::String), base64_to_string) },
    Function { name: "base64ToJson", arity: (1, 1), run: Run::Pure(None, base64_to_json) },
    Function { name: "dataUri", arity: (1, 1), run: Run::Pure(Some(Type::String), data_uri) },
    Function { name: "dataUriToString", arity: (1, 1), run: Run::Pure(Some(Type::String), data_uri_to_string) },
    Function { name: "uriComponent", arity: (1, 1), run: Run::Pure(Some(Type::String), uri_component) },
    Function { name: "uriComponentToString", arity: (1, 1), run: Run::Pure(Some(Type::String), uri_component_to_string) },
];

/// Standard base64 as .NET reads it: padding is required, unused bits are ignored.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::RequireCanonical)
        .with_decode_allow_trailing_bits(true),
);

fn base64(args: &Args<'_>) -> Result<Value, Fault> {
    Ok(partial::string(args, BASE64.encode(args.string(0)?)))
}

/// The text behind base64; white space is passed over, and what is not UTF-8 becomes U+FFFD, both as in .NET.
fn decoded(args: &Args<'_>, text: &str) -> Result<String, Fault> {
    let dense: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b' ' | b'\t' | b'\n' | b'\r')).collect();
    let bytes = BASE64.decode(dense).map_err(|_| args.fault(FaultKind::Conversion, 0, "is not base64"))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn base64_to_string(args: &Args<'_>) -> Result<Value, Fault> {
    Ok(partial::string(args, decoded(args, args.string(0)?)?))
}

fn base64_to_json(args: &Args<'_>) -> Result<Value, Fault> {
    json::value_of(args, &decoded(args, args.string(0)?)?)
}

fn data_uri(args: &Args<'_>) -> Result<Value, Fault> {
    let encoded = BASE64.encode(args.string(0)?);
    Ok(partial::string(args, format!("data:text/plain;charset=utf-8;base64,{encoded}")))
}

/// `data:[type][;parameters][;base64],data`. Source: RFC 2397.
fn data_uri_to_string(args: &Args<'_>) -> Result<Value, Fault> {
    let uri = args.string(0)?;
    let scheme = uri.get(..5).filter(|scheme| scheme.eq_ignore_ascii_case("data:"));
    let Some((head, data)) = scheme.and_then(|_| uri[5..].split_once(',')) else {
        return Err(args.fault(FaultKind::Conversion, 0, "is not a data URI"));
    };
    let is_base64 = head.rsplit(';').next().is_some_and(|last| last.eq_ignore_ascii_case("base64"));
    Ok(partial::string(args, if is_base64 { decoded(args, data)? } else { unescaped(data) }))
}

/// What `Uri.EscapeDataString` leaves as it is beside letters and digits: the unreserved characters of RFC 3986.
const ESCAPED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

fn uri_component(args: &Args<'_>) -> Result<Value, Fault> {
    Ok(partial::string(args, utf8_percent_encode(args.string(0)?, ESCAPED).to_string()))
}

fn uri_component_to_string(args: &Args<'_>) -> Result<Value, Fault> {
    Ok(partial::string(args, unescaped(args.string(0)?)))
}

/// Resolves `%XX`; bytes that do not form UTF-8 stay escaped, as in `Uri.UnescapeDataString`.
fn unescaped(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some(at) = rest.find('%') {
        out.push_str(&rest[..at]);
        rest = &rest[at..];
        let mut bytes = Vec::new();
        while let Some(byte) = rest[bytes.len() * 3..].strip_prefix('%').and_then(|tail| tail.get(..2)).and_then(hex) {
            bytes.push(byte);
        }
        if bytes.is_empty() {
            out.push('%');
            rest = &rest[1..];
            continue;
        }
        for chunk in bytes.utf8_chunks() {
            out.push_str(chunk.valid());
            out.extend(chunk.invalid().iter().map(|byte| format!("%{byte:02X}")));
        }
        rest = &rest[bytes.len() * 3..];
    }
    out.push_str(rest);
    out
}

fn hex(digits: &str) -> Option<u8> {
    if digits.bytes().all(|byte| byte.is_ascii_hexdigit()) { u8::from_str_radix(digits, 16).ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::super::FaultKind;
    use super::super::trial::{call, fault, s, shown};
    use proptest::prelude::{prop_assert_eq, proptest};

    #[test]
    fn texts_are_encoded_as_azure_encodes_them() {
        for (name, text, expected) in [
            ("base64", "one, two, three", "b25lLCB0d28sIHRocmVl"),
            ("base64ToString", "YW Jj\n", "abc"),
            ("base64ToString", "YWJ=", "ab"),
            ("base64ToString", "/w==", "\u{fffd}"),
            ("dataUri", " Fizz ", "data:text/plain;charset=utf-8;base64,IEZpenog"),
            ("dataUriToString", "data:;base64,SGVsbG8sIFdvcmxkIQ==", "Hello, World!"),
            ("dataUriToString", "data:,SGVs%20bG8", "SGVs bG8"),
            ("uriComponent", "UB*8h 0+=_)9h9n", "UB%2A8h%200%2B%3D_%299h9n"),
            ("uriComponent", "é~", "%C3%A9~"),
            ("uriComponentToString", "%20%25%zz%C3%A9%ff+", " %%zzé%FF+"),
        ] {
            assert_eq!(shown(name, &[s(text)]), format!("'{expected}'"), "{name} of {text}");
        }
        assert_eq!(shown("base64ToJson", &[s("eydvbmUnOiAnYScsICd0d28nOiAnYid9")]), "{one:'a',two:'b'}");
    }

    #[test]
    fn what_is_not_encoded_is_a_fault() {
        for (name, text) in [
            ("base64ToString", "YWJj@"),
            ("base64ToString", "YWI"),
            ("dataUriToString", "SGVsbG8sIFdvcmxkIQ=="),
            ("dataUriToString", "data:text/plain;base64,YWJj@"),
            ("base64ToJson", "YWJj"),
        ] {
            assert_eq!(fault(name, &[s(text)]), FaultKind::Conversion, "{name} of {text}");
        }
    }

    proptest! {
        #[test]
        fn every_encoding_reads_back(text in "\\PC{0,12}") {
            for (there, back) in [("base64", "base64ToString"), ("dataUri", "dataUriToString"), ("uriComponent", "uriComponentToString")] {
                let encoded = call(there, &[s(&text)]).unwrap();
                let decoded = call(back, &[encoded]).unwrap();
                prop_assert_eq!(decoded.as_str(), Some(text.as_str()));
            }
        }
    }
}
