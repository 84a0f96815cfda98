// SPDX-License-Identifier: Apache-2.0
// What a control plane is told must not depend on what its neighbours do.
#include <atomic>
#include <cstdio>
#include <string>
#include <string_view>
#include <thread>

#include "fmt/format.h"
#include "tests/store/conformance.h"
#include "tests/store/script.h"

namespace skyden::store::testing {
namespace {

#ifdef SKYDEN_STORE_ON_POSTGRES
constexpr int kOperations = 2'000;  // each is some round trips
#else
constexpr int kOperations = 10'000;
#endif
constexpr uint64_t kSeed = 20260801;

struct Heard {
  std::mutex mu;
  std::string text;
};

// A alone, or with hostile neighbours: another organization's control plane that uses the same
// names, and a sibling in A's own organization, both writing from threads of their own.
enum class Neighbours { kNone, kHostile };

template <class Engine>
std::string TranscriptOfA(Engine& engine, Neighbours neighbours, int operations) {
  const bool with_neighbours = neighbours == Neighbours::kHostile;
  Store& store = engine.store();
  if (with_neighbours) {  // so that keys inside the database differ as well
    const auto early = NewOrganization(store, 90);
    Script before(store, early, NewControlPlane(store, early, 90), kSeed + 9, 9'000'000);
    for (int i = 0; i < 200; ++i) before.Step();
  }
  const auto organization_a = NewOrganization(store, 1);
  const auto a = NewControlPlane(store, organization_a, 1);
  Heard heard;
  const auto subscription = store.Subscribe(a.tenant(), [&heard](const Change& change) {
    const std::scoped_lock lock(heard.mu);
    heard.text +=
        fmt::format("{}:{}:{}:{}:{}\n", change.revision, change.types.size(),
                    change.accounts.size(), change.tokens.size(), static_cast<int>(change.self));
  });
  std::atomic<bool> stop{false};
  std::vector<std::thread> threads;
  std::atomic<int> hostile_steps{0};
  if (with_neighbours) {
    const auto organization_b = NewOrganization(store, 2);
    const auto b = NewControlPlane(store, organization_b, 2);
    threads.emplace_back([&, organization_b, b] {
      Script script(store, organization_b, b, kSeed, 5'000'000);  // the same seed: the same names
      while (!stop) script.Step(), ++hostile_steps;
    });
    // Tenant-level only: accounts and control planes of one organization are meant to be seen in
    // it.
    threads.emplace_back([&store, &stop, &hostile_steps, a] {
      const auto other = NewOrganization(store, 3);
      const auto c = NewControlPlane(store, other, 3);
      Script script(store, other, c, kSeed + 2, 7'000'000);
      while (!stop) script.Step(), ++hostile_steps;
    });
  }
  Script script(store, organization_a, a, kSeed, 1'000'000);
  for (int i = 0; i < operations; ++i) script.Step();
  script.ReadAll();
  stop = true;
  for (std::thread& thread : threads) thread.join();
  if (with_neighbours) CHECK(hostile_steps > operations / 10);
  const std::scoped_lock lock(heard.mu);
  return script.transcript() + heard.text;
}

TEMPLATE_TEST_CASE("a tenant's answers are the same to the byte, whatever its neighbours do",
                   "[store][conformance][interference]", SKYDEN_STORE_ENGINES) {
  std::printf("seed %llu, %d operations\n", static_cast<unsigned long long>(kSeed), kOperations);
  TestType empty;
  const std::string alone = TranscriptOfA(empty, Neighbours::kNone, kOperations);
  TestType shared;
  const std::string among = TranscriptOfA(shared, Neighbours::kHostile, kOperations);
  CHECK(alone.size() > kOperations * 100);
  if (alone != among) {
    size_t at = 0;
    while (at < alone.size() && at < among.size() && alone[at] == among[at]) ++at;
    const size_t from = at > 200 ? at - 200 : 0;
    FAIL("alone: ..." << alone.substr(from, 400) << "\namong: ..." << among.substr(from, 400));
  }
  CHECK(alone == among);
}

#ifndef SKYDEN_STORE_ON_POSTGRES
// What a tenant could learn from a counter that all share, and that no fence stops.
TEST_CASE("the comparison notices revisions that are counted over all tenants",
          "[store][interference]") {
  std::vector<Statement> catalogue(Catalogue().begin(), Catalogue().end());
  std::string_view& text = catalogue[static_cast<size_t>(StatementId::kOpenTenant)].text;
  constexpr std::string_view kRevision = " revision,";
  std::string leaking(text);
  leaking.replace(leaking.find(kRevision), kRevision.size(),
                  " (SELECT max(revision) FROM tenant_state),");
  text = leaking;
  sqlite::Blueprint leaky;
  leaky.catalogue = catalogue;
  constexpr int kFew = 300;
  SqliteEngine empty(leaky);
  SqliteEngine shared(leaky);
  CHECK(TranscriptOfA(empty, Neighbours::kNone, kFew) !=
        TranscriptOfA(shared, Neighbours::kHostile, kFew));
}
#endif

}  // namespace
}  // namespace skyden::store::testing
