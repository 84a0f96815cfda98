// SPDX-License-Identifier: Apache-2.0
// Requests that the writer takes into one transaction.
#pragma once

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "skyden/store/tenant_tx.h"
#include "skyden/store/write_plan.h"
#include "tests/store/postgres_engine.h"
#include "tests/store/testing.h"

namespace skyden::store::testing {

inline const model::TypeId kMesh = Type("Mesh");
inline const model::TypeId kTimeout = Type("MeshTimeout");

inline model::Resource Timeout(const std::string& name, const std::string& spec = "{}") {
  return NewResource("MeshTimeout", "default", name, spec);
}
inline WritePlan PlanOf(const std::string& name) {
  WritePlan plan;
  plan.Resource(kMesh, {"", "default"}).Resource(kTimeout, {"default", name});
  return plan;
}

class Batches {
 public:
  explicit Batches(const postgres::Blueprint& blueprint = {})
      : engine_(blueprint),
        scope_(NewControlPlane(engine_.store(), NewOrganization(engine_.store(), 1), 1)) {
    Put(store(), scope_, NewResource("Mesh", "", "default"));
    // The chain of the audit is there, and known.
    REQUIRE(Write("warm-up", PutAndTell("warm-up")).ok());
  }

  Store& store() { return engine_.store(); }
  PostgresEngine& engine() { return engine_; }
  const model::TenantScope& scope() const { return scope_; }

  // As a PUT does.
  static Store::WriteFn PutAndTell(const std::string& name, const std::string& spec = "{}") {
    return [name, spec](WriteTx& tx) -> absl::Status {
      if (auto mesh = tx.HasResource(kMesh, {"", "default"}); !mesh.ok() || !*mesh) {
        return absl::NotFoundError("no mesh");
      }
      if (auto stored = tx.FindResource(kTimeout, {"default", name}); !stored.ok()) {
        return stored.status();
      }
      model::Resource resource = Timeout(name, spec);
      if (absl::Status s = tx.PutResource(resource); !s.ok()) return s;
      tx.Audit({absl::UnixEpoch(), "resource.create", "MeshTimeout", name, ""});
      return absl::OkStatus();
    };
  }
  absl::StatusOr<model::Revision> Write(const std::string& name, Store::WriteFn fn) {
    return store().Write(scope_, PlanOf(name), std::move(fn));
  }

  struct Request {
    std::string name;
    Store::WriteFn fn;
  };
  struct Together {
    std::vector<absl::StatusOr<model::Revision>> answers;
    uint64_t statements = 0;
    uint64_t round_trips = 0;
    uint64_t commits = 0;
  };
  // The writer takes them into one transaction, since it is held until all wait.
  Together Run(std::vector<Request> requests) {
    std::promise<void> go;
    std::shared_future<void> gone(go.get_future());
    std::promise<void> held;
    std::promise<void> let_go;
    store().WriteAsync(
        scope_, WritePlan(),
        [&held, gone, once = false](WriteTx&) mutable {
          if (!std::exchange(once, true)) held.set_value();
          gone.wait();
          return absl::CancelledError();
        },
        [&let_go](const auto&) { let_go.set_value(); });
    held.get_future().wait();
    std::vector<std::future<absl::StatusOr<model::Revision>>> answers;
    for (Request& request : requests) {
      auto answer = std::make_shared<std::promise<absl::StatusOr<model::Revision>>>();
      answers.push_back(answer->get_future());
      store().WriteAsync(
          scope_, PlanOf(request.name), std::move(request.fn),
          [answer](absl::StatusOr<model::Revision> done) { answer->set_value(std::move(done)); });
    }
    const Store::Counters before = store().counters();
    go.set_value();
    let_go.get_future().wait();
    Together together;
    for (auto& answer : answers) together.answers.push_back(answer.get());
    const Store::Counters after = store().counters();
    // Who held the writer ended his transaction.
    together.round_trips = after.round_trips - before.round_trips - 1;
    together.commits = after.commits - before.commits;
    together.statements = after.reads + after.writes - before.reads - before.writes;
    return together;
  }

  std::vector<std::string> Stored() {
    return Names(List(store(), scope_, "MeshTimeout", "default"));
  }

 private:
  PostgresEngine engine_;
  const model::TenantScope scope_;
};

inline std::vector<Batches::Request> Puts(int count) {
  std::vector<Batches::Request> requests;
  for (int i = 0; i < count; ++i) {
    const std::string name = fmt::format("t-{:03}", i);
    requests.push_back({name, Batches::PutAndTell(name)});
  }
  return requests;
}

}  // namespace skyden::store::testing
