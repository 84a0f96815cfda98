// SPDX-License-Identifier: Apache-2.0
#include "model/version_overlay.h"

#include <string>

namespace skyden::model {
namespace {

std::string Bare(std::string name) {
  if (!name.empty() && name.back() == '!') name.pop_back();
  return name;
}

// `base` with the entries of `other` put where they were, or behind.
template <class Merge>
YAML::Node MergeMaps(const YAML::Node& base, const YAML::Node& other, Merge merge) {
  YAML::Node merged(YAML::NodeType::Map);
  const auto in = [](const YAML::Node& map, const std::string& name) {
    for (const auto& entry : map) {
      if (Bare(entry.first.as<std::string>()) == Bare(name)) return true;
    }
    return false;
  };
  const auto add = [&merged](const std::string& name, const YAML::Node& value) {
    if (!value.IsNull()) merged[name] = value;
  };
  for (const auto& entry : base) {
    const auto name = entry.first.as<std::string>();
    if (!in(other, name)) {
      add(name, entry.second);
      continue;
    }
    for (const auto& replaced : other) {
      const auto its_name = replaced.first.as<std::string>();
      if (Bare(its_name) == Bare(name)) add(its_name, merge(entry.second, replaced.second));
    }
  }
  for (const auto& entry : other) {
    const auto name = entry.first.as<std::string>();
    if (!in(base, name)) add(name, entry.second);
  }
  return merged;
}

YAML::Node Replace(const YAML::Node&, const YAML::Node& with) { return with; }

}  // namespace

YAML::Node MergeShapes(const YAML::Node& shapes, const YAML::Node& other) {
  return MergeMaps(shapes, other, [](const YAML::Node& shape, const YAML::Node& with) {
    if (!shape.IsMap() || !with.IsMap()) return with;
    return MergeMaps(shape, with, Replace);
  });
}

YAML::Node Overlay(const YAML::Node& description, const YAML::Node& part) {
  return MergeMaps(description, part, [](const YAML::Node& value, const YAML::Node& with) {
    if (!value.IsMap() || !with.IsMap()) return with;
    return MergeMaps(value, with, [](const YAML::Node& inner, const YAML::Node& other) {
      return inner.IsMap() && other.IsMap() ? MergeShapes(inner, other) : other;
    });
  });
}

}  // namespace skyden::model
