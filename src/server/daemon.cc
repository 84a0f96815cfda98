// SPDX-License-Identifier: Apache-2.0
// Build() is the map of the program: each step uses only what stands above it.
#include "server/daemon.h"

#include <unistd.h>

#include <utility>

#include "fmt/format.h"
#include "server/data_dir.h"
#include "server/errors.h"
#include "server/open_store.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"
#include "skyden/base/strings.h"
#include "skyden/http/knock.h"
#include "skyden/telemetry/log.h"

namespace skyden::server {
absl::Status Daemon::Build() {
  SKYDEN_RETURN_IF_ERROR(ReadPages());
  SKYDEN_RETURN_IF_ERROR(PrepareDataDir(config_.data_dir));
  SKYDEN_RETURN_IF_ERROR(CheckEngine(config_));
  SKYDEN_ASSIGN_OR_RETURN(held_, HoldDataDir(config_));
  owns_data_dir_ = true;
  RemoveAddresses(config_.data_dir);
  for (const char* task : {"store", "zones", "api"}) readiness_.Await(task);
  SKYDEN_RETURN_IF_ERROR(ListenForDiagnostics());
  SKYDEN_RETURN_IF_ERROR(ListenForPeers());
  SKYDEN_RETURN_IF_ERROR(OpenStore());
  readiness_.Done("store");
  BuildServices();
  SKYDEN_RETURN_IF_ERROR(BuildAudit());
  SKYDEN_RETURN_IF_ERROR(LetPeopleIn());
  SKYDEN_RETURN_IF_ERROR(ListenForZones());
  SKYDEN_RETURN_IF_ERROR(MeetPeers());
  readiness_.Done("zones");
  SKYDEN_RETURN_IF_ERROR(ListenForPeople());
  KnockAtPorts();
  readiness_.Done("api");
  PublishMetrics();
  return WriteAddresses(config_.data_dir, addresses_);
}

absl::Status Daemon::ReadPages() {
  using Wanted = console::Console::Wanted;
  console_ = console::Console::Create(config_.console ? Wanted::kYes : Wanted::kNo);
  if (config_.kuma_gui_dir.empty()) return absl::OkStatus();
  auto gui = console::KumaGui::Load(config_.kuma_gui_dir);
  if (!gui.ok()) return About("kuma_gui_dir", gui.status());
  kuma_gui_ = *std::move(gui);
  return absl::OkStatus();
}

absl::Status Daemon::CheckReady() {
  SKYDEN_RETURN_IF_ERROR(readiness_.Check());
  SKYDEN_RETURN_IF_ERROR(InReach());
  PortCheck* const ports = ports_.load();
  return ports == nullptr ? absl::OkStatus() : ports->Last();
}

void Daemon::CheckReadyAndPorts(rest::DiagnosticsDeps::Verdict verdict) {
  absl::Status ready = readiness_.Check();
  if (ready.ok()) ready = InReach();
  PortCheck* const ports = ports_.load();
  if (!ready.ok() || ports == nullptr) return verdict(ready);
  ports->Ask(std::move(verdict));
}

void Daemon::End(absl::Status why) {
  absl::MutexLock lock(&mu_);
  // A failure is not forgotten because somebody asks for a stop as well.
  if (!ended_.has_value() || ended_->ok()) ended_ = std::move(why);
}

absl::Status Daemon::Wait() {
  absl::MutexLock lock(&mu_);
  const auto ended = [this]() ABSL_EXCLUSIVE_LOCKS_REQUIRED(mu_) { return ended_.has_value(); };
  mu_.Await(absl::Condition(&ended));
  return *ended_;
}

// The ports of others are not asked: whoever crowds one must not have us ended by it.
void Daemon::Beat(absl::Duration every, std::function<void()> beat) {
  const http::KnockOptions options{.address = addresses_.diagnostics,
                                   .time_max = base::limits::kKnockTime,
                                   .interrupt = &interrupt_};
  heartbeat_ = std::make_unique<Heartbeat>(
      threads_->timers(), threads_->workers(), every, [options] { return http::Knock(options); },
      std::move(beat));
}

void Daemon::Reload(const Config& config) {
  telemetry::SetLogLevel(config.log_level);
  absl::MutexLock lock(&mu_);
  drain_time_ = config.drain_time;
}

void Daemon::Drain() {
  if (owns_data_dir_) RemoveAddresses(config_.data_dir);
  readiness_.Await("the end");
  // A store that cannot write leaves nothing worth waiting for.
  const bool healthy = store_ == nullptr || store_->Health().ok();
  absl::Duration at_most;
  if (healthy) {
    absl::MutexLock lock(&mu_);
    at_most = drain_time_;
  }
  if (http_ != nullptr) http_->Drain(at_most);
  metrics_.Close();  // whoever scrapes from here on would read what goes
  if (admin_ != nullptr) admin_->Drain(at_most);
  rollouts_.reset();  // zones that go from here on are not looked at
  if (services_ != nullptr) services_->RestMeter();
  if (peers_ != nullptr) peers_->Close();
  if (kds_ != nullptr) kds_->Drain(at_most);
}

Daemon::~Daemon() {
  Drain();
  interrupt_.Raise();
  ports_ = nullptr;
  http_.reset();
  // What is left of requests still uses what serves them.
  if (threads_ != nullptr) threads_->Settle(*store_);
  rest_.reset();
  admin_.reset();
  rollouts_.reset();
  peers_.reset();
  kds_.reset();
  peer_port_.reset();
  audit_sender_.reset();
  audit_webhook_.reset();
  audit_retention_.reset();
  housekeeping_.reset();
  if (services_ != nullptr) services_->Close();
  if (threads_ != nullptr) threads_->Settle(*store_);
  threads_.reset();      // its last tasks may still use everything above it
  diagnostics_.reset();  // asks the store
  port_check_.reset();   // answers diagnostics
}

std::string Daemon::MakeInstanceId() {
  char host[64] = {};
  if (gethostname(host, sizeof host - 1) != 0) host[0] = '\0';
  return fmt::format("{}-{}", host[0] == '\0' ? "skyden" : host,
                     base::HexLower(base::RandomBytes(2)));
}

absl::StatusOr<std::unique_ptr<Server>> Server::Start(Config config) {
  auto daemon = std::make_unique<Daemon>(std::move(config));
  SKYDEN_RETURN_IF_ERROR(daemon->Build());
  return daemon;
}

}  // namespace skyden::server
