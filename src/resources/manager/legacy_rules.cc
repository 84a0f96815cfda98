// SPDX-License-Identifier: Apache-2.0
#include "resources/manager/legacy_rules.h"

#include <fmt/format.h>

#include "absl/container/flat_hash_set.h"
#include "absl/functional/function_ref.h"
#include "kuma/mesh/v1alpha1/outside.pb.h"
#include "kuma/mesh/v1alpha1/resilience.pb.h"

namespace skyden::resources {
namespace {

using kuma::mesh::v1alpha1::ExternalService;
using kuma::mesh::v1alpha1::RateLimit;
using Violations = std::vector<base::FieldViolation>;

constexpr char kServiceTag[] = "kuma.io/service";
constexpr std::string_view kAny = "*";

template <class Message>
absl::StatusOr<Message> Parse(std::string_view spec) {
  Message message;
  if (!message.ParseFromArray(spec.data(), static_cast<int>(spec.size()))) {
    return absl::DataLossError("a stored policy does not decode");
  }
  return message;
}

// Whether a destination selects one of the services `is_external` knows, by more than its name.
bool MixesTags(const kuma::mesh::v1alpha1::Selector& destination,
               absl::FunctionRef<bool(const std::string&)> is_external) {
  const auto service = destination.match().find(kServiceTag);
  if (service == destination.match().end()) return false;
  const bool external = service->second == kAny || is_external(service->second);
  return external && destination.match().size() > 1;
}

std::string ServiceOf(const ExternalService& service) {
  const auto tag = service.tags().find(kServiceTag);
  return tag == service.tags().end() ? std::string() : tag->second;
}

}  // namespace

absl::StatusOr<Violations> CheckRateLimit(store::ReadTx& tx, model::TypeId external_service,
                                          const std::string& mesh, std::string_view spec) {
  SKYDEN_ASSIGN_OR_RETURN(const auto stored, tx.ListResources(external_service, mesh));
  if (stored.empty()) return Violations();
  absl::flat_hash_set<std::string> services;
  for (const model::Resource& resource : stored) {
    SKYDEN_ASSIGN_OR_RETURN(const auto service, Parse<ExternalService>(resource.spec));
    services.insert(ServiceOf(service));
  }
  SKYDEN_ASSIGN_OR_RETURN(const auto limit, Parse<RateLimit>(spec));
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
  SKYDEN_ASSIGN_OR_RETURN(const auto service, Parse<ExternalService>(spec));
  const std::string own = ServiceOf(service);
  Violations violations;
  for (const model::Resource& resource : stored) {
    SKYDEN_ASSIGN_OR_RETURN(const auto limit, Parse<RateLimit>(resource.spec));
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
