// SPDX-License-Identifier: Apache-2.0
#include "skyden/resources/resource_manager.h"

#include <algorithm>
#include <utility>

#include "resources/manager/list_filter.h"
#include "resources/tokens/promised_keys.h"
#include "resources/transfer/copy.h"
#include "resources/transfer/import.h"
#include "resources/transfer/restore.h"
#include "resources/transfer/transfer_slots.h"
#include "resources/write/defaults.h"
#include "resources/write/errors.h"
#include "resources/write/put.h"
#include "resources/write/remove.h"
#include "resources/write/unchanged.h"
#include "skyden/base/executor.h"
#include "skyden/base/status.h"
#include "skyden/resources/access.h"

namespace skyden::resources {
namespace {

using PutDone = absl::AnyInvocable<void(absl::StatusOr<PutResult>)>;
using ImportDone = absl::AnyInvocable<void(absl::StatusOr<ImportAnswer>)>;

constexpr size_t kPromisesMax = 8;

class StoredResources final : public ResourceManager {
 public:
  explicit StoredResources(Deps deps)
      : deps_(std::move(deps)),
        types_(deps_.registry.core()),
        defaults_(deps_.registry, deps_.codec),
        promised_(deps_.store, deps_.keys, types_),
        subscription_(deps_.store.Subscribe(
            std::nullopt, [this](const store::Change& change) { OnChange(change); })) {}

  void PutAsync(const model::TenantScope& scope, PutRequest request, PutDone done) override;
  void DeleteAsync(const model::TenantScope& scope, const model::TypeDescriptor& type,
                   model::ResourceKey key, DeleteDone done) override {
    StartDelete(scope, type, std::move(key), std::nullopt, std::move(done));
  }
  void DeleteIfAsync(const model::TenantScope& scope, const model::TypeDescriptor& type,
                     model::ResourceKey key, model::Revision if_revision,
                     DeleteDone done) override {
    StartDelete(scope, type, std::move(key), if_revision, std::move(done));
  }
  absl::Status CheckMayImport(const model::TenantScope& scope) override {
    if (!IsAdmin(scope)) return errors::AccessDenied(scope.who(), "an import");
    return transfers_.CheckFree(scope.tenant());
  }
  void ImportAsync(const model::TenantScope& scope, ImportRequest request,
                   ImportDone done) override;
  void RestoreAsync(const model::TenantScope& scope, RestoreRequest request,
                    ImportDone done) override;
  absl::StatusOr<Copy> CopyOf(const model::TenantScope& scope, CopyKeys keys) override;
  absl::StatusOr<std::string> Export(const model::TenantScope& scope,
                                     const ExportRequest& request) override;
  absl::StatusOr<model::Resource> Get(const model::TenantScope& scope,
                                      const model::TypeDescriptor& type,
                                      const model::ResourceKey& key) override;
  absl::StatusOr<ListResult> List(const model::TenantScope& scope,
                                  const ListRequest& request) override;
  absl::StatusOr<ListResult> ListAt(const model::TenantScope& scope, const ListRequest& request,
                                    model::Revision revision) override;

  absl::Status Seed(store::WriteTx& tx, const store::ControlPlaneRecord& control_plane) override {
    return defaults_.WriteControlPlane(tx, control_plane);
  }

  absl::Status CreateZone(store::WriteTx& tx, const model::ZoneName& zone) override {
    return defaults_.WriteZone(tx, zone.str(), deps_.clock.Now());
  }

  absl::Status MaterialiseKeys(const model::TenantScope& scope, KeysFor whom) override {
    return promised_.Materialise(scope, whom);
  }

 private:
  // One write under way; shared by the transaction, which may run more than once, and its end.
  struct Put {
    std::optional<model::Revision> unchanged_since;
    PreparedPut prepared;
    MeshAdditions additions;
    PutResult result;
  };
  struct Delete {
    model::TenantScope scope;
    const model::TypeDescriptor* type;
    model::ResourceKey key;
    absl::Time now;
    std::optional<model::Revision> unchanged_since;
  };

