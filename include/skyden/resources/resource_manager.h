// SPDX-License-Identifier: Apache-2.0
// The one write path for resources of a control plane, and the way to read them.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "skyden/base/clock.h"
#include "skyden/base/crypto.h"
#include "skyden/model/resource.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/copy.h"
#include "skyden/resources/history.h"
#include "skyden/resources/resource_views.h"
#include "skyden/resources/transfer.h"
#include "skyden/store/store.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::resources {

struct PutRequest {
  const model::TypeDescriptor* type = nullptr;
  model::ResourceKey key;  // from the URL
  std::string body;        // JSON
  // Only while nothing that people write changed since: ABORTED otherwise, titled "Conflict".
  std::optional<model::Revision> if_revision = std::nullopt;
};

struct PutResult {
  enum class Outcome { kCreated, kUpdated } outcome = Outcome::kCreated;
  std::vector<std::string> warnings;
  std::vector<std::string> dropped;  // as in DecodedBody
  model::Resource written;           // as it was asked to be: without a revision
  model::Revision revision = 0;      // of the control plane, with the write
};

struct ListRequest {
  const model::TypeDescriptor* type = nullptr;
  std::optional<std::string> mesh;  // nullopt: all meshes
  std::string name_contains;
  model::Labels label_filters;  // all must be equal
  // Dataplanes only: every (key, value part) must be found among inbound/gateway tags or labels.
  std::vector<std::pair<std::string, std::string>> tags;
  enum class Gateway { kAny, kOnly, kNone, kDelegated, kBuiltin } gateway = Gateway::kAny;
  size_t size = 100;
  size_t offset = 0;
};

struct ListResult {
  uint64_t total = 0;  // after filtering
  std::vector<std::shared_ptr<const model::Resource>> items;
  std::optional<size_t> next_offset;
};

// Thread-safe. Errors carry Kuma's titles (base::TitleOf) and violations, so that an edge only
// renders them; the message is the detail. Beyond the codes every module uses: UNIMPLEMENTED is a
// write to a type that is read-only here (405, "Method not allowed"); ALREADY_EXISTS and ABORTED
// are titled "Conflict".
class ResourceManager {
 public:
  struct Deps {
    store::Store& store;
    const model::TypeRegistry& registry;
    const ResourceCodec& codec;
    ResourceViews& views;
    base::Clock& clock;
    base::RsaKeyPool& keys;
    std::string instance_id;  // of this daemon, as in ZoneInsight
  };
  static std::unique_ptr<ResourceManager> Create(Deps deps);
  virtual ~ResourceManager() = default;

  // Checks in Kuma's order, then writes. Decodes on the caller's thread, and may
  // block it on the disk (AssertMayBlock). `done` runs once, on the caller's thread for what is
  // refused early and on the store's writer thread otherwise: it must only hand over.
  virtual void PutAsync(const model::TenantScope& scope, PutRequest request,
                        absl::AnyInvocable<void(absl::StatusOr<PutResult>)> done) = 0;
  // `done` gets the control plane's revision with the deletion.
  using DeleteDone = absl::AnyInvocable<void(absl::StatusOr<model::Revision>)>;
  virtual void DeleteAsync(const model::TenantScope& scope, const model::TypeDescriptor& type,
                           model::ResourceKey key, DeleteDone done) = 0;

  // The same on the condition of PutRequest::if_revision.
  virtual void DeleteIfAsync(const model::TenantScope& scope, const model::TypeDescriptor& type,
                             model::ResourceKey key, model::Revision if_revision,
                             DeleteDone done) = 0;

  // What can be said of an import before there is anything of it: PERMISSION_DENIED;
  // RESOURCE_EXHAUSTED when the control plane has one under way, or limits::kTransfersAtOnce are.
  virtual absl::Status CheckMayImport(const model::TenantScope& scope) = 0;
  // The same first; then reads and checks everything, and writes all of it in one transaction or
  // nothing; promised keys that it brings are promised no more. Threads and `done` as with
  // PutAsync; takes long. INVALID_ARGUMENT has a violation for each thing that is wrong, whose
  // field begins with the document's number, type and name.
  virtual void ImportAsync(const model::TenantScope& scope, ImportRequest request,
                           absl::AnyInvocable<void(absl::StatusOr<ImportAnswer>)> done) = 0;
  // Takes what people wrote back to what it was, in one transaction that is audited as an import
  // is: checked, written, or (kDryRun) given up; what is the same already is not touched. Threads,
  // `done` and the bounds as with ImportAsync, the errors of history.h as well.
  virtual void RestoreAsync(const model::TenantScope& scope, RestoreRequest request,
                            absl::AnyInvocable<void(absl::StatusOr<ImportAnswer>)> done) = 0;
  // What a copy of the control plane begins with; counted as an import is. Blocks, and may take
  // long: own authorities are made.
  virtual absl::StatusOr<Copy> CopyOf(const model::TenantScope& scope, CopyKeys keys) = 0;
  // resources::Export with promised keys made, counted as ImportAsync is.
  virtual absl::StatusOr<std::string> Export(const model::TenantScope& scope,
                                             const ExportRequest& request) = 0;

  // NOT_FOUND titled as Kuma titles it. Blocks on the disk at most.
  virtual absl::StatusOr<model::Resource> Get(const model::TenantScope& scope,
                                              const model::TypeDescriptor& type,
                                              const model::ResourceKey& key) = 0;
  virtual absl::StatusOr<ListResult> List(const model::TenantScope& scope,
                                          const ListRequest& request) = 0;

  // The same of what people wrote, as it was at a revision (history.h).
  virtual absl::StatusOr<ListResult> ListAt(const model::TenantScope& scope,
                                            const ListRequest& request,
                                            model::Revision revision) = 0;

  // What a new Kuma global has: mesh `default` with its policies, hostname generators, cluster id;
  // signing keys as promises. Runs inside the transaction that creates the control plane.
  virtual absl::Status Seed(store::WriteTx& tx, const store::ControlPlaneRecord& control_plane) = 0;

  // Writes the offline Zone that provisioning begins with. ALREADY_EXISTS when there is one.
  virtual absl::Status CreateZone(store::WriteTx& tx, const model::ZoneName& zone) = 0;

  // Makes the signing keys that were promised. Returns at once when none are pending. Called before
  // anything that could see them: reads of secrets, tokens, a zone's connection (Get, List,
  // PutAsync and DeleteAsync do it themselves). Blocks.
  enum class KeysFor {
    kZones,   // what reaches zones
    kAnyone,  // all of them
  };
  virtual absl::Status MaterialiseKeys(const model::TenantScope& scope,
                                       KeysFor whom = KeysFor::kAnyone) = 0;
};

}  // namespace skyden::resources
