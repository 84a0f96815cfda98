// SPDX-License-Identifier: Apache-2.0
#include "kds/ingest.h"

#include <algorithm>
#include <set>
#include <utility>

#include "fmt/format.h"
#include "kds/names.h"
#include "kds/wire.h"
#include "skyden/base/json_text.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/base/utf8.h"
#include "skyden/model/kuma_labels.h"
#include "skyden/resources/new_zone.h"

namespace skyden::kds {
namespace {

namespace limits = base::limits;

bool IsNameCharacter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' ||
         c == '_' || c == '.';
}

bool IsName(std::string_view name) {
  return !name.empty() && name.size() <= limits::kNameBytes &&
         std::all_of(name.begin(), name.end(), IsNameCharacter);
}

// A dot would make the name of what is removed ambiguous.
bool IsMesh(const model::TypeDescriptor& type, std::string_view mesh) {
  if (type.scope == model::ResourceScope::kGlobal) return mesh.empty();
  return IsName(mesh) && mesh.find('.') == std::string_view::npos;
}

absl::Status ReadLabels(const SentResource& sent, const std::string& zone, model::Labels& labels) {
  if (sent.labels.size() > limits::kLabels) {
    return absl::InvalidArgumentError(fmt::format("more than {} labels", limits::kLabels));
  }
  for (const auto& [key, value] : sent.labels) {
    if (key.size() > limits::kZoneLabelBytes || value.size() > limits::kZoneLabelBytes ||
        !base::IsValidUtf8(key) || !base::IsValidUtf8(value)) {
      return absl::InvalidArgumentError("a label is too long or not text");
    }
    labels.insert_or_assign(std::string(key), std::string(value));
  }
  // Whatever it says: it came over this zone's connection.
  labels.insert_or_assign(model::kOriginLabel, model::kOriginZone);
  labels.insert_or_assign(model::kZoneLabel, zone);
  return absl::OkStatus();
}

// Follows the first field that holds bytes, down. Only asked of what did not decode.
bool ProtobufIsTooDeep(std::string_view message) {
  for (int depth = 0; depth <= limits::kProtobufDepth; ++depth) {
    std::string_view inner;
    wire::Reader reader(message);
    wire::Field field;
    while (inner.empty() && reader.Next(field)) inner = field.bytes;
    if (inner.empty()) return false;
    message = inner;
  }
  return true;
}

absl::StatusOr<model::Resource> DecodeOne(const IngestContext& context,
                                          const model::TypeDescriptor& type,
                                          const SentResource& sent) {
  if (!IsName(sent.name)) return absl::InvalidArgumentError("its name is not a name");
  if (!IsMesh(type, sent.mesh)) return absl::InvalidArgumentError("its mesh is not a mesh's name");
  if (sent.spec.size() > limits::kSpecBytes) {
    return absl::InvalidArgumentError(fmt::format("spec is over {} bytes", limits::kSpecBytes));
  }
  model::Resource resource;
  SKYDEN_RETURN_IF_ERROR(ReadLabels(sent, context.zone, resource.labels));
  SKYDEN_ASSIGN_OR_RETURN(
      resources::DecodedZoneResource decoded,
      context.codec.DecodeZone(type, sent.spec_type_url, sent.spec, sent.status));
  SKYDEN_ASSIGN_OR_RETURN(resource.spec, PinZone(type, std::move(decoded.spec), context.zone));
  resource.type = type.id;
  resource.status = std::move(decoded.status);
  resource.zone = context.zone;
  return resource;
}

model::ResourceKey KeyOf(const IngestContext& context, std::string_view name,
                         std::string_view mesh) {
  return {std::string(mesh),
          context.prefix_names ? fmt::format("{}.{}", context.zone, name) : std::string(name)};
}

std::string Describe(const model::TypeDescriptor& type, std::string_view name,
                     std::string_view mesh, std::string_view reason) {
  return fmt::format("user error\n{} \"{}\"{}{}: {}", type.name, name,
                     mesh.empty() ? "" : " in mesh ", mesh, reason);
}

std::string ReasonOf(const absl::Status& status) {
  std::string reason(base::ToStd(status.message()));
  for (const base::FieldViolation& violation : base::ViolationsOf(status)) {
    reason += fmt::format("; {}: {}", violation.field, violation.reason);
  }
  return reason;
}

bool IsStored(const std::optional<model::Resource>& stored, const model::Resource& wanted) {
  return stored.has_value() && stored->zone == wanted.zone && stored->spec == wanted.spec &&
         stored->status == wanted.status && stored->labels == wanted.labels;
}

using Keys = std::set<model::ResourceKey>;

// What `batch` says is there, whether it was taken or not.
Keys NamedIn(const IngestBatch& batch) {
  Keys keys(batch.rejected.begin(), batch.rejected.end());
  for (const model::Resource& resource : batch.upserts) keys.insert(resource.key);
  return keys;
}

// What of the stored is no longer in the zone.
absl::StatusOr<std::vector<model::ResourceKey>> Gone(store::ReadTx& tx, const IngestBatch& batch,
                                                     const std::string& zone) {
  std::vector<model::ResourceKey> gone;
  const Keys named = NamedIn(batch);
  if (batch.complete) {
    SKYDEN_ASSIGN_OR_RETURN(auto stored,
                            tx.ListResourcesOfZone(batch.type->id, model::ZoneName(zone)));
    for (model::Resource& resource : stored) {
      if (!named.contains(resource.key)) gone.push_back(std::move(resource.key));
    }
    return gone;
  }
  for (const model::ResourceKey& key : batch.removed) {
    if (named.contains(key)) continue;  // both removed and sent: it changed
    SKYDEN_ASSIGN_OR_RETURN(auto stored, tx.FindResource(batch.type->id, key));
    if (stored.has_value() && stored->zone == zone) gone.push_back(key);
  }
  return gone;
}

absl::Status EnsureZone(store::WriteTx& tx, const std::string& zone, const model::CoreTypes& types,
                        absl::Time now) {
  SKYDEN_ASSIGN_OR_RETURN(const bool exists, tx.HasResource(types.zone->id, {"", zone}));
  if (exists) return absl::OkStatus();
  model::Resource created = resources::NewZone(types, zone, now);
  return tx.PutResource(created);
}

}  // namespace

