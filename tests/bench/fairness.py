#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What one tenant feels of another's worst: a line of JSON for each binary, load and kind of call.

    tests/bench/fairness.py [--skyden FILE] [--beside FILE] [--seconds N] [--rounds N] [LOAD...]

Tenant B writes, waits until the change is in a zone of its own (`arrival`, from the start of the
write), reads and lists, one call after the other, alone and while tenant A does one of

    writers      16 who write
    inspectors   12 who ask for _rules, with 1,000 policies in the mesh
    import       imports of 30,000 resources, one after the other
    delete       deletes a mesh of 30,000
    watches      64 who watch, and one who writes
    lists        16 who list 1,000 items, and read them
    lists-256    256 who do
    unread       16 who list 1,000 items, and never read

`times` is p99 by p99 alone, of the same daemon a moment earlier. With --beside the two binaries
take turns. Clients of A run at a low priority, so that the machine's processors are the daemon's to
share out. Figures depend on the machine: the first line says what its disk takes for one durable
write. Nothing is judged.
"""
import argparse
import gzip
import itertools
import json
import multiprocessing
import os
import queue
import socket
import subprocess
import sys
import tempfile
import threading
import time

from daemon import Daemon

LOADS = ("writers", "inspectors", "import", "delete", "watches", "lists", "lists-256", "unread")
POLICIES = 1000
MANY = 30_000
DEFAULT_BINARY = os.path.join(os.path.dirname(__file__), "..", "..", "build", "skyden")


def fsync_ms():
    with tempfile.NamedTemporaryFile() as file:
        took = []
        for _ in range(50):
            file.write(b"x" * 4096)
            file.flush()
            begin = time.monotonic()
            os.fsync(file.fileno())
            took.append(time.monotonic() - begin)
    return sorted(took)[len(took) // 2] * 1000


def policy(name, seconds, mesh="default"):
    return {"type": "MeshTimeout", "mesh": mesh, "name": name,
            "spec": {"targetRef": {"kind": "Mesh"},
                     "to": [{"targetRef": {"kind": "Mesh"},
                             "default": {"idleTimeout": f"{seconds}s"}}]}}


def dataplane():
    return {"type": "Dataplane", "mesh": "default", "name": "dp-1",
            "labels": {"kuma.io/origin": "zone", "kuma.io/zone": "zone-1",
                       "kuma.io/mesh": "default"},
            "networking": {"address": "192.0.2.1",
                           "inbound": [{"port": 80, "tags": {"kuma.io/service": "web",
                                                             "kuma.io/zone": "zone-1"}}]}}


def stream(documents):
    return gzip.compress("\n---\n".join(json.dumps(one) for one in documents).encode(), 1)


def many(generation, mesh="default"):
    return stream(policy(f"m-{i}", 1 + generation + i % 50, mesh) for i in range(MANY))


class Tenant:
    """An organization with one control plane."""

    def __init__(self, daemon, name):
        made = daemon.rest().must("POST", "/v3/organizations", {"name": name})
        self.daemon, self.token = daemon, made["access_token"]["token"]
        plane = self.rest().must("POST", "/v1/mesh/control-planes", {"name": name})
        self.plane = "/v1/mesh/control-planes/" + plane["id"]
        self.api = self.plane + "/api"

    def rest(self):
        return self.daemon.rest(self.token)

    def take(self, body):
        status, answer = post_stream(self, body)
        if status != 200:
            raise RuntimeError(f"import: {status} {answer}")


def post_stream(tenant, body):
    rest = tenant.rest()
    rest.connection.timeout = 300
    rest.connection.request("POST", tenant.plane + "/ops/import", body,
                            {"authorization": "Bearer " + tenant.token,
                             "content-type": "application/yaml"})
    answer = rest.connection.getresponse()
    return answer.status, answer.read()[:300]


# What A does; each function is a process of its own, and runs until it is ended.

def write(a, number):
    rest, turn = a.rest(), 0
    while True:
        turn += 1
        name = f"w-{number}-{turn % 20}"
        rest.call("PUT", f"{a.api}/meshes/default/meshtimeouts/{name}", policy(name, turn % 900 + 1))


def ask(a, path, receive_buffer=None):
    connection = socket.socket()
    if receive_buffer:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer)
    connection.settimeout(60)
    connection.connect(a.daemon.address("http"))
    connection.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer {a.token}\r\n\r\n"
                       .encode())
    return connection


def read_over_and_over(a, path):
    rest = a.rest()
    while True:
        rest.connection.request("GET", path, None, rest.headers)
        rest.connection.getresponse().read()


def inspect(a, _):
    read_over_and_over(a, f"{a.api}/meshes/default/dataplanes/dp-1/_rules")


def list_thousand(a, _):
    read_over_and_over(a, f"{a.api}/meshes/default/meshtimeouts?size=1000")


def list_unread(a, _):
    while True:
        connection = ask(a, f"{a.api}/meshes/default/meshtimeouts?size=1000", 4096)
        time.sleep(1)
        connection.close()


def watch(a, _):
    connection = ask(a, f"{a.api}/events")
    while connection.recv(65536):
        pass


def take_many(a, _):
    generation = 0
    while True:
        generation += 1
        post_stream(a, many(generation))


def delete_mesh(a, _):
    a.rest().call("DELETE", a.api + "/meshes/large")
    time.sleep(3600)


def crew(load):
    return {"writers": [write] * 16, "inspectors": [inspect] * 12, "import": [take_many],
            "delete": [delete_mesh], "watches": [watch] * 64 + [write], "lists": [list_thousand] * 16,
            "lists-256": [list_thousand] * 256, "unread": [list_unread] * 16}[load]


def work(what, a, number):
    os.nice(10)
    try:
        what(a, number)
    except (OSError, KeyboardInterrupt):
        pass


class Zone:
    """A simulated zone of a tenant, and the names of what arrives in it."""

    def __init__(self, tenant):
        made = tenant.rest().must("POST", tenant.api + "/provision-zone", {"name": "zone-1"})
        plane, address = tenant.plane.rsplit("/", 1)[1], tenant.daemon.address("kds")
        self.arrived = queue.Queue()
        self.process = subprocess.Popen(
            [tenant.daemon.binary, "zone", "simulate", "-o", "json", "--global",
             f"grpc://{plane}:{made['token']}@{address[0]}:{address[1]}", "--name", "zone-1"],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
        synced = threading.Event()
        threading.Thread(target=self.read, args=(synced,), daemon=True).start()
        if not synced.wait(30):
            raise RuntimeError("the simulated zone does not get in sync")

    def read(self, synced):
        for line in self.process.stdout:
            event = json.loads(line)
            if event.get("event") == "synced":
                synced.set()
            elif event.get("event") == "received" and synced.is_set():
                self.arrived.put(event["display_name"])

    def wait_for(self, name):
        while self.arrived.get(timeout=60) != name:
            pass

    def stop(self):
        self.process.kill()
        self.process.wait()


class Measured:
    """B's calls for a while."""

    turns = itertools.count(1)

    def __init__(self, b, zone, seconds):
        self.took = {"put": [], "arrival": [], "get": [], "list": []}
        self.failed = 0
        rest, end = b.rest(), time.monotonic() + seconds
        while time.monotonic() < end:
            turn = next(self.turns)  # what is put as it was does not travel
            name = f"b-{turn % 50}"
            path = f"{b.api}/meshes/default/meshtimeouts"
            begin = time.monotonic()
            self.call("put", rest, "PUT", f"{path}/{name}", policy(name, turn % 900 + 1))
            zone.wait_for(name)
            self.took["arrival"].append((time.monotonic() - begin) * 1000)
            self.call("get", rest, "GET", f"{path}/{name}")
            self.call("list", rest, "GET", path + "?size=20")

    def call(self, kind, rest, method, path, body=None):
        begin = time.monotonic()
        status, _ = rest.call(method, path, body)
        self.took[kind].append((time.monotonic() - begin) * 1000)
        self.failed += status >= 300

    def at(self, kind, share):
        took = sorted(self.took[kind])
        return took[min(len(took) - 1, int(len(took) * share))]


