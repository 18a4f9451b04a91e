#!/usr/bin/env python3
"""Counts the instructions of three runs and holds them to benches/budget.json: the same on every machine, unlike time.

usage: instructions.py ARMLINT [--write]     --write takes today's counts for the budget

Everything runs on one core: with two, a thread that waits awake for the other one counts, too, for as long as the machine has it.
A count may grow by 5 % before it is an error; what it costs more must then be written down with the change that costs it.
Needs valgrind; without it nothing is counted, and that is said.
"""
import argparse, json, os, pathlib, re, shutil, subprocess, sys, tempfile

HERE = pathlib.Path(__file__).parent
BUDGET = HERE / "budget.json"
ALLOWED = 1.05


def count(*command):
    """The instructions of a run."""
    with tempfile.NamedTemporaryFile() as profile:
        run = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={profile.name}", *map(str, command)]
        told = subprocess.run(run, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, env={**os.environ, "NO_COLOR": "1"})
    found = re.search(r"Collected : (\d+)", told.stderr)
    if not found:
        sys.exit(f"valgrind counted nothing:\n{told.stderr}")
    return int(found[1])


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("armlint", type=os.path.abspath)
    options.add_argument("--write", action="store_true")
    wanted = options.parse_args()
    if not shutil.which("valgrind"):
        print("no valgrind here: instructions are not counted")
        return
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    with tempfile.TemporaryDirectory() as folder:
        large = pathlib.Path(folder) / "module.json"
        with open(large, "wb") as out:
            subprocess.run([sys.executable, HERE / "module.py", "--bytes", "500000"], check=True, stdout=out)
        # Far from other templates: those beside it and in the folders above could deploy it, and would be read.
        small = pathlib.Path(folder) / "a/b/c/d/main.json"
        small.parent.mkdir(parents=True)
        small.write_text((HERE.parent / "fixtures/api-management/stv1-api-version/fail-copy.json").read_text())
        today = {
            "start-up": count(wanted.armlint, "--version"),
            "small template": count(wanted.armlint, "check", "--as-of", "2026-01-01", small),
            "template of 500 KB": count(wanted.armlint, "check", "--as-of", "2026-01-01", large),
        }
    if wanted.write:
        BUDGET.write_text(json.dumps(today, indent=2) + "\n")
    budget = json.loads(BUDGET.read_text())
    for work, counted in today.items():
        print(f"{work:20} {counted:>14,} instructions, {counted / budget[work]:.3f} of its budget")
    over = [work for work, counted in today.items() if counted > ALLOWED * budget[work]]
    if over:
        sys.exit(f"more than 5 % over budget: {', '.join(over)}; make it cheaper, or say why in the commit that runs --write")


if __name__ == "__main__":
    main()
