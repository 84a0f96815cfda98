# SPDX-License-Identifier: Apache-2.0
"""What the scripts of this folder share: a control plane's API, recordings, masks."""
import gzip
import http.client
import json
import os
import re
from urllib.parse import urlsplit

TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
# Text that is no JSON is kept as far as this.
TEXT_MAX = 300


def rows(path):
    """The values of a file that has one JSON value a line."""
    with gzip.open(path, "rt") if path.endswith(".gz") else open(path) as lines:
        return [json.loads(line) for line in lines]


def print_row(value):
    print(json.dumps(value, separators=(",", ":")))


def decoded(body):
    """What a body says: its JSON, or its text as an object."""
    if not body:
        return None
    try:
        return json.loads(body)
    except ValueError:
        return {"text": body.decode("utf-8", "replace")[:TEXT_MAX]}


def masked(value, dropped=(), text=lambda value, key: value, key=""):
    """The value without the members in `dropped`, with times as "<time>" and other strings as
    `text` has them."""
    if isinstance(value, dict):
        return {k: masked(v, dropped, text, k) for k, v in value.items() if k not in dropped}
    if isinstance(value, list):
        return [masked(v, dropped, text) for v in value]
    if isinstance(value, str):
        return "<time>" if TIME.match(value) else text(value, key)
    return value


class Api:
    """The API below a URL. The TOKEN of the environment is sent as bearer token."""

    def __init__(self, base):
        self._base = urlsplit(base)
        self._connection = None
        self._headers = {"content-type": "application/json"}
        if os.environ.get("TOKEN"):
            self._headers["authorization"] = "Bearer " + os.environ["TOKEN"]

    def send(self, method, path, body=None, headers=None):
        """The status, the type of content, and the body; status 0 when nothing was answered."""
        if self._connection is None:
            kind = {"http": http.client.HTTPConnection, "https": http.client.HTTPSConnection}
            self._connection = kind[self._base.scheme](self._base.netloc, timeout=30)
        try:
            self._connection.request(method, self._base.path.rstrip("/") + path, body=body,
                                     headers={**self._headers, **(headers or {})})
            answer = self._connection.getresponse()
            kind = (answer.getheader("content-type") or "").split(";")[0]
            return answer.status, kind, answer.read()
        except (http.client.HTTPException, OSError) as error:
            self.close()
            return 0, "", json.dumps({"transport": type(error).__name__}).encode()

    def call(self, method, path, body=None):
        """The status, and what the answer says."""
        status, _, answer = self.send(method, path, None if body is None else json.dumps(body))
        return status, decoded(answer)

    def close(self):
        if self._connection is not None:
            self._connection.close()
        self._connection = None
