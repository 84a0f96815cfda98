#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""descriptors.py REQUIREMENTS WHEEL FILES ADDITIONS OUTPUT: the descriptions of Envoy's API as one file.

Reads the serialised descriptors out of the Python modules of WHEEL, whose hash REQUIREMENTS names.
Nothing of the package is run: a module is parsed, and the one literal in it taken. FILES says which
files are kept, ADDITIONS what there is beside. OUTPUT is a gzipped google.protobuf.FileDescriptorSet.
"""
import ast
import gzip
import hashlib
import re
import sys
import zipfile

import additions
import wire

FILE_SERVICE = 6  # of FileDescriptorProto: nobody calls anything


def check_hash(requirements, wheel):
    with open(requirements, encoding="utf-8") as pins:
        wanted = re.findall(r"--hash=sha256:([0-9a-f]{64})", pins.read())
    with open(wheel, "rb") as package:
        found = hashlib.sha256(package.read()).hexdigest()
    if found not in wanted:
        sys.exit(f"{wheel} has the hash {found}; {requirements} wants {' or '.join(wanted)}")


def serialised(source):
    """The argument of AddSerializedFile in a generated module; None when it has none."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") == "AddSerializedFile":
            return ast.literal_eval(node.args[0])
    return None


def read_wheel(wheel):
    """Serialised files by name, without their services."""
    files = {}
    with zipfile.ZipFile(wheel) as package:
        for name in package.namelist():
            if not name.endswith("_pb2.py"):
                continue
            descriptor = serialised(package.read(name).decode("utf-8"))
            if descriptor is None:
                continue
            fields = [field for field in wire.fields(descriptor) if field[0] != FILE_SERVICE]
            files[wire.text(fields, wire.FILE_NAME)] = fields
    return files


def selected(files, lines):
    """The files that begin with a `keep` and none of `drop`, with all that they import."""
    keep = tuple(line.split()[1] for line in lines if line.startswith("keep "))
    drop = {line.split()[1] for line in lines if line.startswith("drop ")}
    wanted = [name for name in files if name.startswith(keep) and name not in drop]
    done = set()
    while wanted:
        name = wanted.pop()
        # google/protobuf/ is not in the package: the program has it already.
        if name in done or name not in files:
            continue
        done.add(name)
        wanted += wire.texts(files[name], wire.FILE_DEPENDENCY)
    return sorted(done)


def lines_of(path):
    with open(path, encoding="utf-8") as text:
        lines = [line.split("#")[0].strip() for line in text]
    return [line for line in lines if line]


def main(requirements, wheel, selection, added, output):
    check_hash(requirements, wheel)
    files = read_wheel(wheel)
    before = set(files)
    additions.apply(files, lines_of(added))
    lines = lines_of(selection) + [f"keep {name}" for name in set(files) - before]
    names = selected(files, lines)
    everything = wire.encode([(1, wire.BYTES, wire.encode(files[name])) for name in names])
    with open(output, "wb") as out:
        out.write(gzip.compress(everything, 9, mtime=0))
    print(f"Envoy's API: {len(names)} files, {len(everything)} bytes")


if __name__ == "__main__":
    main(*sys.argv[1:])
