//! What is a policy document and what is not, in both dialects, and where each text with a hole stops.

use std::fmt::Write as _;
use std::time::{Duration, Instant};

use super::{Dialect, Kind, MAX_DEPTH, Part, Refusal, Script, Tree, parts, read};
use crate::source::{FileId, Loaded, Sources, Span};
use crate::syntax::Document;
use crate::value::{Shape, Step, Symbol, Text, Unknown, Value, Why};

/// The text as the value of a JSON file, and that file's text.
fn written(json: &str) -> (Script, String) {
    let sources = Sources::new();
    let file = sources.add("policy.json", Loaded::utf8(json));
    let document = Document::parse(file);
    let node = document.root().unwrap();
    let value = Value::string(node.string().unwrap().into_owned(), node.span());
    (Script::of(&value, sources.get(FileId(0)).as_deref()).unwrap(), json.to_owned())
}

fn script(xml: &str) -> Script {
    written(&serde_json::Value::from(xml).to_string()).0
}

fn outcome(xml: &str, dialect: Dialect) -> String {
    let script = script(xml);
    match read(&script, dialect) {
        Ok(_) => "read".to_owned(),
        Err(Refusal::Hole(at)) => format!("hole at {at}"),
        Err(Refusal::Unquoted(at)) => format!("unquoted at {}", at.start),
        Err(Refusal::Fault { at, fault }) => {
            let answer = fault.answer(&script, at.start).unwrap_or_default();
            format!("`{}` {fault} | {answer}", script.slice(&at))
        }
    }
}

