//! What names mean inside one deployment.

use std::rc::Rc;
use std::sync::Arc;

use super::limits::Limits;
use super::memory::Memory;
use crate::expr::Expr;
use crate::source::Span;
use crate::value::{Key, Step, Type, Value};

/// The deployment scope of a template; it decides which functions exist and how `resourceId` is completed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Level {
    /// `deploymentTemplate.json`
    #[default]
    ResourceGroup,
    /// `subscriptionDeploymentTemplate.json`
    Subscription,
    /// `managementGroupDeploymentTemplate.json`
    ManagementGroup,
    /// `tenantDeploymentTemplate.json`
    Tenant,
}

/// What is known of the place a template is deployed to. What is `None` is unknown, with a symbol that equals itself.
///
/// Values, not strings: a nested deployment may name a resource group that is itself partly unknown.
#[derive(Debug, Clone, Default)]
pub struct Context {
    /// The scope of the deployment.
    pub level: Level,
    /// `subscription().subscriptionId`
    pub subscription: Option<Value>,
    /// `tenant().tenantId`
    pub tenant: Option<Value>,
    /// `resourceGroup().name`
    pub resource_group: Option<Value>,
    /// `resourceGroup().location`
    pub location: Option<Value>,
    /// `managementGroup().name`
    pub management_group: Option<Value>,
    /// `deployment()`: an object with the parts that are known.
    pub deployment: Option<Value>,
    /// `deployer()`: an object with the parts that are known.
    pub deployer: Option<Value>,
}

/// A parameter as declared, and the value it has.
#[derive(Debug, Clone)]
pub struct Binding {
    /// Its name as declared.
    pub name: Key,
    /// The declaration: the key in the `parameters` section.
    pub declared: Span,
    /// The base type, where it is known (`secureString` is a string, `$ref` is resolved).
    pub kind: Option<Type>,
    /// Whether the type is `secureString` or `secureObject`.
    pub secure: bool,
    /// `allowedValues`, evaluated.
    pub allowed: Option<Arc<[Value]>>,
    /// The least length, where declared.
    pub min_length: Option<usize>,
    /// The greatest length, where declared.
    pub max_length: Option<usize>,
    /// Whether it may be left out without a default (`nullable`): it is then `null`.
    pub nullable: bool,
    /// The value.
    pub given: Given,
}

/// How a parameter gets its value.
#[derive(Debug, Clone)]
pub enum Given {
    /// A value handed in: by a parameter file, a parent deployment, or on the command line. `step` is the hop to record.
    Value {
        /// The value, with its own origin.
        value: Value,
        /// How it came in.
        step: Step,
    },
    /// A value handed in that may be null, and the default value that then stands in for it.
    ValueOrDefault {
        /// The value, with its own origin.
        value: Value,
        /// How it came in.
        step: Step,
        /// The default value.
        default: Arc<Expr>,
    },
    /// The default value, an expression that is evaluated when somebody asks.
    Default(Arc<Expr>),
    /// Nothing gives it.
    Missing,
}

/// A user-defined function: it sees its own parameters and nothing else.
#[derive(Debug, Clone)]
pub struct UserFunction {
    /// The namespace.
    pub namespace: Key,
    /// The name.
    pub name: Key,
    /// The parameters' names in order.
    pub parameters: Vec<Key>,
    /// The output value.
    pub output: Arc<Expr>,
}

/// Answers what depends on the resources of the same deployment. `None`: not one of its own, or not known.
pub trait Deployed {
    /// `reference(target, apiVersion?, 'Full'?)`; `target` is a resource id, a name or a symbolic name.
    fn reference(&self, target: &Value, full: bool) -> Option<Value>;
    /// `references(symbol)`: the same for every instance of a loop.
    fn references(&self, target: &Value, full: bool) -> Option<Value>;
    /// `resourceInfo(symbol)`: an object with `id`, `name`, `type` and `apiVersion`.
    fn info(&self, target: &Value) -> Option<Value>;
}

/// Everything that names resolve to in one deployment. Interior memory holds what was evaluated already: the names are not
/// to be changed once something was.
#[derive(Default)]
pub struct Scope {
    /// Tells the symbols of this deployment from those of others: empty for the outermost one.
    pub qualifier: Arc<str>,
    /// The parameters.
    pub parameters: Vec<Binding>,
    /// The variables: evaluated when somebody asks.
    pub variables: Vec<(Key, Arc<Expr>)>,
    /// The user-defined functions.
    pub functions: Vec<UserFunction>,
    /// The place.
    pub context: Context,
    /// The resources.
    pub deployed: Option<Rc<dyn Deployed>>,
    /// How much work it may cause; a nested deployment shares those of its parent.
    pub limits: Rc<Limits>,
    pub(super) memory: Memory,
}

impl Scope {
    /// A scope without names in this place.
    #[must_use]
    pub fn for_context(context: Context) -> Self {
        Self { context, ..Self::default() }
    }

    /// The certain errors met since the last call, each once, in the order in which they were met.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        self.memory.faults.take()
    }
}

/// What changes while the same scope is evaluated: the indices of the copy loops around the expression.
#[derive(Debug, Clone, Default)]
pub struct Frame {
    /// Loop name and index, the outermost first. The resource's own loop is what `copyIndex()` without a name means.
    pub copies: Vec<(Key, Value)>,
    /// Which rules of place hold.
    pub place: Place,
}

/// Where in a template an expression stands: some functions are not to be used everywhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Place {
    /// Nobody said; every function may be used.
    #[default]
    Anywhere,
    /// In a resource or an output: `newGuid` and `utcNow` may not be used.
    Template,
    /// In a variable: nor may `reference` and the `list…` functions.
    Variable,
    /// In the default value of a parameter: `reference` and the `list…` functions may not be used.
    ParameterDefault,
    /// In the body of a user-defined function: none of these may be used, and no variable.
    Function,
}

/// A certain error in an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// What kind.
    pub kind: FaultKind,
    /// The argument, name or token that is wrong.
    pub span: Span,
    /// One line: what is wrong and what was expected.
    pub message: String,
}

/// The kinds of errors; the words of the expression vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FaultKind {
    /// Too few or too many arguments.
    Arity,
    /// An argument of a wrong type.
    Type,
    /// A text that is no number, date, address, …
    Conversion,
    /// A malformed format string.
    Format,
    /// An index or a length outside what there is.
    OutOfRange,
    /// A result that does not fit in 64 bits.
    Overflow,
    /// Division by zero.
    DivideByZero,
    /// It does not parse.
    Syntax,
    /// A property that the object does not have.
    PropertyNotFound,
    /// A function that does not exist, or not in this place.
    UnknownFunction,
    /// A parameter that is not declared.
    UnknownParameter,
    /// A variable that is not declared.
    UnknownVariable,
    /// A function that this deployment scope does not have.
    Scope,
    /// `fail()`
    Fail,
    /// A variable, parameter or function that needs itself.
    Cycle,
    /// Any other refused combination of arguments.
    InvalidArguments,
}
