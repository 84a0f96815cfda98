// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>

#include "absl/time/time.h"
#include "rest/readiness.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// `/ops/upgrade-readiness`. `scope`: resources that it may not read are not named among changes.
std::string ReadinessJson(const Deps& deps, const model::TenantScope& scope,
                          const Readiness& readiness);

// `/readiness-reports`: as kuma3-preflight, the public tool that looks at a control plane of Kuma 2
// from outside, prints its reports. `address`: of the control plane's API.
std::string PreflightJson(const Deps& deps, const Readiness& readiness, const std::string& address,
                          absl::Time now);

}  // namespace skyden::rest
