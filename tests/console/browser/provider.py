# SPDX-License-Identifier: Apache-2.0
"""An identity provider that others wrote: Glewlwyd, out of Debian's package, on a database of the test's own."""
import gzip
import json
import os
import pathlib
import shutil
import socket
import sqlite3
import subprocess
import tempfile
import urllib.error
import urllib.parse
import urllib.request

from daemon import wait_for

# What tests/install_dependencies.sh unpacks; nothing of it is installed.
FOLDER = pathlib.Path(os.environ.get("IDENTITY_PROVIDER", "nowhere"))
PROGRAM = FOLDER / "usr/bin/glewlwyd"
PASSWORD = "a password of nobody"
SESSION = "PROVIDER_SESSION"
MISSING = None if PROGRAM.exists() else "there is no identity provider; tests/install_dependencies.sh fetches it"

SETTINGS = """
port = {port}
bind_address = "127.0.0.1"
external_url = "{url}"
login_url = "login.html"
api_prefix = "api"
static_files_path = "{folder}/webapp/"
log_mode = "console"
log_level = "INFO"
cookie_domain = ""
cookie_secure = 0
cookie_same_site = "lax"
session_expiration = 3600
session_key = "{session}"
admin_scope = "g_admin"
profile_scope = "g_profile"
user_module_path = "{program}/usr/lib/glewlwyd/user"
user_middleware_module_path = "{folder}/none"
client_module_path = "{program}/usr/lib/glewlwyd/client"
user_auth_scheme_module_path = "{program}/usr/lib/glewlwyd/scheme"
plugin_module_path = "{program}/usr/lib/glewlwyd/plugin"
hash_algorithm = "SHA512"
database = {{ type = "sqlite3" path = "{folder}/database" }};
static_files_mime_types = (
  {{ extension = ".html" mime_type = "text/html" compress = 0 }},
  {{ extension = ".css" mime_type = "text/css" compress = 0 }},
  {{ extension = ".js" mime_type = "application/javascript" compress = 0 }},
  {{ extension = ".json" mime_type = "application/json" compress = 0 }}
)
"""

# Its plugin asks for each of them.
PLUGIN = {
    "jwt-type": "rsa", "jwt-key-size": "256", "jwks-show": True, "jwks-x5c": [],
    "access-token-duration": 3600, "refresh-token-duration": 86400, "code-duration": 60,
    "refresh-token-rolling": True, "subject-type": "public", "allow-non-oidc": False,
    "auth-type-code-enabled": True, "auth-type-token-enabled": False, "auth-type-id-token-enabled": True,
    "auth-type-none-enabled": False, "auth-type-password-enabled": False, "auth-type-client-enabled": False,
    "auth-type-refresh-enabled": True, "request-parameter-allow": False, "scope": [], "additional-parameters": [],
    "claims": [{"name": "groups", "user-property": "groups", "type": "string", "mandatory": True, "on-demand": False,
                "scope": []}],
    "name-claim": "mandatory", "email-claim": "mandatory", "name-claim-scope": [], "email-claim-scope": [],
    "scope-claim": "no", "pkce-allowed": True, "pkce-method-plain-allowed": False, "pkce-required": True,
    "introspection-revocation-allowed": True, "introspection-revocation-allow-target-client": True,
    "introspection-revocation-auth-scope": [], "oauth-as-iss-id": True,
    "session-management-allowed": True, "session-cookie-name": "PROVIDER_OIDC", "session-cookie-expiration": 3600,
    "back-channel-logout-allowed": True, "front-channel-logout-allowed": False,
    "device-authorization-expiration": 600, "device-authorization-interval": 1,
}


def free_port():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        return held.getsockname()[1]


