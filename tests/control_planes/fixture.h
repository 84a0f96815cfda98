// SPDX-License-Identifier: Apache-2.0
// The services over a real store. What other modules would write (seed, zones) is one Zone resource
// or mesh each, so that these tests stand on the store alone.
#pragma once

#include <future>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "skyden/control_planes/control_plane_service.h"
#include "skyden/identity/authenticator.h"
#include "skyden/identity/tokens.h"
#include "skyden/store/tenant_tx.h"
#include "tests/env/test_store.h"

namespace skyden::control_planes {

struct Fixture {
  base::FakeClock clock;
  TestStore store;
  identity::Authenticator authenticator{{*store, clock}};
  model::OrganizationKey organization = store.NewOrganization("default");

  absl::Status seed_answer;
  std::vector<std::string> online;

  std::unique_ptr<ControlPlaneService> service = ControlPlaneService::Create({
      *store,
      clock,
      [this](store::WriteTx& tx, const store::ControlPlaneRecord&) {
        if (!seed_answer.ok()) return seed_answer;
        return Put(tx, "Mesh", "default");
      },
      [this](const model::TenantScope&) -> absl::StatusOr<std::vector<std::string>> {
        return online;
      },
  });
  std::unique_ptr<ZoneService> zones = ZoneService::Create({
      *store,
      clock,
      [this](store::WriteTx& tx, const model::ZoneName& zone) {
        return Put(tx, "Zone", zone.str());
      },
      [] {
        identity::NewToken fresh = identity::GenerateToken(identity::TokenKind::kSystemAccount);
        return ZoneService::Deps::FreshToken{std::move(fresh.text), std::move(fresh.id),
                                             fresh.sha256};
      },
  });

  absl::Status Put(store::WriteTx& tx, const std::string& type, const std::string& name) {
    model::Resource resource;
    resource.type = store.registry().FindByName(type)->id;
    resource.key.name = name;
    resource.creation_time = resource.modification_time = clock.Now();
    return tx.PutResource(resource, 0);
  }

  model::OrganizationScope As(model::Role role, const store::ControlPlaneRecord* bound = nullptr) {
    const auto token = store.NewToken(organization, role, bound);
    return *authenticator.EnterOrganization(*authenticator.Authenticate(token.text));
  }

  model::TenantScope Inside(model::Role role, const model::ControlPlaneId& id) {
    const auto token = store.NewToken(organization, role);
    return *authenticator.Enter(*authenticator.Authenticate(token.text), id);
  }

  absl::StatusOr<store::ControlPlaneRecord> Create(const model::OrganizationScope& scope,
                                                   CreateControlPlane request) {
    std::promise<absl::StatusOr<store::ControlPlaneRecord>> answer;
    service->CreateAsync(scope, std::move(request),
                         [&answer](auto result) { answer.set_value(std::move(result)); });
    return answer.get_future().get();
  }

  absl::StatusOr<ZoneService::Provisioned> Provision(const model::TenantScope& scope,
                                                     const std::string& zone) {
    std::promise<absl::StatusOr<ZoneService::Provisioned>> answer;
    zones->ProvisionAsync(scope, zone,
                          [&answer](auto result) { answer.set_value(std::move(result)); });
    return answer.get_future().get();
  }

  bool Has(const store::ControlPlaneRecord& record, const std::string& type,
           const std::string& name) {
    bool found = false;
    const absl::Status read = store->Read(TestStore::Tenant(record), [&](store::ReadTx& tx) {
      const auto resource = tx.FindResource(store.registry().FindByName(type)->id, {"", name});
      found = resource.ok() && resource->has_value();
      return resource.status();
    });
    return read.ok() && found;
  }
};

}  // namespace skyden::control_planes
