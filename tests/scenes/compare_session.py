#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare_session.py EXPECTED GOT [-v]: how many answers of a global agree, once times, keys and
what names one installation are masked; -v prints where they differ."""
import gzip
import json
import re
import sys

TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
UUID = re.compile(r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")
# Of one installation or one run; the recorded zones had no token, where ours must.
OWN = {"clusterId", "instanceId", "globalInstanceId", "zoneInstanceId", "data",
       "configDumpGlobalInstanceId", "statsGlobalInstanceId", "clustersGlobalInstanceId"}
DROPPED = {"authTokenProvided"}
OWN_OF_INDEX = {"hostname", "gui"}
# How often something was sent or said, and by what address a zone found its global.
COUNTERS = {"responsesSent", "responsesAcknowledged", "config"}


def masked(value, key=None):
    if key in OWN:
        return "<own>"
    if key in COUNTERS:
        return "<varies>"
    if isinstance(value, dict):
        return {k: masked(v, k) for k, v in value.items() if k not in DROPPED}
    if isinstance(value, list):
        return [masked(v) for v in value]
    if isinstance(value, str):
        if TIME.match(value):
            return "<time>"
        if UUID.match(value):
            return "<uuid>"
    return value


def differences(expected, got, where=""):
    if isinstance(expected, dict) and isinstance(got, dict):
        for k in sorted(expected.keys() | got.keys()):
            if k not in got:
                yield f"{where}.{k}: missing {json.dumps(expected[k])}"
            elif k not in expected:
                yield f"{where}.{k}: too much {json.dumps(got[k])}"
            else:
                yield from differences(expected[k], got[k], f"{where}.{k}")
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for i, (e, g) in enumerate(zip(expected, got)):
            yield from differences(e, g, f"{where}[{i}]")
    elif expected != got:
        yield f"{where}: expected {json.dumps(expected)}, got {json.dumps(got)}"


def main():
    with gzip.open(sys.argv[1], "rt") as recorded, open(sys.argv[2]) as answered:
        expected, got = json.load(recorded), json.load(answered)
    answers = {answer["path"]: answer for answer in got}
    status = exact = 0
    for question in expected:
        answer = answers[question["path"]]
        same_status = question["status"] == answer["status"]
        bodies = [masked(question["body"]), masked(answer["body"])]
        if question["path"] == "/":
            for body in bodies:
                body.update({key: "<own>" for key in OWN_OF_INDEX if key in body})
        where = list(differences(*bodies))
        status += same_status
        exact += same_status and not where
        print(f"{question['path']:70} status {'same' if same_status else answer['status']}"
              f"  {'exact' if same_status and not where else f'{len(where)} differ'}")
        if "-v" in sys.argv:
            for line in where:
                print("    " + line)
    n = len(expected)
    print(f"all {n}: status {100 * status / n:.1f}%  exact {100 * exact / n:.1f}%")


main()
