// SPDX-License-Identifier: Apache-2.0
#include "skyden/control_planes/control_plane_service.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "control_planes/audit_detail.h"
#include "control_planes/deleted.h"
#include "control_planes/directory_cache.h"
#include "control_planes/errors.h"
#include "control_planes/filters.h"
#include "control_planes/validation.h"
#include "skyden/base/crypto.h"
#include "skyden/base/executor.h"
#include "skyden/base/json_text.h"
#include "skyden/base/limits.h"
#include "skyden/base/limits_past.h"
#include "skyden/base/status.h"
#include "skyden/model/label_rules.h"
#include "skyden/store/directory_tx.h"

namespace skyden::control_planes {
namespace {

using store::ControlPlaneRecord;

absl::Status Validate(const CreateControlPlane& request) {
  Violations violations;
  CheckName(request.name, violations);
  CheckDescription(request.description, violations);
  model::CheckLabels(request.labels, violations);
  if (!request.api_version.empty()) CheckApiVersion(request.api_version, violations);
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
  model::ApplyPatch(request.label_patch, record.labels);
  Violations violations;
  CheckName(record.name, violations);
  CheckDescription(record.description, violations);
  model::CheckLabels(record.labels, violations);
  if (request.api_version && *request.api_version != record.api_version) {
    CheckApiVersion(*request.api_version, violations);
    // What it holds would not be of that version.
    if (violations.empty()) violations.push_back({"version", VersionStays(record.api_version)});
  }
  return violations.empty() ? absl::OkStatus() : BadFields(violations);
}

absl::StatusOr<ControlPlaneRecord> Find(store::DirectoryReadTx& tx,
                                        const model::ControlPlaneId& id) {
  SKYDEN_ASSIGN_OR_RETURN(std::optional<ControlPlaneRecord> record, tx.FindControlPlane(id));
  if (!record) return ControlPlaneNotFound();
  return *std::move(record);
}

absl::Status Validate(const SuspendControlPlane& request, absl::Time now) {
  Violations violations;
  CheckReason(request.reason, violations);
  if (request.until && *request.until <= now) {
    violations.push_back({"until", "must be in the future"});
  }
  return violations.empty() ? absl::OkStatus() : BadFields(violations);
}

// Who creates without administrating becomes the admin of what it creates.
bool BecomesAdmin(const model::OrganizationScope& scope) { return !scope.access().Administrates(); }

class ControlPlaneServiceImpl final : public ControlPlaneService {
 public:
  explicit ControlPlaneServiceImpl(Deps deps) : deps_(std::move(deps)), directory_(deps_.store) {}

  void CreateAsync(const model::OrganizationScope& scope, CreateControlPlane request,
                   absl::AnyInvocable<void(absl::StatusOr<ControlPlaneRecord>)> done) override {
    const absl::Status allowed = CheckCreate(scope, request);
    if (!allowed.ok()) return done(allowed);
    auto made = std::make_shared<Made>();
    made->seed = std::move(request.seed);
    made->copy_of = request.copy_of;
    made->record = NewRecord(scope, std::move(request));
    if (BecomesAdmin(scope)) made->admin = AdminRole(scope, made->record);
    deps_.store.WriteDirectoryAsync(
        scope, [this, made](store::DirectoryTx& tx) { return InsertAndSeed(tx, *made); },
        [made, done = std::move(done)](const absl::Status& status) mutable {
          if (!status.ok()) return done(status);
          done(std::move(made->record));
        });
  }

  absl::StatusOr<ListedControlPlanes> All(const model::OrganizationScope& scope) override {
    if (!scope.access().ListsAny()) return RoleMayNot();
    ListedControlPlanes listed;
    SKYDEN_ASSIGN_OR_RETURN(listed.all, directory_.List(scope));
    for (const ControlPlaneRecord& record : *listed.all) {
      if (scope.access().Lists(record.tenant)) listed.listed.push_back(&record);
    }
    return listed;
  }

  absl::StatusOr<ControlPlanePage> List(const model::OrganizationScope& scope,
                                        const ListControlPlanes& request) override {
    if (!scope.access().ListsAny()) return RoleMayNot();
    SKYDEN_RETURN_IF_ERROR(Validate(request));
    SKYDEN_ASSIGN_OR_RETURN(const auto all, directory_.List(scope));
    ControlPlanePage page;
    model::PageWindow window(request.page_size, request.page_number);
    const auto& filters = ControlPlaneFilters();
    const absl::Time now = deps_.clock.Now();
    for (const ControlPlaneRecord& record : *all) {
      if (!scope.access().Lists(record.tenant)) continue;
      if (!model::PassesAll(record, filters, request.filters, now)) continue;
      if (window.Shows()) page.items.push_back(record);
    }
    page.total = window.total();
    return page;
  }

  absl::StatusOr<ControlPlaneRecord> Get(const model::OrganizationScope& scope,
                                         const model::ControlPlaneId& id) override {
    ControlPlaneRecord record;
    const absl::Status read =
        deps_.store.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(record, Find(tx, id));
          return absl::OkStatus();
        });
    SKYDEN_RETURN_IF_ERROR(read);
    SKYDEN_RETURN_IF_ERROR(CheckSees(scope.access(), record.tenant));
    return record;
  }

