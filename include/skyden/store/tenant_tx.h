// SPDX-License-Identifier: Apache-2.0
// Transactions inside one control plane. Status codes as store/store.h says.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "skyden/model/ids.h"
#include "skyden/model/resource.h"
#include "skyden/store/audit.h"
#include "skyden/store/history.h"
#include "skyden/store/records.h"
#include "skyden/store/rollouts.h"

namespace skyden::store {

// Reads inside one control plane, all at one point in time.
// Valid only inside the function it was given to; strand-bound to it.
//
// An error of a call is the transaction's: a function that got one returns one, be it another. Only
// what was looked at first, and has written nothing, may be gone on from: what reads answer, and
// NOT_FOUND, ABORTED and ALREADY_EXISTS of PutResource and DeleteResource. There is no other caught
// error: when the function returns OK all the same, nothing is committed, and the caller gets the
// first error.
class ReadTx {
 public:
  virtual ~ReadTx() = default;

  // The control plane's revision as of this transaction.
  virtual absl::StatusOr<model::Revision> CurrentRevision() = 0;
  virtual absl::StatusOr<ControlPlaneRecord> ControlPlane() = 0;

  // nullopt when there is none (or only a tombstone).
  virtual absl::StatusOr<std::optional<model::Resource>> FindResource(
      model::TypeId type, const model::ResourceKey& key) = 0;
  // Whether there is one. Its content is not read.
  virtual absl::StatusOr<bool> HasResource(model::TypeId type, const model::ResourceKey& key) = 0;
  // The revision that wrote it, likewise; nullopt when there is none. Unlike a version, which
  // begins again when a resource is deleted and made anew, it says that nothing changed since.
  virtual absl::StatusOr<std::optional<model::Revision>> FindRevision(
      model::TypeId type, const model::ResourceKey& key) = 0;
  // Live resources of a type, ordered by key. `mesh` nullopt: of every mesh.
  virtual absl::StatusOr<std::vector<model::Resource>> ListResources(
      model::TypeId type, const std::optional<std::string>& mesh) = 0;
  // Live resources of a type that came from `zone`, ordered by key.
  virtual absl::StatusOr<std::vector<model::Resource>> ListResourcesOfZone(
      model::TypeId type, const model::ZoneName& zone) = 0;
  // What was written or deleted after `since` (tombstones with `deleted` set), ordered by revision
  // then key. One indexed query.
  // OUT_OF_RANGE when tombstones newer than `since` were already collected: read it all instead.
  virtual absl::StatusOr<std::vector<model::Resource>> ListChanges(model::TypeId type,
                                                                   model::Revision since) = 0;
  // Live resources of a type, in one mesh or (nullopt) all. O(1): counted as written.
  virtual absl::StatusOr<uint64_t> CountResources(model::TypeId type,
                                                  const std::optional<std::string>& mesh) = 0;
  // All of these counts that are not 0, ordered by type name, then mesh. One indexed query.
  virtual absl::StatusOr<std::vector<ResourceCount>> ListCounts() = 0;

  // Signing keys promised but not made yet (see PendingKey).
  virtual absl::StatusOr<std::vector<PendingKey>> ListPendingKeys() = 0;

  // What was done in this control plane.
  virtual absl::StatusOr<AuditPage> ListAudit(const AuditQuery& query) = 0;

  // What people wrote (store/history.h). A write sees what it has written itself.
  virtual absl::StatusOr<HistorySpan> FindHistorySpan() = 0;
  // When the oldest change was made that is kept; nullopt: none is.
  virtual absl::StatusOr<std::optional<absl::Time>> FindOldestChange() = 0;
  virtual absl::StatusOr<HistoryPage> ListHistory(const HistoryQuery& query) = 0;
  // What was authored here, as it was when `revision` was the newest: nothing that a zone sent.
  // OUT_OF_RANGE when that is older than the span, or newer.
  virtual absl::StatusOr<std::optional<model::Resource>> FindResourceAt(
      model::TypeId type, const model::ResourceKey& key, model::Revision revision) = 0;
  // Ordered by key. `mesh` nullopt: of every mesh.
  virtual absl::StatusOr<std::vector<model::Resource>> ListResourcesAt(
      model::TypeId type, const std::optional<std::string>& mesh, model::Revision revision) = 0;

  // Changes that are released zone by zone; those that are over too, while they are kept. The
  // oldest first.
  virtual absl::StatusOr<std::vector<RolloutRecord>> ListRollouts() = 0;
};

// Reads and writes inside one control plane. All writes of one transaction share one revision, and
// no other writer of the control plane, in whatever process, comes between what is read here and
// the commit.
class WriteTx : public ReadTx {
 public:
  // Inserts or replaces (labels, spec, status, zone, times as given); sets revision and version in
  // `resource`. ABORTED when `expected_version` is given and is not the stored version
  // (0: must not exist -> ALREADY_EXISTS).
  virtual absl::Status PutResource(model::Resource& resource,
                                   std::optional<uint64_t> expected_version = std::nullopt) = 0;
  // NOT_FOUND when there is none. Leaves a tombstone.
  virtual absl::Status DeleteResource(model::TypeId type, const model::ResourceKey& key) = 0;
  // Every resource of a mesh (not the Mesh itself), of every type but those in `keep`.
  virtual absl::StatusOr<uint64_t> DeleteResourcesOfMesh(
      const std::string& mesh, const std::vector<model::TypeId>& keep) = 0;
  // Every resource that came from a zone, of every type.
  virtual absl::StatusOr<uint64_t> DeleteResourcesOfZone(const model::ZoneName& zone) = 0;

  virtual absl::Status AddPendingKey(const PendingKey& key) = 0;
  virtual absl::Status RemovePendingKey(const PendingKey& key) = 0;

  // Credentials bound to this control plane (a zone's). ALREADY_EXISTS on the same id.
  virtual absl::Status InsertAccount(const AccountRecord& account) = 0;
  virtual absl::Status InsertToken(const TokenRecord& token) = 0;
  // Removes the accounts bound to this control plane and `zone`, and their tokens; returns how many
  // tokens are gone.
  virtual absl::StatusOr<uint64_t> DeleteZoneCredentials(const model::ZoneName& zone) = 0;

  // Seals every secret of the control plane anew, under the newest key (see LoadSealer). Nothing
  // else of them changes, not even a revision, so nobody is told. Returns how many there are.
  virtual absl::StatusOr<uint64_t> ResealSecrets() = 0;

  // Takes away the oldest changes that people made: whatever is older than `older_than`, and what
  // is more than HistoryLimits allows; up to limits::kHistoryPrunedAtOnce. No revision, and nobody
  // is told. Returns how many went.
  virtual absl::StatusOr<uint64_t> PruneHistory(std::optional<absl::Time> older_than) = 0;

  // Inserts it, or replaces what is not said to stay as it is. `seen`: the types of which zones are
  // told something else by it, which makes a revision that is set in `record`; none: no zone is.
  virtual absl::Status PutRollout(RolloutRecord& record,
                                  const std::vector<model::TypeId>& seen) = 0;
  // That is over: nobody is told. Nothing happens where there is none.
  virtual absl::Status RemoveRollout(const std::string& id) = 0;

  // Adds an entry to the audit, in the name of the transaction's scope. A change by a person that
  // no entry tells of gets one all the same (kActionUnnamed).
  virtual void Audit(AuditNote note) = 0;
};

}  // namespace skyden::store
