// SPDX-License-Identifier: Apache-2.0
// The zones of one control plane, put together from what is stored, who is connected and who was
// turned away.
#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/time/time.h"
#include "skyden/insights/zone_row.h"
#include "skyden/insights/zone_sources.h"
#include "skyden/resources/resource_views.h"
#include "skyden/store/records.h"

namespace skyden::insights {

// What a ZoneInsight says of a zone's connections.
struct StoredLink {
  std::optional<absl::Time> connected;  // since when the newest is open
  std::optional<absl::Time> gone;       // when the last one before that ended
  std::string version;
  std::string instance_id;
};
StoredLink LinkOf(const model::Resource& zone_insight);

// What there is to be known of the zones of a control plane, at `now`.
struct ZoneFacts {
  const resources::ResourceView& zones;
  const resources::ResourceView& zone_insights;
  const std::map<std::string, ProxyTally>& proxies;    // by zone; of none under ""
  const std::vector<LiveZone>& connected;              // by name
  const std::vector<RefusedZone>& refused;             // by name
  const std::optional<store::Suspension>& suspension;  // of the control plane
  std::optional<absl::Time> last_change;
  absl::Time now;
};

// Thread-compatible. Remembers what zones' insights say, so that only those that changed are read,
// and where zones were last seen.
class ZoneTally {
 public:
  // The same object as before when nothing is otherwise.
  TenantZonesRef Advance(const ZoneFacts& facts);

 private:
  struct Known {
    model::Revision insight_revision = 0;
    std::optional<StoredLink> link;  // nullopt: it never was connected
    std::string peer;                // where it was last seen, and with what
    std::optional<ZoneToken> token;
    bool seen = false;  // in this round
  };

  void ReadInsights(const resources::ResourceView& insights);
  // `stored`: the Zone; null when there is none. `live`, `refused`: likewise.
  ZoneRow RowOf(const std::string& name, const model::Resource* stored, const LiveZone* live,
                const RefusedZone* refused, const ZoneFacts& facts, absl::Time& good_until);

  std::map<std::string, Known> known_;
  TenantZonesRef tally_;
};

}  // namespace skyden::insights
