//! A template as it was read: everything that deploying it needs, independent of parameter values.

use std::sync::Arc;

use super::compile::{Compiler, Copies, Escaped, literal};
use super::pieces;
use super::queries::{Asking, Query};
use crate::diagnostic::Diagnostic;
use crate::eval::{Level, UserFunction};
use crate::expr::{self, Expr, ExprKind};
use crate::source::Span;
use crate::syntax::Node;
use crate::template::{self, ResourceEntry, Template};
use crate::threads;
use crate::value::{Key, Type, Value};

/// A template, read once.
#[derive(Debug)]
pub struct Blueprint {
    /// The scope that its `$schema` names.
    pub(super) level: Level,
    /// Its parameters.
    pub(super) parameters: Vec<Parameter>,
    /// Its variables.
    pub(super) variables: Vec<(Key, Arc<Expr>)>,
    /// Its user-defined functions.
    pub(super) functions: Vec<UserFunction>,
    /// Its resources.
    pub(super) resources: Vec<ResourcePlan>,
    /// Its outputs.
    pub(super) outputs: Vec<Output>,
    /// Its `asserts` and how its `extensions` are set up: expressions that only read.
    pub(super) asides: Vec<Expr>,
    /// Its variables and outputs that ask about resources.
    pub(super) asking: Vec<Asking>,
    /// The template object.
    pub(super) span: Span,
}

/// A declared parameter.
#[derive(Debug)]
pub(super) struct Parameter {
    pub(super) name: Key,
    /// The name in the declaration.
    pub(super) declared: Span,
    pub(super) kind: Option<Type>,
    pub(super) secure: bool,
    pub(super) default: Option<Arc<Expr>>,
    pub(super) allowed: Option<Arc<[Value]>>,
    pub(super) min_length: Option<usize>,
    pub(super) max_length: Option<usize>,
    pub(super) min_value: Option<i64>,
    pub(super) max_value: Option<i64>,
    pub(super) nullable: bool,
}

/// A declared output.
#[derive(Debug)]
pub(super) struct Output {
    pub(super) name: Key,
    /// The name in the declaration.
    pub(super) declared: Span,
    /// The value, or an object with one loop of the output's name for an output with `copy`.
    pub(super) value: Arc<Expr>,
    pub(super) condition: Option<Expr>,
    /// Whether its type keeps its value out of logs: `secureString` or `secureObject`.
    pub(super) secure: bool,
}

/// A resource as declared, once for all instances of its loop.
#[derive(Debug)]
pub(super) struct ResourcePlan {
    pub(super) symbolic_name: Option<Arc<str>>,
    pub(super) pointer: Arc<str>,
    /// The resource object.
    pub(super) declared: Span,
    pub(super) existing: bool,
    pub(super) copy: Option<ResourceLoop>,
    /// The resource object without `copy`, nested `resources` and nested template.
    pub(super) body: Expr,
    /// The resources that the body asks about.
    pub(super) queries: Box<[Query]>,
    pub(super) children: Vec<ResourcePlan>,
    /// What it deploys, when it is a deployment.
    pub(super) nested: Option<Nested>,
}

/// The `copy` of a resource.
#[derive(Debug)]
pub(super) struct ResourceLoop {
    pub(super) name: Arc<str>,
    pub(super) count: Expr,
}

/// What a deployment resource deploys.
#[derive(Debug)]
pub(super) struct Nested {
    /// Whether expressions of the nested template are evaluated inside it.
    pub(super) inner: bool,
    pub(super) content: Content,
    /// What it hands to the parameters.
    pub(super) parameters: Vec<HandedParameter>,
    /// Whether `parametersLink` or an expression hands parameters that cannot be seen.
    pub(super) parameters_elsewhere: bool,
}

/// Where the nested template is.
#[derive(Debug)]
pub(super) enum Content {
    /// Here.
    Template(Arc<Blueprint>),
    /// In another file.
    Link {
        /// `relativePath`, seen from the file of the parent.
        relative: Option<Expr>,
        /// `uri`, or the `id` of a template spec, which leads to no file.
        uri: Option<Expr>,
        /// The `templateLink` member.
        at: Span,
    },
    /// Made by an expression.
    Made,
    /// Nowhere.
    Missing,
}

