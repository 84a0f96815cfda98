// SPDX-License-Identifier: Apache-2.0
// A daemon's inside without its ports: what serves zones, zones that are played, and who drives
// rollouts. No network, no clock, no threads but the store's: the same steps lead to the same.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/functional/any_invocable.h"
#include "kds/connected_board.h"
#include "kds/core.h"
#include "kds/delivery_board.h"
#include "kds/verdict_board.h"
#include "skyden/resources/rollouts.h"
#include "skyden/rollouts/driver.h"
#include "tests/kds/kds_env.h"
#include "tests/kds/played_zones.h"

namespace skyden::rollouts::testing {

using kds::testing::Number;
using resources::Rollout;
using resources::RolloutRequest;
using resources::RolloutWave;
using State = Rollout::State;

// A document: a MeshTimeout whose content is told by a number.
std::string Document(const std::string& name, Number number, const std::string& mesh = "default");

// Proxies whose statistics the test says.
class FakeProxies final : public kds::ZoneGateway {
 public:
  Ticket Ask(const model::TenantScope&, kds::ZoneRequest request,
             absl::AnyInvocable<void(absl::StatusOr<std::string>)> done) override;
  void Cancel(const Ticket&) override {}

  void Count(uint64_t answered, uint64_t failed) {
    all += answered;
    bad += failed;
  }
  bool is_away = false;
  std::vector<std::string> asked;  // "zone/name"

 private:
  uint64_t all = 0, bad = 0;
};

class PlayedRollout {
 public:
  explicit PlayedRollout(size_t zone_count);
  ~PlayedRollout();

  // As after the process was killed: nothing of it is left, but for what is in the store.
  void Kill();
  void Begin();

  RolloutRequest Request(std::string body, std::vector<RolloutWave> waves) const;
  // Begins one; fails the test when it is refused.
  Rollout Start(RolloutRequest request);
  Rollout Find(const std::string& id);

  // Hands on everything that is under way, for a while.
  void Settle(absl::Duration time = absl::Milliseconds(1));
  void Pass(absl::Duration time);
  void Run(kds::testing::PlayedZone& zone);
  void Connect();
  kds::testing::PlayedZone& zone(size_t n) { return *zones_[n]; }
  size_t zone_count() const { return zones_.size(); }
  void AddZone(const std::string& refuses = "");
  // What it has acknowledged of the MeshTimeout of that name; 0: it has none.
  Number Has(size_t zone, const std::string& name = "t") const;
  Number Stored(const std::string& name = "t");

  kds::testing::KdsEnv env{kds::testing::KdsEnv::Time::kManual};
  model::TenantScope scope;
  FakeProxies proxies;
  std::unique_ptr<resources::Rollouts> rollouts;

 private:
  void Barrier();

  std::vector<std::unique_ptr<resources::Rollouts>> gone_;  // tasks that are left may name them
  std::shared_ptr<kds::Core> core_;
  std::unique_ptr<kds::DeliveryBoard> deliveries_;
  std::unique_ptr<kds::ConnectedBoard> connected_;
  std::unique_ptr<kds::VerdictBoard> verdicts_;
  std::unique_ptr<store::Subscription> changes_;
  std::unique_ptr<Driver> driver_;
  std::vector<kds::testing::PlayedZone::Options> options_;
  std::vector<std::unique_ptr<kds::testing::PlayedZone>> zones_;
};

}  // namespace skyden::rollouts::testing
