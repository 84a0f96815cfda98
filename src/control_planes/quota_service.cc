// SPDX-License-Identifier: Apache-2.0
// An operator acts in organizations that are not its own; the store is told by the system then, and
// the audit of whom it concerns says who it was.
#include "skyden/control_planes/quota_service.h"

#include <fmt/format.h>

#include <utility>

#include "control_planes/errors.h"
#include "skyden/base/executor.h"
#include "skyden/base/json_text.h"
#include "skyden/base/status.h"

namespace skyden::control_planes {
namespace {

using store::Allowance;
using store::Quota;

// SQLite's integers; more than any disk.
constexpr uint64_t kMost = uint64_t{1} << 62;

model::SystemScope Operator() { return model::SystemScope::For("an operator's quotas"); }

absl::Status CheckNumbers(const Quota& quota) {
  std::vector<base::FieldViolation> violations;
  const auto check = [&](const char* field, const std::optional<uint64_t>& number) {
    if (number.value_or(0) > kMost) violations.push_back({field, "is too large"});
  };
  check("resources", quota.resources);
  check("bytes", quota.bytes);
  check("zones", quota.zones);
  return violations.empty() ? absl::OkStatus() : BadFields(violations);
}

store::AuditNote NoteOf(absl::Time at, const char* type, const std::string& id, const Quota& quota,
                        const model::Principal& who) {
  base::JsonObjectText detail;
  const auto add = [&](const char* name, const std::optional<uint64_t>& number) {
    detail.Raw(name, number ? fmt::format_int(*number).str() : "null");
  };
  add("resources", quota.resources);
  add("bytes", quota.bytes);
  add("zones", quota.zones);
  detail.Text("operator", who.name);
  return {at, "quota.set", type, id, detail.Take()};
}

store::Usage LimitOf(const Quota& quota, const store::Usage& standard) {
  return {quota.resources.value_or(standard.resources), quota.bytes.value_or(standard.bytes),
          quota.zones.value_or(standard.zones)};
}

class QuotaServiceImpl final : public QuotaService {
 public:
  explicit QuotaServiceImpl(Deps deps) : deps_(deps) {}

  absl::StatusOr<Allowance> Find(const model::OrganizationScope& scope,
                                 const model::ControlPlaneId& id) override {
    SKYDEN_ASSIGN_OR_RETURN(const auto tenant, Enter(scope, id));
    return deps_.quotas.Find(tenant);
  }

  absl::StatusOr<Allowance> Set(const model::OrganizationScope& scope,
                                const model::ControlPlaneId& id, const Quota& quota) override {
    SKYDEN_ASSIGN_OR_RETURN(const auto tenant, Enter(scope, id));
    if (!scope.access().IsOperator()) return RoleMayNot();
    SKYDEN_RETURN_IF_ERROR(CheckNumbers(quota));
    SKYDEN_RETURN_IF_ERROR(deps_.quotas.Set(
        tenant, quota, NoteOf(deps_.clock.Now(), "ControlPlane", id.str(), quota, scope.who())));
    return deps_.quotas.Find(tenant);
  }

  absl::StatusOr<Allowance> FindOfOrganization(const model::OrganizationScope& scope,
                                               const model::OrganizationId& id) override {
    SKYDEN_ASSIGN_OR_RETURN(const auto organization, EnterOrganization(scope, id));
    return OfOrganization(organization);
  }

  absl::StatusOr<Allowance> SetOfOrganization(const model::OrganizationScope& scope,
                                              const model::OrganizationId& id,
                                              const Quota& quota) override {
    SKYDEN_ASSIGN_OR_RETURN(const auto organization, EnterOrganization(scope, id));
    SKYDEN_RETURN_IF_ERROR(CheckNumbers(quota));
    SKYDEN_RETURN_IF_ERROR(
        deps_.quotas.Set(organization, quota,
                         NoteOf(deps_.clock.Now(), "Organization", id.str(), quota, scope.who())));
    return OfOrganization(organization);
  }

 private:
  absl::StatusOr<Allowance> OfOrganization(const model::OrganizationScope& organization) {
    Allowance found;
    SKYDEN_ASSIGN_OR_RETURN(found.organization, deps_.quotas.Find(organization));
    found.limit = LimitOf(found.organization, deps_.quotas.standard());
    return found;
  }

  // A control plane that the caller may read, or, for operators, anybody's.
  absl::StatusOr<model::TenantScope> Enter(const model::OrganizationScope& scope,
                                           const model::ControlPlaneId& id) {
    base::AssertMayBlock();
    SKYDEN_ASSIGN_OR_RETURN(const auto record, deps_.store.FindControlPlane(Operator(), id));
    if (!record) return ControlPlaneNotFound();
    if (!scope.access().IsOperator()) {
      if (record->organization != scope.organization()) return ControlPlaneNotFound();
      SKYDEN_RETURN_IF_ERROR(CheckReads(scope.access(), record->tenant));
    }
    return Operator().In(record->organization, record->tenant, record->id);
  }

  absl::StatusOr<model::OrganizationScope> EnterOrganization(const model::OrganizationScope& scope,
                                                             const model::OrganizationId& id) {
    base::AssertMayBlock();
    if (!scope.access().IsOperator()) return RoleMayNot();
    SKYDEN_ASSIGN_OR_RETURN(const auto record, deps_.store.FindOrganization(Operator(), id));
    if (!record) return absl::NotFoundError("organization not found");
    return Operator().In(record->key);
  }

  const Deps deps_;
};

}  // namespace

std::unique_ptr<QuotaService> QuotaService::Create(Deps deps) {
  return std::make_unique<QuotaServiceImpl>(deps);
}

}  // namespace skyden::control_planes
