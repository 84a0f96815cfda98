// SPDX-License-Identifier: Apache-2.0
#include "rest/version_paths.h"

#include <string>

namespace skyden::rest {
namespace {

// What a path is of: its first segment, or the one behind a mesh's name. "x+insights" is of x.
std::string_view SubjectOf(std::string_view pattern) {
  constexpr std::string_view kInMesh = "/meshes/{mesh}/";
  pattern.remove_prefix(pattern.starts_with(kInMesh) ? kInMesh.size() : 1);
  return pattern.substr(0, pattern.find_first_of("/+"));
}

}  // namespace

PathVersions VersionsOf(const model::TypeRegistry& registry, const model::TypeDescriptor& type) {
  PathVersions versions;
  for (const model::KumaVersion version : model::kKumaVersions) {
    versions[version] = registry.In(version).Has(type.id);
  }
  return versions;
}

PathVersions VersionsOfPath(const model::TypeRegistry& registry, std::string_view pattern) {
  if (!pattern.starts_with('/')) return {{true, true}};
  const std::string_view subject = SubjectOf(pattern);
  for (const model::TypeDescriptor& type : registry.all()) {
    if (!subject.empty() && (type.path == subject || type.alternative_path == subject)) {
      return VersionsOf(registry, type);
    }
  }
  return {{true, true}};
}

}  // namespace skyden::rest
