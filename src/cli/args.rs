//! The command line as typed.

use std::path::PathBuf;

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{ArgGroup, Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;

use super::output::Output;
use crate::config::{FailOn, Undecided};
use crate::report::Format;

/// Lints Azure Resource Manager templates that use Azure API Management.
#[derive(Debug, Parser)]
#[command(name = "armlint", version, propagate_version = true, max_term_width = 100, disable_help_subcommand = true)]
#[command(
    after_help = "Examples:\n  armlint check infra\n  armlint inventory .\n  armlint explain stv1-api-version\n\nExit codes: 0 nothing found, 1 diagnostics, 2 something could not be checked."
)]
pub(super) struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub(super) command: Command,

    /// When to colour.
    #[arg(long, value_enum, default_value_t = ColorChoice::Auto, global = true, value_name = "WHEN")]
    pub(super) color: ColorChoice,
}

/// The subcommands. Which arguments one takes is told to the parser where it is called, and would be half of what it costs to
/// start the program.
// NOTE: what is told then comes last, and a doc comment on a struct of arguments would replace what a subcommand says of itself.
#[derive(Debug, Subcommand)]
#[command(defer = true)]
pub(super) enum Command {
    /// Lint files and folders.
    #[command(
        after_help = "Examples:\n  armlint check infra\n  armlint check main.json --parameters prod.parameters.json\n  git ls-files -z '*.json' | armlint check --files-from -\n  armlint check . --format json --select migration\n  armlint check . --output sarif=armlint.sarif\n  armlint check . --fix\n  armlint check . --diff --unsafe-fixes > fixes.patch\n  armlint check . --baseline armlint-baseline.json --write-baseline\n  armlint check . --changed-since origin/main\n  armlint check . --add-suppressions --reason \"moves with the new network\" --until 2027-01-31"
    )]
    Check(Box<CheckArgs>),
    /// List every API Management service: which platform hosts it, why, and what moving it takes.
    #[command(after_help = "Examples:\n  armlint inventory .\n  armlint inventory infra --format json")]
    Inventory(InventoryArgs),
    /// List every suppression: where, of which rules, why, until when, since when, and what becomes of it.
    #[command(
        after_help = "Examples:\n  armlint suppressions .\n  armlint suppressions infra --format json\n  armlint suppressions . --preset all"
    )]
    Suppressions(Box<SuppressionsArgs>),
    /// Say why a rule exists, show a bad and a good template, how to fix and how to suppress.
    #[command(
        after_help = "Examples:\n  armlint explain stv1-api-version\n  armlint explain api-management/zones-without-premium --format markdown"
    )]
    Explain(ExplainArgs),
    /// List the rules, or start a new one.
    #[command(
        args_conflicts_with_subcommands = true,
        after_help = "Examples:\n  armlint rules\n  armlint rules --format json\n  armlint rules --format schema > rules/rule.schema.json\n  armlint rules new storage/public-blob-access --in my-rules"
    )]
    Rules(RulesArgs),
    /// Try the rules of a folder on their fixtures.
    #[command(
        after_help = "Examples:\n  armlint test my-rules\n  armlint test .\n\nA folder holds rules/<service>/<rule>.json and .md, and fixtures/<service>/<rule>/{fail,pass,undecided}-<case>.json.\nA comment `// expect: <rule>` on a line says what is reported there; `// as-of: 2024-04-30` sets the date and\n`// option: NAME=VALUE` an option of the rule."
    )]
    Test(TestArgs),
    /// Evaluate a template expression.
    #[command(
        after_help = "Examples:\n  armlint eval \"[uniqueString('a')]\"\n  armlint eval \"[variables('name')]\" --template main.json --parameters prod.parameters.json\n  armlint eval --jsonl < expressions.jsonl"
    )]
    Eval(EvalArgs),
    /// Print a script that completes commands and options in a shell.
    #[command(
        after_help = "Examples:\n  armlint completions bash > /etc/bash_completion.d/armlint\n  armlint completions fish > ~/.config/fish/completions/armlint.fish"
    )]
    Completions {
        /// The shell.
        shell: Shell,
    },
    /// Print the manual page of the program, or of one command.
    #[command(hide = true, after_help = "Examples:\n  armlint man > armlint.1\n  armlint man check > armlint-check.1")]
    Man {
        /// The command.
        command: Option<String>,
    },
}

// Which files.
#[derive(Debug, Args)]
pub(super) struct FileArgs {
    /// Files and folders; `-` is standard input.
    #[arg(value_name = "PATH")]
    pub(super) paths: Vec<PathBuf>,
    /// Read more paths from a file (`-`: standard input), separated by newlines or NUL bytes.
    #[arg(long, value_name = "FILE")]
    pub(super) files_from: Option<PathBuf>,
    /// What to call standard input.
    #[arg(long, value_name = "NAME")]
    pub(super) stdin_filename: Option<String>,
    /// Walk into files and folders that `.gitignore` and `.ignore` name.
    #[arg(long)]
    pub(super) no_ignore: bool,
    /// Walk into hidden files and folders.
    #[arg(long)]
    pub(super) hidden: bool,
    /// A parameter file for the templates named; replaces those found beside them. May be repeated.
    #[arg(long, value_name = "FILE")]
    pub(super) parameters: Vec<PathBuf>,
    /// The configuration of every file, instead of the nearest `armlint.json` or `armlint.jsonc` from its folder upwards.
    #[arg(long, value_name = "FILE", conflicts_with = "no_config")]
    pub(super) config: Option<PathBuf>,
    /// Look for no configuration.
    #[arg(long)]
    pub(super) no_config: bool,
}

