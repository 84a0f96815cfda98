// SPDX-License-Identifier: Apache-2.0
// What may be a destination of the audit.
#pragma once

#include <vector>

#include "skyden/audit/destinations.h"
#include "skyden/base/status.h"

namespace skyden::audit {

using Violations = std::vector<base::FieldViolation>;

// Of the members that are there. Adds what is wrong with them.
void CheckChange(const DestinationChange& change, Endpoints allowed, Violations& violations);
absl::Status Refused(const Violations& violations);

// For the audit: of an endpoint, its host alone, since paths and queries of such hold secrets.
std::string HostOf(const std::string& endpoint);

}  // namespace skyden::audit
