// SPDX-License-Identifier: Apache-2.0
// A control plane of Kuma 2 made of JSON texts, and what the survey says of it.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "skyden/upgrade/survey.h"
#include "tests/matching/testing.h"

namespace skyden::upgrade::testing {

using matching::Item;

// Mesh `demo`, with nothing in it.
class Surveyed {
 public:
  explicit Surveyed(const std::string& mesh = "{}");

  Surveyed& Add(std::string_view type, const std::string& name, const std::string& spec,
                model::Labels labels = {});
  // The same, made by zone `east`.
  Surveyed& AddOfZone(std::string_view type, const std::string& name, const std::string& spec,
                      model::Labels labels = {});
  // A proxy of zone `east` of which there is nothing to say.
  Surveyed& AddProxy(const std::string& name, model::Labels labels, const model::Labels& tags);
  Surveyed& ToldVersion(std::string version);  // by zone `east`

  Survey Run(const SurveyBounds& bounds = {}) const;
  // "kind remedy Type/name field\n", in the order in which they are told.
  std::string Findings() const;
  // "Type/name body\n" without type, mesh and name, or "Type/name -\n" of what goes.
  std::string Changes() const;

 private:
  void Put(const Item& item) { items_[item->type][item->key.name] = item; }

  std::map<model::TypeId, std::map<std::string, Item>> items_;
  std::string zone_version_;
};

struct Case {
  std::string what;
  Surveyed surveyed;
  std::string findings;
  std::optional<std::string> changes = "";  // nullopt: whatever they are
};
// One test for each.
void Check(const std::vector<Case>& cases);

// A mesh in which services are resources: with nothing to say of it but that the upgrade drops it.
inline constexpr char kExclusive[] = R"({"meshServices":{"mode":"Exclusive"}})";
inline constexpr char kExclusiveGoes[] = "Mesh/demo {}\n";

}  // namespace skyden::upgrade::testing
