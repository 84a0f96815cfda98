// SPDX-License-Identifier: Apache-2.0
#include "tests/store/script_text.h"

#include <optional>

#include "fmt/format.h"

namespace skyden::store::testing {
namespace {

int64_t Seconds(const std::optional<absl::Time>& time) {
  return time.has_value() ? absl::ToUnixSeconds(*time) : 0;
}

}  // namespace

std::string Render(const model::Resource& r) {
  std::string labels;
  for (const auto& [key, value] : r.labels) labels += fmt::format("{}={},", key, value);
  return fmt::format("{}/{} zone={} labels={} spec={} status={} at={} rev={} ver={}{}", r.key.mesh,
                     r.key.name, r.zone, labels, r.spec, r.status,
                     absl::ToUnixNanos(r.modification_time), r.revision, r.version,
                     r.deleted ? " deleted" : "");
}

std::string Render(const TokenRecord& t) {
  return fmt::format("{} {} {} {} revoked={} used={} updated={} parent={}", t.id.str(),
                     t.account.str(), t.name, t.sha256[0], Seconds(t.revoked_at),
                     Seconds(t.last_used_at), absl::ToUnixSeconds(t.updated_at), t.parent.str());
}

std::string Render(const ControlPlaneRecord& c) {
  return fmt::format("{} {} {} labels={} {}", c.id.str(), c.name, c.description, c.labels.size(),
                     c.suspension.has_value() ? c.suspension->reason : "runs");
}

std::string Render(const AccountRecord& a) {
  return fmt::format("{} {} {} kind={} active={} bound={} zone={} {} {} {} labels={} at={}",
                     a.id.str(), a.name, a.description, static_cast<int>(a.kind), a.active,
                     a.tenant != model::TenantKey{}, a.zone.str(), a.email, a.preferred_name,
                     a.subject, a.labels.size(), absl::ToUnixSeconds(a.updated_at));
}

std::string Render(const RoleRecord& r) {
  return fmt::format("{} of {} {} on {} in {} of {}", r.id.str(), r.account.str(),
                     model::RoleName(r.role), r.control_plane.str(), r.region, r.narrowing.Text());
}

}  // namespace skyden::store::testing
