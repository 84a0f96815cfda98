#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A daemon over three nodes of PostgreSQL that fail over by themselves: the primary's processes are
killed, its node is lost, or it freezes and thaws, while people write and zones are connected.
Nothing that was acknowledged is lost, writes go on soon, and no zone is turned away.

    tests/postgres/failover.py [--rounds N] [--kinds kill,lost,freeze] [--zones N] [--ttl SECONDS]

Needs Debian's packages patroni, etcd-server and postgresql-15; exits with 77, saying so, where they
are missing. Everything listens on loopback, or on sockets in a folder of its own that it removes.
Prints a line for each round: how long no write was answered, and what became of the zones' calls.
"""

import argparse
import collections
import http.client
import json
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "bench"))
from daemon import Daemon  # noqa: E402

BIN = os.environ.get("SKYDEN_POSTGRES_BIN", "/usr/lib/postgresql/15/bin")
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def wait_for(what, seconds, check, pause=0.05):
    """The first thing that `check` answers that is true."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = check()
        if found:
            return found
        time.sleep(pause)
    raise RuntimeError(f"waited {seconds} s for {what}")


def get_json(port, path):
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=2) as answer:
            return json.load(answer)
    except urllib.error.HTTPError as error:
        try:
            return json.load(error)
        except ValueError:
            return None
    except (OSError, ValueError, http.client.HTTPException):
        return None


def children(pid):
    """All processes below one."""
    below = collections.defaultdict(list)
    for entry in os.listdir("/proc"):
        if entry.isdigit():
            try:
                stat = open(f"/proc/{entry}/stat").read().rsplit(")", 1)[1].split()
                below[int(stat[1])].append(int(entry))
            except OSError:
                pass  # it ended meanwhile
    found, left = [], [pid]
    while left:
        for child in below[left.pop()]:
            found.append(child)
            left.append(child)
    return found


def send(pids, number):
    for pid in pids:
        try:
            os.kill(pid, number)
        except ProcessLookupError:
            pass


class Servers:
    """The three nodes, and what they agree through."""

    def __init__(self, folder, ttl):
        self.folder = folder
        self.ttl = ttl
        self.user = None
        if os.getuid() == 0:  # the server refuses to run as root
            self.user = pwd.getpwnam("postgres")
            os.chown(folder, self.user.pw_uid, self.user.pw_gid)
        self.etcd_port = free_port()
        peers = f"http://127.0.0.1:{free_port()}"
        client = f"http://127.0.0.1:{self.etcd_port}"
        self.etcd = self.start("etcd", [
            "etcd", "--data-dir", f"{folder}/etcd", "--listen-client-urls", client,
            "--advertise-client-urls", client, "--listen-peer-urls", peers,
            "--initial-advertise-peer-urls", peers, "--initial-cluster", f"default={peers}",
            "--unsafe-no-fsync"])
        wait_for("etcd", 30, lambda: get_json(self.etcd_port, "/health"))
        self.nodes = [Node(self, n) for n in range(3)]
        self.nodes[0].start()
        wait_for("the first primary", 90, lambda: self.leader() is not None)
        for node in self.nodes[1:]:
            node.start()
        self.wait_whole(120)

    def start(self, name, command):
        log = open(f"{self.folder}/{name}.log", "ab")
        as_user = {} if self.user is None else {
            "user": self.user.pw_uid, "group": self.user.pw_gid, "extra_groups": []}
        environment = dict(os.environ, HOME=self.folder, PATH=BIN + ":" + os.environ["PATH"])
        return subprocess.Popen(command, stdout=log, stderr=log, stdin=subprocess.DEVNULL,
                                start_new_session=True, cwd=self.folder, env=environment, **as_user)

    def members(self):
        for node in self.nodes:
            if node.process is not None and not node.frozen:
                cluster = get_json(node.rest, "/cluster")
                if cluster:
                    return cluster.get("members", [])
        return []

    def leader(self):
        for member in self.members():
            if member.get("role") == "leader" and member.get("state") == "running":
                return self.nodes[int(member["name"][2:])]
        return None

    def wait_whole(self, seconds):
        """A primary, and two that follow it, one of which commits wait for."""

        def whole():
            members = self.members()
            roles = collections.Counter(m.get("role") for m in members)
            good = all(m.get("state") in ("running", "streaming") and m.get("lag", 0) == 0
                       for m in members)
            return len(members) == 3 and good and roles["leader"] == 1 and roles["sync_standby"] >= 1

        wait_for("a whole cluster", seconds, whole)

    def psql(self, sql, database="postgres"):
        leader = wait_for("a primary", 60, self.leader)
        subprocess.run([f"{BIN}/psql", "-X", "-q", "-v", "ON_ERROR_STOP=1", "-h", leader.folder, "-p",
                        str(leader.port), "-U", "postgres", "-d", database, "-c", sql], check=True)

    def hosts(self):
        return (",".join(n.folder for n in self.nodes), ",".join(str(n.port) for n in self.nodes))

    def stop(self):
        for node in self.nodes:
            node.kill()
        self.etcd.kill()
        self.etcd.wait()


