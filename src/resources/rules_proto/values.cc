// SPDX-License-Identifier: Apache-2.0
#include "resources/rules_proto/values.h"

#include <cstdlib>

namespace skyden::resources::rules_proto {
namespace {

// What protobuf calls a valid duration: some 10,000 years, both parts with one sign.
bool IsValid(const google::protobuf::Duration& duration) {
  constexpr int64_t kSecondsMax = 315'576'000'000;
  constexpr int32_t kNanosMax = 999'999'999;
  const int64_t seconds = duration.seconds();
  const int32_t nanos = duration.nanos();
  if (seconds < -kSecondsMax || seconds > kSecondsMax) return false;
  if (nanos < -kNanosMax || nanos > kNanosMax) return false;
  return !(seconds > 0 && nanos < 0) && !(seconds < 0 && nanos > 0);
}

}  // namespace

void CheckDuration(const Path& path, const google::protobuf::Duration* duration, Report& report) {
  if (duration == nullptr) return report.Add(path, "must have a positive value");
  if (!IsValid(*duration)) return report.Add(path, "must have a valid value");
  if (IsZero(*duration)) report.Add(path, "must have a positive value");
}

void CheckPositive(const Path& path, const google::protobuf::Duration* duration, Report& report) {
  if (duration == nullptr || !IsZero(*duration)) return;
  report.Add(path, "has to be greater than 0 when defined");
}

void CheckPositive(const Path& path, const google::protobuf::UInt32Value* number, Report& report) {
  if (number == nullptr || number->value() != 0) return;
  report.Add(path, "has to be greater than 0 when defined");
}

void CheckThreshold(const Path& path, uint32_t threshold, Report& report) {
  if (threshold == 0) report.Add(path, "must have a positive value");
}

void CheckPercentage(const Path& path, const google::protobuf::DoubleValue* value, Report& report) {
  const Path field = path.Field("percentage");
  if (value == nullptr) return report.Add(field, kEmpty);
  if (value->value() < 0 || value->value() > 100) {
    report.Add(field, "has to be in [0.0 - 100.0] range");
  }
}

}  // namespace skyden::resources::rules_proto
