// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string_view>

#include "skyden/model/kuma_version.h"

namespace skyden::rest {

// The releases of Kuma whose API this is; clients compare them with their own.
inline constexpr model::ByVersion<std::string_view> kKumaReleases = {{"2.14.3", "3.0.1"}};
inline std::string_view KumaReleaseOf(model::KumaVersion version) { return kKumaReleases[version]; }

}  // namespace skyden::rest