class Node:
    def __init__(self, servers, number):
        self.servers = servers
        self.number = number
        self.folder = f"{servers.folder}/pg{number}"
        os.mkdir(self.folder)
        if servers.user is not None:
            os.chown(self.folder, servers.user.pw_uid, servers.user.pw_gid)
        self.port, self.rest = free_port(), free_port()
        self.process = None
        self.frozen = False
        ttl = servers.ttl
        timings = {"ttl": ttl, "loop_wait": max(1, ttl // 4), "retry_timeout": max(1, ttl // 4)}
        parameters = {"synchronous_commit": "on", "wal_log_hints": "on", "max_connections": 60,
                      "shared_buffers": "32MB", "unix_socket_directories": self.folder}
        config = {
            "scope": "skyden", "name": f"pg{number}",
            "etcd3": {"hosts": [f"127.0.0.1:{servers.etcd_port}"]},
            "restapi": {"listen": f"127.0.0.1:{self.rest}",
                        "connect_address": f"127.0.0.1:{self.rest}"},
            "bootstrap": {
                "dcs": {**timings, "synchronous_mode": True, "synchronous_mode_strict": True,
                        "maximum_lag_on_failover": 0,
                        "postgresql": {"use_pg_rewind": True}},
                "initdb": [{"encoding": "UTF8"}, {"locale": "C"}]},
            "postgresql": {
                "listen": f"127.0.0.1:{self.port}", "connect_address": f"127.0.0.1:{self.port}",
                "data_dir": f"{self.folder}/data", "bin_dir": BIN,
                "authentication": {"superuser": {"username": "postgres"},
                                   "replication": {"username": "replicator"}},
                "parameters": parameters,
                "pg_hba": ["local all all trust", "host all all 127.0.0.1/32 trust",
                           "host replication replicator 127.0.0.1/32 trust"]},
        }
        with open(f"{self.folder}/patroni.yml", "w") as out:
            json.dump(config, out)  # which is YAML, too

    def start(self):
        self.process = self.servers.start(
            f"pg{self.number}/patroni", ["patroni", f"{self.folder}/patroni.yml"])

    def postmaster(self):
        try:
            return int(open(f"{self.folder}/data/postmaster.pid").readline())
        except (OSError, ValueError):
            return None

    def server_processes(self):
        pid = self.postmaster()
        if pid is None or not os.path.exists(f"/proc/{pid}"):
            return []
        return [pid] + children(pid)

    def all_processes(self):
        own = [] if self.process is None else [self.process.pid] + children(self.process.pid)
        return list(dict.fromkeys(own + self.server_processes()))

    def kill(self):
        """The node is gone: nothing on it runs any more."""
        pids = self.all_processes()
        send(pids, signal.SIGKILL)
        send(pids, signal.SIGCONT)
        if self.process is not None:
            self.process.wait()
        wait_for("the node's end", 10, lambda: not self.server_processes())
        self.process = None
        self.frozen = False

    def freeze(self):
        self.frozen = True
        send(self.all_processes(), signal.SIGSTOP)

    def thaw(self):
        send(self.all_processes(), signal.SIGCONT)
        self.frozen = False


class Writers:
    """People who write without a pause, and remember what they were told."""

    def __init__(self, daemon, control_plane, count):
        self.daemon = daemon
        self.path = f"/v1/mesh/control-planes/{control_plane}/api/meshes/default/meshtimeouts/"
        self.acknowledged = {}  # name: value
        self.open = 0  # answered with an error: nobody knows
        self.last = time.monotonic()
        self.longest = 0.0
        self.lock = threading.Lock()
        self.stopping = False
        self.threads = [threading.Thread(target=self.run, args=(n,)) for n in range(count)]
        for thread in self.threads:
            thread.start()

    def request(self, connection, method, name, value=None):
        body = None
        if value is not None:
            body = json.dumps({
                "type": "MeshTimeout", "mesh": "default", "name": name,
                "spec": {"targetRef": {"kind": "Mesh"},
                         "to": [{"targetRef": {"kind": "Mesh"},
                                 "default": {"connectionTimeout": value}}]}})
        connection.request(method, self.path + name, body,
                           {"authorization": "Bearer " + self.daemon.token,
                            "content-type": "application/json"})
        answer = connection.getresponse()
        return answer.status, answer.read()

    def run(self, number):
        connection = http.client.HTTPConnection(*self.daemon.address("http"), timeout=60)
        count = 0
        while not self.stopping:
            count += 1
            name, value = f"w{number}-{count}", f"{count % 50 + 1}s"
            try:
                status, _ = self.request(connection, "PUT", name, value)
            except (OSError, http.client.HTTPException):
                connection.close()
                status = 0
            now = time.monotonic()
            with self.lock:
                if status in (200, 201):
                    self.acknowledged[name] = value
                    self.longest = max(self.longest, now - self.last)
                    self.last = now
                else:
                    self.open += 1
            if status not in (200, 201):
                time.sleep(0.05)  # as who was told to come back, though sooner

    def begin_round(self):
        with self.lock:
            self.last, self.longest = time.monotonic(), 0.0
            return len(self.acknowledged)

    def count(self):
        with self.lock:
            return len(self.acknowledged)

    def stop(self):
        self.stopping = True
        for thread in self.threads:
            thread.join()

    def lost(self):
        """What was acknowledged and is not there, or is something else."""
        connection = http.client.HTTPConnection(*self.daemon.address("http"), timeout=60)
        missing = []
        for name, value in self.acknowledged.items():
            status, body = self.request(connection, "GET", name)
            if status != 200 or f'"connectionTimeout": "{value}"' not in body.decode().replace(
                    '":"', '": "'):
                missing.append((name, status))
        return missing


def injure(kind, node, servers):
    """Answers how the node comes back."""
    if kind == "kill":
        send(node.server_processes(), signal.SIGKILL)
        return lambda: None  # Patroni starts it again
    if kind == "lost":
        node.kill()
        return node.start
    node.freeze()
    # Longer than anybody waits for it: it thaws believing that it leads.
    thaws = threading.Timer(servers.ttl + 10, node.thaw)
    thaws.start()
    return thaws.join


def disconnects(daemon):
    return open(daemon.log_path).read().count("zone disconnected")


def one_round(kind, servers, daemon, writers):
    servers.wait_whole(180)
    gone = disconnects(daemon)
    leader = servers.leader()
    before = writers.begin_round()
    began = time.monotonic()
    mend = injure(kind, leader, servers)
    bound = 10 if kind == "kill" else servers.ttl + 6
    wait_for("writes to go on", bound + 60,
             lambda: writers.count() > before + 50 and time.monotonic() - began > 2)
    with writers.lock:
        pause = writers.longest
    mend()
    servers.wait_whole(180)
    gone = disconnects(daemon) - gone
    good = pause <= bound and gone == 0
    print(f"{kind:7} of {'pg%d' % leader.number}: {pause:5.1f} s without a write (at most {bound}), "
          f"{gone} zones were disconnected{'' if good else '   <- NOT GOOD'}", flush=True)
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--skyden", default=os.path.join(
        os.environ.get("BUILD_DIR", os.path.join(ROOT, "build")), "skyden"))
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--kinds", default="kill,lost,freeze")
    parser.add_argument("--zones", type=int, default=20)
    parser.add_argument("--ttl", type=int, default=8)
    parser.add_argument("--writers", type=int, default=4)
    arguments = parser.parse_args()
    for program in ("patroni", "etcd", f"{BIN}/postgres"):
        if shutil.which(program) is None:
            print(f"SKIPPED: no {program} (Debian: patroni, etcd-server, postgresql-15)")
            if os.environ.get("SKYDEN_POSTGRES_MUST_RUN"):
                sys.exit("SKYDEN_POSTGRES_MUST_RUN is set")
            sys.exit(77)

    folder = tempfile.mkdtemp(prefix="skyden-ha-", dir="/tmp")
    servers = daemon = zones = writers = None
    good = True
    try:
        servers = Servers(folder, arguments.ttl)
        servers.psql("CREATE DATABASE skyden TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C'"
                     " LC_CTYPE 'C'")
        hosts, ports = servers.hosts()
        where = f"host={hosts} port={ports} dbname=skyden"
        for name, text in (("owner", f"{where} user=postgres\n"),
                           ("dsn", f"app {where} user=skyden_app\nsystem {where} user=skyden_system\n")):
            path = os.path.join(folder, name)
            with open(path, "w") as out:
                out.write(text)
            os.chmod(path, 0o600)
        flags = ["--store", "postgres", "--postgres-dsn-file", f"{folder}/dsn"]
        subprocess.run([arguments.skyden, "migrate", *flags, "--owner-dsn-file", f"{folder}/owner"],
                       check=True, stdout=subprocess.DEVNULL)
        daemon = Daemon(arguments.skyden, [*flags, "--postgres-require-sync"])
        environment = dict(os.environ, SKYDEN_TOKEN=daemon.token,
                           SKYDEN_ADDRESS="http://%s:%d" % daemon.address("http"))

        def command(*words):
            return subprocess.run([arguments.skyden, *words], check=True, env=environment,
                                  stdout=subprocess.PIPE).stdout

        control_plane = json.loads(command("cp", "create", "demo", "-o", "json"))["id"]
        names = [f"zone-{n}" for n in range(arguments.zones)]
        command("zone", "provision", "demo", *names, "--tokens-file", f"{folder}/tokens")
        zones = subprocess.Popen(
            [arguments.skyden, "zone", "simulate", "--global", "grpc://%s:%d" % daemon.address("kds"),
             "--tokens-file", f"{folder}/tokens", "--dataplanes", "3"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=environment)
        calls = collections.deque(maxlen=4)

        def settled():
            calls.append(daemon.metric("skyden_kds_streams"))
            return len(calls) == 4 and len(set(calls)) == 1 and calls[0] >= 5 * arguments.zones

        wait_for("the zones", 120, settled, pause=0.5)
        writers = Writers(daemon, control_plane, arguments.writers)
        for number in range(arguments.rounds):
            for kind in arguments.kinds.split(","):
                good = one_round(kind, servers, daemon, writers) and good
        writers.stop()
        missing = writers.lost()
        print(f"{writers.count()} writes acknowledged, {len(missing)} of them lost; {writers.open} "
              f"were answered with an error", flush=True)
        for name, status in missing[:10]:
            print(f"   lost: {name} ({status})")
        good = good and not missing and writers.count() > 0
    finally:
        if writers is not None and not writers.stopping:
            writers.stopping = True
        if zones is not None:
            zones.kill()
            zones.wait()
        if daemon is not None:
            shutil.copy(daemon.log_path, folder)
            daemon.stop()
        if servers is not None:
            servers.stop()
        if not good or sys.exc_info()[0] is not None:
            print(f"logs are in {folder}", file=sys.stderr)
        else:
            shutil.rmtree(folder, ignore_errors=True)
    sys.exit(0 if good else 1)


if __name__ == "__main__":
    main()
