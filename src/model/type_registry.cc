// SPDX-License-Identifier: Apache-2.0
// A type description is a YAML map. Its keys:
//
//   type: MeshTimeout               the name, also the KDS type_url
//   path: meshtimeouts              REST path; absent: no REST path
//   alternative_path, short_name
//   display: [singular, plural]
//   scope: mesh | global
//   protobuf: full.message.Name     absent: the spec is JSON
//   status, read_only, admin_only, secret, experimental, skip_kds_hash, label_names,
//   unlisted: true
//   kds: [global_to_zone, zone_to_global, provided_by_global, provided_by_zone,
//         consumed_by_global, consumed_by_zone, synced_across_zones]
//   policy: [target_ref, to, from, rules, from_as_rules]     absent: not a policy
//   matching_order: 100             of a targetRef policy: where it stands among the others
//   rules: checked | none           whether there is code that checks the meaning of a spec
//   schema: ...                     read by the schema engine of resources/
//   members_read: [a, b]            of a protobuf type: all that is read of a body; absent: all of
//   it versions: [v2, v3]              the versions of Kuma that have it; absent: all of them v3:
//   {schema: ..., policy: ...}  what is different in that version (model/version_overlay.h)
//
// A file without `type` holds `shapes`, which the schemas of all types may name, and those of them
// that are different in a version (`v3: {...}`).
#include "skyden/model/type_registry.h"

#include <fmt/format.h>
#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <array>
#include <exception>

#include "model/embedded_types.h"
#include "model/version_overlay.h"
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
    Flag{"label_names", &TypeDescriptor::label_names},
    Flag{"unlisted", &TypeDescriptor::unlisted},
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
  } else if (key == "matching_order") {
    type.matching_order = value.as<int>();
  } else if (key == "rules") {
    const auto rules = value.as<std::string>();
    if (rules != "checked" && rules != "none") return BadKey(key, "takes checked or none");
    type.has_rules = rules == "checked";
  } else if (key == "schema") {
    type.schema_yaml = YAML::Dump(value);
  } else if (key == "members_read") {
    type.members_read = value.as<std::vector<std::string>>();
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
  ByVersion<std::optional<TypeDescriptor>> types;  // those that have it
  ByVersion<std::string> shapes_yaml;              // set instead by a file of shared shapes

  bool IsType() const {
    return std::any_of(types.of.begin(), types.of.end(),
                       [](const auto& one) { return one.has_value(); });
  }
};

absl::StatusOr<TypeDescriptor> ParseType(const YAML::Node& description) {
  TypeDescriptor type;
  for (const auto& entry : description) {
    SKYDEN_RETURN_IF_ERROR(ReadKey(entry.first.as<std::string>(), entry.second, type));
  }
  for (const char* key : {"scope", "display", "rules"}) {
    if (!description[key]) return BadKey(key, "missing");
  }
  if (type.is_target_ref_policy != type.matching_order.has_value()) {
    return BadKey("matching_order", "stands in targetRef policies, and in all of them");
  }
  type.include_in_federation = type.GlobalToZone() && !type.read_only;
  return type;
}

// Whether a description is of what `version` has.
absl::StatusOr<bool> IsIn(const YAML::Node& versions, KumaVersion version) {
  if (!versions) return true;
  bool found = false;
  for (const auto& node : versions) {
    const auto named = ParseKumaVersion(node.as<std::string>());
    if (!named)
      return BadKey("versions", fmt::format("\"{}\" is not known", node.as<std::string>()));
    found = found || named == version;
  }
  return found;
}

