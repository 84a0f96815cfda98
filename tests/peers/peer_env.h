// SPDX-License-Identifier: Apache-2.0
// Two daemons "a" and "b" in one process: each has a server of zones and a port for the other. They
// share a store; who they take each other for is said by the test.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "skyden/peers/peers.h"
#include "skyden/peers/port.h"
#include "skyden/store/daemons.h"
#include "tests/kds/kds_env.h"

namespace skyden::peers::testing {

// Who is there, as the test has it. Thread-safe.
class ListedDaemons final : public store::Daemons {
 public:
  void Set(std::vector<store::DaemonRecord> list) {
    const std::scoped_lock lock(mu_);
    list_ = std::move(list);
  }
  std::string said() const {
    const std::scoped_lock lock(mu_);
    return said_;
  }

  absl::Status Fresh() override { return absl::OkStatus(); }
  bool Leads() override { return true; }
  std::unique_ptr<store::Subscription> SubscribeDaemons(absl::AnyInvocable<void()>) override {
    return nullptr;
  }
  absl::StatusOr<std::vector<store::DaemonRecord>> ListDaemons() override {
    const std::scoped_lock lock(mu_);
    return list_;
  }
  void Say(std::string about) override {
    const std::scoped_lock lock(mu_);
    said_ = std::move(about);
  }
  absl::Duration Unheard() const override { return absl::ZeroDuration(); }

 private:
  mutable std::mutex mu_;
  std::vector<store::DaemonRecord> list_;
  std::string said_;
};

inline constexpr char kA[] = "a";
inline constexpr char kB[] = "b";

class PeerEnv : public kds::testing::KdsEnv {
 public:
  explicit PeerEnv(TlsFiles tls = {});
  ~PeerEnv();

  // A provisioned zone of the daemon "b".
  kds::testing::FakeZone ZoneOfB(const model::TenantScope& scope, const std::string& name);
  // Waits until "a" is told that the zone is connected to "b".
  void AwaitHeldByB(const model::TenantScope& scope, const std::string& name);

  std::unique_ptr<kds::KdsServer> server_b;  // "a" has `server`
  ListedDaemons daemons_of_a;
  ListedDaemons daemons_of_b;
  std::unique_ptr<Port> port_a;
  std::unique_ptr<Port> port_b;
  std::unique_ptr<Peers> a;
  std::unique_ptr<Peers> b;
};

// As a daemon's row has it.
store::DaemonRecord Listed(const std::string& id, const std::string& address, bool self);
std::unique_ptr<Port> NewPort(const TlsFiles& tls = {});

}  // namespace skyden::peers::testing