// Which rules.
#[derive(Debug, Args)]
pub(super) struct RuleArgs {
    /// A set of rules: recommended (if nothing says otherwise), migration, security or all.
    #[arg(long, value_name = "NAME")]
    pub(super) preset: Option<String>,
    /// Use these rules instead of the preset: names, prefixes such as `api-management/`, tags, or `all`.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) select: Vec<String>,
    /// Use these rules as well.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) extend_select: Vec<String>,
    /// Do not use these rules.
    #[arg(long, value_name = "RULE", value_delimiter = ',')]
    pub(super) ignore: Vec<String>,
    /// Set an option of a rule: `vnet-without-standard-public-ip.strict=true`.
    #[arg(long, value_name = "RULE.NAME=VALUE")]
    pub(super) option: Vec<String>,
    /// A folder of rules besides the built-in ones. May be repeated.
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Vec<PathBuf>,
    /// The date that time-dependent rules use instead of today.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) as_of: Option<String>,
}

// `check`
#[derive(Debug, Args)]
#[command(group = ArgGroup::new("mend").args(["fix", "diff"]).multiple(true))]
pub(super) struct CheckArgs {
    /// Which files.
    #[command(flatten)]
    pub(super) files: FileArgs,
    /// Which rules.
    #[command(flatten)]
    pub(super) rules: RuleArgs,
    /// How to report on standard output. Where nothing is said: human, and annotations besides under GitHub Actions and Azure
    /// Pipelines.
    #[arg(long, value_name = "FORMAT", value_parser = format_parser())]
    pub(super) format: Option<Format>,
    /// Write a report to a file as well: `sarif=armlint.sarif`. May be repeated; `-` is standard output.
    #[arg(long, value_name = "FORMAT=PATH")]
    pub(super) output: Vec<Output>,
    /// Accept what this file lists: only what is new is reported.
    #[arg(long, value_name = "FILE")]
    pub(super) baseline: Option<PathBuf>,
    /// Write everything that is found now to the file of `--baseline`.
    #[arg(long, requires = "baseline", conflicts_with_all = ["fix", "diff", "prune_baseline"])]
    pub(super) write_baseline: bool,
    /// Remove what is gone from the file of `--baseline`.
    #[arg(long, requires = "baseline", conflicts_with = "diff")]
    pub(super) prune_baseline: bool,
    /// Report only what touches what changed since this git revision. Everything is judged all the same.
    #[arg(long, value_name = "REVISION", conflicts_with_all = ["write_baseline", "prune_baseline"])]
    pub(super) changed_since: Option<String>,
    /// The least severity that makes the exit code 1; `warning` if nothing says otherwise.
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(super) fail_on: Option<FailOn>,
    /// Mend what can be mended safely, in the files. The report then tells of what is left.
    #[arg(long)]
    pub(super) fix: bool,
    /// With `--fix` or `--diff`: what a person should look at afterwards as well.
    #[arg(long, requires = "mend")]
    pub(super) unsafe_fixes: bool,
    /// Print what `--fix` or `--add-suppressions` would change as a patch, and change nothing.
    #[arg(long, conflicts_with = "format")]
    pub(super) diff: bool,
    /// Write suppressions for everything that is found now, with the reason of `--reason`: comments where a file has comments,
    /// else metadata. With `--diff` as a patch.
    #[arg(long, requires = "reason", conflicts_with_all = ["fix", "unsafe_fixes", "write_baseline", "prune_baseline"])]
    pub(super) add_suppressions: bool,
    /// With `--add-suppressions`: why everything is accepted.
    #[arg(long, value_name = "TEXT", requires = "add_suppressions")]
    pub(super) reason: Option<String>,
    /// With `--add-suppressions`: the last day on which it is.
    #[arg(long, value_name = "YYYY-MM-DD", requires = "add_suppressions")]
    pub(super) until: Option<String>,
    /// Check again whenever something changes in what is named, until Ctrl-C.
    #[arg(long, requires = "paths", conflicts_with_all = ["mend", "add_suppressions", "output", "files_from", "write_baseline", "prune_baseline", "show_config"])]
    pub(super) watch: bool,
    /// What to do with checks that cannot be decided; `hide` if nothing says otherwise.
    #[arg(long, value_enum, value_name = "WHAT")]
    pub(super) undecided: Option<Undecided>,
    /// Apply the rules of the template language itself to every template, not only to those with resources that a rule looks at.
    #[arg(long)]
    pub(super) all_templates: bool,
    /// Print what holds for a file and where each setting comes from, and check nothing.
    #[arg(long, value_name = "FILE")]
    pub(super) show_config: Option<PathBuf>,
}

