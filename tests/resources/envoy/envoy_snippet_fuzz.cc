// SPDX-License-Identifier: Apache-2.0
// A snippet of Envoy's configuration: the first byte picks what it is said to be. A whole that is
// taken must be taken as a part too.
#include <cstddef>
#include <cstdint>
#include <string_view>

#include "resources/envoy/resource.h"
#include "skyden/base/check.h"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace skyden::resources::envoy;
  if (size == 0) return 0;
  constexpr uint8_t kResources = 5;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto resource = static_cast<Resource>(data[0] % kResources);
  if (data[0] / kResources % 2 == 0) {
    static_cast<void>(WhyNotPacked(text));
  } else if (WhyNotResource(text, resource, Completeness::kWhole).empty()) {
    SKYDEN_CHECK(WhyNotResource(text, resource, Completeness::kPart).empty());
  }
  return 0;
}
