// SPDX-License-Identifier: Apache-2.0
// What a document is, and whether it is taken at all:
//   computed here (insights), or of a type without a path    skipped
//   only zones make it, and it does not say which did        skipped: a zone reports it again
//   made by a zone (kuma.io/origin: zone)                    kept as that zone's, who replaces it
//   anything else                                            as a client's PUT would
//   `delete: true`                                           as a client's DELETE would
#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <set>
#include <utility>

#include "absl/container/flat_hash_set.h"
#include "absl/hash/hash.h"
#include "resources/go/json.h"
#include "resources/go/text.h"
#include "resources/json/value.h"
#include "resources/transfer/import.h"
#include "resources/transfer/import_errors.h"
#include "resources/write/secret_spec.h"
#include "skyden/base/limits.h"
#include "skyden/base/rfc3339.h"
#include "skyden/base/status.h"
#include "skyden/model/kuma_labels.h"
#include "skyden/resources/access.h"
#include "skyden/resources/labels.h"

namespace skyden::resources {
namespace {

using Item = PreparedImport::Item;

constexpr std::string_view kDefaultMesh = "default";
constexpr std::string_view kZeroTime = "0001-01-01T00:00:00Z";

absl::Status Violation(std::string_view field, std::string reason) {
  return base::WithViolations(absl::InvalidArgumentError("the resource is not valid"),
                              {{std::string(field), std::move(reason)}});
}

// Commercial builds of Kuma have types that say who may write. Here roles of accounts do.
std::string_view NoType(std::string_view type_name) {
  if (type_name == "AccessRole" || type_name == "AccessRoleBinding") {
    return "is no type of resource here: accounts and teams hold roles; \"skyden role import\" "
           "makes some of these";
  }
  return "is no type of resource";
}

std::string TextOf(const go_json::Members& members, std::string_view name) {
  const auto found = members.find(name);
  if (found == members.end() || go_json::KindOf(found->second) != "string") return "";
  return go_json::StringOf(found->second).value_or("");
}

bool IsMissing(const go_json::Members& members, std::string_view name) {
  const auto found = members.find(name);
  return found == members.end() || go_json::IsNull(found->second);
}

absl::Status ReadTime(const go_json::Members& members, std::string_view name,
                      std::optional<absl::Time>& out) {
  const std::string text = TextOf(members, name);
  if (text.empty() || text == kZeroTime) return absl::OkStatus();
  const auto time = base::ParseRfc3339(text);
  // What fits into 64 bits of nanoseconds.
  if (!time.ok() || *time < absl::UnixEpoch() || *time > absl::FromUnixSeconds(9'000'000'000)) {
    return Violation(name, "must be a time from 1970 on, like 2026-01-02T15:04:05Z");
  }
  out = *time;
  return absl::OkStatus();
}

std::string Sorted(std::string_view json) {
  auto document = json::Document::Parse(json);
  std::string sorted;
  if (document.ok()) json::AppendValue(document->root(), sorted);
  return sorted;
}

// Says of each what becomes of its mesh. Returns the documents that delete meshes, by these.
std::map<std::string, size_t, std::less<>> Relate(PreparedImport& import, const CoreTypes& types) {
  std::set<std::string, std::less<>> brought;
  std::map<std::string, size_t, std::less<>> deleted;
  for (const Item& item : import.items) {
    if (item.type != types.mesh) continue;
    if (item.deletes) {
      deleted.emplace(item.resource.key.name, item.document);
    } else {
      brought.insert(item.resource.key.name);
    }
  }
  for (Item& item : import.items) {
    item.brings_mesh = brought.contains(item.resource.key.mesh);
    item.mesh_goes = deleted.contains(item.resource.key.mesh);
  }
  return deleted;
}

// Meshes are checked against the secrets of their authorities, secrets against the meshes that use
// them; a mesh takes with it what is in it.
void Sort(PreparedImport& import, const CoreTypes& types) {
  const auto rank = [&types](const Item& item) {
    if (item.deletes) return item.type == types.mesh ? 5 : item.type == types.secret ? 4 : 3;
    return item.type == types.secret ? 0 : item.type == types.mesh ? 1 : 2;
  };
  std::stable_sort(import.items.begin(), import.items.end(),
                   [&](const Item& a, const Item& b) { return rank(a) < rank(b); });
}

class Preparer {
 public:
  Preparer(const model::TenantScope& scope, const model::TypeRegistry& registry,
           const ResourceCodec& codec, const CoreTypes& types, absl::Time now,
           std::optional<DesiredState> desired)
      : scope_(scope),
        registry_(registry),
        codec_(codec.In(scope.version())),
        types_(types),
        now_(now) {
    import_.desired = std::move(desired);
  }

  void Add(const ImportItem& from) {
    Item& item = import_.items.emplace_back();
    item.document = from.document;
    const absl::Status status = Read(from, item);
    if (status.ok()) return;
    errors_.Add(where_, status);
    const auto known = item.type == nullptr ? seen_.end() : seen_.find(&item);
    if (known != seen_.end() && *known == &item) seen_.erase(known);
    import_.items.pop_back();
  }

  // What has no document is deleted.
  void AddRest(const std::vector<OwnedResource>& owned) {
    for (const OwnedResource& one : owned) {
      Item item;
      item.type = one.type;
      item.resource.type = one.type->id;
      item.resource.key = one.key;
      if (seen_.contains(&item)) continue;
      if (!one.reason_to_stay.empty()) {
        errors_.Add(NameOfDocument(0, one.type->name, one.key.mesh, one.key.name),
                    absl::InvalidArgumentError(one.reason_to_stay));
        continue;
      }
      item.deletes = true;
      item.resource.modification_time = now_;
      import_.items.push_back(std::move(item));
    }
  }

  absl::StatusOr<PreparedImport> Take(size_t count) {
    RelateToMeshes();
    if (!errors_.empty()) return errors_.Take(count);
    seen_.clear();  // sorting moves the items
    Sort(import_, types_);
    return std::move(import_);
  }

 private:
  absl::Status Read(const ImportItem& from, Item& item) {
    where_ = NameOfDocument(from.document, "", "", "");
    if (go_json::KindOf(from.body) != "object") {
      return absl::InvalidArgumentError(
          go_json::KindOf(from.body) == "array"
              ? "is a list; let every resource be a document of its own, with --- between them"
              : "is not a resource: not a mapping of names to values");
    }
    SKYDEN_ASSIGN_OR_RETURN(const go_json::Members members, go_json::MembersOf(from.body));
    const std::string type_name = TextOf(members, "type");
    std::string mesh = TextOf(members, "mesh");
    const std::string name = TextOf(members, "name");
    where_ = NameOfDocument(from.document, type_name, mesh, name);
    if (type_name.empty()) {
      if (members.contains("apiVersion")) {
        return absl::InvalidArgumentError(
            "is in Kubernetes format; export it with --format universal");
      }
      return Violation("type", "cannot be empty");
    }
    const model::TypeDescriptor* type = registry_.FindByName(type_name);
    if (type == nullptr) return Violation("type", std::string(NoType(type_name)));
    if (!registry_.In(scope_.version()).Has(type->id)) {
      return Violation("type",
                       fmt::format("is no type of resource in a control plane of version {}",
                                   model::NameOf(scope_.version())));
    }
    item.type = type;
    // The shape of a policy says which mesh it is in when it does not.
    if (type->encoding == model::SpecEncoding::kJson && IsMissing(members, "mesh")) {
      mesh = kDefaultMesh;
    }
    item.resource.key = {type->scope == model::ResourceScope::kMesh ? mesh : "", name};
    SKYDEN_RETURN_IF_ERROR(CheckTwice(item));
    if (!IsMissing(members, "delete")) return ReadDeletion(members, item);
    return Decode(from, members, item);
  }

  absl::Status ReadDeletion(const go_json::Members& members, Item& item) const {
    const model::TypeDescriptor& type = *item.type;
    if (type.read_only || type.path.empty()) {
      return Violation("type", "the control plane makes and deletes it itself");
    }
    if (type.ReadOnlyAtGlobal()) return Violation("type", "a zone makes and deletes it");
    SKYDEN_RETURN_IF_ERROR(CheckMayDelete(scope_, types_, type, item.resource.key));
    std::vector<base::FieldViolation> wrong;
    if (members.find("delete")->second != "true") {
      wrong.push_back({"delete", "must be true where it is there"});
    }
    for (const auto& [name, value] : members) {
      if (name == "type" || name == "mesh" || name == "name" || name == "delete") continue;
      wrong.push_back({std::string(name), "must not be there beside delete"});
    }
    const model::ResourceKey& key = item.resource.key;
    if (key.name.empty()) wrong.push_back({"name", "cannot be empty"});
    if (type.scope == model::ResourceScope::kMesh && key.mesh.empty()) {
      wrong.push_back({"mesh", "cannot be empty"});
    }
    if (!wrong.empty()) {
      return base::WithViolations(absl::InvalidArgumentError("the document is not valid"), wrong);
    }
    item.deletes = true;
    item.resource.type = type.id;
    item.resource.modification_time = now_;
    return absl::OkStatus();
  }

  // What the stream does with the mesh of each.
  void RelateToMeshes() {
    const auto deleted = Relate(import_, types_);
    for (const Item& item : import_.items) {
      const bool written = !item.deletes && item.outcome != ImportLine::Outcome::kSkipped;
      if (!item.mesh_goes || !written) continue;
      const model::ResourceKey& key = item.resource.key;
      const size_t document = deleted.find(key.mesh)->second;
      errors_.Add(NameOfDocument(item.document, item.type->name, key.mesh, key.name),
                  absl::InvalidArgumentError(
                      document == 0 ? "its mesh has no document any more, and would be deleted"
                                    : fmt::format("its mesh is deleted by document {}", document)));
    }
  }

  absl::Status CheckTwice(const Item& item) {
    const auto [place, is_new] = seen_.insert(&item);
    if (is_new) return absl::OkStatus();
    return absl::InvalidArgumentError(
        fmt::format("comes twice: document {} is the same resource", (*place)->document));
  }

  absl::Status Decode(const ImportItem& from, const go_json::Members& members, Item& item) {
    const model::TypeDescriptor& type = *item.type;
    if (type.read_only || type.path.empty()) return Skip(item, "the control plane makes it itself");
    PreparedPut put = PreparePut(scope_, codec_, types_, {&type, item.resource.key, from.body},
                                 now_, labels::Writer::kImport);
    SKYDEN_RETURN_IF_ERROR(put.refusal);
    if (&type != types_.mesh && !put.violations.empty()) {
      return base::WithViolations(absl::InvalidArgumentError("the resource is not valid"),
                                  put.violations);
    }
    item.resource = std::move(put.resource);
    for (const std::string& path : put.dropped) {
      put.warnings.push_back(fmt::format("unknown field {}, left out", GoQuote(path)));
    }
    if (!put.warnings.empty()) item.MakeRare().warnings = std::move(put.warnings);
    if (&type == types_.mesh) {
      item.MakeRare().authorities = std::move(put.authorities);
      item.MakeRare().violations = std::move(put.violations);
    }
    model::Resource& resource = item.resource;
    const bool from_zone =
        model::LabelOf(resource.labels, model::kOriginLabel) == model::kOriginZone;
    if (from_zone) {
      if (import_.desired.has_value()) return Skip(item, "a zone made it");
      SKYDEN_RETURN_IF_ERROR(CheckFromZone(type, resource.labels));
      resource.zone = model::LabelOf(resource.labels, model::kZoneLabel);
    } else if (type.ReadOnlyAtGlobal()) {
      return Skip(item, "a zone makes it, and reports it when it connects");
    }
    KeepLabelsOf(members, from_zone, item);
    if (import_.desired.has_value()) {
      if (import_.desired->owner.empty()) return absl::OkStatus();
      resource.labels[std::string(kOwnerLabel)] = import_.desired->owner;
      return absl::OkStatus();
    }
    SKYDEN_RETURN_IF_ERROR(ReadTime(members, "creationTime", item.created));
    SKYDEN_RETURN_IF_ERROR(ReadTime(members, "modificationTime", item.modified));
    return ReadStatus(members, item);
  }

  static absl::Status Skip(Item& item, std::string reason) {
    item.outcome = ImportLine::Outcome::kSkipped;
    item.MakeRare().reason = std::move(reason);
    return absl::OkStatus();
  }

  static absl::Status CheckFromZone(const model::TypeDescriptor& type,
                                    const model::Labels& labels) {
    if (!type.ZoneToGlobal()) {
      return Violation(fmt::format("labels[\"{}\"]", model::kOriginLabel),
                       fmt::format("no zone makes a resource of type {}", type.name));
    }
    if (model::LabelOf(labels, model::kZoneLabel).empty()) {
      return Violation(fmt::format("labels[\"{}\"]", model::kZoneLabel),
                       "must name the zone that it comes from");
    }
    return absl::OkStatus();
  }

  // Whose labels are not computed here: a secret that came with its mesh has no label of it, which
  // is how it is told apart, and a zone labels what it makes.
  void KeepLabelsOf(const go_json::Members& members, bool from_zone, Item& item) const {
    model::Resource& resource = item.resource;
    const auto labels = members.find("labels");
    if (labels != members.end()) {
      const auto written = go_json::MembersOf(labels->second);
      if (written.ok() && written->contains(model::kMeshLabel)) return;
    }
    const bool made = item.type == types_.secret && IsNamedAsMade(resource.key);
    if (from_zone || made) resource.labels.erase(std::string(model::kMeshLabel));
  }

  absl::Status ReadStatus(const go_json::Members& members, Item& item) const {
    const model::TypeDescriptor& type = *item.type;
    const auto found = members.find("status");
    if (!type.has_status || found == members.end() || go_json::IsNull(found->second)) {
      return absl::OkStatus();
    }
    SKYDEN_ASSIGN_OR_RETURN(DecodedZoneResource decoded,
                            codec_.DecodeZone(type, "", "", found->second));
    // What is shown when there is none must not become one.
    model::Resource bare;
    bare.type = type.id;
    const std::string shown = codec_.RenderUniversal(bare);
    SKYDEN_ASSIGN_OR_RETURN(const go_json::Members none, go_json::MembersOf(shown));
    const auto empty = none.find("status");
    if (empty != none.end() && Sorted(empty->second) == Sorted(decoded.status)) {
      return absl::OkStatus();
    }
    item.resource.status = std::move(decoded.status);
    return absl::OkStatus();
  }

  const model::TenantScope& scope_;
  const model::TypeRegistry& registry_;
  const ResourceCodec& codec_;
  const CoreTypes& types_;
  const absl::Time now_;
  PreparedImport import_;
  ImportErrors errors_;
  std::string where_;  // of the item that is being read
  // The items so far, told apart by what they are called.
  struct NameHash {
    size_t operator()(const Item* item) const {
      const model::ResourceKey& key = item->resource.key;
      return absl::HashOf(item->type->id, key.mesh, key.name);
    }
  };
  struct SameName {
    bool operator()(const Item* a, const Item* b) const {
      return a == b || (a->type == b->type && a->resource.key == b->resource.key);
    }
  };
  absl::flat_hash_set<const Item*, NameHash, SameName> seen_;
};

}  // namespace

void PutInOrder(PreparedImport& import, const CoreTypes& types) {
  Relate(import, types);
  Sort(import, types);
}

absl::StatusOr<PreparedImport> PrepareImport(const model::TenantScope& scope,
                                             const model::TypeRegistry& registry,
                                             const ResourceCodec& codec, const CoreTypes& types,
                                             std::vector<ImportItem>& items, absl::Time now,
                                             std::optional<DesiredState> desired,
                                             const std::vector<OwnedResource>& owned) {
  Preparer preparer(scope, registry, codec, types, now, std::move(desired));
  for (ImportItem& item : items) {
    preparer.Add(item);
    item.body = std::string();
  }
  preparer.AddRest(owned);
  return preparer.Take(items.size());
}

}  // namespace skyden::resources
