// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/gone.h"

#include "base/status_mark.h"

namespace skyden::base {
namespace {

constexpr char kUrl[] = "skyden/gone";

}  // namespace

absl::Status Gone(std::string_view message) {
  return WithMark(absl::OutOfRangeError({message.data(), message.size()}), kUrl);
}

bool IsGone(const absl::Status& status) { return HasMark(status, kUrl); }

}  // namespace skyden::base
