//! The one rule that a word means: a name, a former name, or enough of either.

use super::head::Head;
use super::set::{NoSuchRule, RuleSet};
use crate::diagnostic::RuleMeta;

/// How many rules are named where a word could mean several.
const MAX_NAMED: usize = 8;

impl RuleSet {
    /// The rule called `word`: by its name or a former one, without its service, or by a start that only one rule has.
    ///
    /// # Errors
    /// No rule or several are meant, with the nearest name or all of them.
    pub fn rule(&self, word: &str) -> Result<&RuleMeta, NoSuchRule> {
        let starts = |name: &str| name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        let by = |means: &dyn Fn(&Head) -> bool| -> Vec<(usize, &Head)> {
            self.heads().enumerate().filter(|(_, head)| means(head)).collect()
        };
        let mut meant = match self.find(word) {
            Some(ix) => self.heads().enumerate().skip(ix).take(1).collect(),
            None => by(&|head| head.bare().eq_ignore_ascii_case(word)),
        };
        if meant.is_empty() && !word.is_empty() {
            meant = by(&|head| starts(&head.name) || starts(head.bare()));
        }
        if let [(ix, _)] = meant.as_slice()
            && let Some(rule) = self.at(*ix)
        {
            return Ok(&rule.meta);
        }
        match meant.as_slice() {
            [] => {
                let names = self.heads().flat_map(|head| [&*head.name, head.bare()]);
                Err(NoSuchRule::new(format!("no rule named `{word}`"), word, names, "`armlint rules` lists them all"))
            }
            several => {
                let names: Vec<String> = several.iter().take(MAX_NAMED).map(|(_, head)| format!("`{}`", head.name)).collect();
                let more = if several.len() > MAX_NAMED { ", …" } else { "" };
                Err(NoSuchRule {
                    message: format!("`{word}` may mean {} rules", several.len()),
                    help: format!("name one of {}{more}", names.join(", ")),
                })
            }
        }
    }
}
