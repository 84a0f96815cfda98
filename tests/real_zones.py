#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The same life of two real zones twice: under a real Kuma global and under Skyden.

    KUMA_CP=/path/to/kuma-cp [KUMA_ZONE_CP=/path/to/other/kuma-cp] tests/real_zones.py [--skyden FILE]

Starts a Kuma global (2.14) and a Skyden daemon, each with two zone control planes of the same
kuma-cp, or of that of KUMA_ZONE_CP, one of Skyden's through `skyden zone-agent`. Both globals and
both pairs of zones get the same requests; after each step everything that zones and globals hold is
compared by type, name, labels and spec. Exits with 1 when anything differs, and says where. Of zones
of Kuma 3 some of it is meant to differ (EXPLAINED): that is counted and said why. Without KUMA_CP it
says so and exits with 0. kuma-cp listens on all addresses, so everything runs in a network namespace of its own
(root needed).

Of two services that came in one message and whose hostnames collide, a zone draws who gets it: Kuma
does not agree with itself about them either. That is counted too.
"""
import argparse
import gzip
import http.client
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
ZONES = ("zone-1", "zone-2")
AGENT = "127.0.0.1:5695"
# Requests to a Kuma global and its answers.
CORPUS = os.path.join(ROOT, "tests", "data", "conform", "resources-2.14.3.jsonl.gz")
# What a zone of Kuma 3 has otherwise under Skyden than under Kuma 2.14, and why. Lines are those of
# Worlds.compare: "<where>: /<type>/<mesh>/<name>...: Kuma has ..., Skyden ...".
POLICY = ("Mesh(?:AccessLog|CircuitBreaker|FaultInjection|HTTPRoute|HealthCheck|LoadBalancingStrategy|"
          "Metric|Passthrough|ProxyPatch|RateLimit|Retry|TCPRoute|TLS|Timeout|Trace|"
          "TrafficPermission)")
EXPLAINED = [
    (r"^zone-\d: /MeshTimeout/[^/]*/mesh-gateways-timeout-all-[^/]*: .*Skyden null$",
     "a default for gateways, which would apply to every proxy there, is not told"),
    (r"^zone-\d: /MeshTimeout/[^/]*/mesh-timeout-(to-)?all-",
     "the default timeouts come in Kuma 3's shape: `from` as `rules`, `to` in a policy of its own"),
    (rf"^zone-\d: /{POLICY}/[^/]*/(no-target|c\d+)-[^/]*: Kuma has null",
     "policies without a top-level targetRef arrive"),
    (rf"^zone-\d: /{POLICY}/[^/]*/(v2|c\d+)-.*(/spec/(rules|to|targetRef)|Kuma has null|Skyden null$)",
     "what Kuma 3 would read otherwise is told in its shape, or not"),
    (r"/MeshCircuitBreaker/[^/]*/rules-and-to", "a circuit breaker may have rules beside to"),
    (r"^global: /Dataplane/[^/]*/edge-\d-.*: Kuma has null",
     "a gateway that only its zone has tagged is taken"),
    (r"^global: /MeshInsight/", "and is counted, as the circuit breaker is"),
    (r"^PUT .*/rules-and-to: ", "a circuit breaker may have rules beside to"),
]
# The loser of two services that want one hostname.
COLLIDED = re.compile(r'^(/MeshService/[^/]+/[^/]+)/status/.*(Kuma|Skyden)(?: has)? "Hostname collision')
DRAWN = "of two services that came together and want one hostname, a zone draws who gets it"
# Numbers of a zone's own choice, and times.
VIP = re.compile(r"^24\d\.0\.0\.\d+$")
TIME = re.compile(r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d")
KEY = re.compile(r"^([A-Za-z0-9+/=]{300,}$|-----BEGIN CERTIFICATE-----)")


class Api:
    def __init__(self, host, base="", token=None):
        self.host, self.base = host, base
        self.headers = {"content-type": "application/json"}
        if token:
            self.headers["authorization"] = "Bearer " + token

    def __call__(self, method, path, body=None):
        connection = http.client.HTTPConnection(self.host, timeout=120)
        connection.request(method, self.base + path, None if body is None else json.dumps(body),
                           self.headers)
        answer = connection.getresponse()
        text = answer.read()
        try:
            return answer.status, json.loads(text) if text else None
        except ValueError:  # an unknown path is said to be that in plain text
            return answer.status, text.decode(errors="replace")


class Process:
    def __init__(self, arguments, log, env=None):
        self.log = log
        with open(log, "a") as out:
            self.process = subprocess.Popen(arguments, stdout=out, stderr=out,
                                            env={**os.environ, **(env or {})})

    def check(self):
        if self.process.poll() is not None:
            sys.exit(f"{self.process.args[0]} ended; see {self.log}")

    def stop(self, how=signal.SIGTERM):
        if self.process.poll() is None:
            self.process.send_signal(how)
        self.process.wait()


class Kuma(Process):
    """A kuma-cp; `global_address` makes it a zone."""

    def __init__(self, work, number, name, global_address=None):
        port = 21000 + 10 * number
        env = {
            "KUMA_MODE": "zone" if global_address else "global",
            "KUMA_ENVIRONMENT": "universal",
            "KUMA_STORE_TYPE": "memory",
            "KUMA_GENERAL_WORK_DIR": os.path.join(work, f"kuma-{number}"),
            "KUMA_API_SERVER_HTTP_PORT": str(port),
            "KUMA_API_SERVER_HTTPS_ENABLED": "false",
            "KUMA_DP_SERVER_PORT": str(port + 1),
            "KUMA_DIAGNOSTICS_SERVER_PORT": str(port + 2),
            "KUMA_MULTIZONE_GLOBAL_KDS_GRPC_PORT": str(port + 3),
            "KUMA_MULTIZONE_GLOBAL_KDS_TLS_ENABLED": "false",
            "KUMA_INTER_CP_SERVER_PORT": str(port + 4),
            "KUMA_INTER_CP_CATALOG_INSTANCE_ADDRESS": "127.0.0.1",
            "KUMA_MONITORING_ASSIGNMENT_SERVER_PORT": str(port + 5),
            "KUMA_REPORTS_ENABLED": "false",
        }
        if global_address:
            env["KUMA_MULTIZONE_ZONE_NAME"] = name
            env["KUMA_MULTIZONE_ZONE_GLOBAL_ADDRESS"] = global_address
        self.kds = f"127.0.0.1:{port + 3}"
        self.api = Api(f"127.0.0.1:{port}")
        binary = os.environ["KUMA_CP"]
        if global_address:
            binary = os.environ.get("KUMA_ZONE_CP", binary)
        super().__init__([binary, "run"], os.path.join(work, f"{name}-{number}.log"),
                         env)


class Skyden:
    def __init__(self, binary, folder):
        self.binary, self.folder, self.ports = binary, folder, {}
        self.start()

    def start(self):
        known = os.path.join(self.folder, "addresses.json")
        if os.path.exists(known):
            os.remove(known)
        arguments = [self.binary, "serve", "--data-dir", self.folder]
        for port in ("http", "admin", "kds", "diagnostics"):
            arguments += [f"--{port}-address", self.ports.get(port, "127.0.0.1:0")]
        self.process = Process(arguments, self.folder + ".log")
        while not os.path.exists(known):
            self.process.check()
            time.sleep(0.02)
        with open(known) as file:
            self.ports = json.load(file)
        with open(os.path.join(self.folder, "admin.token")) as file:
            self.token = file.read().strip()
        self.kds = self.ports["kds"]

    def manager(self, method, path, body):
        status, answer = Api(self.ports["http"], "/v1/mesh", self.token)(method, path, body)
        if status >= 400:
            sys.exit(f"{method} {path}: {answer}")
        return answer

    def api_of(self, control_plane):
        return Api(self.ports["http"], f"/v1/mesh/control-planes/{control_plane}/api", self.token)


def until(what, holds, seconds=120):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            if holds():
                return
        except (OSError, KeyError, TypeError):
            pass
        time.sleep(0.2)
    sys.exit("waited in vain until " + what)


def masked(value):
    if isinstance(value, dict):
        return {key: masked(item) for key, item in value.items()
                if key not in ("creationTime", "modificationTime", "instance")}
    if isinstance(value, list):
        return [masked(item) for item in value]
    if isinstance(value, str):
        for pattern, name in ((VIP, "<vip>"), (TIME, "<time>"), (KEY, "<key>")):
            if pattern.match(value):
                return name
    return value


def differences(here, there, path=""):
    if isinstance(here, dict) and isinstance(there, dict):
        for key in sorted({*here, *there}, key=str):
            yield from differences(here.get(key), there.get(key), f"{path}/{key}")
    elif isinstance(here, list) and isinstance(there, list) and len(here) == len(there):
        for i, pair in enumerate(zip(here, there)):
            yield from differences(*pair, f"{path}/{i}")
    elif here != there:
        yield f"{path}: Kuma has {json.dumps(here)[:200]}, Skyden {json.dumps(there)[:200]}"


def drawn_lots(lines):
    """What differs only by who of two services got a hostname: as many lost it here as there."""
    losers = {"Kuma": set(), "Skyden": set()}
    for line in lines:
        if found := COLLIDED.match(line):
            losers[found[2]].add(found[1])
    if len(losers["Kuma"]) != len(losers["Skyden"]):
        return []
    services = tuple(f"{service}/status/{part}" for service in losers["Kuma"] | losers["Skyden"]
                     for part in ("addresses", "hostnameGenerators/"))
    return [line for line in lines if services and line.startswith(services)]


class Worlds:
    """Kuma's and Skyden's, side by side."""

    def __init__(self, binary, work):
        self.skyden = Skyden(binary, os.path.join(work, "data"))
        self.id = self.skyden.manager("POST", "/control-planes", {"name": "real"})["id"]
        tokens = {zone: self.skyden.manager("POST",
                                            f"/control-planes/{self.id}/api/provision-zone",
                                            {"name": zone})["token"] for zone in ZONES}
        token_file = os.path.join(work, "zone-2.token")
        with open(token_file, "w") as file:
            file.write(tokens["zone-2"])
        kuma = Kuma(work, 0, "global")
        agent = Process([binary, "zone-agent", "--listen", AGENT, "--global",
                         "grpc://" + self.skyden.kds, "--token-file", token_file],
                        os.path.join(work, "agent.log"))
        address = f"grpc://{self.id}:{tokens['zone-1']}@{self.skyden.kds}"
        self.kuma = {"global": kuma.api}
        self.ours = {"global": self.skyden.api_of(self.id)}
        self.processes = [kuma, agent]
        for number, (zone, ours) in enumerate(zip(ZONES, (address, "grpc://" + AGENT))):
            for apis, place, to in ((self.kuma, 1, "grpc://" + kuma.kds), (self.ours, 3, ours)):
                process = Kuma(work, place + number, zone, to)
                self.processes.append(process)
                apis[zone] = process.api
        self.failures = 0
        self.explained = {}
        until("all zones are in sync", self.has_mesh)
        # Zones of Kuma 3 have fewer types than their global.
        self.types = {where: api("GET", "/_resources")[1]["resources"]
                      for where, api in self.kuma.items()}
        self.of_three = not any(kind["name"] == "ZoneIngress" for kind in self.types["zone-1"])

    def has_mesh(self):
        for process in self.processes:
            process.check()
        return all(apis[zone]("GET", "/meshes/default")[0] == 200
                   for apis in (self.kuma, self.ours) for zone in ZONES)

    def stop(self):
        for process in self.processes:
            process.stop()
        self.skyden.process.stop()

    def ask(self, method, path, body=None, where="global"):
        (kuma, _), (ours, answer) = (apis[where](method, path, body)
                                     for apis in (self.kuma, self.ours))
        if kuma != ours:
            self.fail(f"{method} {path}", [f"Kuma answers {kuma}, Skyden {ours}: {answer}"])

    def put(self, path, kind, where="global", **members):
        parts = path.strip("/").split("/")
        body = {"type": kind, "name": parts[-1], **members}
        if parts[0] == "meshes" and len(parts) > 2:
            body["mesh"] = parts[1]
        self.ask("PUT", path, body, where)

    def fail(self, where, lines):
        drawn = drawn_lots(lines)
        if drawn:
            self.explained[DRAWN] = self.explained.get(DRAWN, 0) + len(drawn)
        lines = [line for line in lines
                 if line not in drawn and not self.explains(f"{where}: {line}")]
        self.failures += len(lines)
        for line in lines[:10]:
            print(f"  {where}: {line}")

    def explains(self, line):
        for pattern, why in EXPLAINED if self.of_three else ():
            if re.search(pattern, line):
                self.explained[why] = self.explained.get(why, 0) + 1
                return True
        return False

    def holding(self, where, api):
        held = {}
        for kind in self.types[where]:
            # When what was confirmed is not the same from run to run.
            if kind["name"] != "ZoneInsight":
                items = (api("GET", f"/{kind['path']}?size=1000")[1] or {}).get("items") or []
                held[kind["name"]] = {f"{item.get('mesh', '')}/{item['name']}": masked(item)
                                      for item in items}
        return held

    def settled(self):
        """What all hold, once it has stopped to change."""
        last, same, end = None, 0, time.monotonic() + 120
        while same < 3 and time.monotonic() < end:
            now = [{where: self.holding(where, api) for where, api in apis.items()}
                   for apis in (self.kuma, self.ours)]
            same = same + 1 if now == last else 0
            last = now
            time.sleep(1.5)
        return last

    def compare(self, step):
        kuma, ours = self.settled()
        counts = []
        for where in kuma:
            lines = list(differences(kuma[where], ours[where]))
            before = self.failures
            self.fail(where, lines)
            meant = len(lines) - (self.failures - before)
            counts.append(f"{where} {sum(map(len, kuma[where].values()))} resources, "
                          f"{len(lines)} differences" + (f", {meant} meant" if meant else ""))
        print(f"{step}: " + "; ".join(counts), flush=True)

    def ask_about_proxies(self):
        for question in ("xds", "stats", "clusters", "stats?format=json"):
            answers = []
            for api in (self.kuma["global"], self.ours["global"]):
                names = [item["name"] for item in
                         api("GET", "/meshes/default/dataplanes")[1]["items"]]
                name = next(name for name in names if name.startswith("backend-1"))
                answers.append(masked(api("GET", f"/meshes/default/dataplanes/{name}/{question}")))
            self.fail(question, list(differences(*map(list, answers))))


def fill_proxies(worlds, zone, number):
    """Before the services that choose them: a zone whose cached list of proxies is older than a new
    service calls that service's TLS ready for ever."""
    worlds.put(f"/meshes/default/dataplanes/backend-{number}", "Dataplane", zone, networking={
        "address": f"10.0.0.{number}",
        "inbound": [{"port": 8080, "name": "http", "tags": {
            "kuma.io/service": "backend", "kuma.io/protocol": "http", "app": "backend"}}]})


