// SPDX-License-Identifier: Apache-2.0
// `skyden daemon list`: which daemons serve the database, for operators.
#include <iostream>
#include <vector>

#include "cli/operating.h"
#include "fmt/format.h"
#include "skyden/base/status.h"

namespace skyden::cli {

void AddDaemons(CLI::App& root, Context& context) {
  CLI::App* daemon = root.add_subcommand("daemon", "the daemons that serve one database");
  daemon->require_subcommand(1);
  CLI::App* list = daemon->add_subcommand(
      "list", "which daemons have the database open; none where it is one daemon's");
  list->footer(
      "\nA daemon that was not seen for 6 s is given up by the others. PEER is where others ask it "
      "for\n"
      "what only its zones know, LAG the age of the oldest commit that it has not said to have "
      "heard\n"
      "of. The one that LEADS sends the audit to its webhook, takes away what is old, and closes "
      "the\n"
      "zones of daemons that are gone.\n"
      "\nExamples:\n"
      "  skyden daemon list\n"
      "  skyden daemon list -o json");
  AddClientCommand(*list, context, [&context](const ApiClient& client) -> absl::Status {
    SKYDEN_ASSIGN_OR_RETURN(const Json about, client.Call("GET", "/v3/daemon"));
    const Json daemons = about.value("daemons", Json::array());
    if (context.format != Format::kTable) {
      PrintDocument(std::cout, context.format, daemons);
      return absl::OkStatus();
    }
    std::vector<std::vector<std::string>> rows;
    for (const Json& one : daemons) {
      const auto says = [&one](const char* what) {
        return std::string(one.value(what, false) ? "yes" : "");
      };
      const auto number = [&one](const char* what) { return one.value(what, int64_t{0}); };
      rows.push_back({Cell(one, "instance_id"), Cell(one, "version"), Cell(one, "peer_address"),
                      fmt::format("{}", number("zones")), fmt::format("{} ms", number("lag_ms")),
                      fmt::format("{} ms ago", number("unseen_ms")), says("leads"), says("self")});
    }
    PrintTable(std::cout, {"INSTANCE", "VERSION", "PEER", "ZONES", "LAG", "SEEN", "LEADS", "ASKED"},
               rows);
    return absl::OkStatus();
  });
}

}  // namespace skyden::cli
