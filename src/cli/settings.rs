//! `armlint check --show-config FILE`: what holds for a file, and where each setting comes from.

use std::io::Write as _;

use super::exit::{Exit, Failure};
use super::terminal::Terminal;
use crate::check::Regime;
use crate::config::Origin;
use crate::report::{counted, wrap};

/// Prints what holds for a file, there or not.
pub(super) fn show(file: &str, regime: &Regime, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let local = regime.of(file);
    if let Some(mistake) = regime.mistakes().into_iter().next() {
        return Err(mistake.into());
    }
    let out = &mut terminal.out;
    match local.config.as_deref().map(|config| config.paths.as_slice()) {
        None | Some([]) => writeln!(out, "{file}: no configuration")?,
        Some([own]) => writeln!(out, "{file}: {own}")?,
        Some([bases @ .., own]) => writeln!(out, "{file}: {own}, which extends {}", bases.join(", "))?,
    }
    writeln!(out)?;
    let settings = regime.settings(&local);
    let width = settings.iter().map(|setting| setting.value.chars().count()).max().unwrap_or(0);
    for setting in &settings {
        let origin = match setting.origin {
            None => "default".to_owned(),
            Some(Origin::Flag(flag)) => flag.to_owned(),
            Some(Origin::File(at)) => regime.place(at),
        };
        writeln!(out, "{:<12}  {:<width$}  {origin}", setting.key, setting.value)?;
    }
    let rules = local.rules();
    writeln!(out, "\n{}", counted(rules.len(), "rule"))?;
    let names: Vec<&str> = rules.iter().map(|rule| &**rule).collect();
    wrap(&names.join(" "), terminal.width.saturating_sub(2))
        .into_iter()
        .try_for_each(|line| writeln!(out, "  {}", line.trim_end()))?;
    Ok(Exit::Clean)
}
