// SPDX-License-Identifier: Apache-2.0
// GET /openapi.yaml, with `version` v2 (without it) or v3: what a control plane of that version
// has.
#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "rest/call.h"
#include "skyden/base/executor.h"
#include "skyden/model/type_registry.h"

namespace skyden::rest {

// The document is made when somebody asks for it, since most daemons are never asked. It takes a
// while: who asks meanwhile waits, and no worker waits with him. Thread-safe.
class OpenApiEndpoint {
 public:
  // Both must outlive this, and the workers' tasks must have run before it goes.
  OpenApiEndpoint(const model::TypeRegistry& registry, base::Executor& workers)
      : registry_(registry), workers_(workers) {}

  void Answer(CallPtr call) ABSL_LOCKS_EXCLUDED(mu_);

 private:
  using Made = absl::StatusOr<std::shared_ptr<const http::Document>>;

  struct Document {
    std::optional<Made> made;
    std::vector<CallPtr> waiting;
  };
  void Make(model::KumaVersion version) ABSL_LOCKS_EXCLUDED(mu_);
  static void Finish(Call& call, const Made& made);

  const model::TypeRegistry& registry_;
  base::Executor& workers_;
  absl::Mutex mu_;
  model::ByVersion<Document> documents_ ABSL_GUARDED_BY(mu_);
};

}  // namespace skyden::rest