/// A parameter of a deployment resource.
#[derive(Debug)]
pub(super) struct HandedParameter {
    pub(super) name: Key,
    pub(super) name_span: Span,
    pub(super) entry: Entry,
}

/// What stands behind the name of a parameter of a deployment resource.
#[derive(Debug)]
pub(super) enum Entry {
    /// An object with this `value`.
    Value(Expr),
    /// An object with a `reference` to a key vault.
    Secret,
    /// An expression or a loop that makes the object, such as Bicep writes for a value with a condition.
    Made(Expr),
}

impl Blueprint {
    /// Reads a template; problems are appended to `problems`.
    pub(super) fn read(template: &Template<'_>, pointer: &str, escaped: Escaped, problems: &mut Vec<Diagnostic>) -> Arc<Self> {
        let mut compiler = Compiler::new(escaped);
        compiler.spare = template.node.raw().len();
        let blueprint = compiler.template(template, pointer);
        problems.append(&mut compiler.problems);
        Arc::new(blueprint)
    }
}

impl<'d> Compiler<'d> {
    /// A template with a scope of its own.
    fn template(&mut self, template: &Template<'d>, pointer: &str) -> Blueprint {
        let variables = template.section("variables").map(|node| (node, format!("{pointer}/variables").into()));
        let around = std::mem::replace(&mut self.variables, variables);
        let blueprint = self.part(template, pointer);
        self.variables = around;
        blueprint
    }

    /// A template whose expressions see what those around it see.
    fn part(&mut self, template: &Template<'d>, pointer: &str) -> Blueprint {
        let resources = template.resources();
        let around = std::mem::replace(&mut self.symbolic, template.is_symbolic());
        let mut asking = Vec::new();
        let blueprint = Blueprint {
            level: level(template.scope),
            parameters: template::declarations(template).iter().map(|declared| self.parameter(declared)).collect(),
            variables: self.variables(template, pointer, &mut asking),
            functions: self.functions(template),
            resources: self.resources(&resources, &format!("{pointer}/resources")),
            outputs: self.outputs(template, pointer, &mut asking),
            asides: ["asserts", "extensions"]
                .iter()
                .filter_map(|name| Some(self.value(template.section(name)?, Copies::Plain)))
                .collect(),
            asking,
            span: template.node.span(),
        };
        self.symbolic = around;
        blueprint
    }

    fn parameter(&mut self, declared: &template::Declaration<'_>) -> Parameter {
        let names = ["allowedValues", "minLength", "maxLength", "minValue", "maxValue", "nullable"];
        let [allowed, min_length, max_length, min_value, max_value, nullable] = declared.constraints(names);
        let bound = |node: Option<Node<'_>>| node.and_then(|node| node.raw().parse::<i64>().ok());
        let length = |node| bound(node).and_then(|n| usize::try_from(n).ok());
        Parameter {
            name: Key::new(declared.name.string().unwrap_or_default()),
            declared: declared.name.span(),
            kind: declared.type_name.as_deref().and_then(type_of),
            secure: declared.is_secure(),
            default: declared.node.get("defaultValue").map(|node| Arc::new(self.value(node, Copies::Plain))),
            allowed: allowed.filter(|node| node.is_array()).map(|node| node.items().map(literal).collect()),
            min_length: length(min_length),
            max_length: length(max_length),
            min_value: bound(min_value),
            max_value: bound(max_value),
            nullable: nullable.is_some_and(|node| node.raw() == "true"),
        }
    }

    fn variables(&mut self, template: &Template<'_>, pointer: &str, asking: &mut Vec<Asking>) -> Vec<(Key, Arc<Expr>)> {
        let Some(section) = template.section("variables") else { return Vec::new() };
        let mut variables = Vec::new();
        for (key, node) in section.members() {
            let name = key.string().unwrap_or_default();
            if name.eq_ignore_ascii_case("copy") && node.is_array() {
                // A loop at the top makes a variable: the member of that name of an object that has only the loop.
                for item in node.items() {
                    let (made, queries) = self.noting(|compiler| compiler.property_loop(item));
                    let Some(made) = made else { continue };
                    asking.extend(Asking::at(node, [pointer, "variables", "copy"], None, queries));
                    let (name, span) = (Arc::clone(&made.name), made.span);
                    let object = ExprKind::object([], [made]);
                    variables.push((Key::new(Arc::clone(&name)), Arc::new(member(Expr { kind: object, span }, name, span))));
                }
                continue;
            }
            let (value, queries) = self.noting(|compiler| compiler.value(node, Copies::Loop));
            asking.extend(Asking::at(node, [pointer, "variables", &name], None, queries));
            variables.push((Key::new(name), Arc::new(value)));
        }
        variables
    }

