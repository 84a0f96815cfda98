// SPDX-License-Identifier: Apache-2.0
#include "server/descriptors.h"

#include <sys/resource.h>

#include <catch2/catch.hpp>
#include <string>

namespace skyden::server {
namespace {

uint64_t Sum(const DescriptorPlan& plan) {
  return static_cast<uint64_t>(plan.connections + plan.admin_connections + plan.kds_connections);
}

TEST_CASE("the defaults fit a large limit as they are, and shrink to fit a small one",
          "[server][descriptors]") {
  const Config config;
  const auto large = PlanDescriptors(config, 1u << 20);
  REQUIRE(large.ok());
  CHECK_FALSE(large->scaled_down);
  CHECK(large->connections == config.connections);
  CHECK(large->kds_connections == config.kds_connections);
  CHECK(PlanDescriptors(config, large->needed)->scaled_down == false);

  for (const uint64_t limit : {large->needed - 1, uint64_t{4096}, uint64_t{1024}}) {
    CAPTURE(limit);
    const auto small = PlanDescriptors(config, limit);
    REQUIRE(small.ok());
    CHECK(small->scaled_down);
    CHECK(small->needed == large->needed);
    CHECK(Sum(*small) < limit);
    CHECK(small->connections >= 16);
    CHECK(small->admin_connections >= 16);
    CHECK(small->kds_connections > small->connections);  // as by default
  }
  CHECK(absl::IsResourceExhausted(PlanDescriptors(config, 64).status()));
}

TEST_CASE("what was given stays as it is, or is refused with what it needs",
          "[server][descriptors]") {
  ConfigSources sources;
  sources.flags = {{"kds_connections", "3000"}};
  const Config config = LoadConfig(sources).value();
  const auto plan = PlanDescriptors(config, 4096);
  REQUIRE(plan.ok());
  CHECK(plan->kds_connections == 3000);
  CHECK(plan->connections < config.connections);
  CHECK(Sum(*plan) < 4096);

  sources.environment = {{"SKYDEN_CONNECTIONS", "3000"}};
  const auto refused = PlanDescriptors(LoadConfig(sources).value(), 4096);
  CHECK(absl::IsResourceExhausted(refused.status()));
  const std::string why(refused.status().message());
  INFO(why);
  // The figure that is named is enough, and one less is not.
  const uint64_t needed = std::stoull(why);
  CHECK(PlanDescriptors(LoadConfig(sources).value(), needed).ok());
  CHECK_FALSE(PlanDescriptors(LoadConfig(sources).value(), needed - 1).ok());
}

TEST_CASE("the soft limit is raised to the hard one", "[server][descriptors]") {
  rlimit before{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &before) == 0);
  rlimit low = before;
  low.rlim_cur = 128;
  REQUIRE(setrlimit(RLIMIT_NOFILE, &low) == 0);
  const uint64_t raised = RaiseDescriptorLimit();
  CHECK(raised == std::min<uint64_t>(before.rlim_max, 1u << 20));
  rlimit now{};
  REQUIRE(getrlimit(RLIMIT_NOFILE, &now) == 0);
  CHECK(now.rlim_cur == raised);
  CHECK(now.rlim_max == before.rlim_max);
  CHECK(setrlimit(RLIMIT_NOFILE, &before) == 0);
}

}  // namespace
}  // namespace skyden::server