absl::StatusOr<ParsedFile> Parse(const std::string& text) {
  try {
    const YAML::Node root = YAML::Load(text);
    if (!root.IsMap()) return absl::InvalidArgumentError("not a map");
    if (!root["type"] && !root["shapes"]) return BadKey("type", "missing");
    YAML::Node common(YAML::NodeType::Map);
    for (const auto& entry : root) {
      const auto key = entry.first.as<std::string>();
      if (key != "versions" && !ParseKumaVersion(key)) common[key] = entry.second;
    }
    ParsedFile file;
    for (const KumaVersion version : kKumaVersions) {
      const YAML::Node part = root[std::string(NameOf(version))];
      if (!root["type"]) {
        file.shapes_yaml[version] =
            YAML::Dump(part ? MergeShapes(root["shapes"], part) : root["shapes"]);
        continue;
      }
      SKYDEN_ASSIGN_OR_RETURN(const bool is_in, IsIn(root["versions"], version));
      if (!is_in) continue;
      SKYDEN_ASSIGN_OR_RETURN(file.types[version],
                              ParseType(part ? Overlay(common, part) : common));
    }
    if (root["type"] && !file.IsType()) return BadKey("versions", "names none");
    return file;
  } catch (const std::exception& e) {
    return absl::InvalidArgumentError(e.what());
  }
}

absl::Status InFile(std::string_view file, const absl::Status& why) {
  return absl::InvalidArgumentError(fmt::format(
      "type description {}: {}", file, std::string(why.message().data(), why.message().size())));
}

// Texts of which each belongs to one type.
class Unique {
 public:
  explicit Unique(const std::vector<TypeDescriptor>& types) : types_(types) {}
  void Add(std::string text, TypeId of) {
    if (!text.empty()) owners_.emplace_back(std::move(text), of);
  }
  absl::Status Check() {
    std::sort(owners_.begin(), owners_.end());
    for (size_t i = 1; i < owners_.size(); ++i) {
      const auto& [text, of] = owners_[i];
      if (owners_[i - 1].first != text) continue;
      return InFile(types_[static_cast<size_t>(of)].name, BadKey(text, "belongs to two types"));
    }
    return absl::OkStatus();
  }
  std::vector<std::pair<std::string, TypeId>> Take() { return std::move(owners_); }

 private:
  const std::vector<TypeDescriptor>& types_;
  std::vector<std::pair<std::string, TypeId>> owners_;
};

struct CoreType {
  std::string_view name;
  const TypeDescriptor* CoreTypes::*member;
};
constexpr std::array kCoreTypes = {
    CoreType{"Config", &CoreTypes::config},
    CoreType{"Dataplane", &CoreTypes::dataplane},
    CoreType{"ExternalService", &CoreTypes::external_service},
    CoreType{"GlobalSecret", &CoreTypes::global_secret},
    CoreType{"HostnameGenerator", &CoreTypes::hostname_generator},
    CoreType{"Mesh", &CoreTypes::mesh},
    CoreType{"MeshGateway", &CoreTypes::mesh_gateway},
    CoreType{"MeshHTTPRoute", &CoreTypes::mesh_http_route},
    CoreType{"MeshIdentity", &CoreTypes::mesh_identity},
    CoreType{"MeshInsight", &CoreTypes::mesh_insight},
    CoreType{"MeshService", &CoreTypes::mesh_service},
    CoreType{"RateLimit", &CoreTypes::rate_limit},
    CoreType{"Secret", &CoreTypes::secret},
    CoreType{"ServiceInsight", &CoreTypes::service_insight},
    CoreType{"TrafficLog", &CoreTypes::traffic_log},
    CoreType{"TrafficRoute", &CoreTypes::traffic_route},
    CoreType{"TrafficTrace", &CoreTypes::traffic_trace},
    CoreType{"Zone", &CoreTypes::zone},
    CoreType{"ZoneInsight", &CoreTypes::zone_insight},
};
static_assert(sizeof(CoreTypes) == kCoreTypes.size() * sizeof(const TypeDescriptor*));

}  // namespace

