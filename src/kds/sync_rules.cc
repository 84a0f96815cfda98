// SPDX-License-Identifier: Apache-2.0
#include "kds/sync_rules.h"

#include <algorithm>
#include <array>

#include "fmt/format.h"
#include "kds/json_scan.h"
#include "kds/messages.h"
#include "kds/policy_role.h"
#include "kds/wire.h"
#include "skyden/base/crypto.h"
#include "skyden/model/kuma_labels.h"
#include "skyden/model/kuma_names.h"

namespace skyden::kds {
namespace {

// Secrets of the control plane itself.
constexpr std::array<std::string_view, 4> kPrivateSecrets = {
    model::kEnvoyAdminCa, model::kAdminUserToken, model::kInterCpCa, model::kUserTokenRevocations};

bool IsJsonPolicy(const model::TypeDescriptor& type) {
  return type.is_policy && type.encoding == model::SpecEncoding::kJson;
}

bool IsInternal(const model::TypeDescriptor& type, const model::Resource& resource) {
  const std::string& name = resource.key.name;
  if (type.name == "Config") return name != model::kClusterIdConfig;
  if (type.name != "GlobalSecret") return false;
  return name.starts_with(model::kUserTokenSigningKey) ||
         std::find(kPrivateSecrets.begin(), kPrivateSecrets.end(), name) != kPrivateSecrets.end();
}

bool IsZoneSigningKey(const model::TypeDescriptor& type, const model::Resource& resource) {
  return type.name == "GlobalSecret" && resource.key.name.starts_with(model::kZoneTokenSigningKey);
}

// Zones that do not know an omitted top-level targetRef would read it as something else.
bool CanRead(const model::TypeDescriptor& type, const model::Resource& resource,
             Features features) {
  if (IsJsonPolicy(type) && (features & kOptionalTargetRef) == 0) {
    const auto target = JsonMember(resource.spec, "targetRef");
    if (!target.has_value() || *target == "null") return false;
  }
  if (type.name == "HostnameGenerator" && (features & kMultiZoneSelector) == 0) {
    const auto selector = JsonPath(resource.spec, {"selector", "meshMultiZoneService"});
    if (selector.has_value() && *selector != "null") return false;
  }
  return true;
}

std::string SigningPublicKeyName(std::string_view name) {
  std::string out(name);
  size_t at = 0;
  while ((at = out.find(model::kZoneTokenSigningKey, at)) != std::string::npos) {
    out.replace(at, model::kZoneTokenSigningKey.size(), model::kZoneTokenSigningPublicKey);
    at += model::kZoneTokenSigningPublicKey.size();
  }
  return out;
}

// Only the name part of SentName.
std::string SentNamePart(const model::TypeDescriptor& type, const model::Resource& resource,
                         Features features, Part part) {
  if (IsZoneSigningKey(type, resource)) return SigningPublicKeyName(resource.key.name);
  if (type.skip_kds_hash || (features & kHashSuffix) == 0) return resource.key.name;
  // No mesh is called that.
  const std::string place = part == Part::kTwin ? resource.key.mesh + "/twin" : resource.key.mesh;
  return HashedName(place, DisplayNameOf(resource.labels, resource.key.name), resource.labels);
}

void AppendLabel(std::string& out, std::string_view key, std::string_view value) {
  wire::AppendBytesHeader(out, 6,
                          wire::BytesFieldSize(key.size()) + wire::BytesFieldSize(value.size()));
  wire::AppendBytes(out, 1, key);
  wire::AppendBytes(out, 2, value);
}

std::string Meta(const model::Resource& resource, std::string_view name) {
  std::string meta;
  wire::AppendBytes(meta, 1, name);
  if (!resource.key.mesh.empty()) wire::AppendBytes(meta, 2, resource.key.mesh);
  bool has_display_name = false;
  for (const auto& [key, value] : resource.labels) {
    if (key == model::kOriginLabel) continue;
    if (key == model::kDisplayNameLabel) {
      if (value.empty()) continue;
      has_display_name = true;
    }
    AppendLabel(meta, key, value);
  }
  // A resource that gets another name keeps the one that people know.
  if (!has_display_name && name != resource.key.name) {
    AppendLabel(meta, model::kDisplayNameLabel, resource.key.name);
  }
  AppendLabel(meta, model::kOriginLabel, model::kOriginGlobal);
  return meta;
}

// kuma.system.v1alpha1.Secret { BytesValue data = 1 { bytes value = 1 } }
std::optional<std::string> PublicKeySpec(std::string_view spec) {
  const std::string_view key = wire::FindBytes(wire::FindBytes(spec, 1), 1);
  const auto public_key = base::RsaPublicKeyPem(key);
  if (!public_key.ok()) return std::nullopt;
  std::string data, out;
  wire::AppendBytes(data, 1, *public_key);
  wire::AppendBytes(out, 1, data);
  return out;
}

}  // namespace

Features RelevantFeatures(const model::TypeDescriptor& type) {
  Features features = type.skip_kds_hash ? Features{0} : kHashSuffix;
  if (IsJsonPolicy(type)) features |= kProducerPolicies | kOptionalTargetRef | kThirdGeneration;
  if (type.name == "HostnameGenerator") features |= kMultiZoneSelector;
  return features;
}

resources::Generation GenerationOf(Features features) {
  return (features & kThirdGeneration) != 0 ? resources::Generation::kThree
                                            : resources::Generation::kTwo;
}

std::optional<Audience> AudienceOf(const model::TypeDescriptor& type,
                                   const model::Resource& resource, Features features,
                                   const ZoneSet& disabled) {
  if (model::LabelOf(resource.labels, model::kSyncLabel) == "disabled") return std::nullopt;
  if (IsInternal(type, resource)) return std::nullopt;
  const std::string_view origin = model::LabelOf(resource.labels, model::kOriginLabel);
  const bool is_global =
      resource.labels.count(model::kOriginLabel) == 0 || origin == model::kOriginGlobal;
  if (is_global) {
    if (!type.GlobalToZone() || !CanRead(type, resource, features)) return std::nullopt;
    return Audience{};
  }
  if (!type.synced_across_zones) return std::nullopt;
  Audience audience{ZoneOf(resource.labels, resource.key.name), {}};
  if (IsJsonPolicy(type)) {
    if ((features & kProducerPolicies) == 0 || !CanRead(type, resource, features)) {
      return std::nullopt;
    }
    if (!IsProducerPolicy(resource)) return std::nullopt;
    audience.only = TargetedZone(resource.spec);
  }
  if (disabled.contains(audience.owner)) return std::nullopt;
  return audience;
}

std::string SentName(const model::TypeDescriptor& type, const model::Resource& resource,
                     Features features, Part part) {
  return fmt::format("{}.{}", SentNamePart(type, resource, features, part), resource.key.mesh);
}

bool AppendResource(const model::TypeDescriptor& type, const model::Resource& resource,
                    Features features, std::string& out, Part part) {
  std::optional<std::string> public_key;
  std::string_view spec = resource.spec;
  if (IsZoneSigningKey(type, resource)) {
    public_key = PublicKeySpec(resource.spec);
    if (!public_key.has_value()) return false;
    spec = *public_key;
  }
  const bool is_json = type.encoding == model::SpecEncoding::kJson;
  if (is_json && spec.empty()) spec = "{}";  // a spec is never empty: zones read it blindly
  const std::string name = SentNamePart(type, resource, features, part);
  const std::string meta = Meta(resource, name);

  std::string any;  // of the spec
  if (!is_json) wire::AppendBytes(any, 1, "type.googleapis.com/" + type.protobuf_message);
  if (!spec.empty()) wire::AppendBytes(any, 2, spec);

  std::string kuma_resource;
  kuma_resource.reserve(meta.size() + any.size() + 32);
  wire::AppendBytes(kuma_resource, 1, meta);
  wire::AppendBytes(kuma_resource, 2, any);
  // The zone keeps a status of its own: an empty one goes out, as a message with `{}` as value.
  if (type.has_status) wire::AppendBytes(kuma_resource, 3, std::string_view("\x12\x02{}", 4));

  const std::string version = std::to_string(resource.revision);
  const std::string full_name = fmt::format("{}.{}", name, resource.key.mesh);
  const size_t any_size =
      wire::BytesFieldSize(kKumaResourceUrl.size()) + wire::BytesFieldSize(kuma_resource.size());
  wire::AppendBytesHeader(out, 2,
                          wire::BytesFieldSize(version.size()) + wire::BytesFieldSize(any_size) +
                              wire::BytesFieldSize(full_name.size()));
  wire::AppendBytes(out, 1, version);
  wire::AppendBytesHeader(out, 2, any_size);
  wire::AppendBytes(out, 1, kKumaResourceUrl);
  wire::AppendBytes(out, 2, kuma_resource);
  wire::AppendBytes(out, 3, full_name);
  return true;
}

bool LooksTheSame(const model::Resource& a, const model::Resource& b) {
  return a.spec == b.spec && a.labels == b.labels;
}

bool ZoneIsEnabled(std::string_view spec) {
  bool enabled = true;
  wire::Reader reader(spec);
  wire::Field field;
  while (reader.Next(field)) {
    if (!field.IsBytes(1)) continue;
    enabled = false;  // BoolValue: absent value means false
    wire::Reader value(field.bytes);
    wire::Field flag;
    while (value.Next(flag)) {
      if (flag.number == 1 && flag.type == wire::Field::Type::kVarint) enabled = flag.varint != 0;
    }
  }
  return enabled;
}

}  // namespace skyden::kds
