// SPDX-License-Identifier: Apache-2.0
// The zones of a reading as a list: filtered, sorted, in pages, with counts of what there is. Pure.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "absl/status/statusor.h"
#include "skyden/insights/fleet.h"
#include "skyden/insights/zone_row.h"
#include "skyden/model/list_filter.h"
#include "skyden/model/text_filter.h"

namespace skyden::insights {

struct FleetZone {
  const store::ControlPlaneRecord* control_plane;
  const ZoneRow* zone;
};

// What the list can be filtered by, under the names that the REST edge shows. Those of them that
// are counted come first.
const model::Filterable<FleetZone>& ZoneFilters();
inline constexpr size_t kZoneFacets = 4;  // status, control_plane_id, version, network

enum class ZoneSort {
  kStatus,  // the worst first
  kName,
  kControlPlane,  // its name
  kSince,
  kVersion,
  kPeer,
  kProxies,
  kBehindSince,  // who is not behind comes last
  kTokenEnds,    // likewise who has none that ends
};
// "status", "name", ...; nullopt for what is none.
std::optional<ZoneSort> ParseZoneSort(std::string_view name);

struct ListZones {
  std::vector<model::TextFilter> filters{};  // of ZoneFilters()
  ZoneSort sort = ZoneSort::kStatus;
  bool descending = false;
  size_t page_size = 100;
  std::string after{};  // ZonePage::next of the page before; empty: from the first
};

struct Facet {
  struct Value {
    std::string value;
    std::string name;  // of the control plane whose id it is
    uint64_t count = 0;
  };
  std::string_view field;
  std::vector<Value> values;  // most frequent first, limits::kFacetValues at most
};

struct ZonePage {
  uint64_t total = 0;
  std::vector<FleetZone> items;  // of the reading
  std::string next;              // empty: there are no more
  std::vector<Facet> facets;     // each of what passes all filters but those of its own field
};

// INVALID_ARGUMENT when `after` is of no such list.
absl::StatusOr<ZonePage> ListZonesOf(const Fleet::Reading& reading, const ListZones& request);

}  // namespace skyden::insights
