// SPDX-License-Identifier: Apache-2.0
// A proxy's part in the figures follows from its two resources alone, so the old part can be taken
// out with the old views at hand: nothing is remembered per proxy.
#include "insights/tenant_figures.h"

#include <algorithm>
#include <utility>

#include "insights/subscriptions.h"
#include "kuma/mesh/v1alpha1/mesh.pb.h"
#include "kuma/mesh/v1alpha1/outside.pb.h"
#include "kuma/system/v1alpha1/zone_insight.pb.h"
#include "skyden/model/kuma_labels.h"

namespace skyden::insights {
namespace {

namespace mesh_proto = kuma::mesh::v1alpha1;
using resources::ResourceView;
using View = CountedViews::View;

View EmptyView() {
  return std::make_shared<const ResourceView>(
      0, std::vector<std::shared_ptr<const ResourceView::Chunk>>());
}

View Newer(const View& a, const View& b) { return a->revision() < b->revision() ? b : a; }

bool IsExclusive(const model::Resource& mesh) {
  mesh_proto::Mesh spec;
  return spec.ParseFromString(mesh.spec) &&
         spec.meshservices().mode() == mesh_proto::Mesh::MeshServices::Exclusive;
}

std::vector<ExternalFacts> ExternalServicesOf(const ResourceView& view,
                                              const std::string& mesh_name) {
  std::vector<ExternalFacts> services;
  for (size_t i = view.LowerBound({mesh_name, ""}); i < view.size(); ++i) {
    const model::Resource& resource = *view.at(i);
    if (resource.key.mesh != mesh_name) break;
    mesh_proto::ExternalService service;
    if (!service.ParseFromString(resource.spec)) continue;  // was checked when it came in
    const auto tag = [&](std::string_view key) {
      const auto found = service.tags().find(std::string(key));
      return found == service.tags().end() ? std::string() : found->second;
    };
    services.push_back(
        {tag(model::kServiceTag), service.networking().address(), tag(model::kZoneTag)});
  }
  return services;
}

// nullopt: connected.
std::optional<absl::Time> GoneSince(const model::Resource& resource) {
  kuma::system::v1alpha1::ZoneInsight insight;
  if (!insight.ParseFromString(resource.spec)) return absl::InfinitePast();
  if (IsOnline(insight)) return std::nullopt;
  absl::Time last = absl::InfinitePast();
  for (const auto& subscription : insight.subscriptions()) {
    if (!subscription.has_disconnect_time()) continue;
    const auto& time = subscription.disconnect_time();
    last = std::max(last, absl::FromUnixSeconds(time.seconds()) + absl::Nanoseconds(time.nanos()));
  }
  return last;
}

}  // namespace

const TenantFigures::Mesh* TenantFigures::Find(const std::string& mesh_name) const {
  const auto mesh = std::partition_point(meshes.begin(), meshes.end(),
                                         [&](const Mesh& m) { return m.name < mesh_name; });
  return mesh != meshes.end() && mesh->name == mesh_name ? &*mesh : nullptr;
}

model::ResourceKey ServiceInsightKey(const std::string& mesh_name) {
  return {mesh_name, "all-services-" + mesh_name};
}

size_t CountedViews::items() const {
  size_t items = 0;
  for (const View* view : {&meshes, &dataplanes, &dataplane_insights, &external_services,
                           &zone_insights, &zone_ingress_insights, &zone_egress_insights}) {
    items += (*view)->size();
  }
  return items;
}

TenantCounts::TenantCounts() : presence_(std::make_shared<const ZonePresence>()) {
  const View empty = EmptyView();
  views_ = {empty, empty, empty, empty, empty, empty, empty};
}

std::shared_ptr<const TenantFigures> TenantCounts::Advance(const CountedViews& views,
                                                           absl::Time now) {
  const CountedViews to = {
      Newer(views_.meshes, views.meshes),
      Newer(views_.dataplanes, views.dataplanes),
      Newer(views_.dataplane_insights, views.dataplane_insights),
      Newer(views_.external_services, views.external_services),
      Newer(views_.zone_insights, views.zone_insights),
      Newer(views_.zone_ingress_insights, views.zone_ingress_insights),
      Newer(views_.zone_egress_insights, views.zone_egress_insights),
  };
  const auto presence_before = presence_;
  AdvanceZones(*to.zone_insights);
  AdvanceMeshes(*to.meshes);
  AdvanceProxies(to);
  AdvanceExternalServices(*to.external_services);
  AdvanceInsights<mesh_proto::ZoneIngressInsight>(*views_.zone_ingress_insights,
                                                  *to.zone_ingress_insights, zone_ingresses_);
  AdvanceInsights<mesh_proto::ZoneEgressInsight>(*views_.zone_egress_insights,
                                                 *to.zone_egress_insights, zone_egresses_);
  const bool same_meshes = to.meshes == views_.meshes;
  const bool same_proxies = to.zone_ingress_insights == views_.zone_ingress_insights &&
                            to.zone_egress_insights == views_.zone_egress_insights;
  views_ = to;
  const bool folded = std::all_of(meshes_.begin(), meshes_.end(),
                                  [](const auto& mesh) { return mesh.second.folded != nullptr; });
  if (figures_ != nullptr && folded && same_meshes && same_proxies &&
      presence_ == presence_before) {
    return figures_;
  }
  auto figures = std::make_shared<TenantFigures>();
  for (size_t i = 0; i < to.meshes->size(); ++i) {
    const ResourceView::Item& resource = to.meshes->at(i);
    Mesh& mesh = meshes_[resource->key.name];
    if (mesh.folded == nullptr) Fold(resource->key.name, mesh, now);
    figures->meshes.push_back(
        {resource->key.name, resource->creation_time, mesh.changed, mesh.folded});
    for (const auto& [zone_name, proxies] : mesh.folded->zone_proxies) {
      figures->zone_proxies[zone_name].Add(proxies);
    }
  }
  figures->zones.total = zones_.size();
  for (const auto& [zone_name, gone] : zones_) figures->zones.online += gone ? 0 : 1;
  figures->zone_ingresses = CountOnline(zone_ingresses_);
  figures->zone_egresses = CountOnline(zone_egresses_);
  figures->presence = presence_;
  figures_ = std::move(figures);
  return figures_;
}

void TenantCounts::AdvanceZones(const ResourceView& to) {
  if (views_.zone_insights.get() == &to) return;
  const resources::ViewDiff diff = Diff(*views_.zone_insights, to);
  ZonePresence::Zones zones = zones_;
  for (const auto& item : diff.removed) zones.erase(item->key.name);
  for (const auto& item : diff.changed) zones[item->key.name] = GoneSince(*item);
  if (zones == zones_) return;
  zones_ = zones;
  presence_ = std::make_shared<const ZonePresence>(std::move(zones));
  for (auto& [name, mesh] : meshes_) mesh.folded = nullptr;
}

void TenantCounts::AdvanceMeshes(const ResourceView& to) {
  if (views_.meshes.get() == &to) return;
  const resources::ViewDiff diff = Diff(*views_.meshes, to);
  for (const auto& item : diff.changed) {
    Mesh& mesh = meshes_[item->key.name];
    mesh.exclusive = IsExclusive(*item);
    mesh.folded = nullptr;
  }
  // Its proxies go with it, but their view may be older: then they still count, unseen.
  for (const auto& item : diff.removed) {
    const auto mesh = meshes_.find(item->key.name);
    if (mesh != meshes_.end() && mesh->second.counts.empty()) meshes_.erase(mesh);
  }
}

void TenantCounts::AdvanceProxies(const CountedViews& to) {
  if (views_.dataplanes == to.dataplanes && views_.dataplane_insights == to.dataplane_insights) {
    return;
  }
  std::vector<model::ResourceKey> changed;
  for (const auto& diff : {Diff(*views_.dataplanes, *to.dataplanes),
                           Diff(*views_.dataplane_insights, *to.dataplane_insights)}) {
    for (const auto& item : diff.changed) changed.push_back(item->key);
    for (const auto& item : diff.removed) changed.push_back(item->key);
  }
  std::sort(changed.begin(), changed.end());
  changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  for (const model::ResourceKey& key : changed) {
    const auto before = views_.dataplanes->Find(key);
    const auto after = to.dataplanes->Find(key);
    if (before == nullptr && after == nullptr) continue;  // an insight alone
    Mesh& mesh = meshes_[key.mesh];
    mesh.folded = nullptr;
    if (before != nullptr) {
      const auto facts = FactsOf(*before, views_.dataplane_insights->Find(key).get());
      if (facts) mesh.counts.Remove(before->zone, *facts);
    }
    if (after != nullptr) {
      const auto facts = FactsOf(*after, to.dataplane_insights->Find(key).get());
      if (facts) mesh.counts.Add(after->zone, *facts);
    }
    if (mesh.counts.empty() && to.meshes->Find({"", key.mesh}) == nullptr) meshes_.erase(key.mesh);
  }
}

void TenantCounts::AdvanceExternalServices(const ResourceView& to) {
  if (views_.external_services.get() == &to) return;
  const resources::ViewDiff diff = Diff(*views_.external_services, to);
  std::vector<std::string> changed;
  for (const auto& item : diff.changed) changed.push_back(item->key.mesh);
  for (const auto& item : diff.removed) changed.push_back(item->key.mesh);
  std::sort(changed.begin(), changed.end());
  changed.erase(std::unique(changed.begin(), changed.end()), changed.end());
  for (const std::string& mesh_name : changed) {
    const auto mesh = meshes_.find(mesh_name);
    if (mesh == meshes_.end()) continue;
    mesh->second.external_services = ExternalServicesOf(to, mesh_name);
    mesh->second.folded = nullptr;
  }
}

template <class Insight>
void TenantCounts::AdvanceInsights(const ResourceView& from, const ResourceView& to,
                                   ProxyInsights& insights) {
  if (&from == &to) return;
  const resources::ViewDiff diff = Diff(from, to);
  for (const auto& item : diff.removed) insights.erase(item->key.name);
  for (const auto& item : diff.changed) {
    Insight insight;
    const bool online = insight.ParseFromString(item->spec) && IsOnline(insight);
    insights[item->key.name] = {item->zone, online};
  }
}

void TenantCounts::Fold(const std::string& mesh_name, Mesh& mesh, absl::Time now) {
  mesh.folded = std::make_shared<const MeshFigures>(mesh.counts.Fold({
      [this](const std::string& zone_name) { return PresenceOf(zone_name); },
      mesh.exclusive,
      mesh.external_services,
      [this, &mesh_name](const std::string& service) { return FirstKind(mesh_name, service); },
  }));
  mesh.changed = now;
}

ProxyKind TenantCounts::FirstKind(const std::string& mesh_name, const std::string& service) const {
  const ResourceView& view = *views_.dataplanes;
  for (size_t i = view.LowerBound({mesh_name, ""}); i < view.size(); ++i) {
    if (view.at(i)->key.mesh != mesh_name) break;
    const auto facts = FactsOf(*view.at(i), nullptr);
    if (!facts) continue;
    const bool makes_it = std::any_of(facts->services.begin(), facts->services.end(),
                                      [&](const auto& each) { return each.name == service; });
    if (makes_it) return facts->kind;
  }
  return ProxyKind::kStandard;
}

Presence TenantCounts::PresenceOf(const std::string& zone_name) const {
  return presence_->GoneSince(zone_name) ? Presence::kGone : Presence::kThere;
}

TenantFigures::Online TenantCounts::CountOnline(const ProxyInsights& insights) const {
  TenantFigures::Online count{insights.size(), 0};
  for (const auto& [name, insight] : insights) {
    if (insight.online && PresenceOf(insight.zone_name) == Presence::kThere) ++count.online;
  }
  return count;
}

}  // namespace skyden::insights
