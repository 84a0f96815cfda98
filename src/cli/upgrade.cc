// SPDX-License-Identifier: Apache-2.0
#include "cli/upgrade.h"

#include <iostream>
#include <memory>
#include <string>

#include "cli/effects_print.h"
#include "cli/import_result.h"
#include "cli/members.h"
#include "cli/output.h"
#include "fmt/format.h"
#include "skyden/base/status.h"
#include "skyden/cli/exit_codes.h"

namespace skyden::cli {
namespace {

struct ReadinessFlags {
  std::string control_plane;
  bool upgraded = false;
  bool preflight = false;
};

void PrintFinding(const Json& finding) {
  const Json resource = finding.value("resource", Json::object());
  const std::string zone = Cell(resource, "zone");
  const std::string field = Cell(finding, "field");
  const std::string detail = Cell(finding, "detail");
  std::cout << fmt::format("{} {}{}{}: {}{}\n", Cell(finding, "remedy") == "upgrade" ? '.' : '!',
                           NameOf(resource), zone.empty() ? "" : " of zone " + Printable(zone),
                           field.empty() ? "" : " " + Printable(field),
                           Printable(Cell(finding, "title")),
                           detail.empty() ? "" : " (" + Printable(detail) + ")");
  std::cout << fmt::format("    {}\n    {}\n", Printable(Cell(finding, "reason")),
                           Printable(Cell(finding, "what_to_do")));
}

void PrintVersions(const Json& answer) {
  for (const Json& zone : ListIn(answer, "zones")) {
    std::cout << fmt::format("zone {}: {}\n", Printable(Cell(zone, "name")),
                             Printable(Cell(zone, "version")));
  }
  for (const Json& version : ListIn(answer, "proxy_versions")) {
    std::cout << fmt::format("kuma-dp {}: {}\n", Printable(Cell(version, "version")),
                             CountIn(version, "proxies"));
  }
}

void PrintReadiness(const Json& answer) {
  for (const Json& finding : ListIn(answer, "findings")) PrintFinding(finding);
  const uint64_t left_out = CountIn(answer, "findings_left_out");
  if (left_out > 0) std::cout << fmt::format("... and {} more\n", left_out);
  PrintVersions(answer);
  PrintChanges(answer);
  PrintEffects(answer);
  PrintSum(answer);
  const uint64_t blocking = CountIn(answer, "blocking");
  if (blocking == 0) {
    std::cout << "Nothing is in the way of Kuma 3.\n";
  } else {
    std::cout << fmt::format("{} finding{} in the way of Kuma 3, marked with \"!\"\n", blocking,
                             blocking == 1 ? " is" : "s are");
  }
}

absl::Status Readiness(Context& context, const ReadinessFlags& flags, const ApiClient& client) {
  SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(flags.control_plane));
  const std::string path = ApiClient::PathOf(id) +
                           (flags.preflight ? "/readiness-reports" : "/ops/upgrade-readiness") +
                           (flags.upgraded ? "?upgraded=true" : "");
  SKYDEN_ASSIGN_OR_RETURN(const Json answer, client.Call("GET", path));
  if (flags.preflight) {
    PrintDocument(std::cout, Format::kJson, answer);
    if (Cell(answer, "status") != "clean") context.exit_code = kExitDiffers;
    return absl::OkStatus();
  }
  if (context.format == Format::kTable) {
    PrintReadiness(answer);
  } else {
    PrintDocument(std::cout, context.format, answer);
  }
  if (!answer.value("complete", false)) {
    std::cerr << fmt::format("Not all was looked at, {}: what is shown is the least.\n",
                             Printable(Cell(answer, "stopped")));
  }
  if (!answer.value("ready", false)) context.exit_code = kExitDiffers;
  return absl::OkStatus();
}

struct UpgradeFlags {
  std::string control_plane, to;
  bool back = false;
  bool discard_later = false;
  bool dry_run = false;
};

absl::StatusOr<Json> UpgradeBody(const UpgradeFlags& flags) {
  if (flags.back == !flags.to.empty()) {
    return UsageError("say --to v3, or --back");
  }
  if (flags.discard_later && !flags.back) return UsageError("--discard-later goes with --back");
  Json body = {{"to", flags.back ? "v2" : flags.to}};
  if (flags.dry_run) body["dry_run"] = true;
  if (flags.discard_later) body["discard_later"] = true;
  return body;
}

void PrintUpgrade(const Json& done, bool dry_run) {
  PrintImport(std::cout, done);
  if (done.contains("groups")) {
    PrintEffects(done);
    PrintSum(done);
  }
  const std::string counts =
      fmt::format("{} created, {} updated, {} deleted", CountIn(done, "created"),
                  CountIn(done, "updated"), CountIn(done, "deleted"));
  if (dry_run) {
    std::cout << fmt::format("Nothing was changed. Would be: {}.\n", counts);
    return;
  }
  std::cout << fmt::format("The control plane is one of {} now, since revision {}: {}.\n",
                           Printable(Cell(done, "to")), Cell(done, "revision"), counts);
}

absl::Status Upgrade(const Context& context, const UpgradeFlags& flags, const ApiClient& client) {
  SKYDEN_ASSIGN_OR_RETURN(const Json body, UpgradeBody(flags));
  SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(flags.control_plane));
  SKYDEN_ASSIGN_OR_RETURN(const Json done,
                          client.Call("POST", ApiClient::PathOf(id) + "/ops/upgrade", body));
  if (context.format != Format::kTable) {
    PrintDocument(std::cout, context.format, done);
  } else {
    PrintUpgrade(done, flags.dry_run);
  }
  return absl::OkStatus();
}

}  // namespace

