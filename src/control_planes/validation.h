// SPDX-License-Identifier: Apache-2.0
// The rules for a control plane's fields. Each adds what is wrong to `violations`.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "skyden/base/status.h"
#include "skyden/model/resource.h"

namespace skyden::control_planes {

using Violations = std::vector<base::FieldViolation>;

void CheckName(std::string_view name, Violations& violations);
void CheckDescription(std::string_view description, Violations& violations);
void CheckReason(std::string_view reason, Violations& violations);  // of a suspension
void CheckApiVersion(std::string_view api_version, Violations& violations);
// Why a request for another one is refused.
std::string VersionStays(std::string_view api_version);

}  // namespace skyden::control_planes
