// SPDX-License-Identifier: Apache-2.0
#include "rest/service_insights.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <utility>

#include "skyden/model/kuma_labels.h"

namespace skyden::rest {
namespace {

using nlohmann::json;

using Kinds = std::initializer_list<std::string_view>;
const Kinds kKindsOfTwo = {"internal", "external", "gateway_builtin", "gateway_delegated"};
const Kinds kKindsOfThree = {"internal", "external", "gateway_delegated"};
constexpr model::ByVersion<const Kinds*> kKinds = {{&kKindsOfTwo, &kKindsOfThree}};
constexpr const char* kKindZero = "internal";  // the one that is left out when printed

std::string KindOf(const json& service) {
  const auto kind = service.find("serviceType");
  return kind != service.end() && kind->is_string() ? kind->get<std::string>() : kKindZero;
}

int64_t CountOf(const json& counts, const char* name) {
  const auto count = counts.find(name);
  return count != counts.end() && count->is_number_integer() ? count->get<int64_t>() : 0;
}

// Adds what is not stored because it follows from the rest.
void Complete(const std::string& name, json& service) {
  json& dataplanes = service["dataplanes"];
  if (!dataplanes.is_object()) dataplanes = json::object();
  const int64_t total = CountOf(dataplanes, "online") + CountOf(dataplanes, "offline");
  if (total != 0) dataplanes["total"] = total;
  if (KindOf(service) == kKindZero) service["addressPort"] = fmt::format("{}.mesh:80", name);
}

std::string Render(const resources::ResourceCodec& codec, const model::Resource& stored,
                   const std::string& name, json service) {
  Complete(name, service);
  model::Resource bare = stored;
  bare.spec.clear();
  bare.key.name = name;
  const auto display_name = bare.labels.find(model::kDisplayNameLabel);
  if (display_name != bare.labels.end()) bare.labels.erase(display_name);
  std::string text = codec.RenderUniversal(bare);
  const std::string fields = service.dump(-1, ' ', false, json::error_handler_t::replace);
  text.back() = ',';
  return text + fields.substr(1);
}

json ServicesOf(const resources::ResourceCodec& codec, const model::Resource& stored) {
  json spec = json::parse(codec.SpecJson(stored), nullptr, /*allow_exceptions=*/false);
  if (!spec.is_object()) return json::object();
  json services = spec.value("services", json::object());
  return services.is_object() ? services : json::object();
}

}  // namespace

std::optional<std::set<std::string>> ReadServiceKinds(std::string_view text,
                                                      model::KumaVersion version) {
  const Kinds& known = *kKinds[version];
  std::set<std::string> kinds;
  if (text.empty()) return kinds;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find(',', begin), text.size());
    std::string kind;
    for (const char c : text.substr(begin, end - begin)) {
      if (c == ' ' || c == '\t') continue;
      kind.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c);
    }
    if (std::find(known.begin(), known.end(), kind) == known.end()) {
      return std::nullopt;
    }
    kinds.insert(std::move(kind));
    begin = end + 1;
  }
  return kinds;
}

std::vector<std::string> ExpandServiceInsights(const resources::ResourceCodec& codec,
                                               const std::vector<model::Resource>& stored,
                                               const ServiceFilter& filter) {
  std::vector<std::string> items;
  for (const model::Resource& insight : stored) {
    json services = ServicesOf(codec, insight);
    for (auto& [name, service] : services.items()) {
      if (!service.is_object() || name.find(filter.name_contains) == std::string::npos) continue;
      if (!filter.kinds.empty() && !filter.kinds.contains(KindOf(service))) continue;
      items.push_back(Render(codec, insight, name, std::move(service)));
    }
  }
  return items;
}

std::string RenderServiceInsight(const resources::ResourceCodec& codec,
                                 const model::Resource& stored, const std::string& service) {
  json services = ServicesOf(codec, stored);
  const auto found = services.find(service);
  const bool known = found != services.end() && found->is_object();
  return Render(codec, stored, service, known ? *found : json::object());
}

}  // namespace skyden::rest
