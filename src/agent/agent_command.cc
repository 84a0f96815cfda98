// SPDX-License-Identifier: Apache-2.0
#include "agent/agent_command.h"

#include <iostream>
#include <memory>

#include "agent/ending.h"
#include "agent/global_address.h"
#include "agent/relay.h"
#include "fmt/format.h"
#include "skyden/agent/agent.h"
#include "skyden/base/strings.h"
#include "skyden/base/version.h"
#include "skyden/base/visible.h"
#include "skyden/telemetry/log.h"

namespace skyden::agent {
namespace {

struct AgentFlags {
  RelayOptions relay;
  std::string global;
};

int RunAgent(AgentFlags& flags) {
  const StopSignals stop;
  auto global = ParseGlobalAddress(flags.global);
  if (!global.ok()) return Fail(kExitUsage, global.status(), "--global");
  if (!global->password.empty()) {
    return Fail(kExitUsage, absl::InvalidArgumentError("the token belongs into --token-file"),
                "--global");
  }
  flags.relay.global = *global;
  const auto relay = Relay::Start(flags.relay);
  if (!relay.ok()) {
    const bool usage = absl::IsInvalidArgument(relay.status());
    return Fail(usage ? kExitUsage : kExitFailed, relay.status());
  }
  telemetry::Log(telemetry::Level::info, "relaying",
                 {{"listen", (*relay)->address()}, {"global", global->Public()}});
  while (!stop.CameWithin(absl::Hours(1))) {
  }
  telemetry::Log(telemetry::Level::info, "stopped");
  return kExitDone;
}

}  // namespace

int Fail(int exit_code, const absl::Status& status, std::string_view flag) {
  std::cerr << "Error: " << flag << (flag.empty() ? "" : ": ")
            << base::VisibleLines(base::ToStd(status.message())) << '\n';
  return exit_code;
}

void MakeAgent(CLI::App& app, const std::string& name, int& exit_code) {
  app.footer(
      fmt::format("\nThe zone's globalAddress is then grpc://<the --listen address>.\n"
                  "\nExample:\n"
                  "  {} --global kds.example.com:5685 --token-file /etc/skyden/zone-1.token",
                  name));
  auto flags = std::make_shared<AgentFlags>();
  app.add_option("--listen", flags->relay.listen, "where the zone connects to")
      ->envname("SKYDEN_AGENT_LISTEN")
      ->capture_default_str();
  app.add_option("--global", flags->global, "the control plane's host:port (TLS), or grpc://...")
      ->envname("SKYDEN_AGENT_GLOBAL")
      ->required();
  app.add_option("--token-file", flags->relay.token_file, "file with the zone's token")
      ->envname("SKYDEN_AGENT_TOKEN_FILE")
      ->required();
  app.add_option("--ca", flags->relay.ca_file,
                 "authority of the control plane's certificate, PEM; default: the system's")
      ->envname("SKYDEN_AGENT_CA");
  app.callback([flags, &exit_code] { exit_code = RunAgent(*flags); });
}

int Main(int argc, const char* const* argv) {
  int exit_code = kExitDone;
  CLI::App app(std::string("Skyden's zone agent: ") + kAboutAgent, "skyden-zone-agent");
  app.set_version_flag("--version", std::string(base::Version()));
  MakeAgent(app, app.get_name(), exit_code);
  try {
    app.parse(argc, argv);
  } catch (const CLI::Success& asked) {  // --help, --version
    return app.exit(asked);
  } catch (const CLI::ParseError& mistake) {
    std::cerr << "Error: " << mistake.what()
              << "\nRun \"skyden-zone-agent --help\" for what can be "
              << "given.\n";
    return kExitUsage;
  } catch (const std::exception& e) {
    std::cerr << "Error: " << e.what() << '\n';
    return kExitFailed;
  }
  return exit_code;
}

}  // namespace skyden::agent