class Provider:
    """With the issuers `code` and `device`: what the second has besides is the device flow."""

    def __init__(self):
        self._temporary = tempfile.TemporaryDirectory()
        folder = pathlib.Path(self._temporary.name)
        with sqlite3.connect(folder / "database") as database:
            tables = FOLDER / "usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz"
            database.executescript(gzip.open(tables, "rt").read())
        database.close()
        share = FOLDER / "usr/share/glewlwyd"
        shutil.copytree(share / "webapp", folder / "webapp", ignore=shutil.ignore_patterns("config.json"))
        shutil.copy(share / "templates/config.json", folder / "webapp")
        (folder / "none").mkdir()
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        (folder / "settings").write_text(SETTINGS.format(
            port=port, url=self.url, folder=folder, program=FOLDER, session=SESSION))
        self.log = open(folder / "log", "w+b")
        [libraries] = (FOLDER / "usr/lib").glob("*-linux-gnu")
        self._process = subprocess.Popen(
            [PROGRAM, "--config-file", folder / "settings"], stdout=self.log, stderr=self.log,
            env={**os.environ, "LD_LIBRARY_PATH": str(libraries)})
        self._cookie = ""
        wait_for(self._answers, "an identity provider that answers")
        self._set_up()

    def close(self):
        self._process.terminate()
        self._process.wait()
        self.log.close()
        self._temporary.cleanup()

    def _answers(self):
        assert self._process.poll() is None, (self.log.seek(0), self.log.read())[1]
        try:
            return self._call("GET", "/config")[0] == 200
        except OSError:
            return False

    def _call(self, method, path, body=None):
        request = urllib.request.Request(
            self.url + path, None if body is None else json.dumps(body).encode(), method=method,
            headers={"content-type": "application/json", "cookie": self._cookie})
        try:
            with urllib.request.urlopen(request) as answer:
                # Its Domain is empty, which Python's jar of cookies does not take.
                self._cookie = (answer.headers["set-cookie"] or self._cookie).split(";")[0]
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def _do(self, method, path, body=None):
        status, answer = self._call(method, path, body)
        assert status == 200, (method, path, status, answer)
        return answer

    def _set_up(self):
        # The account that its tables begin with.
        self._do("POST", "/api/auth", {"username": "admin", "password": "password"})
        users = json.loads(self._do("GET", "/api/mod/user/database"))
        users["parameters"]["data-format"]["groups"] = {
            "multiple": True, "read": True, "write": True, "profile-read": True, "profile-write": False}
        self._do("PUT", "/api/mod/user/database", users)
        self._do("PUT", "/api/mod/user/database/reset")
        clients = json.loads(self._do("GET", "/api/mod/client/database"))
        clients["parameters"].setdefault("data-format", {})["post_logout_redirect_uris"] = {
            "multiple": True, "read": True, "write": True}
        self._do("PUT", "/api/mod/client/database", clients)
        self._do("PUT", "/api/mod/client/database/reset")
        for scope in ("profile", "email", "offline_access"):
            self._do("POST", "/api/scope/", {"name": scope, "display_name": scope, "description": scope,
                                             "password_required": False, "scheme": {}})
        key = subprocess.run(["openssl", "genrsa", "2048"], capture_output=True, text=True, check=True).stdout
        public = subprocess.run(["openssl", "rsa", "-pubout"], input=key, capture_output=True, text=True,
                                check=True).stdout
        for name in ("code", "device"):
            self._do("POST", "/api/mod/plugin/", {
                "module": "oidc", "name": name, "display_name": name, "order_rank": 0,
                "parameters": {**PLUGIN, "iss": self.issuer(name), "key": key, "cert": public,
                               "auth-type-device-enabled": name == "device"}})

    def issuer(self, name="code"):
        return f"{self.url}/api/{name}"

    def person(self, name, *groups):
        self._do("POST", "/api/user/", {
            "username": name, "password": PASSWORD, "name": name.title(), "email": f"{name}@example.com",
            "scope": ["openid", "profile", "email", "offline_access"], "groups": list(groups), "enabled": True})

    def client(self, name, redirects, secret=None, **more):
        """Made, or changed to this."""
        known = self._call("GET", f"/api/client/{name}")[0] == 200
        self._do("PUT" if known else "POST", f"/api/client/{name if known else ''}", {
            "client_id": name, "name": name, "confidential": secret is not None, "redirect_uri": redirects, "scope": [], "enabled": True,
            "authorization_type": ["code", "refresh_token", "device_authorization"],
            "token_endpoint_auth_method": ["client_secret_basic"] if secret else ["none"],
            **({"client_secret": secret} if secret else {}), **more})

    def renews(self, client, refresh_token):
        """Whether it takes a refresh token."""
        form = urllib.parse.urlencode({"grant_type": "refresh_token", "refresh_token": refresh_token, "client_id": client})
        try:
            with urllib.request.urlopen(f"{self.issuer()}/token", form.encode()) as answer:
                return answer.status == 200
        except urllib.error.HTTPError:
            return False
