// SPDX-License-Identifier: Apache-2.0
// Nobody is said to have arrived who has not: 200 zones, of which some are slow, some refuse things
// and all are cut off now and then, while people write. No network, no clock, no threads but the
// store's: the same seed does the same.
#include <catch2/catch.hpp>
#include <iostream>
#include <random>

#include "kds/credential_watch.h"
#include "kds/delivery_board.h"
#include "kds/service.h"
#include "server/edges.h"
#include "server/services.h"
#include "skyden/store/change.h"
#include "skyden/store/tenant_tx.h"
#include "tests/kds/kds_env.h"
#include "tests/kds/played_zones.h"

using namespace skyden;
using namespace skyden::kds;
using namespace skyden::kds::testing;

namespace {

constexpr const char* kTypes[] = {"MeshTimeout", "MeshRetry"};

// A server's inside, without its port.
class Play {
 public:
  explicit Play(uint32_t seed) : random(seed), scope(env.NewControlPlane()) {
    KdsOptions options;
    options.instance_id = "test";
    core = std::make_shared<Core>(server::DepsOfZones(env.services()), options);
    core->credentials = std::make_shared<CredentialWatch>(CredentialWatch::Deps{
        [this](std::optional<model::TenantKey> tenant) { return core->zones.Sessions(tenant); },
        env.clock, env.manual(), env.manual()});
    changes = env.store->Subscribe(scope.tenant(), [this](const store::Change& change) {
      if (const auto hub = core->zones.HubOf(scope.tenant())) hub->OnChange(change);
      core->progress.Tell(scope.tenant());
    });
    board = std::make_unique<DeliveryBoard>(core);
  }
  ~Play() {
    zones.clear();
    Pass(absl::Seconds(1));
    changes = nullptr;
    board->EndWaits();
    env.manual().RunAll();
    core->insights->FlushAll(absl::ZeroDuration());
    Barrier();
  }

  void AddZone(const std::string& refuses = "") {
    PlayedZone::Options options;
    options.name = "zone-" + std::to_string(zones.size());
    options.control_plane = scope.control_plane().str();
    options.token = env.Provision(scope, options.name);
    options.types = {"Mesh", kTypes[0], kTypes[1]};
    options.refuses = refuses;
    zones.push_back(std::make_unique<PlayedZone>(AcceptorOf(core), options));
  }

  bool Chance(double probability) { return std::bernoulli_distribution(probability)(random); }
  size_t Below(size_t n) { return std::uniform_int_distribution<size_t>(0, n - 1)(random); }

  // Whatever was handed to the store's thread is done, and told.
  void Barrier() {
    REQUIRE(env.store->Write(scope, [](store::WriteTx&) { return absl::OkStatus(); }).ok());
    env.manual().RunAll();
  }
  void Pass(absl::Duration time) {
    env.manual().Advance(time);
    Barrier();
  }

  void WriteSomething() {
    const std::string type = kTypes[Below(2)];
    const std::string name = (Chance(0.1) ? "bad-" : "t-") + std::to_string(Below(8));
    const Number number = ++last_number;
    if (Chance(0.25)) {
      const absl::Status deleted = env.Delete(scope, type, "default", name);
      if (absl::IsNotFound(deleted)) return;
      REQUIRE(deleted.ok());
      written.Delete(type, name, Now(), number);
    } else {
      REQUIRE(env.Put(scope, type, "default", name, Numbered(type, number)).ok());
      written.Put(type, name, Now(), number);
    }
    ++writes;
  }
  model::Revision Now() {
    model::Revision now = 0;
    REQUIRE(env.store
                ->Read(scope,
                       [&](store::ReadTx& tx) -> absl::Status {
                         auto revision = tx.CurrentRevision();
                         if (revision.ok()) now = *revision;
                         return revision.status();
                       })
                .ok());
    return now;
  }

  PlayedZone& ZoneOf(const std::string& name) { return *zones[std::stoul(name.substr(5))]; }

  // Of what is said of a revision, nothing is too early.
  void Check(const Propagation& told) {
    for (const ZoneStanding& zone : told.zones) {
      if (zone.standing != Standing::kArrived) continue;
      ++arrivals;
      const std::string lacks = written.Lacks(ZoneOf(zone.zone_name).acknowledged(), told.revision);
      if (lacks.empty()) continue;
      FAIL_CHECK(zone.zone_name << " is said to have arrived at " << told.revision << " and lacks "
                                << lacks);
    }
  }
  void Check() {
    PropagationQuery query;
    const model::Revision now = Now();
    query.revision = Chance(0.5) ? now : now - std::min<model::Revision>(now, Below(12));
    const auto told = board->Read(scope, query);
    REQUIRE(told.ok());
    Check(*told);
  }

