#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""compare.py EXPECTED GOT [-v]: how many recorded answers agree, by type: the status; the fields
named invalid; the whole body; what was read back. -v prints each case that differs."""
import collections
import sys

from kuma_api import print_row, rows

MEASURES = ("status", "fields", "exact", "read-back")


def invalid_fields(answer):
    if not isinstance(answer, dict):
        return []
    parameters = answer.get("invalid_parameters") or []
    return [field for field, _ in sorted((p.get("field", ""), p.get("reason", ""))
                                         for p in parameters)]


def agreement(expected, got):
    """Which measures agree."""
    if got is None:
        return dict.fromkeys(MEASURES, False)
    status = expected["status"] == got["status"]
    fields = invalid_fields(expected["answer"]) == invalid_fields(got["answer"])
    return {"status": status, "fields": status and fields,
            "exact": status and expected["answer"] == got["answer"],
            "read-back": expected.get("get") == got.get("get")}


def print_difference(expected, got):
    parts = ("status", "answer", "get")
    print_row({"id": expected["id"], "asked": f"{expected['method']} {expected['path']}",
               "why": expected.get("why"), "request": expected.get("body"),
               "expected": [expected.get(part) for part in parts],
               "got": got and [got.get(part) for part in parts]})


def main():
    expected, answers = rows(sys.argv[1]), {row["id"]: row for row in rows(sys.argv[2])}
    by_type = collections.defaultdict(collections.Counter)
    for case in expected:
        got = answers.get(case["id"])
        agree = agreement(case, got)
        for count in by_type[case["id"].rsplit("-", 1)[0]], by_type[""]:
            count.update(n=1, **agree)
        if "-v" in sys.argv and not (agree["exact"] and agree["read-back"]):
            print_difference(case, got)
    total = by_type.pop("")
    for name, count in sorted(by_type.items()):
        print(f"{name:28} n {count['n']:4}" + "".join(f"  {m} {count[m]:4}" for m in MEASURES))
    print(f"all {total['n']}:" +
          "".join(f"  {m} {100 * total[m] / max(total['n'], 1):.1f}%" for m in MEASURES))


main()
