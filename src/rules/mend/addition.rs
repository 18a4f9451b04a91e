//! A resource that is added beside the one that is judged, which then refers to it and waits for it.

use super::change::insert;
use super::draft::Draft;
use super::fresh;
use crate::rules::path::Step;
use crate::rules::predicate::Case;
use crate::rules::rule::{Addition, Body, Place};
use crate::syntax::{Fresh, Node, insert_item, insert_members_behind};
use crate::value::{Shape, Value, ValueKind};

/// Adds the edits that add the resource to the draft; `None` where it cannot be added.
pub(super) fn add(case: &Case<'_, '_>, place: &Place, addition: &Addition, draft: &mut Draft<'_>) -> Option<()> {
    let resource = case.model.get(case.ix);
    let document = draft.trees.document(resource.declared.file)?;
    let way = document.way_to(resource.declared);
    let [.., around, own] = way.as_slice() else { return None };
    // Copies of a loop would need copies of the address, and expressions that are escaped are written otherwise.
    if own.get("copy").is_some() || is_escaped(&resource.pointer) {
        return None;
    }
    let formatted = document.file().text().contains("format(");
    let name = name(case, addition, &Written::of(own.get("name")?)?, formatted);
    let is_taken = |other: Node<'_>| other.get("name").is_some_and(|known| known.raw() == name.fresh().on_one_line());
    if around.items().chain(around.members().map(|(_, member)| member)).any(is_taken) {
        return None;
    }
    let Fresh::Object(body) = body(&addition.resource, *own, &name)? else { return None };
    let kind = addition.kind()?;
    let id = Written::Expression(format!("resourceId('{kind}', {})", name.operand())).fresh();
    let waits_for = if around.is_object() {
        let symbol = symbol(resource.symbolic_name.as_deref()?, addition);
        if around.get(&symbol).is_some() {
            return None;
        }
        draft.extend(insert_members_behind(*around, &[(symbol.clone(), Fresh::Object(body))], *own));
        Fresh::string(&symbol)
    } else {
        draft.extend(insert_item(*around, &Fresh::Object(body), Some(*own)));
        id.clone()
    };
    refer(case, place, id, draft)?;
    match own.get("dependsOn") {
        None => draft.insert(resource.declared, "dependsOn", Fresh::Array(vec![waits_for])),
        Some(list) if list.is_array() => draft.extend(insert_item(list, &waits_for, None)),
        Some(_) => return None,
    }
    Some(())
}

/// Writes the id where there is none, or an empty one.
fn refer(case: &Case<'_, '_>, place: &Place, id: Fresh, draft: &mut Draft<'_>) -> Option<()> {
    let Some(hit) = case.find_first(place, &[]).hits.into_iter().next() else { return insert(case, place, id, draft) };
    let span = hit.value.origin.written;
    let document = draft.trees.document(span.file)?;
    let node = document.at(span)?;
    let is_empty = node.raw() == "null" || node.string().is_some_and(|text| text.is_empty());
    is_empty.then(|| draft.replace(span, id.on_one_line()))
}

/// A string of the template: characters, or the inside of an expression, with its JSON escapes.
enum Written {
    Literal(String),
    Expression(String),
}

impl Written {
    fn of(node: Node<'_>) -> Option<Self> {
        let text = node.raw().strip_prefix('"')?.strip_suffix('"')?;
        match text.strip_prefix('[') {
            Some(inside) if !inside.starts_with('[') => Some(Self::Expression(inside.strip_suffix(']')?.to_owned())),
            Some(_) => None,
            None => (!text.contains(['\'', '\\'])).then(|| Self::Literal(text.to_owned())),
        }
    }

    /// As an argument of a function.
    fn operand(&self) -> String {
        match self {
            Self::Literal(text) => format!("'{text}'"),
            Self::Expression(inside) => inside.clone(),
        }
    }

    fn lower(&self) -> Self {
        match self {
            Self::Literal(text) => Self::Literal(text.to_ascii_lowercase()),
            Self::Expression(inside) => Self::Expression(format!("toLower({inside})")),
        }
    }

    fn fresh(&self) -> Fresh {
        Fresh::Text(match self {
            Self::Literal(text) => format!("\"{text}\""),
            Self::Expression(inside) => format!("\"[{inside}]\""),
        })
    }
}

/// The name of the new resource: that of the resource and the word, where the names of the deployment have such words.
fn name(case: &Case<'_, '_>, addition: &Addition, own: &Written, formatted: bool) -> Written {
    let word = &addition.word;
    let leads = leads(case, addition);
    match own {
        Written::Literal(own) if leads => Written::Literal(format!("{word}-{own}")),
        Written::Literal(own) => Written::Literal(format!("{own}-{word}")),
        Written::Expression(own) => Written::Expression(match (formatted, leads) {
            (true, true) => format!("format('{word}-{{0}}', {own})"),
            (true, false) => format!("format('{{0}}-{word}', {own})"),
            (false, true) => format!("concat('{word}-', {})", joined(own)),
            (false, false) => format!("concat({}, '-{word}')", joined(own)),
        }),
    }
}

