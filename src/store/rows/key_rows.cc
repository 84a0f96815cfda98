// SPDX-License-Identifier: Apache-2.0
#include "store/rows/key_rows.h"

#include "fmt/format.h"
#include "skyden/base/strings.h"
#include "store/errors.h"

namespace skyden::store::rows {
namespace {

constexpr std::string_view kWord = "a secret of nobody";

std::string ContextOf(std::string_view name) { return fmt::format("database:{}", name); }

}  // namespace

absl::Status WrongKey(std::string_view why) {
  return absl::DataLossError(
      fmt::format("the key does not open what is stored ({}): put back the key file that the "
                  "database was sealed with",
                  why));
}

absl::StatusOr<KeyRows> CheckKeys(const std::vector<std::pair<std::string, std::string>>& stored,
                                  const Sealer& sealer) {
  KeyRows keys;
  keys.newest = fmt::format("{}{}", kKeyRow, sealer.newest_key());
  bool known = false;
  for (const auto& [name, sealed] : stored) {
    const auto opened = sealer.Open(sealed, ContextOf(name));
    if (!opened.ok()) return WrongKey(base::ToStd(opened.status().message()));
    known |= name == keys.newest;
    if (name != keys.newest) keys.old.push_back(name);
  }
  if (known) return keys;
  auto sealed = sealer.Seal(kWord, ContextOf(keys.newest));
  if (!sealed.ok()) return Internal(base::ToStd(sealed.status().message()));
  keys.sealed = *std::move(sealed);
  return keys;
}

}  // namespace skyden::store::rows
