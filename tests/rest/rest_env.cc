// SPDX-License-Identifier: Apache-2.0
#include "tests/rest/rest_env.h"

#include <httplib.h>

#include <catch2/catch.hpp>
#include <utility>

#include "absl/strings/ascii.h"
#include "server/edges.h"
#include "server/services.h"
#include "skyden/base/crypto.h"
#include "skyden/identity/authenticator.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"
#include "tests/kds/fake_deliveries.h"

namespace skyden::rest {

nlohmann::json Answer::json() const {
  return nlohmann::json::parse(body, nullptr, /*allow_exceptions=*/false);
}

kds::ZoneGateway::Ticket FakeZones::Ask(
    const model::TenantScope&, kds::ZoneRequest request,
    absl::AnyInvocable<void(absl::StatusOr<std::string>)> done) {
  asked.push_back(std::move(request));
  if (answers) {
    done(answer);
    return {};
  }
  absl::MutexLock lock(&mu);
  waiting = std::move(done);
  return "ticket";
}

void FakeZones::Cancel(const Ticket& ticket) {
  absl::MutexLock lock(&mu);
  cancelled = ticket;
  waiting = nullptr;
}

std::vector<insights::LiveZone> FakeFleet::Connected(const std::string& control_plane) {
  absl::MutexLock lock(&mu_);
  return connected_[control_plane];
}

std::vector<insights::RefusedZone> FakeFleet::Refused(const std::string& control_plane) {
  absl::MutexLock lock(&mu_);
  return refused_[control_plane];
}

std::shared_ptr<void> FakeFleet::Subscribe(insights::ZoneSources::Changed changed) {
  auto listener = std::make_shared<insights::ZoneSources::Changed>(std::move(changed));
  absl::MutexLock lock(&mu_);
  listeners_.push_back(listener);
  return listener;
}

void FakeFleet::SetConnected(const std::string& control_plane,
                             std::vector<insights::LiveZone> zones) {
  absl::MutexLock lock(&mu_);
  connected_[control_plane] = std::move(zones);
}

void FakeFleet::SetRefused(const std::string& control_plane,
                           std::vector<insights::RefusedZone> zones) {
  absl::MutexLock lock(&mu_);
  refused_[control_plane] = std::move(zones);
}

void FakeFleet::Tell(model::OrganizationKey organization, model::TenantKey tenant) {
  std::vector<std::shared_ptr<insights::ZoneSources::Changed>> listeners;
  {
    absl::MutexLock lock(&mu_);
    for (const auto& weak : listeners_) {
      if (auto listener = weak.lock()) listeners.push_back(std::move(listener));
    }
  }
  for (const auto& listener : listeners) (*listener)(organization, tenant);
}

namespace {

kds::Deliveries& NoZones() {
  static kds::testing::FakeDeliveries nobody;
  return nobody;
}

}  // namespace

RestEnv::RestEnv(std::function<void(RestEnv&, Deps&)> change)
    : TestEnv({.time = Time::kReal,
               .first_operator = Options::Operator::kFirstStart,
               .deleted_retention = absl::Hours(24 * 7),
               .ready_keys = 2,
               .online_zones = [this](const model::TenantScope&) { return online_zones; },
               .zone_sources = {.connected =
                                    [this](const auto& scope) {
                                      return fleet_zones.Connected(scope.control_plane().str());
                                    },
                                .refused =
                                    [this](const auto& scope) {
                                      return fleet_zones.Refused(scope.control_plane().str());
                                    },
                                .subscribe =
                                    [this](insights::ZoneSources::Changed changed) {
                                      return fleet_zones.Subscribe(std::move(changed));
                                    }}}),
      io(std::make_unique<http::IoThreads>(2)) {
  Deps deps =
      server::DepsOfRest(services(), {.online_zones = [this](const auto&) { return online_zones; },
                                      .rejected = [this](const auto&) { return rejected; },
                                      .all_rejected = [this] { return rejected; },
                                      .gateway = &zones_gateway,
                                      .verdicts = &verdicts,
                                      .own_verdicts = &verdicts,
                                      .deliveries = &NoZones()});
  deps.door = nullptr;  // one address tries everything that is wrong
  deps.kds_public_address = "grpcs://zones.example:5685";
  if (change) change(*this, deps);
  api = RestApi::Create(std::move(deps));
  auto listening = http::Listen(
      *io,
      {.address = "127.0.0.1:0", .bodies = http::Bodies::kOnDemand, .refusal = &RestApi::Refusal},
      api->handler());
  REQUIRE(listening.ok());
  server = *std::move(listening);
}

RestEnv::~RestEnv() {
  server = nullptr;
  Settle();
}

size_t RestEnv::PendingKeys(const std::string& control_plane) {
  size_t keys = 0;
  const absl::Status read = store->Read(Inside(control_plane), [&](store::ReadTx& tx) {
    const auto all = tx.ListPendingKeys();
    if (all.ok()) keys = all->size();
    return all.status();
  });
  REQUIRE(read.ok());
  return keys;
}

void RestEnv::Revoke(const std::string& token) {
  const auto caller = services().authenticator.Authenticate("Bearer " + token);
  REQUIRE(caller.ok());
  REQUIRE(store
              ->WriteDirectory(model::SystemScope::For("test").In(caller->organization),
                               [&](store::DirectoryTx& tx) {
                                 return tx.RevokeToken(*caller->token, clock.Now());
                               })
              .ok());
}

Answer RestEnv::Send(std::string_view method, const std::string& path, const std::string& token,
                     const std::string& body,
                     const std::vector<std::pair<std::string, std::string>>& headers) {
  httplib::Client client("http://" + server->address());
  client.set_read_timeout(60);  // busy machines make keys slowly
  httplib::Request request;
  request.method = std::string(method);
  request.path = path;
  request.body = body;
  for (const auto& [name, value] : headers) request.headers.emplace(name, value);
  if (!token.empty()) request.headers.emplace("Authorization", "Bearer " + token);
  if (!request.headers.contains("Content-Type") && method.starts_with('P')) {
    request.headers.emplace("Content-Type", "application/json");
  }
  const auto result = client.send(request);
  if (!result) return {};
  Answer answer{result->status, result->get_header_value("Content-Type"), result->body,
                result->get_header_value("Allow")};
  for (size_t i = 0; i < result->get_header_value_count("Warning"); ++i) {
    answer.warnings.push_back(result->get_header_value("Warning", i));
  }
  for (size_t i = 0; i < result->get_header_value_count("Set-Cookie"); ++i) {
    answer.cookies.push_back(result->get_header_value("Set-Cookie", i));
  }
  for (const auto& [name, value] : result->headers) {
    answer.headers[absl::AsciiStrToLower(name)] = value;
  }
  return answer;
}

std::string RestEnv::NewControlPlane(const std::string& name, model::KumaVersion version) {
  const Answer answer =
      Post("/v1/mesh/control-planes",
           nlohmann::json{{"name", name}, {"version", std::string(model::NameOf(version))}}.dump());
  REQUIRE(answer.status == 201);
  return answer.json().at("id");
}

model::TenantScope RestEnv::Inside(const std::string& control_plane) {
  const auto system = model::SystemScope::For("test");
  const auto record = store->FindControlPlane(system, model::ControlPlaneId(control_plane));
  REQUIRE(record.ok());
  REQUIRE(record->has_value());
  return system.In((*record)->organization, (*record)->tenant, (*record)->id, (*record)->version());
}

void RestEnv::Connect(const std::string& control_plane, std::vector<insights::LiveZone> zones) {
  fleet_zones.SetConnected(control_plane, std::move(zones));
  const model::TenantScope scope = Inside(control_plane);
  fleet_zones.Tell(scope.organization(), scope.tenant());
}

void RestEnv::Refuse(const std::string& control_plane, std::vector<insights::RefusedZone> zones) {
  fleet_zones.SetRefused(control_plane, std::move(zones));
  const model::TenantScope scope = Inside(control_plane);
  fleet_zones.Tell(scope.organization(), scope.tenant());
}

std::string RestEnv::ApiOf(const std::string& id) {
  return "/v1/mesh/control-planes/" + id + "/api";
}

model::OrganizationScope RestEnv::OfOperator() {
  const auto caller = services().authenticator.Authenticate(operator_token);
  REQUIRE(caller.ok());
  const auto scope = services().authenticator.EnterOrganization(*caller);
  REQUIRE(scope.ok());
  return *scope;
}

std::string RestEnv::NewTokenOf(const std::vector<Held>& roles) {
  const auto scope = OfOperator();
  identity::CreateAccount account;
  account.name = "account " + base::RandomUuid();
  const auto made = services().accounts->Create(scope, account);
  REQUIRE(made.ok());
  for (const Held& held : roles) {
    identity::AssignRole assign;
    assign.role = held.role;
    if (!held.control_plane.empty()) {
      assign.control_plane = model::ControlPlaneId(held.control_plane);
    }
    assign.narrowing = held.narrowing;
    const auto assigned = services().accounts->Assign(scope, made->kind, made->id, assign);
    INFO(assigned.status());
    REQUIRE(assigned.ok());
  }
  const auto token = services().tokens->Issue(scope, made->kind, made->id, {"token", std::nullopt});
  REQUIRE(token.ok());
  return token->text;
}

std::string RestEnv::NewOrganization(const std::string& name) {
  const auto made = services().organizations->Create(OfOperator(), name);
  REQUIRE(made.ok());
  return made->token.text;
}

}  // namespace skyden::rest
