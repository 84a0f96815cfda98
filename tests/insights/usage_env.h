// SPDX-License-Identifier: Apache-2.0
// Zones that come and go as the test says, and a database that can be out of reach.
#pragma once

#include <catch2/catch.hpp>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "server/services.h"
#include "skyden/insights/usage_meter.h"
#include "skyden/store/metering.h"
#include "tests/insights/testing.h"
#include "tests/resources/manager/manager_env.h"

namespace skyden::insights::testing {

class UsageZones {
 public:
  ZoneSources Sources() {
    return {.connected =
                [this](const model::TenantScope& scope) {
                  ++asked;
                  std::vector<LiveZone> live;
                  for (const std::string& name : zones_[scope.tenant()]) {
                    LiveZone zone;
                    zone.name = name;
                    live.push_back(std::move(zone));
                  }
                  return live;
                },
            .refused = nullptr,
            .subscribe = [this](ZoneSources::Changed changed) -> std::shared_ptr<void> {
              auto listener = std::make_shared<ZoneSources::Changed>(std::move(changed));
              listener_ = listener;
              return listener;
            }};
  }
  void Connect(const model::TenantScope& scope, std::vector<std::string> names) {
    zones_[scope.tenant()] = std::move(names);
    if (const auto listener = listener_.lock()) (*listener)(scope.organization(), scope.tenant());
  }

  int asked = 0;

 private:
  std::map<model::TenantKey, std::vector<std::string>> zones_;
  std::weak_ptr<ZoneSources::Changed> listener_;
};

class BreakableMetering final : public store::Metering {
 public:
  explicit BreakableMetering(store::Metering& metering) : metering_(metering) {}
  absl::Status Add(const model::OrganizationScope& scope,
                   std::span<const store::MeteredHour> hours) override {
    return is_broken ? absl::UnavailableError("out of reach") : metering_.Add(scope, hours);
  }
  absl::Status List(const model::OrganizationScope& scope, model::TenantKey tenant,
                    store::Hour from, store::Hour to,
                    absl::FunctionRef<void(const store::MeteredHour&)> fn) override {
    return metering_.List(scope, tenant, from, to, fn);
  }
  absl::StatusOr<std::vector<store::PastControlPlane>> ListPast(
      const model::OrganizationScope& scope) override {
    return metering_.ListPast(scope);
  }
  absl::StatusOr<uint64_t> Prune(const model::OrganizationScope& scope, model::TenantKey tenant,
                                 store::Hour before) override {
    return metering_.Prune(scope, tenant, before);
  }
  absl::Status PrunePast(const model::OrganizationScope& scope, absl::Time before) override {
    return metering_.PrunePast(scope, before);
  }
  std::vector<Written> TakeWritten() override { return metering_.TakeWritten(); }

  bool is_broken = false;

 private:
  store::Metering& metering_;
};

class UsageEnv : public resources::testing::ManagerEnv {
 public:
  UsageEnv() : metering(store::MeteringOf(*TestEnv::store)) {
    metering.TakeWritten();
    StoreAs("ZoneInsight", ZoneInsight("east", Connection::kOpen));
    StoreAs("ZoneInsight", ZoneInsight("west", Connection::kOpen));
  }

  UsageMeter::Deps Deps(UsageZones& of) {
    return {.store = *TestEnv::store,
            .metering = metering,
            .registry = registry(),
            .figures = *services().figures,
            .clock = clock,
            .workers = workers(),
            .timers = timers(),
            .zones = of.Sources()};
  }
  void StoreAs(const std::string& type, model::Resource resource) {
    resource.type = store::testing::Type(type);
    Store(std::move(resource));
  }
  void Run(const Proxy& proxy, Connection connection = Connection::kOpen) {
    StoreAs("Dataplane", proxy.Dataplane());
    Seen seen;
    seen.connection = connection;
    StoreAs("DataplaneInsight", InsightOf(proxy.Dataplane(), seen));
  }
  // By hours, the oldest first.
  std::vector<store::MeteredHour> Hours() {
    std::vector<store::MeteredHour> hours;
    REQUIRE(store::MeteringOf(*TestEnv::store)
                .List(owner(), scope.tenant(), 0, store::Hour{1} << 40,
                      [&](const store::MeteredHour& hour) { hours.push_back(hour); })
                .ok());
    return hours;
  }
  store::Metered Used() {
    store::Metered sum;
    for (const store::MeteredHour& hour : Hours()) sum.Add(hour.used);
    return sum;
  }

  UsageZones zones;
  BreakableMetering metering;
};

}  // namespace skyden::insights::testing
