// SPDX-License-Identifier: Apache-2.0
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

#include "cli/commands.h"
#include "cli/settings.h"
#include "skyden/base/nearest.h"
#include "skyden/base/strings.h"
#include "skyden/cli/cli.h"
#include "skyden/server/config.h"
#include "skyden/server/config_text.h"
#include "skyden/server/server.h"
#include "skyden/telemetry/log.h"

namespace skyden::cli {
namespace {

constexpr char kCommented[] = "commented";

struct ServeFlags {
  server::ConfigSources sources;
  // Empty: it is not asked for. "true": what is in effect. "commented": a file to begin with.
  std::string print_config;
};

int RunServe(ServeFlags& flags) {
  ReadVariables(flags.sources);
  auto config = server::LoadConfig(flags.sources);
  if (!config.ok()) {
    std::cerr << "Error: " << base::ToStd(config.status().message()) << '\n';
    return kExitUsage;
  }
  if (!flags.print_config.empty()) {
    std::cout << (flags.print_config == kCommented ? server::CommentedConfig(*config)
                                                   : server::PrintConfig(*config));
    return kExitDone;
  }
  for (const auto& unknown : server::UnknownVariables(flags.sources.environment)) {
    telemetry::Log(telemetry::Level::warning, "variable is no setting",
                   {{"name", unknown.name}, {"advice", unknown.advice}});
  }
  return server::Serve(*std::move(config),
                       [sources = flags.sources] { return server::LoadConfig(sources); });
}

}  // namespace

void AddServe(CLI::App& root, Context& context) {
  CLI::App* serve = root.add_subcommand("serve", "run the daemon");
  serve->footer(
      "\nEvery setting can stand in the --config file under its name with underscores\n"
      "(http_address: 127.0.0.1:5681), in the environment (SKYDEN_HTTP_ADDRESS), or here;\n"
      "later ones win.\n"
      "\nExamples:\n"
      "  skyden serve\n"
      "  skyden serve --data-dir /var/lib/skyden --config /etc/skyden.yaml\n"
      "  skyden serve --print-config=commented > skyden.yaml\n"
      "  skyden serve --kds-address 0.0.0.0:5685 --kds-certificate-file c.pem --kds-key-file "
      "k.pem");
  auto flags = std::make_shared<ServeFlags>();
  AddSettings(*serve, flags->sources, [](std::string_view) { return true; });
  serve
      ->add_flag("--print-config", flags->print_config,
                 "print the effective settings and leave; =commented: all, with what they mean")
      ->check([](const std::string& word) {
        return word == "true" ? "" : base::NotOneOf(word, {kCommented});
      });
  serve->callback([&context, flags] { context.exit_code = RunServe(*flags); });
}

}  // namespace skyden::cli
