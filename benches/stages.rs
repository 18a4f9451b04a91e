//! What each stage costs alone: walking, sifting, reading JSON, reading and deploying a template, judging it, reporting:
//! `cargo bench --bench stages`.

use std::fmt::Write as _;
use std::hint::black_box;
use std::io;
use std::sync::Arc;

use armlint::check::{Checked, Regime, Request, Rules, Wanted, check};
use armlint::diagnostic::Diagnostic;
use armlint::lower::{self, Blueprint, Closed, Links, Lowered, Values};
use armlint::report::{self, Format};
use armlint::rules::{RuleSet, Settings, Trees};
use armlint::source::{self, FileId, Kept, Loaded, Prefilter, SourceFile, Sources, Span};
use armlint::syntax::Document;
use armlint::template::Template;
use armlint::value::Value;
use divan::Bencher;
use divan::counter::{BytesCount, ItemsCount};

fn main() {
    divan::main();
}

/// How many APIs the template has: it is about 20 KB long.
const APIS: usize = 60;

/// How many files are walked.
const FILES: usize = 1000;

/// A service on a retired platform with APIs, as the text of a template.
fn template() -> String {
    let mut text = String::from(
        r#"{
  "$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
  "contentVersion": "1.0.0.0",
  "parameters": { "name": { "type": "string", "defaultValue": "apim-contoso" } },
  "resources": [
    {
      "type": "Microsoft.ApiManagement/service",
      "apiVersion": "2020-12-01",
      "name": "[parameters('name')]",
      "sku": { "name": "Premium", "capacity": 1 },
      "properties": { "virtualNetworkType": "External", "publisherEmail": "a@contoso.com", "publisherName": "Contoso" }
    }"#,
    );
    for n in 0..APIS {
        let _ = write!(
            text,
            r#",
    {{
      "type": "Microsoft.ApiManagement/service/apis",
      "apiVersion": "2020-12-01",
      "name": "[concat(parameters('name'), '/api-{n}')]",
      "properties": {{ "path": "api-{n}", "protocols": [ "http" ], "displayName": "[format('API {{0}}', {n})]" }},
      "dependsOn": [ "[resourceId('Microsoft.ApiManagement/service', parameters('name'))]" ]
    }}"#
        );
    }
    text + "\n  ]\n}\n"
}

/// As many bytes that have nothing to do with API Management.
fn other() -> String {
    template().replace("ApiManagement", "Storage").replace("apim", "blob")
}

/// Nothing leads anywhere.
struct Nowhere;

impl Links for Nowhere {
    fn open(&self, _: Span, _: &Value, _: bool) -> Result<Arc<Blueprint>, Closed> {
        Err(Closed::Outside("it".to_owned()))
    }
}

impl Trees for Nowhere {
    fn document(&self, _: FileId) -> Option<Arc<Document>> {
        None
    }

    fn policy(&self, _: Span, _: &Value) -> Option<Arc<SourceFile>> {
        None
    }
}

/// A template as a file of a run.
fn file(sources: &Sources) -> Arc<SourceFile> {
    sources.add("main.json", Loaded::utf8(template()))
}

fn deploy(blueprint: &Arc<Blueprint>, sources: &Sources) -> Lowered {
    let links: Arc<dyn Links> = Arc::new(Nowhere);
    lower::deploy(blueprint, &Values::default(), &links, &|_| true, sources)
}

fn read(document: &Document) -> Option<Arc<Blueprint>> {
    Some(lower::read(&Template::new(document.root()?), "", false, &mut Vec::new()))
}

/// A tree of files that are all read and left out.
#[divan::bench]
fn walk(bencher: Bencher<'_, '_>) {
    let Ok(folder) = tempfile::tempdir() else { return };
    let text = other();
    for n in 0..FILES {
        let place = folder.path().join(format!("{}", n / 100));
        let written = std::fs::create_dir_all(&place).and_then(|()| std::fs::write(place.join(format!("{n}.json")), &text));
        if written.is_err() {
            return;
        }
    }
    let (roots, prefilter) = ([folder.path().to_owned()], Prefilter::new(&["apimanagement"]));
    bencher.counter(ItemsCount::new(FILES)).bench(|| source::discover(&roots, &prefilter, &source::Options::default()));
}

/// Whether a file may matter, told from its bytes.
#[divan::bench]
fn prefilter(bencher: Bencher<'_, '_>) {
    let (text, prefilter) = (other(), Prefilter::new(&["apimanagement"]));
    bencher.counter(BytesCount::of_str(&text)).bench(|| prefilter.keeps(black_box(text.as_bytes())));
}

/// From a text to a tree.
#[divan::bench]
fn parse(bencher: Bencher<'_, '_>) {
    let file = file(&Sources::new());
    bencher.counter(BytesCount::of_str(file.text())).bench(|| Document::parse(Arc::clone(&file)));
}

/// From a tree to a template whose strings are expressions.
#[divan::bench]
fn compile(bencher: Bencher<'_, '_>) {
    let document = Document::parse(file(&Sources::new()));
    bencher.counter(BytesCount::of_str(document.file().text())).bench_local(|| read(&document));
}

/// From a template to a model, every resource in full.
#[divan::bench]
fn lower(bencher: Bencher<'_, '_>) {
    let sources = Sources::new();
    let document = Document::parse(file(&sources));
    let Some(blueprint) = read(&document) else { return };
    bencher.counter(ItemsCount::new(APIS + 1)).bench_local(|| deploy(&blueprint, &sources));
}

/// A model judged by all rules.
#[divan::bench]
fn rules(bencher: Bencher<'_, '_>) {
    let sources = Sources::new();
    let document = Document::parse(file(&sources));
    let rules = RuleSet::builtin();
    let (Some(blueprint), Ok(chosen), Ok(date)) = (read(&document), rules.choose("all", &[], &[], &[]), "2026-01-01".parse())
    else {
        return;
    };
    let (lowered, settings) = (deploy(&blueprint, &sources), Settings::new(date));
    let accepted = |_: &Diagnostic| false;
    bencher
        .counter(ItemsCount::new(APIS + 1))
        .bench_local(|| armlint::rules::run(&rules, &chosen, &settings, &lowered.model, &Nowhere, &accepted));
}

/// What a run found, in every format.
#[divan::bench(args = Format::ALL)]
fn report(bencher: Bencher<'_, '_>, format: Format) {
    let wanted = Wanted { preset: Some("all".to_owned()), as_of: Some("2026-01-01".to_owned()), ..Wanted::default() };
    let Ok(regime) = Rules::new(&wanted).map(Regime::fixed) else { return };
    let one = |n: usize| Kept { path: format!("{n}.json"), loaded: Loaded::utf8(template()), explicit: true };
    let found = check(&Request { given: (0..8).map(one).collect(), ..Request::of(&regime) });
    let Ok(Checked { run, .. }) = found else { return };
    let reporter = format.reporter(report::Options::default());
    bencher.counter(ItemsCount::new(run.diagnostics.len())).bench_local(|| reporter.report(&run, &mut io::sink()));
}
