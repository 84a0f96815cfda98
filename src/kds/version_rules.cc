// SPDX-License-Identifier: Apache-2.0
// Kuma 3 checks a resource that comes from the global as it checks one of its own, after dropping
// the members that it does not know: `from`, and all of a targetRef but kind, labels, sectionName.
#include "kds/version_rules.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <vector>

#include "fmt/format.h"
#include "kds/json_scan.h"
#include "kds/names.h"

namespace skyden::kds {
namespace {

using model::Resource;
using model::TypeDescriptor;
using resources::Generation;

template <size_t n>
bool IsOneOf(std::string_view text, const std::array<std::string_view, n>& list) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

bool IsNewPolicy(const TypeDescriptor& type) {
  return type.is_policy && type.encoding == model::SpecEncoding::kJson;
}

// The member's text, or nullopt when there is none or it is null.
std::optional<std::string_view> Member(std::string_view object, std::string_view key) {
  const auto value = JsonMember(object, key);
  return value == "null" ? std::nullopt : value;
}

std::string Kind(std::string_view target_ref) {
  const auto kind = Member(target_ref, "kind");
  return kind.has_value() ? JsonString(*kind).value_or("") : "";
}

// Calls `fn` with each element of a list that may not be there.
void ForEach(std::string_view object, std::string_view key,
             absl::FunctionRef<void(std::string_view)> fn) {
  const auto list = Member(object, key);
  if (list.has_value()) JsonElements(*list, fn);
}

bool IsEmpty(std::string_view object, std::string_view key) {
  bool empty = true;
  ForEach(object, key, [&empty](std::string_view) { empty = false; });
  return empty;
}

// An object without members counts as none.
bool HasMembers(std::string_view object, std::string_view key) {
  const auto value = Member(object, key);
  return value.has_value() && value->find('"') != std::string_view::npos;
}

std::string TopTargetRef(const TypeDescriptor& type, const Resource& resource) {
  if (!IsNewPolicy(type)) return {};
  const auto target_ref = Member(resource.spec, "targetRef");
  if (!target_ref.has_value()) return {};
  const std::string kind = Kind(*target_ref);
  if (kind.empty() || kind == "Mesh" || kind == "Dataplane") return {};
  return fmt::format("its targetRef is of kind {}: select proxies by kind Dataplane with labels",
                     kind);
}

// The only part of the policy that these zones read is missing.
std::string NothingLeft(const TypeDescriptor& type, const Resource& resource) {
  constexpr std::array<std::string_view, 4> kToOrRules = {"MeshTimeout", "MeshCircuitBreaker",
                                                          "MeshRateLimit", "MeshAccessLog"};
  const bool no_rules = IsEmpty(resource.spec, "rules");
  if (type.name == "MeshTrafficPermission" && no_rules) return "they do not read from: use rules";
  if (IsOneOf(type.name, kToOrRules) && no_rules && IsEmpty(resource.spec, "to")) {
    return "they do not read from: use rules";
  }
  return {};
}

// Why a reference to a service in `to` or backendRefs does not hold.
std::string ReferenceFault(std::string_view ref, std::string_view where) {
  constexpr std::array<std::string_view, 4> kByLabels = {"MeshService", "MeshExternalService",
                                                         "MeshMultiZoneService", "MeshHTTPRoute"};
  constexpr std::array<std::string_view, 3> kGone = {"MeshSubset", "MeshServiceSubset",
                                                     "MeshGateway"};
  const std::string kind = Kind(ref);
  if (IsOneOf(kind, kGone)) return fmt::format("{} is of kind {}, which they lack", where, kind);
  if (IsOneOf(kind, kByLabels) && !HasMembers(ref, "labels")) {
    return fmt::format("{} names a {}: select it by labels, e.g. kuma.io/display-name", where,
                       kind);
  }
  return {};
}

std::string Destinations(const TypeDescriptor& type, const Resource& resource) {
  if (!IsNewPolicy(type)) return {};
  std::string why;
  const auto take = [&why](std::string fault) {
    if (why.empty()) why = std::move(fault);
  };
  ForEach(resource.spec, "to", [&](std::string_view to) {
    if (const auto ref = Member(to, "targetRef")) take(ReferenceFault(*ref, "a targetRef in to"));
    ForEach(to, "rules", [&](std::string_view rule) {
      const auto conf = Member(rule, "default");
      if (!conf.has_value()) return;
      ForEach(*conf, "backendRefs",
              [&](std::string_view ref) { take(ReferenceFault(ref, "a backendRef")); });
    });
  });
  return why;
}

bool HasOldOpenTelemetry(std::string_view conf) {
  bool old = false;
  ForEach(conf, "backends", [&old](std::string_view backend) {
    const auto telemetry = Member(backend, "openTelemetry");
    old = old || (telemetry.has_value() && !Member(*telemetry, "backendRef").has_value());
  });
  return old;
}

std::string OpenTelemetry(const TypeDescriptor& type, const Resource& resource) {
  bool old = false;
  const auto look = [&old](std::string_view object) {
    if (const auto conf = Member(object, "default")) old = old || HasOldOpenTelemetry(*conf);
  };
  if (type.name == "MeshTrace" || type.name == "MeshMetric") look(resource.spec);
  if (type.name == "MeshAccessLog") {
    ForEach(resource.spec, "to", look);
    ForEach(resource.spec, "rules", look);
  }
  return old ? "its openTelemetry has no backendRef: make a MeshOpenTelemetryBackend and refer to "
               "it"
             : "";
}

std::string ExternalTls(const TypeDescriptor& type, const Resource& resource) {
  if (type.name != "MeshExternalService") return {};
  const auto verification = JsonPath(resource.spec, {"tls", "verification"});
  if (!verification.has_value()) return {};
  for (const std::string_view key : {"caCert", "clientCert", "clientKey"}) {
    const auto source = Member(*verification, key);
    if (source.has_value() && !Member(*source, "type").has_value()) {
      return fmt::format("tls.verification.{} has no type: write {{type: Secret, secretRef: ...}}",
                         key);
    }
  }
  return {};
}

bool IsDnsLabel(std::string_view name) {
  const auto is_lower = [](char c) { return c >= 'a' && c <= 'z'; };
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  return !name.empty() && name.size() <= 63 && is_lower(name.front()) && name.back() != '-' &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return is_lower(c) || is_digit(c) || c == '-'; });
}

