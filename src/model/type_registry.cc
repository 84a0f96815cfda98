// SPDX-License-Identifier: Apache-2.0
// A type description is a YAML map. Its keys:
//
//   type: MeshTimeout               the name, also the KDS type_url
//   path: meshtimeouts              REST path; absent: no REST path
//   alternative_path, short_name
//   display: [singular, plural]
//   scope: mesh | global
//   protobuf: full.message.Name     absent: the spec is JSON
//   status, read_only, admin_only, secret, experimental, skip_kds_hash: true
//   kds: [global_to_zone, zone_to_global, provided_by_global, provided_by_zone,
//         consumed_by_global, consumed_by_zone, synced_across_zones]
//   policy: [target_ref, to, from, rules, from_as_rules]     absent: not a policy
//   schema: ...                     read by the schema engine of resources/
//
// A file without `type` holds `shapes`, which the schemas of all types may name.
#include "skyden/model/type_registry.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <exception>

#include "model/embedded_types.h"
#include "skyden/base/status.h"

namespace skyden::model {
namespace {

struct Flag {
  std::string_view key;
  bool TypeDescriptor::*member;
};

constexpr std::array kFlags = {
    Flag{"status", &TypeDescriptor::has_status},
    Flag{"read_only", &TypeDescriptor::read_only},
    Flag{"admin_only", &TypeDescriptor::admin_only},
    Flag{"secret", &TypeDescriptor::is_secret},
    Flag{"experimental", &TypeDescriptor::experimental},
    Flag{"skip_kds_hash", &TypeDescriptor::skip_kds_hash},
};

constexpr std::array kKdsFlags = {
    Flag{"global_to_zone", &TypeDescriptor::provided_by_global},
    Flag{"global_to_zone", &TypeDescriptor::consumed_by_zone},
    Flag{"zone_to_global", &TypeDescriptor::provided_by_zone},
    Flag{"zone_to_global", &TypeDescriptor::consumed_by_global},
    Flag{"provided_by_global", &TypeDescriptor::provided_by_global},
    Flag{"provided_by_zone", &TypeDescriptor::provided_by_zone},
    Flag{"consumed_by_global", &TypeDescriptor::consumed_by_global},
    Flag{"consumed_by_zone", &TypeDescriptor::consumed_by_zone},
    Flag{"synced_across_zones", &TypeDescriptor::synced_across_zones},
};

constexpr std::array kPolicyFlags = {
    Flag{"target_ref", &TypeDescriptor::is_target_ref_policy},
    Flag{"to", &TypeDescriptor::has_to_target_ref},
    Flag{"from", &TypeDescriptor::has_from_target_ref},
    Flag{"rules", &TypeDescriptor::has_rules_target_ref},
    Flag{"from_as_rules", &TypeDescriptor::is_from_as_rules},
};

absl::Status BadKey(std::string_view key, std::string_view reason) {
  return absl::InvalidArgumentError(fmt::format("{}: {}", key, reason));
}

template <size_t kCount>
absl::Status SetFlags(const YAML::Node& words, std::string_view key,
                      const std::array<Flag, kCount>& flags, TypeDescriptor& type) {
  for (const auto& node : words) {
    const auto word = node.as<std::string>();
    bool known = false;
    for (const Flag& flag : flags) {
      if (flag.key != word) continue;
      type.*flag.member = true;
      known = true;
    }
    if (!known) return BadKey(key, fmt::format("\"{}\" is not known", word));
  }
  return absl::OkStatus();
}

// One key of a description. yaml-cpp throws on a wrong shape; Parse turns that into a status.
absl::Status ReadKey(const std::string& key, const YAML::Node& value, TypeDescriptor& type) {
  if (key == "type") {
    type.name = value.as<std::string>();
  } else if (key == "path") {
    type.path = value.as<std::string>();
  } else if (key == "alternative_path") {
    type.alternative_path = value.as<std::string>();
  } else if (key == "short_name") {
    type.short_name = value.as<std::string>();
  } else if (key == "display") {
    if (!value.IsSequence() || value.size() != 2) return BadKey(key, "takes [singular, plural]");
    type.singular_display_name = value[0].as<std::string>();
    type.plural_display_name = value[1].as<std::string>();
  } else if (key == "scope") {
    const auto scope = value.as<std::string>();
    if (scope != "mesh" && scope != "global") return BadKey(key, "takes mesh or global");
    type.scope = scope == "mesh" ? ResourceScope::kMesh : ResourceScope::kGlobal;
  } else if (key == "protobuf") {
    type.encoding = SpecEncoding::kProtobuf;
    type.protobuf_message = value.as<std::string>();
  } else if (key == "kds") {
    return SetFlags(value, key, kKdsFlags, type);
  } else if (key == "policy") {
    type.is_policy = true;
    return SetFlags(value, key, kPolicyFlags, type);
  } else if (key == "schema") {
    type.schema_yaml = YAML::Dump(value);
  } else {
    for (const Flag& flag : kFlags) {
      if (flag.key != key) continue;
      type.*flag.member = value.as<bool>();
      return absl::OkStatus();
    }
    return BadKey(key, "not a key of a type description");
  }
  return absl::OkStatus();
}

struct ParsedFile {
  TypeDescriptor type;
  std::string shapes_yaml;  // set instead of `type` by a file of shared shapes
};

absl::StatusOr<ParsedFile> Parse(const std::string& text) {
  try {
    const YAML::Node root = YAML::Load(text);
    if (!root.IsMap()) return absl::InvalidArgumentError("not a map");
    ParsedFile file;
    if (!root["type"]) {
      if (!root["shapes"]) return BadKey("type", "missing");
      file.shapes_yaml = YAML::Dump(root["shapes"]);
      return file;
    }
    for (const auto& entry : root) {
      SKYDEN_RETURN_IF_ERROR(ReadKey(entry.first.as<std::string>(), entry.second, file.type));
    }
    TypeDescriptor& type = file.type;
    if (!root["scope"]) return BadKey("scope", "missing");
    if (!root["display"]) return BadKey("display", "missing");
    type.include_in_federation = type.GlobalToZone() && !type.read_only;
    return file;
  } catch (const std::exception& e) {
    return absl::InvalidArgumentError(e.what());
  }
}

absl::Status InFile(std::string_view file, const absl::Status& why) {
  return absl::InvalidArgumentError(fmt::format(
      "type description {}: {}", file, std::string(why.message().data(), why.message().size())));
}

}  // namespace

absl::StatusOr<TypeRegistry> TypeRegistry::Assemble(std::vector<TypeDescriptor> types) {
  TypeRegistry registry;
  registry.types_ = std::move(types);
  std::sort(registry.types_.begin(), registry.types_.end(),
            [](const TypeDescriptor& a, const TypeDescriptor& b) { return a.name < b.name; });
  for (size_t i = 0; i < registry.types_.size(); ++i) {
    TypeDescriptor& type = registry.types_[i];
    type.id = static_cast<TypeId>(i);
    if (i > 0 && registry.types_[i - 1].name == type.name) {
      return InFile(type.name, BadKey("type", "described twice"));
    }
    for (const std::string& path : {type.path, type.alternative_path}) {
      if (!path.empty()) registry.by_path_.emplace_back(path, type.id);
    }
    if (!type.short_name.empty()) registry.by_short_name_.emplace_back(type.short_name, type.id);
  }
  for (Index* index : {&registry.by_path_, &registry.by_short_name_}) {
    std::sort(index->begin(), index->end());
    for (size_t i = 1; i < index->size(); ++i) {
      if ((*index)[i - 1].first != (*index)[i].first) continue;
      return InFile(registry.at((*index)[i].second).name,
                    BadKey((*index)[i].first, "belongs to two types"));
    }
  }
  return registry;
}

absl::StatusOr<TypeRegistry> TypeRegistry::LoadEmbedded() {
  std::vector<TypeDescriptor> types;
  std::string shapes;
  for (const EmbeddedFile& embedded : EmbeddedTypeFiles()) {
    auto file = Parse(std::string(embedded.text));
    if (!file.ok()) return InFile(embedded.name, file.status());
    if (!file->shapes_yaml.empty()) {
      shapes += file->shapes_yaml + "\n";
    } else {
      types.push_back(std::move(file->type));
    }
  }
  SKYDEN_ASSIGN_OR_RETURN(TypeRegistry registry, Assemble(std::move(types)));
  registry.shared_shapes_yaml_ = std::move(shapes);
  return registry;
}

absl::StatusOr<TypeRegistry> TypeRegistry::Load(const std::vector<std::string>& yaml_files) {
  std::vector<TypeDescriptor> types;
  std::string shapes;
  for (size_t i = 0; i < yaml_files.size(); ++i) {
    auto file = Parse(yaml_files[i]);
    if (!file.ok()) return InFile(fmt::format("number {}", i + 1), file.status());
    if (!file->shapes_yaml.empty()) {
      shapes += file->shapes_yaml + "\n";
    } else {
      types.push_back(std::move(file->type));
    }
  }
  SKYDEN_ASSIGN_OR_RETURN(TypeRegistry registry, Assemble(std::move(types)));
  registry.shared_shapes_yaml_ = std::move(shapes);
  return registry;
}

const TypeDescriptor* TypeRegistry::Find(const Index& index, std::string_view text) const {
  const auto it =
      std::lower_bound(index.begin(), index.end(), text,
                       [](const auto& entry, std::string_view t) { return entry.first < t; });
  if (it == index.end() || it->first != text) return nullptr;
  return &at(it->second);
}

const TypeDescriptor* TypeRegistry::FindByName(std::string_view name) const {
  const auto it = std::lower_bound(
      types_.begin(), types_.end(), name,
      [](const TypeDescriptor& type, std::string_view n) { return type.name < n; });
  return it == types_.end() || it->name != name ? nullptr : &*it;
}

const TypeDescriptor* TypeRegistry::FindByPath(std::string_view path) const {
  return Find(by_path_, path);
}

const TypeDescriptor* TypeRegistry::FindByShortName(std::string_view short_name) const {
  return Find(by_short_name_, short_name);
}

}  // namespace skyden::model
