#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What strangers can do to the daemon: one line for each attack and binary.

    tests/bench/attacks.py SKYDEN... [--only NAME,...] [--seconds 6] [-o json]

Each attack is made on a fresh daemon, from addresses of its own, while a well-behaved client from
another address calls each port: REST (a GET with a token), zones (HealthCheck of a zone that signs
in with a header) and admin (a health check). Printed: their p99 before, during and after (ms, and
how many of their calls failed), how much the daemon's memory grew at most and stays grown after the
rest, its descriptors, processor time and log. Attacks:
"""
import argparse
import gzip
import http.client
import json
import multiprocessing
import os
import random
import resource
import shutil
import struct
import sys
import threading
import time

import raw_http2 as h2
from daemon import Daemon

HERE = os.path.dirname(os.path.abspath(__file__))
KDS = "/kuma.mesh.v1alpha1.GlobalKDSService/"
SYNC = "/kuma.mesh.v1alpha1.KDSSyncService/"
HEALTH = "/grpc.health.v1.Health/Check"
STRANGER = "127.0.0.9"  # attacks come from here
CALLS_OF_A_CONNECTION = 50  # of a well-behaved client
ATTACKS = {}


class Attack:
    def __init__(self, run, workers, daemon_flags, descriptors):
        self.run, self.workers = run, workers
        self.daemon_flags, self.descriptors = daemon_flags, descriptors
        self.text = run.__doc__


def attack(workers=1, flags=(), descriptors=None):
    def add(run):
        ATTACKS[run.__name__.replace("_", "-")] = Attack(run, workers, flags, descriptors)
        return run
    return add


def pour(target, make, until):
    """Sends what `make` gives on connections that are dialled again as often as they end."""
    ended = 0
    while time.monotonic() < until:
        try:
            connection = h2.begin(target, STRANGER, 2)
            connection.settimeout(2)
            threading.Thread(target=swallow, args=(connection,), daemon=True).start()
            for piece in make():
                connection.sendall(piece)
                if time.monotonic() > until:
                    break
            connection.close()
        except OSError:
            ended += 1
            time.sleep(0.01)
    return {"connections_ended": ended}


def swallow(connection):
    try:
        while connection.recv(1 << 16):
            pass
    except OSError:
        pass


def hold(connections, until):
    time.sleep(max(0, until - time.monotonic()))
    still = sum(not gone(connection) for connection in connections)
    for connection in connections:
        connection.close()
    return {"held": still}


def gone(connection):
    connection.setblocking(False)
    try:
        while True:
            if not connection.recv(65536):
                return True
    except BlockingIOError:
        return False
    except OSError:
        return True


def dial_many(target, count, sources=(STRANGER,), first=b""):
    connections = []
    for i in range(count):
        try:
            connection = h2.dial(target, sources[i % len(sources)], 2)
            if first:
                connection.sendall(first)
            connections.append(connection)
        except OSError:
            pass
    return connections


@attack(descriptors=1024)
def descriptors(ports, until):
    """1,200 idle connections to REST where the limit of descriptors is 1,024"""
    return hold(dial_many(ports["http"], 1200, [f"127.0.0.{i}" for i in range(9, 20)]), until)


@attack(flags=("--kds-connections-per-address=10",))
def idle_zones(ports, until):
    """600 connections to the zones' port without a call, where an address may have 10"""
    return hold(dial_many(ports["kds"], 600, first=h2.PREFACE + h2.frame(h2.SETTINGS)), until)


def resets(path):
    def make():
        stream = 1
        while True:
            piece = b""
            for _ in range(200):
                piece += h2.frame(h2.HEADERS, h2.END_HEADERS, stream, h2.call_headers(path))
                piece += h2.frame(h2.RST_STREAM, 0, stream, struct.pack(">I", 8))
                stream += 2
            yield piece
    return make


@attack(workers=4)
def rapid_reset(ports, until):
    """calls to the zones' port, each reset at once, on 4 connections"""
    return pour(ports["kds"], resets(KDS + "StreamStats"), until)


