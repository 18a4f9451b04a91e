"""Packs the program out of a wheel, with its licence and its readme, into an archive: zip for Windows, tar.gz for all else."""

import io
import sys
import tarfile
import time
import zipfile

wheel, target = sys.argv[1:3]
inside = target.replace("\\", "/").rsplit("/", 1)[-1]
with zipfile.ZipFile(wheel) as files:
    scripts = [name for name in files.namelist() if ".data/scripts/" in name]
    if len(scripts) != 1:
        sys.exit(f"{wheel}: one program is expected, and there are {len(scripts)}")
    program = (scripts[0].rsplit("/", 1)[-1], files.read(scripts[0]), 0o755)
content = [program] + [(name, open(name, "rb").read(), 0o644) for name in ("LICENSE", "README.md")]

if program[0].endswith(".exe"):
    with zipfile.ZipFile(f"{target}.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data, _ in content:
            archive.writestr(f"{inside}/{name}", data)
else:
    with tarfile.open(f"{target}.tar.gz", "w:gz") as archive:
        for name, data, mode in content:
            entry = tarfile.TarInfo(f"{inside}/{name}")
            entry.size, entry.mode, entry.mtime = len(data), mode, int(time.time())
            archive.addfile(entry, io.BytesIO(data))
