// SPDX-License-Identifier: Apache-2.0
#include "identity/suspension.h"

#include <fmt/format.h>

#include "skyden/base/rfc3339.h"

namespace skyden::identity {

std::string DescribeSuspension(const store::Suspension& suspension) {
  std::string text = "the control plane is suspended";
  if (!suspension.reason.empty()) text += fmt::format(" ({})", suspension.reason);
  if (suspension.until) text += fmt::format(" until {}", base::FormatRfc3339(*suspension.until));
  return text;
}

}  // namespace skyden::identity