def seeded(daemon, load):
    a, b = Tenant(daemon, "a"), Tenant(daemon, "b")
    a.take(stream([dataplane()] + [policy(f"p-{i}", 1 + i % 50) for i in range(POLICIES)]))
    b.take(stream([policy(f"s-{i}", 1 + i) for i in range(100)]))
    if load == "delete":
        a.rest().must("PUT", a.api + "/meshes/large",
                      {"type": "Mesh", "name": "large", "skipCreatingInitialPolicies": ["*"]})
        a.take(many(0, "large"))
    return a, b


def run(binary, label, load, seconds):
    daemon, zone = Daemon(binary), None
    try:
        a, b = seeded(daemon, load)
        zone = Zone(b)
        time.sleep(1)
        alone = Measured(b, zone, seconds)
        processes = [multiprocessing.Process(target=work, args=(what, a, number), daemon=True)
                     for number, what in enumerate(crew(load))]
        for process in processes:
            process.start()
        if load != "delete":
            time.sleep(1)
        under = Measured(b, zone, seconds)
        rss = daemon.status("VmRSS")
        for process in processes:
            process.kill()
        for kind in ("put", "arrival", "get", "list"):
            print(json.dumps({
                "binary": label, "load": load, "call": kind, "calls": len(under.took[kind]),
                "alone_p50_ms": round(alone.at(kind, .5), 2),
                "alone_p99_ms": round(alone.at(kind, .99), 2),
                "p50_ms": round(under.at(kind, .5), 2), "p99_ms": round(under.at(kind, .99), 2),
                "max_ms": round(under.at(kind, 1), 2),
                "times": round(under.at(kind, .99) / alone.at(kind, .99), 1),
                "failed": under.failed, "rss_mib": rss // 1024}), flush=True)
    finally:
        if zone:
            zone.stop()
        daemon.stop()


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--skyden", default=DEFAULT_BINARY)
    parser.add_argument("--beside", help="another binary, measured in turns with the first")
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("loads", nargs="*", metavar="LOAD")
    options = parser.parse_args()
    binaries = [("new", options.skyden)]
    if options.beside:
        binaries.insert(0, ("beside", options.beside))
    print(json.dumps({"fsync_ms": round(fsync_ms(), 2), "cores": os.cpu_count()}), flush=True)
    for load in options.loads or LOADS:
        if load not in LOADS:
            sys.exit(f"there is no load {load}; there are {', '.join(LOADS)}")
        for _ in range(options.rounds):
            for label, binary in binaries:
                run(binary, label, load, options.seconds)


if __name__ == "__main__":
    main()
