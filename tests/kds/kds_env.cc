// SPDX-License-Identifier: Apache-2.0
#include "tests/kds/kds_env.h"

#include <fmt/format.h>

#include <catch2/catch.hpp>
#include <thread>

#include "absl/synchronization/mutex.h"
#include "absl/synchronization/notification.h"
#include "server/edges.h"
#include "server/services.h"
#include "skyden/store/change.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::kds::testing {
namespace {

// Calls `start` with a callback and returns what the callback got.
template <class T>
T Sync(const std::function<void(std::function<void(T)>)>& start) {
  std::optional<T> result;
  absl::Notification answered;
  start([&](T answer) {
    result.emplace(std::move(answer));
    answered.Notify();
  });
  answered.WaitForNotification();
  return *std::move(result);
}

}  // namespace

std::string TimeoutSpec(const std::string& connection_timeout) {
  return fmt::format(R"("spec":{{"targetRef":{{"kind":"Mesh"}},"to":[{{"targetRef":)"
                     R"({{"kind":"Mesh"}},"default":{{"connectionTimeout":"{}"}}}}]}})",
                     connection_timeout);
}

KdsEnv::KdsEnv(Time time, std::function<void(KdsOptions&)> options)
    : TestEnv({.time = time,
               .ready_keys = 1,
               .online_zones =
                   [this](const model::TenantScope& scope) {
                     return server->SettledOnlineZones(scope);
                   },
               .zone_sources =
                   server::ZoneSourcesOf(registry(), [this]() -> KdsServer& { return *server; })}),
      change_options(std::move(options)) {
  StartServer();
}

void KdsEnv::StartServer() {
  KdsOptions options;
  options.address = "127.0.0.1:0";
  options.instance_id = services().instance_id;
  if (change_options) change_options(options);
  auto started = KdsServer::Start(server::DepsOfZones(services()), std::move(options));
  INFO(started.status());
  REQUIRE(started.ok());
  server = *std::move(started);
}

KdsEnv::~KdsEnv() {
  if (is_manual()) {
    // The server waits for its last calls, whose tasks run here.
    absl::Notification drained;
    std::thread drain([&] {
      server->Drain(absl::Seconds(5));
      drained.Notify();
    });
    while (!drained.HasBeenNotified()) {
      manual().Advance(absl::Milliseconds(10));
      std::this_thread::yield();
    }
    drain.join();
    manual().RunAll();
  }
  server = nullptr;
}

void KdsEnv::Restart() {
  server = nullptr;
  StartServer();
}

std::string KdsEnv::Provision(const model::TenantScope& scope, const std::string& zone) {
  using Answer = absl::StatusOr<control_planes::ZoneService::Provisioned>;
  const auto provisioned = Sync<Answer>([&](std::function<void(Answer)> done) {
    services().zones->ProvisionAsync(scope, zone, std::move(done));
  });
  INFO(provisioned.status());
  REQUIRE(provisioned.ok());
  return provisioned->token;
}

std::string KdsEnv::IssueZoneToken(const model::TenantScope& scope, const std::string& zone,
                                   const std::string& valid_for) {
  const auto token =
      services().kuma_tokens->IssueZone(scope, {zone, std::vector<std::string>{"cp"}, valid_for});
  INFO(token.status());
  REQUIRE(token.ok());
  return *token;
}

std::string KdsEnv::UserInfo(const model::TenantScope& scope, const std::string& zone) {
  return scope.control_plane().str() + ":" + Provision(scope, zone);
}

FakeZone KdsEnv::NewZone(const model::TenantScope& scope, const std::string& zone) {
  FakeZone::Options options;
  options.name = zone;
  options.user_info = UserInfo(scope, zone);
  return Zone(std::move(options));
}

absl::Status KdsEnv::Put(const model::TenantScope& scope, const std::string& type,
                         const std::string& mesh, const std::string& name,
                         const std::string& rest) {
  const std::string in_mesh = mesh.empty() ? "" : fmt::format(R"("mesh":"{}",)", mesh);
  std::string body = fmt::format(R"({{"type":"{}",{}"name":"{}"{}{}}})", type, in_mesh, name,
                                 rest.empty() ? "" : ",", rest);
  using Answer = absl::StatusOr<resources::PutResult>;
  return Sync<Answer>([&](std::function<void(Answer)> done) {
           services().manager->PutAsync(
               scope, {Registry().FindByName(type), {mesh, name}, std::move(body)},
               std::move(done));
         })
      .status();
}

absl::Status KdsEnv::Delete(const model::TenantScope& scope, const std::string& type,
                            const std::string& mesh, const std::string& name) {
  using Answer = absl::StatusOr<model::Revision>;
  return Sync<Answer>([&](std::function<void(Answer)> done) {
           services().manager->DeleteAsync(scope, *Registry().FindByName(type), {mesh, name},
                                           std::move(done));
         })
      .status();
}

std::optional<model::Resource> KdsEnv::Find(const model::TenantScope& scope,
                                            const std::string& type, const std::string& mesh,
                                            const std::string& name) {
  std::optional<model::Resource> found;
  const absl::Status status = store->Read(scope, [&](store::ReadTx& tx) -> absl::Status {
    auto resource = tx.FindResource(Registry().FindByName(type)->id, {mesh, name});
    if (resource.ok()) found = *std::move(resource);
    return resource.status();
  });
  REQUIRE(status.ok());
  return found;
}

std::vector<model::Resource> KdsEnv::List(const model::TenantScope& scope,
                                          const std::string& type) {
  std::vector<model::Resource> all;
  const absl::Status status = store->Read(scope, [&](store::ReadTx& tx) -> absl::Status {
    auto list = tx.ListResources(Registry().FindByName(type)->id, std::nullopt);
    if (list.ok()) all = *std::move(list);
    return list.status();
  });
  REQUIRE(status.ok());
  return all;
}

bool KdsEnv::Eventually(const std::function<bool()>& holds) {
  struct Signal {
    absl::Mutex mu;
    uint64_t commits = 0;
  };
  const auto signal = std::make_shared<Signal>();
  const auto subscription = store->Subscribe(std::nullopt, [signal](const store::Change&) {
    absl::MutexLock lock(&signal->mu);
    ++signal->commits;
  });
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  uint64_t seen = 0;
  while (!holds()) {
    absl::MutexLock lock(&signal->mu);
    const auto more = [&] { return signal->commits != seen; };
    // What is waited for may also be no commit at all, so look again now and then.
    signal->mu.AwaitWithTimeout(absl::Condition(&more), absl::Milliseconds(20));
    seen = signal->commits;
    if (absl::Now() > deadline) return false;
  }
  return true;
}

bool KdsEnv::RunUntil(const std::function<bool()>& holds) {
  const absl::Time deadline = absl::Now() + absl::Seconds(20);
  while (true) {
    manual().RunAll();
    if (holds()) return true;
    if (absl::Now() > deadline) return false;
    std::this_thread::yield();
  }
}

}  // namespace skyden::kds::testing
