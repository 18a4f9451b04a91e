//! The rule file as written: which keys it may have and what may stand there.
//!
//! These tables are the one description of the language. The loader checks a file against them, and the schema that editors
//! complete from is printed from them.

use crate::table::{Entry, Table, Takes, may, must};

/// The words of a severity.
pub(super) const SEVERITIES: &[&str] = &["note", "warning", "error"];
/// The words of a fix's safety.
pub(super) const SAFETIES: &[&str] = &["safe", "unsafe"];
/// What to do with resources that are only read.
pub(super) const EXISTING: &[&str] = &["skip", "judge", "only", "read"];
/// The types of a value.
pub(super) const TYPES: &[&str] = &["null", "boolean", "number", "string", "array", "object"];
/// The types of an option.
pub(super) const OPTION_TYPES: &[&str] = &["boolean", "integer", "list"];

const SELECTOR: &str = "Parts of the API Management policy document that the resource holds; each is judged by itself, as `each`: `inbound/cors`, `*/set-header/value` in any section, `**/set-url` anywhere, a section, `/` for the root element, `{{}}` for named values, `@()` for the strings in policy expressions.";

// What files of several kinds say.
const SCHEMA: Entry = may("$schema", Takes::Text, "The schema that editors complete from.");
const NAME: Entry =
    must("name", Takes::Text, "The one identity of the rule, `<service>/<defect>`; it reads well after \"allow\".");
const TITLE: Entry = must("title", Takes::Text, "One line that names the defect.");
const SINCE: Entry = must("since", Takes::Text, "The version of armlint that it first came with.");
const TAGS: Entry = may("tags", Takes::Texts, "What it is about.");
const PRESETS: Entry =
    may("presets", Takes::Texts, "The presets that hold it, instead of those that its severity and tags give.");
const COVERS: Entry = may("covers", Takes::Texts, "The ids of rules of other tools that say the same.");
const REFERENCES: Entry = may("references", Takes::Texts, "Where to read about it: page titles or addresses.");
const ALIASES: Entry = may("aliases", Takes::Texts, "Earlier names of the rule.");

/// A rule file.
pub(super) static RULE: Table = Table {
    what: "rule",
    keys: &[
        SCHEMA,
        NAME,
        TITLE,
        must("severity", Takes::Graded(SEVERITIES, &GRADED), "How bad it is."),
        SINCE,
        TAGS,
        PRESETS,
        COVERS,
        REFERENCES,
        may("deprecated", Takes::Text, "Why it should no longer be used, and what to use."),
        ALIASES,
        may(
            "resource",
            Takes::OneOrMoreTexts,
            "The full resource type or types that it judges, children included; with `policy`, all that hold policy documents if absent.",
        ),
        may(
            "existing",
            Takes::Choice(EXISTING),
            "What to do with resources declared `existing`: `skip` (if absent), `judge`, `only` these, or `read`: judge, and so too each resource that `reference(id, version)` or `list…(id, version)` asks about; of these nothing is there but type, name, `existing` and the `apiVersion` that is asked in.",
        ),
        may(
            "unknown",
            Takes::Choice(&["tell", "skip"]),
            "Where it depends on something unknown: `tell` (if absent), or `skip` for a rule that only asks whether a value is there or well spelt, which whoever gives the value sees to. Where some of the allowed values fail, it is told all the same.",
        ),
        may("exempt", Takes::No, "`false`: also judge what the folder's definitions exempt."),
        may("options", Takes::Named(&OPTION), "What a configuration may set."),
        may("policy", Takes::OneOrMoreTexts, SELECTOR),
        may("each", Takes::OneOrMoreTexts, "Paths in the resource; each hit is judged by itself, as `each`."),
        may("join", Takes::Named(&JOIN), "Other resources of the deployment that the rule looks at, by the name it gives them."),
        may(
            "when",
            Takes::One(&PREDICATE),
            "What the rule applies to; where it certainly does not hold, the rule does not apply.",
        ),
        may("assert", Takes::One(&PREDICATE), "What must hold. Absent: whatever the rule applies to fails."),
        may("supersedes", Takes::Texts, "Rules that stay silent about a resource on which this one fails."),
        may(
            "group",
            Takes::Places(&PLACE),
            "Failing resources of one file with equal values at these places are one diagnostic.",
        ),
        must("report", Takes::One(&REPORT), "What is said where the rule fails or cannot tell."),
        may("fix", Takes::OneOrMany(&FIX), "How the template can be mended by editing values."),
    ],
};

