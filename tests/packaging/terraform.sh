#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# examples/terraform: laid out as terraform lays it out; and, where the providers are at hand, applied to
# a daemon and taken away again.
#
# SKYDEN_TF_PLUGINS: a folder as `terraform providers mirror` makes it, with kong/konnect and
# kong/konnect-beta. They are not Debian's, and nothing is downloaded here.
set -euo pipefail
cd "$(dirname "$0")/../.."
. tests/packaging/common.sh
trap 'rm -rf "$work"' EXIT
terraform=$(command -v terraform || command -v tofu) || skip "there is neither terraform nor tofu"
export CHECKPOINT_DISABLE=1 TF_IN_AUTOMATION=1 TF_CLI_CONFIG_FILE=$work/terraformrc
: >"$TF_CLI_CONFIG_FILE"

step "Laid out"
"$terraform" fmt -check -diff -recursive examples/terraform || fail "terraform fmt would write it otherwise"

step "Applied, changed by nothing, destroyed"
cp -r examples/terraform "$work/module"
if [ -z "${SKYDEN_TF_PLUGINS:-}" ] || ! "$terraform" -chdir="$work/module" init -input=false -no-color \
  -plugin-dir="$SKYDEN_TF_PLUGINS" >"$work/init" 2>&1; then
  if [ -e "$work/init" ]; then tail -n 5 "$work/init"; fi
  skip "only the layout was looked at: SKYDEN_TF_PLUGINS names no folder with kong/konnect and kong/konnect-beta"
fi
want openssl jq
. examples/daemon.sh
SKYDEN=$build/skyden
trap 'stop_daemon; rm -rf "$work"' EXIT
mkdir -m 700 "$work/data"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext subjectAltName=DNS:localhost \
  -keyout "$work/tls.key" -out "$work/tls.crt" 2>/dev/null
start_daemon "$work/data" --http-certificate-file "$work/tls.crt" --http-key-file "$work/tls.key"
port=${HTTP##*:}
export KONNECT_TOKEN=$TOKEN SSL_CERT_FILE=$work/tls.crt KONG_CUSTOM_DOMAIN=localhost:$port
export KONG_CUSTOM_DOMAIN_REPLACE_FULL_DOMAIN=true
run() {
  "$terraform" -chdir="$work/module" "$@" -input=false -no-color -var "skyden_url=https://localhost:$port" \
    -var "kds_address=localhost:5685" -var "tokens_expire_at=$(date -u -d '+90 days' +%Y-%m-%dT00:00:00Z)"
}
expect "Apply complete" run apply -auto-approve
expect "No changes" run plan -detailed-exitcode
expect "Destroy complete" run destroy -auto-approve
step "All of it held"
