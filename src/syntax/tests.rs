//! Broken texts with everything that is said about them, and texts at the limits.

use std::sync::Arc;

use serde_json::Value;

use super::{Document, Kind, Node};
use crate::source::{Loaded, SourceFile, Sources};

fn file(text: &str) -> Arc<SourceFile> {
    Sources::new().add("test.json", Loaded::utf8(text))
}

pub(super) fn parse(text: &str) -> Document {
    Document::parse(file(text))
}

/// `line:column message` of each problem, and the labels behind it in brackets.
pub(super) fn said(document: &Document) -> Vec<String> {
    let at = |at: u32| {
        let position = document.file().position(at);
        format!("{}:{}", position.line, position.column)
    };
    let one = |problem: &crate::diagnostic::Diagnostic| {
        let mut line = format!("{} {}", at(problem.primary.span.start), problem.message);
        for label in &problem.labels {
            line += &format!(" [{} {}]", at(label.span.start), label.text);
        }
        line
    };
    document.problems().iter().map(one).collect()
}

/// The tree as serde_json would have it: of equal keys the last, `"?"` for what is missing.
pub(super) fn value(node: Node<'_>) -> Value {
    match node.kind() {
        Kind::Null => Value::Null,
        Kind::True => Value::Bool(true),
        Kind::False => Value::Bool(false),
        Kind::Number => match (node.as_i64(), node.raw().parse::<u64>()) {
            (Some(whole), _) => whole.into(),
            (None, Ok(whole)) => whole.into(),
            (None, Err(_)) => node.as_f64().into(),
        },
        Kind::Plain | Kind::Escaped => node.string().unwrap().into(),
        Kind::Array => node.items().map(value).collect(),
        Kind::Object => Value::Object(node.members().map(|(key, node)| (key.string().unwrap().into(), value(node))).collect()),
        Kind::Missing => "?".into(),
    }
}

/// The tree, and what is said about it.
fn read(text: &str) -> (String, Vec<String>) {
    let document = parse(text);
    (document.root().map_or(String::new(), |root| value(root).to_string()), said(&document))
}