/// A rule that the engine judges while it reads a template: the file only tells of it.
pub(super) static DESCRIPTION: Table = Table {
    what: "description of a rule",
    keys: &[
        SCHEMA,
        must("engine", Takes::Flag, "`true`: nothing here is judged, the engine does."),
        NAME,
        TITLE,
        must("severity", Takes::Choice(SEVERITIES), "How bad it is."),
        SINCE,
        TAGS,
        PRESETS,
        COVERS,
        REFERENCES,
        ALIASES,
    ],
};

/// The definitions that the rules of one folder share.
pub(super) static DEFINITIONS: Table = Table {
    what: "definitions file",
    keys: &[
        SCHEMA,
        may("exempt", Takes::One(&PREDICATE), "Resources that no rule of the folder judges unless it says so."),
        may("terms", Takes::Named(&TERM), "Values that many rules ask for, by name; used with `use` and an operator."),
        may("predicates", Takes::Named(&PREDICATE), "Conditions that many rules ask for, by name; used with `use` alone."),
    ],
};

/// The table of the policies of API Management.
pub(super) static POLICIES: Table = Table {
    what: "table of policies",
    keys: &[
        SCHEMA,
        must("documents", Takes::Many(&POLICY_DOCUMENT), "The resources that hold policy documents."),
        must(
            "text",
            Takes::OneOrMoreTexts,
            "Where their text is; of several paths, the first that is there. Without a format, that of the first path is `xml`.",
        ),
        must("format", Takes::OneOrMoreTexts, "Where its format is; of several paths, the first that is there."),
        must("sections", Takes::Texts, "The sections of a document."),
        must("through", Takes::Texts, "Elements whose children are policies of the section around them."),
        must("policies", Takes::Named(&POLICY), "The policies, by name: what an element has as `#policy`."),
    ],
};

/// A resource with a policy document.
pub(super) static POLICY_DOCUMENT: Table = Table {
    what: "policy document",
    keys: &[
        must("resource", Takes::Text, "The full type of the resource."),
        must("scope", Takes::Text, "For whom the policies are: what an element has as `#scope`."),
        must("roots", Takes::Texts, "What the root element may be."),
    ],
};

/// A policy.
pub(super) static POLICY: Table = Table {
    what: "policy",
    keys: &[
        may("sections", Takes::Texts, "The sections that it may stand in; not known if absent."),
        may("nowhereElse", Takes::Flag, "`true`: all sources agree on the sections."),
        may("scopes", Takes::Texts, "The scopes that it may have; any if absent."),
        may("refusedElsewhere", Takes::Flag, "`true`: the service is known to refuse it in other scopes."),
        may("attributes", Takes::Named(&POLICY_ATTRIBUTE), "Its attributes."),
    ],
};

/// An attribute of a policy.
pub(super) static POLICY_ATTRIBUTE: Table = Table {
    what: "attribute",
    keys: &[
        may("required", Takes::Flag, "Whether it must be there."),
        may("values", Takes::Texts, "What it may be, where that is known."),
        may("default", Takes::Anything, "What the gateway takes where it is absent."),
    ],
};

/// A value and where it depends on conditions.
pub(super) static GRADED: Table = Table {
    what: "graded value",
    keys: &[
        must("default", Takes::Text, "What holds where no case does."),
        must("cases", Takes::Many(&CASE), "The first case that certainly holds decides."),
    ],
};

/// A case of a graded value.
pub(super) static CASE: Table = Table {
    what: "case",
    keys: &[must("when", Takes::One(&PREDICATE), "When it holds."), must("is", Takes::Text, "What it then is.")],
};

/// An option.
pub(super) static OPTION: Table = Table {
    what: "option",
    keys: &[
        must("type", Takes::Choice(OPTION_TYPES), "What values it takes."),
        must("default", Takes::Anything, "What it is unless set."),
        must("description", Takes::Text, "What it does; one line."),
        may("minimum", Takes::Whole, "The least integer."),
        may("maximum", Takes::Whole, "The greatest integer."),
    ],
};

