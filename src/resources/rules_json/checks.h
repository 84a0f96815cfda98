// SPDX-License-Identifier: Apache-2.0
// Checks of single values that many types share.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "resources/rules_json/node.h"

namespace skyden::resources::rules_json {

// Durations and numbers; an absent node passes unless the name says otherwise.
void CheckPositiveDuration(const Node& node, Report& report);
void CheckDurationNotNegative(const Node& node, Report& report);
void CheckPositive(const Node& node, Report& report);        // "must be greater than 0"
void CheckPositiveSigned(const Node& node, Report& report);  // "... zero when defined"
void CheckIntPercentage(const Node& node, Report& report);
void CheckPercentage(const Node& node, Report& report);
enum class Zero { kAllowed, kRefused };
void CheckGivenPercentage(const Node& node, Zero zero, Report& report);
void CheckStatusCode(const Node& node, Report& report);
void CheckPort(const Path& path, double port, Report& report);
// min and max of a TLS version range.
void CheckTlsVersions(const Node& version, Report& report);

// Exactly one of openTelemetry's `endpoint` and `backendRef`, and that one right.
enum class Endpoint { kAny, kHostAndPort };
void CheckOpenTelemetry(const Node& backend, Endpoint endpoint, Report& report);
// "openTelemetry.endpoint is deprecated ..." when one of `backends` uses it.
bool UsesOpenTelemetryEndpoint(const Node& backends);
extern const char* const kOpenTelemetryEndpointDeprecated;

// `must have at least one defined: a, b`
std::string AtLeastOneOf(std::initializer_list<std::string_view> names);

}  // namespace skyden::resources::rules_json