  struct Import {
    model::TenantScope scope;
    TransferSlots::Slot slot;
    PreparedImport prepared;
    ImportMode mode = ImportMode::kApply;
    std::optional<model::Revision> unchanged_since;
  };

  void StartDelete(const model::TenantScope& scope, const model::TypeDescriptor& type,
                   model::ResourceKey key, std::optional<model::Revision> if_revision,
                   DeleteDone done);
  // Looks at all that there may be to look at while nobody waits: `since` becomes the revision up
  // to which nothing changed, so that little is left for the transaction, which asks again.
  absl::Status CheckCondition(const model::TenantScope& scope,
                              std::optional<model::Revision>& since) const {
    if (!since.has_value()) return absl::OkStatus();
    return deps_.store.Read(scope, [&](store::ReadTx& tx) -> absl::Status {
      SKYDEN_RETURN_IF_ERROR(CheckUnchanged(tx, deps_.registry, *since));
      SKYDEN_ASSIGN_OR_RETURN(since, tx.CurrentRevision());
      return absl::OkStatus();
    });
  }
  absl::Status CheckStill(store::ReadTx& tx, const std::optional<model::Revision>& since) const {
    return since.has_value() ? CheckUnchanged(tx, deps_.registry, *since) : absl::OkStatus();
  }
  void OnChange(const store::Change& change) {
    promised_.OnChange(change);
    if (change.self == store::Change::Self::kGone) filters_.Forget(change.tenant);
  }
  void RunImport(const model::TenantScope& scope, TransferSlots::Slot slot, PreparedImport prepared,
                 ImportMode mode, std::optional<model::Revision> unchanged_since, ImportDone done);
  // Makes the promised keys that are resources of `type`.
  absl::Status MakePromised(const model::TenantScope& scope, const model::TypeDescriptor& type) {
    if (&type == types_.secret) return promised_.Materialise(scope, KeysFor::kZones);
    if (&type == types_.global_secret) return promised_.Materialise(scope, KeysFor::kAnyone);
    return absl::OkStatus();
  }
  absl::Status RefuseEarly(const model::TenantScope& scope, Put& put);
  absl::Status CheckMesh(const model::TenantScope& scope, const std::string& mesh);
  absl::StatusOr<ListResult> ListView(const std::shared_ptr<const ResourceView>& view,
                                      const ListRequest& request) const;
  absl::StatusOr<ListResult> ListFiltered(const model::TenantScope& scope,
                                          const std::shared_ptr<const ResourceView>& view,
                                          const ListRequest& request,
                                          std::vector<std::string> readable);