/// Another resource.
pub(super) static JOIN: Table = Table {
    what: "join",
    keys: &[
        may("from", Takes::Text, "What it is joined to: `self` if absent, `each`, or the name of another join."),
        may("resource", Takes::OneOrMoreTexts, "Its full type or types; needed for all but `parent`."),
        may("id", Takes::OneOrMoreTexts, "A path whose value is the id of the one resource."),
        may("name", Takes::OneOrMoreTexts, "A path whose value is the full name of the one resource."),
        may("parent", Takes::Choice(&["nearest"]), "The resource whose child it is; of several types, the one that is nearest."),
        may("child", Takes::One(&PLACE), "Where the last name of the one child resource of `from` stands."),
        may("children", Takes::Choice(&["direct", "all"]), "The child resources of that type: its own, or those at any depth."),
        may("within", Takes::Text, "Those that lie in the same resource of this type, which need be in no template itself."),
        may("refersBy", Takes::OneOrMoreTexts, "All resources of that type whose value at this path is the id of `from`."),
        may(
            "absent",
            Takes::Choice(&["undecided", "none"]),
            "An id or name that is in no template: undecided (if absent), or as if nothing was joined.",
        ),
    ],
};

// What terms and predicates say of a value.
const START: Entry = may(
    "of",
    Takes::Text,
    "Where the path starts: `self`, `each`, a join or an element; the innermost element or `self` if absent.",
);
const VALUE: Entry =
    may("path", Takes::OneOrMoreTexts, "A rooted JSONPath of names and indexes; of several, the first that is there.");
const KEY: Entry = may("key", Takes::Flag, "`true`: the name of the member there, not its value.");
const COUNT: Entry = may("count", Takes::OneOrMoreTexts, "How many hits these paths have.");
const SUM: Entry = may("sum", Takes::OneOrMoreTexts, "The sum of the whole numbers, none of them negative, at these paths.");
const BY_OPTION: Entry = may("option", Takes::Text, "The value of an option of the rule.");
const AS_OF: Entry = may("asOf", Takes::Whole, "The date of the run plus so many days.");
const DEFAULT: Entry = may("default", Takes::Anything, "The value that Azure uses where the path is absent or null.");

/// A value.
pub(super) static TERM: Table = Table {
    what: "term",
    keys: &[
        START,
        VALUE,
        KEY,
        COUNT,
        SUM,
        BY_OPTION,
        AS_OF,
        DEFAULT,
        may("cannotBe", Takes::Many(&BOUND), "Values that an unknown value certainly does not have."),
    ],
};

/// Values that an unknown cannot be.
pub(super) static BOUND: Table = Table {
    what: "bound",
    keys: &[must("in", Takes::Operands(&TERM), "The values."), must("when", Takes::One(&PREDICATE), "When they are ruled out.")],
};

