// SPDX-License-Identifier: Apache-2.0
#include "skyden/model/access.h"

#include <array>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>

#include "skyden/model/gives.h"

namespace skyden::model {
namespace {

constexpr std::array kRoles = {Role::kAdmin,  Role::kOperator,  Role::kCreator,
                               Role::kViewer, Role::kConnector, Role::kEditor};
constexpr std::array kActions = {
    Action::kList,        Action::kCreate, Action::kAdminister,   Action::kConnect, Action::kRead,
    Action::kReadSecrets, Action::kWrite,  Action::kWriteSecrets, Action::kManage,
};
constexpr TenantKey kOne{1};
constexpr TenantKey kOther{2};

std::string Row(std::string_view who, const std::array<bool, kActions.size()>& allowed) {
  std::string row(who);
  row.resize(12, ' ');
  for (const bool may : allowed) row += may ? " yes" : "   .";
  return row + "\n";
}

TEST_CASE("who may do what", "[model]") {
  std::string table = "            lst new adm con  rd rds  wr wrs mng\n";
  for (const Role role : kRoles) {
    std::array<bool, kActions.size()> allowed{};
    for (size_t i = 0; i < kActions.size(); ++i) allowed[i] = Allows(role, kActions[i]);
    table += Row(RoleName(role), allowed);
  }
  std::array<bool, kActions.size()> allowed{};
  for (size_t i = 0; i < kActions.size(); ++i) allowed[i] = AllowsKumaUser(kActions[i]);
  table += Row("Kuma user", allowed);
  CHECK(table ==
        "            lst new adm con  rd rds  wr wrs mng\n"
        "Admin        yes yes yes yes yes yes yes yes yes\n"
        "Operator     yes yes yes yes yes yes yes yes yes\n"
        "Creator      yes yes   .   .   .   .   .   .   .\n"
        "Viewer       yes   .   .   . yes   .   .   .   .\n"
        "Connector      .   .   . yes   .   .   .   .   .\n"
        "Editor       yes   .   .   . yes   . yes   .   .\n"
        "Kuma user      .   .   .   . yes   . yes   .   .\n");
}

TEST_CASE("a grant on one control plane says nothing of others, nor of the organization",
          "[model]") {
  const Access admin({{Role::kAdmin, kOne}});
  CHECK(admin.Changes(kOne));
  CHECK(admin.Reads(kOne));
  CHECK(admin.Connects(kOne));
  CHECK(admin.ListsAny());
  CHECK_FALSE(admin.Knows(kOther));
  CHECK_FALSE(admin.Administrates());
  CHECK_FALSE(admin.Creates());
  CHECK(admin.RoleIn(kOne) == Role::kAdmin);
  CHECK_FALSE(admin.RoleIn(kOther).has_value());
}

TEST_CASE("creators and operators are that of a whole organization or not at all", "[model]") {
  const Access creator({{Role::kCreator, kNoTenant}});
  CHECK(creator.Creates());
  CHECK(creator.Lists(kOne));
  CHECK_FALSE(creator.Reads(kOne));
  CHECK_FALSE(creator.Administrates());
  CHECK_FALSE(Access({{Role::kCreator, kOne}}).Lists(kOne));
  CHECK_FALSE(Access({{Role::kOperator, kOne}}).Reads(kOne));
  CHECK(Access({{Role::kOperator, kNoTenant}}).Changes(kOne));
}

TEST_CASE("who connects zones knows the control plane, and nothing of what is in it", "[model]") {
  const Access connector({{Role::kConnector, kOne}});
  CHECK(connector.Connects(kOne));
  CHECK(connector.Knows(kOne));
  CHECK_FALSE(connector.Lists(kOne));
  CHECK_FALSE(connector.ListsAny());
  CHECK_FALSE(connector.Reads(kOne));
}

TEST_CASE("who edits what is in a control plane does not change the control plane", "[model]") {
  const Access editor({{Role::kEditor, kOne}});
  CHECK(editor.Reads(kOne));
  CHECK_FALSE(editor.Changes(kOne));
  CHECK(editor.RoleIn(kOne) == Role::kEditor);
  CHECK(Access({{Role::kEditor, kOne}, {Role::kAdmin, kOne}}).RoleIn(kOne) == Role::kAdmin);
  CHECK(Access({{Role::kEditor, kOne}, {Role::kViewer, kOne}}).RoleIn(kOne) == Role::kEditor);
}

TEST_CASE("a narrowed grant lists the control plane and gives nothing of it as a whole",
          "[model]") {
  for (const Role role : {Role::kAdmin, Role::kEditor, Role::kViewer}) {
    CAPTURE(RoleName(role));
    for (const Narrowing& to : {Narrowing{{"a"}, {}}, Narrowing{{}, {"MeshRetry"}}}) {
      const Access access({{role, kOne, to}});
      CHECK(access.Lists(kOne));
      CHECK(access.ListsAny());
      CHECK(access.Knows(kOne));
      CHECK(access.ReadsParts(kOne));
      CHECK_FALSE(access.ReadsParts(kOther));
      CHECK_FALSE(access.Reads(kOne));
      CHECK_FALSE(access.Changes(kOne));
      CHECK_FALSE(access.Connects(kOne));
      CHECK_FALSE(access.HoldsOn(role, kOne));
      CHECK_FALSE(access.Knows(kOther));
      CHECK_FALSE(access.Administrates());
      CHECK(access.RoleIn(kOne) == Role::kInParts);
      CHECK_FALSE(access.RoleIn(kOther).has_value());
    }
  }
  // On all control planes it is of each of them, and of nothing that is the organization's.
  const Access on_all({{Role::kAdmin, kNoTenant, {{"a"}, {}}}});
  CHECK(on_all.RoleIn(kOther) == Role::kInParts);
  CHECK(on_all.Lists(kOther));
  CHECK_FALSE(on_all.Administrates());
  CHECK_FALSE(on_all.Creates());
  // What is not narrowed counts as ever.
  const Access both({{Role::kAdmin, kOne, {{"a"}, {}}}, {Role::kViewer, kOne}});
  CHECK(both.RoleIn(kOne) == Role::kViewer);
  CHECK(both.ReadsParts(kOne));
}

TEST_CASE("no narrowed role makes, connects or administrates anything", "[model]") {
  const Narrowing to{{"a"}, {"MeshRetry"}};
  for (const Role role : kRoles) {
    for (const Action action :
         {Action::kCreate, Action::kAdminister, Action::kConnect, Action::kManage, Action::kList}) {
      CHECK_FALSE(GivesInParts({role, kOne, to}, action, kOne));
      if (action != Action::kList) CHECK_FALSE(Gives({role, kOne, to}, action, kOne));
    }
    CHECK(GivesInParts({role, kOne, to}, Action::kRead, kOne) == CanBeNarrowed(role));
  }
  CHECK_FALSE(GivesInParts({Role::kEditor, kOne, to}, Action::kReadSecrets, kOne));
  CHECK_FALSE(GivesInParts({Role::kViewer, kOne, to}, Action::kWrite, kOne));
  CHECK(GivesInParts({Role::kAdmin, kOne, to}, Action::kWriteSecrets, kOne));
  CHECK_FALSE(GivesInParts({Role::kAdmin, kOne, to}, Action::kRead, kOther));
  CHECK_FALSE(GivesInParts({Role::kAdmin, kOne}, Action::kRead, kOne));
}

}  // namespace
}  // namespace skyden::model
