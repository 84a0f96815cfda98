// SPDX-License-Identifier: Apache-2.0
// `skyden role import`: AccessRoles of other builds of Kuma become roles of accounts and teams.
#include <iostream>
#include <memory>
#include <string_view>
#include <vector>

#include "cli/access_roles.h"
#include "cli/accounts.h"
#include "cli/commands.h"
#include "cli/documents.h"
#include "cli/role_commands.h"
#include "fmt/format.h"
#include "fmt/ranges.h"
#include "skyden/base/status.h"
#include "skyden/cli/exit_codes.h"

namespace skyden::cli {
namespace {

struct RoleImportFields {
  std::string path;
  std::string control_plane;
  bool gives = false;
  bool no_viewers = false;
};

// Where a document begins in a stream of them; in JSON no line is like that.
constexpr std::string_view kDocumentBegin = "---\n";

absl::StatusOr<std::vector<Json>> AccessDocumentsOf(const std::string& path) {
  SKYDEN_ASSIGN_OR_RETURN(const Documents read, ReadDocuments(path, {}));
  std::vector<Json> documents;
  std::string_view rest = read.stream;
  while (rest.starts_with(kDocumentBegin)) {
    rest.remove_prefix(kDocumentBegin.size());
    const size_t next = rest.find("\n---\n");
    const size_t size = next == std::string_view::npos ? rest.size() : next + 1;
    documents.push_back(Json::parse(rest.substr(0, size), nullptr, /*allow_exceptions=*/false));
    rest.remove_prefix(size);
  }
  return documents;
}

std::string HolderWord(const ProposedRole& one) {
  return one.holder == ProposedRole::Holder::kTeam ? "team" : "account";
}

// What became of it.
std::string GiveRole(const ApiClient& client, const ProposedRole& one) {
  const bool team = one.holder == ProposedRole::Holder::kTeam;
  const auto path = team ? FindTeam(client, one.name) : FindAccount(client, one.name);
  if (absl::IsNotFound(path.status())) return fmt::format("no such {}", HolderWord(one));
  const absl::Status given = path.ok() ? GrantRole(client, *path, one.role) : path.status();
  if (given.ok()) return "given";
  return absl::IsAlreadyExists(given) ? "held already" : std::string(given.message());
}

void PrintReading(const Context& context, const AccessRolesReading& reading,
                  const std::vector<std::string>& results) {
  if (context.format != Format::kTable) {
    Json roles = Json::array();
    for (size_t i = 0; i < reading.roles.size(); ++i) {
      const ProposedRole& one = reading.roles[i];
      roles.push_back({{HolderWord(one), one.name},
                       {"role", one.role.role},
                       {"meshes", one.role.meshes},
                       {"types", one.role.types},
                       {"from", one.from},
                       {"result", results[i]}});
    }
    return PrintDocument(std::cout, context.format,
                         {{"roles", roles}, {"left_out", reading.left_out}});
  }
  std::vector<std::vector<std::string>> rows;
  for (size_t i = 0; i < reading.roles.size(); ++i) {
    const ProposedRole& one = reading.roles[i];
    rows.push_back({HolderWord(one) + " " + one.name, one.role.role, JoinedOrAll(one.role.meshes),
                    JoinedOrAll(one.role.types), one.from, results[i]});
  }
  PrintTable(std::cout, {"HOLDER", "ROLE", "MESHES", "TYPES", "FROM", "RESULT"}, rows);
  for (const std::string& one : reading.left_out) {
    std::cout << "left out: " << Printable(one) << '\n';
  }
}

absl::Status ImportRoles(Context& context, const ApiClient& client,
                         const RoleImportFields& fields) {
  SKYDEN_ASSIGN_OR_RETURN(const std::vector<Json> documents, AccessDocumentsOf(fields.path));
  SKYDEN_ASSIGN_OR_RETURN(const std::string control_plane,
                          client.FindControlPlane(fields.control_plane));
  const AccessRolesReading reading = ReadAccessRoles(
      documents, control_plane, fields.no_viewers ? Viewers::kAreNot : Viewers::kAreMade);
  std::vector<std::string> results;
  bool all_given = true;
  for (const ProposedRole& one : reading.roles) {
    results.push_back(fields.gives ? GiveRole(client, one) : "would be given");
    all_given &= !fields.gives || results.back() == "given" || results.back() == "held already";
  }
  PrintReading(context, reading, results);
  if (!fields.gives && context.format == Format::kTable) {
    std::cout << "\nNothing was given; --yes gives it.\n";
  }
  return all_given ? absl::OkStatus() : FailureWith(kExitFailed, "not all of it was given");
}

}  // namespace

void AddRoleImport(CLI::App& root, Context& context) {
  CLI::App* role = root.add_subcommand("role", "what other builds of Kuma say of who may do what");
  role->require_subcommand(1);
  CLI::App* command = role->add_subcommand(
      "import", "turn AccessRoles and AccessRoleBindings into roles of accounts and teams");
  command->footer(
      "\nA User becomes the account with that e-mail address or name, a Group the team of that\n"
      "name; both must be there. What has no likeness here is said and left out: conditions\n"
      "(when), single names, some of CREATE, UPDATE and DELETE, tokens for a part.\n"
      "\nExamples:\n"
      "  skyden role import access.yaml --on demo\n"
      "  skyden role import access.yaml --on demo --yes\n"
      "  kumactl get accessroles -o yaml | skyden role import - --on demo -o json");
  auto fields = std::make_shared<RoleImportFields>();
  command->add_option("path", fields->path, "a file, a folder, or - for standard input")
      ->required();
  command->add_option("--on", fields->control_plane, "the control plane, by name or id")
      ->required();
  command->add_flag("--yes", fields->gives, "give the roles");
  command->add_flag("--no-viewers", fields->no_viewers,
                    "no Viewer for those who there read everything");
  AddClientCommand(*command, context, [&context, fields](const ApiClient& client) {
    return ImportRoles(context, client, *fields);
  });
}

}  // namespace skyden::cli
