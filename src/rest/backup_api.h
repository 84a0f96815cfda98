// SPDX-License-Identifier: Apache-2.0
// Backups of the whole database, for the operator.
#pragma once

#include "rest/caller_routes.h"
#include "skyden/rest/deps.h"

namespace skyden::rest {

// Immutable once made, thread-safe.
class BackupApi {
 public:
  explicit BackupApi(const Deps& deps);

  // Patterns are relative to "/v3": "/backups".
  const CallerRoutes& routes() const { return routes_; }

 private:
  void Create(CallPtr call) const;

  const Deps& deps_;
  CallerRoutes routes_;
};

}  // namespace skyden::rest
