// SPDX-License-Identifier: Apache-2.0
#pragma once
#include <cstddef>
namespace skyden::base::limits {
inline constexpr size_t kTemplateBytes = 64u << 10;        // of a hostname or an identity
inline constexpr size_t kTemplateOutputBytes = 64u << 10;  // and of each text in it
inline constexpr size_t kTemplateSteps = 20'000;
inline constexpr int kTemplateDepth = 100;     // of what is nested
inline constexpr int kTemplateRunDepth = 500;  // with what calls itself
}  // namespace skyden::base::limits
