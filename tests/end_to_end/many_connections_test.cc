// SPDX-License-Identifier: Apache-2.0
// Ten thousand connections at a time: each is served, none is in another's way, and all are let go.
#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <memory>
#include <string>
#include <vector>

#include "tests/end_to_end/daemon.h"
#include "tests/rpc/raw_h2.h"
#include "tests/skip.h"

namespace skyden::end_to_end {
namespace {

constexpr size_t kConnections = 10'000;
constexpr size_t kDescriptors = kConnections + 500;  // the daemon's, and as many here

// What the daemon that is started next inherits. False when there are too few.
bool RaiseDescriptors() {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  return files.rlim_cur >= kDescriptors;
}

// A heartbeat of a zone that shows its token in a header.
std::string Heartbeat(const std::string& control_plane, const std::string& token,
                      uint32_t stream_id) {
  auto headers = rpc::CallHeaders("/kuma.mesh.v1alpha1.GlobalKDSService/HealthCheck");
  headers.emplace_back("client-id", "zone-1");
  headers.emplace_back("x-control-plane-id", control_plane);
  headers.emplace_back("authorization", "Bearer " + token);
  return rpc::Encode(rpc::kHeaders, rpc::kEndHeaders, stream_id, rpc::HeaderBlock(headers)) +
         rpc::Encode(rpc::kData, rpc::kEndStream, stream_id, rpc::GrpcMessage(""));
}

// A message came back, so the call was let in.
bool IsAnswered(rpc::RawH2& client) { return client.ReadUntil(rpc::kData).has_value(); }

TEST_CASE("ten thousand connections of zones are served, and a policy still arrives", "[slow]") {
  if (!RaiseDescriptors()) {
    Skip("fewer than " + std::to_string(kDescriptors) + " descriptors are allowed (ulimit -Hn)");
    return;
  }
  TestDaemon daemon({"--kds-connections-per-address=" + std::to_string(kConnections + 10)});
  const std::string id = daemon.CreateControlPlane("crowd");
  const std::string token = daemon.Provision(id, "zone-1");
  const std::string first = Heartbeat(id, token, 1);

  std::vector<std::unique_ptr<rpc::RawH2>> clients;
  clients.reserve(kConnections);
  size_t answered = 0;
  for (size_t i = 0; i < kConnections; ++i) {
    clients.push_back(std::make_unique<rpc::RawH2>(daemon.address("kds")));
    answered += clients.back()->Send(first) && IsAnswered(*clients.back());
  }
  CHECK(answered == kConnections);

  SECTION("each goes on being served") {
    const std::string second = Heartbeat(id, token, 3);
    for (const auto& client : clients) REQUIRE(client->Send(second));
    size_t again = 0;
    for (const auto& client : clients) again += IsAnswered(*client);
    CHECK(again == kConnections);
  }
  SECTION("others come and get what is theirs") {
    const auto zone =
        daemon.Simulate("zone-2", daemon.GlobalAddress(id, daemon.Provision(id, "zone-2")));
    REQUIRE(zone->Prints("in sync"));
    CHECK(daemon
              .Call("PUT", TestDaemon::ApiOf(id) + "/meshes/default/meshtimeouts/slow",
                    Timeout("slow", 5))
              .status == 201);
    CHECK(zone->Prints("now has MeshTimeout: slow"));
    CHECK(daemon.Call("GET", TestDaemon::ApiOf(id) + "/meshes").status == 200);
  }
  clients.clear();
  CHECK(daemon.Stop() == 0);
}

}  // namespace
}  // namespace skyden::end_to_end
