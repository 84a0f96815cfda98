// SPDX-License-Identifier: Apache-2.0
// `skyden health`: for containers and scripts, which have nothing else that speaks HTTP.
#include <iostream>
#include <memory>
#include <string>

#include "cli/operating.h"
#include "cli/settings.h"
#include "fmt/format.h"
#include "skyden/cli/cli.h"
#include "skyden/http/fetch.h"

namespace skyden::cli {
namespace {

// "0.0.0.0:5680" is this machine, too.
std::string Reachable(const std::string& address) {
  const size_t colon = address.rfind(':');
  const std::string host = address.substr(0, colon);
  const std::string port = address.substr(colon);
  if (host == "0.0.0.0" || host == "localhost") return "127.0.0.1" + port;
  if (host == "[::]") return "[::1]" + port;
  return address;
}

int RunHealth(server::ConfigSources& sources) {
  ReadVariables(sources);
  const auto config = server::LoadConfig(sources);
  if (!config.ok()) {
    PrintError(config.status());
    return kExitUsage;
  }
  const auto answer = http::Exchange(
      {.url = fmt::format("http://{}/ready", Reachable(config->diagnostics.address))}, {});
  if (!answer.ok()) return PrintError(answer.status());
  PrintRaw(std::cout, answer->body);
  return answer->status == 200 ? kExitDone : kExitFailed;
}

}  // namespace

void AddHealth(CLI::App& root, Context& context) {
  CLI::App* health =
      root.add_subcommand("health", "ask a daemon on this machine whether it is ready");
  health->footer(
      "\nAsks /ready of the diagnostics port. Exit code 0: it serves; 1: it does not, and why.\n"
      "\nExamples:\n"
      "  skyden health\n"
      "  skyden health --diagnostics-address 127.0.0.1:5680");
  auto sources = std::make_shared<server::ConfigSources>();
  AddSettings(*health, *sources, [](std::string_view key) { return key == "diagnostics_address"; });
  health->callback([&context, sources] { context.exit_code = RunHealth(*sources); });
}

}  // namespace skyden::cli
