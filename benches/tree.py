#!/usr/bin/env python3
"""Writes a folder of JSON files as repositories of templates have them: few of them use API Management.

usage: tree.py FOLDER [--files N] [--share PERCENT] [--seed N]

Every file of the share is one template with an API Management service and its children, about 20 KB. The others are
templates of other providers, parameter files and plain data, 13 KB on average, a hundred to a folder. The same seed gives
the same bytes.
"""
import argparse, json, pathlib, random

from module import SCHEMA, WORDS, module

PROVIDERS = ["Microsoft.Web/sites", "Microsoft.Storage/storageAccounts", "Microsoft.Compute/virtualMachines",
             "Microsoft.KeyVault/vaults", "Microsoft.Network/virtualNetworks", "Microsoft.Sql/servers/databases"]


def service(rng, number):
    """A template with an API Management service, padded to about 20 KB with named values."""
    template = module(rng, number)
    for n in range(24):
        template["resources"][f"value{n}"] = {
            "type": "Microsoft.ApiManagement/service/namedValues",
            "apiVersion": "2022-08-01",
            "name": f"[format('{{0}}/{{1}}', parameters('name'), 'value-{n}')]",
            "properties": {"displayName": f"value-{n}", "value": f"[concat('{rng.choice(WORDS)}-', variables('publisher'))]"},
            "dependsOn": ["service"],
        }
    return template


def other_template(rng):
    """A template of other providers."""
    resource = lambda n: {
        "type": rng.choice(PROVIDERS),
        "apiVersion": rng.choice(["2019-06-01", "2021-04-01", "2023-01-01"]),
        "name": f"[concat(parameters('{rng.choice(WORDS)}'), '-{n}')]",
        "location": "[resourceGroup().location]",
        "properties": {f"{rng.choice(WORDS)}{k}": rng.choice(["Enabled", 3, True, "[parameters('sku')]"]) for k in range(12)},
    }
    return {
        "$schema": SCHEMA,
        "contentVersion": "1.0.0.0",
        "parameters": {word: {"type": "string", "metadata": {"description": f"The {word}."}} for word in WORDS + ["sku"]},
        "resources": [resource(n) for n in range(rng.randint(1, 30))],
    }


def parameters(rng):
    """A parameter file."""
    return {"$schema": SCHEMA.replace("Template", "Parameters"), "contentVersion": "1.0.0.0",
            "parameters": {word: {"value": f"{word}-{rng.randint(0, 99)}"} for word in WORDS}}


def data(rng):
    """JSON that is nobody's template."""
    return [{word: rng.random() for word in rng.sample(WORDS, 5)} for _ in range(rng.randint(5, 180))]


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("folder", type=pathlib.Path)
    options.add_argument("--files", type=int, default=10_000)
    options.add_argument("--share", type=float, default=1.0, help="how many of a hundred use API Management")
    options.add_argument("--seed", type=int, default=1)
    wanted = options.parse_args()
    rng = random.Random(wanted.seed)
    every = 100 / wanted.share if wanted.share else float("inf")
    due = every
    for n in range(wanted.files):
        folder = wanted.folder / f"{rng.choice(WORDS)}-{n // 100}"
        folder.mkdir(parents=True, exist_ok=True)
        if n + 1 >= due:
            due += every
            document = service(rng, n)
        else:
            document = rng.choices([other_template, parameters, data], [6, 2, 2])[0](rng)
        (folder / f"{n}.json").write_text(json.dumps(document, indent=2))


if __name__ == "__main__":
    main()
