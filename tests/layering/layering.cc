// SPDX-License-Identifier: Apache-2.0
// Line by line: `#include "x"` is ours when x begins with skyden/<module>/ (a public header) or
// <module>/ (a private one, found under src/); everything else is a library's, but a bare name,
// which no include of ours has: what is not seen cannot be held to an order.
#include "tests/layering/layering.h"

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <utility>

#include "fmt/format.h"
#include "tests/layering/folders.h"
#include "tests/layering/include_line.h"
#include "tests/layering/sources.h"

namespace skyden::layering {
namespace {

struct Module {
  std::string_view name;
  int rank;
};
constexpr std::array kModules = {
    Module{"base", 0},     Module{"telemetry", 0},
    Module{"model", 0},    Module{"net", 1},
    Module{"store", 1},    Module{"stock_grpc", 1},
    Module{"http", 2},     Module{"rpc", 2},
    Module{"audit", 3},    Module{"control_planes", 3},
    Module{"identity", 3}, Module{"resources", 3},
    Module{"matching", 3}, Module{"kds", 4},
    Module{"insights", 4}, Module{"console", 4},
    Module{"preview", 4},  Module{"upgrade", 4},
    Module{"rest", 5},     Module{"admin", 5},
    Module{"rollouts", 5}, Module{"peers", 5},
    Module{"server", 6},   Module{"cli", 7},
    Module{"agent", 7},
};
// What they all share within rank 0: base is below its two neighbours.
constexpr std::string_view kGround = "base";
constexpr int kMainRank = 8;

// Folders of one module that stand on each other; what lies in the module's own folder is below
// them all. Two of the same height do not know each other.
struct Part {
  std::string_view module;
  std::string_view folder;
  int height;
};
constexpr std::array kParts = {
    Part{"store", "rows", 1},
    Part{"store", "sqlite", 2},
    Part{"store", "postgres", 2},
    Part{"store", "takeover", 3},
};
// The folder that alone may talk to a database.
struct DatabaseLibrary {
  std::string_view header;
  std::string_view folder;  // of store
};
constexpr std::array kDatabaseLibraries = {
    DatabaseLibrary{"sqlite3.h", "sqlite"},
    DatabaseLibrary{"libpq-fe.h", "postgres"},
};

std::optional<int> RankOf(std::string_view module) {
  for (const Module& m : kModules) {
    if (m.name == module) return m.rank;
  }
  return std::nullopt;
}

bool StartsWith(std::string_view text, std::string_view prefix) {
  return text.substr(0, prefix.size()) == prefix;
}

// "kds/stream.h" -> "kds".
std::string_view FirstFolder(std::string_view path) {
  const size_t slash = path.find('/');
  return slash == std::string_view::npos ? std::string_view() : path.substr(0, slash);
}

struct Place {
  std::string_view module;  // empty for programs
  std::string_view rest;    // below the module's folder
  int rank = kMainRank;
  bool is_public = false;
};

std::optional<Place> PlaceOf(std::string_view path) {
  if (path == "src/main.cc" || path == "src/zone_agent.cc" || path == "src/precompiled.h") {
    return Place{};
  }
  constexpr std::string_view kPublic = "include/skyden/";
  constexpr std::string_view kPrivate = "src/";
  const bool is_public = StartsWith(path, kPublic);
  if (!is_public && !StartsWith(path, kPrivate)) return std::nullopt;
  path.remove_prefix(is_public ? kPublic.size() : kPrivate.size());
  const std::string_view module = FirstFolder(path);
  const auto rank = RankOf(module);
  if (!rank.has_value()) return std::nullopt;
  return Place{module, path.substr(module.size() + 1), *rank, is_public};
}

int HeightOf(std::string_view module, std::string_view folder) {
  for (const Part& part : kParts) {
    if (part.module == module && part.folder == folder) return part.height;
  }
  return 0;
}

// The complaint about including "<module>/<rest>" from a private file of the same module.
std::string CheckPart(const Place& from, std::string_view rest) {
  const std::string_view own = FirstFolder(from.rest);
  const std::string_view other = FirstFolder(rest);
  if (own == other) return {};
  const int height = HeightOf(from.module, own);
  const int of_other = HeightOf(from.module, other);
  if (of_other < height || of_other == 0) return {};
  return fmt::format("\"{}\" does not stand below \"{}\" in {}", other, own, from.module);
}

// The complaint about including one of our own modules; empty when it is allowed.
// `file`: below the module's folder.
std::string CheckModule(const Place& from, std::string_view module, bool is_public,
                        std::string_view file) {
  if (module == from.module) {
    if (from.is_public) return is_public ? "" : "a public header includes a private one";
    if (module == "resources") return CheckFolder(from.rest, file, is_public);
    return is_public ? std::string() : CheckPart(from, file);
  }
  if (!is_public)
    return fmt::format("\"{}\" is another module; its headers here are private", module);
  const int rank = *RankOf(module);
  if (rank < from.rank) return {};
  if (rank == 0 && module == kGround) return {};
  return fmt::format("{} (rank {}) is not below {} (rank {})", module, rank,
                     from.module.empty() ? "main" : from.module, from.rank);
}

bool SetsUpTls(const Place& place) {
  return StartsWith(place.rest, "tls") || place.rest.find("/tls") != std::string_view::npos;
}

// The complaint about a library's header; empty when it is allowed.
std::string CheckLibrary(const Place& from, std::string_view name) {
  for (const DatabaseLibrary& library : kDatabaseLibraries) {
    const bool is_owner = from.module == "store" && FirstFolder(from.rest) == library.folder;
    if (name == library.header && !is_owner) {
      return fmt::format("only store/{} talks to that database", library.folder);
    }
  }
  if (StartsWith(name, "boost/") && from.module != "http" && from.module != "base") {
    return "Boost is for http/ and base/";
  }
  if (StartsWith(name, "openssl/") || StartsWith(name, "boost/asio/ssl")) {
    const bool crypto = from.module == "base" && StartsWith(from.rest, "crypto");
    if (!crypto && !SetsUpTls(from)) return "OpenSSL is for base/crypto* and TLS set-up (tls*)";
  }
  if (from.is_public) {
    for (const std::string_view heavy :
         {"grpcpp/", "grpc/", "boost/", "nlohmann/", "google/protobuf/", "spdlog/", "openssl/",
          "sqlite3.h", "yaml-cpp/", "yaml.h", "prometheus/", "httplib.h", "CLI/"}) {
      if (StartsWith(name, heavy)) return "a public header must not drag a heavy library along";
    }
  }
  return {};
}

std::string CheckInclude(const Place& from, const Include& include) {
  constexpr std::string_view kPublic = "skyden/";
  std::string_view name = include.name;
  if (include.quoted && name.find('/') == std::string_view::npos) {
    return "a bare name; a header is included by its path from src/ or include/";
  }
  const bool is_public = StartsWith(name, kPublic);
  if (is_public) name.remove_prefix(kPublic.size());
  const std::string_view module = FirstFolder(name);
  if (!RankOf(module).has_value()) return CheckLibrary(from, include.name);
  return CheckModule(from, module, is_public, name.substr(module.size() + 1));
}

}  // namespace

std::vector<std::string> CheckFile(std::string_view path, std::string_view text) {
  const auto place = PlaceOf(path);
  if (!place.has_value()) return {fmt::format("{}: belongs to no known module", path)};
  std::vector<std::string> complaints;
  if (place->module == "resources" && !place->is_public) {
    const std::string complaint = CheckPlaceOf(place->rest);
    if (!complaint.empty()) complaints.push_back(fmt::format("{}: {}", path, complaint));
  }
  int line_number = 0;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    const Include include = IncludeOf(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
    ++line_number;
    if (include.name.empty()) continue;
    const std::string complaint = CheckInclude(*place, include);
    if (complaint.empty()) continue;
    complaints.push_back(fmt::format("{}:{}: {}: {}", path, line_number, include.name, complaint));
  }
  return complaints;
}

std::vector<std::string> CheckTree(const std::string& root, size_t& files) {
  const std::vector<Source> sources = ReadSources(root);
  files = sources.size();
  std::vector<std::string> complaints;
  for (const Source& source : sources) {
    auto found = CheckFile(source.path, source.text);
    std::move(found.begin(), found.end(), std::back_inserter(complaints));
  }
  std::sort(complaints.begin(), complaints.end());
  return complaints;
}

}  // namespace skyden::layering
