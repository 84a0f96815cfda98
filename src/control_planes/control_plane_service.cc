// SPDX-License-Identifier: Apache-2.0
#include "skyden/control_planes/control_plane_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "control_planes/audit_detail.h"
#include "control_planes/directory_cache.h"
#include "control_planes/errors.h"
#include "control_planes/filters.h"
#include "control_planes/validation.h"
#include "skyden/base/crypto.h"
#include "skyden/base/executor.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::control_planes {
namespace {

using Event = DirectoryCache::Event;
using store::ControlPlaneRecord;

absl::Status Validate(const CreateControlPlane& request) {
  Violations violations;
  CheckName(request.name, violations);
  CheckDescription(request.description, violations);
  CheckLabels(request.labels, violations);
  CheckApiVersion(request.api_version, violations);
  return violations.empty() ? absl::OkStatus() : BadFields(violations);
}

absl::Status Validate(const ListControlPlanes& request) {
  Violations violations;
  if (request.page_size < 1 || request.page_size > size_t{base::limits::kPageSizeMax}) {
    violations.push_back(
        {"page[size]", fmt::format("must be from 1 to {}", base::limits::kPageSizeMax)});
  }
  if (request.page_number < 1) violations.push_back({"page[number]", "must be at least 1"});
  CheckFilters(request.filters, violations);
  return violations.empty() ? absl::OkStatus() : BadFields(violations);
}

// Changes `record` as asked, and checks what comes out.
absl::Status Apply(const UpdateControlPlane& request, ControlPlaneRecord& record) {
  if (request.name) record.name = *request.name;
  if (request.description) record.description = *request.description;
  if (request.labels) record.labels = *request.labels;
  if (request.api_version) record.api_version = *request.api_version;
  for (const auto& [key, value] : request.label_patch) {
    if (value) {
      record.labels.insert_or_assign(key, *value);
    } else {
      record.labels.erase(key);
    }
  }
  Violations violations;
  CheckName(record.name, violations);
  CheckDescription(record.description, violations);
  CheckLabels(record.labels, violations);
  CheckApiVersion(record.api_version, violations);
  return violations.empty() ? absl::OkStatus() : BadFields(violations);
}

absl::StatusOr<ControlPlaneRecord> Find(store::DirectoryReadTx& tx,
                                        const model::ControlPlaneId& id) {
  SKYDEN_ASSIGN_OR_RETURN(std::optional<ControlPlaneRecord> record, tx.FindControlPlane(id));
  if (!record) return ControlPlaneNotFound();
  return *std::move(record);
}

absl::Status CheckReads(model::Role role) {
  return role == model::Role::kConnector ? RoleMayNot() : absl::OkStatus();
}

class ControlPlaneServiceImpl final : public ControlPlaneService {
 public:
  explicit ControlPlaneServiceImpl(Deps deps) : deps_(std::move(deps)), directory_(deps_.store) {}

  void CreateAsync(const model::OrganizationScope& scope, CreateControlPlane request,
                   absl::AnyInvocable<void(absl::StatusOr<ControlPlaneRecord>)> done) override {
    const absl::Status allowed = CheckCreate(scope, request);
    if (!allowed.ok()) return done(allowed);
    auto record = std::make_shared<ControlPlaneRecord>(NewRecord(scope, std::move(request)));
    deps_.store.WriteDirectoryAsync(
        scope, [this, record](store::DirectoryTx& tx) { return InsertAndSeed(tx, *record); },
        [this, record, done = std::move(done)](const absl::Status& status) mutable {
          if (!status.ok()) return done(status);
          directory_.Report(record->organization, Event::kCreated);
          done(std::move(*record));
        });
  }

  absl::StatusOr<ControlPlanePage> List(const model::OrganizationScope& scope,
                                        const ListControlPlanes& request) override {
    SKYDEN_RETURN_IF_ERROR(CheckReads(scope.role()));
    SKYDEN_RETURN_IF_ERROR(Validate(request));
    SKYDEN_ASSIGN_OR_RETURN(const auto all, directory_.List(scope));
    ControlPlanePage page;
    const size_t skipped = (request.page_number - 1) * request.page_size;
    // A page number so large that the product wrapped is past any end.
    const bool wrapped = skipped / request.page_size != request.page_number - 1;
    for (const ControlPlaneRecord& record : *all) {
      if (!Matches(record, request.filters)) continue;
      if (!wrapped && page.total >= skipped && page.items.size() < request.page_size) {
        page.items.push_back(record);
      }
      ++page.total;
    }
    return page;
  }

