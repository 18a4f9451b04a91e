//! Laws that hold for any text, with other readers of JSON as oracles.

use std::path::Path;

use jsonc_parser::{CollectOptions, ParseOptions, ast};
use proptest::prelude::{Just, Strategy, any, prop, prop_assert, prop_assert_eq, prop_oneof, proptest};
use serde_json::Value;

use super::tests::{check_tree, parse, said, value};
use super::{Kind, Node};
use crate::source::{FileId, decode};

/// Any value that JSON can say.
fn json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_filter("finite", |number| number.is_finite()).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        "[a-z\"\\\\\n\t{}\\[\\]:,/' ]{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
            prop::collection::vec(("[a-z\u{e9}\\\\\"/]{0,3}", inner), 0..16)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// The text of a value as Azure takes it: each token behind one of `fillers`, some brackets closed behind a comma.
fn print(value: &Value, fillers: &mut dyn Iterator<Item = usize>, out: &mut String) {
    const FILLERS: [&str; 8] = ["", "", " ", "\r\n\t", "// one \"line {\n", "/* some, [ 'x */", "\n/**/\n", "  "];
    let mut fill = |out: &mut String| out.push_str(FILLERS[fillers.next().unwrap_or(0) % FILLERS.len()]);
    fill(out);
    match value {
        Value::Array(items) => {
            out.push('[');
            for (at, item) in items.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                print(item, fillers, out);
            }
            close(items.is_empty(), fillers, "]", out);
        }
        Value::Object(members) => {
            out.push('{');
            for (at, (key, value)) in members.iter().enumerate() {
                out.push_str(if at == 0 { "" } else { "," });
                print(&Value::from(key.as_str()), fillers, out);
                out.push(':');
                print(value, fillers, out);
            }
            close(members.is_empty(), fillers, "}", out);
        }
        Value::String(text) if !text.contains('\\') => out.push_str(&value.to_string().replace("\\n", "\n").replace("\\t", "\t")),
        other => out.push_str(&other.to_string()),
    }
}

fn close(empty: bool, fillers: &mut dyn Iterator<Item = usize>, bracket: &str, out: &mut String) {
    let pick = fillers.next().unwrap_or(0);
    out.push_str(if pick.is_multiple_of(3) && !empty { ", /*,*/" } else { " " });
    out.push_str(bracket);
}

/// The options of the oracle under which it takes what Azure takes, and no more.
const AS_AZURE: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// Whether the tree is that of the oracle: kinds, texts, and places.
fn same(node: Node<'_>, oracle: &ast::Value<'_>) -> bool {
    use jsonc_parser::common::Ranged as _;
    let range = oracle.range();
    let place = (node.span().start as usize, node.span().end as usize) == (range.start, range.end);
    place
        && match oracle {
            ast::Value::StringLit(text) => node.string().as_deref() == Some(&*text.value),
            ast::Value::NumberLit(number) => node.kind() == Kind::Number && node.raw() == number.value,
            ast::Value::BooleanLit(literal) => node.kind() == if literal.value { Kind::True } else { Kind::False },
            ast::Value::NullKeyword(_) => node.kind() == Kind::Null,
            ast::Value::Array(array) => {
                let items: Vec<Node<'_>> = node.items().collect();
                node.is_array()
                    && items.len() == array.elements.len()
                    && items.iter().zip(&array.elements).all(|(item, oracle)| same(*item, oracle))
            }
            ast::Value::Object(object) => {
                let members: Vec<(Node<'_>, Node<'_>)> = node.members().collect();
                node.is_object()
                    && members.len() == object.properties.len()
                    && members.iter().zip(&object.properties).all(|((key, node), oracle)| {
                        key.string().as_deref() == Some(oracle.name.as_str()) && same(*node, &oracle.value)
                    })
            }
        }
}

/// Every file below `folder`.
fn files(folder: &Path) -> Vec<std::path::PathBuf> {
    walkdir::WalkDir::new(folder)
        .sort_by_file_name()
        .into_iter()
        .filter_map(Result::ok)
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect()
}

#[test]
fn real_files_read_as_other_readers_read_them() {
    let Some(corpus) = std::env::var_os("ARMLINT_CORPUS") else {
        println!("skipped: ARMLINT_CORPUS names no folder of real files");
        return;
    };
    let (mut by_jsonc, mut by_serde, mut broken) = (0, 0, 0);
    for path in files(Path::new(&corpus)) {
        let Some(text) = std::fs::read(&path).ok().and_then(|bytes| decode(&bytes).ok()).map(|loaded| loaded.text) else {
            continue;
        };
        let document = parse(&text);
        check_tree(&document);
        let oracle = jsonc_parser::parse_to_ast(&text, &CollectOptions::default(), &AS_AZURE);
        if let Ok(Some(oracle)) = oracle.map(|oracle| oracle.value) {
            let root = document.root();
            assert!(document.is_well_formed(), "{}: {:#?}", path.display(), said(&document));
            assert!(root.is_some_and(|root| same(root, &oracle)), "{}", path.display());
            by_jsonc += 1;
        }
        match (serde_json::from_str::<Value>(&text), document.root()) {
            (Ok(oracle), Some(root)) => {
                assert_eq!(value(root), oracle, "{}", path.display());
                by_serde += 1;
            }
            _ if !document.is_well_formed() => {
                broken += 1;
                println!("{}\n    {}", path.display(), said(&document).join("\n    "));
            }
            _ => {}
        }
    }
    println!("{by_jsonc} files as jsonc-parser reads them, {by_serde} as serde_json does, {broken} broken");
    assert!(by_jsonc > 0, "ARMLINT_CORPUS names a folder without JSON files");
}

