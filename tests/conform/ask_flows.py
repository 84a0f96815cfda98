#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""ask_flows.py BASE FLOWS > answers.jsonl: sends the requests of a recording, in their order, to the
fresh control plane whose API is at BASE (TOKEN in the environment: the bearer token), and notes
what is answered.

Times, ids, keys, tokens and the server's own address are masked, as they are in the recording.
"""
import base64
import json
import re
import sys

from kuma_api import Api, decoded, masked, print_row, rows

UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
ORIGIN = re.compile(r"^https?://[^?]*")
KEY_LENGTH = 200
# Of one installation, one run, or one error.
DROPPED = {"hostname", "instanceId", "clusterId", "gui", "version", "instance"}
# Of one token.
DROPPED_CLAIMS = {"exp", "iat", "nbf", "jti"}


def masked_text(text, key):
    if key == "next":
        return ORIGIN.sub("<self>", text)
    if key == "data" and len(text) > KEY_LENGTH:
        return "<key>"
    return UUID.sub("<uuid>", text)


def jwt(text):
    """What a token says, without what differs between any two; None when it is none."""
    if text.count(".") != 2 or not text.startswith("ey"):
        return None
    header, claims = (json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
                      for part in text.split(".")[:2])
    return {"header": header,
            "claims": {k: v for k, v in claims.items() if k not in DROPPED_CLAIMS},
            "lives_s": claims.get("exp", 0) - claims.get("iat", 0)}


def answer_of(body):
    token = jwt(body.decode("utf-8", "replace"))
    if token is not None:
        return {"jwt": token}
    answer = decoded(body)
    is_text = isinstance(answer, dict) and answer.keys() == {"text"}
    return answer if is_text else masked(answer, DROPPED, masked_text)


def main():
    api = Api(sys.argv[1])
    for step in rows(sys.argv[2]):
        body = step.get("raw")
        if body is None and step.get("body") is not None:
            body = json.dumps(step["body"])
        path = step["path"] if step["path"] != "/" else ""
        headers = {"accept": "application/json", **step.get("headers", {})}
        step["status"], step["content_type"], answer = api.send(step["method"], path, body, headers)
        step["answer"] = answer_of(answer)
        api.close()
        print_row(step)


main()
