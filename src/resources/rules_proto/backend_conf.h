// SPDX-License-Identifier: Apache-2.0
// A backend's free-form `conf` read as the message its type gives it.
#pragma once

#include <string_view>

#include "resources/rules_proto/report.h"

namespace google::protobuf {
class Message;
class Struct;
}  // namespace google::protobuf

namespace skyden::resources::rules_proto {

// Fills `typed` from `conf`. INVALID_ARGUMENT with Go's text.
absl::Status ToTyped(const google::protobuf::Struct& conf, google::protobuf::Message& typed);
// The same, reporting a failure as "could not parse config: ..." at `path`; true when it fits.
bool ReadConf(const Path& path, const google::protobuf::Struct& conf,
              google::protobuf::Message& typed, Report& report);

void CheckPrometheusConf(const Path& path, const google::protobuf::Struct& conf, Report& report);

// Names are unique within a list of backends.
std::string NameTaken(std::string_view name);
// "1d", "90s", "100ms": one number and one unit, or a bare zero.
bool IsSimpleDuration(std::string_view text);

}  // namespace skyden::resources::rules_proto