def fill_zone(worlds, zone, number):
    own = {"kuma.io/origin": "zone"}
    mesh = "/meshes/default"
    worlds.put(f"{mesh}/meshservices/manual", "MeshService", zone, labels=own, spec={
        "selector": {"dataplaneTags": {"app": "backend"}},
        "ports": [{"name": "http", "port": 80, "targetPort": 8080, "appProtocol": "http"}]})
    worlds.put(f"/zoneingresses/ingress-{number}", "ZoneIngress", zone, networking={
        "address": f"10.1.0.{number}", "port": 10001,
        "advertisedAddress": f"192.0.2.{number}", "advertisedPort": 30001})
    worlds.put(f"/zoneegresses/egress-{number}", "ZoneEgress", zone, networking={
        "address": f"10.1.0.{number}", "port": 10002})
    worlds.put(f"{mesh}/meshtimeouts/local", "MeshTimeout", zone, labels=own, spec={
        "targetRef": {"kind": "Mesh"},
        "to": [{"targetRef": {"kind": "Mesh"}, "default": {"connectionTimeout": "3s"}}]})
    worlds.put(f"{mesh}/meshexternalservices/outside", "MeshExternalService", zone, labels=own,
               spec={"match": {"type": "HostnameGenerator", "port": 80, "protocol": "http"},
                     "endpoints": [{"address": "example.com", "port": 80}]})
    worlds.put("/hostnamegenerators/own", "HostnameGenerator", zone, labels=own, spec={
        "selector": {"meshService": {"matchLabels": {"a": "b"}}},
        "template": "{{ .DisplayName }}.x"})