absl::StatusOr<TypeRegistry> TypeRegistry::Assemble(const std::vector<File>& files) {
  TypeRegistry registry;
  for (const File& described : files) {
    auto file = Parse(described.text);
    if (!file.ok()) return InFile(described.name, file.status());
    const TypeDescriptor* whole = nullptr;
    for (const KumaVersion version : kKumaVersions) {
      VersionTypes& types = registry.versions_[version];
      if (!file->shapes_yaml[version].empty()) {
        types.shared_shapes_yaml_ += file->shapes_yaml[version] + "\n";
      }
      if (!file->types[version]) continue;
      if (whole == nullptr) whole = &*file->types[version];
      types.types_.push_back(*file->types[version]);
    }
    if (whole != nullptr) registry.types_.push_back(*whole);
  }
  const auto by_name = [](const TypeDescriptor& a, const TypeDescriptor& b) {
    return a.name < b.name;
  };
  std::sort(registry.types_.begin(), registry.types_.end(), by_name);
  Unique paths(registry.types_);
  Unique short_names(registry.types_);
  Unique places(registry.types_);
  for (size_t i = 0; i < registry.types_.size(); ++i) {
    TypeDescriptor& type = registry.types_[i];
    type.id = static_cast<TypeId>(i);
    if (i > 0 && registry.types_[i - 1].name == type.name) {
      return InFile(type.name, BadKey("type", "described twice"));
    }
    paths.Add(type.path, type.id);
    paths.Add(type.alternative_path, type.id);
    short_names.Add(type.short_name, type.id);
    if (type.matching_order)
      places.Add(fmt::format("matching_order {}", *type.matching_order), type.id);
  }
  for (Unique* unique : {&paths, &short_names, &places}) SKYDEN_RETURN_IF_ERROR(unique->Check());
  for (VersionTypes& version : registry.versions_.of) {
    std::sort(version.types_.begin(), version.types_.end(), by_name);
    version.by_id_.resize(registry.types_.size(), nullptr);
    for (TypeDescriptor& type : version.types_) {
      type.id = registry.FindByName(type.name)->id;
      version.by_id_[static_cast<size_t>(type.id)] = &type;
    }
  }
  registry.by_short_name_ = short_names.Take();
  for (const CoreType& core : kCoreTypes) {
    registry.core_.*core.member = registry.FindByName(core.name);
  }
  return registry;
}

absl::StatusOr<TypeRegistry> TypeRegistry::LoadEmbedded() {
  std::vector<File> files;
  for (const EmbeddedFile& embedded : EmbeddedTypeFiles()) {
    files.push_back({std::string(embedded.name), std::string(embedded.text)});
  }
  SKYDEN_ASSIGN_OR_RETURN(TypeRegistry registry, Assemble(files));
  for (const CoreType& core : kCoreTypes) {
    if (registry.core_.*core.member != nullptr) continue;
    return absl::InvalidArgumentError(fmt::format("no type description for {}", core.name));
  }
  return registry;
}

absl::StatusOr<TypeRegistry> TypeRegistry::Load(const std::vector<std::string>& yaml_files) {
  std::vector<File> files;
  for (size_t i = 0; i < yaml_files.size(); ++i) {
    files.push_back({fmt::format("number {}", i + 1), yaml_files[i]});
  }
  return Assemble(files);
}

const TypeDescriptor* TypeRegistry::FindByName(std::string_view name) const {
  const auto it = std::lower_bound(
      types_.begin(), types_.end(), name,
      [](const TypeDescriptor& type, std::string_view n) { return type.name < n; });
  return it == types_.end() || it->name != name ? nullptr : &*it;
}

const TypeDescriptor* TypeRegistry::FindByShortName(std::string_view short_name) const {
  const auto it =
      std::lower_bound(by_short_name_.begin(), by_short_name_.end(), short_name,
                       [](const auto& entry, std::string_view t) { return entry.first < t; });
  return it == by_short_name_.end() || it->first != short_name ? nullptr : &at(it->second);
}

}  // namespace skyden::model