  absl::StatusOr<ControlPlaneRecord> Update(const model::OrganizationScope& scope,
                                            const model::ControlPlaneId& id,
                                            const UpdateControlPlane& request) override {
    ControlPlaneRecord record;
    const absl::Time now = deps_.clock.Now();
    const absl::Status changed =
        Change(scope, id, record, [&](store::DirectoryTx& tx) -> absl::Status {
          const ControlPlaneRecord before = record;
          SKYDEN_RETURN_IF_ERROR(Apply(request, record));
          record.updated_at = now;
          tx.AuditAbout(record, {now, "control_plane.update", "ControlPlane", id.str(),
                                 DetailOfUpdate(before, record)});
          return tx.UpdateControlPlane(record);
        });
    SKYDEN_RETURN_IF_ERROR(changed);
    return record;
  }

  absl::StatusOr<ControlPlaneRecord> Suspend(const model::OrganizationScope& scope,
                                             const model::ControlPlaneId& id,
                                             const SuspendControlPlane& request) override {
    const absl::Time now = deps_.clock.Now();
    ControlPlaneRecord record;
    const absl::Status changed =
        Change(scope, id, record, [&](store::DirectoryTx& tx) -> absl::Status {
          SKYDEN_RETURN_IF_ERROR(Validate(request, now));
          // Suspended since the first time, whatever is said about it later.
          const absl::Time since = record.SuspendedAt(now) ? record.suspension->at : now;
          record.suspension = store::Suspension{since, request.until, request.reason};
          tx.AuditAbout(record, {now, "control_plane.suspend", "ControlPlane", id.str(),
                                 DetailOf(*record.suspension)});
          return tx.SetSuspension(id, record.suspension);
        });
    SKYDEN_RETURN_IF_ERROR(changed);
    return record;
  }

  absl::StatusOr<ControlPlaneRecord> Resume(const model::OrganizationScope& scope,
                                            const model::ControlPlaneId& id) override {
    const absl::Time now = deps_.clock.Now();
    ControlPlaneRecord record;
    const absl::Status changed =
        Change(scope, id, record, [&](store::DirectoryTx& tx) -> absl::Status {
          if (!record.suspension) return absl::OkStatus();
          record.suspension = std::nullopt;
          tx.AuditAbout(record, {now, "control_plane.resume", "ControlPlane", id.str(), ""});
          return tx.SetSuspension(id, std::nullopt);
        });
    SKYDEN_RETURN_IF_ERROR(changed);
    return record;
  }

  absl::Status Delete(const model::OrganizationScope& scope, const model::ControlPlaneId& id,
                      Online online) override {
    const absl::Time now = deps_.clock.Now();
    SKYDEN_ASSIGN_OR_RETURN(const ControlPlaneRecord record, Get(scope, id));
    SKYDEN_RETURN_IF_ERROR(CheckChanges(scope.access(), record.tenant));
    if (online == Online::kForbids) {
      SKYDEN_ASSIGN_OR_RETURN(
          const std::vector<std::string> zones,
          deps_.online_zones(model::SystemScope::For("delete a control plane: zones online")
                                 .In(record.organization, record.tenant, id)));
      if (!zones.empty()) return ZoneStillOnline(zones);
    }
    ControlPlaneRecord deleted;
    // A zone that connected since the check above loses its stream, as the change says.
    return Change(scope, id, deleted, [&](store::DirectoryTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(const uint64_t tokens, DeleteOrShelve(tx, id, now));
      tx.AuditAbout(record, {now, "control_plane.delete", "ControlPlane", id.str(),
                             DetailOfDelete(record, tokens)});
      return absl::OkStatus();
    });
  }

  absl::StatusOr<std::vector<store::DeletedControlPlane>> ListDeleted(
      const model::OrganizationScope& scope) override {
    if (!scope.access().Administrates()) return RoleMayNot();
    std::vector<store::DeletedControlPlane> all;
    const absl::Status read =
        deps_.store.ReadDirectory(scope, [&](store::DirectoryReadTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(all, tx.ListDeletedControlPlanes());
          return absl::OkStatus();
        });
    if (!read.ok()) return read;
    return all;
  }

