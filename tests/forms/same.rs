//! The laws of rewriting: another form, the same verdicts.

use serde_json::Value;

use super::rewrite::{FORMS, Form, TEXTS};
use super::samples::{fixtures, written};
use super::support::{check_all, check_one, file};

/// How many forms each of the many fixtures is rewritten to: each is to another, together they are to all many times.
const TURNS: usize = 1;

fn all_agree(samples: &[(String, Value)], forms: &[Form], turns: usize) {
    let mut wrong = Vec::new();
    let mut compared = 0;
    for (n, (name, template)) in samples.iter().enumerate() {
        let plain = check_all(&vec![file("main.json", template)]).verdicts();
        for (form, rewrite) in forms.iter().cycle().skip(n * turns).take(turns) {
            let Some(project) = rewrite(template) else { continue };
            let seen = check_all(&project);
            let other = seen.verdicts();
            compared += 1;
            let closed = seen.of_rule("template/linked-template-missing");
            assert!(closed.is_empty() || name.contains("linked"), "{name}, {form}: {closed}");
            if other != plain {
                let missing: Vec<&String> = plain.difference(&other).collect();
                let more: Vec<&String> = other.difference(&plain).collect();
                wrong.push(format!("{name}, {form}:\n  lost  {missing:#?}\n  found {more:#?}"));
            }
        }
    }
    assert!(compared > forms.len(), "nothing was compared");
    assert!(wrong.is_empty(), "{} of {compared} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn the_samples_have_something_to_tell() {
    let told: Vec<(String, usize)> =
        written().into_iter().map(|(name, template)| (name, check_one(&template).verdicts().len())).collect();
    let silent: Vec<&String> = told.iter().filter(|(_, count)| *count == 0).map(|(name, _)| name).collect();
    assert_eq!(silent, ["nothing wrong"], "{told:?}");
}

#[test]
fn a_template_is_judged_the_same_in_every_form() {
    all_agree(&written(), FORMS, FORMS.len());
}

#[test]
fn a_template_is_judged_the_same_in_every_text() {
    all_agree(&written(), TEXTS, TEXTS.len());
}

#[test]
fn a_fixture_is_judged_the_same_in_every_form() {
    all_agree(&fixtures(), FORMS, TURNS);
}

#[test]
fn a_fixture_is_judged_the_same_in_every_text() {
    all_agree(&fixtures(), TEXTS, TURNS);
}
