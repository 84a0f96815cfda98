// SPDX-License-Identifier: Apache-2.0
#include "tests/env/test_env.h"

#include <catch2/catch.hpp>
#include <fstream>
#include <future>
#include <utility>

#include "server/services.h"
#include "server/threads.h"
#include "skyden/base/check.h"
#include "skyden/identity/bootstrap.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/quotas.h"

namespace skyden {
namespace {

constexpr int kWorkers = 3;

}  // namespace

TestEnv::TestEnv(Options options)
    : clock(options.time == Time::kReal ? static_cast<base::Clock&>(real_clock) : fake_clock) {
  MakeOrganization(options.first_operator);
  if (options.time == Time::kManual) {
    manual_ = std::make_unique<base::ManualExecutor>(fake_clock);
  } else {
    threads_ = std::make_unique<server::Threads>(kWorkers);
  }
  const server::Ground ground{
      .store = *store,
      .quotas = store::QuotasOf(*store),
      .registry = registry(),
      .codec = codec(),
      .clock = clock,
      .workers = workers(),
      .transfers = manual_ ? static_cast<base::Executor&>(*manual_) : threads_->transfers(),
      .timers = timers()};
  server::ServicesOptions with;
  with.instance_id = std::move(options.instance_id);
  with.operators = organization;
  with.ready_keys = options.ready_keys;
  with.deleted_retention = options.deleted_retention;
  with.settled_online_zones = std::move(options.online_zones);
  with.zone_sources = std::move(options.zone_sources);
  if (!with.settled_online_zones) {
    with.settled_online_zones = [](const model::TenantScope&) {
      return std::vector<std::string>();
    };
  }
  services_ = std::make_unique<server::Services>(ground, std::move(with));
}

TestEnv::~TestEnv() {
  Settle();
  services_->Close();
  Settle();
  threads_ = nullptr;  // the last tasks may still use the services
}

const resources::ResourceCodec& TestEnv::codec() {
  static const auto* const codec = resources::ResourceCodec::Create(registry()).value().release();
  return *codec;
}

base::ManualExecutor& TestEnv::manual() {
  SKYDEN_CHECK(manual_ != nullptr);
  return *manual_;
}

base::Executor& TestEnv::workers() {
  return manual_ ? static_cast<base::Executor&>(*manual_) : threads_->workers();
}

base::Timers& TestEnv::timers() {
  return manual_ ? static_cast<base::Timers&>(*manual_) : threads_->timers();
}

void TestEnv::Settle() {
  if (threads_ != nullptr) return threads_->Settle(*store);
  const auto none = [](store::DirectoryTx&) { return absl::OkStatus(); };
  do {
    // Answered after all that was handed in before.
    store->WriteDirectory(owner(), none).IgnoreError();
  } while (manual_->RunAll() > 0);
}

void TestEnv::MakeOrganization(Options::Operator first_operator) {
  if (first_operator == Options::Operator::kNone) {
    organization = store.NewOrganization("default");
    return;
  }
  const auto made = identity::Bootstrap(*store, clock, store.directory());
  INFO(made.status());
  REQUIRE(made.ok());
  organization = made->organization;
  std::ifstream(made->token_file) >> operator_token;
}

model::TenantScope TestEnv::NewControlPlane(const std::string& name, model::KumaVersion version) {
  using Answer = absl::StatusOr<store::ControlPlaneRecord>;
  std::promise<Answer> answer;
  control_planes::CreateControlPlane request;
  request.name = name;
  request.api_version = model::NameOf(version);
  services_->control_planes->CreateAsync(
      owner(), std::move(request), [&answer](Answer made) { answer.set_value(std::move(made)); });
  const Answer made = answer.get_future().get();
  INFO(made.status());
  REQUIRE(made.ok());
  return TestStore::Tenant(*made);
}

}  // namespace skyden