def fill_global(worlds):
    worlds.put("/meshes/default", "Mesh", meshServices={"mode": "Exclusive"}, mtls={
        "enabledBackend": "ca-1", "backends": [{"name": "ca-1", "type": "builtin"}]})
    worlds.put("/meshes/second", "Mesh")
    worlds.put("/meshes/default/meshmultizoneservices/backend", "MeshMultiZoneService", spec={
        "selector": {"meshService": {"matchLabels": {"kuma.io/display-name": "backend"}}},
        "ports": [{"port": 80, "appProtocol": "http"}]})
    worlds.put("/meshes/default/meshgateways/gateway", "MeshGateway",
               selectors=[{"match": {"kuma.io/service": "gateway"}}],
               conf={"listeners": [{"port": 80, "protocol": "HTTP"}]})
    worlds.put("/global-secrets/one", "GlobalSecret", data="YQ==")
    worlds.put("/meshes/default/secrets/one", "Secret", data="YQ==")


def fill_global_for_three(worlds):
    """In the shapes of Kuma 3, and what of the older ones it would read otherwise."""
    mesh = "/meshes/default"
    everywhere = {"kind": "Mesh"}
    idle = {"idleTimeout": "44s"}
    limits = {"connectionLimits": {"maxConnections": 7}}
    worlds.put(f"{mesh}/meshtlses/no-target", "MeshTLS",
               spec={"rules": [{"default": {"mode": "Permissive"}}]})
    worlds.put(f"{mesh}/meshtimeouts/no-target", "MeshTimeout", spec={"rules": [{"default": idle}]})
    worlds.put(f"{mesh}/meshtrafficpermissions/no-target", "MeshTrafficPermission", spec={
        "rules": [{"default": {"allow": [
            {"spiffeID": {"type": "Prefix", "value": "spiffe://default"}}]}}]})
    worlds.put(f"{mesh}/meshtimeouts/with-target", "MeshTimeout", spec={
        "targetRef": everywhere, "rules": [{"default": idle}]})
    worlds.put(f"{mesh}/meshcircuitbreakers/rules-and-to", "MeshCircuitBreaker", spec={
        "targetRef": everywhere, "rules": [{"default": limits}],
        "to": [{"targetRef": everywhere, "default": limits}]})
    worlds.put(f"{mesh}/meshtimeouts/v2-gateways", "MeshTimeout", spec={
        "targetRef": {"kind": "Mesh", "proxyTypes": ["Gateway"]},
        "to": [{"targetRef": everywhere, "default": idle}]})
    worlds.put(f"{mesh}/meshtimeouts/v2-both", "MeshTimeout", spec={
        "targetRef": everywhere, "from": [{"targetRef": everywhere, "default": idle}],
        "to": [{"targetRef": everywhere, "default": idle}]})
    worlds.put(f"{mesh}/meshtimeouts/v2-named", "MeshTimeout", spec={
        "targetRef": {"kind": "Dataplane", "name": "web"}, "rules": [{"default": idle}]})
    worlds.put(f"{mesh}/meshtlses/v2-from", "MeshTLS", spec={
        "targetRef": everywhere,
        "from": [{"targetRef": everywhere, "default": {"mode": "Permissive"}}]})
    worlds.put(f"{mesh}/meshidentities/id", "MeshIdentity", spec={
        "selector": {"dataplane": {"matchLabels": {}}},
        "provider": {"type": "Bundled", "bundled": {
            "insecureAllowSelfSigned": True, "meshTrustCreation": "Enabled",
            "autogenerate": {"enabled": True}}}})


