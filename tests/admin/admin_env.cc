// SPDX-License-Identifier: Apache-2.0
#include "tests/admin/admin_env.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include "server/edges.h"
#include "skyden/rest/preview_text.h"
#include "tests/kds/fake_deliveries.h"

namespace skyden::admin {
namespace {

kds::Deliveries& NoZones() {
  static kds::testing::FakeDeliveries nobody;
  return nobody;
}

}  // namespace

AdminEnv::AdminEnv(AdminOptions options)
    : TestEnv({.time = Time::kFake,
               .online_zones = [this](const model::TenantScope&) { return online.Get(); }}) {
  if (options.address.empty()) options.address = "127.0.0.1:0";
  if (options.kds_public_address.empty()) {
    options.kds_public_address = "grpcs://skyden.example:5685";
  }
  server_ = AdminServer::Start(AllDeps(), options).value();
}

Deps AdminEnv::AllDeps() {
  Deps deps = server::DepsOfAdmin(
      services(),
      {.online_zones = [this](const model::TenantScope&) { return online.Get(); },
       .rejected = [this](const model::TenantScope&) { return rejected.Get(); },
       .all_rejected = [this] { return rejected.Get(); },
       .verdicts = &verdicts,
       .deliveries = &NoZones()},
      [this] { return health.Get(); });
  deps.door = nullptr;  // one address tries everything that is wrong
  deps.preview = [shared = std::make_shared<const rest::Deps>(server::DepsOfRest(services(), {}))](
                     const model::TenantScope& scope, resources::ForeseenDocuments documents) {
    return rest::PreviewText(*shared, scope, std::move(documents));
  };
  return deps;
}

AdminEnv::~AdminEnv() {
  server_ = nullptr;
  Settle();
}

std::shared_ptr<grpc::Channel> AdminEnv::Channel() const {
  return grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials());
}

}  // namespace skyden::admin
