//! A run made by hand that has everything a reporter must cope with; the tests of every format print it.

use crate::diagnostic::{
    Catalogue, Diagnostic, Edit, Environments, FileCounts, Fix, Label, ResourceRef, RuleMeta, Run, Safety, Severity, Suppressed,
    Unreadable, Verdict,
};
use crate::source::{FileId, Loaded, SourceFile, Sources, Span};

use super::{Format, Options};

/// A plain template.
const MAIN: &str = r#"{
  "resources": [
    {
      "type": "Microsoft.ApiManagement/service",
      "apiVersion": "2019-12-01",
      "name": "[variables('apimName')]",
      "properties": {
        "virtualNetworkType": "[parameters('networkType')]",
        "customProperties": {}
      }
    }
  ]
}
"#;

/// The parameter file that sets the network type; with Windows line ends and tabs.
const PROD: &str = "{\r\n\t\"parameters\": {\r\n\t\t\"networkType\":\t{ \"value\": \"External\" }\r\n\t}\r\n}\r\n";

/// What a file may hold to speak in our name: to terminals, runners, Markdown, HTML and XML.
pub(super) const HOSTILE: &str = "\u{1b}[31m\u{9b}2J\r\n::error file=x,title=y::pwned%0A##vso[task.complete result=Succeeded;]ok\u{202e}|`</table><script>alert('1')</script>&amp; ]]> **b** [l](http://x) ![i](x) @all #1";

/// The run.
pub(super) fn run() -> Run {
    let sources = Sources::new();
    let add = |path: &str, text: &str| sources.add(path, Loaded::utf8(text));
    let main = add("infra/main.json", MAIN);
    let prod = add("infra/prod.parameters.json", PROD);
    let wide = add("infra/wide, 中文 100%.json", "{\n  \"name\": \"中文-é-👍\", \"sku\": { \"name\": \"Basic\" }\n}");
    let name = format!("\"name\": \"{HOSTILE}\"");
    let hostile = add(&format!("infra/{HOSTILE}.json"), &format!("{{\n  {name}\n}}\n"));

    let mut diagnostics = vec![old_version(&main), no_address(&main, &prod), wide_name(&wide)];
    diagnostics.push(hostile_name(&hostile));
    let mut undecided = no_address(&main, &prod);
    undecided.message = "cannot tell whether service `apim` needs a public IP address".to_owned();
    undecided.verdict = Verdict::Undecided("`networkType` has no default and no parameter file gives it".to_owned());
    undecided.labels = Vec::new();
    undecided.environments = Environments { undecided: vec!["defaults".to_owned()], ..Environments::default() };
    let suppressed = |kind, line: &str, reason: Option<&str>| {
        let mut diagnostic = old_version(&main);
        diagnostic.rule = "api-management/zones-without-premium".into();
        diagnostic.primary = Label::new(find(&main, line), "");
        diagnostic.fixes = Vec::new();
        Suppressed { diagnostic, kind, reason: reason.map(str::to_owned) }
    };
    Run {
        as_of: "2026-11-23".to_owned(),
        diagnostics,
        undecided: vec![undecided],
        suppressed: vec![suppressed("comment", "\"2019-12-01\"", Some("goes away in May")), suppressed("baseline", "{}", None)],
        outdated: 0,
        untouched: None,
        unreadable: vec![Unreadable::new("infra/secret.json", "permission denied")],
        files: FileCounts { seen: 7, templates: 3, parameter_files: 1, other: 2, unreadable: 1, bicep: 2 },
        services: 2,
        rules: Catalogue::new(Box::new(|| {
            vec![rule("api-management/stv1-api-version", Severity::Error), rule("my/name", Severity::Note)]
        })),
        sources: sources.into(),
    }
}

/// A run of one template in which nothing was found.
pub(super) fn clean() -> Run {
    let files = FileCounts { seen: 1, templates: 1, ..FileCounts::default() };
    Run { diagnostics: Vec::new(), undecided: Vec::new(), suppressed: Vec::new(), unreadable: Vec::new(), files, ..run() }
}

/// A run with as many errors.
pub(super) fn many(count: usize) -> Run {
    let sample = run();
    Run { diagnostics: vec![sample.diagnostics[0].clone(); count], undecided: Vec::new(), unreadable: Vec::new(), ..sample }
}

/// What `format` prints of `run`.
pub(super) fn print(format: Format, run: &Run, options: Options) -> String {
    let mut out = Vec::new();
    format.reporter(options).report(run, &mut out).expect("memory takes everything");
    String::from_utf8(out).expect("reports are UTF-8")
}

