// SPDX-License-Identifier: Apache-2.0
// The whole of REST over real services and a real store, on a free port.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "skyden/audit/audit_service.h"
#include "skyden/base/clock.h"
#include "skyden/base/crypto.h"
#include "skyden/base/executor.h"
#include "skyden/control_planes/control_plane_service.h"
#include "skyden/control_planes/quota_service.h"
#include "skyden/http/server.h"
#include "skyden/identity/account_service.h"
#include "skyden/identity/authenticator.h"
#include "skyden/insights/insights.h"
#include "skyden/kds/kds_server.h"
#include "skyden/model/type_registry.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/kuma_tokens.h"
#include "skyden/resources/resource_manager.h"
#include "skyden/resources/resource_views.h"
#include "skyden/rest/rest_api.h"
#include "skyden/store/sealer.h"
#include "skyden/store/store.h"
#include "tests/kds/fake_verdicts.h"
#include "tests/temp_dir.h"

namespace skyden::rest {

struct Answer {
  int status = 0;
  std::string content_type;
  std::string body;
  std::string allow;
  std::vector<std::string> warnings;  // headers

  nlohmann::json json() const;
};

// Answers questions to zones as told; counts them.
class FakeZones final : public kds::ZoneGateway {
 public:
  Ticket Ask(const model::TenantScope& scope, kds::ZoneRequest request,
             absl::AnyInvocable<void(absl::StatusOr<std::string>)> done) override;
  void Cancel(const Ticket& ticket) override;
  bool answers = true;  // else the question waits until it is cancelled
  absl::StatusOr<std::string> answer = std::string("{}");
  absl::Mutex mu;
  absl::AnyInvocable<void(absl::StatusOr<std::string>)> waiting ABSL_GUARDED_BY(mu);
  std::string cancelled ABSL_GUARDED_BY(mu);
  std::vector<kds::ZoneRequest> asked;
};

class TestEnv {
 public:
  TestEnv();
  ~TestEnv();

  // `token` empty: none is sent.
  Answer Send(std::string_view method, const std::string& path, const std::string& token,
              const std::string& body = "",
              const std::vector<std::pair<std::string, std::string>>& headers = {});
  Answer Get(const std::string& path) { return Send("GET", path, operator_token); }
  Answer Put(const std::string& path, const std::string& body) {
    return Send("PUT", path, operator_token, body);
  }
  Answer Post(const std::string& path, const std::string& body) {
    return Send("POST", path, operator_token, body);
  }
  Answer Delete(const std::string& path) { return Send("DELETE", path, operator_token); }

  // Makes a control plane and returns its id.
  std::string NewControlPlane(const std::string& name = "test");
  // The root of its Kuma API: "/v1/mesh/control-planes/<id>/api".
  static std::string ApiOf(const std::string& id);
  // A token of a new account in the operator's organization, with the role on one control plane or
  // on all.
  std::string NewToken(model::Role role, const std::string& control_plane = "");
  // A token of the administrator of a new organization.
  std::string NewOrganization(const std::string& name);

  TempDir directory;
  std::string operator_token;
  std::vector<std::string> online_zones;
  std::vector<kds::RejectedConnection> rejected;
  FakeZones zones_gateway;
  kds::testing::FakeVerdicts verdicts;

  base::RealClock clock;
  std::unique_ptr<http::IoThreads> io;
  std::unique_ptr<model::TypeRegistry> registry;
  std::unique_ptr<resources::ResourceCodec> codec;
  std::unique_ptr<store::Sealer> sealer;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<resources::ResourceViews> views;
  std::unique_ptr<base::RsaKeyPool> keys;
  std::unique_ptr<resources::ResourceManager> manager;
  std::unique_ptr<resources::KumaTokens> kuma_tokens;
  std::unique_ptr<insights::Figures> figures;
  std::unique_ptr<insights::Insights> insights;
  std::unique_ptr<identity::Authenticator> authenticator;
  std::unique_ptr<identity::AccountService> accounts;
  std::unique_ptr<identity::TokenService> tokens;
  std::unique_ptr<identity::OrganizationService> organizations;
  std::unique_ptr<control_planes::ControlPlaneService> control_planes;
  std::unique_ptr<control_planes::ZoneService> zones;
  std::unique_ptr<control_planes::QuotaService> quotas;
  std::unique_ptr<audit::AuditService> audit;
  std::unique_ptr<base::WorkerPool> workers;
  std::unique_ptr<base::WorkerPool> transfers;
  std::unique_ptr<base::Timers> timers;
  std::unique_ptr<RestApi> api;
  std::unique_ptr<http::Server> server;

 private:
  void OpenStore();
  void BuildServices();
  void Listen();
};

}  // namespace skyden::rest
