// SPDX-License-Identifier: Apache-2.0
#include "skyden/net/offence_log.h"

#include <utility>
#include <vector>

#include "fmt/format.h"
#include "skyden/base/limits.h"
#include "skyden/net/address.h"
#include "skyden/telemetry/log.h"

namespace skyden::net {
namespace {

namespace limits = base::limits;
// Where the table has no place left for them.
constexpr std::string_view kElsewhere = "elsewhere";

}  // namespace

void OffenceLog::Note(std::string_view ip, std::string_view what, absl::Duration now) {
  std::string place = AddressKey(ip);
  {
    absl::MutexLock lock(&mu_);
    if (!places_.contains(place) && places_.size() >= limits::kOffenders) place = kElsewhere;
    const auto [found, is_new] = places_.try_emplace(place);
    if (!is_new) {
      ++found->second.count;
      found->second.last = what;
      return;
    }
    found->second.told_at = now;
  }
  Write(place, std::string(what), 1);
}

void OffenceLog::Tell(absl::Duration now) {
  std::vector<std::pair<std::string, Place>> due;
  {
    absl::MutexLock lock(&mu_);
    if (now - looked_at_ < limits::kOffenceSummary / 4) return;
    looked_at_ = now;
    for (auto place = places_.begin(); place != places_.end();) {
      const auto here = place++;
      if (now - here->second.told_at < limits::kOffenceSummary) continue;
      if (here->second.count == 0) {
        places_.erase(here);
        continue;
      }
      due.emplace_back(here->first, here->second);
      here->second = {now, 0, {}};
    }
  }
  for (const auto& [place, about] : due) Write(place, about.last, about.count);
}

void OffenceLog::Write(const std::string& place, const std::string& what, uint64_t count) const {
  telemetry::Log(
      telemetry::Level::warning, "connections ended or refused for abuse",
      {{"port", port_}, {"from", place}, {"what", what}, {"count", fmt::format("{}", count)}});
}

}  // namespace skyden::net