@attack(workers=4)
def rapid_reset_admin(ports, until):
    """the same on the admin port"""
    return pour(ports["admin"], resets(HEALTH), until)


@attack(workers=4)
def continuation(ports, until):
    """header blocks that never end"""
    def make():
        yield h2.frame(h2.HEADERS, 0, 1, h2.call_headers(KDS + "HealthCheck"))
        filler = b"".join(h2.literal(f"x-{i}", "y" * 1000) for i in range(15))
        while True:
            yield h2.frame(h2.CONTINUATION, 0, 1, filler)
    return pour(ports["kds"], make, until)


@attack(workers=4)
def padded_integers(ports, until):
    """lengths in header blocks that are written with thousands of zeros"""
    def make():
        stream = 1
        block = h2.call_headers(KDS + "HealthCheck") + b"\x00\x7f" + b"\x80" * 16000
        while True:
            yield h2.frame(h2.HEADERS, h2.END_HEADERS, stream, block)
            stream += 2
    return pour(ports["kds"], make, until)


def flood(kind, payload, flags=0, stream=0, before=b""):
    def make():
        piece = h2.frame(kind, flags, stream, payload) * 500
        yield before
        while True:
            yield piece
    return make


@attack(workers=2)
def pings(ports, until):
    """PING frames without an end"""
    return pour(ports["kds"], flood(h2.PING, bytes(8)), until)


@attack(workers=2)
def settings(ports, until):
    """SETTINGS frames without an end"""
    return pour(ports["kds"], flood(h2.SETTINGS, b""), until)


@attack(workers=2)
def empty_data(ports, until):
    """DATA frames that hold nothing"""
    before = h2.frame(h2.HEADERS, h2.END_HEADERS, 1, h2.call_headers(
        SYNC + "GlobalToZoneSync", [("client-id", "zone-1")]))
    return pour(ports["kds"], flood(h2.DATA, b"", 0, 1, before), until)


def unsigned(compressed):
    body = gzip.compress(bytes(10 << 20)) if compressed else bytes(9 << 20)

    def make():
        metadata = [("client-id", "zone-1")] + [("grpc-encoding", "gzip")] * compressed
        head = b"".join(
            h2.frame(h2.HEADERS, h2.END_HEADERS, 2 * i + 1,
                     h2.call_headers(SYNC + "GlobalToZoneSync", metadata)) for i in range(60))
        yield head
        data = h2.message(body, compressed)
        for at in range(0, len(data), 16384):
            piece = data[at:at + 16384]
            for i in range(60):
                yield h2.frame(h2.DATA, 0, 2 * i + 1, piece)
        time.sleep(1)
    return make


@attack(workers=4)
def first_messages(ports, until):
    """60 calls on each of 4 connections whose first message is large; nobody has signed in"""
    return pour(ports["kds"], unsigned(False), until)


@attack(workers=4)
def first_messages_gzip(ports, until):
    """the same, of 10 KiB that are 10 MiB"""
    return pour(ports["kds"], unsigned(True), until)


@attack(workers=4)
def refusals(ports, until):
    """calls with a wrong token that name somebody's control plane"""
    count = 0
    while time.monotonic() < until:
        client = h2.Client(ports["kds"], STRANGER, 2)
        for _ in range(200):
            if time.monotonic() > until:
                break
            try:
                count += 1
                client.unary(KDS + "HealthCheck", b"", [
                    ("client-id", f"zone-{random.randrange(1 << 30)}"),
                    ("x-control-plane-id", ports["victim"]), ("authorization", "Bearer nonsense")])
            except OSError as why:
                if str(why) != "refused":
                    time.sleep(0.01)
        client.close()
    return {"calls": count}


@attack()
def four_addresses(ports, until):
    """4,200 idle connections to REST from 4 addresses"""
    sources = [f"127.0.0.{i}" for i in range(9, 13)]
    return hold(dial_many(ports["http"], 4200, sources), until)


