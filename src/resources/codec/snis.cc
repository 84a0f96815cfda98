// SPDX-License-Identifier: Apache-2.0
#include "resources/codec/snis.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>
#include <vector>

#include "resources/json/schema.h"
#include "resources/json/value.h"
#include "resources/rules_json/service_names.h"
#include "skyden/model/kuma_labels.h"
#include "skyden/resources/codec.h"

namespace skyden::resources {
namespace {

struct Sni {
  int64_t port;
  std::string name;
};

std::vector<Sni> SnisOf(const model::TypeDescriptor& type, const model::Resource& resource) {
  std::vector<Sni> snis;
  const auto document = json::Document::Parse(resource.spec);
  if (!document.ok()) return snis;
  const rules_json::Node spec(&document->root(), rules_json::Path("spec"));
  const rules_json::Subject subject = {type.name, resource.key.mesh, resource.key.name,
                                       &resource.labels};
  const auto add = [&](const rules_json::Node& port, std::string_view name) {
    snis.push_back({static_cast<int64_t>(port.number()),
                    rules_json::SniOf(subject, type.short_name,
                                      name.empty() ? rules_json::PortText(port) : name)});
  };
  if (type.name == "MeshExternalService") {
    add(spec["match"]["port"], "");
  } else {
    for (const rules_json::Node& port : spec["ports"].Items()) {
      add(port["port"], port["name"].text());
    }
  }
  std::stable_sort(snis.begin(), snis.end(),
                   [](const Sni& a, const Sni& b) { return a.port < b.port; });
  return snis;
}

}  // namespace

void AppendSnis(const model::TypeDescriptor& type, const model::Resource& resource,
                std::string& out) {
  if (!json::HasSnis(type)) return;
  const std::vector<Sni> snis = SnisOf(type, resource);
  if (snis.empty()) return;
  out += ",\"snis\":[";
  for (const Sni& sni : snis) {
    if (out.back() != '[') out += ',';
    out += fmt::format("{{\"port\":{},\"sni\":", sni.port);
    json::AppendString(sni.name, out);
    out += '}';
  }
  out += ']';
}

std::string KriOf(const model::TypeDescriptor& type, const model::Resource& resource) {
  if (type.short_name.empty()) return "";
  const auto label = [&](std::string_view key) -> std::string_view {
    const auto it = resource.labels.find(key);
    return it == resource.labels.end() ? std::string_view() : std::string_view(it->second);
  };
  const std::string_view display_name = label(model::kDisplayNameLabel);
  // Every resource that is shown has one: no format to be read for it.
  std::string kri = "kri_";
  for (const std::string_view part :
       {std::string_view(type.short_name), std::string_view(resource.key.mesh),
        label(model::kZoneLabel), label(model::kNamespaceLabel),
        display_name.empty() ? std::string_view(resource.key.name) : display_name}) {
    kri += part;
    kri += '_';
  }
  return kri;
}

}  // namespace skyden::resources
