// SPDX-License-Identifier: Apache-2.0
// How far changes came, in messages of skyden.admin.v1.
#pragma once

#include <string_view>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/admin/v1/zones.pb.h"
#include "skyden/kds/deliveries.h"
#include "skyden/model/type_registry.h"

namespace skyden::admin {

// INVALID_ARGUMENT; ABORTED when the revision is of another life than `epoch`.
absl::StatusOr<kds::PropagationQuery> ToQuery(const v1::GetPropagationRequest& request,
                                              std::string_view epoch);
// How long the caller waits: limits::kPropagationWait at most, or INVALID_ARGUMENT.
absl::StatusOr<absl::Duration> ToWait(const v1::GetPropagationRequest& request);

void Fill(const model::TypeRegistry& registry, std::string_view epoch,
          const kds::Propagation& propagation, v1::Propagation* out);
void Fill(const model::TypeRegistry& registry, std::string_view epoch,
          const kds::ZoneDelivery& delivery, v1::ZoneDelivery* out);

}  // namespace skyden::admin