    fn functions(&mut self, template: &Template<'_>) -> Vec<UserFunction> {
        let Some(section) = template.node.get("functions") else { return Vec::new() };
        let mut functions = Vec::new();
        for space in section.items() {
            let namespace = Key::new(space.get("namespace").and_then(Node::string).unwrap_or_default());
            for (name, node) in space.get("members").into_iter().flat_map(Node::members) {
                let Some(output) = node.get("output").and_then(|output| output.get("value")) else { continue };
                let parameters = node.get("parameters").into_iter().flat_map(Node::items);
                functions.push(UserFunction {
                    namespace: namespace.clone(),
                    name: Key::new(name.string().unwrap_or_default()),
                    parameters: parameters.map(|p| Key::new(p.get("name").and_then(Node::string).unwrap_or_default())).collect(),
                    output: Arc::new(self.value(output, Copies::Plain)),
                });
            }
        }
        functions
    }

    fn outputs(&mut self, template: &Template<'_>, pointer: &str, asking: &mut Vec<Asking>) -> Vec<Output> {
        let Some(section) = template.section("outputs") else { return Vec::new() };
        let mut outputs = Vec::new();
        for (key, node) in section.members() {
            let name: Arc<str> = key.string().unwrap_or_default().into();
            let (value, queries) = self.noting(|compiler| compiler.output(&name, key, node));
            let Some(value) = value else { continue };
            let condition = node.get("condition").map(|condition| self.value(condition, Copies::Plain));
            asking.extend(Asking::at(node, [pointer, "outputs", &name], condition.as_ref(), queries));
            outputs.push(Output {
                name: Key::new(name),
                declared: key.span(),
                value: Arc::new(value),
                condition,
                secure: node
                    .get("type")
                    .and_then(Node::string)
                    .is_some_and(|name| ["securestring", "secureobject"].iter().any(|secure| name.eq_ignore_ascii_case(secure))),
            });
        }
        outputs
    }

    /// The value of an output, or an object with one loop of the output's name for an output with `copy`.
    fn output(&mut self, name: &Arc<str>, key: Node<'_>, node: Node<'_>) -> Option<Expr> {
        let looped = node.get("copy").and_then(|copy| Some((copy.get("count")?, copy.get("input")?)));
        let Some((count, input)) = looped else { return node.get("value").map(|value| self.value(value, Copies::Loop)) };
        let made = crate::expr::Loop {
            name: Arc::clone(name),
            name_span: key.span(),
            count: self.value(count, Copies::Plain),
            input: self.looped(name, input),
            span: node.span(),
        };
        let object = ExprKind::object([], [made]);
        Some(member(Expr { kind: object, span: node.span() }, Arc::clone(name), node.span()))
    }

