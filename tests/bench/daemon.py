# SPDX-License-Identifier: Apache-2.0
"""A real daemon on free ports, for the scripts beside this one. Python's standard library only."""

import http.client
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time


class Daemon:
    def __init__(self, binary, flags=()):
        self.binary = os.path.abspath(binary)
        self.dir = tempfile.mkdtemp(prefix="skyden-bench-")
        self.data = os.path.join(self.dir, "data")
        self.log_path = os.path.join(self.dir, "log")
        ports = [f"--{name}-address=127.0.0.1:0" for name in ("http", "admin", "kds", "diagnostics")]
        with open(self.log_path, "wb") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--data-dir", self.data, *ports, *flags],
                stdout=log, stderr=log)
        addresses = os.path.join(self.data, "addresses.json")
        deadline = time.monotonic() + 60
        while not os.path.exists(addresses):
            if self.process.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError("the daemon did not start: " + open(self.log_path).read())
            time.sleep(0.02)
        self.addresses = json.load(open(addresses))
        self.token = open(os.path.join(self.data, "admin.token")).read().strip()

    def address(self, port):
        host, number = self.addresses[port].rsplit(":", 1)
        return host, int(number)

    def rest(self, token=None, address=None):
        return Rest(address or self.address("http"), token or self.token)

    def status(self, field):
        """A number of /proc/<pid>/status; memory is in KiB."""
        for line in open(f"/proc/{self.process.pid}/status"):
            if line.startswith(field + ":"):
                return int(line.split()[1])
        raise KeyError(field)

    def metric(self, name):
        connection = http.client.HTTPConnection(*self.address("diagnostics"), timeout=60)
        connection.request("GET", "/metrics")
        for line in connection.getresponse().read().decode().splitlines():
            if line.startswith(name + " "):
                return float(line.split()[1])
        raise KeyError(name)

    def cpu_seconds(self):
        fields = open(f"/proc/{self.process.pid}/stat").read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(120)
        shutil.rmtree(self.dir)
        return code


class Rest:
    """One keep-alive connection."""

    def __init__(self, address, token):
        self.connection = http.client.HTTPConnection(*address, timeout=60)
        self.headers = {"authorization": "Bearer " + token, "content-type": "application/json"}

    def call(self, method, path, body=None):
        text = None if body is None else json.dumps(body)
        self.connection.request(method, path, text, self.headers)
        answer = self.connection.getresponse()
        content = answer.read()
        try:
            return answer.status, json.loads(content)
        except ValueError:
            return answer.status, content.decode("utf-8", "replace")

    def must(self, method, path, body=None):
        status, content = self.call(method, path, body)
        if status >= 300:
            raise RuntimeError(f"{method} {path}: {status} {content}")
        return content
