// SPDX-License-Identifier: Apache-2.0
// There a rule gives single actions on resources that it selects by type, mesh, name and content;
// here a role gives all that its name says, on what is selected by type and mesh. What is not the
// same is left out rather than given too widely.
#include "cli/access_roles.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <tuple>
#include <utility>

#include "cli/members.h"
#include "fmt/format.h"

namespace skyden::cli {
namespace {

constexpr char kAccessRole[] = "AccessRole";
constexpr char kAccessBinding[] = "AccessRoleBinding";
constexpr char kKumaGroups[] = "mesh-system:";
constexpr char kTokenActions[] = "GENERATE_";

const Json& MemberOf(const Json& object, const char* name) {
  static const Json none;
  if (!object.is_object()) return none;
  const auto found = object.find(name);
  return found == object.end() ? none : *found;
}

// A condition of another shape is one as well.
bool IsNoCondition(const Json& condition) { return condition.is_null() || condition.empty(); }

// As on Universal, or as an object of Kubernetes.
std::string DocumentType(const Json& document) {
  const std::string type = TextMember(document, "type");
  return type.empty() ? TextMember(document, "kind") : type;
}
std::string DocumentName(const Json& document) {
  const std::string name = TextMember(document, "name");
  return name.empty() ? TextMember(MemberOf(document, "metadata"), "name") : name;
}
const Json& DocumentBody(const Json& document) {
  const Json& spec = MemberOf(document, "spec");
  return spec.is_object() ? spec : document;
}

bool SameRole(const ProposedRole& a, const ProposedRole& b) {
  const auto key = [](const ProposedRole& one) {
    return std::tie(one.holder, one.name, one.role.role, one.role.control_plane, one.role.meshes,
                    one.role.types);
  };
  return key(a) == key(b);
}

class AccessRolesReader {
 public:
  AccessRolesReader(std::string control_plane, Viewers viewers)
      : control_plane_(std::move(control_plane)), viewers_(viewers) {}

  AccessRolesReading Read(const std::vector<Json>& documents) {
    for (const Json& document : documents) {
      if (DocumentType(document) == kAccessRole) ReadRole(document);
    }
    for (const Json& document : documents) {
      if (DocumentType(document) == kAccessBinding) ReadBinding(document);
    }
    return std::move(reading_);
  }

 private:
  void LeaveOut(std::string what) { reading_.left_out.push_back(std::move(what)); }

  RoleWords Role(std::string role, std::vector<std::string> meshes,
                 std::vector<std::string> types) const {
    return {std::move(role), control_plane_, std::move(meshes), std::move(types)};
  }

  void ReadRole(const Json& document) {
    const std::string name = DocumentName(document);
    std::vector<RoleWords>& roles = roles_[name];
    size_t number = 0;
    for (const Json& rule : ListIn(DocumentBody(document), "rules")) {
      const std::string place = fmt::format("{} {}, rule {}", kAccessRole, name, ++number);
      ReadRule(rule, place, roles);
    }
  }

  void ReadRule(const Json& rule, const std::string& place, std::vector<RoleWords>& roles) {
    if (!IsNoCondition(MemberOf(rule, "when"))) {
      return LeaveOut(place + ": it has conditions (when); roles are for all of a mesh and type");
    }
    if (!IsNoCondition(MemberOf(rule, "names"))) {
      return LeaveOut(place + ": it is for single names; roles are for all of a mesh and type");
    }
    const std::vector<std::string> access = WordsIn(rule, "access");
    if (access.empty()) return LeaveOut(place + ": it names no access");
    const auto has = [&](std::string_view action) {
      return std::find(access.begin(), access.end(), action) != access.end();
    };
    const bool tokens = std::any_of(access.begin(), access.end(), [](const std::string& action) {
      return action.starts_with(kTokenActions);
    });
    const int writes = int{has("CREATE")} + int{has("UPDATE")} + int{has("DELETE")};
    std::vector<std::string> types = WordsIn(rule, "types");
    const std::string mesh = TextMember(rule, "mesh");
    const bool whole = types.empty() && mesh.empty();
    if (tokens && !(whole && writes == 3)) {
      LeaveOut(place + ": tokens are made by an Admin of the whole control plane");
    }
    if (writes == 0) return;
    if (writes < 3) {
      return LeaveOut(place + ": it gives some of CREATE, UPDATE and DELETE; an Editor has all");
    }
    if (whole && tokens) return roles.push_back(Role("Admin", {}, {}));
    const std::vector<std::string> meshes =
        mesh.empty() ? std::vector<std::string>() : std::vector<std::string>{mesh};
    if (std::erase(types, "GlobalSecret") > 0) {
      LeaveOut(place + ": GlobalSecret is for an Admin of the whole control plane");
    }
    if (std::erase(types, "Secret") > 0) roles.push_back(Role("Admin", meshes, {"Secret"}));
    const bool names_types = !WordsIn(rule, "types").empty();
    if (!names_types) LeaveOut(place + ": secrets are for an Admin");
    if (names_types && types.empty()) return;  // secrets they were
    roles.push_back(Role("Editor", meshes, std::move(types)));
  }

  void ReadBinding(const Json& document) {
    const std::string name = DocumentName(document);
    const Json& body = DocumentBody(document);
    for (const std::string& role : WordsIn(body, "roles")) {
      if (!roles_.contains(role)) {
        LeaveOut(fmt::format("{} {}: there is no {} {} beside it", kAccessBinding, name,
                             kAccessRole, role));
      }
    }
    for (const Json& subject : ListIn(body, "subjects")) {
      const std::string type = TextMember(subject, "type");
      const std::string who = TextMember(subject, "name");
      if (who.starts_with(kKumaGroups) || (type != "User" && type != "Group") || who.empty()) {
        LeaveOut(fmt::format("{} {}: {} {} is nobody's account or team here", kAccessBinding, name,
                             type.empty() ? "a subject" : type, who));
        continue;
      }
      Bind(type == "User" ? ProposedRole::Holder::kAccount : ProposedRole::Holder::kTeam, who,
           WordsIn(body, "roles"));
    }
  }

  void Bind(ProposedRole::Holder holder, const std::string& who,
            const std::vector<std::string>& roles) {
    bool reads_all = false;
    bool any = false;
    for (const std::string& role : roles) {
      const auto found = roles_.find(role);
      if (found == roles_.end()) continue;
      for (const RoleWords& words : found->second) {
        reads_all |= words.meshes.empty() && words.types.empty();
        any = true;
        Propose({holder, who, words, role});
      }
    }
    if (any && !reads_all && viewers_ == Viewers::kAreMade) {
      Propose({holder, who, Role("Viewer", {}, {}), "everybody reads"});
    }
  }

  void Propose(ProposedRole role) {
    const auto same = [&](const ProposedRole& other) { return SameRole(role, other); };
    if (std::any_of(reading_.roles.begin(), reading_.roles.end(), same)) return;
    reading_.roles.push_back(std::move(role));
  }

  const std::string control_plane_;
  const Viewers viewers_;
  std::map<std::string, std::vector<RoleWords>> roles_;  // by the name of the AccessRole
  AccessRolesReading reading_;
};

}  // namespace

AccessRolesReading ReadAccessRoles(const std::vector<Json>& documents,
                                   const std::string& control_plane, Viewers viewers) {
  return AccessRolesReader(control_plane, viewers).Read(documents);
}

}  // namespace skyden::cli
