//! Decisions about the built-in rules that may not change by accident: one row, one service, what the rules say of it.

use super::{World, builtin};
use crate::diagnostic::{Diagnostic, Verdict};
use jiff::civil::date;

/// The verdict in a letter: the severity's first, `?` for undecided, `-` for nothing.
fn letter(told: &[Diagnostic], rule: &str) -> String {
    let of_rule = told.iter().filter(|diagnostic| diagnostic.rule.strip_prefix("api-management/") == Some(rule));
    let letters: String = of_rule
        .map(|diagnostic| match &diagnostic.verdict {
            Verdict::Fails => diagnostic.severity.as_str()[..1].to_ascii_uppercase(),
            Verdict::Undecided(_) => "?".to_owned(),
        })
        .collect();
    if letters.is_empty() { "-".to_owned() } else { letters }
}

const RULES: [&str; 8] = [
    "stv1-api-version",
    "vnet-without-standard-public-ip",
    "non-standard-public-ip",
    "ipv6-public-ip",
    "dynamic-public-ip",
    "additional-location-without-public-ip",
    "zones-without-premium",
    "zones-on-stv1-api-version",
];

const PIP: &str = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/publicIPAddresses/pip";

/// A service of this version and SKU with these properties and further members, beside these resources.
fn service(version: &str, sku: &str, properties: &str, members: &str, beside: &str) -> String {
    let sku = if sku.is_empty() { String::new() } else { format!(r#""sku": {{ "name": {sku}, "capacity": 1 }},"#) };
    let (members, beside) = (
        if members.is_empty() { String::new() } else { format!("{members},") },
        if beside.is_empty() { String::new() } else { format!(", {beside}") },
    );
    format!(
        r#"[{{ "type": "Microsoft.ApiManagement/service", "apiVersion": "{version}", "name": "apim", {sku} {members} "properties": {{ {properties} }} }}{beside}]"#
    )
}

fn address(members: &str) -> String {
    format!(r#"{{ "type": "Microsoft.Network/publicIPAddresses", "apiVersion": "2023-09-01", "name": "pip" {members} }}"#)
}

#[test]
fn every_service_is_judged_as_decided() {
    const UNKNOWN: &str = r#"{ "$unknown": "parameters('sku')" }"#;
    let external = r#""virtualNetworkType": "External", "virtualNetworkConfiguration": { "subnetResourceId": "/subnets/a" }"#;
    let internal = r#""virtualNetworkType": "internal""#;
    let given = |kind: &str| format!(r#""virtualNetworkType": "External", "publicIpAddressId": {kind}"#);
    let in_template = given(&format!("\"{PIP}\""));
    let standard = r#", "sku": { "name": "Standard" }, "properties": { "publicIPAllocationMethod": "Static" }"#;
    let ip = |members: &str| address(members);
    let location = |members: &str| {
        format!(
            r#"{external}, "publicIpAddressId": "{PIP}", "additionalLocations": [{{ "location": "West Europe", "sku": {{ "name": "Premium" }} {members} }}]"#
        )
    };
    let rows: Vec<(&str, String)> = vec![
        // The table of the catalogue.
        ("2020-12-01, Developer, None", service("2020-12-01", r#""Developer""#, "", "", "")),
        ("2020-12-01, Consumption", service("2020-12-01", r#""consumption""#, "", "", "")),
        ("2020-12-01, SKU unknown, None", service("2020-12-01", UNKNOWN, "", "", "")),
        ("2020-12-01, SKU unknown, External + subnet", service("2020-12-01", UNKNOWN, external, "", "")),
        ("2021-01-01-preview, Premium, Internal", service("2021-01-01-preview", r#""Premium""#, internal, "", "")),
        ("2024-05-01, Developer, Internal", service("2024-05-01", r#""Developer""#, internal, "", "")),
        (
            "2024-05-01, Premium, External, zones",
            service("2024-05-01", r#""Premium""#, external, r#""zones": ["1", "2", "3"]"#, ""),
        ),
        (
            "2024-05-01, Premium, External, Basic address",
            service("2024-05-01", r#""Premium""#, &in_template, "", &ip(r#", "sku": { "name": "Basic" }"#)),
        ),
        (
            "2024-05-01, Premium, External, address unknown",
            service("2024-05-01", r#""Premium""#, &given(r#"{ "$unknown": "parameters('ip')" }"#), "", ""),
        ),
        ("2024-05-01, StandardV2, External", service("2024-05-01", r#""StandardV2""#, external, "", "")),
        ("existing at 2019-12-01", service("2019-12-01", r#""Developer""#, "", r#""existing": true"#, "")),
        // X0, X1
        ("restored at 2019-12-01", service("2019-12-01", r#""Developer""#, r#""restore": true"#, "", "")),
        (
            "restore unknown at 2019-12-01",
            service("2019-12-01", r#""Developer""#, r#""restore": { "$unknown": "parameters('r')" }"#, "", ""),
        ),
        ("condition false", service("2019-12-01", r#""Developer""#, "", r#""condition": false"#, "")),
        (
            "condition unknown",
            service("2019-12-01", r#""Developer""#, "", r#""condition": { "$unknown": "parameters('deploy')" }"#, ""),
        ),
        // X2, X7
        (
            "2020-12-01, SKU one of Developer, Premium",
            service("2020-12-01", r#"{ "$unknown": "parameters('sku')", "allowed": ["Developer", "Premium"] }"#, "", "", ""),
        ),
        (
            "2020-12-01, SKU one of Developer, Consumption",
            service("2020-12-01", r#"{ "$unknown": "parameters('sku')", "allowed": ["Developer", "Consumption"] }"#, "", "", ""),
        ),
        (
            "2020-12-01, SKU one of Developer, Consumption, External",
            service(
                "2020-12-01",
                r#"{ "$unknown": "parameters('sku')", "allowed": ["Developer", "Consumption"] }"#,
                external,
                "",
                "",
            ),
        ),
        (
            "2020-12-01, SKU one of Developer, StandardV2",
            service("2020-12-01", r#"{ "$unknown": "parameters('sku')", "allowed": ["Developer", "StandardV2"] }"#, "", "", ""),
        ),
        ("2020-12-01, SKU unknown, zones", service("2020-12-01", UNKNOWN, "", r#""zones": ["1"]"#, "")),
        ("2018-01-01, SKU unknown (before Consumption)", service("2018-01-01", UNKNOWN, "", "", "")),
        ("2024-05-01, SKU unknown, External", service("2024-05-01", UNKNOWN, external, "", "")),
        ("2022-08-01, SKU unknown, External (before v2)", service("2022-08-01", UNKNOWN, external, "", "")),
        ("2019-12-01, no sku", service("2019-12-01", "", "", "", "")),
        ("2014-02-14, properties.sku Consumption", service("2014-02-14", "", r#""sku": { "name": "Consumption" }"#, "", "")),
        (
            "version unknown, Developer",
            service("x", r#""Developer""#, "", "", "").replace("\"x\"", r#"{ "$unknown": "parameters('v')" }"#),
        ),
        ("malformed version, Developer", service("latest", r#""Developer""#, "", "", "")),
        ("2019-12-01-Preview, Developer", service("2019-12-01-Preview", r#""Developer""#, "", "", "")),
        ("2020-12-01, StandardV2", service("2020-12-01", r#""StandardV2""#, "", "", "")),
        // The address
        (
            "network type unknown, no address",
            service("2024-05-01", r#""Premium""#, r#""virtualNetworkType": { "$unknown": "parameters('n')" }"#, "", ""),
        ),
        (
            "network type unknown, Consumption",
            service("2024-05-01", r#""Consumption""#, r#""virtualNetworkType": { "$unknown": "parameters('n')" }"#, "", ""),
        ),
        ("network type null", service("2024-05-01", r#""Premium""#, r#""virtualNetworkType": null"#, "", "")),
        ("address null", service("2024-05-01", r#""Premium""#, &given("null"), "", "")),
        ("address ''", service("2024-05-01", r#""Premium""#, &given("\"\""), "", "")),
        ("address outside", service("2024-05-01", r#""Premium""#, &in_template, "", "")),
        ("address existing", service("2024-05-01", r#""Premium""#, &in_template, "", &ip(r#", "existing": true"#))),
        ("address not deployed", service("2024-05-01", r#""Premium""#, &in_template, "", &ip(r#", "condition": false"#))),
        ("address Standard, Static", service("2024-05-01", r#""Premium""#, &in_template, "", &ip(standard))),
        (
            "address in another case",
            service(
                "2024-05-01",
                r#""Premium""#,
                &in_template.replace("publicIPAddresses/pip", "PUBLICIPADDRESSES/PIP"),
                "",
                &ip(standard),
            ),
        ),
        ("address without sku", service("2024-05-01", r#""Premium""#, &in_template, "", &ip(""))),
        (
            "address SKU unknown",
            service(
                "2024-05-01",
                r#""Premium""#,
                &in_template,
                "",
                &ip(
                    r#", "sku": { "name": { "$unknown": "parameters('s')" } }, "properties": { "publicIPAllocationMethod": "Static" }"#,
                ),
            ),
        ),
        (
            "address StandardV2",
            service("2024-05-01", r#""Premium""#, &in_template, "", &ip(r#", "sku": { "name": "StandardV2" }"#)),
        ),
        (
            "address IPv6",
            service(
                "2024-05-01",
                r#""Premium""#,
                &in_template,
                "",
                &ip(
                    r#", "sku": { "name": "Standard" }, "properties": { "publicIPAddressVersion": "ipv6", "publicIPAllocationMethod": "static" }"#,
                ),
            ),
        ),
        (
            "address Standard, Dynamic",
            service(
                "2024-05-01",
                r#""Premium""#,
                &in_template,
                "",
                &ip(r#", "sku": { "name": "Standard" }, "properties": { "publicIPAllocationMethod": "Dynamic" }"#),
            ),
        ),
        (
            "address Standard, method absent",
            service("2024-05-01", r#""Premium""#, &in_template, "", &ip(r#", "sku": { "name": "Standard" }"#)),
        ),
        (
            "address Basic, on StandardV2",
            service("2024-05-01", r#""StandardV2""#, &in_template, "", &ip(r#", "sku": { "name": "Basic" }"#)),
        ),
        (
            "address Basic, on Consumption",
            service("2024-05-01", r#""Consumption""#, &in_template, "", &ip(r#", "sku": { "name": "Basic" }"#)),
        ),
        (
            "two resources are the address",
            service("2024-05-01", r#""Premium""#, &in_template, "", &format!("{}, {}", ip(standard), ip(""))),
        ),
        // Locations
        ("location without subnet", service("2024-05-01", r#""Premium""#, &location(""), "", &ip(standard))),
        (
            "location with subnet",
            service(
                "2024-05-01",
                r#""Premium""#,
                &location(r#", "virtualNetworkConfiguration": { "subnetResourceId": "/b" }"#),
                "",
                &ip(standard),
            ),
        ),
        (
            "location with subnet and zones",
            service(
                "2024-05-01",
                r#""Premium""#,
                &location(r#", "zones": ["1"], "virtualNetworkConfiguration": { "subnetResourceId": "/b" }"#),
                "",
                &ip(standard),
            ),
        ),
        (
            "location with subnet and Basic address",
            service(
                "2024-05-01",
                r#""Premium""#,
                &location(&format!(
                    r#", "publicIpAddressId": "{PIP}", "virtualNetworkConfiguration": {{ "subnetResourceId": "/b" }}"#
                )),
                "",
                &ip(r#", "sku": { "name": "Basic" }"#),
            ),
        ),
        (
            "location with subnet, address outside",
            service(
                "2024-05-01",
                r#""Premium""#,
                &location(r#", "publicIpAddressId": "/other", "virtualNetworkConfiguration": { "subnetResourceId": "/b" }"#),
                "",
                &ip(standard),
            ),
        ),
        (
            "locations unknown",
            service(
                "2024-05-01",
                r#""Premium""#,
                &format!(r#"{in_template}, "additionalLocations": {{ "$unknown": "parameters('l')" }}"#),
                "",
                &ip(standard),
            ),
        ),
        // Zones
        ("zones on Developer", service("2024-05-01", r#""Developer""#, "", r#""zones": ["1"]"#, "")),
        ("zones [] on Developer", service("2024-05-01", r#""Developer""#, "", r#""zones": []"#, "")),
        ("zones null on Developer", service("2024-05-01", r#""Developer""#, "", r#""zones": null"#, "")),
        ("zones on PremiumV2", service("2025-03-01-preview", r#""PremiumV2""#, "", r#""zones": ["1"]"#, "")),
        ("zones on unknown SKU", service("2024-05-01", UNKNOWN, "", r#""zones": ["1"]"#, "")),
        (
            "zones unknown on Developer",
            service("2024-05-01", r#""Developer""#, "", r#""zones": { "$unknown": "parameters('z')" }"#, ""),
        ),
        (
            "zones unknown on premium",
            service("2024-05-01", r#""premium""#, "", r#""zones": { "$unknown": "parameters('z')" }"#, ""),
        ),
        ("zones at 2020-12-01 on Premium", service("2020-12-01", r#""Premium""#, "", r#""zones": ["1"]"#, "")),
        ("zones at 2019-12-01 on Premium", service("2019-12-01", r#""Premium""#, "", r#""zones": ["1"]"#, "")),
        (
            "zones of a location at 2020-12-01",
            service("2020-12-01", r#""Premium""#, r#""additionalLocations": [{ "zones": ["1"] }]"#, "", ""),
        ),
        (
            "zones unknown at 2020-12-01",
            service("2020-12-01", r#""Premium""#, "", r#""zones": { "$unknown": "parameters('z')" }"#, ""),
        ),
    ];
    let mut table = format!("{:56} stv1 vnet std  ipv6 dyn  loc  prem zone\n", "");
    for (what, json) in rows {
        let world = World::new(&json);
        let told = world.told_by(&[], &[]);
        let letters: Vec<String> = RULES.iter().map(|rule| format!("{:4}", letter(&told, rule))).collect();
        table += format!("{what:56} {}\n", letters.join(" ")).replace(" \n", "\n").trim_end_matches(' ');
    }
    let table: String = table.lines().map(|line| format!("{}\n", line.trim_end())).collect();
    insta::assert_snapshot!(table, @"
                                                             stv1 vnet std  ipv6 dyn  loc  prem zone
    2020-12-01, Developer, None                              E    -    -    -    -    -    -    -
    2020-12-01, Consumption                                  -    -    -    -    -    -    -    -
    2020-12-01, SKU unknown, None                            ?    -    -    -    -    -    -    -
    2020-12-01, SKU unknown, External + subnet               E    W    -    -    -    -    -    -
    2021-01-01-preview, Premium, Internal                    -    W    -    -    -    -    -    -
    2024-05-01, Developer, Internal                          -    W    -    -    -    -    -    -
    2024-05-01, Premium, External, zones                     -    E    -    -    -    -    -    -
    2024-05-01, Premium, External, Basic address             -    -    E    -    -    -    -    -
    2024-05-01, Premium, External, address unknown           -    ?    ?    ?    ?    -    -    -
    2024-05-01, StandardV2, External                         -    -    -    -    -    -    -    -
    existing at 2019-12-01                                   -    -    -    -    -    -    -    -
    restored at 2019-12-01                                   -    -    -    -    -    -    -    -
    restore unknown at 2019-12-01                            ?    -    -    -    -    -    -    -
    condition false                                          -    -    -    -    -    -    -    -
    condition unknown                                        E    -    -    -    -    -    -    -
    2020-12-01, SKU one of Developer, Premium                E    -    -    -    -    -    -    -
    2020-12-01, SKU one of Developer, Consumption            ?    -    -    -    -    -    -    -
    2020-12-01, SKU one of Developer, Consumption, External  E    W    -    -    -    -    -    -
    2020-12-01, SKU one of Developer, StandardV2             E    -    -    -    -    -    -    -
    2020-12-01, SKU unknown, zones                           E    -    -    -    -    -    ?    E
    2018-01-01, SKU unknown (before Consumption)             E    -    -    -    -    -    -    -
    2024-05-01, SKU unknown, External                        -    ?    -    -    -    -    -    -
    2022-08-01, SKU unknown, External (before v2)            -    W    -    -    -    -    -    -
    2019-12-01, no sku                                       E    -    -    -    -    -    -    -
    2014-02-14, properties.sku Consumption                   -    -    -    -    -    -    -    -
    version unknown, Developer                               ?    -    -    -    -    -    -    -
    malformed version, Developer                             -    -    -    -    -    -    -    -
    2019-12-01-Preview, Developer                            E    -    -    -    -    -    -    -
    2020-12-01, StandardV2                                   -    -    -    -    -    -    -    -
    network type unknown, no address                         -    ?    -    -    -    -    -    -
    network type unknown, Consumption                        -    -    -    -    -    -    -    -
    network type null                                        -    -    -    -    -    -    -    -
    address null                                             -    W    -    -    -    -    -    -
    address ''                                               -    W    -    -    -    -    -    -
    address outside                                          -    ?    ?    ?    ?    -    -    -
    address existing                                         -    ?    ?    ?    ?    -    -    -
    address not deployed                                     -    ?    ?    ?    ?    -    -    -
    address Standard, Static                                 -    -    -    -    -    -    -    -
    address in another case                                  -    -    -    -    -    -    -    -
    address without sku                                      -    -    W    -    -    -    -    -
    address SKU unknown                                      -    -    ?    -    -    -    -    -
    address StandardV2                                       -    -    ?    -    -    -    -    -
    address IPv6                                             -    -    -    E    -    -    -    -
    address Standard, Dynamic                                -    -    -    -    E    -    -    -
    address Standard, method absent                          -    -    -    -    W    -    -    -
    address Basic, on StandardV2                             -    -    -    -    -    -    -    -
    address Basic, on Consumption                            -    -    -    -    -    -    -    -
    two resources are the address                            -    ?    ?    ?    ?    -    -    -
    location without subnet                                  -    -    -    -    -    -    -    -
    location with subnet                                     -    -    -    -    -    W    -    -
    location with subnet and zones                           -    -    -    -    -    E    -    -
    location with subnet and Basic address                   -    -    EE   -    -    -    -    -
    location with subnet, address outside                    -    -    ?    ?    ?    ?    -    -
    locations unknown                                        -    -    ?    ?    ?    ?    -    -
    zones on Developer                                       -    -    -    -    -    -    E    -
    zones [] on Developer                                    -    -    -    -    -    -    -    -
    zones null on Developer                                  -    -    -    -    -    -    -    -
    zones on PremiumV2                                       -    -    -    -    -    -    E    -
    zones on unknown SKU                                     -    -    -    -    -    -    ?    -
    zones unknown on Developer                               -    -    -    -    -    -    ?    -
    zones unknown on premium                                 -    -    -    -    -    -    -    -
    zones at 2020-12-01 on Premium                           E    -    -    -    -    -    -    E
    zones at 2019-12-01 on Premium                           E    -    -    -    -    -    -    E
    zones of a location at 2020-12-01                        E    -    -    -    -    -    -    E
    zones unknown at 2020-12-01                              E    -    -    -    -    -    -    ?
    ");
}

#[test]
fn the_rule_of_2021_is_an_error_by_date_by_option_and_with_zones() {
    let world = World::new(&service("2024-05-01", r#""Developer""#, r#""virtualNetworkType": "Internal""#, "", ""));
    let rule = ["vnet-without-standard-public-ip"];
    let severity = |options: &[&str], day| letter(&world.judged(builtin(), &rule, options, day), rule[0]);
    assert_eq!(severity(&[], date(2024, 5, 1)), "W", "optional since that day");
    assert_eq!(severity(&[], date(2024, 4, 30)), "E", "required until then");
    assert_eq!(severity(&["vnet-without-standard-public-ip.strict=true"], date(2026, 11, 23)), "E", "asked to be strict");
    assert_eq!(severity(&["api-management/vnet-without-standard-public-ip.strict=false"], date(2026, 11, 23)), "W");
}
