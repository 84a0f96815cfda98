// SPDX-License-Identifier: Apache-2.0
// What shows that a caller is a daemon of the same database: it has the secrets key.
#pragma once

#include <string>
#include <string_view>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "skyden/store/sealer.h"

namespace skyden::peers {

inline constexpr char kProofHeader[] = "x-skyden-peer";

// For the daemon with this id, which is made anew at each start: it opens no other.
absl::StatusOr<std::string> ProofFor(const store::Sealer& sealer, std::string_view daemon);
// UNAUTHENTICATED. Nothing that anybody sends costs more than limits::kPeerProofBytes.
absl::Status CheckProof(const store::Sealer& sealer, std::string_view proof,
                        std::string_view daemon);

}  // namespace skyden::peers
