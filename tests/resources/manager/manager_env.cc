// SPDX-License-Identifier: Apache-2.0
#include "tests/resources/manager/manager_env.h"

#include <fmt/format.h>

#include "absl/synchronization/notification.h"
#include "resources/write/secret_spec.h"
#include "server/services.h"
#include "skyden/store/directory_tx.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::resources::testing {

namespace st = store::testing;

const model::TypeDescriptor& Type(const std::string& name) {
  return st::Registry().at(st::Type(name));
}

ManagerEnv::ManagerEnv()
    : views(*services().views),
      manager(*services().manager),
      tokens(*services().kuma_tokens),
      scope(NewControlPlane(2)) {}

model::TenantScope ManagerEnv::NewControlPlane(int n, Features features) {
  store::ControlPlaneRecord record = st::ControlPlaneOf(n);
  record.organization = organization;
  record.created_at = clock.Now();
  record.mesh_creation = features.mesh_creation;
  record.hostname_generator_creation = features.hostname_generator_creation;
  const absl::Status made =
      store->WriteDirectory(owner(), [&](store::DirectoryTx& tx) -> absl::Status {
        SKYDEN_RETURN_IF_ERROR(tx.InsertControlPlane(record));
        SKYDEN_ASSIGN_OR_RETURN(store::WriteTx * inside, tx.Enter(TestStore::Tenant(record)));
        return manager.Seed(*inside, record);
      });
  INFO(made);
  REQUIRE(made.ok());
  return TestStore::Tenant(record);
}

model::TenantScope ManagerEnv::As(model::Role role) {
  identity::Authenticator& authenticator = services().authenticator;
  const auto caller = authenticator.Authenticate(store.NewToken(organization, role).text);
  REQUIRE(caller.ok());
  return authenticator.Enter(*caller, scope.control_plane()).value();
}

model::TenantScope ManagerEnv::AsZone() {
  store::ControlPlaneRecord bound;
  bound.tenant = scope.tenant();
  bound.id = scope.control_plane();
  const auto token = store.NewToken(organization, model::Role::kConnector, &bound, "zone-1");
  return services()
      .authenticator.AuthenticateZone(token.text, scope.control_plane(), "zone-1")
      .value()
      .scope;
}

model::TenantScope ManagerEnv::AsKumaUser() {
  const auto token = tokens.IssueUser(scope, {"jane", std::vector<std::string>{"team-a"}, "1h"});
  REQUIRE(token.ok());
  return services().authenticator.AuthenticateKumaUser(scope.control_plane(), *token).value();
}

absl::StatusOr<PutResult> ManagerEnv::PutBody(const std::string& type,
                                              const model::ResourceKey& key, std::string body) {
  return PutBodyAs(scope, type, key, std::move(body));
}

absl::StatusOr<PutResult> ManagerEnv::PutBodyAs(const model::TenantScope& who,
                                                const std::string& type,
                                                const model::ResourceKey& key, std::string body) {
  absl::StatusOr<PutResult> result = absl::UnknownError("not answered");
  absl::Notification answered;
  manager.PutAsync(who, {&Type(type), key, std::move(body)}, [&](absl::StatusOr<PutResult> answer) {
    result = std::move(answer);
    answered.Notify();
  });
  answered.WaitForNotification();
  return result;
}

absl::StatusOr<PutResult> ManagerEnv::Put(const std::string& type, const std::string& mesh,
                                          const std::string& name, const std::string& rest) {
  const std::string in_mesh = mesh.empty() ? "" : fmt::format(R"("mesh":"{}",)", mesh);
  return PutBody(type, {mesh, name},
                 fmt::format(R"({{"type":"{}",{}"name":"{}"{}{}}})", type, in_mesh, name,
                             rest.empty() ? "" : ",", rest));
}

absl::Status ManagerEnv::Delete(const std::string& type, const std::string& mesh,
                                const std::string& name) {
  return DeleteAs(scope, type, mesh, name);
}

absl::Status ManagerEnv::DeleteAs(const model::TenantScope& who, const std::string& type,
                                  const std::string& mesh, const std::string& name) {
  absl::Status result;
  absl::Notification answered;
  manager.DeleteAsync(who, Type(type), {mesh, name}, [&](absl::StatusOr<model::Revision> answer) {
    result = answer.status();
    answered.Notify();
  });
  answered.WaitForNotification();
  return result;
}

absl::StatusOr<model::Resource> ManagerEnv::Get(const std::string& type, const std::string& mesh,
                                                const std::string& name) {
  return manager.Get(scope, Type(type), {mesh, name});
}

ListResult ManagerEnv::List(ListRequest request) {
  auto result = manager.List(scope, request);
  INFO(result.status());
  REQUIRE(result.ok());
  return *std::move(result);
}

ListRequest ManagerEnv::Everything(const std::string& type, std::optional<std::string> mesh) {
  ListRequest request;
  request.type = &Type(type);
  request.mesh = std::move(mesh);
  request.size = 100'000;
  return request;
}

std::vector<std::string> ManagerEnv::NamesOf(const std::string& type,
                                             std::optional<std::string> mesh) {
  std::vector<std::string> names;
  for (const auto& item : List(Everything(type, std::move(mesh))).items) {
    names.push_back(item->key.name);
  }
  return names;
}

void ManagerEnv::PutFromZone(const std::string& type, const std::string& mesh,
                             const std::string& name, const std::string& zone,
                             const std::string& spec_json) {
  auto spec = Codec().SpecFromJson(Type(type), spec_json);
  REQUIRE(spec.ok());
  model::Resource resource = st::NewResource(type, mesh, name, *spec);
  resource.zone = zone;
  resource.labels = {{"kuma.io/origin", "zone"}, {"kuma.io/zone", zone}};
  Store(std::move(resource));
}

void ManagerEnv::Store(model::Resource resource) { st::Put(*store, scope, std::move(resource)); }

std::string ManagerEnv::SecretText(const std::string& type, const std::string& mesh,
                                   const std::string& name) {
  const auto secret = Get(type, mesh, name);
  INFO(secret.status());
  REQUIRE(secret.ok());
  const auto data = SecretData(*secret);
  REQUIRE(data.ok());
  return *data;
}

std::string TimeoutSpec(const std::string& connection_timeout) {
  return fmt::format(R"("spec":{{"targetRef":{{"kind":"Mesh"}},"to":[{{"targetRef":)"
                     R"({{"kind":"Mesh"}},"default":{{"connectionTimeout":"{}"}}}}]}})",
                     connection_timeout);
}

std::vector<std::string> Reasons(const absl::Status& status) {
  std::vector<std::string> reasons;
  for (const auto& violation : base::ViolationsOf(status)) {
    reasons.push_back(violation.field + ": " + violation.reason);
  }
  return reasons;
}

}  // namespace skyden::resources::testing
