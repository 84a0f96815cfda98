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
#include "skyden/model/kuma_version.h"
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
  bool unlisted = false;     // Kuma itself does not know it: /_resources says nothing of it
  bool label_names = false;  // what people write of it is named by an RFC 1035 label

  // Which way it travels between a global and its zones.
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
  // Its place among the policies that apply to a proxy, as they are matched and listed. Every
  // targetRef policy has one of its own.
  std::optional<int> matching_order;
  bool include_in_federation = false;  // as /_resources prints it

  // The program has code that checks what a spec means; ResourceCodec::Create sees that it does.
  bool has_rules = false;

  // The text of the schema part of its file, for the schema engine in resources/.
  std::string schema_yaml;
  // Of a protobuf type: the only members of a body that are read; without them all.
  std::optional<std::vector<std::string>> members_read;

  bool GlobalToZone() const { return provided_by_global && consumed_by_zone; }
  // Zones get something of it: from the global, or from one another by way of it.
  bool IsSentToZones() const { return GlobalToZone() || synced_across_zones; }
  bool ZoneToGlobal() const { return provided_by_zone && consumed_by_global; }
  // A global refuses REST writes of it (405).
  bool ReadOnlyAtGlobal() const { return read_only || !provided_by_global; }
};

// The types of one version of Kuma, as they are there. Immutable, thread-safe, as old as the
// registry. A descriptor has the id of the registry's own of that name, and an address of its own:
// types are told apart by the registry's, or by id.
class VersionTypes {
 public:
  // nullptr: there is no such type in this version.
  const TypeDescriptor* Find(TypeId id) const { return by_id_[static_cast<size_t>(id)]; }
  bool Has(TypeId id) const { return Find(id) != nullptr; }
  // Sorted by name.
  const std::vector<TypeDescriptor>& all() const { return types_; }
  const std::string& shared_shapes_yaml() const { return shared_shapes_yaml_; }

 private:
  friend class TypeRegistry;
  std::vector<TypeDescriptor> types_;
  std::vector<const TypeDescriptor*> by_id_;
  std::string shared_shapes_yaml_;
};

// The types that the program itself writes or looks at. None is null in a registry of the embedded
// files: the program cannot do without.
struct CoreTypes {
  const TypeDescriptor* config = nullptr;
  const TypeDescriptor* dataplane = nullptr;
  const TypeDescriptor* external_service = nullptr;
  const TypeDescriptor* global_secret = nullptr;
  const TypeDescriptor* hostname_generator = nullptr;
  const TypeDescriptor* mesh = nullptr;
  const TypeDescriptor* mesh_gateway = nullptr;
  const TypeDescriptor* mesh_http_route = nullptr;
  const TypeDescriptor* mesh_identity = nullptr;
  const TypeDescriptor* mesh_insight = nullptr;
  const TypeDescriptor* mesh_service = nullptr;
  const TypeDescriptor* rate_limit = nullptr;
  const TypeDescriptor* secret = nullptr;
  const TypeDescriptor* service_insight = nullptr;
  const TypeDescriptor* traffic_log = nullptr;
  const TypeDescriptor* traffic_route = nullptr;
  const TypeDescriptor* traffic_trace = nullptr;
  const TypeDescriptor* zone = nullptr;
  const TypeDescriptor* zone_insight = nullptr;
};

// Immutable, thread-safe. Outlives everything that holds a TypeId or descriptor. May be moved,
// which leaves the descriptors where they are.
class TypeRegistry {
 public:
  TypeRegistry(TypeRegistry&&) = default;
  TypeRegistry& operator=(TypeRegistry&&) = default;

  // Reads the files compiled into the binary. An error names the file and key.
  static absl::StatusOr<TypeRegistry> LoadEmbedded();
  // `yaml_files`: one text per type, as in schema/resources/.
  // A text without a `type` holds shapes that all types share.
  static absl::StatusOr<TypeRegistry> Load(const std::vector<std::string>& yaml_files);

  // Every type that some version has, as Kuma 2 has it, or as the only version that has it does.
  const TypeDescriptor& at(TypeId id) const { return types_[static_cast<size_t>(id)]; }
  const TypeDescriptor* FindByName(std::string_view name) const;
  const TypeDescriptor* FindByShortName(std::string_view short_name) const;
  // The types that code knows by name.
  const CoreTypes& core() const { return core_; }
  // Sorted by name; TypeId is the index.
  const std::vector<TypeDescriptor>& all() const { return types_; }
  size_t size() const { return types_.size(); }
  // What one version has of them, and how.
  const VersionTypes& In(KumaVersion version) const { return versions_[version]; }
  // The shapes that the schema parts of several types refer to, for the schema engine.
  const std::string& shared_shapes_yaml() const {
    return In(KumaVersion::kTwo).shared_shapes_yaml();
  }

 private:
  TypeRegistry() = default;
  struct File {
    std::string name;
    std::string text;
  };
  static absl::StatusOr<TypeRegistry> Assemble(const std::vector<File>& files);

  std::vector<TypeDescriptor> types_;
  ByVersion<VersionTypes> versions_;
  std::vector<std::pair<std::string, TypeId>> by_short_name_;  // sorted by the text
  CoreTypes core_;
};

}  // namespace skyden::model
