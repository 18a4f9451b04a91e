//! What holds for any policy text: spans lead to the characters they say, and the strict form is what a parser of XML takes.

use proptest::prelude::{Just, ProptestConfig, Strategy, prop_assert, prop_assert_eq, prop_oneof, proptest};

use super::{Dialect, Kind, Script, Tree, read};
use crate::source::{FileId, Loaded, Sources, Span};
use crate::syntax::Document;
use crate::value::Value;

/// Pieces that policy documents are made of, well put together or not.
fn piece() -> impl Strategy<Value = String> {
    prop_oneof![
        "</?[a-c]( [a-c]=\"[a-z<&;]{0,2}\"){0,2} ?/?>",
        "<(a|set-header)>",
        "</(a|set-header)>",
        "[ -~\r\n\t]{0,6}",
        "é|\\\\|👍|&lt;|&#xA;|&#233;|&bad;|]]>",
        Just("<!-- - -->".to_owned()),
        Just("<![CDATA[ <x> ]]>".to_owned()),
        Just("@(a[\"b\"] < 'c')".to_owned()),
        Just("<a b=\"@(c[\"d\"])\" e='{{f}}'/>".to_owned()),
        Just("@{ return $\"{a[\"b\"]}\"; // }\n}".to_owned()),
    ]
}

/// Documents: half of the pieces are put inside elements that are closed again.
fn document() -> impl Strategy<Value = String> {
    let inside = proptest::collection::vec(piece(), 0..6).prop_map(|pieces| pieces.concat());
    (inside, proptest::bool::weighted(0.7)).prop_map(|(inside, wrap)| {
        if wrap { format!("<policies>\r\n  <inbound>{inside}</inbound>\r\n</policies>") } else { inside }
    })
}

/// A file that holds the text as JSON, every character escaped as `style` says, and what is read of it.
fn file(text: &str, style: u8) -> (Sources, Value) {
    let mut json = String::from("\"");
    for (n, c) in text.chars().enumerate() {
        match (c, (n as u8).wrapping_mul(style) % 3) {
            ('"' | '\\', _) => json.extend(['\\', c]),
            (c, 1) | (c @ '\0'..='\x1f', _) => c.encode_utf16(&mut [0; 2]).iter().for_each(|u| json += &format!("\\u{u:04x}")),
            (c, _) => json.push(c),
        }
    }
    json.push('"');
    let sources = Sources::new();
    let added = sources.add("policy.json", Loaded::utf8(json.as_str()));
    let span = Span::new(added.id(), 0, u32::try_from(json.len()).unwrap());
    (sources, Value::string(text, span))
}

/// Names and attribute values as a parser of XML sees them, in order.
fn seen(tree: &Tree, script: &Script) -> Vec<String> {
    let elements = tree.all().filter_map(|ix| match &tree.get(ix).kind {
        Kind::Element { name, .. } => Some((ix, script.slice(name))),
        _ => None,
    });
    elements
        .map(|(ix, name)| {
            let attributes = tree.attributes(ix).iter().map(|attribute| script.slice(&attribute.name));
            format!("{name}[{}]", attributes.collect::<Vec<_>>().join(" "))
        })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// For any policy text, the text under each node's span, unescaped, is the node's source.
    #[test]
    fn the_text_under_a_span_unescaped_is_the_source(text in document(), style in 0u8..6) {
        let (sources, value) = file(&text, style);
        let script = Script::of(&value, sources.get(FileId(0)).as_deref()).unwrap();
        for dialect in [Dialect::Strict, Dialect::Raw] {
            let Ok(tree) = read(&script, dialect) else { continue };
            for ix in tree.all() {
                let mut ranges = vec![tree.get(ix).range.clone()];
                if let Kind::Element { name, head, .. } = &tree.get(ix).kind {
                    ranges.extend([name.clone(), head.clone()]);
                }
                ranges.extend(tree.attributes(ix).iter().flat_map(|attribute| [attribute.name.clone(), attribute.value.clone()]));
                for range in ranges {
                    let span = script.written(&range).expect("a literal stands in one piece");
                    let written = sources.get(span.file).unwrap().slice(span).to_owned();
                    let unescaped = Document::parse(sources.add("", Loaded::utf8(format!("\"{written}\"")))).root().unwrap().string().unwrap().into_owned();
                    prop_assert_eq!(unescaped.as_str(), script.slice(&range));
                }
            }
        }
    }

    /// The strict form is XML: an independent parser reads and refuses the same, and sees the same elements.
    #[test]
    fn the_strict_form_is_what_a_parser_of_xml_reads(text in document()) {
        let (sources, value) = file(&text, 0);
        let script = Script::of(&value, sources.get(FileId(0)).as_deref()).unwrap();
        let ours = read(&script, Dialect::Strict);
        let theirs = roxmltree::Document::parse(&text);
        prop_assert_eq!(ours.is_ok(), theirs.is_ok(), "{:?} {:?}", ours.as_ref().err(), theirs.as_ref().err());
        if let (Ok(ours), Ok(theirs)) = (ours, theirs) {
            let elements = theirs.descendants().filter(roxmltree::Node::is_element);
            let theirs: Vec<String> = elements
                .map(|node| format!("{}[{}]", node.tag_name().name(), node.attributes().map(|a| a.name()).collect::<Vec<_>>().join(" ")))
                .collect();
            prop_assert_eq!(seen(&ours, &script), theirs);
        }
    }

    /// Whatever is read strictly is read the same in the raw form, unless it holds something that only there is an expression.
    #[test]
    fn a_strict_document_is_the_same_in_the_raw_form(text in document()) {
        let (sources, value) = file(&text, 0);
        let script = Script::of(&value, sources.get(FileId(0)).as_deref()).unwrap();
        if text.contains('@') {
            return Ok(());
        }
        if let Ok(strict) = read(&script, Dialect::Strict) {
            let raw = read(&script, Dialect::Raw);
            prop_assert!(raw.is_ok(), "{:?}", raw.err());
            prop_assert_eq!(seen(&strict, &script), seen(&raw.unwrap(), &script));
        }
    }
}
