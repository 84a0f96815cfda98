// SPDX-License-Identifier: Apache-2.0
#include "tests/peers/peer_env.h"

#include <catch2/catch.hpp>
#include <utility>

#include "peers/holders.h"
#include "server/edges.h"
#include "server/services.h"
#include "tests/store/testing.h"

namespace skyden::peers::testing {
namespace {

kds::KdsOptions OptionsOf(const char* instance) {
  kds::KdsOptions options;
  options.address = "127.0.0.1:0";
  options.instance_id = instance;
  return options;
}

}  // namespace

store::DaemonRecord Listed(const std::string& id, const std::string& address, bool self) {
  store::DaemonRecord record;
  record.id = "id-of-" + id;
  record.about = store::AboutText({.instance = id, .version = "1", .peer_address = address});
  record.self = self;
  return record;
}

std::unique_ptr<Port> NewPort(const TlsFiles& tls) {
  auto port = Port::Listen({.address = "127.0.0.1:0", .tls = tls});
  INFO(port.status());
  REQUIRE(port.ok());
  return *std::move(port);
}

PeerEnv::PeerEnv(TlsFiles tls)
    : KdsEnv(Time::kReal, [](kds::KdsOptions& options) { options.instance_id = kA; }),
      port_a(NewPort(tls)),
      port_b(NewPort(tls)) {
  auto started = kds::KdsServer::Start(server::DepsOfZones(services()), OptionsOf(kB));
  REQUIRE(started.ok());
  server_b = *std::move(started);
  daemons_of_a.Set(
      {Listed(kA, port_a->public_address(), true), Listed(kB, port_b->public_address(), false)});
  daemons_of_b.Set(
      {Listed(kA, port_a->public_address(), false), Listed(kB, port_b->public_address(), true)});
  const auto met = [&](ListedDaemons& daemons, kds::KdsServer& zones, Port& port, const char* id) {
    auto peers = Peers::Create({.store = *store,
                                .daemons = daemons,
                                .sealer = store::testing::TestSealer(),
                                .registry = registry(),
                                .views = *services().views,
                                .zones = zones,
                                .clock = clock,
                                .workers = workers(),
                                .timers = timers(),
                                .port = &port,
                                .tls = tls,
                                .instance_id = id});
    INFO(peers.status());
    REQUIRE(peers.ok());
    return *std::move(peers);
  };
  a = met(daemons_of_a, *server, *port_a, kA);
  b = met(daemons_of_b, *server_b, *port_b, kB);
}

PeerEnv::~PeerEnv() {
  if (a != nullptr) a->Close();
  if (b != nullptr) b->Close();
  server_b->Drain(absl::Seconds(5));
  server->Drain(absl::Seconds(5));
  Settle();
  a = nullptr;
  b = nullptr;
  server_b = nullptr;
}

kds::testing::FakeZone PeerEnv::ZoneOfB(const model::TenantScope& scope, const std::string& name) {
  kds::testing::FakeZone::Options options;
  options.name = name;
  options.user_info = UserInfo(scope, name);
  return {server_b->address(), std::move(options)};
}

void PeerEnv::AwaitHeldByB(const model::TenantScope& scope, const std::string& name) {
  const Holders holders(*services().views, registry());
  REQUIRE(Eventually([&] {
    const auto holder = holders.Of(scope, name);
    return holder.ok() && *holder == kB;
  }));
}

}  // namespace skyden::peers::testing
