// SPDX-License-Identifier: Apache-2.0
// Imports as the tests make them: whole, or step by step.
#pragma once

#include <algorithm>
#include <catch2/catch.hpp>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/synchronization/notification.h"
#include "resources/transfer/import.h"
#include "skyden/resources/transfer.h"
#include "tests/resources/manager/manager_env.h"

namespace skyden::resources::testing {

inline absl::StatusOr<ImportResult> ImportInto(ManagerEnv& env, const model::TenantScope& scope,
                                               const std::string& yaml,
                                               ImportMode mode = ImportMode::kApply,
                                               std::optional<DesiredState> desired = {}) {
  absl::StatusOr<ImportResult> result = absl::UnknownError("not called");
  absl::Notification done;
  env.manager.ImportAsync(scope, {yaml, mode, std::move(desired)},
                          [&](absl::StatusOr<ImportAnswer> answer) {
                            if (answer.ok()) {
                              result = answer->Take();
                            } else {
                              result = answer.status();
                            }
                            done.Notify();
                          });
  done.WaitForNotification();
  return result;
}

inline size_t Count(const ImportResult& result, ImportLine::Outcome outcome) {
  return static_cast<size_t>(
      std::count_if(result.lines.begin(), result.lines.end(),
                    [&](const ImportLine& line) { return line.outcome == outcome; }));
}

// "deleted MeshTimeout default/a (why)"
inline std::vector<std::string> Told(const ImportResult& result) {
  constexpr const char* kNames[] = {"created", "updated", "unchanged", "skipped", "deleted"};
  std::vector<std::string> lines;
  for (const ImportLine& line : result.lines) {
    lines.push_back(std::string(kNames[static_cast<size_t>(line.outcome)]) + " " +
                    std::string(line.type->name) + " " + line.key.mesh + "/" + line.key.name +
                    (line.reason.empty() ? "" : " (" + line.reason + ")"));
  }
  return lines;
}

// The spec of a MeshTimeout as JSON.
inline std::string TimeoutJson(const std::string& connection_timeout = "5s") {
  return TimeoutSpec(connection_timeout).substr(std::string("\"spec\":").size());
}

inline std::string Timeout(const std::string& mesh, const std::string& name,
                           const std::string& extra = "") {
  return "---\ntype: MeshTimeout\nmesh: " + mesh + "\nname: " + name + "\n" + extra +
         "spec: " + TimeoutJson() + "\n";
}

// The import's steps by hand, so that something can happen between them.
class Stepwise {
 public:
  Stepwise(ManagerEnv& env, const std::string& yaml, std::optional<DesiredState> desired = {},
           const std::vector<OwnedResource>& owned = {})
      : env_(env) {
    auto items = ReadImport(yaml);
    REQUIRE(items.ok());
    auto ready = PrepareImport(env.scope, store::testing::Registry(), Codec(),
                               store::testing::Registry().core(), *items, env.clock.Now(),
                               std::move(desired), owned);
    REQUIRE(ready.ok());
    import = *std::move(ready);
  }
  ImportOperation Operation() {
    return ImportOperation(env_.scope, store::testing::Registry().core(), defaults_, Codec(),
                           import);
  }
  void Foresee() { REQUIRE(Operation().Foresee(*env_.store, env_.scope, ImportMode::kApply).ok()); }
  void Write() {
    const auto written =
        env_.store->Write(env_.scope, [&](store::WriteTx& tx) { return Operation().Run(tx); });
    INFO(written.status());
    REQUIRE(written.ok());
  }
  // What the audit says of a MeshTimeout, newest first.
  std::string LastDetail(const std::string& name) {
    std::string detail = "none";
    REQUIRE(env_.store
                ->Read(env_.scope,
                       [&](store::ReadTx& tx) -> absl::Status {
                         SKYDEN_ASSIGN_OR_RETURN(const auto page, tx.ListAudit({}));
                         for (const store::AuditEntry& entry : page.entries) {
                           if (entry.note.object_name != "default/" + name) continue;
                           detail = entry.note.action + " " + entry.note.detail;
                           break;
                         }
                         return absl::OkStatus();
                       })
                .ok());
    return detail;
  }

  PreparedImport import;

 private:
  ManagerEnv& env_;
  const Defaults defaults_{store::testing::Registry(), Codec()};
};

}  // namespace skyden::resources::testing
