// SPDX-License-Identifier: Apache-2.0
// The composition root. Members stand in build order, so that they are torn down in reverse.
#pragma once

#include <atomic>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/synchronization/mutex.h"
#include "server/edges.h"
#include "server/heartbeat.h"
#include "server/open_store.h"
#include "server/port_check.h"
#include "server/readiness.h"
#include "server/services.h"
#include "server/threads.h"
#include "skyden/admin/admin_server.h"
#include "skyden/audit/retention.h"
#include "skyden/audit/sender.h"
#include "skyden/audit/webhook.h"
#include "skyden/base/clock.h"
#include "skyden/console/console.h"
#include "skyden/console/kuma_gui.h"
#include "skyden/control_planes/housekeeping.h"
#include "skyden/http/fetch.h"
#include "skyden/http/server.h"
#include "skyden/identity/oidc_sign_in.h"
#include "skyden/kds/kds_server.h"
#include "skyden/model/type_registry.h"
#include "skyden/peers/peers.h"
#include "skyden/peers/port.h"
#include "skyden/resources/codec.h"
#include "skyden/rest/diagnostics.h"
#include "skyden/rest/request_times.h"
#include "skyden/rest/rest_api.h"
#include "skyden/rollouts/driver.h"
#include "skyden/server/server.h"
#include "skyden/store/sealer.h"
#include "skyden/store/store.h"
#include "skyden/telemetry/metrics.h"

namespace skyden::server {

class Daemon final : public Server {
 public:
  explicit Daemon(Config config) : config_(std::move(config)) {}
  ~Daemon() override;

  // Builds everything. On an error the destructor tears down what was built.
  absl::Status Build();

  const Addresses& addresses() const override { return addresses_; }
  absl::Status Wait() override ABSL_LOCKS_EXCLUDED(mu_);
  void Stop() override ABSL_LOCKS_EXCLUDED(mu_) { End(absl::OkStatus()); }
  void Beat(absl::Duration every, std::function<void()> beat) override;
  void Reload(const Config& config) override ABSL_LOCKS_EXCLUDED(mu_);

 private:
  absl::Status ReadPages();
  absl::Status ListenForDiagnostics();
  absl::Status OpenStore();
  void BuildServices();
  absl::Status BuildAudit();
  // By the hour: what nobody needs any more.
  absl::Status ForgetOld(model::OrganizationKey organization);
  // People of an identity provider, when one is configured.
  absl::Status LetPeopleIn();
  // Other daemons of the same database: where they ask, then what is asked of them.
  absl::Status ListenForPeers();
  absl::Status MeetPeers();
  absl::Status ListenForZones();
  absl::Status ListenForPeople();
  void PublishMetrics();

  // The database is there, as far as was seen a moment ago.
  absl::Status InReach();
  // Everything is built, and writes are taken.
  absl::Status CheckReady();
  // As well: every port answers. May give its verdict later.
  void CheckReadyAndPorts(rest::DiagnosticsDeps::Verdict verdict);
  void KnockAtPorts();
  ZonesSide Zones();
  std::vector<rest::Deps::PortCertificate> PortCertificates() const;

  void End(absl::Status why) ABSL_LOCKS_EXCLUDED(mu_);
  void Drain();

  const Config config_;
  const std::string instance_id_ = MakeInstanceId();
  static std::string MakeInstanceId();

  absl::Mutex mu_;
  std::optional<absl::Status> ended_ ABSL_GUARDED_BY(mu_);
  absl::Duration drain_time_ ABSL_GUARDED_BY(mu_) = config_.drain_time;
  bool owns_data_dir_ = false;  // what lies in it is another daemon's until then

  http::Interrupt interrupt_;  // ends what others are being asked for
  Addresses addresses_;
  Readiness readiness_;
  base::RealClock clock_;
  telemetry::Metrics metrics_;
  std::unique_ptr<http::IoThreads> io_;
  std::unique_ptr<PortCheck> port_check_;  // once all ports listen
  std::atomic<PortCheck*> ports_{nullptr};
  std::unique_ptr<http::Server> diagnostics_;

  std::optional<model::TypeRegistry> registry_;
  std::unique_ptr<resources::ResourceCodec> codec_;
  HeldDataDir held_;  // until the store has it
  std::optional<store::DirectoryLock> lock_;
  std::unique_ptr<store::Sealer> sealer_;
  std::unique_ptr<store::Store> store_;
  model::OrganizationKey operators_{};  // the organization of those who run the daemon
  std::unique_ptr<Heartbeat> heartbeat_;
  std::unique_ptr<Threads> threads_;
  std::unique_ptr<Services> services_;
  std::unique_ptr<identity::OidcSignIn> oidc_sign_in_;  // null: no browser signs in there
  model::OrganizationKey oidc_organization_{};
  std::unique_ptr<audit::Retention> audit_retention_;
  std::unique_ptr<control_planes::Housekeeping> housekeeping_;
  std::unique_ptr<audit::Webhook> audit_webhook_;
  std::unique_ptr<peers::Port> peer_port_;  // null: other daemons cannot ask this one
  std::unique_ptr<audit::Sender> audit_sender_;
  std::unique_ptr<kds::KdsServer> kds_;
  std::unique_ptr<peers::Peers> peers_;  // null: there can be no other daemons
  std::unique_ptr<rollouts::Driver> rollouts_;
  std::unique_ptr<admin::AdminServer> admin_;
  std::unique_ptr<console::Console> console_;
  std::unique_ptr<console::KumaGui> kuma_gui_;
  std::unique_ptr<rest::RestApi> rest_;
  rest::RequestTimes request_times_;
  std::unique_ptr<http::Server> http_;
};

}  // namespace skyden::server
