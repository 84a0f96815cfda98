// SPDX-License-Identifier: Apache-2.0
// What people wrote into a control plane, as it was: reads of it, and taking it back
// (ResourceManager::RestoreAsync). Kept is what store/history.h says: resources of types that
// people may write, but for those that came from zones.
//
// A revision that is no longer kept is OUT_OF_RANGE, marked (base/gone.h), and the message names
// the oldest that is; one that has not been yet, and a type of which nothing is kept, is
// INVALID_ARGUMENT.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/model/resource.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/transfer.h"
#include "skyden/store/history.h"
#include "skyden/store/store.h"

namespace skyden::resources {

// Everything, a type, a mesh, or what has a name there. Empty parts say nothing.
struct PastFilter {
  const model::TypeDescriptor* type = nullptr;
  std::optional<std::string> mesh = {};  // "": of no mesh
  std::string name = {};
};

// All must outlive the call. Each blocks on the disk at most.
struct PastReads {
  store::Store& store;
  const model::TypeRegistry& registry;
  const model::TenantScope& scope;
};

struct ChangesPage {
  store::HistorySpan span;
  store::HistoryPage page;
};
// The changes of types that the caller may read, newest first.
absl::StatusOr<ChangesPage> ListPastChanges(const PastReads& reads, const PastFilter& filter,
                                            const std::optional<store::HistoryPlace>& beyond,
                                            size_t limit);

// As ResourceManager::Get and List, of then. The mesh is one that was there then.
absl::StatusOr<model::Resource> FindAt(const PastReads& reads, const model::TypeDescriptor& type,
                                       const model::ResourceKey& key, model::Revision revision);
absl::StatusOr<std::vector<model::Resource>> ListAt(const PastReads& reads,
                                                    const model::TypeDescriptor& type,
                                                    const std::optional<std::string>& mesh,
                                                    model::Revision revision);

// What differs between two revisions, whichever is the older, of types that the caller may read;
// ordered by type and key.
struct PastDifference {
  const model::TypeDescriptor* type = nullptr;
  model::ResourceKey key;
  std::optional<model::Resource> before, after;  // one at least
};
// As what an import would have done that led from the one to the other.
ImportLine LineOf(PastDifference difference);
absl::StatusOr<std::vector<PastDifference>> DiffOf(const PastReads& reads, const PastFilter& filter,
                                                   model::Revision from, model::Revision to);

struct RestoreRequest {
  model::Revision revision = 0;
  // All of it, a mesh with all that is in it (only `mesh`), or one resource (`type` and `name`).
  //
  // What a whole mesh or control plane is taken back to leaves alone what decides who comes in: the
  // keys that sign tokens, the lists of revoked ones, and the control plane's own authorities
  // (GlobalSecrets, and secrets of a mesh that are such keys). Zones are neither made nor deleted.
  // Types that the caller may not write are left out, and it is said.
  PastFilter of;
  ImportMode mode = ImportMode::kApply;
  // PutRequest::if_revision.
  std::optional<model::Revision> if_revision = std::nullopt;
};

}  // namespace skyden::resources
