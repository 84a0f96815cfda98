// SPDX-License-Identifier: Apache-2.0
// The two addresses of a sign-in at the identity provider that a browser visits: where it begins,
// and where the provider sends it back to.
#pragma once

#include <string_view>

#include "rest/call.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// Immutable, thread-safe.
class OidcPages {
 public:
  // `deps` outlives it.
  explicit OidcPages(const Deps& deps) : deps_(deps) {}

  static bool IsOne(const http::Request& request);
  // Of a request that is one. On an io thread.
  void Answer(CallPtr call) const;

 private:
  void Begin(CallPtr call) const;
  void Finish(CallPtr call) const;

  const Deps& deps_;
};

}  // namespace skyden::rest
