// SPDX-License-Identifier: Apache-2.0
// What serves tenants, built as the daemon builds it (server/services.h) over a real store. A test
// of an edge opens its port on top, with what server/edges.h makes of this: tests/kds/kds_env.h,
// tests/rest/rest_env.h, tests/admin/admin_env.h.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/insights/zone_sources.h"
#include "skyden/model/ids.h"
#include "skyden/model/tenant_scope.h"
#include "tests/env/test_store.h"

namespace skyden::server {
class Services;
class Threads;
}  // namespace skyden::server
namespace skyden::resources {
class ResourceCodec;
}

namespace skyden {

class TestEnv {
 public:
  enum class Time {
    kManual,  // tasks and timers run on the test's thread, in manual(), and time stands still
    kFake,    // threads run the tasks; time stands still
    kReal,
  };
  struct Options {
    Time time = Time::kManual;
    // kFirstStart: the account that a first start makes; `operator_token` is its token.
    enum class Operator { kNone, kFirstStart } first_operator = Operator::kNone;
    absl::Duration deleted_retention = absl::ZeroDuration();
    size_t ready_keys = 0;  // RSA keys made ahead of need
    std::string instance_id = "test-instance";
    // As whoever serves zones would answer, once there are requests; none are online otherwise.
    std::function<absl::StatusOr<std::vector<std::string>>(const model::TenantScope&)> online_zones;
    insights::ZoneSources zone_sources{};  // the same; nothing is known of zones otherwise
  };
  explicit TestEnv(Options options);
  TestEnv() : TestEnv(Options()) {}
  // Edges are gone by then.
  ~TestEnv();

  server::Services& services() { return *services_; }
  static const model::TypeRegistry& registry() { return TestStore::registry(); }
  static const resources::ResourceCodec& codec();  // the same for all
  bool is_manual() const { return manual_ != nullptr; }
  base::ManualExecutor& manual();  // Time::kManual
  base::Executor& workers();
  base::Timers& timers();

  // What requests left behind is through: whoever makes new ones is gone.
  void Settle();
  // The daemon's own hands, in the organization.
  model::OrganizationScope owner() const { return TestStore::Organization(organization); }
  // Made and seeded as by a request of the owner. Fails the test when it is refused.
  model::TenantScope NewControlPlane(const std::string& name = "cp",
                                     model::KumaVersion version = model::KumaVersion::kTwo);

  base::FakeClock fake_clock;  // Time::kManual, Time::kFake
  base::RealClock real_clock;
  base::Clock& clock;  // the one of both that services read
  TestStore store;
  model::OrganizationKey organization{};  // "default"
  std::string operator_token;

 private:
  void MakeOrganization(Options::Operator first_operator);

  std::unique_ptr<base::ManualExecutor> manual_;
  std::unique_ptr<server::Threads> threads_;
  std::unique_ptr<server::Services> services_;
};

}  // namespace skyden