void AddReadiness(CLI::App& cp, Context& context) {
  CLI::App* command =
      cp.add_subcommand("readiness", "what Kuma 3 would read otherwise, and for which proxies");
  command->footer(
      "\nNothing is written. Printed are resources that Kuma 3 has not, or reads otherwise: those\n"
      "marked with \"!\" somebody has to see to, here or in a zone, the others the upgrade writes\n"
      "anew; which versions zones and proxies run; and the proxies whose configuration is another "
      "by\n"
      "the rules of Kuma 3, put together by what is other, with what inspection says of them by\n"
      "either. Exits with 3 when something is in the way.\n"
      "\nExamples:\n"
      "  skyden cp readiness payments\n"
      "  skyden cp readiness payments -o json | jq '.findings[] | select(.remedy != \"upgrade\")'\n"
      "  skyden cp readiness payments --upgraded     # with what the upgrade would write\n"
      "  skyden cp readiness payments --preflight > report.json    # for the public tool's "
      "viewers");
  auto flags = std::make_shared<ReadinessFlags>();
  command->add_option("control-plane", flags->control_plane, "its name or id")->required();
  command->add_flag("--upgraded", flags->upgraded,
                    "show what the upgrade would write, and let that be read");
  command->add_flag("--preflight", flags->preflight,
                    "as kuma3-preflight prints its reports, in JSON");
  AddClientCommand(*command, context, [&context, flags](const ApiClient& client) {
    return Readiness(context, *flags, client);
  });
}

void AddUpgrade(CLI::App& cp, Context& context) {
  CLI::App* command =
      cp.add_subcommand("upgrade", "make a control plane one of Kuma 3, or take it back");
  command->footer(
      "\nWhat Kuma 3 reads otherwise is written anew, and the version changed, in one "
      "transaction;\n"
      "printed is what was written, and the proxies whose configuration is another by it. As long\n"
      "as something is in the way that somebody has to decide (\"skyden cp readiness\" says "
      "what),\n"
      "nothing happens. Zones connect again by themselves. With --back the control plane is one "
      "of\n"
      "Kuma 2 again, with what it held before, for as long as the history keeps that; what was\n"
      "written since is named, and only --discard-later takes that back, too.\n"
      "\nExamples:\n"
      "  skyden cp upgrade payments --to v3 --dry-run\n"
      "  skyden cp upgrade payments --to v3\n"
      "  skyden cp upgrade payments --to v3 -o json | jq .resources\n"
      "  skyden cp upgrade payments --back --dry-run\n"
      "  skyden cp upgrade payments --back --discard-later");
  auto flags = std::make_shared<UpgradeFlags>();
  command->add_option("control-plane", flags->control_plane, "its name or id")->required();
  CLI::Option* to = command->add_option("--to", flags->to, "the Kuma that it becomes like: v3");
  to->check(CLI::IsMember({"v3"}));
  command->add_flag("--back", flags->back, "take it back to v2, with what it held before")
      ->excludes(to);
  command->add_flag("--discard-later", flags->discard_later,
                    "with --back: also what was written since the upgrade");
  command->add_flag("--dry-run", flags->dry_run, "check all of it, and only say what would be");
  AddClientCommand(*command, context, [&context, flags](const ApiClient& client) {
    return Upgrade(context, *flags, client);
  });
}

}  // namespace skyden::cli