/// The options of the tests: 80 columns, no colour, undecided checks shown.
pub(super) fn options() -> Options {
    Options { width: 80, subject: "infra".to_owned(), undecided: true, ..Options::default() }
}

/// Where `text` first stands in `file`.
pub(super) fn find(file: &SourceFile, text: &str) -> Span {
    let start = file.text().find(text).expect("the text is in the file");
    Span::new(file.id(), u32::try_from(start).unwrap(), u32::try_from(start + text.len()).unwrap())
}

fn rule(name: &str, severity: Severity) -> RuleMeta {
    RuleMeta {
        name: name.into(),
        title: "API Management on a retired platform".to_owned(),
        severity,
        tags: vec!["platform".to_owned(), "migration".to_owned()],
        presets: vec!["recommended".to_owned()],
        covers: vec!["Azure.APIM.MinAPIVersion".to_owned()],
        since: "0.1.0".to_owned(),
        references: vec!["https://learn.microsoft.com/azure/api-management/".to_owned()],
        options: Vec::new(),
        deprecated: None,
        prose: "Versions before `2021-01-01-preview` are hosted on stv1.".into(),
    }
}

fn resource(name: &str) -> Option<ResourceRef> {
    Some(ResourceRef {
        file: FileId(0),
        resource_type: "Microsoft.ApiManagement/service".to_owned(),
        name: name.to_owned(),
        symbolic_name: None,
        pointer: "/resources/0".to_owned(),
    })
}

fn old_version(main: &SourceFile) -> Diagnostic {
    let span = find(main, "\"2019-12-01\"");
    let primary = Label::new(span, "older than 2021-01-01-preview: the v1 platform (stv1)");
    let message = "service `apim-contoso-dev` is deployed with API version 2019-12-01";
    let mut diagnostic = Diagnostic::new("api-management/stv1-api-version", Severity::Error, message, primary)
        .with_help("write \"2024-05-01\"; versions before 2021-08-01 are retired since 1 June 2024");
    diagnostic.resource = resource("apim-contoso-dev");
    diagnostic.path = "apiVersion".to_owned();
    let edit = Edit { span, text: "\"2024-05-01\"".to_owned() };
    diagnostic.fixes = vec![Fix::new("set `apiVersion` to \"2024-05-01\"", Safety::Safe, vec![edit])];
    diagnostic
}

fn no_address(main: &SourceFile, prod: &SourceFile) -> Diagnostic {
    let primary = Label::new(find(main, "\"[parameters('networkType')]\""), "External");
    let message = "service `apim-{env}` joins a virtual network (External) without a public IP address of its own";
    let mut diagnostic = Diagnostic::new("api-management/vnet-without-standard-public-ip", Severity::Warning, message, primary)
        .with_label(Label::new(find(prod, "\"External\""), "set here"))
        .with_label(Label::new(find(main, "\"[variables('apimName')]\""), "this service"))
        .with_help("add a Standard, Static IPv4 public IP address and refer to it in `publicIpAddressId` of the service");
    diagnostic.resource = resource("apim-{env}");
    diagnostic.path = "properties.virtualNetworkType".to_owned();
    diagnostic.environments = Environments {
        fails: vec!["infra/prod.parameters.json".to_owned()],
        passes: vec!["defaults".to_owned(), "infra/dev.parameters.json".to_owned()],
        undecided: Vec::new(),
    };
    diagnostic.condition = Some("[parameters('deployApim')]".to_owned());
    diagnostic.instances = 3;
    diagnostic
}

fn wide_name(wide: &SourceFile) -> Diagnostic {
    let primary = Label::new(find(wide, "\"Basic\""), "Basic here");
    Diagnostic::new("api-management/non-standard-public-ip", Severity::Note, "`中文-é-👍` is not Standard", primary)
        .with_label(Label::new(find(wide, "\"中文-é-👍\""), ""))
}

fn hostile_name(hostile: &SourceFile) -> Diagnostic {
    let primary = Label::new(find(hostile, &format!("\"{HOSTILE}\"")), format!("named {HOSTILE}"));
    let mut diagnostic = Diagnostic::new("my/name", Severity::Error, format!("bad name `{HOSTILE}`"), primary)
        .with_help(format!("rename {HOSTILE}"));
    diagnostic.resource = resource(HOSTILE);
    diagnostic
}
