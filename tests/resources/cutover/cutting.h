// SPDX-License-Identifier: Apache-2.0
// Control planes that are upgraded and taken back by their administrator.
#pragma once

#include <catch2/catch.hpp>
#include <string>
#include <utility>
#include <vector>

#include "skyden/model/type_registry.h"
#include "skyden/resources/cutover.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "tests/resources/manager/manager_env.h"

namespace skyden::resources::testing {

class CuttingEnv : public ManagerEnv {
 public:
  // Of an administrator, as the control plane is at the moment.
  model::TenantScope Admin() { return As(model::Role::kAdmin); }

  model::Revision Revision() {
    model::Revision revision = 0;
    const absl::Status read = store->Read(scope, [&](store::ReadTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(revision, tx.CurrentRevision());
      return absl::OkStatus();
    });
    REQUIRE(read.ok());
    return revision;
  }

  model::KumaVersion Version() {
    model::KumaVersion version{};
    const absl::Status read = store->Read(scope, [&](store::ReadTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(const auto record, tx.ControlPlane());
      version = record.version();
      return absl::OkStatus();
    });
    REQUIRE(read.ok());
    return version;
  }

  // `documents`: JSON objects.
  absl::StatusOr<Cutover> Upgrade(std::vector<std::string> documents,
                                  ImportMode mode = ImportMode::kApply) {
    return UpgradeOver(Revision(), std::move(documents), mode);
  }
  absl::StatusOr<Cutover> UpgradeOver(model::Revision revision, std::vector<std::string> documents,
                                      ImportMode mode = ImportMode::kApply) {
    UpgradeRequest request{{}, revision, mode};
    for (std::string& document : documents) {
      request.documents.push_back({request.documents.size() + 1, std::move(document)});
    }
    const model::TenantScope admin = Admin();
    return UpgradeControlPlane(deps(), {owner(), admin}, std::move(request));
  }
  absl::StatusOr<Cutover> Return(const ReturnRequest& request = {}) {
    const model::TenantScope admin = Admin();
    return ReturnControlPlane(deps(), {owner(), admin}, request);
  }

  std::string Exported() {
    const auto text = manager.Export(Admin(), {});
    REQUIRE(text.ok());
    return *text;
  }
  // Of what the audit tells of the control plane, newest first.
  std::vector<std::string> Actions() {
    std::vector<std::string> actions;
    const absl::Status read = store->Read(scope, [&](store::ReadTx& tx) -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(const auto page, tx.ListAudit({}));
      for (const auto& entry : page.entries) actions.push_back(entry.note.action);
      return absl::OkStatus();
    });
    REQUIRE(read.ok());
    return actions;
  }

 private:
  CutoverDeps deps() { return {*store, registry(), codec(), clock}; }
};

inline std::string TimeoutOf(const std::string& name, const std::string& idle,
                             const std::string& list = "to") {
  const std::string target = list == "to" ? R"("targetRef":{"kind":"Mesh"},)" : "";
  return R"({"type":"MeshTimeout","mesh":"default","name":")" + name + R"(","spec":{")" + list +
         R"(":[{)" + target + R"("default":{"idleTimeout":")" + idle + R"("}}]}})";
}
inline std::string DeletionOf(const std::string& type, const std::string& name) {
  return R"({"type":")" + type + R"(","mesh":"default","name":")" + name + R"(","delete":true})";
}

}  // namespace skyden::resources::testing
