#!/usr/bin/env python3
"""Writes a template as Bicep compiles a large module: nested deployments with symbolic names, parameters handed down,
user-defined types, loops, and in each module an API Management service with children and a public IP address.

usage: module.py [--bytes N] [--seed N] > module.json

The same seed gives the same bytes. A third of the services have a defect, so that reports have something to say.
"""
import argparse, json, random

SCHEMA = "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#"
WORDS = "gateway backend product policy subscription certificate logger diagnostic revision operation".split()


def parameters(rng, count):
    """Parameters with types, descriptions and defaults, as modules have them."""
    found = {
        "name": {"type": "string", "metadata": {"description": "Required. The name of the API Management service."}},
        "location": {"type": "string", "defaultValue": "[resourceGroup().location]"},
        "tags": {"type": "object", "nullable": True, "metadata": {"description": "Optional. Tags of the resource."}},
        "sku": {"type": "string", "defaultValue": "Premium", "allowedValues": ["Consumption", "Developer", "Basic", "Standard", "Premium"]},
        "zones": {"$ref": "#/definitions/zonesType", "defaultValue": ["1", "2", "3"]},
        "publicIpName": {"type": "string", "defaultValue": "[format('{0}-pip', parameters('name'))]"},
        "apis": {"type": "array", "defaultValue": [{"name": f"{rng.choice(WORDS)}-{n}", "path": f"v{n}"} for n in range(3)]},
    }
    for n in range(count):
        word = rng.choice(WORDS)
        found[f"{word}{n}"] = {
            "type": "string",
            "defaultValue": f"[format('{word}-{{0}}', uniqueString(resourceGroup().id, parameters('name')))]",
            "metadata": {"description": f"Optional. The name of the {word} that this module adds to the service."},
        }
    return found


def module(rng, number):
    """One module: a template with symbolic names."""
    declared = parameters(rng, 12)
    extra = [name for name in declared if name[-1].isdigit()]
    old = rng.random() < 0.33
    service = "[resourceId('Microsoft.ApiManagement/service', parameters('name'))]"
    resources = {
        "ip": {
            "type": "Microsoft.Network/publicIPAddresses",
            "apiVersion": "2023-09-01",
            "name": "[parameters('publicIpName')]",
            "location": "[parameters('location')]",
            "sku": {"name": rng.choice(["Standard", "Standard", "Basic"])},
            "properties": {"publicIPAllocationMethod": "Static", "publicIPAddressVersion": "IPv4"},
        },
        "service": {
            "type": "Microsoft.ApiManagement/service",
            "apiVersion": "2020-12-01" if old else "2023-05-01-preview",
            "name": "[parameters('name')]",
            "location": "[parameters('location')]",
            "tags": "[parameters('tags')]",
            "sku": {"name": "[parameters('sku')]", "capacity": "[if(contains(parameters('sku'), 'Consumption'), 0, 3)]"},
            "zones": "[parameters('zones')]",
            "properties": {
                "publisherEmail": "apim@contoso.com",
                "publisherName": "[variables('publisher')]",
                "virtualNetworkType": "External",
                "virtualNetworkConfiguration": {
                    "subnetResourceId": "[resourceId('Microsoft.Network/virtualNetworks/subnets', 'vnet', 'apim')]"
                },
                "publicIpAddressId": "[resourceId('Microsoft.Network/publicIPAddresses', parameters('publicIpName'))]",
            },
            "dependsOn": ["ip"],
        },
        "apis": {
            "copy": {"name": "apis", "count": "[length(parameters('apis'))]"},
            "type": "Microsoft.ApiManagement/service/apis",
            "apiVersion": "2023-05-01-preview",
            "name": "[format('{0}/{1}', parameters('name'), parameters('apis')[copyIndex()].name)]",
            "properties": {"path": "[parameters('apis')[copyIndex()].path]", "protocols": ["https"], "displayName": f"module {number}"},
            "dependsOn": ["service"],
        },
    }
    for n, name in enumerate(extra):
        kind = rng.choice(["namedValues", "products", "loggers", "tags"])
        resources[f"child{n}"] = {
            "condition": "[not(empty(parameters('" + name + "')))]",
            "type": f"Microsoft.ApiManagement/service/{kind}",
            "apiVersion": rng.choice(["2020-06-01-preview", "2022-08-01", "2023-05-01-preview"]),
            "name": f"[format('{{0}}/{{1}}', parameters('name'), parameters('{name}'))]",
            "properties": {"displayName": f"[concat('module ', '{number}', ' ', parameters('{name}'))]", "value": "[variables('publisher')]"},
            "dependsOn": ["service"],
        }
    return {
        "$schema": SCHEMA,
        "languageVersion": "2.0",
        "contentVersion": "1.0.0.0",
        "metadata": {"_generator": {"name": "bicep", "version": "0.30.3.12046", "templateHash": str(rng.getrandbits(63))}},
        "definitions": {
            "zonesType": {"type": "array", "items": {"type": "string"}, "metadata": {"description": "Zone numbers."}},
        },
        "parameters": declared,
        "variables": {"publisher": "[toLower(concat('Contoso ', parameters('name')))]"},
        "resources": resources,
        "outputs": {
            "name": {"type": "string", "value": "[parameters('name')]"},
            "resourceId": {"type": "string", "value": service},
            "url": {"type": "string", "value": "[reference('service').gatewayUrl]"},
        },
    }


def deployment(rng, number):
    """A module as a deployment resource of the main template."""
    handed = {"name": {"value": f"[format('{{0}}-{number}', parameters('prefix'))]"}, "tags": {"value": "[variables('tags')]"}}
    if number and rng.random() < 0.5:
        before = f"[reference('module{number - 1}').outputs.name.value]"
        handed["publicIpName"] = {"value": f"[format('pip-{{0}}', {before[1:-1]})]"}
    return {
        "type": "Microsoft.Resources/deployments",
        "apiVersion": "2022-09-01",
        "name": f"[format('{{0}}-module-{number}', uniqueString(deployment().name, parameters('prefix')))]",
        "properties": {
            "expressionEvaluationOptions": {"scope": "inner"},
            "mode": "Incremental",
            "parameters": handed,
            "template": module(rng, number),
        },
    }


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--bytes", type=int, default=3_000_000, help="how large, at least")
    options.add_argument("--seed", type=int, default=1)
    wanted = options.parse_args()
    rng = random.Random(wanted.seed)
    resources, size = {}, 0
    while size < wanted.bytes:
        number = len(resources)
        resources[f"module{number}"] = deployment(rng, number)
        size += len(json.dumps(resources[f"module{number}"], indent=2)) + 30
    template = {
        "$schema": SCHEMA,
        "languageVersion": "2.0",
        "contentVersion": "1.0.0.0",
        "parameters": {"prefix": {"type": "string", "defaultValue": "contoso"}},
        "variables": {"tags": {"team": "integration"}},
        "resources": resources,
    }
    print(json.dumps(template, indent=2))


if __name__ == "__main__":
    main()
