// SPDX-License-Identifier: Apache-2.0
// What all that asks others stands on.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "peers/callers.h"
#include "peers/holders.h"
#include "peers/others.h"
#include "skyden/base/clock.h"
#include "skyden/base/executor.h"
#include "skyden/model/type_registry.h"

namespace skyden::peers {

// Thread-safe. Outlives whoever asks.
struct Asking {
  Others& others;
  Callers& callers;
  const Holders holders;
  const model::TypeRegistry& registry;
  base::Clock& clock;
  base::Executor& workers;
  base::Timers& timers;
  // Whether the zone is connected to this daemon.
  std::function<bool(const model::TenantScope&, const std::string& zone)> is_here;

  // The daemon to ask about a zone; nullopt: this one. Blocks.
  absl::StatusOr<std::optional<Other>> WhoHas(const model::TenantScope& scope,
                                              const std::string& zone) const;
};

// UNAVAILABLE, with when to come again: what the daemon knows cannot be said without it.
absl::Status DoesNotAnswer(const Other& other);

// An answer's message; else why there is none, as DoesNotAnswer has it. NOT_FOUND is passed on: the
// control plane went meanwhile.
template <class Response>
absl::StatusOr<Response> Decoded(const Other& other, const absl::StatusOr<std::string>& answer) {
  if (absl::IsNotFound(answer.status())) return answer.status();
  Response response;
  if (answer.ok() && response.ParseFromString(*answer)) return response;
  return DoesNotAnswer(other);
}

}  // namespace skyden::peers
