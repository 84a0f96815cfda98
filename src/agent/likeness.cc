// SPDX-License-Identifier: Apache-2.0
#include "agent/likeness.h"

#include <google/protobuf/util/json_util.h>

#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <utility>

#include "fmt/format.h"
#include "kuma/mesh/v1alpha1/dataplane.pb.h"
#include "skyden/base/status.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::agent {
namespace {

using Json = nlohmann::json;

constexpr size_t kPage = 1000;
constexpr size_t kPagesMax = 100;  // of dataplanes: more than are played with profit

std::string TextOf(const Json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : "";
}

absl::StatusOr<Json> Call(const Api& api, const std::string& method, const std::string& path,
                          const Json& body = nullptr) {
  SKYDEN_ASSIGN_OR_RETURN(const std::string answer,
                          api.call(method, path, body.is_null() ? "" : body.dump()));
  Json json = Json::parse(answer, nullptr, /*allow_exceptions=*/false);
  if (json.is_object()) return json;
  return absl::UnavailableError(fmt::format("{} {} answered no JSON object", method, path));
}

// Every item of a list of the Kuma API.
absl::StatusOr<std::vector<Json>> ListAll(const Api& api, const std::string& path) {
  std::vector<Json> all;
  for (size_t page = 0; page < kPagesMax; ++page) {
    SKYDEN_ASSIGN_OR_RETURN(
        const Json answer,
        Call(api, "GET", fmt::format("{}?size={}&offset={}", path, kPage, page * kPage)));
    const auto items = answer.find("items");
    if (items == answer.end() || !items->is_array()) break;
    all.insert(all.end(), items->begin(), items->end());
    if (items->size() < kPage) return all;
  }
  if (all.size() < kPage * kPagesMax) return all;
  return absl::ResourceExhaustedError(
      fmt::format("{} has more than {} items, which is too much to play", path, all.size()));
}

absl::StatusOr<PlayedDataplane> DataplaneOf(Json item) {
  PlayedDataplane played{TextOf(item, "mesh"), TextOf(item, "name"), {}, {}};
  if (const auto labels = item.find("labels"); labels != item.end() && labels->is_object()) {
    for (const auto& [key, value] : labels->items()) {
      if (value.is_string()) played.labels.emplace(key, value.get<std::string>());
    }
  }
  for (const char* meta :
       {"type", "mesh", "name", "labels", "kri", "creationTime", "modificationTime"}) {
    item.erase(meta);
  }
  kuma::mesh::v1alpha1::Dataplane dataplane;
  google::protobuf::util::JsonParseOptions options;
  options.ignore_unknown_fields = true;  // what a newer global shows of it
  if (!google::protobuf::util::JsonStringToMessage(item.dump(), &dataplane, options).ok()) {
    return absl::UnavailableError(
        fmt::format("the dataplane {} of the mesh {} has a shape that is not known here",
                    played.name, played.mesh));
  }
  played.spec = dataplane.SerializeAsString();
  return played;
}

using ByZone = std::map<std::string, std::vector<PlayedDataplane>>;

absl::StatusOr<ByZone> ZonesOf(const Api& api, const std::string& control_plane) {
  ByZone zones;
  SKYDEN_ASSIGN_OR_RETURN(const auto listed, ListAll(api, control_plane + "/api/zones"));
  for (const Json& zone : listed) zones[TextOf(zone, "name")];
  SKYDEN_ASSIGN_OR_RETURN(const auto dataplanes, ListAll(api, control_plane + "/api/dataplanes"));
  for (const Json& item : dataplanes) {
    SKYDEN_ASSIGN_OR_RETURN(PlayedDataplane played, DataplaneOf(item));
    const auto label = played.labels.find(model::kZoneLabel);
    // Those that were put at the global are there already, in a copy as well.
    if (label == played.labels.end()) continue;
    const auto zone = zones.find(label->second);
    if (zone != zones.end()) zone->second.push_back(std::move(played));
  }
  return zones;
}

}  // namespace

absl::StatusOr<std::vector<ZoneTicket>> TicketsLike(const Api& api, const Likeness& likeness,
                                                    const GlobalAddress& global) {
  SKYDEN_ASSIGN_OR_RETURN(const std::string like, api.find_control_plane(likeness.like));
  SKYDEN_ASSIGN_OR_RETURN(const std::string into, api.find_control_plane(likeness.into));
  if (like == into) {
    return absl::InvalidArgumentError(
        "zones are played under another control plane than their own: make one with \"skyden cp "
        "clone\", and name it with --into");
  }
  SKYDEN_ASSIGN_OR_RETURN(ByZone zones, ZonesOf(api, like));
  if (zones.empty()) {
    return absl::InvalidArgumentError(fmt::format("{} has no zone to play", likeness.like));
  }
  std::vector<ZoneTicket> tickets;
  for (auto& [name, dataplanes] : zones) {
    SKYDEN_ASSIGN_OR_RETURN(const Json made,
                            Call(api, "POST", into + "/api/provision-zone", {{"name", name}}));
    ZoneTicket ticket{name, global,
                      std::make_shared<const std::vector<PlayedDataplane>>(std::move(dataplanes))};
    ticket.global.user = into.substr(into.rfind('/') + 1);
    ticket.global.password = TextOf(made, "token");
    tickets.push_back(std::move(ticket));
  }
  return tickets;
}

}  // namespace skyden::agent
