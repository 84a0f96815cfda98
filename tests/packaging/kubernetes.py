#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Checks manifests against the schemas of Kubernetes, strictly: a member that nobody knows is a fault.

    kubernetes.py <kubernetes_validate-*.whl> <version, e.g. 1.29.0> < manifests.yaml

What is no resource of Kubernetes itself (cert-manager's, the Prometheus operator's) is named and left.
"""
import json
import sys
import warnings
import zipfile
from urllib.parse import urljoin

import yaml

warnings.filterwarnings("ignore", category=DeprecationWarning)
import jsonschema  # noqa: E402  (behind the filter: Debian 12's knows only what later ones warn of)

OTHERS = ("cert-manager.io/", "monitoring.coreos.com/")


def schema_name(document):
    group, _, version = document["apiVersion"].rpartition("/")
    group = group.split(".")[0]
    return "-".join(filter(None, [document["kind"].lower(), group, version])) + ".json"


def main():
    wheel, version = sys.argv[1:]
    faults = checked = 0
    folder = f"kubernetes_validate/kubernetes-json-schema/v{version}-local-strict/"
    with zipfile.ZipFile(wheel) as archive:
        shared = json.loads(archive.read(folder + "_definitions.json"))
        for document in yaml.safe_load_all(sys.stdin):
            if document is None:
                continue
            name = f"{document['kind']} {document['metadata']['name']}"
            if document["apiVersion"].startswith(OTHERS):
                print(f"{name}: of {document['apiVersion']}, not checked")
                continue
            schema = json.loads(archive.read(folder + schema_name(document)))
            base = schema.get("$id", "")
            resolver = jsonschema.RefResolver(
                base, schema, store={urljoin(base, "_definitions.json"): shared})
            validator = jsonschema.Draft7Validator(schema, resolver=resolver)
            checked += 1
            for fault in validator.iter_errors(document):
                faults += 1
                print(f"{name}: {'.'.join(map(str, fault.absolute_path))}: {fault.message[:300]}")
    print(f"{checked} resources checked against Kubernetes {version}, {faults} faults")
    return faults != 0 or checked == 0


if __name__ == "__main__":
    sys.exit(main())
