#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What open consoles cost the daemon while nothing happens: one line of JSON.

    tests/bench/consoles.py [--skyden FILE] [--consoles 500] [--seconds 60]

Each is a session of its own that reads the stream of its organization, as the page does; half of them are of a second
organization. Before and while they are open: the daemon's processor time (ms a second), its memory, and what it wrote
to each of them.
"""
import argparse
import http.client
import json
import os
import selectors
import socket
import time

from daemon import Daemon

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SESSIONS_OF_A_PERSON = 20


def call(address, method, path, token=None, body=None, headers=None):
    connection = http.client.HTTPConnection(*address, timeout=60)
    sent = {"content-type": "application/json", **(headers or {})}
    if token:
        sent["authorization"] = f"Bearer {token}"
    connection.request(method, path, None if body is None else json.dumps(body), sent)
    answer = connection.getresponse()
    text = answer.read()
    connection.close()
    if answer.status >= 300:
        raise RuntimeError(f"{method} {path}: {answer.status} {text[:200]}")
    return answer, json.loads(text) if text else None


def person(address, admin, name):
    """A token of somebody who reads all control planes."""
    _, account = call(address, "POST", "/v3/system-accounts", admin, {"name": name})
    at = f"/v3/system-accounts/{account['id']}"
    call(address, "POST", f"{at}/assigned-roles", admin, {
        "role_name": "Viewer", "entity_id": "*", "entity_type_name": "Mesh Control Planes"})
    return call(address, "POST", f"{at}/access-tokens", admin, {"name": "bench"})[1]["token"]


def open_console(address, token):
    """A connection on which the stream has begun."""
    answer, _ = call(address, "POST", "/v3/sessions", None, {"token": token}, {"sec-fetch-site": "same-origin"})
    cookie = answer.getheader("set-cookie").split(";")[0]
    stream = socket.create_connection(address, timeout=60)
    stream.sendall((f"GET /v3/events HTTP/1.1\r\nhost: {address[0]}:{address[1]}\r\ncookie: {cookie}\r\n"
                    "accept: text/event-stream\r\n\r\n").encode())
    head = b""
    while b"\r\n\r\n" not in head or b"ready" not in head:
        piece = stream.recv(4096)
        if not piece:
            raise RuntimeError(f"the stream ended: {head[:300]}")
        head += piece
    stream.setblocking(False)
    return stream


def watch(daemon, streams, seconds):
    """What happens within that time: ms of processor a second, bytes to each stream."""
    selector = selectors.DefaultSelector()
    for stream in streams:
        selector.register(stream, selectors.EVENT_READ)
    began, used, came = time.monotonic(), daemon.cpu_seconds(), 0
    while (left := began + seconds - time.monotonic()) > 0:
        if not streams:
            time.sleep(left)
            break
        for key, _ in selector.select(left):
            piece = key.fileobj.recv(65536)
            if not piece:
                raise RuntimeError("a stream ended")
            came += len(piece)
    spent = time.monotonic() - began
    return {"cpu_ms_per_s": round(1000 * (daemon.cpu_seconds() - used) / spent, 2),
            "bytes_each_per_s": round(came / spent / max(1, len(streams)), 2)}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--skyden", default=os.path.join(ROOT, "build/skyden"))
    parser.add_argument("--consoles", type=int, default=500)
    parser.add_argument("--seconds", type=float, default=60)
    options = parser.parse_args()
    daemon = Daemon(options.skyden)
    try:
        address = daemon.address("http")
        other = call(address, "POST", "/v3/organizations", daemon.token, {"name": "other"})[1]
        admins = [daemon.token, other["access_token"]["token"]]
        tokens = []
        for i in range(-(-options.consoles // SESSIONS_OF_A_PERSON)):
            tokens.append(person(address, admins[i % 2], f"person-{i}"))
        without = {"rss_kib": daemon.status("VmRSS"), **watch(daemon, [], options.seconds)}
        streams = [open_console(address, tokens[i // SESSIONS_OF_A_PERSON]) for i in range(options.consoles)]
        rss = daemon.status("VmRSS")
        with_them = {"rss_kib": rss, **watch(daemon, streams, options.seconds)}
        print(json.dumps({
            "consoles": len(streams), "seconds": options.seconds, "without": without, "with": with_them,
            "rss_kib_each": round((rss - without["rss_kib"]) / len(streams), 1)}))
        for stream in streams:
            stream.close()
    finally:
        daemon.stop()


if __name__ == "__main__":
    main()