def fill_zone_of_three(worlds, zone, number):
    own = {"kuma.io/origin": "zone"}
    mesh = "/meshes/default"
    worlds.put(f"{mesh}/dataplanes/web-{number}", "Dataplane", zone,
               labels={**own, "kuma.io/workload": "web", "app": "web"},
               networking={"address": f"10.2.0.{number}", "inbound": [
                   {"port": 8080, "name": "main", "protocol": "http"}]})
    worlds.put(f"{mesh}/dataplanes/proxy-{number}", "Dataplane", zone, labels=own, networking={
        "address": f"10.2.1.{number}", "listeners": [
            {"type": "ZoneIngress", "address": f"10.2.1.{number}", "port": 10001,
             "name": "ingress"}]})
    worlds.put(f"{mesh}/meshzoneaddresses/address-{number}", "MeshZoneAddress", zone, labels=own,
               spec={"address": f"192.0.2.{number}", "port": 30001})
    worlds.put(f"{mesh}/dataplanes/edge-{number}", "Dataplane", zone, labels=own, networking={
        "address": f"10.2.2.{number}", "gateway": {"type": "DELEGATED"}})
    worlds.put(f"{mesh}/meshretries/zone-retry", "MeshRetry", zone, labels=own, spec={
        "to": [{"targetRef": {"kind": "Mesh"}, "default": {"tcp": {"maxConnectAttempt": 9}}}]})


