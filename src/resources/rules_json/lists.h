// SPDX-License-Identifier: Apache-2.0
// Policies that say what they do in `rules`, or in `to` and `from`: not in both.
#pragma once

#include "resources/rules_json/node.h"
#include "skyden/model/kuma_version.h"

namespace skyden::resources::rules_json {

struct ListWords {
  const char* beside_rules;
  const char* nothing;  // null: it may say nothing
};

// Complains, in the words of the version, of `rules` beside others, and of no list at all.
void CheckLists(const Node& spec, const model::ByVersion<ListWords>& words, Report& report);

}  // namespace skyden::resources::rules_json