/// The arguments of an expression that is one `concat()` already, else the expression.
fn joined(expression: &str) -> &str {
    let arguments = expression.strip_prefix("concat(").and_then(|rest| rest.strip_suffix(')'));
    let is_one_call = |arguments: &&str| {
        let (mut depth, mut quoted) = (0_i32, false);
        !arguments.bytes().any(|byte| {
            quoted ^= byte == b'\'';
            depth += i32::from(byte == b'(' && !quoted) - i32::from(byte == b')' && !quoted);
            depth < 0
        })
    };
    arguments.filter(is_one_call).unwrap_or(expression)
}

/// Whether more names of the deployment start with one of the words than end with one.
fn leads(case: &Case<'_, '_>, addition: &Addition) -> bool {
    let is_word =
        |part: Option<&str>| part.is_some_and(|part| addition.beside.iter().any(|word| word.eq_ignore_ascii_case(part)));
    let balance = case.model.iter().map(|(_, resource)| {
        let (start, end) = ends(&resource.name);
        let starts = is_word(start.split_once('-').map(|(word, _)| word));
        i32::from(starts) - i32::from(is_word(end.rsplit_once('-').map(|(_, word)| word)))
    });
    balance.sum::<i32>() > 0
}

/// The characters that a value certainly starts and ends with.
fn ends(name: &Value) -> (&str, &str) {
    match &name.kind {
        ValueKind::Str(text) => (text, text),
        ValueKind::Unknown(unknown) => match &unknown.shape {
            Shape::Text(text) => (text.prefix(), text.suffix()),
            _ => ("", ""),
        },
        _ => ("", ""),
    }
}

/// The symbolic name of the new resource, in the style of that of the resource.
fn symbol(own: &str, addition: &Addition) -> String {
    let separator = ["_", "-"].into_iter().find(|separator| own.contains(separator));
    addition.symbol.iter().fold(own.to_owned(), |mut name, word| {
        match (separator, word.split_at_checked(1)) {
            (None, Some((first, rest))) => {
                name.push_str(&first.to_ascii_uppercase());
                name.push_str(rest);
            }
            (separator, _) => {
                name.push_str(separator.unwrap_or_default());
                name.push_str(word);
            }
        }
        name
    })
}

/// What is to be written; `None` for what is copied from where nothing stands.
fn body(body: &Body, own: Node<'_>, name: &Written) -> Option<Fresh> {
    match body {
        Body::Stated(value) => Some(fresh(value)),
        Body::Name { lower: false } => Some(name.fresh()),
        Body::Name { lower: true } => Some(name.lower().fresh()),
        Body::Copy(path) => {
            let found = path.steps.iter().try_fold(own, |node, step| match step {
                Step::Name(name) => node.get(name),
                Step::Wildcard | Step::Index(_) => None,
            });
            found.map(|node| Fresh::Text(node.raw().to_owned()))
        }
        Body::Object(members) => {
            let written = members.iter().filter_map(|(key, value)| Some((key.to_string(), self::body(value, own, name)?)));
            Some(Fresh::Object(written.collect()))
        }
        Body::Array(items) => Some(Fresh::Array(items.iter().filter_map(|item| self::body(item, own, name)).collect())),
    }
}

/// Whether a resource stands in a template that is a value of another: its expressions are then escaped.
fn is_escaped(pointer: &str) -> bool {
    let Some(at) = pointer.find("/resources/").filter(|_| !pointer.starts_with("/variables/")) else { return true };
    let mut rest = &pointer[at..];
    while let Some(inside) = rest.strip_prefix("/resources/") {
        let Some(end) = inside.find('/') else { return false };
        rest = &inside[end..];
        rest = rest.strip_prefix("/properties/template").unwrap_or(rest);
    }
    true
}

#[cfg(test)]
mod tests {
    use super::{is_escaped, joined};

    #[test]
    fn what_is_joined_is_not_joined_twice() {
        assert_eq!(joined("concat(variables('a'), ')b(')"), "variables('a'), ')b('");
        assert_eq!(joined("concat('a', concat('b'))"), "'a', concat('b')");
        for whole in ["concat('a').b", "concat('a')[0](concat('b'))", "variables('concat(a)')", "concat(if(a), b)), c)"] {
            assert_eq!(joined(whole), whole);
        }
    }

    #[test]
    fn a_template_inside_of_a_policy_of_a_template_is_escaped_and_one_in_a_policy_file_is_not() {
        let policy = "/properties/policyRule/then/details/deployment/properties/template/resources/0";
        assert!(!is_escaped("/resources/apim"));
        assert!(!is_escaped("/resources/0/properties/template/resources/1"));
        assert!(!is_escaped(policy));
        assert!(!is_escaped("/properties/mainTemplate/resources/0"));
        assert!(is_escaped(&format!("/resources/0{policy}")));
        assert!(is_escaped(&format!("/variables/policies/0{policy}")));
        assert!(is_escaped("/resources/0/properties/mainTemplate/resources/0"));
    }
}
