// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "skyden/http/handler.h"

namespace skyden::console {

// Empty when there is none; of two, the first.
inline std::string HeaderOf(const http::Response& response, std::string_view name) {
  for (const http::Header& header : response.headers) {
    if (header.name == name) return header.value;
  }
  return {};
}

inline std::string BodyOf(const http::Response& response) {
  return response.document == nullptr ? response.body : std::string(response.document->bytes());
}

}  // namespace skyden::console
