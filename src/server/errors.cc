// SPDX-License-Identifier: Apache-2.0
#include "server/errors.h"

#include "fmt/format.h"
#include "skyden/base/strings.h"

namespace skyden::server {

absl::Status About(std::string_view setting, const absl::Status& status) {
  return absl::Status(status.code(),
                      base::ToAbsl(fmt::format("{}: {}", setting, base::ToStd(status.message()))));
}

}  // namespace skyden::server
