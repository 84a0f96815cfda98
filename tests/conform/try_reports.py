#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""try_reports.py BASE FILE... [-v]: tries what people reported of Kuma on the fresh control plane
whose API is at BASE (TOKEN in the environment: the bearer token).

A file is one request, or steps in their order, with what a Kuma global answers. Prints each answer
that differs (-v: with what was asked) and last how many do; exits with 1 when any does.
"""
import json
import os
import sys

from kuma_api import Api, masked, print_row

DROPPED = {"instance"}


def invalid(answer):
    """The complaints of an answer, in a fixed order: Kuma's is not always the same."""
    parameters = answer.get("invalid_parameters") if isinstance(answer, dict) else None
    return sorted([p["field"], p["reason"]] for p in parameters or [])


def try_request(api, case):
    """Yields what was asked, what is expected, and what was answered."""
    parts = case["path"].split("/")
    if parts[1] == "meshes" and len(parts) > 3 and parts[2] != "default":
        api.call("PUT", "/meshes/" + parts[2], {"type": "Mesh", "name": parts[2]})
    expect = case["expect"]
    status, answer = api.call(case["method"], case["path"], case["body"])
    yield case["path"], [expect["status"], sorted(expect["invalid_parameters"])], \
        [status, invalid(answer)]
    if expect["read_back"] is not None:
        _, answer = api.call("GET", case["path"])
        yield case["path"], expect["read_back"], masked(answer, DROPPED)


def try_steps(api, base, case):
    """As try_request; a list is expected of what is invalid, anything else of a whole body."""
    for (method, path, body), (status, expected) in zip(case["steps"], case["expect"]):
        got_status, answer = api.call(method, path, body)
        if isinstance(expected, list):
            answer, expected = invalid(answer), sorted(expected)
        else:
            answer = masked(answer, DROPPED,
                            lambda text, key: text.replace(base, "BASE") if key == "next" else text)
        yield f"{method} {path}", [status, expected], [got_status, answer]


def main():
    base, *files = [argument for argument in sys.argv[1:] if argument != "-v"]
    api = Api(base)
    same = differ = 0
    for name in files:
        with open(name) as text:
            case = json.load(text)
        tried = try_steps(api, base, case) if "steps" in case else try_request(api, case)
        for asked, expected, got in tried:
            same, differ = same + (expected == got), differ + (expected != got)
            if expected != got:
                print(f"{os.path.basename(name)} ({case['kind']}): {asked} differs")
                if "-v" in sys.argv:
                    print_row({"expected": expected, "got": got})
    print(f"{len(files)} reports: {same} same, {differ} differ")
    return 1 if differ else 0


sys.exit(main())
