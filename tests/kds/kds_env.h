// SPDX-License-Identifier: Apache-2.0
// A KDS server on a real port with everything under it real: the store on disk, the services.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "skyden/base/clock.h"
#include "skyden/base/crypto.h"
#include "skyden/base/executor.h"
#include "skyden/control_planes/control_plane_service.h"
#include "skyden/identity/authenticator.h"
#include "skyden/kds/kds_server.h"
#include "skyden/resources/codec.h"
#include "skyden/resources/kuma_tokens.h"
#include "skyden/resources/resource_manager.h"
#include "skyden/resources/resource_views.h"
#include "skyden/store/sealer.h"
#include "skyden/store/store.h"
#include "tests/kds/dialogue.h"
#include "tests/kds/fake_zone.h"
#include "tests/temp_dir.h"

namespace skyden::kds::testing {

const resources::ResourceCodec& Codec();

class KdsEnv {
 public:
  // `manual`: tasks and timers run on the test's thread, in RunUntil(), and time stands still.
  enum class Time { kReal, kManual };
  explicit KdsEnv(Time time = Time::kReal, std::function<void(KdsOptions&)> options = {});
  ~KdsEnv();

  model::TenantScope NewControlPlane(const std::string& name = "cp");
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

  TempDir dir;
  base::FakeClock fake_clock;
  base::RealClock real_clock;
  base::Clock& clock;
  std::unique_ptr<base::ManualExecutor> manual;
  std::unique_ptr<base::WorkerPool> pool;
  std::unique_ptr<base::Timers> timers;
  base::RsaKeyPool keys{1};
  std::unique_ptr<store::Sealer> sealer;
  std::unique_ptr<store::Store> store;
  std::unique_ptr<resources::ResourceViews> views;
  std::unique_ptr<resources::ResourceManager> manager;
  std::unique_ptr<resources::KumaTokens> kuma_tokens;
  std::unique_ptr<identity::Authenticator> authenticator;
  std::unique_ptr<control_planes::ControlPlaneService> control_planes;
  std::unique_ptr<control_planes::ZoneService> zones;
  model::OrganizationKey organization{};
  std::function<void(KdsOptions&)> change_options;
  std::unique_ptr<KdsServer> server;
};

// "spec" of a MeshTimeout that holds, on its own or as JSON member.
std::string TimeoutSpec(const std::string& connection_timeout = "5s");

}  // namespace skyden::kds::testing
