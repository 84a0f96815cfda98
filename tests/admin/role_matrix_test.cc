// SPDX-License-Identifier: Apache-2.0
// Every RPC x every role x {one's own, somebody else's, one that is not there}. The RPCs come from
// the descriptors of skyden.admin.v1; one without a rule fails the test.
#include <google/protobuf/descriptor.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/client_callback.h>

#include <catch2/catch.hpp>
#include <future>
#include <map>
#include <optional>

#include "skyden/admin/v1/identity.grpc.pb.h"
#include "skyden/base/status.h"
#include "skyden/store/directory_tx.h"
#include "tests/admin/admin_env.h"

namespace skyden::admin {
namespace {

using model::Role;
namespace pb = google::protobuf;

enum class Right {
  kAnybody,
  kOperator,
  kAdministrates,
  kLists,
  kCreates,
  kReads,
  kEdits,  // what is in a control plane
  kChanges,
  kReadsQuota,  // as kReads, and operators of every control plane
  kSetsQuota,   // operators, of every control plane
};

// Who may, and the request as JSON: {cp}, {org}, {account}, {token}, {role} stand for ids.
struct Rule {
  Right right;
  std::string request;
};

const std::map<std::string, Rule>& Rules() {
  static const std::map<std::string, Rule> rules = {
      {"ControlPlanes.Create", {Right::kCreates, R"({"name":"x"})"}},
      {"ControlPlanes.List", {Right::kLists, "{}"}},
      {"ControlPlanes.Get", {Right::kReads, R"({"id":"{cp}"})"}},
      {"ControlPlanes.Update", {Right::kChanges, R"({"id":"{cp}"})"}},
      {"ControlPlanes.Delete", {Right::kChanges, R"({"id":"{cp}"})"}},
      {"ControlPlanes.Suspend", {Right::kChanges, R"({"id":"{cp}"})"}},
      {"ControlPlanes.Resume", {Right::kChanges, R"({"id":"{cp}"})"}},
      {"ControlPlanes.GetQuota", {Right::kReadsQuota, R"({"id":"{cp}"})"}},
      {"ControlPlanes.SetQuota", {Right::kSetsQuota, R"({"id":"{cp}","quota":{"zones":7}})"}},
      {"Zones.Provision", {Right::kChanges, R"({"control_plane_id":"{cp}","name":"zone-1"})"}},
      {"Zones.List", {Right::kReads, R"({"control_plane_id":"{cp}"})"}},
      {"Zones.Delete", {Right::kChanges, R"({"control_plane_id":"{cp}","name":"none"})"}},
      {"Zones.ListRejectedConnections", {Right::kReads, R"({"control_plane_id":"{cp}"})"}},
      {"Zones.ListRejectedResources", {Right::kReads, R"({"control_plane_id":"{cp}"})"}},
      {"Zones.GetPropagation", {Right::kReads, R"({"control_plane_id":"{cp}"})"}},
      {"Zones.GetDelivery", {Right::kReads, R"({"control_plane_id":"{cp}","zone_name":"none"})"}},
      {"Previews.Preview",
       {Right::kReads, R"({"control_plane_id":"{cp}","documents":"type: Mesh\nname: x"})"}},
      {"History.List", {Right::kReads, R"({"control_plane_id":"{cp}"})"}},
      {"History.Diff", {Right::kReads, R"({"control_plane_id":"{cp}"})"}},
      {"History.Restore", {Right::kEdits, R"({"control_plane_id":"{cp}","revision":1})"}},
      {"Rollouts.Start", {Right::kEdits, R"({"control_plane_id":"{cp}"})"}},
      {"Rollouts.List", {Right::kReads, R"({"control_plane_id":"{cp}"})"}},
      {"Rollouts.Get", {Right::kReads, R"({"control_plane_id":"{cp}","id":"x"})"}},
      {"Rollouts.Pause", {Right::kEdits, R"({"control_plane_id":"{cp}","id":"x"})"}},
      {"Rollouts.Resume", {Right::kEdits, R"({"control_plane_id":"{cp}","id":"x"})"}},
      {"Rollouts.Abort", {Right::kEdits, R"({"control_plane_id":"{cp}","id":"x"})"}},
      {"Rollouts.Finish", {Right::kEdits, R"({"control_plane_id":"{cp}","id":"x"})"}},
      {"Usage.List",
       {Right::kLists, R"({"from":"2026-11-01T00:00:00Z","to":"2026-12-01T00:00:00Z"})"}},
      {"Organizations.Create", {Right::kOperator, R"({"name":"x"})"}},
      {"Organizations.List", {Right::kOperator, "{}"}},
      {"Organizations.Get", {Right::kOperator, R"({"id":"{org}"})"}},
      {"Organizations.Delete", {Right::kOperator, R"({"id":"{org}"})"}},
      {"Organizations.GetMine", {Right::kAnybody, "{}"}},
      {"Accounts.Create", {Right::kAdministrates, R"({"name":"x"})"}},
      {"Accounts.List", {Right::kAdministrates, "{}"}},
      {"Accounts.Get", {Right::kAdministrates, R"({"id":"{account}"})"}},
      {"Accounts.Update", {Right::kAdministrates, R"({"id":"{account}"})"}},
      {"Accounts.Delete", {Right::kAdministrates, R"({"id":"{account}"})"}},
      {"Accounts.AssignRole",
       {Right::kAdministrates, R"({"account_id":"{account}","role":"Connector"})"}},
      {"Accounts.ListRoles", {Right::kAdministrates, R"({"account_id":"{account}"})"}},
      {"Accounts.RemoveRole",
       {Right::kAdministrates, R"({"account_id":"{account}","id":"{role}"})"}},
      {"Tokens.Issue", {Right::kAdministrates, R"({"account_id":"{account}","name":"x"})"}},
      {"Tokens.List", {Right::kAdministrates, R"({"account_id":"{account}"})"}},
      {"Tokens.Get", {Right::kAdministrates, R"({"account_id":"{account}","id":"{token}"})"}},
      {"Tokens.Rename",
       {Right::kAdministrates, R"({"account_id":"{account}","id":"{token}","name":"x"})"}},
      {"Tokens.Revoke", {Right::kAdministrates, R"({"account_id":"{account}","id":"{token}"})"}},
      {"Tokens.Delete", {Right::kAdministrates, R"({"account_id":"{account}","id":"{token}"})"}},
      {"Tokens.Share", {Right::kChanges, R"({"control_plane_id":"{cp}"})"}},
  };
  return rules;
}

struct Subject {
  std::string name;
  std::optional<Role> role;  // nullopt: an account without any
  bool on_own = false;
  bool zone = false;
  bool narrowed = false;  // to a mesh
};

enum class Expected { kAllowed, kDenied, kHidden };

Expected ExpectedFor(const Subject& subject, Right right) {
  using enum Right;
  if (subject.zone) return Expected::kDenied;
  if (right == kAnybody) return Expected::kAllowed;
  const bool reads = right == kReads || right == kReadsQuota;
  const bool in_control_plane =
      reads || right == kEdits || right == kChanges || right == kSetsQuota;
  if (!subject.role) return in_control_plane ? Expected::kHidden : Expected::kDenied;
  const auto allowed_if = [](bool may) { return may ? Expected::kAllowed : Expected::kDenied; };
  if (right == kSetsQuota) return allowed_if(*subject.role == Role::kOperator);
  switch (*subject.role) {
    case Role::kOperator:
      return Expected::kAllowed;
    case Role::kAdmin:
      if (in_control_plane || right == kLists) return Expected::kAllowed;
      return allowed_if(!subject.on_own && right != kOperator);
    case Role::kCreator:
      return allowed_if(right == kLists || right == kCreates);
    case Role::kEditor:
      return allowed_if(right == kLists || reads || right == kEdits);
    case Role::kViewer:
      return allowed_if(right == kLists || reads);
    case Role::kConnector:
    case Role::kInParts:
      return Expected::kDenied;
  }
  return Expected::kDenied;
}

// Nothing here is shown or done in parts, but for the control plane's own record.
Expected ExpectedInParts(const std::string& method, Right right) {
  const bool may =
      method == "ControlPlanes.Get" || right == Right::kLists || right == Right::kAnybody;
  return may ? Expected::kAllowed : Expected::kDenied;
}

struct Target {
  store::ControlPlaneRecord control_plane;
  std::string organization;
  TestStore::Token token;
};

class Matrix {
 public:
  const std::vector<Subject> subjects = {{"operator", Role::kOperator},
                                         {"admin", Role::kAdmin},
                                         {"admin of one", Role::kAdmin, true},
                                         {"creator", Role::kCreator},
                                         {"viewer", Role::kViewer},
                                         {"viewer of one", Role::kViewer, true},
                                         {"connector", Role::kConnector},
                                         {"connector of one", Role::kConnector, true},
                                         {"editor", Role::kEditor},
                                         {"editor of one", Role::kEditor, true},
                                         {"admin of a mesh", Role::kAdmin, true, false, true},
                                         {"nobody", std::nullopt},
                                         {"zone", Role::kConnector, true, true}};

