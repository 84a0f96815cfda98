// SPDX-License-Identifier: Apache-2.0
#include "skyden/http/request.h"

#include "skyden/http/uri.h"

namespace skyden::http {

std::optional<std::string_view> Request::Find(std::string_view name) const {
  for (const Header& header : headers) {
    if (EqualsIgnoringCase(header.name, name)) return header.value;
  }
  return std::nullopt;
}

}  // namespace skyden::http