std::string Name(const TypeDescriptor& type, const Resource& resource) {
  constexpr std::array<std::string_view, 4> kDnsLabels = {
      "Mesh", "MeshService", "MeshExternalService", "MeshMultiZoneService"};
  if (!IsOneOf(type.name, kDnsLabels)) return {};
  if (IsDnsLabel(DisplayNameOf(resource.labels, resource.key.name))) return {};
  return "its name is no DNS label (letters, digits and dashes, a letter first, at most 63)";
}

// Of zones of Kuma 3.
constexpr std::array kRules = {TopTargetRef,  NothingLeft, Destinations,
                               OpenTelemetry, ExternalTls, Name};

struct Version {
  int major = 0;
  int minor = 0;
};

// Zeroes for what is no version.
Version Parse(std::string_view text) {
  Version version;
  const char* const end = text.data() + text.size();
  const auto major = std::from_chars(text.data(), end, version.major);
  if (major.ec != std::errc() || major.ptr == end || *major.ptr != '.') return {};
  const auto minor = std::from_chars(major.ptr + 1, end, version.minor);
  return minor.ec == std::errc() ? version : Version();
}

}  // namespace

bool IsChoosy(Generation generation) { return generation != Generation::kTwo; }

std::string WhyRefused(Generation generation, const TypeDescriptor& type,
                       const Resource& resource) {
  if (!IsChoosy(generation)) return {};
  const auto forms = resources::FormsFor(generation, type, resource);
  std::vector<const Resource*> told;
  if (!forms.has_value()) told.push_back(&resource);
  if (forms.has_value()) {
    for (const resources::Form& form : *forms) told.push_back(&form.resource);
  }
  for (const Resource* one : told) {
    for (const auto rule : kRules) {
      if (std::string why = rule(type, *one); !why.empty()) return why;
    }
  }
  return {};
}

bool TakesDifferencesAfterRefusal(Generation generation, std::string_view text) {
  if (generation != Generation::kTwo) return true;
  const Version version = Parse(text);
  return version.major == 2 && version.minor >= 14;
}

}  // namespace skyden::kds
