// SPDX-License-Identifier: Apache-2.0
// Kuma's own GUI, of a folder that the operator has: none comes with us. A page for each control
// plane, and files that are the same for all.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "absl/status/statusor.h"
#include "skyden/http/handler.h"
#include "skyden/http/request.h"

namespace skyden::console {

// Immutable, thread-safe.
class KumaGui {
 public:
  // Reads all of `folder`; what happens to it afterwards changes nothing. FAILED_PRECONDITION, with
  // what mends it, when it is not a copy of Kuma's GUI as its source archive has it. Blocks.
  static absl::StatusOr<std::unique_ptr<KumaGui>> Load(const std::string& folder);
  virtual ~KumaGui() = default;

  // The file at `path`, below the page's address and as received; a 404 for what is not among the
  // assets. nullopt: the page is to be shown. Says nothing of any control plane.
  virtual std::optional<http::Response> File(const http::Request& request,
                                             std::string_view path) const = 0;

  // What one control plane's page is filled with.
  struct Site {
    std::string gui_path;  // "/v1/mesh/control-planes/<id>/gui"
    std::string api_path;  // of its Kuma API
    std::string_view kuma_version;
  };
  virtual http::Response Page(const http::Request& request, const Site& site) const = 0;
};

}  // namespace skyden::console
