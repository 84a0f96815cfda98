// SPDX-License-Identifier: Apache-2.0
#include "tests/rollouts/played_rollout.h"

#include <catch2/catch.hpp>
#include <cstdlib>

#include "fmt/format.h"
#include "kds/credential_watch.h"
#include "kds/service.h"
#include "server/edges.h"
#include "server/services.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::rollouts::testing {

using kds::testing::Numbered;
using kds::testing::PlayedZone;

std::string Document(const std::string& name, Number number, const std::string& mesh) {
  return fmt::format(R"({{"type":"MeshTimeout","mesh":"{}","name":"{}",{}}})", mesh, name,
                     Numbered("MeshTimeout", number));
}

kds::ZoneGateway::Ticket FakeProxies::Ask(
    const model::TenantScope&, kds::ZoneRequest request,
    absl::AnyInvocable<void(absl::StatusOr<std::string>)> done) {
  asked.push_back(request.zone_name + "/" + request.resource_name);
  if (is_away) {
    done(absl::UnavailableError("zone is offline"));
  } else {
    done(
        fmt::format("cluster.backend.upstream_rq_completed: {}\n"
                    "cluster.backend.upstream_rq_5xx: {}\n",
                    all, bad));
  }
  return {};
}

PlayedRollout::PlayedRollout(size_t zone_count) : scope(env.NewControlPlane()) {
  Begin();
  for (size_t i = 0; i < zone_count; ++i) AddZone();
}

PlayedRollout::~PlayedRollout() {
  zones_.clear();
  Settle();
  driver_.reset();
  changes_ = nullptr;
  deliveries_->EndWaits();
  env.manual().RunAll();
  core_->insights->FlushAll(absl::ZeroDuration());
  Barrier();
}

void PlayedRollout::AddZone(const std::string& refuses) {
  PlayedZone::Options options;
  options.name = "zone-" + std::to_string(zones_.size());
  options.control_plane = scope.control_plane().str();
  options.token = env.Provision(scope, options.name);
  options.types = {"Mesh", "MeshTimeout"};
  options.refuses = refuses;
  options_.push_back(options);
  zones_.push_back(std::make_unique<PlayedZone>(kds::AcceptorOf(core_), options));
}

void PlayedRollout::Begin() {
  server::Services& services = env.services();
  rollouts = resources::Rollouts::Create(
      {*env.store, TestEnv::registry(), TestEnv::codec(), *services.views, env.clock});
  kds::KdsOptions options;
  options.instance_id = "test";
  kds::Deps deps = server::DepsOfZones(services);
  deps.rollouts = rollouts.get();
  core_ = std::make_shared<kds::Core>(deps, options);
  core_->credentials = std::make_shared<kds::CredentialWatch>(kds::CredentialWatch::Deps{
      [this](std::optional<model::TenantKey> tenant) { return core_->zones.Sessions(tenant); },
      env.clock, env.manual(), env.manual()});
  changes_ = env.store->Subscribe(std::nullopt, [this](const store::Change& change) {
    if (const auto hub = core_->zones.HubOf(change.tenant)) hub->OnChange(change);
    core_->progress.Tell(change.tenant);
  });
  deliveries_ = std::make_unique<kds::DeliveryBoard>(core_);
  connected_ = std::make_unique<kds::ConnectedBoard>(*core_);
  verdicts_ = std::make_unique<kds::VerdictBoard>(*core_);
  driver_ = std::make_unique<Driver>(DriverDeps{.store = *env.store,
                                                .registry = TestEnv::registry(),
                                                .views = *services.views,
                                                .rollouts = *rollouts,
                                                .deliveries = *deliveries_,
                                                .connected = *connected_,
                                                .verdicts = *verdicts_,
                                                .gateway = proxies,
                                                .clock = env.clock,
                                                .workers = env.manual(),
                                                .timers = env.manual()});
  for (size_t i = 0; i < zones_.size(); ++i) {
    zones_[i] = std::make_unique<PlayedZone>(kds::AcceptorOf(core_), options_[i]);
  }
}

void PlayedRollout::Kill() {
  driver_.reset();
  for (auto& zone : zones_) zone->Disconnect();
  env.manual().RunAll();  // tasks of what is gone find that it is
  changes_ = nullptr;
  deliveries_->EndWaits();
  Barrier();
  verdicts_.reset();
  connected_.reset();
  deliveries_.reset();
  // Zones keep what they had: the next ones are other processes with the same state.
  core_->insights->FlushAll(absl::ZeroDuration());
  Barrier();
  core_.reset();
  gone_.push_back(std::move(rollouts));
}

RolloutRequest PlayedRollout::Request(std::string body, std::vector<RolloutWave> waves) const {
  RolloutRequest request;
  request.body = std::move(body);
  request.waves = std::move(waves);
  return request;
}

Rollout PlayedRollout::Start(RolloutRequest request) {
  auto started = rollouts->Start(scope, std::move(request));
  INFO(started.status());
  REQUIRE(started.ok());
  return *started;
}

Rollout PlayedRollout::Find(const std::string& id) {
  auto found = rollouts->Find(scope, id);
  REQUIRE(found.ok());
  return *found;
}

void PlayedRollout::Barrier() {
  REQUIRE(env.store->Write(scope, [](store::WriteTx&) { return absl::OkStatus(); }).ok());
  env.manual().RunAll();
}

void PlayedRollout::Pass(absl::Duration time) {
  env.manual().Advance(time);
  Barrier();
}

void PlayedRollout::Run(PlayedZone& zone) {
  for (bool more = true; more;) {
    more = zone.Deliver();
    more = zone.Take() || more;
    env.manual().RunAll();
  }
}

void PlayedRollout::Settle(absl::Duration time) {
  Pass(time);
  // A step, its notice and its answers take a few rounds; each wave takes three steps.
  for (int round = 0; round < 30; ++round) {
    Pass(absl::Milliseconds(100));
    for (auto& zone : zones_) Run(*zone);
  }
}

void PlayedRollout::Connect() {
  for (auto& zone : zones_) {
    if (!zone->is_connected()) zone->Connect();
  }
}

Number PlayedRollout::Has(size_t zone, const std::string& name) const {
  const auto& held = zones_[zone]->acknowledged();
  const auto type = held.find("MeshTimeout");
  if (type == held.end()) return 0;
  const auto found = type->second.find(name);
  return found == type->second.end() ? 0 : found->second;
}

Number PlayedRollout::Stored(const std::string& name) {
  const auto stored = env.Find(scope, "MeshTimeout", "default", name);
  if (!stored.has_value()) return 0;
  const auto number = stored->labels.find("number");
  return number == stored->labels.end() ? 0 : std::atoi(number->second.c_str());
}

}  // namespace skyden::rollouts::testing
