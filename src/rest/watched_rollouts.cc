// SPDX-License-Identifier: Apache-2.0
// Without an id: who comes back is told anew of those that are not over.
#include "rest/watched_rollouts.h"

#include <optional>
#include <utility>

#include "rest/json_writer.h"
#include "rest/watcher.h"

namespace skyden::rest {
namespace {

std::string DataOf(const resources::Rollout& rollout) {
  return JsonWriter()
      .BeginObject()
      .Field("id", rollout.id)
      .Field("mesh", rollout.mesh)
      .Field("state", store::NameOf(rollout.state))
      .Field("wave", static_cast<uint64_t>(rollout.wave))
      .Field("waves", static_cast<uint64_t>(rollout.plan.waves.size()))
      .Field("arrived", rollout.arrived_at.has_value())
      .OptionalField("reason", rollout.reason)
      .EndObject()
      .Take();
}

}  // namespace

std::vector<std::string> WatchedRollouts::News(const std::vector<resources::Rollout>& now,
                                               const std::string& mesh) {
  std::vector<std::string> events;
  std::map<std::string, std::string> told;
  for (const resources::Rollout& rollout : now) {
    if (!mesh.empty() && rollout.mesh != mesh) continue;
    std::string data = DataOf(rollout);
    const auto known = told_.find(rollout.id);
    const bool is_news = known == told_.end() ? begun_ || rollout.IsLive() : known->second != data;
    if (is_news) events.push_back(EventText("rollout", std::nullopt, data));
    told.emplace(rollout.id, std::move(data));
  }
  told_ = std::move(told);
  begun_ = true;
  return events;
}

}  // namespace skyden::rest
