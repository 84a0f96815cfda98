// SPDX-License-Identifier: Apache-2.0
#include "rest/gui_endpoint.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "rest/problem.h"
#include "rest/sign_in.h"
#include "skyden/base/executor.h"
#include "skyden/console/console.h"
#include "skyden/console/kuma_gui.h"
#include "skyden/http/uri.h"
#include "skyden/identity/authenticator.h"
#include "skyden/model/lanes.h"
#include "skyden/net/address.h"
#include "skyden/rest/kuma_version.h"

namespace skyden::rest {
namespace {

constexpr std::string_view kNoGui =
    "Kuma's GUI is not here: whoever runs the daemon sets kuma_gui_dir to a copy of its files "
    "(app/kuma-ui/pkg/resources/data of Kuma's source archive)";

std::string RootOf(const model::ControlPlaneId& control_plane) {
  return fmt::format("/v1/mesh/control-planes/{}", control_plane.str());
}

// By way of the console, which brings back to its own addresses only.
http::Response ToSignIn(const model::ControlPlaneId& control_plane, std::string_view path,
                        std::string_view query) {
  std::string at(path);
  if (!query.empty()) at.append("?").append(query);
  const std::string back =
      fmt::format("/console/cp/{}/kuma?at={}", control_plane.str(), http::PercentEncode(at));
  return {.status = 303,
          .headers = {
              {"Location", fmt::format("/console/sign-in?return={}", http::PercentEncode(back))},
              {"Cache-Control", "no-store"}}};
}

}  // namespace

std::string GuiPathOf(const model::ControlPlaneId& control_plane) {
  return RootOf(control_plane) + "/gui";
}

void GuiEndpoint::Answer(CallPtr call, std::string_view path) const {
  if (deps_.kuma_gui == nullptr) {
    return call->Finish(Problem(404, kNoGui, call->request.request_id));
  }
  if (auto file = deps_.kuma_gui->File(call->request, path)) return call->Finish(*std::move(file));
  const base::Lane lane = model::LaneOfAddress(net::AddressKey(call->origin.peer));
  deps_.workers.PostIn(lane, [this, path = std::string(path), call = std::move(call)]() mutable {
    SignedIn(std::move(call), path);
  });
}

void GuiEndpoint::SignedIn(CallPtr call, const std::string& path) const {
  const absl::Status status = SignInToKuma(deps_.authenticator, *call);
  if (status.ok()) {
    const base::Lane lane = model::LaneOf(call->scope->tenant());
    return Proceed(deps_.workers, lane, std::move(call), show_);
  }
  if (absl::IsUnauthenticated(status) && deps_.console != nullptr && deps_.console->shown() &&
      !call->control_plane.empty()) {
    return call->Finish(ToSignIn(call->control_plane, path, call->request.query));
  }
  call->Finish(Problem(status, call->request.request_id));
}

void GuiEndpoint::Show(CallPtr call) const {
  const std::string api = RootOf(call->control_plane) + "/api";
  call->Finish(deps_.kuma_gui->Page(
      call->request, {.gui_path = GuiPathOf(call->control_plane),
                      .api_path = api,
                      .kuma_version = KumaReleaseOf(call->scope ? call->scope->version()
                                                                : model::KumaVersion::kTwo)}));
}

}  // namespace skyden::rest
