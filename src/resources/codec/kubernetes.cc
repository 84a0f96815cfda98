// SPDX-License-Identifier: Apache-2.0
#include "resources/codec/kubernetes.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "absl/time/time.h"
#include "resources/go/text.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::resources {
namespace {

// Of the protobuf types, proxies and what is known of them live in a namespace.
bool IsNamespaced(std::string_view type_name) {
  static constexpr std::array<std::string_view, 6> kNamespaced = {
      "Dataplane",         "DataplaneInsight", "ZoneEgress",
      "ZoneEgressInsight", "ZoneIngress",      "ZoneIngressInsight"};
  return std::find(kNamespaced.begin(), kNamespaced.end(), type_name) != kNamespaced.end();
}

// Kubernetes keeps whole seconds.
std::string CreationTime(const model::Resource& resource) {
  return absl::FormatTime("%E4Y-%m-%dT%H:%M:%SZ", resource.creation_time, absl::UTCTimeZone());
}

// {"data":"aGk="} -> "aGk="; null when there is no data.
std::string_view SecretValue(std::string_view spec_json) {
  constexpr std::string_view kHead = R"({"data":)";
  if (!spec_json.starts_with(kHead)) return "null";
  return spec_json.substr(kHead.size(), spec_json.size() - kHead.size() - 1);
}

std::string SecretObject(const model::TypeDescriptor& type, const model::Resource& resource,
                         std::string_view spec_json, std::string_view name_space) {
  const bool of_mesh = type.scope == model::ResourceScope::kMesh;
  const std::string labels =
      of_mesh ? fmt::format(R"(,"labels":{{{}:{}}})", GoJsonString(model::kMeshLabel),
                            GoJsonString(resource.key.mesh))
              : "";
  return fmt::format(
      R"({{"kind":"Secret","apiVersion":"v1","metadata":{{"name":{},"namespace":{},)"
      R"("creationTimestamp":"{}"{}}},"data":{{"value":{}}},"type":"system.kuma.io/{}"}})",
      GoJsonString(resource.key.name), GoJsonString(name_space), CreationTime(resource), labels,
      SecretValue(spec_json), of_mesh ? "secret" : "global-secret");
}

}  // namespace

std::string KubernetesObject(const model::TypeDescriptor& type, const model::Resource& resource,
                             std::string_view spec_json, std::string_view name_space) {
  if (type.is_secret) return SecretObject(type, resource, spec_json, name_space);
  std::string out = fmt::format(R"({{"kind":"{}","apiVersion":"kuma.io/v1alpha1","metadata":)"
                                R"({{"name":{})",
                                type.name, GoJsonString(resource.key.name));
  if (IsNamespaced(type.name)) out += fmt::format(R"(,"namespace":{})", GoJsonString(name_space));
  out += fmt::format(R"(,"creationTimestamp":"{}"}})", CreationTime(resource));
  if (!resource.key.mesh.empty()) {
    out += fmt::format(R"(,"mesh":{})", GoJsonString(resource.key.mesh));
  }
  // What a proxy reports is its object's status.
  const std::string_view member = type.name == "DataplaneInsight" ? "status" : "spec";
  return out + fmt::format(R"(,"{}":{}}})", member, spec_json);
}

}  // namespace skyden::resources
