// SPDX-License-Identifier: Apache-2.0
// Who is connected is asked of whoever serves zones and of what is stored: with several daemons a
// zone may be connected to another one, and a daemon that has just begun knows nobody yet. What was
// the matter follows from the times of the connections before, which are stored, so that it is the
// same after a restart.
#include "insights/zone_counts.h"

#include <algorithm>
#include <set>
#include <utility>

#include "fmt/format.h"
#include "insights/subscriptions.h"
#include "kuma/system/v1alpha1/zone_insight.pb.h"

namespace skyden::insights {
namespace {

constexpr size_t kTypesNamed = 3;

template <class T>
const T* FindByName(const std::vector<T>& sorted, std::string_view name) {
  const auto found = std::partition_point(sorted.begin(), sorted.end(),
                                          [&](const T& one) { return one.name < name; });
  return found != sorted.end() && found->name == name ? &*found : nullptr;
}

// "MeshTimeout, Secret and 2 more types wait for the zone to take them"
std::string BehindReason(const std::vector<std::string>& types) {
  std::string text;
  const size_t named = std::min(types.size(), kTypesNamed);
  for (size_t i = 0; i < named; ++i) text += (i > 0 ? ", " : "") + types[i];
  if (types.size() > named) text += fmt::format(" and {} more", types.size() - named);
  return text + ": not taken by the zone yet";
}

// Whether what was refused is still how it is with the zone.
bool StandsAt(const RefusedZone& refused, const std::optional<StoredLink>& link, absl::Time now) {
  if (now >= refused.at + kRefusalFresh) return false;
  return !link.has_value() || !link->gone.has_value() || refused.at >= *link->gone;
}

// What was the matter before the connection that began at `connected`.
std::optional<PastTrouble> PastOf(absl::Time connected, const std::optional<StoredLink>& link,
                                  const RefusedZone* refused, absl::Time now) {
  if (now >= connected + kTroubleTold) return std::nullopt;
  const absl::Time never = absl::InfinitePast();
  const absl::Time gone = link.has_value() ? link->gone.value_or(never) : never;
  if (refused != nullptr && refused->at <= connected && refused->at >= gone) {
    return PastTrouble{ZoneStatus::kRefused, refused->since, connected, refused->reason,
                       refused->advice};
  }
  if (gone == never || gone >= connected) return std::nullopt;
  return PastTrouble{ZoneStatus::kOffline, gone, connected, {}, {}};
}

}  // namespace

StoredLink LinkOf(const model::Resource& zone_insight) {
  StoredLink link;
  kuma::system::v1alpha1::ZoneInsight insight;
  if (!insight.ParseFromString(zone_insight.spec)) return link;
  for (const auto& subscription : insight.subscriptions()) {
    if (!subscription.has_connect_time()) continue;
    if (!subscription.has_disconnect_time()) {
      link.connected = TimeOf(subscription.connect_time());
    } else {
      const absl::Time end = TimeOf(subscription.disconnect_time());
      link.gone = std::max(link.gone.value_or(end), end);
    }
    link.version = subscription.version().kumacp().version();
    link.instance_id = subscription.zone_instance_id();
  }
  return link;
}

void ZoneTally::ReadInsights(const resources::ResourceView& insights) {
  for (auto& [name, known] : known_) known.seen = false;
  for (const auto& chunk : insights.chunks()) {
    for (const auto& item : *chunk) {
      Known& known = known_[item->key.name];
      known.seen = true;
      if (known.link.has_value() && known.insight_revision == item->revision) continue;
      known.insight_revision = item->revision;
      known.link = LinkOf(*item);
    }
  }
  for (auto& [name, known] : known_) {
    if (known.seen) continue;
    known.link.reset();
    known.insight_revision = 0;
  }
}

ZoneRow ZoneTally::RowOf(const std::string& name, const model::Resource* stored,
                         const LiveZone* live, const RefusedZone* refused, const ZoneFacts& facts,
                         absl::Time& good_until) {
  Known& known = known_[name];
  known.seen = true;
  const auto ends = [&](absl::Time at) {
    if (at > facts.now) good_until = std::min(good_until, at);
  };
  if (refused != nullptr) ends(refused->at + kRefusalFresh);
  ZoneRow row;
  row.name = name;
  if (known.link.has_value()) {
    row.version = known.link->version;
    row.instance_id = known.link->instance_id;
  }
  if (const auto proxies = facts.proxies.find(name); proxies != facts.proxies.end()) {
    row.proxies = proxies->second;
  }
  if (live != nullptr) {
    known.peer = live->peer;
    known.token = live->token;
    row.version = live->version;
    row.instance_id = live->instance_id;
    row.confirmed = live->confirmed;
    row.behind_since = live->behind_since;
    row.behind_types = live->behind_types;
  }
  row.peer = known.peer;
  row.token = known.token;
  const auto connected = live != nullptr ? std::optional(live->since)
                         : known.link    ? known.link->connected
                                         : std::nullopt;
  if (facts.suspension.has_value() && facts.suspension->Holds(facts.now)) {
    row.status = ZoneStatus::kSuspended;
    row.since = facts.suspension->at;
    row.reason = facts.suspension->reason;
    if (facts.suspension->until.has_value()) ends(*facts.suspension->until);
  } else if (connected.has_value()) {
    row.status = row.behind_since.has_value() ? ZoneStatus::kBehind : ZoneStatus::kOnline;
    row.since = row.behind_since.value_or(*connected);
    if (row.behind_since.has_value()) row.reason = BehindReason(row.behind_types);
    row.past = PastOf(*connected, known.link, refused, facts.now);
    if (row.past.has_value()) ends(*connected + kTroubleTold);
  } else if (refused != nullptr && StandsAt(*refused, known.link, facts.now)) {
    row.status = ZoneStatus::kRefused;
    row.since = refused->since;
    row.reason = refused->reason;
    row.advice = refused->advice;
    row.peer = refused->peer;
  } else if (known.link.has_value() && known.link->gone.has_value()) {
    row.status = ZoneStatus::kOffline;
    row.since = *known.link->gone;
  } else {
    row.status = ZoneStatus::kNever;
    row.since = stored != nullptr ? stored->creation_time : facts.now;
  }
  return row;
}

TenantZonesRef ZoneTally::Advance(const ZoneFacts& facts) {
  ReadInsights(facts.zone_insights);
  std::set<std::string> names;
  for (const auto& chunk : facts.zones.chunks()) {
    for (const auto& item : *chunk) names.insert(item->key.name);
  }
  for (const LiveZone& live : facts.connected) names.insert(live.name);
  for (const RefusedZone& refused : facts.refused) {
    // Nobody else knows of such a zone, so it is one only as long as it tries.
    if (!refused.name.empty() && facts.now < refused.at + kRefusalFresh) names.insert(refused.name);
  }
  for (auto& [name, known] : known_) known.seen = false;
  auto tally = std::make_shared<TenantZones>();
  tally->last_change = facts.last_change;
  for (const std::string& name : names) {
    const auto stored = facts.zones.Find({"", name});
    ZoneRow row = RowOf(name, stored.get(), FindByName(facts.connected, name),
                        FindByName(facts.refused, name), facts, tally->good_until);
    tally->counts.Add(row.status);
    if (!row.version.empty()) ++tally->versions[row.version];
    tally->zones.push_back(std::move(row));
  }
  for (const auto& [zone_name, proxies] : facts.proxies) tally->proxies.Add(proxies);
  std::erase_if(known_, [](const auto& one) { return !one.second.seen; });
  if (tally_ == nullptr || *tally != *tally_) tally_ = std::move(tally);
  return tally_;
}

}  // namespace skyden::insights