    /// The resources of a template: of a large one some on each core.
    fn resources(&mut self, entries: &[ResourceEntry<'d>], pointer: &str) -> Vec<ResourcePlan> {
        let pieces = pieces::split(entries, |entry| entry.node.span());
        if pieces.len() < 2 {
            return entries.iter().map(|entry| self.resource(entry, pointer)).collect();
        }
        let (escaped, symbolic, variables, spare) = (self.escaped, self.symbolic, &self.variables, self.spare);
        let read = threads::share(&pieces, true, |piece| {
            let mut compiler = Self::new(escaped);
            compiler.symbolic = symbolic;
            compiler.variables.clone_from(variables);
            compiler.spare = spare;
            let plans: Vec<_> = entries[piece.clone()].iter().map(|entry| compiler.resource(entry, pointer)).collect();
            (plans, compiler.problems)
        });
        let mut plans = Vec::with_capacity(entries.len());
        for (piece, problems) in read {
            plans.extend(piece);
            self.problems.extend(problems);
        }
        plans
    }

    fn resource(&mut self, entry: &ResourceEntry<'d>, pointer: &str) -> ResourcePlan {
        let node = entry.node;
        let pointer = [pointer, "/", &entry.token].concat();
        let [kind, copy, resources, existing, version] = node.get_each(["type", "copy", "resources", "existing", "apiVersion"]);
        let nested = kind.filter(|kind| template::deploys(*kind)).and_then(|_| self.nested(node, &pointer));
        let copy = copy.filter(|copy| copy.is_object());
        let children = resources.map(template::entries).unwrap_or_default();
        let except: &[&str] = if copy.is_some() { &["copy", "resources"] } else { &["resources"] };
        let (mut body, queries) = self.noting(|compiler| compiler.resource_body(node, nested.is_some(), except));
        if let (None, Some(kind)) = (version, kind) {
            without_version(&mut body, kind.span());
        }
        ResourcePlan {
            symbolic_name: entry.symbolic_name.and_then(Node::string).map(Arc::from),
            declared: node.span(),
            existing: existing.is_some_and(|node| node.raw() == "true"),
            copy: copy.and_then(|copy| {
                let name = copy.get("name").and_then(Node::string).unwrap_or_default();
                Some(ResourceLoop { name: name.into(), count: self.value(copy.get("count")?, Copies::Plain) })
            }),
            body,
            queries,
            children: children.iter().map(|child| self.resource(child, &format!("{pointer}/resources"))).collect(),
            nested,
            pointer: pointer.into(),
        }
    }

    /// The resource object without what stands apart in a [`ResourcePlan`], which is the members named in `except` and the
    /// template that a deployment deploys.
    fn resource_body(&mut self, node: Node<'_>, deployment: bool, except: &[&str]) -> Expr {
        if !deployment {
            return self.object(node, Copies::Loop, except);
        }
        let mut members = Vec::new();
        for (key, value) in node.members() {
            if except.iter().any(|skipped| key.is(skipped)) {
                continue;
            }
            let value = if key.is("properties") && value.is_object() {
                // A template that an expression makes is an expression as any other.
                let except: &[&str] = if value.get("template").is_some_and(Node::is_object) { &["template"] } else { &[] };
                self.object(value, Copies::Loop, except)
            } else {
                self.value(value, Copies::Loop)
            };
            members.push((self.value(key, Copies::Plain), value));
        }
        Expr { kind: ExprKind::object(members, []), span: node.span() }
    }

    fn nested(&mut self, node: Node<'d>, pointer: &str) -> Option<Nested> {
        let properties = node.get("properties")?;
        let scope = properties.get("expressionEvaluationOptions").and_then(|options| options.get("scope")).and_then(Node::string);
        let written = properties.get("template").filter(|template| template.is_object());
        // What comes from elsewhere has nothing of its parent's to see. `outer` is the default, but for language version 2
        // ("Use symbolic name", which refuses `outer`).
        let inner = written.is_none() || scope.map_or(self.symbolic, |scope| scope.eq_ignore_ascii_case("inner"));
        let content = match (properties.get("template"), properties.get("templateLink")) {
            (Some(template), _) if template.is_object() => {
                let (template, pointer) = (Template::new(template), format!("{pointer}/properties/template"));
                let escaped = match (self.escaped, inner) {
                    (Escaped::Once, _) => Escaped::Once,
                    (Escaped::No | Escaped::Outside, true) => Escaped::No,
                    (Escaped::No | Escaped::Outside, false) => Escaped::Outside,
                };
                let around = std::mem::replace(&mut self.escaped, escaped);
                let blueprint = if inner { self.template(&template, &pointer) } else { self.part(&template, &pointer) };
                self.escaped = around;
                Content::Template(Arc::new(blueprint))
            }
            (Some(template), _) => self.variable(template).map_or(Content::Made, Content::Template),
            (None, Some(link)) if link.is_object() => Content::Link {
                relative: link.get("relativePath").map(|path| self.value(path, Copies::Plain)),
                uri: link.get("uri").or_else(|| link.get("id")).map(|uri| self.value(uri, Copies::Plain)),
                at: link.span(),
            },
            (None, Some(_)) => Content::Made,
            (None, None) => Content::Missing,
        };
        let section = properties.get("parameters");
        let parameters = section.map(template::handed).unwrap_or_default();
        Some(Nested {
            inner,
            content,
            parameters: parameters
                .iter()
                .map(|handed| HandedParameter {
                    name: Key::new(handed.name.string().unwrap_or_default()),
                    name_span: handed.name.span(),
                    entry: match (handed.value.or(handed.expression), handed.reference) {
                        (Some(value), _) => Entry::Value(self.value(value, Copies::Loop)),
                        (None, Some(_)) => Entry::Secret,
                        (None, None) => Entry::Made(self.value(handed.node, Copies::Loop)),
                    },
                })
                .collect(),
            parameters_elsewhere: properties.get("parametersLink").is_some()
                || section.is_some_and(|section| !section.is_object()),
        })
    }
}

impl<'d> Compiler<'d> {
    /// The template that is the value of a variable, where `[variables('name')]` stands in place of a template: so Bicep writes
    /// `loadJsonContent()`. Its own expressions are escaped there, and evaluated inside whatever the scope says.
    fn variable(&mut self, template: Node<'d>) -> Option<Arc<Blueprint>> {
        let (expr, _) = expr::read_string(&template.string()?, &template.text_map(), template.span());
        let ExprKind::Call(call) = &expr.kind else { return None };
        let [Expr { kind: ExprKind::Str(name), .. }] = &call.args[..] else { return None };
        let (variables, pointer) = self.variables.clone().filter(|_| call.name.eq_ignore_ascii_case("variables"))?;
        let value = variables.get(name).filter(|value| value.is_object() && self.escaped != Escaped::Once)?;
        self.spare = self.spare.checked_sub(value.raw().len())?;
        let around = std::mem::replace(&mut self.escaped, Escaped::Once);
        let blueprint = self.template(&Template::new(value), &format!("{pointer}/{}", template::pointer_token(name)));
        self.escaped = around;
        Some(Arc::new(blueprint))
    }
}

impl ResourcePlan {
    /// Where a deployment says what it deploys: the template link, or the whole resource.
    pub(super) fn content_span(&self) -> Span {
        match self.nested.as_ref().map(|nested| &nested.content) {
            Some(Content::Link { at, .. }) => *at,
            Some(Content::Template(_) | Content::Made | Content::Missing) | None => self.declared,
        }
    }

