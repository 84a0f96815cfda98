// SPDX-License-Identifier: Apache-2.0
// The version is changed first: from then on the store refuses, in this transaction's batch
// already, what was thought out for the other (store/rows/requests.cc). What is written next is
// therefore all that is ever written between the two.
#include "resources/cutover/switch.h"

#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "resources/write/errors.h"
#include "resources/write/unchanged.h"
#include "skyden/base/gone.h"
#include "skyden/base/json_text.h"
#include "skyden/base/status.h"
#include "skyden/resources/access.h"
#include "skyden/store/audit.h"
#include "skyden/store/directory_tx.h"

namespace skyden::resources {
namespace {

using model::KumaVersion;

// Kuma 3 lists ServiceInsights and writes none.
constexpr model::ByVersion<bool> kHasServiceInsights = {{true, false}};
constexpr model::ByVersion<std::string_view> kKumas = {{"Kuma 2", "Kuma 3"}};

absl::Status Conflict(const std::string& detail) {
  return base::WithTitle(absl::FailedPreconditionError(detail), "Conflict");
}

absl::Status IsAlready(KumaVersion version) {
  return Conflict(fmt::format("The control plane is one of {} already.", kKumas[version]));
}

// What zones are told of one is of the version in which it was thought out.
absl::Status CheckNothingIsReleased(store::ReadTx& tx) {
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<store::RolloutRecord> rollouts, tx.ListRollouts());
  std::vector<base::FieldViolation> live;
  for (const store::RolloutRecord& rollout : rollouts) {
    if (!rollout.IsLive()) continue;
    live.push_back({fmt::format("rollout {}", rollout.id),
                    fmt::format("releases changes in mesh {}, and is {}", rollout.mesh,
                                store::NameOf(rollout.state))});
  }
  if (live.empty()) return absl::OkStatus();
  return base::WithViolations(
      Conflict("Changes are being released zone by zone: finish or abort their rollouts first."),
      live);
}

absl::Status RemoveServiceInsights(store::WriteTx& tx, model::TypeId type) {
  SKYDEN_ASSIGN_OR_RETURN(const auto insights, tx.ListResources(type, std::nullopt));
  for (const model::Resource& insight : insights) {
    SKYDEN_RETURN_IF_ERROR(tx.DeleteResource(type, insight.key));
  }
  return absl::OkStatus();
}

std::string DetailOf(const Cutover& cutover) {
  return base::JsonObjectText()
      .Text("from", model::NameOf(cutover.from))
      .Text("to", model::NameOf(cutover.to))
      .Raw("before", std::to_string(cutover.before))
      .Raw("after", std::to_string(cutover.after))
      .Take();
}

std::optional<PastUpgrade> ReadDetail(const std::string& detail) {
  const auto json = nlohmann::json::parse(detail, nullptr, /*allow_exceptions=*/false);
  const auto number = [&](const char* name) -> std::optional<model::Revision> {
    const auto found = json.find(name);
    if (found == json.end() || !found->is_number_unsigned()) return std::nullopt;
    return found->get<model::Revision>();
  };
  if (!json.is_object()) return std::nullopt;
  const auto before = number("before");
  const auto after = number("after");
  if (!before || !after) return std::nullopt;
  return PastUpgrade{*before, *after};
}

}  // namespace

absl::Status CheckMayCutOver(const model::TenantScope& scope, KumaVersion to) {
  if (!IsAdmin(scope)) return errors::AccessDenied(scope.who(), "an upgrade");
  if (!scope.read_only().empty()) return errors::ReadOnly(scope.read_only());
  return scope.version() == to ? IsAlready(to) : absl::OkStatus();
}

model::TenantScope InVersion(const model::TenantScope& scope, KumaVersion version) {
  return model::SystemScope::For("write a control plane in another version of Kuma")
      .In(scope.organization(), scope.tenant(), scope.control_plane(), version);
}

absl::Status SwitchVersion(const CutoverDeps& deps, const CutoverBy& by, const Switch& request,
                           absl::FunctionRef<absl::Status(store::WriteTx&)> write,
                           Cutover& cutover) {
  const absl::Time now = deps.clock.Now();
  cutover.from = by.scope.version();
  cutover.to = request.to;
  const auto run = [&](store::DirectoryTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(auto record, tx.FindControlPlane(by.scope.control_plane()));
    if (!record) return absl::NotFoundError("control plane not found");
    // Somebody else was faster.
    if (record->version() == request.to) return IsAlready(request.to);
    record->api_version = model::NameOf(request.to);
    record->updated_at = now;
    SKYDEN_RETURN_IF_ERROR(tx.UpdateControlPlane(*record));
    SKYDEN_ASSIGN_OR_RETURN(store::WriteTx* const inside,
                            tx.Enter(InVersion(by.scope, request.to)));
    SKYDEN_RETURN_IF_ERROR(CheckUnchanged(*inside, deps.registry, request.if_revision));
    SKYDEN_RETURN_IF_ERROR(CheckNothingIsReleased(*inside));
    SKYDEN_ASSIGN_OR_RETURN(cutover.before, inside->CurrentRevision());
    if (!kHasServiceInsights[request.to]) {
      SKYDEN_RETURN_IF_ERROR(
          RemoveServiceInsights(*inside, deps.registry.core().service_insight->id));
    }
    SKYDEN_RETURN_IF_ERROR(write(*inside));
    SKYDEN_ASSIGN_OR_RETURN(cutover.after, inside->CurrentRevision());
    tx.AuditAbout(*record, {now, std::string(request.action), "ControlPlane", record->id.str(),
                            DetailOf(cutover)});
    return request.mode == ImportMode::kDryRun ? absl::CancelledError("dry run") : absl::OkStatus();
  };
  const absl::Status written = deps.store.WriteDirectory(by.organization, run);
  const bool given_up = request.mode == ImportMode::kDryRun && absl::IsCancelled(written);
  return given_up ? absl::OkStatus() : written;
}

absl::StatusOr<PastUpgrade> FindLastUpgrade(store::ReadTx& tx) {
  store::AuditQuery query;
  query.action = kUpgradeAction;
  query.limit = 1;
  for (;;) {
    SKYDEN_ASSIGN_OR_RETURN(const store::AuditPage page, tx.ListAudit(query));
    if (!page.entries.empty()) {
      if (auto upgrade = ReadDetail(page.entries.front().note.detail)) return *upgrade;
      break;
    }
    if (!page.next) break;
    query.beyond = page.next;
  }
  return base::Gone(
      "The audit does not tell of an upgrade of this control plane: it was made as it is, or the "
      "entry is no longer kept.");
}

}  // namespace skyden::resources
