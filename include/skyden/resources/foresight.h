// SPDX-License-Identifier: Apache-2.0
// What the resources of a control plane would be after a change: its own path, and nothing written.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "skyden/model/resource.h"
#include "skyden/model/tenant_scope.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/resource_manager.h"
#include "skyden/resources/resource_views.h"
#include "skyden/resources/transfer.h"
#include "skyden/store/store.h"

namespace skyden::resources {

// What is to be foreseen: each as whoever really writes hands it over.
struct ForeseenDocuments {  // as ImportRequest: YAML or JSON, gzip or not, deletions too
  std::string body;
  std::optional<DesiredState> desired = {};
};
struct ForeseenDelete {
  const model::TypeDescriptor* type = nullptr;
  model::ResourceKey key;
};
struct ForeseenNothing {};  // what is there, all of it at one revision
using ForeseenWrite = std::variant<ForeseenDocuments, PutRequest, ForeseenDelete, ForeseenNothing>;

// One resource that would be written or deleted.
struct ForeseenChange {
  const model::TypeDescriptor* type = nullptr;
  ResourceView::Item before;  // null: it comes
  ResourceView::Item after;   // null: it goes

  // It is written as it is: only its time would be another.
  bool is_same() const;
};

struct Foresight {
  using Views = std::map<model::TypeId, std::shared_ptr<const ResourceView>>;

  model::Revision revision = 0;         // of the control plane, that all of this is about
  std::vector<ForeseenChange> changes;  // by the type's name, then key; what goes with a mesh too
  std::vector<std::string> warnings;    // of a document or request, as its write would answer
  Views before, after;                  // of the types that were asked for
};

// All must outlive the call.
struct ForesightDeps {
  store::Store& store;
  const model::TypeRegistry& registry;
  const ResourceCodec& codec;
  ResourceViews& views;
};

// Decodes, fills in, checks and resolves as the write itself does, over what is stored at one
// revision, and says what would be there. Takes no lock and holds up no writer; certificate
// authorities and keys, which take long, are not made. `types`: of which whole views are wanted.
// Errors are those of the write: of documents INVALID_ARGUMENT with a violation for each thing that
// is wrong, whose field begins with the document's number, line, type and name. Quotas are the
// store's, which alone refuses over them. Blocks on the disk.
absl::StatusOr<Foresight> Foresee(const ForesightDeps& deps, const model::TenantScope& scope,
                                  ForeseenWrite write,
                                  const std::vector<const model::TypeDescriptor*>& types,
                                  absl::Time now);

}  // namespace skyden::resources
