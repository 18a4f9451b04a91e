#!/usr/bin/env python3
"""Measures whole processes and prints the table of goals. Called by run.sh.

The commands of a row run in turn, A B A B, so that a machine whose speed drifts does not favour one of them; the figures
are medians. Time is that of the wall, memory that of the operating system's account of the process.
"""
import argparse, csv, json, os, pathlib, shutil, statistics, subprocess, sys, tempfile, time

HERE = pathlib.Path(__file__).parent


def once(command):
    """Seconds and megabytes of one run."""
    start = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return time.perf_counter() - start, usage.ru_maxrss / 1024


def measure(runs, *commands):
    """The median seconds and the greatest megabytes of each command, run in turn."""
    for command in commands:
        once(command)
    seen = [[once(command) for command in commands] for _ in range(runs)]
    return [(statistics.median(run[n][0] for run in seen), max(run[n][1] for run in seen)) for n in range(len(commands))]


def generate(script, *args, to=None):
    """Runs a generator beside this file."""
    with open(to, "wb") if to else open(os.devnull, "wb") as out:
        subprocess.run([sys.executable, HERE / script, *map(str, args)], check=True, stdout=out)


def row(work, goal, figure, met):
    print(f"| {work} | {goal} | {figure} | {'met' if met else 'not met'} |")


def table(armlint, floor, rg, folder, runs):
    """Prints the goals with today's figures."""
    # Each far from the others: templates in the folders above a named file could deploy it, and would be read.
    tree, templates, module = folder / "tree", folder / "templates", folder / "a/b/c/d/module.json"
    module.parent.mkdir(parents=True)
    generate("tree.py", tree)
    generate("tree.py", templates, "--files", 1000, "--share", 100)
    generate("module.py", to=module)
    small = folder / "e/f/g/h/main.json"
    small.parent.mkdir(parents=True)
    shutil.copy(HERE.parent / "fixtures/api-management/stv1-api-version/fail-copy.json", small)
    check = lambda path: [armlint, "check", "--no-ignore", path]

    print(f"medians of {runs} runs, {os.cpu_count()} cores\n")
    print("| work | goal | today | |\n|---|---|---|---|")
    search = [[rg, "-uuu", "-j2", "-il", "microsoft.apimanagement", "-g", "*.json", tree]] if rg else []
    found = measure(runs, check(tree), [floor, tree], *search)
    (lint, memory), (read, _) = found[:2]
    if rg:
        row("10,000 files: read, judged, reported", "less than `rg` takes to search", f"{lint / found[2][0]:.2f} of `rg` ({lint * 1e3:.0f} ms)", lint < found[2][0])
    print(f"| the same, beside only reading every file | | {lint / read:.2f} ({read * 1e3:.0f} ms) | |")
    (hello, _), (version, _), (one, _) = measure(4 * runs, [floor], [armlint, "--version"], check(small))
    row("`--version`", "hello world and 2 ms", f"and {(version - hello) * 1e3:.1f} ms", version - hello < 0.002)
    row("start-up and one small template", "hello world and 4 ms", f"and {(one - hello) * 1e3:.1f} ms", one - hello < 0.004)
    [(all_, _)] = measure(runs, check(templates))
    row("1,000 templates of 20 KB", "250 ms", f"{all_ * 1e3:.0f} ms", all_ < 0.25)
    [(large, large_memory)] = measure(runs, check(module))
    row("one 3 MB module, all rules", "60 ms, 60 MB", f"{large * 1e3:.0f} ms, {large_memory:.0f} MB", large < 0.06 and large_memory < 60)
    row("peak memory on the 10,000 files", "30 MB", f"{memory:.0f} MB", memory < 30)
    size = os.path.getsize(armlint) / 1e6
    row("binary", "8 MB", f"{size:.1f} MB", size < 8)
    everything = lambda form: [armlint, "check", "--no-ignore", "--preset", "all", "--format", form, templates]
    (sarif, _), (concise, _) = measure(runs, everything("sarif"), everything("concise"))
    # Counted outside: what this process held at most is in the account of those that it starts.
    count = f"'{armlint}' check --no-ignore --preset all --format jsonl '{templates}' | grep -c '\"kind\":\"diagnostic\"'"
    count = int(subprocess.run(count, shell=True, capture_output=True, text=True).stdout)
    print(f"| 1,000 templates, all rules, {count:,} diagnostics in SARIF | | {sarif * 1e3:.0f} ms | |")
    print(f"| the same, a line each | | {concise * 1e3:.0f} ms | |")
    [(copies, _)] = measure(runs, check(copied(folder)))
    print(f"| 800 copies of a service, all rules | | {copies * 1e3:.0f} ms | |")


def copied(folder):
    """A template with a loop of 800 services."""
    path = folder / "copies.json"
    service = {"type": "Microsoft.ApiManagement/service", "apiVersion": "2020-12-01", "name": "[concat('apim-', copyIndex())]",
               "copy": {"name": "all", "count": 800}, "sku": {"name": "Premium", "capacity": 1},
               "properties": {"virtualNetworkType": "External", "publisherEmail": "a@contoso.com", "publisherName": "a"}}
    path.write_text(json.dumps({"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#",
                                "contentVersion": "1.0.0.0", "resources": [service]}, indent=2))
    return path


