//! `uri`, `buildUri` and `parseUri`: absolute URIs as `System.Uri` writes them.
//!
//! Source: ARM documentation, "String functions", uri (resolution as in RFC 3986, section 5); Bicep documentation, "String
//! functions", buildUri and parseUri.

use url::Url;

use crate::value::{Key, Object, Type, Value, ValueKind};

use super::{Args, Fault, FaultKind, Function, Run, partial};

/// The functions of this group.
pub(super) const FUNCTIONS: &[Function] = &[
    Function { name: "uri", arity: (2, 2), run: Run::Pure(Some(Type::String), uri) },
    Function { name: "buildUri", arity: (1, 1), run: Run::Pure(Some(Type::String), build_uri) },
    Function { name: "parseUri", arity: (1, 1), run: Run::Pure(Some(Type::Object), parse_uri) },
];

fn uri(args: &Args<'_>) -> Result<Value, Fault> {
    let (base, relative) = (args.string(0)?, args.string(1)?);
    let base = parsed(args, base)?;
    let joined = base.join(relative).map_err(|_| args.fault(FaultKind::Conversion, 1, "does not make a URI with the first"))?;
    Ok(partial::string(args, written(&joined)))
}

fn parsed(args: &Args<'_>, text: &str) -> Result<Url, Fault> {
    let url = Url::parse(text).map_err(|_| args.fault(FaultKind::Conversion, 0, "must be an absolute URI"))?;
    if url.cannot_be_a_base() { Err(args.fault(FaultKind::Conversion, 0, "must be a URI with a path")) } else { Ok(url) }
}

/// The URI as `System.Uri` escapes it: a few characters more in the path, the apostrophe not in the query.
fn written(url: &Url) -> String {
    let mut out = String::with_capacity(url.as_str().len());
    for c in url.as_str().chars() {
        match c {
            '|' => out.push_str("%7C"),
            '^' => out.push_str("%5E"),
            '`' => out.push_str("%60"),
            '{' => out.push_str("%7B"),
            '}' => out.push_str("%7D"),
            '\\' => out.push_str("%5C"),
            _ => out.push(c),
        }
    }
    match (out.find('?'), url.query()) {
        (Some(at), Some(query)) if query.contains("%27") => {
            let tail = out.split_off(at).replace("%27", "'");
            out + &tail
        }
        _ => out,
    }
}

fn build_uri(args: &Args<'_>) -> Result<Value, Fault> {
    let parts = args.object(0)?;
    let part = |name: &str| match parts.get(name).map(|value| &value.kind) {
        None | Some(ValueKind::Null) => Ok(None),
        Some(ValueKind::Str(text)) => Ok(Some(text.as_ref())),
        Some(_) => Err(args.fault(FaultKind::Type, 0, &format!("must have a string as `{name}`"))),
    };
    let needed = |name: &str| {
        let missing = || args.fault(FaultKind::InvalidArguments, 0, &format!("must have a `{name}`"));
        part(name)?.filter(|text| !text.is_empty()).ok_or_else(missing)
    };
    let mut text = format!("{}://{}", needed("scheme")?, needed("host")?);
    match parts.get("port").map(|value| &value.kind) {
        None | Some(ValueKind::Null) => {}
        Some(ValueKind::Int(port)) if (0..=65_535).contains(port) => text.push_str(&format!(":{port}")),
        Some(ValueKind::Int(port)) if *port == -1 => {}
        Some(ValueKind::Int(_)) => return Err(args.fault(FaultKind::OutOfRange, 0, "must have a `port` between 0 and 65535")),
        Some(_) => return Err(args.fault(FaultKind::Type, 0, "must have an integer as `port`")),
    }
    for (name, mark) in [("path", '/'), ("query", '?')] {
        let value = part(name)?.unwrap_or_default();
        if !value.is_empty() && !value.starts_with(mark) {
            text.push(mark);
        }
        text.push_str(value);
    }
    let url = Url::parse(&text).map_err(|_| args.fault(FaultKind::Conversion, 0, "does not make a URI"))?;
    Ok(partial::string(args, written(&url)))
}

fn parse_uri(args: &Args<'_>) -> Result<Value, Fault> {
    let url = parsed(args, args.string(0)?)?;
    let text = |text: &str| Value::string(text, args.call);
    let mut object = Object::new();
    object.push(Key::new("scheme"), text(url.scheme()));
    object.push(Key::new("host"), text(url.host_str().unwrap_or_default()));
    let port = url.port().map_or(ValueKind::Null, |port| ValueKind::Int(i64::from(port)));
    object.push(Key::new("port"), args.result(port));
    object.push(Key::new("path"), text(url.path()));
    object.push(Key::new("query"), text(&url.query().map_or_else(String::new, |query| format!("?{query}"))));
    Ok(Value::object(object, args.call))
}

#[cfg(test)]
mod tests {
    use super::super::FaultKind;
    use super::super::trial::{fault, i, null, o, s, shown};

    #[test]
    fn a_relative_uri_is_resolved_against_the_base() {
        for (base, relative, expected) in [
            ("http://contoso.org/firstpath", "myscript.sh", "http://contoso.org/myscript.sh"),
            ("http://contoso.org/firstpath/", "myscript.sh", "http://contoso.org/firstpath/myscript.sh"),
            ("https://github.com/another/repo", "/Azure/bicep", "https://github.com/Azure/bicep"),
            ("https://example.com/a/b/", "../c?q=it's {x}", "https://example.com/a/c?q=it's%20%7Bx%7D"),
            ("https://example.com", "//cdn.example.org/assets", "https://cdn.example.org/assets"),
            ("https://Example.com:443/a", "", "https://example.com/a"),
        ] {
            assert_eq!(
                shown("uri", &[s(base), s(relative)]),
                format!("'{}'", expected.replace('\'', "''")),
                "{base} + {relative}"
            );
        }
        for base in ["github.com", "http://", "", "mailto:a@b.c"] {
            assert_eq!(fault("uri", &[s(base), s("x")]), FaultKind::Conversion, "{base}");
        }
    }

    #[test]
    fn a_uri_is_built_from_its_parts_and_parsed_into_them() {
        let parts =
            o(&[("scheme", s("https")), ("host", s("example.com")), ("port", i(8080)), ("path", s("a/b")), ("query", s("?x=1"))]);
        assert_eq!(shown("buildUri", &[parts]), "'https://example.com:8080/a/b?x=1'");
        assert_eq!(
            shown("parseUri", &[s("https://example.com/foo?a=1")]),
            "{host:'example.com',path:'/foo',port:null,query:'?a=1',scheme:'https'}"
        );
        assert_eq!(fault("buildUri", &[o(&[("scheme", null())])]), FaultKind::InvalidArguments);
        assert_eq!(fault("buildUri", &[o(&[("scheme", i(1))])]), FaultKind::Type);
        let port = o(&[("scheme", s("https")), ("host", s("h")), ("port", i(70_000))]);
        assert_eq!(fault("buildUri", &[port]), FaultKind::OutOfRange);
    }
}
