//! What holds for a file, setting by setting, and where each comes from.

use std::fmt::Display;

use super::settings::{Assignment, Config, FailOn, Given, Layer, OptionValue, Origin, Undecided};
use crate::diagnostic::Severity;
use crate::source::Span;

/// A setting that holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Setting {
    /// Its key.
    pub key: &'static str,
    /// Its value, or one of them.
    pub value: String,
    /// Where it comes from; `None` is what holds where nobody says anything.
    pub origin: Option<Origin>,
}

/// The settings of these layers and of the configuration that they are of; what a later layer took back is left out.
#[must_use]
pub fn settings(layers: &[&Layer], config: Option<&Config>) -> Vec<Setting> {
    let mut list = List(Vec::new());
    selection(layers, &mut list);
    for layer in layers {
        for (rule, severity) in &layer.severity {
            list.given("severity", rule, format!("{} = {}", rule.value, severity.map_or("off", Severity::as_str)));
        }
        for option in &layer.options {
            list.given("options", option, shown(&option.value));
        }
    }
    list.last("failOn", layers.iter().filter_map(|layer| layer.fail_on.as_ref()), FailOn::Warning);
    list.last("undecided", layers.iter().filter_map(|layer| layer.undecided.as_ref()), Undecided::Hide);
    if let Some(config) = config {
        of_files(config, &mut list);
    }
    list.0
}

struct List(Vec<Setting>);

impl List {
    fn given<T>(&mut self, key: &'static str, given: &Given<T>, value: impl Into<String>) {
        self.0.push(Setting { key, value: value.into(), origin: Some(given.origin) });
    }

    fn words(&mut self, key: &'static str, words: &[Given<String>]) {
        words.iter().for_each(|word| self.given(key, word, word.value.as_str()));
    }

    /// The last that is given, or what holds otherwise.
    fn last<'l, T: Display + 'l>(&mut self, key: &'static str, given: impl Iterator<Item = &'l Given<T>>, otherwise: T) {
        match given.last() {
            Some(given) => self.given(key, given, given.value.to_string()),
            None => self.0.push(Setting { key, value: otherwise.to_string(), origin: None }),
        }
    }

    fn at(&mut self, key: &'static str, value: &str, at: Span) {
        self.0.push(Setting { key, value: value.to_owned(), origin: Some(Origin::File(at)) });
    }
}

/// Which rules are chosen: from the last layer on that starts anew.
fn selection(layers: &[&Layer], list: &mut List) {
    let start = layers.iter().rposition(|layer| layer.preset.is_some() || !layer.select.is_empty());
    match start.and_then(|start| layers.get(start)) {
        Some(layer) if !layer.select.is_empty() => list.words("select", &layer.select),
        Some(layer) => list.last("preset", layer.preset.iter(), String::new()),
        None => list.last("preset", std::iter::empty(), "recommended".to_owned()),
    }
    for layer in layers.iter().skip(start.unwrap_or(0)) {
        list.words("extendSelect", &layer.extend_select);
        list.words("ignore", &layer.ignore);
    }
}

fn shown(option: &Assignment) -> String {
    match option {
        Assignment::Typed(text) => text.replacen('=', " = ", 1),
        Assignment::Written { rule, name, value } => {
            let value = match value {
                OptionValue::Flag(flag) => flag.to_string(),
                OptionValue::Whole(number) => number.to_string(),
                OptionValue::Texts(texts) => texts.join(", "),
            };
            format!("{rule}.{name} = {value}")
        }
    }
}

/// What a configuration says besides of files, rules and suppressions.
fn of_files(config: &Config, list: &mut List) {
    list.words("rules", &config.rules);
    for (key, patterns) in
        config.include.iter().map(|include| ("include", include)).chain(config.exclude.iter().map(|exclude| ("exclude", exclude)))
    {
        patterns.written.iter().for_each(|(pattern, at)| list.at(key, pattern, *at));
    }
    for (template, files) in &config.parameters {
        files.iter().for_each(|file| list.given("parameters", file, format!("{template}: {}", file.value)));
    }
    for accepted in &config.suppress {
        let rules: Vec<&str> = accepted.rules.iter().map(|(rule, _)| rule.as_str()).collect();
        list.at("suppress", &rules.join(", "), accepted.at);
    }
    let limits = &config.limits;
    limits.forbid.iter().for_each(|word| list.given("suppressions", word, format!("forbid {}", word.value)));
    if let Some(required) = &limits.require_reason {
        list.given("suppressions", required, format!("requireReason {}", required.value));
    }
    if let Some(days) = &limits.max_days {
        list.given("suppressions", days, format!("maxDays {}", days.value));
    }
}
