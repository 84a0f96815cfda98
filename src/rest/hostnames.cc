// SPDX-License-Identifier: Apache-2.0
// A zone sees services of other zones as the global's, so every generator is asked for both
// origins.
#include "rest/hostnames.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/model/kuma_labels.h"
#include "skyden/resources/templates.h"

namespace skyden::rest {
namespace {

using nlohmann::json;

constexpr ServiceKind kServiceKinds[] = {
    {"MeshService", "meshservices", "meshService"},
    {"MeshExternalService", "meshexternalservices", "meshExternalService"},
    {"MeshMultiZoneService", "meshmultizoneservices", "meshMultiZoneService"},
};

bool IsSelected(const json& selector, const model::Labels& labels) {
  const auto wanted = selector.find("matchLabels");
  if (wanted == selector.end() || !wanted->is_object()) return true;
  return std::all_of(wanted->items().begin(), wanted->items().end(), [&](const auto& label) {
    const auto found = labels.find(label.key());
    return found != labels.end() && label.value().is_string() && found->second == label.value();
  });
}

std::string ZoneOf(const model::Resource& service) {
  const std::string_view label = model::LabelOf(service.labels, model::kZoneLabel);
  if (!label.empty()) return std::string(label);
  return service.key.name.substr(0, service.key.name.find('.'));
}

// "" when the generator is not for it.
absl::StatusOr<std::string> HostnameOf(const json& generator, const ServiceKind& kind,
                                       const model::Resource& service, model::Labels labels) {
  const auto selectors = generator.find("selector");
  if (selectors == generator.end() || !selectors->is_object()) return std::string();
  const auto selector = selectors->find(kind.selector);
  if (selector == selectors->end() || !selector->is_object()) return std::string();
  if (!IsSelected(*selector, labels)) return std::string();
  const auto text = generator.find("template");
  const std::string& name = service.key.name;
  const auto display_name = labels.find(model::kDisplayNameLabel);
  return resources::FillTemplate(
      text != generator.end() && text->is_string() ? text->get<std::string>() : std::string(),
      {{"Name", name},
       {"DisplayName", display_name == labels.end() ? name : display_name->second},
       {"Namespace", std::string(model::LabelOf(labels, model::kNamespaceLabel))},
       {"Mesh", service.key.mesh},
       {"Zone", ZoneOf(service)}},
      labels);
}

}  // namespace

std::span<const ServiceKind> ServiceKinds() { return kServiceKinds; }

struct HostnameGenerators::Parsed {
  struct One {
    resources::ResourceView::Item item;
    json spec;
  };
  std::vector<One> all;
};

HostnameGenerators::HostnameGenerators(const resources::ResourceView& view) {
  auto parsed = std::make_unique<Parsed>();
  for (const auto& chunk : view.chunks()) {
    for (const resources::ResourceView::Item& item : *chunk) {
      json spec = json::parse(item->spec, nullptr, false);
      if (spec.is_object()) parsed->all.push_back({item, std::move(spec)});
    }
  }
  parsed_ = std::move(parsed);
}
HostnameGenerators::~HostnameGenerators() = default;

size_t HostnameGenerators::size() const { return parsed_->all.size(); }

HostnameGenerators::Hostnames HostnameGenerators::Of(const ServiceKind& kind,
                                                     const model::Resource& service,
                                                     const Refused& refused) const {
  Hostnames hostnames;
  for (const Parsed::One& generator : parsed_->all) {
    for (const std::string_view origin : {model::kOriginZone, model::kOriginGlobal}) {
      model::Labels labels = service.labels;
      labels[std::string(model::kOriginLabel)] = origin;
      auto hostname = HostnameOf(generator.spec, kind, service, std::move(labels));
      if (!hostname.ok()) {
        if (refused) refused(*generator.item, hostname.status());
      } else if (!hostname->empty()) {
        hostnames.emplace(*std::move(hostname), ZoneOf(service));
      }
    }
  }
  return hostnames;
}

}  // namespace skyden::rest
