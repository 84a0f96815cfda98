// SPDX-License-Identifier: Apache-2.0
// What a tenant does with teams.
#include "fmt/format.h"
#include "skyden/store/directory_tx.h"
#include "tests/store/script.h"
#include "tests/store/script_text.h"

namespace skyden::store::testing {

void Script::Teams() {
  if (accounts_.empty()) return;
  AccountRecord team = NewAccount(next_id_++, fmt::format("team-{}", Below(4)));
  team.kind = AccountRecord::Kind::kTeam;
  if (Below(2) == 0) team.labels = {{"a", "b"}};
  const absl::Status made =
      store_.WriteDirectory(organization_, [&](DirectoryTx& tx) { return tx.InsertAccount(team); });
  Say("team", made);
  if (made.ok()) teams_.push_back(team);
  if (teams_.empty()) return;
  const AccountRecord first = teams_[Below(teams_.size())];
  const AccountRecord second = teams_[Below(teams_.size())];
  const AccountRecord robot = accounts_[Below(accounts_.size())];
  const AccountRecord other = accounts_[Below(accounts_.size())];
  const absl::Time at = absl::FromUnixSeconds(steps_);
  const auto member = [&](const std::string& what, const AccountRecord& of,
                          const AccountRecord& who) {
    Say(what, store_.WriteDirectory(
                  organization_, [&](DirectoryTx& tx) { return tx.AddMember(of.id, who.id, at); }));
  };
  member("member", first, robot);
  member("member", second, robot);
  member("member", second, other);
  member("a team's member", first, second);
  member("no team's member", robot, other);
  const std::string token = fmt::format("tok{}", next_id_++);
  Say("a team's token", store_.WriteDirectory(organization_, [&](DirectoryTx& tx) {
    return tx.InsertToken(NewToken(token, first));
  }));
  RoleRecord role;
  role.id = model::RoleId(fmt::format("role{}", next_id_++));
  role.account = first.id;
  role.role = Below(2) == 0 ? model::Role::kAdmin : model::Role::kConnector;
  if (Below(2) == 0) {
    role.tenant = scope_.tenant();
    role.control_plane = scope_.control_plane();
    if (Below(2) == 0) role.narrowing = {{"default"}, {"MeshRetry", "MeshTimeout"}};
  }
  Say("a team's role",
      store_.WriteDirectory(organization_, [&](DirectoryTx& tx) { return tx.InsertRole(role); }));
  Say("teams", store_.ReadDirectory(organization_, [&](DirectoryReadTx& tx) {
    Say(RenderAll(tx.ListAccounts(AccountRecord::Kind::kTeam)));
    for (const std::string& name : {first.name, robot.name}) {
      const auto found = tx.FindTeamByName(name);
      Say(found.ok() && found->has_value() ? Render(**found) : found.status().ToString());
    }
    for (const AccountRecord& one : {first, second}) Say(RenderAll(tx.ListMembers(one.id)));
    for (const AccountRecord& one : {robot, other}) {
      Say(RenderAll(tx.ListTeamsOf(one.id)));
      Say(RenderAll(tx.ListEffectiveRoles(one.id)));
    }
    return absl::OkStatus();
  }));
  if (Below(2) == 0) {
    Say("no member", store_.WriteDirectory(organization_, [&](DirectoryTx& tx) {
      return tx.RemoveMember(second.id, other.id);
    }));
  }
  if (teams_.size() > 2) {
    Say("end team", store_.WriteDirectory(organization_, [&](DirectoryTx& tx) {
      return tx.DeleteAccount(first.id);
    }));
    std::erase_if(teams_, [&](const AccountRecord& one) { return one.id == first.id; });
  }
}

}  // namespace skyden::store::testing
