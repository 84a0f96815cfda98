// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/time/time.h"
#include "rest/json_writer.h"
#include "rest/readiness.h"
#include "skyden/base/status.h"
#include "skyden/rest/deps.h"
#include "skyden/upgrade/finding.h"

namespace skyden::rest {

// `/ops/upgrade-readiness`. `scope`: resources that it may not read are not named among changes.
std::string ReadinessJson(const Deps& deps, const model::TenantScope& scope,
                          const Readiness& readiness);

// An array, of all that there is to say of each.
void WriteFindings(const std::vector<upgrade::Finding>& findings, size_t at_most, JsonWriter& json);
// The same as a reason to refuse something: where it is, what it is and what to do.
// At most limits::kImportErrors, of those that are `meant`; and how many of them there are.
struct NamedFindings {
  std::vector<base::FieldViolation> violations;
  size_t count = 0;
};
NamedFindings NameFindings(const std::vector<upgrade::Finding>& findings,
                           absl::FunctionRef<bool(const upgrade::Finding&)> meant);

// `/readiness-reports`: as kuma3-preflight, the public tool that looks at a control plane of Kuma 2
// from outside, prints its reports. `address`: of the control plane's API.
std::string PreflightJson(const Deps& deps, const Readiness& readiness, const std::string& address,
                          absl::Time now);

}  // namespace skyden::rest
