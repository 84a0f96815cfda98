// SPDX-License-Identifier: Apache-2.0
// Metrics for the collector of text files of Prometheus' node exporter.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "cli/api_client.h"

namespace skyden::cli {

// How far `control_plane` is from its folder: `plan` is the daemon's answer, or why there is none.
std::string DriftMetrics(std::string_view control_plane, const absl::StatusOr<Json>& plan,
                         absl::Time now);

// Whoever reads `path` finds the old text or the new one, whole. Everybody may read it.
absl::Status WriteTextfile(const std::string& path, std::string_view text);

}  // namespace skyden::cli
