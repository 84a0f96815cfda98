// SPDX-License-Identifier: Apache-2.0
// A write that is only thought: over what a reader sees, it keeps what would be written in memory.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "skyden/model/type_registry.h"
#include "skyden/store/forward_reads.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::resources {

// What an operation does to a store in a transaction is done here to nothing, so that what follows
// from it can be looked at. Quotas and the audit, which are the store's, it knows nothing of.
// Valid while `base` is; all references must outlive it.
class ForeseenTx final : public store::ForwardReads<store::WriteTx, store::ReadTx&> {
 public:
  // One resource that was written or deleted; neither there before nor after is none.
  struct Change {
    std::optional<model::Resource> before, after;
  };
  using Changes = std::map<std::pair<model::TypeId, model::ResourceKey>, Change>;

  // `revision`: that `base` sees.
  ForeseenTx(store::ReadTx& base, const model::TypeRegistry& registry, model::Revision revision)
      : ForwardReads(base), registry_(registry), revision_(revision) {}

  const Changes& changes() const { return changes_; }

  absl::StatusOr<model::Revision> CurrentRevision() override { return revision_; }
  absl::StatusOr<std::optional<model::Resource>> FindResource(
      model::TypeId type, const model::ResourceKey& key) override;
  absl::StatusOr<bool> HasResource(model::TypeId type, const model::ResourceKey& key) override;
  absl::StatusOr<std::optional<model::Revision>> FindRevision(
      model::TypeId type, const model::ResourceKey& key) override;
  absl::StatusOr<std::vector<model::Resource>> ListResources(
      model::TypeId type, const std::optional<std::string>& mesh) override;
  absl::StatusOr<std::vector<model::Resource>> ListResourcesOfZone(
      model::TypeId type, const model::ZoneName& zone) override;
  absl::StatusOr<uint64_t> CountResources(model::TypeId type,
                                          const std::optional<std::string>& mesh) override;
  // The other reads are as `base` has them, without what is foreseen: no operation asks.

  absl::Status PutResource(model::Resource& resource,
                           std::optional<uint64_t> expected_version) override;
  absl::Status DeleteResource(model::TypeId type, const model::ResourceKey& key) override;
  absl::StatusOr<uint64_t> DeleteResourcesOfMesh(const std::string& mesh,
                                                 const std::vector<model::TypeId>& keep) override;
  absl::StatusOr<uint64_t> DeleteResourcesOfZone(const model::ZoneName& zone) override;
  absl::Status AddPendingKey(const store::PendingKey&) override { return absl::OkStatus(); }
  absl::Status RemovePendingKey(const store::PendingKey&) override { return absl::OkStatus(); }
  absl::Status InsertAccount(const store::AccountRecord&) override { return absl::OkStatus(); }
  absl::Status InsertToken(const store::TokenRecord&) override { return absl::OkStatus(); }
  absl::StatusOr<uint64_t> DeleteZoneCredentials(const model::ZoneName&) override { return 0; }
  absl::StatusOr<uint64_t> ResealSecrets() override { return 0; }
  absl::StatusOr<uint64_t> PruneHistory(std::optional<absl::Time>) override { return 0; }
  absl::Status PutRollout(store::RolloutRecord&, const std::vector<model::TypeId>&) override {
    return absl::OkStatus();
  }
  absl::Status RemoveRollout(const std::string&) override { return absl::OkStatus(); }
  void Audit(store::AuditNote) override {}

 private:
  const Change* Find(model::TypeId type, const model::ResourceKey& key) const;
  // `stored`: of `type`, ordered by key; `counts`: which of what is foreseen belongs to them.
  template <class Counts>
  std::vector<model::Resource> WithForeseen(model::TypeId type, std::vector<model::Resource> stored,
                                            const Counts& counts) const;
  void Remove(const model::Resource& resource);

  const model::TypeRegistry& registry_;
  const model::Revision revision_;
  Changes changes_;
};

}  // namespace skyden::resources
