#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Prints a bill of materials (CycloneDX 1.5, JSON) of a program, as dpkg knows what it stands on:

- the packages of the shared libraries that it loads, and which of them it names itself;
- the packages of the headers that its objects were compiled with, as ninja kept them, since much
  of C++ is compiled in; the C library's and compiler's are among them;
- what is compiled in and comes from no package of Debian: the console's and Envoy's descriptions.

The same program, built on the same packages, gives the same bytes: SOURCE_DATE_EPOCH is its date.
"""
import argparse
import base64
import json
import os
import re
import subprocess
import sys
import uuid
from datetime import datetime, timezone
from pathlib import Path

SOURCES = Path(__file__).resolve().parents[2]
INFO = Path("/var/lib/dpkg/info")
# Two names of one folder since Debian merged them; dpkg knows files by either.
MERGED = ("/lib", "/bin", "/sbin", "/lib64")


def run(*words):
    return subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout


def plain(path):
    """The path without links and without /usr, by which both names of a file are one."""
    real = os.path.realpath(path)
    return real[len("/usr"):] if real.startswith(tuple("/usr" + m + "/" for m in MERGED)) else real


def owners(paths):
    """Of each path the package, "name:architecture", that dpkg says it is from."""
    wanted = {plain(path) for path in paths}
    found = {}
    for listing in sorted(INFO.glob("*.list")):
        package = listing.name[: -len(".list")]
        for line in listing.read_text(errors="replace").splitlines():
            short = line[len("/usr"):] if line.startswith("/usr") else line
            for name in (line, short):
                if name in wanted:
                    found[name] = package
    return found


def installed():
    """Of each package as dpkg's lists are named: (name, version, architecture, source)."""
    form = "${binary:Package}\t${Package}\t${Version}\t${Architecture}\t${source:Package}\n"
    rows = (line.split("\t") for line in run("dpkg-query", "-W", "-f", form).splitlines())
    return {row[0]: row[1:] for row in rows}


def loaded_libraries(binary):
    """Every library that the program loads, and the names of those that it asks for itself."""
    found = {}
    for line in run("ldd", binary).splitlines():
        match = re.match(r"\s*(\S+) => (/\S+)", line) or re.match(r"\s*(/\S+/)?(ld-\S+)", line)
        if match and match.lastindex == 2 and match[2].startswith("/"):
            found[match[1]] = match[2]
    named = re.findall(r"\(NEEDED\).*\[(.+)\]", run("readelf", "-dW", binary))
    return found, named


def headers_of(build, target):
    """The files outside of the tree that the objects of the target's libraries were made of."""
    inputs = run("ninja", "-C", build, "-t", "inputs", target).split()
    objects = {name for name in inputs if name.endswith((".o", ".gch", ".pch"))}
    headers, wanted = set(), False
    for line in run("ninja", "-C", build, "-t", "deps").splitlines():
        if not line.startswith(" "):
            wanted = line.split(":")[0] in objects
        elif wanted and line.strip().startswith("/usr/"):
            headers.add(line.strip())
    return headers


def debian_release():
    release = Path("/etc/os-release").read_text()
    number = re.search(r'^VERSION_ID="?([^"\n]+)', release, re.M)
    return f"debian-{number[1]}" if number else "debian"


def component(packages, key, scope):
    name, version, architecture, source = packages[key]
    purl = f"pkg:deb/debian/{name}@{version.replace('+', '%2B').replace(':', '%3A')}" \
           f"?arch={architecture}&distro={debian_release()}"
    return {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl,
            "properties": [{"name": "debian:source", "value": source},
                           {"name": "skyden:use", "value": scope}]}


def compiled_in(build):
    """What the daemon holds of others' that no package of Debian brought."""
    cache = (Path(build) / "CMakeCache.txt").read_text()
    parts = []
    lock = json.loads((SOURCES / "schema/console/package-lock.json").read_text())
    folder = Path(build) / "downloads/console/node_modules"
    if folder.is_dir() and "SKYDEN_CONSOLE_PACKAGES:PATH=OFF" not in cache:
        for path, about in sorted(lock["packages"].items()):
            if not path:
                continue
            name = path.split("node_modules/")[-1]
            purl = f"pkg:npm/{name.replace('@', '%40')}@{about['version']}"
            algorithm, digest = about["integrity"].split("-", 1)
            parts.append({
                "type": "library", "bom-ref": purl, "name": name, "version": about["version"],
                "purl": purl, "licenses": [{"license": {"id": about["license"]}}],
                "hashes": [{"alg": algorithm.upper().replace("SHA", "SHA-"),
                            "content": base64.b64decode(digest).hex()}],
                "properties": [{"name": "skyden:use", "value": "compiled in"}]})
    pin = (SOURCES / "schema/envoy/requirements.txt").read_text()
    version = re.search(r"^xds-protos==(\S+)", pin, re.M)[1]
    if (Path(build) / f"downloads/xds_protos-{version}-py3-none-any.whl").is_file():
        purl = f"pkg:pypi/xds-protos@{version}"
        parts.append({
            "type": "library", "bom-ref": purl, "name": "xds-protos", "version": version,
            "purl": purl, "licenses": [{"license": {"id": "Apache-2.0"}}],
            "hashes": [{"alg": "SHA-256", "content": re.search(r"sha256:([0-9a-f]{64})", pin)[1]}],
            "properties": [{"name": "skyden:use", "value": "compiled in"}]})
    return parts


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    for name in ("name", "version", "build", "binary", "target"):
        parser.add_argument(f"--{name}", required=True)
    arguments = parser.parse_args()

    packages = installed()
    libraries, named = loaded_libraries(arguments.binary)
    by_path = owners(libraries.values())
    lost = [path for path in libraries.values() if plain(path) not in by_path]
    if lost:
        sys.exit(f"sbom: no package is known to bring {', '.join(lost)}")
    linked = {by_path[plain(path)] for path in libraries.values()}
    itself = {by_path[plain(libraries[name])] for name in named if name in libraries}
    headers = set(owners(headers_of(arguments.build, arguments.target)).values())

    parts = [component(packages, key, "linked") for key in sorted(linked)]
    parts += [component(packages, key, "headers") for key in sorted(headers - linked)]
    if arguments.target == "skyden":
        parts += compiled_in(arguments.build)
    itself_refs = sorted(component(packages, key, "")["bom-ref"] for key in itself)
    date = datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), timezone.utc)
    own = f"pkg:deb/skyden/{arguments.name}@{arguments.version}"
    bom = {
        "bomFormat": "CycloneDX", "specVersion": "1.5", "version": 1,
        "metadata": {
            "timestamp": date.strftime("%Y-%m-%dT%H:%M:%SZ"),
            "component": {"type": "application", "bom-ref": own, "name": arguments.name,
                          "version": arguments.version, "purl": own,
                          "licenses": [{"license": {"id": "Apache-2.0"}}]}},
        "components": parts,
        "dependencies": [{"ref": own, "dependsOn": itself_refs}],
    }
    text = json.dumps(bom, sort_keys=True)
    bom["serialNumber"] = f"urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, text)}"
    json.dump(bom, sys.stdout, indent=1, sort_keys=True)
    print()


if __name__ == "__main__":
    main()
