#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ask.py BASE CASES > answers.jsonl: puts the resources of a recording to the control plane whose
API is at BASE (TOKEN in the environment: the bearer token), and notes what is answered.

What is taken is read back and deleted, so that no case meets what another left.
"""
import sys

from kuma_api import Api, masked, print_row, rows

# Names the occurrence of an error.
DROPPED = {"instance"}


def main():
    api = Api(sys.argv[1])
    for case in rows(sys.argv[2]):
        path = case["path"]
        case["status"], answer = api.call(case["method"], path, case["body"])
        case["answer"] = masked(answer, DROPPED)
        case.pop("get", None)
        if case["method"] == "PUT" and case["status"] in (200, 201):
            status, answer = api.call("GET", path)
            case["get"] = {"status": status, "answer": masked(answer, DROPPED)}
            api.call("DELETE", path)
        print_row(case)


main()
