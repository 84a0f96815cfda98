// SPDX-License-Identifier: Apache-2.0
// Puts specs of real types through their codecs and tells what came of it.
#pragma once

#include <ostream>
#include <string>
#include <string_view>
#include <vector>

#include "skyden/model/resource.h"
#include "skyden/resources/codec.h"

namespace skyden::resources::testing {

// The first is the field, the second the reason. A body that does not decode has one problem
// without a field.
using Problem = std::pair<std::string, std::string>;
using Problems = std::vector<Problem>;

// A body of `type` with this spec, in mesh `default`, called `it`.
std::string BodyOf(std::string_view type, std::string_view spec, std::string_view name = "it");

// What is wrong with the spec; nothing when it is taken.
Problems ProblemsOf(std::string_view type, std::string_view spec);
// The same for a whole body.
Problems ProblemsOfBody(std::string_view type, std::string_view body);
// What is stored for a spec that must be taken.
// What is said of a body that decodes, once its name and labels count.
Problems ProblemsWhenWritten(std::string_view type, std::string_view body);
std::string StoredOf(std::string_view type, std::string_view spec);
std::vector<std::string> WarningsOf(std::string_view type, std::string_view spec,
                                    std::string_view name = "it");

// Paths of what the spec has and the type has not.
std::vector<std::string> DroppedOf(std::string_view type, std::string_view spec);

struct RuleCase {
  const char* what;
  const char* type;
  const char* spec;
  Problems problems;
};
// One section per case.
void CheckAll(const std::vector<RuleCase>& cases);

}  // namespace skyden::resources::testing
