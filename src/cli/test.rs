//! `armlint test`

use std::io::Write;

use super::args::TestArgs;
use super::exit::{Exit, Failure};
use super::terminal::Terminal;
use crate::check::{self, Level, Tally, Trial};
use crate::report::counted;

/// Tries rules on their fixtures.
pub(super) fn run(args: &TestArgs, terminal: &mut Terminal) -> Result<Exit, Failure> {
    let trial = check::trial(&args.folders, args.as_of.as_deref())?;
    let paint = |code: &str, text: &str| if terminal.color { format!("\u{1b}[{code}m{text}\u{1b}[0m") } else { text.to_owned() };
    let (bad, doubtful, bold) = (paint("31", "×"), paint("33", "⚠"), |text: &str| paint("1", text));
    let width = trial.rules.iter().map(|tried| tried.name.len()).max().unwrap_or(0);
    for tried in &trial.rules {
        let gap = " ".repeat(width - tried.name.len());
        writeln!(terminal.out, "{}{gap}   {}", bold(&tried.name), counts(tried.tally))?;
        for remark in &tried.remarks {
            let sign = if remark.level == Level::Failure { &bad } else { &doubtful };
            writeln!(terminal.out, "  {sign} {}: {}", remark.place, remark.text)?;
        }
    }
    writeln!(terminal.out, "{}", closing(&trial))?;
    Ok(if remarks(&trial, Level::Failure) == 0 { Exit::Clean } else { Exit::Found })
}

/// `3 reported  2 quiet  1 undecided`
fn counts(tally: Tally) -> String {
    let parts = [
        (tally.reported, "reported"),
        (tally.quiet, "quiet"),
        (tally.undecided, "undecided"),
        (tally.missing, "missing"),
        (tally.noisy, "noisy"),
    ];
    let there: Vec<String> =
        parts.iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect();
    if there.is_empty() { "no fixture".to_owned() } else { there.join("  ") }
}

fn closing(trial: &Trial) -> String {
    let sum = |part: fn(Tally) -> usize| trial.rules.iter().map(|tried| part(tried.tally)).sum::<usize>();
    let (hold, all) = (sum(Tally::hold), sum(Tally::all));
    let held = if hold == all && all > 1 { format!("all {all}") } else { format!("{hold} of {all}") };
    // What is wrong with the fixtures themselves is told apart from what they expect.
    let other = remarks(trial, Level::Failure).saturating_sub(all - hold);
    let further = [(other, "other failure"), (remarks(trial, Level::Warning), "warning")];
    let further = further.iter().filter(|(count, _)| *count > 0).map(|(count, noun)| format!(", {}", counted(*count, noun)));
    format!("{}, {held} expectations hold{}", counted(trial.rules.len(), "rule"), further.collect::<String>())
}

fn remarks(trial: &Trial, level: Level) -> usize {
    trial.rules.iter().flat_map(|tried| &tried.remarks).filter(|remark| remark.level == level).count()
}