def live(worlds):
    worlds.compare("zones connected")
    if worlds.of_three:
        fill_global_for_three(worlds)
        for number, zone in enumerate(ZONES, 1):
            fill_zone_of_three(worlds, zone, number)
        worlds.compare("the shapes of Kuma 3")
    fill_global(worlds)
    for number, zone in enumerate(ZONES, 1):
        fill_proxies(worlds, zone, number)
    worlds.compare("meshes, proxies, mTLS")
    for number, zone in enumerate(ZONES, 1):
        fill_zone(worlds, zone, number)
    worlds.compare("services, proxies of zones")
    worlds.ask_about_proxies()
    for path in ("/meshes/default/meshgateways/gateway", "/global-secrets/one", "/meshes/second"):
        worlds.ask("DELETE", path)
    for path in ("/meshes/default/meshservices/manual", "/zoneingresses/ingress-2",
                 "/meshes/default/dataplanes/backend-2"):
        worlds.ask("DELETE", path, where="zone-2")
    worlds.compare("some of it deleted")
    for enabled in (False, True):
        worlds.put("/zones/zone-1", "Zone", enabled=enabled)
        worlds.compare("zone-1 " + ("enabled" if enabled else "disabled"))
    worlds.skyden.process.stop(signal.SIGKILL)
    worlds.put("/meshes/default/dataplanes/meanwhile", "Dataplane", "zone-1", networking={
        "address": "10.0.0.9", "inbound": [{"port": 1, "tags": {"kuma.io/service": "w"}}]})
    worlds.skyden.start()
    ours = worlds.ours["global"]
    until("the zone has come back", lambda: any(
        item["name"].startswith("meanwhile")
        for item in ours("GET", "/meshes/default/dataplanes")[1]["items"]))
    worlds.compare("daemon killed and started again")


