// SPDX-License-Identifier: Apache-2.0
// One resource while it is turned into what Kuma 3 has in its place.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "skyden/model/resource.h"
#include "skyden/model/type_registry.h"
#include "skyden/upgrade/finding.h"
#include "upgrade/facts.h"
#include "upgrade/json.h"

namespace skyden::upgrade {

// A resource that is to be there.
struct Document {
  const model::TypeDescriptor* type = nullptr;
  model::ResourceKey key;
  model::Labels labels;
  Json spec;
};

// Thread-compatible. Everything that it refers to must outlive it.
struct Turn {
  const model::TypeRegistry& registry;
  const model::TypeDescriptor& type;
  const model::Resource& resource;
  MeshFacts& facts;                    // of the resource's mesh, or of the mesh that it is
  Json spec;                           // changed in place
  model::Labels labels;                // likewise
  bool goes = false;                   // there is nothing in its place
  std::vector<Document> besides = {};  // that come with it
  std::vector<Finding> findings = {};

  // Made by a zone: nothing of it can be written here.
  bool is_of_zone() const { return !resource.zone.empty(); }

  void Tell(std::string_view kind, std::string field, std::string detail = {});
  // Whoever would see to others of its kind, this one needs somebody else.
  void TellWith(Remedy remedy, std::string_view kind, std::string field, std::string detail);
};

// What there is to say about each. All but Names also change what is said of the resource.
void TurnPolicy(Turn& turn);  // targetRef policies, routes included
void TurnMesh(Turn& turn);
void TurnDataplane(Turn& turn);
void TurnService(Turn& turn);  // MeshService, MeshExternalService
void TurnTrust(Turn& turn);    // MeshTrust
void TurnRemoved(Turn& turn);  // of a type that Kuma 3 has not
void TurnNames(Turn& turn);    // name and labels, of any type

// A reference to services or routes by labels in place of a name; true when it changed. Of kinds
// that have no successor nothing changes. `name_space`: of the policy, where it has one.
bool ReferByLabels(Json& target, std::string_view name_space);

}  // namespace skyden::upgrade
