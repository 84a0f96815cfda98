// SPDX-License-Identifier: Apache-2.0
// What daemons ask each other, as messages and back. What does not decode is left out, or is what a
// newer daemon means: types and standings that are not known here.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "skyden/kds/rejected_connection.h"
#include "skyden/kds/zone_gateway.h"
#include "skyden/kds/zone_verdicts.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"
#include "skyden/peers/v1/peers.pb.h"

namespace skyden::peers {

namespace pb = skyden::peers::v1;

// Nanoseconds since 1970; the ends of time are far away and stay there.
int64_t ToNanos(absl::Time time);
absl::Time FromNanos(int64_t nanos);

pb::Scope ToMessage(const model::TenantScope& scope);

pb::Failure ToFailure(const absl::Status& status);
// Never OK.
absl::Status FromFailure(const pb::Failure& failure);

pb::AskZoneRequest ToMessage(const model::TenantScope& scope, const kds::ZoneRequest& request);
kds::ZoneRequest FromMessage(const pb::AskZoneRequest& request);

pb::ListRejectedResponse ToMessage(const std::vector<kds::RejectedConnection>& rejected);
std::vector<kds::RejectedConnection> FromMessage(const pb::ListRejectedResponse& response);

pb::ResourceRef ToRef(const model::TypeRegistry& registry, model::TypeId type,
                      const model::ResourceKey& key);
// nullopt: of a type that is not known here.
std::optional<model::TypeId> TypeOf(const model::TypeRegistry& registry, std::string_view name);

pb::WithheldType ToMessage(const model::TypeRegistry& registry, const kds::WithheldType& withheld);
std::optional<kds::WithheldType> FromMessage(const model::TypeRegistry& registry,
                                             const pb::WithheldType& withheld);

pb::ListVerdictsResponse ToMessage(const model::TypeRegistry& registry,
                                   const std::vector<kds::RefusedResource>& refused,
                                   const std::vector<kds::WithheldType>& withheld);
std::vector<kds::RefusedResource> RefusedIn(const model::TypeRegistry& registry,
                                            const pb::ListVerdictsResponse& response);
std::vector<kds::WithheldType> WithheldIn(const model::TypeRegistry& registry,
                                          const pb::ListVerdictsResponse& response);

}  // namespace skyden::peers
