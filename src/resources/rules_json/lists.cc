// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_json/lists.h"

namespace skyden::resources::rules_json {

void CheckLists(const Node& spec, const model::ByVersion<ListWords>& words, Report& report) {
  const ListWords& said = words[report.version()];
  const bool has_rules = spec["rules"].size() > 0;
  const bool has_others = spec["to"].size() > 0 || spec["from"].size() > 0;
  if (has_rules && has_others) report.Add(spec, said.beside_rules);
  if (!has_rules && !has_others && said.nothing != nullptr) report.Add(spec, said.nothing);
}

}  // namespace skyden::resources::rules_json