    /// A member of the resource object as written.
    pub(super) fn member(&self, name: &str) -> Option<&Expr> {
        let ExprKind::Object(object) = &self.body.kind else { return None };
        let named = |key: &Expr| matches!(&key.kind, ExprKind::Str(text) if text.eq_ignore_ascii_case(name));
        object.members.iter().rev().find(|(key, _)| named(key)).map(|(_, value)| value)
    }
}

/// Gives the object of a resource an unknown API version, where it has none: a profile may give it ("Understand the structure
/// and syntax of ARM templates", `apiProfile`), and without one Azure refuses the template.
fn without_version(body: &mut Expr, at: Span) {
    if let ExprKind::Object(object) = &mut body.kind {
        let name = Expr { kind: ExprKind::Str("apiVersion".into()), span: at };
        let version = Expr { kind: ExprKind::Broken("no `apiVersion` is given".into()), span: at };
        object.members = std::mem::take(&mut object.members).into_iter().chain([(name, version)]).collect();
    }
}

/// `of.name`, where nothing of it stands in the text: the value of a loop that is a section of its own.
fn member(of: Expr, name: Arc<str>, span: Span) -> Expr {
    Expr { kind: ExprKind::member(of, name, span), span }
}

fn level(scope: template::Scope) -> Level {
    match scope {
        template::Scope::ResourceGroup => Level::ResourceGroup,
        template::Scope::Subscription => Level::Subscription,
        template::Scope::ManagementGroup => Level::ManagementGroup,
        template::Scope::Tenant => Level::Tenant,
    }
}

/// The type behind the name of a parameter type ("Data types in ARM templates").
fn type_of(name: &str) -> Option<Type> {
    Some(match name {
        "string" | "securestring" => Type::String,
        "int" => Type::Int,
        "bool" => Type::Bool,
        "array" => Type::Array,
        "object" | "secureobject" => Type::Object,
        _ => return None,
    })
}
