// SPDX-License-Identifier: Apache-2.0
// What a policy, or an entry of it, is about.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "matching/json.h"
#include "skyden/matching/identifier.h"
#include "skyden/matching/proxy.h"

namespace skyden::matching {

// In order of precedence: what is about fewer counts more.
enum class TargetKind {
  kUnknown,
  kMesh,
  kDataplane,
  kMeshSubset,
  kMeshGateway,
  kMeshService,
  kMeshExternalService,
  kMeshMultiZoneService,
  kMeshServiceSubset,
  kMeshHttpRoute,
};

struct TargetRef {
  TargetKind kind = TargetKind::kMesh;
  std::string kind_name = "Mesh";
  std::string name;
  std::string name_space;
  std::string section;
  Tags tags;
  std::optional<Tags> labels;  // {} selects everything, absence nothing
  std::vector<std::string> proxy_types;
};

// What a targetRef is made of. In Kuma 2 it names a resource, or gives tags or labels, and may be
// for some kinds of proxies; in Kuma 3 there are labels and sections only, and what else is written
// is as if it were not.
enum class TargetRefDialect { kTwo, kThree };

// `json` nullptr or no object: the mesh.
TargetRef ReadTargetRef(const Json* json, TargetRefDialect dialect);

// Targets that say which tags a peer has, rather than which resource it is.
bool IsSelectedByTags(TargetKind kind);

// The tags that a target stands for; nullopt when tags cannot say it.
std::optional<Tags> TagsOf(const TargetRef& target);

// What `target` names when `from` refers to it: the same mesh, zone and (unless it says otherwise)
// namespace.
Identifier Resolve(const TargetRef& target, const Identifier& from);

// Negative when `a` counts less than `b`: by kind, and among Dataplane targets a name counts more
// than labels, and a section more than none.
int CompareTargets(const TargetRef& a, const TargetRef& b);

}  // namespace skyden::matching
