// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/storage_full.h"

#include "base/status_mark.h"

namespace skyden::base {
namespace {

constexpr char kUrl[] = "skyden/storage-full";

}  // namespace

absl::Status StorageFull(absl::string_view message) {
  return WithMark(absl::ResourceExhaustedError(message), kUrl);
}

bool IsStorageFull(const absl::Status& status) { return HasMark(status, kUrl); }

}  // namespace skyden::base
