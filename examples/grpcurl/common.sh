# SPDX-License-Identifier: Apache-2.0
# Sourced by the sessions: where the daemon is, who we are, and how a call is made.
#   SKYDEN_ADMIN       host:port of the admin port        (127.0.0.1:5684)
#   SKYDEN_TOKEN       a token                            (skyden-data/admin.token)
#   GRPCURL            the program                        (grpcurl)
#   GRPCURL_FLAGS      -plaintext, or -cacert <file> and -cert/-key with a client authority
set -eu
SKYDEN_ADMIN=${SKYDEN_ADMIN:-127.0.0.1:5684}
SKYDEN_TOKEN=${SKYDEN_TOKEN:-$(cat skyden-data/admin.token)}
GRPCURL=${GRPCURL:-grpcurl}
GRPCURL_FLAGS=${GRPCURL_FLAGS:--plaintext}

# call <service/method> <request as JSON>
call() {
  echo "\$ grpcurl $GRPCURL_FLAGS -d '$2' $SKYDEN_ADMIN skyden.admin.v1.$1" >&2
  # shellcheck disable=SC2086
  "$GRPCURL" $GRPCURL_FLAGS -H "authorization: Bearer $SKYDEN_TOKEN" -d "$2" "$SKYDEN_ADMIN" \
    "skyden.admin.v1.$1"
}

# field <name>: the first such member of the JSON on standard input.
field() { sed -n "s/.*\"$1\": *\"\([^\"]*\)\".*/\1/p" | head -n 1; }
