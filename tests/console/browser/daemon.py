# SPDX-License-Identifier: Apache-2.0
"""A daemon of the test's own on free ports, its API, and zones that are played."""
import json
import os
import pathlib
import subprocess
import tempfile
import time
import urllib.error
import urllib.request

BINARY = os.environ["SKYDEN"]
PATIENCE = 60  # s


def wait_for(what, said):
    """Calls `what` until it is true: for what other processes do."""
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if what():
            return
        time.sleep(0.02)
    raise AssertionError(f"it did not come to this: {said}")


class Daemon:
    def __init__(self, *settings):
        self._folder = tempfile.TemporaryDirectory()
        data = pathlib.Path(self._folder.name) / "data"
        data.mkdir(mode=0o700)
        self.log = open(pathlib.Path(self._folder.name) / "log", "w+b")
        ports = [f"--{port}-address=127.0.0.1:0" for port in ("http", "admin", "kds", "diagnostics")]
        self._process = subprocess.Popen(
            [BINARY, "serve", "--data-dir", str(data), *ports, *settings], stdout=self.log, stderr=self.log)
        addresses = data / "addresses.json"
        wait_for(lambda: addresses.exists() or self._process.poll() is not None, "a daemon that serves")
        known = json.loads(addresses.read_text())
        self.url = f"http://{known['http']}"
        self.kds = known["kds"]
        self.token = (data / "admin.token").read_text().strip()
        self._played = []

    def close(self):
        for process in [*self._played, self._process]:
            process.terminate()
        for process in [*self._played, self._process]:
            process.wait()
        self.log.close()
        self._folder.cleanup()

    def api(self, method, path, body=None, token=None):
        """Its status and JSON."""
        request = urllib.request.Request(self.url + path, method=method, headers={
            "authorization": f"Bearer {token or self.token}", "content-type": "application/json",
            "accept": "application/json, text/plain"})
        data = None if body is None else json.dumps(body).encode()
        try:
            with urllib.request.urlopen(request, data) as answer:
                text = answer.read().decode()
                status = answer.status
        except urllib.error.HTTPError as error:
            text, status = error.read().decode(), error.code
        try:
            return status, json.loads(text) if text else None
        except ValueError:
            return status, text

    def made(self, path, body):
        status, answer = self.api("POST", path, body)
        assert status < 300, (path, status, answer)
        return answer

    def control_plane(self, name):
        return self.made("/v1/mesh/control-planes", {"name": name})["id"]

    def zone_token(self, control_plane, zone):
        return self.made(f"/v1/mesh/control-planes/{control_plane}/api/provision-zone", {"name": zone})["token"]

    def play(self, control_plane, token, zone, proxies=1):
        """Plays a zone that signs in with the token, whatever zone it is of."""
        self._played.append(subprocess.Popen(
            [BINARY, "zone", "simulate", "--global", f"grpc://{control_plane}:{token}@{self.kds}",
             "--name", zone, "--dataplanes", str(proxies)], stdout=self.log, stderr=self.log))
        return self._played[-1]

    def stop(self, process):
        self._played.remove(process)
        process.terminate()
        process.wait()

    def account(self, name, role="Viewer", on="*"):
        """A user with a role and a token: its id, the token's id, the token."""
        user = self.made("/v3/users", {"email": f"{name}@example.com", "full_name": name})
        self.made(f"/v3/users/{user['id']}/assigned-roles", {
            "role_name": role, "entity_id": on, "entity_type_name": "Mesh Control Planes"})
        token = self.made(f"/v3/users/{user['id']}/access-tokens", {"name": "laptop", "ttl_seconds": 86400})
        return user["id"], token["id"], token["konnect_token"]
