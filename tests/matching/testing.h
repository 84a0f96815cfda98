// SPDX-License-Identifier: Apache-2.0
// A mesh made of JSON texts.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "skyden/matching/matching.h"
#include "skyden/matching/mesh_model.h"
#include "skyden/matching/proxy.h"

namespace skyden::matching::testing {

const model::TypeRegistry& Registry();
const model::TypeDescriptor& TypeOf(std::string_view name);

inline constexpr char kMeshName[] = "demo";

// A resource of mesh `demo`. `spec`: JSON, of protobuf types too. Each is a second younger than the
// one before.
Item MakeItem(std::string_view type, const std::string& name, const std::string& spec,
              model::Labels labels = {}, const std::string& status = "");
// A sidecar, labelled as its zone `east` would, with inbounds `main` (8080) and `admin` (9090) of
// service `name`.
Proxy Sidecar(const std::string& name, model::Labels labels = {});
Proxy ProxyOf(const std::string& name, const std::string& spec, model::Labels labels = {});

class TestMesh {
 public:
  explicit TestMesh(const std::string& spec = "{}", Rules rules = Rules::kTwo);

  TestMesh& Add(std::string_view type, const std::string& name, const std::string& spec,
                model::Labels labels = {}, const std::string& status = "");
  TestMesh& Add(const Item& item);
  std::shared_ptr<const MeshModel> Build(const MeshModel* before = nullptr) const;

  MatchedPolicies Match(std::string_view type, const Proxy& proxy) const;
  // The names of what selects the proxy, what counts least first: "a b".
  std::string Names(std::string_view type, const Proxy& proxy) const;

 private:
  Item mesh_;
  Rules rules_;
  std::map<model::TypeId, std::map<std::string, Item>> items_;
};

// "a b"
std::string NamesOf(const std::vector<Item>& items);
// `{key=value,!key=value}`
std::string TextOf(const Subset& subset);
// One line for each rule: subset, conf and origins.
std::string TextOf(const std::vector<SubsetRule>& rules);
// Everything that was matched, for comparing.
std::string TextOf(const MatchedPolicies& matched);

}  // namespace skyden::matching::testing
