// SPDX-License-Identifier: Apache-2.0
#include "skyden/rpc/tally.h"

#include <utility>

namespace skyden::rpc {

telemetry::Counter& Tally::OffenceOf(std::string_view what) {
  // By a word of each complaint, so that a new wording of an old one keeps its kind.
  static constexpr std::pair<std::string_view, size_t> kWords[] = {
      {"header", 2}, {"frames", 1}, {"calls", 0}, {"bytes", 3}, {"answers", 3}};
  for (const auto& [word, kind] : kWords) {
    if (what.find(word) != std::string_view::npos) return offences[kind];
  }
  return offences.back();
}

}  // namespace skyden::rpc
