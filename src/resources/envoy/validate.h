// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <google/protobuf/message.h>

#include <string>

#include "resources/envoy/rules.h"

namespace skyden::resources::envoy {

// "" when `message` keeps the rules of its type; else the first that it breaks, as the validators
// say it that are generated for Go: where, which, and for a message inside it the same again. What
// an Any holds is not looked at.
std::string WhyNotValid(const google::protobuf::Message& message, const RuleBook& rules);

}  // namespace skyden::resources::envoy
