// SPDX-License-Identifier: Apache-2.0
// The steps about what was used, by the hour.
#include "fmt/format.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/metering.h"
#include "tests/store/script.h"
#include "tests/store/testing.h"

namespace skyden::store::testing {

void Script::Usage() {
  Metering& metering = MeteringOf(store_);
  std::vector<MeteredHour> hours;
  for (uint64_t i = 1 + Below(2); i > 0; --i) {
    hours.push_back({scope_.tenant(),
                     static_cast<Hour>(Below(6)),
                     {Below(100), Below(100), Below(9), Below(1000)}});
  }
  Say("used", metering.Add(organization_, hours));
  const auto list = [&](const char* what, const model::OrganizationScope& scope, Hour from,
                        Hour to) {
    const absl::Status read =
        metering.List(scope, scope_.tenant(), from, to, [&](const MeteredHour& hour) {
          Say(fmt::format("  hour {}: {} {} {} {}", hour.hour, hour.used.zone_seconds,
                          hour.used.dataplane_seconds, hour.used.writes, hour.used.bytes));
        });
    Say(what, read);
  };
  const auto from = static_cast<Hour>(Below(3));
  list("some hours", organization_, from, from + 1 + static_cast<Hour>(Below(3)));
  // Its own control plane, in the name of an organization that is not its own.
  const auto crossed = System().In(model::OrganizationKey{1'000'000});
  list("in another's name", crossed, 0, 100);
  const auto taken = metering.Prune(crossed, scope_.tenant(), 100);
  Say(fmt::format("took away {}", taken.value_or(99)), taken.status());
  list("all hours", organization_, 0, 100);
  if (Below(3) == 0) {
    const auto pruned = metering.Prune(organization_, scope_.tenant(), static_cast<Hour>(Below(4)));
    Say(fmt::format("took away {}", pruned.value_or(99)), pruned.status());
    list("what is left", organization_, 0, 100);
  }
  if (Below(4) == 0) {
    Say("forget names", metering.PrunePast(organization_, absl::FromUnixSeconds(steps_ - 40)));
  }
  const auto past = metering.ListPast(organization_);
  Say("past", past.status());
  if (!past.ok()) return;
  for (const PastControlPlane& one : *past) Say(fmt::format("  {} {}", one.id.str(), one.name));
}

}  // namespace skyden::store::testing
