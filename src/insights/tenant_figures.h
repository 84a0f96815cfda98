// SPDX-License-Identifier: Apache-2.0
// The figures of one control plane: what is shown, and how they are kept.
#pragma once

#include <array>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "insights/mesh_counts.h"
#include "skyden/insights/zone_presence.h"
#include "skyden/resources/resource_views.h"

namespace skyden::insights {

// Immutable.
struct TenantFigures {
  struct Mesh {
    std::string name;
    absl::Time created;
    absl::Time changed;  // when these figures were last counted
    std::shared_ptr<const MeshFigures> figures;
  };
  struct Online {
    uint64_t total = 0;
    uint64_t online = 0;
  };

  std::vector<Mesh> meshes;  // ordered by name
  Online zones;
  Online zone_ingresses;
  Online zone_egresses;
  std::map<std::string, ProxyTally> zone_proxies;  // of all meshes, by zone; of none under ""
  std::shared_ptr<const ZonePresence> presence;

  const Mesh* Find(const std::string& mesh_name) const;  // nullptr: there is none
};

// As which a mesh's services are stored.
model::ResourceKey ServiceInsightKey(const std::string& mesh_name);

// The views that are counted.
struct CountedViews {
  using View = std::shared_ptr<const resources::ResourceView>;
  View meshes, dataplanes, dataplane_insights, external_services;
  View zone_insights, zone_ingress_insights, zone_egress_insights;

  size_t items() const;
};

// Thread-compatible.
class TenantCounts {
 public:
  TenantCounts();

  // Counts what differs between the views it was last given and `views`; of each type the newer one
  // counts. The same figures as before when nothing differs.
  std::shared_ptr<const TenantFigures> Advance(const CountedViews& views, absl::Time now);
  size_t items() const { return views_.items(); }

 private:
  struct Mesh {
    MeshCounts counts;
    std::vector<ExternalFacts> external_services;
    bool exclusive = false;
    std::shared_ptr<const MeshFigures> folded;  // null: to be folded anew
    absl::Time changed;
  };
  struct ProxyInsight {
    std::string zone_name;
    bool online = false;
  };
  using ProxyInsights = std::map<std::string, ProxyInsight>;  // by name

  void AdvanceZones(const resources::ResourceView& to);
  void AdvanceMeshes(const resources::ResourceView& to);
  void AdvanceProxies(const CountedViews& to);
  void AdvanceExternalServices(const resources::ResourceView& to);
  template <class Insight>
  void AdvanceInsights(const resources::ResourceView& from, const resources::ResourceView& to,
                       ProxyInsights& insights);
  void Fold(const std::string& mesh_name, Mesh& mesh, absl::Time now);
  ProxyKind FirstKind(const std::string& mesh_name, const std::string& service) const;
  Presence PresenceOf(const std::string& zone_name) const;
  TenantFigures::Online CountOnline(const ProxyInsights& insights) const;

  CountedViews views_;
  std::map<std::string, Mesh> meshes_;
  ZonePresence::Zones zones_;
  std::shared_ptr<const ZonePresence> presence_;
  ProxyInsights zone_ingresses_;
  ProxyInsights zone_egresses_;
  std::shared_ptr<const TenantFigures> figures_;
};

}  // namespace skyden::insights
