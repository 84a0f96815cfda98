// SPDX-License-Identifier: Apache-2.0
// `skyden login|logout` and `skyden context list|use|show|remove`.
#include <cctype>
#include <filesystem>
#include <iostream>
#include <memory>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "cli/contexts.h"
#include "cli/destination.h"
#include "cli/provider_login.h"
#include "fmt/format.h"
#include "skyden/base/limits.h"
#include "skyden/base/rfc3339.h"
#include "skyden/base/status.h"
#include "skyden/cli/exit_codes.h"
#include "skyden/identity/tokens.h"

namespace skyden::cli {
namespace {

struct LoginFlags {
  std::string address;
  std::string name;
  std::string ca_file;
  std::string provider_ca_file;
  bool token_stdin = false;
};

// Adds -o, and runs `action` with the saved contexts; what it answers is saved where it changed.
void AddContextCommand(CLI::App& command, Context& context,
                       std::function<absl::Status(Contexts&)> action) {
  AddOutput(command, context);
  command.callback([&context, action = std::move(action)] {
    const auto run = [&]() -> absl::Status {
      SKYDEN_ASSIGN_OR_RETURN(const std::string path, ContextsPath());
      SKYDEN_ASSIGN_OR_RETURN(Contexts contexts, LoadContexts(path));
      const Contexts before = contexts;
      SKYDEN_RETURN_IF_ERROR(action(contexts));
      const bool changed = before.current != contexts.current || before.all != contexts.all;
      return changed ? SaveContexts(path, contexts) : absl::OkStatus();
    };
    const absl::Status status = run();
    context.exit_code = status.ok() ? kExitDone : PrintError(status);
  });
}

absl::StatusOr<const SavedContext*> Named(const Contexts& contexts, const std::string& name) {
  const std::string& wanted = name.empty() ? contexts.current : name;
  const SavedContext* const found = contexts.Find(wanted);
  if (found != nullptr) return found;
  if (wanted.empty()) return UsageError("there is no current context: sign in, or name one");
  return UsageError(fmt::format(
      "there is no context \"{}\"; \"skyden context list\" shows those there are", wanted));
}

// Without its secrets.
Json Shown(const Contexts& contexts, const SavedContext& one) {
  Json shown = {{"name", one.name},
                {"current", one.name == contexts.current},
                {"address", one.address},
                {"account", one.account},
                {"signed_in", !one.token.empty()}};
  if (!one.ca_file.empty()) shown["ca_file"] = one.ca_file;
  if (one.token_ends) shown["token_ends"] = base::FormatRfc3339(*one.token_ends);
  shown["renews"] = one.renewal.has_value();
  return shown;
}

void PrintLogin(const Context& context, const Json& shown) {
  if (context.format != Format::kTable) return PrintDocument(std::cout, context.format, shown);
  std::vector<std::vector<std::string>> rows;
  for (const Json& one : shown.is_array() ? shown : Json::array({shown})) {
    rows.push_back({one["current"] == true ? "*" : "", Cell(one, "name"), Cell(one, "address"),
                    one["signed_in"] == true ? Cell(one, "account") : "-",
                    one["renews"] == true ? "renewed" : TimeCell(one, "token_ends")});
  }
  PrintTable(std::cout, {"", "NAME", "ADDRESS", "SIGNED IN AS", "UNTIL"}, rows);
}

absl::StatusOr<std::string> TokenFromInput() {
  std::string token;
  std::getline(std::cin, token);
  while (!token.empty() && std::isspace(static_cast<unsigned char>(token.back())) != 0) {
    token.pop_back();
  }
  if (token.empty()) return UsageError("--token-stdin: there is no token on standard input");
  if (token.size() > base::limits::kCredentialBytes) return UsageError("the token is too long");
  return token;
}

// Who comes in with the token. It must be good for something here.
absl::StatusOr<std::string> AccountOf(const SavedContext& context) {
  const ApiClient client = ApiClient::To(context.address, context.token, context.ca_file);
  for (const auto& [path, name] :
       {std::pair("/v3/users/me", "email"), std::pair("/v3/system-accounts/me", "name")}) {
    const auto account = client.Call("GET", path);
    if (account.ok() && account->is_object()) {
      const std::string said = Cell(*account, name);
      return said.empty() ? Cell(*account, "id") : said;
    }
    if (!account.ok() && !absl::IsNotFound(account.status())) return account.status();
  }
  return absl::UnauthenticatedError("the daemon does not say whose token this is");
}

absl::Status SignInByProvider(const LoginFlags& flags, SavedContext& context) {
  const ApiClient stranger = ApiClient::To(context.address, "", context.ca_file);
  SKYDEN_ASSIGN_OR_RETURN(const Json ways, stranger.Call("GET", "/v3/sign-in"));
  const Json oidc = ways.is_object() ? ways.value("oidc", Json::object()) : Json::object();
  const std::string issuer = Cell(oidc, "issuer");
  if (issuer.empty()) {
    return absl::FailedPreconditionError(
        fmt::format("{} has no identity provider to sign in at: give a token with --token-stdin",
                    context.address));
  }
  SKYDEN_ASSIGN_OR_RETURN(
      const ProviderToken token,
      SignInAtProvider({issuer, Cell(oidc, "client_id"), flags.provider_ca_file},
                       [](const std::string& text) { std::cerr << text << std::flush; }));
  context.token = token.token;
  context.token_ends = token.ends;
  if (!token.renewal.refresh_token.empty()) context.renewal = token.renewal;
  return absl::OkStatus();
}

std::string Absolute(const std::string& path) {
  return path.empty() ? path : std::filesystem::absolute(path).string();
}

absl::Status Login(const LoginFlags& flags, const Context& output, Contexts& contexts) {
  SavedContext context;
  if (flags.address.empty()) {
    SKYDEN_ASSIGN_OR_RETURN(const SavedContext* const before, Named(contexts, flags.name));
    context = {.name = before->name, .address = before->address, .ca_file = before->ca_file};
  } else {
    SKYDEN_ASSIGN_OR_RETURN(context.address, CompleteAddress(flags.address));
    const std::string host = context.address.substr(context.address.find("://") + 3);
    context.name = flags.name.empty() ? host : flags.name;
  }
  if (!flags.ca_file.empty()) context.ca_file = Absolute(flags.ca_file);
  if (flags.token_stdin) {
    SKYDEN_ASSIGN_OR_RETURN(context.token, TokenFromInput());
  } else {
    SKYDEN_RETURN_IF_ERROR(SignInByProvider(flags, context));
  }
  SKYDEN_ASSIGN_OR_RETURN(context.account, AccountOf(context));
  contexts.current = context.name;
  contexts.Put(context);
  PrintLogin(output, Shown(contexts, context));
  return absl::OkStatus();
}

void AddLogin(CLI::App& root, Context& context) {
  CLI::App* command = root.add_subcommand("login", "sign in to a daemon, and remember it");
  command->footer(
      "\nSigns in at the daemon's identity provider, by device code or in this machine's browser,\n"
      "or with a token. Later commands go to this daemon until \"skyden context use\" says "
      "otherwise.\n"
      "\nExamples:\n"
      "  skyden login https://skyden.example.com\n"
      "  skyden login skyden.example.com:5681 --name prod --token-stdin < token\n"
      "  skyden login                              # the current one, again");
  auto flags = std::make_shared<LoginFlags>();
  command->add_option("url", flags->address, "the daemon; the current context's when left out");
  command->add_option("--name", flags->name, "what to call it; its host when left out");
  command->add_option("--ca-file", flags->ca_file, "authority of its certificate, PEM");
  command->add_option("--provider-ca-file", flags->provider_ca_file,
                      "authority of the identity provider's certificate, PEM");
  command->add_flag("--token-stdin", flags->token_stdin, "read a token from standard input");
  AddContextCommand(*command, context, [&context, flags](Contexts& contexts) {
    return Login(*flags, context, contexts);
  });
}

// The token itself, where it is one of the daemon's and its own account may end it.
absl::Status RevokeToken(const SavedContext& context) {
  if (context.token.empty()) {
    return UsageError(fmt::format("nobody is signed in to \"{}\"", context.name));
  }
  const auto token = identity::ParseToken(context.token);
  if (!token.ok()) {
    return UsageError(
        "--revoke is for tokens of the daemon itself; this one is of an identity "
        "provider, which is asked to renew it no more");
  }
  const bool personal = token->kind == identity::TokenKind::kPersonal;
  const std::string accounts = personal ? "/v3/users" : "/v3/system-accounts";
  const ApiClient client = ApiClient::To(context.address, context.token, context.ca_file);
  SKYDEN_ASSIGN_OR_RETURN(const Json me, client.Call("GET", accounts + "/me"));
  const absl::Status revoked =
      client
          .Call("PATCH", fmt::format("{}/{}/access-tokens/{}/revoke", accounts, Cell(me, "id"),
                                     token->id.str()))
          .status();
  if (!absl::IsPermissionDenied(revoked)) return revoked;
  return absl::PermissionDeniedError(
      fmt::format("this account may not revoke its own token; an administrator of the "
                  "organization may: skyden token revoke {} {}",
                  Cell(me, "id"), token->id.str()));
}

// What was had from an identity provider is given back. Who signs out is signed out here either
// way.
void TellProvider(const SavedContext& context) {
  if (!context.renewal || context.renewal->refresh_token.empty()) return;
  const absl::Status told = TakeBack(*context.renewal);
  if (told.ok()) return;
  std::cerr << fmt::format("Note: the refresh token was forgotten, but stays good: {}\n",
                           std::string(told.message()));
}

void AddLogout(CLI::App& root, Context& context) {
  CLI::App* command = root.add_subcommand("logout", "forget the token of a daemon");
  command->footer(
      "\nAn identity provider is told to renew its token no more, where it takes that. A token "
      "that\n"
      "you gave with --token-stdin stays good for others who have it, unless --revoke ends it, "
      "and\n"
      "every session and live stream that stands on it, at once.\n"
      "\nExamples:\n  skyden logout\n  skyden logout prod\n  skyden logout prod --revoke");
  struct Words {
    std::string name;
    bool revoke = false;
  };
  auto words = std::make_shared<Words>();
  command->add_option("context", words->name, "the current one when left out");
  command->add_flag("--revoke", words->revoke, "end the token itself; it stays when it cannot be");
  AddContextCommand(*command, context, [&context, words](Contexts& contexts) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const SavedContext* const found, Named(contexts, words->name));
    if (words->revoke) SKYDEN_RETURN_IF_ERROR(RevokeToken(*found));
    TellProvider(*found);
    SavedContext left{.name = found->name, .address = found->address, .ca_file = found->ca_file};
    PrintDone(std::cout, context.format, "signed out", left.name);
    contexts.Put(std::move(left));
    return absl::OkStatus();
  });
}

