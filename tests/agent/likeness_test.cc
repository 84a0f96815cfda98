// SPDX-License-Identifier: Apache-2.0
// Zones that are played like those of a control plane.
#include "agent/likeness.h"

#include <catch2/catch.hpp>
#include <map>
#include <nlohmann/json.hpp>

#include "fmt/format.h"
#include "kuma/mesh/v1alpha1/dataplane.pb.h"

namespace skyden::agent {
namespace {

using Json = nlohmann::json;

Json Zone(const std::string& name) { return {{"type", "Zone"}, {"name", name}, {"enabled", true}}; }

Json Dataplane(const std::string& name, const std::string& zone) {
  Json labels = {{"kuma.io/display-name", "dp"}};
  if (!zone.empty()) labels["kuma.io/zone"] = zone;
  return {{"type", "Dataplane"},
          {"mesh", "default"},
          {"name", name},
          {"labels", labels},
          {"kri", "kri_dp_default__dp_"},
          {"creationTime", "2026-01-02T03:04:05Z"},
          {"modificationTime", "2026-01-02T03:04:05Z"},
          {"unheardOf", {{"member", 1}}},
          {"networking",
           {{"address", "10.0.0.7"},
            {"inbound",
             {{{"port", 8080}, {"tags", {{"kuma.io/service", "web"}}}, {"state", "NotReady"}}}}}}};
}

// "like" and "into" of a daemon that has what it is given.
struct FakeApi {
  std::map<std::string, std::vector<Json>> lists;  // by the end of their path
  std::vector<std::string> provisioned;

  Api api() {
    return {.add_options = nullptr,
            .find_control_plane = [](const std::string& which) -> absl::StatusOr<std::string> {
              if (which == "missing") return absl::NotFoundError("there is no such control plane");
              return "/v1/mesh/control-planes/id-of-" + (which == "alias" ? "like" : which);
            },
            .call = [this](const std::string& method, const std::string& path,
                           const std::string& json) { return Answer(method, path, json); }};
  }

  absl::StatusOr<std::string> Answer(const std::string& method, const std::string& path,
                                     const std::string& json) {
    if (method == "POST") {
      CHECK(path == "/v1/mesh/control-planes/id-of-into/api/provision-zone");
      provisioned.push_back(Json::parse(json).at("name"));
      return Json{{"token", "token-of-" + provisioned.back()}}.dump();
    }
    size_t size = 0;
    size_t offset = 0;
    const size_t query = path.find('?');
    REQUIRE(std::sscanf(path.c_str() + query, "?size=%zu&offset=%zu", &size, &offset) == 2);
    const std::vector<Json>& all =
        lists[path.substr(path.find("/api/"), query - path.find("/api/"))];
    Json items = Json::array();
    for (size_t i = offset; i < std::min(all.size(), offset + size); ++i) items.push_back(all[i]);
    return Json{{"items", items}, {"total", all.size()}}.dump();
  }
};

GlobalAddress Here() {
  return {.tls = false, .host_port = "127.0.0.1:5685", .user = "", .password = ""};
}

TEST_CASE("zones are played with the dataplanes that they have", "[agent]") {
  FakeApi fake;
  fake.lists["/api/zones"] = {Zone("west"), Zone("east")};
  fake.lists["/api/dataplanes"] = {Dataplane("dp-1", "east"), Dataplane("dp-2", "east"),
                                   Dataplane("of-nobody", ""), Dataplane("of-one-gone", "gone")};
  const auto tickets = TicketsLike(fake.api(), {"like", "into"}, Here());
  REQUIRE(tickets.ok());
  REQUIRE(tickets->size() == 2);
  const ZoneTicket& east = tickets->at(0);
  CHECK(east.zone_name == "east");
  CHECK(east.global.host_port == "127.0.0.1:5685");
  CHECK(east.global.user == "id-of-into");
  CHECK(east.global.password == "token-of-east");
  CHECK(tickets->at(1).played->empty());
  REQUIRE(east.played->size() == 2);
  const PlayedDataplane& played = east.played->front();
  CHECK(played.mesh == "default");
  CHECK(played.name == "dp-1");
  CHECK(played.labels.find("kuma.io/display-name")->second == "dp");
  kuma::mesh::v1alpha1::Dataplane dataplane;
  REQUIRE(dataplane.ParseFromString(played.spec));
  CHECK(dataplane.networking().address() == "10.0.0.7");
  REQUIRE(dataplane.networking().inbound_size() == 1);
  CHECK(dataplane.networking().inbound(0).port() == 8080);
  CHECK(dataplane.networking().inbound(0).tags().at("kuma.io/service") == "web");
  CHECK(dataplane.networking().inbound(0).state() ==
        kuma::mesh::v1alpha1::Dataplane::Networking::Inbound::NotReady);
}

TEST_CASE("a list of several pages is read whole", "[agent]") {
  FakeApi fake;
  fake.lists["/api/zones"] = {Zone("east")};
  for (int i = 0; i < 2'000; ++i) {
    fake.lists["/api/dataplanes"].push_back(Dataplane(fmt::format("dp-{}", i), "east"));
  }
  const auto tickets = TicketsLike(fake.api(), {"like", "into"}, Here());
  REQUIRE(tickets.ok());
  CHECK(tickets->front().played->size() == 2'000);
}

TEST_CASE("what cannot be played is said before anything is made", "[agent]") {
  FakeApi fake;
  CHECK(absl::IsInvalidArgument(TicketsLike(fake.api(), {"like", "into"}, Here()).status()));
  fake.lists["/api/zones"] = {Zone("east")};
  CHECK(absl::IsInvalidArgument(TicketsLike(fake.api(), {"like", "alias"}, Here()).status()));
  CHECK(absl::IsNotFound(TicketsLike(fake.api(), {"missing", "into"}, Here()).status()));
  Json broken = Dataplane("dp-1", "east");
  broken["networking"]["inbound"] = "none";
  fake.lists["/api/dataplanes"] = {broken};
  CHECK(absl::IsUnavailable(TicketsLike(fake.api(), {"like", "into"}, Here()).status()));
  CHECK(fake.provisioned.empty());
}

}  // namespace
}  // namespace skyden::agent
