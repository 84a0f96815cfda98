// SPDX-License-Identifier: Apache-2.0
#include "tests/admin/admin_env.h"

#include <grpcpp/create_channel.h>
#include <grpcpp/security/credentials.h>

#include <utility>

#include "skyden/identity/tokens.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::admin {

AdminEnv::AdminEnv(AdminOptions options)
    : codec_(resources::ResourceCodec::Create(store.registry()).value()),
      views_(resources::ResourceViews::Create(*store)) {
  manager_ = resources::ResourceManager::Create(
      {*store, store.registry(), *codec_, *views_, clock, keys_, "test-instance"});
  control_planes_ = control_planes::ControlPlaneService::Create(
      {*store, clock,
       [this](store::WriteTx& tx, const store::ControlPlaneRecord& record) {
         return manager_->Seed(tx, record);
       },
       [this](const model::TenantScope&) -> absl::StatusOr<std::vector<std::string>> {
         return online.Get();
       }});
  zones_ = control_planes::ZoneService::Create(
      {*store, clock,
       [this](store::WriteTx& tx, const model::ZoneName& zone) {
         return manager_->CreateZone(tx, zone);
       },
       [] {
         identity::NewToken fresh = identity::GenerateToken(identity::TokenKind::kSystemAccount);
         return control_planes::ZoneService::Deps::FreshToken{std::move(fresh.text),
                                                              std::move(fresh.id), fresh.sha256};
       }});
  quotas_ = control_planes::QuotaService::Create({*store, store::QuotasOf(*store), clock});
  if (options.address.empty()) options.address = "127.0.0.1:0";
  if (options.kds_public_address.empty()) {
    options.kds_public_address = "grpcs://skyden.example:5685";
  }
  server_ = AdminServer::Start(AllDeps(), options).value();
}

Deps AdminEnv::AllDeps() {
  return {*control_planes_,
          *zones_,
          *quotas_,
          audit_,
          authenticator,
          *accounts,
          *tokens,
          *organizations,
          clock,
          *manager_,
          store.registry(),
          workers_,
          [this](const model::TenantScope&) { return online.Get(); },
          [this](const model::TenantScope&) { return rejected.Get(); },
          [this] { return rejected.Get(); },
          nullptr,
          [this] { return health.Get(); },
          &verdicts};
}

AdminEnv::~AdminEnv() { server_.reset(); }

std::shared_ptr<grpc::Channel> AdminEnv::Channel() const {
  return grpc::CreateChannel(server_->address(), grpc::InsecureChannelCredentials());
}

}  // namespace skyden::admin
