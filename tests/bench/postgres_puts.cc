// SPDX-License-Identifier: Apache-2.0
// What a PUT costs a PostgreSQL server, in batches of 64: planned, with many rows in a statement or
// one, and statement by statement.
//
//   tests/postgres/with_cluster.sh build/tests/bench/postgres_puts
//
// On a machine that others use, the CPU of a PUT says more than the rate. It is that of all
// processes of the server.
#include <sys/resource.h>
#include <unistd.h>

#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <sstream>

#include "absl/synchronization/notification.h"
#include "fmt/format.h"
#include "skyden/base/clock.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/postgres_engine.h"

namespace skyden::store::testing {
namespace {

constexpr int kTogether = 64;
constexpr int kPuts = 200 * kTogether;

// Fields of /proc/<pid>/stat behind the name, which may have blanks.
std::vector<std::string> StatOf(const std::string& pid) {
  std::ifstream file("/proc/" + pid + "/stat");
  std::string text;
  std::getline(file, text);
  const size_t name_end = text.rfind(')');
  if (name_end == std::string::npos) return {};
  std::istringstream rest(text.substr(name_end + 1));
  return {std::istream_iterator<std::string>(rest), {}};
}

// Of the server's processes.
double ServerSeconds() {
  std::ifstream lock(std::string(std::getenv("SKYDEN_TEST_POSTGRES")) + "/.s.PGSQL.5432.lock");
  std::string postmaster;
  std::getline(lock, postmaster);
  int64_t ticks = 0;
  for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
    const std::vector<std::string> stat = StatOf(entry.path().filename());
    if (stat.size() < 13 || stat[1] != postmaster) continue;
    ticks += std::atoll(stat[11].c_str()) + std::atoll(stat[12].c_str());
  }
  return static_cast<double>(ticks) / static_cast<double>(sysconf(_SC_CLK_TCK));
}

double OwnSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// So many are under way at any time; each that is answered is followed by the next.
class Load {
 public:
  Load(Store& store, const std::vector<model::TenantScope>& scopes, int puts)
      : store_(store), scopes_(scopes), left_(puts), answers_(puts) {}

  void Run() {
    for (int i = 0; i < kTogether; ++i) Next();
    done_.WaitForNotification();
  }

 private:
  void Next() {
    const int number = --left_;
    if (number < 0) return;
    const std::string name = fmt::format("policy-{}", number % (kPuts / 2));
    const model::TypeId mesh = Type("Mesh");
    const model::TypeId timeout = Type("MeshTimeout");
    WritePlan plan;
    plan.Resource(mesh, {"", "default"}).Resource(timeout, {"default", name});
    store_.WriteAsync(
        scopes_[static_cast<size_t>(number) % scopes_.size()], std::move(plan),
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
          tx.Audit({absl::Now(), "resource.update", "MeshTimeout", "default/" + name, "{}"});
          return absl::OkStatus();
        },
        [this](const absl::StatusOr<model::Revision>& written) {
          if (!written.ok()) std::abort();
          if (--answers_ == 0) return done_.Notify();
          Next();
        });
  }

  Store& store_;
  const std::vector<model::TenantScope>& scopes_;
  std::atomic<int> left_;
  std::atomic<int> answers_;
  absl::Notification done_;
};

void Measure(const char* what, postgres::Blueprint::Batches batches, postgres::Blueprint::Rows rows,
             int control_planes = 1) {
  postgres::Blueprint blueprint;
  blueprint.batches = batches;
  blueprint.rows = rows;
  PostgresEngine engine(blueprint);
  const auto organization = NewOrganization(engine.store(), 1);
  std::vector<model::TenantScope> scopes;
  for (int i = 1; i <= control_planes; ++i) {
    scopes.push_back(NewControlPlane(engine.store(), organization, i));
    Put(engine.store(), scopes.back(), NewResource("Mesh", "", "default"));
  }
  Load(engine.store(), scopes, 4 * kTogether).Run();
  const base::RealClock clock;
  const auto before = engine.store().counters();
  const double server = ServerSeconds();
  const double own = OwnSeconds();
  const absl::Duration began = clock.Monotonic();
  Load(engine.store(), scopes, kPuts).Run();
  const double seconds = absl::ToDoubleSeconds(clock.Monotonic() - began);
  const double server_us = 1e6 * (ServerSeconds() - server) / kPuts;
  const double own_us = 1e6 * (OwnSeconds() - own) / kPuts;
  const auto after = engine.store().counters();
  const auto commits = after.commits - before.commits;
  fmt::print(
      "{}: {:.0f} PUT/s, server {:.0f} us a PUT, client {:.0f} us a PUT, {:.1f} PUTs a commit, "
      "{:.1f} round trips a commit\n",
      what, kPuts / seconds, server_us, own_us,
      static_cast<double>(kPuts) / static_cast<double>(commits),
      static_cast<double>(after.round_trips - before.round_trips) / static_cast<double>(commits));
}

TEST_CASE("PUTs in batches of 64") {
  double load = 0;
  std::ifstream("/proc/loadavg") >> load;
  fmt::print("load {}\n", load);
  for (int time = 0; time < 2; ++time) {
    using Batches = postgres::Blueprint::Batches;
    using Rows = postgres::Blueprint::Rows;
    Measure("planned, many rows a statement", Batches::kPlanned, Rows::kTogether);
    Measure("planned, a row a statement", Batches::kPlanned, Rows::kOneByOne);
    Measure("statement by statement", Batches::kByStatement, Rows::kOneByOne);
    Measure("planned, each of a control plane of its own", Batches::kPlanned, Rows::kTogether,
            kTogether);
  }
}

}  // namespace
}  // namespace skyden::store::testing