#[test]
fn what_azure_takes_is_no_fault() {
    for (text, tree) in [
        ("{ // c\n \"a\": 1, /* c */ }", r#"{"a":1}"#),
        ("[1, 2,]", "[1,2]"),
        ("\"a\r\n\tb\"", r#""a\r\n\tb""#),
        (r#"{"a":"[concat('x',\n'y')]"}"#, r#"{"a":"[concat('x',\n'y')]"}"#),
        ("{\"a\": \"line one,\n  line two\" // why\n}", "{\"a\":\"line one,\\n  line two\"}"),
        ("\"a\\/b\"", r#""a/b""#),
        ("-0.5e+3", "-500.0"),
    ] {
        let (found, said) = read(text);
        assert!(said.is_empty(), "{text}: {said:#?}");
        assert_eq!(found, tree, "{text}");
    }
}

#[test]
fn each_slip_is_one_diagnostic_and_hides_nothing_beside_it() {
    let cases: &[(&str, &str, &[&str])] = &[
        ("", "", &["1:1 expected a JSON value, found the end of the file"]),
        (" // only this\n", "", &["2:1 expected a JSON value, found the end of the file"]),
        ("[", "[]", &["1:2 expected `]`, found the end of the file [1:1 this one is never closed]"]),
        ("{\"a\": 1", r#"{"a":1}"#, &["1:8 expected `}`, found the end of the file [1:1 this one is never closed]"]),
        ("{\"a\"", r#"{"a":"?"}"#, &["1:5 expected `}`, found the end of the file [1:1 this one is never closed]"]),
        // commas
        ("{\"a\": 1\n \"b\": 2}", r#"{"a":1,"b":2}"#, &["1:8 expected `,` or `}` after this value, found `\"b\"`"]),
        ("[{} {}]", "[{},{}]", &["1:4 expected `,` or `]` after this value, found `{`"]),
        ("[1,, 2]", r#"[1,"?",2]"#, &["1:4 expected a value, found `,`"]),
        ("{,\"a\": 1}", r#"{"a":1}"#, &["1:2 expected a key in double quotes, found `,`"]),
        // colons
        ("{\"a\" 1, \"b\": 2}", r#"{"a":1,"b":2}"#, &["1:5 expected `:` after this key, found `1`"]),
        ("{\"a\" = 1, \"b\": 2}", r#"{"a":1,"b":2}"#, &["1:6 expected `:` after this key, found `=`"]),
        ("{\"a\", \"b\": 2}", r#"{"a":"?","b":2}"#, &["1:5 expected `:` and a value after the key, found `,`"]),
        ("{\"a\"\n \"b\": 2}", r#"{"a":"?","b":2}"#, &["2:2 expected `:` and a value after the key before, found `\"b\"`"]),
        ("{\"a\"[: {}, \"b\": 1}", r#"{"a":{},"b":1}"#, &["1:5 expected `:` after this key, found `[`"]),
        ("{\"a\", : 1, \"b\": 2}", r#"{"a":1,"b":2}"#, &["1:5 expected `:` after this key, found `,`"]),
        ("[{\"a\"} 1, \"b\": 2}]", r#"[{"a":1,"b":2}]"#, &["1:6 expected `:` after this key, found `}`"]),
        ("[{\"a\":} 1, \"b\": 2}]", r#"[{"a":1,"b":2}]"#, &["1:7 expected a value, found `}`"]),
        ("{\"a\"\" [\n1],\n\"b\": 2}", r#"{"a":[1],"b":2}"#, &["1:5 expected `:` after this key, found `\"`"]),
        // A quote too many behind a key, here in place of the line break before the next one, once turned all that follows inside out.
        (
            "{\"a\": 1,\"  \"\": [\n null\n],\n\"b\": 2}",
            r#"{"a":1,"  ":[null],"b":2}"#,
            &["1:13 expected `:` after this key, found `\": [`"],
        ),
        // The same before a bracket.
        ("[null,\" {\n \"a\": 1\n },\n 2\n]", "[null,\"\",{\"a\":1},2]", &["1:7 this text is never closed"]),
        ("{\"a\":: 1}", r#"{"a":1}"#, &["1:6 expected a value, found `:`"]),
        ("{\"a\", \"b\", \"c\"}", r#"{"a":"?","b":"?","c":"?"}"#, &["1:5 expected `:` and a value after the key, found `,`"]),
        ("{1, null, {}, \"a\": 1}", r#"{"a":1}"#, &["1:2 expected a key in double quotes or `}`, found `1`"]),
        // values
        ("{\"a\": , \"b\": 2}", r#"{"a":"?","b":2}"#, &["1:7 expected a value, found `,`"]),
        ("{\"a\": True}", r#"{"a":true}"#, &["1:7 expected `true`, found `True`"]),
        ("{\"a\": Standard, \"b\": 1}", r#"{"a":"?","b":1}"#, &["1:7 expected a value, found `Standard`"]),
        ("{\"a\": not a text\n, \"b\": 1}", r#"{"a":"?","b":1}"#, &["1:7 expected a value, found `not`"]),
        ("[NaN, 0x1F, 1]", r#"["?","?",1]"#, &["1:2 expected a value, found `NaN`", "1:7 expected a number, found `0x1F`"]),
        ("[[1\n {,\n 2]]", "[[1,2]]", &["2:2 expected `,` or `]` after this value, found `{`"]),
        ("[-0.{,\n 1\n]", r#"["?",1]"#, &["1:2 expected a number, found `-0.{`"]),
        ("[-0.[5e1, 1]", r#"["?",1]"#, &["1:2 expected a number, found `-0.[5e1`"]),
        (
            "[-0.[\"a\"], 1]",
            r#"[-0.0,["a"],1]"#,
            &["1:2 expected a number, found `-0.`", "1:5 expected `,` or `]` after this value, found `[`"],
        ),
        (
            "[01, +1, .5, 1.]",
            "[1,1,0.5,1.0]",
            &[
                "1:2 expected a number, found `01`",
                "1:6 expected a number, found `+1`",
                "1:10 expected a number, found `.5`",
                "1:14 expected a number, found `1.`",
            ],
        ),
        (
            "{'a': 'b', c: 1}",
            r#"{"a":"b","c":1}"#,
            &[
                "1:2 expected a key in double quotes, found one without",
                "1:7 expected a text in double quotes, found single quotes",
                "1:12 expected a key in double quotes, found one without",
            ],
        ),
        ("[\u{201c}a\u{201d}, 1]", r#"["?",1]"#, &["1:2 expected a value, found `\u{201c}` (U+201C)"]),
        // texts
        ("{\"a\": \"open,\n \"b\": 1}", r#"{"a":"open","b":1}"#, &["1:7 this text is never closed"]),
        ("{\"a: 1,\n \"b\": 1}", r#"{"a":1,"b":1}"#, &["1:2 this text is never closed"]),
        ("{\"a: \"x\",\n \"b\": 1}", r#"{"a: ":"?","b":1}"#, &["1:7 expected `:` and a value after the key, found `x`"]),
        ("[\"the \"best\" one\", 1]", r#"["the ",1]"#, &["1:8 expected `,` or `]` after this value, found `best`"]),
        ("{\"a\": \"x\" \"y\", \"b\": 1}", r#"{"a":"x","b":1}"#, &["1:11 expected `,` or `}` after this value, found `\"y\"`"]),
        (r#"{"a": "C:\Users\x", "b": 1}"#, r#"{"a":"C:\\Users\\x","b":1}"#, &[r"1:10 `\U` is no escape of JSON"]),
        (r#"["\u12", 1]"#, r#"["\\u12",1]"#, &[r"1:3 `\u12` is no escape of JSON"]),
        ("[\"a\u{1}b\", 1]", r#"["a\u0001b",1]"#, &["1:4 this text holds the control character U+0001"]),
        (
            "[\n \"\" a}a,\"\n]",
            r#"["",""]"#,
            &["2:5 expected `,` or `]` after this value, found `a`", "2:9 this text is never closed"],
        ),
        ("[\"open]", r#"["open]"]"#, &["1:2 this text is never closed"]),
        // white space and comments
        (
            "[1,\u{a0}\u{a0}2,\u{a0}3]",
            "[1,2,3]",
            &["1:4 expected nothing but spaces, tabs and line breaks between values, found the character U+00A0"],
        ),
        (
            "[1\0\0]",
            "[1]",
            &["1:3 expected nothing but spaces, tabs and line breaks between values, found a NUL character (U+0000)"],
        ),
        ("[1 /* open ]", "[1]", &["1:4 this comment is never closed, so the rest of the file is part of it"]),
        ("[1, # no\n 2]", r#"[1,"?",2]"#, &["1:5 expected a value, found `#`"]),
        // brackets
        ("[{\"a\": 1], \"b\"]", r#"[{"a":1},"b"]"#, &["1:9 expected `}`, found `]` [1:2 this `{` is not closed]"]),
        ("{\"a\": [1, 2}", r#"{"a":[1,2]}"#, &["1:12 expected `]`, found `}` [1:7 this `[` is not closed]"]),
        ("[\n  {\n    \"a\": 1\n  ],\n  {}\n]", r#"[{"a":1},{}]"#, &["4:3 expected `}`, found `]` [2:3 this `{` is not closed]"]),
        ("{\"a\": -2.}32e-1, \"b\": 1}", r#"{"a":"?","b":1}"#, &["1:7 expected a number, found `-2.}32e-1`"]),
        // A bracket that closes in place of one that opens.
        ("{\n  \"a\": }\n    1,\n    2\n  ],\n  \"b\": 3\n}", r#"{"a":[1,2],"b":3}"#, &["2:8 expected a value, found `}`"]),
        ("{\n  \"a\": ]\n    \"b\": 1\n  },\n  \"c\": 3\n}", r#"{"a":{"b":1},"c":3}"#, &["2:8 expected a value, found `]`"]),
        ("[\n  1,\n  }\n    \"b\": 1\n  },\n  3\n]", r#"[1,{"b":1},3]"#, &["3:3 expected a value, found `}`"]),
        ("{\n  \"a\": {\n    \"b\": }\n}", r#"{"a":{"b":"?"}}"#, &["3:10 expected a value, found `}`"]),
        ("{\n  \"a\": \"\n    1,\n    2\n  ],\n  \"b\": 3\n}", r#"{"a":[1,2],"b":3}"#, &["2:8 expected a value, found `\"`"]),
        // The indentation is that of both, so that what follows tells which one is closed.
        (
            "{\n  \"a\": [\n    1,\n  { 2\n  ],\n  \"b\": 3\n}",
            r#"{"a":[1,{}],"b":3}"#,
            &[
                "4:5 expected a key in double quotes or `}`, found `2`",
                "5:3 expected `}`, found `]` [4:3 this `{` is not closed]",
            ],
        ),
        ("{\"r\": [{\"a\": {} } }, {\"b\": 1}]}", r#"{"r":[{"a":{}},{"b":1}]}"#, &["1:19 expected `]`, found `}`"]),
        (
            "[{\"a\": {\"x\": 1}, {\"b\": 2}]",
            r#"[{"a":{"x":1}},{"b":2}]"#,
            &["1:18 expected a key in double quotes or `}`, found `{` [1:2 this `{` is not closed]"],
        ),
        (
            "[{\"a\": 1, {\"b\": 2}, \"c\": 3}, 4]",
            r#"[{"a":1,"c":3},4]"#,
            &["1:11 expected a key in double quotes or `}`, found `{`"],
        ),
        (
            "[{\"a\": {}}, \"b\": 1}, {}]",
            r#"[{"a":{},"b":1},{}]"#,
            &["1:16 expected `,` or `]` after this value, found `:` [1:10 the object ends here]"],
        ),
        (
            "[\"a\": 1, \"b\": 2]",
            r#"["a","b"]"#,
            &["1:5 expected `,` or `]` after this value, found `:` [1:1 this array holds it]"],
        ),
        (
            "{\"p\": {}}, \"r\": [1]}",
            r#"{"p":{},"r":[1]}"#,
            &["1:10 expected the end of the file, found `,` [1:9 the outermost value ends here]"],
        ),
        ("{} {}", "{}", &["1:4 expected the end of the file, found `{` [1:2 the outermost value ends here]"]),
        ("}", r#""?""#, &["1:1 expected a value, found `}`"]),
        (
            "{\n  \"a\": {\n    \"x\": 1\n  ,\n  \"b\": 2\n}\n",
            r#"{"a":{"x":1,"b":2}}"#,
            &[
                "6:2 expected `}`, found the end of the file [1:1 this one is never closed] [2:8 by its indentation, this one is closed by another's bracket]",
            ],
        ),
        // several
        (
            "{\n \"a\": ,\n \"b\" 1,\n \"c\": [1 2],\n \"d\": tru\n}",
            r#"{"a":"?","b":1,"c":[1,2],"d":"?"}"#,
            &[
                "2:7 expected a value, found `,`",
                "3:5 expected `:` after this key, found `1`",
                "4:9 expected `,` or `]` after this value, found `2`",
                "5:7 expected a value, found `tru`",
            ],
        ),
        // names
        (
            "{\"a\": 1, \"\\u0061\": 2, \"a\": 3, \"A\": 4}",
            r#"{"a":3,"A":4}"#,
            &[
                "1:10 the key `\\u0061` is given twice in one object [1:2 first given here]",
                "1:23 the key `a` is given twice in one object [1:2 first given here]",
            ],
        ),
    ];
    for (text, tree, expected) in cases {
        let (found, said) = read(text);
        assert_eq!(said, *expected, "what is said about:\n{text}");
        assert_eq!(found, *tree, "the tree of:\n{text}");
    }
}

#[test]
fn a_file_of_faults_lists_fifty_and_counts_the_rest() {
    let text = format!("[{}1, {{{}\"k\": 0}}]", "tru, ".repeat(70), "\"k\": 0, ".repeat(60));
    let said = said(&parse(&text));
    assert_eq!(said.len(), 102);
    assert_eq!(said[49], "1:247 expected a value, found `tru`");
    assert_eq!(said[50], "1:252 20 more syntax errors in this file are not listed");
    assert!(said[101].ends_with("10 more duplicate keys in this file are not listed"), "{}", said[101]);
}

#[test]
fn deep_and_large_texts_end_with_one_clear_message() {
    let deep = "[".repeat(100_000);
    assert_eq!(said(&parse(&deep)), ["1:513 brackets are nested more than 512 deep"]);
    let closed = format!("{{\"a\": {}{}, \"b\": 1}}", "[".repeat(100_000), "]".repeat(100_000));
    let document = parse(&closed);
    assert_eq!(said(&document), ["1:518 brackets are nested more than 512 deep"]);
    assert!(document.root().and_then(|root| root.get("b")).is_some(), "what is beside it is read");
    let legal = format!("{}1{}", "[".repeat(512), "]".repeat(512));
    assert!(said(&parse(&legal)).is_empty());
    let wide = format!("[{}1]", "1,".repeat(4_000_000));
    assert_eq!(said(&parse(&wide)), ["1:7999999 the file holds more than 4000000 keys and values"]);
}

/// Texts made to send recovery back and forth: each must be read in time that grows with its length, or this test does not end.
#[test]
fn no_text_is_slow() {
    let len = 1 << 17;
    for unit in [
        "\"",
        "\"\n",
        "{",
        "[{",
        "[}",
        "]",
        "{]",
        "\n]",
        ",",
        ":",
        "{\"a\"",
        "{},\"a\":",
        "[{},\"a\":",
        "\\",
        "/*",
        "//",
        "\0",
        "\u{a0}",
        "'",
        "a",
        "1 ",
        "\"a\" ",
        "\"a\" \":",
        "\"a\"[: ",
        "\"a\"} 1,",
        "\"a\"\" [\n",
        "\"a\":} 1,",
        "\"a\":}\n 1",
        "\"a\":\"\n ",
        "}\n 1,",
        "-2.}3,",
        "\"a\"\": 1,",
        "[1}",
        "[\n}",
        "{\"a\":[1}}",
        "{}}",
        "{{",
        "[{{},",
        "\"\\u",
        "\u{201c}",
        " ",
    ] {
        for (start, end) in [("", ""), ("[", "]"), ("{\"a\": [{\"b\": 1}", "}"), ("{", "\"")] {
            let document = parse(&format!("{start}{}{end}", unit.repeat(len / unit.len())));
            check_tree(&document);
        }
    }
}

/// What every tree fulfils: nodes lie inside their parents and behind each other, and a node's text is that of its place.
pub(super) fn check_tree(document: &Document) {
    let mut stack: Vec<(u32, u32, u32)> = Vec::new();
    let mut at = 0;
    for (index, raw) in document.nodes.iter().enumerate() {
        let index = u32::try_from(index).unwrap();
        while stack.last().is_some_and(|&(_, _, next)| next <= index) {
            stack.pop();
        }
        if let Some(&(start, end, next)) = stack.last() {
            assert!(start <= raw.start && raw.end <= end && raw.next <= next, "{raw:?} lies outside its parent");
        }
        assert!(raw.start <= raw.end && raw.next > index, "{raw:?}");
        assert!(raw.start >= at || raw.kind == Kind::Missing, "{raw:?} starts before the one before");
        at = raw.start;
        if matches!(raw.kind, Kind::Array | Kind::Object) {
            stack.push((raw.start, raw.end, raw.next));
        } else {
            assert_eq!(raw.next, index + 1, "{raw:?} has no children");
        }
    }
    if let Some(root) = document.root() {
        check_members(root);
    }
}

/// Keys are strings; every string decodes, and its map leads back to the characters that stand for each decoded one.
fn check_members(node: Node<'_>) {
    for item in node.items() {
        check_members(item);
    }
    for (key, value) in node.members() {
        assert!(key.is_string());
        check_members(key);
        check_members(value);
    }
    if let Some(text) = node.string() {
        let map = node.text_map();
        let span = map.span(0, u32::try_from(text.len()).unwrap());
        assert!(node.span().contains(&span));
        assert_eq!(super::escape::decode(node.document().file().slice(span)), text);
    }
}

#[test]
fn numbers_are_whole_or_double_or_neither() {
    let document = parse("[1, -9223372036854775808, 9223372036854775808, 1.0, 1e400, \"1\"]");
    let items: Vec<Node<'_>> = document.root().unwrap().items().collect();
    let whole: Vec<Option<i64>> = items.iter().map(|item| item.as_i64()).collect();
    let double: Vec<Option<f64>> = items.iter().map(|item| item.as_f64()).collect();
    assert_eq!(whole, [Some(1), Some(i64::MIN), None, None, None, None]);
    assert_eq!(double, [Some(1.0), Some(i64::MIN as f64), Some(9_223_372_036_854_775_808.0), Some(1.0), None, None]);
}

#[test]
fn the_exact_spelling_wins_then_the_last() {
    let document = parse(r#"{"a": 1, "A": 2, "b": 3, "B": 4, "B": 5}"#);
    let get = |name: &str| document.root().unwrap().get(name).and_then(Node::as_i64);
    assert_eq!((get("a"), get("A"), get("b"), get("none")), (Some(1), Some(2), Some(3), None));
    assert_eq!(parse(r#"{"Name": 1, "NAME": 2}"#).root().unwrap().get("name").and_then(Node::as_i64), Some(2));
}
