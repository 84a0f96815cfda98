// SPDX-License-Identifier: Apache-2.0
// Names become the labels that Kuma itself puts on what bears them. A name of the form
// service_namespace_svc_port is how services were named before they were resources.
#include <absl/strings/str_split.h>

#include <algorithm>
#include <string>
#include <vector>

#include "skyden/model/kuma_labels.h"
#include "upgrade/turn.h"

namespace skyden::upgrade {
namespace {

constexpr std::string_view kByLabels[] = {"MeshService", "MeshExternalService",
                                          "MeshMultiZoneService", "MeshHTTPRoute"};

struct OldName {
  std::string name, name_space, port;
};

OldName ReadName(const std::string& text) {
  const std::vector<std::string> parts = absl::StrSplit(text, '_');
  if (parts.size() != 3 && parts.size() != 4) return {text, {}, {}};
  if (parts[2] != "svc") return {text, {}, {}};
  return {parts[0], parts[1], parts.size() == 4 ? parts[3] : std::string()};
}

}  // namespace

bool ReferByLabels(Json& target, std::string_view name_space) {
  const std::string kind = TextOf(target, "kind");
  const std::string written = TextOf(target, "name");
  if (written.empty() ||
      std::find(std::begin(kByLabels), std::end(kByLabels), kind) == std::end(kByLabels)) {
    return false;
  }
  OldName name = ReadName(written);
  if (const std::string own = TextOf(target, "namespace"); !own.empty()) name.name_space = own;
  if (name.name_space.empty()) name.name_space = name_space;
  Json labels = Json::object();
  labels[std::string(model::kDisplayNameLabel)] = name.name;
  if (!name.name_space.empty()) labels[std::string(model::kNamespaceLabel)] = name.name_space;
  for (const char* gone : {"name", "namespace", "mesh", "tags", "proxyTypes"}) target.erase(gone);
  target["labels"] = std::move(labels);
  if (!name.port.empty() && !HasSome(target, "sectionName")) target["sectionName"] = name.port;
  return true;
}

}  // namespace skyden::upgrade
