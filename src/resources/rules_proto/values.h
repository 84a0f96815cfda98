// SPDX-License-Identifier: Apache-2.0
// Rules on single values that several types share.
#pragma once

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/wrappers.pb.h>

#include "resources/rules_proto/report.h"

namespace skyden::resources::rules_proto {

inline constexpr const char* kEmpty = "cannot be empty";

// A null pointer is an absent value.

inline bool IsZero(const google::protobuf::Duration& duration) {
  return duration.seconds() == 0 && duration.nanos() == 0;
}

// Present, in range and not zero.
void CheckDuration(const Path& path, const google::protobuf::Duration* duration, Report& report);
void CheckPositive(const Path& path, const google::protobuf::Duration* duration, Report& report);
void CheckPositive(const Path& path, const google::protobuf::UInt32Value* number, Report& report);
void CheckThreshold(const Path& path, uint32_t threshold, Report& report);
// Reported under `path`.percentage; must be present.
void CheckPercentage(const Path& path, const google::protobuf::DoubleValue* value, Report& report);

// The address of a message field that is set, else null.
#define SKYDEN_OR_NULL(message, field) ((message).has_##field() ? &(message).field() : nullptr)

}  // namespace skyden::resources::rules_proto
