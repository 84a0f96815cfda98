// SPDX-License-Identifier: Apache-2.0
// What the metrics page says of the process and of the disk that it writes to.
#pragma once

#include <string>

#include "skyden/telemetry/metrics.h"

namespace skyden::server {

// skyden_build_info, and the process_* of Prometheus's client libraries, which dashboards expect
// under these names. What the system does not tell is -1.
void AddProcessMetrics(telemetry::Metrics& metrics);

// Free and all bytes of the file system that holds `folder`; free is what is left to who is not
// root. -1 when it cannot be asked.
void AddDiskMetrics(telemetry::Metrics& metrics, const std::string& folder);

}  // namespace skyden::server