def every_type(worlds):
    """Resources of all types, as far as Kuma took them."""
    with gzip.open(CORPUS, "rt") as file:
        cases = [json.loads(line) for line in file]
    for case in cases:
        if case["status"] in (200, 201) and case["body"].get("type") not in ("Zone", "ZoneInsight"):
            worlds.ask(case["method"], case["path"], case["body"])
    worlds.compare("resources of every type")


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    build = os.environ.get("BUILD_DIR", os.path.join(ROOT, "build"))
    parser.add_argument("--skyden", default=os.path.join(build, "skyden"))
    options = parser.parse_args()
    if not os.environ.get("KUMA_CP"):
        print("NOT RUN: KUMA_CP does not name a kuma-cp")
        return 0
    if not os.environ.get("SKYDEN_REAL_ZONES"):
        env = {**os.environ, "SKYDEN_REAL_ZONES": "apart"}
        inside = 'ip link set lo up && exec "$0" "$@"'
        return subprocess.run(["unshare", "--net", "sh", "-c", inside, sys.executable, *sys.argv],
                              env=env, check=False).returncode
    work = tempfile.mkdtemp(prefix="skyden-real-")
    worlds = Worlds(options.skyden, work)
    try:
        live(worlds)
        every_type(worlds)
    finally:
        worlds.stop()
    for why, count in sorted(worlds.explained.items()):
        print(f"{count} times: {why}")
    if worlds.failures:
        print(f"{worlds.failures} differences; logs are in {work}")
        return 1
    shutil.rmtree(work)
    return 0


if __name__ == "__main__":
    sys.exit(main())