/// A condition.
pub(super) static PREDICATE: Table = Table {
    what: "predicate",
    keys: &[
        may("allOf", Takes::Many(&PREDICATE), "All of these hold."),
        may("anyOf", Takes::Many(&PREDICATE), "At least one of these holds."),
        may("not", Takes::One(&PREDICATE), "This does not hold."),
        may("use", Takes::Text, "A predicate of the folder's definitions, or with an operator one of its terms."),
        START,
        VALUE,
        KEY,
        may("any", Takes::OneOrMoreTexts, "Paths; the operator holds for at least one hit."),
        may("all", Takes::OneOrMoreTexts, "Paths; the operator holds for every hit, also where there is none."),
        may("none", Takes::OneOrMoreTexts, "Paths; the operator holds for no hit."),
        COUNT,
        SUM,
        BY_OPTION,
        AS_OF,
        DEFAULT,
        may("cannotBe", Takes::Many(&BOUND), "Values that an unknown value certainly does not have."),
        may("as", Takes::Text, "With `where`: the name of the element inside it."),
        may("exact", Takes::Flag, "Strings compare with case; without if absent."),
        may(
            "spaces",
            Takes::Flag,
            "With `equals`, `false`: strings compare without their spaces, as \"West Europe\" and `westeurope` are one region.",
        ),
        may("exists", Takes::Flag, "It is there, be it null."),
        may("set", Takes::Flag, "It is there and neither null nor '' nor []."),
        may(
            "written",
            Takes::Flag,
            "Its characters stand in the files: not where it comes from a secure parameter, Key Vault, `list*()`, `reference()` or `newGuid()`.",
        ),
        may("byDefault", Takes::Flag, "It is the default value of a parameter, which whoever deploys may replace."),
        may("hasType", Takes::Choice(TYPES), "It is a value of this type."),
        may("equals", Takes::Operand(&TERM), "It equals this."),
        may("in", Takes::Operands(&TERM), "It equals one of these."),
        may(
            "near",
            Takes::Texts,
            "It is a string that is none of these but was most likely meant to be one: up to three letters differ, and no more than a third.",
        ),
        may("matches", Takes::Text, "It is a string that this regular expression finds something in."),
        may("startsWith", Takes::OneOrMoreTexts, "It is a string that starts with this or one of these."),
        may("endsWith", Takes::OneOrMoreTexts, "It is a string that ends with this or one of these."),
        may("contains", Takes::Operand(&TERM), "It is a string with this in it, or a list with this among its elements."),
        may("longerThan", Takes::Operand(&TERM), "It is a string of more UTF-16 units than this."),
        may("shorterThan", Takes::Operand(&TERM), "It is a string of fewer UTF-16 units than this."),
        may("greaterThan", Takes::Operand(&TERM), "It is a number greater than this."),
        may("lessThan", Takes::Operand(&TERM), "It is a number less than this."),
        may("multipleOf", Takes::Operand(&TERM), "It is a multiple of this whole number."),
        may("olderThan", Takes::Operand(&TERM), "It is an API version or a date before this; of one date, a preview is older."),
        may("newerThan", Takes::Operand(&TERM), "It is an API version or a date after this; of one date, a preview is older."),
        may(
            "cannotTell",
            Takes::Text,
            "Where it is there, nobody can tell, for this reason: what is not documented is neither right nor wrong.",
        ),
        may("where", Takes::One(&PREDICATE), "This holds for the element, which `$` then means."),
    ],
};

// What places and changes say of where they are.
const OF: Entry = may("of", Takes::Text, "Where the path starts: `self` if absent, `each`, or a join.");
const PATH: Entry = must("path", Takes::OneOrMoreTexts, "A rooted JSONPath; of several, the first that is there.");

/// A place in a resource.
pub(super) static PLACE: Table = Table { what: "place", keys: &[OF, PATH, KEY] };

const MESSAGE: &str = "One line: lower-case first word, no final stop, values in backticks. `{self.name}`, `{found}`, `{key}`, `{failing}`, `{nearest}`, `{ip.name}` and the like are filled in.";
const LABEL: &str = "What to say at the place; a few words.";
const HELP: &str = "What to do; starts with a verb.";

/// What is said.
pub(super) static REPORT: Table = Table {
    what: "report",
    keys: &[
        must("message", Takes::Text, MESSAGE),
        may("at", Takes::Places(&PLACE), "The place it is about; of several, the first that is there. Absent: what decided."),
        may("label", Takes::Text, LABEL),
        may("labels", Takes::Many(&EXTRA), "Other places that explain it."),
        may("values", Takes::Named(&PLACE), "Further values for the texts, by the name that stands in braces."),
        may("undecided", Takes::Text, "The message where the rule cannot tell."),
        may("help", Takes::Text, HELP),
        may(
            "cases",
            Takes::Many(&WORDING),
            "Other texts and places where a condition certainly holds; the first that does is taken.",
        ),
    ],
};

/// A further place.
pub(super) static EXTRA: Table = Table {
    what: "label",
    keys: &[
        OF,
        must("path", Takes::OneOrMoreTexts, "A rooted JSONPath; nothing is said where it is absent."),
        must("text", Takes::Text, LABEL),
        may("when", Takes::One(&PREDICATE), "When it is said."),
    ],
};

/// Other texts.
pub(super) static WORDING: Table = Table {
    what: "case",
    keys: &[
        must("when", Takes::One(&PREDICATE), "When they are taken."),
        may("at", Takes::Places(&PLACE), "The place it is then about; of several, the first that is there."),
        may("message", Takes::Text, MESSAGE),
        may("label", Takes::Text, LABEL),
        may("help", Takes::Text, HELP),
    ],
};