// `inventory`
#[derive(Debug, Args)]
pub(super) struct InventoryArgs {
    /// Which files.
    #[command(flatten)]
    pub(super) files: FileArgs,
    /// How to report.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = TableFormat::Human)]
    pub(super) format: TableFormat,
}

// `suppressions`
#[derive(Debug, Args)]
pub(super) struct SuppressionsArgs {
    /// Which files.
    #[command(flatten)]
    pub(super) files: FileArgs,
    /// Which rules.
    #[command(flatten)]
    pub(super) rules: RuleArgs,
    /// How to report.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = TableFormat::Human)]
    pub(super) format: TableFormat,
}

// `rules`
#[derive(Debug, Args)]
pub(super) struct RulesArgs {
    /// What else to do with rules.
    #[command(subcommand)]
    pub(super) action: Option<RulesAction>,
    /// How to print: a table, JSON, the whole catalogue as Markdown, or the JSON schema of rule files.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = RulesFormat::Human)]
    pub(super) format: RulesFormat,
    /// A folder of rules besides the built-in ones. May be repeated.
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Vec<PathBuf>,
}

// `rules …`
#[derive(Debug, Subcommand)]
pub(super) enum RulesAction {
    /// Write the four files of a new rule, which `armlint test` passes: change them step by step.
    #[command(
        after_help = "Examples:\n  armlint rules new api-management/no-tags\n  armlint rules new storage/public-blob-access --in my-rules --resource Microsoft.Storage/storageAccounts"
    )]
    New(NewArgs),
}

/// `rules new`
#[derive(Debug, Args)]
pub(super) struct NewArgs {
    /// The rule, `<service>/<defect>`.
    #[arg(value_name = "NAME")]
    pub(super) name: String,
    /// The folder that holds `rules` and `fixtures`.
    #[arg(long = "in", value_name = "DIR", default_value = ".")]
    pub(super) folder: PathBuf,
    /// The resource type that it judges.
    #[arg(long, value_name = "TYPE", default_value = "Microsoft.ApiManagement/service")]
    pub(super) resource: String,
}

// `test`
#[derive(Debug, Args)]
pub(super) struct TestArgs {
    /// Folders that hold `rules` and `fixtures`, or the `rules` folders of such.
    #[arg(value_name = "DIR", required = true)]
    pub(super) folders: Vec<PathBuf>,
    /// The date for fixtures that name none, instead of 2026-11-23.
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(super) as_of: Option<String>,
}

// `explain`
#[derive(Debug, Args)]
pub(super) struct ExplainArgs {
    /// The rule, with or without its service, or enough of its name.
    #[arg(value_name = "RULE")]
    pub(super) rule: String,
    /// How to print.
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = ExplainFormat::Human)]
    pub(super) format: ExplainFormat,
    /// A folder of rules besides the built-in ones. May be repeated.
    #[arg(long, value_name = "DIR")]
    pub(super) rules: Vec<PathBuf>,
}

// `eval`
#[derive(Debug, Args)]
pub(super) struct EvalArgs {
    /// The expression, with its brackets.
    #[arg(value_name = "EXPR", required_unless_present = "jsonl", conflicts_with = "jsonl")]
    pub(super) expression: Option<String>,
    /// The template whose parameters, variables and functions it may use.
    #[arg(long, value_name = "FILE")]
    pub(super) template: Option<PathBuf>,
    /// Values for the parameters.
    #[arg(long, value_name = "FILE")]
    pub(super) parameters: Option<PathBuf>,
    /// A part of the place it is deployed to: `resourceGroup.name=rg-prod`, `subscriptionId=…`, `scope=subscription`.
    #[arg(long, value_name = "NAME=VALUE")]
    pub(super) context: Vec<String>,
    /// Read one JSON object a line from standard input and print one a line.
    #[arg(long)]
    pub(super) jsonl: bool,
}

/// When to colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ColorChoice {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// The formats of the catalogue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum RulesFormat {
    /// A table.
    Human,
    /// For programs.
    Json,
    /// Everything about every rule: what `docs/rules.md` holds.
    Markdown,
    /// The JSON schema of rule files, for editors.
    Schema,
}

/// The formats of one rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ExplainFormat {
    /// For people.
    Human,
    /// Its section of the catalogue.
    Markdown,
    /// For programs.
    Json,
}

/// The formats of tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum TableFormat {
    /// For people.
    Human,
    /// For programs.
    Json,
}

/// Reads the name of a format; help and completions list them.
fn format_parser() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.iter().map(|format| format.name())).try_map(|name| name.parse::<Format>())
}

impl ValueEnum for FailOn {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()))
    }
}

impl ValueEnum for Undecided {
    fn value_variants<'a>() -> &'a [Self] {
        Self::ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        Some(PossibleValue::new(self.as_str()).help(match self {
            Self::Hide => "Only count them",
            Self::Show => "Show them",
            Self::Fail => "Show them and exit with 1",
        }))
    }
}
