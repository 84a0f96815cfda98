#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How the daemon holds up under many zones: one line of JSON for each scenario.

    tests/bench/zones.py [--skyden FILE] [--swarm FILE] [scenario]...

Each scenario starts a daemon of its own on an empty folder (under $TMPDIR) and loopback ports.
Nothing here is judged: figures depend on the machine, so the first line says what its disk takes
for one durable write. Next to what the swarm prints, each line has the daemon's processor time
(user and system, ms, for each zone) and what it read from its store. Scenarios:
"""
import argparse
import concurrent.futures
import http.client
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TICK_MS = 1000 / os.sysconf("SC_CLK_TCK")
LARGE_POLICIES = 17_000
SCENARIOS = {}


def scenario(function):
    SCENARIOS[function.__name__.replace("_", "-")] = function
    return function


class Daemon:
    """A running `skyden serve`, and its API as the operator."""

    def __init__(self, binary, folder):
        self.binary, self.folder = binary, folder
        self.start()

    def start(self):
        addresses = os.path.join(self.folder, "addresses.json")
        if os.path.exists(addresses):
            os.remove(addresses)
        ports = [part for name, port in self.ports().items()
                 for part in (f"--{name}-address", f"127.0.0.1:{port}")]
        with open(self.folder + ".log", "a") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--data-dir", self.folder, *ports], stdout=log, stderr=log)
        while not os.path.exists(addresses):
            if self.process.poll() is not None:
                sys.exit(f"the daemon did not start; see {self.folder}.log")
            time.sleep(0.005)
        with open(addresses) as file:
            self.addresses = json.load(file)
        with open(os.path.join(self.folder, "admin.token")) as file:
            self.token = file.read().strip()

    def ports(self):
        """The same after a restart, or zones would not find it again."""
        known = getattr(self, "addresses", {})
        return {name: known.get(name, ":0").rsplit(":", 1)[1]
                for name in ("http", "admin", "kds", "diagnostics")}

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        self.process.wait()

    def connect(self):
        return http.client.HTTPConnection(self.addresses["http"], timeout=60)

    def call(self, method, path, body=None, connection=None):
        connection = connection or self.connect()
        connection.request(method, path, json.dumps(body) if body is not None else None,
                           {"authorization": "Bearer " + self.token,
                            "content-type": "application/json"})
        answer = connection.getresponse()
        text = answer.read()
        if answer.status >= 400:
            sys.exit(f"{method} {path}: {answer.status} {text!r}")
        return json.loads(text)

    def control_plane(self, name):
        return self.call("POST", "/v1/mesh/control-planes", {"name": name})["id"]

    def provision(self, control_plane, count):
        """[(zone, token)]"""
        path = f"/v1/mesh/control-planes/{control_plane}/api/provision-zone"
        connection = self.connect()
        names = [f"swarm-{i}" for i in range(count)]
        return [(name, self.call("POST", path, {"name": name}, connection)["token"])
                for name in names]

    def cpu_ms(self):
        with open(f"/proc/{self.process.pid}/stat") as stat:
            fields = stat.read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) * TICK_MS

    def rss_mib(self, field="VmRSS"):
        with open(f"/proc/{self.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith(field)) / 1024

    def metrics(self):
        connection = http.client.HTTPConnection(self.addresses["diagnostics"], timeout=60)
        connection.request("GET", "/metrics")
        lines = connection.getresponse().read().decode().splitlines()
        return {line.split()[0]: float(line.split()[1]) for line in lines if line[:1] != "#"}

    def api(self, control_plane):
        return f"http://{self.addresses['http']}/v1/mesh/control-planes/{control_plane}/api"


class Bench:
    def __init__(self, options, work):
        self.options, self.work = options, work
        self.skyden = options.skyden
        self.swarm_binary = options.swarm or self.build_swarm()

    def build_swarm(self):
        source = os.environ.get("SKYDEN_SWARM")
        if not source:
            sys.exit("SKYDEN_SWARM does not name the folder of a swarm's source: give --swarm FILE")
        binary = os.path.join(self.work, "zoneswarm")
        subprocess.run(["go", "build", "-o", binary, "."], cwd=source, check=True)
        return binary

    def daemon(self):
        folder = tempfile.mkdtemp(dir=self.work)
        return Daemon(self.skyden, folder)

    def swarm(self, daemon, zones, *arguments, during=None):
        """`zones`: [(control plane, zone, token)]. The swarm's own figures and the daemon's.

        `during`: called while all are connected and the swarm is done; returns more figures."""
        tenants = os.path.join(self.work, "tenants")
        with open(tenants, "w") as file:
            for control_plane, zone, token in zones:
                file.write(f"{control_plane} {token} {daemon.api(control_plane)} {daemon.token} "
                           f"{zone}\n")
        before = daemon.cpu_ms()
        swarm = subprocess.Popen(
            [self.swarm_binary, "-addr", daemon.addresses["kds"], "-tenants", tenants, "-pid",
             str(daemon.process.pid), *(["-hold", "1h"] if during else []), *arguments],
            stdout=subprocess.PIPE, text=True)
        line = swarm.stdout.readline()
        if not line:
            sys.exit(f"the swarm failed with {swarm.wait()}")
        figures = json.loads(line)
        figures["cpu_ms_per_zone"] = (daemon.cpu_ms() - before) / len(zones)
        figures["rss_peak_mib"] = daemon.rss_mib("VmHWM")
        if during:
            figures.update(during())
            swarm.terminate()
        swarm.wait()
        return figures

    def one_control_plane(self, count, *arguments, during=None, prepare=None):
        daemon = self.daemon()
        control_plane = daemon.control_plane("swarm")
        tokens = daemon.provision(control_plane, count)
        if prepare:
            prepare(daemon, control_plane)
        figures = self.swarm(daemon, [(control_plane, *zone) for zone in tokens], *arguments,
                             during=during and (lambda: during(daemon)))
        daemon.stop()
        return figures

    def simulate(self, daemon, control_plane, tokens, *arguments):
        """`skyden zone simulate`: reconnects, pings every 15 s, health checks."""
        path = os.path.join(self.work, "tokens")
        with open(path, "w") as file:
            file.writelines(f"{zone} {control_plane} {token}\n" for zone, token in tokens)
        return subprocess.Popen(
            [self.skyden, "zone", "simulate", "--global", "grpc://" + daemon.addresses["kds"],
             "--tokens-file", path, "-o", "json", *arguments],
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def idle_figures(daemon, seconds):
    """What passes in the daemon while nothing happens."""
    time.sleep(15)  # the last words about the zones that came are written after 10 s
    before, cpu, began = daemon.metrics(), daemon.cpu_ms(), time.monotonic()
    time.sleep(seconds)
    after, passed = daemon.metrics(), time.monotonic() - began
    return {
        "seconds": round(passed, 1),
        "cpu_percent_of_a_core": round((daemon.cpu_ms() - cpu) / passed / 10, 2),
        "streams_before": before["skyden_kds_streams"],
        "streams_after": after["skyden_kds_streams"],
        "store_reads": after["skyden_store_reads_total"] - before["skyden_store_reads_total"],
        "store_writes": after["skyden_store_writes_total"] - before["skyden_store_writes_total"],
        "messages_in": after["skyden_kds_messages_in_total"] -
                       before["skyden_kds_messages_in_total"],
    }


def timeout_policy(name):
    return {"type": "MeshTimeout", "mesh": "default", "name": name,
            "spec": {"targetRef": {"kind": "Mesh"},
                     "to": [{"targetRef": {"kind": "Mesh"},
                             "default": {"connectionTimeout": "5s"}}]}}


def put_many(daemon, control_plane, count, clients=16):
    path = f"/v1/mesh/control-planes/{control_plane}/api/meshes/default/meshtimeouts/"

    def put(numbers):
        connection = daemon.connect()
        for number in numbers:
            name = f"policy-{number:05}"
            daemon.call("PUT", path + name, timeout_policy(name), connection)

    with concurrent.futures.ThreadPoolExecutor(clients) as pool:
        list(pool.map(put, [range(i, count, clients) for i in range(clients)]))


@scenario
def zones_200(bench):
    """200 zones of one control plane; the credential in the address"""
    return bench.one_control_plane(200)


@scenario
def zones_200_header(bench):
    """the same with the credential in the authorization header"""
    return bench.one_control_plane(200, "-auth", "header")


@scenario
def zones_1000(bench):
    """1,000 zones of one control plane"""
    return bench.one_control_plane(1000)


@scenario
def tenants_20(bench):
    """20 control planes of 50 zones each, written to at once"""
    daemon = bench.daemon()
    zones = []
    for i in range(20):
        control_plane = daemon.control_plane(f"tenant-{i}")
        zones += [(control_plane, *zone) for zone in daemon.provision(control_plane, 50)]
    figures = bench.swarm(daemon, zones, "-writes", "100")
    daemon.stop()
    return figures


@scenario
def large(bench):
    """50 zones of a control plane with 17,000 policies of one type"""
    return bench.one_control_plane(
        50, prepare=lambda daemon, id: put_many(daemon, id, LARGE_POLICIES))


@scenario
def idle(bench):
    """1,000 zones that do nothing for 60 s"""
    return bench.one_control_plane(1000, "-writes", "0",
                                   during=lambda daemon: idle_figures(daemon, 60))


@scenario
def idle_pinging(bench):
    """one zone that pings every 15 s for five minutes, with health checks"""
    daemon = bench.daemon()
    control_plane = daemon.control_plane("ping")
    zone = bench.simulate(daemon, control_plane, daemon.provision(control_plane, 1))
    time.sleep(2)
    figures = idle_figures(daemon, 300)
    zone.terminate()
    events = [json.loads(line) for line in zone.communicate()[0].splitlines()]
    figures["disconnects"] = sum("disconnected" in json.dumps(event) for event in events)
    daemon.stop()
    return figures


@scenario
def restart(bench):
    """the daemon is killed under 1,000 zones with 10 dataplanes each, and comes back"""
    count = 1000
    daemon = bench.daemon()
    control_plane = daemon.control_plane("restart")
    tokens = daemon.provision(control_plane, count)
    zones = bench.simulate(daemon, control_plane, tokens, "--dataplanes", "10")
    # Each zone asks for all types and confirms them: it is in sync when nothing is under way.
    wait_until_quiet(daemon, count)
    daemon.stop(signal.SIGKILL)
    began = time.monotonic()
    daemon.start()
    listening = time.monotonic()
    cpu = daemon.cpu_ms()
    in_sync = wait_until_quiet(daemon, count)
    figures = {"zones": count, "start_s": listening - began, "in_sync_s": in_sync - listening,
               "cpu_ms_per_zone": (daemon.cpu_ms() - cpu) / count,
               "rss_mib": daemon.rss_mib()}
    zones.terminate()
    zones.wait()
    daemon.stop()
    return figures


def wait_until_quiet(daemon, zones):
    """Waits for all streams to be open and for one second without a message; when that began."""
    last, since = None, time.monotonic()
    while True:
        metrics = daemon.metrics()
        now = (metrics["skyden_kds_streams"] >= 5 * zones,
               metrics["skyden_kds_messages_in_total"])
        if now != last:
            last, since = now, time.monotonic()
        elif now[0] and time.monotonic() - since > 1:
            return since
        time.sleep(0.02)


def fsync_figures(folder):
    path = os.path.join(folder, "fsync")
    times = []
    with open(path, "wb", buffering=0) as file:
        for _ in range(100):
            file.write(b"x" * 4096)
            began = time.perf_counter()
            os.fdatasync(file.fileno())
            times.append((time.perf_counter() - began) * 1000)
    os.remove(path)
    return {"scenario": "machine", "cores": os.cpu_count(), "load": os.getloadavg()[0],
            "fsync_ms_p50": sorted(times)[50], "fsync_ms_p99": sorted(times)[99]}


def rounded(figures):
    return {key: round(value, 3) if isinstance(value, float) else value
            for key, value in figures.items()}


def main():
    lines = "\n".join(f"  {name:18}{function.__doc__}" for name, function in SCENARIOS.items())
    parser = argparse.ArgumentParser(description=__doc__ + lines,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    build = os.environ.get("BUILD_DIR", os.path.join(ROOT, "build"))
    parser.add_argument("--skyden", default=os.path.join(build, "skyden"))
    parser.add_argument("--swarm", help="the swarm's binary; built with Go when not given")
    parser.add_argument("--keep", action="store_true", help="keep the daemons' folders and logs")
    parser.add_argument("scenario", nargs="*", metavar="scenario",
                        help="all but idle-pinging when not given")
    options = parser.parse_args()
    chosen = options.scenario or [name for name in SCENARIOS if name != "idle-pinging"]
    for name in chosen:
        if name not in SCENARIOS:
            parser.error(f"{name}: no such scenario")
    work = tempfile.mkdtemp(prefix="skyden-bench-")
    try:
        print(json.dumps(rounded(fsync_figures(work))), flush=True)
        bench = Bench(options, work)
        for name in chosen:
            figures = SCENARIOS[name](bench)
            print(json.dumps({"scenario": name, **rounded(figures)}), flush=True)
    finally:
        if options.keep:
            print(work, file=sys.stderr)
        else:
            shutil.rmtree(work)


if __name__ == "__main__":
    main()
