// SPDX-License-Identifier: Apache-2.0
#include "resources/transfer/past.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <memory>
#include <utility>

#include "resources/write/errors.h"
#include "skyden/base/gone.h"
#include "skyden/base/status.h"
#include "skyden/resources/access.h"

namespace skyden::resources {
namespace {

bool IsOfMesh(const model::TypeDescriptor& type) {
  return type.scope == model::ResourceScope::kMesh;
}

// Those that a filter may mean and the caller may read. PERMISSION_DENIED for one that is named.
absl::StatusOr<std::vector<const model::TypeDescriptor*>> TypesOf(const PastReads& reads,
                                                                  const PastFilter& filter) {
  if (filter.type != nullptr) {
    SKYDEN_RETURN_IF_ERROR(CheckKept(*filter.type));
    SKYDEN_RETURN_IF_ERROR(CheckMayRead(reads.scope, *filter.type));
    return std::vector{filter.type};
  }
  std::vector<const model::TypeDescriptor*> types;
  for (const model::TypeDescriptor& type : reads.registry.all()) {
    if (!CheckKept(type).ok() || !CheckMayRead(reads.scope, type).ok()) continue;
    types.push_back(&type);
  }
  return types;
}

void Keep(const PastFilter& filter, std::vector<model::Resource>& all) {
  if (filter.name.empty()) return;
  std::erase_if(all, [&](const model::Resource& one) { return one.key.name != filter.name; });
}

std::optional<std::string> MeshOf(const model::TypeDescriptor& type, const PastFilter& filter) {
  return IsOfMesh(type) ? filter.mesh : std::nullopt;
}

// A type that can have nothing of what is asked for.
bool Misses(const model::TypeDescriptor& type, const PastFilter& filter) {
  return filter.mesh.has_value() && IsOfMesh(type) == filter.mesh->empty();
}

absl::Status CheckMeshThen(store::ReadTx& tx, const model::CoreTypes& types,
                           const std::string& mesh, model::Revision revision) {
  SKYDEN_ASSIGN_OR_RETURN(const auto found,
                          tx.FindResourceAt(types.mesh->id, {"", mesh}, revision));
  return found.has_value() ? absl::OkStatus() : errors::NotFound(errors::kMeshTitle);
}

}  // namespace

absl::Status CheckKept(const model::TypeDescriptor& type) {
  if (store::KeepsHistory(type) && !type.path.empty() && !type.read_only) return absl::OkStatus();
  return absl::InvalidArgumentError(
      fmt::format("nothing is kept of what {}s were: zones and the control plane itself write them",
                  type.name));
}

absl::Status CheckRevision(store::ReadTx& tx, model::Revision revision) {
  SKYDEN_ASSIGN_OR_RETURN(const store::HistorySpan span, tx.FindHistorySpan());
  if (revision > span.current) {
    return absl::InvalidArgumentError(
        fmt::format("there is no revision {} yet: the newest is {}", revision, span.current));
  }
  if (revision >= span.oldest) return absl::OkStatus();
  return base::Gone(
      fmt::format("revision {} is no longer kept: the oldest is {}", revision, span.oldest));
}

absl::StatusOr<std::vector<model::Resource>> ReadAt(store::ReadTx& tx,
                                                    const model::TypeDescriptor& type,
                                                    const PastFilter& filter,
                                                    model::Revision revision) {
  if (Misses(type, filter)) return std::vector<model::Resource>();
  SKYDEN_ASSIGN_OR_RETURN(std::vector<model::Resource> all,
                          tx.ListResourcesAt(type.id, MeshOf(type, filter), revision));
  Keep(filter, all);
  return all;
}

absl::StatusOr<std::vector<model::Resource>> ReadAuthored(store::ReadTx& tx,
                                                          const model::TypeDescriptor& type,
                                                          const PastFilter& filter) {
  if (Misses(type, filter)) return std::vector<model::Resource>();
  SKYDEN_ASSIGN_OR_RETURN(std::vector<model::Resource> all,
                          tx.ListResources(type.id, MeshOf(type, filter)));
  std::erase_if(all, [](const model::Resource& one) { return !one.zone.empty(); });
  Keep(filter, all);
  return all;
}

absl::StatusOr<ChangesPage> ListPastChanges(const PastReads& reads, const PastFilter& filter,
                                            const std::optional<store::HistoryPlace>& beyond,
                                            size_t limit) {
  SKYDEN_ASSIGN_OR_RETURN(const auto types, TypesOf(reads, filter));
  store::HistoryQuery query{
      .beyond = beyond, .limit = limit, .types = {}, .mesh = filter.mesh, .name = filter.name};
  for (const model::TypeDescriptor* type : types) query.types.push_back(type->id);
  const bool one = filter.type != nullptr && !IsOfMesh(*filter.type);
  if (one && !query.mesh.has_value()) query.mesh = "";
  ChangesPage page;
  const absl::Status read = reads.store.Read(reads.scope, [&](store::ReadTx& tx) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(page.span, tx.FindHistorySpan());
    SKYDEN_ASSIGN_OR_RETURN(page.page, tx.ListHistory(query));
    return absl::OkStatus();
  });
  if (!read.ok()) return read;
  return page;
}

