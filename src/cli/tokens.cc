// SPDX-License-Identifier: Apache-2.0
// `skyden token zone|dataplane|user`: the tokens that a control plane itself issues, signed with
// its own keys.
#include <iostream>
#include <memory>
#include <vector>

#include "cli/commands.h"
#include "fmt/format.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

struct TokenFlags {
  std::string control_plane;
  std::string name;
  std::string mesh = "default";
  std::string valid_for = "720h";
  std::vector<std::string> scopes = {"cp"};
  std::vector<std::string> groups;
};

// Adds `token <what>`, which posts what `body` makes of the flags to /tokens/<what>.
CLI::App* AddToken(CLI::App& token, Context& context, const std::string& what,
                   const std::string& help, const std::shared_ptr<TokenFlags>& flags,
                   Json (*body)(const TokenFlags&)) {
  CLI::App* command = token.add_subcommand(what, help);
  command->add_option("control-plane", flags->control_plane, "its name or id")->required();
  command->add_option("--valid-for", flags->valid_for, "how long it is good, e.g. 24h");
  AddClientCommand(
      *command, context, [&context, flags, what, body](const ApiClient& client) -> absl::Status {
        SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(flags->control_plane));
        const auto path = fmt::format("{}/api/tokens/{}", ApiClient::PathOf(id), what);
        SKYDEN_ASSIGN_OR_RETURN(const Json made, client.Call("POST", path, body(*flags)));
        const std::string text = made.is_string() ? made.get<std::string>() : "";
        if (text.empty()) return absl::InternalError("the daemon sent no token");
        if (context.format != Format::kTable) {
          PrintDocument(std::cout, context.format, {{"token", text}});
        } else {
          std::cout << Printable(text) << '\n';
        }
        return absl::OkStatus();
      });
  return command;
}

}  // namespace

void AddTokenCommands(CLI::App& root, Context& context) {
  CLI::App* token = root.add_subcommand(
      "token", "tokens of accounts, and those that a control plane signs itself");
  token->require_subcommand(1);
  token->footer(
      "\nExamples:\n"
      "  skyden token share demo --expires-in 48h           read-only, to give away\n"
      "  skyden token create ci --name laptop               of the system account \"ci\"\n"
      "  skyden token zone demo --name zone-1 --valid-for 24h");
  AddAccessTokenCommands(*token, context);

  auto zone = std::make_shared<TokenFlags>();
  CLI::App* command = AddToken(
      *token, context, "zone", "for a zone, an ingress or an egress", zone,
      +[](const TokenFlags& f) {
        return Json{{"zone", f.name}, {"scope", f.scopes}, {"validFor", f.valid_for}};
      });
  command->add_option("--name", zone->name, "the zone")->required();
  command->add_option("--scope", zone->scopes, "cp, ingress, egress; may be repeated");

  auto dataplane = std::make_shared<TokenFlags>();
  command = AddToken(
      *token, context, "dataplane", "for a data plane proxy", dataplane, +[](const TokenFlags& f) {
        return Json{{"name", f.name}, {"mesh", f.mesh}, {"validFor", f.valid_for}};
      });
  command->add_option("--name", dataplane->name, "the proxy");
  command->add_option("--mesh", dataplane->mesh, "its mesh");

  auto user = std::make_shared<TokenFlags>();
  command = AddToken(
      *token, context, "user", "for a user of the control plane's Kuma API", user,
      +[](const TokenFlags& f) {
        return Json{{"name", f.name}, {"groups", f.groups}, {"validFor", f.valid_for}};
      });
  command->add_option("--name", user->name, "the user")->required();
  command->add_option("--group", user->groups, "e.g. mesh-system:admin; may be repeated");
}

}  // namespace skyden::cli