/// A fix.
pub(super) static FIX: Table = Table {
    what: "fix",
    keys: &[
        must("title", Takes::Text, "What it does; starts with a verb."),
        must("safety", Takes::Graded(SAFETIES, &SAFETY), "Whether it can be applied without looking."),
        may("why", Takes::Text, WHY),
        may("when", Takes::One(&PREDICATE), "When it is offered."),
        may("set", Takes::Many(&SET), "Values to write; a last name that is absent is inserted."),
        may("remove", Takes::Many(&REMOVAL), "Members and elements to take out."),
        may("insert", Takes::Many(&INSERTION), "XML to put into elements of a policy document."),
        may("replace", Takes::Many(&REPLACEMENT), "Characters to write instead of others in strings."),
        may("add", Takes::Many(&ADDITION), "Resources to add beside the one that is judged, which then depends on them."),
    ],
};

const WHY: &str = "Why a person should look at it first, where it is unsafe; a clause without a stop.";

/// How safe a fix is.
pub(super) static SAFETY: Table = Table {
    what: "safety",
    keys: &[
        must("default", Takes::Choice(SAFETIES), "What holds where no case does."),
        must("cases", Takes::Many(&SAFETY_CASE), "The first case that certainly holds decides."),
    ],
};

/// A case of a safety.
pub(super) static SAFETY_CASE: Table = Table {
    what: "case of a safety",
    keys: &[
        must("when", Takes::One(&PREDICATE), "When it holds."),
        must("is", Takes::Choice(SAFETIES), "How safe the fix then is."),
        may("why", Takes::Text, WHY),
    ],
};

/// XML to put into a policy document.
pub(super) static INSERTION: Table = Table {
    what: "insertion",
    keys: &[
        OF,
        must("path", Takes::OneOrMoreTexts, "A rooted JSONPath to the element that it is put into, before all that is there."),
        must("xml", Takes::Text, "The XML."),
        may("when", Takes::One(&PREDICATE), "When it is put in."),
    ],
};

/// A member or element to take out.
pub(super) static REMOVAL: Table =
    Table { what: "removal", keys: &[OF, PATH, may("when", Takes::One(&PREDICATE), "When it is taken out.")] };

/// Characters to change in a string.
pub(super) static REPLACEMENT: Table = Table {
    what: "replacement",
    keys: &[
        OF,
        PATH,
        must("from", Takes::Text, "A regular expression: its first group, or all that it finds where it has none, is replaced."),
        must("to", Takes::Text, "The new characters."),
        may("when", Takes::One(&PREDICATE), "When they are replaced."),
    ],
};

/// A resource to add.
pub(super) static ADDITION: Table = Table {
    what: "addition",
    keys: &[
        may("of", Takes::Text, "Where the path starts: `self` if absent, `each`."),
        must(
            "path",
            Takes::Text,
            "A rooted JSONPath without wildcards: where the id of the new resource is written, if nothing is.",
        ),
        must(
            "resource",
            Takes::Anything,
            "The new resource, with its `type`. In place of a string, `{name}` is the name that is made for it, `{lower name}` the same in lower case, and `{$.location}` what stands there in the resource that is judged; a member without that is left out.",
        ),
        must("word", Takes::Text, "What its name has more than that of the resource that is judged, behind a dash: `pip`."),
        may(
            "beside",
            Takes::Texts,
            "Such words in other names: where more names start with one than end with one, the new name starts with its own.",
        ),
        must("symbol", Takes::Texts, "The words that its symbolic name has more than that of the resource that is judged."),
        may("when", Takes::One(&PREDICATE), "When it is added."),
    ],
};

/// A value to write.
pub(super) static SET: Table = Table {
    what: "edit",
    keys: &[
        OF,
        must("path", Takes::Text, "A rooted JSONPath without wildcards."),
        may("to", Takes::Anything, "The new value."),
        may("nearest", Takes::Texts, "In place of `to`: that of these names which was probably meant; no fix where none was."),
        may("when", Takes::One(&PREDICATE), "When it is written."),
    ],
};
