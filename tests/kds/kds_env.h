// SPDX-License-Identifier: Apache-2.0
// A KDS server on a real port, over what serves tenants (tests/env/test_env.h).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "skyden/kds/kds_server.h"
#include "skyden/model/resource.h"
#include "tests/env/test_env.h"
#include "tests/kds/dialogue.h"
#include "tests/kds/fake_zone.h"

namespace skyden::kds::testing {

class KdsEnv : public TestEnv {
 public:
  explicit KdsEnv(Time time = Time::kReal, std::function<void(KdsOptions&)> options = {});
  ~KdsEnv();

  std::string Provision(const model::TenantScope& scope, const std::string& zone);
  // A zone token of the control plane's own (a JWT), as `kumactl generate zone-token` gets it.
  std::string IssueZoneToken(const model::TenantScope& scope, const std::string& zone,
                             const std::string& valid_for);
  // The address' userinfo that signs `zone` in, provisioned now.
  std::string UserInfo(const model::TenantScope& scope, const std::string& zone);
  FakeZone Zone(FakeZone::Options options) const { return {server->address(), options}; }
  // A provisioned zone.
  FakeZone NewZone(const model::TenantScope& scope, const std::string& zone);

  // As a client of the REST API would. `rest`: JSON members after type, mesh and name.
  absl::Status Put(const model::TenantScope& scope, const std::string& type,
                   const std::string& mesh, const std::string& name, const std::string& rest = "");
  absl::Status Delete(const model::TenantScope& scope, const std::string& type,
                      const std::string& mesh, const std::string& name);
  std::optional<model::Resource> Find(const model::TenantScope& scope, const std::string& type,
                                      const std::string& mesh, const std::string& name);
  std::vector<model::Resource> List(const model::TenantScope& scope, const std::string& type);

  // Waits until `holds`, looking after each commit; false after 20 s.
  bool Eventually(const std::function<bool()>& holds);
  // Manual time: runs tasks until `holds`; false after 20 s of real time.
  bool RunUntil(const std::function<bool()>& holds);

  // Ends the server, without a word to the zones, and starts another over the same store.
  void Restart();
  void StartServer();

  std::function<void(KdsOptions&)> change_options;
  std::unique_ptr<KdsServer> server;
};

// "spec" of a MeshTimeout that holds, on its own or as JSON member.
std::string TimeoutSpec(const std::string& connection_timeout = "5s");

}  // namespace skyden::kds::testing
