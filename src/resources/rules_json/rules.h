// SPDX-License-Identifier: Apache-2.0
// The rules of each JSON type that a shape cannot say. Those of a type are one file, which defines
//
//   extern const Rules kMeshTimeoutRules = {Check, Warn};
//
// and a description in schema/resources/ that says `rules: checked`. One without the other ends the
// program when it starts (ResourceCodec::Create).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "resources/rules_json/node.h"
#include "skyden/model/resource.h"

namespace skyden::resources::rules_json {

inline constexpr size_t kServiceNameMax = 63;

// What rules may know beside the spec.
struct Subject {
  std::string_view type;
  std::string_view mesh = {};
  std::string_view name = {};
  const model::Labels* labels = nullptr;

  std::string_view Label(std::string_view key) const;
  // The label of that name, else the name.
  std::string_view DisplayName() const;
  // A policy of the control plane's owner, not of a Kubernetes namespace's.
  bool IsSystemPolicy() const;
  // Whether checks may come out otherwise than for a subject that has neither name nor labels.
  bool MattersToRules() const {
    return !IsSystemPolicy() || DisplayName().size() > kServiceNameMax;
  }
};

// `spec` is decoded: complete with defaults, every value of the kind that the shape says.
struct Rules {
  void (*check)(const Node& spec, const Subject& subject, Report& report) = nullptr;
  void (*warn)(const Node& spec, const Subject& subject,
               std::vector<std::string>& warnings) = nullptr;
};

// No rules for a type that has none.
Rules RulesOf(std::string_view type);

}  // namespace skyden::resources::rules_json
