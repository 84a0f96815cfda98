#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare_scenes.py EXPECTED GOT [-v]: how many answers about recorded scenes agree, by kind of
question; -v prints those that differ."""
import collections
import gzip
import json
import re
import sys

MESH = re.compile(r"^meshes/[^/]+/")
KRI = re.compile(r"kri(_|%)[^/]*")
POLICY = re.compile(r"mesh(?!services\b)\w+$")


def scenes(path):
    """Scenes by their mesh, of a file that has one a line."""
    with gzip.open(path, "rt") if path.endswith(".gz") else open(path) as lines:
        return {scene["mesh"]: scene for scene in map(json.loads, lines)}


def kind_of(path):
    """The question without names: what it is asked of, and what it asks."""
    subject, _, *asks = MESH.sub("", path).split("/") + [""]
    if subject == "mesh-insights" or not any(asks):
        return subject
    if POLICY.match(subject):
        subject = "policy"
    return subject + " " + KRI.sub("{kri}", "/".join(ask for ask in asks if ask))


def main():
    expected, got = scenes(sys.argv[1]), scenes(sys.argv[2])
    by_kind = collections.defaultdict(collections.Counter)
    for mesh, scene in expected.items():
        answers = {asked["path"]: asked for asked in got.get(mesh, {}).get("asked", [])}
        for asked in scene["asked"]:
            if asked["status"] == 0:  # Kuma itself broke off
                continue
            answer = answers.get(asked["path"], {})
            status = asked["status"] == answer.get("status")
            exact = status and asked["answer"] == answer["answer"]
            for count in by_kind[kind_of(asked["path"])], by_kind[""]:
                count.update(n=1, status=status, exact=exact)
            if "-v" in sys.argv and not exact:
                print(json.dumps({"path": asked["path"], "expected": asked, "got": answer}))
    total = by_kind.pop("")
    for kind, count in sorted(by_kind.items()):
        print(f"{kind:45} n {count['n']:5}  status {count['status']:5}  exact {count['exact']:5}")
    n = max(total["n"], 1)
    print(f"all {total['n']}: status {100 * total['status'] / n:.1f}%"
          f"  exact {100 * total['exact'] / n:.1f}%")


main()
