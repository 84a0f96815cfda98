// SPDX-License-Identifier: Apache-2.0
// What is known of each Kuma resource type, read from the embedded files of schema/resources/.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/model/resource.h"

namespace skyden::model {

enum class ResourceScope { kGlobal, kMesh };

// How KumaResource.spec is filled: raw JSON text with an empty type_url, or a protobuf message.
enum class SpecEncoding { kJson, kProtobuf };

// Immutable. One per type; its address is stable for the life of the registry.
struct TypeDescriptor {
  TypeId id{};
  std::string name;              // "MeshTimeout": also the KDS type_url
  std::string path;              // "meshtimeouts"; empty when the type has no REST path
  std::string alternative_path;  // "global-secrets"; usually empty
  std::string short_name;        // "mt"; empty when the type has no KRI
  std::string singular_display_name;
  std::string plural_display_name;
  ResourceScope scope = ResourceScope::kMesh;
  SpecEncoding encoding = SpecEncoding::kJson;
  std::string protobuf_message;  // "kuma.mesh.v1alpha1.Mesh"; protobuf types only
  bool has_status = false;
  bool read_only = false;   // managed by the system everywhere
  bool admin_only = false;  // Secret, GlobalSecret
  bool is_secret = false;   // the spec is sealed at rest
  bool experimental = false;

  // KDS flags (kds.md 5.1).
  bool provided_by_global = false;
  bool provided_by_zone = false;
  bool consumed_by_global = false;
  bool consumed_by_zone = false;
  bool synced_across_zones = false;
  bool skip_kds_hash = false;

  // Policies.
  bool is_policy = false;
  bool is_target_ref_policy = false;
  bool has_to_target_ref = false;
  bool has_from_target_ref = false;
  bool has_rules_target_ref = false;
  bool is_from_as_rules = false;
  bool include_in_federation = false;  // as /_resources prints it

  // The text of the schema part of its file, for the schema engine in resources/.
  std::string schema_yaml;

  bool GlobalToZone() const { return provided_by_global && consumed_by_zone; }
  bool ZoneToGlobal() const { return provided_by_zone && consumed_by_global; }
  // A global refuses REST writes of it (405).
  bool ReadOnlyAtGlobal() const { return read_only || !provided_by_global; }
};

// Immutable, thread-safe. Outlives everything that holds a TypeId or descriptor.
class TypeRegistry {
 public:
  // Reads the files compiled into the binary. An error names the file and key.
  static absl::StatusOr<TypeRegistry> LoadEmbedded();
  // `yaml_files`: one text per type, as in schema/resources/.
  // A text without a `type` holds shapes that all types share.
  static absl::StatusOr<TypeRegistry> Load(const std::vector<std::string>& yaml_files);

  const TypeDescriptor& at(TypeId id) const { return types_[static_cast<size_t>(id)]; }
  const TypeDescriptor* FindByName(std::string_view name) const;
  const TypeDescriptor* FindByPath(std::string_view path) const;  // alternative paths too
  const TypeDescriptor* FindByShortName(std::string_view short_name) const;
  // Sorted by name; TypeId is the index.
  const std::vector<TypeDescriptor>& all() const { return types_; }
  size_t size() const { return types_.size(); }
  // The shapes that the schema parts of several types refer to, for the schema engine.
  const std::string& shared_shapes_yaml() const { return shared_shapes_yaml_; }

 private:
  using Index = std::vector<std::pair<std::string, TypeId>>;  // sorted by the text
  static absl::StatusOr<TypeRegistry> Assemble(std::vector<TypeDescriptor> types);
  const TypeDescriptor* Find(const Index& index, std::string_view text) const;

  std::vector<TypeDescriptor> types_;
  std::string shared_shapes_yaml_;
  Index by_path_;
  Index by_short_name_;
};

}  // namespace skyden::model
