// SPDX-License-Identifier: Apache-2.0
// What schema/envoy compiles into the program.
#pragma once

#include <cstddef>
#include <string_view>

namespace skyden::resources::envoy {

struct EmbeddedApi {
  std::string_view name;   // of the package that it comes from, with its version
  std::string_view bytes;  // a gzipped FileDescriptorSet; empty when there was no package
};

EmbeddedApi Embedded();

}  // namespace skyden::resources::envoy
