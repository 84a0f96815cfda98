// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <string>
#include <string_view>

#include "rest/call.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// Kuma's own GUI of a control plane, at /v1/mesh/control-planes/{id}/gui. Thread-safe; `deps`
// outlives it.
class GuiEndpoint {
 public:
  explicit GuiEndpoint(const Deps& deps)
      : deps_(deps), show_([this](CallPtr call) { Show(std::move(call)); }) {}

  // `path`: what follows ".../gui", as received. Files are the same for all control planes and
  // shown to anybody; the page is for who may read this one; who has not signed in is sent
  // to the console to do so. Called on an io thread.
  void Answer(CallPtr call, std::string_view path) const;

 private:
  void SignedIn(CallPtr call, const std::string& path) const;
  void Show(CallPtr call) const;

  const Deps& deps_;
  const Action show_;
};

// The address of a control plane's GUI.
std::string GuiPathOf(const model::ControlPlaneId& control_plane);

}  // namespace skyden::rest