absl::StatusOr<IngestBatch> DecodeBatch(const IngestContext& context,
                                        const model::TypeDescriptor& type, bool complete,
                                        const DeltaResponse& response) {
  IngestBatch batch;
  batch.type = &type;
  batch.nonce = response.nonce;
  batch.complete = complete;
  for (const SentResource& sent : response.resources) {
    const bool is_json = type.encoding == model::SpecEncoding::kJson;
    if ((is_json && base::JsonIsDeeperThan(sent.spec, limits::kJsonDepth)) ||
        base::JsonIsDeeperThan(sent.status, limits::kJsonDepth)) {
      return absl::InvalidArgumentError("a resource is nested too deep");
    }
    auto resource = DecodeOne(context, type, sent);
    model::ResourceKey key = KeyOf(context, sent.name, sent.mesh);
    if (!resource.ok()) {
      if (!is_json && ProtobufIsTooDeep(sent.spec)) {
        return absl::InvalidArgumentError("a resource is nested too deep");
      }
      batch.errors.push_back(Describe(type, sent.name, sent.mesh, ReasonOf(resource.status())));
      batch.rejected.push_back(std::move(key));
      continue;
    }
    resource->key = std::move(key);
    batch.bytes += resource->spec.size() + resource->status.size();
    batch.upserts.push_back(*std::move(resource));
  }
  for (const std::string_view removed : response.removed) {
    std::string_view name, mesh;
    if (SplitResourceName(removed, name, mesh)) {
      batch.removed.push_back(KeyOf(context, name, mesh));
    }
  }
  return batch;
}

absl::StatusOr<bool> BatchChangesSomething(store::ReadTx& tx, const IngestBatch& batch,
                                           const std::string& zone) {
  SKYDEN_ASSIGN_OR_RETURN(const auto gone, Gone(tx, batch, zone));
  if (!gone.empty()) return true;
  for (const model::Resource& wanted : batch.upserts) {
    SKYDEN_ASSIGN_OR_RETURN(const auto stored, tx.FindResource(wanted.type, wanted.key));
    if (!IsStored(stored, wanted)) return true;
  }
  return false;
}

void PlanBatch(const IngestBatch& batch, const std::string& zone, const model::CoreTypes& types,
               store::WritePlan& plan) {
  if (batch.complete) plan.ResourcesOfZone(batch.type->id, model::ZoneName(zone));
  for (const model::ResourceKey& key : batch.removed) plan.Resource(batch.type->id, key);
  if (!batch.upserts.empty()) plan.Resource(types.zone->id, {"", zone});
  for (const model::Resource& wanted : batch.upserts) plan.Resource(wanted.type, wanted.key);
}

absl::Status ApplyBatch(store::WriteTx& tx, const IngestBatch& batch, const std::string& zone,
                        const model::CoreTypes& types, absl::Time now,
                        std::vector<std::string>& conflicts) {
  SKYDEN_ASSIGN_OR_RETURN(const auto gone, Gone(tx, batch, zone));
  if (!batch.upserts.empty()) SKYDEN_RETURN_IF_ERROR(EnsureZone(tx, zone, types, now));
  for (const model::Resource& wanted : batch.upserts) {
    SKYDEN_ASSIGN_OR_RETURN(auto stored, tx.FindResource(wanted.type, wanted.key));
    if (IsStored(stored, wanted)) continue;
    if (stored.has_value() && stored->zone != zone) {
      conflicts.push_back(Describe(*batch.type, wanted.key.name, wanted.key.mesh,
                                   "resource already exists and is not this zone's"));
      continue;
    }
    model::Resource resource = wanted;
    resource.creation_time = stored.has_value() ? stored->creation_time : now;
    resource.modification_time = now;
    SKYDEN_RETURN_IF_ERROR(tx.PutResource(resource));
  }
  for (const model::ResourceKey& key : gone) {
    SKYDEN_RETURN_IF_ERROR(tx.DeleteResource(batch.type->id, key));
  }
  return absl::OkStatus();
}

}  // namespace skyden::kds
