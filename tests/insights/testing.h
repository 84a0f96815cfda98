// SPDX-License-Identifier: Apache-2.0
// Proxies, their insights and zones, as they are stored.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "insights/tenant_figures.h"
#include "skyden/model/resource.h"

namespace skyden::insights::testing {

struct Proxy {
  std::string mesh = "default";
  std::string name = "dp-1";
  std::string zone = "east";
  std::vector<std::string> services = {"web"};  // one inbound each
  std::vector<std::string> not_ready = {};      // of those
  std::vector<std::string> ignored = {};        // of those
  std::optional<ProxyKind> gateway = std::nullopt;

  model::Resource Dataplane() const;
};

enum class Connection { kOpen, kClosed };
// Of a dataplane, ZoneIngress or ZoneEgress: all three say it alike.
struct Seen {
  Connection connection = Connection::kOpen;
  std::string kuma_dp = "2.14.3";
  std::string envoy = "1.36.0";
  std::optional<std::string> issued_backend = std::nullopt;
  std::vector<std::string> supported_backends = {};
  std::optional<std::pair<absl::Time, absl::Time>> certificate = std::nullopt;  // issued, ends

  std::string Spec() const;
};

inline constexpr int64_t kConnectedAt = 1'700'000'000;
inline constexpr int64_t kGoneAt = 1'700'000'500;

// The insight that belongs to `of`.
model::Resource InsightOf(const model::Resource& of, const Seen& seen);
model::Resource ZoneInsight(const std::string& zone, Connection connection);
model::Resource Mesh(const std::string& name, bool exclusive = false);
model::Resource ExternalService(const std::string& mesh, const std::string& name,
                                const std::string& service, const std::string& address);

// The views of a control plane, changed step by step, and what is counted of them.
class World {
 public:
  World();
  void Put(CountedViews::View CountedViews::*view, model::Resource resource);
  void Remove(CountedViews::View CountedViews::*view, const model::ResourceKey& key);
  std::shared_ptr<const TenantFigures> Figures() {
    return counts_.Advance(views, absl::FromUnixSeconds(kConnectedAt));
  }
  // Counted from scratch.
  std::shared_ptr<const TenantFigures> FiguresAnew() const {
    return TenantCounts().Advance(views, absl::FromUnixSeconds(kConnectedAt));
  }

  CountedViews views;

 private:
  TenantCounts counts_;
  model::Revision revision_ = 0;
};

// All of it as text that tells two apart.
std::string Text(const TenantFigures& figures);

}  // namespace skyden::insights::testing
