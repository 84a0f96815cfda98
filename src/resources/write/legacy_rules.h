// SPDX-License-Identifier: Apache-2.0
// Rules between resources of the policy types that came before targetRef.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/base/status.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::resources {

// A rate limit on an external service may select it by service only.
absl::StatusOr<std::vector<base::FieldViolation>> CheckRateLimit(store::ReadTx& tx,
                                                                 model::TypeId external_service,
                                                                 const std::string& mesh,
                                                                 std::string_view spec);
absl::StatusOr<std::vector<base::FieldViolation>> CheckExternalService(store::ReadTx& tx,
                                                                       model::TypeId rate_limit,
                                                                       const std::string& mesh,
                                                                       std::string_view spec);

}  // namespace skyden::resources
