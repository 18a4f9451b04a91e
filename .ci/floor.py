"""Fails when the last line of a scorer (`431 of 485 labels agree`) says less than the figure that was reached before."""

import json
import re
import sys

output, floors, what = sys.argv[1:4]
last = open(output, encoding="utf-8").read().strip().splitlines()[-1]
found = re.fullmatch(rf"(\d+) of (\d+) {what} agree", last)
if not found:
    sys.exit(f"no figure in the last line: {last}")
floor = json.load(open(floors, encoding="utf-8"))[what]
if int(found.group(1)) < floor:
    sys.exit(f"{last}; it were {floor}")
