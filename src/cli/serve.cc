// SPDX-License-Identifier: Apache-2.0
#include <unistd.h>

#include <iostream>
#include <map>
#include <memory>
#include <string_view>

#include "cli/commands.h"
#include "skyden/base/strings.h"
#include "skyden/cli/cli.h"
#include "skyden/server/config.h"
#include "skyden/server/server.h"
#include "skyden/telemetry/log.h"

namespace skyden::cli {
namespace {

struct ServeFlags {
  server::ConfigSources sources;
  std::map<std::string, bool> switches;
  bool print_config = false;
};

std::map<std::string, std::string> SkydenVariables() {
  std::map<std::string, std::string> variables;
  for (char** entry = environ; *entry != nullptr; ++entry) {
    const std::string_view text = *entry;
    const size_t equals = text.find('=');
    if (text.substr(0, 7) != "SKYDEN_" || equals == std::string_view::npos) continue;
    variables.emplace(text.substr(0, equals), text.substr(equals + 1));
  }
  return variables;
}

int RunServe(ServeFlags& flags) {
  flags.sources.environment = SkydenVariables();
  auto config = server::LoadConfig(flags.sources);
  if (!config.ok()) {
    std::cerr << "Error: " << base::ToStd(config.status().message()) << '\n';
    return kExitUsage;
  }
  if (flags.print_config) {
    std::cout << server::PrintConfig(*config);
    return kExitDone;
  }
  for (const std::string& name : server::UnknownVariables(flags.sources.environment)) {
    telemetry::Log(telemetry::Level::warning, "variable is no setting", {{"name", name}});
  }
  return server::Serve(*std::move(config));
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
      "  skyden serve --kds-address 0.0.0.0:5685 --kds-certificate-file c.pem --kds-key-file "
      "k.pem");
  auto flags = std::make_shared<ServeFlags>();
  serve->add_option("--config", flags->sources.file, "YAML file of settings");
  serve->add_flag("--print-config", flags->print_config, "print the effective settings and leave");
  for (const server::SettingInfo& setting : server::Settings()) {
    const std::string flag = server::FlagOf(setting.key);
    const auto set = [flags, key = setting.key](const std::string& value) {
      flags->sources.flags[key] = value;
    };
    if (setting.is_switch) {
      serve->add_flag_function(
          flag, [set](int64_t count) { set(count > 0 ? "true" : "false"); }, setting.help);
    } else {
      serve->add_option_function<std::string>(flag, set, setting.help)->take_last();
    }
  }
  serve->callback([&context, flags] { context.exit_code = RunServe(*flags); });
}

}  // namespace skyden::cli
