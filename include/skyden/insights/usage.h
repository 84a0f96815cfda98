// SPDX-License-Identifier: Apache-2.0
// What the control planes of an organization used, as it was counted by the hour.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/control_planes/control_plane_service.h"
#include "skyden/model/ids.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/store/metering.h"
#include "skyden/store/store.h"

namespace skyden::insights {

// What is one line: days and months are those of UTC.
enum class UsagePeriod : uint8_t { kWhole, kHour, kDay, kMonth };
std::string_view UsagePeriodName(UsagePeriod period);  // "total", "hour", "day", "month"
std::optional<UsagePeriod> ParseUsagePeriod(std::string_view name);

struct UsageRequest {
  // Hours that begin at `from` or later, and before `to`; at most limits::kUsageDays apart.
  store::Hour from = 0;
  store::Hour to = 0;
  UsagePeriod group = UsagePeriod::kWhole;
  model::ControlPlaneId control_plane{};  // empty: all that the caller may read
  size_t size = 100;
  std::string after{};  // UsagePage::next of the page before; empty: from the first
};

struct UsageLine {
  model::ControlPlaneId id;
  std::string name;
  std::optional<absl::Time> deleted_at{};
  store::Hour from = 0;  // of the period, as far as it was asked for
  store::Hour to = 0;
  store::Metered used;
};

struct UsagePage {
  // By control plane, in the order in which they were made, then by time. What was not used has no
  // line.
  std::vector<UsageLine> lines;
  // Empty: there is nothing more. A page may be short, or empty, and still not be the last: how far
  // one call looks is bounded.
  std::string next;
};

// Thread-safe. The dependencies must outlive it.
class UsageReader {
 public:
  struct Deps {
    store::Metering& metering;
    control_planes::ControlPlaneService& control_planes;
  };
  explicit UsageReader(Deps deps) : deps_(deps) {}

  // Deleted control planes are shown to who may read all. What was used within the last
  // limits::kMeteredEvery may be missing. PERMISSION_DENIED to who lists no control plane;
  // NOT_FOUND for one that is asked for and not to be read; INVALID_ARGUMENT when `after` is of no
  // such list. Blocks on the disk at most.
  absl::StatusOr<UsagePage> Read(const model::OrganizationScope& scope,
                                 const UsageRequest& request) const;

 private:
  Deps deps_;
};

// Takes away what an organization's control planes used before `before`, whole days of it, each in
// a transaction of its own. Blocks.
absl::Status ForgetOldUsage(store::Store& store, model::OrganizationKey organization,
                            absl::Time before);

}  // namespace skyden::insights
