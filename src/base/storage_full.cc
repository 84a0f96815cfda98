// SPDX-License-Identifier: Apache-2.0
#include "skyden/base/storage_full.h"

#include "absl/strings/cord.h"

namespace skyden::base {
namespace {

constexpr char kUrl[] = "skyden/storage-full";

}  // namespace

absl::Status StorageFull(absl::string_view message) {
  absl::Status status = absl::ResourceExhaustedError(message);
  status.SetPayload(kUrl, absl::Cord());
  return status;
}

bool IsStorageFull(const absl::Status& status) { return status.GetPayload(kUrl).has_value(); }

}  // namespace skyden::base
