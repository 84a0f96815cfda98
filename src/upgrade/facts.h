// SPDX-License-Identifier: Apache-2.0
// What there is in a mesh beside the resource in question.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "skyden/matching/proxy.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/foresight.h"

namespace skyden::upgrade {

// Thread-compatible. `registry` and `views` must outlive it.
class MeshFacts {
 public:
  MeshFacts(const model::TypeRegistry& registry, const resources::Foresight::Views& views,
            std::string mesh_name);

  const std::vector<matching::Proxy>& proxies() const { return proxies_; }
  bool has_identity() const { return has_identity_; }

  // Whether labels tell the mesh's proxies apart just as tags of their inbounds and gateways do,
  // and there is any that they select: what all inbounds of a proxy have, or none.
  bool SaySame(const model::Labels& labels, const model::Labels& tags);

  // Whether a service of this type has all of these labels, and the port (0: any).
  bool HasService(std::string_view type, const model::Labels& labels, uint32_t port) const;

 private:
  struct Service {
    std::string type;
    model::Labels labels;
    std::vector<uint32_t> ports;
  };
  void ReadServices(const model::TypeRegistry& registry, const resources::Foresight::Views& views,
                    const std::string& mesh_name);

  std::vector<matching::Proxy> proxies_;
  std::vector<Service> services_;
  bool has_identity_ = false;
  std::map<std::pair<model::Labels, model::Labels>, bool> known_;
};

}  // namespace skyden::upgrade
