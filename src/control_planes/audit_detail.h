// SPDX-License-Identifier: Apache-2.0
// What the audit says of a control plane: JSON texts.
#pragma once

#include <cstddef>
#include <string>

#include "skyden/store/records.h"

namespace skyden::control_planes {

std::string DetailOf(const store::ControlPlaneRecord& record);
// {"changes":[{"path":"/name","before":"a","after":"b"},...]}
std::string DetailOfUpdate(const store::ControlPlaneRecord& before,
                           const store::ControlPlaneRecord& after);
std::string DetailOf(const store::Suspension& suspension);
std::string DetailOfDelete(const store::ControlPlaneRecord& record, size_t tokens);

}  // namespace skyden::control_planes
