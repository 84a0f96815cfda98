// SPDX-License-Identifier: Apache-2.0
// `skyden token create|list|revoke|share`: tokens of accounts.
#include <iostream>
#include <memory>
#include <vector>

#include "cli/accounts.h"
#include "cli/commands.h"
#include "fmt/format.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

struct AccessTokenFlags {
  std::string which;  // an account, or a control plane
  std::string name;
  std::string expires_in;
  std::string id;
};

absl::StatusOr<Json> BodyOf(const AccessTokenFlags& flags) {
  Json body = Json::object();
  if (!flags.name.empty()) body["name"] = flags.name;
  if (!flags.expires_in.empty()) {
    SKYDEN_ASSIGN_OR_RETURN(body["expires_at"], TimeAfter("--expires-in", flags.expires_in));
  }
  return body;
}

// The token alone, so that it can be put into a variable; the rest goes to standard error.
void PrintIssued(const Context& context, const Json& made) {
  if (context.format != Format::kTable) return PrintDocument(std::cout, context.format, made);
  const std::string personal = Cell(made, "konnect_token");
  std::cout << Printable(personal.empty() ? Cell(made, "token") : personal) << '\n';
  std::cerr << "Shown once. Expires at " << Printable(TimeCell(made, "expires_at")) << ".\n";
}

void PrintTokens(const Context& context, const Json& tokens) {
  if (context.format != Format::kTable) return PrintDocument(std::cout, context.format, tokens);
  std::vector<std::vector<std::string>> rows;
  for (const Json& token : tokens) {
    rows.push_back({Cell(token, "name"), Cell(token, "id"), Cell(token, "state"),
                    TimeCell(token, "created_at"), TimeCell(token, "expires_at"),
                    TimeCell(token, "last_used_at")});
  }
  PrintTable(std::cout, {"NAME", "ID", "STATE", "CREATED", "EXPIRES", "LAST USED"}, rows);
}

void AddCreateToken(CLI::App& token, Context& context) {
  CLI::App* command = token.add_subcommand("create", "a token for an account; shown once");
  auto flags = std::make_shared<AccessTokenFlags>();
  command->add_option("account", flags->which, "its id, name or e-mail address")->required();
  command->add_option("--name", flags->name, "what the token is called")->required();
  command->add_option("--expires-in", flags->expires_in, "e.g. 720h; default: 12 months");
  AddClientCommand(*command, context, [&context, flags](const ApiClient& client) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const std::string account, FindAccount(client, flags->which));
    SKYDEN_ASSIGN_OR_RETURN(const Json body, BodyOf(*flags));
    SKYDEN_ASSIGN_OR_RETURN(const Json made, client.Call("POST", account + "/access-tokens", body));
    PrintIssued(context, made);
    return absl::OkStatus();
  });
}

void AddListTokens(CLI::App& token, Context& context) {
  CLI::App* command = token.add_subcommand("list", "the tokens of an account");
  auto flags = std::make_shared<AccessTokenFlags>();
  command->add_option("account", flags->which, "its id, name or e-mail address")->required();
  AddClientCommand(*command, context, [&context, flags](const ApiClient& client) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const std::string account, FindAccount(client, flags->which));
    SKYDEN_ASSIGN_OR_RETURN(const Json tokens, client.ListAll(account + "/access-tokens"));
    PrintTokens(context, tokens);
    return absl::OkStatus();
  });
}

void AddRevoke(CLI::App& token, Context& context) {
  CLI::App* command =
      token.add_subcommand("revoke", "end a token of an account at once, live streams too");
  auto flags = std::make_shared<AccessTokenFlags>();
  command->add_option("account", flags->which, "its id, name or e-mail address")->required();
  command->add_option("token", flags->id, "the token's id or name")->required();
  AddClientCommand(*command, context, [&context, flags](const ApiClient& client) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const std::string account, FindAccount(client, flags->which));
    SKYDEN_ASSIGN_OR_RETURN(const Json tokens, client.ListAll(account + "/access-tokens"));
    std::vector<std::string> ids;
    for (const Json& one : tokens) {
      const std::string id = Cell(one, "id");
      if (id == flags->id) ids = {id};
      if (id == flags->id) break;
      if (Cell(one, "name") == flags->id && Cell(one, "state") != "REVOKED") ids.push_back(id);
    }
    if (ids.empty()) return absl::NotFoundError("the account has no such token");
    if (ids.size() > 1) {
      return absl::InvalidArgumentError(
          fmt::format("several tokens are called \"{}\"; give an id", flags->id));
    }
    SKYDEN_RETURN_IF_ERROR(
        client.Call("PATCH", fmt::format("{}/access-tokens/{}/revoke", account, ids[0])).status());
    PrintDone(std::cout, context.format, "revoked", ids[0]);
    return absl::OkStatus();
  });
}

void AddShare(CLI::App& token, Context& context) {
  CLI::App* command = token.add_subcommand(
      "share", "a token that reads one control plane, secrets excepted; shown once");
  auto flags = std::make_shared<AccessTokenFlags>();
  command->add_option("control-plane", flags->which, "its name or id")->required();
  command->add_option("--name", flags->name, "what it is called; default: made up");
  command->add_option("--expires-in", flags->expires_in, "e.g. 48h; default: 14 days");
  AddClientCommand(*command, context, [&context, flags](const ApiClient& client) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const std::string id, client.FindControlPlane(flags->which));
    SKYDEN_ASSIGN_OR_RETURN(const Json body, BodyOf(*flags));
    SKYDEN_ASSIGN_OR_RETURN(const Json made,
                            client.Call("POST", ApiClient::PathOf(id) + "/ops/share-token", body));
    PrintIssued(context, made);
    return absl::OkStatus();
  });
}

}  // namespace

void AddAccessTokenCommands(CLI::App& token, Context& context) {
  AddCreateToken(token, context);
  AddListTokens(token, context);
  AddRevoke(token, context);
  AddShare(token, context);
}

}  // namespace skyden::cli
