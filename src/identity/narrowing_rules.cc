// SPDX-License-Identifier: Apache-2.0
#include "identity/narrowing_rules.h"

#include <fmt/format.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "skyden/base/limits_grants.h"
#include "skyden/base/nearest.h"

namespace skyden::identity {
namespace {

namespace limits = base::limits;

constexpr size_t kMeshNameChars = 253;

bool IsMeshName(std::string_view name) {
  const auto fits = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '_' || c == '.';
  };
  return !name.empty() && name.size() <= kMeshNameChars &&
         std::all_of(name.begin(), name.end(), fits);
}

std::string NoSuchType(const model::TypeRegistry& registry, const std::string& name) {
  std::vector<std::string> known;
  for (const model::TypeDescriptor& type : registry.all()) known.push_back(type.name);
  return fmt::format("there is no type of this name; {}", base::NearestWord(name, known));
}

// "" when it may stand there.
std::string WrongType(const model::TypeRegistry& registry, model::Role role,
                      const model::Narrowing& to, const std::string& name) {
  const model::TypeDescriptor* const type = registry.FindByName(name);
  if (type == nullptr) return NoSuchType(registry, name);
  if (type == registry.core().global_secret) {
    return "GlobalSecret is for roles that are not narrowed: who has it makes tokens for "
           "everything";
  }
  if (type->admin_only && role != model::Role::kAdmin) {
    return fmt::format("{} is for an Admin only", name);
  }
  if (type->scope == model::ResourceScope::kGlobal && !to.meshes.empty()) {
    return fmt::format("{} is of no mesh: give it by a role of its own, without meshes", name);
  }
  return "";
}

}  // namespace

void CheckNarrowing(const model::TypeRegistry& registry, model::Role role,
                    const model::Narrowing& to, std::vector<base::FieldViolation>& violations) {
  if (to.empty()) return;
  if (!model::CanBeNarrowed(role)) {
    violations.push_back({to.meshes.empty() ? "types" : "meshes",
                          "must be empty for this role: Admin, Editor and Viewer can be narrowed"});
    return;
  }
  if (to.meshes.size() > limits::kNarrowingWords || to.types.size() > limits::kNarrowingWords) {
    violations.push_back(
        {to.meshes.size() > limits::kNarrowingWords ? "meshes" : "types",
         fmt::format("must be at most {}; give the role several times", limits::kNarrowingWords)});
    return;
  }
  for (size_t i = 0; i < to.meshes.size(); ++i) {
    if (IsMeshName(to.meshes[i])) continue;
    violations.push_back({fmt::format("meshes[{}]", i), "must be the name of a mesh"});
  }
  for (size_t i = 0; i < to.types.size(); ++i) {
    std::string wrong = WrongType(registry, role, to, to.types[i]);
    if (!wrong.empty()) violations.push_back({fmt::format("types[{}]", i), std::move(wrong)});
  }
  if (violations.empty() && to.Text().size() > limits::kNarrowingBytes) {
    violations.push_back(
        {"meshes", fmt::format("meshes and types must have at most {} bytes together; give the "
                               "role several times",
                               limits::kNarrowingBytes)});
  }
}

}  // namespace skyden::identity
