// SPDX-License-Identifier: Apache-2.0
// The process around a Server. SIGTERM, SIGINT and SIGHUP are blocked before any thread exists, so
// that only the one that waits for them gets them.
#include <sys/prctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "fmt/format.h"
#include "fmt/ranges.h"
#include "server/descriptors.h"
#include "server/exit_codes.h"
#include "server/grpc_log.h"
#include "server/resources_check.h"
#include "server/service_manager.h"
#include "skyden/base/clock.h"
#include "skyden/base/memory.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/resources/envoy_api.h"
#include "skyden/server/config_text.h"
#include "skyden/server/server.h"
#include "skyden/telemetry/log.h"

namespace skyden::server {
namespace {

using telemetry::Level;
using telemetry::Log;

constexpr mode_t kOwnerOnlyMask = 077;

// Of the watchdog's time: two beats may be late before it is up.
constexpr int kBeatsInWatchdog = 3;

sigset_t OurSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP}) sigaddset(&signals, signal);
  return signals;
}

// Ours, and what the gRPC library makes for its queues.
int ThreadsOf(const Config& config) {
  constexpr int kOfOurs = 12;
  return config.worker_threads + kOfOurs +
         4 * static_cast<int>(std::max(1u, std::thread::hardware_concurrency()));
}

// Makes `config` fit what the system lets us have open. Returns what there is to say of it once the
// start has succeeded; empty for nothing.
absl::StatusOr<std::string> FitDescriptors(Config& config) {
  const uint64_t limit = RaiseDescriptorLimit();
  SKYDEN_ASSIGN_OR_RETURN(const DescriptorPlan plan, PlanDescriptors(config, limit));
  config.connections = plan.connections;
  config.admin_connections = plan.admin_connections;
  config.kds_connections = plan.kds_connections;
  if (!plan.scaled_down) return "";
  return fmt::format(
      "the limit of descriptors is {}: connections={} admin_connections={} kds_connections={}; "
      "raise it (ulimit -n, LimitNOFILE) to {} for the defaults",
      limit, plan.connections, plan.admin_connections, plan.kds_connections, plan.needed);
}

int Fail(std::string_view event, const absl::Status& why) {
  Log(Level::error, event, {{"reason", std::string(base::ToStd(why.message()))}});
  return why.code() == absl::StatusCode::kInvalidArgument ? kExitConfiguration : kExitFailed;
}

std::string StatusOf(const Addresses& addresses) {
  return fmt::format("serving: REST {}, zones {}, admin {}, diagnostics {}", addresses.http,
                     addresses.kds, addresses.admin, addresses.diagnostics);
}

// Waits for signals. What was read last is compared with what is read again.
class Attendant {
 public:
  Attendant(Server& server, const ServiceManager& manager, Config config,
            std::function<absl::StatusOr<Config>()> read_again)
      : server_(server),
        manager_(manager),
        config_(std::move(config)),
        read_again_(std::move(read_again)) {}

  // Returns once the server was told to stop.
  void Attend(const sigset_t& signals) {
    for (;;) {
      int signal = 0;
      sigwait(&signals, &signal);
      if (signal != SIGHUP) break;
      manager_.TellReloading(clock_.Monotonic());
      Reload();
      manager_.TellReady(StatusOf(server_.addresses()));
    }
    manager_.TellStopping();
    server_.Stop();
  }

 private:
  void Reload() {
    auto read = read_again_();
    if (!read.ok()) {
      const std::string why(base::ToStd(read.status().message()));
      return Log(Level::error, "configuration not reloaded", {{"reason", why}});
    }
    std::vector<std::string> taken;
    std::vector<std::string> waiting;
    for (const std::string& key : ChangedSettings(config_, *read)) {
      (ChangesWhileRunning(key) ? taken : waiting).push_back(key);
    }
    server_.Reload(*read);
    config_.log_level = read->log_level;
    config_.drain_time = read->drain_time;
    Log(Level::info, "configuration reloaded",
        {{"changed", fmt::format("{}", fmt::join(taken, ","))}});
    if (waiting.empty()) return;
    Log(Level::warning, "settings that only a restart changes",
        {{"keys", fmt::format("{}", fmt::join(waiting, ","))}});
  }

  Server& server_;
  const ServiceManager& manager_;
  const base::RealClock clock_;
  Config config_;
  const std::function<absl::StatusOr<Config>()> read_again_;
};

}  // namespace

bool ChangesWhileRunning(std::string_view key) { return key == "log_level" || key == "drain_time"; }

int Serve(Config config, std::function<absl::StatusOr<Config>()> read_again) {
  std::signal(SIGPIPE, SIG_IGN);
  const ServiceManager manager = ServiceManager::TakeFromEnvironment();
  const sigset_t signals = OurSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  base::TuneAllocator();
  telemetry::SetLogLevel(config.log_level);
  // A core dump would hold credentials.
  if (!config.allow_core_dumps) prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);

  SayWhyItEnds();
  TakeGrpcLog();
  umask(kOwnerOnlyMask);
  const Config given = config;
  const auto fewer = FitDescriptors(config);
  if (!fewer.ok()) return Fail("cannot start", fewer.status());
  const absl::Status threads = CheckThreads(ThreadsOf(config));
  if (!threads.ok()) return Fail("cannot start", threads);
  auto server = Server::Start(std::move(config));
  if (!server.ok()) return Fail("cannot start", server.status());
  KeepAborts();
  const Addresses& addresses = (*server)->addresses();
  Log(Level::info, "serving",
      {{"http", addresses.http},
       {"admin", addresses.admin},
       {"kds", addresses.kds},
       {"diagnostics", addresses.diagnostics}});
  if (!fewer->empty()) {
    Log(Level::warning, "fewer connections than by default", {{"reason", *fewer}});
  }
  if (resources::EnvoyApiName().empty()) {
    Log(Level::warning, "envoy snippets are checked only outside",
        {{"reason", "built without the descriptions of Envoy's API"},
         {"do", "run tests/install_dependencies.sh with a network, then build again"}});
  }

  manager.TellReady(StatusOf(addresses));
  if (manager.watchdog() > absl::ZeroDuration()) {
    (*server)->Beat(manager.watchdog() / kBeatsInWatchdog, [&manager] { manager.TellAlive(); });
  }
  Attendant attendant(**server, manager, given, std::move(read_again));
  std::thread watch([&attendant, &signals] { attendant.Attend(signals); });
  const absl::Status why = (*server)->Wait();
  if (!why.ok()) {
    Log(Level::error, "stopping", {{"reason", std::string(base::ToStd(why.message()))}});
    // Nothing more can be acknowledged; what is in flight must not look as if it were.
    std::_Exit(kExitFailed);
  }
  watch.join();
  // A second signal does not wait for the drain.
  pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  Log(Level::info, "draining");
  server->reset();
  Log(Level::info, "stopped");
  return 0;
}

}  // namespace skyden::server
