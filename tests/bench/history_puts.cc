// SPDX-License-Identifier: Apache-2.0
// What it costs a PUT that what it replaces is kept: durable PUTs that update, 16 at a time, with a
// history and without, in turn.
//
//   build/tests/bench/history_puts
//   tests/postgres/with_cluster.sh fsync=on build/tests/bench/history_puts      on PostgreSQL
//
// On a machine that others use, the CPU of a PUT (of this process: on SQLite that is all of it)
// says more than the rate.
#include <sys/resource.h>

#include <atomic>
#include <catch2/catch.hpp>
#include <cstdlib>
#include <memory>

#include "absl/synchronization/notification.h"
#include "fmt/format.h"
#include "skyden/base/clock.h"
#include "skyden/store/history.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/postgres_engine.h"

namespace skyden::store::testing {
namespace {

constexpr int kTogether = 16;
constexpr int kPuts = 500 * kTogether;
constexpr int kNames = 1000;
constexpr int kRounds = 5;

double OwnSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// As a PUT of a policy does it: the mesh, the policy, the write, the audit.
class Load {
 public:
  Load(Store& store, const model::TenantScope& scope, int puts)
      : store_(store), scope_(scope), left_(puts), answers_(puts) {}

  void Run() {
    for (int i = 0; i < kTogether; ++i) Next();
    done_.WaitForNotification();
  }

 private:
  void Next() {
    const int number = --left_;
    if (number < 0) return;
    const std::string name = fmt::format("policy-{}", number % kNames);
    const model::TypeId mesh = Type("Mesh");
    const model::TypeId timeout = Type("MeshTimeout");
    WritePlan plan;
    plan.Resource(mesh, {"", "default"}).Resource(timeout, {"default", name});
    store_.WriteAsync(
        scope_, std::move(plan),
        [mesh, timeout, name, number](WriteTx& tx) -> absl::Status {
          if (const auto there = tx.HasResource(mesh, {"", "default"}); !there.ok()) {
            return there.status();
          }
          if (const auto stored = tx.FindResource(timeout, {"default", name}); !stored.ok()) {
            return stored.status();
          }
          model::Resource resource =
              NewResource("MeshTimeout", "default", name, fmt::format("{:0>300}", number));
          if (absl::Status s = tx.PutResource(resource); !s.ok()) return s;
          tx.Audit({absl::Now(), "resource.update", "MeshTimeout", "default/" + name,
                    fmt::format(R"({{"changes":"{:0>300}"}})", number)});
          return absl::OkStatus();
        },
        [this](const absl::StatusOr<model::Revision>& written) {
          if (!written.ok()) std::abort();
          if (--answers_ == 0) return done_.Notify();
          Next();
        });
  }

  Store& store_;
  const model::TenantScope& scope_;
  std::atomic<int> left_;
  std::atomic<int> answers_;
  absl::Notification done_;
};

// A store with so much of a history, full, and what its PUTs cost.
struct Side {
  Side(const char* called, uint64_t bytes_max) : name(called) {
    const HistoryLimits history{.bytes_max = bytes_max};
    if (OnPostgres()) {
      postgres = std::make_unique<PostgresEngine>(postgres::Blueprint(), Usage(), absl::Seconds(30),
                                                  history);
    } else {
      SqliteOptions options;
      options.history = history;
      sqlite = std::make_unique<SqliteEngine>(sqlite::Blueprint(), std::move(options));
    }
    scope = std::make_unique<model::TenantScope>(
        NewControlPlane(store(), NewOrganization(store(), 1), 1));
    Put(store(), *scope, NewResource("Mesh", "", "default"));
    Load(store(), *scope, 4 * kNames).Run();
  }
  Store& store() { return sqlite != nullptr ? sqlite->store() : postgres->store(); }

  void Measure() {
    const base::RealClock clock;
    const double own = OwnSeconds();
    const absl::Duration began = clock.Monotonic();
    Load(store(), *scope, kPuts).Run();
    seconds += absl::ToDoubleSeconds(clock.Monotonic() - began);
    cpu += OwnSeconds() - own;
  }

  const char* name;
  std::unique_ptr<SqliteEngine> sqlite;
  std::unique_ptr<PostgresEngine> postgres;
  std::unique_ptr<model::TenantScope> scope;
  double seconds = 0;
  double cpu = 0;
};

TEST_CASE("durable PUTs with a history and without") {
  // So small that the oldest has to go all the time: what a store comes to that runs long.
  Side with("with", 1u << 20);
  Side without("without", 0);
  for (int round = 0; round < kRounds; ++round) {
    with.Measure();
    without.Measure();
  }
  constexpr double kAll = double{kRounds} * kPuts;
  for (const Side* side : {&with, &without}) {
    fmt::print("{} a history: {:.0f} PUT/s, {:.1f} us of CPU a PUT\n", side->name,
               kAll / side->seconds, 1e6 * side->cpu / kAll);
  }
  fmt::print("with it, a PUT takes {:+.1f} % of time and {:+.1f} % of CPU\n",
             100 * (with.seconds / without.seconds - 1), 100 * (with.cpu / without.cpu - 1));
}

}  // namespace
}  // namespace skyden::store::testing