void AddContexts(CLI::App& root, Context& context) {
  CLI::App* group = root.add_subcommand("context", "the daemons that you signed in to");
  group->require_subcommand(1);
  CLI::App* list = group->add_subcommand("list", "all of them");
  AddContextCommand(*list, context, [&context](Contexts& contexts) {
    Json all = Json::array();
    for (const SavedContext& one : contexts.all) all.push_back(Shown(contexts, one));
    PrintLogin(context, all);
    return absl::OkStatus();
  });

  CLI::App* use = group->add_subcommand("use", "let commands go to this one");
  use->footer("\nExample:\n  skyden context use prod");
  auto used = std::make_shared<std::string>();
  use->add_option("name", *used, "as \"skyden context list\" shows it")->required();
  AddContextCommand(*use, context, [&context, used](Contexts& contexts) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const SavedContext* const found, Named(contexts, *used));
    contexts.current = found->name;
    PrintLogin(context, Shown(contexts, *found));
    return absl::OkStatus();
  });

  CLI::App* show = group->add_subcommand("show", "one of them, without its token");
  auto shown = std::make_shared<std::string>();
  show->add_option("name", *shown, "the current one when left out");
  AddContextCommand(*show, context, [&context, shown](Contexts& contexts) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const SavedContext* const found, Named(contexts, *shown));
    PrintLogin(context, Shown(contexts, *found));
    return absl::OkStatus();
  });

  CLI::App* remove = group->add_subcommand("remove", "forget one, and its token");
  auto removed = std::make_shared<std::string>();
  remove->add_option("name", *removed, "as \"skyden context list\" shows it")->required();
  AddContextCommand(*remove, context, [&context, removed](Contexts& contexts) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const SavedContext* const found, Named(contexts, *removed));
    TellProvider(*found);
    contexts.Remove(*removed);
    if (contexts.current == *removed) contexts.current.clear();
    PrintDone(std::cout, context.format, "removed", *removed);
    return absl::OkStatus();
  });
}

}  // namespace

void AddLoginCommands(CLI::App& root, Context& context) {
  AddLogin(root, context);
  AddLogout(root, context);
  AddContexts(root, context);
}

}  // namespace skyden::cli
