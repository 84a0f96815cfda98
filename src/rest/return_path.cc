// SPDX-License-Identifier: Apache-2.0
// What is not plainly good is dropped: no escapes in the path, since "%2f" and "%2e" are slashes
// and dots to some; no backslash, which browsers take for a slash; no fragment, no control
// characters.
//
//   path  = "/console/" *( segment "/" ) [ segment ]      segment: letters, digits, "-_~.", no "."
//                                                         or ".."
//   query = "?" *( letters, digits, "-_~.:,=&+*![]@/", "%" two hex digits )
#include "rest/return_path.h"

#include <algorithm>

#include "rest/characters.h"
#include "skyden/base/limits.h"

namespace skyden::rest {
namespace {

bool IsAlphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}
bool IsHex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

bool IsPath(std::string_view path) {
  if (!path.starts_with(kConsole)) return false;
  path.remove_prefix(kConsole.size());
  while (!path.empty()) {
    const size_t end = std::min(path.find('/'), path.size());
    const std::string_view segment = path.substr(0, end);
    const bool good = !segment.empty() && segment != "." && segment != ".." &&
                      std::all_of(segment.begin(), segment.end(),
                                  [](char c) { return IsAlphanumeric(c) || IsOneOf(c, "-_~."); });
    if (!good) return false;
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return true;
}

bool IsQuery(std::string_view query) {
  for (size_t i = 0; i < query.size(); ++i) {
    if (IsAlphanumeric(query[i]) || IsOneOf(query[i], "-_~.:,=&+*![]@/")) continue;
    const bool escape =
        query[i] == '%' && i + 2 < query.size() && IsHex(query[i + 1]) && IsHex(query[i + 2]);
    if (!escape) return false;
    i += 2;
  }
  return true;
}

}  // namespace

std::string ReturnPath(std::string_view asked) {
  const size_t mark = std::min(asked.find('?'), asked.size());
  const bool good = asked.size() <= base::limits::kReturnPathBytes &&
                    IsPath(asked.substr(0, mark)) &&
                    (mark == asked.size() || IsQuery(asked.substr(mark + 1)));
  return std::string(good ? asked : kConsole);
}

}  // namespace skyden::rest