  Target In(model::OrganizationKey organization) {
    Target target;
    target.control_plane = env_.store.NewControlPlane(organization, "cp");
    target.token = env_.store.NewToken(organization, Role::kViewer);
    const auto organizations =
        env_.store->ListOrganizations(model::SystemScope::For("test")).value();
    for (const auto& one : organizations) {
      if (one.key == organization) target.organization = one.id.str();
    }
    return target;
  }
  Target Own() { return In(env_.organization); }
  Target Foreign() { return In(foreign_); }
  static Target Missing() {
    constexpr char kNone[] = "00000000-0000-4000-8000-000000000000";
    Target target;
    target.control_plane.id = model::ControlPlaneId(kNone);
    target.organization = kNone;
    target.token.account.id = model::AccountId(kNone);
    target.token.record.id = model::TokenId("none");
    target.token.role = model::RoleId("none");
    return target;
  }

  std::string TokenOf(const Subject& subject, const Target& target) {
    if (subject.zone) {
      return env_.store.NewToken(env_.organization, Role::kConnector, &target.control_plane, "zone")
          .text;
    }
    const auto token = env_.store.NewToken(env_.organization, subject.role.value_or(Role::kViewer),
                                           subject.on_own ? &target.control_plane : nullptr);
    if (subject.narrowed) Narrow(token, *subject.role, target);
    if (!subject.role) {
      REQUIRE(env_.store
                  ->WriteDirectory(TestStore::Organization(env_.organization),
                                   [&](store::DirectoryTx& tx) {
                                     return tx.DeleteRole(token.account.id, token.role);
                                   })
                  .ok());
    }
    return token.text;
  }

