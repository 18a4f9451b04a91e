"""Prints the commands of the first block in a section of the README; fails when there are not as many as are expected."""

import re
import sys

path, heading, count = sys.argv[1:4]
text = open(path, encoding="utf-8").read()
section = re.search(rf"^## {re.escape(heading)}\n(.*?)(?=^## )", text, re.M | re.S)
block = section and re.search(r"^```sh\n(.*?)^```", section.group(1), re.M | re.S)
lines = [line for line in block.group(1).splitlines() if line.strip()] if block else []
if len(lines) != int(count):
    sys.exit(f"{path}: the first block of the section `{heading}` must have {count} commands, and has {len(lines)}")
print("\n".join(lines))
