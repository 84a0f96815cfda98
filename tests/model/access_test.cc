// SPDX-License-Identifier: Apache-2.0
#include "skyden/model/access.h"

#include <array>
#include <catch2/catch.hpp>
#include <string>
#include <string_view>

namespace skyden::model {
namespace {

constexpr std::array kRoles = {Role::kAdmin, Role::kOperator, Role::kCreator, Role::kViewer,
                               Role::kConnector};
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

}  // namespace
}  // namespace skyden::model
