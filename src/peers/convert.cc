// SPDX-License-Identifier: Apache-2.0
#include "peers/convert.h"

#include <string>

#include "skyden/base/status.h"
#include "skyden/base/strings.h"

namespace skyden::peers {

int64_t ToNanos(absl::Time time) { return absl::ToUnixNanos(time); }
absl::Time FromNanos(int64_t nanos) { return absl::FromUnixNanos(nanos); }

pb::Scope ToMessage(const model::TenantScope& scope) {
  pb::Scope message;
  message.set_control_plane(scope.control_plane().str());
  message.set_organization(static_cast<int64_t>(scope.organization()));
  message.set_tenant(static_cast<int64_t>(scope.tenant()));
  return message;
}

pb::Failure ToFailure(const absl::Status& status) {
  pb::Failure failure;
  failure.set_code(static_cast<int32_t>(status.code()));
  failure.set_message(std::string(base::ToStd(status.message())));
  failure.set_title(base::TitleOf(status));
  return failure;
}

absl::Status FromFailure(const pb::Failure& failure) {
  const auto code = static_cast<absl::StatusCode>(failure.code());
  absl::Status status(code == absl::StatusCode::kOk ? absl::StatusCode::kInternal : code,
                      failure.message());
  return failure.title().empty() ? status : base::WithTitle(std::move(status), failure.title());
}

pb::AskZoneRequest ToMessage(const model::TenantScope& scope, const kds::ZoneRequest& request) {
  using Kind = kds::ZoneRequest::Kind;
  pb::AskZoneRequest message;
  *message.mutable_scope() = ToMessage(scope);
  message.set_kind(request.kind == Kind::kConfigDump ? pb::AskZoneRequest::CONFIG_DUMP
                   : request.kind == Kind::kStats    ? pb::AskZoneRequest::STATS
                                                     : pb::AskZoneRequest::CLUSTERS);
  message.set_zone_name(request.zone_name);
  message.set_resource_type(request.resource_type);
  message.set_resource_name(request.resource_name);
  message.set_resource_mesh(request.resource_mesh);
  message.set_include_eds(request.include_eds);
  message.set_json(request.json);
  message.set_used_only(request.used_only);
  return message;
}

kds::ZoneRequest FromMessage(const pb::AskZoneRequest& request) {
  using Kind = kds::ZoneRequest::Kind;
  kds::ZoneRequest asked;
  asked.kind = request.kind() == pb::AskZoneRequest::CONFIG_DUMP ? Kind::kConfigDump
               : request.kind() == pb::AskZoneRequest::STATS     ? Kind::kStats
                                                                 : Kind::kClusters;
  asked.zone_name = request.zone_name();
  asked.resource_type = request.resource_type();
  asked.resource_name = request.resource_name();
  asked.resource_mesh = request.resource_mesh();
  asked.include_eds = request.include_eds();
  asked.json = request.json();
  asked.used_only = request.used_only();
  return asked;
}

pb::ListRejectedResponse ToMessage(const std::vector<kds::RejectedConnection>& rejected) {
  pb::ListRejectedResponse message;
  for (const kds::RejectedConnection& one : rejected) {
    auto& added = *message.add_connections();
    added.set_at_ns(ToNanos(one.at));
    added.set_peer(one.peer);
    added.set_peer_ip(one.peer_ip);
    added.set_zone_name(one.zone_name);
    added.set_reason(one.reason);
    added.set_advice(one.advice);
    added.set_control_plane(one.control_plane.str());
    added.set_organization(static_cast<int64_t>(one.organization));
    added.set_tenant(static_cast<int64_t>(one.tenant));
  }
  return message;
}

std::vector<kds::RejectedConnection> FromMessage(const pb::ListRejectedResponse& response) {
  std::vector<kds::RejectedConnection> rejected;
  for (const auto& one : response.connections()) {
    kds::RejectedConnection& added = rejected.emplace_back();
    added.at = FromNanos(one.at_ns());
    added.peer = one.peer();
    added.peer_ip = one.peer_ip();
    added.zone_name = one.zone_name();
    added.reason = one.reason();
    added.advice = one.advice();
    added.control_plane = model::ControlPlaneId(one.control_plane());
    added.organization = static_cast<model::OrganizationKey>(one.organization());
    added.tenant = static_cast<model::TenantKey>(one.tenant());
  }
  return rejected;
}

pb::ResourceRef ToRef(const model::TypeRegistry& registry, model::TypeId type,
                      const model::ResourceKey& key) {
  pb::ResourceRef message;
  message.set_type(registry.at(type).name);
  message.set_mesh(key.mesh);
  message.set_name(key.name);
  return message;
}

std::optional<model::TypeId> TypeOf(const model::TypeRegistry& registry, std::string_view name) {
  const model::TypeDescriptor* const type = registry.FindByName(name);
  return type == nullptr ? std::nullopt : std::optional(type->id);
}

pb::WithheldType ToMessage(const model::TypeRegistry& registry, const kds::WithheldType& withheld) {
  pb::WithheldType message;
  message.set_zone_name(withheld.zone_name);
  message.set_type(registry.at(withheld.type).name);
  message.set_bytes(withheld.bytes);
  message.set_bytes_max(withheld.bytes_max);
  message.set_since_ns(ToNanos(withheld.since));
  return message;
}

std::optional<kds::WithheldType> FromMessage(const model::TypeRegistry& registry,
                                             const pb::WithheldType& withheld) {
  const auto type = TypeOf(registry, withheld.type());
  if (!type.has_value()) return std::nullopt;
  return kds::WithheldType{withheld.zone_name(), *type, withheld.bytes(), withheld.bytes_max(),
                           FromNanos(withheld.since_ns())};
}

pb::ListVerdictsResponse ToMessage(const model::TypeRegistry& registry,
                                   const std::vector<kds::RefusedResource>& refused,
                                   const std::vector<kds::WithheldType>& withheld) {
  pb::ListVerdictsResponse message;
  for (const kds::RefusedResource& one : refused) {
    auto& added = *message.add_refused();
    added.set_zone_name(one.zone_name);
    added.set_zone_version(one.zone_version);
    added.set_zone_online(one.zone_online);
    *added.mutable_resource() = ToRef(registry, one.type, one.key);
    added.set_reason(one.reason);
    added.set_since_ns(ToNanos(one.since));
  }
  for (const kds::WithheldType& one : withheld) *message.add_withheld() = ToMessage(registry, one);
  return message;
}

std::vector<kds::RefusedResource> RefusedIn(const model::TypeRegistry& registry,
                                            const pb::ListVerdictsResponse& response) {
  std::vector<kds::RefusedResource> refused;
  for (const auto& one : response.refused()) {
    const auto type = TypeOf(registry, one.resource().type());
    if (!type.has_value()) continue;
    refused.push_back({one.zone_name(),
                       one.zone_version(),
                       one.zone_online(),
                       *type,
                       {one.resource().mesh(), one.resource().name()},
                       one.reason(),
                       FromNanos(one.since_ns())});
  }
  return refused;
}

std::vector<kds::WithheldType> WithheldIn(const model::TypeRegistry& registry,
                                          const pb::ListVerdictsResponse& response) {
  std::vector<kds::WithheldType> withheld;
  for (const auto& one : response.withheld()) {
    if (auto read = FromMessage(registry, one)) withheld.push_back(*std::move(read));
  }
  return withheld;
}

}  // namespace skyden::peers
