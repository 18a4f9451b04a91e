//! How long a thousand policy documents of 10 KB take to read, out of JSON strings and to the ends of their values:
//! `cargo bench --bench policies`.

use armlint::policy_xml::{Dialect, Kind, Script, parts, read};
use armlint::source::{Loaded, Sources, Span};
use armlint::value::Value;
use divan::Bencher;
use divan::counter::BytesCount;

fn main() {
    divan::main();
}

/// How many documents there are.
const DOCUMENTS: usize = 1_000;

/// A document of 10 KB, as `rawxml` with expressions or, without their quotes, as `xml`.
fn document(dialect: Dialect) -> String {
    let quote = if dialect == Dialect::Raw { "\"" } else { "&quot;" };
    let policy = format!(
        "    <choose>\r\n      <when condition=\"@(context.Request.Headers.GetValueOrDefault({quote}X-User{quote}).Length > 3)\">\r\n        \
         <set-header name=\"Authorization\" exists-action=\"override\">\r\n          <value>Bearer {{{{token}}}}</value>\r\n        \
         </set-header>\r\n      </when>\r\n    </choose>\r\n"
    );
    let mut text = String::from("<policies>\r\n  <inbound>\r\n    <base />\r\n");
    while text.len() < 10_000 {
        text.push_str(&policy);
    }
    text + "  </inbound>\r\n  <backend>\r\n    <base />\r\n  </backend>\r\n</policies>"
}

#[divan::bench(args = [Dialect::Strict, Dialect::Raw])]
fn read_documents(bencher: Bencher<'_, '_>, dialect: Dialect) {
    let text = document(dialect);
    let json = serde_json::Value::from(text.as_str()).to_string();
    let sources = Sources::new();
    let file = sources.add("policy.json", Loaded::utf8(json.as_str()));
    let span = Span::new(file.id(), 0, u32::try_from(json.len()).unwrap_or(u32::MAX));
    let value = Value::string(text.as_str(), span);
    bencher
        .counter(BytesCount::new(DOCUMENTS * text.len()))
        .bench_local(|| (0..DOCUMENTS).map(|_| values(&value, &file, dialect)).sum::<usize>());
}

/// How many parts the values of a document have.
fn values(value: &Value, file: &armlint::source::SourceFile, dialect: Dialect) -> usize {
    let Ok(script) = Script::of(value, Some(file)) else { return 0 };
    let Ok(tree) = read(&script, dialect) else { return 0 };
    let count = |ix| {
        let attributes = tree.attributes(ix).iter().map(|attribute| parts(&script, &attribute.value, false).len());
        let text = matches!(tree.get(ix).kind, Kind::Text).then(|| parts(&script, &tree.get(ix).range, false).len());
        attributes.sum::<usize>() + text.unwrap_or_default()
    };
    tree.all().map(count).sum()
}
