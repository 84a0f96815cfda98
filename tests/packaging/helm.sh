#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# The Helm chart: it lints, what it renders keeps the schemas of Kubernetes, the settings that it writes
# are those of the daemon, and what would not start is refused with what to do.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/packaging/common.sh
trap 'rm -rf "$work"' EXIT
want helm
chart=packaging/helm/skyden
version=1.29.0
plaintext=(--set "tls.http.allowPlaintext=true,tls.admin.allowPlaintext=true,tls.kds.allowPlaintext=true")

cat >"$work/full.yaml" <<'VALUES'
tls:
  http: {secretName: skyden-http}
  admin: {secretName: skyden-admin}
  kds: {secretName: skyden-kds}
certManager:
  enabled: true
  issuerRef: {name: letsencrypt}
  dnsNames: {http: [skyden.example.com], admin: [admin.example.com], kds: [kds.example.com]}
store: postgres
postgres: {dsnSecretName: skyden-dsn, caSecretName: skyden-postgres-ca}
networkPolicy:
  from: {diagnostics: [{namespaceSelector: {matchLabels: {name: monitoring}}}]}
  egress: [{to: [{ipBlock: {cidr: 10.0.0.0/8}}]}]
serviceMonitor: {enabled: true, labels: {release: prometheus}}
services: {kds: {loadBalancerSourceRanges: [192.0.2.0/24], annotations: {a: b}}}
kdsPublicAddress: grpcs://kds.example.com:5685
httpPublicAddress: https://skyden.example.com
settings: {log_level: debug, quota_zones: 7, console: false}
imagePullSecrets: [{name: pull}]
podLabels: {team: mesh}
podAnnotations: {note: "1"}
nodeSelector: {disk: fast}
tolerations: [{key: a, operator: Exists}]
affinity: {nodeAffinity: {}}
priorityClassName: high
persistence: {storageClassName: fast}
extraVolumes: [{name: oidc, secret: {secretName: oidc}}]
extraVolumeMounts: [{name: oidc, mountPath: /etc/skyden/oidc, readOnly: true}]
VALUES
render() { helm template release "$chart" --namespace mesh --kube-version "$version" "$@"; }

step "It lints, and renders"
helm lint --strict --quiet "$chart" "${plaintext[@]}"
helm lint --strict --quiet "$chart" --values "$work/full.yaml"
render "${plaintext[@]}" >"$work/small"
render --values "$work/full.yaml" >"$work/full"
grep -c '^kind:' "$work/small" "$work/full" | sed "s|$work/|   |"

step "What it renders is what Kubernetes takes"
wheel=$(compgen -G "$build/downloads/kubernetes_validate-*.whl" | head -n 1 || true)
if [ -z "$wheel" ] || ! python3 -c 'import yaml, jsonschema' 2>/dev/null; then
  echo "SKIPPED: the schemas of Kubernetes, or python3-yaml and python3-jsonschema, are not there"
else
  for rendered in small full; do
    python3 tests/packaging/kubernetes.py "$wheel" "$version" <"$work/$rendered" | sed 's/^/   /'
  done
fi

step "Its settings are the daemon's"
settings() { sed -n '/^  skyden.yaml: |/,/^---/s/^    //p' "$1"; }
settings "$work/small" >"$work/small.yaml"
env -i "$build/skyden" serve --config "$work/small.yaml" --print-config >"$work/printed" ||
  fail "the daemon refuses them"
grep -qx 'kds_address: "0.0.0.0:5685"' "$work/printed" || fail "they are not in effect"
# Of files that are not here the first is missed, after all names and values were read.
settings "$work/full" >"$work/full.settings"
if env -i "$build/skyden" serve --config "$work/full.settings" --print-config 2>"$work/printed"; then
  fail "files that are not there were read"
fi
grep -qx 'Error: http_certificate_file: cannot read /etc/skyden/tls/http/tls.crt' "$work/printed" ||
  { cat "$work/printed"; fail "the daemon refuses them"; }
version_of() { sed -n "s/^$1: *\"\{0,1\}\([^\"]*\).*/\1/p" "$chart/Chart.yaml"; }
"$build/skyden" version | grep -qx "skyden $(version_of appVersion)" ||
  fail "appVersion is not the daemon's version"

step "What would not start is refused"
# refused TEXT ARGUMENT...
refused() {
  local text=$1
  shift
  if render "$@" >/dev/null 2>"$work/printed"; then fail "this was rendered: $*"; fi
  grep -F -- "$text" "$work/printed" | head -n 1 | cut -c1-150 | sed 's/^/   /' || true
  grep -qF -- "$text" "$work/printed" || { cat "$work/printed"; fail "\"$text\" is not said"; }
}
refused "name a Secret with a certificate (secretName), or say that plaintext is meant"
refused "postgres.dsnSecretName: needed with store postgres" "${plaintext[@]}" --set store=postgres
refused "certManager.issuerRef.name: needed as well" --set "certManager.enabled=true" \
  --set "tls.http.secretName=a,tls.admin.secretName=b,tls.kds.secretName=c,certManager.dnsNames.kds={k.example.com}"
refused "store" "${plaintext[@]}" --set store=mysql
refused "data_dir" "${plaintext[@]}" --set settings.data_dir=/tmp
step "All of it held"
