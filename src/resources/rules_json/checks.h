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
// A value that is given is one of these: `"mode" must be one of ["Strict", "Permissive"]`. A schema
// says the same, but only of members whose names are written as it knows them.
enum class Empty { kRefused, kAllowed };
void CheckOneOf(const Node& node, std::string_view name,
                std::initializer_list<std::string_view> allowed, Report& report,
                Empty empty = Empty::kRefused);
std::string MustBeOneOf(std::string_view name, std::initializer_list<std::string_view> allowed);
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
