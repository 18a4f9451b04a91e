//! What a diagnostic says and where, and each word of the rule language on a small example.

use jiff::civil::date;

use super::{World, load};

const PIP: &str = r#"
  { "type": "Microsoft.Network/publicIPAddresses", "apiVersion": "2023-09-01", "name": "pip",
    "sku": { "name": "Basic" },
    "properties": { "publicIPAllocationMethod": "Dynamic" } }"#;

#[test]
fn an_old_version_is_shown_where_it_stands_with_a_fix_as_safe_as_the_rest_allows() {
    let world = World::new(
        r#"{ "defaults": { "version": "2016-07-07", "sku": { "name": "Premium", "capacity": 1 } }, "resources": [
  { "type": "Microsoft.ApiManagement/service",
    "apiVersion": "2019-12-01",
    "name": "apim-contoso-dev",
    "sku": { "name": "Developer", "capacity": 1 } },
  { "type": "Microsoft.ApiManagement/service",
    "apiVersion": { "$default": "version" },
    "name": { "$unknown": "parameters('env')", "text": ["apim-", null] },
    "condition": { "$unknown": "parameters('deploy')" },
    "sku": { "$default": "sku" } }
] }"#,
    );
    insta::assert_snapshot!(world.show_all(&world.told_by(&["stv1-api-version"], &[])), @r#"
    error: stv1-api-version: service `apim-contoso-dev` is deployed with API version 2019-12-01
      --> 3:19 "2019-12-01" | older than 2021-01-01-preview: the v1 platform (stv1)
      at apiVersion
      help: write "2024-05-01"; versions before 2021-08-01 are retired since 1 June 2024, and Azure hosts nothing on stv1 any more
      fix (Safe): write API version 2024-05-01: 3:19 "\"2019-12-01\"" -> "\"2024-05-01\""
    error: stv1-api-version: service `apim-{env}` is deployed with API version 2016-07-07
      --> 7:19 { "$default": "version" } | older than 2021-01-01-preview: the v1 platform (stv1)
        + 1:28 "2016-07-07" | default value of parameter `version`
      at apiVersion
      help: write "2024-05-01"; versions before 2021-08-01 are retired since 1 June 2024, and Azure hosts nothing on stv1 any more
      if: parameters('deploy')
      fix (Unsafe): write API version 2024-05-01: 1:28 "\"2016-07-07\"" -> "\"2024-05-01\""
    "#);
}

#[test]
fn a_missing_address_is_shown_on_the_network_type_and_where_that_was_set() {
    let world = World::new(
        r#"{ "defaults": { "networkType": "External" }, "resources": [
  { "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "apim", "sku": { "name": "Premium" },
    "properties": {
      "virtualNetworkType": { "$default": "networkType" },
      "publicIpAddressId": "",
      "additionalLocations": [
        { "location": "West Europe", "zones": ["1"], "virtualNetworkConfiguration": { "subnetResourceId": "/b" } }
      ] } }
] }"#,
    );
    let rules = ["vnet-without-standard-public-ip", "additional-location-without-public-ip"];
    insta::assert_snapshot!(world.show_all(&world.told_by(&rules, &[])), @r#"
    warning: vnet-without-standard-public-ip: service `apim` joins a virtual network (External) without a public IP address of its own
      --> 4:29 { "$default": "networkType" } | External
        + 1:32 "External" | default value of parameter `networkType`
        + 5:28 "" | no address
      at properties.virtualNetworkType
      help: add a Standard, Static IPv4 public IP address and refer to it in `publicIpAddressId`; every service in a virtual network needed one from 2021 on, since May 2024 Azure manages one where none is given
    error: additional-location-without-public-ip: location West Europe of service `apim` joins a virtual network without a public IP address of its own
      --> 7:107 "/b" | West Europe joins this subnet
      at properties.additionalLocations[0].virtualNetworkConfiguration.subnetResourceId
      help: add a Standard, Static IPv4 public IP address in that region and refer to it in the location's `publicIpAddressId`; availability zones in a virtual network still need one of your own
    "#);
}