  absl::StatusOr<ControlPlaneRecord> Get(const model::OrganizationScope& scope,
                                         const model::ControlPlaneId& id) override {
    SKYDEN_RETURN_IF_ERROR(CheckReads(scope.role()));
    ControlPlaneRecord record;
    const absl::Status read =
        deps_.store.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(record, Find(tx, id));
          return absl::OkStatus();
        });
    SKYDEN_RETURN_IF_ERROR(read);
    return record;
  }

  absl::StatusOr<ControlPlaneRecord> Update(const model::OrganizationScope& scope,
                                            const model::ControlPlaneId& id,
                                            const UpdateControlPlane& request) override {
    SKYDEN_RETURN_IF_ERROR(CheckAdministrates(scope.role()));
    ControlPlaneRecord record;
    const absl::Time now = deps_.clock.Now();
    const absl::Status written =
        deps_.store.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(record, Find(tx, id));
          const ControlPlaneRecord before = record;
          SKYDEN_RETURN_IF_ERROR(Apply(request, record));
          record.updated_at = now;
          tx.AuditAbout(record, {now, "control_plane.update", "ControlPlane", id.str(),
                                 DetailOfUpdate(before, record)});
          return tx.UpdateControlPlane(record);
        });
    SKYDEN_RETURN_IF_ERROR(written);
    directory_.Report(scope.organization(), Event::kUpdated);
    return record;
  }

  absl::Status Delete(const model::OrganizationScope& scope,
                      const model::ControlPlaneId& id) override {
    SKYDEN_RETURN_IF_ERROR(CheckAdministrates(scope.role()));
    const absl::Time now = deps_.clock.Now();
    SKYDEN_ASSIGN_OR_RETURN(const ControlPlaneRecord record, Get(scope, id));
    SKYDEN_ASSIGN_OR_RETURN(
        const std::vector<std::string> online,
        deps_.online_zones(model::SystemScope::For("delete a control plane: zones online")
                               .In(record.organization, record.tenant, id)));
    if (!online.empty()) return ZoneStillOnline(online.front());
    std::vector<model::TokenId> ended;
    const absl::Status written =
        deps_.store.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
          SKYDEN_RETURN_IF_ERROR(Find(tx, id).status());
          SKYDEN_ASSIGN_OR_RETURN(ended, tx.DeleteControlPlane(id));
          tx.AuditAbout(record, {now, "control_plane.delete", "ControlPlane", id.str(),
                                 DetailOfDelete(record, ended.size())});
          return absl::OkStatus();
        });
    SKYDEN_RETURN_IF_ERROR(written);
    directory_.Report(scope.organization(), Event::kDeleted);
    // A zone that connected since the check above loses its stream here.
    deps_.on_deleted(record, ended);
    return absl::OkStatus();
  }

 private:
  absl::Status CheckCreate(const model::OrganizationScope& scope,
                           const CreateControlPlane& request) {
    SKYDEN_RETURN_IF_ERROR(CheckAdministrates(scope.role()));
    SKYDEN_RETURN_IF_ERROR(Validate(request));
    SKYDEN_ASSIGN_OR_RETURN(const size_t count, directory_.Count(scope));
    return count < base::limits::kControlPlanesPerOrganization ? absl::OkStatus()
                                                               : TooManyControlPlanes();
  }

  ControlPlaneRecord NewRecord(const model::OrganizationScope& scope,
                               CreateControlPlane request) const {
    ControlPlaneRecord record;
    record.organization = scope.organization();
    record.id = model::ControlPlaneId(base::RandomUuid());
    record.name = std::move(request.name);
    record.description = std::move(request.description);
    record.labels = std::move(request.labels);
    record.mesh_creation = request.mesh_creation;
    record.hostname_generator_creation = request.hostname_generator_creation;
    record.api_version = std::move(request.api_version);
    record.cluster_id = base::RandomUuid();
    record.created_at = deps_.clock.Now();
    record.updated_at = record.created_at;
    return record;
  }

  // The row and all that a new control plane begins with, or neither.
  absl::Status InsertAndSeed(store::DirectoryTx& tx, ControlPlaneRecord& record) const {
    SKYDEN_RETURN_IF_ERROR(tx.InsertControlPlane(record));
    tx.AuditAbout(record, {record.created_at, "control_plane.create", "ControlPlane",
                           record.id.str(), DetailOf(record)});
    SKYDEN_ASSIGN_OR_RETURN(store::WriteTx* const inside,
                            tx.Enter(model::SystemScope::For("create a control plane")
                                         .In(record.organization, record.tenant, record.id)));
    return deps_.seed(*inside, record);
  }

  const Deps deps_;
  DirectoryCache directory_;
};

}  // namespace

std::unique_ptr<ControlPlaneService> ControlPlaneService::Create(Deps deps) {
  return std::make_unique<ControlPlaneServiceImpl>(std::move(deps));
}

}  // namespace skyden::control_planes