#[test]
fn a_fault_is_told_where_it_is_and_as_the_service_tells_it() {
    let texts = [
        "",
        "  ",
        "hello",
        "<a/>x",
        "<a/><b/>",
        "<a>",
        "<a><b></a>",
        "<a></a></a>",
        "<a",
        "<a b",
        "<a b=",
        "<a b=c/>",
        "<a b='c\"/>",
        "<a b='1'c='2'/>",
        "<a b='1' b='2'/>",
        "<a b='<'/>",
        "<a b='1' / >",
        "<a b='c><d/></a>",
        "<a>&&</a>",
        "<a b='c&d=1'/>",
        "<a>&nbsp;</a>",
        "<a>&#0;</a>",
        "<a>]]></a>",
        "<a>\u{2}</a>",
        "<1a/>",
        "<a><!-- a -- b --></a>",
        "<a><!-- a",
        "<a x:b='1'/>",
        "<!DOCTYPE a [<!ENTITY b 'b'>]><a>&b;</a>",
        "<set-header\n  value=\"@(a[\"X-Name\"])\" />",
    ];
    let table = texts.iter().fold(String::new(), |mut out, text| {
        let _ = writeln!(out, "{text:?}\n    {}", outcome(text, Dialect::Strict).replace('\u{2}', "^B"));
        out
    });
    insta::assert_snapshot!(table, @r#"
    ""
        `` it holds no element | Root element is missing.
    "  "
        ` ` it holds no element | Root element is missing.
    "hello"
        `h` text stands outside of the root element | Data at the root level is invalid. Line 1, position 1.
    "<a/>x"
        `x` text stands outside of the root element | Data at the root level is invalid. Line 1, position 5.
    "<a/><b/>"
        `<b` a second element stands beside the root element | There are multiple root elements. Line 1, position 6.
    "<a>"
        `a` it ends, and `<a>` was not closed | Unexpected end of file has occurred. The following elements are not closed: a. Line 1, position 4.
    "<a><b></a>"
        `a` `</a>` stands where `<b>` has to be closed | The 'b' start tag on line 1 position 5 does not match the end tag of 'a'. Line 1, position 9.
    "<a></a></a>"
        `</a` an end tag stands where no element is open | Unexpected end tag. Line 1, position 10.
    "<a"
        `a` it ends inside a tag | 
    "<a b"
        `b` it ends inside a tag | 
    "<a b="
        `=` it ends inside a tag | 
    "<a b=c/>"
        `c` an attribute has `c` where its value has to start with a quote | 'c' is an unexpected token. The expected token is '"' or '''. Line 1, position 6.
    "<a b='c\"/>"
        `'` the value that starts here never ends | There is an unclosed literal string. Line 1, position 11.
    "<a b='1'c='2'/>"
        `c` a quote ended the value before `c` | 'c' is an unexpected token. Expecting white space. Line 1, position 9.
    "<a b='1' b='2'/>"
        `b` attribute `b` is there twice | 'b' is a duplicate attribute name. Line 1, position 10.
    "<a b='<'/>"
        `<` the value of an attribute holds `<` | '<', hexadecimal value 0x3C, is an invalid attribute character. Line 1, position 7.
    "<a b='1' / >"
        ` ` a tag has ` ` where it has to end | ' ' is an unexpected token. The expected token is '>'. Line 1, position 11.
    "<a b='c><d/></a>"
        `'` the value that starts here never ends | '<', hexadecimal value 0x3C, is an invalid attribute character. Line 1, position 9.
    "<a>&&</a>"
        `&` `&` starts no entity | An error occurred while parsing EntityName. Line 1, position 5.
    "<a b='c&d=1'/>"
        `&` `&` starts no entity | '=' is an unexpected token. The expected token is ';'. Line 1, position 10.
    "<a>&nbsp;</a>"
        `&nbsp;` nothing declares the entity `&nbsp;` | Reference to undeclared entity 'nbsp'. Line 1, position 5.
    "<a>&#0;</a>"
        `&#0;` no character is `&#0;` | 
    "<a>]]></a>"
        `]]>` `]]>` stands outside of a CDATA section | ']]>' is not allowed in character data. Line 1, position 4.
    "<a>\u{2}</a>"
        `^B` it holds the character U+0002, which XML does not have | '^B', hexadecimal value 0x02, is an invalid character. Line 1, position 4.
    "<1a/>"
        `1` no name starts with `1` | Name cannot begin with the '1' character, hexadecimal value 0x31. Line 1, position 2.
    "<a><!-- a -- b --></a>"
        `--` a comment holds `--` | An XML comment cannot contain '--', and '-' cannot be the last character. Line 1, position 11.
    "<a><!-- a"
        `<!--` it ends, and `<a>` was not closed | Unexpected end of file has occurred. The following elements are not closed: a. Line 1, position 10.
    "<a x:b='1'/>"
        `x:b` no namespace is declared for the prefix `x` | 'x' is an undeclared prefix. Line 1, position 4.
    "<!DOCTYPE a [<!ENTITY b 'b'>]><a>&b;</a>"
        `<!DOCTYPE` it declares a document type | 
    "<set-header\n  value=\"@(a[\"X-Name\"])\" />"
        `X-Name` a quote ended the value before `X-Name` | 'X-Name' is an unexpected token. Expecting white space. Line 2, position 15.
    "#);
}

#[test]
fn raw_text_may_hold_expressions_that_are_no_xml() {
    let table = [
        (r#"<a b="@(c["d"] && 1 < 2)" e="f"/>"#, "read", "quotes, ampersands and less-than signs in an attribute"),
        ("<a>@{ List<string> a; return a && b < c; }</a>", "read", "and in a text"),
        (r#"<a b="x @(c["d"]) y @(e["f"])"/>"#, "read", "several in one value"),
        ("<a b='{{name}}' c='@(\"{{name}}\")'/>", "read", "named values are characters"),
        ("<a><![CDATA[@(]]></a>", "read", "a CDATA section is what it is"),
        ("<a><!-- @( --></a>", "read", "and so is a comment"),
        ("<a b={{c}}/>", "unquoted at 5", "the page of `proxy` shows one"),
        ("<a b='x@y.z'/>", "read", "an at sign alone starts no expression"),
        ("<a b='@(c'/>", "`@(` a policy expression never ends | ", "one that never ends"),
        (
            "<a>b && c</a>",
            "`&` `&` starts no entity | An error occurred while parsing EntityName. Line 1, position 7.",
            "outside of expressions XML is XML",
        ),
    ];
    for (text, expected, why) in table {
        assert_eq!(outcome(text, Dialect::Raw), expected, "{why}: {text}");
    }
}

/// A `concat()` of known pieces and holes, in a file.
fn concat(expression: &str, pieces: &[Option<&str>]) -> (Script, String) {
    let json = format!("[{}]", serde_json::Value::from(format!("[{expression}]")));
    let sources = Sources::new();
    sources.add("template.json", Loaded::utf8(json.as_str()));
    let mut text = Text::new();
    for piece in pieces {
        match piece {
            Some(known) => text.push_known(known),
            None => text.push_hole(Symbol::new("parameters('x')"), 0, None),
        }
    }
    let at = Span::new(FileId(0), 3, u32::try_from(json.len()).unwrap() - 3);
    let unknown = Unknown::new(Why::Parameter("x".into()), "s").shaped(Shape::Text(text));
    let value = Value::unknown(unknown, at).moved(Step::Variable("v".into()), Span::new(FileId(0), 0, 1));
    (Script::of(&value, sources.get(FileId(0)).as_deref()).unwrap(), json)
}

/// The names of all elements, and what the file has under each.
fn names<'t>(tree: &Tree, script: &Script, file: &'t str) -> Vec<(String, &'t str)> {
    let elements = tree.all().filter_map(|ix| match &tree.get(ix).kind {
        Kind::Element { name, .. } => {
            let span = script.span(name);
            Some((script.slice(name).to_owned(), &file[span.start as usize..span.end as usize]))
        }
        _ => None,
    });
    elements.collect()
}

#[test]
fn the_known_parts_of_an_expression_keep_their_places() {
    let expression = "concat('<policies>\n<inbound><cors id=\"', parameters('x'), '\" />', '</inbound></policies>')";
    let (script, file) =
        concat(expression, &[Some("<policies>\n<inbound><cors id=\""), None, Some("\" /></inbound></policies>")]);
    let tree = read(&script, Dialect::Strict).unwrap();
    assert_eq!(
        names(&tree, &script, &file),
        [("policies", "policies"), ("inbound", "inbound"), ("cors", "cors")].map(|(a, b)| (a.to_owned(), b))
    );
    let cors = tree.all().find(|ix| !tree.attributes(*ix).is_empty()).unwrap();
    let value = tree.attributes(cors)[0].value.clone();
    assert_eq!(parts(&script, &value, false), [Part::Hole(value.start)]);
    let span = script.span(&value);
    assert_eq!(script.written(&value), None);
    assert_eq!(&file[span.start as usize..span.end as usize], "', parameters('x'), '", "what stands between its ends");
    assert_eq!(script.hole(value.start).map(Symbol::as_str), Some("parameters('x')"));

    let (script, file) = concat("format('<a b=''{0}''><cors/></a>', x)", &[Some("<a b='"), None, Some("'><cors/></a>")]);
    let tree = read(&script, Dialect::Strict).unwrap();
    assert_eq!(names(&tree, &script, &file), [("a", "a"), ("cors", "cors")].map(|(a, b)| (a.to_owned(), b)));
}

#[test]
fn a_hole_in_a_tag_hides_how_the_text_goes_on_and_a_hole_in_content_does_not() {
    let table = [
        (vec![Some("<a>"), None, Some("</a>")], "read"),
        (vec![Some("<a b='"), None, Some("'/>")], "read"),
        (vec![Some("<a b='@("), None, Some(")'/>")], "read"),
        (vec![Some("<a "), None, Some("/>")], "hole"),
        (vec![Some("<a"), None, Some("/>")], "hole"),
        (vec![Some("<"), None, Some("/>")], "hole"),
        (vec![Some("<a/>"), None], "hole"),
        (vec![None, Some("<a/>")], "hole"),
    ];
    for (pieces, expected) in table {
        let (script, _) = concat("concat()", &pieces);
        let found = match read(&script, Dialect::Raw) {
            Ok(_) => "read",
            Err(Refusal::Hole(_)) => "hole",
            Err(Refusal::Fault { .. } | Refusal::Unquoted(_)) => "fault",
        };
        assert_eq!(found, expected, "{pieces:?}");
    }
}

#[test]
fn the_parts_of_a_value_are_told_apart() {
    let text = r#"<a b="x&lt;{{ my.name }} @(c[&quot;)&quot;]) {{no name}} {{}} @(" />"#;
    let script = script(text);
    let tree = read(&script, Dialect::Strict).unwrap();
    let value = &tree.attributes(tree.root().unwrap())[0].value;
    let shown: Vec<String> = parts(&script, value, false)
        .iter()
        .map(|part| match part {
            Part::Known(text) => format!("known {text}"),
            Part::Named(range) => format!("named {}", script.slice(range)),
            Part::Expression(range) => format!("expression {}", script.slice(range)),
            Part::Hole(_) => "hole".to_owned(),
        })
        .collect();
    assert_eq!(
        shown,
        ["known x<", "named {{ my.name }}", "known  ", "expression @(c[&quot;)&quot;])", "known  {{no name}} {{}} @("]
    );
}

#[test]
fn hostile_texts_are_refused_in_time() {
    let bomb = format!("<!DOCTYPE a [{}]><a>&z;</a>", "<!ENTITY z '&y;&y;'>".repeat(1000));
    let texts = [
        ("<a>".repeat(300_000), "it has 900000 bytes, and the service takes 262144"),
        ("<a>".repeat(80_000), "elements nest deeper than 128"),
        (bomb, "it declares a document type"),
        (format!("<a b='{}'", "@(".repeat(100_000)), "a policy expression never ends"),
        (format!("<a b='{}'/>", "@".repeat(200_000)), "read"),
        (format!("<a>{}</a>", "@{}".repeat(80_000)), "read"),
        (format!("<a {}/>", (0..20_000).map(|n| format!("b{n}='' ")).collect::<String>()), "read"),
        (format!("<a>{}</a>", "<b/>".repeat(60_000)), "read"),
    ];
    let start = Instant::now();
    for (text, expected) in texts {
        let found = outcome(&text, Dialect::Raw);
        assert!(found.contains(expected), "{found}");
    }
    for text in ["{{".repeat(100_000), "@(".repeat(100_000), "{{a".repeat(80_000), "&a".repeat(100_000)] {
        let script = script(&text);
        assert_eq!(parts(&script, &(0..script.len()), false).len(), 1);
    }
    assert!(start.elapsed() < Duration::from_secs(10), "bounded in time: {:?}", start.elapsed());
    let deep = format!("{}{}", "<a>".repeat(MAX_DEPTH), "</a>".repeat(MAX_DEPTH));
    assert_eq!(outcome(&deep, Dialect::Strict), "read");
}

#[test]
fn a_value_without_text_is_no_policy() {
    let at = Span::new(FileId(0), 0, 0);
    assert!(Script::of(&Value::null(at), None).is_err());
    assert!(Script::of(&Value::unknown(Unknown::new(Why::Parameter("x".into()), "x"), at), None).is_err());
}

#[test]
fn escapes_of_the_file_are_inside_the_span_that_they_stand_for() {
    let (script, file) = written(r#""<a b=\"c\u003c\">\r\n\t<d/></a>""#.replace("\\u003c", "&lt;").as_str());
    let tree = read(&script, Dialect::Strict).unwrap();
    let root = tree.root().unwrap();
    let Kind::Element { head, .. } = &tree.get(root).kind else { panic!("the root is an element") };
    let span = script.written(head).unwrap();
    assert_eq!(&file[span.start as usize..span.end as usize], r#"<a b=\"c&lt;\">"#);
}
