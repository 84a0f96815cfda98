// SPDX-License-Identifier: Apache-2.0
#include "resources/transfer/restore.h"

#include <fmt/format.h>

#include <map>
#include <utility>

#include "resources/transfer/past.h"
#include "resources/write/errors.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/model/kuma_names.h"
#include "skyden/model/kuma_version.h"
#include "skyden/resources/access.h"
#include "skyden/resources/labels.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::resources {
namespace {

using Item = PreparedImport::Item;

// Keys that sign dataplanes' tokens, and which of these tokens are revoked.

// What a control plane holds since it was upgraded is of its version; what it held before is not.
constexpr model::ByVersion<bool> kWasOfAnother = {{false, true}};

class Restorer {
 public:
  Restorer(const model::TenantScope& scope, const model::TypeRegistry& registry,
           const ResourceCodec& codec, const RestoreRequest& request, absl::Time now, RestoreAs as)
      : scope_(scope),
        registry_(registry),
        types_(registry.core()),
        codec_(codec.In(scope.version())),
        request_(request),
        now_(now),
        as_(as) {}

  absl::StatusOr<PreparedImport> Run(store::ReadTx& tx) {
    SKYDEN_RETURN_IF_ERROR(CheckRevision(tx, request_.revision));
    if (IsOne()) {
      SKYDEN_RETURN_IF_ERROR(CheckKept(*request_.of.type));
      SKYDEN_RETURN_IF_ERROR(CheckMayWrite(scope_, *request_.of.type));
      SKYDEN_RETURN_IF_ERROR(Add(tx, *request_.of.type, request_.of));
    } else {
      SKYDEN_RETURN_IF_ERROR(AddMany(tx));
    }
    if (import_.items.size() > base::limits::kImportDocuments) {
      return absl::ResourceExhaustedError(
          fmt::format("{} resources differ, and {} can be taken back at once: take it back mesh by "
                      "mesh",
                      import_.items.size(), base::limits::kImportDocuments));
    }
    PutInOrder(import_, types_);
    return std::move(import_);
  }

 private:
  bool IsOne() const { return request_.of.type != nullptr; }

  absl::Status AddMany(store::ReadTx& tx) {
    for (const model::TypeDescriptor& type : registry_.all()) {
      if (!CheckKept(type).ok() || &type == types_.global_secret) continue;
      if (const absl::Status may = CheckMayWrite(scope_, type); !may.ok()) {
        if (!type.admin_only) return may;
        continue;
      }
      PastFilter filter = request_.of;
      if (filter.mesh.has_value() && &type == types_.mesh) {
        filter = {&type, std::nullopt, *filter.mesh};
      }
      SKYDEN_RETURN_IF_ERROR(Add(tx, type, filter));
    }
    return absl::OkStatus();
  }

  bool IsLeftAlone(const model::Resource& resource) const {
    return !IsOne() && !IsTakenBackWithAll(types_, registry_.at(resource.type), resource.key);
  }

  // What differs, of one type.
  absl::Status Add(store::ReadTx& tx, const model::TypeDescriptor& type, const PastFilter& filter) {
    SKYDEN_ASSIGN_OR_RETURN(auto then, ReadAt(tx, type, filter, request_.revision));
    SKYDEN_ASSIGN_OR_RETURN(auto now, ReadAuthored(tx, type, filter));
    if (IsOne() && then.empty() && now.empty()) return errors::NotFound(errors::kGetTitle);
    std::map<model::ResourceKey, const model::Resource*> stays;
    for (const model::Resource& one : now) stays.emplace(one.key, &one);
    // Zones come and go by themselves.
    const bool only_changes = &type == types_.zone && !IsOne();
    for (model::Resource& one : then) {
      const auto there = stays.find(one.key);
      const model::Resource* const is = there == stays.end() ? nullptr : there->second;
      if (is != nullptr) stays.erase(there);
      if (IsLeftAlone(one) || (is == nullptr && only_changes)) continue;
      // As the control plane labels it now: it may have been upgraded since.
      if (as_ == RestoreAs::kWritten) {
        one.labels = labels::Compute(scope_.version(), type, one.key, one.labels);
      }
      if (is != nullptr && is->spec == one.spec && is->labels == one.labels) continue;
      SKYDEN_RETURN_IF_ERROR(CheckOfVersion(type, one));
      AddWrite(type, std::move(one), is);
    }
    for (const auto& [key, is] : stays) {
      if (IsLeftAlone(*is) || only_changes) continue;
      Item& item = NewItem(type, key);
      item.deletes = true;
    }
    return absl::OkStatus();
  }

