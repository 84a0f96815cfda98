// SPDX-License-Identifier: Apache-2.0
// What control planes used, by the hour: rows that are only added to, and outlive the control
// plane.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "absl/functional/function_ref.h"
#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/model/ids.h"
#include "skyden/model/tenant_scope.h"

namespace skyden::store {

struct Metered {
  uint64_t zone_seconds = 0;  // of zones that were online: two for an hour are 7200
  uint64_t dataplane_seconds = 0;
  uint64_t writes = 0;  // transactions of people and zones that changed resources
  uint64_t bytes = 0;   // of what these wrote: specs, statuses and labels

  void Add(const Metered& other) {
    zone_seconds += other.zone_seconds;
    dataplane_seconds += other.dataplane_seconds;
    writes += other.writes;
    bytes += other.bytes;
  }
  bool empty() const { return *this == Metered{}; }
  bool operator==(const Metered&) const = default;
};

// Hours since 1970, in UTC.
using Hour = int64_t;
inline Hour HourOf(absl::Time time) {
  return absl::ToInt64Hours(absl::Floor(time - absl::UnixEpoch(), absl::Hours(1)));
}
inline absl::Time BeginOf(Hour hour) { return absl::UnixEpoch() + hour * absl::Hours(1); }

// Of one control plane in one hour.
struct MeteredHour {
  model::TenantKey tenant{};
  Hour hour = 0;
  Metered used;
};

// A control plane that was deleted, be it that it was had back since.
struct PastControlPlane {
  model::TenantKey tenant{};
  model::ControlPlaneId id;
  std::string name;  // as it was then
  absl::Time deleted_at;
};

// Beside Store, of the same database. Thread-safe; blocks (AssertMayBlock).
class Metering {
 public:
  virtual ~Metering() = default;

  // Adds to what is there, all or nothing, whoever else adds; an hour that has no row gets one. The
  // control planes are the organization's, and may be gone. NOT_FOUND when the organization is.
  virtual absl::Status Add(const model::OrganizationScope& scope,
                           std::span<const MeteredHour> hours) = 0;
  // The hours of one of its control planes from `from` on and before `to`, in their order, at one
  // point in time. Nothing for what is not its own.
  virtual absl::Status List(const model::OrganizationScope& scope, model::TenantKey tenant,
                            Hour from, Hour to, absl::FunctionRef<void(const MeteredHour&)> fn) = 0;
  // In the order in which they were made.
  virtual absl::StatusOr<std::vector<PastControlPlane>> ListPast(
      const model::OrganizationScope& scope) = 0;
  // Takes away what is before `before` of one of its control planes; returns how many hours went.
  virtual absl::StatusOr<uint64_t> Prune(const model::OrganizationScope& scope,
                                         model::TenantKey tenant, Hour before) = 0;
  // Forgets what those were called that were deleted before `before`.
  virtual absl::Status PrunePast(const model::OrganizationScope& scope, absl::Time before) = 0;

  // What people and zones wrote through this Store since the last call, and nobody has added yet.
  struct Written {
    model::OrganizationKey organization{};
    MeteredHour hour;
  };
  virtual std::vector<Written> TakeWritten() = 0;
};

class Store;
// Of a store that an engine opened, for as long as it lives.
Metering& MeteringOf(Store& store);

}  // namespace skyden::store
