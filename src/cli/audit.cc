// SPDX-License-Identifier: Apache-2.0
// `skyden audit`: who did what, and whether anybody touched the record of it.
#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <string_view>
#include <vector>

#include "cli/commands.h"
#include "fmt/format.h"
#include "skyden/base/crypto.h"
#include "skyden/base/status.h"
#include "skyden/cli/cli.h"

namespace skyden::cli {
namespace {

constexpr size_t kPage = 1000;
constexpr std::string_view kHashMember = ",\"hash\":\"";
constexpr size_t kHashDigits = 64;

struct AuditFlags {
  std::string control_plane;  // name or id; empty: the whole organization
  std::vector<std::string> filters;
  std::string since;
  std::string until;
  size_t limit = 50;
  std::string file;
};

void AddFilters(CLI::App& command, const std::shared_ptr<AuditFlags>& flags) {
  command.add_option("control-plane", flags->control_plane,
                     "its name or id; all of the organization when left out");
  command.add_option("--filter", flags->filters,
                     "key=value, key one of action, actor, object_type, object, request_id");
  command.add_option("--since", flags->since, "only from this time on, RFC 3339");
  command.add_option("--until", flags->until, "only up to this time, RFC 3339");
}

absl::StatusOr<std::string> PathOf(const AuditFlags& flags, const ApiClient& client) {
  std::string path = "/v3/audit-logs";
  if (!flags.control_plane.empty()) {
    SKYDEN_ASSIGN_OR_RETURN(const auto id, client.FindControlPlane(flags.control_plane));
    path = ApiClient::PathOf(id) + "/ops/audit";
  }
  path += "?";
  for (const std::string& filter : flags.filters) {
    const size_t equals = filter.find('=');
    if (equals == std::string::npos || equals == 0) {
      return absl::InvalidArgumentError(fmt::format("--filter {}: write it as key=value", filter));
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

absl::Status List(const Context& context, const AuditFlags& flags, const ApiClient& client) {
  SKYDEN_ASSIGN_OR_RETURN(const std::string path, PathOf(flags, client));
  Json entries = Json::array();
  std::string next;
  do {
    const size_t size = std::min(flags.limit - entries.size(), kPage);
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

absl::Status Export(const AuditFlags& flags, const ApiClient& client) {
  SKYDEN_ASSIGN_OR_RETURN(const std::string path, PathOf(flags, client));
  std::ofstream file;
  if (!flags.file.empty()) file.open(flags.file, std::ios::binary | std::ios::trunc);
  std::ostream& out = flags.file.empty() ? std::cout : file;
  std::string next = "0";
  while (!next.empty()) {
    std::string header;
    SKYDEN_ASSIGN_OR_RETURN(
        const std::string lines,
        client.Fetch(
            fmt::format("{}format=jsonl&page%5Bsize%5D={}&page%5Bafter%5D={}", path, kPage, next),
            "x-skyden-next", header));
    out << lines;
    next = header;
  }
  out.flush();
  return out.good() ? absl::OkStatus()
                    : absl::UnavailableError(fmt::format("cannot write {}", flags.file));
}

// The number at the start of a line: {"sequence":17,...
uint64_t SequenceOf(std::string_view line) {
  constexpr std::string_view kStart = "{\"sequence\":";
  uint64_t number = 0;
  if (line.substr(0, kStart.size()) != kStart) return 0;
  for (const char c : line.substr(kStart.size())) {
    if (c < '0' || c > '9') break;
    number = number * 10 + static_cast<uint64_t>(c - '0');
  }
  return number;
}

absl::Status BrokenAt(size_t line, std::string_view what) {
  return absl::DataLossError(fmt::format("line {}: {}", line, what));
}

// What to keep elsewhere.
void PrintToKeep(const std::string& text) {
  if (!text.empty()) std::cout << "to be told if it goes back: --expect " << text << '\n';
}

// An export of a whole organization, on its own. Its first line is taken as it is unless it is the
// chain's first.
absl::Status VerifyFile(const std::string& path, const std::string& expect) {
  std::ifstream file(path, std::ios::binary);
  if (!file) return absl::NotFoundError(fmt::format("cannot read {}", path));
  std::string previous(32, '\0');
  uint64_t last = 0;
  size_t number = 0;
  bool expectation_met = expect.empty();
  std::string keep;
  for (std::string line; std::getline(file, line);) {
    ++number;
    const size_t tail = kHashMember.size() + kHashDigits + 2;  // ,"hash":"..."}
    if (line.size() < tail || line.substr(line.size() - tail, kHashMember.size()) != kHashMember) {
      return BrokenAt(number, "is not a line of an export");
    }
    const std::string document = line.substr(0, line.size() - tail) + "}";
    const std::string hash = line.substr(line.size() - kHashDigits - 2, kHashDigits);
    const uint64_t sequence = SequenceOf(line);
    if (number > 1 && sequence != last + 1) {
      return BrokenAt(number, fmt::format("entry {} follows entry {}; only an export of a whole "
                                          "organization, without filters, can be verified",
                                          sequence, last));
    }
    const auto digest = base::Sha256(previous + document);
    const std::string bytes(digest.begin(), digest.end());
    const bool checkable = number > 1 || sequence == 1;
    if (checkable && base::HexLower(bytes) != hash) {
      return BrokenAt(number, fmt::format("entry {} is not what was written", sequence));
    }
    const std::string here = fmt::format("{}:{}", sequence, hash);
    if (here == expect) {
      expectation_met = true;
    } else if (expect.starts_with(fmt::format("{}:", sequence))) {
      return BrokenAt(number, fmt::format("entry {} is not the one that was expected", sequence));
    }
    keep = here;
    previous.clear();
    for (size_t i = 0; i < hash.size(); i += 2) {
      const auto digit = [&](char c) { return c <= '9' ? c - '0' : c - 'a' + 10; };
      previous += static_cast<char>(digit(hash[i]) * 16 + digit(hash[i + 1]));
    }
    last = sequence;
  }
  if (!expectation_met) {
    return absl::DataLossError("the entry that was expected is not in it");
  }
  std::cout << fmt::format("intact: {} entries, the last is {}\n", number, last);
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
    std::cout << fmt::format("intact: {} entries, {} to {}\n", Cell(found, "entries"),
                             Cell(found, "first"), Cell(found, "last"));
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
  AddFilters(*list, flags);
  list->add_option("--limit", flags->limit, "how many")->check(CLI::Range(1, 1'000'000));
  AddClientCommand(*list, context, [&context, flags](const ApiClient& client) {
    return List(context, *flags, client);
  });

  CLI::App* export_all =
      audit->add_subcommand("export", "every entry, oldest first, a line of JSON each");
  AddFilters(*export_all, flags);
  export_all->add_option("--file", flags->file, "write there instead of printing");
  AddClientCommand(*export_all, context,
                   [flags](const ApiClient& client) { return Export(*flags, client); });

  CLI::App* verify = audit->add_subcommand(
      "verify", "check that no entry was edited, removed or moved; exit code 1 when one was");
  auto file = std::make_shared<std::string>();
  verify->add_option("--file", *file, "check an export instead, without a daemon");
  auto expect = std::make_shared<std::string>();
  verify->add_option("--expect", *expect,
                     "what an earlier run printed: the chain must still have that entry, which an "
                     "older database that was restored has not");
  verify->footer(
      "\nExamples:\n"
      "  skyden audit verify\n"
      "  skyden audit verify --expect 17:5f0c...    as an earlier run printed it\n"
      "  skyden audit export --file audit.jsonl && skyden audit verify --file audit.jsonl");
  AddClientCommand(*verify, context, nullptr);
  verify->callback([&context, file, expect] {  // with a file there is no daemon to ask
    absl::Status status;
    if (!file->empty()) {
      status = VerifyFile(*file, *expect);
    } else if (const auto client = ApiClient::Open(context.client); client.ok()) {
      status = Verify(context, *expect, *client);
    } else {
      status = client.status();
    }
    context.exit_code = status.ok() ? kExitDone : PrintError(status);
  });
}

}  // namespace skyden::cli
