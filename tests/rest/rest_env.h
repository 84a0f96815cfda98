// SPDX-License-Identifier: Apache-2.0
// The whole of REST on a free port, over what serves tenants (tests/env/test_env.h). Of zones it
// knows what the test says.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/functional/any_invocable.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "skyden/http/server.h"
#include "skyden/insights/zone_sources.h"
#include "skyden/kds/rejected_connection.h"
#include "skyden/kds/zone_gateway.h"
#include "skyden/rest/deps.h"
#include "skyden/rest/rest_api.h"
#include "tests/env/test_env.h"
#include "tests/kds/fake_verdicts.h"

namespace skyden::rest {

struct Answer {
  int status = 0;
  std::string content_type;
  std::string body;
  std::string allow;
  std::vector<std::string> warnings = {};           // headers
  std::vector<std::string> cookies = {};            // that are set
  std::map<std::string, std::string> headers = {};  // the last of each; names in lower case

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

// Zones as whoever serves them would know them, by control plane.
class FakeFleet {
 public:
  std::vector<insights::LiveZone> Connected(const std::string& control_plane);
  std::vector<insights::RefusedZone> Refused(const std::string& control_plane);
  std::shared_ptr<void> Subscribe(insights::ZoneSources::Changed changed);
  void SetConnected(const std::string& control_plane, std::vector<insights::LiveZone> zones);
  void SetRefused(const std::string& control_plane, std::vector<insights::RefusedZone> zones);
  void Tell(model::OrganizationKey organization, model::TenantKey tenant);

 private:
  absl::Mutex mu_;
  std::map<std::string, std::vector<insights::LiveZone>> connected_ ABSL_GUARDED_BY(mu_);
  std::map<std::string, std::vector<insights::RefusedZone>> refused_ ABSL_GUARDED_BY(mu_);
  std::vector<std::weak_ptr<insights::ZoneSources::Changed>> listeners_ ABSL_GUARDED_BY(mu_);
};

class RestEnv : public TestEnv {
 public:
  // `change`: what the edge is given, before it is.
  explicit RestEnv(std::function<void(RestEnv&, Deps&)> change = nullptr);
  ~RestEnv();

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

  // What is connected, or turned away, changes, and whoever listens is told.
  void Connect(const std::string& control_plane, std::vector<insights::LiveZone> zones);
  void Refuse(const std::string& control_plane, std::vector<insights::RefusedZone> zones);
  // The daemon's own hands inside a control plane.
  model::TenantScope Inside(const std::string& control_plane);

  // Keys that were promised to the control plane, and are not made yet.
  size_t PendingKeys(const std::string& control_plane);
  // By the daemon itself, as if somebody did it meanwhile.
  void Revoke(const std::string& token);

  // Makes a control plane and returns its id.
  std::string NewControlPlane(const std::string& name = "test",
                              model::KumaVersion version = model::KumaVersion::kTwo);
  // The root of its Kuma API: "/v1/mesh/control-planes/<id>/api".
  static std::string ApiOf(const std::string& id);
  // A token of a new account in the operator's organization, with the role on one control plane or
  // on all, narrowed or not.
  std::string NewToken(model::Role role, const std::string& control_plane = "",
                       const model::Narrowing& narrowing = {}) {
    return NewTokenOf({{role, control_plane, narrowing}});
  }
  struct Held {
    model::Role role = model::Role::kViewer;
    std::string control_plane = {};
    model::Narrowing narrowing = {};
  };
  std::string NewTokenOf(const std::vector<Held>& roles);
  // A token of the administrator of a new organization.
  std::string NewOrganization(const std::string& name);

  std::vector<std::string> online_zones;
  std::vector<kds::RejectedConnection> rejected;
  FakeZones zones_gateway;
  FakeFleet fleet_zones;
  kds::testing::FakeVerdicts verdicts;
  std::unique_ptr<http::IoThreads> io;
  std::unique_ptr<RestApi> api;
  std::unique_ptr<http::Server> server;

 private:
  model::OrganizationScope OfOperator();
};

}  // namespace skyden::rest