  const Deps deps_;
  const CoreTypes& types_;
  const Defaults defaults_;
  PromisedKeys promised_;
  FilterCache filters_;
  TransferSlots transfers_;
  std::unique_ptr<store::Subscription> subscription_;  // last: it uses all of the above
};

// What a client sees when the store says more than it should.
absl::Status Public(absl::Status status, const model::TypeDescriptor& type,
                    const model::ResourceKey& key) {
  const bool titled = !base::TitleOf(status).empty();
  if (absl::IsAlreadyExists(status) || (absl::IsAborted(status) && !titled)) {
    return errors::Conflict(type, key);
  }
  return status;
}

void StoredResources::PutAsync(const model::TenantScope& scope, PutRequest request, PutDone done) {
  const model::TypeDescriptor& type = *request.type;
  if (type.ReadOnlyAtGlobal()) return done(errors::ReadOnlyType());
  // What is there is not for everybody to learn.
  if (model::IsInParts(scope)) {
    const absl::Status may = CheckMayWrite(scope, type, request.key);
    if (!may.ok()) return done(may);
  }
  auto put = std::make_shared<Put>();
  put->unchanged_since = request.if_revision;
  put->prepared = PreparePut(scope, deps_.codec, types_, std::move(request), deps_.clock.Now());
  if (absl::Status refused = RefuseEarly(scope, *put); !refused.ok()) {
    return done(Public(std::move(refused), type, put->prepared.resource.key));
  }
  if (absl::Status changed = CheckCondition(scope, put->unchanged_since); !changed.ok()) {
    return done(std::move(changed));
  }
  store::WritePlan plan =
      put->unchanged_since.has_value()
          ? store::WritePlan::ReadsAnything()
          : PutOperation(types_, defaults_, deps_.codec, put->prepared).Plan(put->additions);
  deps_.store.WriteAsync(
      scope, std::move(plan),
      [this, put](store::WriteTx& tx) -> absl::Status {
        SKYDEN_RETURN_IF_ERROR(CheckStill(tx, put->unchanged_since));
        SKYDEN_ASSIGN_OR_RETURN(
            put->result.outcome,
            PutOperation(types_, defaults_, deps_.codec, put->prepared).Run(tx, put->additions));
        return absl::OkStatus();
      },
      [put, done = std::move(done)](absl::StatusOr<model::Revision> revision) mutable {
        if (!revision.ok()) {
          return done(Public(revision.status(), *put->prepared.type, put->prepared.resource.key));
        }
        put->result.warnings = std::move(put->prepared.warnings);
        put->result.dropped = std::move(put->prepared.dropped);
        put->result.written = std::move(put->prepared.resource);
        put->result.revision = *revision;
        done(std::move(put->result));
      });
}

// What can be said before the writer is bothered: a body that is refused anyhow, and for a Mesh
// everything, because its authorities take long to make.
absl::Status StoredResources::RefuseEarly(const model::TenantScope& scope, Put& put) {
  const PreparedPut& prepared = put.prepared;
  const bool is_mesh = prepared.type == types_.mesh;
  const bool refused = !prepared.refusal.ok() || !prepared.violations.empty();
  if (!refused) SKYDEN_RETURN_IF_ERROR(MakePromised(scope, *prepared.type));
  if (!refused && !is_mesh) return absl::OkStatus();
  base::AssertMayBlock();
  std::vector<rules_proto::BuiltinCa> missing;
  const PutOperation operation(types_, defaults_, deps_.codec, prepared);
  size_t promised = 0;
  const absl::Status allowed = deps_.store.Read(scope, [&](store::ReadTx& tx) -> absl::Status {
    SKYDEN_RETURN_IF_ERROR(operation.Check(tx, missing));
    SKYDEN_ASSIGN_OR_RETURN(const auto pending, tx.ListPendingKeys());
    promised = pending.size();
    return absl::OkStatus();
  });
  if (!allowed.ok()) return allowed;
  // Many meshes and nobody who looked: whoever looks first should not wait for all their keys.
  if (promised >= kPromisesMax) {
    SKYDEN_RETURN_IF_ERROR(promised_.Materialise(scope, KeysFor::kAnyone));
  }
  if (missing.empty()) return absl::OkStatus();
  absl::StatusOr<std::vector<MeshSecret>> secrets =
      MakeAuthorities(missing, prepared.resource.key.name, deps_.clock.Now());
  if (!secrets.ok()) return errors::Titled(secrets.status(), errors::kCreateTitle);
  put.additions.secrets = *std::move(secrets);
  return absl::OkStatus();
}

void StoredResources::StartDelete(const model::TenantScope& scope,
                                  const model::TypeDescriptor& type, model::ResourceKey key,
                                  std::optional<model::Revision> if_revision, DeleteDone done) {
  if (type.ReadOnlyAtGlobal()) return done(errors::ReadOnlyType());
  if (type.scope == model::ResourceScope::kGlobal) key.mesh.clear();
  if (model::IsInParts(scope)) {
    const absl::Status may = CheckMayDelete(scope, types_, type, key);
    if (!may.ok()) return done(may);
  }
  if (absl::Status made = MakePromised(scope, type); !made.ok()) return done(std::move(made));
  if (absl::Status changed = CheckCondition(scope, if_revision); !changed.ok()) {
    return done(std::move(changed));
  }
  auto request = std::make_shared<Delete>(
      Delete{scope, &type, std::move(key), deps_.clock.Now(), if_revision});
  store::WritePlan plan = if_revision.has_value()
                              ? store::WritePlan::ReadsAnything()
                              : DeleteOperation(request->scope, types_, deps_.codec, *request->type,
                                                request->key, request->now)
                                    .Plan();
  deps_.store.WriteAsync(
      scope, std::move(plan),
      [this, request](store::WriteTx& tx) -> absl::Status {
        SKYDEN_RETURN_IF_ERROR(CheckStill(tx, request->unchanged_since));
        return DeleteOperation(request->scope, types_, deps_.codec, *request->type, request->key,
                               request->now)
            .Run(tx)
            .status();
      },
      [request, done = std::move(done)](absl::StatusOr<model::Revision> revision) mutable {
        if (!revision.ok()) return done(Public(revision.status(), *request->type, request->key));
        done(*revision);
      });
}

void StoredResources::ImportAsync(const model::TenantScope& scope, ImportRequest request,
                                  ImportDone done) {
  if (!IsAdmin(scope)) return done(errors::AccessDenied(scope.who(), "an import"));
  auto slot = transfers_.Take(scope.tenant());
  if (!slot.ok()) return done(slot.status());
  // The place is free before whoever waits is told: its next import may begin at once.
  const auto refuse = [&](const absl::Status& why) {
    slot->reset();
    done(why);
  };
  if (const absl::Status changed = CheckCondition(scope, request.if_revision); !changed.ok()) {
    return refuse(changed);
  }
  auto items = ReadImportBody(std::move(request.body));
  if (!items.ok()) return refuse(items.status());
  std::vector<OwnedResource> owned;
  if (request.desired && request.desired->rest == DesiredState::Rest::kIsDeleted) {
    auto listed = ListOwned(deps_.views, scope, deps_.registry, defaults_, *request.desired);
    if (!listed.ok()) return refuse(listed.status());
    owned = *std::move(listed);
  }
  auto prepared = PrepareImport(scope, deps_.registry, deps_.codec, types_, *items,
                                deps_.clock.Now(), std::move(request.desired), owned);
  if (!prepared.ok()) return refuse(prepared.status());
  *items = {};
  RunImport(scope, *std::move(slot), *std::move(prepared), request.mode, request.if_revision,
            std::move(done));
}

void StoredResources::RestoreAsync(const model::TenantScope& scope, RestoreRequest request,
                                   ImportDone done) {
  auto slot = transfers_.Take(scope.tenant());
  if (!slot.ok()) return done(slot.status());
  if (const absl::Status changed = CheckCondition(scope, request.if_revision); !changed.ok()) {
    slot->reset();
    return done(changed);
  }
  auto prepared =
      PrepareRestore(deps_.store, scope, deps_.registry, deps_.codec, request, deps_.clock.Now());
  if (!prepared.ok()) {
    slot->reset();
    return done(prepared.status());
  }
  RunImport(scope, *std::move(slot), *std::move(prepared), request.mode, request.if_revision,
            std::move(done));
}

absl::StatusOr<Copy> StoredResources::CopyOf(const model::TenantScope& scope, CopyKeys keys) {
  SKYDEN_ASSIGN_OR_RETURN(const TransferSlots::Slot slot, transfers_.Take(scope.tenant()));
  if (keys == CopyKeys::kSame) {
    SKYDEN_RETURN_IF_ERROR(CheckMayRead(scope, *types_.secret));
    SKYDEN_RETURN_IF_ERROR(promised_.Materialise(scope, KeysFor::kAnyone));
  }
  return MakeCopy(deps_.store, scope, deps_.registry, defaults_, keys, deps_.clock.Now());
}

void StoredResources::RunImport(const model::TenantScope& scope, TransferSlots::Slot slot,
                                PreparedImport prepared, ImportMode mode,
                                std::optional<model::Revision> unchanged_since, ImportDone done) {
  // The place is free before whoever waits is told: its next import may begin at once.
  const auto refuse = [&](const absl::Status& why) {
    slot.reset();
    done(why);
  };
  for (const model::TypeDescriptor* type : {types_.secret, types_.global_secret}) {
    if (!Deletes(prepared, *type)) continue;
    if (absl::Status made = MakePromised(scope, *type); !made.ok()) return refuse(made);
  }
  const bool dry_run = mode == ImportMode::kDryRun;
  if (!dry_run) {
    const absl::Status made =
        MakeImportAuthorities(deps_.store, scope, types_, prepared, deps_.clock.Now());
    if (!made.ok()) return refuse(made);
  }
  auto import = std::make_shared<Import>(
      Import{scope, std::move(slot), std::move(prepared), mode, unchanged_since});
  const absl::Status foreseen =
      ImportOperation(import->scope, types_, defaults_, deps_.codec, import->prepared)
          .Foresee(deps_.store, scope, mode);
  if (!foreseen.ok()) {
    import->slot.reset();
    return done(foreseen);
  }
  deps_.store.WriteAsync(
      scope, store::WritePlan::ReadsAnything(),
      [this, import, dry_run](store::WriteTx& tx) -> absl::Status {
        SKYDEN_RETURN_IF_ERROR(CheckStill(tx, import->unchanged_since));
        SKYDEN_RETURN_IF_ERROR(
            ImportOperation(import->scope, types_, defaults_, deps_.codec, import->prepared)
                .Run(tx));
        return dry_run ? absl::CancelledError("dry run") : absl::OkStatus();
      },
      [import, dry_run, done = std::move(done)](absl::StatusOr<model::Revision> revision) mutable {
        const bool given_up = dry_run && absl::IsCancelled(revision.status());
        if (!revision.ok() && !given_up) {
          import->slot.reset();
          return done(revision.status());
        }
        done(ImportAnswer(
            [import] {
              ImportResult result = TakeLines(import->prepared);
              import->slot.reset();
              return result;
            },
            given_up ? std::nullopt : std::optional(*revision)));
      });
}

absl::StatusOr<std::string> StoredResources::Export(const model::TenantScope& scope,
                                                    const ExportRequest& request) {
  SKYDEN_ASSIGN_OR_RETURN(const TransferSlots::Slot slot, transfers_.Take(scope.tenant()));
  if (request.secrets == ExportRequest::Secrets::kInclude) {
    SKYDEN_RETURN_IF_ERROR(CheckMayRead(scope, *types_.secret));
    SKYDEN_RETURN_IF_ERROR(promised_.Materialise(scope, KeysFor::kAnyone));
  }
  return resources::Export(deps_.store, deps_.registry, deps_.codec, scope, request);
}

absl::Status StoredResources::CheckMesh(const model::TenantScope& scope, const std::string& mesh) {
  SKYDEN_ASSIGN_OR_RETURN(const ResourceView::Item found,
                          deps_.views.Find(scope, types_.mesh->id, {"", mesh}));
  return found != nullptr ? absl::OkStatus() : errors::NotFound(errors::kMeshTitle);
}

absl::StatusOr<model::Resource> StoredResources::Get(const model::TenantScope& scope,
                                                     const model::TypeDescriptor& type,
                                                     const model::ResourceKey& key) {
  const bool mesh_scoped = type.scope == model::ResourceScope::kMesh;
  SKYDEN_RETURN_IF_ERROR(CheckMayKnow(scope, type, key));
  if (mesh_scoped) SKYDEN_RETURN_IF_ERROR(CheckMesh(scope, key.mesh));
  SKYDEN_RETURN_IF_ERROR(CheckMayRead(scope, type, key));
  SKYDEN_RETURN_IF_ERROR(MakePromised(scope, type));
  const model::ResourceKey stored_key{mesh_scoped ? key.mesh : "", key.name};
  SKYDEN_ASSIGN_OR_RETURN(const ResourceView::Item found,
                          deps_.views.Find(scope, type.id, stored_key));
  if (found == nullptr) return errors::NotFound(errors::kGetTitle);
  return *found;
}

absl::StatusOr<ListResult> StoredResources::List(const model::TenantScope& scope,
                                                 const ListRequest& request) {
  const model::TypeDescriptor& type = *request.type;
  const bool one_mesh = request.mesh.has_value() && type.scope == model::ResourceScope::kMesh;
  model::Extent readable = {.everything = true};
  if (one_mesh) {
    const model::ResourceKey any{*request.mesh, ""};
    SKYDEN_RETURN_IF_ERROR(CheckMayKnow(scope, type, any));
    SKYDEN_RETURN_IF_ERROR(CheckMesh(scope, *request.mesh));
    SKYDEN_RETURN_IF_ERROR(CheckMayRead(scope, type, any));
  } else {
    readable = MayRead(scope, type);
    if (readable.nothing()) return CheckMayRead(scope, type);
  }
  SKYDEN_RETURN_IF_ERROR(MakePromised(scope, type));
  absl::StatusOr<std::shared_ptr<const ResourceView>> view = deps_.views.Get(scope, type.id);
  if (!view.ok()) return errors::Titled(view.status(), errors::kListTitle);
  const bool filtered = !request.name_contains.empty() || !request.label_filters.empty() ||
                        !request.tags.empty() || request.gateway != ListRequest::Gateway::kAny;
  if (!filtered && readable.everything) return ListView(*view, request);
  return ListFiltered(scope, *view, request, std::move(readable.meshes));
}

// `at(i)` gives the i-th of `total` items.
template <class At>
ListResult Page(const ListRequest& request, size_t total, At at) {
  ListResult page;
  page.total = total;
  const size_t begin = std::min(request.offset, total);
  const size_t end = begin + std::min(request.size, total - begin);
  page.items.reserve(end - begin);
  for (size_t i = begin; i < end; ++i) page.items.push_back(at(i));
  if (end < total) page.next_offset = end;
  return page;
}

absl::StatusOr<ListResult> StoredResources::ListView(
    const std::shared_ptr<const ResourceView>& view, const ListRequest& request) const {
  size_t first = 0;
  size_t last = view->size();
  if (request.mesh.has_value() && request.type->scope == model::ResourceScope::kMesh) {
    first = view->LowerBound({*request.mesh, ""});
    // The least mesh name that is greater.
    last = view->LowerBound({*request.mesh + '\0', ""});
  }
  return Page(request, last - first, [&](size_t i) { return view->at(first + i); });
}

FilterKey FilterOf(const model::TenantScope& scope, const ListRequest& request) {
  const model::TypeDescriptor& type = *request.type;
  const bool one_mesh = request.mesh.has_value() && type.scope == model::ResourceScope::kMesh;
  return {scope.tenant(),
          type.id,
          !one_mesh,
          one_mesh ? *request.mesh : "",
          request.name_contains,
          request.label_filters,
          request.tags,
          request.gateway};
}

absl::StatusOr<ListResult> StoredResources::ListAt(const model::TenantScope& scope,
                                                   const ListRequest& request,
                                                   model::Revision revision) {
  const model::TypeDescriptor& type = *request.type;
  SKYDEN_ASSIGN_OR_RETURN(
      std::vector<model::Resource> all,
      resources::ListAt({deps_.store, deps_.registry, scope}, type, request.mesh, revision));
  const FilterKey filter = FilterOf(scope, request);
  std::erase_if(all, [&](const model::Resource& one) { return !PassesFilter(filter, type, one); });
  return Page(request, all.size(),
              [&](size_t i) { return std::make_shared<const model::Resource>(std::move(all[i])); });
}

absl::StatusOr<ListResult> StoredResources::ListFiltered(
    const model::TenantScope& scope, const std::shared_ptr<const ResourceView>& view,
    const ListRequest& request, std::vector<std::string> readable) {
  const model::TypeDescriptor& type = *request.type;
  FilterKey key = FilterOf(scope, request);
  key.readable = std::move(readable);
  const auto list = filters_.Get(key, view, [&](const model::Resource& resource) {
    return PassesFilter(key, type, resource);
  });
  return Page(request, list->size(), [&](size_t i) { return list->at(i); });
}

}  // namespace

std::unique_ptr<ResourceManager> ResourceManager::Create(Deps deps) {
  return std::make_unique<StoredResources>(std::move(deps));
}

}  // namespace skyden::resources