@attack()
def half_requests(ports, until):
    """60 bodies of 10 MiB to REST that are never finished"""
    head = b"PUT /v1/mesh/control-planes HTTP/1.1\r\nhost: x\r\ncontent-length: 10485760\r\n\r\n"
    connections = dial_many(ports["http"], 60, first=head)
    body = bytes(1 << 20)
    for _ in range(9):
        for connection in connections:
            try:
                connection.settimeout(0.2)
                connection.sendall(body)
            except OSError:
                pass
    return hold(connections, until)


FOUR = [f"127.0.0.{i}" for i in range(9, 13)]


@attack()
def held_heads_admin(ports, until):
    """400 connections of 16 calls to the admin port with 14 KB of metadata each, and no message"""
    metadata = [(f"x-{i}", "v" * 1960) for i in range(7)]
    first = h2.PREFACE + h2.frame(h2.SETTINGS) + b"".join(
        h2.frame(h2.HEADERS, h2.END_HEADERS, 2 * i + 1,
                 h2.call_headers("/skyden.admin.v1.ControlPlanes/List", metadata))
        for i in range(16))
    return hold(dial_many(ports["admin"], 400, FOUR, first), until)


@attack()
def admin_places(ports, until):
    """1,200 connections to the admin port from two addresses, each with a call that says nothing"""
    first = h2.PREFACE + h2.frame(h2.SETTINGS) + h2.frame(
        h2.HEADERS, h2.END_HEADERS, 1, h2.call_headers("/skyden.admin.v1.ControlPlanes/List"))
    return hold(dial_many(ports["admin"], 1200, FOUR[:2], first), until)


@attack()
def slow_document(ports, until):
    """280 connections from 4 addresses ask REST for its document 8 times and do not read it"""
    ask = b"GET /openapi.yaml HTTP/1.1\r\nhost: x\r\n\r\n" * 8
    return hold(dial_many(ports["http"], 280, FOUR, ask), until)


def attacker(name, ports, until, results):
    raise_descriptors()
    results.put(ATTACKS[name].run(ports, until))


def raise_descriptors():
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


class Neighbour:
    """A well-behaved client of each port."""

    def __init__(self, daemon):
        self.daemon = daemon
        rest = daemon.rest()
        self.victim = rest.must("POST", "/v1/mesh/control-planes", {"name": "victim"})["id"]
        path = f"/v1/mesh/control-planes/{self.victim}/api/provision-zone"
        self.zone = [("client-id", "zone-1"), ("x-control-plane-id", self.victim),
                     ("authorization", "Bearer " + rest.must("POST", path,
                                                             {"name": "zone-1"})["token"])]
        self.rest = None
        self.kds = h2.Client(daemon.address("kds"), timeout=10)
        self.admin = h2.Client(daemon.address("admin"), timeout=10)

    def get(self):
        try:
            self.rest = self.rest or self.daemon.rest()
            self.rest.must("GET", f"/v1/mesh/control-planes/{self.victim}/api/meshes/default")
        except (OSError, RuntimeError, http.client.HTTPException):
            self.rest = None
            raise OSError("refused")

    def calls(self):
        return {"rest": self.get,
                "kds": lambda: self.kds.unary(KDS + "HealthCheck", b"", self.zone),
                "admin": lambda: self.admin.unary(HEALTH)}

    def hang_up(self, port):
        if port == "rest":
            self.rest = None
        else:
            getattr(self, port).close()

    def watch(self, seconds):
        """{port: (p99 in ms, calls that failed)}"""
        results = {}

        def one(port, call):
            times, failed, until = [], 0, time.monotonic() + seconds
            while time.monotonic() < until:
                began = time.monotonic()
                if len(times) % CALLS_OF_A_CONNECTION == 0:
                    self.hang_up(port)
                try:
                    call()
                except OSError:
                    failed += 1
                times.append((time.monotonic() - began) * 1000)
                time.sleep(0.005)
            times.sort()
            results[port] = (round(times[int(len(times) * 0.99)], 1), failed)

        threads = [threading.Thread(target=one, args=item) for item in self.calls().items()]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    def audit_rows(self):
        path = f"/v1/mesh/control-planes/{self.victim}/ops/audit?page[size]=1000"
        answer = self.daemon.rest().must("GET", path)
        return sum("refuse" in json.dumps(entry) for entry in answer["data"])


