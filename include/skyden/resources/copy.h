// SPDX-License-Identifier: Apache-2.0
// A new control plane with the resources of another.
#pragma once

#include <cstddef>
#include <functional>

#include "absl/status/status.h"
#include "skyden/store/records.h"
#include "skyden/store/tenant_tx.h"

namespace skyden::resources {

enum class CopyKeys {
  kOwn,   // it signs tokens with keys of its own, and its builtin authorities are others
  kSame,  // tokens of the one are good for the other: who may read secrets may ask for it
};

// What people wrote into a control plane, at one point in time: nothing that zones sent, no Zones,
// and nothing that is a control plane's own (its cluster id, its authority among its processes).
struct Copy {
  // Writes it into a control plane that is new and empty; may run again.
  std::function<absl::Status(store::WriteTx&, const store::ControlPlaneRecord&)> seed;
  size_t resources = 0;
  size_t secrets_left_out = 0;  // which the caller may not read
};

}  // namespace skyden::resources