#[test]
fn an_unfit_address_is_shown_from_the_service_with_the_address_as_a_label() {
    let service = r#"[
  { "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "apim", "sku": { "name": "Premium" },
    "properties": {
      "virtualNetworkType": "External",
      "publicIpAddressId": "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/publicIPAddresses/pip" } },"#;
    let told = |ip: &str| {
        let world = World::new(&format!("{service}{ip}]"));
        world.show_all(&world.told_by(&["non-standard-public-ip", "dynamic-public-ip", "ipv6-public-ip"], &[]))
    };
    let absent = PIP.replace(r#""sku": { "name": "Basic" },"#, "").replace(r#"{ "publicIPAllocationMethod": "Dynamic" }"#, "{ }");
    insta::assert_snapshot!(format!("{}\n{}\n{}", told(PIP), told(&absent), told(&PIP.replace("Basic", "Standard"))), @r#"
    error: non-standard-public-ip: public IP address `pip` of service `apim` has SKU Basic, it must be Standard
      --> 5:28 "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/publicIPAddresses/pip" | the service refers to it here
        + 7:22 "Basic" | Basic, not Standard
      at properties.publicIpAddressId
      help: set `sku.name` to "Standard" and `publicIPAllocationMethod` to "Static"; Basic addresses are retired since 30 September 2025
      fix (Unsafe): make the address Standard and Static: 7:22 "\"Basic\"" -> "\"Standard\""; 8:49 "\"Dynamic\"" -> "\"Static\""

    warning: non-standard-public-ip: public IP address `pip` of service `apim` names no SKU, which makes it Basic; it must be Standard
      --> 5:28 "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/publicIPAddresses/pip" | the service refers to it here
        + 6:13 "Microsoft.Network/publicIPAddresses" | no `sku`
      at properties.publicIpAddressId
      help: set `sku.name` to "Standard" and `publicIPAllocationMethod` to "Static"; Basic addresses are retired since 30 September 2025
      fix (Unsafe): make the address Standard and Static: 6:4 "" -> " \"sku\": { \"name\": \"Standard\" },"; 8:20 "" -> " \"publicIPAllocationMethod\": \"Static\""

    error: dynamic-public-ip: public IP address `pip` of service `apim` is Standard and Dynamic, it must be Static
      --> 5:28 "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/publicIPAddresses/pip" | the service refers to it here
        + 8:49 "Dynamic" | Dynamic, not Static
      at properties.publicIpAddressId
      help: set `publicIPAllocationMethod` to "Static"; Azure refuses anything else on a Standard address (StandardSkuPublicIPAddressesMustBeStatic)
      fix (Safe): make the address Static: 8:49 "\"Dynamic\"" -> "\"Static\""
    "#);
}

#[test]
fn what_cannot_be_told_names_the_value_and_for_which_values_it_fails() {
    let world = World::new(
        r#"[
  { "type": "Microsoft.ApiManagement/service", "apiVersion": "2020-12-01", "name": "one",
    "sku": { "name": { "$unknown": "parameters('sku')", "allowed": ["Developer", "Consumption", "Premium"] } } },
  { "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "two", "sku": { "name": "Premium" },
    "properties": { "virtualNetworkType": "External", "publicIpAddressId": { "$unknown": "parameters('ip')" } } },
  { "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "three", "sku": { "name": "Premium" },
    "properties": { "virtualNetworkType": "External",
      "publicIpAddressId": "/subscriptions/s/resourceGroups/hub/providers/Microsoft.Network/publicIPAddresses/shared" } },
  { "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": "four", "sku": { "name": "Premium" },
    "properties": { "$unknown": "parameters('properties')" } }
]"#,
    );
    insta::assert_snapshot!(world.show_all(&world.told_by(&["stv1-api-version", "vnet-without-standard-public-ip"], &[])), @r#"
    undecided (fails for 2 of 3 allowed values: Developer, Premium): stv1-api-version: cannot tell whether service `one` is deployed with an API version of the v1 platform (stv1)
      --> 3:22 { "$unknown": "parameters('sku')", "allowed": ["Developer", "Consumption", "Premium"] } | parameter `sku` has no default and no parameter file gives it
      at apiVersion
    undecided (parameter `ip` has no default and no parameter file gives it): vnet-without-standard-public-ip: cannot tell whether service `two` has a public IP address of its own in its virtual network
      --> 5:76 { "$unknown": "parameters('ip')" } | parameter `ip` has no default and no parameter file gives it
      at properties.virtualNetworkType
    undecided (`Microsoft.Network/publicIPAddresses/shared` is not in the files being linted): vnet-without-standard-public-ip: cannot tell whether service `three` has a public IP address of its own in its virtual network
      --> 8:28 "/subscriptions/s/resourceGroups/hub/providers/Microsoft.Network/publicIPAddresses/shared" | `Microsoft.Network/publicIPAddresses/shared` is not in the files being linted
      at properties.virtualNetworkType
    undecided (parameter `properties` has no default and no parameter file gives it): vnet-without-standard-public-ip: cannot tell whether service `four` has a public IP address of its own in its virtual network
      --> 10:19 { "$unknown": "parameters('properties')" } | parameter `properties` has no default and no parameter file gives it
      at properties
    "#);
}

#[test]
fn zones_are_shown_on_the_zones_with_the_tier_or_the_version_as_a_label() {
    let world = World::new(
        r#"{ "defaults": { "sku": { "name": "Developer", "capacity": 1 } }, "resources": [
  { "type": "microsoft.apimanagement/SERVICE", "apiVersion": "2019-12-01", "name": "apim",
    "sku": { "$default": "sku" }, "zones": ["1", "2"] },
  { "type": "Microsoft.ApiManagement/service", "apiVersion": "2025-03-01-preview", "name": "v2",
    "sku": { "name": "PremiumV2", "capacity": 1 }, "zones": ["1", "2"] }
] }"#,
    );
    insta::assert_snapshot!(world.show_all(&world.told_by(&["zones-on-stv1-api-version", "zones-without-premium"], &[])), @r#"
    error: zones-on-stv1-api-version: service `apim` sets availability zones with API version 2019-12-01
      --> 3:44 ["1", "2"] | `zones` is not known before 2020-06-01-preview
        + 2:62 "2019-12-01" | 2019-12-01 is older
      at zones
      help: write API version "2024-05-01"; versions before 2021-08-01 are retired since 1 June 2024
      fix (Safe): write API version 2024-05-01: 2:62 "\"2019-12-01\"" -> "\"2024-05-01\""
    error: zones-without-premium: service `apim` sets availability zones on SKU Developer
      --> 3:44 ["1", "2"] | only Premium takes `zones`
        + 3:12 { "$default": "sku" } | Developer, not Premium
        + 1:34 "Developer" | default value of parameter `sku`
      at zones
      help: choose SKU "Premium" or remove `zones`; Azure refuses them on other tiers
    error: zones-without-premium: service `v2` sets availability zones on SKU PremiumV2
      --> 5:61 ["1", "2"] | only Premium takes `zones`
        + 5:22 "PremiumV2" | PremiumV2, not Premium
      at zones
      help: remove `zones` and use `properties.zoneRedundant` when the service is created
    "#);
}

/// What a storage account with these properties is told by a rule with these members.
fn told(rule: &str, properties: &str, beside: &str) -> String {
    let rule = format!(
        r#"{{ "name": "storage/x", "title": "X", "severity": "error", "since": "1.0.0",
             "resource": "Microsoft.Storage/storageAccounts", "report": {{ "message": "{{self.name}}: {{found}}", "at": "$.properties.p" }}, {rule} }}"#
    );
    let rules = load(&[&rule]).unwrap_or_else(|problems| panic!("{problems}"));
    let world = World::new(&format!(
        r#"[{{ "type": "Microsoft.Storage/storageAccounts", "name": "a", "apiVersion": "2023-01-01", "properties": {properties} }}{beside}]"#
    ));
    let told = world.judged(&rules, &[], &[], date(2026, 11, 23));
    match told.as_slice() {
        [] => "passes".to_owned(),
        told => told
            .iter()
            .map(|told| match &told.verdict {
                crate::diagnostic::Verdict::Fails => format!("fails ({})", told.message),
                crate::diagnostic::Verdict::Undecided(why) => format!("undecided ({why})"),
            })
            .collect::<Vec<_>>()
            .join(", "),
    }
}

