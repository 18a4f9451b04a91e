//! The one rule that a word means: a name, a former name, or enough of either.

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
        let metas = || self.rules.iter().map(|rule| &rule.meta);
        let bare = |meta: &RuleMeta| meta.name.split_once('/').map_or(0, |(service, _)| service.len() + 1);
        if let Some(rule) = self.find(word).and_then(|ix| self.rules.get(ix)) {
            return Ok(&rule.meta);
        }
        let starts = |name: &str| name.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        let mut meant: Vec<&RuleMeta> = metas().filter(|meta| meta.name[bare(meta)..].eq_ignore_ascii_case(word)).collect();
        if meant.is_empty() && !word.is_empty() {
            meant = metas().filter(|meta| starts(&meta.name) || starts(&meta.name[bare(meta)..])).collect();
        }
        match meant.as_slice() {
            [only] => Ok(only),
            [] => {
                let names = metas().flat_map(|meta| [&*meta.name, &meta.name[bare(meta)..]]);
                Err(NoSuchRule::new(format!("no rule named `{word}`"), word, names, "`armlint rules` lists them all"))
            }
            several => {
                let names: Vec<String> = several.iter().take(MAX_NAMED).map(|meta| format!("`{}`", meta.name)).collect();
                let more = if several.len() > MAX_NAMED { ", …" } else { "" };
                Err(NoSuchRule {
                    message: format!("`{word}` may mean {} rules", several.len()),
                    help: format!("name one of {}{more}", names.join(", ")),
                })
            }
        }
    }
}
