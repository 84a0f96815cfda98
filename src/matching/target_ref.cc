// SPDX-License-Identifier: Apache-2.0
#include "matching/target_ref.h"

#include <array>
#include <utility>

#include "skyden/model/kuma_labels.h"

namespace skyden::matching {
namespace {

constexpr std::array<std::pair<std::string_view, TargetKind>, 9> kKinds = {{
    {"Mesh", TargetKind::kMesh},
    {"Dataplane", TargetKind::kDataplane},
    {"MeshSubset", TargetKind::kMeshSubset},
    {"MeshGateway", TargetKind::kMeshGateway},
    {"MeshService", TargetKind::kMeshService},
    {"MeshExternalService", TargetKind::kMeshExternalService},
    {"MeshMultiZoneService", TargetKind::kMeshMultiZoneService},
    {"MeshServiceSubset", TargetKind::kMeshServiceSubset},
    {"MeshHTTPRoute", TargetKind::kMeshHttpRoute},
}};

bool IsOfThree(TargetKind kind) {
  return kind != TargetKind::kMeshSubset && kind != TargetKind::kMeshGateway &&
         kind != TargetKind::kMeshServiceSubset;
}

TargetKind KindOf(std::string_view name, TargetRefDialect dialect) {
  for (const auto& [text, kind] : kKinds) {
    if (text != name) continue;
    return dialect == TargetRefDialect::kTwo || IsOfThree(kind) ? kind : TargetKind::kUnknown;
  }
  return TargetKind::kUnknown;
}

Tags ReadPairs(const Json& json) {
  Tags pairs;
  for (auto member = json.begin(); member != json.end(); ++member) {
    if (member->is_string()) pairs[member.key()] = member->get<std::string>();
  }
  return pairs;
}

}  // namespace

TargetRef ReadTargetRef(const Json* json, TargetRefDialect dialect) {
  TargetRef target;
  if (json == nullptr || !json->is_object()) return target;
  target.kind_name = StringMember(*json, "kind");
  target.kind = KindOf(target.kind_name, dialect);
  target.section = StringMember(*json, "sectionName");
  if (const Json* labels = Member(*json, "labels"); labels != nullptr && labels->is_object()) {
    target.labels = ReadPairs(*labels);
  }
  if (dialect == TargetRefDialect::kThree) return target;
  target.name = StringMember(*json, "name");
  target.name_space = StringMember(*json, "namespace");
  if (const Json* tags = Member(*json, "tags"); tags != nullptr && tags->is_object()) {
    target.tags = ReadPairs(*tags);
  }
  if (const Json* types = Member(*json, "proxyTypes"); types != nullptr && types->is_array()) {
    for (const Json& type : *types) {
      if (type.is_string()) target.proxy_types.push_back(type.get<std::string>());
    }
  }
  return target;
}

bool IsSelectedByTags(TargetKind kind) {
  switch (kind) {
    case TargetKind::kMesh:
    case TargetKind::kMeshSubset:
    case TargetKind::kMeshServiceSubset:
    case TargetKind::kMeshService:
    case TargetKind::kMeshGateway:
    case TargetKind::kMeshHttpRoute:
      return true;
    default:
      return false;
  }
}

std::optional<Tags> TagsOf(const TargetRef& target) {
  switch (target.kind) {
    case TargetKind::kMesh:
      return Tags();
    case TargetKind::kMeshSubset:
      return target.tags;
    case TargetKind::kMeshService:
      return Tags{{std::string(model::kServiceTag), target.name}};
    case TargetKind::kMeshServiceSubset: {
      Tags tags = target.tags;
      tags.emplace(model::kServiceTag, target.name);
      return tags;
    }
    default:
      return std::nullopt;
  }
}

Identifier Resolve(const TargetRef& target, const Identifier& from) {
  if (from.empty()) return {};
  Identifier id;
  id.type = target.kind_name;
  if (target.kind == TargetKind::kMesh) {
    id.name = from.mesh;
    return id;
  }
  id.mesh = from.mesh;
  id.zone = from.zone;
  id.name_space = target.name_space.empty() ? from.name_space : target.name_space;
  id.name = target.name;
  return id;
}

int CompareTargets(const TargetRef& a, const TargetRef& b) {
  if (a.kind != b.kind) return a.kind < b.kind ? -1 : 1;
  if (a.kind != TargetKind::kDataplane) return 0;
  if (!a.name.empty() && b.labels) return 1;
  if (a.labels && !b.name.empty()) return -1;
  const int sections = static_cast<int>(!a.section.empty()) - static_cast<int>(!b.section.empty());
  return sections;
}

}  // namespace skyden::matching
