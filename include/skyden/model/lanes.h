// SPDX-License-Identifier: Apache-2.0
// Whose turn work takes on threads that all share.
#pragma once

#include <cstdint>
#include <string_view>

#include "absl/hash/hash.h"
#include "skyden/base/lane_queue.h"
#include "skyden/model/ids.h"

namespace skyden::model {

// Before anybody is known: an address.
inline base::Lane LaneOfAddress(std::string_view address) {
  return {base::kFirstLaneKind, absl::Hash<std::string_view>()(address)};
}
// People of an organization, about the organization.
inline base::Lane LaneOf(OrganizationKey organization) {
  return {base::kFirstLaneKind + 1, static_cast<uint64_t>(organization)};
}
// People of a control plane.
inline base::Lane LaneOf(TenantKey tenant) {
  return {base::kFirstLaneKind + 2, static_cast<uint64_t>(tenant)};
}
// Its zones: apart from its people, who may wait for them.
inline base::Lane LaneOfZones(TenantKey tenant) {
  return {base::kFirstLaneKind + 3, static_cast<uint64_t>(tenant)};
}

// All who come back from an identity provider, which may be slow.
inline base::Lane LaneOfSignIns() { return {base::kFirstLaneKind + 4, 0}; }

}  // namespace skyden::model