  grpc::Status Call(const pb::MethodDescriptor& method, const std::string& json,
                    const Target& target, const std::string& token) {
    std::string filled = json;
    for (const auto& [from, to] : std::vector<std::pair<std::string, std::string>>{
             {"{cp}", target.control_plane.id.str()},
             {"{org}", target.organization},
             {"{account}", target.token.account.id.str()},
             {"{token}", target.token.record.id.str()},
             {"{role}", target.token.role.str()}}) {
      if (const size_t at = filled.find(from); at != std::string::npos) {
        filled.replace(at, from.size(), to);
      }
    }
    const std::unique_ptr<pb::Message> request(factory_.GetPrototype(method.input_type())->New());
    REQUIRE(pb::util::JsonStringToMessage(filled, request.get()).ok());
    const grpc::Slice slice(request->SerializeAsString());
    const grpc::ByteBuffer bytes(&slice, 1);
    grpc::ByteBuffer response;
    grpc::ClientContext context;
    context.AddMetadata("authorization", "Bearer " + token);
    std::promise<grpc::Status> answered;
    const std::string path = "/" + method.service()->full_name() + "/" + method.name();
    stub_.UnaryCall(&context, path, grpc::StubOptions(), &bytes, &response,
                    [&answered](grpc::Status status) { answered.set_value(std::move(status)); });
    return answered.get_future().get();
  }