def try_attack(name, binary, seconds, rest_seconds):
    what = ATTACKS[name]
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if what.descriptors:
        resource.setrlimit(resource.RLIMIT_NOFILE, (what.descriptors, before[1]))
    daemon = Daemon(binary, what.daemon_flags)
    resource.setrlimit(resource.RLIMIT_NOFILE, before)
    try:
        neighbour = Neighbour(daemon)
        neighbour.watch(1)  # warm
        quiet = neighbour.watch(2)
        rss, cpu, log = daemon.status("VmRSS"), daemon.cpu_seconds(), os.path.getsize(
            daemon.log_path)
        ports = {port: daemon.address(port) for port in ("http", "kds", "admin")}
        ports["victim"] = neighbour.victim
        results, until = multiprocessing.Queue(), time.monotonic() + seconds
        attackers = [multiprocessing.Process(target=attacker, args=(name, ports, until, results))
                     for _ in range(what.workers)]
        for process in attackers:
            process.start()
        during = neighbour.watch(seconds)
        descriptors_held = len(os.listdir(f"/proc/{daemon.process.pid}/fd"))
        for process in attackers:
            process.join(30)
            process.terminate()
        told = [results.get() for _ in range(results.qsize())]
        peak = daemon.status("VmHWM")
        cpu = daemon.cpu_seconds() - cpu
        after = neighbour.watch(2)
        time.sleep(rest_seconds)
        line = {
            "attack": name, "binary": binary,
            "rss_mib": round(rss / 1024, 1), "peak_growth_mib": round((peak - rss) / 1024, 1),
            "stays_mib": round((daemon.status("VmRSS") - rss) / 1024, 1),
            "descriptors": descriptors_held,
            "cpu_s": round(cpu, 2), "log_kib": (os.path.getsize(daemon.log_path) - log) >> 10,
            "quiet": quiet, "during": during, "after": after, "told": told,
            "audit_of_victim": neighbour.audit_rows(),
        }
        return line
    finally:
        daemon.process.kill()
        daemon.process.wait()
        shutil.rmtree(daemon.dir, ignore_errors=True)


def show(line):
    def ports(part):
        return "  ".join(f"{port} {p99}" + (f" ({failed} failed)" if failed else "")
                         for port, (p99, failed) in sorted(line[part].items()))
    print(f"{line['attack']:20} {os.path.basename(line['binary'])}: "
          f"RSS {line['rss_mib']} +{line['peak_growth_mib']} MiB, stays +{line['stays_mib']}; "
          f"{line['descriptors']} descriptors, {line['cpu_s']} s CPU, log {line['log_kib']} KiB, "
          f"audit {line['audit_of_victim']}")
    for part in ("quiet", "during", "after"):
        print(f"{'':24}{part:7} p99 ms: {ports(part)}")
    print(f"{'':24}{line['told']}", flush=True)


def main():
    parser = argparse.ArgumentParser(
        description=__doc__ + "\n".join(f"  {n}: {a.text}" for n, a in ATTACKS.items()),
        formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("binaries", nargs="+")
    parser.add_argument("--only", default="")
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--rest", type=float, default=5, help="seconds before memory is looked at")
    parser.add_argument("-o", dest="output", choices=["text", "json"], default="text")
    options = parser.parse_args()
    names = [name for name in options.only.split(",") if name] or list(ATTACKS)
    unknown = [name for name in names if name not in ATTACKS]
    if unknown:
        sys.exit(f"no such attack: {', '.join(unknown)}; there are {', '.join(ATTACKS)}")
    raise_descriptors()
    for name in names:
        for binary in options.binaries:
            line = try_attack(name, binary, options.seconds, options.rest)
            print(json.dumps(line), flush=True) if options.output == "json" else show(line)


if __name__ == "__main__":
    main()
