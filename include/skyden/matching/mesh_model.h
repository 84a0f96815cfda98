// SPDX-License-Identifier: Apache-2.0
// One mesh as policy matching sees it: its policies, gateways and services, each read once.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/matching/identifier.h"
#include "skyden/matching/proxy.h"
#include "skyden/matching/rule_set.h"
#include "skyden/model/type_registry.h"

namespace skyden::matching {

// Immutable, thread-safe. `registry` must outlive it. Holds no proxies: there may be very many.
class MeshModel {
 public:
  // The types whose resources it is made of, besides the mesh itself.
  static std::vector<const model::TypeDescriptor*> Types(const model::TypeRegistry& registry);

  // The mesh's resources of one type, ordered by name.
  using ListFunction = std::function<std::vector<Item>(const model::TypeDescriptor&)>;
  // What is in `before` (may be null) already is not read again, if both are by the same rules.
  // INVALID_ARGUMENT when the mesh does not decode; other resources that do not are left out.
  static absl::StatusOr<std::shared_ptr<const MeshModel>> Build(const model::TypeRegistry& registry,
                                                                Item mesh, const ListFunction& list,
                                                                const MeshModel* before,
                                                                Rules rules = Rules::kTwo);
  ~MeshModel();

  const model::TypeRegistry& registry() const { return registry_; }
  const Item& mesh() const;
  Rules rules() const;
  // Peers are told by their tags, too: there are rules of `from`, and of `to` for services that are
  // no resources.
  bool tells_by_tags() const;
  // Services are resources only; nothing is told by tags any more.
  bool has_exclusive_services() const;
  // Roughly what it holds.
  size_t bytes() const;

  struct Data;  // private to the module
  const Data& data() const { return *data_; }

 private:
  MeshModel(const model::TypeRegistry& registry, std::unique_ptr<const Data> data);

  const model::TypeRegistry& registry_;
  std::unique_ptr<const Data> data_;
};

}  // namespace skyden::matching
