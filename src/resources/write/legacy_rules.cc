// SPDX-License-Identifier: Apache-2.0
#include "resources/write/legacy_rules.h"

#include <fmt/format.h>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "kuma/mesh/v1alpha1/outside.pb.h"
#include "kuma/mesh/v1alpha1/resilience.pb.h"
#include "skyden/model/kuma_labels.h"
#include "skyden/telemetry/log.h"

namespace skyden::resources {
namespace {

using kuma::mesh::v1alpha1::ExternalService;
using kuma::mesh::v1alpha1::RateLimit;
using Violations = std::vector<base::FieldViolation>;

constexpr std::string_view kAny = "*";

// What is stored and does not decode says nothing against the policy that is put.
template <class Message>
Message Parse(const model::ResourceKey& key, std::string_view spec) {
  Message message;
  if (!message.ParseFromArray(spec.data(), static_cast<int>(spec.size()))) {
    telemetry::Log(telemetry::Level::error, "a stored policy does not decode",
                   {{"mesh", key.mesh}, {"name", key.name}});
    message.Clear();
  }
  return message;
}

// Whether a destination selects one of the services `is_external` knows, by more than its name.
bool MixesTags(const kuma::mesh::v1alpha1::Selector& destination,
               absl::FunctionRef<bool(const std::string&)> is_external) {
  const auto service = destination.match().find(model::kServiceTag);
  if (service == destination.match().end()) return false;
  const bool external = service->second == kAny || is_external(service->second);
  return external && destination.match().size() > 1;
}

std::string ServiceOf(const ExternalService& service) {
  const auto tag = service.tags().find(model::kServiceTag);
  return tag == service.tags().end() ? std::string() : tag->second;
}

}  // namespace

absl::StatusOr<Violations> CheckRateLimit(store::ReadTx& tx, model::TypeId external_service,
                                          const std::string& mesh, std::string_view spec) {
  SKYDEN_ASSIGN_OR_RETURN(const auto stored, tx.ListResources(external_service, mesh));
  if (stored.empty()) return Violations();
  absl::flat_hash_set<std::string> services;
  for (const model::Resource& resource : stored) {
    services.insert(ServiceOf(Parse<ExternalService>(resource.key, resource.spec)));
  }
  const auto limit = Parse<RateLimit>({mesh, ""}, spec);
  Violations violations;
  for (const auto& destination : limit.destinations()) {
    if (MixesTags(destination, [&](const std::string& name) { return services.contains(name); })) {
      violations.push_back({"ratelimit",
                            "RateLimit applied to external service only supports kuma.io/service "
                            "as destination match"});
    }
  }
  return violations;
}

absl::StatusOr<Violations> CheckExternalService(store::ReadTx& tx, model::TypeId rate_limit,
                                                const std::string& mesh, std::string_view spec) {
  SKYDEN_ASSIGN_OR_RETURN(const auto stored, tx.ListResources(rate_limit, mesh));
  if (stored.empty()) return Violations();
  const std::string own = ServiceOf(Parse<ExternalService>({mesh, ""}, spec));
  Violations violations;
  for (const model::Resource& resource : stored) {
    const auto limit = Parse<RateLimit>(resource.key, resource.spec);
    for (const auto& destination : limit.destinations()) {
      if (!MixesTags(destination, [&](const std::string& name) { return name == own; })) continue;
      violations.push_back(
          {"externalservice",
           fmt::format("ExternalService would match RateLimit '{}' which includes incompatible "
                       "destination matches",
                       resource.key.name)});
    }
  }
  return violations;
}

}  // namespace skyden::resources