  // One who waits; what he is told is looked at when he is.
  void Await(PropagationQuery::Zones whom) {
    PropagationQuery query;
    query.zones = whom;
    for (int i = 0; whom == PropagationQuery::Zones::kNamed && i < 5; ++i) {
      query.names.push_back(zones[Below(zones.size())]->name());
    }
    ++waits_begun;
    board->Await(scope, query, absl::Seconds(10), [this](absl::StatusOr<Propagation> told) {
      ++waits_over;
      if (!told.ok()) {
        CHECK(absl::IsResourceExhausted(told.status()));
        return;
      }
      Check(*told);
      waits_arrived += told->outcome == Propagation::Outcome::kArrived ? 1 : 0;
      if (told->outcome == Propagation::Outcome::kWaiting) return;
      for (const ZoneStanding& zone : told->zones) {
        if (zone.counts) CHECK(zone.standing != Standing::kBehind);
      }
    });
  }

  // All that a zone does until it has nothing to do.
  void Run(PlayedZone& zone) {
    for (bool more = true; more;) {
      more = zone.Deliver();
      more = zone.Take() || more;
      env.manual().RunAll();
    }
  }

  KdsEnv env{KdsEnv::Time::kManual};
  std::mt19937 random;
  model::TenantScope scope;
  std::shared_ptr<Core> core;
  std::unique_ptr<store::Subscription> changes;
  std::unique_ptr<DeliveryBoard> board;
  std::vector<std::unique_ptr<PlayedZone>> zones;
  Written written;
  Number last_number = 0;
  size_t writes = 0, arrivals = 0, waits_begun = 0, waits_over = 0, waits_arrived = 0;
};

}  // namespace

TEST_CASE("nobody is said to have arrived who has not", "[kds][arrival]") {
  constexpr size_t kZones = 200;
  constexpr size_t kSlow = 10;      // the first ones
  constexpr size_t kRefusing = 10;  // the next ones
  constexpr int kRounds = 400;
  const uint32_t seed = GENERATE(1u, 2u, 3u);
  Play play(seed);
  for (size_t i = 0; i < kZones; ++i) {
    play.AddZone(i >= kSlow && i < kSlow + kRefusing ? "bad-" : "");
  }
  for (auto& zone : play.zones) zone->Connect();
  play.Pass(absl::Milliseconds(1));
  for (int round = 0; round < kRounds; ++round) {
    for (size_t n = play.Below(4); n > 0; --n) play.WriteSomething();
    if (play.Chance(0.1)) play.Await(PropagationQuery::Zones::kConnected);
    if (play.Chance(0.1)) play.Await(PropagationQuery::Zones::kAll);
    if (play.Chance(0.3)) play.Await(PropagationQuery::Zones::kNamed);
    if (play.Chance(0.7)) play.Pass(absl::Milliseconds(1 + play.Below(20)));
    if (play.Chance(0.02)) play.Pass(absl::Seconds(6));
    for (size_t i = 0; i < kZones; ++i) {
      PlayedZone& zone = *play.zones[i];
      if (play.Chance(0.005)) zone.Disconnect();
      if (!zone.is_connected() && play.Chance(0.3)) zone.Connect();
      if (i < kSlow ? play.Chance(0.05) : play.Chance(0.6)) {
        if (play.Chance(0.5)) {
          play.Run(zone);
        } else {  // and stops anywhere
          for (size_t n = play.Below(6); n > 0; --n) {
            if (play.Chance(0.5)) {
              zone.Deliver();
            } else {
              zone.Take();
            }
            play.env.manual().RunAll();
          }
        }
      }
      if (play.Chance(0.02)) play.Check();
    }
    play.Check();
  }
  const size_t early = play.arrivals;
  CHECK(early > 10'000);

  // In the end everybody comes and takes what there is.
  for (auto& zone : play.zones) {
    if (!zone->is_connected()) zone->Connect();
  }
  for (int i = 0; i < 20; ++i) {
    for (auto& zone : play.zones) play.Run(*zone);
    play.Pass(absl::Seconds(6));
  }
  for (auto& zone : play.zones) play.Run(*zone);
  play.Pass(absl::Seconds(60));
  const auto told = play.board->Read(play.scope, {});
  REQUIRE(told.ok());
  play.Check(*told);
  size_t refused = 0;
  for (const ZoneStanding& zone : told->zones) {
    INFO(zone.zone_name << " " << StandingName(zone.standing) << " " << zone.taken_until << " of "
                        << told->revision);
    if (zone.standing == Standing::kRefused) ++refused;
    CHECK((zone.standing == Standing::kArrived || zone.standing == Standing::kRefused));
  }
  CHECK(refused <= kRefusing);
  CHECK(play.waits_over == play.waits_begun);
  CHECK(play.waits_arrived > 0);
  std::cout << "seed " << seed << ": " << play.writes << " writes, " << early
            << " arrivals looked at, " << play.waits_arrived << " of " << play.waits_over
            << " waits ended with all arrived, " << refused << " zones refuse something\n";
}