absl::StatusOr<model::Resource> FindAt(const PastReads& reads, const model::TypeDescriptor& type,
                                       const model::ResourceKey& key, model::Revision revision) {
  SKYDEN_RETURN_IF_ERROR(CheckKept(type));
  const model::ResourceKey stored_key{IsOfMesh(type) ? key.mesh : "", key.name};
  SKYDEN_RETURN_IF_ERROR(CheckMayRead(reads.scope, type, stored_key));
  std::optional<model::Resource> found;
  const absl::Status read = reads.store.Read(reads.scope, [&](store::ReadTx& tx) -> absl::Status {
    SKYDEN_RETURN_IF_ERROR(CheckRevision(tx, revision));
    if (IsOfMesh(type)) {
      SKYDEN_RETURN_IF_ERROR(CheckMeshThen(tx, reads.registry.core(), key.mesh, revision));
    }
    SKYDEN_ASSIGN_OR_RETURN(found, tx.FindResourceAt(type.id, stored_key, revision));
    return absl::OkStatus();
  });
  if (!read.ok()) return read;
  if (!found.has_value()) return errors::NotFound(errors::kGetTitle);
  return *std::move(found);
}

absl::StatusOr<std::vector<model::Resource>> ListAt(const PastReads& reads,
                                                    const model::TypeDescriptor& type,
                                                    const std::optional<std::string>& mesh,
                                                    model::Revision revision) {
  SKYDEN_RETURN_IF_ERROR(CheckKept(type));
  const bool one_mesh = IsOfMesh(type) && mesh.has_value();
  SKYDEN_RETURN_IF_ERROR(one_mesh ? CheckMayRead(reads.scope, type, {*mesh, ""})
                                  : CheckMayRead(reads.scope, type));
  std::vector<model::Resource> found;
  const absl::Status read = reads.store.Read(reads.scope, [&](store::ReadTx& tx) -> absl::Status {
    SKYDEN_RETURN_IF_ERROR(CheckRevision(tx, revision));
    if (one_mesh) {
      SKYDEN_RETURN_IF_ERROR(CheckMeshThen(tx, reads.registry.core(), *mesh, revision));
    }
    SKYDEN_ASSIGN_OR_RETURN(found,
                            tx.ListResourcesAt(type.id, one_mesh ? mesh : std::nullopt, revision));
    return absl::OkStatus();
  });
  if (!read.ok()) return read;
  return found;
}

absl::StatusOr<std::vector<PastDifference>> DiffOf(const PastReads& reads, const PastFilter& filter,
                                                   model::Revision from, model::Revision to) {
  SKYDEN_ASSIGN_OR_RETURN(const auto types, TypesOf(reads, filter));
  std::vector<PastDifference> differences;
  const absl::Status read = reads.store.Read(reads.scope, [&](store::ReadTx& tx) -> absl::Status {
    SKYDEN_RETURN_IF_ERROR(CheckRevision(tx, from));
    SKYDEN_RETURN_IF_ERROR(CheckRevision(tx, to));
    for (const model::TypeDescriptor* type : types) {
      std::map<model::ResourceKey, PastDifference> both;
      SKYDEN_ASSIGN_OR_RETURN(auto before, ReadAt(tx, *type, filter, from));
      SKYDEN_ASSIGN_OR_RETURN(auto after, ReadAt(tx, *type, filter, to));
      for (model::Resource& one : before) both[one.key].before = std::move(one);
      for (model::Resource& one : after) both[one.key].after = std::move(one);
      for (auto& [key, difference] : both) {
        const auto& [was, is] = std::tie(difference.before, difference.after);
        if (was && is && was->spec == is->spec && was->labels == is->labels) continue;
        difference.type = type;
        difference.key = key;
        differences.push_back(std::move(difference));
      }
    }
    return absl::OkStatus();
  });
  if (!read.ok()) return read;
  return differences;
}

ImportLine LineOf(PastDifference difference) {
  using Outcome = ImportLine::Outcome;
  ImportLine line;
  line.type = difference.type;
  line.key = std::move(difference.key);
  const bool was = difference.before.has_value();
  const bool is = difference.after.has_value();
  line.outcome = !was ? Outcome::kCreated : is ? Outcome::kUpdated : Outcome::kDeleted;
  if (was && is) {
    line.update = std::make_unique<ImportUpdate>(
        ImportUpdate{*std::move(difference.before), *std::move(difference.after)});
  }
  return line;
}

}  // namespace skyden::resources
