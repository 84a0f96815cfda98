// SPDX-License-Identifier: Apache-2.0
#include "peers/plight.h"

#include <algorithm>

#include "skyden/base/limits_peers.h"

namespace skyden::peers {
namespace {

namespace limits = base::limits;

}  // namespace

Plight PlightOf(absl::Duration unheard, const std::vector<Word>& words) {
  if (unheard < limits::kPeerDoubt) return Plight::kNone;
  if (unheard < limits::kPeerCutOff || words.empty()) return Plight::kOutage;
  const bool others_have_it = std::any_of(words.begin(), words.end(), [](const Word& word) {
    return word.answered && word.unheard < limits::kPeerDoubt && word.steady >= limits::kPeerSteady;
  });
  const bool nobody_answers =
      std::none_of(words.begin(), words.end(), [](const Word& word) { return word.answered; });
  return others_have_it || nobody_answers ? Plight::kCutOff : Plight::kOutage;
}

}  // namespace skyden::peers
