// SPDX-License-Identifier: Apache-2.0
#include "cli/import_result.h"

#include <utility>

#include "cli/output.h"
#include "fmt/format.h"
#include "skyden/base/gzip.h"
#include "skyden/base/limits.h"
#include "skyden/base/status.h"

namespace skyden::cli {
namespace {

constexpr size_t kCompressFromBytes = 64u << 10;

std::string ResourceName(const Json& line) {
  const std::string mesh = Cell(line, "mesh");
  return fmt::format("{} {}{}{}", Cell(line, "type"), mesh, mesh.empty() ? "" : "/",
                     Cell(line, "name"));
}

char SignOf(const std::string& outcome) {
  if (outcome == "created") return '+';
  if (outcome == "updated") return '~';
  return outcome == "deleted" ? '-' : '.';
}

}  // namespace

absl::StatusOr<Json> SendImport(const ApiClient& client, const std::string& path, std::string text,
                                const std::string& name) {
  if (text.size() >= kCompressFromBytes && !base::LooksLikeGzip(text)) text = base::Gzip(text, 6);
  if (text.size() > base::limits::kRequestBodyBytes) {
    return absl::InvalidArgumentError(fmt::format("{} is over {} MiB even when compressed", name,
                                                  base::limits::kRequestBodyBytes >> 20));
  }
  SKYDEN_ASSIGN_OR_RETURN(const std::string answer,
                          client.Send("POST", path, "application/yaml", text));
  Json result = Json::parse(answer, nullptr, /*allow_exceptions=*/false);
  if (!result.is_object()) return absl::InternalError("the daemon did not say what it did");
  return result;
}

uint64_t CountIn(const Json& result, const char* name) {
  const auto found = result.find(name);
  return found != result.end() && found->is_number_unsigned() ? found->get<uint64_t>() : 0;
}

uint64_t ChangesIn(const Json& result) {
  return CountIn(result, "created") + CountIn(result, "updated") + CountIn(result, "deleted");
}

std::string ImportTotals(const Json& result) {
  return fmt::format("{} created, {} updated, {} deleted, {} unchanged, {} skipped",
                     CountIn(result, "created"), CountIn(result, "updated"),
                     CountIn(result, "deleted"), CountIn(result, "unchanged"),
                     CountIn(result, "skipped"));
}

void PrintImport(std::ostream& out, const Json& result) {
  const auto lines = result.find("resources");
  if (lines == result.end() || !lines->is_array()) return;
  for (const Json& line : *lines) {
    const std::string reason = Cell(line, "reason");
    out << fmt::format("{} {}{}\n", SignOf(Cell(line, "outcome")), Printable(ResourceName(line)),
                       reason.empty() ? "" : " (" + Printable(reason) + ")");
    for (const Json& change : line.value("changes", Json::array())) {
      const std::string path = Printable(Cell(change, "path"));
      const std::string before = Printable(Cell(change, "before"));
      const std::string after = Printable(Cell(change, "after"));
      if (!before.empty()) out << fmt::format("    - {}: {}\n", path, before);
      if (!after.empty()) out << fmt::format("    + {}: {}\n", path, after);
    }
    for (const Json& warning : line.value("warnings", Json::array())) {
      if (warning.is_string()) {
        out << fmt::format("    ! {}\n", Printable(warning.get<std::string>()));
      }
    }
  }
}

}  // namespace skyden::cli
