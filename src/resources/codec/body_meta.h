// SPDX-License-Identifier: Apache-2.0
// What every body of a resource says about itself.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "skyden/model/resource.h"

namespace skyden::resources {

struct BodyMeta {
  std::string type;
  std::string mesh;
  std::string name;
  model::Labels labels;
};

// `raw` passed go_json::CheckValid and go_json::Trim. Names of members match in any case, as
// encoding/json has it. INVALID_ARGUMENT in Go's words.
absl::StatusOr<BodyMeta> ReadBodyMeta(std::string_view raw);

}  // namespace skyden::resources
