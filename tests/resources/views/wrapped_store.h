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
  class Tx final : public store::ReadTx {
   public:
    Tx(store::ReadTx& inner, bool out_of_range) : inner_(inner), out_of_range_(out_of_range) {}
    absl::StatusOr<model::Revision> CurrentRevision() override { return inner_.CurrentRevision(); }
    absl::StatusOr<store::ControlPlaneRecord> ControlPlane() override {
      return inner_.ControlPlane();
    }
    absl::StatusOr<std::optional<model::Resource>> FindResource(
        model::TypeId type, const model::ResourceKey& key) override {
      return inner_.FindResource(type, key);
    }
    absl::StatusOr<bool> HasResource(model::TypeId type, const model::ResourceKey& key) override {
      return inner_.HasResource(type, key);
    }
    absl::StatusOr<std::optional<model::Revision>> FindRevision(
        model::TypeId type, const model::ResourceKey& key) override {
      return inner_.FindRevision(type, key);
    }
    absl::StatusOr<std::vector<model::Resource>> ListResources(
        model::TypeId type, const std::optional<std::string>& mesh) override {
      return inner_.ListResources(type, mesh);
    }
    absl::StatusOr<std::vector<model::Resource>> ListResourcesOfZone(
        model::TypeId type, const model::ZoneName& zone) override {
      return inner_.ListResourcesOfZone(type, zone);
    }
    absl::StatusOr<std::vector<model::Resource>> ListChanges(model::TypeId type,
                                                             model::Revision since) override {
      if (out_of_range_) return absl::OutOfRangeError("collected");
      return inner_.ListChanges(type, since);
    }
    absl::StatusOr<uint64_t> CountResources(model::TypeId type,
                                            const std::optional<std::string>& mesh) override {
      return inner_.CountResources(type, mesh);
    }
    absl::StatusOr<std::vector<store::ResourceCount>> ListCounts() override {
      return inner_.ListCounts();
    }
    absl::StatusOr<std::vector<store::PendingKey>> ListPendingKeys() override {
      return inner_.ListPendingKeys();
    }
    absl::StatusOr<store::AuditPage> ListAudit(const store::AuditQuery& query) override {
      return inner_.ListAudit(query);
    }
    absl::StatusOr<store::HistorySpan> FindHistorySpan() override {
      return inner_.FindHistorySpan();
    }
    absl::StatusOr<std::optional<absl::Time>> FindOldestChange() override {
      return inner_.FindOldestChange();
    }
    absl::StatusOr<store::HistoryPage> ListHistory(const store::HistoryQuery& query) override {
      return inner_.ListHistory(query);
    }
    absl::StatusOr<std::optional<model::Resource>> FindResourceAt(
        model::TypeId type, const model::ResourceKey& key, model::Revision revision) override {
      return inner_.FindResourceAt(type, key, revision);
    }
    absl::StatusOr<std::vector<model::Resource>> ListResourcesAt(
        model::TypeId type, const std::optional<std::string>& mesh,
        model::Revision revision) override {
      return inner_.ListResourcesAt(type, mesh, revision);
    }

   private:
    store::ReadTx& inner_;
    const bool out_of_range_;
  };
};

}  // namespace skyden::resources::testing