  absl::StatusOr<ControlPlaneRecord> Undelete(const model::OrganizationScope& scope,
                                              const model::ControlPlaneId& id,
                                              const std::string& name) override {
    if (!scope.access().Administrates()) return RoleMayNot();
    if (!name.empty()) {
      Violations violations;
      CheckName(name, violations);
      if (!violations.empty()) return BadFields(violations);
    }
    const absl::Time now = deps_.clock.Now();
    ControlPlaneRecord record;
    const absl::Status changed =
        deps_.store.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
          SKYDEN_ASSIGN_OR_RETURN(const auto there, tx.ListControlPlanes());
          if (there.size() >= base::limits::kControlPlanesPerOrganization) {
            return TooManyControlPlanes();
          }
          std::string shown = name;
          if (shown.empty()) {
            SKYDEN_ASSIGN_OR_RETURN(shown, FreeName(tx, id, there));
          }
          SKYDEN_ASSIGN_OR_RETURN(record, tx.UndeleteControlPlane(id, shown));
          record.updated_at = now;
          SKYDEN_RETURN_IF_ERROR(tx.UpdateControlPlane(record));
          tx.AuditAbout(
              record, {now, "control_plane.undelete", "ControlPlane", id.str(), DetailOf(record)});
          return absl::OkStatus();
        });
    if (absl::IsNotFound(changed)) return ControlPlaneNotFound();
    if (!changed.ok()) return changed;
    return record;
  }

  absl::Status Purge(const model::OrganizationScope& scope,
                     const model::ControlPlaneId& id) override {
    if (!scope.access().IsOperator()) return RoleMayNot();
    const absl::Time now = deps_.clock.Now();
    const absl::Status ended = deps_.store.WriteDirectory(
        scope, [&](store::DirectoryTx& tx) -> absl::Status { return EndDeleted(tx, id, now); });
    return absl::IsNotFound(ended) ? ControlPlaneNotFound() : ended;
  }

  absl::Duration deleted_retention() const override { return deps_.deleted_retention; }

 private:
  absl::StatusOr<uint64_t> DeleteOrShelve(store::DirectoryTx& tx, const model::ControlPlaneId& id,
                                          absl::Time now) const {
    if (deps_.deleted_retention <= absl::ZeroDuration()) return tx.DeleteControlPlane(id);
    SKYDEN_ASSIGN_OR_RETURN(const auto kept, tx.ListDeletedControlPlanes());
    // Who makes and deletes all day keeps no more than so many.
    if (kept.size() >= base::limits::kDeletedControlPlanes) {
      SKYDEN_RETURN_IF_ERROR(EndDeleted(tx, kept.front().id, now));
    }
    return tx.ShelveControlPlane(id, now);
  }

  // What a creation writes.
  struct Made {
    ControlPlaneRecord record;
    std::optional<store::RoleRecord> admin;
    std::function<absl::Status(store::WriteTx&, const ControlPlaneRecord&)> seed;
    model::ControlPlaneId copy_of;
  };

  // Runs `fn` on a control plane that the caller may change, read into `record`.
  template <class Fn>
  absl::Status Change(const model::OrganizationScope& scope, const model::ControlPlaneId& id,
                      ControlPlaneRecord& record, Fn fn) {
    return deps_.store.WriteDirectory(scope, [&](store::DirectoryTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(record, Find(tx, id));
      SKYDEN_RETURN_IF_ERROR(CheckChanges(scope.access(), record.tenant));
      return fn(tx);
    });
  }

  store::RoleRecord AdminRole(const model::OrganizationScope& scope,
                              const ControlPlaneRecord& record) const {
    store::RoleRecord role;
    role.id = model::RoleId(base::RandomUuid());
    role.account = model::AccountId(scope.who().id);
    role.role = model::Role::kAdmin;
    role.control_plane = record.id;
    role.created_at = record.created_at;
    return role;
  }

  absl::Status CheckCreate(const model::OrganizationScope& scope,
                           const CreateControlPlane& request) {
    if (!scope.access().Creates()) return RoleMayNot();
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
    record.api_version = request.api_version.empty()
                             ? std::string(model::NameOf(deps_.default_version))
                             : std::move(request.api_version);
    record.cluster_id = base::RandomUuid();
    record.created_at = deps_.clock.Now();
    record.updated_at = record.created_at;
    return record;
  }

  // The row and all that a new control plane begins with, or neither.
  absl::Status InsertAndSeed(store::DirectoryTx& tx, Made& made) const {
    ControlPlaneRecord& record = made.record;
    SKYDEN_RETURN_IF_ERROR(tx.InsertControlPlane(record));
    tx.AuditAbout(record, {record.created_at, "control_plane.create", "ControlPlane",
                           record.id.str(), DetailOf(record)});
    if (!made.copy_of.empty()) {
      tx.AuditAbout(record,
                    {record.created_at, "control_plane.clone", "ControlPlane", record.id.str(),
                     base::JsonObjectText().Text("copy_of", made.copy_of.str()).Take()});
    }
    if (made.admin) {
      made.admin->tenant = record.tenant;
      SKYDEN_RETURN_IF_ERROR(tx.InsertRole(*made.admin));
    }
    SKYDEN_ASSIGN_OR_RETURN(
        store::WriteTx* const inside,
        tx.Enter(model::SystemScope::For("create a control plane")
                     .In(record.organization, record.tenant, record.id, record.version())));
    return made.seed ? made.seed(*inside, record) : deps_.seed(*inside, record);
  }

  const Deps deps_;
  DirectoryCache directory_;
};

}  // namespace

std::unique_ptr<ControlPlaneService> ControlPlaneService::Create(Deps deps) {
  return std::make_unique<ControlPlaneServiceImpl>(std::move(deps));
}

}  // namespace skyden::control_planes