  absl::Status CheckOfVersion(const model::TypeDescriptor& type,
                              const model::Resource& then) const {
    const model::KumaVersion version = scope_.version();
    if (!kWasOfAnother[version]) return absl::OkStatus();
    bool fits = registry_.In(version).Has(type.id);
    if (fits) {
      const auto decoded = codec_.DecodeRest(type, codec_.RenderUniversal(then));
      fits = decoded.ok() && decoded->spec == then.spec;
    }
    if (fits) return absl::OkStatus();
    const std::string mesh = then.key.mesh.empty() ? "" : then.key.mesh + "/";
    const std::string where = fmt::format("{} {}{}", type.name, mesh, then.key.name);
    return base::WithViolations(
        absl::InvalidArgumentError("what it held then was of another version of Kuma"),
        {{where,
          fmt::format("is no resource of a control plane of version {}", model::NameOf(version))}});
  }

  Item& NewItem(const model::TypeDescriptor& type, const model::ResourceKey& key) {
    Item& item = import_.items.emplace_back();
    item.document = import_.items.size();
    item.type = &type;
    item.resource.type = type.id;
    item.resource.key = key;
    item.resource.modification_time = now_;
    return item;
  }

  void AddWrite(const model::TypeDescriptor& type, model::Resource then,
                const model::Resource* is) {
    Item& item = NewItem(type, then.key);
    // Which of two policies came first decides between them: it is as old as it was.
    item.created = is == nullptr ? then.creation_time : is->creation_time;
    item.resource.creation_time = *item.created;
    item.resource.labels = std::move(then.labels);
    item.resource.spec = std::move(then.spec);
    if (as_ == RestoreAs::kItWas) {
      item.resource.creation_time = then.creation_time;
      item.resource.modification_time = then.modification_time;
      item.resource.status = is == nullptr ? std::move(then.status) : is->status;
      return;
    }
    // What is known of it now is not what was known then.
    if (is == nullptr) item.resource.status.clear();
    std::vector<base::FieldViolation> violations = codec_.ValidateNamed(item.resource);
    if (&type == types_.mesh) {
      item.MakeRare().authorities = rules_proto::AuthoritiesOf(item.resource.spec);
      item.rare->additions.is_restored = true;
    }
    if (!violations.empty()) item.MakeRare().violations = std::move(violations);
  }

  const model::TenantScope& scope_;
  const model::TypeRegistry& registry_;
  const model::CoreTypes& types_;
  const ResourceCodec& codec_;
  const RestoreRequest& request_;
  const absl::Time now_;
  const RestoreAs as_;
  PreparedImport import_;
};

}  // namespace

bool IsTakenBackWithAll(const model::CoreTypes& types, const model::TypeDescriptor& type,
                        const model::ResourceKey& key) {
  if (&type == types.global_secret) return false;
  return &type != types.secret || !key.name.starts_with(model::kDataplaneTokenPrefix);
}

absl::StatusOr<PreparedImport> PrepareRestore(store::Store& store, const model::TenantScope& scope,
                                              const model::TypeRegistry& registry,
                                              const ResourceCodec& codec,
                                              const RestoreRequest& request, absl::Time now,
                                              RestoreAs as) {
  absl::StatusOr<PreparedImport> prepared = absl::UnknownError("");
  const absl::Status read = store.Read(scope, [&](store::ReadTx& tx) {
    prepared = Restorer(scope, registry, codec, request, now, as).Run(tx);
    return prepared.status();
  });
  if (!read.ok()) return read;
  return prepared;
}

}  // namespace skyden::resources
