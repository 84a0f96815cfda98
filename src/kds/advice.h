// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

namespace skyden::kds {

// What a zone's operator can do about having been turned away for `reason`, in one sentence.
std::string AdviceOn(std::string_view reason);

}  // namespace skyden::kds
