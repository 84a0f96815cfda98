// SPDX-License-Identifier: Apache-2.0
#include "peers/asking.h"

#include "fmt/format.h"
#include "skyden/base/limits_peers.h"
#include "skyden/base/retry_after.h"
#include "skyden/base/status.h"

namespace skyden::peers {

absl::StatusOr<std::optional<Other>> Asking::WhoHas(const model::TenantScope& scope,
                                                    const std::string& zone) const {
  if (is_here(scope, zone)) return std::nullopt;
  const std::vector<Other> now = others.Now();
  if (now.empty()) return std::nullopt;
  SKYDEN_ASSIGN_OR_RETURN(const std::string holder, holders.Of(scope, zone));
  return holder.empty() ? std::nullopt : WithInstance(now, holder);
}

// Which daemon it is everybody knows by insights; what went wrong between daemons is in the log.
absl::Status DoesNotAnswer(const Other& other) {
  const std::string_view advice =
      other.address.empty() ? "it has no peer_address, on which it could be asked" : "try again";
  return base::WithRetryAfter(absl::UnavailableError(fmt::format(
                                  "the daemon \"{}\", to which zones are connected, does not "
                                  "answer: {}",
                                  other.instance, advice)),
                              base::limits::kPeerRetry);
}

}  // namespace skyden::peers
