// SPDX-License-Identifier: Apache-2.0
// /ops/import and /ops/export of a control plane.
#pragma once

#include "rest/call.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// Both run on a worker, with call->scope set. `deps` must outlive the call.

// The body is YAML or JSON, gzip or not; ?dry_run=true only says what would be done.
void ImportControlPlane(const Deps& deps, CallPtr call);
// ?profile=all|no-dataplanes|federation|federation-with-policies, ?secrets=true|false,
// ?format=yaml|json.
void ExportControlPlane(const Deps& deps, CallPtr call);

}  // namespace skyden::rest
