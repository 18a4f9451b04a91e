//! Where each element of a document stands, and what is wrong with its outline: roots, sections, fragments.

use super::table::{Place, PolicyTable};
use crate::policy_xml::{Kind, NodeIx, Range, Script, Tree};

/// The scope of the documents that others include.
pub(super) const FRAGMENT: &str = "fragment";
/// The policy that includes one.
pub(super) const INCLUDE: &str = "include-fragment";
/// The root element of the documents that have sections.
pub(super) const SECTIONED: &str = "policies";

/// Where an element stands.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Standing {
    /// The section around it or that it is, as an index of the table's.
    pub(super) section: Option<usize>,
    /// Whether it stands where policies do.
    pub(super) policy: bool,
    /// Whether its children do.
    pub(super) holds: bool,
}

/// The name of an element; empty for what is none.
pub(super) fn name<'s>(tree: &Tree, script: &'s Script, node: NodeIx) -> &'s str {
    match &tree.get(node).kind {
        Kind::Element { name, .. } => script.slice(name),
        Kind::Text | Kind::Data(_) | Kind::Comment => "",
    }
}

/// Where each node stands.
pub(super) fn standings(tree: &Tree, script: &Script, place: &Place, table: &PolicyTable) -> Vec<Standing> {
    let fragment = &*place.scope == FRAGMENT;
    let mut standings: Vec<Standing> = Vec::new();
    for node in tree.all() {
        let name = name(tree, script, node);
        let standing = match tree.get(node).parent {
            _ if !tree.is_element(node) => Standing::default(),
            None => Standing { holds: fragment, ..Standing::default() },
            Some(parent) if tree.get(parent).parent.is_none() && !fragment => {
                let section = table.section(name).filter(|_| self::name(tree, script, parent) == SECTIONED);
                Standing { section, policy: false, holds: section.is_some() }
            }
            Some(parent) => {
                let around = standings[parent.0 as usize];
                let is =
                    |path: &[&str]| table.through.iter().any(|known| known.iter().map(|part| &**part).eq(path.iter().copied()));
                let within = self::name(tree, script, parent);
                Standing {
                    section: around.section,
                    policy: around.holds,
                    holds: around.holds && is(&[name]) || around.policy && is(&[within, name]),
                }
            }
        };
        standings.push(standing);
    }
    standings
}

/// What is wrong with the outline of a document, and where.
pub(super) fn faults(
    tree: &Tree,
    script: &Script,
    standings: &[Standing],
    place: &Place,
    table: &PolicyTable,
) -> Vec<(Range, String)> {
    let Some(root) = tree.root() else { return Vec::new() };
    let at = |node: NodeIx| match &tree.get(node).kind {
        Kind::Element { name, .. } => name.clone(),
        Kind::Text | Kind::Data(_) | Kind::Comment => tree.get(node).range.clone(),
    };
    let name = |node: NodeIx| name(tree, script, node);
    if !place.roots.iter().any(|known| **known == *name(root)) {
        let roots: Vec<String> = place.roots.iter().map(|known| format!("`<{known}>`")).collect();
        return vec![(at(root), format!("its root element is `<{}>` and has to be {}", name(root), roots.join(" or ")))];
    }
    let mut faults = Vec::new();
    if &*place.scope == FRAGMENT {
        for node in tree.all().filter(|node| standings[node.0 as usize].policy) {
            let what = name(node);
            if what == "base" || what == INCLUDE || table.section(what).is_some() {
                faults.push((at(node), format!("a policy fragment cannot hold `<{what}>`")));
            }
        }
    } else if name(root) == SECTIONED {
        let mut seen: Vec<&str> = Vec::new();
        for node in tree.elements(root) {
            let what = name(node);
            if table.section(what).is_none() {
                faults.push((at(node), format!("`<{what}>` is no section")));
            } else if seen.contains(&what) {
                faults.push((at(node), format!("the section `<{what}>` is there twice")));
            } else {
                seen.push(what);
            }
        }
    }
    faults
}
