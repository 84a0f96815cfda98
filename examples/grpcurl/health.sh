#!/bin/sh
# SPDX-License-Identifier: Apache-2.0
# Is it serving? No token is needed to ask.
. "$(dirname "$0")/common.sh"

"$GRPCURL" $GRPCURL_FLAGS "$SKYDEN_ADMIN" grpc.health.v1.Health/Check
