// SPDX-License-Identifier: Apache-2.0
// /ops/preview of a control plane, and ?preview=true of a write.
#pragma once

#include "rest/call.h"
#include "rest/caller_routes.h"
#include "skyden/resources/foresight.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// POST .../ops/preview: the body is what an import takes.
void AddPreview(const Deps& deps, CallerRoutes& routes);

// Whether the call asks what a write would do. A word that is neither true nor false answers the
// call, 400, and leaves none.
bool WantsPreview(CallPtr& call);
// Answers instead of `write`, in the words in which it would refuse, under Kuma's `title`. Hands
// over to threads for long work; `deps` must outlive the call.
void AnswerPreview(const Deps& deps, CallPtr call, resources::ForeseenWrite write,
                   std::string_view title);

}  // namespace skyden::rest
