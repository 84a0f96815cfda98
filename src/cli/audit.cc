// SPDX-License-Identifier: Apache-2.0
// `skyden audit`: who did what, and whether anybody touched the record of it.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "cli/commands.h"
#include "fmt/format.h"
#include "skyden/audit/expectation.h"
#include "skyden/audit/export_check.h"
#include "skyden/base/status.h"
#include "skyden/cli/cli.h"

namespace skyden::cli {
namespace {

constexpr size_t kAuditPage = 1000;

struct AuditFlags {
  std::string control_plane;  // name or id; empty: the whole organization
  std::vector<std::string> filters;
  std::string since;
  std::string until;
  size_t limit = 50;
  std::string file;
};

void AddAuditFilters(CLI::App& command, const std::shared_ptr<AuditFlags>& flags) {
  command.add_option("control-plane", flags->control_plane,
                     "its name or id; all of the organization when left out");
  command.add_option("--filter", flags->filters,
                     "key=value, key one of action, actor, object_type, object, request_id");
  command.add_option("--since", flags->since, "only from this time on, RFC 3339");
  command.add_option("--until", flags->until, "only up to this time, RFC 3339");
}

absl::StatusOr<std::string> AuditPath(const AuditFlags& flags, const ApiClient& client) {
  std::string path = "/v3/audit-logs";
  if (!flags.control_plane.empty()) {
    SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(flags.control_plane));
    path = ApiClient::PathOf(id) + "/ops/audit";
  }
  path += "?";
  for (const std::string& filter : flags.filters) {
    const size_t equals = filter.find('=');
    if (equals == std::string::npos || equals == 0) {
      return UsageError(fmt::format("--filter {}: write it as key=value", filter));
    }
    path += fmt::format("filter%5B{}%5D={}&", EncodeUrl(filter.substr(0, equals)),
                        EncodeUrl(filter.substr(equals + 1)));
  }
  if (!flags.since.empty()) path += "filter%5Bat%5D%5Bgte%5D=" + EncodeUrl(flags.since) + "&";
  if (!flags.until.empty()) path += "filter%5Bat%5D%5Blte%5D=" + EncodeUrl(flags.until) + "&";
  return path;
}

std::string NextOf(const Json& page) {
  const Json meta = page.value("meta", Json::object()).value("page", Json::object());
  return Cell(meta, "next");
}

void PrintEntries(const Json& entries) {
  std::vector<std::vector<std::string>> rows;
  for (const Json& entry : entries) {
    const Json actor = entry.value("actor", Json::object());
    const Json object = entry.value("object", Json::object());
    rows.push_back({TimeCell(entry, "at"), Cell(actor, "name"), Cell(entry, "peer"),
                    Cell(entry, "action"),
                    Cell(object, "type") + (object.empty() ? "" : " ") + Cell(object, "name"),
                    Cell(entry, "request_id")});
  }
  PrintTable(std::cout, {"AT", "WHO", "FROM", "ACTION", "OBJECT", "REQUEST"}, rows);
}

absl::Status ListAudit(const Context& context, const AuditFlags& flags, const ApiClient& client) {
  SKYDEN_ASSIGN_OR_RETURN(const std::string path, AuditPath(flags, client));
  Json entries = Json::array();
  std::string next;
  do {
    const size_t size = std::min(flags.limit - entries.size(), kAuditPage);
    const std::string on = next.empty() ? "" : "&page%5Bbefore%5D=" + next;
    SKYDEN_ASSIGN_OR_RETURN(
        const Json page, client.Call("GET", fmt::format("{}page%5Bsize%5D={}{}", path, size, on)));
    if (!page.is_object()) return absl::InternalError("the daemon's answer is not a page");
    for (const Json& entry : page.value("data", Json::array())) entries.push_back(entry);
    next = NextOf(page);
  } while (!next.empty() && entries.size() < flags.limit);
  if (context.format != Format::kTable) {
    PrintDocument(std::cout, context.format, entries);
  } else {
    PrintEntries(entries);
  }
  return absl::OkStatus();
}

absl::Status ExportAudit(const AuditFlags& flags, const ApiClient& client) {
  SKYDEN_ASSIGN_OR_RETURN(const std::string path, AuditPath(flags, client));
  std::ofstream file;
  if (!flags.file.empty()) file.open(flags.file, std::ios::binary | std::ios::trunc);
  std::ostream& out = flags.file.empty() ? std::cout : file;
  std::string next = "0";
  while (!next.empty()) {
    std::string header;
    SKYDEN_ASSIGN_OR_RETURN(
        const std::string lines,
        client.Fetch(fmt::format("{}format=jsonl&page%5Bsize%5D={}&page%5Bafter%5D={}", path,
                                 kAuditPage, next),
                     "x-skyden-next", header));
    PrintRaw(out, lines);
    next = header;
  }
  out.flush();
  return out.good() ? absl::OkStatus()
                    : absl::UnavailableError(fmt::format(
                          "cannot write {}", flags.file.empty() ? "standard output" : flags.file));
}

// What to keep elsewhere.
void PrintToKeep(const std::string& text) {
  if (text.empty()) return;
  std::cout << "to be told if it goes back: --expect " << Printable(text) << '\n';
}

// An export of a whole organization, on its own.
absl::Status VerifyFile(const Context& context, const std::string& path,
                        const std::string& expect) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(fmt::format("cannot read {}", path));
  std::optional<audit::Expected> expected;
  if (!expect.empty()) {
    SKYDEN_ASSIGN_OR_RETURN(expected, audit::ParseExpected(expect));
  }
  audit::ExportCheck check(std::move(expected));
  for (std::string line; std::getline(file, line);) SKYDEN_RETURN_IF_ERROR(check.Add(line));
  SKYDEN_RETURN_IF_ERROR(check.Finish());
  const auto expect_next = check.ToExpect();
  const std::string keep = expect_next ? audit::FormatExpected(*expect_next) : "";
  if (context.format != Format::kTable) {
    PrintDocument(std::cout, context.format,
                  {{"intact", true},
                   {"entries", check.lines()},
                   {"chains", check.chains()},
                   {"expect", keep}});
    return absl::OkStatus();
  }
  std::cout << fmt::format("intact: {} entries in {} chains\n", check.lines(), check.chains());
  PrintToKeep(keep);
  return absl::OkStatus();
}

