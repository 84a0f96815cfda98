// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/storage_full.h"

#include "base/status_mark.h"

namespace skyden::base {
namespace {

constexpr char kStorageFullUrl[] = "skyden/storage-full";

}  // namespace

absl::Status StorageFull(absl::string_view message) {
  return WithMark(absl::ResourceExhaustedError(message), kStorageFullUrl);
}

bool IsStorageFull(const absl::Status& status) { return HasMark(status, kStorageFullUrl); }

}  // namespace skyden::base