/// The same value without punctuation in its strings.
fn bare(json: &Value) -> Value {
    let text = |text: &str| text.replace(|c: char| c.is_ascii_punctuation(), "");
    match json {
        Value::String(string) => Value::String(text(string)),
        Value::Array(items) => items.iter().map(bare).collect(),
        Value::Object(members) => members.iter().map(|(key, value)| (text(key), bare(value))).collect(),
        other => other.clone(),
    }
}

proptest! {
    /// Comments, line breaks and trailing commas change nothing.
    #[test]
    fn what_is_printed_is_read_back(json in json(), fillers in prop::collection::vec(any::<usize>(), 0..200)) {
        let mut text = String::new();
        print(&json, &mut fillers.into_iter(), &mut text);
        let document = parse(&text);
        prop_assert_eq!(said(&document), Vec::<String>::new(), "{}", text);
        prop_assert_eq!(document.root().map(value), Some(json), "{}", text);
        check_tree(&document);
        let oracle = jsonc_parser::parse_to_ast(&text, &CollectOptions::default(), &AS_AZURE);
        if let Ok(Some(oracle)) = oracle.map(|oracle| oracle.value) {
            prop_assert!(document.root().is_some_and(|root| same(root, &oracle)), "{}", text);
        }
    }

    /// A node's text stands for the node.
    #[test]
    fn every_node_reads_alone_as_it_reads_in_its_place(json in json()) {
        let document = parse(&json.to_string());
        let mut stack: Vec<Node<'_>> = document.root().into_iter().collect();
        while let Some(node) = stack.pop() {
            prop_assert_eq!(parse(node.raw()).root().map(value), Some(value(node)), "{}", node.raw());
            stack.extend(node.items().chain(node.members().flat_map(|(key, value)| [key, value])));
        }
    }

    /// Nothing panics; the tree holds together; what serde_json takes is well-formed.
    #[test]
    fn any_text_gives_a_tree(text in prop_oneof![any::<String>(), "[\\[\\]{}:,\"'\\\\a1 \n/*.\u{0}\u{a0}-]{0,40}"]) {
        let document = parse(&text);
        check_tree(&document);
        prop_assert!(document.is_well_formed() || serde_json::from_str::<Value>(&text).is_err(), "{:?} {}", text, said(&document).join("; "));
        prop_assert!(document.root().is_some() || !document.is_well_formed());
    }

    /// A slip or two in a good text: it still gives a tree, and not a flood of messages. Strings without punctuation: a quote too
    /// many turns a string inside out, and its brackets are then as good as those of the text.
    #[test]
    fn a_slip_gives_a_tree_and_few_messages(
        json in json(),
        slips in prop::collection::vec((any::<prop::sample::Index>(), "[\\[\\]{}:,\"\\\\a\n]?", any::<bool>()), 1..3),
    ) {
        let mut text: Vec<char> = serde_json::to_string_pretty(&bare(&json)).unwrap().chars().collect();
        for (at, insert, remove) in &slips {
            let at = at.index(text.len());
            text.splice(at..(at + usize::from(*remove)).min(text.len()), insert.chars());
            text.push(' ');
        }
        let text: String = text.into_iter().collect();
        let document = parse(&text);
        check_tree(&document);
        prop_assert!(document.is_well_formed() || serde_json::from_str::<Value>(&text).is_err(), "{}", text);
        let listed = document.problems().iter().filter(|problem| problem.rule.as_ref() == super::INVALID_JSON).count();
        prop_assert!(listed <= 4 * slips.len(), "{}\n{}", text, said(&document).join("\n"));
    }

    /// Any run of decoded characters is found again in the file: what is written there decodes to it.
    #[test]
    fn a_decoded_range_maps_to_what_stands_for_it(
        parts in prop::collection::vec(prop_oneof!["[a-z\u{e9}\u{1F600}]{0,4}", Just("\\u00e9".to_owned()), Just("\\n".to_owned()),
            Just("\\ud83d\\ude00".to_owned()), Just("\\ud83d".to_owned()), Just("\\q".to_owned()), Just("\\/".to_owned())], 0..12),
        from in any::<prop::sample::Index>(),
        to in any::<prop::sample::Index>(),
    ) {
        let body = parts.concat();
        let decoded = super::escape::decode(&body);
        let places: Vec<usize> = decoded.char_indices().map(|(at, _)| at).chain([decoded.len()]).collect();
        let (from, to) = (places[from.index(places.len())], places[to.index(places.len())]);
        let (from, to) = (from.min(to), from.max(to));
        let span = super::escape::map(&body, FileId(0), 0).span(u32::try_from(from).unwrap(), u32::try_from(to).unwrap());
        prop_assert_eq!(super::escape::decode(&body[span.start as usize..span.end as usize]), &decoded[from..to]);
    }
}
