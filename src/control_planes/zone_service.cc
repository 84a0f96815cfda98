// SPDX-License-Identifier: Apache-2.0
#include <utility>

#include "control_planes/errors.h"
#include "skyden/base/crypto.h"
#include "skyden/base/json_text.h"
#include "skyden/base/status.h"
#include "skyden/control_planes/control_plane_service.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::control_planes {
namespace {

// What one request writes. The transaction may run twice: it is made before.
struct NewZone {
  model::ZoneName name;
  store::AccountRecord account;
  store::TokenRecord token;
  std::string token_text;
};

class ZoneServiceImpl final : public ZoneService {
 public:
  explicit ZoneServiceImpl(Deps deps) : deps_(std::move(deps)) {}

  void ProvisionAsync(const model::TenantScope& scope, std::string zone_name,
                      absl::AnyInvocable<void(absl::StatusOr<Provisioned>)> done) override {
    const absl::Status allowed = CheckWrites(scope);
    if (!allowed.ok()) return done(allowed);
    auto name = model::ParseZoneName(zone_name);
    if (!name.ok()) return done(BadFields({{"name", std::string(name.status().message())}}));
    auto zone = std::make_shared<NewZone>(MakeZone(scope, *std::move(name)));
    deps_.store.WriteAsync(
        scope, store::WritePlan::ReadsAnything(),
        [this, zone](store::WriteTx& tx) { return Insert(tx, *zone); },
        [zone, done = std::move(done)](const absl::StatusOr<model::Revision>& revision) mutable {
          if (!revision.ok()) return done(revision.status());
          done(Provisioned{std::move(zone->name), std::move(zone->token_text)});
        });
  }

 private:
  NewZone MakeZone(const model::TenantScope& scope, model::ZoneName name) const {
    NewZone zone;
    zone.name = std::move(name);
    zone.account.id = model::AccountId(base::RandomUuid());
    zone.account.kind = store::AccountRecord::Kind::kZone;
    zone.account.name = "zone " + zone.name.str();
    zone.account.tenant = scope.tenant();
    zone.account.zone = zone.name;
    zone.account.created_at = zone.account.updated_at = deps_.clock.Now();
    Deps::FreshToken fresh = deps_.new_token();
    zone.token.id = std::move(fresh.id);
    zone.token.account = zone.account.id;
    zone.token.name = zone.name.str();
    zone.token.sha256 = fresh.sha256;
    zone.token.created_at = zone.token.updated_at = zone.account.created_at;
    zone.token_text = std::move(fresh.text);
    return zone;
  }

  absl::Status Insert(store::WriteTx& tx, const NewZone& zone) const {
    SKYDEN_RETURN_IF_ERROR(deps_.create_zone(tx, zone.name));
    tx.Audit({zone.token.created_at, "zone.provision", "Zone", zone.name.str(),
              base::JsonObjectText().Text("token", zone.token.id.str()).Take()});
    SKYDEN_RETURN_IF_ERROR(tx.InsertAccount(zone.account));
    return tx.InsertToken(zone.token);
  }

  const Deps deps_;
};

}  // namespace

std::unique_ptr<ZoneService> ZoneService::Create(Deps deps) {
  return std::make_unique<ZoneServiceImpl>(std::move(deps));
}

}  // namespace skyden::control_planes
