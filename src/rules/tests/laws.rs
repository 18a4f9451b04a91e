//! Laws that hold for every service, drawn at random.

use jiff::civil::date;
use proptest::prelude::{Just, Strategy, prop_oneof, proptest};
use proptest::sample::select;

use super::{World, builtin};
use crate::diagnostic::{Diagnostic, Verdict};

/// A value of a member, or its absence.
type Drawn = Option<&'static str>;

const UNKNOWN: &str = r#"{ "$unknown": "parameters('x')" }"#;
const PIP: &str = r#""/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/publicIPAddresses/pip""#;

/// The members that the rules look at, and what they may be: `[name, …values]`, by the object they are in.
const MEMBERS: [(&str, &[&str]); 11] = [
    ("service apiVersion", &[r#""2019-12-01""#, r#""2020-12-01""#, r#""2022-08-01""#, r#""2025-03-01-preview""#]),
    ("sku name", &[r#""Developer""#, r#""Consumption""#, r#""Premium""#, r#""StandardV2""#]),
    ("service zones", &["null", "[]", r#"["1"]"#]),
    ("properties restore", &["false", "true"]),
    ("properties virtualNetworkType", &[r#""None""#, r#""External""#, r#""Internal""#]),
    ("properties publicIpAddressId", &["null", r#""""#, PIP, r#""/elsewhere""#]),
    ("location zones", &["[]", r#"["1"]"#]),
    ("location publicIpAddressId", &[PIP]),
    ("ip sku", &["{}", r#"{ "name": "Basic" }"#, r#"{ "name": "Standard" }"#]),
    ("ipp publicIPAddressVersion", &[r#""IPv4""#, r#""IPv6""#]),
    ("ipp publicIPAllocationMethod", &[r#""Static""#, r#""Dynamic""#]),
];

fn drawn() -> impl Strategy<Value = Vec<Drawn>> {
    MEMBERS.map(|(_, values)| prop_oneof![1 => Just(None), 3 => select(values).prop_map(Some)]).to_vec()
}

/// The JSON of the drawn members, those in `hidden` unknown, in an order and a letter case that `turned` changes.
fn template(members: &[Drawn], hidden: &[bool], turned: bool) -> String {
    let of = |object: &str, more: &[String]| {
        let mut written: Vec<String> = more.to_vec();
        for (n, (name, value)) in MEMBERS.iter().zip(members).enumerate() {
            let (owner, key) = name.0.split_once(' ').unwrap();
            let Some(value) = value.filter(|_| owner == object) else { continue };
            let key = if turned { key.to_ascii_uppercase() } else { key.to_owned() };
            written.push(format!(
                "\"{key}\": {}",
                if hidden[n] { UNKNOWN.replace('x', &format!("x{n}")) } else { value.to_owned() }
            ));
        }
        if turned {
            written.reverse();
        }
        format!("{{ {} }}", written.join(", "))
    };
    let member = |name: &str, value: String| format!("\"{name}\": {value}");
    let named = |kind: &str, name: &str| vec![member("type", format!("\"{kind}\"")), member("name", format!("\"{name}\""))];
    let subnet = member("virtualNetworkConfiguration", r#"{ "subnetResourceId": "/b" }"#.to_owned());
    let located = MEMBERS.iter().zip(members).any(|(member, value)| member.0.starts_with("location ") && value.is_some());
    let locations =
        member("additionalLocations", if located { format!("[{}]", of("location", &[subnet])) } else { "[]".to_owned() });
    let service = [
        named("Microsoft.ApiManagement/service", "apim"),
        vec![member("sku", of("sku", &[])), member("properties", of("properties", &[locations]))],
    ];
    let address = [named("Microsoft.Network/publicIPAddresses", "pip"), vec![member("properties", of("ipp", &[]))]];
    let text = format!("[{}, {}]", of("service", &service.concat()), of("ip", &address.concat()));
    if turned {
        text.replace("Microsoft", "MICROSOFT").replace("Developer", "developer").replace("External", "EXTERNAL")
    } else {
        text
    }
}

/// What each rule says by itself, as often as it says it: which fail, and which are undecided, and where. A rule that makes way
/// for another (`supersedes`) is heard too: whether it does hangs on the verdict of the other.
fn verdicts(json: &str) -> Vec<(String, bool, String)> {
    let world = World::new(json);
    let told = world.heard(builtin(), date(2026, 11, 23));
    let said = |told: &Diagnostic| (told.rule.to_string(), told.verdict == Verdict::Fails, told.path.to_ascii_lowercase());
    let mut said: Vec<_> = told.iter().map(said).collect();
    said.sort();
    said
}

/// Whether a service is one that the rules hold to be impossible, and therefore conclude from (X7): Consumption in a network,
/// with zones or locations, or a tier that the API version does not know.
fn is_impossible(members: &[Drawn]) -> bool {
    let [version, sku, zones, _, network, _, ..] = members else { return false };
    let version = version.unwrap_or("\"9\"");
    match *sku {
        Some(r#""Consumption""#) => {
            let network = !matches!(*network, None | Some(r#""None""#));
            network || *zones == Some(r#"["1"]"#) || members[6..8].iter().any(Option::is_some)
        }
        Some(r#""StandardV2""#) => version < "\"2023-05-01",
        _ => false,
    }
}

proptest! {
    /// Knowing more may decide what was undecided; it never turns a failure into a pass or a pass into a failure.
    #[test]
    fn hiding_values_never_turns_a_verdict(members in drawn().prop_filter("impossible", |members| !is_impossible(members)), hidden in [proptest::bool::weighted(0.3); 11]) {
        let known = verdicts(&template(&members, &[false; 11], false));
        let told = verdicts(&template(&members, &hidden, false));
        for said in told.iter().filter(|said| said.1) {
            assert!(known.iter().any(|other| other.1 && other.0 == said.0), "{said:?} fails only without the values\n{known:?}");
        }
        for said in known.iter().filter(|said| said.1) {
            assert!(told.iter().any(|other| other.0 == said.0), "{said:?} passes without the values\n{told:?}");
        }
    }

    /// Neither the order of members nor their letter case matters.
    #[test]
    fn order_and_case_do_not_matter(members in drawn(), hidden in [proptest::bool::weighted(0.1); 11]) {
        assert_eq!(verdicts(&template(&members, &hidden, false)), verdicts(&template(&members, &hidden, true)));
    }
}