#[test]
fn every_operator_tells_true_from_false_from_unknown_from_absent() {
    const ANY: &str = r#"{ "$unknown": "u()" }"#;
    const HTTP: &str = r#"{ "$unknown": "u()", "text": ["http://", null] }"#;
    const ONE: &str = r#"{ "$unknown": "u()", "allowed": ["http://a", "HTTP://B"] }"#;
    let table = [
        (r#""exists": true"#, vec!["1", "null", ANY]),
        (r#""set": true"#, vec!["1", "null", "\"\"", "[]", "[1]", "{}", ANY, HTTP]),
        (r#""set": false"#, vec!["1", ANY]),
        (r#""equals": "Http://A""#, vec!["\"http://a\"", "\"b\"", "null", "1", ANY, HTTP, ONE]),
        (r#""equals": "Http://A", "exact": true"#, vec!["\"http://a\"", "\"Http://A\""]),
        (r#""equals": "b", "default": "B""#, vec!["\"a\"", "null"]),
        (r#""equals": ["1"]"#, vec!["[\"1\"]", "[\"2\"]", r#"[{ "$unknown": "u()" }]"#]),
        (r#""in": ["http://a", "http://b"]"#, vec!["\"HTTP://B\"", "\"c\"", ONE, HTTP]),
        (r#""in": [true, "true"]"#, vec!["true", "\"True\"", "false", "\"false\""]),
        (r#""startsWith": "http:""#, vec!["\"HTTP://x\"", "\"https://x\"", HTTP, ONE, "7"]),
        (r#""startsWith": ["https:", "http://a"]"#, vec![HTTP, r#"{ "$unknown": "u()", "text": ["http", null] }"#]),
        (r#""endsWith": "/apis""#, vec!["\"x/APIS\"", "\"x\"", r#"{ "$unknown": "u()", "text": [null, "/apis"] }"#, HTTP]),
        (r#""contains": "tp:""#, vec!["\"http:\"", "[\"tp:\"]", "[\"http:\"]", HTTP, ANY]),
        (r#""matches": "^h.+a$""#, vec!["\"Http://A\"", "\"b\"", ONE, HTTP]),
        (r#""greaterThan": 3"#, vec!["4", "3", "\"4\"", ANY]),
        (r#""lessThan": 3"#, vec!["2", "3"]),
        (r#""multipleOf": 3"#, vec!["6", "7", "0"]),
        (r#""olderThan": "2021-01-01""#, vec!["\"2021-01-01-preview\"", "\"2021-01-01\"", "\"soon\"", ANY]),
        (r#""newerThan": "2021-01-01""#, vec!["\"2021-01-02\"", "\"2021-01-01\"", "\"soon\""]),
        (r#""newerThan": { "asOf": 30 }"#, vec!["\"2026-12-24\"", "\"2026-12-23\""]),
        (r#""cannotTell": "nobody knows""#, vec!["1"]),
    ];
    let mut out = String::new();
    for (operator, values) in table {
        let rule = format!(r#""when": {{ "path": "$.properties.p", {operator} }}"#);
        out += &format!("{operator}\n");
        for value in values {
            out += &format!("    {value:50} {}\n", told(&rule, &format!(r#"{{ "p": {value} }}"#), ""));
        }
        out += &format!("    {:50} {}\n", "(absent)", told(&rule, "{}", ""));
    }
    insta::assert_snapshot!(out, @r#"
    "exists": true
        1                                                  fails (a: 1)
        null                                               fails (a: null)
        { "$unknown": "u()" }                              fails (a: {u()})
        (absent)                                           passes
    "set": true
        1                                                  fails (a: 1)
        null                                               passes
        ""                                                 passes
        []                                                 passes
        [1]                                                fails (a: 1)
        {}                                                 fails (a: {})
        { "$unknown": "u()" }                              undecided (only the deployment knows `u()`)
        { "$unknown": "u()", "text": ["http://", null] }   fails (a: http://{u()})
        (absent)                                           passes
    "set": false
        1                                                  passes
        { "$unknown": "u()" }                              undecided (only the deployment knows `u()`)
        (absent)                                           fails (a: nothing)
    "equals": "Http://A"
        "http://a"                                         fails (a: http://a)
        "b"                                                passes
        null                                               passes
        1                                                  passes
        { "$unknown": "u()" }                              undecided (only the deployment knows `u()`)
        { "$unknown": "u()", "text": ["http://", null] }   undecided (only the deployment knows `u()`)
        { "$unknown": "u()", "allowed": ["http://a", "HTTP://B"] } undecided (fails for 1 of 2 possible values: http://a)
        (absent)                                           passes
    "equals": "Http://A", "exact": true
        "http://a"                                         passes
        "Http://A"                                         fails (a: Http://A)
        (absent)                                           passes
    "equals": "b", "default": "B"
        "a"                                                passes
        null                                               fails (a: null)
        (absent)                                           fails (a: nothing)
    "equals": ["1"]
        ["1"]                                              fails (a: 1)
        ["2"]                                              passes
        [{ "$unknown": "u()" }]                            undecided (only the deployment knows `u()`)
        (absent)                                           passes
    "in": ["http://a", "http://b"]
        "HTTP://B"                                         fails (a: HTTP://B)
        "c"                                                passes
        { "$unknown": "u()", "allowed": ["http://a", "HTTP://B"] } fails (a: {u()})
        { "$unknown": "u()", "text": ["http://", null] }   undecided (only the deployment knows `u()`)
        (absent)                                           passes
    "in": [true, "true"]
        true                                               fails (a: true)
        "True"                                             fails (a: True)
        false                                              passes
        "false"                                            passes
        (absent)                                           passes
    "startsWith": "http:"
        "HTTP://x"                                         fails (a: HTTP://x)
        "https://x"                                        passes
        { "$unknown": "u()", "text": ["http://", null] }   fails (a: http://{u()})
        { "$unknown": "u()", "allowed": ["http://a", "HTTP://B"] } fails (a: {u()})
        7                                                  passes
        (absent)                                           passes
    "startsWith": ["https:", "http://a"]
        { "$unknown": "u()", "text": ["http://", null] }   undecided (only the deployment knows `u()`)
        { "$unknown": "u()", "text": ["http", null] }      undecided (only the deployment knows `u()`)
        (absent)                                           passes
    "endsWith": "/apis"
        "x/APIS"                                           fails (a: x/APIS)
        "x"                                                passes
        { "$unknown": "u()", "text": [null, "/apis"] }     fails (a: {u()}/apis)
        { "$unknown": "u()", "text": ["http://", null] }   undecided (only the deployment knows `u()`)
        (absent)                                           passes
    "contains": "tp:"
        "http:"                                            fails (a: http:)
        ["tp:"]                                            fails (a: tp:)
        ["http:"]                                          passes
        { "$unknown": "u()", "text": ["http://", null] }   fails (a: http://{u()})
        { "$unknown": "u()" }                              undecided (only the deployment knows `u()`)
        (absent)                                           passes
    "matches": "^h.+a$"
        "Http://A"                                         fails (a: Http://A)
        "b"                                                passes
        { "$unknown": "u()", "allowed": ["http://a", "HTTP://B"] } undecided (fails for 1 of 2 possible values: http://a)
        { "$unknown": "u()", "text": ["http://", null] }   undecided (only the deployment knows `u()`)
        (absent)                                           passes
    "greaterThan": 3
        4                                                  fails (a: 4)
        3                                                  passes
        "4"                                                passes
        { "$unknown": "u()" }                              undecided (only the deployment knows `u()`)
        (absent)                                           passes
    "lessThan": 3
        2                                                  fails (a: 2)
        3                                                  passes
        (absent)                                           passes
    "multipleOf": 3
        6                                                  fails (a: 6)
        7                                                  passes
        0                                                  fails (a: 0)
        (absent)                                           passes
    "olderThan": "2021-01-01"
        "2021-01-01-preview"                               fails (a: 2021-01-01-preview)
        "2021-01-01"                                       passes
        "soon"                                             passes
        { "$unknown": "u()" }                              undecided (only the deployment knows `u()`)
        (absent)                                           passes
    "newerThan": "2021-01-01"
        "2021-01-02"                                       fails (a: 2021-01-02)
        "2021-01-01"                                       passes
        "soon"                                             passes
        (absent)                                           passes
    "newerThan": { "asOf": 30 }
        "2026-12-24"                                       fails (a: 2026-12-24)
        "2026-12-23"                                       passes
        (absent)                                           passes
    "cannotTell": "nobody knows"
        1                                                  undecided (nobody knows)
        (absent)                                           passes
    "#);
}

#[test]
fn quantifiers_and_counts_see_every_hit_and_know_that_they_may_not() {
    let unknown = r#"{ "$unknown": "u()" }"#;
    let table = [
        r#"{ "any": "$.properties.p[*].n", "equals": 1 }"#,
        r#"{ "all": "$.properties.p[*].n", "equals": 1 }"#,
        r#"{ "none": "$.properties.p[*].n", "equals": 1 }"#,
        r#"{ "any": "$.properties.p[*]", "where": { "allOf": [{ "path": "$.n", "equals": 1 }, { "of": "self", "path": "$.name", "equals": "A" }] } }"#,
        r#"{ "any": "$.properties.p[*]", "as": "x", "where": { "any": "$.m[*]", "where": { "of": "x", "path": "$.n", "equals": 1 } } }"#,
        r#"{ "count": "$.properties.p[*]", "greaterThan": 1 }"#,
        r#"{ "path": "$.properties.q", "multipleOf": { "count": "$.properties.p[*]" } }"#,
        r#"{ "path": "$.properties.q", "in": { "path": "$.properties.p[*].n" } }"#,
    ];
    let lists = [
        "[]".to_owned(),
        r#"[{ "n": 1, "m": [0] }, { "n": 2 }]"#.to_owned(),
        format!(r#"[{{ "n": 1, "m": [0] }}, {unknown}]"#),
        unknown.to_owned(),
    ];
    let mut out = String::new();
    for predicate in table {
        out += &format!("{predicate}\n");
        for list in &lists {
            let verdict = told(&format!(r#""assert": {{ "not": {predicate} }}"#), &format!(r#"{{ "p": {list}, "q": 2 }}"#), "");
            out += &format!("    {list:50} {}\n", verdict.split(" (").next().unwrap());
        }
    }
    insta::assert_snapshot!(out, @r#"
    { "any": "$.properties.p[*].n", "equals": 1 }
        []                                                 passes
        [{ "n": 1, "m": [0] }, { "n": 2 }]                 fails
        [{ "n": 1, "m": [0] }, { "$unknown": "u()" }]      fails
        { "$unknown": "u()" }                              undecided
    { "all": "$.properties.p[*].n", "equals": 1 }
        []                                                 fails
        [{ "n": 1, "m": [0] }, { "n": 2 }]                 passes
        [{ "n": 1, "m": [0] }, { "$unknown": "u()" }]      undecided
        { "$unknown": "u()" }                              undecided
    { "none": "$.properties.p[*].n", "equals": 1 }
        []                                                 fails
        [{ "n": 1, "m": [0] }, { "n": 2 }]                 passes
        [{ "n": 1, "m": [0] }, { "$unknown": "u()" }]      passes
        { "$unknown": "u()" }                              undecided
    { "any": "$.properties.p[*]", "where": { "allOf": [{ "path": "$.n", "equals": 1 }, { "of": "self", "path": "$.name", "equals": "A" }] } }
        []                                                 passes
        [{ "n": 1, "m": [0] }, { "n": 2 }]                 fails
        [{ "n": 1, "m": [0] }, { "$unknown": "u()" }]      fails
        { "$unknown": "u()" }                              undecided
    { "any": "$.properties.p[*]", "as": "x", "where": { "any": "$.m[*]", "where": { "of": "x", "path": "$.n", "equals": 1 } } }
        []                                                 passes
        [{ "n": 1, "m": [0] }, { "n": 2 }]                 fails
        [{ "n": 1, "m": [0] }, { "$unknown": "u()" }]      fails
        { "$unknown": "u()" }                              undecided
    { "count": "$.properties.p[*]", "greaterThan": 1 }
        []                                                 passes
        [{ "n": 1, "m": [0] }, { "n": 2 }]                 fails
        [{ "n": 1, "m": [0] }, { "$unknown": "u()" }]      fails
        { "$unknown": "u()" }                              undecided
    { "path": "$.properties.q", "multipleOf": { "count": "$.properties.p[*]" } }
        []                                                 passes
        [{ "n": 1, "m": [0] }, { "n": 2 }]                 fails
        [{ "n": 1, "m": [0] }, { "$unknown": "u()" }]      fails
        { "$unknown": "u()" }                              undecided
    { "path": "$.properties.q", "in": { "path": "$.properties.p[*].n" } }
        []                                                 passes
        [{ "n": 1, "m": [0] }, { "n": 2 }]                 fails
        [{ "n": 1, "m": [0] }, { "$unknown": "u()" }]      undecided
        { "$unknown": "u()" }                              undecided
    "#);
}

#[test]
fn joins_lead_to_children_parents_names_and_those_who_refer() {
    let share = |name: &str, members: &str| {
        format!(
            r#", {{ "type": "Microsoft.Storage/storageAccounts/shares", "apiVersion": "2023-01-01", "name": "{name}", "properties": {{ {members} }} }}"#
        )
    };
    let backup = |id: &str| {
        format!(
            r#", {{ "type": "Microsoft.Backup/vaults", "apiVersion": "2023-01-01", "name": "v", "properties": {{ "of": {id} }} }}"#
        )
    };
    let me = r#""/subscriptions/S/resourceGroups/g/providers/Microsoft.Storage/storageAccounts/a/""#;
    let children = r#""join": { "shares": { "resource": "Microsoft.Storage/storageAccounts/shares", "children": "direct" } }, "assert": { "all": "$.properties.on", "of": "shares", "equals": true }"#;
    let refers = r#""join": { "backup": { "resource": "Microsoft.Backup/vaults", "refersBy": "$.properties.of" } }, "assert": { "count": "$", "of": "backup", "greaterThan": 0 }"#;
    let named = r#""join": { "backup": { "resource": "Microsoft.Backup/vaults", "name": "$.properties.p", "absent": "none" } }, "assert": { "of": "backup", "path": "$", "exists": true }"#;
    let chain = r#""join": { "vault": { "resource": "Microsoft.Backup/vaults", "name": "$.properties.p" }, "of": { "from": "vault", "resource": "Microsoft.Storage/storageAccounts", "id": "$.properties.of" } }, "assert": { "of": "of", "path": "$.name", "equals": "b" }"#;
    let rows = [
        ("children, all on", told(children, "{}", &(share("a/x", r#""on": true"#) + &share("a/y", r#""on": true"#)))),
        ("children, one off", told(children, "{}", &(share("a/x", r#""on": true"#) + &share("a/y", "")))),
        ("children of another", told(children, "{}", &share("b/x", ""))),
        ("one refers to it", told(refers, "{}", &backup(me))),
        ("one refers to another", told(refers, "{}", &backup("\"/b\""))),
        ("one may refer to it", told(refers, "{}", &backup(r#"{ "$unknown": "u()" }"#))),
        ("the name is there", told(named, r#"{ "p": "V" }"#, &backup(me))),
        ("the name is not there", told(named, r#"{ "p": "w" }"#, &backup(me))),
        ("the name is unknown", told(named, r#"{ "p": { "$unknown": "u()" } }"#, &backup(me))),
        ("a join from a join", told(chain, r#"{ "p": "v" }"#, &backup(me))),
    ];
    let table: String = rows.into_iter().map(|(what, verdict)| format!("{what:24} {verdict}\n")).collect();
    insta::assert_snapshot!(table, @"
    children, all on         passes
    children, one off        passes
    children of another      passes
    one refers to it         passes
    one refers to another    fails (a: nothing)
    one may refer to it      undecided (only the deployment knows `u()`)
    the name is there        passes
    the name is not there    fails (a: w)
    the name is unknown      undecided (only the deployment knows `u()`)
    a join from a join       fails (a: v)
    ");
}

#[test]
fn existing_resources_are_judged_only_where_the_rule_says_so() {
    let rules = |word: &str| {
        let rule = format!(
            r#"{{ "name": "storage/x", "title": "X", "severity": "error", "since": "1.0.0", "existing": "{word}",
                 "resource": "Microsoft.Storage/storageAccounts", "report": {{ "message": "{{self.name}}" }} }}"#
        );
        load(&[&rule]).unwrap()
    };
    let world = World::new(
        r#"[{ "type": "Microsoft.Storage/storageAccounts", "name": "new" }, { "type": "Microsoft.Storage/storageAccounts", "name": "old", "existing": true }]"#,
    );
    let names = |word: &str| {
        let told = world.judged(&rules(word), &[], &[], date(2026, 11, 23));
        told.into_iter().map(|told| told.message).collect::<Vec<_>>().join(" ")
    };
    assert_eq!([names("skip"), names("judge"), names("only")], ["new", "new old", "old"]);
}

#[test]
fn one_rule_silences_another_where_it_fails_and_a_group_is_one_diagnostic() {
    let first = r#"{ "name": "storage/first", "title": "X", "severity": "error", "since": "1.0.0", "supersedes": ["storage/second"],
        "resource": "Microsoft.Storage/storageAccounts", "when": { "path": "$.properties.p", "equals": 1 }, "report": { "message": "first {self.name}" } }"#;
    let second = r#"{ "name": "storage/second", "title": "X", "severity": "warning", "since": "1.0.0", "group": "$.apiVersion",
        "resource": ["Microsoft.Storage/storageAccounts", "Microsoft.Storage/storageAccounts/shares"], "when": { "path": "$.apiVersion", "olderThan": "2020-01-01" },
        "report": { "message": "{self.type} {self.name}", "at": "$.apiVersion" },
        "fix": { "title": "raise it", "safety": "safe", "set": [{ "path": "$.apiVersion", "to": "2023-01-01" }] } }"#;
    let rules = load(&[first, second]).unwrap_or_else(|problems| panic!("{problems}"));
    let world = World::new(
        r#"[
  { "type": "Microsoft.Storage/storageAccounts", "name": "a", "apiVersion": "2019-01-01", "properties": { "p": 1 } },
  { "type": "Microsoft.Storage/storageAccounts", "name": "b", "apiVersion": "2019-01-01", "properties": { "p": { "$unknown": "u()" } } },
  { "type": "Microsoft.Storage/storageAccounts/shares", "name": "a/x", "apiVersion": "2019-01-01" },
  { "type": "Microsoft.Storage/storageAccounts/shares", "name": "a/y", "apiVersion": "2018-01-01" }
]"#,
    );
    insta::assert_snapshot!(world.show_all(&world.judged(&rules, &[], &[], date(2026, 11, 23))), @r#"
    error: storage/first: first a
      --> 2:112 1 | 
      at properties.p
    warning: storage/second: Microsoft.Storage/storageAccounts b
      --> 3:77 "2019-01-01" | 
        + 4:86 "2019-01-01" | here too
      at apiVersion
      fix (Safe): raise it: 3:77 "\"2019-01-01\"" -> "\"2023-01-01\""; 4:86 "\"2019-01-01\"" -> "\"2023-01-01\""
    undecided (only the deployment knows `u()`): storage/first: cannot tell whether `b` breaks this rule: X
      --> 3:112 { "$unknown": "u()" } | only the deployment knows `u()`
      at properties.p
    warning: storage/second: Microsoft.Storage/storageAccounts/shares a/y
      --> 5:86 "2018-01-01" | 
      at apiVersion
      fix (Safe): raise it: 5:86 "\"2018-01-01\"" -> "\"2023-01-01\""
    "#);
}

/// `true`, `false` or `unknown`: what an operator says of a value.
fn answer(operator: &str, value: &str) -> &'static str {
    let told = told(&format!(r#""when": {{ "path": "$.properties.p", {operator} }}"#), &format!(r#"{{ "p": {value} }}"#), "");
    match told.split(' ').next() {
        Some("fails") => "true",
        Some("passes") => "false",
        _ => "unknown",
    }
}

#[test]
fn what_is_known_of_a_text_decides_where_it_can() {
    let table = [
        (r#""written": true"#, r#""s3cret""#, "true", "a literal"),
        (r#""written": false"#, r#""s3cret""#, "false", "a literal"),
        (r#""written": true"#, r#"["s3cret", { "$unknown": "parameters('p')" }]"#, "unknown", "an element that nothing gives"),
        (r#""written": true"#, r#"{ "$unknown": "parameters('p')" }"#, "unknown", "nothing gives it"),
        (r#""written": true"#, r#"{ "$unknown": "parameters('p')", "allowed": ["a", "b"] }"#, "true", "both are written out"),
        (r#""written": true"#, r#"{ "$unknown": "parameters('p')", "secure": true }"#, "false", "a secure parameter"),
        (
            r#""written": true"#,
            r#"{ "$unknown": "parameters('p')", "secure": true, "text": ["key=", null] }"#,
            "false",
            "a text with a secure parameter in it",
        ),
        (r#""written": true"#, r#"{ "$unknown": "listKeys('/id','2024-01-01').key" }"#, "false", "the deployment looks it up"),
        (r#""written": true"#, r#"{ "$unknown": "reference('/id').key", "text": ["key=", null] }"#, "false", "so it does"),
        (r#""written": true"#, r#"{ "$unknown": "newGuid()" }"#, "false", "the deployment draws it"),
        (r#""written": true"#, r#"{ "$unknown": "resourceGroup().name" }"#, "unknown", "a context may tell it"),
        (r#""matches": "^[a-z-]+$""#, r#"{ "$unknown": "u()", "text": ["apim_", null] }"#, "false", "an underscore stays"),
        (r#""matches": "^[a-z-]+$""#, r#"{ "$unknown": "u()", "text": ["apim-", null] }"#, "unknown", "a good start"),
        (r#""matches": "^.{9}""#, r#"{ "$unknown": "u()", "text": ["apim-of-me", null] }"#, "true", "ten are there"),
        (r#""longerThan": 3"#, r#""four""#, "true", "four"),
        (r#""longerThan": 4"#, r#""four""#, "false", "four"),
        (r#""longerThan": 3"#, r#"{ "$unknown": "u()", "text": ["four", null] }"#, "true", "four at least"),
        (r#""longerThan": 4"#, r#"{ "$unknown": "u()", "text": ["four", null] }"#, "unknown", "four at least"),
        (r#""shorterThan": 4"#, r#"{ "$unknown": "u()", "text": ["four", null] }"#, "false", "four at least"),
        (r#""shorterThan": 3"#, r#""😀""#, "true", "two units"),
        (r#""longerThan": 3"#, "12345", "false", "no string"),
        (r#""equals": "westeurope", "spaces": false"#, r#""West Europe""#, "true", "one region"),
        (r#""equals": "westeurope""#, r#""West Europe""#, "false", "two texts"),
        (r#""equals": "westeurope", "spaces": false"#, r#"{ "$unknown": "u()", "text": ["West E", null] }"#, "unknown", "may be"),
        (r#""equals": "westeurope", "spaces": false"#, r#"{ "$unknown": "u()", "text": ["West U", null] }"#, "false", "another"),
    ];
    for (operator, value, expected, why) in table {
        assert_eq!(answer(operator, value), expected, "{operator} of {value}: {why}");
    }
    assert_eq!(told(r#""when": { "path": "$.properties.p", "written": true }"#, "{}", ""), "passes", "nothing is written");
}

#[test]
fn what_an_operator_says_of_an_unknown_holds_of_all_that_it_may_be() {
    let operators = [
        r#""written": true"#,
        r#""set": true"#,
        r#""matches": "^[a-z]{2,6}$""#,
        r#""matches": "b""#,
        r#""longerThan": 3"#,
        r#""shorterThan": 5"#,
        r#""startsWith": "ab""#,
        r#""endsWith": "yz""#,
        r#""contains": "-""#,
        r#""equals": "abyz", "spaces": false"#,
    ];
    let unknowns = [
        (r#"{ "$unknown": "parameters('p')" }"#, vec!["\"\"", "\"ab\"", "\"a-b\"", "7", "null", "[\"-\"]"]),
        (r#"{ "$unknown": "parameters('p')", "text": ["ab", null] }"#, vec!["\"ab\"", "\"ab-yz\"", "\"ab yz\"", "\"abcdefg\""]),
        (r#"{ "$unknown": "parameters('p')", "text": [null, "yz"] }"#, vec!["\"yz\"", "\"AB yz\"", "\"-yz\""]),
        (r#"{ "$unknown": "parameters('p')", "text": ["a", null, "z"] }"#, vec!["\"az\"", "\"ab yz\"", "\"a1z\""]),
        (r#"{ "$unknown": "parameters('p')", "allowed": ["ab", "x-yz"] }"#, vec!["\"ab\"", "\"x-yz\""]),
    ];
    for operator in operators {
        for (unknown, may_be) in &unknowns {
            let said = answer(operator, unknown);
            for value in may_be {
                assert!(said == "unknown" || said == answer(operator, value), "{operator}: {said} of {unknown}, not of {value}");
            }
        }
    }
}

/// The fixes that a rule with these members offers for a storage account with these properties, and its message.
fn mended(members: &str, properties: &str) -> String {
    let rule = format!(
        r#"{{ "name": "storage/x", "title": "X", "severity": "error", "since": "1.0.0",
             "resource": "Microsoft.Storage/storageAccounts", "report": {{ "message": "{{key}} {{found}}", "at": {{ "of": "each", "path": "$" }} }}, {members} }}"#
    );
    let rules = load(&[&rule]).unwrap_or_else(|problems| panic!("{problems}"));
    let world = World::new(&format!(
        r#"{{ "defaults": {{ "url": "http://shared" }}, "resources": [{{ "type": "Microsoft.Storage/storageAccounts", "name": "a", "properties": {properties} }}] }}"#
    ));
    let told = world.judged(&rules, &[], &[], date(2026, 11, 23));
    let lines = told.iter().flat_map(|told| {
        let fixes = told.fixes.iter().map(|fix| {
            let file = world.file.text();
            let mut edits = fix.edits.clone();
            edits.sort_by_key(|edit| std::cmp::Reverse(edit.span.start));
            let text = edits.iter().fold(file.to_owned(), |text, edit| {
                format!("{}{}{}", &text[..edit.span.start as usize], edit.text, &text[edit.span.end as usize..])
            });
            let after = text
                .split_once(r#""defaults": "#)
                .unwrap()
                .1
                .replace(r#""resources": [{ "type": "Microsoft.Storage/storageAccounts", "name": "a", "#, "");
            format!("{:?} {}: {after}", fix.safety, fix.title)
        });
        std::iter::once(told.message.clone()).chain(fixes).collect::<Vec<_>>()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[test]
fn a_fix_edits_elements_and_characters_where_they_are_written_out() {
    let protocols = r#""each": "$.properties.protocols[*]", "assert": { "not": { "of": "each", "path": "$", "equals": "http" } },
        "fix": [
          { "title": "remove {found}", "safety": "safe", "when": { "path": "$.properties.protocols", "contains": "https" }, "remove": [{ "of": "each", "path": "$" }] },
          { "title": "write https", "safety": "unsafe", "set": [{ "of": "each", "path": "$", "to": "https", "when": { "not": { "path": "$.properties.protocols", "contains": "https" } } }] }
        ]"#;
    let urls = r#""each": "$.properties.*", "assert": { "not": { "of": "each", "path": "$", "startsWith": "http:" } },
        "fix": { "title": "write https", "safety": "safe", "replace": [{ "of": "each", "path": "$", "from": "^http(:)", "to": "s:" }] }"#;
    let names = r#""each": "$.properties.*", "assert": { "of": "each", "path": "$", "in": ["Developer", "Premium"] },
        "fix": { "title": "write {nearest}", "safety": "unsafe", "set": [{ "of": "each", "path": "$", "nearest": ["Developer", "Premium"] }] }"#;
    let all = [
        mended(protocols, r#"{ "protocols": ["http", "https"] }"#),
        mended(protocols, r#"{ "protocols": ["https", "http"] }"#),
        mended(protocols, r#"{ "protocols": ["http"] }"#),
        mended(urls, r#"{ "url": "http:\/\/a\u002fb" }"#),
        mended(urls, r#"{ "url": { "$default": "url" } }"#),
        mended(urls, r#"{ "url": { "$unknown": "u()", "text": ["http://", null] } }"#),
        mended(names, r#"{ "sku": "developers" }"#),
        mended(names, r#"{ "sku": "free" }"#),
    ];
    insta::assert_snapshot!(all.join("\n"), @r#"
    protocols http
    Safe remove http: { "url": "http://shared" }, "properties": { "protocols": ["https"] } }] }
    protocols http
    Safe remove http: { "url": "http://shared" }, "properties": { "protocols": ["https"] } }] }
    protocols http
    Unsafe write https: { "url": "http://shared" }, "properties": { "protocols": ["https"] } }] }
    url http://a/b
    Safe write https: { "url": "http://shared" }, "properties": { "url": "https:\/\/a\u002fb" } }] }
    url http://shared
    Unsafe write https: { "url": "https://shared" }, "properties": { "url": { "$default": "url" } } }] }
    url http://{u()}
    sku developers
    Unsafe write Developer: { "url": "http://shared" }, "properties": { "sku": "Developer" } }] }
    sku free
    "#);
}

#[test]
fn a_group_is_one_diagnostic_and_is_mended_as_a_whole() {
    let rule = r#"{ "name": "storage/x", "title": "X", "severity": "error", "since": "1.0.0",
        "resource": "Microsoft.Storage/storageAccounts", "assert": { "path": "$.apiVersion", "newerThan": "2020-01-01" },
        "group": "$.apiVersion", "report": { "message": "{self.name} is old", "at": "$.apiVersion" },
        "fix": { "title": "write 2024", "safety": "safe", "set": [{ "path": "$.apiVersion", "to": "2024-01-01" }] } }"#;
    let world = World::new(
        r#"[
  { "type": "Microsoft.Storage/storageAccounts", "name": "a", "apiVersion": "2019-01-01" },
  { "type": "Microsoft.Storage/storageAccounts", "name": "b", "apiVersion": "2018-01-01" },
  { "type": "Microsoft.Storage/storageAccounts", "name": "c", "apiVersion": "2019-01-01" },
  { "type": "Microsoft.Storage/storageAccounts", "name": "d", "apiVersion": { "$unknown": "parameters('v')" } }
]"#,
    );
    let told = world.judged(&load(&[rule]).unwrap(), &[], &[], date(2026, 11, 23));
    let lines: Vec<String> = told
        .iter()
        .map(|told| {
            let edits: usize = told.fixes.iter().map(|fix| fix.edits.len()).sum();
            format!("{} x{}, {} labels, {edits} edits", told.message, told.instances, told.labels.len())
        })
        .collect();
    assert_eq!(lines[..2], ["a is old x2, 1 labels, 2 edits", "b is old x1, 0 labels, 1 edits"]);
    assert_eq!(lines.len(), 3, "what cannot be told stays by itself: {lines:?}");
}

#[test]
fn a_descendant_belongs_to_its_ancestor_though_what_is_between_is_in_no_template() {
    let rule = r#"{ "name": "storage/x", "title": "X", "severity": "error", "since": "1.0.0", "resource": "Microsoft.Storage/storageAccounts",
        "join": { "kid": { "resource": "Microsoft.Storage/storageAccounts/blobServices/containers", "children": "all" } },
        "assert": { "of": "kid", "none": "$.properties.open", "equals": true }, "report": { "message": "{self.name}" } }"#;
    let up = r#"{ "name": "storage/y", "title": "Y", "severity": "error", "since": "1.0.0", "resource": "Microsoft.Storage/storageAccounts/blobServices/containers",
        "join": { "account": { "resource": "Microsoft.Storage/storageAccounts", "parent": "nearest" } },
        "assert": { "of": "account", "path": "$.kind", "equals": "StorageV2", "default": "Storage" }, "report": { "message": "{account.name}" } }"#;
    let container = r#"{ "type": "Microsoft.Storage/storageAccounts/blobServices/containers", "name": "a/default/c", "properties": { "open": true } }"#;
    let rules = load(&[rule, up]).unwrap();
    let told = |account: &str| {
        let world = World::new(&format!(r#"[{{ "type": "Microsoft.Storage/storageAccounts", {account} }}, {container}]"#));
        let told = world.judged(&rules, &[], &[], date(2026, 11, 23));
        let line = |told: &crate::diagnostic::Diagnostic| match &told.verdict {
            crate::diagnostic::Verdict::Fails => format!("{} fails for {}", told.rule, told.message),
            crate::diagnostic::Verdict::Undecided(why) => format!("{} undecided: {why}", told.rule),
        };
        told.iter().map(line).collect::<Vec<_>>()
    };
    assert_eq!(told(r#""name": "a""#), ["storage/y fails for a", "storage/x fails for a"]);
    assert_eq!(told(r#""name": "b""#).len(), 1, "the container of another account: its own is in no template");
    assert_eq!(told(r#""name": "a", "existing": true, "kind": "StorageV2""#), Vec::<String>::new(), "what is written is known");
    let unseen = ["storage/y undecided: `a` is declared `existing`, its properties are not in the files being linted"];
    assert_eq!(told(r#""name": "a", "existing": true"#), unseen);
}

#[test]
fn paths_that_end_at_one_unknown_object_are_undecided_once() {
    let rule = r#""each": ["$.properties.a", "$.properties.b[*]", "$.properties.c.d"], "assert": { "of": "each", "path": "$", "equals": 1 }"#;
    let said = told(rule, r#"{ "$unknown": "u()" }"#, "");
    assert_eq!(said, "undecided (only the deployment knows `u()`)");
}

#[test]
fn a_rule_that_skips_the_unknown_still_tells_which_allowed_values_fail() {
    let rule = r#""unknown": "skip", "assert": { "path": "$.properties.p", "equals": "a" }"#;
    let said = |value: &str| told(rule, &format!(r#"{{ "p": {value} }}"#), "");
    assert_eq!(said(r#"{ "$unknown": "parameters('p')" }"#), "passes");
    assert_eq!(said(r#""b""#), "fails (a: b)");
    assert_eq!(
        said(r#"{ "$unknown": "parameters('p')", "allowed": ["a", "b"] }"#),
        "undecided (fails for 1 of 2 allowed values: b)"
    );
}
