// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/gone.h"

#include "base/status_mark.h"

namespace skyden::base {
namespace {

constexpr char kGoneUrl[] = "skyden/gone";

}  // namespace

absl::Status Gone(std::string_view message) {
  return WithMark(absl::OutOfRangeError({message.data(), message.size()}), kGoneUrl);
}

bool IsGone(const absl::Status& status) { return HasMark(status, kGoneUrl); }

}  // namespace skyden::base