 private:
  void Narrow(const TestStore::Token& token, Role role, const Target& target) {
    store::RoleRecord narrowed;
    narrowed.id = model::RoleId(token.role.str() + "-narrowed");
    narrowed.account = token.account.id;
    narrowed.role = role;
    narrowed.tenant = target.control_plane.tenant;
    narrowed.control_plane = target.control_plane.id;
    narrowed.narrowing = {{"default"}, {}};
    REQUIRE(env_.store
                ->WriteDirectory(TestStore::Organization(env_.organization),
                                 [&](store::DirectoryTx& tx) -> absl::Status {
                                   SKYDEN_RETURN_IF_ERROR(
                                       tx.DeleteRole(token.account.id, token.role));
                                   return tx.InsertRole(narrowed);
                                 })
                .ok());
  }

  AdminEnv env_;
  model::OrganizationKey foreign_ = env_.store.NewOrganization("foreign");
  pb::DynamicMessageFactory factory_;
  grpc::GenericStub stub_{env_.Channel()};
};

std::string Text(const grpc::Status& status) {
  return std::to_string(status.error_code()) + " " + status.error_message() + " " +
         status.error_details();
}

TEST_CASE("every RPC lets in whom its rule says, and tells the others nothing") {
  Matrix matrix;
  const Target own = matrix.Own();
  const Target foreign = matrix.Foreign();
  const Target missing = Matrix::Missing();
  const auto* pool = pb::DescriptorPool::generated_pool();
  std::vector<const pb::ServiceDescriptor*> services;
  for (const char* name : {"skyden/admin/v1/control_planes.proto", "skyden/admin/v1/zones.proto",
                           "skyden/admin/v1/identity.proto", "skyden/admin/v1/changes.proto",
                           "skyden/admin/v1/usage.proto"}) {
    const pb::FileDescriptor* file = pool->FindFileByName(name);
    REQUIRE(file != nullptr);
    for (int i = 0; i < file->service_count(); ++i) services.push_back(file->service(i));
  }
  size_t methods = 0;
  for (const pb::ServiceDescriptor* service : services) {
    for (int i = 0; i < service->method_count(); ++i, ++methods) {
      const pb::MethodDescriptor& method = *service->method(i);
      const std::string name = service->name() + "." + method.name();
      CAPTURE(name);
      const auto found = Rules().find(name);
      REQUIRE(found != Rules().end());
      const Rule& rule = found->second;
      const bool addressed = rule.request.find("{") != rule.request.rfind("{");
      for (const Subject& subject : matrix.subjects) {
        CAPTURE(subject.name);
        const Expected expected =
            subject.narrowed ? ExpectedInParts(name, rule.right) : ExpectedFor(subject, rule.right);
        const Target target = expected == Expected::kAllowed ? matrix.Own() : own;
        const std::string token = matrix.TokenOf(subject, target);
        const bool of_operators = rule.right == Right::kOperator ||
                                  rule.right == Right::kReadsQuota ||
                                  rule.right == Right::kSetsQuota;
        const bool sees_all = of_operators && subject.role == Role::kOperator;
        if (addressed && !sees_all) {
          const grpc::Status theirs = matrix.Call(method, rule.request, foreign, token);
          const grpc::Status none = matrix.Call(method, rule.request, missing, token);
          CHECK(Text(theirs) == Text(none));
          CHECK_FALSE(none.ok());
        }
        const grpc::Status mine = matrix.Call(method, rule.request, target, token);
        CAPTURE(mine.error_message());
        switch (expected) {
          case Expected::kAllowed:
            CHECK(mine.error_code() != grpc::StatusCode::PERMISSION_DENIED);
            CHECK(mine.error_code() != grpc::StatusCode::UNAUTHENTICATED);
            break;
          case Expected::kDenied:
            CHECK(mine.error_code() == grpc::StatusCode::PERMISSION_DENIED);
            break;
          case Expected::kHidden:
            CHECK(Text(mine) == Text(matrix.Call(method, rule.request, missing, token)));
            break;
        }
      }
    }
  }
  CHECK(methods == Rules().size());
}

}  // namespace
}  // namespace skyden::admin
