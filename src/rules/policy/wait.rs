//! How long a `retry` waits in all: the one thing about policies that rules cannot work out by themselves.

use super::document::PolicyDocument;
use crate::policy_xml::NodeIx;

/// The greatest number of attempts ("retry": 1 to 50).
const MAX_COUNT: u32 = 50;

impl PolicyDocument {
    /// The seconds that a `retry` waits between its attempts if all of them fail; `None` where it is none or says too little.
    ///
    /// Before attempt n + 1 it waits for `interval`; with `delta` for `interval + (n - 1) * delta`; with `max-interval` besides
    /// for `interval + (2^n - 1) * delta`, `max-interval` at most ("retry", usage).
    pub(super) fn wait(&self, node: NodeIx) -> Option<i64> {
        if self.name(node) != "retry" {
            return None;
        }
        let text = |name: &str| {
            let mut attributes = self.tree().attributes(node).iter();
            let attribute = attributes.find(|attribute| self.script().slice(&attribute.name) == name)?;
            Some(self.script().slice(&attribute.value))
        };
        // Of an attribute that is there and is no number nothing is known.
        let number = |name: &str| text(name).map(|text| text.trim().parse::<u32>().ok());
        let count = number("count")??.min(MAX_COUNT);
        let interval = f64::from(number("interval")??);
        let delta = number("delta").map_or(Some(None), |delta| delta.map(|delta| Some(f64::from(delta))))?;
        let most = number("max-interval").map_or(Some(None), |most| most.map(|most| Some(f64::from(most))))?;
        let waits = (1..=count).map(|attempt| match (delta, most) {
            (Some(delta), Some(most)) => (interval + (f64::from(attempt).exp2() - 1.0) * delta).min(most),
            (Some(delta), None) => interval + f64::from(attempt - 1) * delta,
            (None, Some(most)) => interval.min(most),
            (None, None) => interval,
        });
        #[allow(clippy::cast_possible_truncation, reason = "a sum of some whole seconds; beyond the type it is its greatest")]
        let seconds = waits.sum::<f64>() as i64;
        Some(seconds)
    }
}
