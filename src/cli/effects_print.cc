// SPDX-License-Identifier: Apache-2.0
#include "cli/effects_print.h"

#include <algorithm>
#include <cstdint>
#include <iostream>
#include <string_view>

#include "cli/import_result.h"
#include "cli/members.h"
#include "cli/output.h"
#include "fmt/format.h"

namespace skyden::cli {
namespace {

constexpr size_t kPlacesShown = 5;

// "east 3, west 1"
std::string PlacesOf(const Json& tally, const char* name) {
  std::string text;
  const Json places = ListIn(tally, name);
  for (size_t i = 0; i < places.size() && i < kPlacesShown; ++i) {
    text += fmt::format("{}{} {}", text.empty() ? "" : ", ", Printable(Cell(places[i], "name")),
                        CountIn(places[i], "proxies"));
  }
  if (places.size() > kPlacesShown)
    text += fmt::format(" and {} more", places.size() - kPlacesShown);
  return text;
}

void PrintPlaces(const Json& tally, const char* indent) {
  for (const char* name : {"meshes", "zones", "services"}) {
    const std::string places = PlacesOf(tally, name);
    if (!places.empty()) std::cout << fmt::format("{}{}: {}\n", indent, name, places);
  }
}

void PrintLines(const std::string& text, const char* indent) {
  for (size_t at = 0; at < text.size();) {
    const size_t end = std::min(text.find('\n', at), text.size());
    std::cout << indent << Printable(std::string_view(text).substr(at, end - at)) << '\n';
    at = end + 1;
  }
}

void PrintGroup(const Json& group) {
  const uint64_t proxies = CountIn(group, "proxies");
  std::string names;
  const Json first = ListIn(group, "first");
  for (const Json& proxy : first) {
    names +=
        fmt::format("{}{}/{}", names.empty() ? "" : ", ", Cell(proxy, "mesh"), Cell(proxy, "name"));
  }
  if (proxies > first.size()) names += fmt::format(" and {} more", proxies - first.size());
  const std::string effect = Cell(group, "effect");
  std::cout << fmt::format("\n{} {}{} {}: {}\n", proxies, Cell(group, "type"),
                           proxies == 1 ? "" : "s",
                           effect == "new"    ? "new"
                           : effect == "gone" ? "gone"
                                              : "changed",
                           Printable(names));
  PrintPlaces(group, "  ");
  for (const Json& part : ListIn(group, "parts")) {
    const std::string member = Cell(part, "member");
    std::cout << fmt::format("  {}{}{}\n", Printable(Cell(part, "name")), member.empty() ? "" : " ",
                             Printable(member));
    PrintLines(Cell(part, "diff"), "    ");
  }
}

void PrintNames(const Json& preview, const char* name, const char* what) {
  for (const Json& each : ListIn(preview, name)) {
    const uint64_t proxies = CountIn(each, "proxies");
    std::cout << fmt::format("{}: {}", what, NameOf(each));
    if (proxies > 0) std::cout << fmt::format(" ({} prox{})", proxies, proxies == 1 ? "y" : "ies");
    std::cout << '\n';
  }
}

}  // namespace

std::string NameOf(const Json& resource) {
  const std::string mesh = Cell(resource, "mesh");
  return Printable(fmt::format("{} {}{}{}", Cell(resource, "type"), mesh, mesh.empty() ? "" : "/",
                               Cell(resource, "name")));
}

void PrintChanges(const Json& answer) {
  for (const Json& change : ListIn(answer, "changes")) {
    const std::string outcome = Cell(change, "outcome");
    const char sign = outcome == "created"   ? '+'
                      : outcome == "updated" ? '~'
                      : outcome == "deleted" ? '-'
                                             : '.';
    std::cout << fmt::format("{} {}\n", sign, NameOf(change));
    for (const Json& value : ListIn(change, "changes")) {
      const std::string path = Printable(Cell(value, "path"));
      const std::string before = Printable(Cell(value, "before"));
      const std::string after = Printable(Cell(value, "after"));
      if (!before.empty()) std::cout << fmt::format("    - {}: {}\n", path, before);
      if (!after.empty()) std::cout << fmt::format("    + {}: {}\n", path, after);
    }
  }
  const uint64_t left_out = CountIn(answer, "changes_left_out");
  if (left_out > 0) std::cout << fmt::format("... and {} more\n", left_out);
}

void PrintEffects(const Json& answer) {
  for (const Json& group : ListIn(answer, "groups")) PrintGroup(group);
  const uint64_t left_out = CountIn(answer, "groups_left_out");
  if (left_out > 0) std::cout << fmt::format("\n... and {} more groups of proxies\n", left_out);
  std::cout << '\n';
  PrintNames(answer, "policies_begin", "begins to have effect");
  PrintNames(answer, "policies_stop", "has no effect any more");
}

void PrintSum(const Json& answer) {
  const Json proxies = answer.value("proxies", Json::object());
  // A change that is only tried has no revision.
  const std::string revision = Printable(Cell(answer, "revision"));
  std::cout << fmt::format("{} of {} proxies change{}{}\n", CountIn(proxies, "changed"),
                           CountIn(proxies, "total"), revision.empty() ? "" : ", at revision ",
                           revision);
  PrintPlaces(proxies, "  ");
}

}  // namespace skyden::cli
