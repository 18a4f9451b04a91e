//! Which hosting platform a service of a template gets.
//!
//! The facts are those of "Compute platform for Azure API Management" and of "Hosting infrastructure used for Azure API
//! Management" (2021): a classic service deployed with API version 2021-01-01-preview or later is on `stv2`, one deployed
//! with an older version on `stv1`; Consumption is on `mtv1`; the v2 tiers are on a platform of their own.

use crate::model::Resource;
use crate::rules::Version;
use crate::value::{Shape, Value, ValueKind};

/// The first API version that puts a classic service on `stv2`.
const FIRST_STV2: &str = "2021-01-01-preview";

/// A hosting platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Platform {
    /// Single tenant, version 1: retired.
    Stv1,
    /// Multi tenant, version 1: the Consumption tier.
    Mtv1,
    /// Single tenant, version 2.
    Stv2,
    /// The platform of the v2 tiers.
    V2,
    /// It cannot be told from the template.
    Unknown,
}

impl Platform {
    /// The word for it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Stv1 => "stv1",
            Self::Mtv1 => "mtv1",
            Self::Stv2 => "stv2",
            Self::V2 => "v2",
            Self::Unknown => "unknown",
        }
    }
}

/// What decides the platform: the value and what it says.
pub(super) struct Evidence<'v> {
    pub(super) text: String,
    pub(super) value: Option<&'v Value>,
}

/// The platform of a service, and why.
pub(super) fn platform(service: &Resource) -> (Platform, Vec<Evidence<'_>>) {
    let sku = sku(service);
    let tier = sku.map_or(Tier::Absent, |sku| tier(sku, service));
    let say = |text: String, value| vec![Evidence { text, value }];
    match tier {
        Tier::V2 => return (Platform::V2, say(format!("SKU {} runs on the platform of the v2 tiers", text(sku)), sku)),
        Tier::Consumption => return (Platform::Mtv1, say("SKU Consumption is multi tenant".to_owned(), sku)),
        Tier::Open => return (Platform::Unknown, say(format!("the SKU is not known: {}", why(sku)), sku)),
        Tier::Classic | Tier::Absent => {}
    }
    if service.existing {
        return (Platform::Unknown, say("the template reads the service and does not deploy it".to_owned(), None));
    }
    let written = service.api_version();
    let version = written.and_then(Value::as_str).and_then(Version::parse);
    let boundary = Version::parse(FIRST_STV2);
    match (version, boundary) {
        (Some(version), Some(boundary)) if version < boundary => {
            (Platform::Stv1, say(format!("API version {} is older than {FIRST_STV2}", text(written)), written))
        }
        (Some(_), _) if tier == Tier::Absent => (Platform::Unknown, say("there is no `sku`".to_owned(), None)),
        (Some(_), _) => (Platform::Stv2, say(format!("API version {} is {FIRST_STV2} or later", text(written)), written)),
        (None, _) => (Platform::Unknown, say(format!("the API version is not known: {}", why(written)), written)),
    }
}

/// `sku.name`, which API versions of 2014 have inside `properties`.
pub(super) fn sku(service: &Resource) -> Option<&Value> {
    let body = service.body.as_object()?;
    let own = body.get("sku").or_else(|| body.get("properties")?.as_object()?.get("sku"))?;
    match &own.kind {
        ValueKind::Object(sku) => sku.get("name"),
        ValueKind::Null => None,
        _ => Some(own),
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Tier {
    Consumption,
    V2,
    /// Developer, Basic, Standard, Premium, Isolated.
    Classic,
    /// There is no SKU: a service that is declared again. It is not Consumption.
    Absent,
    /// Not known, and it may be Consumption or a v2 tier.
    Open,
}

fn tier(sku: &Value, service: &Resource) -> Tier {
    match &sku.kind {
        ValueKind::Str(name) if name.eq_ignore_ascii_case("Consumption") => Tier::Consumption,
        ValueKind::Str(name) if ["BasicV2", "StandardV2", "PremiumV2"].iter().any(|v2| name.eq_ignore_ascii_case(v2)) => Tier::V2,
        ValueKind::Unknown(unknown) => match &unknown.shape {
            Shape::OneOf(values) => {
                let mut tiers = values.iter().map(|value| tier(value, service));
                let first = tiers.next().unwrap_or(Tier::Open);
                if tiers.all(|other| other == first) { first } else { bounded(service) }
            }
            _ => bounded(service),
        },
        _ => Tier::Classic,
    }
}

/// What the rest of the service says about an unknown SKU: only an old classic tier has a virtual network, zones or more
/// locations at an API version that no v2 tier knows.
fn bounded(service: &Resource) -> Tier {
    let has = |value: Option<&Value>| value.and_then(Value::as_array).is_some_and(|items| !items.is_empty());
    let body = service.body.as_object();
    let properties = body.and_then(|body| body.get("properties")).and_then(Value::as_object);
    let network = properties.and_then(|properties| properties.get("virtualNetworkType")).and_then(Value::as_str);
    let joined = network.is_some_and(|network| ["External", "Internal"].iter().any(|known| network.eq_ignore_ascii_case(known)));
    let dedicated =
        joined || has(body.and_then(|body| body.get("zones"))) || has(properties.and_then(|p| p.get("additionalLocations")));
    let version = service.api_version().and_then(Value::as_str).and_then(Version::parse);
    let before_v2 = version.zip(Version::parse("2023-05-01-preview")).is_some_and(|(version, first)| version < first);
    if dedicated && before_v2 { Tier::Classic } else { Tier::Open }
}

fn text(value: Option<&Value>) -> &str {
    value.and_then(Value::as_str).unwrap_or("?")
}

fn why(value: Option<&Value>) -> String {
    match value.and_then(Value::as_unknown) {
        Some(unknown) => unknown.why.to_string(),
        None => "it is not given".to_owned(),
    }
}
