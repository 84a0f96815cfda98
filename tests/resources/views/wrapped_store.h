// SPDX-License-Identifier: Apache-2.0
// A real store with a hand on its reads.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "skyden/store/forward_reads.h"
#include "skyden/store/tenant_tx.h"
#include "tests/store/forwarding_store.h"

namespace skyden::resources::testing {

// Thread-safe as far as its hooks are.
class WrappedStore final : public store::testing::ForwardingStore {
 public:
  using ForwardingStore::ForwardingStore;

  std::function<void()> before_read = [] {};      // on the reader's thread, before it reads
  std::function<void()> after_read = [] {};       // and after
  std::atomic<bool> changes_out_of_range{false};  // ListChanges says the tombstones are gone
  std::atomic<int> reads{0};

  absl::Status Read(const model::TenantScope& scope,
                    absl::FunctionRef<absl::Status(store::ReadTx&)> fn) override {
    ++reads;
    before_read();
    const absl::Status status = ForwardingStore::Read(scope, [&](store::ReadTx& tx) {
      Tx wrapped(tx, changes_out_of_range);
      return fn(wrapped);
    });
    after_read();
    return status;
  }

 private:
  class Tx final : public store::ForwardReads<store::ReadTx, store::ReadTx&> {
   public:
    Tx(store::ReadTx& inner, bool out_of_range)
        : ForwardReads(inner), out_of_range_(out_of_range) {}
    absl::StatusOr<std::vector<model::Resource>> ListChanges(model::TypeId type,
                                                             model::Revision since) override {
      if (out_of_range_) return absl::OutOfRangeError("collected");
      return ForwardReads::ListChanges(type, since);
    }

   private:
    const bool out_of_range_;
  };
};

}  // namespace skyden::resources::testing
