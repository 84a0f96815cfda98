// SPDX-License-Identifier: Apache-2.0
// One function per family of commands: each adds its subcommands to `parent`.
#pragma once

#include <functional>
#include <string>

#include "CLI/CLI.hpp"
#include "absl/status/status.h"
#include "cli/api_client.h"
#include "cli/output.h"

namespace skyden::cli {

// What every client command shares. Lives as long as the App.
struct Context {
  ClientOptions client;
  Format format = Format::kTable;
  int exit_code = 0;
};

// Adds --address, --data-dir, --ca-file and -o to a client command, and runs `action` with an open
// client when the command was given.
void AddClientCommand(CLI::App& command, Context& context,
                      std::function<absl::Status(const ApiClient&)> action);

// Adds -o alone.
void AddOutput(CLI::App& command, Context& context);

void AddServe(CLI::App& root, Context& context);
void AddMigrate(CLI::App& root, Context& context);
void AddStore(CLI::App& root, Context& context);
void AddOperatorToken(CLI::App& root, Context& context);
void AddControlPlaneCommands(CLI::App& root, Context& context);
void AddFleet(CLI::App& root, Context& context);
void AddZoneCommands(CLI::App& zone, Context& context);
void AddTokenCommands(CLI::App& root, Context& context);
void AddWatch(CLI::App& root, Context& context);
void AddWait(CLI::App& root, Context& context);
void AddTransferCommands(CLI::App& root, Context& context);
void AddPreviewCommand(CLI::App& root, Context& context);
// plan, apply, sync, drift.
void AddPlanCommands(CLI::App& root, Context& context);
// backup, restore.
void AddBackupCommands(CLI::App& root, Context& context);
// rollout start, list, status, pause, resume, abort, finish.
void AddRolloutCommands(CLI::App& root, Context& context);
void AddHistoryCommands(CLI::App& root, Context& context);
void AddAuditCommands(CLI::App& root, Context& context);
// Into `token`: those of accounts.
void AddAccessTokenCommands(CLI::App& token, Context& context);
void AddAccountCommands(CLI::App& root, Context& context);
void AddTeamCommands(CLI::App& root, Context& context);
void AddRoleImport(CLI::App& root, Context& context);
void AddOrganizationCommands(CLI::App& root, Context& context);
void AddLoginCommands(CLI::App& root, Context& context);
void AddCompletion(CLI::App& root);

// A script that completes commands and options of `root`; `shell` is bash, zsh or fish.
std::string CompletionScript(const CLI::App& root, const std::string& shell);

}  // namespace skyden::cli
