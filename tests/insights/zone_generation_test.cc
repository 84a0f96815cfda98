// SPDX-License-Identifier: Apache-2.0
#include "skyden/insights/zone_generation.h"

#include <catch2/catch.hpp>

#include "kuma/system/v1alpha1/zone_insight.pb.h"

using namespace skyden;
using namespace skyden::insights;
using resources::Generation;

TEST_CASE("a zone is of the generation that its newest subscription says", "[insights]") {
  kuma::system::v1alpha1::ZoneInsight insight;
  model::Resource stored;
  const auto generation = [&] {
    stored.spec = insight.SerializeAsString();
    return GenerationOfZone(stored);
  };
  CHECK(generation() == Generation::kTwo);
  insight.add_subscriptions()->mutable_version()->mutable_kumacp()->set_version("2.14.3");
  CHECK(generation() == Generation::kTwo);
  insight.add_subscriptions()->mutable_version()->mutable_kumacp()->set_version("3.0.0");
  CHECK(generation() == Generation::kThree);
  // It may go back, too.
  insight.add_subscriptions()->mutable_version()->mutable_kumacp()->set_version("2.14.4");
  CHECK(generation() == Generation::kTwo);
  insight.add_subscriptions();
  CHECK(generation() == Generation::kTwo);
  stored.spec = "no message";
  CHECK(GenerationOfZone(stored) == Generation::kTwo);
}