absl::Status Verify(const Context& context, const std::string& expect, const ApiClient& client) {
  std::string path = "/v3/audit-logs/verification";
  if (!expect.empty()) path += "?expect=" + EncodeUrl(expect);
  SKYDEN_ASSIGN_OR_RETURN(const Json found, client.Call("GET", path));
  if (context.format != Format::kTable) PrintDocument(std::cout, context.format, found);
  if (found.value("intact", Json(false)) != Json(true)) {
    return absl::DataLossError(
        fmt::format("{} (entry {})", Cell(found, "problem"), Cell(found, "at_sequence")));
  }
  if (context.format == Format::kTable) {
    std::cout << fmt::format("intact: {} entries, at places {} to {}\n",
                             Printable(Cell(found, "entries")), Printable(Cell(found, "first")),
                             Printable(Cell(found, "last")));
    PrintToKeep(Cell(found, "expect"));
  }
  return absl::OkStatus();
}

}  // namespace

void AddAuditCommands(CLI::App& root, Context& context) {
  CLI::App* audit = root.add_subcommand("audit", "who did what");
  audit->require_subcommand(1);

  auto flags = std::make_shared<AuditFlags>();
  CLI::App* list = audit->add_subcommand("list", "the newest entries");
  AddAuditFilters(*list, flags);
  list->add_option("--limit", flags->limit, "how many")->check(CLI::Range(1, 1'000'000));
  AddClientCommand(*list, context, [&context, flags](const ApiClient& client) {
    return ListAudit(context, *flags, client);
  });

  CLI::App* export_all =
      audit->add_subcommand("export", "every entry, oldest first, a line of JSON each");
  AddAuditFilters(*export_all, flags);
  export_all->add_option("--file", flags->file, "write there instead of printing");
  AddClientCommand(*export_all, context,
                   [flags](const ApiClient& client) { return ExportAudit(*flags, client); });

  CLI::App* verify = audit->add_subcommand(
      "verify", "check that no entry was edited, removed or moved; exit code 1 when one was");
  auto file = std::make_shared<std::string>();
  verify->add_option("--file", *file, "check an export instead, without a daemon");
  auto expect = std::make_shared<std::string>();
  verify->add_option("--expect", *expect,
                     "what an earlier run printed: the audit must still have that entry, and what "
                     "was there before it, which an older database that was restored has not");
  verify->footer(
      "\nExamples:\n"
      "  skyden audit verify\n"
      "  skyden audit verify --expect 17:5f0c...    as an earlier run printed it\n"
      "  skyden audit export --file audit.jsonl && skyden audit verify --file audit.jsonl");
  AddClientCommand(*verify, context, nullptr);
  verify->callback([&context, file, expect] {  // with a file there is no daemon to ask
    absl::Status status;
    if (!file->empty()) {
      status = VerifyFile(context, *file, *expect);
    } else if (const auto client = ApiClient::Open(context.client); client.ok()) {
      status = Verify(context, *expect, *client);
    } else {
      status = client.status();
    }
    context.exit_code = status.ok() ? kExitDone : PrintError(status);
  });
}

}  // namespace skyden::cli
