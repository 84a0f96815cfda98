// SPDX-License-Identifier: Apache-2.0
// A transaction whose reads are another's.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "skyden/store/tenant_tx.h"

namespace skyden::store {

// Hands the reads of ReadTx on to Rows, which has the same ones: kept by value, or, as a reference
// (ReadTx&), outliving it. `Interface` is ReadTx or WriteTx. Thread-compatible.
template <class Interface, class Rows>
class ForwardReads : public Interface {
 public:
  template <class... Args>
  explicit ForwardReads(Args&&... args) : rows_(std::forward<Args>(args)...) {}

  Rows& rows() { return rows_; }

  absl::StatusOr<model::Revision> CurrentRevision() override { return rows_.CurrentRevision(); }
  absl::StatusOr<ControlPlaneRecord> ControlPlane() override { return rows_.ControlPlane(); }
  absl::StatusOr<std::optional<model::Resource>> FindResource(
      model::TypeId type, const model::ResourceKey& key) override {
    return rows_.FindResource(type, key);
  }
  absl::StatusOr<bool> HasResource(model::TypeId type, const model::ResourceKey& key) override {
    return rows_.HasResource(type, key);
  }
  absl::StatusOr<std::optional<model::Revision>> FindRevision(
      model::TypeId type, const model::ResourceKey& key) override {
    return rows_.FindRevision(type, key);
  }
  absl::StatusOr<std::vector<model::Resource>> ListResources(
      model::TypeId type, const std::optional<std::string>& mesh) override {
    return rows_.ListResources(type, mesh);
  }
  absl::StatusOr<std::vector<model::Resource>> ListResourcesOfZone(
      model::TypeId type, const model::ZoneName& zone) override {
    return rows_.ListResourcesOfZone(type, zone);
  }
  absl::StatusOr<std::vector<model::Resource>> ListChanges(model::TypeId type,
                                                           model::Revision since) override {
    return rows_.ListChanges(type, since);
  }
  absl::StatusOr<uint64_t> CountResources(model::TypeId type,
                                          const std::optional<std::string>& mesh) override {
    return rows_.CountResources(type, mesh);
  }
  absl::StatusOr<std::vector<ResourceCount>> ListCounts() override { return rows_.ListCounts(); }
  absl::StatusOr<std::vector<PendingKey>> ListPendingKeys() override {
    return rows_.ListPendingKeys();
  }
  absl::StatusOr<AuditPage> ListAudit(const AuditQuery& query) override {
    return rows_.ListAudit(query);
  }
  absl::StatusOr<HistorySpan> FindHistorySpan() override { return rows_.FindHistorySpan(); }
  absl::StatusOr<std::optional<absl::Time>> FindOldestChange() override {
    return rows_.FindOldestChange();
  }
  absl::StatusOr<HistoryPage> ListHistory(const HistoryQuery& query) override {
    return rows_.ListHistory(query);
  }
  absl::StatusOr<std::optional<model::Resource>> FindResourceAt(model::TypeId type,
                                                                const model::ResourceKey& key,
                                                                model::Revision revision) override {
    return rows_.FindResourceAt(type, key, revision);
  }
  absl::StatusOr<std::vector<model::Resource>> ListResourcesAt(
      model::TypeId type, const std::optional<std::string>& mesh,
      model::Revision revision) override {
    return rows_.ListResourcesAt(type, mesh, revision);
  }
  absl::StatusOr<std::vector<RolloutRecord>> ListRollouts() override {
    return rows_.ListRollouts();
  }

 protected:
  Rows rows_;
};

}  // namespace skyden::store