def growth(armlint, folder, runs):
    """How time and memory grow: (what, amount, seconds, megabytes)."""
    for count in (1250, 2500, 5000, 10000):
        tree = folder / f"files-{count}"
        generate("tree.py", tree, "--files", count)
        yield ("files", count, *measure(runs, [armlint, "check", "--no-ignore", tree])[0])
    for size in (500_000, 1_000_000, 2_000_000, 4_000_000):
        generate("module.py", "--bytes", size, to=folder / "grown.json")
        yield ("bytes of one module", size, *measure(runs, [armlint, "check", folder / "grown.json"])[0])
    for copies in (100, 200, 400, 800):
        path = copied(folder)
        path.write_text(path.read_text().replace('"count": 800', f'"count": {copies}'))
        yield ("copies", copies, *measure(runs, [armlint, "check", path])[0])
    for depth in (4, 8, 16, 32):
        (folder / "deep.json").write_text(json.dumps(nested(depth)))
        yield ("nested deployments", depth, *measure(runs, [armlint, "check", folder / "deep.json"])[0])
    for files in (25, 50, 100, 200):
        place = folder / f"environments-{files}"
        place.mkdir()
        shutil.copy(copied(folder), place / "main.json")
        template = json.loads((place / "main.json").read_text())
        template["parameters"] = {"sku": {"type": "string"}}
        template["resources"][0] |= {"copy": {"name": "all", "count": 2}, "sku": {"name": "[parameters('sku')]", "capacity": 1}}
        (place / "main.json").write_text(json.dumps(template))
        for n in range(files):
            handed = {"contentVersion": "1.0.0.0", "parameters": {"sku": {"value": "Premium" if n % 2 else "Developer"}}}
            handed["$schema"] = "https://schema.management.azure.com/schemas/2019-04-01/deploymentParameters.json#"
            (place / f"main.parameters.e{n}.json").write_text(json.dumps(handed))
        yield ("parameter files", files, *measure(runs, [armlint, "check", place])[0])
    for rules in (0, 100, 200, 400):
        place = folder / f"rules-{rules}" / "storage"
        place.mkdir(parents=True)
        for n in range(rules):
            (place / f"r{n}.json").write_text(json.dumps({
                "name": f"storage/r{n}", "title": "x", "severity": "warning", "since": "0.1.0",
                "resource": "Microsoft.Storage/storageAccounts", "assert": {"path": "$.sku.name", "equals": "Standard_LRS"},
                "report": {"message": "`{self.name}`"}}))
        path = copied(folder)
        yield ("rules of another type", rules, *measure(runs, [armlint, "check", "--rules", place.parent, path])[0])


def nested(depth):
    """A service in so many deployments, one inside the other."""
    template = {"$schema": "https://schema.management.azure.com/schemas/2019-04-01/deploymentTemplate.json#", "contentVersion": "1.0.0.0",
                "resources": [{"type": "Microsoft.ApiManagement/service", "apiVersion": "2020-12-01", "name": "apim"}]}
    for n in range(depth):
        inner = {"type": "Microsoft.Resources/deployments", "apiVersion": "2022-09-01", "name": f"d{n}",
                 "properties": {"mode": "Incremental", "expressionEvaluationOptions": {"scope": "inner"}, "template": template}}
        template = {**template, "resources": [inner]}
    return template


def plot(rows, path):
    """Small line charts side by side, one for each thing that grows: seconds against amount, from nothing."""
    names = list(dict.fromkeys(row[0] for row in rows))
    wide, high, pad = 220, 150, 34
    out = [f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide * 3}" height="{high * -(-len(names) // 3)}" font-family="sans-serif" font-size="10">',
           '<rect width="100%" height="100%" fill="white"/>']
    for n, name in enumerate(names):
        points = [(amount, seconds) for what, amount, seconds, _ in rows if what == name]
        most, longest = max(x for x, _ in points), max(y for _, y in points)
        left, top = n % 3 * wide, n // 3 * high
        at = lambda x, y: (left + pad + x / most * (wide - 2 * pad), top + high - pad - y / longest * (high - 2 * pad))
        line = " ".join(f"{x:.1f},{y:.1f}" for x, y in (at(*point) for point in points))
        (x0, y0), (x1, y1) = at(0, 0), at(most, longest)
        out.append(f'<path d="M{x0} {y1}V{y0}H{x1}" fill="none" stroke="#999"/><polyline points="{line}" fill="none" stroke="#0366d6" stroke-width="2"/>')
        out += [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="2.5" fill="#0366d6"/>' for x, y in (at(*point) for point in points)]
        out.append(f'<text x="{left + wide / 2}" y="{top + 16}" text-anchor="middle" font-weight="bold">{name}</text>')
        out.append(f'<text x="{x1}" y="{y0 + 14}" text-anchor="middle">{most:,}</text><text x="{x0 - 4}" y="{y1 + 3}" text-anchor="end">{longest * 1e3:.0f} ms</text>')
    pathlib.Path(path).write_text("\n".join(out) + "\n</svg>\n")


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("armlint", type=os.path.abspath)
    options.add_argument("floor", type=os.path.abspath)
    options.add_argument("--runs", type=int, default=21)
    options.add_argument("--write", action="store_true", help="draw how time grows into docs/")
    wanted = options.parse_args()
    rg = os.environ.get("RG") or shutil.which("rg")
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        table(wanted.armlint, wanted.floor, rg, folder, wanted.runs)
        if not rg:
            print("\n`rg` is not on the path: nothing was compared with it")
        if wanted.write:
            rows = list(growth(wanted.armlint, folder, max(1, wanted.runs // 3)))
            docs = HERE.parent / "docs"
            plot(rows, docs / "performance.svg")
            with open(docs / "performance.csv", "w", newline="") as out:
                csv.writer(out, lineterminator="\n").writerows([("what", "amount", "seconds", "megabytes")] + [(a, b, f"{c:.4f}", f"{d:.1f}") for a, b, c, d in rows])


if __name__ == "__main__":
    main()
