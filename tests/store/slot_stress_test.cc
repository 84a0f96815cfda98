// SPDX-License-Identifier: Apache-2.0
// Scopes change hands a hundred thousand times over eight threads, with transactions that end in
// every way there is. Whoever reads must only ever see its own.
#include <atomic>
#include <stdexcept>
#include <thread>

#include "fmt/format.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/conformance.h"

namespace skyden::store::testing {
namespace {

TEMPLATE_TEST_CASE("no scope leaks into the next, however transactions end",
                   "[store][conformance][stress]", SKYDEN_STORE_ENGINES) {
  constexpr int kThreads = 8;
  constexpr int kReadsPerThread = 12'500;
  constexpr int kControlPlanes = 16;
  World<TestType> w;
  Store& store = w.store();
  std::vector<model::TenantScope> scopes;
  for (int i = 0; i < kControlPlanes; ++i) {
    scopes.push_back(NewControlPlane(store, w.organization, 100 + i, fmt::format("cp-{}", i)));
    Put(store, scopes.back(), NewResource("MeshTimeout", "m", "same", fmt::format("of-{}", i)));
  }
  std::atomic<int> wrong{0};
  std::atomic<int> read{0};
  const auto work = [&](int thread) {
    for (int i = 0; i < kReadsPerThread; ++i) {
      const int which = (i * 7 + thread * 3) % kControlPlanes;
      const std::string expected = fmt::format("of-{}", which);
      const model::TenantScope& scope = scopes[static_cast<size_t>(which)];
      const auto body = [&](ReadTx& tx) -> absl::Status {
        const auto found = tx.FindResource(Type("MeshTimeout"), {"m", "same"});
        if (!found.ok() || !found->has_value() || (*found)->spec != expected) ++wrong;
        ++read;
        if (i % 5 == 1) return absl::CancelledError("half way");
        if (i % 5 == 2) throw std::runtime_error("thrown");
        const auto list = tx.ListResources(Type("MeshTimeout"), std::nullopt);
        if (!list.ok() || list->size() != 1 || list->front().spec != expected) ++wrong;
        return absl::OkStatus();
      };
      try {
        store.Read(scope, body).IgnoreError();
      } catch (const std::runtime_error&) {  // the connection must have been given back clean
      }
      if (i % 50 == 0) {
        store
            .Write(scope,
                   [&](WriteTx& tx) -> absl::Status {
                     model::Resource r = NewResource("MeshTimeout", "m", "same", expected);
                     if (absl::Status s = tx.PutResource(r); !s.ok()) return s;
                     return i % 100 == 0 ? absl::CancelledError("no") : absl::OkStatus();
                   })
            .IgnoreError();
      }
    }
  };
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) threads.emplace_back(work, t);
  for (std::thread& thread : threads) thread.join();
  CHECK(wrong == 0);
  CHECK(read == kThreads * kReadsPerThread);
  CHECK(absl::IsNotFound(store.Read(
      System().In(w.organization.organization(), model::TenantKey{999}, model::ControlPlaneId()),
      [](ReadTx&) { return absl::OkStatus(); })));
}

}  // namespace
}  // namespace skyden::store::testing
