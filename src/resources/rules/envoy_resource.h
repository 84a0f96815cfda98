// SPDX-License-Identifier: Apache-2.0
// Whether a text may be one of Envoy's own resources. Envoy's messages are not linked in: what is
// checked is the text's syntax, the names and kinds of its outermost members, and what those must
// not lack; what lies deeper is Envoy's to judge.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"

namespace skyden::resources::spec_rules {

enum class EnvoyResource { kCluster, kListener, kVirtualHost, kNetworkFilter, kHttpFilter };
enum class Completeness { kPart, kWhole };

// "" when the text (YAML or JSON) may be one; the reason in Kuma's words otherwise.
std::string WhyNotEnvoyResource(std::string_view text, EnvoyResource resource,
                                Completeness completeness);

// The JSON of a snippet. What is not YAML is read as JSON, which it is not either, for the sake of
// its error; that in the words that a snippet's reader has.
std::string EnvoyJson(std::string_view text);
std::string EnvoyJsonProblem(const absl::Status& status);

}  // namespace skyden::resources::spec_rules
