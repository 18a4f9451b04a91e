//! What a diagnostic says, and where.

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
      fix (Unsafe, versions before 2017-03-01 call several properties otherwise): write API version 2024-05-01 in the default value of parameter `version`: 1:28 "\"2016-07-07\"" -> "\"2024-05-01\""
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
      fix (Unsafe, an address that is deployed already keeps its SKU and has to be replaced): make the address Standard and Static: 7:22 "\"Basic\"" -> "\"Standard\""; 8:49 "\"Dynamic\"" -> "\"Static\""

    warning: non-standard-public-ip: public IP address `pip` of service `apim` names no SKU, which makes it Basic; it must be Standard
      --> 5:28 "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/publicIPAddresses/pip" | the service refers to it here
        + 6:13 "Microsoft.Network/publicIPAddresses" | no `sku`
      at properties.publicIpAddressId
      help: set `sku.name` to "Standard" and `publicIPAllocationMethod` to "Static"; Basic addresses are retired since 30 September 2025
      fix (Unsafe, an address that is deployed already keeps its SKU and has to be replaced): make the address Standard and Static: 6:94 "" -> " \"sku\": { \"name\": \"Standard\" },"; 8:20 " " -> "\n      \"publicIPAllocationMethod\": \"Static\"\n    "

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

#[test]
fn what_a_name_or_several_properties_did_is_told_by_their_names() {
    let rule = r#"{ "name": "storage/x", "title": "X", "severity": "error", "since": "1.0.0", "resource": "Microsoft.Storage/storageAccounts",
        "each": "$.properties.settings[*]", "assert": { "not": { "of": "each", "path": "$", "key": true, "near": ["Gateway.Tls10", "Gateway.Tls11"] } },
        "report": { "message": "`{key}` is unknown", "at": { "of": "each", "path": "$", "key": true }, "help": "write `{nearest}`" } }"#;
    let both = r#"{ "name": "storage/y", "title": "Y", "severity": "note", "since": "1.0.0", "resource": "Microsoft.Storage/storageAccounts",
        "assert": { "allOf": [
          { "path": "$.properties.settings['Gateway.Tls11']", "equals": "False", "default": "True" },
          { "path": "$.properties.settings['Gateway.Tls12']", "equals": "True", "default": "True" },
          { "path": "$.properties.settings['Gateway.Ssl30']", "equals": "False", "default": "True" }
        ] },
        "report": { "message": "{failing} on", "at": ["$.properties.none", { "path": "$.properties.settings", "key": true }] } }"#;
    let world = World::new(
        r#"[
  { "type": "Microsoft.Storage/storageAccounts", "name": "a", "apiVersion": "2023-01-01", "properties": {
    "settings" : { "Gateway.Tls1O": "False", "Gateway.Tls11": "True" } } }
]"#,
    );
    let rules = load(&[rule, both]).unwrap_or_else(|problems| panic!("{problems}"));
    insta::assert_snapshot!(world.show_all(&world.judged(&rules, &[], &[], date(2026, 11, 23))), @r#"
    note: storage/y: Tls11, Ssl30 on
      --> 3:5 "settings" | 
      at properties.settings
    error: storage/x: `Gateway.Tls1O` is unknown
      --> 3:20 "Gateway.Tls1O" | 
      at properties.settings['Gateway.Tls1O']
      help: write `Gateway.Tls10`
    "#);
}

#[test]
fn what_is_empty_by_a_default_is_a_note_and_what_is_empty_where_it_stands_an_error() {
    let severities = |empty: &str| {
        let world = World::new(&format!(
            r#"{{ "defaults": {{ "empty": "" }}, "resources": [
                {{ "type": "Microsoft.ApiManagement/service", "apiVersion": "2024-05-01", "name": {empty}, "location": {empty},
                   "sku": {{ "name": "Developer", "capacity": 1 }},
                   "properties": {{ "publisherEmail": "api@contoso.com", "publisherName": "Contoso" }} }}] }}"#
        ));
        let told = world.told_by(&["invalid-service-name", "missing-required-property"], &[]);
        told.iter().map(|told| told.severity.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(severities(r#"{ "$default": "empty" }"#), ["note", "note"]);
    assert_eq!(severities("\"\""), ["error", "error"]);
}
