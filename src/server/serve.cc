// SPDX-License-Identifier: Apache-2.0
// The process around a Server. SIGTERM and SIGINT are blocked before any thread exists, so that
// only the one that waits for them gets them.
#include <sys/prctl.h>
#include <sys/stat.h>

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <thread>
#include <utility>

#include "fmt/format.h"
#include "server/descriptors.h"
#include "server/grpc_log.h"
#include "server/resources_check.h"
#include "skyden/base/memory.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/resources/envoy_api.h"
#include "skyden/server/server.h"
#include "skyden/telemetry/log.h"

namespace skyden::server {
namespace {

using telemetry::Level;
using telemetry::Log;

constexpr mode_t kOwnerOnlyMask = 077;
constexpr int kExitFailed = 1;
constexpr int kExitConfiguration = 2;

sigset_t StopSignals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
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

}  // namespace

int Serve(Config config) {
  std::signal(SIGPIPE, SIG_IGN);
  const sigset_t signals = StopSignals();
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  base::TuneAllocator();
  telemetry::SetLogLevel(config.log_level);
  // A core dump would hold credentials.
  if (!config.allow_core_dumps) prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);

  SayWhyItEnds();
  TakeGrpcLog();
  umask(kOwnerOnlyMask);
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

  std::thread watch([&server, &signals] {
    int signal = 0;
    sigwait(&signals, &signal);
    (*server)->Stop();
  });
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
